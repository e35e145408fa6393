"""Two spinners listed on one day: one inside the region, one outside; what removal would change.

All firms carry names of fish and are invented. Nine entries around the two dates.

    perch XJ (listed) ── salmon VN ── L-01 before · L-02 after · L-03 EU · L-07 after removal
    carp SD (listed) ─── barbel BD ── L-04 before · L-05 after · L-06 EU · L-08 after removal
    carp-vn (a namesake in Viet Nam) ── smelt KH ── L-09

``register.csv`` has both listed; ``register-after-removal.csv`` is the same register a year
later, with both removed: the list no longer answers, the place still does.
"""

from __future__ import annotations

from stories.book import Book, later
from stories.garments import HS, PIECE_KG, Works, gin, make_up, spin

XJ, LISTED = "region:CN-XJ", "listed:example"
LISTED_ON, REMOVED_ON = "2024-07-18", "2025-08-01"
AFTER = {"register": "register-after-removal.csv"}
PERCH, CARP = "Red Perch Spinning Co., Ltd.", "Silver Carp Spinning Co., Ltd."


def build() -> Book:
    """The whole story."""
    book = Book("listed-spinners", seed=1884, hs=HS)
    _cast(book)
    _lint(book)
    _yarn_and_garments(book)
    _consignments(book)
    _removal(book)
    _enterprises(book)
    _survey(book)
    return book


def _cast(book: Book) -> None:
    p = book.party
    p(
        "gudgeon-farms",
        "Growers G-1 to G-36 (pseudonyms)",
        "CN-XJ",
        "grower",
        "种植户G-1至G-36（化名）",
    )
    p(
        "gudgeon",
        "Brook Gudgeon Ginning Co., Ltd.",
        "CN-XJ",
        "gin",
        "新疆溪鮈鱼轧花有限公司",
        postal_code="843000",
    )
    p(
        "bream-farms",
        "Growers R-1 to R-28 (pseudonyms)",
        "CN-SD",
        "grower",
        "种植户R-1至R-28（化名）",
    )
    p(
        "bream",
        "White Bream Ginning Co., Ltd.",
        "CN-SD",
        "gin",
        "山东白鳊鱼轧花有限公司",
        postal_code="274000",
    )
    p("trout-farms", "Growers T-1 to T-18 (pseudonyms)", "US-CA", "grower")
    p("trout", "Golden Trout Gin LLC", "US-CA", "gin")
    p(
        "perch",
        PERCH,
        "CN-XJ",
        "spinner",
        "新疆赤鲈鱼纺纱有限公司",
        postal_code="841000",
        aliases="Red Perch Yarns",
    )
    p(
        "carp",
        CARP,
        "CN-SD",
        "spinner",
        "山东银鲤鱼纺纱有限公司",
        postal_code="264000",
        aliases="Yinli Yarn",
    )
    p("carp-vn", CARP, "VN-HP", "spinner")
    p("salmon", "Pink Salmon Garments Co. Ltd. (Vietnam)", "VN-SG", "garment maker")
    p("barbel", "River Barbel Composite Mills Ltd.", "BD-13", "garment maker")
    p("smelt", "Pond Smelt (Cambodia) Apparel Co., Ltd.", "KH-12", "garment maker")
    p("loach", "Weather Loach Knitting Co., Ltd.", "CN-GD", "knitter", "广东泥鳅针织有限公司")
    p("pike", "Northern Pike Outfitters Inc.", "US-NY", "importer")
    p("pike-eu", "Hecht Mode GmbH", "DE-NW", "importer", parent="pike")
    book.rows["products"].append(
        {"product": "garment", "name": "T-shirt, cotton, 180 g", "hs": "6109.10",
         "unit_weight_kg": PIECE_KG, "composition": "cotton:1"})  # fmt: skip
    for removed_on, file in (("", "register.csv"), (REMOVED_ON, AFTER["register"])):
        book.registers[file] = [
            {"entity": "ex-1", "name": PERCH, "name_zh": "新疆赤鲈鱼纺纱有限公司", "region": "CN-XJ"},
            {"entity": "ex-2", "name": CARP, "name_zh": "山东银鲤鱼纺纱有限公司", "region": "CN-SD",
             "aliases": "Yinli Yarn"},
        ]  # fmt: skip
        for row in book.registers[file]:
            row |= {"country": "CN", "register": "example", "effective_from": LISTED_ON,
                    "removed_on": removed_on}  # fmt: skip


