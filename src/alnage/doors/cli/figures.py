"""``alnage figures``: published figures with their definition, who says them, series breaks."""

from __future__ import annotations

import datetime as dt
import json

import click

from alnage.doors.cli import workspace, workspace_option
from alnage.doors.cli.options import DAY


@click.command()
@click.argument("name", required=False, default="", metavar="[ID]")
@click.option("--as-of", type=DAY, help="The latest value of each series on or before this day.")
@click.option(
    "--method",
    default="individual",
    show_default=True,
    help="How a list is counted: individual or rows.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@workspace_option
def figures(name: str, as_of: dt.date | None, method: str, as_json: bool) -> None:
    """Published figures: value, definition, source, who says it; recomputed where data allow."""
    from alnage.assess.figures import figures as find
    from alnage.registers import Registers

    rows = find(Registers.load(workspace())["us-uflpa"], name, as_of, method)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    series = ""
    for row in rows:
        if (head := f"{row['id']} [{row['series']}]") != series:
            series = head
            click.echo(f"{head}: {row['definition']}")
        again = f", recomputed {row['recomputed']}" if "recomputed" in row else ""
        if not row.get("register_complete", True):
            again += " (register not complete on that day)"
        click.echo(
            f"  {row['as_of']}  {row['qualifier']} {row['value']} {row['unit']}{again}"
            f"  ({row['said_by']}; {row['verified']})".replace("   ", "  ")
        )
