"""``alnage case``: which remedies are open, and the cases under them.

remedies ── nothing is written ──> remedies by due date, with what each closes
open · event · add · task · note · close ── one record each ──> the case
show · list · due ── nothing is written

Cases are kept in the workspace, or in the database that ALNAGE_DATABASE names.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from alnage.doors.cli import workspace, workspace_option
from alnage.doors.cli.options import DAY, LANG
from alnage.model import OptionError
from alnage.words import say

if TYPE_CHECKING:
    from alnage.cases.casework import Desk

_EVENT = click.option(
    "--event", "events", multiple=True, metavar="NAME=DATE", help="A dated event."
)
_ON = click.option("--on", type=DAY, metavar="DATE", help="The day to look from (else today).")
_ENTRY = click.option("--entry", default="", help="The entry that it is about.")
_ENTERPRISE = click.option("--enterprise", default="", help="The enterprise that it is about.")
_REASON = click.option("--reason", default="", help="Why; it goes on record.")

_OPEN: Final = {"yes": "opens_yes", "no": "opens_no", "unknown": "opens_unknown"}
_STATES: Final = {
    "met": "state_met",
    "running": "state_running",
    "stopped": "state_stopped",
    "suspended": "state_suspended",
    "expired": "state_expired",
}
_VERIFIED: Final = {
    "primary": "verified_primary",
    "secondary": "verified_secondary",
    "unverified": "verified_unverified",
}


def _common(function: Callable[..., Any]) -> Any:
    """The options that every command of the group has."""
    json_flag = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    lang = click.option("--lang", type=LANG, default="en", show_default=True)
    return workspace_option(lang(json_flag(_ON(function))))


@click.group()
@workspace_option
def case() -> None:
    """Remedies, cases, deadlines and documents."""


@case.command()
@_ENTRY
@_ENTERPRISE
@_EVENT
@click.option(
    "--law", "overlay", type=click.Path(path_type=Path), help="A folder of private regimes."
)
@_common
def remedies(
    entry: str,
    enterprise: str,
    events: tuple[str, ...],
    overlay: Path | None,
    on: dt.date | None,
    lang: str,
    as_json: bool,
) -> None:
    """List remedies by due date: who, what each asserts, whether it is open, what it closes.

    Without facts, all; with --entry those of goods, with --enterprise those of an enterprise.
    """
    from alnage.cases.casework import clean
    from alnage.cases.remedies import check_event
    from alnage.cases.standing import Asked, standings
    from alnage.law import LawBook

    if entry and enterprise:
        raise OptionError("case_one_of")
    day = on or _today()
    told = _events(events)
    for name in told:
        check_event(name)
    clean("entry", entry, 300)
    clean("enterprise", enterprise, 300)
    listed = _listed(enterprise, day) if enterprise else {}
    asked = Asked(day, told, entry, enterprise, listed)
    found = [one.to_json(lang) for one in standings(asked, LawBook.load(overlay))]
    if as_json:
        _print(found)
        return
    click.echo("\n\n".join("\n".join(_remedy_lines(one, lang)) for one in found))


@case.command(name="open")
@click.option("--remedy", "remedy_id", required=True, metavar="ID", help="The remedy to follow.")
@click.option("--title", required=True, help="What the case is called.")
@_ENTRY
@_ENTERPRISE
@_EVENT
@_common
def open_(
    remedy_id: str,
    title: str,
    entry: str,
    enterprise: str,
    events: tuple[str, ...],
    on: dt.date | None,
    lang: str,
    as_json: bool,
) -> None:
    """Open a case under a remedy; print its deadlines and the evidence that is missing."""
    made = _desk(write=True).open(
        remedy_id, title, entry=entry, enterprise=enterprise, events=_events(events)
    )
    _show(made.to_json(on or _today(), lang), lang, as_json=as_json)


@case.command()
@click.argument("case_id", metavar="CASE")
@_common
def show(case_id: str, on: dt.date | None, lang: str, as_json: bool) -> None:
    """Show a case: deadlines, documents, what is missing, and its whole history."""
    _show(_desk().show(case_id).to_json(on or _today(), lang), lang, as_json=as_json)


@case.command()
@click.argument("case_id", metavar="CASE")
@click.argument("named", nargs=-1, metavar="[NAME=DATE]…")
@_EVENT
@_REASON
@_common
def event(
    case_id: str,
    named: tuple[str, ...],
    events: tuple[str, ...],
    reason: str,
    on: dt.date | None,
    lang: str,
    as_json: bool,
) -> None:
    """Tell dated events of a case; the deadlines move with them."""
    told = _desk(write=True).event(case_id, _events((*named, *events)), reason)
    _show(told.to_json(on or _today(), lang), lang, as_json=as_json)


@case.command()
@click.argument("case_id", metavar="CASE")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", required=True, help="What it is (invoice, transport_record, …).")
@_common
def add(case_id: str, file: Path, kind: str, on: dt.date | None, lang: str, as_json: bool) -> None:
    """Keep a file, unaltered, as a document of a case; print its hash."""
    found, kept = _desk(write=True).add(case_id, file, kind)
    value = {"schema": "document/1", **kept.to_json(), "case": found.id}
    value["evidence_missing"] = list(found.evidence_missing)
    value["on"] = (on or _today()).isoformat()
    if as_json:
        _print(value)
    else:
        click.echo(_word("document_kept", lang, name=kept.name, document=kept.sha256))


@case.command()
@click.argument("case_id", metavar="CASE")
@click.argument("title", required=False)
@click.option("--due", "day", type=DAY, metavar="DATE", help="By when.")
@click.option("--actor", default="", help="Whose task it is (a role, not a person).")
@click.option("--done", type=int, metavar="N", help="Mark task N as done.")
@_common
def task(
    case_id: str,
    title: str | None,
    day: dt.date | None,
    actor: str,
    done: int | None,
    on: dt.date | None,
    lang: str,
    as_json: bool,
) -> None:
    """Add a task to a case, or mark one as done."""
    desk = _desk(write=True)
    if done is not None:
        found = desk.done(case_id, done)
    else:
        found = desk.task(case_id, title or "", day, actor)
    _show(found.to_json(on or _today(), lang), lang, as_json=as_json)


@case.command()
@click.argument("case_id", metavar="CASE")
@click.argument("words", required=False, metavar="[TEXT]")
@click.option("--text", default="", help="The note, if not given as an argument.")
@_common
def note(
    case_id: str, words: str | None, text: str, on: dt.date | None, lang: str, as_json: bool
) -> None:
    """Add a note to a case."""
    found = _desk(write=True).note(case_id, words or text)
    _show(found.to_json(on or _today(), lang), lang, as_json=as_json)


@case.command()
@click.argument("case_id", metavar="CASE")
@click.option("--outcome", default="closed", show_default=True, help="How it ended.")
@_REASON
@_common
def close(
    case_id: str, outcome: str, reason: str, on: dt.date | None, lang: str, as_json: bool
) -> None:
    """Close a case with its outcome."""
    found = _desk(write=True).close(case_id, outcome, reason)
    _show(found.to_json(on or _today(), lang), lang, as_json=as_json)


@case.command(name="list")
@click.option("--status", type=click.Choice(["open", "closed"]), help="Only these.")
@click.option("--limit", default=1000, show_default=True, help="At most so many, newest first.")
@_common
def list_(status: str | None, limit: int, on: dt.date | None, lang: str, as_json: bool) -> None:
    """List cases, newest first."""
    names = ("remedy", "title", "entry", "enterprise", "status")
    rows = [
        {"case": row["id"], **{name: row[name] or None for name in names}, "next_day": _day(row)}
        for row in _desk().index(status=status or "", limit=limit)
    ]
    if as_json:
        _print(rows)
        return
    day = (on or _today()).isoformat()
    for row in rows:
        late = "!" if (row["next_day"] or "9") < day else " "
        click.echo(f"{late} {row['case']}  {row['status']}  {row['remedy']}  {row['title']}")
    if not rows:
        click.echo(_word("cases_none", lang))


@case.command()
@click.option("--within", type=int, metavar="DAYS", help="Only what comes within so many days.")
@click.option("--limit", default=1000, show_default=True, help="At most so many cases.")
@_common
def due(within: int | None, limit: int, on: dt.date | None, lang: str, as_json: bool) -> None:
    """List the deadlines of open cases, the earliest first."""
    day = on or _today()
    rows = [
        {"case": one.id, "title": one.title, "remedy": one.remedy.id, **deadline.to_json(lang)}
        for one in _desk().due(day, within=within, limit=limit)
        for deadline in one.deadlines(day)
        if deadline.due.due is not None and not deadline.met
    ]
    rows.sort(key=lambda row: (row["due"], row["case"], row["rule"]))
    if as_json:
        _print(rows)
        return
    for row in rows:
        click.echo(f"{row['case']}  {_deadline_line(row, lang)}")
    if not rows:
        click.echo(_word("nothing_due", lang))


def _today() -> dt.date:
    """The one reading of the machine's clock in this command."""
    return dt.datetime.now().astimezone().date()


