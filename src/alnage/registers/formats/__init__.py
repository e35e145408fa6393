"""The formats that a register file may have, and how a file tells which one it is.

Official lists are imported as their publishers write them: a user saves the file and says
where it lies. Nothing is fetched. Each format is one small module; here they get their
names, and a file without a named format is told by its first bytes.

    path ── Source ── tell ──> FORMATS[name](source, register) ──> Reading
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from alnage.model import RegisterError
from alnage.registers.formats.bis import DPL_COLUMNS, read_bis_json, read_dpl
from alnage.registers.formats.cbp import read_cbp
from alnage.registers.formats.csl import read_csl
from alnage.registers.formats.dhs import read_dhs, with_first_days
from alnage.registers.formats.eu import read_eu
from alnage.registers.formats.ofac_csv import primary, read_ofac_csv
from alnage.registers.formats.ofac_xml import read_ofac_xml
from alnage.registers.formats.opening import Source
from alnage.registers.formats.statements import read_statements
from alnage.registers.formats.un import read_un
from alnage.registers.plain import Reading, read_csv, read_ftm, read_simple

Reader = Callable[[Source, str], Reading]


def _whole(read: Callable[[bytes, str, str], Reading]) -> Reader:
    """A reader of small files, which takes their whole content."""
    return lambda source, register: read(source.read(), register, source.name)


FORMATS: dict[str, Reader] = {
    "bis-dpl": read_dpl,
    "bis-json": read_bis_json,
    "cbp": read_cbp,
    "csl": read_csl,
    "csv": _whole(read_csv),
    "dhs": read_dhs,
    "eu": read_eu,
    "ftm": _whole(read_ftm),
    "ofac-csv": read_ofac_csv,
    "ofac-xml": read_ofac_xml,
    "statements": read_statements,
    "targets-simple": _whole(read_simple),
    "un": read_un,
}
# Earlier names of formats stay understood.
ALSO = {"simple": "targets-simple"}
_ROOTS = {"sdnList": "ofac-xml", "export": "eu", "CONSOLIDATED_LIST": "un"}
_ROOT = re.compile(r"<(?:\w+:)?(\w+)[\s>/]")


def read(path: Path, register: str, form: str | None = None) -> tuple[str, Reading]:
    """The format of a file, named or told, and what its reader found.

    RegisterError if the format is unknown, or the file can't be used as one of that format.
    """
    if form is not None and ALSO.get(form, form) not in FORMATS:
        raise RegisterError("register_form_unknown", form=form, known=sorted(FORMATS))
    source = Source(path)
    found = ALSO.get(form, form) if form is not None else tell(source)
    if path.is_dir() and found != "ofac-csv":
        raise RegisterError("register_unreadable", file=str(path))
    return found, FORMATS[found](source, register)


def sha256(path: Path) -> str:
    """The hash of what was imported; of a folder, that of its file of names."""
    return Source(primary(path)).sha256()


def tell(source: Source) -> str:
    """The format of a file, by its first bytes; ``csv`` where they are those of no other.

    RegisterError if it can't be read.
    """
    if source.path.is_dir():
        return "ofac-csv"
    start = source.beginning()
    wide = start[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = start.decode("utf-16" if wide else "utf-8-sig", "replace").lstrip()
    if text.startswith("<"):
        return _markup(source, text)
    if text.startswith(("{", "[")):
        return "ftm" if '"properties"' in text[:5000] else "bis-json"
    return _table(text.split("\n", 1)[0].rstrip("\r"))


def _markup(source: Source, text: str) -> str:
    """XML by its root, a page by its language; RegisterError if it is neither that we know."""
    root = _ROOT.search(text)
    name = root[1] if root else ""
    if name in _ROOTS:
        return _ROOTS[name]
    if name.casefold() == "html" or "<!doctype html" in text[:200].casefold():
        return "dhs"
    raise RegisterError("register_form_untold", file=source.name, known=sorted(FORMATS))


def _table(first: str) -> str:
    """A table by its header, or by the nulls that OFAC writes without one."""
    cells = {cell.strip().strip('"').strip() for cell in re.split(r"[,\t;]", first)}
    if set(DPL_COLUMNS) <= cells:
        return "bis-dpl"
    for form, wanted in (
        ("csl", {"_id", "source", "entity_number"}),
        ("cbp", {"Entity", "Merchandise", "WRO/Finding"}),
        ("statements", {"canonical_id", "prop", "value"}),
        ("targets-simple", {"id", "schema", "name", "countries", "dataset"}),
    ):
        if wanted <= cells:
            return form
    return "ofac-csv" if "-0-" in cells and first[:1].isdecimal() else "csv"


__all__ = ["ALSO", "FORMATS", "Reader", "Source", "read", "sha256", "tell", "with_first_days"]
