"""Counting: published rulings, traps, stops, extensions, other readings, and properties."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.law.calendars import CODES, months_later, working_calendar
from alnage.law.clock import due
from alnage.law.clock_rules import clock_rules
from alnage.model import LawError

D = dt.date.fromisoformat
LATE = dt.date(2030, 1, 1)


def answer(rule, on=LATE, **events):
    return due(rule, {name: D(day) for name, day in events.items()}, on=on)


def codes(result):
    return [reason.code for reason in result.because]


@pytest.mark.parametrize(
    ("rule", "event", "day", "last", "effect"),
    [
        # CBP rulings HQ 962141 and HQ 962034 count day 30 differently.
        ("us.det.final", "presented", "1998-03-17", "1998-04-16", "1998-04-17"),
        ("us.protest.decide_exclusion", "protest_filed", "1998-06-30", "1998-07-30", "1998-07-30"),
        # Five working days over a weekend and Independence Day, observed on a Friday.
        ("us.det.decide", "presented", "2026-06-30", "2026-07-08", "2026-07-09"),
        ("us.det.notice", "detained", "2024-12-23", "2024-12-31", None),
        ("us.protest.file", "excluded", "2024-01-01", "2024-06-29", "2024-06-30"),
        ("us.protest.decide_general", "protest_filed", "2024-02-29", "2026-02-28", None),
        ("us.cit.1581a", "denied", "2023-07-01", "2023-12-28", "2023-12-29"),
        ("us.wro.proof", "imported", "2024-11-30", "2025-02-28", "2025-03-01"),
        ("us.wro.abandon", "exclusion_advised", "2024-01-10", "2024-03-10", "2024-03-11"),
        ("us.s307.transmit", "received", "2026-02-25", "2026-03-07", None),
        # 30日 are days, over the holidays of October and not moved by them.
        ("cn.block.report", "encountered", "2026-09-03", "2026-10-03", "2026-10-04"),
        ("us.exc.report", "exception_granted", "2026-01-31", "2026-03-02", None),
        ("us.cit.1581i", "cause_accrued", "2024-06-11", "2026-06-11", "2026-06-12"),
        ("ca.redetermination", "determination_notified", "2026-01-01", "2026-04-01", "2026-04-02"),
        ("ca.redetermine.officer", "determined", "2024-02-29", "2028-02-29", None),
        ("eu.inv.notify", "investigation_opened", "2026-04-01", "2026-04-09", None),
        ("eu.decision", "investigation_opened", "2026-05-31", "2027-02-28", None),
        ("mx.reply", "notified", "2026-09-10", "2026-10-09", "2026-10-10"),
        ("cn.uel.fine", "announced", "2026-02-10", "2026-02-25", "2026-02-26"),
    ],
)
def test_last_day_and_day_of_effect(rule, event, day, last, effect):
    result = answer(rule, **{event: day})
    assert result.due == D(last)
    assert result.effect_on == (effect and D(effect))


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("eu.apply", "2027-12-14"),
        ("eu.ca.designate", "2025-12-14"),
        ("eu.guidelines_db", "2026-06-14"),
        ("eu.penalties.notify", "2026-12-14"),
        ("eu.evaluation", "2029-12-14"),
        ("mx.inforce", "2023-05-18"),
        ("us.301.comments", "2026-07-06"),
        ("us.uflpa.sunset", "2029-12-23"),
        ("us.uhrpa.sunset", "2030-06-17"),
        ("cn.uel.pvhreply", "2024-10-24"),
    ],
)
def test_fixed_dates_take_no_event(rule, last):
    assert answer(rule).due == D(last)
    assert answer(rule, presented="2024-01-01").ignored == ("presented",)


@pytest.mark.parametrize("rule", ["us.removal", "cn.afsl.apply", "cn.afsl.permission", "cn.dsl36.approval",
                                  "us.wro.export", "us.petition", "cn.uel.correct", "us.finding.seize"])  # fmt: skip
def test_no_term_is_invented(rule):
    result = answer(rule)
    assert (result.due, result.effect_on, result.act_by) == (None, None, None)
    assert result.state == "running"
    assert "clock_no_term" in codes(result)


def test_the_clock_starts_at_presentation_not_arrival_entry_or_notice():
    result = answer("us.det.final", arrived="2024-01-01", presented="2024-01-08", entered="2024-01-02",
                    notified="2024-01-20")  # fmt: skip
    assert result.due == D("2024-02-07")
    assert result.ignored == ("arrived", "entered", "notified")
    assert "clock_ignored" in codes(result)


def test_without_the_starting_event_the_error_names_it():
    with pytest.raises(LawError, match="presented"):
        answer("us.det.final", arrived="2024-01-01")


def test_an_unknown_event_or_rule_names_the_nearest():
    with pytest.raises(LawError, match="presented"):
        answer("us.det.final", presentd="2024-01-01")
    with pytest.raises(LawError, match=r"us\.det\.final"):
        answer("us.dt.final")


@pytest.mark.parametrize(
    ("on", "state"),
    [("1998-03-01", "running"), ("1998-04-16", "running"), ("1998-04-17", "expired")],
)
def test_the_last_day_is_still_running(on, state):
    result = answer("us.det.final", on=D(on), presented="1998-03-17")
    assert result.state == state
    assert ("clock_not_begun" in codes(result)) == (on < "1998-03-17")


def test_a_protest_is_denied_on_day_thirty_itself():
    assert (
        answer("us.protest.decide_exclusion", on=D("1998-07-29"), protest_filed="1998-06-30").state
        == "running"
    )
    assert (
        answer("us.protest.decide_exclusion", on=D("1998-07-30"), protest_filed="1998-06-30").state
        == "expired"
    )


@pytest.mark.parametrize(
    ("event", "day", "on", "state", "code"),
    [
        ("exported", "2024-02-01", "2024-02-01", "stopped", "clock_stopped"),
        ("protest_filed", "2024-03-10", "2026-01-01", "stopped", "clock_stopped"),
        ("protest_filed", "2024-03-11", "2026-01-01", "expired", "clock_stop_late"),
        ("exported", "2024-02-01", "2024-01-31", "running", "clock_stop_later"),
    ],
)
def test_abandonment_is_stopped_by_export_or_protest_in_time(event, day, on, state, code):
    result = answer("us.wro.abandon", on=D(on), exclusion_advised="2024-01-10", **{event: day})
    assert result.state == state
    assert code in codes(result)


def test_a_practice_date_never_hides_the_statutory_one():
    result = answer(
        "us.det.respond", notified="2024-01-20", presented="2024-01-05", extended_to="2024-03-05"
    )
    assert result.due == D("2024-03-05")
    assert result.act_by == D("2024-02-04")
    assert answer("us.det.respond", detained="2024-01-20").due == D("2024-02-19")


def test_perishable_goods_are_a_reading_until_the_decision_sets_the_day():
    open_term = answer("eu.comply", decision_notified="2025-09-01")
    assert (open_term.due, open_term.act_by) == (D("2025-10-13"), D("2025-09-15"))
    settled = answer("eu.comply", decision_notified="2025-09-01", term_set="2025-11-20")
    assert (settled.due, settled.act_by) == (D("2025-11-20"), D("2025-11-20"))
    assert answer("eu.customs", release_suspended="2025-09-01").act_by == D("2025-09-03")


def test_a_day_set_outside_the_band_is_reported():
    inside = answer("eu.inv.reply", information_requested="2025-09-01", term_set="2025-11-03")
    outside = answer("eu.inv.reply", information_requested="2025-09-01", term_set="2026-03-02")
    early = answer("eu.inv.reply", information_requested="2025-09-01", term_set="2025-09-05")
    assert "clock_set_outside" not in codes(inside)
    assert "clock_set_outside" in codes(outside)
    assert "clock_set_outside" in codes(early)


def test_a_period_stated_in_an_announcement_is_given_as_term_set():
    result = answer("cn.uel.correct", term_set="2026-05-01")
    assert result.due == D("2026-05-01")
    assert "clock_no_term" not in codes(result)


def test_an_extension_runs_from_the_last_day_of_the_first_term():
    plain = answer("mx.resolve", request_filed="2026-01-05")
    longer = answer("mx.resolve", request_filed="2026-01-05", extended="2026-06-01")
    assert longer.due == working_calendar("MX").after(plain.due, 180)
    late = answer("mx.resolve", request_filed="2026-01-05", extended="2029-01-01")
    assert late.due == plain.due
    assert "clock_out_of_time" in codes(late)


def test_limitation_rolls_over_holidays_restarts_pauses_and_is_capped():
    rolled = answer("cn.afsl.suit", injury_known="2023-10-03")
    assert (rolled.due, rolled.act_by) == (D("2026-10-08"), D("2026-10-03"))
    again = answer("cn.afsl.suit", injury_known="2020-03-02", interrupted="2022-03-02")
    assert again.due == D("2025-03-03")  # 2025-03-02 is a Sunday
    capped = answer("cn.afsl.suit", injury_known="2024-03-04", injured="2005-06-06")
    assert capped.due == D("2025-06-06")
    paused = answer(
        "cn.afsl.suit", injury_known="2020-03-02", suspended="2022-12-01", resumed="2023-02-01"
    )
    assert (paused.due, paused.act_by) == (D("2023-08-01"), D("2023-03-02"))
    early = answer(
        "cn.afsl.suit", injury_known="2020-03-02", suspended="2021-01-04", resumed="2021-02-01"
    )
    assert early.due == D("2023-03-02")


def test_a_suspended_clock_says_so_only_while_it_is():
    given_events = {"injury_known": "2024-03-04", "suspended": "2026-12-01"}
    assert answer("cn.afsl.suit", on=D("2026-11-30"), **given_events).state == "running"
    assert answer("cn.afsl.suit", on=D("2027-05-01"), **given_events).state == "suspended"
    over = answer("cn.afsl.suit", on=D("2027-02-15"), resumed="2027-02-01", **given_events)
    assert over.state == "running"


def test_a_law_may_end_early():
    result = answer("us.uflpa.sunset", terminated="2027-06-01")
    assert result.due == result.effect_on == D("2027-06-01")
    assert answer("us.uflpa.sunset", terminated="2035-06-01").due == D("2029-12-23")


def test_what_must_precede_an_event_is_due_the_day_before():
    assert answer("us.petition", sale="2026-05-04").due == D("2026-05-03")
    assert answer("us.wro.export", seized="2026-05-04").due == D("2026-05-03")
    assert answer("us.wro.export", exported="2026-05-04").state == "stopped"


@pytest.mark.parametrize(
    ("rule", "day", "last"),
    [
        ("any:1:working:CN", "2026-02-13", "2026-02-14"),  # a Saturday made a workday
        ("any:10:working:CN", "2026-02-10", "2026-03-02"),
        ("any:5:working:US", "2021-12-27", "2022-01-04"),  # 31 December 2021 is observed
        ("any:3:working:MX", "2026-09-14", "2026-09-18"),
        ("any:3:working:EU", "2026-04-01", "2026-04-09"),
        ("any:30:calendar:CN", "2024-01-31", "2024-03-01"),
        ("any:1:calendar:EU", "2026-12-31", "2027-01-01"),
    ],
)
def test_days_of_any_kind_are_counted_from_from(rule, day, last):
    result = answer(rule, **{"from": day})
    assert result.due == D(last)
    assert result.effect_on is None
    assert result.calendar == ":".join(rule.split(":")[2:])


def test_an_unpublished_year_gives_a_provisional_answer_and_the_earliest_day():
    result = answer("any:10:working:CN", **{"from": "2027-09-20"})
    assert result.provisional
    assert result.to_json()["provisional"] is True
    assert "clock_provisional" in codes(result)
    assert result.act_by < result.due
    known = answer("any:10:working:CN", **{"from": "2025-09-20"})
    assert "provisional" not in known.to_json()
    assert known.act_by == known.due


def test_json_has_the_fields_of_the_contract_in_both_languages():
    english = answer("us.wro.abandon", exclusion_advised="2024-01-10").to_json()
    chinese = answer("us.wro.abandon", exclusion_advised="2024-01-10").to_json("zh")
    wanted = {"rule", "due", "effect_on", "act_by", "actor", "effect", "state", "calendar", "ignored", "verified",
              "because"}  # fmt: skip
    assert wanted <= set(english)
    assert english["effect"] != chinese["effect"]
    assert english["due"] == chinese["due"]


def test_dates_beyond_the_calendar_are_an_error():
    for rule, day in [("any:99999:working:US", "2026-01-01"), ("any:9:calendar:US", "9999-12-30"),
                      ("any:9:working:CN", "1912-01-01")]:  # fmt: skip
        with pytest.raises(LawError, match="Counting from"):
            answer(rule, **{"from": day})
    with pytest.raises(LawError, match="Counting from"):
        months_later(D("9999-06-01"), 12)
    with pytest.raises(LawError, match="no calendar"):
        working_calendar("JP")


DAYS = st.dates(dt.date(2001, 1, 1), dt.date(2040, 12, 31))


@given(DAYS, st.integers(1, 120), st.sampled_from(CODES))
def test_working_days_are_counted_one_by_one(start, count, code):
    calendar = working_calendar(code)
    last = calendar.after(start, count)
    span = [start + dt.timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert calendar.works(last)
    assert sum(map(calendar.works, span)) == count
    assert calendar.after(start, count, strict=True) <= last
    assert calendar.after(start, count + 1) > last


@given(DAYS, st.sampled_from(CODES))
def test_the_strict_reading_never_rests_where_the_calendar_works(day, code):
    calendar = working_calendar(code)
    assert calendar.may_work(day) or not calendar.works(day)


@given(DAYS, st.integers(1, 60))
def test_corresponding_days(day, months):
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + dt.timedelta(days=1)).day == 1


@given(st.sampled_from(sorted(clock_rules())), st.data(), DAYS)
def test_any_rule_with_any_events_keeps_its_invariants(rule_id, data, on):
    rule = clock_rules()[rule_id]
    chosen = data.draw(st.lists(st.sampled_from(rule.events), unique=True)) if rule.events else []
    events = {name: data.draw(DAYS) for name in {*chosen, *rule.start[:1]}}
    result = due(rule_id, events, on=on)
    if result.due is not None:
        assert result.act_by <= result.due
        assert result.effect_on is None or 0 <= (result.effect_on - result.due).days <= 1
    if result.state == "expired":
        assert result.due is not None
        assert on >= result.due
    # An event that does not belong to the rule changes nothing but is named.
    more = due(rule_id, {**events, "arrived": on}, on=on)
    assert (more.due, more.act_by, more.state) == (result.due, result.act_by, result.state)
    assert more.ignored == ("arrived",)
