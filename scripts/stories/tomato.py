"""Tomato ketchup: paste repacked in a third country under the same HS code, and twelve entries.

All firms carry names of trees and are invented.

    poplar XJ (alias of a listed one) ─┬─ cypress IT (repacks, mixes) ─┬─ paste to US      T-01 T-02
    olivo IT ──────────────────────────┘                               ├─ beech DE         T-03(EU)
      │  └──── pino IT (lots kept) ── ketchup to US                    │                   T-04
      ├─────── elm NL (empties its store; poplar later) ── paste       │                   T-09 T-10
      ├─────── ash DE (opening stock) ── ketchup                       │                   T-07
      └─────── larch ES (pounds) ── ketchup                            │                   T-12
    willow GS ─┬─ plant with a record for everything ── camphor TJ (listed warehouse)      T-05
               └─ plant whose postal code speaks for Xinjiang                              T-06
    birch SX (like a listed one)                                                           T-11
"""

from __future__ import annotations

from fractions import Fraction

from stories.book import Book, later, yielded

XJ, LISTED = "region:CN-XJ", "listed:example"
FRESH, THICK, THIN, KETCHUP = "fresh tomato", "paste 36-38 Brix", "paste 28-30 Brix", "ketchup"
TO_THICK, TO_THIN, TO_KETCHUP = 7.4, 5.8 / 7.4, 0.3


def build() -> Book:
    """The whole story."""
    book = Book(
        "tomato-ketchup",
        seed=2002,
        hs={FRESH: "0702.00", THICK: "2002.90", THIN: "2002.90", KETCHUP: "2103.20"},
    )
    _cast(book)
    _plants(book)
    _repacked(book)
    _segregated(book)
    _gansu(book)
    _opening_stock(book)
    _emptied_store(book)
    _near_match(book)
    _pounds(book)
    _parties(book)
    return book


def _cast(book: Book) -> None:
    p = book.party
    p(
        "poplar-farms",
        "Growers P-1 to P-52 (pseudonyms)",
        "CN-XJ",
        "grower",
        "种植户P-1至P-52（化名）",
    )
    p(
        "poplar",
        "Grey Poplar Paste Works",
        "CN-XJ",
        "processor",
        "新疆灰白杨番茄制品有限公司",
        postal_code="831300",
    )
    p(
        "willow-farms",
        "Growers W-1 to W-44 (pseudonyms)",
        "CN-GS",
        "grower",
        "种植户W-1至W-44（化名）",
    )
    p(
        "willow",
        "Weeping Willow Tomato Processing Co., Ltd.",
        "CN-GS",
        "processor",
        "甘肃垂柳番茄制品有限公司",
        postal_code="734000",
    )
    book.site("willow-west", "willow", "CN-GS", postal_code="839000")
    p(
        "birch-farms",
        "Growers N-1 to N-20 (pseudonyms)",
        "CN-SX",
        "grower",
        "种植户N-1至N-20（化名）",
    )
    p("birch", "White Birch Condiments", "CN-SX", "processor", "山西白桦调味品有限责任公司",
      address="3 Invented Street, Yuncheng", postal_code="044000")  # fmt: skip
    p(
        "camphor",
        "Red Camphor Cold Storage Co., Ltd.",
        "CN-TJ",
        "warehouse",
        "天津红香樟冷藏仓储有限公司",
        postal_code="300450",
    )
    p("olivo-farms", "Growers O-1 to O-80 (pseudonyms)", "IT-45", "grower")
    p("olivo", "Olivo Grigio Conserve S.r.l.", "IT-45", "processor")
    p("cypress", "Cipresso Verde Confezioni S.r.l.", "IT-72", "repacker")
    p("pino", "Pino Azzurro Alimentari S.p.A.", "IT-45", "ketchup maker")
    p("beech", "Rotbuche Feinkost GmbH", "DE-NI", "ketchup maker")
    p("ash", "Blumenesche Saucen GmbH", "DE-RP", "ketchup maker")
    p("larch", "Alerce Dorado Salsas S.L.", "ES-MU", "ketchup maker")
    p("elm", "Witte Iep Handel B.V.", "NL-ZH", "trader")
    p("linden", "Silver Linden Foods Inc.", "US-NJ", "importer")
    p("linden-eu", "Silberlinde Lebensmittel GmbH", "DE-HH", "importer", parent="linden")
    book.rows["products"].append(
        {"product": "ketchup", "name": "Tomato ketchup", "hs": "2103.20", "composition": "tomato:1"})  # fmt: skip
    book.listed("ex-1", "Grey Poplar Tomato Products Co., Ltd.", "2023-09-27", region="CN-XJ",
                aliases="Grey Poplar Paste Works", name_zh="新疆灰白杨番茄制品有限公司")  # fmt: skip
    book.listed("ex-2", "White Birch Condiments Co., Ltd.", "2023-12-08", region="CN-SX",
                name_zh="山西白桦调味品有限公司")  # fmt: skip
    book.listed("ex-3", "Red Camphor Cold Storage Co., Ltd.", "2023-06-12", region="CN-TJ",
                name_zh="天津红香樟冷藏仓储有限公司")  # fmt: skip


