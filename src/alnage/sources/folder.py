"""The custody folder: files that users have, as the tables that the contract names.

The only place of this room that touches the disk. Only the top level of the folder is
looked at, only files named as tables (or named in ``alnage.toml``) are opened, and nothing
outside is read. A file that can't be read is set aside whole, like a row: its table is
there, empty, and what it could have said is missing rather than denied.

    files ── grids ── parts ──┬── tables ── twins, references ──> Folder
    alnage.toml ── headings ──┤
    EPCIS documents ── parts ─┘
"""

from __future__ import annotations

import difflib
import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from alnage.model import InputError, Reason, Rejected, Where
from alnage.sources.check import unknown_references, without_twins
from alnage.sources.grid import Grid, Record, failed_grid, fold, lay_out
from alnage.sources.parquet_files import read_parquet
from alnage.sources.part import Part, read_part
from alnage.sources.schema import SETTINGS, TABLES, WORKBOOK, Table
from alnage.sources.settings import Settings, read_settings
from alnage.sources.text_files import read_csv
from alnage.sources.workbooks import Workbook, read_workbook, sheet_grid

FORMATS = ("csv", "xlsx", "parquet")
_OTHER_FORMATS = frozenset(
    ["xls", "xlsm", "xlsb", "ods", "numbers", "tsv", "txt", "feather", "arrow"]
)
EPCIS = "epcis"  # the format of EPCIS documents, JSON and XML
_EPCIS_SUFFIXES = frozenset(("json", "jsonld", "xml"))
_STRAYS = 20  # files with a name like a table's that findings name


@dataclass(frozen=True, slots=True)
class FileNote:
    """A file that was read: ``rows`` kept and rejected; ``reason`` if it was rejected whole.

    ``table`` is ``epcis`` for an EPCIS document, and ``events`` counts what was read of it.
    """

    file: str
    table: str
    rows: int
    sha256: str
    format: str = ""
    reason: Reason | None = None
    events: int = 0


@dataclass(frozen=True, slots=True)
class Folder:
    """The validated tables of a custody folder, and what was set aside or found.

    Absent tables are absent keys; a table whose files were rejected whole is empty.
    """

    name: str
    tables: Mapping[str, pa.Table]
    rejected: tuple[Rejected, ...] = ()
    files: tuple[FileNote, ...] = ()
    findings: tuple[Reason, ...] = ()

    def require(self, table: str) -> pa.Table:
        """The table, or InputError if the folder hasn't got it or nothing of it can be read."""
        if table not in self.tables:
            raise InputError("table_missing", table=table, folder=self.name)
        rows = self.tables[table]
        if not rows.num_rows:
            for bad in self.rejected:
                if bad.table == table:
                    where = Where(bad.file, bad.row or None)
                    raise InputError(
                        "table_unreadable", where=where, table=table, problem=bad.reason.text()
                    )
            raise InputError("table_without_rows", table=table, folder=self.name)
        return rows


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read: ``table`` None for a workbook of tables; ``sheet`` if one is named."""

    name: str
    format: str
    table: str | None
    sheet: str | None = None
    refused: Reason | None = None


def read_folder(path: Path) -> Folder:
    """Read every table of the custody folder at ``path``.

    Raises:
        InputError: no such folder, no table in it, or an ``alnage.toml`` that can't be used.
    """
    root = folder_root(Path(path))
    settings = read_settings(root)
    files, documents, findings = _discover(root, settings)
    if not files and not documents:
        raise InputError("folder_without_tables", folder=root.name, tables=list(TABLES))
    parts: dict[str, list[Part]] = defaultdict(list)
    notes: list[FileNote] = []
    for file in files:
        for note, part, more in _read(root, file, settings):
            parts[note.table].append(part)
            notes.append(note)
            findings += more
    rejected: list[Rejected] = []
    alone: frozenset[str] = frozenset()
    if documents:
        from alnage.sources.epcis.custody import read_documents

        gathered = read_documents(root, documents, parts)
        alone = frozenset(table for table in gathered.parts if table not in parts)
        for table, more_parts in gathered.parts.items():
            parts[table] += more_parts
        notes += [
            FileNote(d.file, EPCIS, d.rows, d.sha256, EPCIS, d.reason, d.events)
            for d in gathered.notes
        ]
        findings += gathered.findings
        rejected += gathered.rejected
    tables, twins = _tables(parts)
    rejected += [row for table in parts.values() for part in table for row in part.rejected]
    findings += [reason for table in parts.values() for part in table for reason in part.findings]
    documented = frozenset(name for name, _ in documents)
    parties = tables["parties"]["party"].to_pylist() if alone and "parties" in tables else ()
    findings += [
        reason
        for reason in unknown_references(tables)
        if not _spared(reason, alone, documented, frozenset(parties))
    ]
    return Folder(root.name, tables, (*rejected, *twins), tuple(notes), tuple(findings))


def _spared(
    reason: Reason, alone: frozenset[str], documents: frozenset[str], parties: frozenset[str]
) -> bool:
    """A table that only EPCIS gives is no full list: other files may name what is not in it.

    Nor does it end that every party is a site with its id.
    """
    tables = set(reason.params.get("tables", ()))
    if not tables or not tables <= alone:
        return False
    as_site = tables == {"sites"} and reason.params.get("value") in parties
    return as_site or reason.params.get("file") not in documents


def folder_root(path: Path) -> Path:
    """The folder itself, links resolved; InputError if there is none."""
    try:
        root = path.resolve()
        if not root.exists():
            raise InputError("folder_missing", folder=str(path))
        if not root.is_dir():
            raise InputError("folder_is_file", folder=str(path))
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError("folder_missing", folder=str(path)) from error
    return root


def _tables(parts: Mapping[str, Sequence[Part]]) -> tuple[dict[str, pa.Table], list[Rejected]]:
    """Whole tables in the contract's order, without rows that repeat a unique id."""
    tables: dict[str, pa.Table] = {}
    twins: list[Rejected] = []
    for name, table in TABLES.items():
        if name in parts:
            rows = pa.concat_tables([part.table for part in parts[name]])
            tables[name], again = without_twins(table, rows)
            twins += again
    return tables, twins


