"""``alnage clock``: one deadline, a batch of them, or the list of rules.

The door reads text into dates and puts answers into words; counting is in ``law.clock``.
An error in JSON mode is ``{"error": …}`` on stdout and exit status 2, so that a script
reads one stream; in a batch a failing row has its error and the others their answers.

    --event NAME=DATE ─┐                      ┌─ text (en, zh)
    --batch FILE.csv ──┴─ law.clock.due() ────┴─ JSON
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import click

from alnage.doors.cli import workspace_option
from alnage.law.clock import Due, due
from alnage.law.clock_rules import clock_rules, known_events
from alnage.model import AlnageError, InputError, LawError, OptionError, Where
from alnage.words import LANGS, say

_EXAMPLE: Final = '{"presented": "2024-03-17"}'
_COLUMNS: Final = ("id", "rule", "events")


@click.command()
@click.argument("rule", required=False)
@click.option("--event", "events", multiple=True, metavar="NAME=DATE", help="A dated event.")
@click.option("--batch", metavar="FILE.csv", help="Rows of id, rule, events (a JSON object).")
@click.option("--on", metavar="DATE", help="The day on which to look (default: today).")
@click.option("--list", "listing", is_flag=True, help="List the rules and their events.")
@click.option("--lang", type=click.Choice(LANGS), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@workspace_option
def clock(
    rule: str | None,
    events: tuple[str, ...],
    batch: str | None,
    on: str | None,
    listing: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Compute a deadline: last day, day of effect, day to act by, who must act.

    RULE is an id such as us.det.final, or any:N:working|calendar:US|CN|MX|EU, which
    counts N days from the event "from".
    """
    try:
        day = _today() if on is None else _on(on)
        if listing:
            _print_rules(lang, as_json=as_json)
        elif batch is not None:
            click.echo(_dump(_answer_batch(batch, day, lang)))
        elif rule is None:
            raise OptionError("clock_rule_needed")
        else:
            answer = due(rule, _events(events), on=day)
            click.echo(_dump(answer.to_json(lang)) if as_json else _text(answer, lang))
    except AlnageError as error:
        if as_json:
            click.echo(_dump({"error": error.text(lang)}))
        else:
            click.echo(f"alnage: {error.text(lang)}", err=True)
        sys.exit(2)


def _today() -> dt.date:
    """The one reading of the machine's clock in this command."""
    return dt.datetime.now().astimezone().date()


def _on(text: str) -> dt.date:
    try:
        return _date("on", text)
    except LawError:
        raise OptionError("clock_on_bad", date=text) from None


def _date(event: str, text: Any) -> dt.date:
    if isinstance(text, str) and len(text.strip()) == len("2024-03-17"):
        with suppress(ValueError):
            return dt.date.fromisoformat(text.strip())
    raise LawError("clock_date_bad", event=event, date=text)


def _events(given: Iterable[str]) -> dict[str, dt.date]:
    events: dict[str, dt.date] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name:
            raise OptionError("clock_event_bad", text=text)
        _add(events, name, _date(name, value))
    return events


def _add(events: dict[str, dt.date], name: str, day: dt.date) -> None:
    before = events.setdefault(name, day)
    if before != day:
        raise LawError(
            "clock_event_repeated", event=name, first=before.isoformat(), second=day.isoformat()
        )


def _answer_batch(path: str, on: dt.date, lang: str) -> dict[str, Any]:
    rows = _read_batch(Path(path))
    answers: dict[str, Any] = {}
    seen: dict[str, Mapping[str, str]] = {}
    for number, row in rows:
        where = Where(Path(path).name, number)
        key = row["id"] or f"row {number}"
        if seen.setdefault(key, row) == row:
            answers[key] = _answer_row(row, where, on, lang)
        else:
            answers[key] = {
                "error": InputError("clock_batch_repeated", where=where, id=key).text(lang)
            }
    return answers


def _answer_row(row: Mapping[str, str], where: Where, on: dt.date, lang: str) -> dict[str, Any]:
    events: dict[str, dt.date] = {}
    try:
        for name, value in _pairs(row["events"]):
            _add(events, name, _date(name, value))
        return due(row["rule"], events, on=on).to_json(lang)
    except AlnageError as error:
        error.where = error.where or where
        return {"error": error.text(lang)}


