"""A firm network laid out for cascades: who feels whose failure, and by how much.

Setting up is done once, a shock many times. Firms are renumbered by their number of links,
so that what is touched together lies together. What a firm loses is kept by *slot*: one for
each essential input sector of a firm, and one for all its non-essential inputs together; its
level is one less the worst slot, which is the generalised Leontief function in one line.

    EdgeList, function ── build_network() ──> Network
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from alnage.impact.edges import EdgeList

Function = Literal["generalised", "linear", "leontief"]


@dataclass(frozen=True, slots=True)
class Network:
    """Arrays for the kernel, in its own numbering of firms; ``rank[firm]`` leads into it.

    Links out by supplier: ``out_slot``, ``out_part`` (the part of the slot that is lost with
    the supplier). Links in by customer: ``in_firm``, ``in_part`` (of the supplier's sales).
    ``mixed`` counts pairs of customer and input sector whose links differ in type.
    """

    rank: np.ndarray
    out_start: np.ndarray
    out_slot: np.ndarray
    out_part: np.ndarray
    slot_start: np.ndarray
    slot_firm: np.ndarray
    in_start: np.ndarray
    in_firm: np.ndarray
    in_part: np.ndarray
    sector: np.ndarray
    member_start: np.ndarray
    member: np.ndarray
    strength: np.ndarray
    weight: np.ndarray
    links: int
    mixed: int

    @property
    def firms(self) -> int:
        """Number of firms."""
        return len(self.rank)


def build_network(edges: EdgeList, function: Function = "generalised") -> Network:
    """Lay out ``edges``; ``linear`` takes every input as non-essential, ``leontief`` as essential.

    >>> edges = EdgeList(("a", "b"), ("s",), np.array([0, 0]), np.array([0]), np.array([1]),
    ...                  np.array([5.0]), np.array([2], np.int8))
    >>> network = build_network(edges)
    >>> network.firms, network.links, network.out_part.tolist()
    (2, 1, [1.0])
    """
    firms, sectors = len(edges.firms), len(edges.sectors)
    live = edges.weight > 0.0
    degree = np.bincount(edges.supplier[live], minlength=firms)
    degree += np.bincount(edges.customer[live], minlength=firms)
    order = np.argsort(-degree, kind="stable")
    rank = np.empty(firms, np.int64)
    rank[order] = np.arange(firms)
    sector = edges.sector[order]
    supplier, customer = rank[edges.supplier[live]], rank[edges.customer[live]]
    weight = edges.weight[live]
    kind = edges.kind[live].astype(np.int64)
    if function != "generalised":
        kind[:] = 1 if function == "linear" else 2
    strength = np.bincount(supplier, weight, firms)
    part, mixed = _parts(customer, sector[supplier], weight, kind, firms, sectors)
    out_start, out_slot, out_part, slot_start, slot_firm = _out(
        supplier, customer, sector, part, kind, firms, sectors
    )
    by_customer = np.argsort(customer, kind="stable")
    member = np.argsort(sector, kind="stable")
    return Network(
        rank,
        out_start,
        out_slot,
        out_part,
        slot_start,
        slot_firm,
        _starts(customer[by_customer], firms),
        supplier[by_customer].astype(np.int32),
        (weight / strength[supplier])[by_customer],
        sector,
        _starts(sector[member], sectors),
        member,
        strength,
        strength / strength.sum(),
        int(live.sum()),
        mixed,
    )


def _starts(ordered: np.ndarray, count: int) -> np.ndarray:
    """Where each number's run begins in an ordered array of numbers below ``count``."""
    return np.searchsorted(ordered, np.arange(count + 1))


def _parts(
    customer: np.ndarray,
    sector: np.ndarray,
    weight: np.ndarray,
    kind: np.ndarray,
    firms: int,
    sectors: int,
) -> tuple[np.ndarray, int]:
    """What part of its slot each link is, and how many pairs mix types.

    Shares are taken over all of a firm's inputs (of a sector), negligible ones included, as
    the published equations take them.
    """
    pairs, pair = np.unique(customer * sectors + sector, return_inverse=True)
    of_sector = np.bincount(pair, weight, len(pairs))[pair]
    of_all = np.bincount(customer, weight, firms)[customer]
    part = np.where(kind == 2, weight / of_sector, np.where(kind == 1, weight / of_all, 0.0))
    least = np.full(len(pairs), 3)
    most = np.full(len(pairs), -1)
    np.minimum.at(least, pair, kind)
    np.maximum.at(most, pair, kind)
    return part, int((least != most).sum())


def _out(
    supplier: np.ndarray,
    customer: np.ndarray,
    sector: np.ndarray,
    part: np.ndarray,
    kind: np.ndarray,
    firms: int,
    sectors: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Links by supplier, each with the slot of its customer; slots lie in order of customer."""
    felt = kind > 0
    supplier, customer, part = supplier[felt], customer[felt], part[felt]
    column = np.where(kind[felt] == 2, sector[supplier], sectors)
    slots, slot = np.unique(customer * (sectors + 1) + column, return_inverse=True)
    slot_firm = (slots // (sectors + 1)).astype(np.int32)
    order = np.argsort(supplier, kind="stable")
    return (
        _starts(supplier[order], firms),
        slot[order].astype(np.int32),
        part[order],
        _starts(slot_firm, firms),
        slot_firm,
    )
