"""Why a target's shares are what they are: what went through each row, paths, gaps, the chain.

One pass back over the graph tells how much of a target went through every node (the
adjoint of mixing: it adds up to the same shares). From it come the paths that carry most,
with how much of the whole they cover; the places where content without a documented origin
enters, by how much of the target hangs on each; and the chain as figures draw it.

    Graph, target ── weigh() ── weights ──┬── paths()
                                          ├── gaps()
                                          └── chain()
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from alnage.chain.ledger import Ledger
from alnage.model import RowSource
from alnage.model.kernels import Array, kernel
from alnage.trace.bounds import Cone, Sink, cone_of
from alnage.trace.graph import INPUT, MOVEMENT, OUTPUT, SOURCE, STOCK, Graph
from alnage.trace.groups import MEMBER, UNDOCUMENTED, UNRESOLVED, NodeFacts, Treatment
from alnage.trace.shares import NodeShares

PATHS = 10
GAPS = 20


def _weigh(tail: Array, head: Array, amount: Array, content: Array, weight: Array) -> Array:
    flow = np.zeros(tail.shape[0], np.float64)
    for e in range(tail.shape[0] - 1, -1, -1):
        flow[e] = weight[head[e]] * (amount[e] / content[head[e]])
        weight[tail[e]] += flow[e]
    return flow


@dataclass(frozen=True, slots=True)
class Weights:
    """``node`` and ``edge`` (of the cone): kilograms of the target that went through each."""

    cone: Cone
    node: np.ndarray
    edge: np.ndarray
    whole: float


def weigh(graph: Graph, sinks: Sequence[Sink], whole: float) -> Weights:
    """How much of the target went through every node and edge upstream of it."""
    cone = cone_of(graph, sinks)
    node = np.zeros(len(cone.nodes))
    np.add.at(node, np.searchsorted(cone.nodes, [s.node for s in sinks]), [s.amount for s in sinks])
    run = kernel(_weigh, len(cone.tail))
    edge = run(cone.tail, cone.head, cone.amount, graph.content[cone.nodes], node)
    return Weights(cone, node, edge, whole)


class Story:
    """Puts nodes into words: sites, materials, events and rows."""

    def __init__(self, ledger: Ledger, graph: Graph, facts: NodeFacts) -> None:
        self.ledger, self.graph, self.facts = ledger, graph, facts

    def event(self, node: int) -> str:
        """The event that a node belongs to; empty for stock."""
        kind, ref = int(self.graph.kind[node]), int(self.graph.ref[node])
        if kind == SOURCE:
            return self.ledger.origins.event[ref]
        if kind == MOVEMENT:
            return self.ledger.movements.event[ref]
        if kind in (INPUT, OUTPUT):
            return self.ledger.conversions.event[int(self.facts.conversion[node])]
        return ""

    def site(self, node: int) -> str:
        """The site of a node (where a movement leaves from)."""
        return self.ledger.words.sites.words[int(self.facts.site[node])]

    def to_site(self, node: int) -> str:
        """Where a movement goes; the site itself for other nodes."""
        if self.graph.kind[node] != MOVEMENT:
            return self.site(node)
        to_site = int(self.ledger.movements.to_site[self.graph.ref[node]])
        return self.ledger.words.sites.words[to_site]

    def material(self, node: int) -> str:
        """The material of a node."""
        kind, ref = self.graph.kind[node], self.graph.ref[node]
        if kind == STOCK:
            code = self.ledger.account_material[ref]
        elif kind == INPUT:
            return ""
        else:
            lines = {SOURCE: self.ledger.origins, MOVEMENT: self.ledger.movements}
            code = lines.get(int(kind), self.ledger.lines).material[ref]
        return self.ledger.words.materials.words[int(code)]

    def rows(self, node: int) -> tuple[RowSource, ...]:
        """The rows that a node rests on."""
        kind, ref = int(self.graph.kind[node]), int(self.graph.ref[node])
        if kind == SOURCE:
            return (self.ledger.source(self.ledger.origins, ref),)
        if kind == MOVEMENT:
            return (self.ledger.source(self.ledger.movements, ref),)
        if kind == OUTPUT:
            return (self.ledger.source(self.ledger.lines, ref),)
        if kind == INPUT:
            start, line = self.ledger.conversions.start, self.ledger.conversions.line
            lines = line[start[ref] : start[ref + 1]].tolist()
            return tuple(self.ledger.source(self.ledger.lines, i) for i in lines)
        return ()

    def gap_code(self, node: int, treatment: Treatment) -> str:
        """What kind of gap a node is: the code of the sentence that says so."""
        kind = self.graph.kind[node]
        if treatment.code[node] == UNRESOLVED:
            return "gap_possibly_listed"
        if treatment.code[node] == UNDOCUMENTED:
            return "gap_not_making" if not self.facts.makes[node] else "gap_region_unknown"
        if kind == SOURCE:
            return "gap_opening" if self.facts.balance_only[node] else "gap_recycled"
        return "gap_more_out_than_in" if kind == OUTPUT else "gap_beyond_stock"


def gaps(
    story: Story, weights: Weights, treatment: Treatment, shares: NodeShares
) -> list[dict[str, Any]]:
    """Where content without documented origin (or of a possible member) enters, largest first."""
    graph = story.graph
    nodes = weights.cone.nodes
    content = np.maximum(graph.content[nodes], 1e-300)
    amount = _begins(weights, content, shares.undocumented[nodes])
    amount += _begins(weights, content, shares.unresolved[nodes])
    amount[treatment.code[nodes] == MEMBER] = 0.0
    lost = _beyond_members(story.graph, weights, treatment)
    part = amount / content * lost / weights.whole
    out = []
    for at in np.argsort(-part, kind="stable")[:GAPS]:
        if part[at] <= 1e-12:
            break
        node = int(nodes[at])
        out.append(
            {
                "code": story.gap_code(node, treatment),
                "event": story.event(node),
                "site": story.site(node),
                "material": story.material(node) or _inputs(story, node),
                "share": float(part[at]),
                "sources": [row.to_json() for row in story.rows(node)],
                "node": node,
            }
        )
    return out


def _begins(weights: Weights, content: np.ndarray, doubtful: np.ndarray) -> np.ndarray:
    """How much of a node's doubtful content begins there: what it holds less what came in."""
    cone = weights.cone
    came = np.zeros(len(content))
    np.add.at(came, cone.head, doubtful[cone.tail] / content[cone.tail] * cone.amount)
    begins = doubtful - came
    return np.where(begins > 1e-12 * content, begins, 0.0)


