"""A million entries before every regime, in units of one sort of the same table in the same run."""

import datetime as dt
import random
import statistics
import time

import pyarrow as pa

from alnage.law import LawBook
from alnage.law.table import judge_table, row_facts

MARKETS = ["US", "US", "US", "EU", "DE", "CA", "MX", "GB", "CN"]
REGIONS = ["CN-XJ", "CN-SD", "CN-GD", None, None]


def write_entries(rows: int, seed: int = 7) -> pa.Table:
    """Import entries as facts: four links of a chain each, listings, content, a few orders."""
    chance = random.Random(seed)
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=n) for n in range(3_600)]
    listing = {"register": "us-uflpa", "effective_from": dt.date(2024, 11, 25), "removed_on": None}

    def link(number):
        region = chance.choice(REGIONS)
        return {
            "party": f"p{number}",
            "made": chance.random() < 0.9,
            "country": "CN" if region or chance.random() < 0.5 else "VN",
            "region": region,
            "listings": [listing] if chance.random() < 0.1 else [],
        }

    def content():
        low = chance.choice([0.0, 0.0, 0.001, 0.3])
        high = max(low, chance.choice([0.0, 0.2, 1.0]))
        return [
            {"group": group, "min": low, "expected": (low + high) / 2, "max": high}
            for group in ("region:CN-XJ", "listed:us-uflpa")
        ]

    def orders():
        if chance.random() < 0.97:
            return []
        return [
            {
                "regime": "US-S307",
                "kind": "wro",
                "covers": True,
                "effective_from": dt.date(2021, 1, 13),
            }
        ]

    # A block of distinct entries, repeated in another order with other days: random numbers
    # are slow to draw, and no answer here is remembered from one row to another.
    distinct = min(rows, 50_000)
    facts = [
        {
            "market": chance.choice(MARKETS),
            "importer": {"country": "US"},
            "goods": {"hs": "6109.10", "forced_labour": chance.choice([None, None, False, True])},
            "chain": [link(number) for number in range(4)],
            "content": content(),
            "orders": orders(),
            "permissions": [],
        }
        for _ in range(distinct)
    ]
    block = pa.Table.from_pylist(facts)
    picked = block.take(pa.array([chance.randrange(distinct) for _ in range(rows)]))
    date = pa.array([chance.choice(days) for _ in range(rows)], pa.date32())
    act = pa.array(["import"] * rows)
    entry = pa.array([f"E-{number:09}" for number in chance.sample(range(10**9), rows)])
    return (
        picked.append_column("transaction", act)
        .append_column("date", date)
        .append_column("entry", entry)
    )


def sort_seconds(table: pa.Table) -> float:
    """Median of three sorts of the whole table by date, then market and entry."""
    keys = [("date", "ascending"), ("market", "ascending"), ("entry", "ascending")]
    runs = []
    for _ in range(3):
        begin = time.perf_counter()
        table.sort_by(keys)
        runs.append(time.perf_counter() - begin)
    return statistics.median(runs)


def bench_law(rows: int) -> None:
    """Print how long the table takes, and a million calls of ``judge`` would, in sorts."""
    from alnage.law import judge, parse_facts

    book = LawBook.load()
    table = write_entries(rows)
    sort = sort_seconds(table)
    facts = table.drop_columns(["entry"])
    begin = time.perf_counter()
    found = judge_table(facts, book)
    seconds = time.perf_counter() - begin
    print(f"{rows:,} entries against {len(found.asked)} questions of {len(list(book))} regimes")
    print(f"  one sort of the table by date, market, entry: {sort:.3f} s here")
    print(f"  {'judge_table, answers and codes':34} {seconds / sort:10.1f} sorts")
    sample = [parse_facts(row_facts(facts, row)) for row in range(0, rows, max(1, rows // 200))]
    begin = time.perf_counter()
    for one in sample:
        judge(one, book)
    each = (time.perf_counter() - begin) / len(sample)
    print(f"  {'judge, row by row (from a sample)':34} {each * rows / sort:10.1f} sorts")


if __name__ == "__main__":
    import sys

    bench_law(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000)
