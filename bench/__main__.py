"""``make bench``: from Parquet to shares, in units of one scan of the same ledger in the same run."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from alnage.chain.ledger import build_ledger
from alnage.model import Membership
from alnage.sources import read_folder
from alnage.trace import Group, parse_group
from alnage.trace.graph import build_graph
from alnage.trace.groups import NodeFacts
from alnage.trace.shares import spread
from bench import cases, impact
from bench.law import bench_law
from bench.network import write_network


def timed(function, *args):
    begin = time.perf_counter()
    value = function(*args)
    return value, time.perf_counter() - begin


def scan_seconds(file: Path) -> float:
    """Median of five warm sums over the numeric columns of the canonical ledger."""
    names = [field.name for field in pq.read_schema(file)]
    sums = ", ".join(f"sum({name})" for name in names)
    connection = duckdb.connect()
    table = connection.from_parquet(str(file))
    total = table.aggregate(sums)
    total.fetchall()
    runs = [timed(lambda: table.aggregate(sums).fetchall())[1] for _ in range(5)]
    return statistics.median(runs)


def main(movements: int) -> None:
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "folder"
        write_network(folder, movements)
        warm = Path(room) / "warm"
        write_network(warm, 30_000)
        run(warm)  # compiles the kernels, so that the figures below are of warm code
        ledger, stages = run(folder)
        canonical = Path(room) / "ledger.parquet"
        lines = ledger.movements
        columns = {
            "day": lines.last.astype(np.int32),
            "from_account": ledger.from_account.astype(np.int32),
            "to_account": ledger.to_account.astype(np.int32),
            "content": lines.content,
        }
        pq.write_table(pa.table(columns), canonical, compression="zstd")
        scan = scan_seconds(canonical)
        print(
            f"{movements:,} movements; scan = sum of the numeric columns of the canonical ledger, {scan:.4f} s here"
        )
        for name, seconds in stages.items():
            print(f"  {name:28} {seconds / scan:10.1f} scans")
        print(f"  {'all, Parquet to shares':28} {sum(stages.values()) / scan:10.1f} scans")


def run(folder: Path):
    stages = {}
    read, stages["read and validate"] = timed(read_folder, folder)
    ledger, stages["ledger (units, order)"] = timed(build_ledger, read)
    graph, stages["graph of lumps"] = timed(build_graph, ledger)

    def shares():
        facts = NodeFacts(ledger, graph)
        members = {
            site: (Membership(site),)
            for site in ledger.words.sites.words
            if ledger.places[site].stance("CN-XJ") == "inside"
        }
        return spread(graph, facts.treat(Group(parse_group("region:CN-XJ"), members)))

    _, stages["shares, reach, intervals"] = timed(shares)
    return ledger, stages


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000)
    impact.main(100_000, 1_000_000)
    impact.bans()
    bench_law(1_000_000)
    cases.main(100_000)
