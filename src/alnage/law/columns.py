"""The facts of many transactions as columns: looked up by path, checked once a distinct value.

A table of facts has the keys of a facts file as columns, nested as there; null is absent. A
frame is the rows of such a table, or the entries of one of its lists, with the row that each
entry belongs to. Values become small numbers, so that a condition is asked of each distinct
value and not of each row.

    Arrow table ── Frame.of_rows ── frame.words("market") ─> numbers and their words
                                 └─ frame.entries("chain") ─> which rows have it, and a Frame
    Arrow table ── check_table ── LawError, as for a facts file
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from alnage.law.book import LawBook
from alnage.law.facts import bounds_crossed, facts_checker, facts_schema
from alnage.law.judge import refuse_regime, refuse_register, refuse_served
from alnage.law.schema import Checker
from alnage.model import LawError

NO_DAY: Final = np.iinfo(np.int32).min

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Index = np.ndarray[Any, np.dtype[np.int64]]
Days = np.ndarray[Any, np.dtype[np.int32]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Words:
    """A column as numbers into ``words``; -1 is absent."""

    codes: Index
    words: tuple[Any, ...]

    def where(
        self, holds: Mapping[Any, Any] | set[Any] | frozenset[Any] | tuple[Any, ...]
    ) -> Bools:
        """Rows whose value is in ``holds``; absent ones are not."""
        table = np.array([word in holds for word in self.words] + [False], np.bool_)
        return table[self.codes]

    @property
    def absent(self) -> Bools:
        """Rows without a value."""
        return self.codes < 0

    def take(self, rows: Index) -> Words:
        """The same column for other rows."""
        return Words(self.codes[rows], self.words)


@dataclass(slots=True)
class Frame:
    """Rows of the facts, or entries of a list in them; ``root`` is the row of each entry."""

    size: int
    root: Index
    fields: Mapping[str, pa.Array]
    _words: dict[str, Words] = field(default_factory=dict)
    _lists: dict[str, tuple[Bools, Index, Frame]] = field(default_factory=dict)

    @classmethod
    def of_rows(cls, table: pa.Table) -> Frame:
        """The rows of a table."""
        fields = {name: _one(table.column(name)) for name in table.column_names}
        return cls(table.num_rows, np.arange(table.num_rows), fields)

    def array(self, path: str) -> pa.Array | None:
        """The values at a dotted path; None where the table has no such column."""
        fields, found = self.fields, None
        for key in path.split("."):
            found = fields.get(key)
            if found is None or pa.types.is_null(found.type):
                return None
            fields = _parts(found) if pa.types.is_struct(found.type) else {}
        return found

    def words(self, path: str) -> Words:
        """Text or truth values at a path."""
        if path not in self._words:
            array = self.array(path)
            if array is None:
                self._words[path] = Words(np.full(self.size, -1, np.int64), ())
            else:
                encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
                codes = pc.fill_null(encoded.indices.cast(pa.int64()), -1).to_numpy(
                    zero_copy_only=False
                )
                self._words[path] = Words(codes, tuple(encoded.dictionary.to_pylist()))
        return self._words[path]

    def days(self, path: str) -> Days:
        """Dates at a path as days since 1970; ``NO_DAY`` is absent."""
        array = self.array(path)
        if array is None:
            return np.full(self.size, NO_DAY, np.int32)
        counted = pc.fill_null(array.cast(pa.date32()).cast(pa.int32()), int(NO_DAY))
        days: Days = counted.to_numpy(zero_copy_only=False)
        return days

    def numbers(self, path: str) -> Numbers:
        """Numbers at a path; nan is absent."""
        array = self.array(path)
        if array is None:
            return np.full(self.size, np.nan)
        filled = pc.fill_null(array.cast(pa.float64()), float("nan"))
        numbers: Numbers = filled.to_numpy(zero_copy_only=False)
        return numbers

    def present(self, path: str) -> Bools:
        """Rows that have a value at a path, be it an empty list."""
        array = self.array(path)
        if array is None:
            return np.zeros(self.size, np.bool_)
        there: Bools = array.is_valid().to_numpy(zero_copy_only=False)
        return there

    def entries(self, path: str) -> tuple[Bools, Index, Frame]:
        """Which rows have the list, the row within this frame of each entry, and the entries."""
        if path not in self._lists:
            array = self.array(path)
            if array is None:
                none = np.zeros(0, np.int64)
                self._lists[path] = (np.zeros(self.size, np.bool_), none, Frame(0, none, {}))
            else:
                lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(
                    zero_copy_only=False
                )
                owner = np.repeat(np.arange(self.size), lengths)
                inner = array.flatten()
                fields = _parts(inner) if pa.types.is_struct(inner.type) else {}
                frame = Frame(len(inner), self.root[owner], fields)
                self._lists[path] = (array.is_valid().to_numpy(zero_copy_only=False), owner, frame)
        return self._lists[path]


def _one(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)


def _parts(array: pa.StructArray) -> dict[str, pa.Array]:
    """The fields of structs; a field of an absent struct is absent."""
    names = [array.type.field(i).name for i in range(array.type.num_fields)]
    return dict(zip(names, array.flatten(), strict=True))


def check_table(table: pa.Table, book: LawBook) -> None:
    """Refuse what ``parse_facts`` and ``judge`` refuse: keys, values, bounds, misspelt names.

    LawError names the column, such as ``chain[].region``.

    >>> check_table(pa.table({"market": ["UK"]}), LawBook.load())
    Traceback (most recent call last):
    alnage.model.errors.LawError: market: "UK" is no ISO 3166 code that is known here. ...
    """
    checker = facts_checker(None)
    frame = Frame.of_rows(table)
    for path, array, rule in _leaves(frame.fields, facts_schema(), "", checker):
        _check_leaf(path, array, rule, checker)
        name = path.rpartition(".")[2]
        if name == "regime":
            for value in pc.unique(array).drop_null().to_pylist():
                (refuse_served if path == "measure.regime" else refuse_regime)(value, path, book)
        if name == "register":
            for value in pc.unique(array).drop_null().to_pylist():
                refuse_register(value, path, book)
    _check_bounds(frame.entries("content")[2])


def _leaves(
    fields: Mapping[str, pa.Array], rule: Mapping[str, Any], path: str, checker: Checker
) -> Iterator[tuple[str, pa.Array, Mapping[str, Any]]]:
    """Every plain column below these fields, with its rule; unknown keys are refused."""
    checker.refuse_keys(fields, rule, path)
    for name, array in fields.items():
        at = f"{path}.{name}" if path else name
        yield from _below(array, checker.rule_of(rule["properties"][name]), at, checker)


def _below(
    array: pa.Array, rule: Mapping[str, Any], at: str, checker: Checker
) -> Iterator[tuple[str, pa.Array, Mapping[str, Any]]]:
    if pa.types.is_null(array.type):
        return
    if rule.get("type") == "array":
        if not (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
            raise LawError("law_not_list", path=at, got=str(array.type))
        yield from _below(array.flatten(), checker.rule_of(rule["items"]), f"{at}[]", checker)
    elif rule.get("type") == "object":
        if not pa.types.is_struct(array.type):
            raise LawError("law_not_mapping", path=at, got=str(array.type))
        _check_required(array, rule, at)
        yield from _leaves(_parts(array), rule, at, checker)
    else:
        yield at, array, rule


def _check_required(array: pa.StructArray, rule: Mapping[str, Any], at: str) -> None:
    for key in rule.get("required", ()):
        parts = _parts(array)
        filled = parts[key].is_valid() if key in parts else pa.array([False] * len(array))
        if pc.any(pc.and_(array.is_valid(), pc.invert(filled))).as_py():
            raise LawError("law_key_missing", path=at, key=key)


def _check_leaf(path: str, array: pa.Array, rule: Mapping[str, Any], checker: Checker) -> None:
    """Each distinct value, or of numbers the least and greatest, by the rule of a facts file."""
    if rule.get("type") == "number" and pa.types.is_floating(array.type):
        ends = pc.min_max(array).as_py()
        wrong = [float("nan")] if pc.any(pc.is_nan(array)).as_py() else []
        values = [*wrong, *(one for one in ends.values() if one is not None)]
    else:
        values = pc.unique(array).drop_null().to_pylist()
    for value in values:
        checker.check(value, rule, path)


def _check_bounds(entries: Frame) -> None:
    low = np.nan_to_num(entries.numbers("min"), nan=0.0)
    high = np.nan_to_num(entries.numbers("max"), nan=1.0)
    middle = entries.numbers("expected")
    middle = np.where(np.isnan(middle), low, middle)
    for row in np.flatnonzero(bounds_crossed(low, middle, high))[:1]:
        raise LawError(
            "law_bounds_crossed", path="content[]", low=low[row], middle=middle[row], high=high[row]
        )
