"""What is done in a case, in a workspace and in a team's database alike."""

import datetime as dt
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.cases.case import Entry, difference, tell
from alnage.cases.casework import clean
from alnage.cases.deadlines import controlling
from alnage.cases.remedies import remedies
from alnage.model import InputError, OptionError
from alnage.workspace import Workspace

D = dt.date.fromisoformat
TODAY = D("2026-11-24")
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
PERSON = "passport E12345678"


def opened(desk, **more):
    told = {"presented": D("2026-11-20")}
    values = {"title": "Entry 7", "entry": "E7", "events": told, **more}
    return desk.open("us.detention", **values)


def pdf(tmp_path, name="invoice.pdf", data=PDF):
    file = tmp_path / name
    file.write_bytes(data)
    return file


def test_a_case_is_opened_and_read_back(place):
    made = opened(place.desk())
    read = place.desk(write=False).show(made.id)
    assert read == made
    assert (read.status, read.entry, read.title) == ("open", "E7", "Entry 7")
    assert controlling(read.deadlines(TODAY)).due.rule == "us.det.final"
    assert read.evidence_missing == remedies()["us.detention"].evidence


def test_numbers_follow_one_another(place):
    desk = place.desk()
    assert [opened(desk).id for _ in range(3)] == ["2026-00001", "2026-00002", "2026-00003"]
    assert opened(place.desk(today=D("2027-01-05"))).id == "2027-00004"


def test_json_has_the_fields_of_the_contract(place):
    shown = opened(place.desk()).to_json(TODAY)
    assert {"case", "remedy", "status", "due", "evidence_missing"} <= set(shown)
    fields = "rule actor due effect_on act_by effect days_left verified controlling"
    for one in shown["due"]:
        assert set(fields.split()) <= set(one)
    final = next(one for one in shown["due"] if one["rule"] == "us.det.final")
    assert (final["due"], final["effect_on"], final["days_left"]) == (
        "2026-12-20",
        "2026-12-21",
        26,
    )
    assert opened(place.desk()).to_json(TODAY, "zh")["asserts"] != shown["asserts"]


def test_events_move_the_deadlines_and_the_state(place):
    made = opened(place.desk())
    after = place.desk().event(made.id, {"notified": D("2026-11-24")})
    assert {one.due.rule for one in after.deadlines(TODAY)} >= {"us.det.respond"}
    assert after.to_json(TODAY)["state"] == "notified"
    released = place.desk().event(made.id, {"released": D("2026-11-24")})
    assert released.to_json(TODAY)["state"] == "released"
    assert controlling(released.deadlines(TODAY)) is None


def test_silence_changes_the_state_of_a_case(place):
    made = opened(place.desk())
    assert made.to_json(D("2026-12-20"))["state"] == "presented"
    assert made.to_json(D("2026-12-21"))["state"] == "excluded"


def test_a_date_is_corrected_with_a_reason_only_and_both_stay(place):
    made = opened(place.desk())
    with pytest.raises(OptionError, match="--reason"):
        place.desk().event(made.id, {"presented": D("2026-11-19")})
    fixed = place.desk().event(made.id, {"presented": D("2026-11-19")}, "misread the form")
    assert fixed.events["presented"] == D("2026-11-19")
    told = [entry.payload["events"]["presented"] for entry in fixed.history]
    assert told == ["2026-11-20", "2026-11-19"]
    with pytest.raises(OptionError, match="stands with the date"):
        place.desk().event(made.id, {"presented": D("2026-11-19")}, "again")


def test_events_that_belong_elsewhere_are_refused_and_nothing_is_written(place):
    made = opened(place.desk())
    with pytest.raises(OptionError, match=r"none of a case under us\.detention"):
        place.desk().event(made.id, {"report_filed": D("2026-11-20")})
    with pytest.raises(OptionError, match="Nearest"):
        place.desk().event(made.id, {"relased": D("2026-11-20")})
    with pytest.raises(OptionError, match="No event"):
        place.desk().event(made.id, {})
    with pytest.raises(OptionError, match="none of a case"):
        opened(place.desk(), events={"report_filed": D("2026-11-20")})
    assert len(place.desk().show(made.id).history) == 1
    assert len(place.desk().index()) == 1


def test_an_unknown_remedy_and_an_unknown_case_name_the_nearest(place):
    with pytest.raises(OptionError, match=r"us\.detention"):
        place.desk().open("us.detentoin", "T")
    with pytest.raises(OptionError, match="Nearest: -"):
        place.desk(write=False).show("2026-00001")
    opened(place.desk())
    with pytest.raises(OptionError, match="2026-00001"):
        place.desk(write=False).show("2026-0001")


