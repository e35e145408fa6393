"""From the validated tables to lines: kilograms, content, codes; what can't be counted is set aside.

The tables of a custody folder hold words; tracing wants numbers. Each line gets its sites,
material and lot as codes into one vocabulary, its quantity in kilograms and its content
(kilograms of raw-material equivalent), and its days as numbers. A line whose unit has no
weight, or whose conversion has a broken line, is set aside with its reason.

    Folder.tables ──> read_lines() ── Lines(origins, movements, conversions), rejected
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from alnage.chain.product_packs import Packs
from alnage.chain.units import kilograms_per_unit
from alnage.model import Reason, Rejected, RowSource

if TYPE_CHECKING:
    import pyarrow as pa


class Vocabulary:
    """Words to small numbers, in order of first appearance; the empty word is -1.

    >>> words = Vocabulary()
    >>> words.code("gin"), words.code("mill"), words.code("gin"), words.code("")
    (0, 1, 0, -1)
    """

    def __init__(self) -> None:
        self.words: list[str] = []
        self._codes: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.words)

    def code(self, word: str) -> int:
        """The number of a word, given on first sight."""
        if not word:
            return -1
        found = self._codes.get(word)
        if found is None:
            found = self._codes[word] = len(self.words)
            self.words.append(word)
        return found

    def find(self, word: str) -> int:
        """The number of a word, or -1 if it was never seen."""
        return self._codes.get(word, -1)

    def encode(self, column: pa.ChunkedArray) -> np.ndarray:
        """Numbers of a text column (null is -1), by its distinct words only."""
        import pyarrow as pa
        import pyarrow.compute as pc

        encoded = pc.dictionary_encode(column.cast(pa.string())).combine_chunks()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([]).dictionary_encode()
        codes = np.array([self.code(word) for word in encoded.dictionary.to_pylist()] + [-1])
        indices: np.ndarray = encoded.indices.fill_null(len(codes) - 1).to_numpy(
            zero_copy_only=False
        )
        encoded_codes: np.ndarray = codes[indices]
        return encoded_codes


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one table as columns; ``days`` are numbers since 1970-01-01.

    ``to_site``, ``received_first`` and ``received_last`` matter for movements only,
    ``output``, ``step`` and ``title`` for conversions, ``kind`` for origins.
    """

    event: Sequence[str]
    file: np.ndarray
    row: np.ndarray
    site: np.ndarray
    to_site: np.ndarray
    material: np.ndarray
    lot: np.ndarray
    kg: np.ndarray
    content: np.ndarray
    first: np.ndarray
    last: np.ndarray
    received_first: np.ndarray
    received_last: np.ndarray
    documented: np.ndarray
    kind: np.ndarray
    output: np.ndarray
    step: np.ndarray
    seller: np.ndarray
    buyer: np.ndarray

    def __len__(self) -> int:
        return len(self.event)

    def take(self, keep: np.ndarray) -> Lines:
        """The lines at the given positions."""
        columns = {name: getattr(self, name)[keep] for name in self.__slots__ if name != "event"}
        return Lines(event=[self.event[i] for i in keep], **columns)


class Words:
    """The vocabularies that all lines of a folder share."""

    def __init__(self) -> None:
        self.files = Vocabulary()
        self.sites = Vocabulary()
        self.materials = Vocabulary()
        self.lots = Vocabulary()
        self.kinds = Vocabulary()
        self.steps = Vocabulary()
        self.parties = Vocabulary()


