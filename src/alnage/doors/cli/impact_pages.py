"""The result of a scenario as pages of rows: one HTML file, one workbook, the same content.

Both formats come from the same pages, so that they can't tell different stories. Bands are
written out as two numbers; a figure never stands without its unknown share.

    scenario/1 ── pages(lang) ──┬── html_page() ── impact.html
                                └── write_book() ── impact.xlsx
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from alnage.words import say

Json = Mapping[str, Any]
Cell = str | float | None

_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 (the file format has no time zone)
# Words of the result and the sentences that stand for them.
_WORDS = {
    "yes": "word_yes", "no": "word_no", "unknown": "word_unknown",
    "presumed": "word_presumed", "prohibited": "word_prohibited", "unclear": "word_unclear",
    "direct": "word_direct", "downstream": "word_downstream", "upstream": "word_upstream",
    "inside": "word_inside", "outside": "word_outside", "possible": "word_possible",
    "listed": "word_listed", "not_listed": "word_not_listed", "none": "word_none",
    "cut_off": "word_cut_off",
    "list": "word_list", "delist": "word_delist", "bar": "word_bar", "free": "word_free",
    "remove": "word_remove",
}  # fmt: skip
_ROLL_UPS = {"market": "by_market", "product": "by_product", "importer": "by_importer"}
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #ccc;padding:.3rem"
    " .6rem;text-align:left;vertical-align:top}td.n{text-align:right}"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A titled table."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def pages(found: Json, lang: str) -> tuple[Page, ...]:
    """All pages of a scenario's result: summary first, notes last."""

    def t(code: str) -> str:
        return say(f"scenario.{code}", {}, lang)

    band = (t("at_least"), t("at_most"))
    kg, share, value = t("kg"), t("unknown_share"), t("value")
    sums = (t("targets"), *(f"{kg}, {end}" for end in band), value, t("without_value"), share)
    return (
        Page(t("summary"), (t("item"), t("said")), tuple(_summary(found, lang))),
        Page(
            t("entries"),
            (
                t("target"), t("market"), t("product"), t("importer"), kg, value, t("currency"),
                t("before"), t("after"), t("becomes"), *band, share,
            ),
            tuple(_targets(found, lang)),
        ),
        *(
            Page(t(title), (t(by), *sums), tuple(_sums(found[f"{by}s"], by, lang)))
            for by, title in _ROLL_UPS.items()
        ),
        Page(
            t("enterprises"),
            (
                t("enterprise"), t("name"), t("roles"), *(f"{kg}, {end}" for end in band),
                *(f"{t('share_of_output')}, {end}" for end in band), t("employees"),
                *(f"{t('jobs')}, {end}" for end in band), share,
            ),
            tuple(_enterprises(found, lang)),
        ),
        Page(
            t("substitution"),
            (
                t("buyer"), t("material"), t("lost"), t("cover_most"), t("days_of_stock"), t("other_supplier"),
                t("recorded"), t("capacity"), t("spare"), t("country"), t("region"),
                t("in_region"), t("listed"),
            ),
            tuple(_substitution(found, lang)),
        ),
        Page(t("notes"), (t("item"), t("said")), tuple(_notes(found))),
    )  # fmt: skip


def _word(code: str | None, lang: str) -> str:
    """An answer, role, stance or kind of change as a word; nothing for None."""
    return "" if code is None else say(f"scenario.{_WORDS[code]}", {}, lang)


def _summary(found: Json, lang: str) -> Iterator[tuple[Cell, ...]]:
    def t(code: str, **params: Any) -> str:
        return say(f"scenario.{code}", params, lang)

    total = found["totals"]
    yield t("scenario"), found["scenario"]
    yield t("from"), found["from"]
    for change in found["changes"]:
        beside = change.get("register") or change.get("market") or ""
        yield t("change"), f"{_word(change['kind'], lang)} {change['what']} {beside}".strip()
    yield t("targets_changed"), f"{total['targets']} / {len(found['targets'])}"
    yield t("kg"), _band(total["kg"])
    yield t("value"), _values(total["value"]) or "-"
    yield t("without_value"), float(total["targets_without_value"])
    yield t("unknown_share"), f"{total['unknown_share']:.1%}"
    for register in found["registers"]:
        days = register["retrieved_on"] or "?"
        yield t("register"), f"{register['id']} ({t('retrieved_on')} {days})"
    for note in found["notes"]:
        yield t("note"), note["text"]


