"""The enterprise mirror: where it is listed, what follows from that, from its place, from its inputs.

A listing and a place are two triggers, and removal from a list ends one of them only. So
each trigger is asked by itself, the others held as "not so", and what would remain after a
removal is told before anybody petitions for it. What follows from inputs stays unknown
until a custody folder tells them.

    name, registers ── identity ──┬─ by listing ─┐
    --region ─────────────────────┼─ by place ───┼── judge() ──> follows, if_removed
    (inputs untold) ──────────────┴─ by content ─┘
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from alnage.cases.listed import listed_on
from alnage.cases.standing import Asked, standings
from alnage.cases.support import load_measures
from alnage.law import LawBook, judge, parse_facts
from alnage.model import Listing, OptionError, PartyListing
from alnage.model.version import __version__
from alnage.registers import Registers
from alnage.screen import screen_parties

SCHEMA = "enterprise/1"
Trigger = Literal["listing", "place", "content"]
TRIGGERS: tuple[Trigger, ...] = ("listing", "place", "content")

# Import regimes by market, in a fixed order; nothing here ranks markets.
MARKETS: Mapping[str, tuple[str, ...]] = {
    "US": ("US-UFLPA", "US-S307"),
    "EU": ("EU-FLR",),
    "CA": ("CA-9897",),
    "MX": ("MX-2023",),
}
QUESTIONS = ("presumption", "prohibition")
SCHEMES = ("uscc", "lei", "gln", "duns", "os", "mid")
# A place outside the region, to ask what follows from the listing alone.
ELSEWHERE = "CN-BJ"


@dataclass(frozen=True, slots=True)
class Enterprise:
    """Who is asked about: a name, identifier or entity of a register; where; what it makes."""

    name: str
    today: dt.date
    region: str = ""
    goods: tuple[str, ...] = ()
    on: dt.date | None = None
    lang: str = "en"

    @property
    def by_identifier(self) -> bool:
        """Whether only an identifier is given: without a name nobody can be ruled out."""
        return self.name.partition(":")[0].casefold() in SCHEMES

    @property
    def day(self) -> dt.date:
        """The day asked for, else today."""
        return self.on or self.today


def assess_enterprise(asked: Enterprise, registers: Registers, book: LawBook) -> dict[str, Any]:
    """Listings, possible matches, consequences by trigger, and what a removal would change."""
    if not asked.name.strip():
        raise OptionError("enterprise_unnamed")
    found = list(_identify(asked, registers))
    certain = [one.listing for one in found if one.certainty == "listed"]
    in_force = [listing for listing in certain if listing.in_force(asked.day)]
    maybe = [one for one in found if one.certainty == "possible"]
    mirror = _Mirror(asked, registers, book, in_force, maybe)
    follows = mirror.follows()
    return {
        "schema": SCHEMA,
        "alnage": __version__,
        "enterprise": asked.name,
        "date": asked.day.isoformat(),
        "region": asked.region or None,
        "goods": list(asked.goods),
        "law": book.version,
        "listings": [_listing_json(one, asked) for one in found if one.certainty == "listed"],
        "possible": [_listing_json(one, asked) for one in maybe],
        "follows": follows,
        "if_removed": mirror.if_removed(),
        "remedies": _remedies(asked, registers, book),
        "measures": [one.to_json(asked.day, asked.lang) for one in load_measures()],
        "collisions": mirror.collisions(),
        "reported": {},
        "modelled": {},
        "not_yet": ["reported", "modelled"],
        "registers": [_register_json(registers, id_, asked) for id_ in registers],
    }


def _identify(asked: Enterprise, registers: Registers) -> Iterable[PartyListing]:
    """Every listing that the enterprise is, or may be, whatever the date."""
    import pyarrow as pa

    for id_ in registers:
        direct = [listing for listing in registers[id_].listings if listing.entity == asked.name]
        if direct:
            yield from (
                PartyListing(asked.name, listing, "listed", "identifier") for listing in direct
            )
            continue
        text = pa.string()
        columns = {
            "party": pa.array([asked.name], text),
            "name": pa.array([asked.name], text),
            "identifiers": pa.array(
                [[asked.name] if asked.by_identifier else None], pa.list_(text)
            ),
            "aliases": pa.array([None], pa.list_(text)),
            "region": pa.array([asked.region or None], text),
            "country": pa.array([asked.region[:2] or None], text),
        }
        for name in ("name_local", "address", "postal_code", "parent", "role"):
            columns[name] = pa.array([None], text)
        yield from screen_parties(pa.table(columns), None, Registers.of(registers[id_]))


def _remedies(asked: Enterprise, registers: Registers, book: LawBook) -> list[dict[str, Any]]:
    """The remedies of an enterprise as they stand on the day, by due date and never by ease."""
    listed = listed_on(asked.name, registers, asked.day)
    matter = Asked(asked.day, {}, "", asked.name, listed)
    return [one.to_json(asked.lang) for one in standings(matter, book)]


class _Mirror:
    """Asks the law what each trigger means by itself."""

    def __init__(
        self,
        asked: Enterprise,
        registers: Registers,
        book: LawBook,
        listings: Sequence[Listing],
        maybe: Sequence[PartyListing],
    ) -> None:
        self._asked, self._registers, self._book = asked, registers, book
        self._listings = listings
        self._open = asked.by_identifier or any(one.listing.in_force(asked.day) for one in maybe)

    def follows(self) -> list[dict[str, Any]]:
        """What follows in each market, trigger by trigger."""
        out = []
        for market, regimes in MARKETS.items():
            for trigger in TRIGGERS:
                verdicts = self._ask(market, trigger)
                out += [
                    self._follow(market, trigger, verdict)
                    for verdict in verdicts
                    if verdict["regime"] in regimes and verdict["question"] in QUESTIONS
                ]
        return out

    def _follow(self, market: str, trigger: Trigger, verdict: Mapping[str, Any]) -> dict[str, Any]:
        citations = verdict["citations"]
        return {
            "market": market,
            "regime": verdict["regime"],
            "question": verdict["question"],
            "by": trigger,
            "answer": verdict["answer"],
            "verified": verdict["verified"],
            "effect": verdict["effect"],
            "citation": citations[0]["citation"] if citations else verdict["provision"],
            "because": verdict["because"],
            "missing": verdict["missing"],
        }

    def if_removed(self) -> list[dict[str, Any]]:
        """By regime: what ends with the listing, and which triggers would still answer."""
        out = []
        for market, regimes in MARKETS.items():
            now = {t: self._answers(market, t, regimes) for t in TRIGGERS}
            for regime in regimes:
                changes = [
                    question
                    for (name, question), answer in now["listing"].items()
                    if name == regime and answer == "yes"
                ]
                if not changes:
                    continue
                remains = [
                    trigger
                    for trigger in TRIGGERS
                    if trigger != "listing"
                    and any(
                        answer in ("yes", "unknown")
                        for (name, question), answer in now[trigger].items()
                        if name == regime and question in changes
                    )
                ]
                out.append(
                    {
                        "market": market,
                        "regime": regime,
                        "changes": [
                            {"question": q, "by": "listing", "from": "yes", "to": "no"}
                            for q in changes
                        ],
                        "remains": remains,
                        "answers": {
                            trigger: {q: now[trigger][regime, q] for q in changes}
                            for trigger in remains
                        },
                    }
                )
        return out

    def _answers(
        self, market: str, trigger: Trigger, regimes: Sequence[str]
    ) -> dict[tuple[str, str], str]:
        return {
            (verdict["regime"], verdict["question"]): verdict["answer"]
            for verdict in self._ask(market, trigger)
            if verdict["regime"] in regimes and verdict["question"] in QUESTIONS
        }

    def _ask(self, market: str, trigger: Trigger) -> list[dict[str, Any]]:
        facts = self._facts(market, trigger)
        verdicts: list[dict[str, Any]] = judge(parse_facts(facts), self._book).to_json(
            self._asked.lang
        )["verdicts"]
        return verdicts

    def _facts(self, market: str, trigger: Trigger) -> dict[str, Any]:
        """An importation of what the enterprise made, with one trigger told and the others not so."""
        link: dict[str, Any] = {
            "party": "enterprise",
            "name": self._asked.name,
            "made": True,
            "country": "CN",
        }
        facts: dict[str, Any] = {
            "transaction": "import",
            "market": market,
            "date": self._asked.day,
            "chain": [link],
            "orders": [],
            "permissions": [],
        }
        none = {
            "min": 0.0,
            "expected": 0.0,
            "max": 0.0,
            "undocumented": 0.0,
            "unresolved": 0.0,
            "reachable": False,
        }
        region = {"group": "region:CN-XJ", **none}
        listed = {"group": "listed:us-uflpa", **none}
        if trigger == "listing":
            link["region"] = ELSEWHERE
            facts["content"] = [region] if self._listed() != [] else [region, listed]
            listings = self._listed()
            if listings is not None:
                link["listings"] = listings
        elif trigger == "place":
            link["listings"] = []
            facts["content"] = [listed]
            if self._asked.region:
                link["region"] = self._asked.region
                if self._asked.region != "CN-XJ":
                    facts["content"] = [listed, region]
        else:
            link["region"], link["listings"] = ELSEWHERE, []
        return facts

    def _listed(self) -> list[dict[str, Any]] | None:
        """The listings as facts; None where the answer is open."""
        found = [
            {
                "register": self._registers[listing.register].kind or listing.register,
                "entity": listing.entity,
                "scope": listing.scope,
                **({"clause": listing.clause} if listing.clause else {}),
                **({"effective_from": listing.effective_from} if listing.effective_from else {}),
                **({"removed_on": listing.removed_on} if listing.removed_on else {}),
            }
            for listing in self._listings
            if (self._registers[listing.register].kind or "").startswith("us-")
        ]
        whole = all(
            self._registers[id_].complete_on(self._asked.day)
            for id_ in self._registers
            if self._registers[id_].kind == "us-uflpa"
        )
        return found if found or (whole and not self._open) else None

    def collisions(self) -> list[dict[str, Any]]:
        """Where giving evidence for a removal meets the law of the place it comes from."""
        facts: dict[str, Any] = {
            "transaction": "evidence_transfer",
            "date": self._asked.day,
            "actor": {"party": self._asked.name, "country": "CN"},
            "recipient": {"kind": "authority", "country": "US"},
            "evidence": {"stored_in": "CN"},
            "measure": {"state": "US", "regime": "US-UFLPA"},
        }
        if not self._listings:
            return []
        found: list[dict[str, Any]] = judge(parse_facts(facts), self._book).to_json(
            self._asked.lang
        )["collisions"]
        return found


def _listing_json(one: PartyListing, asked: Enterprise) -> dict[str, Any]:
    listing = one.listing
    return {
        "register": listing.register,
        "entity": listing.entity,
        "name": listing.name,
        "clause": listing.clause,
        "scope": listing.scope,
        "basis": listing.basis,
        "announced_on": _iso(listing.announced_on),
        "effective_from": _iso(listing.effective_from),
        "listed_on": _iso(listing.listed_on),
        "removed_on": _iso(listing.removed_on),
        "in_force": listing.in_force(asked.day),
        "by": one.by,
        "score": one.score,
        "citations": [citation.to_json() for citation in listing.citations],
        "notes": list(listing.notes),
        "because": [reason.to_json(asked.lang) for reason in one.reasons],
    }


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _register_json(registers: Registers, id_: str, asked: Enterprise) -> dict[str, Any]:
    register = registers[id_]
    return {
        **register.summary(asked.today, asked.lang),
        "retrieved_on": _iso(register.retrieved_on),
        "missing": [gap.text(asked.lang) for gap in register.gaps],
        "complete": register.complete_on(asked.day),
    }


def check_region(region: str) -> str:
    """A place as ISO 3166-2; OptionError otherwise.

    >>> check_region("cn-xj")
    'CN-XJ'
    """
    import re

    code = region.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code):
        raise OptionError("region_invalid", region=region)
    return code