def test_a_document_is_kept_as_it_is(place, tmp_path):
    made = opened(place.desk())
    found, kept = place.desk().add(made.id, pdf(tmp_path), "invoice")
    assert kept.sha256 == hashlib.sha256(PDF).hexdigest()
    assert "invoice" not in found.evidence_missing
    file = place.path / "documents" / kept.sha256[:2] / f"{kept.sha256}.pdf"
    assert file.read_bytes() == PDF
    assert file.stat().st_mode & 0o077 == 0


def test_the_same_document_again_changes_nothing_another_kind_does(place, tmp_path):
    made = opened(place.desk())
    file = pdf(tmp_path)
    place.desk().add(made.id, file, "invoice")
    again, _ = place.desk().add(made.id, file, "invoice")
    assert len(again.documents) == 1
    assert len(again.history) == 2
    other, _ = place.desk().add(made.id, file, "contract")
    assert len(other.documents) == 2


def test_a_refused_document_leaves_nothing(place, tmp_path):
    made = opened(place.desk())
    bad = pdf(tmp_path, "invoice.png")
    with pytest.raises(InputError, match="not what the name says"):
        place.desk().add(made.id, bad, "invoice")
    with pytest.raises(OptionError, match="invoice"):
        place.desk().add(made.id, pdf(tmp_path), "invoise")
    with pytest.raises(OptionError, match="no case"):
        place.desk().add("2026-09999", pdf(tmp_path), "invoice")
    assert not [one for one in place.path.rglob("documents/**/*") if one.is_file()]
    assert len(place.desk().show(made.id).history) == 1


def test_tasks_and_notes_and_the_end(place):
    made = opened(place.desk())
    desk = place.desk()
    desk.task(made.id, "Ask the spinner for bale numbers", D("2026-12-01"), "purchasing")
    desk.task(made.id, "Translate the gin records")
    found = desk.done(made.id, 1)
    assert [(one.number, one.done) for one in found.tasks] == [(1, True), (2, False)]
    with pytest.raises(OptionError, match="Open tasks: 2"):
        desk.done(made.id, 1)
    assert desk.note(made.id, "CBP asks for two more weeks").notes == (
        "CBP asks for two more weeks",
    )
    assert desk.close(made.id, "released", "whole package accepted").status == "closed"
    with pytest.raises(OptionError, match="closed"):
        desk.note(made.id, "too late")
    assert place.desk(write=False).show(made.id).outcome == "released"


def test_lists_are_asked_by_status_and_due_by_day(place):
    desk = place.desk()
    late = opened(desk, title="late", events={"presented": D("2026-11-20")})
    soon = opened(desk, title="soon", events={"presented": D("2026-11-10")})
    none = desk.open("us.removal", "no day", enterprise="uscc:91350100M000100Y43")
    done = opened(desk, title="done")
    desk.close(done.id, "withdrawn")
    reading = place.desk(write=False)
    assert [one["title"] for one in reading.index()] == ["done", "no day", "soon", "late"]
    assert [one["title"] for one in reading.index(status="closed")] == ["done"]
    assert [one["title"] for one in reading.index(limit=1)] == ["done"]
    assert [one.id for one in reading.due(TODAY)] == [soon.id, late.id]
    assert [one.id for one in reading.due(D("2026-11-10"), within=10)] == [soon.id]
    assert none.next_day(TODAY) == "9999-12-31"


def test_a_case_counted_by_other_law_is_never_left_out(place):
    desk = place.desk()
    made = opened(desk)
    with place.store().change() as session:
        from alnage.cases.tables import CASES

        session.connection.execute(CASES.update().values(law="older", next_day="2100-01-01"))
    assert [one.id for one in place.desk(write=False).due(TODAY, within=0)] == [made.id]


@pytest.mark.parametrize("name", ["title", "entry", "enterprise", "note", "task", "outcome"])
def test_identity_data_is_refused_and_not_repeated(place, name):
    desk = place.desk()
    made = opened(desk)
    acts = {
        "title": lambda: opened(desk, title=PERSON),
        "entry": lambda: opened(desk, entry=PERSON),
        "enterprise": lambda: opened(desk, enterprise=PERSON),
        "note": lambda: desk.note(made.id, PERSON),
        "task": lambda: desk.task(made.id, PERSON),
        "outcome": lambda: desk.close(made.id, PERSON),
    }
    with pytest.raises(OptionError) as told:
        acts[name]()
    assert "E12345678" not in told.value.text("en") + told.value.text("zh") + str(told.value.params)
    assert len(desk.index()) == 1
    assert len(desk.show(made.id).history) == 1


def test_an_enterprise_may_be_named_by_its_code(place):
    assert opened(place.desk(), enterprise="uscc:91350100M000100Y43").enterprise