def untold(target: str, rows: Sequence[RowSource], share: float) -> dict[str, Any]:
    """The gap of a target that names more than any movement tells."""
    return {
        "code": "gap_no_movement",
        "event": target,
        "site": "",
        "material": "",
        "share": share,
        "sources": [row.to_json() for row in rows],
    }


def _inputs(story: Story, node: int) -> str:
    start, line = story.ledger.conversions.start, story.ledger.conversions.line
    ref = story.graph.ref[node]
    lines = [
        i for i in line[start[ref] : start[ref + 1]].tolist() if not story.ledger.lines.output[i]
    ]
    words = story.ledger.words.materials.words
    return "; ".join(dict.fromkeys(words[story.ledger.lines.material[i]] for i in lines))


def _beyond_members(graph: Graph, weights: Weights, treatment: Treatment) -> np.ndarray:
    """Weight of each node that does not pass a member on its way to the target.

    What went into a conversion inside the group is of no account: all that came out is the
    group's. So the weight is passed on only through nodes that are not members, and content
    that a possible member has made doubtful is counted there, not further up.
    """
    cone = weights.cone
    code = treatment.code[cone.nodes]
    node = np.zeros(len(cone.nodes))
    straight = np.zeros(len(cone.nodes))
    np.add.at(straight, cone.head, weights.edge)
    # Content that ends at the target itself: its weight less what flows on to later nodes.
    onward = np.zeros(len(cone.nodes))
    np.add.at(onward, cone.tail, weights.edge)
    node += np.maximum(weights.node - onward, 0.0)
    run = kernel(_weigh_outside, len(cone.tail))
    run(cone.tail, cone.head, cone.amount, graph.content[cone.nodes], node, code == MEMBER)
    return node


def _weigh_outside(
    tail: Array, head: Array, amount: Array, content: Array, weight: Array, stop: Array
) -> None:
    for e in range(tail.shape[0] - 1, -1, -1):
        if not stop[head[e]]:
            weight[tail[e]] += weight[head[e]] * (amount[e] / content[head[e]])


@dataclass(slots=True)
class _Widest:
    """Paths of greatest width, taken off the flow one after another."""

    weights: Weights
    into: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for e in np.flatnonzero(self.weights.edge > 0.0).tolist():
            self.into[int(self.weights.cone.head[e])].append(e)

    def strip(
        self, ends: dict[int, float], own: np.ndarray, count: int
    ) -> Iterator[tuple[list[int], float]]:
        """The widest path left from where content begins to an end, and its width."""
        flow = self.weights.edge.copy()
        begin = own.copy()
        ends = dict(ends)
        for _ in range(count):
            path, width = self._widest(ends, begin, flow)
            if width <= 1e-12 * self.weights.whole:
                return
            begin[path[0]] -= width
            for a, b in pairwise(path):
                e = max(
                    (e for e in self.into[b] if self.weights.cone.tail[e] == a),
                    key=lambda e: flow[e],
                )
                flow[e] -= width
            ends[path[-1]] -= width
            yield path, width

    def _widest(
        self, ends: dict[int, float], begin: np.ndarray, flow: np.ndarray
    ) -> tuple[list[int], float]:
        cone = self.weights.cone
        width = begin.copy()
        came = np.full(len(begin), -1, np.int64)
        for e in range(len(flow)):
            t, h = cone.tail[e], cone.head[e]
            through = min(width[t], flow[e])
            if through > width[h]:
                width[h] = through
                came[h] = t
        end = max(ends, key=lambda node: min(width[node], ends[node]))
        path = [end]
        while came[path[-1]] >= 0:
            path.append(int(came[path[-1]]))
        return path[::-1], float(min(width[end], ends[end]))


