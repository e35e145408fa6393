"""The cascade: how the failure of firms travels to their customers and to their suppliers.

Every step looks only at firms whose state the step before has changed, and passes on the
difference (a push over a sparse frontier); a firm keeps, per input, what it has lost so far.
With market shares a supplier is the harder to replace the less its sector still offers: when
a sector moves, all its impaired suppliers are looked at again, or the result would be wrong.

    shock ── down[], up[] ── changed firms ── their customers, their suppliers ── … until still

Method: the equations of Diem, Borsos, Reisch, Kertész and Thurner, Scientific Reports 12:7719
(2022); own implementation.
"""

from __future__ import annotations

import numpy as np

from alnage.model.kernels import Array

# A difference smaller than this is not passed on but kept for the next step: numeric
# tolerance, far below the 1e-12 to which results are stated.
CARRY = 1e-15
# Below this part of a sector's output, what is left is summed anew: differences of large
# numbers would have lost their digits.
SUM_ANEW = 0.05
# The published implementation takes an output at or below this as 1.
PUBLISHED_FLOOR = 1e-10


def cascades(  # noqa: C901, PLR0912, PLR0915 (one compiled loop)
    out_start: Array,
    out_slot: Array,
    out_part: Array,
    slot_start: Array,
    slot_firm: Array,
    in_start: Array,
    in_firm: Array,
    in_part: Array,
    sector: Array,
    member_start: Array,
    member: Array,
    strength: Array,
    weight: Array,
    shock_start: Array,
    shock_firm: Array,
    left_down: Array,
    left_up: Array,
    most_change: float,
    most_steps: int,
    shares: bool,
    published: bool,
    result: Array,
    steps: Array,
) -> None:
    """Run every shock to its end; fill ``result`` (min, down, up) and ``steps`` (negative: unsettled).

    Arrays are those of ``Network``; shock ``k`` leaves ``left_*[e]`` of firm ``shock_firm[e]``
    for ``e`` from ``shock_start[k]`` to ``shock_start[k + 1]``.
    """
    firms = strength.shape[0]
    sectors = member_start.shape[0] - 1
    down = np.ones(firms, np.float64)
    up = np.ones(firms, np.float64)
    most_down = np.ones(firms, np.float64)
    most_up = np.ones(firms, np.float64)
    lost = np.zeros(slot_firm.shape[0], np.float64)
    unsold = np.zeros(firms, np.float64)
    told_down = np.zeros(firms, np.float64)
    told_up = np.zeros(firms, np.float64)
    front_down = np.empty(firms, np.int64)
    front_up = np.empty(firms, np.int64)
    touched = np.empty(firms, np.int64)
    mark = np.zeros(firms, np.int64)
    stamp = 0
    seen = np.empty(firms, np.int64)
    is_seen = np.zeros(firms, np.bool_)
    whole = np.zeros(sectors, np.float64)
    for q in range(sectors):
        for e in range(member_start[q], member_start[q + 1]):
            whole[q] += strength[member[e]]
    offered = whole.copy()
    moved = np.empty(sectors, np.int64)
    has_moved = np.zeros(sectors, np.bool_)
    impaired = np.full(sectors, -1, np.int64)  # first of a chain of impaired firms
    follows = np.full(firms, -2, np.int64)  # -2: not in the chain

    for k in range(shock_start.shape[0] - 1):
        count_seen = 0
        count_down = 0
        count_up = 0
        count_moved = 0
        for e in range(shock_start[k], shock_start[k + 1]):
            i = shock_firm[e]
            if not is_seen[i]:
                is_seen[i] = True
                seen[count_seen] = i
                count_seen += 1
            most_down[i] = left_down[e]
            most_up[i] = left_up[e]
            if left_down[e] < 1.0:
                down[i] = left_down[e]
                front_down[count_down] = i
                count_down += 1
                q = sector[i]
                offered[q] -= strength[i] * (1.0 - left_down[e])
                follows[i] = impaired[q]
                impaired[q] = i
                if not has_moved[q]:
                    has_moved[q] = True
                    moved[count_moved] = q
                    count_moved += 1
            if left_up[e] < 1.0:
                up[i] = left_up[e]
                front_up[count_up] = i
                count_up += 1

        done = 0
        change = 2.0
        while change > most_change and done < most_steps:
            change = 0.0
            done += 1
            # Downstream. First what each impaired supplier now withholds, then who feels it.
            count = 0
            stamp += 1
            rounds = count_moved if shares else count_down
            for r in range(rounds):
                if shares:
                    q = moved[r]
                    has_moved[q] = False
                    if offered[q] < SUM_ANEW * whole[q]:
                        offered[q] = 0.0
                        for e in range(member_start[q], member_start[q + 1]):
                            offered[q] += strength[member[e]] * down[member[e]]
                    i = impaired[q]
                else:
                    q = 0
                    i = front_down[r]
                while i >= 0:
                    withheld = 1.0 - down[i]
                    if shares:
                        offer = offered[q]
                        if published and offer <= PUBLISHED_FLOOR:
                            offer = 1.0
                        if strength[i] < offer:
                            withheld = strength[i] / offer * withheld
                    more = withheld - told_down[i]
                    if more > CARRY or more < -CARRY:
                        told_down[i] = withheld
                        for e in range(out_start[i], out_start[i + 1]):
                            s = out_slot[e]
                            lost[s] += out_part[e] * more
                            j = slot_firm[s]
                            if mark[j] != stamp:
                                mark[j] = stamp
                                touched[count] = j
                                count += 1
                    i = follows[i] if shares else -1
            count_moved = 0
            count_down = 0
            for t in range(count):
                j = touched[t]
                if not is_seen[j]:
                    is_seen[j] = True
                    seen[count_seen] = j
                    count_seen += 1
                level = most_down[j]
                for s in range(slot_start[j], slot_start[j + 1]):
                    level = min(level, 1.0 - lost[s])
                level = max(level, 0.0)
                if level != down[j]:
                    fall = down[j] - level
                    change = max(change, fall)
                    down[j] = level
                    front_down[count_down] = j
                    count_down += 1
                    q = sector[j]
                    if strength[j] > 0.0:
                        offered[q] -= strength[j] * fall
                        if follows[j] == -2:
                            follows[j] = impaired[q]
                            impaired[q] = j
                        if not has_moved[q]:
                            has_moved[q] = True
                            moved[count_moved] = q
                            count_moved += 1
            # Upstream: orders that impaired customers no longer place.
            count = 0
            stamp += 1
            for r in range(count_up):
                j = front_up[r]
                more = (1.0 - up[j]) - told_up[j]
                if more > CARRY or more < -CARRY:
                    told_up[j] = 1.0 - up[j]
                    for e in range(in_start[j], in_start[j + 1]):
                        i = in_firm[e]
                        unsold[i] += in_part[e] * more
                        if mark[i] != stamp:
                            mark[i] = stamp
                            touched[count] = i
                            count += 1
            count_up = 0
            for t in range(count):
                i = touched[t]
                if not is_seen[i]:
                    is_seen[i] = True
                    seen[count_seen] = i
                    count_seen += 1
                level = most_up[i]
                level = min(level, 1.0 - unsold[i])
                level = max(level, 0.0)
                if level != up[i]:
                    fall = up[i] - level
                    change = max(change, fall)
                    up[i] = level
                    front_up[count_up] = i
                    count_up += 1
        steps[k] = done if change <= most_change else -done

        total = 0.0
        total_down = 0.0
        total_up = 0.0
        for t in range(count_seen):
            i = seen[t]
            total += weight[i] * (1.0 - min(down[i], up[i]))
            total_down += weight[i] * (1.0 - down[i])
            total_up += weight[i] * (1.0 - up[i])
            q = sector[i]
            offered[q] = whole[q]
            impaired[q] = -1
            has_moved[q] = False
            follows[i] = -2
            is_seen[i] = False
            down[i] = 1.0
            up[i] = 1.0
            most_down[i] = 1.0
            most_up[i] = 1.0
            told_down[i] = 0.0
            told_up[i] = 0.0
            unsold[i] = 0.0
            for s in range(slot_start[i], slot_start[i + 1]):
                lost[s] = 0.0
        result[k, 0] = total
        result[k, 1] = total_down
        result[k, 2] = total_up
