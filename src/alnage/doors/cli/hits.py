"""Results of a screening as files: JSON lines for programs, tables for people.

A table has a row a match, and one row for a name without any. A long run keeps its
finished lines beside the result, so that an interrupted one goes on where it stopped.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from alnage.doors.cli.lines import write_lines
from alnage.model import OptionError
from alnage.words import say

TABLES = (".csv", ".xlsx")
KNOWN = (".jsonl", ".parquet", *TABLES)
COLUMNS = ("id", "name", "register", "entity", "listed_name", "matched_alias", "score", "match",
           "effective_from", "removed_on", "why", "decisions", "answers", "receipt")  # fmt: skip
_LONGEST = 32_000  # characters of a cell that spreadsheets keep
_FORMULA = "=+-@\t\r＝＋－＠"


def check_out(out: Path | None) -> None:
    """OptionError if the result could not be written in that form, before anything is done."""
    if out is not None and out.suffix not in KNOWN:
        raise OptionError("out_suffix", file=str(out), known=list(KNOWN))


def write_hits(lines: list[dict[str, Any]], out: Path | None, lang: str = "en") -> None:
    """Write the lines in the form that the name of ``out`` asks for, whole or not at all."""
    if out is None or out.suffix not in TABLES:
        write_lines(lines, out)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    rows = (row for line in lines for row in _rows(line, lang))
    if out.suffix == ".csv":
        with part.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\r\n")
            writer.writerow(COLUMNS)
            writer.writerows([_harmless(cell) for cell in row] for row in rows)
    else:
        _write_xlsx(rows, part)
    part.replace(out)


def _rows(line: Mapping[str, Any], lang: str) -> Iterator[list[Any]]:
    answers = "; ".join(f"{key}: {value}" for key, value in line["answers"].items())
    decided = "; ".join(
        f"{one['register']}/{one['entity']}: {one['judgement']} ({one['reviewer']}, {one['date']}: {one['reason']})"
        for one in line.get("decisions", ())
    )
    matches: list[dict[str, Any]] = line["matches"] or [{}]
    for match in matches:
        why = [say(f"reason.{r['code']}", r.get("params", {}), lang) for r in match.get("explanation", ())]  # fmt: skip
        keys = ("register", "entity", "name", "matched_alias", "score", "match", "effective_from", "removed_on")  # fmt: skip
        middle = [match.get(key) for key in keys]
        yield [line["id"], line["name"], *middle, "\n".join(why), decided, answers, line["receipt"]]


def _harmless(cell: Any) -> Any:
    """Text that a spreadsheet will not run as a formula."""
    if isinstance(cell, str) and cell[:1] in _FORMULA and cell:
        return f"'{cell}"
    return cell


def _write_xlsx(rows: Iterable[list[Any]], file: Path) -> None:
    import xlsxwriter

    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(file), settings) as book:
        sheet = book.add_worksheet("hits")
        bold = book.add_format({"bold": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 2)
        sheet.set_column(1, 5, 32)
        sheet.set_column(10, 12, 60)
        sheet.write_row(0, 0, COLUMNS, bold)
        for number, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                if isinstance(cell, bool) or cell is None:
                    sheet.write_string(number, at, "" if cell is None else str(cell).lower())
                elif isinstance(cell, (int, float)):
                    sheet.write_number(number, at, cell)
                else:
                    sheet.write_string(number, at, str(cell)[:_LONGEST], wrap)


class Unfinished:
    """The finished lines of a run that is not at its end: a file beside the result.

    The first line is the fingerprint of what was asked; another one starts anew. A last
    line that was cut off in the writing is asked again.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stream: IO[str] | None = None
        self.resumed = 0

    @classmethod
    def beside(cls, out: Path | None) -> Unfinished | None:
        """The file of a result; None where the result is printed."""
        return None if out is None else cls(out.with_name(out.name + ".unfinished"))

    def begin(self, fingerprint: str) -> list[dict[str, Any]]:
        """The lines that a run of this fingerprint has finished; more may be added."""
        lines = self._kept(fingerprint)
        self.resumed = len(lines)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # A line reaches the disk as soon as it is whole.
        self._stream = self._file.open("w", 1, encoding="utf-8", newline="\n")
        self._stream.write(fingerprint + "\n")
        for line in lines:
            self.add(line)
        return lines

    def _kept(self, fingerprint: str) -> list[dict[str, Any]]:
        if not self._file.is_file():
            return []
        found: list[dict[str, Any]] = []
        with self._file.open("r", encoding="utf-8", errors="replace") as stream:
            if stream.readline().strip() != fingerprint:
                return []
            for text in stream:
                try:
                    value = json.loads(text)
                except ValueError:
                    break
                if not isinstance(value, dict) or not text.endswith("\n"):
                    break
                found.append(value)
        return found

    def add(self, line: Mapping[str, Any]) -> None:
        """Keep a finished line."""
        if self._stream is not None:
            self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Close the file, which stays for the next run."""
        if self._stream is not None:
            self._stream.close()

    def end(self) -> None:
        """The result is written: nothing is left to go on with."""
        self.close()
        self._file.unlink(missing_ok=True)
