"""Reach when days are known only as intervals: a path for some choice of days.

A month on a bill of lading allows thirty days. A path of documented restricted material
counts as possible if days can be chosen along it, each within its interval and in order,
such that stock was there all the while between a receipt and the withdrawal. Stock is
judged by the choice that favours it: receipts as early, withdrawals as late as their
intervals allow. Where all days are exact, the pass of ``shares`` has the answer already.

    Ledger, Treatment ──> possible_arrivals() ── earliest possible day and place at each node
"""

from __future__ import annotations

import bisect
import heapq
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from alnage.chain.ledger import CONVERT, MOVE, ORIGIN, RECEIVE, SHIP, Ledger
from alnage.trace.graph import EMPTY, Graph
from alnage.trace.groups import MEMBER, Treatment

Moment = tuple[int, int]  # day, place in the day's order

_FIRST, _LAST = -1, 1 << 60


class _Withdrawal(NamedTuple):
    """A withdrawal: the moments it may happen, and the operation it belongs to."""

    first: Moment
    last: Moment
    operation: int


class Calendar:
    """When each operation may happen: exact operations keep their place within the day."""

    def __init__(self, ledger: Ledger) -> None:
        kind, index = ledger.operations.kind, ledger.operations.index
        movements = ledger.movements
        head = ledger.conversions.line[ledger.conversions.start[:-1]] if len(ledger.lines) else []
        self.out: list[tuple[Moment, Moment]] = []
        self.into: list[tuple[Moment, Moment]] = []
        for place, (what, i) in enumerate(zip(kind.tolist(), index.tolist(), strict=True)):
            lines, line = {ORIGIN: (ledger.origins, i), CONVERT: (ledger.lines, 0)}.get(
                what, (movements, i)
            )
            if what == CONVERT:
                line = int(head[i])
            # Within one operation what it takes leaves before what it gives arrives.
            self.out.append(_window(lines.first[line], lines.last[line], 2 * place))
            if what in (MOVE, SHIP, RECEIVE):
                first, last = lines.received_first[line], lines.received_last[line]
            else:
                first, last = lines.first[line], lines.last[line]
            self.into.append(_window(first, last, 2 * place + 1))

    @staticmethod
    def inexact(ledger: Ledger) -> bool:
        """Whether any row has more than one possible day."""
        movements = ledger.movements
        return any(
            bool((lines.first < lines.last).any())
            for lines in (ledger.origins, movements, ledger.lines)
        ) or bool((movements.received_first < movements.received_last).any())


def _window(first: int, last: int, place: int) -> tuple[Moment, Moment]:
    first, last = int(first), int(last)
    if first == last:
        return (first, place), (first, place)
    return (first, _FIRST), (last, _LAST)


def possible_arrivals(ledger: Ledger, graph: Graph, treatment: Treatment) -> np.ndarray:
    """Whether documented restricted material may be in each movement, origin or output node.

    Earliest-arrival search: restricted material that is in an account from some moment on
    can leave by a withdrawal that may happen later, before the account must be empty.
    """
    search = _Search(ledger, graph, treatment)
    search.run()
    return search.reached


