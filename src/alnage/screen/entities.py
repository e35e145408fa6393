"""Who is asked for, and who is listed: a query, and an entity with all its names.

An entity of a register may stand on several sub-lists, under several spellings: its names
are pooled, each with whether it may decide identity or is only a lead.

    rows of a file ──> Query          Register ── pooled(as_of) ──> Entity, Entity, …
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from alnage.model import Listing, RegisterSource
from alnage.registers import Register, noted
from alnage.registers.identifiers import deciding
from alnage.screen.parts import parts

# A name is printed with or without its own acronym: "… Center (VSETC)".
_ACRONYM = re.compile(r"\s*\([A-Z]{3,8}\)$")


@dataclass(frozen=True, slots=True)
class Query:
    """Who is asked for; every form of the name counts."""

    id: str
    name: str
    others: tuple[str, ...] = ()
    country: str = ""
    region: str = ""
    identifiers: tuple[str, ...] = ()
    schema: str = "LegalEntity"

    @property
    def forms(self) -> tuple[str, ...]:
        """The names, each once."""
        return tuple(dict.fromkeys(name for name in (self.name, *self.others) if name.strip()))


@dataclass(frozen=True, slots=True)
class Entity:
    """All listings of one entity in one register, its names pooled.

    ``names`` are (name, strong): unverified and weak names are leads only. Countries,
    regions and kinds are those the listings state; ``shown`` are regions in the names.
    """

    register: str
    version: str
    entity: str
    listings: tuple[Listing, ...]
    names: tuple[tuple[str, bool], ...]
    identifiers: frozenset[tuple[str, str]]
    countries: frozenset[str]
    regions: frozenset[str]
    shown: frozenset[str]
    kinds: frozenset[str]

    @property
    def source(self) -> RegisterSource:
        """The entry of the register version."""
        return RegisterSource(self.register, self.version, self.entity)


def entity_of(
    register: Register, entity: str, live: Sequence[Listing], names: Iterable[tuple[str, bool]]
) -> Entity:
    """The entity with what its listings in force say of it."""
    pairs = tuple(names)
    return Entity(
        register=register.id,
        version=register.version,
        entity=entity,
        listings=tuple(live),
        names=pairs,
        identifiers=deciding(one for listing in live for one in listing.identifiers),
        countries=frozenset(one.country for one in live if one.country),
        regions=frozenset(one.region for one in live if one.region),
        shown=frozenset(code for name, _ in pairs for code in parts(name).regions),
        kinds=frozenset(noted(one, "schema") for one in live) - {""},
    )


def pooled(register: Register, as_of: dt.date | None = None) -> tuple[Entity, ...]:
    """The entities of a register with an entry in force on ``as_of`` (None: with any entry).

    Orders about goods of a whole region name no party and are left out.
    """
    found = []
    for entity, listings in register.entities().items():
        live = [one for one in listings if as_of is None or one.in_force(as_of)]
        if live and not any(noted(one, "subject") == "goods" for one in live):
            found.append(entity_of(register, entity, live, names_of(listings)))
    return tuple(found)


def names_of(listings: Iterable[Listing]) -> Iterable[tuple[str, bool]]:
    """Every name of an entity with whether it may decide; the strong reading wins.

    >>> dict(names_of([Listing("r", "e", "Training Center (VSETC)", weak_aliases=("Center",))]))
    {'Training Center (VSETC)': True, 'Training Center': True, 'Center': False}
    """
    found: dict[str, bool] = {}
    for one in listings:
        brand = noted(one, "name").startswith("brand")
        strong = [*(() if brand else (one.name,)), *one.aliases, *one.name_zh]
        for name in strong:
            found[name] = True
            found[_ACRONYM.sub("", name)] = True
        for name in (*((one.name,) if brand else ()), *one.weak_aliases):
            found.setdefault(name, False)
    return found.items()


def speaking(listings: Sequence[Listing]) -> Listing:
    """The listing whose dates stand for the entity: the first in effect, its latest name."""
    if len(listings) == 1:
        return listings[0]
    first = min(listings, key=lambda one: one.effective_from or dt.date.min)
    latest = max(listings, key=lambda one: one.listed_on or one.effective_from or dt.date.min)
    ends = [one.removed_on for one in listings]
    return replace(
        latest,
        effective_from=first.effective_from,
        removed_on=None if None in ends else max(end for end in ends if end),
    )
