"""One pass over the graph: proportional shares, reach, claims and interval bounds of every node.

Every lump mixes: what leaves it has its composition (mass balance after ISO 22095,
continuous). In the same pass run the yes-or-no question whether a documented path of
restricted material exists, the share that rests on rows without any document, and sound
bounds (at least, at most) that forget how receipts and withdrawals depend on each other.

    Graph, Treatment ──> spread() ── NodeShares: restricted, undocumented, unresolved, low, high, reach
    Graph, claims    ──> spread_claims() ── claimed
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alnage.model.kernels import Array, kernel
from alnage.trace.graph import SOURCE, Graph
from alnage.trace.groups import Treatment


@dataclass(frozen=True, slots=True)
class NodeShares:
    """Content by node in kilograms of raw-material equivalent; ``reach`` is yes or no."""

    restricted: np.ndarray
    undocumented: np.ndarray
    unresolved: np.ndarray
    low: np.ndarray
    high: np.ndarray
    reach: np.ndarray


def spread(graph: Graph, treatment: Treatment) -> NodeShares:
    """Shares of every node for one group."""
    starts_here = np.where(graph.kind == SOURCE, treatment.own_undocumented, True)  # noqa: FBT003
    undocumented = np.where(starts_here, graph.own, 0.0)
    run = kernel(_spread, len(graph.tail))
    return NodeShares(
        *run(
            graph.tail,
            graph.head,
            graph.amount,
            graph.content,
            undocumented,
            treatment.code,
            treatment.may,
        )
    )


def _spread(  # noqa: C901 (one compiled pass)
    tail: Array,
    head: Array,
    amount: Array,
    content: Array,
    own_undocumented: Array,
    code: Array,
    may: Array,
) -> tuple[Array, ...]:
    n = content.shape[0]
    restricted = np.zeros(n, np.float64)
    undocumented = own_undocumented.copy()
    unresolved = np.zeros(n, np.float64)
    low = np.zeros(n, np.float64)
    high = own_undocumented.copy()
    reach = np.zeros(n, np.bool_)
    settled = np.zeros(n, np.bool_)

    def settle(at: int) -> None:
        settled[at] = True
        size = content[at]
        if may[at] and size > 0.0:
            reach[at] = True
        if code[at] == 1:
            restricted[at] = size
            undocumented[at] = 0.0
            unresolved[at] = 0.0
            low[at] = size
            high[at] = size
            reach[at] = size > 0.0
        elif code[at] == 2:
            undocumented[at] = max(size - restricted[at] - unresolved[at], 0.0)
            high[at] = size
        elif code[at] == 3:
            unresolved[at] = max(size - restricted[at] - undocumented[at], 0.0)
            high[at] = size

    for e in range(tail.shape[0]):
        t = tail[e]
        h = head[e]
        if not settled[t]:
            settle(t)
        size = content[t]
        moved = amount[e]
        part = moved / size
        restricted[h] += restricted[t] * part
        undocumented[h] += undocumented[t] * part
        unresolved[h] += unresolved[t] * part
        low[h] += max(moved - (size - low[t]), 0.0)
        high[h] += min(moved, high[t])
        if reach[t]:
            reach[h] = True
    for at in range(n):
        if not settled[at]:
            settle(at)
    return restricted, undocumented, unresolved, low, high, reach


def spread_claims(graph: Graph, claimed: np.ndarray) -> np.ndarray:
    """Content of every node that rests on at least one row without any document."""
    run = kernel(_spread_claims, len(graph.tail))
    rests: np.ndarray = run(graph.tail, graph.head, graph.amount, graph.content, claimed)
    return rests


def _spread_claims(
    tail: Array, head: Array, amount: Array, content: Array, claimed: Array
) -> Array:
    rests = np.where(claimed, content, 0.0)
    for e in range(tail.shape[0]):
        if not claimed[head[e]]:
            rests[head[e]] += rests[tail[e]] * (amount[e] / content[tail[e]])
    return rests
