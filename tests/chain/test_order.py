"""Order within a day: upstream first, and only cycles are cut."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alnage.chain.order import order_days


def ints(values):
    return np.array(values, np.int64)


def csr(rows):
    start = np.cumsum([0, *map(len, rows)])
    return ints(start), ints([account for row in rows for account in row])


def order(takes, adds, accounts=10):
    return order_days(ints([0, len(takes)]), *csr(takes), *csr(adds), accounts).tolist()


def test_a_chain_written_backwards_is_put_in_order():
    assert order([[2], [1], [0]], [[3], [2], [1]]) == [2, 1, 0]


def test_independent_operations_keep_their_rows():
    assert order([[0], [1], [2]], [[3], [4], [5]]) == [0, 1, 2]


def test_a_cycle_is_cut_at_its_first_row_and_stays_in_order_after_it():
    # Rows: C (takes 2, adds 0), A (takes 0, adds 1), B (takes 1, adds 2).
    assert order([[2], [0], [1]], [[0], [1], [2]]) == [0, 1, 2]
    # Rows: A, C, B of the same cycle: cut at A, then B before C.
    assert order([[0], [2], [1]], [[1], [0], [2]]) == [0, 2, 1]


def test_what_hangs_below_a_cycle_waits_for_it():
    # Row 0 takes from account 5, which only the cycle of rows 1 and 2 fills.
    assert order([[5], [1], [2]], [[6], [2], [1, 5]]) == [1, 2, 0]


def test_an_operation_that_returns_to_its_own_account_does_not_block_itself():
    assert order([[0], [0]], [[0, 1], [0]]) == [0, 1]


operations = st.lists(
    st.tuples(
        st.lists(st.integers(0, 5), max_size=3, unique=True),
        st.lists(st.integers(0, 5), max_size=3, unique=True),
    ),
    min_size=1,
    max_size=9,
)


@given(operations)
@settings(max_examples=200, deadline=None)
def test_every_upstream_goes_first_unless_it_lies_on_a_cycle(rows):
    takes, adds = [r[0] for r in rows], [r[1] for r in rows]
    found = order(takes, adds)
    n = len(rows)
    assert sorted(found) == list(range(n))
    reach = np.eye(n, dtype=bool)
    for i in range(n):
        for j in range(n):
            reach[i, j] |= i != j and bool(set(adds[i]) & set(takes[j]))
    direct = reach.copy()
    for k in range(n):
        reach |= np.outer(reach[:, k], reach[k])
    place = {op: k for k, op in enumerate(found)}
    for i in range(n):
        for j in range(n):
            if i != j and direct[i, j] and place[i] > place[j]:
                assert reach[j, i], (i, j)
