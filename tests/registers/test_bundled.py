"""The bundled snapshots against the published totals, and the traps of the sources."""

import datetime as dt
import json
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from alnage.registers import Register, Registers, noted
from alnage.registers.register import GAPS
from alnage.words import catalogue

FACTS = Path(__file__).parents[3] / "shared" / "facts"
# Totals of the UFLPA Entity List by effective date, as published (individual counting).
TOTALS = {
    "2022-06-21": 20,
    "2023-06-12": 30,
    "2023-08-02": 33,
    "2023-09-27": 36,
    "2023-12-11": 39,
    "2024-05-17": 65,
    "2024-06-12": 68,
    "2024-08-09": 73,
    "2024-10-03": 75,
    "2024-11-01": 78,
    "2024-11-25": 107,
    "2025-01-15": 144,
}


@pytest.fixture(scope="module")
def registers() -> Registers:
    return Registers.load(None)


@pytest.fixture(scope="module")
def uflpa(registers: Registers) -> Register:
    return registers["us-uflpa"]


@pytest.mark.parametrize(("day", "total"), TOTALS.items())
def test_totals_on_the_day(uflpa: Register, day: str, total: int) -> None:
    on = dt.date.fromisoformat(day)
    assert len({one.entity for one in uflpa.in_force(on)}) == total
    assert len({one.entity for one in uflpa.in_force(on - dt.timedelta(days=1))}) < total


def test_eight_of_the_additions_of_august_2026_are_known_and_the_gap_is_said(
    uflpa: Register,
) -> None:
    after = {one.entity for one in uflpa.in_force(dt.date(2026, 8, 3))}
    before = {one.entity for one in uflpa.in_force(dt.date(2026, 8, 2))}
    assert len(after - before) == 8
    assert uflpa.complete_on(dt.date(2026, 8, 2))
    assert not uflpa.complete_on(dt.date(2026, 8, 3))
    assert any(
        gap.code == "uflpa_additions_missing" and gap.params["missing"] == 35 for gap in uflpa.gaps
    )


def test_sub_lists_by_rows(uflpa: Register) -> None:
    official = [one for one in uflpa.listings if noted(one, "status") == "official_page"]
    assert Counter(one.clause for one in official) == {"i": 9, "ii": 43, "v": 108}


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Xinjiang East Hope Nonferrous Metals Co., Ltd.", "2022-06-21"),
        ("Changhong Meiling Co., Ltd.", "2022-06-21"),
        ("Changji Esquel Textile Co., Ltd.", "2022-06-21"),
        ("Xinjiang Goens Energy Technology Co., Ltd.", "2022-06-21"),
    ],
)
def test_an_amended_entry_keeps_its_first_legal_effect(
    uflpa: Register, name: str, first: str
) -> None:
    found = [one for one in uflpa.listings if one.name == name]
    assert [one.effective_from.isoformat() for one in found if one.effective_from] == [first]
    assert all(
        one.listed_on and one.listed_on > one.effective_from for one in found if one.effective_from
    )


def test_two_sub_lists_have_their_own_dates(uflpa: Register) -> None:
    found = {one.clause: one for one in uflpa.listings if one.entity.startswith("aksu-huafu-color")}
    assert found["ii"].effective_from == dt.date(2022, 6, 21)
    assert found["v"].effective_from == dt.date(2025, 1, 15)


def test_a_rename_is_the_same_entity_and_no_removal(uflpa: Register) -> None:
    gcl, goens = ([one for one in uflpa.listings if word in one.name] for word in ("GCL", "Goens"))
    assert {one.entity for one in gcl} == {one.entity for one in goens}
    assert all(one.removed_on is None for one in (*gcl, *goens))


def test_scope_is_wide_only_where_the_page_says_so(uflpa: Register) -> None:
    wide = {one.entity: one.scope for one in uflpa.listings if one.scope != "own"}
    assert wide == {
        "xinjiang-production-and-construction-corps": "subordinate_and_affiliated",
        "hoshine-silicon-industry-shanshan-co-ltd": "subsidiaries",
    }


