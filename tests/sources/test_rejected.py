import csv
import json

import pytest
from folders import MOVE, codes, movement, one_movement, table, write
from hypothesis import given
from hypothesis import strategies as st

from alnage.sources import neutral, read_folder, write_rejected
from alnage.sources.rejected import COLUMNS


def rejected_csv(folder, path, lang="en"):
    read = read_folder(folder)
    write_rejected(read.rejected, path, lang)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), read.rejected


def test_every_rejected_row_is_written_whole(tmp_path):
    text = table(MOVE, movement(quantity="-5")[1], movement(shipped="30/02/2024")[1])
    lines, rejected = rejected_csv(write(tmp_path / "f", movements__csv=text), tmp_path / "r.csv")
    assert tuple(lines[0]) == COLUMNS
    assert [(line["row"], line["code"]) for line in lines] == [
        (str(row), code) for row, code in codes(rejected)
    ]
    assert json.loads(lines[0]["values"])["quantity"] == "-5"
    assert "30/02/2024" in lines[1]["reason"]


def test_reasons_speak_the_users_language(tmp_path):
    lines, _ = rejected_csv(one_movement(tmp_path / "f", quantity="0"), tmp_path / "r.csv", "zh")
    assert "不大于零" in lines[0]["reason"]


@pytest.mark.parametrize(
    "formula", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "＝1", "＋1a", "－x", "＠x", "\t=1", "\r=1"]
)
def test_formulas_are_neutralised(formula):
    assert neutral(formula) == f"'{formula}"


@pytest.mark.parametrize("plain", ["-5", "+5", "-1.5e3", "cotton", "", "a=b"])
def test_numbers_and_words_stay(plain):
    assert neutral(plain) == plain


@given(st.text())
def test_no_cell_starts_as_a_formula(text):
    cell = neutral(text)
    assert cell.removeprefix("'") == text.removeprefix("'")
    if cell.lstrip()[:1] in set("=@＝＠"):
        raise AssertionError(cell)


def test_formulas_in_rejected_rows_are_neutralised(tmp_path):
    lines, _ = rejected_csv(
        one_movement(tmp_path / "f", event="=HYPERLINK(1)", quantity="0"), tmp_path / "r.csv"
    )
    assert lines[0]["event"] == "'=HYPERLINK(1)"
    assert json.loads(lines[0]["values"])["event"] == "'=HYPERLINK(1)"


def test_a_file_rejected_whole_has_no_row(tmp_path):
    lines, _ = rejected_csv(write(tmp_path / "f", parties__csv=""), tmp_path / "r.csv")
    assert (lines[0]["table"], lines[0]["file"], lines[0]["row"]) == ("parties", "parties.csv", "")
