"""CSV files as they come: encodings, delimiters, quotes, and damage told row by row.

Spreadsheets write CSV in many ways. Encoding is found by what the bytes allow (UTF-8,
UTF-16 with its mark, GB 18030), the delimiter by which one makes the header whole. Bytes
that no encoding explains, and quotes that never close, cost their rows only.

    bytes ── decode ── text ── delimiter ── records [(row, cells)]
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import chain, islice

from alnage.model import Reason
from alnage.sources.grid import (
    HEADER_WITHIN,
    Grid,
    Record,
    failed_grid,
    grid_of,
    header_at,
    lay_out,
)
from alnage.sources.large_text import read_clean
from alnage.sources.schema import Table

DELIMITERS = (",", ";", "\t")
_LARGE = 1 << 20  # characters from which a clean file is worth Arrow's parser
_HEAD = 1 << 16  # characters in which its header must stand
_RESTARTS = 50  # how often reading starts again after a quote that never closes
_END = "\x00\x01end of file\x01\x00"  # a line no file ends with: shows an unclosed quote
_BINARY: Mapping[bytes, str] = {
    b"PK\x03\x04": "xlsx",
    b"PAR1": "parquet",
    b"\xd0\xcf\x11\xe0": "xls",
    b"%PDF": "pdf",
    b"\x1f\x8b": "gzip",
}
_UTF8_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_LONE_BYTE = re.compile("[\udc80-\udcff]")


def read_csv(
    data: bytes, table: Table, mapped: Mapping[str, Sequence[str]], large: int = _LARGE
) -> Grid:
    r"""Read the bytes of a CSV file as a grid for ``table``; no error leaves here.

    >>> from alnage.sources.schema import TABLES
    >>> read_csv(b"site;party\ns1;p1\n", TABLES["sites"], {}).data.to_pylist()
    [{'0': 's1', '1': 'p1'}]
    """
    for magic, form in _BINARY.items():
        if data.startswith(magic):
            return failed_grid(Reason("file_other_format", {"form": form}))
    text = decode(data)
    if len(text) >= large:
        grid = _read_large(text, table, mapped)
        if grid is not None:
            return grid
    lines = _lines(text)
    if not lines:
        return failed_grid(Reason("file_empty"))
    delimiter = _delimiter(lines, table, mapped)
    return grid_of(records(lines, delimiter), table, mapped, ragged=True)


def read_head(data: bytes) -> list[Record]:
    r"""The first rows of a CSV file whose table is not known, split where most cells come.

    >>> [record.cells for record in read_head("数量;单位\n5;kg\n".encode("gb18030"))]
    [['数量', '单位'], ['5', 'kg']]
    """
    lines = _lines(decode(data))[: HEADER_WITHIN * 4]
    heads = [list(islice(records(lines, delimiter), HEADER_WITHIN)) for delimiter in DELIMITERS]
    best = max(heads, key=lambda head: max((len(record.cells) for record in head), default=0))
    return [record for record in best if any(cell.strip() for cell in record.cells)]


def _read_large(text: str, table: Table, mapped: Mapping[str, Sequence[str]]) -> Grid | None:
    """Let Arrow parse the file if its head is plain: a row a line, with the header in it."""
    lines = _lines(text[:_HEAD])[:HEADER_WITHIN]
    if not lines:
        return None
    delimiter = _delimiter(lines, table, mapped)
    first = list(records(lines, delimiter))
    found = header_at(first, table, mapped)
    whole = all(line.count('"') % 2 == 0 and line.strip() for line in lines)
    # A header over two rows, or titles above it, are left to the careful reader.
    if found is None or found[0] != 0 or not whole:
        return None
    layout = lay_out(found[1], table, mapped)
    return read_clean(text, delimiter, 1, found[1], layout)


def decode(data: bytes) -> str:
    r"""Bytes to text; bytes that can't be read stay visible as lone surrogates.

    >>> decode("棉花".encode("gb18030")), decode(b"caf\xe9") == "caf\udce9"
    ('棉花', True)
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_chinese(data) or data.decode("utf-8", "surrogateescape")


