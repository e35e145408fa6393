"""Deadlines of a case: rulings, silence, and which one controls."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from alnage.cases.deadlines import controlling, deadlines, deemed, past
from alnage.cases.remedies import remedies

D = dt.date.fromisoformat
DAYS = st.dates(dt.date(2022, 7, 1), dt.date(2029, 1, 1))


def found(remedy, on, **events):
    told = {name: D(day) for name, day in events.items()}
    return {one.due.rule: one for one in deadlines(remedies()[remedy], told, D(on))}


def test_the_published_rulings():
    final = found("us.detention", "1998-03-20", presented="1998-03-17")["us.det.final"]
    assert (final.due.due, final.due.effect_on) == (D("1998-04-16"), D("1998-04-17"))
    decide = found("us.protest", "1998-07-01", excluded="1998-06-01", protest_filed="1998-06-30")[
        "us.protest.decide_exclusion"
    ]
    assert decide.due.effect_on == D("1998-07-30")


def test_practice_never_hides_the_statute():
    # The notice gives thirty days of its own, which end after the statute has excluded.
    late = found("us.detention", "2024-03-10", presented="2024-03-01", notified="2024-03-12")
    assert late["us.det.respond"].due.due > late["us.det.final"].due.due
    assert late["us.det.final"].controlling
    assert not late["us.det.respond"].controlling
    # Nor where the date of practice is the earlier one.
    early = found("us.detention", "2024-03-10", presented="2024-03-05", notified="2024-03-01")
    assert early["us.det.respond"].due.due < early["us.det.final"].due.due
    assert early["us.det.final"].controlling


def test_without_a_statutory_day_practice_controls():
    only = found("us.detention", "2024-03-10", notified="2024-03-01")
    assert only["us.det.respond"].controlling


def test_a_step_that_loses_nothing_does_not_control():
    steps = found("us.detention", "2024-03-02", presented="2024-03-01")
    assert steps["us.det.decide"].due.due < steps["us.det.final"].due.due
    assert not steps["us.det.decide"].controlling


def test_what_was_done_in_time_is_met_and_the_next_clock_controls():
    told = {"excluded": "2024-03-01", "protest_filed": "2024-03-20"}
    now = found("us.protest", "2024-03-25", **told)
    assert now["us.protest.file"].state == "met"
    assert now["us.protest.decide_exclusion"].controlling


def test_what_was_done_too_late_is_not_met():
    now = found("us.protest", "2025-01-05", excluded="2024-01-01", protest_filed="2025-01-02")
    assert now["us.protest.file"].state == "expired"


def test_a_deed_of_tomorrow_meets_nothing_today():
    now = found("us.protest", "2024-03-10", excluded="2024-03-01", protest_filed="2024-03-20")
    assert now["us.protest.file"].state == "running"


def test_silence_excludes_and_then_denies():
    told = {"presented": D("1998-03-17")}
    assert "excluded" not in deemed(told, D("1998-04-16"))[0]
    known, why = deemed(told, D("1998-04-17"))
    assert known["excluded"] == D("1998-04-17")
    assert why[0].params["rule"] == "us.det.final"
    known, why = deemed({"protest_filed": D("1998-06-30")}, D("1998-07-30"))
    assert known["denied"] == D("1998-07-30")


def test_a_release_is_no_silence_but_a_later_one_was():
    told = {"presented": D("2024-03-01"), "released": D("2024-03-20")}
    assert "excluded" not in deemed(told, D("2024-06-01"))[0]
    # Looked at from a day before it was released, the goods were excluded.
    told = {"presented": D("2024-03-01"), "released": D("2024-05-20")}
    assert "excluded" in deemed(told, D("2024-04-10"))[0]


def test_silence_starts_the_clock_of_the_protest():
    now = found("us.protest", "2024-05-01", presented="2024-03-01")
    assert now["us.protest.file"].due.start == D("2024-04-01")


def test_days_left_count_down_and_below_zero():
    told = {"presented": "2024-03-01"}
    assert found("us.detention", "2024-03-30", **told)["us.det.final"].days_left == 1
    assert found("us.detention", "2024-04-05", **told)["us.det.final"].days_left == -5


def test_a_clock_that_nothing_started_is_not_shown():
    assert found("us.protest", "2024-05-01") == {}


def test_a_clock_without_term_has_no_day():
    now = found("us.removal", "2024-05-01")
    assert now["us.removal"].days_left is None
    assert not now["us.removal"].controlling


def test_past_is_in_order_and_leaves_out_tomorrow():
    told = {"b": D("2024-02-01"), "a": D("2024-01-01"), "c": D("2024-03-01")}
    assert list(past(told, D("2024-02-01"))) == ["a", "b"]


@given(events=st.dictionaries(st.sampled_from(
    ["presented", "detained", "notified", "answered", "excluded", "seized", "released",
     "protest_filed", "denied", "suit_filed", "imported", "exported"]), DAYS), on=DAYS)  # fmt: skip
def test_at_most_one_controls_and_it_is_the_earliest_of_its_kind(events, on):
    for remedy in remedies().values():
        every = deadlines(remedy, events, on)
        one = controlling(every)
        assert sum(deadline.controlling for deadline in every) <= 1
        open_ = [
            d
            for d in every
            if d.clock.adverse and not d.met and d.due.due and d.due.state == "running"
        ]
        statutory = [d for d in open_ if not d.clock.practice]
        if one is None:
            assert not open_
        if statutory:
            assert one is not None
            assert not one.clock.practice
            assert one.effect_day == min(d.effect_day for d in statutory)


@given(
    events=st.dictionaries(st.sampled_from(["presented", "released", "excluded"]), DAYS), on=DAYS
)
def test_silence_only_adds(events, on):
    known, why = deemed(events, on)
    happened = past(events, on)
    assert {name: known[name] for name in happened} == happened
    assert (known == events) == (not why)
