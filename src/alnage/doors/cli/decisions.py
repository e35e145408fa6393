"""``alnage decisions``: what reviewers decided about a party and an entry of a register."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alnage.doors.cli import workspace, workspace_option
from alnage.doors.cli.options import LANG, TODAY

if TYPE_CHECKING:
    from alnage.screen.entities import Query

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def decisions() -> None:
    """Keep and list reviewers' decisions: same, different, unsure."""


@decisions.command()
@click.option("--party-name", required=True, metavar="NAME", help="Name of the party, as in data.")
@click.option("--register", required=True, metavar="ID", help="Register of the entry.")
@click.option("--entity", required=True, metavar="E", help="Entity of the register.")
@click.option(
    "--judgement",
    type=click.Choice(["same", "different", "unsure"]),
    required=True,
    help="Are they one?",
)
@click.option("--reason", default="", help="Why (without a reason nothing is decided).")
@click.option("--reviewer", default="", help="Who decided.")
@click.option("--date", "day", type=TODAY, default="today", help="Day of the decision.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Folder that holds the party: a change of its other names or numbers raises it again.",
)
@click.option("--lang", type=LANG, default="en", help="Language of what is printed.")
@_JSON
@workspace_option
def add(
    party_name: str,
    register: str,
    entity: str,
    judgement: str,
    reason: str,
    reviewer: str,
    day: dt.date,
    folder: Path | None,
    lang: str,
    as_json: bool,
) -> None:
    """Decide whether a party is an entry; it is remembered for the pair."""
    from alnage.registers import Registers
    from alnage.screen.entities import Query
    from alnage.screen.reviews import decide
    from alnage.workspace import Workspace

    asked = Query("", party_name) if folder is None else _of_folder(folder, party_name)
    decision, record = decide(
        Workspace.open(workspace(), write=True),
        Registers.load(workspace()),
        asked,
        (register, entity),
        judgement,
        reason=reason,
        reviewer=reviewer,
        day=day,
        watched=folder is not None,
    )
    value = {"schema": "decision/1", **_shown(decision.to_json()), "record": str(record)}
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False))
    else:
        click.echo(_say("decided", value, lang))


def _of_folder(folder: Path, name: str) -> Query:
    """The party of that name as the folder has it; OptionError if it has none."""
    from alnage.model import OptionError
    from alnage.screen.decisions import legal_names
    from alnage.screen.listing import query_of
    from alnage.sources import read_folder

    wanted = legal_names([name])
    queries = [query_of(row) for row in read_folder(folder).require("parties").to_pylist()]
    for query in queries:
        if wanted & legal_names(query.forms):
            return query
    known = [query.name for query in queries][:5]
    raise OptionError("decision_no_party", name=name, folder=folder.name, known=known)


def _shown(value: dict[str, Any]) -> dict[str, Any]:
    """A decision as users call its parts."""
    keys = {"verdict": "judgement", "decided_on": "date"}
    return {keys.get(key, key): value[key] for key in value if key != "party"}


@decisions.command("list")
@click.option("--lang", type=LANG, default="en", help="Language of what is printed.")
@_JSON
@workspace_option
def list_(lang: str, as_json: bool) -> None:
    """Print every decision, oldest first, and whether its entry has changed since."""
    from alnage.registers import Registers
    from alnage.screen.reviews import recorded, still

    registers = Registers.load(workspace())
    rows: list[dict[str, Any]] = []
    last: dict[tuple[str, str, str], int] = {}
    for number, (decision, record) in enumerate(recorded(workspace())):
        last[decision.party_name, decision.register, decision.entity] = number
        stands = still(decision, registers)
        rows.append({**_shown(decision.to_json()), "record": str(record), "stands": stands})
    for number, row in enumerate(rows):
        row["superseded"] = last[row["party_name"], row["register"], row["entity"]] != number
    if as_json:
        click.echo(json.dumps({"schema": "decisions/1", "decisions": rows}, ensure_ascii=False))
        return
    for row in rows:
        key = "superseded" if row["superseded"] else "decided" if row["stands"] else "raised"
        click.echo(_say(key, row, lang))


def _say(code: str, params: dict[str, Any], lang: str) -> str:
    """A sentence of this door from the catalogue."""
    from alnage.words import say

    return say(f"decisions.{code}", params, lang)
