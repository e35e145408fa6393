"""Order within a day: origins, then movements and conversions upstream first.

What leaves an account on a day may be what arrived that day, so an operation waits for
all that add to the accounts it takes from. A cycle within one day is cut at its first
row in table, file and row order; only the cycle is cut, what hangs below it still waits.

    operations sorted by (day, table, file, row) ──> order_days() ── permutation
"""

from __future__ import annotations

import heapq

import numpy as np


def order_days(  # noqa: C901, PLR0912, PLR0915 (one compiled loop; its parts share eight arrays)
    day_start: np.ndarray,
    take_start: np.ndarray,
    take_account: np.ndarray,
    add_start: np.ndarray,
    add_account: np.ndarray,
    accounts: int,
) -> np.ndarray:
    """The order in which the operations happen, as indices.

    Operation ``i`` takes from ``take_account[take_start[i]:take_start[i+1]]`` and adds to
    ``add_account[add_start[i]:add_start[i+1]]`` (accounts distinct within one operation);
    day ``d`` holds operations ``day_start[d]:day_start[d+1]``.

    Two movements of one day, the downstream one written first:

    >>> int_array = lambda *v: np.array(v, np.int64)
    >>> order_days(int_array(0, 2), int_array(0, 1, 2), int_array(1, 0),
    ...            int_array(0, 1, 2), int_array(2, 1), 3).tolist()
    [1, 0]
    """
    n = take_start.shape[0] - 1
    out = np.empty(n, np.int64)
    blocked = np.zeros(n, np.int64)
    done = np.zeros(n, np.bool_)
    pending = np.zeros(accounts, np.int64)
    taker_head = np.full(accounts, -1, np.int64)
    taker_next = np.full(take_account.shape[0], -1, np.int64)
    taker_op = np.zeros(take_account.shape[0], np.int64)
    adder_head = np.full(accounts, -1, np.int64)
    adder_next = np.full(add_account.shape[0], -1, np.int64)
    adder_op = np.zeros(add_account.shape[0], np.int64)
    seen = np.zeros((2, n), np.bool_)
    filled = 0
    for day in range(day_start.shape[0] - 1):
        first, last = day_start[day], day_start[day + 1]
        if last - first == 1:
            out[filled] = first
            filled += 1
            continue
        for i in range(first, last):
            for k in range(add_start[i], add_start[i + 1]):
                account = add_account[k]
                pending[account] += 1
                adder_next[k] = adder_head[account]
                adder_head[account] = k
                adder_op[k] = i
            for k in range(take_start[i], take_start[i + 1]):
                account = take_account[k]
                taker_next[k] = taker_head[account]
                taker_head[account] = k
                taker_op[k] = i
        ready = [np.int64(0)]
        ready.clear()
        for i in range(first, last):
            blocked[i] = 0
            for k in range(take_start[i], take_start[i + 1]):
                own = 0
                for j in range(add_start[i], add_start[i + 1]):
                    if add_account[j] == take_account[k]:
                        own = 1
                if pending[take_account[k]] > own:
                    blocked[i] += 1
            if blocked[i] == 0:
                heapq.heappush(ready, np.int64(i))
        left = last - first
        while left > 0:
            if len(ready) > 0:
                op = heapq.heappop(ready)
                if done[op]:
                    continue
            else:
                # A cycle. From the first waiting row walk to a cycle with nothing upstream
                # of it (what reaches it is what it reaches), then take that one's first row.
                op = np.int64(-1)
                start = np.int64(first)
                while done[start]:
                    start += 1
                while op < 0:
                    for way in range(2):
                        seen[way, first:last] = False
                        seen[way, start] = True
                        stack = [start]
                        while len(stack) > 0:
                            here = stack.pop()
                            begin = take_start[here] if way == 0 else add_start[here]
                            end = take_start[here + 1] if way == 0 else add_start[here + 1]
                            for k in range(begin, end):
                                account = take_account[k] if way == 0 else add_account[k]
                                at = adder_head[account] if way == 0 else taker_head[account]
                                while at >= 0:
                                    other = adder_op[at] if way == 0 else taker_op[at]
                                    if not done[other] and not seen[way, other]:
                                        seen[way, other] = True
                                        stack.append(other)
                                    at = adder_next[at] if way == 0 else taker_next[at]
                    upstream = np.int64(-1)
                    for other in range(first, last):
                        if seen[0, other] and not seen[1, other]:
                            upstream = np.int64(other)
                            break
                    if upstream >= 0:
                        start = upstream
                        continue
                    op = np.int64(first)
                    while not seen[0, op]:
                        op += 1
            out[filled] = op
            filled += 1
            left -= 1
            done[op] = True
            for k in range(add_start[op], add_start[op + 1]):
                account = add_account[k]
                pending[account] -= 1
                at = taker_head[account]
                while at >= 0:
                    other = taker_op[at]
                    if not done[other]:
                        own = 0
                        for j in range(add_start[other], add_start[other + 1]):
                            if add_account[j] == account:
                                own = 1
                        if pending[account] == own:
                            blocked[other] -= 1
                            if blocked[other] == 0:
                                heapq.heappush(ready, np.int64(other))
                    at = taker_next[at]
        for i in range(first, last):
            for k in range(add_start[i], add_start[i + 1]):
                pending[add_account[k]] = 0
                adder_head[add_account[k]] = -1
            for k in range(take_start[i], take_start[i + 1]):
                taker_head[take_account[k]] = -1
    return out
