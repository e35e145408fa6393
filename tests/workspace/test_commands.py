"""The commands config, audit and replay."""

import json

import click
import pytest

from alnage.doors.cli import main, replay
from alnage.workspace import RunRecord, Workspace, write_run


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALNAGE_WORKSPACE", raising=False)
    monkeypatch.delenv("ALNAGE_LANG", raising=False)

    def call(*args):
        try:
            main(list(args))
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return call


def source(run, *args):
    code, out, _ = run(*args, "--json")
    assert code == 0
    shown = {row["name"]: (row["value"], row["source"]) for row in json.loads(out)["settings"]}
    return shown["workspace"]


def test_config_show_says_where_the_workspace_came_from(run, tmp_path, monkeypatch):
    assert source(run, "config", "show") == (str(tmp_path / ".alnage"), "default")
    (tmp_path / "alnage.toml").write_text('[settings]\nworkspace = "t"\n')
    assert source(run, "config", "show") == (str(tmp_path / "t"), "alnage.toml")
    monkeypatch.setenv("ALNAGE_WORKSPACE", "e")
    assert source(run, "config", "show") == ("e", "environment")
    assert source(run, "--workspace", "f", "config", "show") == ("f", "flag")
    assert source(run, "config", "show", "--workspace", "g") == ("g", "flag")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["alnage.toml"]


def test_config_show_as_text_and_upgrade(run, tmp_path):
    code, out, _ = run("config", "show", "--lang", "zh")
    assert code == 0
    assert "尚无工作区" in out
    Workspace.open(tmp_path / ".alnage", write=True).append_record("receipt", {})
    assert "format 1" in run("config", "show")[1]
    assert "nothing was changed" in run("config", "upgrade")[1]


def test_audit_verify_exits_zero_or_one_and_says_where(run, tmp_path):
    assert run("audit", "verify")[0] == 0
    workspace = Workspace.open(tmp_path / ".alnage", write=True)
    mark = workspace.put_table("t", pytest.importorskip("pyarrow").table({"a": [1]}))
    workspace.append_record("receipt", {"a": 1})
    code, out, _ = run("audit", "verify", "--json")
    assert code == 0
    assert json.loads(out)["records"] == 1
    file = tmp_path / ".alnage" / "tables" / mark[:2] / f"{mark}.parquet"
    file.write_bytes(b"PAR1")
    code, out, _ = run("audit", "verify")
    assert code == 1
    assert mark in out


def test_an_anchor_kept_elsewhere_is_checked(run, tmp_path):
    code, _, err = run("audit", "anchor")
    assert code == 2
    assert "no head" in err
    workspace = Workspace.open(tmp_path / ".alnage", write=True)
    workspace.append_record("receipt", {"a": 1})
    assert run("audit", "anchor", "--out", "anchor.json")[0] == 0
    code, out, _ = run("audit", "verify", "--anchor", "anchor.json", "--json")
    assert (code, json.loads(out)["anchored_to"]) == (0, 1)
    other = json.loads((tmp_path / "anchor.json").read_text())
    (tmp_path / "anchor.json").write_text(json.dumps({**other, "hash": "0" * 64}))
    assert run("audit", "verify", "--anchor", "anchor.json")[0] == 1
    assert run("audit", "verify", "--anchor", "nothing.json")[0] == 2
    assert json.loads(run("audit", "anchor")[1])["sequence"] == 1
    assert run("audit", "anchor", "--out", "no/such/folder.json")[0] == 2


def test_replay_calls_the_command_again(run, tmp_path, monkeypatch):
    out = tmp_path / "out"
    (tmp_path / "in").mkdir()

    @click.command()
    @click.argument("folder")
    @click.option("--out")
    def assess(folder, out):
        made = tmp_path / out
        made.mkdir(exist_ok=True)
        (made / "findings.json").write_text(tmp_path.joinpath("text").read_text())
        write_run(made, RunRecord("assess", ("{folder}",), folder=folder))
        click.echo("a summary that a repetition does not print")

    monkeypatch.setattr(replay.alnage, "get_command", _get(replay.alnage.get_command, assess))
    (tmp_path / "text").write_text("one")
    assert run("assess", str(tmp_path / "in"), "--out", "out")[0] == 0
    code, text, _ = run("replay", str(out))
    assert code == 0
    assert text.startswith("The same")
    (tmp_path / "text").write_text("two")
    code, text, _ = run("replay", str(out), "--json")
    assert code == 1
    assert json.loads(text)["differences"][0]["params"]["name"] == "findings.json"
    code, text, _ = run("replay", str(out), "--lang", "zh")
    assert code == 1
    assert "不同" in text


def _get(original, command):
    return lambda ctx, name: command if name == "assess" else original(ctx, name)


def test_replay_of_nothing_is_one_sentence(run):
    code, out, err = run("replay", "nowhere")
    assert (code, out) == (2, "")
    assert "run.json" in err
