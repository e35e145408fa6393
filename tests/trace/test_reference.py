"""The reference against paper: examples worked out by hand, and what must hold on any network."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import Network, Shape, Tables, network, write_folder
from reference import Reference, walk
from reference_groups import Grouping, Listed, region_role
from reference_order import Readings, Step, day_choices, in_order, last_days, read_ledger

REGION = "region:CN-XJ"
seeds = st.integers(0, 100_000)
few = settings(max_examples=25, deadline=None)
small = Shape(rows=25, intervals=0)


def table(text: str) -> list[dict[str, str]]:
    """Rows from lines of words; ``-`` stands for an empty cell."""
    head, *lines = [line.split() for line in text.splitlines() if line.strip()]
    return [
        dict(zip(head, ["" if cell == "-" else cell for cell in line], strict=True))
        for line in lines
    ]


def folder(origins: str = "", movements: str = "", conversions: str = "") -> Tables:
    """A folder of four parties; quantities are kilograms."""
    tables = {
        "parties": table(
            """
            party name country region
            x     X    CN      CN-XJ
            s     S    CN      CN-SD
            a     A    VN      VN-HN
            b     B    VN      VN-HN
            """
        ),
        "origins": table("event date site material quantity lot kind document\n" + origins),
        "movements": table(
            "event shipped received from_site to_site material quantity lot\n" + movements
        ),
        "conversions": table(
            "event date site direction material quantity lot step\n" + conversions
        ),
    }
    return {name: [{**row, "unit": "kg"} for row in found] for name, found in tables.items()}


def figures(tables: Tables, target: str, group: str = REGION) -> tuple[float, ...]:
    answer = Reference(tables).answer(target, group)
    return (answer.min, answer.expected, answer.max, answer.undocumented)


def test_a_second_shipment_is_bound_by_the_first() -> None:
    """30 of 100 kg are of the region; 80 are shipped, then 20."""
    tables = folder(
        "O1 2024-03-01 x wool 30 - - d\nO2 2024-03-01 s wool 70 - - d",
        """
        M1 2024-03-02 - x a wool 30 -
        M2 2024-03-02 - s a wool 70 -
        M3 2024-03-03 - a b wool 80 -
        M4 2024-03-04 - a b wool 20 -
        """,
    )
    assert figures(tables, "M3") == pytest.approx((10 / 80, 0.3, 30 / 80, 0))
    assert figures(tables, "M4") == pytest.approx((0, 0.3, 1, 0))


def test_a_return_brings_back_what_was_sent() -> None:
    """60 kg go out and come back; then half of the stock is what it was."""
    tables = folder(
        "O1 2024-03-01 x wool 50 - - d\nO2 2024-03-01 s wool 50 - - d",
        """
        M1 2024-03-02 - x a wool 50 -
        M2 2024-03-02 - s a wool 50 -
        M3 2024-03-03 - a b wool 60 -
        M4 2024-03-04 - b a wool 60 -
        M5 2024-03-05 - a s wool 100 -
        """,
    )
    assert figures(tables, "M3") == pytest.approx((10 / 60, 0.5, 50 / 60, 0))
    assert figures(tables, "M5") == pytest.approx((0.5, 0.5, 0.5, 0))


def test_two_outputs_share_one_stock() -> None:
    """40 of 100 kg are of the region and two outputs of 40 leave 20 to loss."""
    tables = folder(
        "O1 2024-03-01 x wool 40 - - d\nO2 2024-03-01 s wool 60 - - d",
        """
        M1 2024-03-02 - x a wool 40 -
        M2 2024-03-02 - s a wool 60 -
        M3 2024-03-04 - a b felt 40 -
        M4 2024-03-04 - a b braid 40 -
        """,
        """
        C1 2024-03-03 a in wool 100 - -
        C1 2024-03-03 a out felt 40 - -
        C1 2024-03-03 a out braid 40 - -
        """,
    )
    entries = [
        {"entry": "E", "market": "US", "date": "2024-04-01", "movement": m, "line": m}
        for m in ("M3", "M4")
    ]
    tables["entries"] = entries
    assert figures(tables, "E/M3") == pytest.approx((0, 0.4, 1, 0))
    assert figures(tables, "E") == pytest.approx((20 / 80, 0.4, 40 / 80, 0))


def test_a_circle_of_three_is_cut_once() -> None:
    """M1 (a to b) goes first; then M3 (b to s) and M2 (s to a), upstream first."""
    movements = """
        M1 2024-03-02 - a b wool 10 -
        M2 2024-03-02 - s a wool 10 -
        M3 2024-03-02 - b s wool 10 -
        """
    ledger = read_ledger(folder(movements=movements))
    once = [step.of.event for step in in_order(ledger, last_days(ledger))]
    assert once == ["M1", "M3", "M2"]
    rows = Readings(cycle_cut_once=False)
    by_rows = [step.of.event for step in in_order(ledger, last_days(ledger), rows)]
    assert by_rows == ["M1", "M2", "M3"]


def test_what_is_downstream_of_a_circle_waits() -> None:
    """M1 stands first but is fed by the circle M2, M3: the circle is cut, not the way to M1."""
    movements = """
        M1 2024-03-02 - b x wool 10 -
        M2 2024-03-02 - s b wool 10 -
        M3 2024-03-02 - b s wool 10 -
        M4 2024-03-02 - x a wool 10 -
        """
    ledger = read_ledger(folder(movements=movements))
    order = [step.of.event for step in in_order(ledger, last_days(ledger))]
    assert order == ["M2", "M1", "M3", "M4"]


def test_a_month_may_have_been_any_day_but_a_day_is_a_day() -> None:
    """M1 may have come in time for M2; for M3, shipped before that month, it can't have."""
    tables = folder(
        "O1 2024-02-01 x wool 10 - - d",
        """
        M1 2024-03 - x a wool 10 -
        M2 2024-03-15 - a b wool 10 -
        M3 2024-02-28 - a b wool 10 -
        """,
    )
    reference = Reference(tables)
    assert reference.answer("M2", REGION).reachable
    assert not reference.answer("M3", REGION).reachable
    assert reference.answer("M2", REGION).undocumented == 1


