"""Groups: what a trace asks for, as what happens to content at each node of the graph.

A group is named (``region:CN-XJ``, ``listed:us-uflpa@2024-11-25``, ``listed-then:…``,
``party:ID``, ``held:…``) and given by who belongs to it: memberships of sites, and for
custody groups of parties that hold title. Where content is made inside a group it becomes
the group's; where it may be inside, what was outside becomes undocumented or unresolved.

    name ── parse_group() ── GroupName ── (memberships from assess) ── Group ── treat() ── codes
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from alnage.chain.ledger import Ledger
from alnage.model import Membership, OptionError
from alnage.trace.graph import INPUT, MOVEMENT, OUTPUT, SOURCE, STOCK, Graph

GroupKind = Literal["region", "listed", "listed-then", "party", "held"]

# What a node does to the content that comes to it.
PASS, MEMBER, UNDOCUMENTED, UNRESOLVED = range(4)

_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class GroupName:
    """A group as it is asked for; ``date`` is None where the target's date counts.

    >>> parse_group("held:us-uflpa@2024-11-25")
    GroupName(text='held:us-uflpa@2024-11-25', kind='held', what='us-uflpa', date=datetime.date(2024, 11, 25), party=False)
    """

    text: str
    kind: GroupKind
    what: str
    date: dt.date | None = None
    party: bool = False


def parse_group(text: str) -> GroupName:
    """Read a group's name; OptionError if it has none of the five forms."""
    kind, _, rest = text.partition(":")
    if kind == "region" and re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", rest):
        return GroupName(text, "region", rest)
    if kind == "party" and rest:
        return GroupName(text, "party", rest, party=True)
    if kind == "held" and rest.startswith("party:") and rest != "party:":
        return GroupName(text, "held", rest.removeprefix("party:"), party=True)
    if kind in ("listed", "held") and rest:
        what, _, date = rest.partition("@")
        return GroupName(text, "listed" if kind == "listed" else "held", what, _date(text, date))
    if kind == "listed-then" and rest and "@" not in rest:
        return GroupName(text, "listed-then", rest)
    raise OptionError("group_unknown", group=text)


def _date(text: str, date: str) -> dt.date | None:
    if not date:
        return None
    try:
        return dt.date.fromisoformat(date)
    except ValueError:
        raise OptionError("group_unknown", group=text) from None


@dataclass(frozen=True, slots=True)
class Group:
    """A group with its members: sites, and parties for title where custody is asked.

    ``uncertain`` says what content outside becomes at a possible member.
    """

    name: GroupName
    sites: Mapping[str, tuple[Membership, ...]] = field(default_factory=dict)
    parties: Mapping[str, tuple[Membership, ...]] = field(default_factory=dict)

    @property
    def uncertain(self) -> int:
        """UNDOCUMENTED for regions, UNRESOLVED for listed parties."""
        return UNDOCUMENTED if self.name.kind == "region" else UNRESOLVED


@dataclass(frozen=True, slots=True)
class Treatment:
    """``code`` a node (PASS, MEMBER, …) and whether a node's own content is undocumented.

    ``may``: a member on some day of the event though not on its last, which only reach asks;
    ``since``: the first possible day of the event on which it is a member.
    """

    code: np.ndarray
    own_undocumented: np.ndarray
    may: np.ndarray
    since: np.ndarray
    own_settled: np.ndarray | None = None

    def settled(self, nodes: Sequence[int], *, inside: bool) -> Treatment:
        """As if a document showed that the doubtful content of ``nodes`` is in or out."""
        code = self.code.copy()
        settled = (
            np.zeros(len(code), np.int8) if self.own_settled is None else self.own_settled.copy()
        )
        for node in nodes:
            if code[node] != PASS:
                code[node] = MEMBER if inside else PASS
            else:
                settled[node] = 1 if inside else 2
        return Treatment(code, self.own_undocumented, self.may, self.since, settled)


