"""The ledger as a graph of lumps: what is in an account between two receipts, and what moves.

Every lump of content becomes a node: a movement under way, an origin, an input material of
a conversion, one of its outputs, and the stock of an account from a receipt until the next
receipt after a withdrawal. Edges carry fixed amounts of content. All edges into a node come
before all edges out of it, so one pass over the edges in their order mixes, one pass back
explains, and bounds are flows on the same edges.

    stock ──take──> movement ──add──> stock ──take──> input ──by content──> output ──add──> stock
                       ^ gap: left beyond the stock            ^ excess: more out than in

Components (inputs that a conversion's step does not name) ride on nodes of their own beside
the main ones: they can be restricted, and never dilute.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alnage.chain.ledger import CONVERT, MOVE, ORIGIN, RECEIVE, SHIP, Ledger
from alnage.model.kernels import Array, kernel

# Kinds of node.
STOCK, MOVEMENT, SOURCE, INPUT, OUTPUT = range(5)

# Stock below this part of what an account received counts as empty (numeric tolerance).
EMPTY = 1e-9


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges; contents in kilograms of raw-material equivalent.

    ``own`` is content that begins at the node: of an origin, or undocumented (a gap at a
    movement or input, an excess at an output). ``ref`` is the line, the account (STOCK) or
    the conversion (INPUT). ``movement_node`` and the like give the node of a line, -1 if none.
    """

    tail: np.ndarray
    head: np.ndarray
    amount: np.ndarray
    content: np.ndarray
    own: np.ndarray
    kind: np.ndarray
    ref: np.ndarray
    component: np.ndarray
    origin_node: np.ndarray
    movement_node: np.ndarray
    movement_component: np.ndarray
    output_node: np.ndarray
    output_component: np.ndarray

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.content)


def build_graph(ledger: Ledger) -> Graph:
    """Run the ledger's operations once and keep what moved where."""
    conversions, lines = ledger.conversions, ledger.lines
    counts = np.diff(conversions.start)
    outputs = np.zeros(len(counts), np.int64)
    if len(lines):
        number = np.repeat(np.arange(len(counts)), counts)
        np.add.at(outputs, number, lines.output[conversions.line].astype(np.int64))
    room_nodes = 4 * (len(ledger.origins) + len(ledger.movements) + len(lines)) + len(counts) + 4
    room_edges = 8 * (len(ledger.origins) + len(ledger.movements) + len(lines)) + 8
    room_edges += int(((counts - outputs + 2) * (outputs + 1) * 2).sum())
    run = kernel(_run, len(ledger.operations.kind))
    nodes, edges, arrays, maps = run(
        ledger.operations.kind,
        ledger.operations.index,
        ledger.origin_account,
        ledger.origins.content,
        ledger.from_account,
        ledger.to_account,
        ledger.movements.content,
        conversions.start,
        conversions.line,
        ledger.line_account,
        lines.content,
        lines.output,
        lines.material,
        ledger.named_input,
        len(ledger.account_site),
        room_nodes,
        room_edges,
    )
    tail, head, amount, content, own, kind, ref, component = arrays
    return Graph(
        tail[:edges],
        head[:edges],
        amount[:edges],
        content[:nodes],
        own[:nodes],
        kind[:nodes],
        ref[:nodes],
        component[:nodes],
        *maps,
    )


