"""``alnage trace``: shares, bounds, paths and gaps, a line a target and group."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import get_args

import click

from alnage.doors.cli import workspace, workspace_option
from alnage.doors.cli.options import DAY
from alnage.trace.tracer import BoundsMode


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--target", "targets", multiple=True, help="Entry, ENTRY/LINE, movement, lot:SITE/MATERIAL/LOT."
)
@click.option(
    "--group",
    "groups",
    multiple=True,
    help="region:CN-XJ, listed:REGISTER[@DATE], held:…, party:ID.",
)
@click.option(
    "--bounds",
    type=click.Choice(get_args(BoundsMode)),
    default="auto",
    help="How min and max are found.",
)
@click.option(
    "--explain", default=20, help="How many of the worst lines get paths, gaps and evidence."
)
@click.option(
    "--on", type=DAY, help="The day on which a register is asked (else importation or shipment)."
)
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of the reasons."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="FILE.jsonl or FILE.parquet (else standard output).",
)
@workspace_option
def trace(
    folder: Path,
    targets: tuple[str, ...],
    groups: tuple[str, ...],
    bounds: BoundsMode,
    explain: int,
    on: dt.date | None,
    lang: str,
    out: Path | None,
) -> None:
    """How much of a target can, must and probably does come from a group."""
    from alnage.assess.folder import OpenFolder
    from alnage.assess.tracing import TraceJob, TraceRequest
    from alnage.doors.cli.lines import write_lines
    from alnage.registers import Registers
    from alnage.screen.reviews import decisions_of

    opened = OpenFolder(folder, Registers.load(workspace()), decisions_of(workspace()))
    job = TraceJob(opened.ledger, opened.memberships)
    request = TraceRequest(targets, groups, bounds, explain, on)
    write_lines((result.to_json(lang) for result in job.lines(request)), out)
