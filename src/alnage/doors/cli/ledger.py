"""``alnage ledger``, ``alnage check`` and ``alnage columns``: a folder's tables before any law."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alnage.doors.cli import workspace_option

if TYPE_CHECKING:
    import pyarrow as pa


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the canonical tables."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was read as JSON.")
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of the reasons."
)
@workspace_option
def ledger(folder: Path, out: Path, as_json: bool, lang: str) -> None:
    """Write the canonical tables of a folder as Parquet, and what was rejected."""
    from alnage.chain.ledger import build_ledger
    from alnage.sources import read_folder, write_rejected

    read = read_folder(folder)
    built = build_ledger(read)
    out.mkdir(parents=True, exist_ok=True)
    for name, table in read.tables.items():
        _write(table, out / f"{name}.parquet")
    write_rejected(built.rejected, out / "rejected.csv", lang)
    files: list[dict[str, Any]] = [
        {
            "file": note.file,
            "format": note.format,
            "rows": note.rows,
            "events": note.events,
            "rejected": note.reason is not None,
            "reason": None if note.reason is None else note.reason.text(lang),
        }
        for note in read.files
    ]
    if as_json:
        click.echo(json.dumps({"files": files}, ensure_ascii=False))
        return
    for file in files:
        click.echo(
            f"{file['file']}: {file['rows']} rows"
            + (f" from {file['events']} events" if file["format"] == "epcis" else "")
            + (f", rejected: {file['reason']}" if file["reason"] else "")
        )
    click.echo(f"{len(built.rejected)} rows set aside: {out / 'rejected.csv'}")


def _write(table: pa.Table, file: Path) -> None:
    """Dates as the contract writes them, so that what was written can be read again."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, Any] = {}
    for name in table.column_names:
        if name.endswith("_from") and name[:-5] + "_to" in table.column_names:
            pairs = zip(table[name].to_pylist(), table[name[:-5] + "_to"].to_pylist(), strict=True)
            columns[name[:-5]] = pa.array([_period(a, b) for a, b in pairs], pa.string())
        elif name.endswith("_to") and name[:-3] + "_from" in table.column_names:
            continue
        elif pa.types.is_map(table[name].type):
            notes = [
                None if v is None else json.dumps(dict(v), ensure_ascii=False)
                for v in table[name].to_pylist()
            ]
            columns[name.lstrip("_")] = pa.array(notes, pa.string())
        elif pa.types.is_list(table[name].type):
            texts = [None if v is None else "; ".join(v) for v in table[name].to_pylist()]
            columns[name] = pa.array(texts, pa.string())
        else:
            columns[name] = table[name]
    pq.write_table(pa.table(columns), file)


def _period(first: Any, last: Any) -> str | None:
    if first is None:
        return None
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of the findings."
)
@workspace_option
def check(folder: Path, as_json: bool, lang: str) -> None:
    """Print what does not add up in a folder: merged rows, gaps, contradictions, rejected rows."""
    from alnage.chain.balance import balance_findings
    from alnage.chain.ledger import build_ledger
    from alnage.model import RowSource
    from alnage.sources import read_folder

    read = read_folder(folder)
    built = build_ledger(read)
    found = [*read.findings, *built.findings, *balance_findings(built)]
    rejected = [row.reason for row in built.rejected]
    if as_json:
        value = {
            "findings": [reason.to_json(lang) for reason in found],
            "rejected": [reason.to_json(lang) for reason in rejected],
        }
        click.echo(json.dumps(value, ensure_ascii=False))
        return
    for reason in (*found, *rejected):
        where = ", ".join(f"{s.file}:{s.row}" for s in reason.sources if isinstance(s, RowSource))
        click.echo(f"{reason.text(lang)}{'  [' + where + ']' if where else ''}")
    click.echo(f"{len(found)} findings, {len(rejected)} rows set aside")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@workspace_option
def columns(folder: Path) -> None:
    """Propose an alnage.toml that maps the folder's headings to the contract's columns."""
    from alnage.sources import propose

    click.echo(propose(folder).to_toml())