class Weights:
    """Kilograms and content of a unit of a material, from products and packs."""

    def __init__(self, products: pa.Table | None, packs: Packs) -> None:
        self._packs = packs
        self._unit: dict[str, float] = {}
        self._composition: dict[str, dict[str, float]] = {}
        if products is not None:
            for row in products.to_pylist():
                for name in (row["product"], row["name"]):
                    if name:
                        self._remember(name.casefold(), row)

    def _remember(self, name: str, row: Mapping[str, Any]) -> None:
        if row["unit_weight_kg"] is not None:
            self._unit.setdefault(name, row["unit_weight_kg"])
        parts = (part.partition(":") for part in row["composition"] or ())
        shares = {material.strip().casefold(): share for material, _, share in parts}
        self._composition.setdefault(name, {m: _number(s) for m, s in shares.items()})

    def kilograms(self, unit: str, material: str) -> tuple[float | None, str]:
        """Kilograms of one ``unit`` of ``material``, or None and the reason's code."""
        return kilograms_per_unit(unit, self._unit.get(material.casefold()))

    def content(self, material: str) -> float:
        """Raw-material equivalent of a kilogram of ``material``.

        A stage's factor speaks of the pack's own material; where a product's declared
        composition says how much of it a kilogram holds, only that part counts.
        """
        stage = self._packs.stage(material)
        if stage is None:
            return 1.0
        part = self._composition.get(material.casefold(), {}).get(stage.material, 1.0)
        return stage.factor * part


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def read_lines(
    table: pa.Table, name: str, words: Words, weights: Weights, proven: frozenset[str]
) -> tuple[Lines, list[Rejected]]:
    """Lines of ``origins``, ``movements`` or ``conversions``, and the rows set aside.

    ``proven`` are events that some document of the folder says it proves.
    """
    lines, codes = _columns(table, name, words, weights, proven)
    if not codes:
        return lines, []
    rejected = [
        _reject(table, name, i, Reason(code, params, (_source(table, i),)))
        for i, (code, params) in sorted(codes.items())
    ]
    return lines.take(np.setdiff1d(np.arange(len(lines)), list(codes))), rejected


def _columns(
    table: pa.Table, name: str, words: Words, weights: Weights, proven: frozenset[str]
) -> tuple[Lines, dict[int, tuple[str, dict[str, Any]]]]:
    n = table.num_rows
    minus = np.full(n, -1, np.int64)
    movement, conversion = name == "movements", name == "conversions"
    material = words.materials.encode(table["material"])
    units = Vocabulary()
    unit = units.encode(table["unit"])
    per_unit, codes = _scale(unit, material, units, words.materials, weights)
    kg = table["quantity"].to_numpy() * per_unit
    factors = np.array([weights.content(word) for word in words.materials.words] + [1.0])
    first, last = _days(table, "shipped" if movement else "date")
    received = _days(table, "received") if movement else (first, last)
    if movement:
        received = _receipt(table, first, last, received)
        codes.update(_backwards(first, received[1]))
        last = np.minimum(last, received[1])
    events = table["event"].to_pylist()
    lines = Lines(
        event=events,
        file=words.files.encode(table["_file"]),
        row=table["_row"].to_numpy(),
        site=words.sites.encode(table["from_site" if movement else "site"]),
        to_site=words.sites.encode(table["to_site"]) if movement else minus,
        material=material,
        lot=words.lots.encode(table["lot"]),
        kg=kg,
        content=kg * factors[material],
        first=first,
        last=last,
        received_first=received[0],
        received_last=received[1],
        documented=_documented(table, events, proven),
        kind=words.kinds.encode(table["kind"]) if name == "origins" else minus,
        output=_equal(table["direction"], "out") if conversion else np.zeros(n, np.bool_),
        step=words.steps.encode(table["step"]) if conversion else minus,
        seller=words.parties.encode(table["seller" if movement else "for_party"])
        if name != "origins"
        else minus,
        buyer=words.parties.encode(table["buyer"]) if movement else minus,
    )
    return lines, codes


