"""Solar modules: recycled silicon that carries its origin through campaigns, and ten entries.

All firms carry names of minerals and are invented. Quantities of wafers, cells and modules
are kilograms of silicon, or pieces with their silicon weight.

    agate XJ ── (alias of a listed smelter) ─┬─ topaz NM polysilicon ─┐
    garnet NO ───────────────────────────────┴─ beryl DE polysilicon ─┤
         ┌─────────────────────────────────────────────────────────────┘
         ├─ jade YN: pull <── tops and tails <── crop (two sites, a cycle) ── spinel VN   S-01..S-04
         ├─ opal VN (lots; recycled silicon with and without records) ── spinel VN        S-05..S-07
         ├─ onyx NX (like a listed one) ── basalt TH                                      S-08
         └─ mica MY (empties its store) ── basalt TH                                      S-09 S-10
"""

from __future__ import annotations

from fractions import Fraction

from stories.book import Book, later, yielded

XJ, LISTED = "region:CN-XJ", "listed:example"
QUARTZ, MG, POLY, SCRAP = "quartz", "mg-si", "polysilicon", "recycled silicon"
INGOT, BRICK, WAFER, CELL, MODULE = "ingot", "brick", "wafer", "cell", "module"
TO_MG, TO_POLY, TO_INGOT, TO_WAFER, TO_CELL, TO_MODULE = 2.71, 1.136, 1.02, 1.408, 1.136, 1.02
CELL_KG, MODULE_KG = 0.0066, 0.7
POLY_CONTENT, SCRAP_CONTENT = Fraction("1.136"), Fraction("1.136") * Fraction("1.02")


def build() -> Book:
    """The whole story."""
    book = Book(
        "solar-modules",
        seed=2804,
        hs={QUARTZ: "2506.10", MG: "2804.69", POLY: "2804.61", SCRAP: "2804.61", INGOT: "2804.61",
            BRICK: "2804.61", WAFER: "3818.00", CELL: "8541.42", MODULE: "8541.43"},
    )  # fmt: skip
    _cast(book)
    _silicon(book)
    _campaigns(book)
    _lots(book)
    _near_match(book)
    _emptied_store(book)
    _parties(book)
    return book


def _cast(book: Book) -> None:
    p = book.party
    p(
        "agate-mine",
        "Moss Chalcedony Quartz Mine",
        "CN-XJ",
        "mine",
        "新疆苔玉髓石英矿",
        postal_code="838200",
    )
    p(
        "agate",
        "Agate Metallurgical Silicon Works",
        "CN-XJ",
        "smelter",
        "玛瑙硅冶炼厂",
        postal_code="838200",
    )
    p("garnet-mine", "Granat Kvarts AS", "NO-18", "mine")
    p("garnet", "Granat Silisium AS", "NO-18", "smelter")
    p(
        "topaz",
        "White Topaz Polysilicon Co., Ltd.",
        "CN-NM",
        "polysilicon maker",
        "内蒙古白黄玉多晶硅有限公司",
        postal_code="017000",
    )
    p("beryl", "Gelber Beryll Silizium GmbH", "DE-BY", "polysilicon maker")
    p("flint", "Feuerstein Recycling GmbH", "DE-SN", "recycler")
    p(
        "jade",
        "Green Jade Crystal Technology Co., Ltd.",
        "CN-YN",
        "ingot and wafer maker",
        "云南青碧玉晶体科技有限公司",
        postal_code="650000",
    )
    book.site("jade-crop", "jade", "CN-YN", postal_code="655000")
    p("opal", "Fire Opal Wafer Co. Ltd. (Vietnam)", "VN-HP", "ingot and wafer maker")
    p("onyx", "Black Onyx Silicon Wafer", "CN-NX", "ingot and wafer maker", "宁夏黑缟玛瑙硅片有限责任公司",
      address="5 Invented Avenue, Wuzhong", postal_code="751100")  # fmt: skip
    p("mica", "Mika Perak Sdn. Bhd.", "MY-08", "ingot and wafer maker")
    p("spinel", "Blue Spinel Solar Co. Ltd. (Vietnam)", "VN-54", "cell and module maker")
    p("basalt", "Grey Basalt Solar (Thailand) Co., Ltd.", "TH-20", "cell and module maker")
    p(
        "amber",
        "Red Amber Logistics Co., Ltd.",
        "CN-GX",
        "warehouse",
        "广西红琥珀物流有限公司",
        postal_code="532600",
    )
    p("quarry", "Open Quarry Solar Inc.", "US-NJ", "importer")
    p("quarry-eu", "Steinbruch Solar GmbH", "DE-HH", "importer", parent="quarry")
    book.rows["products"] += [
        {"product": "cell", "name": "Solar cell, silicon weight", "hs": "8541.42", "unit_weight_kg": CELL_KG},
        {"product": "module", "name": "Solar module 420 W, silicon weight", "hs": "8541.43", "unit_weight_kg": MODULE_KG},
    ]  # fmt: skip
    book.listed("ex-1", "Banded Agate Silicon Smelting Co., Ltd.", "2022-06-21", region="CN-XJ",
                aliases="Agate Metallurgical Silicon Works", name_zh="新疆纹玛瑙硅冶炼有限公司")  # fmt: skip
    book.listed("ex-2", "Black Onyx Silicon Wafer Co., Ltd.", "2023-08-02", region="CN-NX",
                name_zh="宁夏黑缟玛瑙硅片有限公司")  # fmt: skip
    book.listed("ex-3", "Red Amber Logistics Co., Ltd.", "2023-06-12", region="CN-GX",
                name_zh="广西红琥珀物流有限公司")  # fmt: skip
    book.listed("ex-4", "White Topaz Polysilicon Co., Ltd.", "2023-06-12", region="CN-NM",
                removed_on="2024-09-01", name_zh="内蒙古白黄玉多晶硅有限公司")  # fmt: skip


