"""Events as the tables of a custody folder: the same schema, rows named by event number.

Declared errors are taken back first, events told twice are counted once, then the flow
gives rows. They pass through the same gate as rows of any other file: a cell that a
quantity or an order hangs on takes its row with it, and the reason names file and event.

    Event, … ── withdraw, merge ── Flow ── rows ── read_part() ──> Tables
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from alnage.model import Reason, Rejected, RowSource
from alnage.sources.epcis.contradictions import contradictions
from alnage.sources.epcis.events import Event
from alnage.sources.epcis.flow import Flow, Row, in_order
from alnage.sources.epcis.happenings import Happening, happening
from alnage.sources.epcis.masterdata import Element
from alnage.sources.epcis.registry import place_rows, product_rows
from alnage.sources.grid import Grid, lay_out
from alnage.sources.part import Part, read_part
from alnage.sources.schema import TABLES, Column, Table

FINDINGS = 200  # findings of one kind that are told one by one
EVENT_TABLES = ("origins", "movements", "conversions")

# Kinds of evidence that types of business transaction are.
_KINDS: Mapping[str, str] = {
    "po": "purchase_order",
    "poc": "purchase_order",
    "inv": "invoice",
    "bol": "bill_of_lading",
    "desadv": "transport_record",
    "prodorder": "production_order",
    "testres": "analysis_certificate",
}
_SEMICOLON = "\x1f"  # stands for a semicolon inside an id until lists have been read
_TABLE_OF = {"make": "conversions"}


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables of the contract made of events, with the rows set aside and what was found."""

    tables: Mapping[str, pa.Table]
    rejected: tuple[Rejected, ...] = ()
    findings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """GLNs that the folder's own tables know under an id of theirs, as sites and as parties."""

    sites: Mapping[str, str] = field(default_factory=dict)
    parties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """Parts of tables by file, in the files' order, and findings."""

    parts: Mapping[tuple[str, str], Part]
    findings: tuple[Reason, ...]
    rejected: tuple[Rejected, ...] = ()


def to_tables(
    events: Iterable[Event], *, file: str = "", vocabulary: Sequence[Element] = ()
) -> Tables:
    """The custody tables that the events of one document give; ``file`` names it in rows.

    ``vocabulary`` is the document's master data (``Document.vocabulary``). Tables to which
    no event adds a row are absent.

    >>> from alnage.sources.epcis import ObjectEvent, Place, Quantity
    >>> sown = ObjectEvent(type="ObjectEvent", number=1, event_time="2024-03-01T08:00:00Z",
    ...     event_time_zone_offset="+08:00", action="ADD", biz_step="commissioning",
    ...     read_point=Place("urn:epc:id:sgln:4012345.00001.0"),
    ...     quantities=(Quantity("urn:epc:class:lgtin:4012345.012345.L1", 5, "TNE"),))
    >>> row = to_tables([sown], file="farm.json").tables["origins"].to_pylist()[0]
    >>> row["site"], row["material"], row["lot"], row["quantity"], row["unit"], row["_row"]
    ('4012345000016', '04012345123456', 'L1', 5.0, 'TNE', 1)
    """
    kept: list[Happening] = []
    found: list[Reason] = []
    for event in events:
        kept.append(happening(event, file))
        found += told_against(event, file)
    made = make_tables(kept, {file: vocabulary}, Known())
    tables: dict[str, list[pa.Table]] = defaultdict(list)
    for (name, _), part in made.parts.items():
        tables[name].append(part.table)
    rejected = [row for part in made.parts.values() for row in part.rejected]
    findings = [reason for part in made.parts.values() for reason in part.findings]
    return Tables(
        {name: pa.concat_tables(tables[name]) for name in TABLES if name in tables},
        (*made.rejected, *rejected),
        (*found, *made.findings, *findings),
    )


def told_against(event: Event, file: str) -> list[Reason]:
    """Contradictions of an event with the place where it stands."""
    return [
        Reason(reason.code, {"file": file, **reason.params}, (RowSource(file, event.number),))
        for reason in contradictions(event)
    ]


def make_tables(
    happenings: Sequence[Happening],
    vocabulary: Mapping[str, Sequence[Element]],
    known: Known,
) -> Made:
    """Parts of the custody tables from the happenings of all documents together.

    ``known`` gives the ids that the folder's own tables have for sites and parties.
    """
    counted, findings, rejected = _once(happenings)
    flow = Flow(in_order(counted))
    flow.run()
    rows = [
        *flow.rows,
        *_documents(flow, counted),
        *place_rows(vocabulary, counted),
        *product_rows(vocabulary),
    ]
    by_part: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_part[row.table, row.file].append(row)
    parts = {
        (name, file): _whole_ids(read_part(TABLES[name], file, _grid(TABLES[name], told, known)))
        for (name, file), told in sorted(by_part.items(), key=lambda item: item[0])
    }
    return Made(parts, tuple(_bounded([*findings, *flow.findings])), rejected)


