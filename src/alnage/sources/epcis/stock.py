"""What is inside what, and what exists: the state that events change as time goes on.

A pallet is shipped by its own number, so its goods move only if somebody remembers what was
packed. Contents come from aggregations before; where none were recorded, from the first
time that somebody unpacked it or looked inside, since what came out must have been in.

    packed, unpacked ── Contents.goods(items) ── the goods that move
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from alnage.sources.epcis.happenings import Happening, Item


class Contents:
    """Containers and their contents, as they stand now and as they were seen later."""

    def __init__(self, happenings: Iterable[Happening]) -> None:
        self._inside: dict[str, dict[tuple[str, str], Item]] = {}
        self._holder: dict[str, str] = {}
        self._bound: set[str] = set()
        self._later: dict[str, tuple[Item, ...]] = {}
        packed: set[str] = set()
        for happening in happenings:
            if happening.kind not in ("pack", "bind") or not happening.items:
                continue
            if happening.action == "ADD":
                packed.add(happening.parent)
            elif happening.parent not in packed:
                self._later.setdefault(happening.parent, happening.items)

    def change(self, happening: Happening) -> None:
        """Put children into their parent, or take them out; without children, all of them."""
        if not happening.parent or happening.action == "OBSERVE":
            return
        inside = self._inside.setdefault(happening.parent, {})
        if happening.action == "ADD":
            if happening.kind == "bind":
                self._bound.add(happening.parent)
            for item in happening.items:
                self._put(happening.parent, inside, item)
            return
        self._later.pop(happening.parent, None)
        for item in happening.items:
            _take(inside, item)
        if not happening.items:
            inside.clear()

    def _put(self, parent: str, inside: dict[tuple[str, str], Item], item: Item) -> None:
        """One object is in one place; amounts of one class add up."""
        key = (item.id, item.unit)
        if item.single:
            self._inside.get(self._holder.get(item.id, ""), {}).pop(key, None)
            self._holder[item.id] = parent
            inside[key] = item
        else:
            inside[key] = _changed(inside.get(key), item, 1) or item

    def goods(self, items: Sequence[Item]) -> list[Item]:
        """The goods that move when ``items`` do; a container of unknown content stays one.

        A pack of packs counts by what is in it, so nothing counts twice; a thing with parts
        bound to it moves with them. Assets that carry goods are none themselves.
        """
        seen: set[str] = set()
        return [inner for item in items for inner in self._open(item, seen)]

    def _open(self, item: Item, seen: set[str]) -> Iterator[Item]:
        if item.single and item.id in seen:
            return
        seen.add(item.id)
        # An amount of a class has no contents of its own; one object may have.
        held = self._inside.get(item.id, {}).values() if item.single else ()
        inside = list(held) or list(self._later.get(item.id, ()) if item.single else ())
        if item.form == "goods" and (not inside or item.id in self._bound):
            yield item
        if item.form == "container" and not inside:
            yield item
        for inner in inside:
            yield from self._open(inner, seen)


def _changed(known: Item | None, item: Item, sign: int) -> Item | None:
    """An amount with another added or taken; None if nothing is left, or nothing was there."""
    if known is None:
        return None
    if known.quantity is None or item.quantity is None:
        return replace(known, quantity=None) if sign > 0 else None
    left = known.quantity + sign * item.quantity
    return replace(known, quantity=left) if left > 0 else None


def _take(inside: dict[tuple[str, str], Item], item: Item) -> None:
    key = (item.id, item.unit)
    left = None if item.single else _changed(inside.get(key), item, -1)
    if left is None:
        inside.pop(key, None)
    else:
        inside[key] = left
