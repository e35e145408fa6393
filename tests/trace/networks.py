"""Random custody folders, small enough to be answered twice.

A seed gives a folder of 5 to 14 sites and 10 to 60 rows: cycles, returns, over-shipment,
losses and gains, lots named everywhere, nowhere or in part, ties within a day, months and
intervals, goods received later than shipped, regions known, unknown and inherited, listed
and possibly listed parties, a row that can't be used. Materials are such as no pack knows,
quantities whole kilograms, so that both sides of a comparison start from the same amounts.

    seed ── network() ──> rows by table ── write_folder() ──> CSV files
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Row = dict[str, str]
Tables = dict[str, list[Row]]

START = dt.date(2024, 3, 1)

# Invented names that share no word, so that no name is taken for another by chance.
NAMES = (
    "Almora Ginning Works",
    "Brightwater Spinning Mill",
    "Cordoval Weavers",
    "Dunmarrow Textile House",
    "Estrella Knitwear",
    "Fennwick Dyeing Plant",
    "Gavrano Apparel",
    "Holloway Fibre Depot",
    "Iskandel Paste Factory",
    "Jurvala Cannery",
    "Kestreline Foods",
    "Lomandra Silicon Smelter",
    "Mirrabooka Wafers",
    "Nordhavn Module Makers",
    "Oskarshold Trading Post",
    "Pellagrove Warehousing",
)
# How the register writes some of them: alike to the letter, or with one letter less.
REGISTER_NAMES = {
    "Almora Ginning Works": "Almora Ginning Works",
    "Cordoval Weavers": "Cordoval Weavers",
    "Iskandel Paste Factory": "Iskandel Paste Factory",
    "Mirrabooka Wafers": "Mirrabooka Wafers",
    "Brightwater Spinning Mill": "Brightwatr Spinning Mill",
    "Gavrano Apparel": "Gavrano Aparel",
    "Lomandra Silicon Smelter": "Lomandra Silicon Smeltr",
    "Nordhavn Module Makers": "Nordhavn Modul Makers",
}
# Listed from, listed until, by name: before, within and after the days of the networks.
REGISTER_DAYS = {
    "Almora Ginning Works": ("2022-06-21", ""),
    "Cordoval Weavers": ("2024-03-08", ""),
    "Iskandel Paste Factory": ("2022-06-21", "2024-03-12"),
    "Mirrabooka Wafers": ("2024-03-05", "2024-03-15"),
    "Brightwater Spinning Mill": ("2022-06-21", ""),
    "Gavrano Apparel": ("2024-03-09", ""),
    "Lomandra Silicon Smelter": ("2022-06-21", "2024-03-10"),
    "Nordhavn Module Makers": ("2023-01-01", ""),
}

PLACES = (
    ("CN", "CN-XJ"),
    ("CN", "CN-XJ"),
    ("CN", "CN-SD"),
    ("CN", "CN-SD"),
    ("VN", "VN-HN"),
    ("VN", ""),
    ("CN", ""),
    ("", ""),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a network may hold; a test can narrow it to find the cause of a difference."""

    lots: str = "some"  # none, some, all
    intervals: int = 0
    late: float = 0.2  # share of movements received later than shipped
    days: int = 12
    repack: float = 0.1
    rejected: float = 0.1
    over: float = 0.15
    titles: float = 0.0  # share of rows that name who owns or owned the goods
    rows: int = 40


@dataclass(frozen=True, slots=True)
class Network:
    """A folder as rows, and what to ask of it."""

    tables: Tables
    targets: tuple[str, ...]
    groups: tuple[str, ...]
    on: str = ""  # the day for ``--on``; lots are asked only where it is given


