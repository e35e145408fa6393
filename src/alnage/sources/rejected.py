"""``rejected.csv``: every row set aside, whole, with the reason, safe to open.

A spreadsheet runs what looks like a formula, so no cell of an export may: it gets an
apostrophe in front. Numbers such as -5 stay numbers.

    Rejected ── write_rejected() ── table, file, row, event, code, reason, values
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from pathlib import Path

from alnage.model import Reason, Rejected

COLUMNS = ("table", "file", "row", "event", "code", "reason", "values")

_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet runs.

    >>> neutral("=1+1"), neutral("＠sum"), neutral("-5"), neutral("cotton")
    ("'=1+1", "'＠sum", '-5', 'cotton')
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def write_rejected(rejected: Iterable[Rejected], path: Path, lang: str = "en") -> None:
    """Write rejected rows as UTF-8 CSV; ``values`` is the row as read, as a JSON object."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rejected:
            values = json.dumps(
                {name: neutral(text) for name, text in row.values.items()}, ensure_ascii=False
            )
            cells = (row.event, row.reason.code, _said(row.reason, lang), values)
            writer.writerow(
                [row.table, neutral(row.file), row.row or "", *(neutral(cell) for cell in cells)]
            )


def _said(reason: Reason, lang: str) -> str:
    """The reason and those below it, as one text."""
    return " ".join([reason.text(lang), *(_said(below, lang) for below in reason.because)])
