"""A column at a time: Arrow cells to the contract's types, clean ones without Python objects.

Most columns repeat few values (dates, units, sites) and most numbers are plain. So numbers
are parsed by Arrow, everything else once per distinct text, and only cells that fail are
looked at one by one, to say why.

    large_string | number | date32 ── convert() ── Converted(arrays, problems at positions)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from alnage.model import Reason
from alnage.sources.cells import (
    PLACEHOLDERS,
    SHEET_ERRORS,
    Partial,
    check_number,
    read_cell,
    uses_decimal_comma,
)
from alnage.sources.grid import cell_text
from alnage.sources.schema import Column

Positions = Any  # numpy array of row positions

_PLAIN_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_POINT_AND_THREE = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
_EMPTYING = pa.array(
    sorted({*PLACEHOLDERS, *(word.lower() for word in SHEET_ERRORS)}), pa.large_string()
)
_ERRORS = pa.array(sorted(word.lower() for word in SHEET_ERRORS), pa.large_string())


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with some cells of a column; ``partly`` if their value is usable."""

    reason: Reason
    at: Positions
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """Arrow arrays of a column (two for a date); cells with a problem are null."""

    arrays: tuple[pa.Array, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def empty(self) -> pa.Array:
        """Which cells hold nothing, bad ones included."""
        return pc.is_null(self.arrays[0])


def arrow_types(column: Column) -> tuple[pa.DataType, ...]:
    """Types of the Arrow columns that ``column`` gives.

    >>> from alnage.sources.schema import TABLES
    >>> arrow_types(TABLES["movements"]["shipped"])
    (DataType(date32[day]), DataType(date32[day]))
    """
    if column.kind == "date":
        return pa.date32(), pa.date32()
    if column.kind == "number":
        return (pa.float64(),)
    return (pa.list_(pa.string()) if column.is_list else pa.string(),)


def convert(column: Column, cells: pa.Array | None, rows: int) -> Converted:
    """Convert the cells of ``column``; None (no such heading) gives nulls.

    >>> from alnage.sources.schema import TABLES
    >>> made = convert(TABLES["movements"]["quantity"], pa.array(["5", "-1"], pa.large_string()), 2)
    >>> made.arrays[0].to_pylist(), made.problems[0].reason.code, made.problems[0].at.tolist()
    ([5.0, None], 'number_not_positive', [1])
    """
    if cells is None or pa.types.is_null(cells.type):
        return Converted(tuple(pa.nulls(rows, kind) for kind in arrow_types(column)))
    if column.kind == "number":
        return _numbers(column, cells)
    if column.kind == "date" and pa.types.is_date32(cells.type):
        return _typed_days(column, cells)
    texts = trimmed(as_text(cells))
    if column.kind in ("id", "text"):
        return _texts(column, texts)
    return _distinct(column, texts, _builder(column))


def as_text(cells: pa.Array) -> pa.Array:
    """Typed cells as text, as ``cell_text`` writes them.

    >>> as_text(pa.array([1.0, 2.5])).to_pylist()
    ['1', '2.5']
    """
    if pa.types.is_large_string(cells.type):
        return cells
    if pa.types.is_floating(cells.type):
        return pa.array([cell_text(value) for value in cells.to_pylist()], pa.large_string())
    return cells.cast(pa.string()).cast(pa.large_string())


def trimmed(texts: pa.Array) -> pa.Array:
    """Texts without spaces at their ends; empty ones are null."""
    texts = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(pc.binary_length(texts), 0), pa.scalar(None, texts.type), texts)


def positions(mask: pa.Array) -> Positions:
    """Positions at which ``mask`` is true (null counts as false)."""
    return np.flatnonzero(pc.fill_null(mask, fill_value=False).to_numpy(zero_copy_only=False))


def _texts(column: Column, texts: pa.Array) -> Converted:
    """Ids and free text stay as they are, but for words that say nothing."""
    suspects = positions(pc.is_in(pc.utf8_lower(texts), _ERRORS if column.required else _EMPTYING))
    problems, bad = _explain(column, texts, suspects)
    return Converted((_without(texts, bad).cast(pa.string()),), problems)


def _without(array: pa.Array, at: Positions) -> pa.Array:
    """The array with nulls at some positions."""
    if not len(at):
        return array
    mask = np.zeros(len(array), dtype=bool)
    mask[at] = True
    return pc.if_else(pa.array(mask), pa.scalar(None, array.type), array)


def _explain(
    column: Column, texts: pa.Array, suspects: Positions
) -> tuple[tuple[Problem, ...], Positions]:
    """Read suspect cells one distinct text at a time; those with a reason are problems."""
    if not len(suspects):
        return (), suspects
    problems = []
    codes, distinct = _codes(texts.take(pa.array(suspects)))
    for text, where in zip(distinct, _groups(codes, len(distinct)), strict=True):
        value = read_cell(column, text)
        if isinstance(value, Reason):
            problems.append(Problem(value, suspects[where]))
    bad = np.concatenate([problem.at for problem in problems]) if problems else suspects[:0]
    return tuple(problems), bad