def _pairs(text: str) -> list[tuple[str, Any]]:
    """The names and values of a JSON object, a name given twice kept twice."""
    if not text:
        return []
    try:
        pairs = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        raise InputError("clock_batch_events", example=_EXAMPLE) from None
    if not isinstance(pairs, _Pairs):
        raise InputError("clock_batch_events", example=_EXAMPLE)
    return list(pairs)


class _Pairs(list[tuple[str, Any]]):
    """Marks a JSON object, to tell it from a JSON array."""


def _read_batch(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Rows with their numbers as a spreadsheet shows them, cells trimmed."""
    try:
        text = path.read_text("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        heads = [(name or "").strip() for name in reader.fieldnames or ()]
        for column in _COLUMNS:
            if column not in heads:
                where = Where(path.name, 1)
                raise InputError("clock_batch_column", where=where, column=column, example=_EXAMPLE)
        reader.fieldnames = heads
        return [
            (number, {name: (raw.get(name) or "").strip() for name in _COLUMNS})
            for number, raw in enumerate(reader, start=2)
        ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError("clock_batch_unreadable", where=Where(path.name), why=why) from None


def _text(answer: Due, lang: str) -> str:
    label = {name: say(f"clock_label.{name}", {}, lang) for name in _LABELS}
    value = {
        "due": _shown(answer.due, label["none"]) + _provisional(answer, label),
        "effect_on": _shown(answer.effect_on, ""),
        "act_by": _shown(answer.act_by, ""),
        "actor": answer.actor(lang),
        "effect": answer.effect(lang),
        "state": say(f"clock_state.{answer.state}", {}, lang),
        "on": answer.on.isoformat(),
        "calendar": answer.calendar,
        "ignored": ", ".join(answer.ignored),
        "verified": say(f"clock_verified.{answer.verified}", {}, lang),
    }
    lines = [answer.rule]
    lines += [f"  {label[name]}: {text}" for name, text in value.items() if text]
    lines.append(f"  {label['because']}:")
    for reason in answer.because:
        cited = "".join(f" [{source.text}]" for source in reason.sources if hasattr(source, "text"))
        lines.append(f"    - {reason.text(lang)}{cited}")
    return "\n".join(lines)


_LABELS: Final = (
    "due", "effect_on", "act_by", "actor", "effect", "state", "on", "calendar", "ignored",
    "verified", "because", "none", "provisional",
)  # fmt: skip


def _shown(day: dt.date | None, none: str) -> str:
    return none if day is None else day.isoformat()


def _provisional(answer: Due, label: Mapping[str, str]) -> str:
    return f" ({label['provisional']})" if answer.provisional else ""


def _print_rules(lang: str, *, as_json: bool) -> None:
    rules = clock_rules()
    if as_json:
        rows = [
            {
                "rule": rule.id,
                "regime": rule.regime,
                "actor": say(f"clock_actor.{rule.actor}", {}, lang),
                "start": list(rule.start),
                "events": list(rule.events),
                "fixed": rule.fixed.isoformat() if rule.fixed else None,
                "counted": rule.how,
                "effect": say(f"clock_effect.{rule.id}", {}, lang),
                "citation": rule.citation,
                "verified": rule.verified,
            }
            for rule in rules.values()
        ]
        names = known_events(rules)
        events = {name: say(f"clock_event.{name}", {}, lang) for name in names}
        click.echo(_dump({"schema": "clocks/1", "rules": rows, "events": events}))
        return
    for rule in rules.values():
        starts = ", ".join(rule.start) or (rule.fixed.isoformat() if rule.fixed else "-")
        click.echo(f"{rule.id:<28} {starts:<24} {say(f'clock_effect.{rule.id}', {}, lang)}")
    click.echo("\n" + say("clock_label.events", {}, lang))
    for name in known_events(rules):
        click.echo(f"  {name:<26} {say(f'clock_event.{name}', {}, lang)}")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
