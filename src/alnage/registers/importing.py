"""Imports: a saved file becomes the present version of a register, or nothing changes.

An import may only say more. A name that the file lacks is carried on as ``absent_since``,
because a cut-off download must not delist anybody; a file that lacks many names is taken
for a broken one until the user confirms it; and whatever goes wrong, it goes wrong before
the first byte is written, so that the former version stays in force.

    file ── formats.read ── Reading ─┐
    former version ──────────────────┴── joined ── lacks too much? ──> store.write_version
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from alnage.model import Listing, OptionError, Reason, RegisterError
from alnage.registers import formats
from alnage.registers.plain import Reading
from alnage.registers.register import Register
from alnage.registers.store import Registers, write_version

Mode = Literal["full", "additions"]
MODES: tuple[Mode, ...] = ("full", "additions")
MOST_DROPPED = 3  # entries that one import may lack without being confirmed
MOST_SHARE = 0.02
_ID_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")
# Files that hold what is in force on their day, and not what was before or comes after.
_OF_A_DAY = frozenset(
    ("bis-dpl", "bis-json", "cbp", "csl", "dhs", "eu", "ofac-csv", "ofac-xml", "un")
)


@dataclass(frozen=True, slots=True)
class Import:
    """What an import did: the register as it now stands, whether it changed, what was amiss."""

    register: Register
    changed: bool
    added: int
    absent: int
    problems: tuple[Reason, ...]
    lost: int
    form: str = "csv"
    mode: Mode = "full"
    dropped: tuple[str, ...] = ()
    published: dt.date | None = None

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """As JSON values."""
        return {
            "schema": "register-import/1",
            "register": self.register.id,
            "kind": self.register.kind,
            "format": self.form,
            "mode": self.mode,
            "version": self.register.version,
            "published_on": self.published.isoformat() if self.published else None,
            "changed": self.changed,
            "entities": len(self.register.entities()),
            "listings": len(self.register.listings),
            "added": self.added,
            "absent": self.absent,
            "dropped": list(self.dropped),
            "rows_lost": self.lost,
            "problems": [problem.to_json(lang) for problem in self.problems],
        }


@dataclass(frozen=True, slots=True)
class Stated:
    """What the user says of a file."""

    kind: str | None = None
    complete_from: dt.date | None = None
    complete_to: dt.date | None = None
    retrieved_on: dt.date | None = None


def import_file(
    file: Path,
    workspace: Any,
    register: str,
    *,
    form: str | None = None,
    kind: str | None = None,
    complete_from: dt.date | None = None,
    complete_to: dt.date | None = None,
    retrieved_on: dt.date | None = None,
    mode: Mode = "full",
    confirm: bool = False,
    today: dt.date,
) -> Import:
    """Read ``file`` into ``workspace`` as the present version of ``register``.

    Without ``form`` the format is told by the content. ``mode`` ``additions`` adds to the
    present version what the file holds; ``full`` takes the file for the whole register.
    The same content again changes nothing. RegisterError, and nothing changed, if the id,
    the format or the file can't be used, or if it lacks more than 2 % or three of the
    entries and ``confirm`` is not given.
    """
    check_id(register)
    if mode not in MODES:
        raise OptionError("register_mode", mode=str(mode), known=list(MODES))
    told, reading = formats.read(file, register, form)
    before = Registers.load(workspace)
    old = _former(before, register, mode)
    if told == "dhs":
        reading = _first_days(reading, before, old)
    stated = Stated(kind, complete_from, complete_to, retrieved_on)
    source = f"{file.name} sha256:{formats.sha256(file)}"
    fresh = _fresh(register, reading, old, stated, (told, mode, source), today)
    dropped = () if old is None or mode == "additions" else lacking(fresh, old)
    if old is not None and not confirm:
        _check_drop(dropped, old, file.name)
    new = added(fresh, old) if mode == "additions" else merged(fresh, old)
    changed = old is None or old.version != new.version
    if changed:
        write_version(workspace, new, today)
    was = set(old.entities()) if old else set()
    return Import(
        register=new if changed or old is None else old,
        changed=changed,
        added=len(set(new.entities()) - was),
        absent=sum(1 for one in new.listings if one.absent_since),
        problems=reading.problems,
        lost=reading.lost,
        form=told,
        mode=mode,
        dropped=dropped,
        published=reading.published,
    )


def check_id(register: str) -> None:
    """RegisterError unless the id is 1 to 64 of ``a-z 0-9 - _ .`` and starts with a letter or digit."""
    good = register and len(register) <= 64 and set(register) <= _ID_SIGNS
    if not good or not register[0].isalnum():
        raise RegisterError("register_id", register=register)


def _former(before: Registers, register: str, mode: Mode) -> Register | None:
    """The version that an import follows; a bundled snapshot only where something is added to it."""
    if register not in before:
        return None
    imported = any(one.imported_on for one in before.versions(register))
    return before[register] if imported or mode == "additions" else None


def _first_days(reading: Reading, before: Registers, old: Register | None) -> Reading:
    """The DHS page with the first days of effect that the UFLPA register already knows."""
    known = [*before["us-uflpa"].listings, *(old.listings if old else ())]
    return replace(reading, listings=formats.with_first_days(reading.listings, known))


def _fresh(
    register: str,
    reading: Reading,
    old: Register | None,
    stated: Stated,
    how: tuple[str, Mode, str],
    today: dt.date,
) -> Register:
    """The file alone as a register."""
    form, mode, source = how
    begin, end = _complete(reading, stated, form, today)
    unstated = stated.complete_from is None and stated.complete_to is None
    if old is not None and unstated and (mode == "additions" or old.source == source):
        begin, end = old.complete_from, old.complete_to
    gaps = _gaps(reading, old if mode == "additions" else None, end)
    whole = reading.lost == 0 and not any(one.code == "register_set_incomplete" for one in gaps)
    return Register(
        id=register,
        kind=stated.kind or (old.kind if old else None),
        listings=reading.listings,
        retrieved_on=stated.retrieved_on or today,
        complete=whole and (old is None or mode == "full" or old.complete),
        complete_from=begin,
        complete_to=end,
        gaps=gaps,
        title=old.title if old else register,
        source=source,
    )


def _complete(
    reading: Reading, stated: Stated, form: str, today: dt.date
) -> tuple[dt.date | None, dt.date | None]:
    """For which days the file says all: as stated, or as its format and date allow."""
    if form not in _OF_A_DAY:
        return stated.complete_from, stated.complete_to
    day = reading.published or stated.retrieved_on or today
    last = stated.complete_to or max(day, stated.retrieved_on or day)
    first = stated.complete_from or min(day, last)
    if form == "dhs" and stated.complete_from is None:
        # No removal from this list is known: it says all since its first entry.
        first = min((one.effective_from for one in reading.listings if one.effective_from), default=first)  # fmt: skip
    return first, last


def _gaps(reading: Reading, old: Register | None, end: dt.date | None) -> tuple[Reason, ...]:
    lost = (Reason("register_rows_lost", {"rows": reading.lost}),) if reading.lost else ()
    kept = [one for one in (old.gaps if old else ()) if not _filled(one, end)]
    return tuple({(one.code, str(one.params)): one for one in (*kept, *reading.gaps, *lost)}.values())  # fmt: skip


def _filled(gap: Reason, end: dt.date | None) -> bool:
    """Whether the user says that a gap up to a day is closed, by a later day of completeness."""
    since = str(gap.params.get("date", ""))
    return gap.code == "uflpa_additions_missing" and end is not None and end.isoformat() >= since


def lacking(new: Register, old: Register) -> tuple[str, ...]:
    """Entities that stood in ``old``, neither removed nor absent already, and not in ``new``."""
    present = {one.entity for one in new.listings}
    stood = {
        one.entity for one in old.listings if one.removed_on is None and one.absent_since is None
    }
    return tuple(sorted(stood - present))


def _check_drop(dropped: tuple[str, ...], old: Register, file: str) -> None:
    """RegisterError if more than 2 % (one at least) or three entries are missing at once."""
    stood = len({one.entity for one in old.listings if one.absent_since is None})
    if len(dropped) <= min(MOST_DROPPED, math.ceil(MOST_SHARE * stood)):
        return
    names = {one.entity: one.name for one in old.listings}
    raise RegisterError(
        "register_would_drop",
        file=file,
        register=old.id,
        dropped=len(dropped),
        stood=stood,
        names=[names[one] for one in dropped[:5]],
    )


def merged(new: Register, old: Register | None) -> Register:
    """``new``, with the listings of ``old`` that it lacks carried on as absent.

    A cut-off download must not delist anybody: a removal needs a notice.
    """
    if old is None:
        return new
    present = {(one.entity, one.clause) for one in new.listings}
    absent = tuple(
        one if one.absent_since else replace(one, absent_since=new.retrieved_on)
        for one in old.listings
        if (one.entity, one.clause) not in present and one.removed_on is None
    )
    ended = tuple(
        one
        for one in old.listings
        if one.removed_on is not None and not _same_period(one, new.listings)
    )
    if not absent and not ended:
        return new
    return replace(new, listings=(*new.listings, *absent, *ended), version="")


def added(new: Register, old: Register | None) -> Register:
    """``old``, with what ``new`` holds added; an entry of the same period is replaced.

    >>> old = Register("r", None, (Listing("r", "a", "A"),))
    >>> [one.entity for one in added(Register("r", None, (Listing("r", "b", "B"),)), old).listings]
    ['a', 'b']
    """
    if old is None:
        return new
    here = {(one.entity, one.clause): one for one in new.listings}
    kept = [one for one in old.listings if not _replaced(one, here.get((one.entity, one.clause)))]
    return replace(new, listings=(*kept, *new.listings), version="")


def _replaced(old: Listing, new: Listing | None) -> bool:
    return new is not None and (
        new.effective_from is None
        or old.effective_from is None
        or new.effective_from == old.effective_from
    )


def _same_period(one: Listing, listings: Iterable[Listing]) -> bool:
    return any(
        other.entity == one.entity
        and other.clause == one.clause
        and other.effective_from == one.effective_from
        for other in listings
    )
