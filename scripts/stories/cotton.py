"""Cotton T-shirts: from the gin to the garment over many countries, and thirteen entries.

Every chain below plants one thing. All firms carry names of birds and are invented.

    meadowlark US ─┬─ egret VN ── kestrel, tern, swift VN ───────────── E-01 E-02(stored) E-13/1
    mynah IN ──────┘ (lots kept)                                        E-03 (too much shipped)
    magpie SD ─────┬─ egret ── kestrel ── thrush ZJ (like a listed one)  E-12
                   ├─ hoopoe SD (listed in November) ── sunbird KH       E-07 E-08
    sandgrouse XJ ─┼─ oriole SD (mixes) ─┬─ plover BD                    E-04 E-05 E-13/2
                   │                     └─ bunting BD (pounds)          E-06
                   └─ wagtail BD (empties its store) ── sunlark BD       E-09 E-10(EU) E-11
"""

from __future__ import annotations

from fractions import Fraction

from stories.book import Book, later, yielded
from stories.garments import GREIGE, HS, PIECE_KG, Works, finish_and_sew, gin, make_up, spin

XJ, LISTED = "region:CN-XJ", "listed:example"
LISTED_ON = "2024-11-21"


def build() -> Book:
    """The whole story."""
    book = Book(
        "cotton-tshirts",
        seed=1296,
        hs=HS,
    )
    _cast(book)
    _gins(book)
    _segregated(book)
    _overshipped(book)
    _near_match(book)
    _mixer(book)
    _pounds(book)
    _listed_between(book)
    _emptied_store(book)
    _parties(book)
    return book


def _cast(book: Book) -> None:
    p = book.party
    p("meadowlark-farms", "Growers M-1 to M-24 (pseudonyms)", "US-TX", "grower")
    p("meadowlark", "Plain Meadowlark Gin LLC", "US-TX", "gin", postal_code="79401")
    p("mynah-farms", "Growers H-1 to H-60 (pseudonyms)", "IN-GJ", "grower")
    p("mynah", "Hill Mynah Ginning Pvt. Ltd.", "IN-GJ", "gin")
    p(
        "magpie-farms",
        "Growers B-1 to B-40 (pseudonyms)",
        "CN-SD",
        "grower",
        "种植户B-1至B-40（化名）",
    )
    p(
        "magpie",
        "Blue Magpie Ginning Co., Ltd.",
        "CN-SD",
        "gin",
        "山东蓝喜鹊轧花有限公司",
        postal_code="253000",
    )
    p(
        "sandgrouse-farms",
        "Growers S-1 to S-30 (pseudonyms)",
        "CN-XJ",
        "grower",
        "种植户S-1至S-30（化名）",
    )
    p(
        "sandgrouse",
        "Painted Sandgrouse Ginning Co., Ltd.",
        "CN-XJ",
        "gin",
        "新疆彩沙鸡轧花有限公司",
        postal_code="832000",
    )
    p(
        "oriole",
        "Grey Oriole Spinning Co., Ltd.",
        "CN-SD",
        "spinner",
        "山东灰黄鹂纺纱有限公司",
        postal_code="256600",
    )
    p("hoopoe", "Hoopoe Yarn Works", "CN-SD", "spinner", "戴胜纱厂", postal_code="261000")
    p("egret", "White Egret Spinning JSC", "VN-57", "spinner")
    p("wagtail", "Pied Wagtail Spinning Ltd.", "BD-18", "spinner")
    p("quail", "Brown Quail Knitting Co., Ltd.", "CN-JS", "knitter", "江苏褐鹌鹑针织有限公司")
    p("kestrel", "Red Kestrel Knitting Co. Ltd. (Vietnam)", "VN-39", "knitter")
    p("tern", "Little Tern Dyehouse Co. Ltd. (Vietnam)", "VN-39", "dyer")
    p("thrush", "Painted Thrush Dyeing and Finishing", "CN-ZJ", "dyer", "浙江彩画眉印染有限责任公司",
      address="8 Invented Road, Ningbo", postal_code="315000")  # fmt: skip
    p("swift", "Alpine Swift Garments Co. Ltd. (Vietnam)", "VN-SG", "garment maker")
    p("plover", "Ringed Plover Composite Mills Ltd.", "BD-13", "garment maker")
    p("bunting", "Corn Bunting Knit Composite Ltd.", "BD-40", "garment maker")
    p("sunlark", "Indian Sunlark Apparels Ltd.", "BD-18", "garment maker")
    p("sunbird", "Olive Sunbird (Cambodia) Garment Co., Ltd.", "KH-12", "garment maker")
    p(
        "gull",
        "Black Gull Bonded Warehouse Co., Ltd.",
        "CN-GX",
        "warehouse",
        "广西黑海鸥保税仓储有限公司",
        postal_code="532600",
    )
    p("heron", "Blue Heron Basics Inc.", "US-GA", "importer")
    p("heron-eu", "Graureiher Basics GmbH", "DE-HH", "importer", parent="heron")
    book.rows["products"].append(
        {"product": "garment", "name": "T-shirt, cotton, 180 g", "hs": "6109.10",
         "unit_weight_kg": PIECE_KG, "composition": "cotton:1"})  # fmt: skip
    book.rows["ownership"].append(
        {"owner": "heron", "owned": "heron-eu", "share": 1, "from": "2019-01-01"})  # fmt: skip
    book.listed("ex-1", "Tawny Hoopoe Spinning Co., Ltd.", LISTED_ON, region="CN-SD",
                aliases="Hoopoe Yarn Works", name_zh="山东茶戴胜纺纱有限公司;戴胜纱厂")  # fmt: skip
    book.listed("ex-2", "Painted Thrush Dyeing and Finishing Co., Ltd.", "2023-08-02",
                region="CN-ZJ", name_zh="浙江彩画眉印染有限公司")  # fmt: skip
    book.listed("ex-3", "Black Gull Bonded Warehouse Co., Ltd.", "2023-06-12", region="CN-GX",
                name_zh="广西黑海鸥保税仓储有限公司")  # fmt: skip