def test_goods_leave_by_the_day_they_are_received() -> None:
    """M1 left some day in March and was received on the 15th: on the 20th it is there."""
    tables = folder(
        "O1 2024-03-01 x wool 10 - - d",
        "M1 2024-03 2024-03-15 x a wool 10 -\nM2 2024-03-20 - a b wool 10 -",
    )
    assert figures(tables, "M2") == (1, 1, 1, 0)


def test_a_stock_that_was_emptied_ends_the_path() -> None:
    tables = folder(
        "O1 2024-03-01 x wool 10 - - d\nO2 2024-03-01 s wool 10 - - d",
        """
        M1 2024-03-02 - x a wool 10 -
        M2 2024-03-03 - a b wool 10 -
        M3 2024-03-04 - s a wool 10 -
        M4 2024-03-05 - a b wool 10 -
        """,
    )
    reference = Reference(tables)
    assert not reference.answer("M4", REGION).reachable
    tables["movements"][1]["quantity"] = "9"
    assert Reference(tables).answer("M4", REGION).reachable


def test_days_of_two_intervals_are_chosen_together() -> None:
    """M1 on the 2nd to the 4th, M2 on the 1st to the 3rd: M2 can come after M1, so b gets it."""
    tables = folder(
        "O1 2024-03-01 x wool 10 - - d",
        """
        M1 2024-03-02/2024-03-04 - x a wool 10 -
        M2 2024-03-01/2024-03-03 - a b wool 10 -
        M3 2024-03-03 - b s wool 10 -
        """,
    )
    assert Reference(tables).answer("M3", REGION).reachable
    tables["movements"][2]["shipped"] = "2024-03-01"
    assert not Reference(tables).answer("M3", REGION).reachable


def test_repacking_in_the_group_in_both_readings() -> None:
    tables = folder(
        "O1 2024-03-01 x wool 10 - - d\nO2 2024-03-01 s wool 10 - - d",
        "M1 2024-03-02 - s x wool 10 -\nM2 2024-03-04 - x b wool 20 -",
        """
        C1 2024-03-03 x in wool 20 - repack
        C1 2024-03-03 x out wool 20 - repack
        """,
    )
    assert figures(tables, "M2") == pytest.approx((0.5, 0.5, 1, 0.5))
    literal = Reference(tables, readings=Readings(repack_keeps=False)).answer("M2", REGION)
    assert (literal.min, literal.expected, literal.max, literal.undocumented) == (0, 0, 1, 1)
    assert not literal.reachable


def test_possibly_listed_makers_keep_what_is_undocumented() -> None:
    """Half of the wool is an opening balance; the maker is possibly listed."""
    tables = folder(
        "O1 2024-03-01 a wool 10 - opening -\nO2 2024-03-01 a wool 10 - - d",
        "M1 2024-03-04 - a b felt 20 -",
        """
        C1 2024-03-03 a in wool 20 - -
        C1 2024-03-03 a out felt 20 - -
        """,
    )
    possible = {"r": [Listed("a", certain=False, start=dt.date(2024, 3, 1))]}
    answer = Reference(tables, possible).answer("M1", "listed-then:r")
    assert (answer.undocumented, answer.unresolved) == (0.5, 0.5)
    assert (answer.min, answer.expected, answer.max, answer.reachable) == (0, 0, 1, False)


