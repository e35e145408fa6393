"""What is known beside the names: country, region, kind, identifiers; and the reasons.

Identifiers decide. Country and region move the odds a little; what speaks against a
match lowers it and never hides it.

    Query, Entity ── weigh ──> Context(effect, contradicts, shared) ── reasons ──> explanation
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alnage.model import Reason
from alnage.screen.compare import Alignment
from alnage.screen.entities import Entity, Query
from alnage.screen.score import rule

# A firm of Hong Kong or Macao may be the one a list of the mainland names, and the
# other way round: neither agreement nor contradiction.
_NEIGHBOURS = frozenset({"CN", "HK", "MO"})
_SURE = 9.0  # log odds of an equal identifier


@dataclass(frozen=True, slots=True)
class Context:
    """How the rest of what is known bears on a pair."""

    country: bool
    region: bool
    kind: bool
    agrees: float
    shared: frozenset[tuple[str, str]]
    apart: frozenset[tuple[str, str]]

    @property
    def contradicts(self) -> bool:
        """Whether country or identifiers rule out that equal names are one party."""
        return (self.country or bool(self.apart)) and not self.shared

    def apply(self, odds: float) -> float:
        """The log odds of the names in this context."""
        if self.shared:
            return _SURE
        against = sum(
            rule(name)
            for name, holds in (
                ("country_contradicts", self.country),
                ("region_contradicts", self.region),
                ("kind_differs", self.kind),
            )
            if holds
        )
        # What speaks against a match lowers it, and never hides it.
        total = max(odds + self.agrees + against, min(odds, 0.0)) if against else odds + self.agrees
        return total + (rule("identifiers_differ") if self.apart else 0.0)


def weigh(asked: Query, mine: frozenset[tuple[str, str]], entity: Entity) -> Context:
    """Country, region, kind and identifiers of a query against those of an entity.

    ``mine`` are the deciding identifiers of the query.
    """
    known = entity.regions or entity.shown
    region = asked.region.upper()
    both = {scheme for scheme, _ in mine} & {scheme for scheme, _ in entity.identifiers}
    shared = mine & entity.identifiers
    person = asked.schema == "Person"
    kinds = entity.kinds
    agrees = rule("country_agrees") if asked.country.upper() in entity.countries else 0.0
    agrees += rule("region_agrees") if region and region in known else 0.0
    return Context(
        country=country_contradicts(asked.country, asked.region, entity.countries),
        region=bool(region and known and region not in known),
        kind=bool(kinds) and asked.schema != "LegalEntity" and person != (kinds == {"Person"}),
        agrees=agrees,
        shared=shared,
        apart=frozenset() if shared or not both else mine | entity.identifiers,
    )


def country_contradicts(country: str, region: str, listed: Iterable[str]) -> bool:
    """Whether a stated country rules out every country of a listing.

    >>> country_contradicts("VN", "", {"CN"}), country_contradicts("HK", "", {"CN"})
    (True, False)
    >>> country_contradicts("", "", {"CN"})
    False
    """
    known = {one.upper() for one in listed if one}
    mine = (country or region.partition("-")[0]).upper()
    # A name of a country ("China") is no code, and rules nothing out.
    if len(mine) != 2 or not known or mine in known:
        return False
    return not (mine in _NEIGHBOURS and known & _NEIGHBOURS)


def reasons(
    asked: Query,
    entity: Entity,
    context: Context,
    names: tuple[str, str],
    alignment: Alignment | None,
    *,
    same: bool,
    strong: bool,
) -> tuple[Reason, ...]:
    """Why a pair scores as it does; ``names`` are the query's and the listed one."""
    found = []
    if context.shared:
        found.append(Reason("identifier_same", {"identifier": _spelled(context.shared)}))
    if alignment is not None:
        found += name_reasons(alignment, *names, same=same, strong=strong)
    if context.country:
        params = {
            "query": asked.country.upper() or asked.region,
            "listed": sorted(entity.countries),
        }
        found.append(Reason("country_contradicts", params))
    if context.region:
        params = {"query": asked.region, "listed": sorted(entity.regions or entity.shown)}
        found.append(Reason("region_contradicts", params))
    if context.kind:
        params = {"query": asked.schema, "listed": sorted(entity.kinds)}
        found.append(Reason("kind_differs", params))
    if context.apart:
        found.append(Reason("identifier_differs", {"identifiers": _spelled(context.apart)}))
    return tuple(found)


def _spelled(pairs: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{scheme}:{value}" for scheme, value in sorted(pairs))


def name_reasons(
    alignment: Alignment, form: str, name: str, *, same: bool, strong: bool
) -> list[Reason]:
    """How the two names meet, part by part."""
    if same:
        found = [Reason("name_same", {"query": form, "listed": name})]
    else:
        found = [Reason("name_like", {"query": form, "listed": name})]
        found += [
            Reason(
                "part_met",
                {
                    "query": pair.query,
                    "listed": pair.candidate,
                    "how": pair.how,
                    "similarity": round(pair.similarity, 2),
                },
            )
            for pair in alignment.pairs
        ]
    if not strong:
        found.append(Reason("alias_weak", {"listed": name}))
    if alignment.numbers_differ:
        found.append(Reason("numbers_differ"))
    if alignment.bodies_differ or alignment.branch_differs:
        found.append(Reason("bodies_differ"))
    return found
