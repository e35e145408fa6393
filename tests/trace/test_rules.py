"""The examples of ``docs/tracing.md``, run: the page can't drift from the program.

Every heading of the third level with a table ``expect`` is an example. Its tables are
written as a custody folder, its registers are imported, and each figure of ``expect`` is
asked of the product and, where it answers that field, of the reference.

    docs/tracing.md ── examples() ──> Example ──┬── alnage trace
                                                └── Reference
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from networks import write_csv, write_folder
from reference import Answer, Reference
from reference_groups import Listed

from alnage.doors.cli import alnage

PAGE = Path(__file__).parents[2] / "docs" / "tracing.md"
BLOCK = re.compile(r"^```csv ([a-z]+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Kilograms of seed cotton behind a kilogram: gin 2.6, then carded yarn 1.143.
PER_KG = {"lint": Fraction("2.6"), "carded yarn": Fraction("2.6") * Fraction("1.143")}
# What the reference does not model: inputs that a step does not name.
PRODUCT_ONLY = {"An input that the step does not name does not dilute"}


@dataclass(frozen=True, slots=True)
class Example:
    """One heading of the page with its tables."""

    name: str
    tables: Mapping[str, list[dict[str, str]]]
    registers: Mapping[str, list[dict[str, str]]]
    expect: list[dict[str, str]] = field(default_factory=list)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def examples() -> Iterator[Example]:
    """All examples of the page, in order."""
    text = PAGE.read_text("utf-8")
    common = {name: rows(body) for kind, name, body in BLOCK.findall(text) if kind == "common"}
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        name, _, body = section.partition("\n")
        tables = dict(common)
        registers, expect = {}, []
        for kind, title, content in BLOCK.findall(body):
            if kind == "expect":
                expect = rows(content)
            elif kind == "register":
                registers[title] = rows(content)
            else:
                tables[kind] = rows(content)
        yield Example(name.strip(), tables, registers, expect)


ALL = list(examples())


@pytest.fixture(params=ALL, ids=[example.name for example in ALL])
def example(request: pytest.FixtureRequest) -> Example:
    found: Example = request.param
    return found


def traced(example: Example, place: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """What ``alnage trace`` says, by target and group."""
    workspace = ("--workspace", str(place / "workspace"))
    for register, listed in example.registers.items():
        file = place / f"{register}.csv"
        write_csv(file, list(listed[0]), listed)
        run("registers", "import", str(file), "--as", register, "--format", "csv", *workspace)
    folder = write_folder(example.tables, place / "folder")
    out = place / "out.jsonl"
    asked = [(f"--{name}", row[name]) for name in ("target", "group") for row in example.expect]
    options = [word for option in dict.fromkeys(asked) for word in option]
    run("trace", str(folder), *options, "--bounds", "exact", "--out", str(out), *workspace)
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return {(line["target"], line["group"]): line for line in lines}


def run(*args: str) -> None:
    result = CliRunner().invoke(alnage, args)
    assert result.exit_code == 0, f"{args}: {result.output}\n{result.exception!r}"


def listings(example: Example) -> dict[str, list[Listed]]:
    """Who of the parties is listed: the same name certainly, nearly the same possibly."""
    found: dict[str, list[Listed]] = {}
    for register, entries in example.registers.items():
        for entry in entries:
            start, end = (
                dt.date.fromisoformat(entry[column]) if entry[column] else None
                for column in ("effective_from", "removed_on")
            )
            for party in example.tables["parties"]:
                ratio = difflib.SequenceMatcher(None, party["name"], entry["name"]).ratio()
                if ratio > 0.9:
                    listed = Listed(party["party"], certain=ratio == 1.0, start=start, end=end)
                    found.setdefault(register, []).append(listed)
    return found


def agrees(name: str, said: str, value: Any) -> bool:
    """Whether ``value`` is what the page says in column ``name``."""
    if name == "incomplete":
        return bool(value) is (said == "yes")
    if name in ("paths", "gaps", "evidence"):
        text = json.dumps(value)
        return bool(value) and (said == "any" or all(f'"{e}"' in text for e in said.split()))
    if isinstance(value, bool):
        return value is (said == "yes")
    if said.startswith(">"):
        return bool(value > float(said[1:]))
    if isinstance(value, str):
        return value == said
    return abs(float(value) - float(said)) <= 1e-9 * max(1.0, abs(float(said)))


def wrong(row: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """The fields of an expected line that don't come out: what the page says, what is."""
    return {
        name: (said, values[name])
        for name, said in row.items()
        if name not in ("target", "group") and said and name in values
        if not agrees(name, said, values[name])
    }


def test_every_example_expects_something(example: Example) -> None:
    assert example.expect
    assert all(len(row) > 2 for row in example.expect)


def test_the_page_shows_every_rule_and_field() -> None:
    shown = {name for example in ALL for row in example.expect for name in row}
    fields = "reachable min expected max undocumented unresolved claimed custody paths gaps"
    assert shown >= {*fields.split(), "evidence", "incomplete", "quantity_kg", "kind"}
    asked = {row["group"].split(":")[0] for example in ALL for row in example.expect}
    assert asked == {"region", "listed", "listed-then", "party", "held"}


def test_the_product_says_so(example: Example, tmp_path: Path) -> None:
    lines = traced(example, tmp_path)
    for row in example.expect:
        line = lines[row["target"], row["group"]]
        assert set(row) <= set(line)
        assert wrong(row, line) == {}, row


def test_the_reference_says_so(example: Example) -> None:
    if example.name in PRODUCT_ONLY:
        pytest.skip("the reference knows no components")
    reference = Reference(example.tables, listings(example), per_kg=PER_KG)
    for row in example.expect:
        answer = reference.answer(row["target"], row["group"])
        values = {name: getattr(answer, name) for name in Answer.__slots__}
        assert wrong(row, values) == {}, row
