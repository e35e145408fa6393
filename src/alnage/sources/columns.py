"""Propose which heading of a user's file is which column: the draft of an ``alnage.toml``.

Companies keep these tables under headings of their own, in English or Chinese. What is
proposed here is never applied by itself: a person reads it, corrects it, and puts it into
the folder. Headings of the contract and those mapped already are left as they are.

    first rows of each file ── which table? ── which column? ──> Proposal ── to_toml()
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from alnage.sources.folder import FORMATS, folder_root
from alnage.sources.grid import HEADER_WITHIN, Record, fold, lay_out
from alnage.sources.parquet_files import parquet_head
from alnage.sources.schema import TABLES, WORKBOOK
from alnage.sources.settings import Settings, read_settings
from alnage.sources.text_files import read_head
from alnage.sources.workbooks import read_workbook

FILES_READ = 200
_HEAD = 1 << 18  # bytes of a CSV file that are looked at


@dataclass(frozen=True, slots=True)
class Proposal:
    """Files by table, and headings by table and column; ``missing`` required columns.

    >>> Proposal({}, {"sites": {"site": "工厂"}}, {"sites": ("party",)}).to_toml().splitlines()
    ['[columns.sites]', 'site = "工厂"', '# party = "?"']
    """

    files: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, Mapping[str, str]]
    missing: Mapping[str, tuple[str, ...]]

    def to_toml(self) -> str:
        """The proposal as a fragment for ``alnage.toml``; what is missing stands as a comment."""
        lines: list[str] = []
        if self.files:
            lines += ["[files]", *(f"{name} = {_value(v)}" for name, v in self.files.items()), ""]
        for table in TABLES:
            columns, missing = self.columns.get(table, {}), self.missing.get(table, ())
            if columns or missing:
                lines.append(f"[columns.{table}]")
                lines += [f"{name} = {_quoted(heading)}" for name, heading in columns.items()]
                lines += [f'# {name} = "?"' for name in missing]
                lines.append("")
        return "\n".join(lines).rstrip() + "\n" if lines else ""


def _value(names: Sequence[str]) -> str:
    quoted = [_quoted(name) for name in names]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\u{ord(c[0]):04x}", escaped) + '"'


@dataclass(frozen=True, slots=True)
class _Head:
    """The first rows of a file or sheet, by the name that ``[files]`` would give it."""

    name: str
    title: str  # what the file or sheet calls itself
    table: str | None  # named as this table already
    rows: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Headings and file names that people use, by table and column (``headings.toml``)."""

    tables: Mapping[str, Sequence[str]]
    columns: Mapping[str, Mapping[str, Sequence[str]]]

    @classmethod
    def load(cls) -> Lexicon:
        """The bundled lexicon."""
        text = files("alnage.sources").joinpath("headings.toml").read_text("utf-8")
        return cls(**tomllib.loads(text))

    def words(self, table: str, column: str) -> list[str]:
        """Headings for a column: its own name, those of its table, those of any table."""
        own = self.columns.get(table, {}).get(column, ())
        return [column, *own, *self.columns["any"].get(column, ())]


def propose(path: Path) -> Proposal:
    """Propose the map of headings for the custody folder at ``path``.

    Raises:
        InputError: no such folder, or an ``alnage.toml`` that can't be used.
    """
    root = folder_root(Path(path))
    settings, lexicon = read_settings(root), Lexicon.load()
    named: dict[str, list[str]] = {}
    columns: dict[str, dict[str, str]] = {}
    missing: dict[str, tuple[str, ...]] = {}
    for head in _heads(root, settings):
        table = head.table or _guess_table(head, lexicon)
        if table is None:
            continue
        found, lacking = _likeliest(head.rows, table, settings, lexicon)
        if head.table is None:
            named.setdefault(table, []).append(head.name)
        columns.setdefault(table, {}).update(found)
        missing[table] = lacking
    return Proposal(
        {name: tuple(named[name]) for name in TABLES if name in named},
        {name: columns[name] for name in TABLES if columns.get(name)},
        {name: missing[name] for name in TABLES if missing.get(name)},
    )


Match = tuple[dict[str, str], tuple[str, ...]]