def _desk(*, write: bool = False) -> Desk:
    from alnage.cases.casework import Desk
    from alnage.cases.store import open_store
    from alnage.workspace import Workspace

    opened = Workspace.open(workspace(), write=write)
    return Desk(open_store(opened, os.environ.get("ALNAGE_DATABASE", "")), _today())


def _listed(enterprise: str, day: dt.date) -> Mapping[str, Any]:
    from alnage.cases.listed import listed_on
    from alnage.registers import Registers

    return listed_on(enterprise, Registers.load(workspace()), day)


def _events(given: Iterable[str]) -> dict[str, dt.date]:
    events: dict[str, dt.date] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name:
            from alnage.sources.identity import looks_like_identity

            raise OptionError("case_event_bad", text="…" if looks_like_identity(text) else text)
        day = _date(name, value)
        before = events.setdefault(name, day)
        if before != day:
            raise OptionError("case_event_repeated", event=name, day=before.isoformat())
    return events


def _date(name: str, value: str) -> dt.date:
    if len(value) == len("2024-03-17"):
        with suppress(ValueError):
            return dt.date.fromisoformat(value)
    raise OptionError("case_event_date", event=name, date=value[:20])


def _day(row: Mapping[str, Any]) -> str | None:
    day: str = row["next_day"]
    return day if day and day < "9999" else None