def paths(
    story: Story, weights: Weights, treatment: Treatment, sinks: Sequence[Sink]
) -> dict[str, Any]:
    """The paths that carry most of the target, each as its events, and their coverage."""
    graph, cone = story.graph, weights.cone
    content = np.maximum(graph.content[cone.nodes], 1e-300)
    own = graph.own[cone.nodes] / content * weights.node
    ends: dict[int, float] = defaultdict(float)
    for sink in sinks:
        ends[int(np.searchsorted(cone.nodes, sink.node))] += sink.amount
    out = []
    for path, width in _Widest(weights).strip(ends, own, PATHS):
        nodes = [int(cone.nodes[n]) for n in path]
        out.append(_told(story, treatment, nodes, width / weights.whole))
    return {"paths": out, "coverage": sum(path["share"] for path in out)}


def _told(story: Story, treatment: Treatment, nodes: list[int], share: float) -> dict[str, Any]:
    """One path: where it begins, and each event on the way."""
    start = nodes[0]
    first_doubt = story.graph.kind[start] != SOURCE or bool(treatment.own_undocumented[start])
    group = any(treatment.code[node] == MEMBER for node in nodes)
    steps: list[dict[str, Any]] = []
    for node in nodes:
        event = story.event(node)
        if event and (not steps or steps[-1]["event"] != event):
            steps.append(
                {
                    "event": event,
                    "from": story.site(node),
                    "to": story.to_site(node),
                    "material": story.material(node) or _inputs(story, node),
                    "sources": [row.to_json() for row in story.rows(node)],
                }
            )
        elif event and story.graph.kind[node] == OUTPUT:
            steps[-1]["material"] = story.material(node)
    return {"share": share, "group": group, "documented": not first_doubt, "events": steps}


def chain(
    story: Story, weights: Weights, shares: NodeShares, stance: dict[str, str]
) -> dict[str, Any]:
    """Sites and what went between them, as fractions of the target, for figures."""
    graph, nodes = story.graph, weights.cone.nodes
    links: dict[tuple[str, str, str], dict[str, Any]] = {}
    seen: dict[str, float] = {}
    for at in np.flatnonzero(weights.node > 1e-12 * weights.whole).tolist():
        node = int(nodes[at])
        if graph.component[node]:
            continue
        if graph.kind[node] == MOVEMENT:
            _link(story, links, node, float(weights.node[at]) / weights.whole, shares)
            for site in (story.site(node), story.to_site(node)):
                seen.setdefault(site, 0.0)
        elif graph.kind[node] == SOURCE:
            seen.setdefault(story.site(node), 0.0)
    tiers = _tiers(links, seen)
    places = story.ledger.places
    boxes = [
        {
            "id": site,
            "site": site,
            "name": places[site].name or site,
            "party": places[site].party,
            "country": places[site].shown_country,
            "region": places[site].shown_region,
            "tier": tiers[site],
            "member": stance.get(site, "no"),
        }
        for site in seen
    ]
    return {"nodes": boxes, "links": list(links.values())}


def _link(
    story: Story,
    links: dict[tuple[str, str, str], dict[str, Any]],
    node: int,
    part: float,
    shares: NodeShares,
) -> None:
    key = story.site(node), story.to_site(node), story.material(node)
    link = links.setdefault(
        key,
        {
            "from": key[0],
            "to": key[1],
            "material": key[2],
            "content": 0.0,
            "restricted": 0.0,
            "undocumented": 0.0,
            "unresolved": 0.0,
            "events": [],
            "sources": [],
        },
    )
    size = max(float(story.graph.content[node]), 1e-300)
    link["content"] += part
    link["restricted"] += part * float(shares.restricted[node]) / size
    link["undocumented"] += part * float(shares.undocumented[node]) / size
    link["unresolved"] += part * float(shares.unresolved[node]) / size
    link["events"].append(story.event(node))
    link["sources"] += [row.to_json() for row in story.rows(node)]


def _tiers(
    links: dict[tuple[str, str, str], dict[str, Any]], sites: dict[str, float]
) -> dict[str, int]:
    """Steps from the target by the shortest way up; 0 is where the target arrives."""
    into: dict[str, set[str]] = defaultdict(set)
    gives: set[str] = set()
    for start, end, _ in links:
        into[end].add(start)
        if start != end:
            gives.add(start)
    ends = [site for site in sites if site not in gives] or list(sites)[-1:]
    tier = dict.fromkeys(ends, 0)
    queue = list(ends)
    for site in queue:
        for giver in sorted(into[site]):
            if giver not in tier:
                tier[giver] = tier[site] + 1
                queue.append(giver)
    return {site: tier.get(site, 0) for site in sites}