def _run(  # noqa: C901, PLR0912, PLR0915 (one compiled loop over the operations)
    op_kind: Array,
    op_index: Array,
    origin_account: Array,
    origin_content: Array,
    from_account: Array,
    to_account: Array,
    movement_content: Array,
    conversion_start: Array,
    conversion_line: Array,
    line_account: Array,
    line_content: Array,
    line_output: Array,
    line_material: Array,
    line_named: Array,
    accounts: int,
    room_nodes: int,
    room_edges: int,
) -> tuple[int, int, tuple[Array, ...], tuple[Array, ...]]:
    tail = np.empty(room_edges, np.int64)
    head = np.empty(room_edges, np.int64)
    amount = np.empty(room_edges, np.float64)
    content = np.zeros(room_nodes, np.float64)
    own = np.zeros(room_nodes, np.float64)
    kind = np.zeros(room_nodes, np.int8)
    ref = np.zeros(room_nodes, np.int64)
    component = np.zeros(room_nodes, np.bool_)
    origin_node = np.full(origin_account.shape[0], -1, np.int64)
    movement_node = np.full(from_account.shape[0], -1, np.int64)
    movement_component = np.full(from_account.shape[0], -1, np.int64)
    output_node = np.full(line_account.shape[0], -1, np.int64)
    output_component = np.full(line_account.shape[0], -1, np.int64)
    # Account a holds its main content at a, its component content at accounts + a.
    stock = np.zeros(2 * accounts, np.float64)
    received = np.zeros(2 * accounts, np.float64)
    state = np.full(2 * accounts, -1, np.int64)
    drawn = np.zeros(2 * accounts, np.bool_)
    count = np.zeros(2, np.int64)  # nodes, edges

    def node(of_kind: int, of_ref: int, size: float) -> int:
        new = int(count[0])
        count[0] += 1
        kind[new] = of_kind
        ref[new] = of_ref
        content[new] = size
        return new

    def edge(start: int, end: int, size: float) -> None:
        at = count[1]
        count[1] += 1
        tail[at] = start
        head[at] = end
        amount[at] = size

    def take(account: int, wanted: float, into: int) -> float:
        tolerance = EMPTY * received[account]
        there = stock[account]
        if there <= tolerance:
            there = 0.0
        given = wanted if wanted <= there + tolerance else there
        if there == 0.0:
            given = 0.0
        if given > 0.0:
            edge(state[account], into, given)
            drawn[account] = True
        rest = there - given
        stock[account] = 0.0 if rest <= tolerance else rest
        return given

    def add(account: int, base: int, come: int, size: float) -> None:
        received[account] += size
        if state[account] < 0 or drawn[account]:
            fresh = node(0, base, 0.0)
            component[fresh] = account != base
            if state[account] >= 0 and stock[account] > 0.0:
                edge(state[account], fresh, stock[account])
                content[fresh] = stock[account]
            state[account] = fresh
            drawn[account] = False
        edge(come, state[account], size)
        content[state[account]] += size
        stock[account] += size

    for op in range(op_kind.shape[0]):
        what = op_kind[op]
        i = op_index[op]
        if what == 0:
            size = origin_content[i]
            come = node(2, i, size)
            own[come] = size
            origin_node[i] = come
            if size > 0.0:
                add(origin_account[i], origin_account[i], come, size)
        if what == 1 or what == 2:  # noqa: PLR1714 (numba compares integers)
            account = from_account[i]
            size = movement_content[i]
            come = node(1, i, size)
            movement_node[i] = come
            before = stock[account]
            given = take(account, size, come) if size > 0.0 else 0.0
            own[come] = size - given
            riding = stock[accounts + account]
            if riding > 0.0 and given > 0.0:
                part = riding if stock[account] == 0.0 else riding * (given / before)
                rider = node(1, i, part)
                component[rider] = True
                movement_component[i] = rider
                content[rider] = take(accounts + account, part, rider)
        if what == 1 or what == 3:  # noqa: PLR1714
            account = to_account[i]
            if movement_content[i] > 0.0:
                add(account, account, movement_node[i], movement_content[i])
            rider = movement_component[i]
            if rider >= 0 and content[rider] > 0.0:
                add(accounts + account, account, rider, content[rider])
        if what == 4:
            first = conversion_start[i]
            last = conversion_start[i + 1]
            total_in = 0.0
            total_out = 0.0
            inputs = np.empty(last - first, np.int64)
            materials = np.empty(last - first, np.int64)
            many = 0
            carrier = -1  # the node that gathers component content
            for k in range(first, last):
                line = conversion_line[k]
                size = line_content[line]
                if line_output[line]:
                    total_out += size
                    continue
                account = line_account[line]
                into = -1
                if line_named[line]:
                    for known in range(many):
                        if materials[known] == line_material[line]:
                            into = inputs[known]
                    if into < 0:
                        into = node(3, i, 0.0)
                        inputs[many] = into
                        materials[many] = line_material[line]
                        many += 1
                    total_in += size
                else:
                    if carrier < 0:
                        carrier = node(3, i, 0.0)
                        component[carrier] = True
                    into = carrier
                before = stock[account]
                content[into] += size
                given = take(account, size, into) if size > 0.0 else 0.0
                own[into] += size - given
                riding = stock[accounts + account]
                if riding > 0.0 and given > 0.0:
                    part = riding if stock[account] == 0.0 else riding * (given / before)
                    if carrier < 0:
                        carrier = node(3, i, 0.0)
                        component[carrier] = True
                    content[carrier] += take(accounts + account, part, carrier)
            whole = max(total_in, total_out)
            for k in range(first, last):
                line = conversion_line[k]
                if not line_output[line]:
                    continue
                size = line_content[line]
                made = node(4, line, size)
                output_node[line] = made
                if size <= 0.0:
                    continue
                filled = 0.0
                for known in range(many):
                    part = content[inputs[known]] * (size / whole)
                    if part > 0.0:
                        edge(inputs[known], made, part)
                        filled += part
                if total_out > total_in:
                    own[made] = size * ((total_out - total_in) / total_out)
                add(line_account[line], line_account[line], made, size)
                if carrier >= 0 and content[carrier] > 0.0:
                    part = content[carrier] * (size / whole)
                    rider = node(4, line, part)
                    component[rider] = True
                    output_component[line] = rider
                    edge(carrier, rider, part)
                    add(accounts + line_account[line], line_account[line], rider, part)
    arrays = (tail, head, amount, content, own, kind, ref, component)
    maps = (origin_node, movement_node, movement_component, output_node, output_component)
    return count[0], count[1], arrays, maps


assert (ORIGIN, MOVE, SHIP, RECEIVE, CONVERT) == (0, 1, 2, 3, 4)  # noqa: S101 (the kernel's numbers)
