"""``alnage law`` as a user types it: exit status, JSON on stdout, sentences on stderr."""

import json

import pytest

from alnage.doors.cli import main
from alnage.law import LawBook

FACTS = """
transaction: import
market: US
date: 2024-12-02
chain:
  - {party: gin, made: true, country: CN, region: CN-XJ, listings: []}
orders: []
permissions: []
"""


@pytest.fixture
def run(capsys):
    def call(*args):
        try:
            main([str(arg) for arg in args])
            status = 0
        except SystemExit as stop:
            status = stop.code
        out = capsys.readouterr()
        return status, out.out, out.err

    return call


@pytest.fixture
def facts(tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS, "utf-8")
    return path


def test_check_as_json(run, facts):
    status, out, _ = run("law", "check", facts, "--json")
    value = json.loads(out)
    assert status == 0
    assert set(value) == {"schema", "date", "verdicts", "collisions", "not_modelled"}
    assert value["date"] == "2024-12-02"
    verdict = next(
        v for v in value["verdicts"] if v["question"] == "presumption" and v["regime"] == "US-UFLPA"
    )
    assert verdict["answer"] == "yes"
    assert set(verdict) == {
        "regime", "question", "answer", "provision", "effect", "because", "missing", "citations",
        "clocks", "verified", "basis", "version",
    }  # fmt: skip


def test_check_as_text_in_both_languages(run, facts):
    _, english, _ = run("law", "check", facts)
    _, chinese, _ = run("law", "check", facts, "--lang", "zh")
    assert "US-UFLPA · presumption: yes, seen in the primary text" in english
    assert "US-UFLPA · presumption：是，已核对原文" in chinese
    assert "Conditions not met on these facts" in english
    for word in ("allowed", "compliant", "clear to"):
        assert word not in english


def test_effect_follows_the_language(run, facts):
    _, out, _ = run("law", "check", facts, "--json", "--lang", "zh")
    effects = {v["effect"] for v in json.loads(out)["verdicts"]}
    assert "就这些事实而言，条件未成立。" in effects


def test_batch_keeps_going(run, facts):
    (facts.parent / "bad.yaml").write_text("transacton: import", "utf-8")
    (facts.parent / "worse.json").write_text("{", "utf-8")
    (facts.parent / "notes.txt").write_text("not facts", "utf-8")
    status, out, _ = run("law", "check", "--batch", facts.parent, "--json")
    value = json.loads(out)
    assert status == 0
    assert set(value) == {"facts.yaml", "bad.yaml", "worse.json"}
    assert set(value["bad.yaml"]) == {"error"}
    assert "transaction" in value["bad.yaml"]["error"]
    assert value["facts.yaml"]["verdicts"]


@pytest.mark.parametrize(
    "args", [[], ["a.yaml", "--batch", "."], ["absent.yaml"], ["--batch", "absent"]]
)
def test_bad_calls_say_why_and_exit_2(run, args):
    status, out, err = run("law", "check", *args)
    assert status == 2
    assert out == ""
    assert err.startswith("alnage: ")
    assert "Traceback" not in err


def test_an_error_as_json_stands_on_stdout_too(run, facts):
    facts.write_text("market: UK", "utf-8")
    status, out, err = run("law", "check", facts, "--json")
    assert status == 2
    assert "GB" in json.loads(out)["error"]
    assert err.startswith("alnage: facts.yaml")


def test_workspace_may_stand_anywhere(run, facts, tmp_path):
    for args in (
        ["--workspace", tmp_path, "law", "list"],
        ["law", "check", facts, "--workspace", tmp_path],
    ):
        assert run(*args)[0] == 0


def test_list(run):
    _, out, _ = run("law", "list", "--json")
    value = json.loads(out)
    rows = {row["regime"]: row for row in value["regimes"]}
    assert set(rows) == {regime.id for regime in LawBook.load()}
    assert rows["EU-FLR"]["versions"][0]["effective"] == "2027-12-14"
    assert rows["US-S301-FL"]["proposed"]
    _, text, _ = run("law", "list", "--lang", "zh")
    assert "不可靠实体清单规定" in text


def test_show(run):
    _, out, _ = run("law", "show", "CN-XJ")
    assert "adopted 2024-08-23" in out
    assert "(objection)" in out
    status, _, err = run("law", "show", "CN-XY")
    assert status == 2
    assert '"CN-XJ"' in err
    _, out, _ = run("law", "show", "US-UFLPA", "--json")
    assert json.loads(out)["versions"][0]["expires"] == "2029-12-23"


def test_every_regime_can_be_shown(run):
    for regime in LawBook.load():
        for lang in ("en", "zh"):
            status, out, _ = run("law", "show", regime.id, "--lang", lang)
            assert status == 0
            assert regime.id in out


def test_schema(run):
    _, out, _ = run("law", "schema")
    assert json.loads(out)["title"].startswith("Facts")
    _, out, _ = run("law", "schema", "regime")
    assert "questions" in json.loads(out)["properties"]
