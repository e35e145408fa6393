"""What changed since a day: every date of the data once, in order, with its source."""

import datetime as dt
import json

import pytest

from alnage.doors.cli import main
from alnage.law import LawBook
from alnage.law.changes import EVENTS, changes
from alnage.law.clock_rules import clock_rules

BOOK = LawBook.load()
START = dt.date(1900, 1, 1)


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


def found(since=START):
    return {(c.date.isoformat(), c.regime, c.event) for c in changes(since, BOOK, clock_rules())}


@pytest.mark.parametrize(
    "event",
    [
        ("2022-06-21", "US-UFLPA", "effective"),
        ("2029-12-23", "US-UFLPA", "expires"),
        ("2024-12-12", "EU-FLR", "published"),
        ("2024-12-13", "EU-FLR", "articles"),
        ("2027-12-14", "EU-FLR", "effective"),
        ("2026-03-31", "CN-834", "adopted"),
        ("2026-03-31", "CN-834", "disputed_from"),
        ("2026-04-07", "CN-834", "effective"),
        ("2024-08-23", "CN-XJ", "adopted"),
        ("2024-09-02", "CN-XJ", "effective"),
        ("2026-06-02", "US-S301-FL", "introduced"),
        ("2026-12-14", "EU-FLR", "fixed_day"),
    ],
)
def test_dates_of_the_facts(event):
    assert event in found()


def test_every_date_of_every_version_comes_out():
    dates = {
        (v[event].isoformat(), r.id, event)
        for r in BOOK
        for v in r.data["versions"]
        for event in EVENTS
        if event in v
    }
    assert dates <= found()


def test_the_day_itself_counts_and_the_day_before_does_not():
    assert ("2022-06-21", "US-UFLPA", "effective") in found(dt.date(2022, 6, 21))
    assert ("2022-06-21", "US-UFLPA", "effective") not in found(dt.date(2022, 6, 22))


def test_in_order_and_the_future_is_marked():
    every = changes(START, BOOK, clock_rules())
    assert [c.date for c in every] == sorted(c.date for c in every)
    assert {c.upcoming for c in every if c.date > BOOK.as_of} == {True}
    assert {c.upcoming for c in every if c.date <= BOOK.as_of} == {False}


def test_every_change_has_a_sentence_and_a_source():
    for change in changes(START, BOOK, clock_rules()):
        assert change.citation.text
        for lang in ("en", "zh"):
            assert "{" not in change.text(lang)
            assert not change.text(lang).startswith("change.")


def test_the_command(run):
    status, out, _ = run("law", "changes", "--since", "2027-01-01", "--json")
    value = json.loads(out)
    assert status == 0
    assert value["schema"] == "law-changes/1"
    assert value["since"] == "2027-01-01"
    assert {"date", "regime", "event", "text", "citation", "verified", "upcoming"} <= set(
        value["changes"][0]
    )
    _, text, _ = run("law", "changes", "--since", "2027-01-01", "--lang", "zh")
    assert "2029-12-23（" not in text
    assert "失效" in text
    _, none, _ = run("law", "changes", "--since", "2099-01-01")
    assert "no statement about other law" in none


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "2026-6-1"])
def test_a_bad_day_is_a_sentence(run, day):
    status, out, err = run("law", "changes", "--since", day)
    assert (status, out) == (2, "")
    assert day in err


FACTS = """
transaction: import
market: US
date: 2024-12-02
chain: [{party: gin, made: true, country: CN, region: CN-XJ, listings: []}]
permissions: []
"""


def test_explain_shows_every_regime_with_its_sources(run, tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS, "utf-8")
    status, out, _ = run("law", "explain", path)
    assert status == 0
    assert [r.id for r in BOOK if f"\n{r.id}  " not in out] == []
    assert "chain[0] is in CN-XJ. [Pub. L. 117-78 s. 3(a)]" in out
    assert "Version: US-UFLPA@2021-12-23" in out


def test_explain_of_one_regime_and_in_chinese(run, tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS, "utf-8")
    _, out, _ = run("law", "explain", path, "--regime", "EU-FLR", "--lang", "zh")
    assert "US-UFLPA" not in out
    assert "EU-FLR" in out
    _, data, _ = run("law", "explain", path, "--regime", "EU-FLR", "--json")
    assert {v["regime"] for v in json.loads(data)["verdicts"]} == {"EU-FLR"}


def test_explain_names_the_nearest_regime(run, tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS, "utf-8")
    status, _, err = run("law", "explain", path, "--regime", "EU-FRL")
    assert status == 2
    assert "EU-FLR" in err
