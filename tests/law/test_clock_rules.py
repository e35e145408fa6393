"""The rules as data: complete, worded in both languages, and refused when they contradict themselves."""

import csv
import datetime as dt
import doctest
from dataclasses import fields
from pathlib import Path

import pytest

from alnage.law.clock import due
from alnage.law.clock_rules import Rule, clock_rules, generic_rule, known_events, read_rules
from alnage.model import LawError
from alnage.words import LANGS, catalogue

DEADLINES = Path(__file__).parents[3] / "shared" / "facts" / "deadlines.csv"
STARTS = {
    "us.det.decide": "presented",
    "us.det.final": "presented",
    "us.det.notice": "detained",
    "us.protest.file": "excluded",
    "us.protest.decide_exclusion": "protest_filed",
    "us.protest.decide_general": "protest_filed",
    "us.cit.1581a": "denied",
    "us.wro.proof": "imported",
    "us.wro.abandon": "exclusion_advised",
    "us.s307.transmit": "received",
    "cn.block.report": "encountered",
}


@pytest.mark.skipif(not DEADLINES.exists(), reason="the facts are not at hand")
def test_every_deadline_of_the_facts_is_a_rule_and_as_well_verified():
    rows = list(csv.DictReader(DEADLINES.read_text("utf-8").splitlines()))
    status = {"V": "primary", "P": "secondary", "U": "unverified"}
    assert {row["rule_id"] for row in rows} == set(clock_rules())
    for row in rows:
        assert clock_rules()[row["rule_id"]].verified == status[row["status"]], row["rule_id"]


@pytest.mark.parametrize(("rule", "start"), STARTS.items())
def test_starting_events_are_those_of_the_contract(rule, start):
    assert clock_rules()[rule].start == (start,)


def test_only_abandonment_is_stopped_by_a_protest():
    stopped = [rule.id for rule in clock_rules().values() if "protest_filed" in rule.stops]
    assert stopped == ["us.wro.abandon"]
    assert clock_rules()["us.wro.abandon"].stops == ("exported", "protest_filed")


@pytest.mark.parametrize("lang", LANGS)
def test_every_effect_actor_event_and_note_has_its_words(lang):
    words = catalogue(lang)
    wanted = {f"clock_event.{name}" for name in known_events(clock_rules())}
    for rule in clock_rules().values():
        wanted |= {f"clock_effect.{rule.id}", f"clock_actor.{rule.actor}"}
        wanted |= {f"reason.{note}" for note in rule.notes}
        wanted |= {f"reason.{reading.code}" for reading in rule.readings}
    assert sorted(wanted - set(words)) == []


def test_every_rule_answers_when_given_all_its_events():
    for rule in clock_rules().values():
        events = dict.fromkeys(rule.events, dt.date(2026, 3, 2))
        answer = due(rule.id, events, on=dt.date(2026, 3, 3))
        for lang in LANGS:
            shown = answer.to_json(lang)
            assert shown["effect"]
            assert shown["actor"]
            assert "{" not in "".join(reason.text(lang) for reason in answer.because), rule.id
        assert any(reason.sources for reason in answer.because), rule.id


def test_known_events_hold_the_names_of_the_contract():
    names = known_events(clock_rules())
    assert {"arrived", "entered", "notified", "seized", "released", "from"} <= set(names)
    assert set(STARTS.values()) <= set(names)


BASE = "- {id: x, regime: R, actor: cbp, calendar: US, effect_day: none, citation: c, verified: primary"


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        (", lenght: 3}", "unknown field lenght"),
        (", term: {length: 0, unit: months}, start: [a]}", "term 0 months"),
        (", term: {length: 3, unit: fortnights}, start: [a]}", "term 3 fortnights"),
        (", term: {length: 3, unit: months}}", "a term needs a start"),
        (", start: [a]}", "a start needs a term"),
        (", fixed: 2026-01-01, begins: 2026-01-01, term: {length: 3, unit: months}}", "fixed date"),
        ("}\n" + BASE + "}", "id given twice"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused_with_its_file(rest, why):
    with pytest.raises(LawError) as caught:
        read_rules([("mine.yaml", BASE + rest)])
    assert why in str(caught.value)
    assert str(caught.value).startswith("mine.yaml")


def test_a_bad_effect_day_is_refused():
    with pytest.raises(LawError, match="effect_day"):
        read_rules([("mine.yaml", BASE.replace("none", "sometimes") + "}")])


def test_working_days_need_a_calendar_that_is_kept():
    text = BASE.replace("US", "CA") + ", start: [a], term: {length: 3, unit: working_days}}"
    with pytest.raises(LawError, match="need the calendar"):
        read_rules([("mine.yaml", text)])


@pytest.mark.parametrize(
    "text",
    ["any:", "any:5", "any:0:working:US", "any:-1:working:US", "any:5:business:US", "any:5:working:JP",
     "any:5:working:US:x", "any:x:working:US", "any:٣:working:US", "any:999999:calendar:US"],
)  # fmt: skip
def test_a_malformed_counting_rule_is_an_error_that_shows_the_form(text):
    with pytest.raises(LawError, match="any:10:working:CN"):
        generic_rule(text)


def test_other_ids_are_no_counting_rules():
    assert generic_rule("us.det.final") is None


def test_every_rule_event_and_field_is_documented():
    page = (Path(__file__).parents[2] / "docs" / "clocks.md").read_text("utf-8")
    wanted = [*clock_rules(), *known_events(clock_rules()), *(item.name for item in fields(Rule))]
    assert [name for name in wanted if f"`{name}`" not in page] == []


def test_the_examples_of_the_page_run():
    page = Path(__file__).parents[2] / "docs" / "clocks.md"
    assert doctest.testfile(str(page), module_relative=False).failed == 0
