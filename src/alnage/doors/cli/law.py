"""``alnage law``: check facts against the law, explain, list, show, and say what changed.

law check FACTS.yaml [--json]       one transaction
law check --batch DIR --json        a folder of them: one object keyed by file name
law explain FACTS.yaml              the whole tree of every regime, with its sources
law changes --since DATE            what began, changed or ended, and what is to come
law list · law show ID · law schema
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from alnage.doors.cli import workspace_option
from alnage.model import AlnageError, OptionError
from alnage.words import say

law_option = click.option(
    "--law",
    "overlay",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Overlay private regimes from this folder; every answer of theirs says so.",
)
lang_option = click.option("--lang", type=click.Choice(["en", "zh"]), default="en")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
@workspace_option
def law() -> None:
    """What each law says of one transaction, on its date, with sources."""


@law.command()
@click.argument("facts", required=False, type=click.Path(path_type=Path))
@click.option("--batch", metavar="DIR", type=click.Path(path_type=Path), help="A folder of facts.")
@json_option
@lang_option
@law_option
@workspace_option
def check(
    facts: Path | None, batch: Path | None, as_json: bool, lang: str, overlay: Path | None
) -> None:
    """Judge the facts of one transaction, or of every file of a folder."""
    from alnage.law import LawBook, judge, read_facts

    if (facts is None) == (batch is None):
        raise OptionError("law_batch_or_file")
    book = LawBook.load(overlay)
    if batch is not None:
        _print(_batch(batch, book, lang))
    elif facts is not None:
        try:
            value = judge(read_facts(facts), book).to_json(lang)
        except AlnageError as error:
            if as_json:
                _print({"error": error.text(lang)})
            raise
        if as_json:
            _print(value)
        else:
            click.echo("\n".join(_lines(value, lang)))


@law.command()
@click.argument("facts", type=click.Path(path_type=Path))
@click.option("--regime", "only", multiple=True, metavar="ID", help="Only these regimes.")
@json_option
@lang_option
@law_option
@workspace_option
def explain(
    facts: Path, only: tuple[str, ...], as_json: bool, lang: str, overlay: Path | None
) -> None:
    """Print the tree of every regime: what it asks, what decided, and where that is written."""
    from alnage.law import LawBook, judge, read_facts

    try:
        book = LawBook.load(overlay)
        asked = {book[name].id for name in only} or {regime.id for regime in book}
        value = judge(read_facts(facts), book).to_json(lang)
    except AlnageError as error:
        if as_json:
            _print({"error": error.text(lang)})
        raise
    value["verdicts"] = [one for one in value["verdicts"] if one["regime"] in asked]
    if as_json:
        _print(value)
    else:
        click.echo("\n".join(_explained(value, book, lang)))


@law.command()
@click.option("--since", required=True, metavar="DATE", help="The day on which you last looked.")
@json_option
@lang_option
@law_option
@workspace_option
def changes(since: str, as_json: bool, lang: str, overlay: Path | None) -> None:
    """List what began, changed or ended on or after a day, and what is to come."""
    from alnage.law import LawBook
    from alnage.law.changes import changes as find
    from alnage.law.clock_book import ClockBook

    book = LawBook.load(overlay)
    found = find(_day(since), book, ClockBook.load(overlay).rules)
    if as_json:
        rows = [change.to_json(lang) for change in found]
        dates = {"since": since, "as_of": book.as_of.isoformat()}
        _print({"schema": "law-changes/1", **dates, "changes": rows})
        return
    click.echo(_word("changes", lang, since=since, as_of=book.as_of.isoformat()))
    for change in found:
        mark = f" ({_word('upcoming', lang)})" if change.upcoming else ""
        cited = f"[{change.citation.text}; {_word(change.verified, lang)}]"
        click.echo(f"{change.date}{mark}  {change.text(lang)}  {cited}")
    if not found:
        click.echo(_word("no_changes", lang))


def _day(text: str) -> dt.date:
    try:
        if len(text) == len("2026-06-01"):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise OptionError("law_date_invalid", path="--since", value=text)


@law.command(name="list")
@json_option
@lang_option
@law_option
@workspace_option
def list_(as_json: bool, lang: str, overlay: Path | None) -> None:
    """List all regimes with their kind, questions and dates."""
    from alnage.law import LawBook

    book = LawBook.load(overlay)
    rows = [regime.summary() for regime in book]
    if as_json:
        _print({"schema": "law-list/1", "as_of": book.as_of.isoformat(), "regimes": rows})
        return
    for row in rows:
        name = row["names"]["zh" if lang == "zh" else "en"]
        since = row["versions"][0].get("effective", "-")
        mark = " *" if row["private"] else ""
        questions = ", ".join(row["questions"])
        click.echo(f"{row['regime']}{mark}  {row['kind']}  {since}  [{questions}]  {name}")


@law.command()
@click.argument("regime")
@json_option
@lang_option
@law_option
@workspace_option
def show(regime: str, as_json: bool, lang: str, overlay: Path | None) -> None:
    """Show one regime: names, dates, what it asks, positions of both sides."""
    from alnage.law import LawBook
    from alnage.law.book import plain

    entry = LawBook.load(overlay)[regime]
    data: dict[str, Any] = plain(entry.data)
    if as_json:
        _print({"schema": "regime/1", "private": entry.private, **data})
    else:
        click.echo("\n".join(_described(data, lang)))


@law.command()
@click.argument("which", type=click.Choice(["facts", "regime"]), default="facts")
@workspace_option
def schema(which: str) -> None:
    """Print the JSON Schema of facts files (or of regime files)."""
    from alnage.law.book import regime_schema
    from alnage.law.facts import facts_schema

    _print(facts_schema() if which == "facts" else regime_schema())


def _print(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _batch(folder: Path, book: Any, lang: str) -> dict[str, Any]:
    """Every facts file of the folder by its name; a file that fails says why in its place."""
    from alnage.law import judge, read_facts

    if not folder.is_dir():
        raise OptionError("law_folder_unreadable", folder=str(folder))
    result: dict[str, Any] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in (".yaml", ".yml", ".json") or not path.is_file():
            continue
        try:
            result[path.name] = judge(read_facts(path), book).to_json(lang)
        except AlnageError as error:
            result[path.name] = {"error": error.text(lang)}
    return result


def _word(code: str, lang: str, **params: Any) -> str:
    return say(f"law.{code}", params, lang)


def _lines(value: dict[str, Any], lang: str) -> Iterator[str]:
    yield _word("heading", lang, date=value["date"] or _word("no_date", lang))
    if "overlay" in value:
        yield _word("overlay", lang, **value["overlay"])
    quiet = [v for v in value["verdicts"] if v["question"] == "applies" and v["answer"] == "no"]
    silent = {v["regime"] for v in quiet}
    for verdict in value["verdicts"]:
        if verdict["regime"] not in silent:
            yield from _verdict_lines(verdict, lang)
    if silent:
        yield ""
        yield _word("not_applying", lang, regimes=sorted(silent))
    for collision in value["collisions"]:
        yield ""
        yield f"{_word('collisions', lang)}: {collision['because']['text']}"
        for way in collision["exits"]:
            named = {"regime": way["regime"], "kind": way["kind"], "cite": way["citation"]}
            yield "  " + _word("exit", lang, **named)
    if value["not_modelled"]:
        yield ""
        yield _word("not_modelled", lang)
        yield from (f"  {reason['text']}" for reason in value["not_modelled"])


def _verdict_lines(verdict: dict[str, Any], lang: str, *, sources: bool = False) -> Iterator[str]:
    params = {
        "regime": verdict["regime"],
        "question": verdict["question"],
        **{key: _word(verdict[key], lang) for key in ("answer", "verified", "basis")},
    }
    yield ""
    yield _word("row", lang, **params)
    yield f"  {verdict['effect']}"
    yield from _reason_lines(verdict["because"], 1, sources=sources)
    if verdict["missing"]:
        yield "  " + _word("missing", lang, missing=verdict["missing"])
    if verdict["clocks"]:
        yield "  " + _word("clocks", lang, clocks=verdict["clocks"])
    cites = [cite["citation"] for cite in verdict["citations"]]
    yield "  " + _word("cited", lang, cites=cites)


def _explained(value: dict[str, Any], book: Any, lang: str) -> Iterator[str]:
    """Every regime under its name, those that don't apply too, each leaf with its source."""
    yield _word("heading", lang, date=value["date"] or _word("no_date", lang))
    if "overlay" in value:
        yield _word("overlay", lang, **value["overlay"])
    before = ""
    for verdict in value["verdicts"]:
        regime = book[verdict["regime"]]
        if regime.id != before:
            yield ""
            yield f"{regime.id}  {regime.names['zh' if lang == 'zh' else 'en']}"
            before = regime.id
        yield from _verdict_lines(verdict, lang, sources=True)
        yield "  " + _word("version", lang, version=verdict["version"])
    for collision in value["collisions"]:
        yield ""
        yield f"{_word('collisions', lang)}: {collision['because']['text']}"
    yield from (reason["text"] for reason in value["not_modelled"])


