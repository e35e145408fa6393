"""``alnage relief``: support measures for enterprises, and what is missing to open them."""

from __future__ import annotations

import datetime as dt
import json

import click

from alnage.doors.cli import workspace_option
from alnage.doors.cli.options import DAY, LANG, TODAY


@click.group()
@workspace_option
def relief() -> None:
    """Support measures for enterprises that were hit."""


@relief.command()
@click.option(
    "--enterprise", help="For whom it is asked (measures are the same until a notice is loaded)."
)
@click.option("--on", type=DAY, help="The day that is asked for (else today).")
@click.option(
    "--lang", type=LANG, default="en", show_default=True, help="Language of names and reasons."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--today", type=TODAY, default="today", hidden=True)
@workspace_option
def measures(
    enterprise: str | None,  # noqa: ARG001 (no notice tells enterprises apart yet)
    on: dt.date | None,
    lang: str,
    as_json: bool,
    today: dt.date,
) -> None:
    """List measures with legal basis, answer and what is missing."""
    from alnage.cases.support import load_measures

    rows = [measure.to_json(on or today, lang) for measure in load_measures()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['measure']}  {row['answer']}, {row['verified']}")
        click.echo(f"  {row['name']}")
        click.echo(f"  {row['legal_basis']}")
        click.echo(f"  {row['because'][0]['text']}")
