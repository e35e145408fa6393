"""EPCIS documents of a custody folder: found by content, read whole or set aside whole.

The seam of this package to the disk. Shipments and receipts stand in different files, so
all documents of a folder are read before any row is made. A document that breaks the
standard gives nothing, and the tables that it could have filled say so.

    folder ── is_document() ── names ── read_documents() ──> Gathered(notes, parts, findings)
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from alnage.model import Reason, Rejected
from alnage.sources.epcis.document import HEAD, Document, syntax_of
from alnage.sources.epcis.happenings import Happening, happening
from alnage.sources.epcis.masterdata import Element
from alnage.sources.epcis.refusal import RefusedError
from alnage.sources.epcis.tables import EVENT_TABLES, Known, make_tables, told_against
from alnage.sources.grid import failed_grid
from alnage.sources.part import Part, read_part
from alnage.sources.schema import TABLES

# Tables whose ids the folder's own files may declare already; theirs counts.
_DECLARED = ("parties", "sites", "products", "documents")


@dataclass(frozen=True, slots=True)
class DocumentNote:
    """A document that was read: its events and rows; ``reason`` if it was refused whole."""

    file: str
    events: int
    rows: int
    sha256: str
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the documents of a folder give to its tables."""

    notes: tuple[DocumentNote, ...] = ()
    parts: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    rejected: tuple[Rejected, ...] = ()
    findings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """One document as it was read."""

    events: int
    sha256: str
    happenings: tuple[Happening, ...] = ()
    vocabulary: tuple[Element, ...] = ()
    findings: tuple[Reason, ...] = ()
    reason: Reason | None = None


def is_document(path: Path) -> bool:
    """Whether a file holds EPCIS, by its first bytes; False if it can't be opened."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return syntax_of(stream.read(HEAD)) is not None
    except OSError:
        return False


def read_documents(
    root: Path, names: Sequence[tuple[str, Reason | None]], tables: Mapping[str, Sequence[Part]]
) -> Gathered:
    """Read the documents ``names`` (some refused already) beside the folder's other ``tables``."""
    read = {name: _refused(why) if why is not None else _read(root / name) for name, why in names}
    happenings = [h for document in read.values() for h in document.happenings]
    vocabulary = {name: document.vocabulary for name, document in read.items()}
    made = make_tables(happenings, vocabulary, _known(tables))
    parts: dict[str, list[Part]] = {}
    rows = dict.fromkeys(read, 0)
    for (table, file), part in made.parts.items():
        kept = _undeclared(part, table, tables)
        rows[file] += kept.rows
        if kept.rows:
            parts.setdefault(table, []).append(kept)
    for name, document in read.items():
        for table in EVENT_TABLES if document.reason is not None else ():
            failed = read_part(TABLES[table], name, failed_grid(document.reason or Reason("")))
            parts.setdefault(table, []).append(failed)
    return Gathered(
        tuple(DocumentNote(n, d.events, rows[n], d.sha256, d.reason) for n, d in read.items()),
        {table: tuple(told) for table, told in parts.items()},
        made.rejected,
        (*(f for document in read.values() for f in document.findings), *made.findings),
    )


def _refused(reason: Reason) -> _Read:
    return _Read(0, "", reason=reason)


def _read(path: Path) -> _Read:
    """One document; a refused one keeps nothing but the reason."""
    digest = ""
    kept: list[Happening] = []
    found: list[Reason] = []
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            document = Document(stream, path.name)
            for event in document:
                kept.append(happening(event, path.name))
                found += told_against(event, path.name)
    except RefusedError as refused:
        return _Read(0, digest, reason=refused.reason)
    except OSError as error:
        return _refused(Reason("file_unreadable", {"problem": error.strerror or "?"}))
    return _Read(document.events, digest, tuple(kept), document.vocabulary, tuple(found))


def _known(tables: Mapping[str, Sequence[Part]]) -> Known:
    """GLNs by which the folder's own parties are known.

    As a site, such a GLN is the party's only site (the party itself where no site is given);
    with several sites nobody says which one it is, and it stays what it is.
    """
    parties: dict[str, str] = {}
    for part in tables.get("parties", ()):
        ids, told = part.table["party"].to_pylist(), part.table["identifiers"].to_pylist()
        for party, identifiers in zip(ids, told, strict=True):
            for identifier in identifiers or ():
                scheme, _, value = identifier.partition(":")
                if scheme.casefold() == "gln":
                    parties.setdefault(value.strip(), party)
    owned: dict[str, list[str]] = {}
    for part in tables.get("sites", ()):
        pairs = part.table["site"].to_pylist(), part.table["party"].to_pylist()
        for site, party in zip(*pairs, strict=True):
            owned.setdefault(party, []).append(site)
    declared = {site for sites in owned.values() for site in sites}
    sites = {
        gln: owned.get(party, [party])[0]
        for gln, party in parties.items()
        if gln not in declared and len(owned.get(party, [party])) == 1
    }
    return Known(sites, parties)


def _undeclared(part: Part, table: str, own: Mapping[str, Sequence[Part]]) -> Part:
    """A part without the ids that the folder's own files declare; a party may be a site."""
    if table not in _DECLARED:
        return part
    key = TABLES[table].key
    declared = {
        value
        for name in {table, *(("parties",) if table == "sites" else ())}
        for other in own.get(name, ())
        for value in other.table[TABLES[name].key].to_pylist()
    }
    keep = [value not in declared for value in part.table[key].to_pylist()]
    gone = keep.count(False)
    if not gone:
        return part
    return replace(part, table=part.table.filter(pa.array(keep)), rows=part.rows - gone)
