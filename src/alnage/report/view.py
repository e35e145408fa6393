"""What a report shows, in its order, before anything is drawn or said.

Page, workbook and terminal show the same work list, so the order is decided once, here.
Worst first: an entry with a ``yes``; beside it one that is ``unknown`` although content is
expected (section 6 of the design); then ``unknown``; then the rest. Whether a regime
merely ``applies`` says nothing about the goods and does not rank them.

    findings ── work_list ──> Standing, one a target     ── cited_rows ──> appendix
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from alnage.report.reading import Json, clean, items, number, part, word, words_in

Standing = Literal["yes", "expected", "unknown", "no", "none"]
# Best last. "expected" is unknown with expected content; "none" means nothing was asked.
STANDINGS: tuple[Standing, ...] = ("yes", "expected", "unknown", "no", "none")


@dataclass(frozen=True, slots=True)
class Entry:
    """One target with where it stands in the work list."""

    target: Json
    standing: Standing
    expected: float
    most: float

    @property
    def name(self) -> str:
        """Its id."""
        return word(self.target, "target")


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact, row or document that is missing, why it matters, and what it would settle."""

    what: str
    because: tuple[Json, ...]
    settles: tuple[str, ...]


# Questions about the goods themselves; the others ask about acts.
GOODS = ("presumption", "prohibition")
_RANK = {"yes": 0, "unknown": 1, "no": 2}


def open_regimes(target: Json) -> dict[str, list[Json]]:
    """Verdicts by regime, for regimes that answer something else than ``no``, worst first."""
    return {k: v for k, v in _by_regime(target).items() if not _all_no(v)}


def leading_regimes(target: Json) -> dict[str, list[Json]]:
    """The open regimes that speak of bringing goods in; regimes of no known kind are kept."""
    return {k: v for k, v in open_regimes(target).items() if on_imports(v)}


def other_regimes(target: Json) -> dict[str, list[Json]]:
    """The open regimes on conduct, disclosure, export and the like."""
    return {k: v for k, v in open_regimes(target).items() if not on_imports(v)}


def on_imports(verdicts: list[Json]) -> bool:
    """Whether the regime of these verdicts speaks of bringing goods in, or is of no known kind."""
    return (word(verdicts[0], "kind") or "import").startswith("import")


def closed_regimes(target: Json) -> dict[str, list[Json]]:
    """Verdicts by regime, for regimes whose answers are all ``no``."""
    return {k: v for k, v in _by_regime(target).items() if _all_no(v)}


def _by_regime(target: Json) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for verdict in items(target, "verdicts"):
        found.setdefault(word(verdict, "regime"), []).append(verdict)
    return dict(sorted(found.items(), key=lambda pair: min(map(_badness, pair[1]))))


def _all_no(verdicts: list[Json]) -> bool:
    return all(word(verdict, "answer") == "no" for verdict in verdicts)


def _badness(verdict: Json) -> tuple[int, int, int, int]:
    """Sorts verdicts: by answer, about goods before about acts, the best checked first."""
    question = word(verdict, "question")
    return (
        question == "applies",
        _RANK.get(word(verdict, "answer"), 1),
        question not in GOODS,
        {"primary": 0, "secondary": 1}.get(word(verdict, "verified"), 2),
    )


def asked_of(target: Json) -> tuple[Json, ...]:
    """The verdicts of a target on goods and acts, worst first; that a law applies is left out."""
    asked = (v for v in items(target, "verdicts") if word(v, "question") != "applies")
    return tuple(sorted(asked, key=_badness))


def largest(target: Json, key: Literal["expected", "max"]) -> float:
    """The largest share over groups of content; custody alone is no content."""
    shares = [
        number(line, key) or 0.0
        for line in items(target, "groups")
        if not word(line, "group").startswith("held:")
    ]
    return max(shares, default=0.0)


def standing_of(target: Json) -> Standing:
    """Where a target stands.

    >>> standing_of({"verdicts": [{"question": "applies", "answer": "yes"},
    ...                           {"question": "presumption", "answer": "unknown"}],
    ...              "groups": [{"group": "region:CN-XJ", "expected": 0.1}]})
    'expected'
    >>> standing_of({"verdicts": []})
    'none'
    """
    asked = [v for v in items(target, "verdicts") if word(v, "question") != "applies"]
    # Rules on imports lead a consignment's standing; a verdict of no known kind counts too.
    leading = [v for v in asked if word(v, "question") in GOODS]
    leading = [v for v in leading if (word(v, "kind") or "import").startswith("import")]
    asked = leading or asked
    said = {word(verdict, "answer") for verdict in asked}
    if "yes" in said:
        return "yes"
    if not said:
        return "none"
    if said == {"no"}:
        return "no"
    return "expected" if largest(target, "expected") > 0 else "unknown"


def work_list(findings: Json) -> tuple[Entry, ...]:
    """All targets, worst first; alike ones by expected, then by largest share, then by name."""

    def order(entry: Entry) -> tuple[int, float, float, str]:
        return STANDINGS.index(entry.standing), -entry.expected, -entry.most, entry.name

    entries = [
        Entry(target, standing_of(target), largest(target, "expected"), largest(target, "max"))
        for target in items(findings, "targets")
    ]
    return tuple(sorted(entries, key=order))


