"""Which days are working days, for each authority whose clock is run, and how surely that is known.

A term of "30 working days" is only as good as its calendar. Each calendar here answers
two questions about a day: whether it is a working day as far as is known, and whether
it could be one on some tenable reading (another authority's holidays, a make-up
workday of a schedule that is not published yet). The second gives the earliest date
by which to act.

    day ──> works(day)        the calendar as known      ──> due
        └─> may_work(day)     the strictest reading      ──> act_by
    year ─> published(year)   is the schedule of that year known?
"""

from __future__ import annotations

import calendar as months_of
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from alnage.model import LawError, Verified

CODES: Final = ("US", "CN", "MX", "EU")

_DAY: Final = dt.timedelta(days=1)
_WEEKEND: Final = 5  # Monday is 0
_MAKE_UP_REACH: Final = 14  # days around a PRC holiday within which weekends were made workdays
_EU_PATTERN_TO: Final = 2026  # later lists of the Commission were not seen
_COVERED: Final = range(1950, 2099)  # years whose holidays can be computed


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Working days of one authority.

    ``works`` is the calendar as known, ``may_work`` its strictest reading,
    ``published`` whether a year's schedule is known; ``verified`` how well it rests.
    """

    code: str
    works: Callable[[dt.date], bool]
    may_work: Callable[[dt.date], bool]
    published: Callable[[int], bool]
    verified: Verified

    def after(self, start: dt.date, count: int, *, strict: bool = False) -> dt.date:
        """The ``count``-th working day after ``start``; ``start`` itself is not counted.

        LawError ``clock_out_of_range`` outside 1950 to 2098.

        >>> working_calendar("CN").after(dt.date(2026, 2, 13), 1)  # a Saturday made a workday
        datetime.date(2026, 2, 14)
        """
        works = self.may_work if strict else self.works
        day, left = start, count
        while left > 0:
            day = later(day, 1)
            if day.year not in _COVERED:
                raise LawError("clock_out_of_range", day=start.isoformat())
            left -= works(day)
        return day

    def on_or_after(self, day: dt.date) -> dt.date:
        """``day`` if it is a working day, else the next one.

        >>> working_calendar("US").on_or_after(dt.date(2026, 7, 3))  # Independence Day observed
        datetime.date(2026, 7, 6)
        """
        return day if self.works(day) else self.after(day, 1)

    def unpublished(self, first: dt.date, last: dt.date) -> tuple[int, ...]:
        """The years between two days whose schedule is not known."""
        return tuple(y for y in range(first.year, last.year + 1) if not self.published(y))


def later(day: dt.date, count: int) -> dt.date:
    """``day`` and ``count`` days; LawError ``clock_out_of_range`` beyond the calendar.

    >>> later(dt.date(1998, 3, 17), 30)
    datetime.date(1998, 4, 16)
    """
    number = day.toordinal() + count
    if not 1 <= number <= dt.date.max.toordinal():
        raise LawError("clock_out_of_range", day=day.isoformat())
    return dt.date.fromordinal(number)


def months_later(day: dt.date, count: int) -> dt.date:
    """The corresponding day ``count`` months on; the month's last day where there is none.

    >>> months_later(dt.date(2024, 11, 30), 3), months_later(dt.date(2024, 2, 29), 12)
    (datetime.date(2025, 2, 28), datetime.date(2025, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise LawError("clock_out_of_range", day=day.isoformat())
    last = months_of.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


@cache
def working_calendar(code: str) -> WorkingCalendar:
    """The calendar of ``US``, ``CN``, ``MX`` or ``EU``; LawError ``calendar_unknown`` otherwise.

    >>> working_calendar("US").works(dt.date(2026, 7, 3))
    False
    """
    makers = {"US": _united_states, "CN": _china, "MX": _mexico, "EU": _european_union}
    if code not in makers:
        raise LawError("calendar_unknown", calendar=code, known=list(CODES))
    return makers[code]()


def _weekday(day: dt.date) -> bool:
    return day.weekday() < _WEEKEND


def _years(make: Callable[[int], Any]) -> Callable[[int], Any]:
    """One year's holidays at a time, computed once for each calendar object."""
    return cache(make)


def _united_states() -> WorkingCalendar:
    """Federal holidays as observed (5 USC 6103): computed from the statute, never "published".

    Days on which an executive order only closes offices are no such holidays.
    """
    import holidays

    def year(number: int) -> Any:
        return holidays.country_holidays("US", years=number, categories=("public",))

    # New Year's Day on a Saturday is observed on 31 December of the year before.
    of = _years(lambda number: frozenset(d for y in (number, number + 1) for d in year(y)))

    def works(day: dt.date) -> bool:
        return _weekday(day) and day not in of(day.year)

    return WorkingCalendar("US", works, works, lambda _: True, "primary")


def _china() -> WorkingCalendar:
    """The State Council's yearly schedule, with weekends made workdays.

    A year counts as published when its schedule has make-up workdays: every schedule
    since 2001 has, and a year known only by its statutory holidays has none.
    """
    import holidays

    def load(number: int) -> Any:
        # The next year's schedule can make workdays at the end of this one.
        return holidays.country_holidays("CN", years=(number, number + 1), expand=False)

    of = _years(load)

    def works(day: dt.date) -> bool:
        return bool(of(day.year).is_working_day(day))

    def published(number: int) -> bool:
        return any(d.year == number for d in of(number).weekend_workdays)

    def near_holiday(day: dt.date) -> bool:
        around = (day + _DAY * n for n in range(-_MAKE_UP_REACH, _MAKE_UP_REACH + 1))
        return any(d in of(d.year) for d in around)

    def may_work(day: dt.date) -> bool:
        if published(day.year):
            return works(day)
        return _weekday(day) or near_holiday(day)

    return WorkingCalendar("CN", works, may_work, published, "primary")


def _mexico() -> WorkingCalendar:
    """Statutory rest days of the federal labour law.

    Authorities publish further non-working days every year, and the law on
    administrative procedure fixes some days where the labour law moves them to a
    Monday. The strictest reading keeps only the days that all have in common.
    """
    import holidays

    of = _years(lambda number: frozenset(holidays.country_holidays("MX", years=number)))
    common = {(1, 1), (5, 1), (9, 16), (12, 25)}

    def works(day: dt.date) -> bool:
        return _weekday(day) and day not in of(day.year)

    def may_work(day: dt.date) -> bool:
        return _weekday(day) and (day.month, day.day) not in common

    return WorkingCalendar("MX", works, may_work, lambda _: True, "secondary")


def _european_union() -> WorkingCalendar:
    """The holidays of the EU institutions in Brussels, by the pattern of the published lists.

    Regulation 1182/71 takes the holidays of the Member State or institution in which
    the act is to be done; for goods from outside the Union that is the Commission.
    The strictest reading keeps only the days that are holidays in every Member State.
    """
    of = _years(_institution_days)
    common = {(1, 1), (12, 25)}

    def works(day: dt.date) -> bool:
        return _weekday(day) and day not in of(day.year)

    def may_work(day: dt.date) -> bool:
        return _weekday(day) and (day.month, day.day) not in common

    return WorkingCalendar(
        "EU", works, may_work, lambda number: number <= _EU_PATTERN_TO, "secondary"
    )


def _institution_days(year: int) -> frozenset[dt.date]:
    easter = _easter(year)
    fixed = [(1, 1), (1, 2), (5, 1), (5, 9), (7, 21), (8, 15), (11, 1), (11, 2)]
    fixed += [(12, day) for day in range(24, 32)]
    moving = [-3, -2, 1, 39, 40, 50]  # Maundy Thursday .. day after Ascension, Whit Monday
    return frozenset(
        [dt.date(year, month, day) for month, day in fixed]
        + [easter + dt.timedelta(days=offset) for offset in moving]
    )


def _easter(year: int) -> dt.date:
    """Western Easter Sunday, by the Gregorian computus in whole numbers."""
    golden, century = year % 19, year // 100
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return dt.date(year, month, offset + 28 - 31 * (month // 4))
