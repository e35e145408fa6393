"""What the facts name and the law data do not model is a list that somebody reads, not a silence.

``NOT_MODELLED`` says why each such thing is left out. A regime, question or clock that the
facts name and that is neither modelled nor in the list fails here, and so does an entry of the
list that has been modelled since.
"""

import csv
import re
from pathlib import Path

import pytest

from alnage.law import LawBook
from alnage.law.clock_rules import clock_rules
from alnage.law.facts import load_yaml
from alnage.model import Where

BOOK = LawBook.load()
FACTS = Path(__file__).parents[3] / "shared" / "facts"
CASES = Path(__file__).parent / "cases"
shared = pytest.mark.skipif(not FACTS.exists(), reason="the shared facts are not here")

# The contract: which regime answers which questions.
QUESTIONS = {
    "US-UFLPA": "applies presumption prohibition",
    "US-CAATSA": "applies presumption prohibition",
    "US-S307": "applies prohibition",
    "EU-FLR": "applies prohibition",
    "CA-9897": "applies prohibition",
    "MX-2023": "applies prohibition",
    "CN-AFSL": "applies prohibition conduct",
    "CN-UEL": "applies prohibition conduct",
    "CN-BLOCK": "applies report conduct",
    "CN-803": "applies conduct",
    "CN-834": "applies conduct",
    "CN-835": "applies conduct",
    "CN-DSL": "applies conduct",
    "CN-FTL": "applies conduct",
    "CN-XJ": "applies",
}
NOT_MODELLED = {
    "UK": "no import ban; its instruments are GB-MSA, GB-PA and GB-GBE",
    "CA-251": "Bill C-251 is a proposal: it stands under proposed of CA-9897",
    "CN-834M": "MOFCOM measures of June 2026: text not seen, a note of CN-834",
}


def table(name):
    with (FACTS / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_regime_of_the_contract_answers_its_questions():
    asked = {regime.id: " ".join(regime.questions) for regime in BOOK}
    assert {regime: asked.get(regime) for regime in QUESTIONS} == QUESTIONS
    assert {questions for regime, questions in asked.items() if regime not in QUESTIONS} == {
        "applies"
    }


@shared
def test_every_regime_of_the_facts_is_modelled_or_listed():
    page = (FACTS / "law.md").read_text("utf-8")
    registry = page[page.index("## 2. Regime registry") : page.index("## 3. US procedure")]
    named = set(re.findall(r"^\| ([A-Z]{2}(?:-[A-Z0-9]+)*) \|", registry, re.MULTILINE))
    assert len(named) > 15
    assert {name for name in named if name not in BOOK.regimes} == named & set(NOT_MODELLED)


@shared
def test_every_clock_of_the_facts_is_modelled_or_listed():
    named = {row["rule_id"] for row in table("deadlines.csv")}
    assert named - set(clock_rules()) == {
        n for n in named if n in NOT_MODELLED and n not in clock_rules()
    }


@shared
def test_every_effective_date_of_the_time_line_of_a_regime_is_a_date_of_the_data():
    """Dates of lists and cases belong to registers; those of regimes to the law."""
    known = {
        "CA 9897": "CA-9897", "CN UEL": "CN-UEL", "CN Blocking Rules": "CN-BLOCK",
        "CN AFSL": "CN-AFSL", "US-UFLPA": "US-UFLPA", "MX Acuerdo": "MX-2023",
        "CN Foreign Relations Law": "CN-FRL", "CN-XJ Resolution": "CN-XJ", "EU 2024/3015": "EU-FLR",
        "CN Foreign Trade Law": "CN-FTL", "CN Order 834": "CN-834", "CN Order 835": "CN-835",
    }  # fmt: skip
    told = [
        row
        for row in table("timeline.csv")
        if row["regime"] in known and "effective" in row["date_kind"]
    ]
    assert len(told) >= 10
    for row in told:
        versions = BOOK[known[row["regime"]]].data["versions"]
        assert row["date"] in {v["effective"].isoformat() for v in versions if "effective" in v}, (
            row
        )


def test_clocks_that_regimes_name_exist():
    named = {clock for regime in BOOK for clock in regime.data.get("clocks", ())}
    assert named <= set(clock_rules())


def cases():
    for file in sorted(CASES.glob("*.yaml")):
        yield from load_yaml(file.read_text("utf-8"), Where(file.name))["cases"]


def test_there_are_two_hundred_cases_and_each_has_a_name_of_its_own():
    assert len(list(cases())) >= 200
    for file in CASES.glob("*.yaml"):
        names = [
            case["name"] for case in load_yaml(file.read_text("utf-8"), Where(file.name))["cases"]
        ]
        assert len(set(names)) == len(names), file.name


def test_what_is_not_modelled_is_still_not_modelled():
    assert not [name for name in NOT_MODELLED if name in BOOK.regimes or name in clock_rules()]


def test_every_question_of_every_regime_has_a_case():
    """Answers that no case expects are listed: open questions have no yes, organs of state none."""
    seen = {
        (r, q, a)
        for case in cases()
        for r, qs in case.get("expect", {}).items()
        for q, a in qs.items()
    }
    asked = {(regime.id, question) for regime in BOOK for question in regime.questions}
    assert {(r, q) for r, q, _ in seen} == asked
    never_yes = {(r, q) for r, q in asked if (r, q, "yes") not in seen}
    assert never_yes == {
        ("US-CAATSA", "presumption"), ("US-CAATSA", "prohibition"), ("US-DOD", "applies"),
        ("US-S301-FL", "applies"), ("CA-S211", "applies"), ("GB-MSA", "applies"),
        ("GB-PA", "applies"), ("GB-GBE", "applies"), ("CN-ECL", "applies"),
        ("CN-FRL", "applies"), ("CN-PIPL", "applies"),
    }  # fmt: skip


def test_every_regime_has_a_case_on_its_first_day():
    days = {str(case["facts"]["date"]) for case in cases() if "date" in case.get("facts", {})}
    first = [
        (r.id, r.in_force.versions[0].effective or r.in_force.versions[0].disputed_from)
        for r in BOOK
    ]
    assert [(name, day) for name, day in first if day.isoformat() not in days] == []