def tally(entries: tuple[Entry, ...]) -> dict[Standing, int]:
    """How many targets stand where, in the order of the work list.

    >>> tally(())
    {'yes': 0, 'expected': 0, 'unknown': 0, 'no': 0, 'none': 0}
    """
    return {standing: sum(e.standing == standing for e in entries) for standing in STANDINGS}


def chains_of(target: Json) -> tuple[tuple[str, Json], ...]:
    """The chains of a target that have something to draw, by group."""
    chains = part(target, "chains")
    return tuple(
        (str(group), chain)
        for group, chain in chains.items()
        if isinstance(chain, Mapping) and items(chain, "links")
    )


def gathered(target: Json, key: Literal["paths", "gaps", "evidence", "incomplete"]) -> list[Json]:
    """An item list of all groups of a target, each item with the ``line_group`` it is of.

    A row that is incomplete for several groups is told once.
    """
    found: list[Json] = []
    for line in items(target, "groups"):
        for item in items(line, key):
            if key != "incomplete":
                found.append({"line_group": word(line, "group"), **item})
            elif item not in found:
                found.append(item)
    return found


def supplies(item: Json) -> list[tuple[str, str, str]]:
    """What an item of evidence asks for: event, site and code of the gap, as far as told."""
    events, sites, codes = (words_in(item, key) for key in ("documents_for", "sites", "codes"))
    told = zip_longest(events, sites, codes, fillvalue="")
    return [(event, site, code) for event, site, code in told]


def site_names(target: Json) -> dict[str, str]:
    """Names of the sites in the chains of a target."""
    return {
        word(node, "site") or word(node, "id"): word(node, "name")
        for _, chain in chains_of(target)
        for node in items(chain, "nodes")
        if word(node, "name")
    }


def parties(findings: Json, most: int) -> tuple[Json, ...]:
    """The parties, those that are or may be listed first, at most ``most`` of them."""
    return tuple(sorted(items(findings, "parties"), key=_standing_of_party)[:most])


def _standing_of_party(party: Json) -> int:
    standings = {clean(value) for value in part(party, "registers").values()}
    standings |= {word(listing, "answer") for listing in items(party, "listings")}
    order = ("listed", "possible", "unknown")
    return next((i for i, standing in enumerate(order) if standing in standings), len(order))


def citations_of(findings: Json) -> list[Json]:
    """Every article cited anywhere, once, by its text."""
    found: dict[str, Json] = {}
    for node in _nodes(findings):
        text = word(node, "citation")
        if text:
            found.setdefault(text, node)
    return [found[text] for text in sorted(found)]


def cited_rows(findings: Json) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The rows that the findings carry whole, by (file, row), in order.

    ``rows`` maps a file to its rows by number, or "FILE:ROW" to a row.
    """
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    for name, held in part(findings, "rows").items():
        if not isinstance(held, Mapping):
            continue
        file, _, row = str(name).rpartition(":")
        if file and row.isdecimal():
            found[file, int(row)] = held
            continue
        for number_, values in held.items():
            if str(number_).isdecimal() and isinstance(values, Mapping):
                found[str(name), int(number_)] = values
    return dict(sorted(found.items()))


def _nodes(value: Any) -> Iterator[Json]:
    """Every mapping inside ``value``."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            yield node
            stack.extend(reversed(list(node.values())))
        elif isinstance(node, (list, tuple)):
            stack.extend(reversed(node))


def rolled_up(findings: Json, key: Literal["suppliers", "products"]) -> tuple[Json, ...]:
    """A roll-up, worst answer first, then in the order given."""
    return tuple(sorted(items(findings, key), key=lambda roll: _RANK.get(word(roll, "worst"), 1)))


def party_names(findings: Json) -> dict[str, str]:
    """Names of parties by id; an id without a name stands for itself."""
    pairs = [*items(findings, "parties"), *items(findings, "suppliers")]
    return {word(p, "party"): word(p, "name") or word(p, "party") for p in pairs}


def missing_of(target: Json) -> tuple[Missing, ...]:
    """What is missing for a target, each thing once, with all that it would settle.

    Paths that only a verdict names are added, with the question of that verdict.
    """
    because: dict[tuple[str, str], tuple[Json, ...]] = {}
    settles: dict[tuple[str, str], list[str]] = {}
    for item in items(target, "missing"):
        reasons = items(item, "because")
        key = word(item, "what"), repr(reasons)
        because[key] = reasons
        settles.setdefault(key, []).extend(words_in(item, "answers"))
    for verdict in items(target, "verdicts"):
        if not on_imports([verdict]):  # laws on conduct ask about the user's own acts
            continue
        asked = f"{word(verdict, 'regime')} {word(verdict, 'question')}"
        for path in words_in(verdict, "missing"):
            settles.setdefault((path, "()"), []).append(asked)
    return tuple(
        Missing(key[0], because.get(key, ()), tuple(dict.fromkeys(asked)))
        for key, asked in settles.items()
        if key[0]
    )
