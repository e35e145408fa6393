"""``alnage market``: what the law of each destination says of a good of an origin.

Destinations come out in a fixed order. There is no option that sorts, filters or ranks them,
and none that leaves out the law: a destination without a measure is shown like the others.

    GOOD --origin PLACE --on DATE ── law.market.market() ──> text · JSON · CSV
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from alnage.doors.cli import workspace_option
from alnage.doors.cli.law import law_option
from alnage.model import AlnageError, OptionError
from alnage.words import LANGS, say

_COLUMNS: Final = (
    "good", "origin", "date", "market", "home", "value", "conditional", "regime", "legal_basis",
    "citation", "url", "valid_from", "valid_to", "evidence_standard", "documents", "remedy",
    "competent_authority", "verified", "last_verified", "missing", "because", "not_in_force",
    "origin_law", "collisions",
)  # fmt: skip
_ACTS: Final = {
    "import": "act_import",
    "export": "act_export",
    "sale": "act_sale",
    "supply_stop": "act_supply_stop",
    "evidence_transfer": "act_evidence_transfer",
    "declaration": "act_declaration",
}


@click.command()
@click.argument("good")
@click.option("--origin", required=True, metavar="PLACE", help="ISO 3166: a country, or CN-XJ.")
@click.option("--on", metavar="DATE", help="The day on which the law is asked (default: today).")
@click.option("--csv", "file", metavar="FILE", type=click.Path(path_type=Path), help="Write CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--lang", type=click.Choice(LANGS), default="en", show_default=True)
@law_option
@workspace_option
def market(
    good: str,
    origin: str,
    on: str | None,
    file: Path | None,
    as_json: bool,
    lang: str,
    overlay: Path | None,
) -> None:
    """Show the law on GOOD (an HS code or a material), destination by destination.

    The order is fixed and no ranking; the law of the origin stands beside each destination.
    """
    from alnage.law import LawBook
    from alnage.law.market import market as ask

    try:
        day = dt.datetime.now().astimezone().date() if on is None else _day(on)
        value = ask(good, origin, day, LawBook.load(overlay)).to_json(lang)
        if file is not None:
            _write(file, value, lang)
    except AlnageError as error:
        if as_json:
            click.echo(json.dumps({"error": error.text(lang)}, ensure_ascii=False))
        raise
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    elif file is None:
        click.echo("\n".join(_lines(value, lang)))


def _day(text: str) -> dt.date:
    try:
        if len(text) == len("2026-06-01"):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise OptionError("law_date_invalid", path="--on", value=text)


def _write(file: Path, value: dict[str, Any], lang: str) -> None:
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_harmless(row[name]) for name in _COLUMNS] for row in _csv_rows(value, lang))
    try:
        # With a byte order mark, so that spreadsheets read the Chinese.
        file.write_text(page.getvalue(), "utf-8-sig")
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise OptionError("market_csv_unwritable", file=file.name, problem=problem) from None


def _csv_rows(value: dict[str, Any], lang: str) -> Iterator[dict[str, str]]:
    """One row a cell, in the order of the matrix; what the destination says repeats in each."""
    for place in value["destinations"]:
        shared = {
            "good": value["good"]["given"],
            "origin": value["origin"],
            "date": value["date"],
            "market": place["market"],
            "home": "true" if place["home"] else "false",
            "not_in_force": _texts(place["not_in_force"]),
            "origin_law": "; ".join(_origin_row(row, lang) for row in place["origin_law"])
            or _word("origin_none", lang),
            "collisions": "; ".join(one["because"]["text"] for one in place["collisions"]),
        }
        for cell in place["cells"]:
            cite = cell["citation"] or {"citation": "", "url": ""}
            yield {
                **shared,
                "value": cell["value"],
                "conditional": "true" if cell["conditional"] else "false",
                "citation": cite["citation"],
                "url": cite["url"],
                "evidence_standard": "; ".join(fact["text"] for fact in cell["evidence_standard"]),
                "documents": "; ".join(cell["documents"]),
                "remedy": "; ".join(cell["remedy"]),
                "missing": "; ".join(cell["missing"]),
                "because": _texts(cell["because"]),
                **{
                    name: cell[name] or ""
                    for name in (
                        "regime", "legal_basis", "valid_from", "valid_to", "competent_authority",
                        "verified", "last_verified",
                    )
                },
            }  # fmt: skip


def _texts(reasons: list[dict[str, Any]]) -> str:
    return "; ".join(reason["text"] for reason in reasons)


def _harmless(text: str) -> str:
    """Text that a spreadsheet will not run as a formula."""
    risky = text.lstrip()[:1] in tuple("=+-@|%＝＋－＠") or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if risky else text


def _word(code: str, lang: str, **params: Any) -> str:
    return say(f"market.{code}", params, lang)


def _lines(value: dict[str, Any], lang: str) -> Iterator[str]:
    yield _word(
        "heading",
        lang,
        good=value["good"]["given"],
        origin=value["origin"],
        date=value["date"],
        as_of=value["law"]["as_of"],
    )
    yield _word("no_rank", lang)
    if "overlay" in value:
        private = _private(value)
        yield say("law.overlay", {"folder": value["overlay"], "regimes": private}, lang)
    yield f"{_word('assumed', lang)}:"
    yield from (f"  - {reason['text']}" for reason in value["assumed"])
    for place in value["destinations"]:
        yield ""
        home = f" ({_word('home', lang)})" if place["home"] else ""
        yield f"{place['market']}{home}: {place['says']}"
        for cell in place["cells"]:
            yield from _cell_lines(cell, lang)
        yield from _place_lines(place, lang)


def _private(value: dict[str, Any]) -> list[str]:
    """Regimes of the matrix that come from the overlay."""
    cells = [cell for place in value["destinations"] for cell in place["cells"]]
    rows = [row for place in value["destinations"] for row in place["origin_law"]]
    return sorted({one["regime"] for one in (*cells, *rows) if one.get("private")})


def _cell_lines(cell: dict[str, Any], lang: str) -> Iterator[str]:
    from alnage.law.book import evidence_kinds

    if cell["regime"] is None:
        yield from (f"  {reason['text']}" for reason in cell["because"])
        return
    only = f" ({_word('conditional', lang)})" if cell["conditional"] else ""
    yield f"  {cell['regime']}: {_word(cell['value'], lang)}{only} · {cell['legal_basis']}"
    cite, verified = cell["citation"], say(f"law.{cell['verified']}", {}, lang)
    params = {"cite": cite["citation"], "verified": verified, "day": cell["last_verified"]}
    yield "    " + _word("source", lang, **params)
    start = cell["valid_from"] or _word("no_start", lang)
    yield "    " + _word(
        "valid", lang, start=start, end=cell["valid_to"] or _word("open_end", lang)
    )
    for fact in cell["evidence_standard"]:
        grade = say(f"law.{fact['verified']}", {}, lang)
        shown = {"text": fact["text"], "cite": fact["citation"], "verified": grade}
        yield "    " + _word("standard", lang, **shown)
    if cell["documents"]:
        kinds = evidence_kinds()
        named = [kinds[kind][lang] if kind in kinds else kind for kind in cell["documents"]]
        yield "    " + _word("documents", lang, documents=named)
    if cell["remedy"]:
        yield "    " + _word("remedy", lang, remedies=cell["remedy"])
    if cell["competent_authority"]:
        yield "    " + _word("authority", lang, authority=cell["competent_authority"])
    if cell["missing"]:
        yield "    " + _word("missing", lang, missing=cell["missing"])


def _place_lines(place: dict[str, Any], lang: str) -> Iterator[str]:
    if place["not_in_force"]:
        yield f"  {_word('not_in_force', lang)}:"
        yield from (f"    - {reason['text']}" for reason in place["not_in_force"])
    if place["not_asked"]:
        yield "  " + _word("not_asked", lang, regimes=place["not_asked"])
    yield f"  {_word('origin_law', lang)}:"
    if not place["origin_law"]:
        yield f"    {_word('origin_none', lang)}"
    for row in place["origin_law"]:
        yield f"    - {_origin_row(row, lang)} {row['effect']}"
    if place["collisions"]:
        yield f"  {_word('collisions', lang)}:"
    for one in place["collisions"]:
        yield f"    - {one['because']['text']}"
        exits = [f"{way['regime']} {way['kind']}" for way in one["exits"]]
        yield "      " + _word("exits", lang, exits=exits)
    yield from (f"  {reason['text']}" for reason in place["not_modelled"])


def _origin_row(row: dict[str, Any], lang: str) -> str:
    params = {
        "act": _word(_ACTS[row["act"]], lang),
        "regime": row["regime"],
        "question": row["question"],
        "answer": say(f"law.{row['answer']}", {}, lang),
        "verified": say(f"law.{row['verified']}", {}, lang),
    }
    return f"{_word('origin_row', lang, **params)} [{row['citation']['citation']}]"