class _Search:
    """Earliest arrivals by account and stretch between the moments at which it must be empty."""

    def __init__(self, ledger: Ledger, graph: Graph, treatment: Treatment) -> None:
        self._ledger, self._graph = ledger, graph
        self._member = (treatment.code == MEMBER) | treatment.may
        self._since = treatment.since
        self._calendar = Calendar(ledger)
        self.reached = np.zeros(graph.nodes, np.bool_)
        self._withdrawals: dict[int, list[_Withdrawal]] = defaultdict(list)
        self._empty: dict[int, list[Moment]] = {}
        self._queue: list[tuple[Moment, int]] = []
        self._earliest: dict[tuple[int, int], Moment] = {}
        self._receipt: dict[int, tuple[Moment, Moment]] = {}
        self._read()

    def _operations(self) -> Iterator[tuple[int, int, int]]:
        operations = self._ledger.operations
        for o, (what, i) in enumerate(
            zip(operations.kind.tolist(), operations.index.tolist(), strict=True)
        ):
            yield o, what, i

    def _read(self) -> None:
        ledger = self._ledger
        flows: dict[int, list[tuple[Moment, float]]] = defaultdict(list)
        for o, what, i in self._operations():
            out, into = self._calendar.out[o], self._calendar.into[o]
            if what == ORIGIN:
                size = float(ledger.origins.content[i])
                flows[int(ledger.origin_account[i])].append((into[0], size))
            if what in (MOVE, SHIP):
                account, size = int(ledger.from_account[i]), float(ledger.movements.content[i])
                self._withdrawals[account].append(_Withdrawal(*out, o))
                flows[account].append((out[1], -size))
            if what in (MOVE, RECEIVE):
                size = float(ledger.movements.content[i])
                flows[int(ledger.to_account[i])].append((into[0], size))
                self._receipt[i] = into
            if what == CONVERT:
                self._read_conversion(i, o, flows)
        for account, moves in flows.items():
            self._empty[account] = _empty_moments(moves)

    def _read_conversion(
        self, c: int, o: int, flows: dict[int, list[tuple[Moment, float]]]
    ) -> None:
        ledger = self._ledger
        out, into = self._calendar.out[o], self._calendar.into[o]
        for k in self._lines(c):
            account, size = int(ledger.line_account[k]), float(ledger.lines.content[k])
            if ledger.lines.output[k]:
                flows[account].append((into[0], size))
            else:
                self._withdrawals[account].append(_Withdrawal(*out, o))
                flows[account].append((out[1], -size))

    def _lines(self, c: int) -> list[int]:
        start, line = self._ledger.conversions.start, self._ledger.conversions.line
        lines: list[int] = line[start[c] : start[c + 1]].tolist()
        return lines

    def run(self) -> None:
        """Start where restricted material is made; follow it as early as it can move."""
        self._start()
        while self._queue:
            moment, account = heapq.heappop(self._queue)
            stretch = self._stretch(account, moment)
            if self._earliest[account, stretch] < moment:
                continue
            moments = self._empty.get(account, [])
            until = moments[stretch] if stretch < len(moments) else (_LAST, _LAST)
            for withdrawal in self._withdrawals.get(account, ()):
                earliest = max(moment, withdrawal.first)
                if earliest <= min(withdrawal.last, until):
                    self._follow(withdrawal.operation, earliest)

    def _start(self) -> None:
        graph, member = self._graph, self._member
        for o, what, i in self._operations():
            if what == ORIGIN and member[graph.origin_node[i]]:
                account = int(self._ledger.origin_account[i])
                node = int(graph.origin_node[i])
                self._arrive(node, account, self._begun(node, self._calendar.into[o][0]))
            elif what in (MOVE, SHIP) and member[graph.movement_node[i]]:
                node = int(graph.movement_node[i])
                self._follow(o, self._begun(node, self._calendar.out[o][0]))
            elif what == CONVERT:
                self._made(o, i, self._calendar.out[o][0], only_members=True)

    def _follow(self, operation: int, moment: Moment) -> None:
        i = int(self._ledger.operations.index[operation])
        if int(self._ledger.operations.kind[operation]) == CONVERT:
            self._made(operation, i, moment, only_members=False)
            return
        first, last = self._receipt[i]
        out_first, out_last = self._calendar.out[operation]
        if first == last and out_first == out_last:
            arrival = first
        else:  # its place within a day is open: any choice of days puts it in order
            arrival = (max(first[0], moment[0]), _FIRST)
        if arrival[0] <= last[0]:
            account = int(self._ledger.to_account[i])
            self._arrive(int(self._graph.movement_node[i]), account, arrival)

    def _made(self, operation: int, c: int, moment: Moment, *, only_members: bool) -> None:
        first, last = self._calendar.into[operation]
        arrival = first if first == last else (moment[0], _FIRST)
        for k in self._lines(c):
            node = int(self._graph.output_node[k])
            if node >= 0 and only_members and self._member[node]:
                begun = self._begun(node, arrival)
                self._arrive(node, int(self._ledger.line_account[k]), begun)
            elif node >= 0 and not only_members:
                self._arrive(node, int(self._ledger.line_account[k]), arrival)

    def _begun(self, node: int, moment: Moment) -> Moment:
        """Not before the first day on which the maker is a member."""
        return max(moment, (int(self._since[node]), _FIRST))

    def _arrive(self, node: int, account: int, moment: Moment) -> None:
        self.reached[node] = True
        key = account, self._stretch(account, moment)
        if key not in self._earliest or moment < self._earliest[key]:
            self._earliest[key] = moment
            heapq.heappush(self._queue, (moment, account))

    def _stretch(self, account: int, moment: Moment) -> int:
        """How many moments of emptiness lie before ``moment``."""
        return bisect.bisect_left(self._empty.get(account, []), moment)


def _empty_moments(moves: list[tuple[Moment, float]]) -> list[Moment]:
    """Moments at which the stock is empty even by the choice of days that favours it."""
    moves.sort(key=lambda move: (move[0], move[1] < 0))
    stock = received = 0.0
    out = []
    for moment, size in moves:
        stock += size
        received += max(size, 0.0)
        if stock <= EMPTY * received:
            stock = 0.0
            out.append(moment)
    return out