def match_headings(
    headings: Sequence[str], table: str, settings: Settings, lexicon: Lexicon
) -> Match:
    """Column: heading for headings that aren't the contract's, and required columns left.

    >>> match_headings(["工厂编号", "公司", "备注"], "sites", Settings(), Lexicon.load())
    ({'site': '工厂编号', 'party': '公司'}, ())
    """
    layout = lay_out(headings, TABLES[table], settings.headings(table))
    free = {plain(heading): heading for heading in layout.notes if heading in headings}
    found: dict[str, str] = {}
    for sure in (True, False):  # headings beyond doubt first, so that no guess takes them away
        for name in TABLES[table].names:
            if name not in layout.columns and name not in found:
                heading = _best(free, lexicon.words(table, name), sure=sure)
                if heading is not None:
                    found[name] = free.pop(heading)
    ordered = {name: found[name] for name in TABLES[table].names if name in found}
    return ordered, tuple(name for name in layout.missing if name not in found)


def plain(heading: str) -> str:
    """A heading without case, brackets and marks.

    >>> plain("Ship Date (yyyy-mm-dd)"), plain("数量（公斤）*")
    ('ship_date', '数量')
    """
    return fold(re.sub(r"[(（\[【].*?[)）\]】]", " ", heading).replace("*", " ")) or fold(heading)


def _best(free: Mapping[str, str], words: Sequence[str], *, sure: bool) -> str | None:
    """The free heading that is one of the words, or else most like one."""
    for word in words:
        if word in free:
            return word
    if sure:
        return None
    for word in words:
        near = difflib.get_close_matches(word, free, 1, 0.85)
        if near:
            return near[0]
    return None


def _likeliest(rows: Sequence[Record], table: str, settings: Settings, lexicon: Lexicon) -> Match:
    """The match of the row that is most likely the header."""
    matches = [match_headings(row.cells, table, settings, lexicon) for row in rows]
    known = [
        len(found) + len(lay_out(row.cells, TABLES[table], settings.headings(table)).columns)
        for row, (found, _) in zip(rows, matches, strict=True)
    ]
    return matches[known.index(max(known))] if known else ({}, TABLES[table].required)


def _guess_table(head: _Head, lexicon: Lexicon) -> str | None:
    """The table that a file is by its title, or by its headings where no column is missing."""
    title = plain(head.title)
    for table, words in lexicon.tables.items():
        if title == table or title in words:
            return table
    scores = {}
    for table in TABLES:
        found, lacking = _likeliest(head.rows, table, Settings(), lexicon)
        if not lacking and len(found) > 1:
            scores[table] = len(TABLES[table].required) * 10 + len(found)
    return max(scores, key=lambda table: scores[table]) if scores else None


def _heads(root: Path, settings: Settings) -> Iterator[_Head]:
    """The first rows of every file of a known format at the top of the folder."""
    given = {name: table for table, names in settings.files.items() for name in names}
    names = (
        path.name
        for path in root.iterdir()
        if path.suffix[1:].casefold() in FORMATS and not path.name.startswith((".", "~"))
    )
    for name in sorted(names)[:FILES_READ]:
        path = root / name
        if path.resolve().is_relative_to(root) and path.is_file():
            yield from _file_heads(path, given)


def _file_heads(path: Path, given: Mapping[str, str]) -> Iterator[_Head]:
    stem = path.stem
    table = given.get(path.name) or (stem.casefold() if stem.casefold() in TABLES else None)
    if path.suffix.casefold() == ".xlsx":
        sheets = {
            name: records
            for name, records in read_workbook(path.read_bytes()).sheets.items()
            if any(cell.strip() for record in records for cell in record.cells)
        }
        for name, records in sheets.items():
            alone = len(sheets) == 1
            as_sheet = fold(name) if stem.casefold() == WORKBOOK and fold(name) in TABLES else None
            yield _Head(
                path.name if alone else f"{path.name}#{name}",
                stem if alone else name,
                table or given.get(f"{path.name}#{name}") or as_sheet,
                [record for record in records[:HEADER_WITHIN] if any(record.cells)],
            )
    elif path.suffix.casefold() == ".csv":
        with path.open("rb") as stream:
            yield _Head(path.name, stem, table, read_head(stream.read(_HEAD)))
    else:
        yield _Head(path.name, stem, table, parquet_head(path))
