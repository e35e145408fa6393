"""Which targets a rejected row could matter to: rejected rows never help.

A row that was set aside might have brought something into an account, or taken something
out of it. Whatever hangs below either account is marked, through other rejected rows too,
unless the row happened after the target. A row that does not even say where it belongs
could matter to everything.

    rejected rows ── accounts they touch ── downstream ──> rows_for(target)
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from alnage.chain.ledger import Ledger
from alnage.model import Period, Reason, Rejected
from alnage.trace.targets import Target

_LATE = 1 << 40
_FLOWS = ("origins", "movements", "conversions")
# A row of these may say of any site or party where it is, whose it is, or what a piece weighs.
_MASTER = ("parties", "sites", "ownership", "products")


@dataclass(frozen=True, slots=True)
class _Touch:
    """Accounts that a rejected row touches (None: any), and its first possible day."""

    rejected: Rejected
    accounts: frozenset[int] | None
    first: int


class _Link(NamedTuple):
    """Something can pass from ``giver``: last day it leaves, first day it arrives."""

    giver: int
    leaves: int
    arrives: int


def _matters(touch: _Touch, latest: dict[int, int], last: int) -> bool:
    """Whether a rejected row touches an account while it could still give to the target."""
    if touch.accounts is None:
        return touch.first <= last
    return any(touch.first <= latest[account] for account in touch.accounts if account in latest)


class Incomplete:
    """Rejected rows of a ledger, asked target by target."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._touches = [self._touch(row) for row in ledger.rejected if row.table in (*_FLOWS, "")]
        self._touches += [
            _Touch(row, None, -_LATE)
            for row in ledger.rejected
            if row.table in _MASTER or (row.row == 0 and row.table not in (*_FLOWS, ""))
        ]
        self._into: dict[int, list[_Link]] | None = None

    def rows_for(self, target: Target) -> tuple[Reason, ...]:
        """Reasons, one a row, that the target is incomplete."""
        if not self._touches:
            return target.incomplete
        latest = self._upstream(dict.fromkeys(self._accounts(target), target.last))
        found = [
            Reason(
                "incomplete_row",
                {"table": touch.rejected.table or touch.rejected.file},
                (touch.rejected.source,),
                (touch.rejected.reason,),
            )
            for touch in self._touches
            if _matters(touch, latest, target.last)
            or (target.unknown > 0.0 and touch.rejected.table in _FLOWS)
        ]
        return (*target.incomplete, *found)

    def _accounts(self, target: Target) -> set[int]:
        ledger = self._ledger
        if target.kind != "lot":
            return {int(ledger.from_account[i]) for i in target.movements}
        rows = {(row.file, row.row) for row in target.rows}
        files = ledger.words.files.words
        return {
            int(accounts[i])
            for lines, accounts in (
                (ledger.origins, ledger.origin_account),
                (ledger.movements, ledger.to_account),
                (ledger.lines, ledger.line_account),
            )
            for i in range(len(lines))
            if (files[lines.file[i]], int(lines.row[i])) in rows
        }

    def _upstream(self, latest: dict[int, int]) -> dict[int, int]:
        """The last day on which what is in an account could still leave for the target."""
        if self._into is None:
            self._into = self._links()
        queue = list(latest)
        for account in queue:
            for link in self._into.get(account, ()):
                if link.arrives <= latest[account]:
                    day = min(link.leaves, latest[account])
                    if day > latest.get(link.giver, -(1 << 41)):
                        latest[link.giver] = day
                        queue.append(link.giver)
        return latest

    def _links(self) -> dict[int, list[_Link]]:
        ledger, movements = self._ledger, self._ledger.movements
        into: dict[int, list[_Link]] = defaultdict(list)
        for a, b, leaves, arrives in zip(
            ledger.from_account.tolist(),
            ledger.to_account.tolist(),
            movements.last.tolist(),
            movements.received_first.tolist(),
            strict=True,
        ):
            into[b].append(_Link(a, leaves, arrives))
        for begin, end in pairwise(ledger.conversions.start.tolist()):
            lines = ledger.conversions.line[begin:end].tolist()
            takes = {int(ledger.line_account[i]) for i in lines if not ledger.lines.output[i]}
            for i in lines:
                if ledger.lines.output[i]:
                    days = int(ledger.lines.last[i]), int(ledger.lines.first[i])
                    into[int(ledger.line_account[i])] += [_Link(a, *days) for a in takes]
        self._link_rejected(into)
        return into

    def _link_rejected(self, into: dict[int, list[_Link]]) -> None:
        """A rejected movement or conversion still links what it names, on any day."""
        events: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
        for touch in self._touches:
            row = touch.rejected
            if row.table == "movements":
                takes = self._end(row, "from_site") or set()
                for account in self._end(row, "to_site") or ():
                    into[account] += [_Link(a, _LATE, touch.first) for a in takes]
            elif row.table == "conversions" and touch.accounts:
                side = events[row.event][0 if row.values.get("direction") != "out" else 1]
                side.update(touch.accounts)
        for takes, gives in events.values():
            for account in gives:
                into[account] += [_Link(a, _LATE, -_LATE) for a in takes]

    def _touch(self, row: Rejected) -> _Touch:
        ends = {"movements": ("from_site", "to_site")}.get(row.table, ("site",))
        accounts: set[int] = set()
        anywhere = row.row == 0 or not row.table
        for end in ends:
            found = self._end(row, end)
            if found is None:
                anywhere = True
            else:
                accounts |= found
        return _Touch(row, None if anywhere else frozenset(accounts), self._first(row))

    def _end(self, row: Rejected, column: str) -> set[int] | None:
        """Accounts at one end of a row; None if the row does not say where."""
        site = row.values.get(column, "").strip()
        if not site:
            return None
        values = row.values
        material = values.get("material", "")
        return set(self._ledger.accounts_at(site, material, values.get("lot") or None))

    def _first(self, row: Rejected) -> int:
        text = row.values.get("shipped") or row.values.get("date") or ""
        try:
            return Period.parse(text).first.toordinal() - 719163
        except ValueError:
            return -_LATE