def test_unconfirmed_chinese_names_are_only_leads(uflpa: Register) -> None:
    certain = {"exchange_pair", "company_filing", "press", "press_and_register"}
    statuses = {noted(one, "name_zh") for one in uflpa.listings if one.name_zh}
    assert statuses <= certain
    leads = [one for one in uflpa.listings if noted(one, "name_zh") == "unverified"]
    assert leads
    assert all(one.weak_aliases and not one.name_zh for one in leads)


def test_announcements_come_before_effect(registers: Registers) -> None:
    for register in registers.values():
        for one in register.listings:
            if one.announced_on and one.listed_on:
                assert one.announced_on <= one.listed_on


def test_every_row_is_cited(registers: Registers) -> None:
    for register in registers.values():
        for one in register.listings:
            assert one.citations, one.name
            assert all(cite.text for cite in one.citations)


def test_wro_cells_with_several_parties_are_apart(registers: Registers) -> None:
    wro = registers["us-wro"]
    names = {one.name for one in wro.listings}
    assert {"Fuchu Prison", "Union Kogyo Co., Ltd."} <= names
    assert not any(";" in name for name in names)
    annapurna = next(one for one in wro.listings if one.name == "Annapurna Carpet")
    assert annapurna.in_force(dt.date(2021, 7, 22))
    assert not annapurna.in_force(dt.date(2021, 7, 23))


def test_xinjiang_orders_stay_in_force_but_are_superseded_in_practice(registers: Registers) -> None:
    found = [
        one
        for one in registers["us-wro"].listings
        if noted(one, "status") == "superseded_by_practice"
    ]
    assert len(found) == 12  # eleven orders, one of which names two parties
    assert all(one.in_force(dt.date(2026, 6, 23)) for one in found)
    region = next(one for one in found if noted(one, "group") == "region:CN-XJ")
    assert noted(region, "materials") == "cotton; tomato"


def test_wro_is_complete_only_for_the_day_of_its_export(registers: Registers) -> None:
    wro = registers["us-wro"]
    assert [wro.complete_on(dt.date(2026, 6, day)) for day in (22, 23, 24)] == [False, True, False]


def test_prc_measures_are_a_selection(registers: Registers) -> None:
    afsl, uel = registers["cn-afsl"], registers["cn-uel"]
    assert not afsl.complete_on(dt.date(2026, 8, 5))
    assert {one.name for one in uel.in_force(dt.date(2025, 2, 4))} == {"PVH Group", "Illumina"}
    assert not uel.in_force(dt.date(2025, 2, 3))
    bank = next(one for one in afsl.listings if one.name == "UAB Urbo Bankas")
    assert (bank.effective_from, bank.removed_on) == (dt.date(2025, 8, 13), dt.date(2026, 4, 24))
    august = [one for one in afsl.listings if one.effective_from == dt.date(2026, 8, 5)]
    assert len(august) == 7
    kharon = next(one for one in afsl.listings if one.name == "1nteger, LLC")
    assert "Kharon" in kharon.aliases


def test_gaps_have_words_in_both_languages(registers: Registers) -> None:
    for register in registers.values():
        for gap in register.gaps:
            assert gap.code in GAPS
            for lang in ("en", "zh"):
                assert f"reason.{gap.code}" in catalogue(lang)


@pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not here")
def test_the_build_gives_the_same_bytes(tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "scripts" / "build_registers.py"
    code = (
        "import sys, runpy, pathlib;"
        f"g = runpy.run_path({str(script)!r});"
        f"g['main'].__globals__['OUT'] = pathlib.Path({str(tmp_path)!r});"
        f"g['main'](pathlib.Path({str(FACTS)!r}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    for name in ("us-uflpa", "us-wro", "cn-uel", "cn-afsl"):
        bundled = files("alnage.registers.data").joinpath(f"{name}.json").read_bytes()
        assert (tmp_path / f"{name}.json").read_bytes() == bundled


def test_no_machine_path_or_private_source_is_in_the_data() -> None:
    for name in ("us-uflpa", "us-wro", "cn-uel", "cn-afsl"):
        text = files("alnage.registers.data").joinpath(f"{name}.json").read_text("utf-8")
        assert "/work" not in text
        assert "unnamed" not in text
        assert json.loads(text)["schema"] == "register/1"
