"""The examples in the documents run, and every option and column is in them."""

import doctest
from pathlib import Path

import pytest

from alnage.doors.cli.screen import screen
from alnage.registers.plain import PLAIN_COLUMNS, READERS
from alnage.registers.store import BUNDLED
from alnage.screen.queries import COLUMNS, SCHEMAS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["registers.md", "screening.md"])
def test_examples_run(name: str) -> None:
    found = doctest.testfile(str(DOCS / name), module_relative=False, encoding="utf-8")
    assert found.attempted > 0
    assert found.failed == 0


def test_every_option_and_column_is_documented() -> None:
    text = (DOCS / "screening.md").read_text("utf-8")
    options = {name for param in screen.params for name in (*param.opts, *param.secondary_opts)}
    hidden = {"--lang", "--workspace", "--receipt", "file"}
    assert {name for name in options - hidden if name not in text} == set()
    assert {name for name in (*COLUMNS, *SCHEMAS) if name not in text} == set()


def test_every_register_format_and_column_is_documented() -> None:
    text = (DOCS / "registers.md").read_text("utf-8")
    assert {name for name in (*PLAIN_COLUMNS, *READERS, *BUNDLED) if name not in text} == set()
