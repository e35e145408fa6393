"""docs/walk-through.md: every row of its tables is a planted truth, its Python runs."""

import doctest
import json
from pathlib import Path

import pytest

from alnage import examples

PAGE = Path(__file__).parents[2] / "docs" / "walk-through.md"
LINES = PAGE.read_text("utf-8").splitlines()
CELLS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES if line[:1] == "|"]
TABLE = [cells for cells in CELLS if cells[0] in examples.NAMES and len(cells) == 6]


def test_the_page_has_its_tables() -> None:
    assert len(TABLE) >= 20
    assert {cells[0] for cells in TABLE} == set(examples.NAMES)


@pytest.mark.parametrize("cells", TABLE, ids=lambda cells: " ".join(cells[:4]))
def test_a_row_is_a_planted_truth(cells: list[str]) -> None:
    name, target, group, field, value, _ = cells
    truths = json.loads((examples.folder(name) / "truths.json").read_text("utf-8"))
    values = [
        truth["value"]
        for truth in truths
        if (truth["target"], truth["group"], truth["field"]) == (target, group, field)
        and truth["op"] == "=="
    ]
    assert json.loads(value) in values


def test_the_python_of_the_page_runs() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried >= 3
    assert failed == 0