def test_a_conversion_without_inputs_is_all_excess() -> None:
    made = "C1 2024-03-03 a out felt 20 - -"
    tables = folder(movements="M1 2024-03-04 - a b felt 20 -", conversions=made)
    assert figures(tables, "M1") == (0, 0, 1, 1)
    assert figures(tables, "M1", "party:a") == (1, 1, 1, 0)


@pytest.mark.parametrize(
    ("own", "owner", "sites", "role"),
    [
        (("", ""), ("CN", "CN-XJ"), 2, "in"),
        (("", ""), ("CN", "CN-SD"), 2, "unknown"),
        (("", ""), ("CN", "CN-SD"), 1, "out"),
        (("VN", ""), ("CN", "CN-SD"), 2, "out"),
        (("", ""), ("VN", ""), 2, "unknown"),
        (("", ""), ("VN", ""), 1, "out"),
        (("", ""), ("", ""), 1, "unknown"),
        (("CN", "CN-SD"), ("CN", "CN-XJ"), 2, "out"),
        (("CN", "CN-XJ"), ("CN", "CN-SD"), 1, "in"),
    ],
)
def test_where_a_site_lies(
    own: tuple[str, str], owner: tuple[str, str], sites: int, role: str
) -> None:
    party = {"party": "p", "name": "P", "country": owner[0], "region": owner[1]}
    rows = [{"site": "s0", "party": "p", "country": own[0], "region": own[1]}]
    rows += [{"site": f"s{n}", "party": "p", "country": "", "region": ""} for n in range(1, sites)]
    assert region_role({"parties": [party], "sites": rows}, "s0", "CN-XJ") == role


# --- what must hold on any network -----------------------------------------------------------------


def all_listed(tables: Tables, seed: int) -> dict[str, list[Listed]]:
    """Parties on register r1 at random, some of them possibly."""
    rng = random.Random(seed)
    return {
        "r1": [
            Listed(party["party"], certain=rng.random() < 0.6, start=dt.date(2024, 3, 6))
            for party in tables["parties"]
            if rng.random() < 0.4
        ]
    }


def reference(drawn: Network, seed: int) -> Reference:
    on = dt.date.fromisoformat(drawn.on) if drawn.on else None
    return Reference(drawn.tables, all_listed(drawn.tables, seed), on)


@given(seeds)
@few
def test_figures_lie_in_order(seed: int) -> None:
    drawn = network(seed, small)
    for answer in reference(drawn, seed).answers(drawn.targets, drawn.groups).values():
        shares = (answer.min, answer.expected, answer.undocumented, answer.unresolved, answer.max)
        assert all(-1e-9 <= share <= 1 + 1e-9 for share in shares)
        assert answer.min <= answer.expected + 1e-9
        known = answer.expected + answer.undocumented + answer.unresolved
        assert known <= answer.max + 1e-9
        assert answer.reachable or (answer.expected == 0 and answer.min < 1e-9)


@given(seeds)
@few
def test_content_of_the_group_is_reachable_on_single_days(seed: int) -> None:
    """Without intervals there is one order, and even mixing reaches all that can be reached."""
    drawn = network(seed, small)
    for answer in reference(drawn, seed).answers(drawn.targets, drawn.groups).values():
        assert answer.reachable == (answer.expected > 0)


@dataclass(frozen=True, slots=True)
class AnyAllocation:
    """One allocation that the records allow: at every split anything between the limits."""

    grouping: Grouping
    upper: bool
    rng: random.Random

    def source(self, step: Step | None, content: Fraction) -> Fraction:
        kind = "undocumented" if step is None else self.grouping.origin(step.of, step.day)
        counts = kind == "restricted" or (self.upper and kind != "outside")
        return content if counts else Fraction(0)

    def split(
        self, value: Fraction, content: Fraction, part: Fraction
    ) -> tuple[Fraction, Fraction]:
        least, most = max(Fraction(0), value - (content - part)), min(part, value)
        taken = least + (most - least) * Fraction(self.rng.choice([0, 0, 1, 1, 2]), 2)
        return taken, value - taken

    def join(self, one: Fraction, other: Fraction) -> Fraction:
        return one + other

    def remake(self, step: Step, value: Fraction, content: Fraction) -> Fraction:
        if not hasattr(step.of, "outputs"):
            return value
        rule = self.grouping.conversion(step.of, step.day)
        return content if rule == "restricted" or (rule != "pass" and self.upper) else value