def _concentrate(
    book: Book, farm: str, plant: str, paste: int, day: str, loads: int, lot: str = ""
) -> None:
    """Harvest, deliver and boil down as much as gives ``paste`` kilograms of 36-38 Brix."""
    fresh = int(paste * TO_THICK * 1.01)
    last = book.deliver(farm, plant, FRESH, fresh, day, loads, lot)
    book.make(plant, "concentrate", last, [(FRESH, fresh, lot)], [(THICK, paste, lot)])


def _plants(book: Book) -> None:
    _concentrate(book, "poplar-farms", "poplar", 62_000, "2023-08-10", 8)
    _concentrate(book, "willow-farms", "willow", 20_000, "2023-08-14", 4, "GS-1")
    _concentrate(book, "willow-farms", "willow-west", 18_000, "2023-08-20", 4, "GS-2")
    _concentrate(book, "birch-farms", "birch", 16_000, "2023-08-12", 3)
    _concentrate(book, "olivo-farms", "olivo", 66_000, "2023-08-01", 8, "IT-1")
    _concentrate(book, "olivo-farms", "olivo", 24_000, "2023-08-18", 4, "IT-2")
    _concentrate(book, "olivo-farms", "olivo", 60_000, "2023-08-27", 6, "IT-3")


def _sell(
    book: Book, entry: str, seller: str, material: str, kg: int, day: str, imported: str, *,
    market: str = "US", lot: str = "",
) -> None:  # fmt: skip
    """Ship to the importer, enter, pay."""
    to, currency = ("linden", "USD") if market == "US" else ("linden-eu", "EUR")
    price = 1.4 if material == THICK else 0.9
    movement = book.move(seller, to, material, kg, day, received=imported, lot=lot, seller=book.owners[seller],
                         buyer=to, value=round(kg * price), currency=currency)  # fmt: skip
    book.enter(entry, market, imported, movement)
    book.pay(movement, later(imported, 15))


def _cook(
    book: Book, maker: str, thick: int, day: str, lot: str = "", *, sugar: bool = False
) -> int:
    """Dilute to 28-30 Brix, then cook; the kilograms of ketchup."""
    thin = yielded(thick, TO_THIN)
    book.make(maker, "dilute", day, [(THICK, thick, lot)], [(THIN, thin, lot)])
    ketchup = yielded(thin, TO_KETCHUP)
    ins = [(THIN, thin, lot)]
    if sugar:  # the step does not name it: it never dilutes the share
        book.grow(maker, "sugar", 4_000, later(day, -9), kind="harvested")
        ins.append(("sugar", 4_000, lot))
    book.make(maker, "cook", later(day, 2), ins, [(KETCHUP, ketchup, lot)])
    return ketchup


