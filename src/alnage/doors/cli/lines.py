"""Results a line each: JSON lines to a file or standard output, or one Parquet table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from alnage.model import OptionError


def write_lines(lines: Iterable[Mapping[str, Any]], out: Path | None) -> None:
    """Write ``.jsonl`` or ``.parquet`` whole or not at all; without a file, print."""
    if out is None:
        for line in lines:
            click.echo(json.dumps(line, ensure_ascii=False))
        return
    if out.suffix not in (".jsonl", ".parquet"):
        raise OptionError("out_suffix", file=str(out), known=[".jsonl", ".parquet"])
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    if out.suffix == ".jsonl":
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for line in lines:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    else:
        _write_parquet(list(lines), part)
    part.replace(out)


def _write_parquet(lines: list[Mapping[str, Any]], file: Path) -> None:
    """Scalars as columns, lists and objects as JSON text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {
            k: json.dumps(v, ensure_ascii=False) if isinstance(v, (list, dict)) else v
            for k, v in line.items()
        }
        for line in lines
    ]
    names = list(dict.fromkeys(name for row in rows for name in row))
    pq.write_table(pa.table({name: [row.get(name) for row in rows] for name in names}), file)
