"""A plain forward pass over an example's CSV files, independent of the product.

The truths come from the stories' own quantities; this second hand recomputes the expected
and undocumented shares from the rows as written, with exact fractions. It knows only what
the examples need: kilograms and pieces, lots, pooling, duplicates that name one document,
typical factors. It has no bounds and no paths.
"""

import csv
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

# Typical input per output, chained back to the raw material that content is counted in.
_F = Fraction
FACTORS = {
    "seed cotton": 1 / _F("2.6"), "lint": _F(1), "carded yarn": _F("1.143"),
    "greige fabric": _F("1.143") * _F("1.03"),
    "finished fabric": _F("1.143") * _F("1.03") * _F("1.05"),
    "garment": _F("1.143") * _F("1.03") * _F("1.05") * _F("1.18"),
    "fresh tomato": _F(1), "paste 36-38 Brix": _F("7.4"), "paste 28-30 Brix": _F("5.8"),
    "ketchup": _F("5.8") * _F("0.3"), "sugar": _F(1),
    "quartz": 1 / _F("2.71"), "mg-si": _F(1), "polysilicon": _F("1.136"),
    **dict.fromkeys(("recycled silicon", "ingot", "brick"), _F("1.136") * _F("1.02")),
    "wafer": _F("1.136") * _F("1.02") * _F("1.408"),
    "cell": _F("1.136") * _F("1.02") * _F("1.408") * _F("1.136"),
    "module": _F("1.136") * _F("1.02") * _F("1.408") * _F("1.136") * _F("1.02"),
}  # fmt: skip
STAGES = [*FACTORS]
COMPONENTS = {"sugar"}
PIECES = {"pcs", "H87"}


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    """The rows of a table; an absent one has none."""
    file = folder / f"{table}.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def last_day(text: str) -> dt.date:
    """The last day of a date, month or interval."""
    text = text.rpartition("/")[2]
    if len(text) > 7:
        return dt.date.fromisoformat(text)
    first = dt.date(int(text[:4]), int(text[5:]), 1)
    return (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


@dataclass
class Stock:
    """Content of an account: all of it, of the group, undocumented, unresolved."""

    total: Fraction = field(default_factory=Fraction)
    parts: list[Fraction] = field(default_factory=lambda: [_F(0)] * 3)

    def add(self, content: Fraction, shares: list[Fraction]) -> None:
        self.total += content
        self.parts = [p + content * s for p, s in zip(self.parts, shares, strict=True)]

    def take(self, content: Fraction) -> list[Fraction]:
        """Shares of what leaves; beyond the stock it is undocumented."""
        used = min(content, self.total)
        left = 1 - used / self.total if self.total else _F(0)
        out = [p * (1 - left) / content for p in self.parts]
        out[1] += (content - used) / content
        self.total, self.parts = self.total - used, [p * left for p in self.parts]
        return out


class Tables:
    """The rows of a folder, read once: numbers exact, what can't count left out."""

    def __init__(self, folder: Path) -> None:
        self.weights = {
            r["product"]: _F(r["unit_weight_kg"])
            for r in rows(folder, "products")
            if r.get("unit_weight_kg")
        }
        self.origins = rows(folder, "origins")
        told: set[tuple[str, ...]] = set()
        self.movements = []
        for row in rows(folder, "movements"):
            key = tuple(row[c] for c in ("document", "from_site", "to_site", "material"))
            if row["quantity"].replace(".", "").isdigit() and key not in told:
                self.movements.append(row)
            told.add(key)
        self.conversions: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in rows(folder, "conversions"):
            self.conversions[row["event"]].append(row)
        self.pooled = {
            (row[site], row["material"])
            for table, sites in (
                (self.origins, ("site",)),
                (rows(folder, "movements"), ("from_site", "to_site")),
                (rows(folder, "conversions"), ("site",)),
            )
            for row in table
            for site in sites
            if not row.get("lot")
        }

    def content(self, row: dict[str, str]) -> Fraction:
        weight = self.weights[row["material"]] if row["unit"] in PIECES else _F(1)
        return _F(row["quantity"]) * weight * FACTORS[row["material"]]

    def account(self, site: str, row: dict[str, str]) -> tuple[str, str, str]:
        material = row["material"]
        pooled = (site, material) in self.pooled
        return site, material, "" if pooled else row.get("lot", "")


def forward(
    tables: Tables, certain: set[str], doubtful: set[str], part: int
) -> tuple[dict[str, list[Fraction]], list[str]]:
    """Shares of every movement for a group of sites, and the events that overdraw.

    Content made at a doubtful site goes to ``part``: 1 undocumented, 2 unresolved.
    """
    stocks: dict[tuple[str, str, str], Stock] = defaultdict(Stock)
    shares: dict[str, list[Fraction]] = {}
    overdrawn = []

    def made(site: str, inside: list[Fraction]) -> list[Fraction]:
        if site in certain:
            return [_F(1), _F(0), _F(0)]
        if site in doubtful:
            out = [inside[0], _F(0), _F(0)]
            out[part] = 1 - inside[0] if part == 1 else 1 - inside[0] - inside[1]
            out[1] += inside[1] if part == 2 else 0
            return out
        return inside

    def grow(row: dict[str, str]) -> None:
        undocumented = row["kind"] == "opening" or (
            row["kind"] == "recycled" and not row["document"]
        )
        start = [_F(0), _F(undocumented), _F(0)]
        stocks[tables.account(row["site"], row)].add(
            tables.content(row), start if row["kind"] == "opening" else made(row["site"], start)
        )

    def ship(row: dict[str, str]) -> None:
        stock = stocks[tables.account(row["from_site"], row)]
        if stock.total < tables.content(row):
            overdrawn.append(row["event"])
        shares[row["event"]] = stock.take(tables.content(row))

    def receive(row: dict[str, str]) -> None:
        stock = stocks[tables.account(row["to_site"], row)]
        stock.add(tables.content(row), shares[row["event"]])

    def convert(lines: list[dict[str, str]]) -> None:
        site, inside, total = lines[0]["site"], [_F(0)] * 3, _F(0)
        for line in (x for x in lines if x["direction"] == "in"):
            stock, content = stocks[tables.account(site, line)], tables.content(line)
            if stock.total < content:
                overdrawn.append(line["event"])
            taken = stock.take(content)
            if line["material"] not in COMPONENTS:
                total += content
                inside = [a + content * b for a, b in zip(inside, taken, strict=True)]
        outs = [x for x in lines if x["direction"] == "out"]
        given = sum(tables.content(x) for x in outs)
        if given > total:
            overdrawn.append(lines[0]["event"])
            inside[1] += given - total
            total = given
        for line in outs:
            mixed = made(site, [a / total for a in inside])
            if lines[0]["step"] == "repack":
                assert site not in certain | doubtful
            stocks[tables.account(site, line)].add(tables.content(line), mixed)

    # (day, stage, kind): origins first, then each stage's movements before its conversions.
    work: list[tuple[dt.date, int, int, int, object, object]] = []
    for number, row in enumerate(tables.origins):
        work.append((last_day(row["date"]), -1, 0, number, grow, row))
    for number, row in enumerate(tables.movements):
        stage, shipped = STAGES.index(row["material"]), last_day(row["shipped"])
        work.append((shipped, stage, 1, number, ship, row))
        work.append((last_day(row["received"] or row["shipped"]), stage, 2, number, receive, row))
    for number, lines in enumerate(tables.conversions.values()):
        stage = min(STAGES.index(x["material"]) for x in lines if x["direction"] == "in")
        work.append((last_day(lines[0]["date"]), stage, 3, number, convert, lines))
    for *_, step, what in sorted(work, key=lambda item: item[:4]):
        step(what)  # type: ignore[operator]
    return shares, overdrawn
