"""The workbook: ten sheets, text as text, numbers as numbers, the same file each time."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sample import findings

from alnage.model import OptionError
from alnage.report import write_xlsx
from alnage.report.xlsx import neutral, sheets


@pytest.fixture(params=["en", "zh"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "findings.xlsx"
    write_xlsx(findings(), path, request.param)
    return path


def test_it_opens_with_ten_sheets_and_frozen_heads(file: Path) -> None:
    book = load_workbook(file)
    assert len(book.sheetnames) == 10
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert all(cell.value for cell in sheet[1])


def test_no_cell_is_a_formula_or_could_become_one(file: Path) -> None:
    for sheet in load_workbook(file):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                if isinstance(cell.value, str):
                    assert not cell.value.startswith(tuple("=+-@\t\r＝＋－＠"))
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
            assert "externalLink" not in name


def test_a_formula_in_a_name_is_kept_as_text(tmp_path: Path) -> None:
    write_xlsx(findings(), tmp_path / "f.xlsx", "en")
    values = [
        c.value for row in load_workbook(tmp_path / "f.xlsx")["Parties"].iter_rows() for c in row
    ]
    assert '\'=HYPERLINK("x","y")' in values


def test_the_same_findings_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_xlsx(findings(), tmp_path / name, "zh")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_numbers_are_numbers_and_tiny_shares_are_not_shown_as_none(tmp_path: Path) -> None:
    write_xlsx(findings(), tmp_path / "f.xlsx", "en")
    sheet = load_workbook(tmp_path / "f.xlsx")["Numbers"]
    heads = [cell.value for cell in sheet[1]]
    rows = [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    tiny = next(r for r in rows if r["Entry"].value == "E-02")
    assert tiny["expected"].value == pytest.approx(1e-5)
    assert "< 0.01 %" in tiny["expected"].number_format


def test_sheets_hold_what_the_page_says() -> None:
    by_name = {sheet.name: sheet for sheet in sheets(findings(), "en")}
    assert [row[0] for row in by_name["Entries"].rows] == ["E-01", "E-02", "E-03", "E-04"]
    verdicts = {(r[0], r[1], r[2]): r[3] for r in by_name["Verdicts"].rows}
    assert verdicts["E-01", "US-UFLPA", "prohibition"] == "yes, unverified"
    assert verdicts["E-04", "US-UFLPA", "presumption"].startswith(
        "conditions not met on these facts"
    )
    places = [r[3] for r in by_name["Reasons"].rows if r[0] == "E-01" and r[2] == "presumption"]
    assert places == ["1", "1.1", "1.2", "1.3"]
    assert any("conversions.csv, row 31" in str(row[5]) for row in by_name["Reasons"].rows)
    assert by_name["Rejected"].rows[0][0] == "movements.csv, row 44"
    assert len({sheet.name for sheet in sheets(findings(), "zh")}) == 10


def test_every_row_is_as_wide_as_its_heads() -> None:
    for lang in ("en", "zh"):
        for sheet in sheets(findings(), lang):
            assert {len(row) for row in sheet.rows} <= {len(sheet.heads)}


def test_the_chinese_workbook_has_chinese_heads() -> None:
    for sheet in sheets(findings(), "zh"):
        assert re.search(r"[\u4e00-\u9fff]", sheet.name)
        assert all(re.search(r"[\u4e00-\u9fff]", head) for head in sheet.heads)


@given(st.text())
def test_neutral_text_never_starts_like_a_formula(text: str) -> None:
    assert not neutral(text).startswith(tuple("=+-@\t\r\n|%＝＋－＠"))
    assert len(neutral(text)) <= 32_767


def test_empty_findings_still_make_a_workbook(tmp_path: Path) -> None:
    write_xlsx({}, tmp_path / "f.xlsx", "zh")
    assert len(load_workbook(tmp_path / "f.xlsx").sheetnames) == 10


def test_a_path_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as told:
        write_xlsx({}, tmp_path / "none" / "f.xlsx", "en")
    assert str(told.value).startswith("f.xlsx: The workbook cannot be written")
