"""Bad data never improves an answer: making any row worse never turns yes or unknown into no.

Random networks are assessed twice: as they are, and with one row made worse (a unit nobody
knows, a region, lot, document or identifier blanked, a quantity that is no number). No
verdict may become ``no`` that was not ``no`` before.
"""

import copy
import datetime as dt
import random

import pytest
from networks import network, write_folder

from alnage.assess.consignment import Assessment, assess
from alnage.assess.folder import OpenFolder
from alnage.law import LawBook
from alnage.model import Listing
from alnage.registers import Register, Registers

TODAY = dt.date(2026, 1, 1)
FLOWS = ("origins", "movements", "conversions")


def blank(name):
    def worsen(row):
        row[name] = ""

    return worsen


def spoil(name, value):
    def worsen(row):
        row[name] = value

    return worsen


WORSE = [
    (FLOWS, "unit", spoil("unit", "stones")),
    (FLOWS, "quantity", spoil("quantity", "abc")),
    (FLOWS, "quantity", spoil("quantity", "-5")),
    (FLOWS, "lot", blank("lot")),
    (FLOWS, "document", blank("document")),
    (("origins", "conversions"), "date", spoil("date", "30/02/2024")),
    (("movements",), "shipped", spoil("shipped", "2024-13")),
    (("movements",), "to_site", blank("to_site")),
    (("parties", "sites"), "region", blank("region")),
    (("parties", "sites"), "country", blank("country")),
    (("parties",), "identifiers", blank("identifiers")),
    (("entries",), "movement", spoil("movement", "nowhere")),
    (("entries",), "quantity", spoil("quantity", "many")),
]


def register():
    listed = Listing("r1", "e1", "Iskandel Paste Factory", effective_from=dt.date(2024, 1, 1))
    return Register("r1", "us-uflpa", (listed,))


def answers(tables, folder, book):
    write_folder(tables, folder)
    findings = assess(
        OpenFolder(folder, Registers.of(register())), book, Assessment(TODAY, explain=0)
    )
    return {
        (target["target"], verdict["regime"], verdict["question"]): verdict["answer"]
        for target in findings["targets"]
        for verdict in target["verdicts"]
    }


def worsened(tables, rng):
    """A copy with one row made worse, and what was done."""
    tables = copy.deepcopy(tables)
    choices = [
        (name, i, column, worsen)
        for names, column, worsen in WORSE
        for name in names
        for i, row in enumerate(tables.get(name, []))
        if row.get(column)
    ]
    name, i, column, worsen = rng.choice(choices)
    worsen(tables[name][i])
    return tables, f"{name} row {i + 2} {column}"


@pytest.mark.parametrize("block", range(8))
def test_a_worse_row_never_yields_a_no(block, tmp_path):
    book = LawBook.load()
    for seed in range(block * 4, block * 4 + 4):
        tables = network(1000 + seed).tables
        before = answers(tables, tmp_path / f"{seed}", book)
        rng = random.Random(seed)
        for n in range(6):
            worse, what = worsened(tables, rng)
            after = answers(worse, tmp_path / f"{seed}-{n}", book)
            for key, answer in after.items():
                assert answer != "no" or before.get(key) in ("no", None), (
                    seed,
                    what,
                    key,
                    before.get(key),
                )