def _decode_chinese(data: bytes) -> str | None:
    """GB 18030, if that is what it is: common characters, and not UTF-8 with a slip."""
    utf8 = sum(len(found) for found in _UTF8_CHARACTER.findall(data))
    if utf8 * 4 >= len(_NOT_ASCII.findall(data)) * 3:
        return None
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return _mostly_chinese(data)
    return text if _is_common(text) else None


def _mostly_chinese(data: bytes) -> str | None:
    """GB 18030 with a few damaged bytes: only the lines that hold them are lost."""
    lines = data.splitlines(keepends=True)
    texts = []
    damaged = 0
    for line in lines:
        try:
            texts.append(line.decode("gb18030"))
        except UnicodeDecodeError:
            damaged += 1
            texts.append(line.decode("ascii", "surrogateescape"))
    text = "".join(texts)
    return text if damaged * 2 < len(lines) and _is_common(_LONE_BYTE.sub("", text)) else None


def _is_common(text: str) -> bool:
    """Whether most characters beyond ASCII are of the everyday set (GB 2312)."""
    wide = [char for char in text[: 1 << 18] if ord(char) > 127]
    everyday = sum(1 for char in wide if char.encode("gb2312", "ignore"))
    return bool(wide) and everyday * 10 >= len(wide) * 7


def _lines(text: str) -> list[str]:
    """Physical lines with their ends, cut where csv cuts (not at every Unicode break)."""
    if not text.strip("\x00\ufeff \t\r\n"):
        return []
    return list(io.StringIO(text.removeprefix("\ufeff"), newline=""))


def _delimiter(lines: Sequence[str], table: Table, mapped: Mapping[str, Sequence[str]]) -> str:
    """The delimiter under which the header is whole, or most of it."""

    def score(delimiter: str) -> tuple[bool, int]:
        first = list(islice(records(lines[: HEADER_WITHIN * 4], delimiter), HEADER_WITHIN))
        known = max(len(lay_out(record.cells, table, mapped).columns) for record in first)
        return header_at(first, table, mapped) is not None, known

    return max(DELIMITERS, key=score)


def records(lines: Sequence[str], delimiter: str) -> Iterator[Record]:
    """Rows numbered as a spreadsheet numbers them; damage becomes the row's problem.

    A quote that never closes would swallow the rest of the file: its line is set aside
    and reading goes on behind it.
    """
    if csv.field_size_limit() < sys.maxsize:
        # The limit is the process's; raising it harms nobody, and long cells are refused later.
        csv.field_size_limit(sys.maxsize)
    start = row = 0
    for _ in range(_RESTARTS):
        stopped = yield from _until_open_quote(lines, delimiter, start, row)
        if stopped is None:
            return
        start, row = stopped
    for line in lines[start:]:
        row += 1
        yield Record(row, [_visible(line)], Reason("quote_open"))


def _until_open_quote(
    lines: Sequence[str], delimiter: str, start: int, row: int
) -> Generator[Record, None, tuple[int, int] | None]:
    """Yield records from line ``start``; return where to go on if a quote stays open."""
    reader = csv.reader(chain(islice(lines, start, None), [_END]), delimiter=delimiter)
    read = 0  # lines of the records before this one
    damaged = any(map(_LONE_BYTE.search, islice(lines, start, None)))
    try:
        for cells in reader:
            if cells == [_END]:
                return None
            if cells and cells[-1].endswith(_END):
                break
            row, read = row + 1, reader.line_num
            yield _damage(Record(row, cells)) if damaged else Record(row, cells)
    except csv.Error:
        pass  # no form of csv that we know; the line is set aside like an open quote
    if start + read >= len(lines):
        return None
    yield Record(row + 1, [_visible(lines[start + read])], Reason("quote_open"))
    return start + read + 1, row + 1


def _damage(record: Record) -> Record:
    """The record itself, or set aside with the first byte that could not be read."""
    for at, cell in enumerate(record.cells):
        if found := _LONE_BYTE.search(cell):
            told = {"byte": f"0x{ord(found[0]) - 0xDC00:02X}", "cell": at + 1}
            cells = [_visible(cell) for cell in record.cells]
            return Record(record.row, cells, Reason("bytes_undecodable", told))
    return record


def _visible(text: str) -> str:
    r"""Unreadable bytes as ``\xE9``, without the line's end."""
    text = text.rstrip("\r\n")
    return _LONE_BYTE.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02X}", text)
