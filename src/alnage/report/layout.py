"""Where everything of a chain stands in the picture: columns, order, heights. No drawing.

Material flows from left (origin) to right (target). A column is a tier; nodes are as high
as what passes through them; a flow that does not go to the right is a back arc (a return,
a recycling loop). Columns with too many nodes keep those that matter for the question,
listed and member sites first, then the largest, and merge the rest into one.

    chain ── read ──> Node, Flow ── columns ── merged ── placed ──> Picture
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from alnage.report.reading import Json, items, number, word, words_in

MOST_IN_COLUMN = 40
NODE_WIDTH = 14.0
TALL = 240.0  # pixels for a column's whole content
LEAST = 5.0  # a node is never thinner
PITCH = 190.0  # from column to column
TOP = 46.0  # above the columns: title line and column heads

Mark = Literal["yes", "possible", "no"]
Shares = tuple[float, float, float, float]  # restricted, undocumented, unresolved, outside


@dataclass(frozen=True, slots=True)
class Node:
    """A site of the chain, or (``merged`` > 0) several small ones drawn as one."""

    id: str
    name: str
    site: str = ""
    party: str = ""
    country: str = ""
    region: str = ""
    listed: Mark = "no"
    member: Mark = "no"
    tier: float | None = None
    column: int = 0
    merged: int = 0
    marked: int = 0  # how many of the merged are, or may be, listed or members


@dataclass(frozen=True, slots=True)
class Flow:
    """Material from one node to the next; shares are fractions of the target."""

    source: str
    target: str
    materials: tuple[str, ...]
    shares: Shares
    events: tuple[str, ...] = ()
    rows: tuple[tuple[str, int], ...] = ()

    @property
    def content(self) -> float:
        """All four kinds together."""
        return sum(self.shares)


@dataclass(frozen=True, slots=True)
class Placed:
    """A node with its box in pixels."""

    node: Node
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        """Its vertical centre."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A flow with the tops of its two ends; ``back`` if it does not go to the right."""

    flow: Flow
    y0: float
    y1: float
    back: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes and ribbons; ``scale`` is pixels for the whole target (content 1)."""

    nodes: tuple[Placed, ...]
    ribbons: tuple[Ribbon, ...]
    columns: int
    bottom: float
    scale: float
    left: float = 12.0
    crowded: bool = False  # labels have one line only
    by_id: Mapping[str, Placed] = field(default_factory=dict)


def arrange(chain: Json) -> Picture:
    """The whole layout of a chain of ``findings.json``; any chain, also an empty or cyclic one.

    >>> picture = arrange({"nodes": [{"id": "a"}, {"id": "b"}],
    ...                    "links": [{"from": "a", "to": "b", "content": 1.0}]})
    >>> [(p.node.id, p.node.column) for p in picture.nodes], picture.columns
    ([('a', 0), ('b', 1)], 2)
    """
    flows = read_flows(chain)
    nodes = read_nodes(chain, flows)
    nodes = in_columns(nodes, flows)
    nodes, flows = merged(nodes, flows, MOST_IN_COLUMN)
    return placed(nodes, flows)


def _mark(source: Json, key: str) -> Mark:
    value = source.get(key)
    if value in ("yes", "listed", True):
        return "yes"
    return "possible" if value == "possible" else "no"


def shares_of(link: Json) -> Shares:
    """The four kinds of a link; what the three named ones leave of ``content`` is outside.

    Where they exceed ``content`` nothing is outside: data at odds never hide a kind.

    >>> shares_of({"content": 0.5, "restricted": 0.2, "undocumented": 0.1})
    (0.2, 0.1, 0.0, 0.2)
    """
    named = [max(number(link, kind) or 0.0, 0.0) for kind in ("restricted", "undocumented")]
    named.append(max(number(link, "unresolved") or 0.0, 0.0))
    rest = max((number(link, "content") or 0.0) - sum(named), 0.0)
    outside = 0.0 if rest < 1e-12 else round(rest, 12)
    return named[0], named[1], named[2], outside


def read_flows(chain: Json) -> tuple[Flow, ...]:
    """The links of a chain as flows, in a fixed order; links without ends are left out."""
    flows = []
    for link in items(chain, "links"):
        rows = tuple(
            (word(source, "file"), source["row"])
            for source in items(link, "sources")
            if isinstance(source.get("row"), int)
        )
        source, target = word(link, "from"), word(link, "to")
        if source and target:
            materials, events = words_in(link, "material"), words_in(link, "events")
            flows.append(Flow(source, target, materials, shares_of(link), events, rows))
    return tuple(sorted(flows, key=lambda f: (f.source, f.target, f.materials, f.events)))


def read_nodes(chain: Json, flows: Iterable[Flow]) -> tuple[Node, ...]:
    """The nodes of a chain; one that only a link names is drawn too."""
    found: dict[str, Node] = {}
    for entry in items(chain, "nodes"):
        name = word(entry, "id") or word(entry, "site")
        if name:
            found[name] = Node(
                id=name,
                name=word(entry, "name") or word(entry, "site") or name,
                site=word(entry, "site"),
                party=word(entry, "party"),
                country=word(entry, "country"),
                region=word(entry, "region"),
                listed=_mark(entry, "listed"),
                member=_mark(entry, "member"),
                tier=number(entry, "tier"),
            )
    for flow in flows:
        for end in (flow.source, flow.target):
            found.setdefault(end, Node(id=end, name=end))
    return tuple(found[key] for key in sorted(found))


def in_columns(nodes: tuple[Node, ...], flows: tuple[Flow, ...]) -> tuple[Node, ...]:
    """Give each node its column, 0 at the left.

    Tiers may count from the target or from the origin: material tells which, since most of
    it flows to the right. Without tiers a column is the longest way to the end.
    """
    tiers = {node.id: node.tier for node in nodes if node.tier is not None}
    if len(tiers) < len(nodes) or not nodes:
        distance = _distance_to_end([node.id for node in nodes], flows)
        columns = {key: -float(value) for key, value in distance.items()}
    else:
        drift = sum((tiers[f.target] - tiers[f.source]) * f.content for f in flows)
        columns = {key: (-tier if drift < 0 else tier) for key, tier in tiers.items()}
    dense = {value: index for index, value in enumerate(sorted(set(columns.values())))}
    return tuple(replace(node, column=dense[columns[node.id]]) for node in nodes)


def _distance_to_end(ids: list[str], flows: tuple[Flow, ...]) -> dict[str, int]:
    """Longest way to a node without outflow; arcs that close a cycle don't count.

    Walking starts at origins and takes the largest flow first, so that in a cycle it is
    the return, not the way there, that closes it.
    """
    after: dict[str, dict[str, float]] = defaultdict(dict)
    for flow in flows:
        if flow.source != flow.target:
            ways = after[flow.source]
            ways[flow.target] = ways.get(flow.target, 0.0) + flow.content
    entered = {target for ways in after.values() for target in ways}
    distance: dict[str, int] = {}
    open_nodes: set[str] = set()
    for root in sorted(ids, key=lambda key: (key in entered, key)):
        stack = [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                open_nodes.discard(node)
                closed = [distance[n] + 1 for n in after[node] if n in distance]
                distance[node] = max(closed, default=0)
            elif node not in distance and node not in open_nodes:
                open_nodes.add(node)
                stack.append((node, True))
                # The last one pushed is walked first.
                onward = sorted(after[node], key=lambda n: (after[node][n], n))
                stack += [(n, False) for n in onward if n not in open_nodes]
    return distance


def merged(
    nodes: tuple[Node, ...], flows: tuple[Flow, ...], most: int
) -> tuple[tuple[Node, ...], tuple[Flow, ...]]:
    """Merge the least of each column into one node where there are more than ``most``.

    Content is kept: flows of merged nodes are added up.
    """
    passing: dict[str, float] = defaultdict(float)
    for flow in flows:
        passing[flow.source] += flow.content
        passing[flow.target] += flow.content
    by_column: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        by_column[node.column].append(node)
    kept: list[Node] = []
    renamed: dict[str, str] = {}
    for column, members in sorted(by_column.items()):
        members.sort(key=lambda n: (n.listed == "no" and n.member == "no", -passing[n.id], n.id))
        rest = members[most - 1 :] if len(members) > most else []
        kept += members[: most - 1] if rest else members
        if rest:
            marked = sum(n.listed != "no" or n.member != "no" for n in rest)
            whole = Node(f"\x00more-{column}", "", column=column, merged=len(rest), marked=marked)
            kept.append(whole)
            renamed.update({node.id: whole.id for node in rest})
    return tuple(kept), _added_up(flows, renamed) if renamed else flows


def _added_up(flows: tuple[Flow, ...], renamed: Mapping[str, str]) -> tuple[Flow, ...]:
    found: dict[tuple[str, ...], Flow] = {}
    for flow in flows:
        source, target = (renamed.get(end, end) for end in (flow.source, flow.target))
        touched = source in renamed.values() or target in renamed.values()
        # Flows between nodes that stay are kept apart, each with its own rows.
        key = (source, target) if touched else (source, target, *flow.materials, *flow.events)
        old = found.get(key)
        moved = replace(flow, source=source, target=target)
        found[key] = moved if old is None else _sum(old, moved)
    return tuple(found.values())


def _sum(one: Flow, other: Flow) -> Flow:
    a, b = one.shares, other.shares
    return replace(
        one,
        materials=tuple(dict.fromkeys(one.materials + other.materials)),
        shares=(a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]),
        events=tuple(dict.fromkeys(one.events + other.events)),
        rows=tuple(dict.fromkeys(one.rows + other.rows)),
    )


def placed(nodes: tuple[Node, ...], flows: tuple[Flow, ...]) -> Picture:
    """Heights to scale, order by neighbours, ends of ribbons in the order of the other side."""
    inflow: dict[str, float] = defaultdict(float)
    outflow: dict[str, float] = defaultdict(float)
    for flow in flows:
        outflow[flow.source] += flow.content
        inflow[flow.target] += flow.content
    through = {node.id: max(inflow[node.id], outflow[node.id]) for node in nodes}
    by_column: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        by_column[node.column].append(node)
    fullest = max((sum(through[n.id] for n in c) for c in by_column.values()), default=0.0)
    scale = TALL / fullest if fullest > 0 else 0.0
    height = {node.id: max(through[node.id] * scale, LEAST) for node in nodes}
    crowded = max((len(column) for column in by_column.values()), default=0)
    gap = 30.0 if crowded <= 12 else 16.0
    tall = max(
        (sum(height[n.id] for n in c) + gap * (len(c) - 1) for c in by_column.values()), default=0.0
    )
    tops = _settled(by_column, flows, height, gap, tall)
    left = 12.0 + _room_at_left(nodes, flows) * scale
    boxes = {
        node.id: Placed(node, left + PITCH * node.column, TOP + tops[node.id], height[node.id])
        for node in nodes
    }
    ribbons = _ribbons(flows, boxes, scale)
    ordered = tuple(sorted(boxes.values(), key=lambda p: (p.x, p.y, p.node.id)))
    return Picture(
        ordered, ribbons, len(by_column), TOP + tall, scale, left, crowded=gap < 30, by_id=boxes
    )


def _room_at_left(nodes: tuple[Node, ...], flows: tuple[Flow, ...]) -> float:
    """The widest back arc that comes in at the left edge, as content."""
    column = {node.id: node.column for node in nodes}
    coming = (f for f in flows if column[f.target] == 0)
    return max((f.content for f in coming), default=0.0)


def _settled(
    by_column: Mapping[int, list[Node]],
    flows: tuple[Flow, ...],
    height: Mapping[str, float],
    gap: float,
    tall: float,
) -> dict[str, float]:
    """Top of each node: drawn towards its neighbours, column by column, to and fro."""
    near: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for flow in flows:
        if flow.source != flow.target:
            near[flow.source].append((flow.target, flow.content))
            near[flow.target].append((flow.source, flow.content))
    tops: dict[str, float] = {}
    for members in by_column.values():
        first = {n.id: index * tall / max(len(members), 1) for index, n in enumerate(members)}
        tops |= _apart(first, height, gap, tall)
    columns = sorted(by_column)
    for sweep in range(8):
        for column in columns if sweep % 2 else reversed(columns):
            wanted = {}
            for node in by_column[column]:
                weight = sum(w + 1e-9 for _, w in near[node.id])
                middle = sum((tops[o] + height[o] / 2) * (w + 1e-9) for o, w in near[node.id])
                wanted[node.id] = middle / weight - height[node.id] / 2 if weight else tops[node.id]
            tops |= _apart(wanted, height, gap, tall)
    return tops


def _apart(
    wanted: Mapping[str, float], height: Mapping[str, float], gap: float, tall: float
) -> dict[str, float]:
    """Tops near the wanted ones that keep ``gap`` between nodes and stay inside."""
    order = sorted(wanted, key=lambda key: (round(wanted[key] + height[key] / 2, 6), key))
    tops: dict[str, float] = {}
    free = 0.0
    for key in order:
        tops[key] = max(wanted[key], free)
        free = tops[key] + height[key] + gap
    floor = tall
    for key in reversed(order):
        tops[key] = max(min(tops[key], floor - height[key]), 0.0)
        floor = tops[key] - gap
    return tops


def _ribbons(
    flows: tuple[Flow, ...], boxes: Mapping[str, Placed], scale: float
) -> tuple[Ribbon, ...]:
    def back(flow: Flow) -> bool:
        return boxes[flow.source].node.column >= boxes[flow.target].node.column

    def ends(at: Literal["source", "target"]) -> dict[int, float]:
        """Top of each flow at one of its ends: sorted by where the other end is."""
        other: Literal["source", "target"] = "target" if at == "source" else "source"
        keyed = sorted(
            range(len(flows)),
            key=lambda i: (
                getattr(flows[i], at),
                back(flows[i]),
                boxes[getattr(flows[i], other)].middle,
                i,
            ),
        )
        used: dict[str, float] = {}
        tops = {}
        for index in keyed:
            node = getattr(flows[index], at)
            tops[index] = used.get(node, boxes[node].y)
            used[node] = tops[index] + flows[index].content * scale
        return tops

    starts, stops = ends("source"), ends("target")
    return tuple(
        Ribbon(flow, starts[index], stops[index], back(flow)) for index, flow in enumerate(flows)
    )
