"""What a ``no`` needs: each single weakness of a clean folder takes it away."""

import datetime as dt

import pytest

from alnage.assess.consignment import Assessment, assess
from alnage.assess.folder import OpenFolder
from alnage.law import LawBook
from alnage.model import Listing
from alnage.registers import Register, Registers

CLEAN = {
    "parties": ["party,name,country,region,parent", "C,Ceeland Cotton Co,VN,VN-44,", "B,Beeland Mills Co,VN,VN-44,", "D,Deeland Inc,US,US-NY,"],
    "sites": ["site,party,country,region", "C,C,VN,VN-44", "B,B,VN,VN-44", "D,D,US,US-NY"],
    "origins": ["event,date,site,material,quantity,unit,kind,document", "o2,2024-01-01,C,w,50,kg,mined,d2"],
    "movements": ["event,shipped,from_site,to_site,material,quantity,unit,document", "m2,2024-01-02,C,B,w,50,kg,d4", "m3,2024-02-01,B,D,y,40,kg,d5"],
    "conversions": ["event,date,site,direction,material,quantity,unit,document", "c1,2024-01-10,B,in,w,50,kg,d6", "c1,2024-01-10,B,out,y,40,kg,d6"],
    "entries": ["entry,market,date,movement,line,importer", "e1,US,2025-06-01,m3,1,D"],
    "documents": ["document,kind,proves", "d2,,o2", "d4,,m2", "d5,,m3", "d6,,c1"],
}  # fmt: skip
WEAK = {
    "a rejected site": ("sites", 1, "C,C,CN,Xinjiang"),
    "a site of nobody": ("sites", 1, "C,,CN,CN-XJ"),
    "no region of its own": ("sites", 1, "C,C,CN,"),
    "an untold parent": ("parties", 1, "C,Ceeland Cotton Co,VN,VN-44,nobody"),
    "a party told twice": ("parties", 4, "C,Another Name,CN,CN-XJ,"),
    "two markets": ("entries", 2, "e1,EU,2025-06-01,m3,2,D"),
    "a month of importation": ("entries", 1, "e1,US,2025-06,m3,1,D"),
    "a rejected line": ("entries", 2, "e1,US,30/02/2025,m3,2,D"),
}


def presumption(tables, folder, **listing):
    folder.mkdir()
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", "utf-8")
    listed = Listing("r1", "e", "Elsewhere Spinning Co., Ltd.", country="CN", **listing)
    registers = Registers.of(Register("r1", "us-uflpa", (listed,)))
    findings = assess(
        OpenFolder(folder, registers), LawBook.load(), Assessment(dt.date(2026, 1, 1))
    )
    return {
        verdict["answer"]
        for target in findings["targets"]
        for verdict in target["verdicts"]
        if (verdict["regime"], verdict["question"]) == ("US-UFLPA", "presumption")
    }


def test_a_clean_folder_does_not_meet_the_conditions(tmp_path):
    assert presumption(CLEAN, tmp_path / "clean") == {"no"}


@pytest.mark.parametrize("name", WEAK)
def test_one_weakness_takes_the_no_away(name, tmp_path):
    table, at, row = WEAK[name]
    rows = list(CLEAN[table])
    rows[at : at + 1] = [row]
    assert presumption({**CLEAN, table: rows}, tmp_path / "weak") == {"unknown"}


def test_a_register_that_names_identifiers_can_not_be_answered_without_one(tmp_path):
    code = "uscc:91350100M000100Y43"
    assert presumption(CLEAN, tmp_path / "f", identifiers=(code,)) == {"unknown"}
