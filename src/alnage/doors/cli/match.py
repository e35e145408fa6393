"""``alnage match``: one name, and who in the registers it may be, part by part."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import click

from alnage.doors.cli import workspace, workspace_option
from alnage.doors.cli.options import DAY, LANG


@click.command()
@click.argument("name")
@click.option("--also", multiple=True, metavar="NAME", help="Another name of the same party.")
@click.option("--country", default="", help="ISO 3166-1 code of the party.")
@click.option("--region", default="", help="ISO 3166-2 code, such as CN-XJ.")
@click.option("--identifier", "identifiers", multiple=True, help="uscc:… or lei:… (repeat).")
@click.option(
    "--schema",
    type=click.Choice(["Person", "Company", "Organization", "Vessel", "LegalEntity"]),
    default="LegalEntity",
    help="What kind of party it is.",
)
@click.option("--register", "only", multiple=True, help="Register to search (repeat; all if none).")
@click.option("--as-of", type=DAY, help="Entries in force on this day (default today).")
@click.option("--known-at", type=DAY, help="Only what a user could know on this day.")
@click.option("--threshold", default=0.1, help="Lowest score shown.")
@click.option("--limit", default=5, help="Most matches shown.")
@click.option("--lang", type=LANG, default="en", help="Language of the explanation.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@workspace_option
def match(
    name: str,
    also: tuple[str, ...],
    country: str,
    region: str,
    identifiers: tuple[str, ...],
    schema: str,
    only: tuple[str, ...],
    as_of: dt.date | None,
    known_at: dt.date | None,
    threshold: float,
    limit: int,
    lang: str,
    as_json: bool,
) -> None:
    """Explain who in the registers NAME may be; nothing is kept, no receipt is left."""
    from alnage.registers import Registers
    from alnage.screen.entities import Query
    from alnage.screen.reviews import decisions_of
    from alnage.screen.screening import Settings, run

    today = dt.datetime.now(dt.UTC).date()
    query = Query("", name, also, country.upper(), region.upper(), identifiers, schema)
    settings = Settings(as_of or today, known_at, threshold, limit)
    loaded = Registers.load(workspace())
    done = run([query], loaded, settings, only or None, decisions_of(workspace()))
    line = done.lines[0]
    if as_json:
        summaries = [one.summary(today, lang) for one in done.registers]
        value = {"schema": "match/1", **line, "registers": summaries}
        click.echo(json.dumps(value, ensure_ascii=False))
        return
    for number, one in enumerate(line["matches"], start=1):
        _explain(number, one, lang)
    for one in line.get("decisions", ()):
        click.echo(_say("decided", one, lang))
    click.echo(_say("answers", {"day": settings.as_of}, lang))
    for register in done.registers:
        age = register.age_days(today)
        params = {"register": register.id, "age": "?" if age is None else age}
        click.echo("  " + _say(line["answers"][register.id], params, lang))
        for gap in register.gaps:
            click.echo(f"    {gap.text(lang)}")


def _explain(number: int, one: dict[str, Any], lang: str) -> None:
    """A match: who, how likely, since when, and what speaks for and against."""
    from alnage.words import say

    shown = {
        **one,
        "number": number,
        "percent": round(100 * one["score"]),
        "since": one["effective_from"] or "…",
        "until": one["removed_on"] or "",
    }
    click.echo(_say("match" if one["match"] else "resemblance", shown, lang))
    if one["matched_alias"] != one["name"]:
        click.echo("   " + _say("by_name", shown, lang))
    click.echo("   " + _say("ended" if one["removed_on"] else "since", shown, lang))
    for reason in one["explanation"]:
        click.echo("   · " + say(f"reason.{reason['code']}", reason.get("params", {}), lang))


def _say(code: str, params: dict[str, Any], lang: str) -> str:
    """A sentence of this door from the catalogue."""
    from alnage.words import say

    return say(f"match.{code}", params, lang)