def _repacked(book: Book) -> None:
    """T-01 to T-03: 44 t of Xinjiang paste and 66 t of Italian, repacked together in Italy."""
    book.move("poplar", "cypress", THICK, 44_000, "2023-10-05", 52)
    book.move("olivo", "cypress", THICK, 31_000, "2023-11-02", 1, lot="IT-1")
    told = book.move("olivo", "cypress", THICK, 35_000, "2023-11-20", 2, lot="IT-1")
    # The order confirmation tells the same delivery again, by the month.
    book.move("olivo", "cypress", THICK, 35_000, "2023-11", received="2023-11-22", lot="IT-1",
              document=f"D-{told}")  # fmt: skip
    for day, kg in (("2024-01-15", 40_000), ("2024-01-29", 40_000)):
        book.make("cypress", "repack", day, [(THICK, kg)], [(THICK, int(kg * 0.995))])
    _sell(book, "T-01", "cypress", THICK, 20_000, "2024-02-05", "2024-03-02")
    _sell(book, "T-02", "cypress", THICK, 18_000, "2024-03-04", "2024-03-30")
    book.move("cypress", "beech", THICK, 22_000, "2024-02-12", 4)
    ketchup = _cook(book, "beech", 22_000, "2024-02-20", sugar=True)
    _sell(book, "T-03", "beech", KETCHUP, ketchup, "2024-03-01", "2024-03-03", market="EU")
    share = Fraction(44, 44 + 66)
    why = "repacked under the same HS code: 44 of 110 tonnes of paste came from Xinjiang"
    for target in ("T-01", "T-02"):
        book.shares(target, XJ, why, reachable=True, expected=share, min=0, max=1)
        book.truth(target, "US-UFLPA", "presumption", "==", "unknown", why, kind="verdict")
    book.truth("T-03", XJ, "expected", "==", share, "a component: sugar does not dilute the share")
    book.truth("T-01", XJ, "undocumented", "==", 0,
               "a document told twice: the month of the order and the day of the delivery")  # fmt: skip
    book.truth("T-01", LISTED, "expected", "==", share,
               "a party under an alias: the paste was made by a listed processor")  # fmt: skip


def _segregated(book: Book) -> None:
    """T-04: Italian paste and ketchup, by lot at every site."""
    book.move("olivo", "pino", THICK, 24_000, "2024-01-10", 1, lot="IT-2")
    ketchup = _cook(book, "pino", 24_000, "2024-01-18", "IT-2")
    _sell(book, "T-04", "pino", KETCHUP, ketchup, "2024-02-01", "2024-02-26", lot="IT-2")
    why = "a segregated chain: Italian tomatoes, kept by lot at every site"
    book.shares("T-04", XJ, why, reachable=False, min=0, expected=0, max=0, undocumented=0)
    book.truth("T-04", "US-UFLPA", "presumption", "==", "no", why, kind="verdict")


def _gansu(book: Book) -> None:
    """T-05: stored by a listed warehouse. T-06: a postal code that speaks for Xinjiang."""
    book.move("willow", "camphor", THICK, 20_000, "2023-10-10", 5, lot="GS-1")
    movement = book.move("camphor", "linden", THICK, 20_000, "2024-01-08", received="2024-02-10",
                         lot="GS-1", seller="willow", buyer="linden", value=26_000, currency="USD")  # fmt: skip
    book.enter("T-05", "US", "2024-02-10", movement)
    _sell(book, "T-06", "willow-west", THICK, 18_000, "2024-01-09", "2024-02-11", lot="GS-2")
    why = "a listed warehouse: it stored the paste and made nothing"
    book.shares("T-05", LISTED, why, reachable=False, expected=0, max=0)
    book.shares("T-05", "held:example", why, reachable=True)
    book.truth("T-05", "US-UFLPA", "presumption", "==", "unknown", why, kind="verdict")
    book.shares("T-05", XJ, "Gansu is another region", reachable=False, max=0, undocumented=0)
    why = "a contradicted region: Gansu in one column, a postal code of Xinjiang in the next"
    book.shares("T-06", XJ, why, min=0, expected=0, max=1, undocumented=1)
    book.truth("willow-west", "", "findings", "mentions", "willow-west", why, kind="finding")
    book.truth("T-06", "US-UFLPA", "presumption", "==", "unknown", why, kind="verdict")


