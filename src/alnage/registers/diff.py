"""What changed between two versions of a register, entity by entity.

A change of names, dates, clause or scope is a change of the entry; an entry that is
missing is *absent*, which is not *removed*: only a removal date ends a listing.

    Register, Register ── compare ──> added · absent · removed · changed
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alnage.model import Listing
from alnage.registers.register import Register, listing_to_json


@dataclass(frozen=True, slots=True)
class Difference:
    """Entities of ``new`` against ``old``; ``changed`` says which fields differ."""

    old: Register
    new: Register
    added: tuple[str, ...]
    absent: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[tuple[str, tuple[str, ...]], ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values, with the name of each entity."""
        names = {one.entity: one.name for one in (*self.old.listings, *self.new.listings)}
        return {
            "schema": "register-diff/1",
            "old": {"register": self.old.id, "version": self.old.version},
            "new": {"register": self.new.id, "version": self.new.version},
            "added": [{"entity": one, "name": names[one]} for one in self.added],
            "absent": [{"entity": one, "name": names[one]} for one in self.absent],
            "removed": [{"entity": one, "name": names[one]} for one in self.removed],
            "changed": [
                {"entity": one, "name": names[one], "fields": list(fields)}
                for one, fields in self.changed
            ],
        }


def difference(old: Register, new: Register) -> Difference:
    """Compare two versions, of one register or of two.

    >>> a = Register("r", None, (Listing("r", "x", "X"), Listing("r", "y", "Y")))
    >>> b = Register("r", None, (Listing("r", "x", "X Ltd"),))
    >>> found = difference(a, b)
    >>> found.absent, found.changed
    (('y',), (('x', ('name',)),))
    """
    before, after = old.entities(), new.entities()
    gone = {
        entity
        for entity, listings in after.items()
        if all(one.absent_since for one in listings) and entity in before
        and not all(one.absent_since for one in before[entity])
    }  # fmt: skip
    removed = {
        entity
        for entity in before.keys() & after.keys()
        if _ended(after[entity]) and not _ended(before[entity])
    }
    changed = []
    for entity in sorted((before.keys() & after.keys()) - gone - removed):
        fields = _fields(before[entity], after[entity])
        if fields:
            changed.append((entity, fields))
    return Difference(
        old=old,
        new=new,
        added=tuple(sorted(after.keys() - before.keys())),
        absent=tuple(sorted((before.keys() - after.keys()) | gone)),
        removed=tuple(sorted(removed)),
        changed=tuple(changed),
    )


def _ended(listings: tuple[Listing, ...]) -> bool:
    return all(one.removed_on is not None for one in listings)


def _fields(before: tuple[Listing, ...], after: tuple[Listing, ...]) -> tuple[str, ...]:
    if len(before) != len(after):
        return ("listings",)
    found = []
    for one, other in zip(before, after, strict=True):
        left, right = listing_to_json(one), listing_to_json(other)
        found += [key for key in {**left, **right} if left.get(key) != right.get(key)]
    return tuple(dict.fromkeys(found))
