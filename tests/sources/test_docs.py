"""The file format as users read it says what the schema does, and its examples run."""

import re
from pathlib import Path

import pytest
from folders import write

from alnage.sources import read_folder
from alnage.sources.schema import TABLES
from alnage.sources.settings import parse_settings

PAGE = Path(__file__).parents[2] / "docs" / "custody-folder.md"

FORMS = {
    "id": "id",
    "text": "text",
    "date": "date",
    "list": "list",
    "identifiers": "list of identifiers",
    "composition": "list of shares",
    "country": "ISO 3166-1 alpha-2",
    "region": "ISO 3166-2",
    "market": "ISO 3166-1 alpha-2 or `EU`",
    "hs": "4 to 10 digits",
    "currency": "three letters",
}


def form(column):
    """What a cell of the column looks like, as the page says it."""
    if column.kind == "choice":
        return ", ".join(f"`{choice}`" for choice in column.choices)
    if column.kind == "number":
        if column.most is not None:
            return f"number {column.least:g} to {column.most:g}"
        if column.least is None:
            return "number"
        return "number above 0" if column.above else "number from 0"
    known = column.refers
    kind = FORMS[column.kind]
    return f"{kind} ({' or '.join(known)})" if known else kind


def if_bad(column):
    """What a cell that can't be read costs."""
    return "row" if column.on_bad == "reject" else "cell"


def documented():
    """Table: rows (column, form, if bad) of the page."""
    tables, current = {}, None
    for line in PAGE.read_text("utf-8").splitlines():
        if match := re.fullmatch(r"### (\w+)", line):
            current = tables.setdefault(match[1], [])
        elif (
            current is not None
            and line.startswith("| ")
            and not line.startswith(("| column", "| ---"))
        ):
            column, _, kind, bad = (cell.strip() for cell in line.strip("|").split("|"))
            current.append((column, kind, bad))
    return tables


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_documented_as_it_is(name):
    expected = [
        (f"**{column.name}**" if column.required else column.name, form(column), if_bad(column))
        for column in TABLES[name]
    ]
    assert documented()[name] == expected


def test_no_table_is_documented_that_does_not_exist():
    assert set(documented()) == set(TABLES)


def blocks(kind):
    """Fenced blocks of a kind, with the file that the line above names."""
    return re.findall(rf"`([\w.\-]+)`:?\n\n```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_example_folder_reads_without_a_word(tmp_path):
    folder = tmp_path / "example"
    for name, text in blocks("csv"):
        write(folder, **{name: text})
    read = read_folder(folder)
    assert set(read.tables) == {"parties", "origins", "movements", "conversions", "entries"}
    assert read.rejected == ()
    assert [finding.text() for finding in read.findings] == []


def test_the_example_map_is_valid():
    ((name, text),) = blocks("toml")
    assert name == "alnage.toml"
    assert parse_settings(text).headings("movements")["shipped"] == ("发货日期",)