def _codes(texts: pa.Array) -> tuple[Positions, list[str]]:
    """Dictionary codes (-1 for null) and the distinct texts."""
    coded = texts.dictionary_encode()
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    return codes, coded.dictionary.to_pylist()


def _groups(codes: Positions, count: int) -> list[Positions]:
    """For each code below ``count``, where it stands; one sort, however many codes."""
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(count + 1))
    return [order[edges[code] : edges[code + 1]] for code in range(count)]


def _numbers(column: Column, cells: pa.Array) -> Converted:
    if pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type):
        return _bounded(column, cells.cast(pa.float64(), safe=False), cells)
    texts = trimmed(as_text(cells))
    plain = pc.match_substring_regex(texts, _PLAIN_NUMBER)
    numbers = pc.if_else(plain, texts, pa.scalar(None, texts.type)).cast(pa.float64())
    odd = positions(pc.invert(plain))
    if not len(odd):
        return _bounded(column, numbers, texts)
    codes, distinct = _codes(texts.take(pa.array(odd)))
    read = [read_cell(column, text) for text in distinct]
    values = np.array([v if isinstance(v, float) else np.nan for v in read])[codes]
    filled = numbers.to_numpy(zero_copy_only=False).copy()
    filled[odd] = values
    numbers = pa.array(filled, mask=np.isnan(filled))
    problems = [
        Problem(value, odd[where])
        for value, where in zip(read, _groups(codes, len(read)), strict=True)
        if isinstance(value, Reason)
    ]
    if any(map(uses_decimal_comma, distinct)):
        doubtful = _doubtful(column, texts)
        problems += doubtful
        numbers = _without(numbers, np.concatenate([odd[:0], *(p.at for p in doubtful)]))
    bounded = _bounded(column, numbers, texts)
    return Converted(bounded.arrays, (*problems, *bounded.problems))


def _doubtful(column: Column, texts: pa.Array) -> list[Problem]:
    """Where others in the column have a decimal comma, ``1.234`` may be a thousand."""
    found = []
    suspects = positions(pc.match_substring_regex(texts, _POINT_AND_THREE))
    codes, distinct = _codes(texts.take(pa.array(suspects)))
    for text, where in zip(distinct, _groups(codes, len(distinct)), strict=True):
        told = {"column": column.name, "value": text, "one": text.replace(".", ""), "other": text}
        found.append(Problem(Reason("number_ambiguous", told), suspects[where]))
    return found


def _bounded(column: Column, numbers: pa.Array, cells: pa.Array) -> Converted:
    """Numbers within the column's bounds; the others are told by their text."""
    wrong = pc.invert(pc.is_finite(numbers))
    if column.above:
        wrong = pc.or_(wrong, pc.less_equal(numbers, column.least or 0.0))
    elif column.least is not None:
        wrong = pc.or_(wrong, pc.less(numbers, column.least))
    if column.most is not None:
        wrong = pc.or_(wrong, pc.greater(numbers, column.most))
    at = positions(wrong)
    if not len(at):
        return Converted((numbers,))
    codes, distinct = _codes(as_text(cells.take(pa.array(at))))
    values = numbers.to_numpy(zero_copy_only=False)[at]
    problems = []
    for text, where in zip(distinct, _groups(codes, len(distinct)), strict=True):
        reason = check_number(column, float(values[where][0]), text)
        if isinstance(reason, Reason):
            problems.append(Problem(reason, at[where]))
    return Converted((_without(numbers, at),), tuple(problems))


def _typed_days(column: Column, days: pa.Array) -> Converted:
    """Dates that a Parquet file holds as dates; only impossible years are looked at."""
    years = pc.year(days)
    odd = positions(pc.or_(pc.less(years, 1900), pc.greater(years, 2199)))
    problems, bad = _explain(column, as_text(days), odd)
    days = _without(days, bad)
    return Converted((days, days), problems)


def _builder(column: Column) -> Callable[[Sequence[Any]], tuple[pa.Array, ...]]:
    """How values that were read become arrays of distinct values."""
    if column.kind == "date":
        return lambda values: (
            pa.array([None if v is None else v.first for v in values], pa.date32()),
            pa.array([None if v is None else v.last for v in values], pa.date32()),
        )
    (kind,) = arrow_types(column)
    return lambda values: (pa.array(values, kind),)


def _distinct(
    column: Column, texts: pa.Array, build: Callable[[Sequence[Any]], tuple[pa.Array, ...]]
) -> Converted:
    """Read each distinct text once and spread the values over the rows."""
    coded = texts.dictionary_encode()
    values: list[Any] = []
    told: list[tuple[int, Reason, bool]] = []
    for code, text in enumerate(coded.dictionary.to_pylist()):
        value = read_cell(column, text)
        if isinstance(value, Partial):
            told.append((code, value.reason, True))
            value = value.value
        elif isinstance(value, Reason):
            told.append((code, value, False))
            values.append(None)
            continue
        values.append(value)
    arrays = tuple(array.take(coded.indices) for array in build(values))
    if not told:
        return Converted(arrays)
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    where = _groups(codes, len(values))
    return Converted(arrays, tuple(Problem(r, where[code], partly=p) for code, r, p in told))
