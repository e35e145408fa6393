"""``alnage audit``: check the chain of records, or hand its head to a witness.

verify ── chain, anchors, tables, documents ──> exit 0, or 1 and where
anchor ── head ──> FILE, for somebody who does not hold the workspace
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from alnage.doors.cli import workspace_dir, workspace_option
from alnage.model import InputError, Where
from alnage.words import say
from alnage.workspace import RecordId, Workspace

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
    """Check the chain, every anchor, table and document; exit 0 if all holds, 1 if not."""
    witnessed = tuple(_read_anchor(Path(file)) for file in anchors)
    found = Workspace.open(_path()).audit(witnessed)
    if as_json:
        click.echo(json.dumps(found.to_json(lang), ensure_ascii=False, indent=2))
    else:
        for reason in (*found.problems, *found.notes):
            click.echo(reason.text(lang))
        values: dict[str, object] = {"records": found.records, "anchored": found.anchored}
        values |= {"head": str(found.head.hash) if found.head else "-"}
        click.echo(say("audit_result.holds" if found.ok else "audit_result.broken", values, lang))
    sys.exit(0 if found.ok else 1)


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


def _path() -> str:
    return Workspace.resolve(workspace_dir(), os.environ, Path.cwd()).value


def _read_anchor(file: Path) -> RecordId:
    try:
        value = json.loads(file.read_text("utf-8"))
        return RecordId(str(value["chain"]), int(value["sequence"]), str(value["hash"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("anchor_unreadable", where=Where(str(file)), why=str(error)) from None