def _smelt(book: Book, smelter: str, mg: int, day: str, loads: int) -> None:
    quartz = int(mg * TO_MG * 1.01)
    last = book.deliver(f"{smelter}-mine", smelter, QUARTZ, quartz, day, loads)
    book.make(smelter, "smelt", last, [(QUARTZ, quartz)], [(MG, mg)])


def _purify(book: Book, maker: str, mg: int, day: str, lot: str = "") -> int:
    poly = yielded(mg, TO_POLY)
    book.make(maker, "purify", day, [(MG, mg, lot)], [(POLY, poly, lot)])
    return poly


def _silicon(book: Book) -> None:
    for day, mg in (("2023-09-04", 30_000), ("2023-10-02", 24_000)):
        _smelt(book, "agate", mg, day, 5)
    for day, mg in (("2023-08-01", 60_000), ("2023-09-01", 64_000)):
        _smelt(book, "garnet", mg, day, 6)


def _slice_and_assemble(
    book: Book, wafer_maker: str, module_maker: str, brick: int, day: str, lot: str = ""
) -> tuple[int, str]:
    """Slice all of ``brick``, make cells and modules; the modules and the day they are ready."""
    wafer = yielded(brick, TO_WAFER)
    book.make(wafer_maker, "slice", day, [(BRICK, brick, lot)], [(WAFER, wafer, lot)])
    book.move(wafer_maker, module_maker, WAFER, wafer, later(day, 2), 6, lot=lot)
    cells = int(yielded(wafer, TO_CELL) / CELL_KG)
    book.make(
        module_maker, "cell", later(day, 12), [(WAFER, wafer, lot)], [(CELL, cells, lot, "pcs")]
    )
    modules = int(yielded(cells * CELL_KG, TO_MODULE) / MODULE_KG)
    book.make(module_maker, "module", later(day, 18), [(CELL, cells, lot, "pcs")],
              [(MODULE, modules, lot, "H87")])  # fmt: skip
    return modules, later(day, 21)


def _ship(
    book: Book, entry: str, maker: str, modules: int, day: str, imported: str, *,
    market: str = "US", lot: str = "",
) -> None:  # fmt: skip
    to, currency = ("quarry", "USD") if market == "US" else ("quarry-eu", "EUR")
    movement = book.move(maker, to, MODULE, modules, day, received=imported, unit="pcs", lot=lot,
                         seller=maker, buyer=to, value=modules * 90, currency=currency)  # fmt: skip
    book.enter(entry, market, imported, movement)
    book.pay(movement, later(day, 45))