def _discover(
    root: Path, settings: Settings
) -> tuple[list[_File], list[tuple[str, Reason | None]], list[Reason]]:
    """Files to read and EPCIS documents, in the order of their names, and what looks forgotten."""
    named = list(_named(root, settings))
    taken = {file.name for file in named}
    found: list[_File] = []
    strays: list[str] = []
    documents: list[tuple[str, Reason | None]] = []
    try:
        with os.scandir(root) as entries:
            for entry in entries:
                if entry.name in taken:
                    continue
                if _may_be_epcis(entry.name):
                    documents += _epcis(root, entry.name)
                    continue
                _sort_in(entry.name, found, strays)
    except OSError as error:
        raise InputError("folder_unreadable", folder=root.name) from error
    files = [_inside(root, file) for file in sorted([*named, *found], key=lambda file: file.name)]
    return files, sorted(documents, key=lambda document: document[0]), list(_forgotten(strays))


def _may_be_epcis(name: str) -> bool:
    return name.rpartition(".")[2].casefold() in _EPCIS_SUFFIXES and not name.startswith((".", "~"))


def _epcis(root: Path, name: str) -> Iterator[tuple[str, Reason | None]]:
    """The file, if its content is EPCIS; a link that leads out of the folder is not followed."""
    from alnage.sources.epcis.custody import is_document

    refused = _inside(root, _File(name, EPCIS, None)).refused
    if refused is not None and refused.code == "path_outside":
        yield name, refused
    elif is_document(root / name):
        yield name, None


def _sort_in(name: str, found: list[_File], strays: list[str]) -> None:
    """Keep what is a table by name; remember other files of a format that we read."""
    stem, _, suffix = name.rpartition(".")
    suffix, table = suffix.casefold(), stem.casefold()
    if suffix in FORMATS and (table in TABLES or (table == WORKBOOK and suffix == "xlsx")):
        found.append(_File(name, suffix, None if table == WORKBOOK else table))
    elif suffix in _OTHER_FORMATS and table in TABLES:
        found.append(_File(name, suffix, table, refused=Reason("file_format", {"form": suffix})))
    elif suffix in FORMATS and len(strays) < 1000 and not name.startswith((".", "~")):
        strays.append(name)


def _named(root: Path, settings: Settings) -> Iterator[_File]:
    """Files that ``alnage.toml`` names; one that isn't there is an error, not a gap."""
    for table, names in settings.files.items():
        for name in names:
            file, _, sheet = (name, "", "") if (root / name).exists() else name.rpartition("#")
            if not file or not (root / file).exists():
                raise InputError(
                    "settings_file_missing", where=Where(SETTINGS), table=table, path=name
                )
            suffix = file.rpartition(".")[2].casefold()
            refused = None if suffix in FORMATS else Reason("file_format", {"form": suffix})
            yield _File(file, suffix, table, sheet or None, refused)


def _forgotten(strays: Sequence[str]) -> Iterator[Reason]:
    """Files whose name is nearly a table's: they were not read."""
    told = 0
    for name in sorted(strays):
        near = difflib.get_close_matches(fold(name.rpartition(".")[0]), TABLES, 1, 0.75)
        if near and told < _STRAYS:
            told += 1
            yield Reason("file_ignored", {"file": name, "near": near[0]})


