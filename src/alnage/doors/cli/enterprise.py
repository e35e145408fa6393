"""``alnage enterprise``: where an enterprise is listed, what follows, what a removal would change."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click

from alnage.doors.cli import workspace, workspace_option
from alnage.doors.cli.options import DAY, LANG, TODAY


@click.command()
@click.argument("name")
@click.option(
    "--region",
    default="",
    metavar="PLACE",
    help="Where it makes its goods (ISO 3166-2, e.g. CN-XJ).",
)
@click.option("--good", "goods", multiple=True, help="What it makes (HS code or material).")
@click.option("--on", type=DAY, help="The day that is asked for (else today).")
@click.option("--lang", type=LANG, default="en", show_default=True, help="Language of the report.")
@click.option(
    "--law", "overlay", type=click.Path(path_type=Path), help="A folder of private regimes."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for enterprise.html and enterprise.json."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option(
    "--today", type=TODAY, default="today", help="The day of the run (for its repetition)."
)
@workspace_option
def enterprise(
    name: str,
    region: str,
    goods: tuple[str, ...],
    on: dt.date | None,
    lang: str,
    overlay: Path | None,
    out: Path | None,
    as_json: bool,
    today: dt.date,
) -> None:
    """What follows for an enterprise from its listing, its place, its inputs.

    NAME is a name in any script, an identifier (uscc:…, lei:…) or an entity of a register.
    """
    from alnage.report import enterprise_summary

    result = run(
        name,
        workspace(),
        region=region,
        goods=goods,
        on=on,
        lang=lang,
        overlay=overlay,
        out=out,
        today=today,
    )
    click.echo(
        json.dumps(result, ensure_ascii=False) if as_json else enterprise_summary(result, lang)
    )


def run(
    name: str,
    where: Path,
    *,
    region: str,
    goods: tuple[str, ...],
    on: dt.date | None,
    lang: str,
    overlay: Path | None,
    out: Path | None,
    today: dt.date,
) -> dict[str, Any]:
    """Ask about an enterprise and write its report, if a folder is given."""
    from alnage.assess.enterprise import Enterprise, assess_enterprise, check_region
    from alnage.law import LawBook
    from alnage.registers import Registers
    from alnage.report import render_enterprise_html

    registers, book = Registers.load(where), LawBook.load(overlay)
    asked = Enterprise(name, today, check_region(region) if region else "", goods, on, lang)
    result = assess_enterprise(asked, registers, book)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(result, ensure_ascii=False, indent=2) + "\n"
        (out / "enterprise.json").write_text(text, "utf-8")
        (out / "enterprise.html").write_text(render_enterprise_html(result, lang), "utf-8")
        arguments = [name, "--region", asked.region, "--lang", lang, "--today", today.isoformat()]
        arguments += [word for good in goods for word in ("--good", good)]
        arguments += ["--on", on.isoformat()] if on else []
        arguments += ["--law", str(overlay)] if overlay else []
        _record(out, tuple(arguments), result)
    return result


def _record(out: Path, arguments: tuple[str, ...], result: dict[str, Any]) -> None:
    from alnage import __version__
    from alnage.workspace import RunRecord, file_hashes, write_run

    outputs = ("enterprise.html", "enterprise.json")
    write_run(
        out,
        RunRecord(
            command="enterprise",
            arguments=arguments,
            alnage=__version__,
            at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            registers={one["id"]: one["version"] for one in result["registers"]},
            law={"law": str(result["law"])},
            outputs={name: value for name, value in file_hashes(out).items() if name in outputs},
        ),
    )