class NodeFacts:
    """What groups ask of nodes: site, days, whether something is made there."""

    def __init__(self, ledger: Ledger, graph: Graph) -> None:
        self._ledger = ledger
        self.kind = graph.kind
        n = graph.nodes
        self.site = np.full(n, -1, np.int64)
        self.first = np.zeros(n, np.int64)
        self.last = np.zeros(n, np.int64)
        self.makes = np.ones(n, np.bool_)
        self.title = np.full((2, n), -1, np.int64)
        self.balance_only = np.zeros(n, np.bool_)  # opening balances
        self.undocumented_origin = np.zeros(n, np.bool_)
        self.claimed = np.zeros(n, np.bool_)
        self.conversion = np.full(n, -1, np.int64)
        self._fill(graph)

    def _fill(self, graph: Graph) -> None:
        ledger = self._ledger
        origins, movements = ledger.origins, ledger.movements
        at, ref = self._of(SOURCE, graph)
        self.site[at], self.first[at], self.last[at] = (
            origins.site[ref],
            origins.first[ref],
            origins.last[ref],
        )
        kinds = ledger.words.kinds
        self.balance_only[at] = (origins.kind[ref] == kinds.find("opening")) & (
            origins.kind[ref] >= 0
        )
        recycled = (origins.kind[ref] == kinds.find("recycled")) & (origins.kind[ref] >= 0)
        self.undocumented_origin[at] = self.balance_only[at] | (recycled & ~origins.documented[ref])
        self.claimed[at] = ~origins.documented[ref]
        at, ref = self._of(MOVEMENT, graph)
        self.site[at], self.first[at], self.last[at] = (
            movements.site[ref],
            movements.first[ref],
            movements.last[ref],
        )
        self.title[0, at], self.title[1, at] = movements.seller[ref], movements.buyer[ref]
        self.claimed[at] = ~movements.documented[ref]
        at, ref = self._of(STOCK, graph)
        self.site[at] = ledger.account_site[ref]
        self._fill_conversions(graph)

    def _fill_conversions(self, graph: Graph) -> None:
        conversions, lines = self._ledger.conversions, self._ledger.lines
        if not len(lines):
            return
        number = np.empty(len(lines), np.int64)
        number[conversions.line] = np.repeat(
            np.arange(len(conversions.event)), np.diff(conversions.start)
        )
        documented = np.zeros(len(conversions.event), np.bool_)
        np.logical_or.at(documented, number, lines.documented)
        owner = np.full(len(conversions.event), -1, np.int64)
        np.maximum.at(owner, number, lines.seller)
        head = conversions.line[conversions.start[:-1]]
        for kind in (INPUT, OUTPUT):
            at, ref = self._of(kind, graph)
            c = ref if kind == INPUT else number[ref]
            self.conversion[at] = c
            self.site[at] = lines.site[head[c]]
            self.first[at], self.last[at] = lines.first[head[c]], lines.last[head[c]]
            self.title[0, at] = owner[c]
            self.makes[at] = conversions.makes[c]
            self.claimed[at] = ~documented[c]

    def _of(self, kind: int, graph: Graph) -> tuple[np.ndarray, np.ndarray]:
        at = np.flatnonzero(graph.kind == kind)
        return at, graph.ref[at]

    def treat(self, group: Group) -> Treatment:
        """What each node does to content, for one group."""
        held = group.name.kind == "held"
        since = self.first.copy()
        stance = self._stance(self.site, group.sites, self._ledger.words.sites.words, since)
        code = np.full(len(self.kind), PASS, np.int8)
        inside, possible = stance == 3, stance == 1
        never = np.zeros(len(code), np.bool_)
        if held:
            words = self._ledger.words.parties.words
            for side in range(2):
                title = self._stance(self.title[side], group.parties, words, since)
                inside |= title == 3
                possible |= title == 1
            code[possible] = UNRESOLVED
            code[inside] = MEMBER
            return Treatment(code, self.undocumented_origin & ~self.balance_only, never, since)
        maker = (self.kind == SOURCE) | (self.kind == OUTPUT)
        code[maker & possible] = group.uncertain
        code[maker & inside] = MEMBER
        # Repacking, storing and testing make nothing: inside, origin is no longer shown.
        code[(self.kind == OUTPUT) & ~self.makes & (inside | possible)] = UNDOCUMENTED
        code[self.undocumented_origin] = PASS
        may = (stance == 2) & maker & self.makes & ~self.undocumented_origin
        return Treatment(code, self.undocumented_origin, may, since)

    def _stance(
        self,
        codes: np.ndarray,
        members: Mapping[str, tuple[Membership, ...]],
        words: list[str],
        since: np.ndarray,
    ) -> np.ndarray:
        """3 inside, 2 inside on some other day, 1 possibly, 0 outside: a node's site or party."""
        always = np.zeros(len(words) + 1, np.int8)
        dated = []
        for code, word in enumerate(words):
            spans = members.get(word, ())
            if any(span.start is not None or span.end is not None for span in spans):
                dated.append((code, spans))
            elif spans:
                always[code] = 3 if any(span.certain for span in spans) else 1
        out: np.ndarray = always[codes]
        for code, spans in dated:
            at = np.flatnonzero(codes == code)
            out[at] = self._stance_on_days(at, spans, since)
        return out

    def _stance_on_days(
        self, at: np.ndarray, spans: tuple[Membership, ...], since: np.ndarray
    ) -> np.ndarray:
        """An interval counts at its last day; a certain membership on another day is told apart."""
        out = np.zeros(len(at), np.int8)
        first, last = self.first[at], self.last[at]
        earliest = np.full(len(at), 1 << 40)
        for span in spans:
            start = -(1 << 40) if span.start is None else (span.start - _EPOCH).days
            end = 1 << 40 if span.end is None else (span.end - _EPOCH).days
            on_last = (last >= start) & (last < end)
            on_some = (last >= start) & (first < end)
            if span.certain:
                found = np.where(on_last, 3, np.where(on_some, 2, 0))
                since_start = np.where(on_some, np.maximum(first, start), earliest)
                earliest = np.minimum(earliest, since_start)
            else:
                found = np.where(on_last, 1, 0)
            out = np.maximum(out, found.astype(np.int8))
        since[at] = np.where(earliest < 1 << 40, earliest, first)
        return out
