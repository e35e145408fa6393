"""Targets: what is asked about, as the nodes of the graph that it consists of.

An entry is all its lines, a line the movement that it names (or the part of it that it
declares), a lot everything that came into an account under that lot. What a target names
and no row tells is content without documented origin, never left out.

    "E-1", "E-1/2", "M-17", "lot:SITE/MATERIAL/LOT" ── find() ──> Target(parts, days)
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from alnage.chain.ledger import CONVERT, MOVE, SHIP, Ledger
from alnage.model import OptionError, Reason, RowSource
from alnage.trace.bounds import Sink
from alnage.trace.graph import Graph

TargetKind = Literal["entry", "line", "movement", "lot"]

# An entry may round its quantity; beyond this part the rest has no documented origin.
QUANTITY_TOLERANCE = 0.005


@dataclass(frozen=True, slots=True)
class Target:
    """Parts of a target: sinks in the main content and in components, and what is missing.

    ``date`` is the importation of an entry; ``first`` and ``last`` the days of its rows;
    ``unknown`` content (kilograms of raw-material equivalent) that no row tells.
    """

    id: str
    kind: TargetKind
    kg: float
    main: tuple[Sink, ...]
    components: tuple[Sink, ...]
    unknown: float
    date: Any
    last: int
    movements: tuple[int, ...]
    incomplete: tuple[Reason, ...] = ()
    rows: tuple[RowSource, ...] = field(default=())

    @property
    def content(self) -> float:
        """All content of the target, told or not."""
        return sum(sink.amount for sink in self.main) + self.unknown


class Targets:
    """The targets of a ledger, found by id."""

    def __init__(self, ledger: Ledger, graph: Graph) -> None:
        self._ledger = ledger
        self._graph = graph
        self._movement = {event: i for i, event in enumerate(ledger.movements.event)}
        self._entries: dict[str, list[dict[str, Any]]] = {}
        table = ledger.tables.get("entries")
        if table is not None:
            for row in table.to_pylist():
                self._entries.setdefault(row["entry"], []).append(row)
        self._aside: dict[str, list[RowSource]] = {}
        for rejected in ledger.rejected:
            if rejected.table == "entries":
                entry = rejected.values.get("entry", "")
                self._aside.setdefault(entry, []).append(rejected.source)

    @property
    def entries(self) -> dict[str, list[dict[str, Any]]]:
        """Rows of the entries table by entry, in order."""
        return self._entries

    def default(self) -> list[Target]:
        """All entries; without entries, the movements after which nothing leaves."""
        if self._entries or self._aside:
            names = dict.fromkeys([*self._entries, *filter(None, self._aside)])
            return [self._entry(entry) for entry in names]
        return [self._by_movement(i) for i in self._last_movements()]

    def find(self, text: str) -> Target:
        """The target of that id; OptionError naming the nearest if there is none."""
        if text.startswith("lot:"):
            return self._lot(text)
        if text in self._entries or text in self._aside:
            return self._entry(text)
        entry, slash, line = text.rpartition("/")
        if slash and entry in self._entries:
            for n, row in enumerate(self._entries[entry], 1):
                if line in (row["line"], None if row["line"] else str(n)):
                    return self._make(text, "line", [row])
        i = self._movement.get(self._ledger.merged.get(text, text))
        if i is not None:
            return self._by_movement(i, text)
        near = difflib.get_close_matches(text, [*self._entries, *self._movement], 3)
        raise OptionError("target_unknown", target=text, nearest=near or "-")

    def _entry(self, entry: str) -> Target:
        return self._make(entry, "entry", self._entries.get(entry, []))

    def _by_movement(self, i: int, name: str = "") -> Target:
        movements = self._ledger.movements
        return Target(
            id=name or movements.event[i],
            kind="movement",
            kg=float(movements.kg[i]),
            main=(Sink(int(self._graph.movement_node[i]), float(movements.content[i])),),
            components=self._component(i, 1.0),
            unknown=0.0,
            date=None,
            last=int(movements.last[i]),
            movements=(i,),
            rows=(self._ledger.source(movements, i),),
        )

    def _component(self, i: int, part: float) -> tuple[Sink, ...]:
        node = int(self._graph.movement_component[i])
        return () if node < 0 else (Sink(node, float(self._graph.content[node]) * part),)

    def _make(self, name: str, kind: TargetKind, rows: Sequence[dict[str, Any]]) -> Target:
        main: dict[int, float] = {}
        components: dict[int, float] = {}
        kg = unknown = 0.0
        found: list[int] = []
        reasons = [
            Reason("entry_line_rejected", {"entry": name}, (source,))
            for source in self._aside.get(
                name.split("/", maxsplit=1)[0] if kind == "line" else name, []
            )
        ]
        for row in rows:
            source = RowSource(row["_file"], row["_row"])
            known, line_kg, line_unknown = self._line(row)
            if known is None:
                reasons.append(
                    Reason("entry_without_movement", {"movement": row["movement"] or ""}, (source,))
                )
            else:
                i, content = known
                found.append(i)
                main[i] = main.get(i, 0.0) + content
                for sink in self._component(
                    i, content / max(float(self._ledger.movements.content[i]), 1e-300)
                ):
                    components[sink.node] = components.get(sink.node, 0.0) + sink.amount
            kg += line_kg
            unknown += line_unknown
        for i, content in list(main.items()):
            whole = float(self._ledger.movements.content[i])
            if content > whole * (1 + QUANTITY_TOLERANCE):
                unknown += content - whole
            main[i] = min(content, whole)
        last = max((int(self._ledger.movements.last[i]) for i in found), default=1 << 40)
        dates = [row["date_to"] for row in rows if row["date_to"] is not None]
        return Target(
            id=name,
            kind=kind,
            kg=kg,
            main=tuple(Sink(int(self._graph.movement_node[i]), c) for i, c in main.items()),
            components=tuple(Sink(node, amount) for node, amount in components.items()),
            unknown=unknown,
            date=max(dates, default=None),
            last=last,
            movements=tuple(main),
            incomplete=tuple(reasons),
            rows=tuple(RowSource(row["_file"], row["_row"]) for row in rows),
        )

    def _line(self, row: dict[str, Any]) -> tuple[tuple[int, float] | None, float, float]:
        """Movement and content of an entry line, its kilograms, and content no row tells."""
        movements = self._ledger.movements
        name = row["movement"] or ""
        i = self._movement.get(self._ledger.merged.get(name, name))
        material = "" if i is None else self._ledger.words.materials.words[movements.material[i]]
        kg = None
        if row["quantity"] is not None and row["unit"]:
            per_unit, _ = self._ledger.weights.kilograms(row["unit"], material)
            kg = None if per_unit is None else per_unit * row["quantity"]
        if i is None:
            return None, kg or 0.0, kg or 1.0
        whole = float(movements.content[i])
        if kg is None:
            return (i, whole), float(movements.kg[i]), 0.0
        return (i, whole * kg / float(movements.kg[i])), kg, 0.0

    def _lot(self, text: str) -> Target:
        """Everything that came to a site under a lot: origins, receipts, outputs."""
        ledger, graph = self._ledger, self._graph
        parts = text.removeprefix("lot:").split("/")
        if len(parts) < 3:
            raise OptionError("target_unknown", target=text, nearest="lot:SITE/MATERIAL/LOT")
        site, material, lot = self._lot_codes(text, parts)
        main: list[Sink] = []
        components: list[Sink] = []
        kg, last, rows = 0.0, -1, []
        for lines, place, nodes, riders in (
            (ledger.origins, ledger.origins.site, graph.origin_node, None),
            (
                ledger.movements,
                ledger.movements.to_site,
                graph.movement_node,
                graph.movement_component,
            ),
            (ledger.lines, ledger.lines.site, graph.output_node, graph.output_component),
        ):
            if not len(lines):
                continue
            chosen = (
                (place == site) & (lines.material == material) & (lines.lot == lot) & (nodes >= 0)
            )
            for i in np.flatnonzero(chosen):
                main.append(Sink(int(nodes[i]), float(lines.content[i])))
                if riders is not None and riders[i] >= 0:
                    components.append(Sink(int(riders[i]), float(graph.content[riders[i]])))
                kg += float(lines.kg[i])
                last = max(last, int(lines.received_last[i]))
                rows.append(ledger.source(lines, int(i)))
        if not main:
            raise OptionError("target_unknown", target=text, nearest="lot:SITE/MATERIAL/LOT")
        return Target(
            text, "lot", kg, tuple(main), tuple(components), 0.0, None, last, (), (), tuple(rows)
        )

    def _lot_codes(self, text: str, parts: list[str]) -> tuple[int, int, int]:
        """Codes of site, material and lot; any of the three may hold a slash."""
        words = self._ledger.words
        for a in range(1, len(parts) - 1):
            for b in range(a + 1, len(parts)):
                names = "/".join(parts[:a]), "/".join(parts[a:b]), "/".join(parts[b:])
                codes = (
                    words.sites.find(names[0]),
                    words.materials.find(names[1]),
                    words.lots.find(names[2]),
                )
                if min(codes) >= 0:
                    return codes
        raise OptionError("target_unknown", target=text, nearest="lot:SITE/MATERIAL/LOT")

    def _last_movements(self) -> list[int]:
        """Movements into a site that the material never leaves again."""
        ledger = self._ledger
        kind, index = ledger.operations.kind, ledger.operations.index
        materials = max(len(ledger.words.materials), 1)
        place = ledger.account_site * materials + ledger.account_material
        left: set[int] = set()
        out: list[int] = []
        conversions = ledger.conversions
        for what, i in zip(kind[::-1].tolist(), index[::-1].tolist(), strict=True):
            if what == CONVERT:
                for line in conversions.line[
                    conversions.start[i] : conversions.start[i + 1]
                ].tolist():
                    if not ledger.lines.output[line]:
                        left.add(int(place[ledger.line_account[line]]))
            elif what in (MOVE, SHIP):
                if int(place[ledger.to_account[i]]) not in left:
                    out.append(i)
                left.add(int(place[ledger.from_account[i]]))
        return sorted(out)
