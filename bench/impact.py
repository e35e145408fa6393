"""``python -m bench.impact``: shocks on a synthetic firm network, in units of a dense pass over it.

The dense reference below updates every firm in every step, straight from the published
equations. It is compiled like the product's kernel, so that the ratio says what the sparse
frontier is worth, and nothing else. Everything is synthetic.
"""

import sys
import time

import numba
import numpy as np

from alnage.impact.edges import EdgeList, Shock
from alnage.impact.esri import REFERENCE_CHANGE, esri
from alnage.impact.network import build_network
from alnage.impact.sectors import Flows, Leontief

SECTORS = 599


def network_edges(firms: int, links: int, seed: int = 11) -> EdgeList:
    """Firms of very unequal size (Pareto), lognormal weights, types by pair of sectors."""
    rng = np.random.default_rng(seed)
    sells = np.cumsum(rng.pareto(1.3, firms) + 0.05)
    buys = np.cumsum(rng.pareto(1.3, firms) + 0.05)
    supplier = np.searchsorted(sells / sells[-1], rng.random(links * 5 // 4)).clip(0, firms - 1)
    customer = np.searchsorted(buys / buys[-1], rng.random(links * 5 // 4)).clip(0, firms - 1)
    pairs = np.unique((supplier * firms + customer)[supplier != customer])
    pairs = np.sort(rng.permutation(pairs)[:links])
    supplier, customer = np.divmod(pairs, firms)
    sector = rng.integers(0, SECTORS, firms)
    kinds = rng.choice([2, 1, 0], (SECTORS, SECTORS), p=[0.2, 0.35, 0.45]).astype(np.int8)
    return EdgeList(
        tuple(f"F{i}" for i in range(firms)),
        tuple(f"S{i}" for i in range(SECTORS)),
        sector,
        supplier,
        customer,
        rng.lognormal(0.0, 2.0, len(pairs)),
        kinds[sector[supplier], sector[customer]],
    )


@numba.njit(cache=True)
def dense(
    supplier, customer, slot, part, slot_start, up_part, sector, sectors, strength, failed, stop
):
    """One shock, every firm in every step; links sorted by supplier, market shares on."""
    firms = len(strength)
    down = np.ones(firms)
    up = np.ones(firms)
    down[failed] = up[failed] = 0.0
    while True:
        offered = np.zeros(sectors)
        for i in range(firms):
            offered[sector[i]] += strength[i] * down[i]
        lost = np.zeros(slot_start[firms])
        unsold = np.zeros(firms)
        for e in range(len(supplier)):
            i = supplier[e]
            unsold[i] += up_part[e] * (1.0 - up[customer[e]])
            if part[e] > 0.0 and down[i] < 1.0:
                offer = offered[sector[i]]
                if offer <= 1e-10:
                    offer = 1.0
                lost[slot[e]] += min(1.0, strength[i] / offer) * part[e] * (1.0 - down[i])
        change = 0.0
        for j in range(firms):
            level = 0.0 if j == failed else 1.0
            order = max(0.0, min(level, 1.0 - unsold[j]))
            for s in range(slot_start[j], slot_start[j + 1]):
                level = min(level, 1.0 - lost[s])
            level = max(0.0, level)
            change = max(change, down[j] - level, up[j] - order)
            down[j], up[j] = level, order
        if change <= stop:
            return np.sum(strength * (1.0 - np.minimum(down, up))) / np.sum(strength)


def dense_arrays(edges: EdgeList):
    """Links sorted by supplier, with their slot and parts."""
    firms = len(edges.firms)
    order = np.argsort(edges.supplier, kind="stable")
    supplier, customer = edges.supplier[order], edges.customer[order]
    weight, kind = edges.weight[order], edges.kind[order].astype(np.int64)
    strength = np.bincount(supplier, weight, firms)
    key = customer * (SECTORS + 1) + edges.sector[supplier]
    _, pair = np.unique(key, return_inverse=True)
    of_sector = np.bincount(pair, weight)[pair]
    of_all = np.bincount(customer, weight, firms)[customer]
    part = np.where(kind == 2, weight / of_sector, np.where(kind == 1, weight / of_all, 0.0))
    column = np.where(kind == 2, edges.sector[supplier], SECTORS)
    slots, slot = np.unique(customer * (SECTORS + 1) + column, return_inverse=True)
    start = np.searchsorted(slots // (SECTORS + 1), np.arange(firms + 1))
    up_part = weight / strength[supplier]
    return supplier, customer, slot, part, start, up_part, edges.sector, SECTORS, strength


def main(firms: int, links: int, shocks: int = 400, few: int = 30) -> None:
    edges = network_edges(firms, links)
    begin = time.perf_counter()
    network = build_network(edges)
    setup = time.perf_counter() - begin
    rng = np.random.default_rng(5)
    chosen = [Shock(f"F{i}", (int(i),), (0.0,)) for i in rng.choice(firms, shocks, replace=False)]
    arrays = dense_arrays(edges)
    esri(network, chosen[:1], threads=1)
    dense(*arrays, 0, 1.0)
    begin = time.perf_counter()
    found = esri(network, chosen, threads=1)
    sparse_one = (time.perf_counter() - begin) / shocks
    begin = time.perf_counter()
    esri(network, chosen)
    sparse_all = (time.perf_counter() - begin) / shocks
    begin = time.perf_counter()
    whole = np.array([dense(*arrays, one.firms[0], REFERENCE_CHANGE) for one in chosen[:few]])
    dense_one = (time.perf_counter() - begin) / few
    print(f"{firms:,} firms, {network.links:,} links, {shocks} random shocks, --stop reference")
    print(f"  {'dense pass, one core':28} {1.0:10.1f} (unit, per shock)")
    print(f"  {'sparse frontier, one core':28} {dense_one / sparse_one:10.1f} times faster")
    print(f"  {'sparse frontier, all cores':28} {dense_one / sparse_all:10.1f} times faster")
    print(f"  {'setting up':28} {setup / dense_one:10.1f} dense shocks")
    print(f"  {'largest difference':28} {np.abs(found.index[:few] - whole).max():10.1e}")
    print(f"  {1 / sparse_one:.0f} shocks a second on one core, {1 / sparse_all:.0f} on all, here")


def bans(nodes: int = 4_000, market: int = 50, rounds: int = 200) -> None:
    """One sector barred from a market of ``market`` sectors, in parts of setting the table up."""
    rng = np.random.default_rng(2)
    z = rng.lognormal(0.0, 2.0, (nodes, nodes))
    flows = Flows(tuple(f"N{i}" for i in range(nodes)), z, z.sum(1) * rng.random(nodes))
    begin = time.perf_counter()
    table = Leontief(flows)
    setup = time.perf_counter() - begin
    buyers = [f"N{i}" for i in range(100, 100 + market)]
    begin = time.perf_counter()
    for k in range(rounds):
        table.ban([f"N{1000 + k}"], buyers)
    one = (time.perf_counter() - begin) / rounds
    print(f"table of {nodes:,} nodes, one sector barred from a market of {market} sectors")
    print(f"  {'setting up, in bans':28} {setup / one:10.0f}")
    print(f"  {one * 1000:.2f} ms a ban here")


if __name__ == "__main__":
    main(*(int(float(text)) for text in sys.argv[1:] or ("1e5", "1e6")))
    bans()
