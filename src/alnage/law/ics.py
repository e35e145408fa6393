"""Deadlines as a calendar file (iCalendar, RFC 5545), to be taken into any calendar.

A deadline has up to three days, and a calendar that shows only the last one misleads: the
day to act by on the strictest reading, the last day, and the day on which silence has its
effect are events of their own. A stopped clock is marked as cancelled, never left out.

    Due, Due … ── calendar_text(dues, lang) ──> "BEGIN:VCALENDAR …"
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from alnage.law.clock import Due
from alnage.words import say

_WIDTH: Final = 75  # octets of a content line, after which it is folded


def calendar_text(dues: Iterable[tuple[str, Due]], lang: str = "en") -> str:
    """The calendar of ``(label, deadline)`` pairs: whole-day events, the same bytes for the same input.

    Deadlines without any day (no term is laid down) have no event.

    >>> from alnage.law.clock import due
    >>> answer = due("us.det.final", {"presented": dt.date(1998, 3, 17)}, on=dt.date(1998, 3, 20))
    >>> [line for line in calendar_text([("E-1", answer)]).split() if line.startswith("DTSTART")]
    ['DTSTART;VALUE=DATE:19980416', 'DTSTART;VALUE=DATE:19980417']
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Alnage//clock//EN", "CALSCALE:GREGORIAN"]
    for label, answer in dues:
        for name, day in _days(answer):
            lines += _event(label, answer, name, day, lang)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _days(answer: Due) -> Iterator[tuple[str, dt.date]]:
    """The days of a deadline; the strictest reading only where it is earlier than the last day."""
    if answer.act_by is not None and answer.act_by != answer.due:
        yield "act_by", answer.act_by
    if answer.due is not None:
        yield "due", answer.due
    if answer.effect_on is not None:
        yield "effect_on", answer.effect_on


def _event(label: str, answer: Due, name: str, day: dt.date, lang: str) -> list[str]:
    what = say(f"clock_label.{name}", {}, lang)
    state = say(f"clock_state.{answer.state}", {}, lang)
    title = " · ".join(part for part in (label, what, answer.rule) if part)
    # The identifier does not hold the day: a moved deadline replaces its event.
    start = answer.start.isoformat() if answer.start else ""
    key = f"{label}|{answer.rule}|{name}|{start}"
    told = [answer.effect(lang), answer.actor(lang), state]
    told += [reason.text(lang) for reason in answer.because]
    return [
        "BEGIN:VEVENT",
        f"UID:{hashlib.sha256(key.encode()).hexdigest()[:32]}@alnage.invalid",
        f"DTSTAMP:{answer.on:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(chr(10).join(line for line in told if line))}",
        f"STATUS:{'CANCELLED' if answer.state == 'stopped' else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    r"""Text as RFC 5545 wants it: backslash, semicolon, comma and line ends escaped.

    >>> _escaped("a, b; c")
    'a\\, b\\; c'
    """
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(plain, escaped)
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """Lines of at most 75 octets, no character cut in two; the next begins with a space."""
    pieces: list[str] = [""]
    room = _WIDTH
    for char in line:
        size = len(char.encode())
        if size > room:
            pieces.append("")
            room = _WIDTH - 1
        pieces[-1] += char
        room -= size
    return "\r\n ".join(pieces)