def _print(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _word(code: str, lang: str, **params: Any) -> str:
    return say(f"case.{code}", params, lang)


def _show(value: Mapping[str, Any], lang: str, *, as_json: bool) -> None:
    if as_json:
        _print(value)
    else:
        click.echo("\n".join(_case_lines(value, lang)))


def _case_lines(value: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield _word("head", lang, **value)
    yield f"  {_word('asserts', lang)}: {value['asserts']}"
    for reason in value["silence"]:
        yield f"  {reason['text']}"
    for one in value["due"]:
        mark = f"  <- {_word('controlling', lang)}" if one["controlling"] else ""
        yield f"  {_deadline_line(one, lang)}{mark}"
    for one in value["tasks"]:
        code = "task_done" if one["done"] else "task"
        yield f"  {_word(code, lang, **one)}  {one['due'] or ''}".rstrip()
    for one in value["documents"]:
        yield f"  {one['kind']}  {one['name']}  {one['document'][:16]}"
    if value["evidence_missing"]:
        yield f"  {_word('missing', lang)}: {', '.join(_kinds(value['evidence_missing'], lang))}"


def _deadline_line(one: Mapping[str, Any], lang: str) -> str:
    left = one["days_left"]
    code = "days_none" if left is None else "days_left" if left >= 0 else "days_over"
    days = _word(code, lang, days=abs(left or 0))
    params = {**one, "due": one["due"] or "-", "state": _word(_STATES[one["state"]], lang)}
    return _word("deadline", lang, **params, days=days)


def _remedy_lines(one: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield _word("remedy_row", lang, **{**one, "open": _word(_OPEN[one["open"]], lang)})
    yield f"  {_word('who', lang)}: {one['who']}"
    yield f"  {_word('asserts', lang)}: {one['asserts']}"
    if one["due"]:
        yield f"  {_word('due', lang)}: {one['due']}"
    for reason in one["because"]:
        yield f"  {_word('because', lang)}: {reason['text']}"
    for closing in one["closes"]:
        yield f"  {_word('closes', lang)}: {closing['text']}"
    for remark in one["notes"]:
        yield f"  {remark['text']}"
    for collision in one["collisions"]:
        text = collision["because"]["text"]
        yield f"  {_word('collides', lang)}: {collision['if']} {text}"
    yield f"  {_word('evidence', lang)}: {', '.join(_kinds(one['evidence'], lang))}"
    verified = _word(_VERIFIED[one["verified"]], lang)
    yield "  " + _word("cited", lang, citation=one["citation"], verified=verified)


def _kinds(names: Iterable[str], lang: str) -> Iterator[str]:
    from alnage.law.book import evidence_kinds

    known = evidence_kinds()
    return (known[name][lang] for name in names)
