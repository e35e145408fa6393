"""``alnage clock``: one deadline, a batch of them, or the list of rules.

The door reads text into dates and puts answers into words; counting is in ``law.clock``.
An error in JSON mode is ``{"error": …}`` on stdout and exit status 2, so that a script
reads one stream; in a batch a failing row has its error and the others their answers.

    --event NAME=DATE ─┐                      ┌─ text (en, zh)
    --batch FILE.csv ──┼─ law.clock.due() ────┼─ JSON
    --law DIR ─────────┘                      └─ calendar file (.ics)
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
from alnage.law.clock_book import ClockBook
from alnage.law.clock_rules import Rule, known_events
from alnage.law.ics import calendar_text
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
@click.option("--ics", metavar="FILE", help="Write the days to a calendar file as well.")
@click.option("--law", "overlay", metavar="DIR", help="Lay the private rules of DIR/clocks over.")
@click.option("--lang", type=click.Choice(LANGS), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@workspace_option
def clock(
    rule: str | None,
    events: tuple[str, ...],
    batch: str | None,
    on: str | None,
    listing: bool,
    ics: str | None,
    overlay: str | None,
    lang: str,
    as_json: bool,
) -> None:
    """Compute a deadline: last day, day of effect, day to act by, who must act.

    RULE is an id such as us.det.final, or any:N:working|calendar:US|CN|MX|EU, which
    counts N days from the event "from".
    """
    try:
        day = _today() if on is None else _on(on)
        rules = ClockBook.load(None if overlay is None else Path(overlay)).rules
        if listing:
            _print_rules(rules, lang, as_json=as_json)
        elif batch is not None:
            answers = _answer_batch(batch, day, rules)
            _write_ics(ics, [(k, a) for k, a in answers.items() if isinstance(a, Due)], lang)
            click.echo(_dump({key: _plain(one, lang) for key, one in answers.items()}))
        elif rule is None:
            raise OptionError("clock_rule_needed")
        else:
            answer = due(rule, _events(events), on=day, rules=rules)
            _write_ics(ics, [("", answer)], lang)
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


def _plain(answer: Due | AlnageError, lang: str) -> dict[str, Any]:
    return answer.to_json(lang) if isinstance(answer, Due) else {"error": answer.text(lang)}


def _write_ics(path: str | None, answers: list[tuple[str, Due]], lang: str) -> None:
    if path is None:
        return
    try:
        Path(path).write_text(calendar_text(answers, lang), "utf-8", newline="")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OptionError("clock_ics_unwritable", file=Path(path).name, why=why) from None


def _answer_batch(
    path: str, on: dt.date, rules: Mapping[str, Rule]
) -> dict[str, Due | AlnageError]:
    """The answer or the error of every row, by its id."""
    rows = _read_batch(Path(path))
    answers: dict[str, Due | AlnageError] = {}
    seen: dict[str, Mapping[str, str]] = {}
    for number, row in rows:
        where = Where(Path(path).name, number)
        key = row["id"] or f"row {number}"
        if seen.setdefault(key, row) == row:
            answers[key] = _answer_row(row, where, on, rules)
        else:
            answers[key] = InputError("clock_batch_repeated", where=where, id=key)
    return answers


def _answer_row(
    row: Mapping[str, str], where: Where, on: dt.date, rules: Mapping[str, Rule]
) -> Due | AlnageError:
    events: dict[str, dt.date] = {}
    try:
        for name, value in _pairs(row["events"]):
            _add(events, name, _date(name, value))
        return due(row["rule"], events, on=on, rules=rules)
    except AlnageError as error:
        error.where = error.where or where
        return error


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


def _print_rules(rules: Mapping[str, Rule], lang: str, *, as_json: bool) -> None:
    names = known_events(rules)
    said = {name: _event_words(name, lang) for name in names}
    if as_json:
        rows = [_rule_row(rule, lang) for rule in rules.values()]
        click.echo(_dump({"schema": "clocks/1", "rules": rows, "events": said}))
        return
    for rule in rules.values():
        starts = ", ".join(rule.start) or (rule.fixed.isoformat() if rule.fixed else "-")
        mark = " *" if rule.private else ""
        click.echo(f"{rule.id + mark:<28} {starts:<24} {_effect(rule, lang)}")
    click.echo("\n" + say("clock_label.events", {}, lang))
    for name in names:
        click.echo(f"  {name:<26} {said[name]}")


def _rule_row(rule: Rule, lang: str) -> dict[str, Any]:
    actor = rule.actor_text.get(lang) or say(f"clock_actor.{rule.actor}", {}, lang)
    row = {
        "rule": rule.id,
        "regime": rule.regime,
        "actor": actor,
        "start": list(rule.start),
        "events": list(rule.events),
        "fixed": rule.fixed.isoformat() if rule.fixed else None,
        "counted": rule.how,
        "effect": _effect(rule, lang),
        "citation": rule.citation,
        "verified": rule.verified,
    }
    return {**row, "private": True} if rule.private else row


def _effect(rule: Rule, lang: str) -> str:
    return rule.effect_text.get(lang) or say(f"clock_effect.{rule.id}", {}, lang)


def _event_words(name: str, lang: str) -> str:
    """What an event is called; a private rule's own events go by their names."""
    key = f"clock_event.{name}"
    said = say(key, {}, lang)
    return name if said == key else said


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
