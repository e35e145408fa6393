"""``alnage receipts``: check, repeat or export what a screening left in the chain."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from alnage.doors.cli import workspace, workspace_option


@click.group()
def receipts() -> None:
    """Verify, replay or export screening receipts."""


@receipts.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@workspace_option
def verify(as_json: bool) -> None:
    """Check the chain, and every receipt's queries and results against their hashes."""
    from alnage.model import AlnageError
    from alnage.screen.screening import RECEIPT, stored
    from alnage.workspace import Workspace

    opened = Workspace.open(workspace())
    audit = opened.audit()
    broken = []
    found = opened.records(RECEIPT)
    for one in found:
        try:
            if one.payload is not None:
                stored(one.payload, opened.table(one.payload["table"]))
        except AlnageError as error:
            broken.append({"receipt": str(one.id), "error": error.text()})
    holds = audit.ok and not broken
    value = {"schema": "receipts/1", "ok": holds, "receipts": len(found), "broken": broken}
    _print({**value, "chain": audit.to_json()}, as_json)
    sys.exit(0 if holds else 1)


@receipts.command()
@click.argument("receipt")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@workspace_option
def replay(receipt: str, as_json: bool) -> None:
    """Repeat a screening with the versions it used, and compare."""
    from alnage.registers import Registers
    from alnage.screen import screening
    from alnage.workspace import Workspace

    opened = Workspace.open(workspace())
    found = screening.find(opened.records(screening.RECEIPT), receipt)
    table = opened.table(found.payload["table"])
    same, differ = screening.replay(found.payload, table, Registers.load(workspace()))
    _print(
        {"schema": "receipt-replay/1", "receipt": receipt, "same": same, "differ": differ}, as_json
    )
    sys.exit(0 if same else 1)


@receipts.command()
@click.argument("receipt")
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write (else standard output)."
)
@workspace_option
def export(receipt: str, out: Path | None) -> None:
    """Write a receipt with its queries and results as one JSON file."""
    from alnage.screen import screening
    from alnage.workspace import Workspace

    opened = Workspace.open(workspace())
    found = screening.find(opened.records(screening.RECEIPT), receipt)
    _, lines = screening.stored(found.payload, opened.table(found.payload["table"]))
    value = {"schema": "receipt-export/1", "record": found.to_json(), "lines": lines}
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")


def _print(value: dict[str, object], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False))
        return
    for key, one in value.items():
        if not isinstance(one, dict):
            click.echo(f"{key}: {one}")