def _gins(book: Book) -> None:
    for number, (lint, loads) in enumerate(
        [(12_000, 3), (12_000, 3), (12_000, 3), (60_000, 4), (40_000, 3), (30_000, 3),
         (30_000, 3), (20_000, 2)], start=1
    ):  # fmt: skip
        gin(book, "meadowlark", lint, later("2023-10-02", 3 * number), loads, f"US-{number:02d}")
    gin(book, "magpie", 70_000, "2023-10-05", 5)
    gin(book, "sandgrouse", 47_000, "2023-10-03", 5)
    # Told only to the month: the harvest that feeds the Indian lot.
    seed = int(22_000 * 2.6 * 1.01)
    book.grow("mynah-farms", "seed cotton", seed, "2023-11", lot="IN-01")
    book.move("mynah-farms", "mynah", "seed cotton", seed, "2023-12-02", lot="IN-01")
    book.make("mynah", "gin", "2023-12-05/2023-12-09", [("seed cotton", seed, "IN-01")],
              [("lint", 22_000, "IN-01")])  # fmt: skip


def _ship(
    book: Book, entry: str, maker: str, pieces: int, day: str, imported: str, *,
    market: str = "US", lot: str = "",
) -> None:  # fmt: skip
    """Ship to the importer, enter by the dozen, pay."""
    to = "heron" if market == "US" else "heron-eu"
    currency = "USD" if market == "US" else "EUR"
    movement = book.move(maker, to, "garment", pieces, day, unit="pcs", received=imported, lot=lot,
                         seller=maker, buyer=to, value=round(pieces * 2.15), currency=currency)  # fmt: skip
    book.enter(entry, market, imported, movement, quantity=pieces // 12, unit="dozen")
    book.pay(movement, later(day, 30))


VIETNAM = Works("kestrel", "tern", "swift")


def _segregated(book: Book) -> None:
    """E-01 and E-13/1: by lot at every site. E-02: the same, but stored by a listed firm."""
    for lot, entry, day, imported in (
        ("US-01", "E-01", "2024-01-08", "2024-06-20"),
        ("US-02", "E-02", "2024-01-22", "2024-07-15"),
        ("US-03", "E-13", "2024-02-05", "2024-11-08"),
    ):
        if entry == "E-02":
            book.move("meadowlark", "gull", "lint", 12_000, day, 25, lot=lot)
            book.move("gull", "egret", "lint", 12_000, later(day, 31), 4, lot=lot)
        else:
            book.move("meadowlark", "egret", "lint", 12_000, day, 32, lot=lot)
        yarn = spin(book, "egret", 12_000, later(day, 40), lot)
        book.move("egret", "kestrel", "carded yarn", yarn, later(day, 42), 2, lot=lot)
        pieces, ready = make_up(book, VIETNAM, yarn, later(day, 48), lot, for_party="swift")
        _ship(book, entry, "swift", pieces, ready, imported, lot=lot)
    why = "a segregated chain: US cotton, kept by lot at every site, a record for every step"
    for target in ("E-01", "E-13/1"):
        book.shares(target, XJ, why, reachable=False, min=0, expected=0, max=0, undocumented=0)
        book.truth(target, XJ, "custody", "in", ["identity_preserved", "segregated"], why)
    book.truth("E-01", "US-UFLPA", "presumption", "==", "no", why, kind="verdict")
    why = "a listed warehouse: it held the lint of lot US-02 and made nothing"
    book.shares("E-02", LISTED, why, reachable=False, expected=0, max=0)
    book.shares("E-02", "held:example", why, reachable=True, expected=1)
    book.truth("E-02", "US-UFLPA", "presumption", "==", "unknown", why, kind="verdict")


def _overshipped(book: Book) -> None:
    """E-03: the gin shipped 30 t of a lot of which it ginned 22 t."""
    book.move("mynah", "egret", "lint", 30_000, "2024-01-10", 20, lot="IN-01")
    yarn = spin(book, "egret", 30_000, "2024-02-10", "IN-01")
    book.move("egret", "kestrel", "carded yarn", yarn, "2024-02-14", 2, lot="IN-01")
    pieces, ready = make_up(book, VIETNAM, yarn, "2024-02-20", "IN-01", for_party="swift")
    _ship(book, "E-03", "swift", pieces, ready, "2024-07-02", lot="IN-01")
    share = Fraction(8, 30)
    why = "undocumented content: 8 of the 30 tonnes shipped were never ginned, on paper"
    book.shares("E-03", XJ, why, reachable=False, min=0, expected=0, undocumented=share)
    book.truth("E-03", XJ, "max", ">=", share, why)
    book.truth("E-03", "US-UFLPA", "presumption", "==", "unknown", why, kind="verdict")


def _near_match(book: Book) -> None:
    """E-12: dyed by a firm whose name is nearly that of a listed one; nobody has reviewed it."""
    book.move("magpie", "egret", "lint", 14_000, "2024-01-15", 18, lot="SD-01")
    yarn = spin(book, "egret", 14_000, "2024-02-16", "SD-01")
    book.move("egret", "kestrel", "carded yarn", yarn, "2024-02-20", 2, lot="SD-01")
    works = Works("kestrel", "thrush", "swift")
    pieces, ready = make_up(book, works, yarn, "2024-02-26", "SD-01", for_party="swift")
    _ship(book, "E-12", "swift", pieces, ready, "2024-08-05", lot="SD-01")
    why = "an unreviewed near-match: no legal form in English, another in Chinese"
    book.shares("E-12", LISTED, why, min=0, expected=0, max=1, unresolved=1)
    book.shares("E-12", XJ, "cotton of Shandong: no content of the region", reachable=False, max=0)
    book.truth("E-12", "US-UFLPA", "presumption", "==", "unknown", why, kind="verdict")


def _mixer(book: Book) -> None:
    """E-04, E-05, E-13/2: a spinner that mixes 24 t of Xinjiang lint into 120 t."""
    book.move("sandgrouse", "oriole", "lint", 24_000, "2024-02-20", 14)
    book.move("magpie", "oriole", "lint", 18_000, "2024-02-22", 2)
    book.move("magpie", "oriole", "lint", 18_000, "2024-03-04", 2)
    book.move("meadowlark", "oriole", "lint", 30_000, "2024-02-10", 44, lot="US-04")
    told = book.move("meadowlark", "oriole", "lint", 30_000, "2024-02-17", 37, lot="US-04")
    # The purchase order tells the same shipment again and names the same bill of lading.
    book.move("meadowlark", "oriole", "lint", 30_000, "2024-02-15/2024-02-19",
              received="2024-03-25", lot="US-04", document=f"D-{told}")  # fmt: skip
    yarn = sum(spin(book, "oriole", 50_000, day) for day in ("2024-04-20", "2024-05-10"))
    book.move("oriole", "plover", "carded yarn", 30_000, "2024-05-20", 26)
    book.move("oriole", "quail", "carded yarn", yarn - 30_000, "2024-05-25", 2)
    here = Works("plover", "plover", "plover")
    for entry, part, day, imported in (
        ("E-04", 12_000, "2024-06-20", "2024-09-20"),
        ("E-05", 12_000, "2024-07-10", "2024-10-18"),
        ("E-13", 6_000, "2024-08-01", "2024-11-08"),
    ):
        pieces, ready = make_up(book, here, part, day)
        _ship(book, entry, "plover", pieces, ready, imported)
    why = "a spinner that mixes: 24 of 120 tonnes of lint came from Xinjiang before the first run"
    share = Fraction(24, 120)
    for target in ("E-04", "E-05", "E-13/2"):
        book.shares(target, XJ, why, reachable=True, expected=share, min=0, max=1, custody="mixed")
    lines = [row for row in book.rows["entries"] if row["entry"] == "E-13"]
    dozens = [row["quantity"] for row in lines]
    book.truth("E-13", XJ, "expected", "==", share * dozens[1] / sum(dozens), why)
    book.truth("E-04", XJ, "undocumented", "==", 0,
               "a document told twice: order and bill of lading name one shipment, counted once")  # fmt: skip
    book.truth("E-04", "US-UFLPA", "presumption", "==", "unknown", why, kind="verdict")


def _pounds(book: Book) -> None:
    """E-06: a knitter that wrote pounds as kilograms, on yarn of the second mixing."""
    book.move("meadowlark", "oriole", "lint", 40_000, "2024-05-20", 45, lot="US-05")
    # A row that can't be read: it is set aside, and what it could feed is incomplete.
    book.move("sandgrouse", "oriole", "lint", "ca. 2000", "2024-06-10", 14)
    yarn = spin(book, "oriole", 30_000, "2024-07-20")
    book.move("oriole", "bunting", "carded yarn", yarn, "2024-07-24", 20)
    greige = yielded(yarn, GREIGE)
    told = round(greige / 0.45359237)
    event = book.make("bunting", "knit", "2024-08-18", [("carded yarn", yarn)],
                      [("greige fabric", told)])  # fmt: skip
    here = Works("bunting", "bunting", "bunting")
    pieces, ready = finish_and_sew(book, here, greige, "2024-08-22")
    _ship(book, "E-06", "bunting", pieces, ready, "2024-11-01")
    documented = Fraction(yarn) / (told * Fraction("1.03"))
    mixed = Fraction(20_000 * 24, 120) / (20_000 + 40_000)
    why = "pounds read as kilograms: more fabric came out than yarn went in"
    book.shares("E-06", XJ, why, expected=mixed * documented, undocumented=1 - documented)
    book.truth(event, "", "findings", "mentions", event, why, kind="finding")
    book.truth("E-06", XJ, "incomplete", "nonempty", None,
               "an unreadable quantity: the row is set aside, and what it could feed says so")  # fmt: skip


def _listed_between(book: Book) -> None:
    """E-07 and E-08: one production, imported before and after its spinner was listed."""
    book.move("magpie", "hoopoe", "lint", 20_000, "2024-03-11", 2)
    book.move("meadowlark", "hoopoe", "lint", 30_000, "2024-03-01", 45, lot="US-06")
    here = Works("sunbird", "sunbird", "sunbird")
    for lint, day in ((20_000, "2024-06-05"), (30_000, "2024-07-01")):
        yarn = spin(book, "hoopoe", lint, day)
        book.move("hoopoe", "sunbird", "carded yarn", yarn, later(day, 3), 18)
        pieces, ready = make_up(book, here, yarn, later(day, 30))
        entry, imported = ("E-07", "2024-11-15") if lint == 20_000 else ("E-08", "2024-12-09")
        _ship(book, entry, "sunbird", pieces, ready, imported)
    why = "listed between production and importation, under an alias: the day of importation counts"
    book.shares("E-07", LISTED, why, reachable=False, expected=0, max=0)
    book.shares("E-08", LISTED, why, reachable=True, min=1, expected=1, max=1, undocumented=0)
    book.truth("E-07", "listed:example@2024-12-31", "expected", "==", 1, why)
    book.truth("E-08", "listed-then:example", "expected", "==", 0, why)
    for target in ("E-07", "E-08"):
        book.shares(target, XJ, "cotton of Shandong and Texas: no content of the region",
                    reachable=False, expected=0, max=0, undocumented=0)  # fmt: skip
    book.truth("E-07", "US-UFLPA", "presumption", "==", "no", why, kind="verdict")
    book.truth("E-08", "US-UFLPA", "presumption", "==", "yes", why, kind="verdict")


def _emptied_store(book: Book) -> None:
    """E-09: spun before the Xinjiang lint came. E-10: spun from it. E-11: nobody can tell."""
    here = Works("sunlark", "sunlark", "sunlark")
    book.move("meadowlark", "wagtail", "lint", 30_000, "2024-02-01", 45, lot="US-07")
    yarn = spin(book, "wagtail", 30_000, "2024-04-10/2024-04-16")
    book.move("wagtail", "sunlark", "carded yarn", yarn, "2024-04-20", 1)
    pieces, ready = make_up(book, here, yarn, "2024-04-25")
    _ship(book, "E-09", "sunlark", pieces, ready, "2024-07-29")

    book.move("sandgrouse", "wagtail", "lint", 15_000, "2024-06", received="2024-07-02")
    yarn = spin(book, "wagtail", 15_000, "2024-07-08")
    book.move("wagtail", "sunlark", "carded yarn", yarn, "2024-07-12", 1)
    pieces, ready = make_up(book, here, yarn, "2024-07-18")
    _ship(book, "E-10", "sunlark", pieces, ready, "2024-09-25", market="EU")

    book.move("meadowlark", "wagtail", "lint", 20_000, "2024-07-01", 45, lot="US-08")
    book.move(
        "sandgrouse", "wagtail", "lint", 8_000, "2024-08-15", received="2024-09-01/2024-09-20"
    )
    yarn = spin(book, "wagtail", 20_000, "2024-09-10")
    book.move("wagtail", "sunlark", "carded yarn", yarn, "2024-09-12", 1)
    pieces, ready = make_up(book, here, yarn, "2024-09-18")
    _ship(book, "E-11", "sunlark", pieces, ready, "2024-11-28")

    why = "an infeasible path: the store was empty before the Xinjiang lint was shipped"
    book.shares("E-09", XJ, why, reachable=False, min=0, expected=0, max=0, undocumented=0)
    book.truth("E-09", "US-UFLPA", "presumption", "==", "no", why, kind="verdict")
    why = "all of it: the spinner had nothing but Xinjiang lint"
    book.shares("E-10", XJ, why, reachable=True, min=1, expected=1, max=1)
    book.truth("E-10", "EU-FLR", "applies", "==", "no",
               "the EU regulation applies from 2027-12-14 only", kind="verdict")  # fmt: skip
    why = (
        "an imprecise date: the lint may have come before the spinning; by the last day it had not"
    )
    book.shares("E-11", XJ, why, reachable=True, expected=0, max=0)
    book.truth("E-11", "US-UFLPA", "presumption", "==", "unknown", why, kind="verdict")


def _parties(book: Book) -> None:
    for party, answer, why in (
        ("hoopoe", "listed", "a party under an alias: the register has the alias beside the name"),
        ("thrush", "possible", "an unreviewed near-match"),
        ("gull", "listed", "a listed warehouse"),
        ("oriole", "not_listed", "not on the list, whatever it mixes"),
    ):
        book.truth(party, "example", "registers", "==", answer, why, kind="party")
