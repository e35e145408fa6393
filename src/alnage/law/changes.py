"""What changed in the law since a day, and what is to come: one dated list over all regimes.

A regime's file holds the dates of each of its versions, of articles that apply earlier or
later, of bills, and the clock rules hold fixed days. Read together they say what somebody
who last looked on a given day has to look at again.

    LawBook ─ versions, articles, bills ─┐
    clock rules ─ fixed days ────────────┴─ changes(since) ──> Change, by date
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from alnage.law.book import LawBook, Regime
from alnage.law.clock_rules import Rule
from alnage.model import Citation, Verified
from alnage.words import say

# The dates of a version, in the order in which they usually come.
EVENTS: Final = (
    "adopted",
    "published",
    "in_force",
    "disputed_from",
    "effective",
    "expires",
    "repealed",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One dated event of one regime; ``what`` names the version, articles, bill or clock."""

    date: dt.date
    regime: str
    jurisdiction: str
    kind: str
    event: str
    what: str
    citation: Citation
    verified: Verified
    upcoming: bool

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """The change as plain values, with its sentence."""
        return {
            "date": self.date.isoformat(),
            "regime": self.regime,
            "jurisdiction": self.jurisdiction,
            "kind": self.kind,
            "event": self.event,
            "what": self.what,
            "text": self.text(lang),
            "citation": self.citation.to_json(),
            "verified": self.verified,
            "upcoming": self.upcoming,
        }

    def text(self, lang: str = "en") -> str:
        """The change as a sentence without its date."""
        return say(f"change.{self.event}", {"regime": self.regime, "what": self.what}, lang)


def changes(
    since: dt.date, book: LawBook, rules: Mapping[str, Rule] | None = None
) -> tuple[Change, ...]:
    """Every dated event on or after ``since``, by date; those after the law data's day are upcoming.

    >>> found = changes(dt.date(2027, 1, 1), LawBook.load())
    >>> [(change.date.isoformat(), change.regime, change.event) for change in found][0]
    ('2027-12-14', 'EU-FLR', 'articles')
    """
    found = [change for regime in book for change in _of_regime(regime, book.as_of)]
    known = {regime.id: regime for regime in book}
    found += [
        change for rule in (rules or {}).values() for change in _of_rule(rule, known, book.as_of)
    ]
    order = {regime.id: index for index, regime in enumerate(book)}
    found.sort(key=lambda c: (c.date, order.get(c.regime, len(order)), c.event, c.what))
    return tuple(change for change in found if change.date >= since)


def _of_regime(regime: Regime, as_of: dt.date) -> Iterator[Change]:
    cites = regime.data["citations"]

    def change(day: dt.date, event: str, what: str, cite: str, verified: Verified) -> Change:
        source = Citation(cites[cite]["text"], cites[cite].get("url", ""), cites[cite]["verified"])
        place, kind = regime.jurisdiction, regime.kind
        return Change(day, regime.id, place, kind, event, what, source, verified, day > as_of)

    for version in regime.data["versions"]:
        cite, verified = version["cite"][0], version["verified"]
        for event in EVENTS:
            if event in version:
                yield change(version[event], event, version["version"], cite, verified)
        for part in version.get("articles", ()):
            yield change(part["applicable"], "articles", part["articles"], cite, part["verified"])
    for bill in regime.data.get("proposed", ()):
        if "introduced" in bill:
            yield change(
                bill["introduced"], "introduced", bill["name"], bill["cite"], bill["verified"]
            )


def _of_rule(rule: Rule, known: Mapping[str, Regime], as_of: dt.date) -> Iterator[Change]:
    """The fixed day of a clock; its regime as the law data name it, where they do."""
    if rule.fixed is None:
        return
    named = [name for name, r in known.items() if rule.id in r.data.get("clocks", ())]
    regime = known.get(named[0]) if named else None
    yield Change(
        rule.fixed,
        regime.id if regime else rule.regime,
        regime.jurisdiction if regime else "",
        regime.kind if regime else "",
        "fixed_day",
        rule.id,
        rule.source,
        rule.verified,
        rule.fixed > as_of,
    )