def _lint(book: Book) -> None:
    gin(book, "gudgeon", 68_000, "2023-10-04", 6)
    gin(book, "bream", 40_000, "2023-10-06", 5)
    gin(book, "trout", 44_000, "2023-10-08", 5, "CA-1")
    for kg, day in ((32_000, "2023-12-04"), (36_000, "2024-10-21")):
        book.move("gudgeon", "perch", "lint", kg, day, 2)
    book.move("bream", "carp", "lint", 20_000, "2023-12-08", 2)
    book.move("trout", "carp", "lint", 14_000, "2023-11-20", 40, lot="CA-1")
    book.move("bream", "carp", "lint", 20_000, "2024-10-24", 2)
    told = book.move("trout", "carp", "lint", 16_000, "2024-09-20", 40, lot="CA-1")
    book.move("trout", "carp", "lint", 16_000, "2024-09-19/2024-09-21", received="2024-10-30",
              lot="CA-1", document=f"D-{told}")  # fmt: skip
    book.move("trout", "carp-vn", "lint", 14_000, "2024-01-10", 35, lot="CA-1")


def _batch(
    book: Book, spinner: str, maker: str, lint: int, day: str, entry: str, imported: str,
    market: str = "US",
) -> None:  # fmt: skip
    """Spin, ship the yarn, make it up, ship and enter the garments."""
    yarn = spin(book, spinner, lint, day)
    book.move(spinner, maker, "carded yarn", yarn, later(day, 3), 15)
    pieces, ready = make_up(book, Works(maker, maker, maker), yarn, later(day, 24))
    to, currency = ("pike", "USD") if market == "US" else ("pike-eu", "EUR")
    movement = book.move(maker, to, "garment", pieces, ready, received=imported, unit="pcs",
                         seller=maker, buyer=to, value=round(pieces * 2.2), currency=currency)  # fmt: skip
    book.enter(entry, market, imported, movement, quantity=pieces // 12, unit="dozen")
    book.pay(movement, later(imported, 15))


def _yarn_and_garments(book: Book) -> None:
    for spinner, maker, runs in (
        ("perch", "salmon", (("L-01", 11_000, "2024-02-05", "2024-06-20"),
                             ("L-02", 11_000, "2024-03-25", "2024-09-10"),
                             ("L-03", 10_000, "2024-05-10", "2024-09-30"),
                             ("L-07", 12_000, "2025-06-02", "2025-10-01"))),
        ("carp", "barbel", (("L-04", 12_000, "2024-02-08", "2024-06-25"),
                            ("L-05", 12_000, "2024-03-28", "2024-09-12"),
                            ("L-06", 10_000, "2024-05-14", "2024-10-02"),
                            ("L-08", 12_000, "2025-06-05", "2025-10-02"))),
    ):  # fmt: skip
        for entry, lint, day, imported in runs:
            market = "EU" if entry in ("L-03", "L-06") else "US"
            _batch(book, spinner, maker, lint, day, entry, imported, market)
        # After the listing the home market takes most of the yarn.
        yarn = spin(book, spinner, 24_000, "2025-01-14")
        book.move(spinner, "loach", "carded yarn", yarn, "2025-01-20", 5)
    _batch(book, "carp-vn", "smelt", 14_000, "2024-04-02", "L-09", "2024-08-28")


def _consignments(book: Book) -> None:
    why = "one inside the region: its place answers, listed or not"
    for target, listed in (("L-01", 0), ("L-02", 1)):
        book.shares(target, XJ, why, reachable=True, min=1, expected=1, max=1)
        book.shares(target, LISTED, why, min=listed, expected=listed, max=listed)
        book.truth(target, "US-UFLPA", "presumption", "==", "yes", why, kind="verdict")
    why = "one outside the region: only the list answers, from the day of listing"
    for target, listed, answer in (("L-04", 0, "no"), ("L-05", 1, "yes")):
        book.shares(target, XJ, why, reachable=False, min=0, expected=0, max=0, undocumented=0)
        book.shares(target, LISTED, why, min=listed, expected=listed, max=listed)
        book.truth(target, "US-UFLPA", "presumption", "==", answer, why, kind="verdict")
    for target in ("L-03", "L-06"):
        book.truth(target, "EU-FLR", "applies", "==", "no",
                   "the EU regulation applies from 2027-12-14 only", kind="verdict")  # fmt: skip
    why = "a namesake: the same name in another country is not that party by name alone"
    book.truth("carp-vn", "example", "registers", "!=", "listed", why, kind="party")
    book.shares("L-09", LISTED, why, min=0, expected=0)
    for party in ("perch", "carp"):
        book.truth(party, "example", "registers", "==", "listed", "listed on one day", kind="party")


def _removal(book: Book) -> None:
    why = "before removal: both are listed"
    for target in ("L-07", "L-08"):
        book.shares(target, LISTED, why, min=1, expected=1, max=1)
        book.truth(target, "US-UFLPA", "presumption", "==", "yes", why, kind="verdict")
    why = "after removal: the list no longer answers; for the one inside, the place still does"
    for target, share, answer in (("L-07", 1, "yes"), ("L-08", 0, "no")):
        for group, value in ((LISTED, 0), (XJ, share)):
            book.truth(target, group, "expected", "==", value, why, **AFTER)
        book.truth(target, "US-UFLPA", "presumption", "==", answer, why, kind="verdict", **AFTER)


def _enterprises(book: Book) -> None:
    on = {"kind": "enterprise", "on": "2024-12-02"}
    for name, region in ((PERCH, "CN-XJ"), (CARP, "CN-SD")):
        group = f"region:{region}"
        why = "listed on one day: the listing is found, and something follows from it"
        book.truth(name, group, "listings", "contains", "example", why, **on)
        book.truth(name, group, "follows_yes", "contains", "listing", why, **on)
    why = "what removal would change: the list goes; the place remains for the one inside only"
    book.truth(PERCH, "region:CN-XJ", "remains", "contains", "place", why, **on)
    book.truth(PERCH, "region:CN-XJ", "follows_yes", "contains", "place", why, **on)
    book.truth(CARP, "region:CN-SD", "remains", "excludes", "place", why, **on)
    book.truth(CARP, "region:CN-SD", "remains", "excludes", "listing", why, **on)


def _survey(book: Book) -> None:
    """What the two say of themselves, a year after: reported figures, never modelled ones."""
    for enterprise, name, region, before, after in (
        ("perch", PERCH, "CN-XJ", (5200, 3100, 640, 410, 21_000, 18_500, 33_000, 1_900),
         "reduced"),
        ("carp", CARP, "CN-SD", (7400, 4800, 890, 655, 38_000, 36_200, 47_500, 9_800), "reduced"),
    ):  # fmt: skip
        output, employees = before[0:2], before[2:4]
        home, export = before[4:6], before[6:8]
        book.rows["survey"].append(
            {"enterprise": enterprise, "name": name, "industry": "cotton yarn", "region": region,
             "as_of": "2025-06-30", "status": after, "since": LISTED_ON, "cause": "listing",
             "listing": "example", "output_before": output[0], "output_after": output[1],
             "output_unit": "t/year", "employees_before": employees[0],
             "employees_after": employees[1], "sales_domestic_before": home[0] * 1000,
             "sales_domestic_after": home[1] * 1000, "sales_export_before": export[0] * 1000,
             "sales_export_after": export[1] * 1000, "currency": "CNY",
             "source": "invented for this example", "self_declared": "yes"}
        )  # fmt: skip
