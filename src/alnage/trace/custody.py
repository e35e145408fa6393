"""How stock was kept on the way to each lump: by lot everywhere, one lot all the way, or mixed.

Segregated means that every account upstream is kept by lot. Identity preserved means
moreover one lot all the way: every account had one receipt, every conversion one input,
and nothing lacks an origin. One pass tells it for all lumps at once.

    Graph, accounts kept by lot ──> custody_flags() ── custody_word(flags of the target)
"""

from __future__ import annotations

import numpy as np

from alnage.model.kernels import Array, kernel
from alnage.trace.graph import SOURCE, STOCK, Graph

# What was met upstream of a lump.
HELD, POOLED, JOINED = 1, 2, 4


def custody_flags(graph: Graph, by_lot: np.ndarray) -> np.ndarray:
    """Bits by node: stock was held on the way, some of it pooled, some of it joined or unknown."""
    stock = graph.kind == STOCK
    flags = np.where(stock, HELD, 0).astype(np.uint8)
    flags[stock & ~by_lot[np.where(stock, graph.ref, 0)]] |= POOLED
    arrivals = np.bincount(graph.head, minlength=graph.nodes)
    gap = (graph.own > 0.0) & (graph.kind != SOURCE)
    flags[(arrivals > 1) | gap] |= JOINED
    run = kernel(_pass_on, len(graph.tail))
    run(graph.tail, graph.head, flags)
    return flags


def _pass_on(tail: Array, head: Array, flags: Array) -> None:
    for e in range(tail.shape[0]):
        flags[head[e]] |= flags[tail[e]]


def custody_word(flags: int, *, whole_told: bool) -> str:
    """``identity_preserved``, ``segregated`` or ``mixed`` for the bits of all parts of a target.

    >>> custody_word(HELD, whole_told=True), custody_word(HELD | JOINED, whole_told=True)
    ('identity_preserved', 'segregated')
    >>> custody_word(HELD | POOLED, whole_told=True), custody_word(0, whole_told=True)
    ('mixed', 'mixed')
    """
    if not flags & HELD or flags & POOLED:
        return "mixed"
    return "identity_preserved" if whole_told and not flags & JOINED else "segregated"
