"""The order of the work list, and words for values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import findings

from alnage.report import view
from alnage.report.html import answered, told
from alnage.report.reading import clean, columns_wide, shorten
from alnage.report.wording import ANSWERS, Wording

EN, ZH = Wording("en"), Wording("zh")


def target(
    answer: str, expected: float, question: str = "prohibition", group: str = "region:CN-XJ"
):
    return {
        "target": answer + str(expected),
        "verdicts": [{"regime": "R", "question": question, "answer": answer}],
        "groups": [{"group": group, "expected": expected}],
    }


def test_worst_first_whatever_the_order_of_the_findings() -> None:
    assert [e.name for e in view.work_list(findings())] == ["E-01", "E-02", "E-03", "E-04"]


def test_unknown_with_expected_content_stands_beside_yes() -> None:
    order = [target("no", 0), target("unknown", 0), target("unknown", 1e-9), target("yes", 0)]
    standings = [e.standing for e in view.work_list({"targets": order})]
    assert standings == ["yes", "expected", "unknown", "no"]


def test_that_a_law_applies_ranks_nothing() -> None:
    assert view.standing_of(target("yes", 0.5, question="applies")) == "none"


def test_custody_alone_is_no_content() -> None:
    assert view.standing_of(target("unknown", 0.5, group="held:us-uflpa")) == "unknown"


@given(st.lists(st.sampled_from(["yes", "no", "unknown", "", "maybe", None]), min_size=1))
def test_a_target_reads_no_only_if_every_answer_is_no(answers: list) -> None:
    verdicts = [{"question": "prohibition", "answer": answer} for answer in answers]
    standing = view.standing_of({"verdicts": verdicts})
    assert (standing == "no") == (set(answers) == {"no"})


def test_a_no_never_reads_clear() -> None:
    for say, text in ((EN, "conditions not met on these facts"), (ZH, "依现有事实，条件不成立")):
        assert say.answer_word("no") == text
        assert text in say.answer({"answer": "no", "verified": "primary"})


def test_an_answer_that_is_not_known_to_us_reads_unknown_and_unverified() -> None:
    assert EN.answer({"answer": "maybe"}) == "unknown, unverified"
    assert set(ANSWERS) == {"yes", "no", "unknown"}


@given(st.floats(2e-12, 1 - 2e-12))
def test_a_share_between_none_and_all_never_reads_as_none_or_all(share: float) -> None:
    for say in (EN, ZH):
        text = say.share(share)
        assert text not in ("0 %", "0%", "100 %", "100%")
        if not text.startswith(("<", ">")):
            assert float(text.rstrip(" %")) == pytest.approx(100 * share, abs=0.0501)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.4, "40 %"),
        (0.00123, "0.12 %"),
        (0.99951, "99.95 %"),
        (0.9951, "99.51 %"),
    ],
)
def test_shares_have_sensible_digits(share: float, text: str) -> None:
    assert EN.share(share) == text


@pytest.mark.parametrize(
    ("group", "text"),
    [
        ("region:CN-XJ", "made in region CN-XJ"),
        ("listed:us-uflpa@2024-11-26", "made by parties listed in us-uflpa on 2024-11-26"),
        ("listed:us-uflpa", "made by parties listed in us-uflpa"),
        ("listed-then:us-uflpa", "made by parties listed in us-uflpa at the time"),
        ("party:P1", "made by party P1"),
        ("held:party:P1", "held by party:P1 (custody or title)"),
        ("mine", "mine"),
        ("region:", "region:"),
    ],
)
def test_groups_in_words(group: str, text: str) -> None:
    assert EN.group(group) == text


def test_a_reason_is_said_anew_in_the_language_of_the_report() -> None:
    node = {"code": "unit_unknown", "params": {"unit": "stones"}, "text": "whatever"}
    assert ZH.reason(node).startswith("单位“stones”")
    assert EN.reason(node).startswith('The unit "stones"')


def test_numbers_in_a_reason_have_sensible_digits() -> None:
    shown = EN._shown({"expected": 0.1 + 0.2, "kg": 1234.5678, "day": "2024-11-25", "n": 3})
    assert shown == {"expected": "30 %", "kg": "1,235", "day": "2024-11-25", "n": 3}


def test_absent_facts_are_put_into_words() -> None:
    assert EN.facts(["chain[0].region", "chain[1].made", "orders"]) == (
        "region of participant 1; whether it made the goods of participant 2; orders and decisions"
    )
    assert ZH.fact("content") == "货物的成分"
    assert EN.fact("something.new") == "something.new"


def test_a_reason_without_its_parameters_keeps_its_own_text() -> None:
    assert EN.reason({"code": "unit_unknown", "text": "given"}) == "given"
    assert EN.reason({"code": "not_in_the_catalogue"}) == "not_in_the_catalogue"


@pytest.mark.parametrize(
    ("share", "text"), [(1 - 2e-16, "100 %"), (3e-16, "0 %"), (1e-11, "< 0.01 %")]
)
def test_noise_of_adding_up_is_no_share(share: float, text: str) -> None:
    assert EN.share(share) == text


def test_missing_facts_of_verdicts_are_gathered_once() -> None:
    found = view.missing_of(view.work_list(findings())[1].target)
    assert [(item.what, item.settles) for item in found] == [
        ("origins", ("US-UFLPA presumption",)),
        ("content", ("US-UFLPA presumption",)),
    ]


def test_one_row_missing_for_two_groups_is_told_once() -> None:
    because = {"code": "incomplete_row", "text": "A row was rejected."}
    missing = [
        {"what": "incomplete_row", "answers": [g], "because": because}
        for g in ("party:a", "party:b")
    ]
    (found,) = view.missing_of({"missing": missing})
    assert found.settles == ("party:a", "party:b")
    assert found.because == (because,)


def test_what_is_asked_of_the_goods_ranks_before_what_is_asked_of_acts() -> None:
    verdicts = [
        {"regime": "CN-BLOCK", "question": "report", "answer": "unknown"},
        {"regime": "US-UFLPA", "question": "presumption", "answer": "no"},
        {"regime": "US-UFLPA", "question": "applies", "answer": "yes"},
        {"regime": "EU-FLR", "question": "prohibition", "answer": "no"},
    ]
    target = {"verdicts": verdicts}
    assert view.standing_of(target) == "no"
    asked = [(v["regime"], v["question"]) for v in view.asked_of(target)]
    assert asked == [
        ("CN-BLOCK", "report"),
        ("US-UFLPA", "presumption"),
        ("EU-FLR", "prohibition"),
    ]
    assert set(view.closed_regimes(target)) == {"EU-FLR"}
    assert answered(EN, target) == [
        ("unknown", "unknown, unverified", ["CN-BLOCK report"]),
        ("no", "conditions not met on these facts, unverified", ["US-UFLPA presumption", "EU-FLR"]),
    ]
    assert set(view.open_regimes(target)) == {"CN-BLOCK", "US-UFLPA"}


def test_listed_parties_come_first() -> None:
    parties = [
        {"party": "a", "registers": {"r": "not_listed"}},
        {"party": "b", "registers": {"r": "unknown"}},
        {"party": "c", "listings": [{"answer": "possible"}]},
        {"party": "d", "registers": {"r": "listed"}},
    ]
    assert [p["party"] for p in view.parties({"parties": parties}, 3)] == ["d", "c", "b"]


def test_cited_rows_in_both_spellings() -> None:
    rows = {"rows": {"a.csv": {"2": {"x": 1}}, "b.csv:3": {"y": 2}, "c": 4, "d.csv": {"z": {}}}}
    assert view.cited_rows(rows) == {("a.csv", 2): {"x": 1}, ("b.csv", 3): {"y": 2}}


@given(st.text())
def test_clean_text_has_no_control_and_no_turning_marks(text: str) -> None:
    cleaned = clean(text)
    assert not set(cleaned) & set(map(chr, (*range(32), 0x7F, 0x9B, 0x202E, 0x2066, 0x200F)))
    assert clean(cleaned) == cleaned


@given(st.text(alphabet="ab棉纱é "), st.integers(4, 20))
def test_shortened_text_fits(text: str, width: int) -> None:
    assert columns_wide(shorten(text, width)) <= width


def test_any_field_of_an_item_can_be_told() -> None:
    assert told(EN, "effect", {"if_outside": {"max": 0.3}}) == "if outside: max: 30 %"
    assert told(EN, "answer", "no") == "conditions not met on these facts"
    assert told(ZH, "group", "region:CN-XJ") == "产自地区 CN-XJ"
    assert told(EN, "label", {"en": "gin list", "zh": "轧花单"}) == "gin list"
