"""The OFAC lists as sets of CSV files: names, aliases and addresses in three files.

The files have no header and belong together by their first column. A null is ``-0-``, the
last line a single 0x1A. Without the file of aliases most names of a party are missing, so
such a register says so and counts as complete for no day.

    sdn.csv ─┐                           (or cons_prim, cons_alt, cons_add)
    alt.csv ─┼── by ent_num ──> Entry ──> Listing
    add.csv ─┘
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from alnage.model import Reason, RegisterError
from alnage.registers.formats.entry import Entry, identifier
from alnage.registers.formats.ofac_xml import SCHEMAS
from alnage.registers.formats.opening import Source
from alnage.registers.plain import Reading, Rows

_COLUMNS = {"prim": 12, "alt": 5, "add": 6, "comments": 2}
_PRIMARY = re.compile(r"(?i)^(sdn|cons_prim)(?![a-z]*_comments)[^/]*\.(csv|txt|pip)(\.gz)?$")
_WEAK = re.compile(r"[afn]\.k\.a\. '([^']+)'")
_NUMBER = re.compile(
    r"(Unified Social Credit Code \(USCC\)|Legal Entity Number|Vessel Registration Identification"
    r"|Registration Number|Tax ID No\.|Company Number|D-U-N-S Number|SWIFT/BIC|MMSI) "
    r"((?:IMO )?[^\s;()]+)"
)
_BORN = re.compile(r"\bDOB ([^;.]+)")


def primary(path: Path) -> Path:
    """The file of names: ``path`` itself, or the only one in a folder; RegisterError otherwise."""
    if not path.is_dir():
        return path
    found = sorted(one for one in path.iterdir() if _PRIMARY.match(one.name))
    if len(found) != 1:
        raise RegisterError(
            "register_ofac_set", folder=path.name, found=[one.name for one in found]
        )
    return found[0]


def siblings(path: Path) -> dict[str, Path]:
    """The files beside a file of names that belong to it: ``alt``, ``add``, ``comments``.

    ``sdn_2024.csv`` has ``alt_2024.csv``; ``cons_prim.csv`` has ``cons_alt.csv``.
    """
    stem = path.name
    swaps = {
        "alt": (("cons_prim", "cons_alt"), ("sdn", "alt")),
        "add": (("cons_prim", "cons_add"), ("sdn", "add")),
        "comments": (("cons_prim", "cons_comments"), ("sdn", "sdn_comments")),
    }
    near = {one.name.casefold(): one for one in path.parent.iterdir() if one.is_file()}
    found: dict[str, Path] = {}
    for kind, pairs in swaps.items():
        for old, new in pairs:
            if stem.casefold().startswith(old):
                wanted = (new + stem[len(old) :]).casefold()
                for name in (wanted, wanted.removesuffix(".gz"), wanted + ".gz"):
                    if name in near:
                        found.setdefault(kind, near[name])
                break
    return found


def read_ofac_csv(source: Source, register: str) -> Reading:
    """Read an OFAC set: a folder, or its file of names with the others beside it.

    RegisterError if a file ends early or has another layout.
    """
    names = primary(source.path)
    beside = siblings(names)
    rows = Rows(names.name)
    found: dict[str, Entry] = {}
    for number, cells in _cells(Source(names), "prim"):
        if not cells[0].isdecimal() or not cells[1]:
            rows.lose(number, "ent_num" if cells[1] else "SDN_Name")
            continue
        found[cells[0]] = _entry(cells, number)
    if not found:
        raise RegisterError("register_no_entries", file=names.name)
    if "alt" in beside:
        _aliases(Source(beside["alt"]), found)
    if "add" in beside:
        _addresses(Source(beside["add"]), found)
    if "comments" in beside:
        for _, cells in _cells(Source(beside["comments"]), "comments"):
            if cells[0] in found:
                _remarks(found[cells[0]], cells[1])
    missing = [kind for kind in ("alt", "add") if kind not in beside]
    gaps = (Reason("register_set_incomplete", {"missing": missing}),) if missing else ()
    return rows.reading((one.listing(register) for one in found.values()), gaps=gaps)


def _cells(source: Source, kind: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of one file, nulls as empty text; RegisterError if a row has too few columns."""
    width, short = _COLUMNS[kind], 0
    # cp1252 leaves five bytes open; Latin-1 reads them all, and the rest alike for letters.
    for number, cells in source.rows("latin-1"):
        plain = ["" if cell.strip() == "-0-" else _windows(cell.strip()) for cell in cells]
        if plain[0] == "\x1a":
            continue
        if short:
            raise RegisterError("register_csv", file=source.name, row=short)
        short = number if len(plain) < width else 0
        if not short:
            yield number, plain
    if short:
        raise RegisterError("register_cut_off", file=source.name)


def _windows(text: str) -> str:
    """Quotation marks and dashes that Windows puts where Latin-1 has control characters."""
    if text.isascii() or not any("\x80" <= sign <= "\x9f" for sign in text):
        return text
    return text.encode("latin-1").decode("cp1252", "replace")


def _entry(cells: list[str], number: int) -> Entry:
    entry = Entry(cells[0], cells[1], number)
    entry.schema = SCHEMAS.get(cells[2].casefold() or "entity", "")
    entry.basis = "; ".join(sorted(cells[3].split("] [")))
    entry.notes += [f"title: {cells[4]}"] if cells[4] else []
    entry.notes += [f"vessel flag: {cells[9]}"] if cells[9] else []
    _remarks(entry, cells[11])
    return entry


def _remarks(entry: Entry, remarks: str) -> None:
    """Weak aliases and numbers that the list packs into its remarks."""
    if not remarks:
        return
    entry.weak += _WEAK.findall(remarks)
    entry.identifiers += [identifier(kind, value) for kind, value in _NUMBER.findall(remarks)]
    entry.notes += [f"birth date: {one.strip()}" for one in _BORN.findall(remarks)]
    entry.notes.append(f"remarks: {remarks}")


def _aliases(source: Source, found: dict[str, Entry]) -> None:
    for _, cells in _cells(source, "alt"):
        entry = found.get(cells[0])
        if entry is not None and cells[3]:
            entry.strong.append(cells[3])
            if cells[2].casefold() == "fka":
                entry.notes.append(f"former name: {cells[3]}")


def _addresses(source: Source, found: dict[str, Entry]) -> None:
    for _, cells in _cells(source, "add"):
        entry = found.get(cells[0])
        if entry is not None:
            entry.addresses.append(", ".join(filter(None, cells[2:5])))
            entry.countries += [cells[4]] if cells[4] else []