def _inside(root: Path, file: _File) -> _File:
    """Refuse what is no regular file, or a link that leads out of the folder."""
    path = root / file.name
    try:
        inside = path.resolve().is_relative_to(root)
        regular = path.is_file()
    except (OSError, RuntimeError):
        inside = regular = False
    if inside and regular:
        return file
    code = Reason("file_not_regular") if inside else Reason("path_outside")
    return _File(file.name, file.format, file.table, file.sheet, code)


Read = tuple[FileNote, Part, list[Reason]]


def _read(root: Path, file: _File, settings: Settings) -> Iterator[Read]:
    """Read one file: a table, or the tables of a workbook."""
    if file.refused is not None:
        yield from _whole(file, file.refused)
        return
    path = root / file.name
    try:
        if file.format == "parquet" and file.table:
            grid = read_parquet(path, TABLES[file.table], settings.headings(file.table))
            yield _one(file, file.name, file.table, grid, digest=_sha256(path), settings=settings)
            return
        data = path.read_bytes()
    except OSError as error:
        yield from _whole(file, Reason("file_unreadable", {"problem": error.strerror or "?"}))
        return
    digest = hashlib.sha256(data).hexdigest()
    if file.format == "csv" and file.table:
        grid = read_csv(data, TABLES[file.table], settings.headings(file.table))
        yield _one(file, file.name, file.table, grid, digest=digest, settings=settings)
    else:
        yield from _book(file, read_workbook(data), digest, settings)


def _whole(file: _File, reason: Reason, digest: str = "") -> Iterator[Read]:
    """A file set aside whole; a workbook of tables could have held any of them."""
    for table in [file.table] if file.table else TABLES:
        part = read_part(TABLES[table], file.name, failed_grid(reason))
        yield FileNote(file.name, table, 0, digest, file.format, reason), part, []


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _one(
    file: _File, shown: str, table: str, grid: Grid, *, digest: str, settings: Settings
) -> Read:
    """One table of a file, named in reasons as ``shown``."""
    part = read_part(TABLES[table], shown, grid)
    note = FileNote(shown, table, part.rows, digest, file.format, grid.failed)
    return note, part, [*_unmapped(shown, table, grid, settings), *_rowless(shown, table, grid)]


def _rowless(file: str, table: str, grid: Grid) -> Iterator[Reason]:
    if grid.failed is None and not grid.data.num_rows and not grid.broken:
        yield Reason("table_empty", {"file": file, "table": table})


def _unmapped(file: str, table: str, grid: Grid, settings: Settings) -> Iterator[Reason]:
    """Headings that the map promises and the file lacks: a slip would read as "empty"."""
    if grid.failed is None:
        for column, headings in settings.headings(table).items():
            if column not in grid.layout.columns:
                told = {"file": file, "table": table, "column": column, "headings": list(headings)}
                yield Reason("mapped_heading_absent", told)


def _book(file: _File, book: Workbook, digest: str, settings: Settings) -> Iterator[Read]:
    """The sheets of a workbook that hold tables; the others are named, not dropped."""
    if book.failed is not None:
        yield from _whole(file, book.failed, digest)
        return
    filled = {
        name: records
        for name, records in book.sheets.items()
        if any(cell.strip() for record in records for cell in record.cells)
    }
    chosen = list(_chosen(file, filled, settings))
    ignored = [
        Reason("sheet_ignored", {"file": file.name, "sheet": name})
        for name in filled
        if name not in {sheet for _, sheet in chosen}
    ]
    if not chosen:
        told = {"sheets": list(book.sheets)[:20], "tables": list(TABLES)}
        reason = Reason("sheets_unknown", told) if filled else Reason("file_empty")
        yield from _whole(file, reason, digest)
        return
    for i, (table, sheet) in enumerate(chosen):
        shown = file.name if file.table and len(chosen) == 1 else f"{file.name}#{sheet}"
        grid = sheet_grid(filled[sheet], TABLES[table], settings.headings(table))
        note, part, more = _one(file, shown, table, grid, digest=digest, settings=settings)
        yield note, part, [*more, *(ignored if i == 0 else ())]


def _chosen(
    file: _File, filled: Mapping[str, Sequence[Record]], settings: Settings
) -> Iterator[tuple[str, str]]:
    """Which sheet is which table: by name, else by its headings, else the first one."""
    if file.table is None:
        for sheet in filled:
            if fold(sheet) in TABLES:
                yield fold(sheet), sheet
        return
    if file.sheet is not None:
        if file.sheet in filled:
            yield file.table, file.sheet
        return
    named = [sheet for sheet in filled if fold(sheet) == file.table]
    headed = named or [
        sheet
        for sheet, records in filled.items()
        if _has_header(records, TABLES[file.table], settings)
    ]
    for sheet in headed or list(filled)[:1]:
        yield file.table, sheet


def _has_header(records: Iterable[Record], table: Table, settings: Settings) -> bool:
    mapped = settings.headings(table.name)
    return any(not lay_out(record.cells, table, mapped).missing for record in list(records)[:21])