def network(seed: int, shape: Shape | None = None) -> Network:
    """The network of a seed; ``shape`` is drawn from the seed if it isn't given.

    >>> network(7) == network(7)
    True
    """
    rng = random.Random(seed)
    drawn = Shape(
        lots=rng.choice(["none", "some", "all"]),
        intervals=rng.choice([0, 0, 1, 2, 3]),
        late=rng.choice([0.0, 0.2, 0.5]),
        days=rng.choice([2, 6, 12, 20]),
        repack=rng.choice([0.0, 0.0, 0.2]),
        rejected=rng.choice([0.0, 0.0, 0.05]),
        over=rng.choice([0.0, 0.1, 0.3]),
        titles=rng.choice([0.0, 0.0, 0.1]),
        rows=rng.randint(10, 55),
    )
    return _Maker(rng, shape or drawn).network()


@dataclass(slots=True)
class _Maker:
    """Makes rows one after another, mostly from stock that is there."""

    rng: random.Random
    shape: Shape
    tables: Tables = field(default_factory=dict)
    sites: list[str] = field(default_factory=list)
    stock: dict[tuple[str, str, str], int] = field(default_factory=dict)
    events: int = 0
    back: list[tuple[str, str, str, str]] = field(default_factory=list)

    def network(self) -> Network:
        self._places()
        for table in ("origins", "movements", "conversions"):
            self.tables[table] = []
        while sum(map(len, self.tables.values())) - len(self.sites) < self.shape.rows:
            self._row()
        while len(self.tables["movements"]) < 3:
            if not self.stock:
                self._origin()
            self._movement()
        self._blur()
        self._spoil()
        self._entries()
        targets, on = self._targets(), ""
        if self.rng.random() < 0.5:
            on = (START + dt.timedelta(self.rng.randint(4, 20))).isoformat()
            targets = (*targets, *self._lots())
        return Network(self.tables, targets, self._groups(), on)

    def _places(self) -> None:
        """Parties, and, half of the time, sites: some parties have two."""
        rng = self.rng
        names = rng.sample(NAMES, rng.randint(5, 10))
        places = [rng.choice(PLACES) for _ in names]
        self.tables["parties"] = [
            {"party": f"P{at}", "name": name, "country": country, "region": region}
            for at, (name, (country, region)) in enumerate(zip(names, places, strict=True))
        ]
        self.sites = [row["party"] for row in self.tables["parties"]]
        if rng.random() < 0.5:
            return
        rows: list[Row] = []
        for party in self.tables["parties"]:
            room = len(rows) + len(names) < 14 + int(party["party"][1:])
            count = 2 if rng.random() < 0.3 and room else 1
            for number in range(count):
                # A place inherited by one of several sites is only asked of China, where
                # country and region leave no choice of reading.
                inherit = party["region"].startswith("CN") or count == 1
                own = ("", "") if inherit and rng.random() < 0.5 else rng.choice(PLACES)
                if own == ("", "") and not inherit:
                    own = ("VN", "VN-HN")
                site = f"{party['party']}s{number}"
                rows.append(
                    {"site": site, "party": party["party"], "country": own[0], "region": own[1]}
                )
        self.tables["sites"] = rows
        self.sites = [row["site"] for row in rows]

    def _row(self) -> None:
        kind = self.rng.random()
        if kind < 0.25 or not self.stock:
            self._origin()
        elif kind < 0.7:
            self._movement()
        else:
            self._conversion()

    def _id(self, letter: str) -> str:
        self.events += 1
        return f"{letter}{self.events}"

    def _day(self) -> str:
        """Later rows tend to be later days, with ties and with rows out of order."""
        done = sum(map(len, self.tables.values())) / (self.shape.rows + len(self.sites))
        place = min(1.0, max(0.0, self.rng.gauss(done, 0.12)))
        return (START + dt.timedelta(round(place * self.shape.days))).isoformat()

    def _lot(self) -> str:
        share = {"none": 0.0, "some": 0.8, "all": 1.0}[self.shape.lots]
        return f"L{self.rng.randint(1, 3)}" if self.rng.random() < share else ""

    def _owner(self) -> str:
        """A party that has title, where a row says so."""
        parties = self.tables["parties"]
        return self.rng.choice(parties)["party"] if self.rng.random() < self.shape.titles else ""

    def _document(self) -> str:
        return f"D{self.events}" if self.rng.random() < 0.7 else ""

    def _origin(self) -> None:
        rng = self.rng
        site, material, lot = rng.choice(self.sites), f"m{rng.randint(0, 1)}", self._lot()
        quantity = rng.randint(1, 60) * 10
        kind = rng.choice(["harvested", "mined", "", "harvested", "recycled", "opening"])
        self._add(site, material, lot, quantity)
        self.tables["origins"].append(
            {
                "event": self._id("O"),
                "date": self._day(),
                "site": site,
                "material": material,
                "quantity": str(quantity),
                "unit": rng.choice(["kg", "kg", "KGM"]),
                "lot": lot,
                "kind": kind,
                "document": self._document(),
            }
        )

    def _movement(self) -> None:
        rng = self.rng
        if self.back and rng.random() < 0.2:  # a return
            to_site, site, material, lot = rng.choice(self.back)
        else:
            site, material, lot = rng.choice(sorted(self.stock))
            to_site = rng.choice([other for other in self.sites if other != site])
        quantity = self._part(site, material, lot)
        shipped, received = self._day(), ""
        if rng.random() < self.shape.late:
            later = dt.date.fromisoformat(shipped) + dt.timedelta(rng.randint(0, 4))
            received = later.isoformat()
        self._take(site, material, lot, quantity)
        self._add(to_site, material, lot, quantity)
        self.back.append((site, to_site, material, lot))
        self.tables["movements"].append(
            {
                "event": self._id("M"),
                "shipped": shipped,
                "received": received,
                "from_site": site,
                "to_site": to_site,
                "material": material,
                "quantity": str(quantity),
                "unit": "kg",
                "lot": lot,
                "document": self._document(),
                "seller": self._owner(),
                "buyer": self._owner(),
            }
        )

    def _conversion(self) -> None:
        rng = self.rng
        site = rng.choice(sorted(self.stock))[0]
        here = [account for account in sorted(self.stock) if account[0] == site]
        inputs = rng.sample(here, min(len(here), rng.choice([1, 1, 2, 3])))
        event, day, owner = self._id("C"), self._day(), self._owner()
        step = rng.choice(["repack", "store", "test"]) if rng.random() < self.shape.repack else ""
        lines = [("in", m, lot, self._part(site, m, lot)) for _, m, lot in inputs]
        total = sum(quantity for _, _, _, quantity in lines)
        made = max(1, round(total * rng.choice([0.5, 0.8, 1.0, 1.0, 1.2])))
        count = min(made, rng.choice([1, 1, 2, 3]))
        cuts = sorted(rng.sample(range(1, made), count - 1))
        for low, high in zip([0, *cuts], [*cuts, made], strict=True):
            material = lines[0][1] if step else f"m{rng.randint(0, 3)}"
            lines.append(("out", material, self._lot(), high - low))
        for direction, material, lot, quantity in lines:
            if direction == "in":
                self._take(site, material, lot, quantity)
            else:
                self._add(site, material, lot, quantity)
            self.tables["conversions"].append(
                {
                    "event": event,
                    "date": day,
                    "site": site,
                    "direction": direction,
                    "material": material,
                    "quantity": str(quantity),
                    "unit": "kg",
                    "lot": lot,
                    "step": step,
                    "for_party": owner,
                    "document": self._document(),
                }
            )

    def _part(self, site: str, material: str, lot: str) -> int:
        """A part of what should be there, all of it, or more."""
        rng = self.rng
        there = max(1, self.stock.get((site, material, lot), 0))
        if rng.random() < self.shape.over:
            return there + rng.randint(1, 50)
        return there if rng.random() < 0.3 else rng.randint(1, there)

    def _add(self, site: str, material: str, lot: str, quantity: int) -> None:
        key = (site, material, lot)
        self.stock[key] = self.stock.get(key, 0) + quantity

    def _take(self, site: str, material: str, lot: str, quantity: int) -> None:
        key = (site, material, lot)
        left = self.stock.get(key, 0) - quantity
        if left > 0:
            self.stock[key] = left
        else:
            self.stock.pop(key, None)

    def _blur(self) -> None:
        """Turn some dates into intervals or, at times, the month."""
        rng = self.rng
        rows = [*self.tables["origins"], *self.tables["movements"]]
        events: dict[str, list[Row]] = {}
        for row in self.tables["conversions"]:
            events.setdefault(row["event"], []).append(row)
        choices = [[row] for row in rows] + list(events.values())
        for lines in rng.sample(choices, min(self.shape.intervals, len(choices))):
            column = "shipped" if "shipped" in lines[0] else "date"
            first = dt.date.fromisoformat(lines[0][column])
            last = first + dt.timedelta(rng.randint(1, 5))
            text = f"{first}/{last}"
            if rng.random() < 0.15 and first.month == 3:
                text, last = "2024-03", dt.date(2024, 3, 31)
            received = lines[0].get("received", "")
            for row in lines:
                row[column] = text
            early = received and dt.date.fromisoformat(received) < last
            if early and rng.random() < 0.7:
                lines[0]["received"] = (last + dt.timedelta(rng.randint(0, 2))).isoformat()

    def _spoil(self) -> None:
        """Make some rows unusable."""
        for table in ("origins", "movements", "conversions"):
            for row in self.tables[table]:
                if self.rng.random() < self.shape.rejected:
                    row["quantity"] = self.rng.choice(["-5", "0"])

    def _usable(self) -> list[str]:
        return [row["event"] for row in self.tables["movements"] if int(row["quantity"]) > 0]

    def _entries(self) -> None:
        """Entries of one to three lines, mostly of late movements, some for a part of one."""
        late = self._usable()[-6:]
        self.rng.shuffle(late)
        weights = {row["event"]: row["quantity"] for row in self.tables["movements"]}
        self.tables["entries"] = []
        for number in (1, 2):
            lines, late = late[: self.rng.randint(1, 3)], late[3:]
            day = START + dt.timedelta(self.rng.randint(4, 20))
            for at, movement in enumerate(lines, start=1):
                whole = int(weights[movement])
                part = self.rng.randint(1, whole) if self.rng.random() < 0.25 else 0
                self.tables["entries"].append(
                    {
                        "entry": f"E{number}",
                        "market": "US",
                        "date": day.isoformat(),
                        "movement": movement,
                        "line": str(at),
                        "quantity": str(part or ""),
                        "unit": "kg" if part else "",
                    }
                )

    def _targets(self) -> tuple[str, ...]:
        rows = self.tables["entries"]
        entries = sorted({row["entry"] for row in rows})
        lines = [f"{row['entry']}/{row['line']}" for row in rows[:1]]
        usable = self._usable()
        return (*entries, *lines, *self.rng.sample(usable, min(3, len(usable))))

    def _lots(self) -> list[str]:
        """A lot that a usable movement brought to a site, where all stock is kept by lot."""
        rows = [row for row in self.tables["movements"] if int(row["quantity"]) > 0]
        if self.shape.lots != "all" or not rows:
            return []
        row = self.rng.choice(rows)
        return [f"lot:{row['to_site']}/{row['material']}/{row['lot']}"]

    def _groups(self) -> tuple[str, ...]:
        party = self.rng.choice(self.tables["parties"])["party"]
        return (
            "region:CN-XJ",
            "listed:r1@2024-03-10",
            "listed:r1",
            "listed-then:r1",
            f"party:{party}",
            f"held:party:{party}",
            "held:r1",
        )


def write_folder(tables: Mapping[str, Sequence[Mapping[str, str]]], folder: Path) -> Path:
    """Write each table that has rows as ``folder/TABLE.csv``; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        if rows:
            columns = list(dict.fromkeys(column for row in rows for column in row))
            write_csv(folder / f"{table}.csv", columns, rows)
    return folder


def write_csv(file: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """One CSV file with a header."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def register_rows() -> list[Row]:
    """The register that the groups of the networks ask, as a plain CSV register."""
    return [
        {
            "entity": f"e{at}",
            "name": REGISTER_NAMES[name],
            "register": "r1",
            "effective_from": start,
            "removed_on": end,
        }
        for at, (name, (start, end)) in enumerate(REGISTER_DAYS.items(), start=1)
    ]
