"""One entry of an official list, gathered piece by piece, and the listing it becomes.

Publishers write names, countries and numbers in their own ways. Here they become what the
house compares: names that may decide apart from leads, one country or none (several
contradict nobody), identifiers with a scheme, dates apart by what they mean.

    reader ── Entry(names, places, identifiers, dates, acts) ── listing() ──> Listing
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from alnage.model import Citation, Listing, Scope
from alnage.registers.identifiers import lei_valid, uscc_valid
from alnage.registers.names import fold, has_han

US_DAY = ("%m/%d/%Y",)
_XINJIANG = re.compile(r"xinjiang|sinkiang|urumqi|新疆", re.IGNORECASE)
# Kinds of number that name somebody; what lists print beside them does not.
_SCHEMES: tuple[tuple[str, str], ...] = (
    ("unified social credit", "uscc"),
    ("legal entity number", "lei"),
    ("lei", "lei"),
    ("vessel registration", "imo"),
    ("imo", "imo"),
    ("mmsi", "mmsi"),
    ("swift", "swift"),
    ("bik", "bik"),
    ("d-u-n-s", "duns"),
    ("isin", "isin"),
    ("passport", "passport"),
    ("tax id", "tax"),
    ("fiscalcode", "tax"),
    ("v.a.t", "vat"),
    ("national id", "national-id"),
    ("registration", "registration"),
    ("regnumber", "registration"),
    ("registry", "registration"),
    ("company number", "registration"),
    ("identification number", "identification"),
)
_DIGIT = re.compile(r"\d")


@cache
def _countries() -> dict[str, str]:
    text = files("alnage.registers.formats").joinpath("countries.csv").read_text("utf-8")
    found: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        for name in (row["code"], *row["names"].split(";")):
            found[fold(name)] = row["code"]
    return found


def country_of(text: str) -> str:
    """The ISO 3166-1 code of a country as official lists name it; empty if it names none.

    >>> country_of("Korea, North"), country_of("Virgin Islands, British"), country_of("undetermined")
    ('KP', 'VG', '')
    """
    return _countries().get(fold(text), "") if text else ""


def identifier(kind: str, value: str) -> str:
    """``scheme:value`` of a number that a list prints, empty if it names nobody.

    >>> identifier("Unified Social Credit Code (USCC)", "91350100M000100Y43"), identifier("Gender", "Male")
    ('uscc:91350100M000100Y43', '')
    """
    plain, value = kind.casefold(), value.strip()
    compact = "".join(sign for sign in value.upper() if sign.isalnum())
    if uscc_valid(compact):
        return f"uscc:{compact}"
    if lei_valid(compact) and "swift" not in plain:
        return f"lei:{compact}"
    if not _DIGIT.search(value):
        return f"swift:{compact}" if "swift" in plain and compact else ""
    for words, scheme in _SCHEMES:
        if words in plain:
            return f"{scheme}:{compact.removeprefix('IMO') if scheme == 'imo' else value}"
    return ""


def slug(name: str) -> str:
    """The id of an entry whose list gives it none.

    >>> slug("Hoshine Silicon Industry (Shanshan) Co., Ltd")
    'hoshine-silicon-industry-shanshan-co-ltd'
    """
    return fold(name).replace(" ", "-")


@dataclass(slots=True)
class Entry:
    """What a reader found of one entry; ``row`` is where it stands."""

    entity: str
    name: str
    row: int = 0
    schema: str = ""
    strong: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    clause: str = ""
    scope: Scope = "own"
    basis: str = ""
    announced_on: dt.date | None = None
    effective_from: dt.date | None = None
    listed_on: dt.date | None = None
    removed_on: dt.date | None = None
    citations: list[Citation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def listing(self, register: str) -> Listing:
        """The entry as a listing of ``register``."""
        strong = [*self.strong, *_turned(self.name, self.strong, self.schema)]
        names = [one for one in dict.fromkeys(strong) if one and one != self.name]
        weak = [one for one in dict.fromkeys(self.weak) if one and one not in {self.name, *names}]
        codes = list(dict.fromkeys(filter(None, map(country_of, self.countries))))
        return Listing(
            register=register,
            entity=self.entity,
            name=self.name,
            aliases=tuple(one for one in names if not has_han(one)),
            weak_aliases=tuple(weak),
            name_zh=tuple(one for one in names if has_han(one)),
            country=codes[0] if len(codes) == 1 else "",
            region=_region(codes, self.addresses),
            identifiers=tuple(dict.fromkeys(filter(None, self.identifiers))),
            clause=self.clause,
            scope=self.scope,
            basis=self.basis,
            announced_on=self.announced_on,
            effective_from=self.effective_from,
            listed_on=self.listed_on,
            removed_on=self.removed_on,
            citations=tuple(dict.fromkeys(self.citations)),
            notes=tuple(dict.fromkeys(self._notes(codes))),
        )

    def _notes(self, codes: Sequence[str]) -> Iterable[str]:
        if self.schema:
            yield f"schema: {self.schema}"
        if len(codes) > 1:
            yield f"countries: {'; '.join(codes)}"
        yield from self.notes


def _turned(name: str, others: Sequence[str], schema: str) -> Iterable[str]:
    """``LAST, First`` of a person as users write it: ``First LAST``."""
    if schema == "Person":
        for one in (name, *others):
            last, comma, first = one.partition(", ")
            if comma and first:
                yield f"{first} {last}"


def _region(codes: Sequence[str], addresses: Sequence[str]) -> str:
    """Xinjiang, where the only country is China and every address says so."""
    said = [one for one in addresses if one]
    inside = bool(said) and all(_XINJIANG.search(one) for one in said)
    return "CN-XJ" if inside and tuple(codes) == ("CN",) else ""


def pooled(listings: Iterable[Listing]) -> list[Listing]:
    """Listings that differ in names and places only, as one: a list prints a row an address.

    >>> a, b = Listing("r", "e", "E", country="CN"), Listing("r", "e", "E", aliases=("F",), country="HK")
    >>> [(one.aliases, one.country) for one in pooled([a, b])]
    [(('F',), '')]
    """
    found: dict[tuple[object, ...], Listing] = {}
    for one in listings:
        key = (one.entity, one.clause, one.effective_from, one.removed_on, one.scope)
        found[key] = _joined(found[key], one) if key in found else one
    return list(found.values())


def _joined(left: Listing, right: Listing) -> Listing:
    names = dict.fromkeys((*left.aliases, right.name, *right.aliases))
    return replace(
        left,
        aliases=tuple(one for one in names if one != left.name and not has_han(one)),
        weak_aliases=_both(left.weak_aliases, right.weak_aliases),
        name_zh=_both(left.name_zh, right.name_zh),
        country=left.country if left.country == right.country else "",
        region=left.region if left.region == right.region else "",
        identifiers=_both(left.identifiers, right.identifiers),
        citations=tuple(dict.fromkeys((*left.citations, *right.citations))),
        notes=_both(left.notes, right.notes),
    )


def _both(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*left, *right)))
