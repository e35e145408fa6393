"""One name explained to a person; results as tables; long runs that go on."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from alnage.doors.cli import alnage
from alnage.doors.cli.hits import COLUMNS, Unfinished
from alnage.model import OptionError
from alnage.screen import screening
from alnage.words import say


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., Result]:
    def run(*args: str) -> Result:
        return CliRunner().invoke(alnage, ["--workspace", str(tmp_path / "ws"), *args])

    return run


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_match_is_explained_part_by_part(lang: str, call: Callable[..., Result]) -> None:
    done = call("match", "Hotan Taida Garment Co Ltd", "--register", "us-uflpa", "--lang", lang, "--as-of", "2024-01-01")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "us-uflpa/hetian-taida-apparel-co-ltd" in done.output
    assert "2022-06-21" in done.output
    assert done.output.count("·") >= 2
    assert say("match.answers", {"day": "2024-01-01"}, lang) in done.output


def test_what_can_not_be_known_is_said(call: Callable[..., Result]) -> None:
    done = call("match", "Lisboa Tecidos", "--register", "us-uflpa", "--as-of", "2026-09-01")
    assert "not known" in done.output
    assert "8 of the 43" in done.output or "35 of the 43" in done.output
    known = call("match", "Lisboa Tecidos", "--register", "us-uflpa", "--as-of", "2025-09-01")
    assert "not listed" in known.output


def test_as_json(call: Callable[..., Result], tmp_path: Path) -> None:
    value = json.loads(call("match", "中粮糖业控股股份有限公司", "--json").output)
    assert value["schema"] == "match/1"
    assert value["matches"][0]["entity"] == "cofco-sugar-holdings-co-ltd"
    assert not (tmp_path / "ws").exists()  # nothing was kept


# ── tables ───────────────────────────────────────────────────────────────────────────

NAMES = "id,name,country\n1,Hetian Taida Apparel Co Ltd,CN\n2,=cmd()|x,\n3,Lisboa Tecidos,PT\n"


def screened(call: Callable[..., Result], tmp_path: Path, out: str) -> Path:
    (tmp_path / "q.csv").write_text(NAMES, "utf-8")
    file = tmp_path / out
    done = call("screen", str(tmp_path / "q.csv"), "--out", str(file), "--as-of", "2024-01-01")
    assert done.exit_code == 0, done.output
    assert not file.with_name(file.name + ".unfinished").exists()
    return file


def test_csv(call: Callable[..., Result], tmp_path: Path) -> None:
    file = screened(call, tmp_path, "hits.csv")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert {row["id"] for row in rows} == {"1", "2", "3"}
    first = next(row for row in rows if row["register"] == "us-uflpa" and row["id"] == "1")
    assert (first["match"], first["effective_from"]) == ("True", "2022-06-21")
    assert "full legal name" in first["why"]
    assert next(row for row in rows if row["id"] == "2")["name"] == "'=cmd()|x"
    lonely = [row for row in rows if row["id"] == "3" and not row["entity"]]
    assert lonely == [] or "us-uflpa: not_listed" in lonely[0]["answers"]


def test_xlsx(call: Callable[..., Result], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(screened(call, tmp_path, "hits.xlsx"))
    rows = list(book.active.values)
    assert rows[0] == COLUMNS
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert {str(row[0]) for row in rows[1:]} == {"1", "2", "3"}


def test_parquet_has_a_row_a_query(call: Callable[..., Result], tmp_path: Path) -> None:
    table = pq.read_table(screened(call, tmp_path, "hits.parquet"))
    assert table.column("id").to_pylist() == ["1", "2", "3"]
    assert json.loads(table.column("matches").to_pylist()[0])


def test_another_form_is_refused_before_anything_is_done(call: Callable[..., Result], tmp_path: Path) -> None:  # fmt: skip
    (tmp_path / "q.csv").write_text(NAMES, "utf-8")
    done = call("screen", str(tmp_path / "q.csv"), "--out", str(tmp_path / "hits.pdf"))
    assert isinstance(done.exception, OptionError)
    assert not (tmp_path / "ws").exists()


# ── long runs ────────────────────────────────────────────────────────────────────────


class Stopped(Exception):  # noqa: N818 (no error of ours: a power cut)
    pass


def test_an_interrupted_run_goes_on(call: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    whole = screened(call, tmp_path, "whole.jsonl").read_text("utf-8")
    asked: list[str] = []
    honest = screening._line

    def line(query: Any, *rest: Any) -> Any:
        asked.append(query.id)
        if query.id == "3" and asked.count("3") == 1:
            raise Stopped
        return honest(query, *rest)

    monkeypatch.setattr(screening, "_line", line)
    args = ("screen", str(tmp_path / "q.csv"), "--out", str(tmp_path / "hits.jsonl"), "--as-of", "2024-01-01")  # fmt: skip
    assert isinstance(call(*args).exception, Stopped)
    assert not (tmp_path / "hits.jsonl").exists()
    assert call(*args).exit_code == 0
    assert asked == ["1", "2", "3", "3"]

    def bare(text: str) -> list[dict[str, Any]]:
        rows = [json.loads(row) for row in text.splitlines()]
        return [{key: row[key] for key in row if key != "receipt"} for row in rows]

    assert bare((tmp_path / "hits.jsonl").read_text("utf-8")) == bare(whole)


def test_lines_of_another_question_do_not_count(tmp_path: Path) -> None:
    first = Unfinished(tmp_path / "x")
    assert first.begin("a") == []
    first.add({"id": "1"})
    first.add({"id": "2"})
    first._stream.close()  # type: ignore[union-attr]  # just opened
    torn = (tmp_path / "x").read_text("utf-8")[:-5]
    (tmp_path / "x").write_text(torn, "utf-8")
    assert Unfinished(tmp_path / "x")._kept("b") == []
    again = Unfinished(tmp_path / "x")
    assert again.begin("a") == [{"id": "1"}]
    again.end()
    assert not (tmp_path / "x").exists()
