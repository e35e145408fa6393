"""A synthetic chain at scale: farm, gin, spinner, mill, garment maker, importer.

Pareto weights, sideways trade, returns and over-shipments, over three years. Everything is
synthetic; sizes are those that the project's tracing figures are stated for.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

TIERS = (0.40, 0.10, 0.15, 0.15, 0.12, 0.08)
START = np.datetime64("2022-01-01")


def write_network(folder: Path, movements: int, seed: int = 7) -> None:
    """Write ``parties``, ``origins`` and ``movements`` as Parquet, movements sorted by day."""
    rng = np.random.default_rng(seed)
    sites = max(movements // 20, 12)
    tier = np.searchsorted(np.cumsum(TIERS), rng.random(sites)).clip(0, 5)
    tier[:6] = range(6)
    of_tier = [np.flatnonzero(tier == t) for t in range(6)]
    weights = [rng.pareto(1.2, len(group)) + 0.05 for group in of_tier]
    draw = [np.cumsum(w / w.sum()) for w in weights]

    def pick(level, size):
        return of_tier[level][
            np.searchsorted(draw[level], rng.random(size)).clip(0, len(of_tier[level]) - 1)
        ]

    level = rng.choice(5, movements, p=[0.3, 0.22, 0.2, 0.16, 0.12])
    source = np.empty(movements, np.int64)
    target = np.empty(movements, np.int64)
    for t in range(5):
        at = np.flatnonzero(level == t)
        source[at] = pick(t, len(at))
        target[at] = pick(t + 1, len(at))
        sideways = at[rng.random(len(at)) < 0.06]
        target[sideways] = pick(t, len(sideways))
    back = rng.random(movements) < 0.02
    source[back], target[back] = target[back], source[back]
    day = np.sort((rng.beta(2, 2, movements) * 1089).astype(np.int64))
    quantity = np.round(rng.lognormal(6, 1, movements), 3)
    names = np.array([f"S{i}" for i in range(sites)])
    farms = of_tier[0]
    restricted = rng.random(sites) < 0.2
    parties = pa.table(
        {
            "party": names,
            "name": [f"Synthetic enterprise {i}" for i in range(sites)],
            "country": ["CN" if t == 0 else "VN" for t in tier],
            "region": [
                ("CN-XJ" if r else "CN-SD") if t == 0 else None
                for t, r in zip(tier, restricted, strict=True)
            ],
        }
    )
    grown = np.bincount(source, quantity, sites)[farms]
    origins = pa.table(
        {
            "event": [f"O{i}" for i in range(len(farms))],
            "date": pa.array(np.full(len(farms), START), pa.date32()),
            "site": names[farms],
            "material": ["fibre"] * len(farms),
            "quantity": np.maximum(grown, 1.0),
            "unit": ["kg"] * len(farms),
            "document": ["synthetic"] * len(farms),
        }
    )
    rows = pa.table(
        {
            "event": [f"M{i}" for i in range(movements)],
            "shipped": pa.array(START + day, pa.date32()),
            "from_site": pa.array(names[source]).dictionary_encode(),
            "to_site": pa.array(names[target]).dictionary_encode(),
            "material": pa.array(["fibre"] * movements).dictionary_encode(),
            "quantity": quantity,
            "unit": pa.array(["kg"] * movements).dictionary_encode(),
            "document": pa.array(["synthetic"] * movements).dictionary_encode(),
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (("parties", parties), ("origins", origins), ("movements", rows)):
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