def _campaigns(book: Book) -> None:
    """S-01 to S-04: four campaigns; tops and tails of each are charged in the next."""
    book.move("agate", "topaz", MG, 20_000, "2023-11-01", 6)
    book.move("garnet", "topaz", MG, 20_000, "2023-10-01", 45)
    bought = _purify(book, "topaz", 40_000, "2023-12-01")
    book.move("topaz", "jade", POLY, bought, "2023-12-10", 5)
    book.move("garnet", "beryl", MG, 70_000, "2023-10-20", 5)
    _purify(book, "beryl", 70_000, "2023-11-20")
    told = book.move("beryl", "jade", POLY, 30_000, "2024-02-20", 50)
    # The packing list tells the second delivery again and names the same bill of lading.
    book.move("beryl", "jade", POLY, 30_000, "2024-02-18/2024-02-22", received="2024-04-10",
              document=f"D-{told}")  # fmt: skip
    share, scrap, scrap_share = Fraction(1, 2), 0, Fraction(0)
    why = "a cycle: tops and tails carry the origin of one campaign into the next"
    for number, (poly, day, imported) in enumerate(
        [(bought // 2, "2024-01-05", "2024-04-20"), (bought - bought // 2, "2024-02-10", "2024-06-10"),
         (15_000, "2024-04-20", "2024-08-20"), (15_000, "2024-06-01", "2024-10-05")], start=1
    ):  # fmt: skip
        if number == 3:  # from here on only polysilicon from Norwegian silicon is charged
            share = Fraction(0)
        charge, old = poly * POLY_CONTENT, scrap * SCRAP_CONTENT
        mixed = (charge * share + old * scrap_share) / (charge + old)
        ingot = yielded(poly + scrap * TO_INGOT, TO_INGOT)
        ins = [(POLY, poly)] + ([(SCRAP, scrap)] if scrap else [])
        book.make("jade", "pull", day, ins, [(INGOT, ingot)])
        book.move("jade", "jade-crop", INGOT, ingot, later(day, 2))
        brick, scrap = int(ingot * 0.55), int(ingot * 0.44)
        book.make(
            "jade-crop", "crop", later(day, 4), [(INGOT, ingot)], [(BRICK, brick), (SCRAP, scrap)]
        )
        book.move("jade-crop", "jade", SCRAP, scrap, later(day, 6), 1)
        modules, ready = _slice_and_assemble(
            book, "jade-crop", "spinel", brick, later(day, 7), f"J-{number}"
        )
        _ship(book, f"S-{number:02d}", "spinel", modules, ready, imported, lot=f"J-{number}")
        book.shares(f"S-{number:02d}", XJ, why, reachable=True, expected=mixed, undocumented=0)
        scrap_share = mixed
    book.truth("S-04", "US-UFLPA", "presumption", "==", "unknown", why, kind="verdict")
    why = "removed from the list before importation: the list no longer counts, the content does"
    book.shares("S-02", LISTED, why, reachable=True, expected=1)
    book.truth("S-04", "listed:example@2024-08-31", "expected", "==", 2 * mixed, why)
    book.truth("S-04", "listed:example@2024-09-01", "expected", "==", mixed,
               "a party under an alias: the smelter stays listed, the polysilicon maker does not")  # fmt: skip


def _lots(book: Book) -> None:
    """S-05: segregated. S-06, S-07: recycled silicon with and without a record."""
    for lot, entry, day, imported, document in (
        ("OP-1", "S-05", "2024-02-01", "2024-06-01", None),
        ("OP-2", "S-06", "2024-03-01", "2024-07-01", "with"),
        ("OP-3", "S-07", "2024-04-01", "2024-08-01", ""),
    ):
        poly, scrap = 7_000, 0 if document is None else 3_000
        if lot == "OP-1":  # stored on the way by a listed warehouse
            book.move("beryl", "amber", POLY, poly, later(day, -60), 40, lot=lot)
            book.move("amber", "opal", POLY, poly, later(day, -12), 4, lot=lot)
        else:
            book.move("beryl", "opal", POLY, poly, later(day, -50), 44, lot=lot)
        ins = [(POLY, poly, lot)]
        if scrap:
            proof = {} if document else {"document": ""}
            book.grow("flint", SCRAP, scrap, later(day, -60), kind="recycled", lot=lot, **proof)
            book.move("flint", "opal", SCRAP, scrap, later(day, -55), 45, lot=lot)
            ins.append((SCRAP, scrap, lot))
        ingot = yielded(poly + scrap * TO_INGOT, TO_INGOT)
        book.make("opal", "pull", day, ins, [(INGOT, ingot, lot)])
        brick, rest = int(ingot * 0.55), int(ingot * 0.44)
        book.make("opal", "crop", later(day, 3), [(INGOT, ingot, lot)],
                  [(BRICK, brick, lot), (SCRAP, rest, f"{lot}-R")])  # fmt: skip
        modules, ready = _slice_and_assemble(book, "opal", "spinel", brick, later(day, 6), lot)
        _ship(book, entry, "spinel", modules, ready, imported, lot=lot)
    book.shares("S-05", XJ, "a segregated chain: by lot at every site", reachable=False,
                min=0, expected=0, max=0, undocumented=0)  # fmt: skip
    why = "a listed warehouse: it stored the polysilicon and made nothing"
    book.shares("S-05", LISTED, why, reachable=False, expected=0, max=0)
    book.shares("S-05", "held:example", why, reachable=True)
    book.shares("S-06", XJ, "recycled silicon with a record is outside, as recorded",
                reachable=False, max=0, undocumented=0)  # fmt: skip
    share = 3_000 * SCRAP_CONTENT / (7_000 * POLY_CONTENT + 3_000 * SCRAP_CONTENT)
    why = "undocumented content: recycled silicon without a record"
    book.shares("S-07", XJ, why, expected=0, min=0, undocumented=share)
    book.truth("S-07", XJ, "max", ">=", share, why)
    book.truth("S-06", "US-UFLPA", "presumption", "==", "no",
               "recycled silicon with a record", kind="verdict")  # fmt: skip
    book.truth("S-07", "US-UFLPA", "presumption", "==", "unknown", why, kind="verdict")


def _near_match(book: Book) -> None:
    """S-08: sliced by a firm whose name is nearly that of a listed one."""
    book.move("beryl", "onyx", POLY, 8_000, "2024-01-05", 50, lot="ON-1")
    ingot = yielded(8_000, TO_INGOT)
    book.make("onyx", "pull", "2024-03-05", [(POLY, 8_000)], [(INGOT, ingot)])
    brick = int(ingot * 0.55)
    book.make(
        "onyx", "crop", "2024-03-08", [(INGOT, ingot)], [(BRICK, brick), (SCRAP, int(ingot * 0.44))]
    )
    modules, ready = _slice_and_assemble(book, "onyx", "basalt", brick, "2024-03-12")
    _ship(book, "S-08", "basalt", modules, ready, "2024-05-20")
    why = "an unreviewed near-match: no legal form in English, another in Chinese"
    book.shares("S-08", LISTED, why, min=0, expected=0, max=1, unresolved=1)


def _emptied_store(book: Book) -> None:
    """S-09: pulled before the Xinjiang silicon came. S-10: after, and cells told by the pound."""
    book.move("garnet", "mica", MG, 15_000, "2023-11-01", 40)
    poly = _purify(book, "mica", 15_000, "2024-01-10")
    for entry, day, imported in (
        ("S-09", "2024-02-05", "2024-06-25"),
        ("S-10", "2024-06", "2024-10-01"),
    ):
        if entry == "S-10":
            book.move("agate", "mica", MG, 12_000, "2024-03", received="2024-04-15")
            poly = _purify(book, "mica", 12_000, "2024-05-06")
        ingot = yielded(poly, TO_INGOT)
        book.make("mica", "pull", day, [(POLY, poly)], [(INGOT, ingot)])
        pulled = "2024-07-05" if entry == "S-10" else day
        brick = int(ingot * 0.55)
        book.make("mica", "crop", later(pulled, 4), [(INGOT, ingot)],
                  [(BRICK, brick), (SCRAP, int(ingot * 0.44))])  # fmt: skip
        if entry == "S-09":
            modules, ready = _slice_and_assemble(book, "mica", "basalt", brick, "2024-04-10")
        else:
            modules, ready = _pounds(book, brick)
        market = "US" if entry == "S-09" else "EU"
        _ship(book, entry, "basalt", modules, ready, imported, market=market)
    why = "an infeasible path: the furnace was charged before the Xinjiang silicon was shipped"
    book.shares("S-09", XJ, why, reachable=False, min=0, expected=0, max=0, undocumented=0)
    book.truth("S-09", "US-UFLPA", "presumption", "==", "no", why, kind="verdict")


def _pounds(book: Book, brick: int) -> tuple[int, str]:
    """Wafers weighed in pounds, written as kilograms."""
    wafer = yielded(brick, TO_WAFER)
    told = round(wafer / 0.45359237)
    event = book.make("mica", "slice", "2024-07-15", [(BRICK, brick)], [(WAFER, told)])
    book.move("mica", "basalt", WAFER, wafer, "2024-07-17", 6)
    cells = int(yielded(wafer, TO_CELL) / CELL_KG)
    book.make("basalt", "cell", "2024-07-29", [(WAFER, wafer)], [(CELL, cells, "", "pcs")])
    modules = int(yielded(cells * CELL_KG, TO_MODULE) / MODULE_KG)
    book.make(
        "basalt", "module", "2024-08-05", [(CELL, cells, "", "pcs")], [(MODULE, modules, "", "pcs")]
    )
    documented = Fraction(brick) / (told * Fraction("1.408"))
    why = "pounds read as kilograms: more wafers came out than bricks went in"
    book.shares("S-10", XJ, why, reachable=True, expected=documented, undocumented=1 - documented)
    book.truth(event, "", "findings", "mentions", event, why, kind="finding")
    return modules, "2024-08-09"


def _parties(book: Book) -> None:
    for party, answer, why in (
        ("agate", "listed", "a party under an alias"),
        ("onyx", "possible", "an unreviewed near-match"),
        ("amber", "listed", "a listed warehouse"),
        ("jade", "not_listed", "not on the list"),
    ):
        book.truth(party, "example", "registers", "==", answer, why, kind="party")
