"""Exact bounds: the least and the most of a target that can come from a group.

With fixed amounts on every edge, an allocation of restricted content is a flow of one
commodity that is at most the content of each edge. What a target can contain is a maximum
flow from everything that is, or may be, restricted; what it must contain is the target
less the maximum flow from everything that is not, or may not be. Both are exact: what is
left over after either flow fills the rest of the network by itself.

    Graph, Treatment, target ──> cone (what can reach it) ──> Dinic ── min, max

Method: E. A. Dinic, Soviet Math. Doklady 11 (1970) 1277-1280, levels searched from the target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alnage.model.kernels import Array, kernel
from alnage.trace.graph import SOURCE, Graph
from alnage.trace.groups import MEMBER, PASS, Treatment

# A residual smaller than this part of the target counts as none (numeric tolerance).
RESIDUAL = 1e-13


@dataclass(frozen=True, slots=True)
class Sink:
    """Where a target draws: a node and the content it takes there."""

    node: int
    amount: float


@dataclass(frozen=True, slots=True)
class Cone:
    """The part of the graph that can reach a target, renumbered; ``nodes`` maps back."""

    nodes: np.ndarray
    tail: np.ndarray
    head: np.ndarray
    amount: np.ndarray


def cone_of(graph: Graph, sinks: Sequence[Sink]) -> Cone:
    """Everything upstream of the target."""
    marked = np.zeros(graph.nodes, np.bool_)
    marked[[sink.node for sink in sinks]] = True
    run = kernel(_mark_upstream, len(graph.tail))
    run(graph.tail, graph.head, marked)
    edges = np.flatnonzero(marked[graph.head])
    nodes = np.flatnonzero(marked)
    number = np.zeros(graph.nodes, np.int64)
    number[nodes] = np.arange(len(nodes))
    return Cone(nodes, number[graph.tail[edges]], number[graph.head[edges]], graph.amount[edges])


def _mark_upstream(tail: Array, head: Array, marked: Array) -> None:
    for e in range(tail.shape[0] - 1, -1, -1):
        if marked[head[e]]:
            marked[tail[e]] = True


def exact_bounds(
    graph: Graph, treatment: Treatment, main: Sequence[Sink], components: Sequence[Sink]
) -> tuple[float, float, int]:
    """Least and most restricted content of the target in kilograms, and the work done.

    Components (see ``graph``) can only add to the most. The work is counted in edges
    looked at, so that a budget does not depend on the machine's speed.
    """
    whole = sum(sink.amount for sink in main)
    cone = cone_of(graph, [*main, *components])
    code = treatment.code[cone.nodes]
    own = graph.own[cone.nodes]
    doubtful = np.where(
        graph.kind[cone.nodes] == SOURCE,
        treatment.own_undocumented[cone.nodes],
        True,  # noqa: FBT003
    )
    content = graph.content[cone.nodes]
    certain = np.zeros(len(own), np.int8)
    if treatment.own_settled is not None:
        certain = treatment.own_settled[cone.nodes]
    # Most: members and possible members give all they hold, undocumented content counts.
    may = np.where((doubtful | (certain == 1)) & (certain != 2), own, 0.0)
    give = np.where(code != PASS, content, may)
    most, work = _flow(cone, give, code != PASS, [*main, *components], whole)
    # Least: the most that is not restricted; members give nothing, everything else does.
    give = np.where((code == MEMBER) | (certain == 1), 0.0, own)
    other, more = _flow(cone, give, code == MEMBER, main, whole)
    return max(whole - other, 0.0), min(most, whole), work + more


def _flow(
    cone: Cone, give: np.ndarray, cut: np.ndarray, sinks: Sequence[Sink], scale: float
) -> tuple[float, int]:
    """The most that can come from the givers to the target; edges into ``cut`` nodes carry nothing."""
    network = _Network(len(cone.nodes))
    inner = ~cut[cone.head] & (cone.amount > 0.0)
    givers = np.flatnonzero(give > 0.0)
    ends = np.searchsorted(cone.nodes, [sink.node for sink in sinks])
    wanted = np.array([sink.amount for sink in sinks])
    if np.isin(ends, cone.tail).any():
        return network.nested(cone, inner, givers, give, ends, wanted, scale)
    source, sink = network.add(2)
    network.arcs(cone.tail[inner], cone.head[inner], cone.amount[inner])
    network.arcs(np.full(len(givers), source), givers, give[givers])
    network.arcs(ends, np.full(len(ends), sink), wanted)
    return network.maximum(source, sink, scale)


class _Network:
    """Arcs with capacities and rewards, solved by one of the two kernels below."""

    def __init__(self, nodes: int) -> None:
        self._nodes = nodes
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, int]] = []

    def add(self, count: int) -> range:
        """Numbers of new nodes."""
        self._nodes += count
        return range(self._nodes - count, self._nodes)

    def arcs(self, tail: np.ndarray, head: np.ndarray, amount: np.ndarray, reward: int = 0) -> None:
        """Arcs from ``tail`` to ``head``; each unit on them earns ``reward``."""
        self._parts.append((tail, head, amount, reward))

    def maximum(self, source: int, sink: int, scale: float) -> tuple[float, int]:
        """Maximum flow and the work done."""
        start, order, to, residual, edges = self._layout()
        run = kernel(_dinic, edges)
        value, work = run(start, order, to, residual, source, sink, edges, scale * RESIDUAL)
        return float(value), int(work)

    def nested(
        self,
        cone: Cone,
        inner: np.ndarray,
        givers: np.ndarray,
        give: np.ndarray,
        ends: np.ndarray,
        wanted: np.ndarray,
        scale: float,
    ) -> tuple[float, int]:
        """A target of which one part lies upstream of another: content can count in both.

        Content that crosses a part earns one for each part crossed, so the question is a
        flow of greatest reward: every part is split in two, and the arc between earns.
        """
        source, sink = self.add(2)
        after = np.arange(len(cone.nodes))
        split = np.unique(ends)
        after[split] = np.array(self.add(len(split)))
        content = np.bincount(cone.head, cone.amount, len(cone.nodes)) + give
        crossing = np.bincount(ends, wanted, len(cone.nodes))[split]
        self.arcs(after[cone.tail[inner]], cone.head[inner], cone.amount[inner])
        self.arcs(np.full(len(givers), source), givers, give[givers])
        self.arcs(split, after[split], crossing, reward=1)
        self.arcs(split, after[split], np.maximum(content[split] - crossing, 0.0))
        self.arcs(after[split], np.full(len(split), sink), content[split])
        start, order, to, residual, edges = self._layout()
        rewards = np.concatenate([np.full(len(part[0]), part[3]) for part in self._parts])
        cost = np.concatenate([-rewards, rewards])
        run = kernel(_best_reward, edges)
        value, work = run(start, order, to, residual, cost, source, sink, edges, scale * RESIDUAL)
        return float(value), int(work)

    def _layout(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
        """Arc a goes along edge a, arc edges + a back; ``order`` lists arcs by their tail."""
        tail, head, amount = (np.concatenate([part[k] for part in self._parts]) for k in range(3))
        edges = len(tail)
        tails = np.concatenate([tail, head])
        order = np.argsort(tails, kind="stable")
        start = np.searchsorted(tails[order], np.arange(self._nodes + 1))
        residual = np.concatenate([amount, np.zeros(edges)])
        return start, order, np.concatenate([head, tail]), residual, edges


def _best_reward(
    start: Array,
    arc: Array,
    to: Array,
    residual: Array,
    cost: Array,
    source: int,
    sink: int,
    edges: int,
    tolerance: float,
) -> tuple[float, int]:
    """Flow of greatest reward by augmenting along the most rewarding path that is left."""
    n = start.shape[0] - 1
    best = np.empty(n, np.int64)
    came = np.empty(n, np.int64)
    waiting = np.empty(n, np.bool_)
    queue = np.empty(n, np.int64)
    total = 0.0
    work = 0
    while True:
        best[:] = 1 << 40
        best[source] = 0
        waiting[:] = False
        queue[0] = source
        first = 0
        size = 1
        while size > 0:
            node = queue[first]
            first = (first + 1) % n
            size -= 1
            waiting[node] = False
            for k in range(start[node], start[node + 1]):
                a = arc[k]
                work += 1
                if residual[a] > tolerance and best[node] + cost[a] < best[to[a]]:
                    best[to[a]] = best[node] + cost[a]
                    came[to[a]] = a
                    if not waiting[to[a]]:
                        waiting[to[a]] = True
                        queue[(first + size) % n] = to[a]
                        size += 1
        if best[sink] >= 0:
            return total, work
        least = np.inf
        node = sink
        while node != source:
            a = came[node]
            least = min(least, residual[a])
            node = to[a + edges if a < edges else a - edges]
        node = sink
        while node != source:
            a = came[node]
            back = a + edges if a < edges else a - edges
            residual[a] -= least
            residual[back] += least
            node = to[back]
        total += least * -best[sink]


def _dinic(  # noqa: C901, PLR0912, PLR0915 (one compiled loop)
    start: Array,
    arc: Array,
    to: Array,
    residual: Array,
    source: int,
    sink: int,
    edges: int,
    tolerance: float,
) -> tuple[float, int]:
    n = start.shape[0] - 1
    level = np.empty(n, np.int64)
    at = np.empty(n, np.int64)
    queue = np.empty(n, np.int64)
    path = np.empty(n, np.int64)
    total = 0.0
    work = 0
    while True:
        # Levels: steps to the sink, searched from the sink so that only useful parts count.
        level[:] = -1
        level[sink] = 0
        queue[0] = sink
        first = 0
        last = 1
        while first < last and level[source] < 0:
            node = queue[first]
            first += 1
            for k in range(start[node], start[node + 1]):
                a = arc[k]
                work += 1
                back = a + edges if a < edges else a - edges
                other = to[a]
                if level[other] < 0 and residual[back] > tolerance:
                    level[other] = level[node] + 1
                    queue[last] = other
                    last += 1
        if level[source] < 0:
            return total, work
        for node in range(n):
            at[node] = start[node]
        # Blocking flow: walk down the levels, step back from dead ends.
        depth = 0
        node = source
        while True:
            if node == sink:
                least = residual[path[0]]
                for d in range(1, depth):
                    least = min(least, residual[path[d]])
                for d in range(depth):
                    a = path[d]
                    residual[a] -= least
                    back = a + edges if a < edges else a - edges
                    residual[back] += least
                total += least
                # Step back to the first arc that is now full.
                for d in range(depth):
                    if residual[path[d]] <= tolerance:
                        depth = d
                        break
                a = path[depth]
                back = a + edges if a < edges else a - edges
                node = to[back]
                continue
            moved = False
            while at[node] < start[node + 1]:
                a = arc[at[node]]
                work += 1
                if (
                    residual[a] > tolerance
                    and level[to[a]] == level[node] - 1
                    and level[to[a]] >= 0
                ):
                    path[depth] = a
                    depth += 1
                    node = to[a]
                    moved = True
                    break
                at[node] += 1
            if moved:
                continue
            if node == source:
                break
            level[node] = -1
            depth -= 1
            a = path[depth]
            back = a + edges if a < edges else a - edges
            node = to[back]
            at[node] += 1
