"""The economic systemic risk index: what part of a network's output hangs on a firm.

For every firm, or group of firms, of a production network: how much of all output is lost if
it fails, through customers that lack inputs and suppliers that lack orders. Two rules end a
cascade: ``reference`` is the published one (no level falls by more than 1e-2 in a step), whose
results are not yet converged; ``converged`` goes on until nothing moves. Both are stated.

    EdgeList ── build_network ── esri(network, shocks) ──> EsriResult, a row a shock
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np

from alnage.impact.cascade import cascades
from alnage.impact.edges import Shock
from alnage.impact.network import Network
from alnage.model.kernels import Array, Kernel, kernel

Stop = Literal["reference", "converged"]

METHOD = "esri/1"
REFERENCE_CHANGE = 1e-2  # the published stop rule
CONVERGED_CHANGE = 1e-12
MOST_STEPS = 100_000
# Usual steps of a cascade: what a shock costs, for the choice of kernel.
_STEPS = {"reference": 10, "converged": 1000}
_CHUNK = 256  # shocks that share one set of working arrays


@dataclass(frozen=True, slots=True)
class EsriResult:
    """A row a shock: the index, and its parts by customers' inputs and by suppliers' orders.

    ``unsettled`` counts shocks that still moved after ``MOST_STEPS`` steps.
    """

    index: np.ndarray
    downstream: np.ndarray
    upstream: np.ndarray
    steps: np.ndarray
    unsettled: int


def esri(
    network: Network,
    shocks: Sequence[Shock] | None = None,
    *,
    stop: Stop = "reference",
    market_shares: bool = True,
    threads: int | None = None,
) -> EsriResult:
    """The index of every shock; without ``shocks``, of every firm failing alone.

    >>> from alnage.impact.edges import EdgeList
    >>> from alnage.impact.network import build_network
    >>> edges = EdgeList(("mill", "shop"), ("yarn", "cloth"), np.array([0, 1]), np.array([0]),
    ...                  np.array([1]), np.array([5.0]), np.array([2], np.int8))
    >>> result = esri(build_network(edges))
    >>> result.index.tolist(), result.downstream.tolist(), result.upstream.tolist()
    ([1.0, 1.0], [1.0, 0.0], [1.0, 1.0])
    """
    start, firm, left = _laid_out(network, shocks)
    count = len(start) - 1
    run = kernel(cascades, network.links * count * _STEPS[stop])
    result = np.empty((count, 3))
    steps = np.empty(count, np.int64)

    def part(first: int) -> None:
        last = min(first + _CHUNK, count)
        bounds = start[first : last + 1]
        inside = slice(bounds[0], bounds[-1])
        shock = (bounds - bounds[0], firm[inside], left[inside], left[inside])
        _run(run, network, shock, stop, market_shares, result[first:last], steps[first:last])

    firsts = range(0, count, _CHUNK)
    workers = min(threads or os.cpu_count() or 1, len(firsts))
    if workers > 1 and run is not cascades:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(part, firsts))
    else:
        for first in firsts:
            part(first)
    return EsriResult(result[:, 0], result[:, 1], result[:, 2], steps, int((steps < 0).sum()))


def _run(
    run: Kernel,
    network: Network,
    shock: tuple[Array, ...],
    stop: Stop,
    market_shares: bool,
    result: np.ndarray,
    steps: np.ndarray,
) -> None:
    published = stop == "reference"
    run(
        network.out_start,
        network.out_slot,
        network.out_part,
        network.slot_start,
        network.slot_firm,
        network.in_start,
        network.in_firm,
        network.in_part,
        network.sector,
        network.member_start,
        network.member,
        network.strength,
        network.weight,
        *shock,
        REFERENCE_CHANGE if published else CONVERGED_CHANGE,
        MOST_STEPS,
        market_shares,
        published,
        result,
        steps,
    )


def _laid_out(
    network: Network, shocks: Sequence[Shock] | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shocks as runs of firms (in the network's numbering) and what is left of each."""
    if shocks is None:
        return np.arange(network.firms + 1), network.rank, np.zeros(network.firms)
    sizes = [len(shock.firms) for shock in shocks]
    start = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    firms = np.array([firm for shock in shocks for firm in shock.firms], np.int64)
    left = np.array([left for shock in shocks for left in shock.left], np.float64)
    return start, network.rank[firms], left
