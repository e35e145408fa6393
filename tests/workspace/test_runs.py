"""Runs: what run.json holds, and repetition that finds what differs."""

import json
from dataclasses import replace

import pytest

from alnage.model import InputError, OptionError
from alnage.workspace import RunRecord, file_hashes, read_run, replay, write_run


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "folder"
    made.mkdir()
    (made / "parties.csv").write_text("party,name\n")
    return made


def command(folder, *, text="same", product="1"):
    """A command as a runner: writes one output, and its run.json."""

    def run(arguments, into):
        into.mkdir(exist_ok=True)
        (into / "report.html").write_text(" ".join(arguments[1:]) + text)
        record = RunRecord(
            "assess",
            ("{folder}", *arguments[1:]),
            folder=str(arguments[0]),
            alnage=product,
            inputs=file_hashes(folder),
            registers={"us-uflpa": "abc"},
        )
        write_run(into, record)

    return run


@pytest.fixture
def made(folder, tmp_path):
    out = tmp_path / "out"
    command(folder)((str(folder), "--on", "2026-01-01"), out)
    return out


def test_a_record_comes_back_as_written(made):
    record = read_run(made)
    assert record.arguments == ("{folder}", "--on", "2026-01-01")
    assert record.folder == "../folder"
    assert list(record.outputs) == ["report.html"]
    assert write_run(made, replace(record, folder=str(made / record.folder))) == record


def test_a_repetition_is_the_same(made, folder, tmp_path):
    found = replay(made, {"assess": command(folder)}, tmp_path / "again")
    assert found.same
    assert found.differences == ()
    assert found.to_json()["same"] is True


def test_everything_moves_together(made, folder, tmp_path):
    target = tmp_path / "elsewhere"
    target.mkdir()
    made.rename(target / "out")
    folder.rename(target / "folder")
    assert replay(target / "out", {"assess": command(target / "folder")}, tmp_path / "again").same


def test_a_difference_is_named(made, folder, tmp_path):
    found = replay(made, {"assess": command(folder, text="other", product="2")}, tmp_path / "again")
    assert not found.same
    assert [reason.code for reason in found.differences] == ["replay_product", "replay_differs"]
    assert found.differences[1].params["name"] == "report.html"


def test_a_changed_input_is_named(made, folder, tmp_path):
    (folder / "parties.csv").write_text("party,name\nx,y\n")
    found = replay(made, {"assess": command(folder)}, tmp_path / "again")
    assert [(r.params["part"], r.params["name"]) for r in found.differences] == [
        ("inputs", "parties.csv")
    ]


def test_a_missing_input_or_runner_or_run_is_one_sentence(made, folder, tmp_path):
    with pytest.raises(OptionError, match="cannot be repeated"):
        replay(made, {"demo": command(folder)}, tmp_path / "again")
    with pytest.raises(InputError, match="--folder"):
        replay(made, {"assess": command(folder)}, tmp_path / "again", folder=tmp_path / "gone")
    with pytest.raises(InputError, match=r"no run\.json"):
        read_run(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "run/9"}, "run/9"),
        ({"command": 5}, "cannot be read"),
        ({"arguments": "x"}, "arguments"),
        ({"outputs": []}, "outputs"),
    ],
)
def test_a_bad_record_is_refused(made, change, said):
    value = json.loads((made / "run.json").read_text())
    (made / "run.json").write_text(json.dumps({**value, **change}))
    with pytest.raises(InputError, match=said):
        read_run(made)


def test_hidden_files_and_the_record_itself_are_not_hashed(made):
    (made / ".DS_Store").write_text("x")
    assert list(file_hashes(made)) == ["report.html"]
    assert file_hashes(made / "nowhere") == {}