def _reason_lines(
    reasons: list[dict[str, Any]], depth: int, *, sources: bool = False
) -> Iterator[str]:
    for reason in reasons:
        cited = [source["citation"] for source in reason.get("sources", ()) if "citation" in source]
        shown = f" [{'; '.join(cited)}]" if sources and cited else ""
        yield f"{'  ' * depth}- {reason['text']}{shown}"
        yield from _reason_lines(reason.get("because", []), depth + 1, sources=sources)


def _described(data: dict[str, Any], lang: str) -> Iterator[str]:
    names, cites = data["names"], data["citations"]
    yield f"{data['id']}  {names[lang]}  ({names['original']})"
    yield f"{data['kind']}  {cites[data['citation']]['text']}"
    for version in data["versions"]:
        verified = _word(version["verified"], lang)
        dates = {key: version.get(key, "-") for key in ("adopted", "published", "effective")}
        ends = version.get("expires") or version.get("repealed") or "-"
        params = {"version": version["version"], "ends": ends, "verified": verified, **dates}
        yield "  " + _word("version_row", lang, **params)
    for key in ("addressees", "date_that_counts", "threshold", "effect"):
        if key in data:
            yield f"  {_fact(data[key], data, lang)}"
    for key in ("proof", "notes"):
        yield from (f"  {_fact(fact, data, lang)}" for fact in data.get(key, []))
    for bill in data.get("proposed", []):
        yield f"  {bill['name']}: {bill['text'][lang]}"
    for position in data.get("positions", []):
        code = {"author": "position_author", "objection": "position_objection"}[position["side"]]
        yield "  " + _word(code, lang, by=position["by"][lang], text=position["text"][lang])
    yield _word("questions", lang, questions=[*data["questions"]])


def _fact(fact: dict[str, Any], data: dict[str, Any], lang: str) -> str:
    source = data["citations"][fact["cite"]]["text"]
    return f"{fact[lang]} [{source}; {_word(fact['verified'], lang)}]"
