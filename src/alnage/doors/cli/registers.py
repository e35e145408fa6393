"""``alnage registers``: import, list, show, compare, verify, export."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alnage.doors.cli import workspace, workspace_option
from alnage.doors.cli.options import DAY

if TYPE_CHECKING:
    from alnage.registers import Register
    from alnage.registers.importing import Mode

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_LANG = click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language.")


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


@click.group()
def registers() -> None:
    """Import, list and compare restricted-party registers."""


@registers.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "register", required=True, metavar="ID", help="Register to import into.")
@click.option(
    "--format",
    "form",
    help="csv, ftm, targets-simple, statements, ofac-xml, ofac-csv, eu, un, csl, bis-dpl, bis-json,"
    " dhs, cbp (told by the content if not given).",
)
@click.option("--kind", help="What law it belongs to: us-uflpa, us-wro, cn-uel, cn-afsl, …")
@click.option("--complete-from", type=DAY, help="First day for which the file is complete.")
@click.option("--complete-to", type=DAY, help="Last day for which the file is complete.")
@click.option("--retrieved-on", type=DAY, help="Day on which the file was saved (default today).")
@click.option(
    "--mode",
    type=click.Choice(["full", "additions"]),
    default="full",
    help="full: the file is the whole register; additions: it only adds.",
)
@click.option("--confirm", is_flag=True, help="Accept a file that lacks many entries.")
@_LANG
@_JSON
@workspace_option
def import_(
    file: Path,
    register: str,
    form: str | None,
    kind: str | None,
    complete_from: dt.date | None,
    complete_to: dt.date | None,
    retrieved_on: dt.date | None,
    mode: Mode,
    confirm: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Read FILE (of an OFAC set also its folder) as the present version of a register."""
    from alnage.registers import import_file

    done = import_file(
        file,
        workspace(),
        register,
        form=form,
        kind=kind,
        complete_from=complete_from,
        complete_to=complete_to,
        retrieved_on=retrieved_on,
        mode=mode,
        confirm=confirm,
        today=_today(),
    )
    value = done.to_json(lang)
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False))
        return
    for problem in done.problems:
        click.echo(f"{problem.sources[0]}: {problem.text(lang)}", err=True)
    key = "imported" if done.changed else "unchanged"
    click.echo(_say(key, {**value, "version": value["version"][:12]}, lang))


