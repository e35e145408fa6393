"""The command ``alnage case``, and what ``alnage audit verify`` says of cases."""

import json
import sqlite3

import pytest

from alnage.doors.cli import main

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("ALNAGE_WORKSPACE", "ALNAGE_LANG", "ALNAGE_DATABASE"):
        monkeypatch.delenv(name, raising=False)

    def call(*args):
        try:
            main(list(args))
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def told(run):
    def call(*args):
        code, out, err = run(*args, "--json")
        assert code == 0, err
        return json.loads(out)

    return call


OPEN = ("case", "open", "--remedy", "us.detention", "--title", "Entry 7", "--entry", "E7")


def test_remedies_are_listed_by_day_and_nothing_is_written(told, tmp_path):
    every = told("case", "remedies")
    assert {one["remedy"] for one in every} >= {"us.detention", "cn.uel.correction"}
    found = told(
        "case", "remedies", "--entry", "E1", "--event", "presented=2026-11-20", "--on", "2026-11-24"
    )
    first = found[0]
    assert (first["open"], first["due"]) == ("yes", "2026-12-20")
    assert "us.removal" not in {one["remedy"] for one in found}
    assert list(tmp_path.iterdir()) == []


def test_remedies_of_a_listed_enterprise(told):
    name = "Hoshine Silicon Industry (Shanshan) Co., Ltd"
    found = told("case", "remedies", "--enterprise", name, "--on", "2024-01-02")
    removal = next(one for one in found if one["remedy"] == "us.removal")
    assert removal["open"] == "yes"
    assert removal["because"][0]["sources"][0]["register"] == "us-uflpa"


def test_remedies_as_text_in_both_languages(run):
    for lang, word in (("en", "loses the right"), ("zh", "丧失权利")):
        code, out, _ = run("case", "remedies", "--event", "seized=2026-11-01", "--lang", lang)
        assert code == 0
        assert word in out
        assert "{" not in out


def test_a_case_from_opening_to_its_end(run, told, tmp_path):
    made = told(*OPEN, "--event", "presented=2026-11-20")
    assert {"case", "remedy", "status", "due", "evidence_missing"} <= set(made)
    id_ = made["case"]
    assert "invoice" in made["evidence_missing"]
    assert sum(one["controlling"] for one in made["due"]) == 1
    (tmp_path / "inv.pdf").write_bytes(PDF)
    kept = told("case", "add", id_, "inv.pdf", "--kind", "invoice")
    assert len(kept["document"]) == 64
    assert "invoice" not in told("case", "show", id_)["evidence_missing"]
    told("case", "event", id_, "notified=2026-11-24")
    told("case", "event", id_, "--event", "answered=2026-11-25")
    told("case", "task", id_, "Translate", "--due", "2026-12-01", "--actor", "counsel")
    told("case", "task", id_, "--done", "1")
    told("case", "note", id_, "one")
    told("case", "note", id_, "--text", "two")
    shown = told("case", "show", id_, "--on", "2026-11-26")
    assert shown["state"] == "answered"
    assert shown["notes"] == ["one", "two"]
    assert shown["tasks"][0]["done"]
    assert [one["case"] for one in told("case", "list")] == [id_]
    due = told("case", "due", "--on", "2026-11-26")
    assert "us.det.final" in [one["rule"] for one in due]
    assert [one["due"] for one in due] == sorted(one["due"] for one in due)
    assert (
        told("case", "close", id_, "--outcome", "released", "--reason", "r")["status"] == "closed"
    )
    assert told("case", "due") == []
    assert told("case", "list", "--status", "open") == []
    assert run("audit", "verify")[0] == 0


