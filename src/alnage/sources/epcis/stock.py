"""What is inside what, and what exists: the state that events change as time goes on.

A pallet is shipped by its own number, so its goods move only if somebody remembers what was
packed. Contents come from aggregations before; where none were recorded, from the first
time that somebody unpacked it or looked inside, since what came out must have been in.

    packed, unpacked ── Contents.goods(items) ── the goods that move
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from alnage.sources.epcis.happenings import Happening, Item

_NESTED = 20  # containers inside each other


class Contents:
    """Containers and their contents, as they stand now and as they were seen later."""

    def __init__(self, happenings: Iterable[Happening]) -> None:
        self._inside: dict[str, dict[str, Item]] = {}
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
            inside.update({item.id: item for item in happening.items})
            return
        self._later.pop(happening.parent, None)
        for item in happening.items:
            inside.pop(item.id, None)
        if not happening.items:
            inside.clear()

    def goods(self, items: Sequence[Item]) -> list[Item]:
        """The goods that move when ``items`` do, each once; a container of unknown content stays.

        A pack of packs counts by what is in it, so nothing counts twice; a thing with parts
        bound to it moves with them. Assets that carry goods are none themselves.
        """
        found: dict[str, Item] = {}
        for item in items:
            for inner in self._open(item, 0):
                found.setdefault(inner.id if inner.single else f"{inner.id} {inner.unit}", inner)
        return list(found.values())

    def _open(self, item: Item, depth: int) -> Iterator[Item]:
        inside = list(self._inside.get(item.id, {}).values()) or list(self._later.get(item.id, ()))
        if item.form == "goods" and (not inside or item.id in self._bound):
            yield item
        if item.form == "container" and not inside:
            yield item
        if depth < _NESTED:
            for inner in inside:
                if inner.id != item.id:
                    yield from self._open(inner, depth + 1)