@pytest.mark.parametrize("text", ["", "   ", "x" * 301, "a\x00b", "a\x1bb"])
def test_text_that_is_none_is_refused(text):
    with pytest.raises(OptionError, match="plain text"):
        clean("title", text, 300, needed=True)


def test_reading_writes_nothing(place, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    desk = place.desk(write=False)
    assert desk.index() == []
    assert desk.due(TODAY) == []
    assert desk.verify() == ()
    assert sorted(tmp_path.rglob("*")) == before


def test_every_act_is_a_record_in_the_chain(folder):
    made = opened(folder.desk())
    folder.desk().note(made.id, "one")
    workspace = Workspace.open(folder.path)
    told = [record.payload["type"] for record in workspace.records("case")]
    assert told == ["opened", "note"]
    assert workspace.audit().ok


def test_a_purged_note_leaves_the_case_and_a_purged_opening_says_so(folder):
    made = opened(folder.desk())
    folder.desk().note(made.id, "to be purged")
    sequence = folder.desk().show(made.id).history[1].sequence
    Workspace.open(folder.path, write=True).purge(sequence, "court order")
    after = folder.desk().show(made.id)
    assert after.notes == ()
    assert after.to_json(TODAY)["history"][1]["type"] == "purged"
    assert folder.desk(write=False).verify() == ()
    assert folder.desk().note(made.id, "goes on").notes == ("goes on",)
    Workspace.open(folder.path, write=True).purge(after.history[0].sequence, "court order")
    with pytest.raises(OptionError, match="purged"):
        folder.desk().show(made.id)
    assert folder.desk(write=False).verify() == ()
    assert Workspace.open(folder.path).audit().ok


def test_verify_says_which_case_or_document_does_not_hold(place, tmp_path):
    from alnage.cases.tables import CASES, EVENTS

    made = opened(place.desk())
    _, kept = place.desk().add(made.id, pdf(tmp_path), "invoice")
    assert place.desk(write=False).verify() == ()
    file = place.path / "documents" / kept.sha256[:2] / f"{kept.sha256}.pdf"
    file.unlink()
    (wrong,) = place.desk(write=False).verify()
    assert (wrong.code, wrong.params["hash"]) == ("audit_document_missing", kept.sha256)
    place.desk().add(made.id, pdf(tmp_path), "invoice")  # the same file heals it
    with place.store().change() as session:
        session.connection.execute(CASES.update().values(title="another"))
    (wrong,) = place.desk(write=False).verify()
    assert (wrong.code, wrong.params["fields"]) == ("audit_case_differs", ["title"])
    with place.store().change() as session:
        session.connection.execute(CASES.update().values(title="Entry 7"))
        session.connection.execute(EVENTS.delete().where(EVENTS.c.number == 2))
    (wrong,) = place.desk(write=False).verify()
    assert wrong.code == "audit_case_stray"
    with place.store().change() as session:
        session.connection.execute(EVENTS.delete())
    codes = [wrong.code for wrong in place.desk(write=False).verify()]
    assert sorted(codes) == ["audit_case_differs", "audit_case_stray", "audit_case_stray"]


EVENT = st.fixed_dictionaries(
    {
        "type": st.just("event"),
        "events": st.dictionaries(
            st.sampled_from(["presented", "notified", "released"]),
            st.dates(D("2022-01-01"), D("2028-01-01")).map(dt.date.isoformat),
            min_size=1,
        ),
        "reason": st.text(max_size=5),
    }
)
NOTE = st.fixed_dictionaries({"type": st.just("note"), "text": st.text(max_size=5)})
FIRST = {
    "type": "opened",
    "remedy": "us.detention",
    "title": "T",
    "entry": "",
    "enterprise": "",
    "events": {},
}


@given(st.lists(EVENT | NOTE | st.none(), max_size=8))
def test_a_case_is_told_by_its_records_alone(payloads):
    entries = [Entry(n, "t", p) for n, p in enumerate([FIRST, *payloads], start=1)]
    case = tell(1, "c", entries)
    # The last date told counts, and every record is in the history.
    last = {}
    for payload in payloads:
        last.update((payload or {}).get("events", {}))
    assert {name: day.isoformat() for name, day in case.events.items()} == last
    assert len(case.history) == len(payloads) + 1
    assert tell(1, "c", case.history) == case
    assert tell(1, "c", entries[1:]) is None
    row = {"id": "c", "remedy": "us.detention", "title": "T", "entry": "", "enterprise": ""}
    assert difference(case, {**row, "status": "open"}) is None
    assert difference(case, {**row, "status": "closed"}).params["fields"] == ["status"]
