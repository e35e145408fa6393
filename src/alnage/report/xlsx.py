"""The findings as a workbook, for those who sort and filter: ten sheets, no formula.

A cell of user data must never become a command in somebody's spreadsheet. Every text is
written as text, and one that a spreadsheet could take for a formula gets an apostrophe in
front. The creation date is constant, so the same findings give the same file.

    findings ── view, Wording ──> Sheet (heads, rows) ── xlsxwriter ──> findings.xlsx
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alnage.model import OptionError, Where
from alnage.report import view
from alnage.report.html import facts
from alnage.report.reading import Json, clean, columns_wide, items, number, part, word, words_in
from alnage.report.wording import Wording, language

# What spreadsheets take for the start of a formula, full-width forms among them.
_DANGEROUS = tuple("=+-@\t\r\n|%＝＋－＠﹢﹣﹦﹫")
_LONGEST = 32_000  # a cell holds 32,767 characters
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 (the file format has no time zone)


@dataclass(frozen=True, slots=True)
class Share:
    """A number that is shown as a percentage."""

    value: float


Cell = str | float | Share | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, heads, and rows of cells."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def write_xlsx(findings: Json, path: Path, lang: str) -> None:
    """Write the findings as a workbook to ``path``.

    Raises:
        OptionError: for a language without a catalogue, or a path that can't be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_xlsx({"folder": "x"}, Path(folder, "f.xlsx"), "en")
    ...     Path(folder, "f.xlsx").stat().st_size > 1000
    True
    """
    content = _workbook(sheets(findings, lang))
    try:
        path.write_bytes(content)
    except OSError as error:
        where = Where(path.name)
        problem = error.strerror or type(error).__name__
        raise OptionError("report_unwritable", where=where, problem=problem) from None


def neutral(text: Any) -> str:
    """``text`` so that no spreadsheet takes it for a formula.

    >>> neutral("=SUM(A1)"), neutral("＝1+1"), neutral("  @x"), neutral("cotton")
    ("'=SUM(A1)", "'＝1+1", "'@x", 'cotton')
    """
    plain = clean(text)
    return ("'" + plain if plain.startswith(_DANGEROUS) else plain)[:_LONGEST]


def sheets(findings: Json, lang: str) -> tuple[Sheet, ...]:
    """All sheets of the workbook, in order, as plain values.

    >>> [sheet.name for sheet in sheets({}, "en")][:3]
    ['Summary', 'Entries', 'Numbers']
    """
    say = Wording(language(lang))
    t = say.t
    makers: tuple[tuple[str, tuple[str, ...], Callable[..., Iterable[tuple[Cell, ...]]]], ...] = (
        (t("sheet_summary"), (t("col_item"), t("col_said")), _summary),
        (t("sheet_entries"), _entry_heads(say), _entries),
        (t("sheet_numbers"), _number_heads(say), _numbers),
        (t("sheet_verdicts"), _verdict_heads(say), _verdicts),
        (
            t("sheet_reasons"),
            (
                t("word_entry"),
                t("label_regime"),
                t("col_question"),
                t("col_path"),
                t("col_why"),
                t("col_sources"),
            ),
            _reasons,
        ),
        (t("sheet_parties"), _party_heads(say), _parties),
        (
            t("sheet_gaps"),
            (
                t("word_entry"),
                t("col_kind"),
                t("label_group"),
                t("col_said"),
                t("col_why"),
                t("col_sources"),
            ),
            _gaps,
        ),
        (
            t("sheet_rejected"),
            (t("col_where"), t("label_table"), t("label_event"), t("col_why")),
            _rejected,
        ),
        (
            t("sheet_registers"),
            (
                t("label_register"),
                t("col_version"),
                t("col_retrieved"),
                t("col_age"),
                t("label_from"),
                t("label_to"),
                t("col_gaps"),
            ),
            _registers,
        ),
        (t("sheet_method"), (t("col_item"), t("col_said")), _method),
    )
    return tuple(Sheet(name, heads, tuple(make(say, findings))) for name, heads, make in makers)


def _source(say: Wording, source: Json) -> str:
    if word(source, "file"):
        return say.row(source)
    if word(source, "register"):
        register, entity = word(source, "register"), word(source, "entity")
        version = word(source, "version")[:12]
        return say.t("register_source", register=register, entity=entity, version=version)
    return " ".join(filter(None, [say.local(source.get("citation")), word(source, "url")]))


def _sources(say: Wording, node: Json, key: str = "sources") -> str:
    return "; ".join(filter(None, (_source(say, source) for source in items(node, key))))


def _share(source: Json, key: str) -> Cell:
    value = number(source, key)
    return None if value is None else Share(value)


def _summary(say: Wording, findings: Json) -> Iterator[tuple[Cell, ...]]:
    entries = view.work_list(findings)
    yield (
        say.t(
            "asked",
            folder=word(findings, "folder"),
            date=word(findings, "date") or word(findings, "on"),
            count=len(entries),
        ),
        None,
    )
    for standing, count in view.tally(entries).items():
        if count:
            yield say.standing(standing), float(count)
    for head, rolls in (
        (say.t("by_supplier"), view.rolled_up(findings, "suppliers")),
        (say.t("by_product"), view.rolled_up(findings, "products")),
    ):
        for roll in rolls:
            name = word(roll, "name") or word(roll, "party") or word(roll, "product")
            worst = say.answer_word(roll.get("worst"))
            told = f"{worst} ({', '.join(words_in(roll, 'entries'))})"
            yield f"{head}: {name}", told
    for table in items(findings, "missing_tables"):
        answers = "; ".join(words_in(table, "answers"))
        yield (
            say.t("missing_tables"),
            say.t("missing_table_said", table=word(table, "table"), answers=answers),
        )
    for reason in items(findings, "findings"):
        yield say.t("findings"), f"{say.reason(reason)} {_sources(say, reason)}".strip()


def _entry_heads(say: Wording) -> tuple[str, ...]:
    t = say.t
    return (
        t("word_entry"), t("col_kind"), t("col_market"), t("label_date"), t("col_importer"),
        t("col_product"), t("label_material"), t("label_quantity_kg") + " (kg)", t("col_value"),
        t("col_currency"), t("col_standing"), t("num_expected"), t("col_missing"), t("suppliers"),
    )  # fmt: skip


def _entries(say: Wording, findings: Json) -> Iterator[tuple[Cell, ...]]:
    names = view.party_names(findings)
    for entry in view.work_list(findings):
        x = entry.target
        yield (
            entry.name,
            say.known(x.get("kind")),
            word(x, "market"),
            word(x, "date"),
            word(x, "importer"),
            word(x, "product"),
            "; ".join(words_in(x, "materials")),
            number(x, "quantity_kg"),
            number(x, "value"),
            word(x, "currency"),
            say.standing(entry.standing),
            Share(entry.expected) if items(x, "groups") else None,
            "; ".join(_missing(say, item) for item in view.missing_of(x)),
            "; ".join(names.get(party, party) for party in words_in(x, "suppliers")),
        )


def _missing(say: Wording, item: view.Missing) -> str:
    return "; ".join(say.reason(reason) for reason in item.because) or say.fact(item.what)


def _number_heads(say: Wording) -> tuple[str, ...]:
    t = say.t
    return (
        t("word_entry"), t("label_group"), t("col_kind"), t("num_reachable"), t("num_min"),
        t("num_expected"), t("num_max"), t("label_undocumented"), t("label_unresolved"),
        t("num_claimed"), t("num_custody"), t("num_bounds"), t("num_method"), t("incomplete"),
    )  # fmt: skip


def _numbers(say: Wording, findings: Json) -> Iterator[tuple[Cell, ...]]:
    shares = ("min", "expected", "max", "undocumented", "unresolved", "claimed")
    for entry in view.work_list(findings):
        for line in items(entry.target, "groups"):
            reachable = line.get("reachable")
            said = say.t("answer_yes" if reachable else "word_no")
            yield (
                entry.name,
                word(line, "group"),
                say.group(line.get("group")),
                said if isinstance(reachable, bool) else say.t("not_known"),
                *(_share(line, key) for key in shares),
                say.known(line.get("custody")),
                say.known(line.get("bounds")),
                word(line, "method"),
                "; ".join(_incomplete(say, item) for item in items(line, "incomplete")),
            )


def _incomplete(say: Wording, item: Json) -> str:
    return say.row(item) if word(item, "file") else _sources(say, item) or say.reason(item)


def _verdict_heads(say: Wording) -> tuple[str, ...]:
    t = say.t
    return (
        t("word_entry"), t("label_regime"), t("col_question"), t("col_answer"), t("label_effect"),
        t("col_basis"), t("label_missing"), t("label_citation"), t("label_due"), t("col_version"),
    )  # fmt: skip


def _verdicts(say: Wording, findings: Json) -> Iterator[tuple[Cell, ...]]:
    for entry in view.work_list(findings):
        for v in items(entry.target, "verdicts"):
            no = word(v, "answer") == "no"
            yield (
                entry.name,
                word(v, "regime"),
                say.question(v),
                say.answer(v),
                "" if no else say.local(v.get("effect")),
                say.known(v.get("basis")),
                "; ".join(words_in(v, "missing")),
                " · ".join(
                    filter(None, [say.local(v.get("provision")), _sources(say, v, "citations")])
                ),
                "; ".join(words_in(v, "clocks")),
                word(v, "version"),
            )


def _tree(say: Wording, node: Json, key: str, at: str = "") -> Iterator[tuple[str, str, str]]:
    """Numbered lines of a tree of reasons: place, sentence, sources."""
    for index, reason in enumerate(items(node, key), 1):
        place = f"{at}{index}"
        yield place, say.reason(reason), _sources(say, reason)
        yield from _tree(say, reason, "because", f"{place}.")


def _reasons(say: Wording, findings: Json) -> Iterator[tuple[Cell, ...]]:
    for entry in view.work_list(findings):
        for v in items(entry.target, "verdicts"):
            for line in _tree(say, v, "because"):
                yield entry.name, word(v, "regime"), say.question(v), *line


def _party_heads(say: Wording) -> tuple[str, ...]:
    t = say.t
    return (
        t("label_party"), t("label_name"), t("col_country"), t("col_region"), t("label_register"),
        t("col_standing"), t("col_matches"), t("label_clause"), t("col_basis"), t("label_score"),
        t("label_effective_from"), t("label_removed_on"), t("col_why"), t("col_sources"),
    )  # fmt: skip


def _parties(say: Wording, findings: Json) -> Iterator[tuple[Cell, ...]]:
    for p in items(findings, "parties"):
        who = (word(p, "party"), word(p, "name"), word(p, "country"), word(p, "region"))
        told = set()
        for listing in items(p, "listings"):
            told.add(word(listing, "register"))
            lines = list(_tree(say, listing, "because"))
            yield (
                *who,
                word(listing, "register"),
                say.known(listing.get("answer")),
                word(listing, "name"),
                word(listing, "clause"),
                say.known(listing.get("by")),
                number(listing, "score"),
                word(listing, "effective_from"),
                word(listing, "removed_on"),
                "; ".join(line[1] for line in lines),
                "; ".join(filter(None, (line[2] for line in lines))),
            )
        for register, standing in part(p, "registers").items():
            if register not in told:
                yield (*who, clean(register), say.known(standing), *[""] * 8)


def _gaps(say: Wording, findings: Json) -> Iterator[tuple[Cell, ...]]:
    heads = {
        "gaps": say.t("gaps"),
        "evidence": say.t("evidence"),
        "paths": say.t("paths"),
        "incomplete": say.t("incomplete"),
    }
    for entry in view.work_list(findings):
        for key in ("gaps", "evidence", "paths", "incomplete"):
            for item in view.gathered(entry.target, key):
                lines = list(_tree(say, item, "because"))
                told = "; ".join(f"{name}: {text}" for name, text in facts(say, item, "line_group"))
                own = say.reason(item) if item.get("code") or item.get("text") else ""
                why = "; ".join(filter(None, [own, *(line[1] for line in lines)]))
                where = "; ".join(filter(None, [_sources(say, item), *(line[2] for line in lines)]))
                yield entry.name, heads[key], word(item, "line_group"), told, why, where


def _rejected(say: Wording, findings: Json) -> Iterator[tuple[Cell, ...]]:
    for row in items(findings, "rejected"):
        why = "; ".join(line[1] for line in _tree(say, row, "because")) or word(row, "because")
        yield say.row(row), word(row, "table"), word(row, "event"), why


def _registers(say: Wording, findings: Json) -> Iterator[tuple[Cell, ...]]:
    for r in items(findings, "registers"):
        yield (
            word(r, "id"),
            word(r, "version"),
            word(r, "retrieved_on"),
            number(r, "age_days"),
            word(r, "complete_from"),
            word(r, "complete_to"),
            "; ".join(line[1] for line in _tree(say, r, "gaps")),
        )


def _method(say: Wording, findings: Json) -> Iterator[tuple[Cell, ...]]:
    yield "Alnage", word(findings, "alnage")
    yield say.t("schema"), word(findings, "schema")
    yield say.t("chain_head"), word(findings, "chain_head") or say.t("no_chain_head")
    yield say.t("method"), say.t("method_said")
    t = say.t
    for sentence in (
        t("not_advice"), t("not_clearance"), t("not_threshold"),
        t("not_conclusion"), t("not_evasion"), t("not_side"),
    ):  # fmt: skip
        yield say.t("what_not"), sentence


def _workbook(pages: tuple[Sheet, ...]) -> bytes:
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(buffer, {"in_memory": True, **as_text})
    book.set_properties({"created": _CREATED, "author": "Alnage"})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0.###", "valign": "top"}),
        # A tiny share must not read as none.
        "share": book.add_format(
            {"num_format": '[=0]0%;[<0.0001]"< 0.01 %";0.00%', "valign": "top"}
        ),
    }
    for page in pages:
        sheet = book.add_worksheet(page.name)
        sheet.freeze_panes(1, 1)
        for column, width in enumerate(_widths(page)):
            sheet.set_column(column, column, width)
        for column, head in enumerate(page.heads):
            sheet.write_string(0, column, neutral(head), formats["head"])
        for index, row in enumerate(page.rows, 1):
            for column, cell in enumerate(row):
                _write(sheet, index, column, cell, formats)
        if page.rows:
            sheet.autofilter(0, 0, len(page.rows), len(page.heads) - 1)
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    match cell:
        case Share(value):
            sheet.write_number(row, column, value, formats["share"])
        case float():
            sheet.write_number(row, column, cell, formats["number"])
        case str() if cell:
            sheet.write_string(row, column, neutral(cell), formats["text"])


def _widths(page: Sheet) -> list[float]:
    """Wide enough for the head and most cells, never wider than 60."""
    widths = []
    for column, head in enumerate(page.heads):
        cells = [row[column] for row in page.rows[:200]]
        widest = max((columns_wide(cell) for cell in cells if isinstance(cell, str)), default=0)
        widths.append(float(min(max(widest, columns_wide(head), 8) + 2, 60)))
    return widths