def test_a_case_as_text(run, tmp_path):
    code, out, _ = run(*OPEN, "--event", "presented=2026-11-20", "--on", "2026-11-24")
    assert code == 0
    assert "us.det.final" in out
    assert "controls" in out
    (tmp_path / "inv.pdf").write_bytes(PDF)
    assert "is kept as" in run("case", "add", "2026-00001", "inv.pdf", "--kind", "invoice")[1]
    run("case", "task", "2026-00001", "Translate")
    shown = run("case", "show", "2026-00001", "--lang", "zh", "--on", "2027-02-01")[1]
    assert "起决定作用" in shown
    assert "未作决定" in shown
    assert "Translate" in shown
    assert "2026-00001" in run("case", "list")[1]
    assert "us.det.final" in run("case", "due")[1]
    run("case", "close", "2026-00001")
    assert "Nothing is due" in run("case", "due")[1]
    assert "No cases" in run("case", "list", "--status", "open")[1]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("case", "remedies", "--event", "presented"), "NAME=DATE"),
        (("case", "remedies", "--event", "presented=soon"), "2024-03-17"),
        (("case", "remedies", "--event", "presentd=2026-01-01"), "presented"),
        (("case", "remedies", "--entry", "E", "--enterprise", "X"), "not both"),
        (("case", "remedies", "--enterprise", "passport E12345678"), "identity data"),
        (("case", "show", "2026-00001"), "no case"),
        (("case", "open", "--remedy", "us.x", "--title", "T"), "no remedy"),
        (("case", "open", "--remedy", "us.protest", "--title", " "), "plain text"),
        (("case", "open", "--remedy", "us.protest", "--title", "passport E12345678"), "identity data"),
        (("case", "open", "--remedy", "us.protest", "--title", "T", "--event", "a=2026-01-01", "--event", "a=2026-01-02"), "stands with"),
        (("case", "add", "2026-00001", "absent.pdf", "--kind", "invoice"), "cannot be read"),
        (("case", "add", "2026-00001", "absent.pdf", "--kind", "invoce"), "invoice"),
        (("case", "event", "2026-00001"), "No event"),
    ],
)  # fmt: skip
def test_what_can_not_be_done_is_a_sentence(run, args, why):
    code, out, err = run(*args)
    assert code == 2
    assert why in err
    assert "E12345678" not in out + err
    assert "Traceback" not in err


def test_a_document_that_is_not_what_it_says_is_refused(run, told, tmp_path):
    told(*OPEN)
    (tmp_path / "a.png").write_bytes(PDF)
    code, _, err = run("case", "add", "2026-00001", "a.png", "--kind", "invoice")
    assert code == 2
    assert "a.png" in err
    assert "not what the name says" in err


def test_verify_sees_an_altered_a_missing_document_and_an_altered_case(run, told, tmp_path):
    told(*OPEN)
    (tmp_path / "inv.pdf").write_bytes(PDF)
    mark = told("case", "add", "2026-00001", "inv.pdf", "--kind", "invoice")["document"]
    assert run("audit", "verify")[0] == 0
    file = next((tmp_path / ".alnage" / "documents").rglob(f"{mark}*"))
    file.write_bytes(PDF + b" ")
    code, out, _ = run("audit", "verify")
    assert code == 1
    assert mark in out
    file.unlink()
    code, out, _ = run("audit", "verify", "--json")
    assert code == 1
    assert json.loads(out)["problems"][0]["params"]["case"] == "2026-00001"
    told("case", "add", "2026-00001", "inv.pdf", "--kind", "invoice")
    assert run("audit", "verify")[0] == 0
    with sqlite3.connect(tmp_path / ".alnage" / "catalogue.sqlite") as bound:
        bound.execute("update cases set title = 'another'")
    bound.close()
    code, out, _ = run("audit", "verify")
    assert code == 1
    assert "2026-00001" in out


def test_verify_sees_an_altered_record(run, told, tmp_path):
    told(*OPEN, "--event", "presented=2026-11-20")
    with sqlite3.connect(tmp_path / ".alnage" / "catalogue.sqlite") as bound:
        bound.execute("update records set payload = replace(payload, '2026-11-20', '2026-11-24')")
    bound.close()
    code, out, _ = run("audit", "verify")
    assert code == 1
    assert "1" in out


def test_a_team_keeps_its_cases_in_a_database(run, told, tmp_path, monkeypatch):
    monkeypatch.setenv("ALNAGE_DATABASE", f"sqlite:///{tmp_path / 'team.sqlite'}")
    told(*OPEN)
    assert not (tmp_path / ".alnage").exists()
    assert told("audit", "verify")["database"]["records"] == 1
    with sqlite3.connect(tmp_path / "team.sqlite") as bound:
        bound.execute("update records set payload = replace(payload, 'Entry 7', 'Entry 8')")
    bound.close()
    code, out, _ = run("audit", "verify")
    assert code == 1
    assert "does not hold" in out
    monkeypatch.setenv("ALNAGE_DATABASE", "oracle://a:secret@b/c")
    code, _, err = run("case", "list")
    assert code == 2
    assert "secret" not in err
