"""Remedies as data: complete, cited, in both languages, and never called what they are not."""

import pytest

from alnage.cases.remedies import actor, case_events, check_event, read_remedies, remedies, remedy
from alnage.law import LawBook
from alnage.law.book import evidence_kinds
from alnage.model import LawError, OptionError

CONTRACT = [
    "us.detention",
    "us.applicability_review",
    "us.exception",
    "us.wro",
    "us.protest",
    "us.petition",
    "us.court",
    "us.removal",
    "eu.information",
    "eu.review",
    "ca.redetermination",
    "mx.response",
    "cn.blocking.report",
    "cn.blocking.exemption",
    "cn.afsl.consent",
    "cn.afsl.lift",
    "cn.uel.correction",
]
SOUND = """
- id: x.one
  name: {en: one, zh: 一}
  regimes: [US-UFLPA]
  subject: goods
  who: importer
  asserts: {en: a, zh: 甲}
  opened_by: [presented]
  closed_by: []
  clocks: []
  evidence: [invoice]
  steps: []
  closes: []
  citation: "somewhere"
  verified: primary
"""


def test_every_remedy_of_the_contract_is_there():
    assert set(CONTRACT) <= set(remedies())


def test_every_remedy_that_a_regime_names_is_there_and_names_the_regime():
    for regime in LawBook.load():
        for name in regime.data.get("remedies", ()):
            assert name in remedies(), (regime.id, name)
            assert regime.id in remedies()[name].regimes, (regime.id, name)


def test_every_regime_of_a_remedy_is_in_the_book():
    book = LawBook.load()
    for one in remedies().values():
        for regime in one.regimes:
            assert book[regime].id == regime


def test_review_and_exception_assert_different_things():
    review = remedies()["us.applicability_review"].asserts["en"]
    exception = remedies()["us.exception"].asserts["en"]
    assert "not in scope" in review
    assert "not in scope" not in exception
    assert "clear and convincing" in exception
    assert "clear and convincing" not in review


def test_a_release_is_never_called_a_rebuttal():
    for one in remedies().values():
        texts = [one.name["en"], one.asserts["en"], *(c.text["en"] for c in one.closes)]
        assert not any("rebut" in text.lower() for text in texts)
        texts = [one.name["zh"], one.asserts["zh"], *(c.text["zh"] for c in one.closes)]
        assert not any("反驳" in text for text in texts)


def test_seizure_and_exclusion_close_each_other_by_their_forms():
    closed = {name: [c.remedy for c in one.closes if c.closes] for name, one in remedies().items()}
    assert "us.petition" in closed["us.protest"]
    assert "us.protest" in closed["us.petition"]
    for name in ("us.protest", "us.petition"):
        assert any("loses the right" in c.text["en"] for c in remedies()[name].closes)


@pytest.mark.parametrize("name", sorted(remedies()))
def test_a_remedy_is_cited_and_its_actors_have_names(name):
    one = remedies()[name]
    assert one.citation.text
    assert one.citation.url.startswith("http")
    for lang in ("en", "zh"):
        for code in (one.who, *(step.actor for step in one.steps)):
            assert "_actor." not in actor(code, lang), code
    assert set(one.evidence) <= set(evidence_kinds())
    assert len(set(one.evidence)) == len(one.evidence)


def test_what_opens_or_meets_can_be_told_as_an_event():
    known = set(case_events())
    for one in remedies().values():
        assert set(one.opened_by) | set(one.closed_by) <= known
        for clock in one.clocks:
            assert set(clock.met_by) <= set(one.events)


def test_the_state_is_that_of_the_furthest_step():
    detention = remedies()["us.detention"]
    assert detention.state([]) == "begun"
    assert detention.state(["notified", "presented"]) == "notified"
    assert detention.state(["presented", "released"]) == "released"


def test_a_wrong_name_is_told_the_nearest():
    with pytest.raises(OptionError, match=r"us\.exception"):
        remedy("us.exeption")
    with pytest.raises(OptionError, match="presented"):
        check_event("presnted")
    assert check_event("presented") == "presented"


def test_a_sound_text_is_read():
    assert read_remedies([("x.yaml", SOUND)])["x.one"].evidence == ("invoice",)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("evidence: [invoice]", "evidence: [tea_leaves]", "unknown evidence tea_leaves"),
        ("clocks: []", "clocks: [{rule: us.no}]", "unknown clock us.no"),
        ("clocks: []", "clocks: [{role: us.no}]", "role"),
        ("zh: 甲", "fr: a", "English or Chinese"),
        ("subject: goods", "subject: mood", "subject mood"),
        ("verified: primary", "verified: surely", "verified"),
        ("opened_by: [presented]", "opened_by: []", "nothing opens it"),
        ("closes: []", "closes: [{remedy: y, text: {en: a, zh: b}, verified: primary, closes: true}]", "unknown remedy y"),
        ("citation:", "cite:", "unknown field cite"),
        ("steps: []", "last: us.wro.proof\n  steps: []", "none of its clocks"),
        ("steps: []", "instead: {event: seized, code: no_such}\n  steps: []", "unknown reason"),
    ],
)  # fmt: skip
def test_a_text_that_means_nothing_is_refused(old, new, why):
    assert old in SOUND
    with pytest.raises(LawError, match=why):
        read_remedies([("x.yaml", SOUND.replace(old, new))])


def test_an_id_given_twice_is_refused():
    with pytest.raises(LawError, match="twice"):
        read_remedies([("x.yaml", SOUND), ("y.yaml", SOUND)])
