"""Screening the invented parties: the planted ones answer, and no real listing is touched."""

import datetime as dt
from importlib.util import find_spec
from pathlib import Path

import pytest

from alnage import examples

if find_spec("alnage.screen.listing") is None:
    pytest.skip("there is no screening yet", allow_module_level=True)

from alnage.registers import Registers, import_file
from alnage.screen import screen_parties
from alnage.sources import read_folder

LISTED = {
    "cotton-tshirts": ({"hoopoe", "gull"}, {"thrush"}),
    "tomato-ketchup": ({"poplar", "camphor"}, {"birch"}),
    "solar-modules": ({"agate", "amber", "topaz"}, {"onyx"}),
    "listed-spinners": ({"perch", "carp"}, {"carp-vn"}),
}
each = pytest.mark.parametrize("name", examples.NAMES)


def screened(name: str, registers: Registers) -> dict[str, set[str]]:
    tables = read_folder(examples.folder(name)).tables
    found = screen_parties(tables["parties"], tables.get("ownership"), registers)
    return {
        certainty: {x.party for x in found if x.certainty == certainty}
        for certainty in ("listed", "possible")
    }


@each
def test_no_invented_party_is_like_a_really_listed_one(name: str) -> None:
    assert screened(name, Registers.load(None)) == {"listed": set(), "possible": set()}


@each
def test_only_the_planted_parties_answer(name: str, tmp_path: Path) -> None:
    import_file(
        examples.register(name),
        tmp_path,
        "example",
        form="csv",
        kind="us-uflpa",
        today=dt.date(2026, 1, 5),
    )
    found = screened(name, Registers.of(Registers.load(tmp_path)["example"]))
    listed, possible = LISTED[name]
    assert found["listed"] == listed
    assert found["possible"] - found["listed"] == possible