def _scale(
    unit: np.ndarray,
    material: np.ndarray,
    units: Vocabulary,
    materials: Vocabulary,
    weights: Weights,
) -> tuple[np.ndarray, dict[int, tuple[str, dict[str, Any]]]]:
    """Kilograms per unit of every line, asked once per distinct unit and material."""
    pairs, where = np.unique(unit * (len(materials) + 1) + material, return_inverse=True)
    scale = np.zeros(len(pairs))
    bad: dict[int, tuple[str, dict[str, Any]]] = {}
    for k, pair in enumerate(pairs.tolist()):
        unit_word = units.words[pair // (len(materials) + 1)]
        material_word = materials.words[pair % (len(materials) + 1)]
        kilograms, code = weights.kilograms(unit_word, material_word)
        if kilograms is None:
            bad[k] = (code, {"unit": unit_word, "material": material_word})
        else:
            scale[k] = kilograms
    if not bad:
        return scale[where], {}
    lines = np.flatnonzero(np.isin(where, list(bad)))
    return scale[where], {int(i): bad[int(where[i])] for i in lines}


def _days(table: pa.Table, name: str) -> tuple[np.ndarray, np.ndarray]:
    """First and last day of a date column; -1 where empty."""
    import pyarrow as pa

    return (
        table[f"{name}_from"].cast(pa.int32()).fill_null(-1).to_numpy().astype(np.int64),
        table[f"{name}_to"].cast(pa.int32()).fill_null(-1).to_numpy().astype(np.int64),
    )


def _receipt(
    table: pa.Table, first: np.ndarray, last: np.ndarray, received: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Days of receipt: the days of shipment where the cell is empty, never before shipment."""
    empty = table["received_to"].is_null().to_numpy(zero_copy_only=False)
    received_first = np.where(empty, first, np.maximum(received[0], first))
    return received_first, np.where(empty, last, received[1])


def _backwards(
    first: np.ndarray, received_last: np.ndarray
) -> dict[int, tuple[str, dict[str, Any]]]:
    return {int(i): ("received_before_shipped", {}) for i in np.flatnonzero(received_last < first)}


def _documented(table: pa.Table, events: Sequence[str], proven: frozenset[str]) -> np.ndarray:
    named: np.ndarray = table["document"].is_valid().to_numpy(zero_copy_only=False)
    if not proven:
        return named
    return named | np.fromiter((event in proven for event in events), np.bool_, len(events))


def _equal(column: pa.ChunkedArray, word: str) -> np.ndarray:
    import pyarrow.compute as pc

    equal: np.ndarray = pc.equal(column.fill_null(""), word).to_numpy(zero_copy_only=False)
    return equal


def _source(table: pa.Table, i: int) -> RowSource:
    return RowSource(table["_file"][i].as_py(), table["_row"][i].as_py())


def _reject(table: pa.Table, name: str, i: int, reason: Reason) -> Rejected:
    """A row of a validated table, set aside by this room."""
    row = table.slice(i, 1).to_pylist()[0]
    return Rejected(
        name, row["_file"], row["_row"], row.get("event") or "", reason, as_written(row)
    )


def as_written(row: Mapping[str, Any]) -> dict[str, str]:
    """A row of a validated table by the contract's columns, dates and lists as text.

    >>> import datetime as dt
    >>> day = dt.date(2024, 3, 1)
    >>> as_written({"event": "M1", "shipped_from": day, "shipped_to": day, "lot": None, "_row": 2})
    {'event': 'M1', 'shipped': '2024-03-01'}
    """
    values: dict[str, str] = {}
    for column, value in row.items():
        if value is None or column.startswith("_"):
            continue
        if column.endswith("_to") and column[:-3] + "_from" in row:
            continue
        if column.endswith("_from") and column[:-5] + "_to" in row:
            first, last = value.isoformat(), row[column[:-5] + "_to"].isoformat()
            values[column[:-5]] = first if first == last else f"{first}/{last}"
        else:
            values[column] = "; ".join(value) if isinstance(value, list) else str(value)
    return values


def set_conversions_aside(
    table: pa.Table, lines: Lines, words: Words, rejected: Sequence[Rejected]
) -> tuple[Lines, list[Rejected]]:
    """Drop whole conversions that have a rejected line, several sites, or no common day.

    A conversion is a balance; without one of its lines nothing can be said of the others.
    """
    broken = {
        row.event: Reason("conversion_set_aside", {"event": row.event}, (row.source,))
        for row in rejected
        if row.event
    }
    site: dict[str, int] = {}
    days: dict[str, tuple[int, int]] = {}
    for i, event in enumerate(lines.event):
        if site.setdefault(event, int(lines.site[i])) != lines.site[i]:
            broken.setdefault(event, Reason("conversion_two_sites", {"event": event}))
        first, last = days.get(event, (-(1 << 40), 1 << 40))
        days[event] = (max(first, int(lines.first[i])), min(last, int(lines.last[i])))
        if days[event][0] > days[event][1]:
            broken.setdefault(event, Reason("conversion_two_dates", {"event": event}))
    if not broken:
        return _on_common_days(lines, days), []
    places = zip(table["_file"].to_pylist(), table["_row"].to_pylist(), strict=True)
    positions = {place: i for i, place in enumerate(places)}
    out = [
        _reject(
            table,
            "conversions",
            positions[words.files.words[lines.file[i]], int(lines.row[i])],
            broken[event],
        )
        for i, event in enumerate(lines.event)
        if event in broken
    ]
    keep = np.array([i for i, event in enumerate(lines.event) if event not in broken], np.int64)
    return _on_common_days(lines.take(keep), days), out


def _on_common_days(lines: Lines, days: Mapping[str, tuple[int, int]]) -> Lines:
    """Lines of one conversion happen together: on the days that all of them allow."""
    first = np.array([days[event][0] for event in lines.event], np.int64)
    last = np.array([days[event][1] for event in lines.event], np.int64)
    return replace(lines, first=first, last=last, received_first=first, received_last=last)
