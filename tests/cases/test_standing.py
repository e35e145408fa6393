"""Whether a remedy is open: three answers, each with its reason."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alnage.cases.listed import listed_on
from alnage.cases.remedies import remedies
from alnage.cases.standing import Asked, Listed, standings
from alnage.law import LawBook
from alnage.model import Answer, Listing, Reason
from alnage.registers import Register, Registers

D = dt.date.fromisoformat
BOOK = LawBook.load()


def ask(on="2026-11-24", *, lists=None, entry="", enterprise="", **events):
    told = {name: D(day) for name, day in events.items()}
    asked = Asked(D(on), told, entry, enterprise, lists or {})
    return {one.remedy.id: one for one in standings(asked, BOOK)}


def answers(**given):
    return {name: one.open.value for name, one in ask(**given).items()}


def codes(one):
    return [reason.code for reason in one.because]


def test_without_facts_all_are_told_and_none_is_open():
    found = ask()
    assert set(found) == set(remedies())
    assert {one.open for one in found.values()} <= {Answer.UNKNOWN, Answer.NO}
    # What is "no" is so for a law that is not in force, never for want of a fact.
    assert {n for n, one in found.items() if one.open is Answer.NO} == {
        "eu.information",
        "eu.review",
    }
    assert all(one.missing for one in found.values() if one.open is Answer.UNKNOWN)


def test_detention_opens_three_ways_of_answering():
    found = answers(presented="2026-11-20")
    for name in ("us.detention", "us.applicability_review", "us.exception"):
        assert found[name] == "yes"
    assert found["us.protest"] == found["us.petition"] == "unknown"


def test_exclusion_wants_a_protest_and_seizure_a_petition():
    excluded = ask(excluded="2026-11-01")
    assert excluded["us.protest"].open is Answer.YES
    assert excluded["us.petition"].open is Answer.NO
    assert codes(excluded["us.petition"]) == ["remedy_excluded_wants_protest"]
    seized = ask(seized="2026-11-01")
    assert seized["us.petition"].open is Answer.YES
    assert seized["us.protest"].open is Answer.NO
    assert "loses the right" in seized["us.protest"].because[0].text()


def test_an_exclusion_before_a_seizure_is_not_lost():
    both = answers(excluded="2026-10-01", seized="2026-11-01")
    assert both["us.protest"] == "unknown"
    assert both["us.petition"] == "yes"


def test_day_thirty_turns_a_detention_into_a_protest():
    before = answers(on="2024-03-31", presented="2024-03-01")
    after = ask(on="2024-04-01", presented="2024-03-01")
    assert (before["us.detention"], before["us.protest"]) == ("yes", "unknown")
    assert after["us.detention"].open is Answer.NO
    assert after["us.protest"].open is Answer.YES
    assert "remedy_deemed" in codes(after["us.protest"])


def test_a_protest_is_late_after_180_days_and_not_before():
    assert answers(on="2024-08-28", excluded="2024-03-01")["us.protest"] == "yes"
    late = ask(on="2024-08-29", excluded="2024-03-01")["us.protest"]
    assert late.open is Answer.NO
    assert codes(late) == ["remedy_late"]


def test_a_term_that_was_not_seen_in_the_text_makes_nothing_a_no():
    late = ask(on="2026-11-24", notified="2026-09-01")["mx.response"]
    assert late.open is Answer.UNKNOWN
    assert codes(late) == ["remedy_late_unverified"]


def test_a_notice_of_one_procedure_opens_no_other():
    found = answers(presented="2026-11-10", notified="2026-11-20")
    assert found["mx.response"] == "unknown"
    assert ask(presented="2026-11-10", notified="2026-11-20")["mx.response"].due is None
    assert answers(notified="2026-11-20")["mx.response"] == "yes"


def test_a_withhold_release_order_must_be_told():
    assert answers(imported="2026-11-01")["us.wro"] == "unknown"
    assert ask(imported="2026-11-01")["us.wro"].missing == ("wro_issued",)
    assert ask(imported="2026-11-01")["us.wro"].due == D("2027-02-01")
    assert answers(imported="2026-11-01", wro_issued="2021-01-13")["us.wro"] == "yes"


def test_the_european_regulation_before_its_day():
    assert answers(on="2027-12-13")["eu.review"] == "no"
    assert answers(on="2027-12-14")["eu.review"] == "unknown"
    assert answers(on="2028-01-10", decision_notified="2028-01-05")["eu.review"] == "yes"
    told = ask(on="2026-11-24", request_received="2026-11-01")["eu.information"]
    assert told.open is Answer.UNKNOWN
    assert codes(told) == ["remedy_in_force_open"]


def test_a_report_is_open_until_it_is_made_and_late_is_not_never():
    assert answers(encountered="2026-11-01")["cn.blocking.report"] == "yes"
    assert answers(encountered="2026-09-01")["cn.blocking.report"] == "yes"
    made = ask(encountered="2026-11-01", report_filed="2026-11-05")["cn.blocking.report"]
    assert made.open is Answer.NO


def test_an_event_of_tomorrow_opens_nothing_today():
    one = ask(on="2026-11-20", excluded="2026-11-25")["us.protest"]
    assert (one.open, codes(one)) == (Answer.NO, ["remedy_not_yet"])


def test_a_listing_without_its_list_is_open():
    for told in ({"listed": "2025-01-15"}, {"removed": "2026-01-01"}):
        found = ask(**told)
        for name in ("us.removal", "cn.afsl.lift", "cn.uel.correction"):
            assert found[name].open is Answer.UNKNOWN
            assert codes(found[name]) == ["remedy_which_list"]


def test_order_is_by_day_and_says_nothing_of_ease():
    told = {"presented": "2026-11-20", "encountered": "2026-11-01", "imported": "2026-11-01"}
    days = [one.due for one in ask(**told).values()]
    dated = [day for day in days if day]
    assert dated == sorted(dated)
    assert days[: len(dated)] == dated
    shown = next(iter(ask(**told).values())).to_json()
    assert not {"rank", "ease", "score", "chance"} & set(shown)


def test_goods_and_enterprise_are_asked_apart():
    goods, firm = ask(entry="E1"), ask(enterprise="X")
    assert "us.protest" in goods
    assert "us.protest" not in firm
    assert "us.removal" in firm
    assert "us.removal" not in goods
    assert "us.court" in goods
    assert "us.court" in firm


def test_json_has_the_fields_of_the_contract():
    contract = "remedy who asserts open because due closes evidence collisions citation verified"
    for lang in ("en", "zh"):
        for one in ask(presented="2026-11-20").values():
            shown = one.to_json(lang)
            assert set(contract.split()) <= set(shown)
            assert shown["asserts"]
            assert shown["citation"]
            assert isinstance(shown["evidence"], list)


def test_a_filing_abroad_meets_the_law_of_where_its_evidence_lies():
    shown = ask(presented="2026-11-20")["us.applicability_review"].to_json()
    pairs = [tuple(one["regimes"]) for one in shown["collisions"]]
    assert ("US-UFLPA", "CN-DSL") in pairs
    assert all(one["if"] for one in shown["collisions"])
    assert ask()["cn.blocking.report"].collisions == ()


LISTING = Listing("us-x", "e1", "Acme Cotton Co., Ltd.", effective_from=D("2024-01-01"))


def registers(*listings, to=None):
    return Registers.of(Register("us-x", "us-uflpa", tuple(listings), complete_to=to))


def test_listed_is_by_day_and_by_register():
    known = registers(LISTING)
    assert listed_on("e1", known, D("2024-06-01"))["us-uflpa"].answer is Answer.YES
    assert listed_on("Acme Cotton Co., Ltd.", known, D("2024-06-01"))["us-uflpa"].answer is (
        Answer.YES
    )
    assert listed_on("e1", known, D("2023-06-01"))["us-uflpa"].answer is Answer.NO


def test_not_found_is_not_listed_only_where_the_register_is_complete():
    known = registers(LISTING, to=D("2024-03-01"))
    inside = listed_on("Quite Another Name GmbH", known, D("2024-02-01"))["us-uflpa"]
    after = listed_on("Quite Another Name GmbH", known, D("2024-06-01"))["us-uflpa"]
    assert inside.answer is Answer.NO
    assert after.answer is Answer.UNKNOWN
    assert after.reason.code == "remedy_register_incomplete"


@pytest.mark.parametrize("answer", list(Answer))
def test_a_register_decides_the_remedy_of_a_listing(answer):
    listed = {"us-uflpa": Listed(answer, Reason("remedy_listed"))}
    assert ask(enterprise="X", lists=listed)["us.removal"].open is answer


def test_a_register_of_another_kind_decides_nothing():
    listed = {"cn-afsl": Listed(Answer.YES, Reason("remedy_listed"))}
    assert ask(enterprise="X", lists=listed)["us.removal"].open is Answer.UNKNOWN


@settings(max_examples=25)
@given(events=st.dictionaries(
    st.sampled_from(["presented", "detained", "excluded", "seized", "protest_filed", "denied",
                     "imported", "encountered", "listed", "notified"]),
    st.dates(D("2022-07-01"), D("2028-01-01"))), on=st.dates(D("2022-07-01"), D("2028-01-01")))  # fmt: skip
def test_every_answer_has_a_reason_and_a_missing_event_is_never_a_no(events, on):
    deciding = {
        "remedy_not_in_force", "remedy_ended", "remedy_late", "remedy_not_yet",
        "remedy_seized_wants_petition", "remedy_excluded_wants_protest",
    }  # fmt: skip
    for one in standings(Asked(on, events), BOOK):
        assert one.because
        if one.open is Answer.NO:
            assert one.because[-1].code in deciding
        if one.open is Answer.YES:
            assert one.because[-1].code == "remedy_opened"