def _once(
    happenings: Sequence[Happening],
) -> tuple[list[Happening], list[Reason], tuple[Rejected, ...]]:
    """Each event once, without those declared in error; the others with the reason why not."""
    gone = {name for h in happenings if h.withdrawn for name in (h.event, h.withdrawn)}
    ids = {h.event for h in happenings}
    first: dict[str, Happening] = {}
    findings: list[Reason] = []
    rejected: list[Rejected] = []
    for h in happenings:
        told = {"file": h.file, "event": h.row}
        if h.event in gone:
            findings.append(Reason("epcis_withdrawn", {**told, "id": h.event}, (h.source,)))
            missing = [name for name in h.corrections if name not in ids]
            if missing:
                lost = {**told, "ids": missing[:5]}
                findings.append(Reason("epcis_correction_absent", lost, (h.source,)))
            continue
        known = first.setdefault(h.event, h)
        if known is h:
            if h.kind == "other":
                findings.append(Reason("epcis_type_foreign", told, (h.source,)))
            continue
        places = (h.source, known.source)
        shown = {**told, "id": h.event, "first": f"{known.file}:{known.row}"}
        if replace(h, file=known.file, row=known.row) == known:
            findings.append(Reason("epcis_event_again", shown, places))
        else:
            rejected += _against(h, Reason("epcis_event_differs", shown, places))
    return list(first.values()), findings, tuple(rejected)


def _against(h: Happening, reason: Reason) -> list[Rejected]:
    """The rows that an event could have given, set aside: another one has its id."""
    table = _TABLE_OF.get(h.kind, "origins" if h.action == "ADD" else "movements")
    site = "from_site" if table == "movements" else "site"
    return [
        Rejected(
            table, h.file, h.row, h.event, reason,
            {"event": h.event, site: h.site, "material": item.material, "lot": item.lot},
        )
        for item in (*h.items, *h.outputs)
    ]  # fmt: skip


def _documents(flow: Flow, counted: Iterable[Happening]) -> list[Row]:
    """A row for each business transaction, with the rows that it is said to be about."""
    kinds: dict[str, str] = {}
    for h in counted:
        for paper, kind in h.papers:
            kinds[paper] = kinds.get(paper) or _KINDS.get(kind, "")
    proves: dict[str, list[str]] = defaultdict(list)
    at: dict[str, tuple[str, int]] = {}
    for (paper, file), events in flow.proofs.items():
        proves[paper] += events
        at[paper] = min(at.get(paper, (file, 1 << 30)), (file, min(events.values())))
    return [
        Row(
            "documents", *at[paper],
            {"document": paper, "kind": kinds.get(paper, ""), "proves": ";".join(event.replace(";", _SEMICOLON) for event in events)},
        )
        for paper, events in proves.items()
    ]  # fmt: skip


def _grid(table: Table, rows: Sequence[Row], known: Known) -> Grid:
    """Rows as the grid that every reader hands over; sites and parties by the folder's ids."""
    headings = list(dict.fromkeys(name for row in rows for name in row.cells))
    own = {column.name: _ids(column, known) for column in table}
    columns = []
    for name in headings:
        ids = own.get(name, {})
        texts = [row.cells.get(name, "") for row in rows]
        cells = [ids.get(text, text) or None for text in texts]
        columns.append(pa.array(cells, pa.large_string()))
    data = pa.table(columns, names=[str(i) for i in range(len(headings))])
    return Grid(lay_out(headings, table, {}), data, pa.array([row.row for row in rows], pa.int32()))


def _ids(column: Column, known: Known) -> Mapping[str, str]:
    if column.name == "site" or "sites" in column.refers:
        return known.sites
    return known.parties if column.name == "party" or "parties" in column.refers else {}


def _whole_ids(part: Part) -> Part:
    """Lists of event ids with the semicolons that stand in hash ids, not between them."""
    if "proves" not in part.table.column_names or not part.table.num_rows:
        return part
    lists = pa.concat_arrays(part.table["proves"].chunks)
    ids = pc.replace_substring(lists.values, _SEMICOLON, ";")
    whole = pa.ListArray.from_arrays(lists.offsets, ids, mask=lists.is_null())
    at = part.table.column_names.index("proves")
    return replace(part, table=part.table.set_column(at, part.table.schema.field(at), whole))


def _bounded(findings: Sequence[Reason]) -> Iterable[Reason]:
    """The first findings of each kind, and how many more there are."""
    count: dict[str, int] = defaultdict(int)
    for reason in findings:
        count[reason.code] += 1
        if count[reason.code] <= FINDINGS:
            yield reason
    for code, told in count.items():
        if told > FINDINGS:
            example = next(reason for reason in findings if reason.code == code)
            yield Reason("epcis_findings_more", {"count": told - FINDINGS}, (), (example,))