@registers.command("list")
@_LANG
@_JSON
@workspace_option
def list_(lang: str, as_json: bool) -> None:
    """Print every register: version, age, completeness, gaps."""
    from alnage.registers import Registers

    loaded = Registers.load(workspace())
    rows = [loaded[one].summary(_today(), lang) for one in loaded]
    if as_json:
        click.echo(json.dumps({"schema": "registers/1", "registers": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(_headline(row, lang))
        for gap in row["gaps"]:
            click.echo(f"  {gap['text']}")


def _headline(row: dict[str, Any], lang: str) -> str:

    if not row["complete"]:
        span = _say("never_complete", {}, lang)
    else:
        ends = {"start": row["complete_from"] or "…", "end": row["complete_to"] or "…"}
        span = _say("complete", ends, lang)
    values = {key: "?" if row[key] is None else row[key] for key in row}
    return _say("headline", {**values, "version": row["version"][:12], "span": span}, lang)


@registers.command()
@click.argument("register")
@click.option("--version", "version", help="A version, by the beginning of its hash.")
@click.option("--on", type=DAY, help="Only entries in force on this day.")
@_LANG
@_JSON
@workspace_option
def show(register: str, version: str | None, on: dt.date | None, lang: str, as_json: bool) -> None:
    """Print a register's versions and entries."""
    from alnage.registers import Registers
    from alnage.registers.register import listing_to_json

    loaded = Registers.load(workspace())
    found = loaded.version(register, version) if version else loaded[register]
    entries = found.listings if on is None else found.in_force(on)
    summary = found.summary(_today(), lang)
    if as_json:
        value = {
            "schema": "register-show/1",
            **{key: summary[key] for key in summary if key != "listings"},
            "versions": [one.to_json() for one in loaded.versions(register)],
            "listings": [listing_to_json(one) for one in entries],
        }
        click.echo(json.dumps(value, ensure_ascii=False))
        return
    click.echo(_headline(summary, lang))
    for gap in summary["gaps"]:
        click.echo(f"  {gap['text']}")
    for one in entries:
        dates = f"{one.effective_from or '…'} – {one.removed_on or ''}"
        click.echo(f"{one.entity}\t{one.name}\t{one.clause}\t{one.scope}\t{dates}")


@registers.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--affects",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Custody folder: which of its parties change their standing.",
)
@_LANG
@_JSON
@workspace_option
def diff(old: str, new: str, affects: Path | None, lang: str, as_json: bool) -> None:
    """Compare two registers or versions (ID or ID@VERSION)."""
    from alnage.registers import Registers
    from alnage.registers.diff import difference

    loaded = Registers.load(workspace())
    left, right = (_version(loaded, one) for one in (old, new))
    value = difference(left, right).to_json()
    if affects is not None:
        value["affects"] = _affected(affects, left, right)
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False))
        return
    for kind in ("added", "absent", "removed", "changed"):
        click.echo(_say(kind, {"count": len(value[kind])}, lang))
        for row in value[kind]:
            click.echo("  " + "\t".join((row["entity"], row["name"], *row.get("fields", ()))))
    for row in value.get("affects", ()):
        click.echo(f"{row['party']}\t{row['entity']}\t{row['old']} → {row['new']}")


def _affected(folder: Path, left: Register, right: Register) -> list[dict[str, Any]]:
    """The parties of a folder that stand differently to the two versions."""
    from alnage.screen import screen_parties
    from alnage.sources import read_folder

    opened = read_folder(folder)
    tables = (opened.require("parties"), opened.tables.get("ownership"))
    stands: list[dict[tuple[str, str, str], str]] = [
        {
            (one.party, one.listing.entity, one.listing.clause): one.certainty
            for one in screen_parties(*tables, [register])
        }
        for register in (left, right)
    ]
    before, after = stands
    return [
        {
            "party": key[0],
            "entity": key[1],
            "clause": key[2],
            "old": before.get(key, "no"),
            "new": after.get(key, "no"),
        }
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def _version(loaded: Any, text: str) -> Register:
    register, at, version = text.partition("@")
    found: Register = loaded.version(register, version) if at else loaded[register]
    return found


@registers.command()
@_JSON
@workspace_option
def verify(as_json: bool) -> None:
    """Check every stored version against its hash; exit 1 if one does not hold."""
    from alnage.registers import verify as check

    rows = check(workspace())
    holds = all(row["ok"] for row in rows)
    if as_json:
        value = {"schema": "registers-verify/1", "ok": holds, "versions": rows}
        click.echo(json.dumps(value, ensure_ascii=False))
    else:
        for row in rows:
            click.echo(f"{'ok ' if row['ok'] else 'BAD'} {row['register']} {row['version'][:12]}")
    sys.exit(0 if holds else 1)


@registers.command()
@click.argument("register")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="FILE.json (whole) or FILE.csv (plain).",
)
@workspace_option
def export(register: str, out: Path) -> None:
    """Write a register as JSON (all fields) or as the plain CSV that import reads."""
    from alnage.registers import Registers, register_to_json
    from alnage.registers.plain import plain_rows

    found = _version(Registers.load(workspace()), register)
    if out.suffix == ".csv":
        with out.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(plain_rows(found))
    else:
        text = json.dumps(register_to_json(found), ensure_ascii=False, indent=1)
        out.write_text(text + "\n", "utf-8")


def _say(code: str, params: dict[str, Any], lang: str) -> str:
    """A sentence of this door from the catalogue."""
    from alnage.words import say

    return say(f"registers.{code}", params, lang)