@given(seeds)
@few
def test_no_allocation_lies_outside_the_bounds(seed: int) -> None:
    drawn = network(seed, small)
    group = drawn.groups[seed % 2 * 3]
    asked = reference(drawn, seed)
    targets = [target for target in drawn.targets if target.startswith("M")]
    answers = asked.answers(targets, [group])
    steps = in_order(asked.ledger, last_days(asked.ledger))
    grouping = Grouping(group, drawn.tables, asked.listings, None)
    for turn in range(20):
        for upper in (False, True):
            walked = walk(steps, AnyAllocation(grouping, upper, random.Random(turn)))
            for target in targets:
                content, value = walked.movements[target]
                share, answer = float(value / content), answers[target, group]
                if upper:
                    assert share <= answer.max + 1e-9
                else:
                    assert share >= answer.min - 1e-9


@given(seeds)
@few
def test_a_tenfold_ledger_has_the_same_shares(seed: int) -> None:
    drawn = network(seed, small)
    tenfold = {
        name: [
            {**row, "quantity": f"{row['quantity']}0"} if row.get("quantity") else row
            for row in rows
        ]
        for name, rows in drawn.tables.items()
    }
    one = reference(drawn, seed).answers(drawn.targets, drawn.groups)
    ten = reference(dataclasses.replace(drawn, tables=tenfold), seed).answers(
        drawn.targets, drawn.groups
    )
    for pair, answer in one.items():
        shares = dataclasses.astuple(answer)[1:]
        assert dataclasses.astuple(ten[pair])[1:] == pytest.approx(shares, abs=1e-9)


@given(seeds)
@few
def test_taking_a_document_away_never_lowers_undocumented(seed: int) -> None:
    drawn = network(seed, small)
    bare = {
        name: [{**row, "document": ""} if "document" in row else row for row in rows]
        for name, rows in drawn.tables.items()
    }
    before = reference(drawn, seed).answers(drawn.targets, drawn.groups)
    after = reference(dataclasses.replace(drawn, tables=bare), seed).answers(
        drawn.targets, drawn.groups
    )
    for pair, answer in before.items():
        if pair[1] == REGION or pair[1].startswith("party:"):
            assert after[pair].undocumented >= answer.undocumented - 1e-12


@given(seeds)
@few
def test_intervals_only_add_ways(seed: int) -> None:
    """The last days are among the choices, so what they reach stays reachable."""
    drawn = network(seed, dataclasses.replace(small, intervals=2))
    ledger = read_ledger(drawn.tables)
    choices = day_choices(ledger)
    assert next(choices) == last_days(ledger)
    rows = {event.event: event for event in ledger.events}
    for days in [days for days, _ in zip(choices, range(200), strict=False)]:
        for event, (day, arrives) in days.items():
            assert rows[event].date.first <= day <= rows[event].date.last
            assert day <= arrives


@given(seeds)
@few
def test_networks_are_what_they_promise(seed: int) -> None:
    drawn = network(seed)
    assert drawn == network(seed)
    events = [row["event"] for row in drawn.tables["origins"] + drawn.tables["movements"]]
    assert len(events) == len(set(events))
    assert set(drawn.targets) & {row["entry"] for row in drawn.tables["entries"]}
    assert 5 <= len(drawn.tables.get("sites", drawn.tables["parties"])) <= 14


def test_a_folder_reads_back_as_it_was_written(tmp_path: Path) -> None:
    import csv

    tables = network(3).tables
    write_folder(tables, tmp_path / "folder")
    for name, rows in tables.items():
        if rows:
            file = tmp_path / "folder" / f"{name}.csv"
            with file.open(encoding="utf-8", newline="") as text:
                assert list(csv.DictReader(text)) == rows


def test_networks_hold_every_case_somewhere() -> None:
    """Two hundred networks: none of the cases that the comparison is for may be missing."""
    drawn = [network(seed).tables for seed in range(200)]
    movements = [row for tables in drawn for row in tables["movements"]]
    lines = [row for tables in drawn for row in tables["conversions"]]
    origins = [row for tables in drawn for row in tables["origins"]]
    assert any("/" in row["shipped"] for row in movements)
    assert any(row["shipped"] == "2024-03" for row in movements)
    assert any(row["received"] > row["shipped"] for row in movements)
    assert any(int(row["quantity"]) <= 0 for row in movements + lines + origins)
    assert {row["step"] for row in lines} == {"", "repack", "store", "test"}
    assert {"opening", "recycled"} <= {row["kind"] for row in origins}
    assert any("sites" in tables for tables in drawn)
    cycles = 0
    for tables in drawn[:60]:
        ledger = read_ledger(tables)
        days = last_days(ledger)
        by_rows = in_order(ledger, days, Readings(cycle_cut_once=False))
        cycles += in_order(ledger, days) != by_rows
    assert cycles > 0, "no circle within a day that is longer than two"
