"""Private clocks laid over the bundled ones, and deadlines as a calendar file."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.doors.cli import main
from alnage.law import LawBook
from alnage.law.clock import due
from alnage.law.clock_book import ClockBook
from alnage.law.clock_rules import clock_rules
from alnage.law.ics import _escaped, _folded, calendar_text
from alnage.model import LawError

RULE = """
- id: au.test
  regime: AU-TEST
  actor: importer
  start: [told]
  term: {length: 10, unit: calendar_days}
  calendar: US
  effect_day: day_after
  citation: Test order s. 2
  verified: unverified
  effect_text: {en: "The goods are forfeited, wholly; see s. 2", zh: 货物没收。}
"""


@pytest.fixture
def overlay(tmp_path):
    def write(text=RULE):
        (tmp_path / "clocks").mkdir(exist_ok=True)
        (tmp_path / "clocks" / "own.yaml").write_text(text, "utf-8")
        return tmp_path

    return write


@pytest.fixture
def run(capsys):
    def call(*args):
        try:
            main([str(arg) for arg in args])
            status = 0
        except SystemExit as stop:
            status = stop.code or 0
        out = capsys.readouterr()
        return status, out.out, out.err

    return call


def test_private_rules_are_laid_over_and_marked(overlay):
    book = ClockBook.load(overlay())
    assert book.private == ("au.test",)
    assert set(book.rules) == {*clock_rules(), "au.test"}
    day = dt.date(2026, 6, 1)
    answer = due("au.test", {"told": day}, on=day, rules=book.rules)
    assert (answer.due, answer.effect_on) == (dt.date(2026, 6, 11), dt.date(2026, 6, 12))
    assert answer.to_json("zh")["private"] is True
    assert answer.effect("zh") == "货物没收。"
    assert "clock_private" in {reason.code for reason in answer.because}


def test_bundled_answers_say_nothing_of_privacy(overlay):
    book, day = ClockBook.load(overlay()), dt.date(1998, 3, 17)
    laid = due("us.det.final", {"presented": day}, on=day, rules=book.rules)
    assert laid == due("us.det.final", {"presented": day}, on=day)
    assert "private" not in laid.to_json()


def test_a_private_reading_of_a_bundled_rule_takes_its_place(overlay):
    text = RULE.replace("au.test", "us.det.final").replace("[told]", "[presented]")
    book, day = ClockBook.load(overlay(text)), dt.date(1998, 3, 17)
    answer = due("us.det.final", {"presented": day}, on=day, rules=book.rules)
    assert answer.due == dt.date(1998, 3, 27)
    assert answer.private


def test_without_clocks_nothing_is_laid_over(tmp_path):
    assert ClockBook.load(tmp_path).rules == clock_rules()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("calendar_days", "fortnights"), "fortnights"),
        (("  effect_text", "  efect_text"), "efect_text"),
        (('effect_text: {en: "The goods are forfeited, wholly; see s. 2", zh: 货物没收。}', ""), "effect_text"),
        (("actor: importer", "actor: harbour_master"), "actor_text"),
        (("verified: unverified", "verified: unverified\n  notes: [nobody_said]"), "nobody_said"),
        (("verified: unverified", "verified: unverified\n  private: true"), "private"),
        ((RULE, RULE + RULE), "id given twice"),
        ((RULE, "rules: none"), "a list of rules"),
        ((RULE, "- just text"), "keys"),
        ((RULE, "- {id: ["), "YAML"),
    ],
)  # fmt: skip
def test_bad_private_rules_are_refused_with_the_reason(overlay, change, says):
    with pytest.raises(LawError) as caught:
        ClockBook.load(overlay(RULE.replace(*change)))
    assert says in caught.value.text()


def test_an_absent_folder_is_an_error(tmp_path):
    with pytest.raises(LawError):
        ClockBook.load(tmp_path / "absent")


def test_a_folder_of_clocks_is_no_folder_of_regimes(overlay):
    """The law book skips the clocks, so that one folder may hold both."""
    assert [r.id for r in LawBook.load(overlay())] == [r.id for r in LawBook.load()]


def test_the_command_takes_the_overlay(run, overlay):
    folder = overlay()
    status, out, _ = run(
        "clock", "au.test", "--event", "told=2026-06-01", "--law", folder, "--json"
    )
    assert status == 0
    assert json.loads(out)["due"] == "2026-06-11"
    _, listed, _ = run("clock", "--list", "--law", folder)
    assert "au.test *" in listed
    _, data, _ = run("clock", "--list", "--law", folder, "--json")
    assert [row["rule"] for row in json.loads(data)["rules"] if row.get("private")] == ["au.test"]
    assert run("clock", "au.test", "--event", "told=2026-06-01")[0] == 2


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def test_a_calendar_has_an_event_a_day(run, tmp_path):
    file = tmp_path / "d.ics"
    args = ("clock", "us.det.final", "--event", "presented=1998-03-17", "--on", "1998-03-20")
    status, out, _ = run(*args, "--ics", file)
    assert status == 0
    assert "1998-04-16" in out
    lines = unfolded(file.read_bytes().decode())
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert [line for line in lines if line.startswith("DTSTART")] == [
        "DTSTART;VALUE=DATE:19980416", "DTSTART;VALUE=DATE:19980417"
    ]  # fmt: skip
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    assert "DTSTAMP:19980320T000000Z" in lines
    before = file.read_bytes()
    run(*args, "--ics", file)
    assert file.read_bytes() == before


def test_the_stricter_reading_comes_first_and_a_stopped_clock_is_cancelled():
    day = dt.date(2026, 6, 1)
    strict = due("us.det.respond", {"notified": day, "presented": dt.date(2026, 5, 20)}, on=day)
    lines = unfolded(calendar_text([("E-1", strict)]))
    days = [line[-8:] for line in lines if line.startswith("DTSTART")]
    assert days[0] == f"{strict.act_by:%Y%m%d}" < days[1]
    assert any(line.startswith("SUMMARY:E-1") for line in lines)
    stopped = due(
        "us.wro.abandon",
        {"exclusion_advised": day, "exported": dt.date(2026, 6, 3)},
        on=dt.date(2026, 6, 4),
    )
    assert "STATUS:CANCELLED" in unfolded(calendar_text([("", stopped)]))


def test_a_moved_deadline_replaces_its_event():
    day = dt.date(2026, 6, 1)
    one = due("mx.resolve", {"request_filed": day}, on=day)
    two = due("mx.resolve", {"request_filed": day, "extended": dt.date(2026, 7, 1)}, on=day)
    assert one.due != two.due

    def uids(answer):
        return [line for line in unfolded(calendar_text([("E", answer)])) if line.startswith("UID")]

    assert uids(one)[-1] == uids(two)[-1]


def test_a_batch_makes_one_calendar(run, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text(
        'id,rule,events\nA,us.det.final,"{""presented"": ""2026-06-01""}"\nB,us.nothing,{}\n'
        'C,cn.block.report,"{""encountered"": ""2026-06-01""}"\n', "utf-8",
    )  # fmt: skip
    file = tmp_path / "all.ics"
    status, out, _ = run("clock", "--batch", rows, "--json", "--ics", file)
    assert status == 0
    assert set(json.loads(out)["B"]) == {"error"}
    lines = unfolded(file.read_bytes().decode())
    titles = [line for line in lines if line.startswith("SUMMARY")]
    assert {title[8:9] for title in titles} == {"A", "C"}


def test_an_unwritable_calendar_is_a_sentence(run, tmp_path):
    status, _, err = run("clock", "eu.apply", "--ics", tmp_path / "no" / "where.ics")
    assert status == 2
    assert "where.ics" in err


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=300))
def test_lines_fold_at_75_octets_and_unfold_to_the_same(text):
    folded = _folded(text)
    assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == text


@given(st.text(max_size=80))
def test_escaped_text_breaks_no_line(text):
    assert "\n" not in _escaped(text)
    assert "\r" not in _escaped(text)