def _opening_stock(book: Book) -> None:
    """T-07: a quarter of the paste was on stock before the records begin."""
    book.grow("ash", THICK, 5_000, "2024-01-01", kind="opening")
    book.move("olivo", "ash", THICK, 15_000, "2024-01-12", 3, lot="IT-3")
    ketchup = _cook(book, "ash", 20_000, "2024-01-22")
    _sell(book, "T-07", "ash", KETCHUP, ketchup, "2024-02-05", "2024-02-29")
    why = "undocumented content: an opening balance has no origin"
    book.shares("T-07", XJ, why, min=0, expected=0, undocumented=Fraction(1, 4))
    book.truth("T-07", XJ, "max", ">=", Fraction(1, 4), why)


def _emptied_store(book: Book) -> None:
    """T-09: sold out before the Xinjiang paste came to the same warehouse. T-10: that paste."""
    book.move("olivo", "elm", THICK, 25_000, "2024-01-05", 3, lot="IT-3")
    _sell(book, "T-09", "elm", THICK, 25_000, "2024-01-20/2024-01-24", "2024-02-20")
    book.move("poplar", "elm", THICK, 18_000, "2023-12-28", received="2024-02-14/2024-02-20")
    _sell(book, "T-10", "elm", THICK, 18_000, "2024-03-01", "2024-03-04", market="EU")
    why = "an infeasible path: one warehouse, but sold out before the Xinjiang paste came"
    book.shares("T-09", XJ, why, reachable=False, min=0, expected=0, max=0, undocumented=0)
    book.truth("T-09", "US-UFLPA", "presumption", "==", "no", why, kind="verdict")
    book.shares("T-10", XJ, "all of it: nothing else was in the warehouse",
                reachable=True, min=1, expected=1, max=1)  # fmt: skip


def _near_match(book: Book) -> None:
    """T-11: made by a firm whose name is nearly that of a listed one."""
    _sell(book, "T-11", "birch", THICK, 16_000, "2024-01-16", "2024-02-18")
    why = "an unreviewed near-match: no legal form in English, another in Chinese"
    book.shares("T-11", LISTED, why, min=0, expected=0, max=1, unresolved=1)
    book.truth("T-11", "US-UFLPA", "presumption", "==", "unknown", why, kind="verdict")


def _pounds(book: Book) -> None:
    """T-12: ketchup weighed in pounds and written as kilograms."""
    book.move("olivo", "larch", THICK, 20_000, "2024-01-15", 4, lot="IT-3")
    thin = yielded(20_000, TO_THIN)
    book.make("larch", "dilute", "2024-01-24", [(THICK, 20_000)], [(THIN, thin)])
    ketchup = yielded(thin, TO_KETCHUP)
    told = round(ketchup / 0.45359237)
    event = book.make("larch", "cook", "2024-01-26", [(THIN, thin)], [(KETCHUP, told)])
    _sell(book, "T-12", "larch", KETCHUP, ketchup, "2024-02-06", "2024-03-01")
    documented = Fraction(thin) / (told * Fraction("0.3"))
    why = "pounds read as kilograms: more ketchup came out than the paste can give"
    book.shares("T-12", XJ, why, expected=0, min=0, undocumented=1 - documented)
    book.truth(event, "", "findings", "mentions", event, why, kind="finding")


def _parties(book: Book) -> None:
    for party, answer, why in (
        ("poplar", "listed", "a party under an alias"),
        ("birch", "possible", "an unreviewed near-match"),
        ("camphor", "listed", "a listed warehouse"),
        ("willow", "not_listed", "not on the list"),
    ):
        book.truth(party, "example", "registers", "==", answer, why, kind="party")
