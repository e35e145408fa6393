"""The custody ledger: accounts, and what happened to them in order of time.

An account is a site's stock of a material, kept by lot only where every line that touches
it names its lot. The ledger holds the lines that count, once each, in the order in which
they happened (days, then upstream first), with the places of the sites, and everything
that was set aside or merged on the way. It knows no restriction and no law.

    Folder ── lines ── duplicates ── accounts ── order ──> Ledger
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from alnage.chain.duplicates import Papers, find_duplicates
from alnage.chain.lines import Lines, Weights, Words, read_lines, set_conversions_aside
from alnage.chain.order import order_days
from alnage.chain.places import Places, Site, implied_regions
from alnage.chain.product_packs import Packs
from alnage.model import Reason, Rejected, RowSource
from alnage.model.kernels import kernel

if TYPE_CHECKING:
    import pyarrow as pa

    from alnage.sources import Folder

# What an operation is; movements are one operation if received the day they left.
ORIGIN, MOVE, SHIP, RECEIVE, CONVERT = range(5)


@dataclass(frozen=True, slots=True)
class Operations:
    """What happens, in order: ``kind`` and ``index`` (a line, or a conversion's number)."""

    kind: np.ndarray
    index: np.ndarray


@dataclass(frozen=True, slots=True)
class Conversions:
    """Conversion ``c`` has the lines ``line[start[c]:start[c+1]]``, inputs first."""

    start: np.ndarray
    line: np.ndarray
    event: tuple[str, ...]
    known_step: np.ndarray
    makes: np.ndarray


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that tracing needs; codes point into ``words``.

    ``origin_account``, ``from_account``, ``to_account`` and ``line_account`` give the
    account of each line; ``named_input`` says of a conversion's line whether its step
    names the material (others are components, never diluting).
    """

    words: Words
    origins: Lines
    movements: Lines
    lines: Lines
    conversions: Conversions
    operations: Operations
    account_site: np.ndarray
    account_material: np.ndarray
    account_lot: np.ndarray
    account_by_lot: np.ndarray
    origin_account: np.ndarray
    from_account: np.ndarray
    to_account: np.ndarray
    line_account: np.ndarray
    named_input: np.ndarray
    places: Places
    rejected: tuple[Rejected, ...]
    findings: tuple[Reason, ...]
    merged: Mapping[str, str]
    tables: Mapping[str, pa.Table]
    packs: Packs
    weights: Weights

    def source(self, lines: Lines, i: int) -> RowSource:
        """File and row of a line."""
        return RowSource(self.words.files.words[lines.file[i]], int(lines.row[i]))

    def accounts_at(self, site: str, material: str, lot: str | None) -> list[int]:
        """Accounts of a site, narrowed by material and lot as far as they are given."""
        s, m = self.words.sites.find(site), self.words.materials.find(material)
        chosen = self.account_site == s
        if material:
            chosen &= self.account_material == m
        if lot:
            chosen &= ~self.account_by_lot | (self.account_lot == self.words.lots.find(lot))
        return np.flatnonzero(chosen).tolist()


def build_ledger(folder: Folder, packs: Packs | None = None) -> Ledger:
    """Build the ledger of a custody folder; ``packs`` are the bundled ones by default."""
    packs = Packs.load() if packs is None else packs
    words, tables = Words(), folder.tables
    weights = Weights(tables.get("products"), packs)
    proven = _proven(tables.get("documents"))
    rejected = list(folder.rejected)
    origins, aside = _read(tables, "origins", words, weights, proven)
    rejected += aside
    movements, aside = _read(tables, "movements", words, weights, proven)
    rejected += aside
    lines, aside = _read(tables, "conversions", words, weights, proven)
    rejected += aside
    broken = [row for row in rejected if row.table == "conversions"]
    if "conversions" in tables:
        lines, aside = set_conversions_aside(tables["conversions"], lines, words, broken)
        rejected += aside
    movements, merged, findings, aside = _merge(movements, tables, words, proven)
    rejected += aside
    places = read_places(tables.get("parties"), tables.get("sites"), rejected)
    findings += [*_unknown_sites(words, places, tables), *places.findings()]
    return _arrange(
        words,
        origins,
        movements,
        lines,
        places,
        tuple(rejected),
        findings,
        merged,
        tables,
        packs,
        weights,
    )


def _proven(documents: pa.Table | None) -> Mapping[str, frozenset[str]]:
    """Documents by the event that they say they prove."""
    found: dict[str, set[str]] = defaultdict(set)
    if documents is not None:
        columns = documents["document"].to_pylist(), documents["proves"].to_pylist()
        for document, events in zip(*columns, strict=True):
            for event in events or ():
                found[event].add(document)
    return {event: frozenset(names) for event, names in found.items()}


def _read(
    tables: Mapping[str, pa.Table],
    name: str,
    words: Words,
    weights: Weights,
    proven: Mapping[str, frozenset[str]],
) -> tuple[Lines, list[Rejected]]:
    if name not in tables:
        empty = np.zeros(0, np.int64)
        blank = {column: empty for column in Lines.__slots__ if column != "event"}
        return Lines(event=[], **{**blank, "output": np.zeros(0, np.bool_)}), []
    return read_lines(tables[name], name, words, weights, frozenset(proven))


def _merge(
    movements: Lines,
    tables: Mapping[str, pa.Table],
    words: Words,
    proven: Mapping[str, frozenset[str]],
) -> tuple[Lines, dict[str, str], list[Reason], list[Rejected]]:
    """Count a movement told twice once; report look-alikes; set repeated ids aside."""
    if not len(movements):
        return movements, {}, [], []
    papers = _papers(movements, tables["movements"], words, proven)
    found = find_duplicates(movements, papers)

    def reason(code: str, kept: int, other: int) -> Reason:
        rows = tuple(
            RowSource(words.files.words[movements.file[i]], int(movements.row[i]))
            for i in (kept, other)
        )
        return Reason(code, {"kept": movements.event[kept], "other": movements.event[other]}, rows)

    findings = [reason("movement_merged", *pair) for pair in found.merged]
    findings += [reason("movement_suspected_duplicate", *pair) for pair in found.suspected]
    aside = []
    for kept, other in found.doubled:
        why = reason("movement_id_repeated", kept, other)
        file, row = words.files.words[movements.file[other]], int(movements.row[other])
        values = {"event": movements.event[other], **_ends(movements, other, words)}
        aside.append(Rejected("movements", file, row, movements.event[other], why, values))
    merged = {movements.event[b]: movements.event[a] for a, b in found.merged}
    for i, (first, last, received_first, received_last) in found.days.items():
        movements.first[i], movements.last[i] = first, last
        movements.received_first[i], movements.received_last[i] = received_first, received_last
    documented = movements.documented.copy()
    for kept, other in found.merged:
        documented[kept] |= documented[other]
    gone = [other for _, other in (*found.merged, *found.doubled)]
    if not gone:
        return movements, merged, findings, aside
    keep = np.setdiff1d(np.arange(len(movements)), gone)
    return replace(movements, documented=documented).take(keep), merged, findings, aside


def _ends(movements: Lines, i: int, words: Words) -> dict[str, str]:
    return {
        "from_site": words.sites.words[movements.site[i]],
        "to_site": words.sites.words[movements.to_site[i]],
        "material": words.materials.words[movements.material[i]],
        "lot": words.lots.words[movements.lot[i]] if movements.lot[i] >= 0 else "",
    }


def _papers(
    movements: Lines, table: pa.Table, words: Words, proven: Mapping[str, frozenset[str]]
) -> Papers:
    """Documents and events that a movement names; looked up only for rows that look alike."""
    column, files = table["document"], words.files.words
    if len(table) == len(movements):
        place = None
    else:  # rows were set aside: find the line's own cell
        places = zip(table["_file"].to_pylist(), table["_row"].to_pylist(), strict=True)
        place = {where: at for at, where in enumerate(places)}

    @cache
    def papers(i: int) -> frozenset[str]:
        at = i if place is None else place[files[movements.file[i]], int(movements.row[i])]
        none: frozenset[str] = frozenset()
        return frozenset(_split(column[at].as_py())) | proven.get(movements.event[i], none)

    return papers


def _split(text: str | list[str] | None) -> list[str]:
    parts = text if isinstance(text, list) else (text or "").replace("；", ";").split(";")
    return [part.strip() for part in parts if part.strip()]


def read_places(
    parties: pa.Table | None, sites: pa.Table | None, rejected: Sequence[Rejected] = ()
) -> Places:
    """Sites as the tables declare them; a party without a site is one site with its id.

    A rejected row of ``sites`` still is a site: the party's others are not its only ones.
    """
    party_rows = {} if parties is None else {row["party"]: row for row in parties.to_pylist()}
    site_rows = [] if sites is None else sites.to_pylist()
    count: dict[str, int] = defaultdict(int)
    for row in site_rows:
        count[row["party"]] += 1
    aside = [row.values.get("party", "") for row in rejected if row.table == "sites"]
    for party in aside:
        count[party] += 1
    unsure = "" in aside  # a row, or a whole file, that could hold sites of anybody
    found = [
        _site(row, party_rows.get(row["party"], {}), alone=count[row["party"]] == 1 and not unsure)
        for row in site_rows
    ]
    known = {site.site for site in found}
    for party, row in party_rows.items():
        if party not in known:
            alone = not count[party] and not unsure
            found.append(_site({**row, "site": party}, row, alone=alone))
    return Places(found)


def _site(row: Mapping[str, Any], party: Mapping[str, Any], *, alone: bool) -> Site:
    country, region = row.get("country") or "", row.get("region") or ""
    from_country, from_region = party.get("country") or "", party.get("region") or ""
    if alone:
        country, region = country or from_country, region or from_region
    implied = implied_regions(
        country or from_country,
        row.get("postal_code") or "",
        row.get("latitude"),
        row.get("longitude"),
        row.get("address") or "",
    )
    return Site(
        site=row["site"],
        party=row["party"],
        name=row.get("name") or party.get("name") or row["site"],
        country=country,
        region=region,
        inherited_country=from_country,
        inherited_region=from_region,
        implied=implied,
        source=RowSource(row["_file"], row["_row"]) if "_file" in row else None,
    )


def _unknown_sites(words: Words, places: Places, tables: Mapping[str, pa.Table]) -> list[Reason]:
    """Sites that lines name and no table declares (only asked where parties are given)."""
    if "parties" not in tables and "sites" not in tables:
        return []
    return [
        Reason("site_unknown", {"site": site}) for site in words.sites.words if site not in places
    ]


def _arrange(
    words: Words,
    origins: Lines,
    movements: Lines,
    lines: Lines,
    places: Places,
    rejected: tuple[Rejected, ...],
    findings: list[Reason],
    merged: Mapping[str, str],
    tables: Mapping[str, pa.Table],
    packs: Packs,
    weights: Weights,
) -> Ledger:
    pooled = _pooled(words, origins, movements, lines, rejected)
    accounts = _Accounts(words, pooled)
    origin_account = accounts.number(origins.site, origins.material, origins.lot)
    from_account = accounts.number(movements.site, movements.material, movements.lot)
    to_account = accounts.number(movements.to_site, movements.material, movements.lot)
    line_account = accounts.number(lines.site, lines.material, lines.lot)
    conversions, named = _conversions(words, lines, packs)
    site, material, lot = accounts.columns()
    ledger = Ledger(
        words=words,
        origins=origins,
        movements=movements,
        lines=lines,
        conversions=conversions,
        operations=Operations(np.zeros(0, np.int64), np.zeros(0, np.int64)),
        account_site=site,
        account_material=material,
        account_lot=lot,
        account_by_lot=lot >= 0,
        origin_account=origin_account,
        from_account=from_account,
        to_account=to_account,
        line_account=line_account,
        named_input=named,
        places=places,
        rejected=rejected,
        findings=tuple(findings),
        merged=merged,
        tables=tables,
        packs=packs,
        weights=weights,
    )
    return replace(ledger, operations=_operations(ledger))


def _pooled(
    words: Words, origins: Lines, movements: Lines, lines: Lines, rejected: Sequence[Rejected]
) -> np.ndarray:
    """Whether stock is pooled, by site and material: one line without a lot is enough."""
    rows = [
        (origins.site, origins.material, origins.lot),
        (movements.site, movements.material, movements.lot),
        (movements.to_site, movements.material, movements.lot),
        (lines.site, lines.material, lines.lot),
    ]
    touched = [_rejected_touch(words, row) for row in rejected if not row.values.get("lot")]
    pooled = np.zeros((len(words.sites), len(words.materials)), np.bool_)
    for site, material, lot in rows:
        pooled[site[lot < 0], material[lot < 0]] = True
    for sites, material_code in touched:
        for site_code in sites:
            if material_code == -1:
                pooled[site_code, :] = True
            else:
                pooled[site_code, material_code] = True
    return pooled


def _rejected_touch(words: Words, row: Rejected) -> tuple[list[int], int]:
    """Codes of the known sites and of the material that a rejected line touches (-1: any)."""
    ends = [row.values.get(name, "") for name in ("site", "from_site", "to_site")]
    sites = [code for code in (words.sites.find(end) for end in ends if end) if code >= 0]
    if row.table not in ("origins", "movements", "conversions"):
        return [], -1
    word = row.values.get("material", "")
    material = words.materials.find(word) if word else -1
    return ([], -1) if word and material < 0 else (sites, material)


class _Accounts:
    """Numbers of accounts, given as lines name them."""

    def __init__(self, words: Words, pooled: np.ndarray) -> None:
        self._pooled = pooled
        self._lots = len(words.lots) + 1
        self._materials = max(len(words.materials), 1)
        self._keys = np.zeros(0, np.int64)

    def number(self, site: np.ndarray, material: np.ndarray, lot: np.ndarray) -> np.ndarray:
        if not len(site):
            return np.zeros(0, np.int64)
        by_lot = np.where(self._pooled[site, material], -1, lot) + 1
        keys = (site * self._materials + material) * self._lots + by_lot
        distinct = _distinct(keys)
        known = np.sort(self._keys)
        at = np.searchsorted(known, distinct).clip(max=max(len(known) - 1, 0))
        fresh = distinct[known[at] != distinct] if len(known) else distinct
        self._keys = np.concatenate([self._keys, fresh])
        order = np.argsort(self._keys)
        number = order[np.searchsorted(self._keys, distinct, sorter=order)]
        numbers: np.ndarray = number[np.searchsorted(distinct, keys)]
        return numbers

    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rest, lot = np.divmod(self._keys, self._lots)
        site, material = np.divmod(rest, self._materials)
        return site, material, lot - 1


def _conversions(words: Words, lines: Lines, packs: Packs) -> tuple[Conversions, np.ndarray]:
    """Group lines by event, inputs first; tell named inputs from components."""
    numbers: dict[str, int] = {}
    number = np.array([numbers.setdefault(event, len(numbers)) for event in lines.event], np.int64)
    order = np.lexsort((np.arange(len(lines)), lines.output, number)) if len(lines) else number
    start = (
        np.searchsorted(number[order], np.arange(len(numbers) + 1))
        if len(lines)
        else np.zeros(1, np.int64)
    )
    named = np.ones(len(lines), np.bool_)
    known = np.zeros(len(numbers), np.bool_)
    makes = np.ones(len(numbers), np.bool_)
    for c in range(len(numbers)):
        group = order[start[c] : start[c + 1]]
        step = next((words.steps.words[lines.step[i]] for i in group if lines.step[i] >= 0), "")
        makes[c] = packs.makes(step)
        if packs.step(step) is None:
            continue
        inputs = [i for i in group if not lines.output[i]]
        hits = [packs.names_input(step, words.materials.words[lines.material[i]]) for i in inputs]
        # A step that names none of what went in is not that step: all inputs count.
        if any(hits):
            known[c] = True
            named[inputs] = hits
    return Conversions(start, order, tuple(numbers), known, makes), named


def _operations(ledger: Ledger) -> Operations:
    """All operations in order of time (see ``order``)."""
    origins, movements, lines = ledger.origins, ledger.movements, ledger.lines
    conversions = ledger.conversions
    head = conversions.line[conversions.start[:-1]] if len(lines) else np.zeros(0, np.int64)
    one_day = movements.last == movements.received_last
    ship = np.flatnonzero(~one_day)
    move = np.flatnonzero(one_day)
    parts = [
        (ORIGIN, np.arange(len(origins)), origins.last, origins, np.arange(len(origins)), 0),
        (MOVE, move, movements.last[move], movements, move, 1),
        (SHIP, ship, movements.last[ship], movements, ship, 1),
        (RECEIVE, ship, movements.received_last[ship], movements, ship, 1),
        (CONVERT, np.arange(len(head)), lines.last[head], lines, head, 2),
    ]
    kind = np.concatenate([np.full(len(index), k, np.int64) for k, index, *_ in parts])
    index = np.concatenate([index for _, index, *_ in parts])
    day = np.concatenate([days for _, _, days, *_ in parts])
    table = np.concatenate([np.full(len(index), t, np.int64) for _, index, *_, t in parts])
    file_rank = _file_ranks(ledger.words)
    file = np.concatenate([file_rank[of.file[at]] for *_, of, at, _ in parts])
    row = np.concatenate([of.row[at] for *_, of, at, _ in parts])
    rank = np.lexsort((row, file, table, day))
    kind, index, day = kind[rank], index[rank], day[rank]
    takes = _pointers(ledger, kind, index, taking=True)
    adds = _pointers(ledger, kind, index, taking=False)
    cuts = np.append(np.flatnonzero(np.diff(day, prepend=day[:1] - 1)), len(day)).astype(np.int64)
    run = kernel(order_days, len(kind))
    order = run(cuts, *takes, *adds, len(ledger.account_site))
    return Operations(kind[order], index[order])


def _file_ranks(words: Words) -> np.ndarray:
    names = words.files.words
    rank = np.zeros(len(names) + 1, np.int64)
    rank[[names.index(name) for name in sorted(names)]] = np.arange(len(names))
    return rank


def _pointers(
    ledger: Ledger, kind: np.ndarray, index: np.ndarray, *, taking: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Accounts that each operation takes from or adds to, distinct, as start and values."""
    pairs = []
    single = {MOVE: ledger.from_account, SHIP: ledger.from_account} if taking else {
        ORIGIN: ledger.origin_account, MOVE: ledger.to_account, RECEIVE: ledger.to_account,
    }  # fmt: skip
    for k, accounts in single.items():
        at = np.flatnonzero(kind == k)
        pairs.append((at, accounts[index[at]]))
    at = np.flatnonzero(kind == CONVERT)
    start, line = ledger.conversions.start, ledger.conversions.line
    counts = np.diff(start)[index[at]]
    flat = np.repeat(start[index[at]], counts) + _within(counts)
    chosen = line[flat] if len(flat) else np.zeros(0, np.int64)
    right = ledger.lines.output[chosen] != taking
    pairs.append((np.repeat(at, counts)[right], ledger.line_account[chosen[right]]))
    op = np.concatenate([a for a, _ in pairs])
    account = np.concatenate([b for _, b in pairs])
    key = _distinct(op * (len(ledger.account_site) + 1) + account)
    op, account = np.divmod(key, len(ledger.account_site) + 1)
    return np.searchsorted(op, np.arange(len(kind) + 1)).astype(np.int64), account.astype(np.int64)


def _distinct(values: np.ndarray) -> np.ndarray:
    """Distinct numbers in order (by sorting, which is faster here than numpy's hashing)."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    distinct: np.ndarray = ordered[first]
    return distinct


def _within(counts: np.ndarray) -> np.ndarray:
    """0, 1, … within each run of the given lengths."""
    ends = np.cumsum(counts)
    within: np.ndarray = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
    return within
