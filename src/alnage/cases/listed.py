"""On which registers an enterprise is, for the remedies that a listing opens.

Identity is decided as everywhere in the house: equal identifier or full name is listed, a
likeness is possible and leaves the answer unknown, and "not listed" needs a register that
is complete on the day.

    name, identifier or entity ── screen_parties ──> {register kind: Listed}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from alnage.cases.standing import Listed
from alnage.model import Answer, PartyListing, Reason, RegisterSource
from alnage.registers import Register, Registers

_SCHEMES = ("uscc", "lei", "gln", "duns", "os", "mid")


def listed_on(enterprise: str, registers: Registers, day: dt.date) -> dict[str, Listed]:
    """By kind of register, whether ``enterprise`` is listed on ``day``.

    ``enterprise`` is a name in any script, an identifier (``uscc:…``) or a register's entity.
    """
    found: dict[str, Listed] = {}
    for id_ in registers:
        register = registers[id_]
        matches = list(_matches(enterprise, registers, id_))
        listed = _answer(enterprise, register, matches, day)
        kind = register.kind or register.id
        before = found.get(kind)
        # Several registers of one kind: a listing on any of them decides.
        if before is None or before.answer is not Answer.YES:
            joined = listed if before is None else _join(before, listed)
            found[kind] = joined
    return found


def _matches(enterprise: str, registers: Registers, id_: str) -> Iterable[PartyListing]:
    direct = [one for one in registers[id_].listings if one.entity == enterprise]
    if direct:
        return [PartyListing(enterprise, one, "listed", "identifier") for one in direct]
    from alnage.screen import screen_parties

    row: dict[str, object] = {"party": enterprise, "name": enterprise}
    if enterprise.partition(":")[0].casefold() in _SCHEMES:
        row["identifiers"] = [enterprise]
    return screen_parties([row], None, Registers.of(registers[id_]))


def _answer(
    enterprise: str, register: Register, matches: list[PartyListing], day: dt.date
) -> Listed:
    params = {"enterprise": enterprise, "register": register.id, "date": day.isoformat()}
    in_force = [one for one in matches if one.listing.in_force(day)]
    for certainty, code, answer in (
        ("listed", "remedy_listed", Answer.YES),
        ("possible", "remedy_possibly_listed", Answer.UNKNOWN),
    ):
        one = next((one for one in in_force if one.certainty == certainty), None)
        if one is not None:
            source = RegisterSource(register.id, register.version, one.listing.entity)
            named = {**params, "name": one.listing.name}
            return Listed(answer, Reason(code, named, (source, *one.listing.citations)))
    if register.complete_on(day):
        return Listed(Answer.NO, Reason("remedy_not_listed", params))
    return Listed(Answer.UNKNOWN, Reason("remedy_register_incomplete", params))


def _join(one: Listed, other: Listed) -> Listed:
    order = (Answer.YES, Answer.UNKNOWN, Answer.NO)
    return min(one, other, key=lambda listed: order.index(listed.answer))
