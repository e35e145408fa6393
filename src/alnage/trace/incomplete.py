"""Which targets a rejected row could matter to: rejected rows never help.

A row that was set aside might have brought something into an account, or taken something
out of it. Whatever hangs below either account is marked, through other rejected rows too,
unless the row happened after the target. A row that does not even say where it belongs
could matter to everything.

    rejected rows ── accounts they touch ── downstream ──> rows_for(target)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from alnage.chain.ledger import Ledger
from alnage.model import Period, Reason, Rejected
from alnage.trace.targets import Target

_FLOWS = ("origins", "movements", "conversions")


@dataclass(frozen=True, slots=True)
class _Touch:
    """Accounts that a rejected row touches (None: any), and its first possible day."""

    rejected: Rejected
    accounts: frozenset[int] | None
    first: int


class Incomplete:
    """Rejected rows of a ledger, asked target by target."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._touches = [self._touch(row) for row in ledger.rejected if row.table in (*_FLOWS, "")]
        self._touches += [
            _Touch(row, None, -(1 << 40))
            for row in ledger.rejected
            if row.row == 0 and row.table not in (*_FLOWS, "")
        ]
        self._into: dict[int, set[int]] | None = None

    def rows_for(self, target: Target) -> tuple[Reason, ...]:
        """Reasons, one a row, that the target is incomplete."""
        if not self._touches:
            return target.incomplete
        above = self._upstream(self._accounts(target))
        found = [
            Reason(
                "incomplete_row",
                {"table": touch.rejected.table or touch.rejected.file},
                (touch.rejected.source,),
                (touch.rejected.reason,),
            )
            for touch in self._touches
            if touch.first <= target.last and (touch.accounts is None or touch.accounts & above)
        ]
        return (*target.incomplete, *found)

    def _accounts(self, target: Target) -> set[int]:
        ledger = self._ledger
        found = {int(ledger.from_account[i]) for i in target.movements}
        if target.kind == "lot":
            for lines, accounts in (
                (ledger.origins, ledger.origin_account),
                (ledger.movements, ledger.to_account),
                (ledger.lines, ledger.line_account),
            ):
                rows = {(row.file, row.row) for row in target.rows}
                files = ledger.words.files.words
                found |= {
                    int(accounts[i])
                    for i in range(len(lines))
                    if (files[lines.file[i]], int(lines.row[i])) in rows
                }
        return found

    def _upstream(self, accounts: Iterable[int]) -> set[int]:
        """All accounts from which something could come, whatever the days."""
        if self._into is None:
            self._into = self._links()
        seen = set(accounts)
        queue = list(seen)
        for account in queue:
            for giver in self._into.get(account, ()):
                if giver not in seen:
                    seen.add(giver)
                    queue.append(giver)
        return seen

    def _links(self) -> dict[int, set[int]]:
        ledger = self._ledger
        into: dict[int, set[int]] = defaultdict(set)
        for a, b in zip(ledger.from_account.tolist(), ledger.to_account.tolist(), strict=True):
            into[b].add(a)
        start, line = ledger.conversions.start.tolist(), ledger.conversions.line
        for begin, end in pairwise(start):
            lines = line[begin:end].tolist()
            takes = {int(ledger.line_account[i]) for i in lines if not ledger.lines.output[i]}
            for i in lines:
                if ledger.lines.output[i]:
                    into[int(ledger.line_account[i])] |= takes
        self._link_rejected(into)
        return into

    def _link_rejected(self, into: dict[int, set[int]]) -> None:
        """A rejected movement or conversion still links what it names."""
        events: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
        for touch in self._touches:
            row = touch.rejected
            if row.table == "movements":
                takes = self._end(row, "from_site") or set()
                for account in self._end(row, "to_site") or ():
                    into[account] |= takes
            elif row.table == "conversions" and touch.accounts:
                side = events[row.event][0 if row.values.get("direction") != "out" else 1]
                side.update(touch.accounts)
        for takes, gives in events.values():
            for account in gives:
                into[account] |= takes

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
            return -(1 << 40)
