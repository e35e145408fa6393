"""A book of rows: what a story writes, and how it becomes the CSV files of an example.

The stories plant truths that tests check against the product. A truth is only worth
something if it was known before the product ran, so a story computes its truths from
its own quantities, and this module knows nothing of the product.

    story(Book) ── party · grow · move · make · enter · truth ──> Book.files() ──> name: text
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from random import Random
from typing import Any

# The contract's columns that the examples use, in the contract's order. "note" is a
# user's own column: it says of every party that it is invented.
COLUMNS: dict[str, tuple[str, ...]] = {
    "parties": (
        "party", "name", "name_local", "aliases", "country", "region", "address",
        "identifiers", "parent", "role", "note",
    ),
    "sites": ("site", "party", "name", "country", "region", "postal_code", "material"),
    "ownership": ("owner", "owned", "share", "from", "to"),
    "products": ("product", "name", "hs", "unit_weight_kg", "composition"),
    "origins": ("event", "date", "site", "material", "quantity", "unit", "lot", "kind", "document"),
    "movements": (
        "event", "shipped", "from_site", "to_site", "material", "quantity", "unit", "received",
        "lot", "hs", "seller", "buyer", "value", "currency", "document",
    ),
    "conversions": (
        "event", "date", "site", "direction", "material", "quantity", "unit", "lot",
        "for_party", "step", "document",
    ),
    "entries": (
        "entry", "market", "date", "movement", "line", "importer", "presented", "hs",
        "quantity", "unit", "value", "currency",
    ),
    "payments": ("payment", "date", "payer", "payee", "amount", "currency", "document", "pays"),
    "documents": (
        "document", "kind", "party", "proves", "issued", "issuer", "language", "held_in",
    ),
    "survey": (
        "enterprise", "name", "identifiers", "industry", "region", "as_of", "status", "since",
        "cause", "listing", "output_before", "output_after", "output_unit", "employees_before",
        "employees_after", "sales_domestic_before", "sales_domestic_after",
        "sales_export_before", "sales_export_after", "currency", "source", "self_declared",
    ),
}  # fmt: skip
REGISTER = (
    "entity", "name", "aliases", "name_zh", "country", "region", "register",
    "effective_from", "removed_on", "identifiers",
)  # fmt: skip

# Which record shows an origin or a step (words of the product packs).
PROOF = {
    "harvested": "grower_contract", "mined": "mine_permit", "recycled": "purchase_record",
    "opening": "warehouse_receipt",
    "gin": "gin_record", "spin": "mixing_record", "knit": "production_record",
    "finish": "dye_lot_record", "garment": "cutting_ticket",
    "concentrate": "batch_record", "repack": "lot_record", "dilute": "blend_sheet",
    "cook": "batch_record",
    "smelt": "production_record", "purify": "production_record", "pull": "charge_sheet",
    "crop": "lot_record", "slice": "lot_record", "cell": "production_record",
    "module": "serial_record",
}  # fmt: skip

Line = tuple[Any, ...]  # (material, quantity[, lot[, unit]])


def later(day: str, days: int) -> str:
    """The ISO date ``days`` after ``day``.

    >>> later("2024-02-28", 2)
    '2024-03-01'
    """
    return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()


def yielded(kilograms: float, ratio: float) -> int:
    """What a step gives: half a percent less than the typical factor, in whole kilograms.

    The extra loss keeps rounding from ever making more than came in.

    >>> yielded(50_000, 1.143)
    43525
    """
    return int(kilograms / ratio * 0.995)


class Book:
    """The rows of one example, event numbers included."""

    def __init__(self, name: str, seed: int, hs: dict[str, str]) -> None:
        self.name = name
        self.random = Random(seed)  # noqa: S311 (loads of trucks, not secrets)
        self.hs = hs
        self.rows: dict[str, list[dict[str, Any]]] = {table: [] for table in COLUMNS}
        self.registers: dict[str, list[dict[str, Any]]] = {}
        self.truths: list[dict[str, Any]] = []
        self.countries: dict[str, str] = {}  # of sites
        self.owners: dict[str, str] = {}  # site: party
        self._count: Counter[str] = Counter()

    def _next(self, letter: str) -> str:
        self._count[letter] += 1
        return f"{letter}-{self._count[letter]:03d}"

    def party(
        self, party: str, name: str, place: str, role: str, local: str = "", **more: Any
    ) -> None:
        """A party with one site of the same id at ``place`` ("CN-SD" or "VN")."""
        country, region = place[:2], place if "-" in place else ""
        site = {key: more.pop(key) for key in ("postal_code", "material") if key in more}
        self.rows["parties"].append(
            {"party": party, "name": name, "name_local": local, "country": country,
             "region": region, "role": role, "note": "invented for this example", **more}
        )  # fmt: skip
        self.site(party, party, place, **site)

    def site(self, site: str, party: str, place: str, **more: Any) -> None:
        """A site of a party."""
        self.countries[site], self.owners[site] = place[:2], party
        region = place if "-" in place else ""
        self.rows["sites"].append(
            {"site": site, "party": party, "country": place[:2], "region": region, **more}
        )

    def grow(self, site: str, material: str, kg: float, day: str, **more: Any) -> str:
        """An origin; ``document=""`` leaves it without a record."""
        event = self._next("O")
        kind = more.setdefault("kind", "harvested")
        if "document" not in more:
            more["document"] = self._prove(event, PROOF[kind], site, day)
        self.rows["origins"].append(
            {"event": event, "date": day, "site": site, "material": material,
             "quantity": kg, "unit": "kg", **more}
        )  # fmt: skip
        return event

    def move(
        self, a: str, b: str, material: str, quantity: Any, day: str, days: int = 0, **more: Any
    ) -> str:
        """A movement from site ``a`` to ``b`` that takes ``days``; ``received`` overrides."""
        event = self._next("M")
        if days:
            more.setdefault("received", later(day, days))
        if "document" not in more:
            more["document"] = self._prove(event, "transport_document", a, day)
        self.rows["movements"].append(
            {"event": event, "shipped": day, "from_site": a, "to_site": b, "material": material,
             "quantity": quantity, "unit": "kg", "hs": self.hs.get(material, ""), **more}
        )  # fmt: skip
        return event

    def make(
        self, site: str, step: str, day: str, ins: Iterable[Line], outs: Iterable[Line], **more: Any
    ) -> str:
        """A conversion: lines are (material, quantity[, lot[, unit]])."""
        event = self._next("C")
        if "document" not in more:
            more["document"] = self._prove(event, PROOF[step], site, day)
        for direction, lines in (("in", ins), ("out", outs)):
            for line in lines:
                material, quantity, lot, unit = (*line, "", "kg")[:4] if len(line) < 3 else (
                    *line, "kg")[:4]  # fmt: skip
                self.rows["conversions"].append(
                    {"event": event, "date": day, "site": site, "direction": direction,
                     "material": material, "quantity": quantity, "unit": unit, "lot": lot,
                     "step": step, **more}
                )  # fmt: skip
        return event

    def _prove(self, event: str, kind: str, site: str, day: str, shows: str = "") -> str:
        """A record of ``event``; a payment's record shows the movement that it pays."""
        document = f"D-{event}"
        country = self.countries[site]
        self.rows["documents"].append(
            {"document": document, "kind": kind, "party": self.owners[site], "proves": shows or event,
             "issued": day, "issuer": self.owners[site], "language": "zh" if country == "CN" else "en",
             "held_in": country}
        )  # fmt: skip
        return document

    def enter(self, entry: str, market: str, day: str, movement: str, **more: Any) -> None:
        """One line of an entry, with the quantity of its movement."""
        row = next(r for r in self.rows["movements"] if r["event"] == movement)
        lines = sum(1 for r in self.rows["entries"] if r["entry"] == entry)
        line = {"quantity": row["quantity"], "unit": row["unit"], **more}
        self.rows["entries"].append(
            {"entry": entry, "market": market, "date": day, "movement": movement,
             "line": lines + 1, "importer": row["to_site"], "presented": later(day, 1),
             "hs": row["hs"], "value": row.get("value", ""),
             "currency": row.get("currency", ""), **line}
        )  # fmt: skip

    def pay(self, movement: str, day: str) -> None:
        """Pay for a movement that has a value."""
        row = next(r for r in self.rows["movements"] if r["event"] == movement)
        payment = self._next("P")
        self.rows["payments"].append(
            {"payment": payment, "date": day, "payer": row["buyer"], "payee": row["seller"],
             "amount": row["value"], "currency": row["currency"],
             "document": self._prove(payment, "payment", row["to_site"], day, movement), "pays": movement}
        )  # fmt: skip

    def loads(self, total: int, count: int) -> list[int]:
        """``total`` kilograms cut into ``count`` loads of about the same weight."""
        weights = [self.random.randint(80, 120) for _ in range(count)]
        loads = [total * weight // sum(weights) for weight in weights]
        return [*loads[:-1], total - sum(loads[:-1])]

    def deliver(
        self, farm: str, plant: str, material: str, total: int, day: str, count: int, lot: str = ""
    ) -> str:
        """Harvest (or mine) in ``count`` loads, each moved the next day; the last day."""
        kind = "mined" if material == "quartz" else "harvested"
        for number, load in enumerate(self.loads(total, count)):
            cut = later(day, 2 * number)
            self.grow(farm, material, load, cut, lot=lot, kind=kind)
            self.move(farm, plant, material, load, later(cut, 1), lot=lot)
        return later(day, 2 * count)

    def listed(self, entity: str, name: str, effective_from: str, **more: Any) -> None:
        """An invented entry of the synthetic register of this example."""
        row = {"entity": entity, "name": name, "register": "example", "country": "CN",
               "effective_from": effective_from, **more}  # fmt: skip
        self.registers.setdefault("register.csv", []).append(row)

    def truth(
        self,
        target: str,
        group: str,
        field: str,
        op: str,
        value: Any,
        why: str,
        *,
        kind: str = "trace",
        **more: Any,
    ) -> None:
        """What the product must find; ``value`` may be an exact fraction."""
        number = float(value) if isinstance(value, Fraction) else value
        name = f"{self.name}-{len(self.truths) + 1:02d}"
        self.truths.append(
            {"id": name, "kind": kind, "what": why.split(":", maxsplit=1)[0], "target": target,
             "group": group, "field": field, "op": op, "value": number,
             "why": why.split(":", 1)[-1].strip(), **more}
        )  # fmt: skip

    def shares(self, target: str, group: str, why: str, **fields: Any) -> None:
        """Several fields of one trace line at once, all by equality."""
        for field, value in fields.items():
            self.truth(target, group, field, "==", value, why)

    def files(self) -> dict[str, str]:
        """Every file of the example that is generated: name and text."""
        self.rows["entries"].sort(key=lambda row: (row["entry"], row["line"]))
        out = {
            f"{table}.csv": _csv(COLUMNS[table], rows) for table, rows in self.rows.items() if rows
        }
        out |= {file: _csv(REGISTER, rows, keep=True) for file, rows in self.registers.items()}
        out["truths.json"] = json.dumps(self.truths, indent=1, ensure_ascii=False) + "\n"
        return out


def _csv(columns: Sequence[str], rows: list[dict[str, Any]], *, keep: bool = False) -> str:
    """Rows as CSV; columns that no row fills are left out unless ``keep``."""
    unknown = {key for row in rows for key in row} - set(columns)
    if unknown:
        raise ValueError(f"no such column: {sorted(unknown)}")
    used = [c for c in columns if keep or any(str(row.get(c, "")) for row in rows)]
    text = io.StringIO()
    writer = csv.DictWriter(text, used, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