def _band(band: Sequence[float]) -> str:
    return f"{band[0]:,.0f} … {band[1]:,.0f}"


def _values(values: Mapping[str, Sequence[float]]) -> str:
    return "; ".join(f"{_band(band)} {currency}" for currency, band in sorted(values.items()))


def _targets(found: Json, lang: str) -> Iterator[tuple[Cell, ...]]:
    for one in found["targets"]:
        yield (
            one["target"], one["market"], one["product"], one["importer"], one["kg"],
            one["value"], one["currency"], _word(one["before"], lang), _word(one["after"], lang),
            "; ".join(_word(word, lang) for word in one["becomes"]), *one["at_risk"],
            one["unknown_share"],
        )  # fmt: skip


def _sums(rows: Sequence[Json], by: str, lang: str) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        yield (
            row[by] or _word("unknown", lang),
            float(row["targets"]),
            *row["kg"],
            _values(row["value"]),
            float(row["targets_without_value"]),
            row["unknown_share"],
        )


def _enterprises(found: Json, lang: str) -> Iterator[tuple[Cell, ...]]:
    for one in found["enterprises"]:
        yield (
            one["party"],
            one["name"],
            "; ".join(_word(role, lang) for role in one["roles"]),
            *one["content_kg"],
            *(one["share_of_output"] or (None, None)),
            one["employees"],
            *(one["jobs"] or (None, None)),
            one["unknown_share"],
        )


def _substitution(found: Json, lang: str) -> Iterator[tuple[Cell, ...]]:
    for lost in found["substitution"]:
        names = ("buyer", "material", "lost_kg")
        head = (*(lost[name] for name in names), lost["cover"][1], lost["days_of_stock"])
        if not lost["alternatives"]:
            yield (*head, _word("none", lang), *(None,) * 7)
        for one in lost["alternatives"]:
            yield (
                *head, one["supplier"], one["recorded_kg"], one["capacity_kg"],
                one["spare_kg"], one.get("country"), one.get("region"),
                _word(one.get("in_region"), lang), _word(one.get("listed"), lang),
            )  # fmt: skip


def _notes(found: Json) -> Iterator[tuple[Cell, ...]]:
    for note in found["notes"]:
        yield note["code"], note["text"]


def html_page(found: Json, told: Sequence[Page], lang: str) -> str:
    """One HTML document without script; text of users enters escaped."""
    title = escape(f"{say('scenario.title', {}, lang)}: {found['scenario']}")
    language = "zh-Hans" if lang == "zh" else "en"
    tables = "".join(_table(page) for page in told)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{title}</h1>{tables}</body></html>\n"
    )


def _table(page: Page) -> str:
    heads = "".join(f"<th>{escape(head)}</th>" for head in page.heads)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in page.rows)
    return (
        f"<h2>{escape(page.title)}</h2><table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _cell(cell: Cell) -> str:
    if isinstance(cell, float):
        return f'<td class="n">{cell:,.4g}</td>' if abs(cell) < 1000 else _large(cell)
    return f"<td>{escape(cell or '')}</td>"


def _large(number: float) -> str:
    return f'<td class="n">{number:,.0f}</td>'


def write_book(told: Sequence[Page], path: Path) -> None:
    """The pages as a workbook; no cell that a spreadsheet would run."""
    from xlsxwriter import Workbook

    from alnage.report.xlsx import neutral

    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(str(path), as_text)
    book.set_properties({"created": _CREATED, "author": "Alnage"})
    bold = book.add_format({"bold": True, "text_wrap": True})
    for page in told:
        sheet = book.add_worksheet(page.title[:31])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(page.heads) - 1, 18)
        for column, head in enumerate(page.heads):
            sheet.write_string(0, column, head, bold)
        for row, cells in enumerate(page.rows, 1):
            for column, cell in enumerate(cells):
                if isinstance(cell, float):
                    sheet.write_number(row, column, cell)
                elif cell:
                    sheet.write_string(row, column, neutral(cell))
    book.close()
