"""``alnage audit``: check the chain of records, or hand its head to a witness.

verify ── chain, anchors, tables, documents, cases ──> exit 0, or 1 and where
anchor ── head ──> FILE, for somebody who does not hold the workspace
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from alnage.doors.cli import workspace_dir, workspace_option
from alnage.model import InputError, Reason, Where
from alnage.words import say
from alnage.workspace import Audit, RecordId, Workspace

_LANG = click.option("--lang", default="en", type=click.Choice(["en", "zh"]), show_default=True)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
@workspace_option
def audit() -> None:
    """Check or anchor the chain of records."""


@audit.command()
@click.option(
    "--anchor", "anchors", multiple=True, metavar="FILE", help="An anchor kept elsewhere."
)
@_LANG
@_JSON
@workspace_option
def verify(anchors: tuple[str, ...], lang: str, as_json: bool) -> None:
    """Check the chain, every anchor, table, case and document; exit 0 if all holds, 1 if not."""
    witnessed = tuple(_read_anchor(Path(file)) for file in anchors)
    opened = Workspace.open(_path())
    found = opened.audit(witnessed)
    team, wrong = _cases(opened)
    found = replace(found, problems=(*found.problems, *wrong))
    holds = found.ok and (team is None or team.ok)
    if as_json:
        value = {**found.to_json(lang), "ok": holds}
        if team is not None:
            value["database"] = team.to_json(lang)
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        for one in [found] if team is None else [found, team]:
            _print(one, lang)
    sys.exit(0 if holds else 1)


@audit.command()
@click.option("--out", metavar="FILE", help="Write the anchor to a file (else standard output).")
@workspace_option
def anchor(out: str | None) -> None:
    """Write the head of the chain, to be kept by somebody else."""
    head = Workspace.open(_path(), write=True).anchor()
    text = json.dumps({"schema": "anchor/1", **head.to_json()}, indent=2)
    if out is None:
        click.echo(text)
        return
    try:
        Path(out).write_text(text + "\n", "utf-8")
    except OSError as error:
        raise InputError("anchor_unwritable", where=Where(out), why=error.strerror) from None


def _cases(opened: Workspace) -> tuple[Audit | None, tuple[Reason, ...]]:
    """The chain of a team's database, if there is one, and what does not hold in the cases."""
    from alnage.cases.casework import Desk
    from alnage.cases.store import open_store

    store = open_store(opened, os.environ.get("ALNAGE_DATABASE", ""))
    return store.audit(), Desk(store, dt.datetime.now(dt.UTC).date()).verify()


def _print(found: Audit, lang: str) -> None:
    for reason in (*found.problems, *found.notes):
        click.echo(reason.text(lang))
    values: dict[str, object] = {"records": found.records, "anchored": found.anchored}
    values |= {"head": str(found.head.hash) if found.head else "-"}
    click.echo(say("audit_result.holds" if found.ok else "audit_result.broken", values, lang))


def _path() -> str:
    return Workspace.resolve(workspace_dir(), os.environ, Path.cwd()).value


def _read_anchor(file: Path) -> RecordId:
    try:
        value = json.loads(file.read_text("utf-8"))
        return RecordId(str(value["chain"]), int(value["sequence"]), str(value["hash"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("anchor_unreadable", where=Where(str(file)), why=str(error)) from None
