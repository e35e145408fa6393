"""From the field to the garment, as the cotton stories write it: gin, spin, knit, finish, sew.

Every step uses up all that it is given and gives half a percent less than the typical
factor (``yielded``), so that a store is empty when the story says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from stories.book import Book, later, yielded

YARN, GREIGE, FINISHED, GARMENT = 1.143, 1.03, 1.05, 1.18
PIECE_KG = 0.18
HS = {
    "seed cotton": "5201.00", "lint": "5201.00", "carded yarn": "5205.12",
    "greige fabric": "6006.21", "finished fabric": "6006.22", "garment": "6109.10",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Works:
    """Where yarn becomes garments: three sites, which may be one."""

    knit: str
    dye: str
    sew: str


def gin(book: Book, plant: str, lint: int, day: str, loads: int, lot: str = "") -> None:
    """Harvest, deliver and gin as much as gives ``lint`` kilograms."""
    seed = int(lint * 2.6 * 1.01)
    last = book.deliver(f"{plant}-farms", plant, "seed cotton", seed, day, loads, lot)
    book.make(plant, "gin", last, [("seed cotton", seed, lot)], [("lint", lint, lot)])


def spin(book: Book, mill: str, lint: int, day: str, lot: str = "") -> int:
    """Spin all of ``lint``; the kilograms of yarn."""
    yarn = yielded(lint, YARN)
    book.make(mill, "spin", day, [("lint", lint, lot)], [("carded yarn", yarn, lot)])
    return yarn


def make_up(
    book: Book, works: Works, yarn: int, day: str, lot: str = "", for_party: str = ""
) -> tuple[int, str]:
    """Knit, finish, cut and sew all of ``yarn``; the pieces and the day they are ready."""
    greige = yielded(yarn, GREIGE)
    book.make(
        works.knit, "knit", day, [("carded yarn", yarn, lot)], [("greige fabric", greige, lot)]
    )
    return finish_and_sew(book, works, greige, later(day, 4), lot, for_party)


def finish_and_sew(
    book: Book, works: Works, greige: int, day: str, lot: str = "", for_party: str = ""
) -> tuple[int, str]:
    """The same from greige fabric on."""
    if works.knit != works.dye:
        book.move(works.knit, works.dye, "greige fabric", greige, day, 3, lot=lot)
    finished = yielded(greige, FINISHED)
    dyed = later(day, 8)
    book.make(works.dye, "finish", dyed, [("greige fabric", greige, lot)],
              [("finished fabric", finished, lot)], for_party=for_party)  # fmt: skip
    if works.dye != works.sew:
        book.move(works.dye, works.sew, "finished fabric", finished, later(dyed, 1), 4, lot=lot)
    pieces = yielded(finished, GARMENT) * 100 // 18 // 12 * 12
    sewn = later(dyed, 14)
    book.make(works.sew, "garment", sewn, [("finished fabric", finished, lot)],
              [("garment", pieces, lot, "pcs")])  # fmt: skip
    return pieces, later(sewn, 3)
