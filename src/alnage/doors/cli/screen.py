"""``alnage screen``: a file of names against registers, one JSON line a row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alnage.doors.cli import workspace, workspace_option
from alnage.doors.cli.options import DAY

if TYPE_CHECKING:
    from alnage.screen.screening import Screening


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="HITS.jsonl, .csv, .xlsx or .parquet (else standard output).",
)
@click.option("--register", "only", multiple=True, help="Register to search (repeat; all if none).")
@click.option("--as-of", type=DAY, help="Entries in force on this day (default today).")
@click.option("--known-at", type=DAY, help="Only what a user could know on this day.")
@click.option("--threshold", default=0.1, help="Lowest score shown; 0 lists every candidate.")
@click.option("--limit", default=5, help="Most matches a row.")
@click.option("--prior", default=0.5, help="Share of names thought to be listed before looking.")
@click.option(
    "--receipt/--no-receipt", "with_receipt", default=True, help="Leave a receipt in the workspace."
)
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of the summary."
)
@workspace_option
def screen(
    file: Path,
    out: Path | None,
    only: tuple[str, ...],
    as_of: dt.date | None,
    known_at: dt.date | None,
    threshold: float,
    limit: int,
    prior: float,
    with_receipt: bool,
    lang: str,
) -> None:
    """Match names against registers, with reasons; one line for every row of FILE.

    An interrupted run with the same file, registers and settings goes on where it stopped.
    """
    from alnage.doors.cli.hits import Unfinished, check_out, write_hits
    from alnage.registers import Registers
    from alnage.screen.queries import read_queries
    from alnage.screen.reviews import decisions_of
    from alnage.screen.screening import Settings, run, with_receipts

    today = dt.datetime.now(dt.UTC).date()
    check_out(out)
    settings = Settings(as_of or today, known_at, threshold, limit, prior)
    reviewed = decisions_of(workspace())
    progress = Unfinished.beside(out)
    if progress:
        click.get_current_context().call_on_close(progress.close)
    done = run(
        read_queries(file), Registers.load(workspace()), settings, only or None, reviewed, progress
    )
    receipt = _receipt(done, lang) if with_receipt else None
    write_hits(with_receipts(done.lines, receipt), out, lang)
    if progress:
        progress.end()
    _summary(done, today, lang)


def _receipt(done: Screening, lang: str) -> str | None:
    """A receipt where the workspace can be written; a warning where it can't."""
    from alnage.model import WorkspaceError
    from alnage.screen.screening import record
    from alnage.workspace import Workspace

    try:
        return record(done, Workspace.open(workspace(), write=True))
    except WorkspaceError as error:
        click.echo(_say("no_receipt", {"why": error.text(lang)}, lang), err=True)
        return None


def _summary(done: Screening, today: dt.date, lang: str) -> None:
    """Every result prints how old and how complete the registers are."""
    hits = sum(any(match["match"] for match in line["matches"]) for line in done.lines)
    params = {"rows": len(done.lines), "hits": hits, "day": done.settings.as_of}
    click.echo(_say("summary", params, lang), err=True)
    for register in done.registers:
        value = register.summary(today, lang)
        age = "?" if value["age_days"] is None else value["age_days"]
        complete = register.complete_on(done.settings.as_of)
        key = "register_complete" if complete else "register_incomplete"
        click.echo(_say(key, {"register": register.id, "age": age}, lang), err=True)
        for gap in register.gaps:
            click.echo(f"  {gap.text(lang)}", err=True)


def _say(code: str, params: dict[str, Any], lang: str) -> str:
    """A sentence of this door from the catalogue."""
    from alnage.words import say

    return say(f"screen.{code}", params, lang)
