"""The official files as published: counts, check values, and their history."""

import collections
import csv
import datetime as dt
import gzip
import io
import tracemalloc
from functools import cache
from pathlib import Path

import pytest

from alnage.model import Listing, RegisterError
from alnage.registers import Registers, import_file
from alnage.registers.diff import difference
from alnage.registers.formats import Source, read
from alnage.registers.formats.dhs import key_of, with_first_days
from alnage.registers.formats.xml_entries import entries
from alnage.registers.plain import Reading
from alnage.screen import Screener

FILES = Path(__file__).parents[3] / "shared" / "corpora" / "official"
pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="the corpora are not here")

DHS = "us_other/dhs_uflpa_entity_list_2026-07-09.html"


@cache
def reading(name: str) -> tuple[str, Reading]:
    return read(FILES / name, "r")


@pytest.mark.parametrize(
    ("name", "form", "entities", "published"),
    [
        ("ofac/sdn.xml.gz", "ofac-xml", 14_966, "2024-05-07"),
        ("ofac/consolidated.xml.gz", "ofac-xml", 443, "2024-05-06"),
        ("ofac/cons_prim.csv.gz", "ofac-csv", 442, None),
        ("ofac_history/sdn_2024-05-03.csv.gz", "ofac-csv", 14_965, None),
        ("eu/20240513-FULL-1_1.xml.gz", "eu", 4_808, "2024-05-13"),
        ("un/un_consolidated_2024-05-15.xml.gz", "un", 875, "2024-05-15"),
        ("un/un_consolidated_2026-02-27.xml.gz", "un", 1_003, "2026-02-27"),
        (DHS, "dhs", 144, "2025-01-14"),
    ],
)
def test_all_entries_are_read(name: str, form: str, entities: int, published: str | None) -> None:
    told, found = reading(name)
    assert told == form
    assert found.lost == 0
    assert found.problems == ()
    assert len({one.entity for one in with_own_ids(found)}) == entities
    assert found.published == (dt.date.fromisoformat(published) if published else None)


def with_own_ids(found: Reading) -> tuple[Listing, ...]:
    return with_first_days(found.listings, ()) if found.listings[0].basis.startswith("Pub. L.") else found.listings  # fmt: skip


def test_an_eu_entity_under_two_programmes_has_two_listings() -> None:
    found = reading("eu/20240513-FULL-1_1.xml.gz")[1].listings
    assert len(found) == 4_811
    twice = [one for one in found if one.entity == "EU.5121.69"]
    assert {one.clause for one in twice} == {"TAQA", "UNLI"}


def test_every_alias_of_the_sdn_list_is_kept() -> None:
    """21,754 aliases; some entries repeat one, or repeat their name."""
    with gzip.open(FILES / "ofac/sdn.xml.gz") as stream:
        text = stream.read().decode()
    by_entity: dict[str, set[str]] = collections.defaultdict(set)
    for element, _ in entries(io.BytesIO(text.encode()), "sdn", "sdnList", ("sdnEntry",)):
        for aka in element.iterfind("akaList/aka"):
            parts = (aka.findtext("lastName"), aka.findtext("firstName"))
            by_entity[element.findtext("uid") or ""].add(", ".join(" ".join(p.split()) for p in parts if p))  # fmt: skip
    for one in reading("ofac/sdn.xml.gz")[1].listings:
        kept = {one.name, *one.aliases, *one.weak_aliases, *one.name_zh}
        assert by_entity[one.entity] <= kept


def test_the_two_forms_of_the_consolidated_list_agree() -> None:
    xml = {one.entity: one for one in reading("ofac/consolidated.xml.gz")[1].listings}
    table = {one.entity: one for one in reading("ofac/cons_prim.csv.gz")[1].listings}
    both = xml.keys() & table.keys()
    assert len(both) > 400
    same = sum(xml[one].name == table[one].name for one in both)
    assert same / len(both) > 0.97  # the table is a year younger: some were renamed
    basis = sum(
        set(xml[one].basis.split("; ")) <= set(table[one].basis.split("; ")) for one in both
    )
    assert basis / len(both) > 0.97


def test_the_check_values_of_the_uflpa_page() -> None:
    found = reading(DHS)[1].listings
    assert len(found) == 160
    assert collections.Counter(one.clause for one in found) == {"i": 9, "ii": 43, "v": 108}
    assert len({key_of(one.name) for one in found}) == 144
    assert sum(len(one.aliases) for one in found) == 103
    assert collections.Counter(one.scope for one in found) == {"own": 155, "subordinate_and_affiliated": 3, "subsidiaries": 2}  # fmt: skip
    by_page = {key_of(one.name) for one in found if one.listed_on == dt.date(2022, 6, 21)}
    first: dict[str, dt.date] = {}
    known = Registers.load(None)["us-uflpa"].listings
    for one in with_first_days(found, known):
        assert one.effective_from
        first[one.entity] = min(one.effective_from, first.get(one.entity, one.effective_from))
    assert len(by_page) == 16
    assert sum(day == dt.date(2022, 6, 21) for day in first.values()) == 20


def test_the_page_says_what_the_bundled_register_says(tmp_path: Path) -> None:
    done = import_file(FILES / DHS, tmp_path / "ws", "us-uflpa", today=dt.date(2026, 7, 9))
    bundled = [o for o in Registers.load(None)["us-uflpa"].listings if "status: official_page" in o.notes]  # fmt: skip
    ours = {(one.entity, one.clause): one for one in done.register.listings}
    assert ours.keys() == {(one.entity, one.clause) for one in bundled}
    for one in bundled:
        twin = ours[one.entity, one.clause]
        for key in ("name", "aliases", "effective_from", "listed_on", "announced_on", "scope", "country", "name_zh"):  # fmt: skip
            assert getattr(twin, key) == getattr(one, key), (one.entity, key)


def test_a_shipment_of_2023_from_a_renamed_entity_still_meets_it(tmp_path: Path) -> None:
    done = import_file(FILES / DHS, tmp_path / "ws", "us-uflpa", today=dt.date(2026, 7, 9))
    screener = Screener([done.register], as_of=dt.date(2023, 3, 1))
    assert screener.search("Hefei Meiling Co Ltd")[0].same_name


def test_cut_in_the_middle_the_page_is_refused(tmp_path: Path) -> None:
    whole = (FILES / DHS).read_bytes()
    for share in (0.3, 0.65, 0.75, 0.9, 0.999):
        file = tmp_path / "page.html"
        file.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(RegisterError):
            read(file, "r", "dhs")


def test_the_cbp_export() -> None:
    form, found = reading("us_other/cbp_export_layout_2026-06-23.csv")
    assert form == "cbp"
    assert found.published == dt.date(2026, 6, 23)
    assert collections.Counter(one.clause for one in found.listings)["finding"] == 9
    bundled = {one.entity for one in Registers.load(None)["us-wro"].listings}
    ours = {one.entity for one in found.listings}
    assert len(ours & bundled) >= 57
    assert "xinjiang-production-and-construction-corporation" in ours & bundled
    assert (
        sum("status: superseded_by_practice" in one.notes for one in found.listings) == 12
    )  # one row names two parties


def test_the_consolidated_screening_list() -> None:
    form, found = reading("us_other/csl_2022-04.csv.gz")
    assert form == "csl"
    assert found.lost == 0
    lists = collections.Counter(one.clause for one in found.listings)
    assert (lists["SDN"], lists["CMIC"], lists["FSE"], len(lists)) == (10_026, 68, 3, 13)
    assert not any("uflpa" in one.clause.casefold() for one in found.listings)
    assert sum(any(i.startswith("uscc:") for i in one.identifiers) for one in found.listings) >= 60
    with pytest.raises(RegisterError) as caught:
        read(FILES / "us_other/csl_2023-11_part.csv.gz", "r")
    assert caught.value.code == "register_cut_off"


@pytest.mark.parametrize(
    ("name", "form", "rows"),
    [("bis_dpl.txt.gz", "bis-dpl", 400), ("bis_entity_list.json.gz", "bis-json", 3_400), ("bis_meu.json", "bis-json", 70)],
)  # fmt: skip
def test_the_lists_of_bis(name: str, form: str, rows: int) -> None:
    told, found = reading(f"us_other/{name}")
    assert (told, found.lost) == (form, 0)
    assert len(found.listings) >= rows


def test_memory_stays_that_of_the_largest_entry() -> None:
    source = Source(FILES / "un/un_consolidated_2026-02-27.xml.gz")
    names = ("INDIVIDUAL", "ENTITY")
    tracemalloc.start()
    try:
        with source.open() as stream:
            count = sum(1 for _ in entries(stream, "un", "CONSOLIDATED_LIST", names))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 1_003
    assert peak < 1 << 20  # the document itself has 2 MB


def test_the_history_of_the_sdn_list_is_its_event_log(tmp_path: Path) -> None:
    """Three whole snapshots imported one after another; between them 308 days of events."""
    days = ("2021-08-18", "2023-02-08", "2024-05-03")
    with gzip.open(FILES / "ofac_history/sdn_events_2021-08-18_2024-05-03.csv.gz", "rt", encoding="utf-8") as stream:  # fmt: skip
        events = list(csv.DictReader(stream))
    present: set[str] = set()
    ever: set[str] = set()
    for old, new in zip((None, *days), days, strict=False):
        file = FILES / f"ofac_history/sdn_{new}.csv.gz"
        day = dt.date.fromisoformat(new)
        if old is not None:
            with pytest.raises(RegisterError):  # so many names are missing: it asks
                import_file(file, tmp_path / "ws", "sdn", today=day)
        import_file(file, tmp_path / "ws", "sdn", today=day, confirm=True)
        registers = Registers.load(tmp_path / "ws")
        register = registers["sdn"]
        if old is None:
            present = set(register.entities())
        else:
            before = registers.version("sdn", registers.versions("sdn")[-2].version)
            added, gone = _replay(events, old, new, present)
            found = difference(before, register)
            assert set(found.absent) == gone
            assert set(found.added) == added - ever
            present = (present | added) - gone
        ever |= present
        now = {one.entity for one in register.listings if one.absent_since is None}
        assert now == present
        assert set(register.entities()) == ever
        assert not any(one.removed_on for one in register.listings)


def _replay(
    events: list[dict[str, str]], old: str, new: str, present: set[str]
) -> tuple[set[str], set[str]]:
    """What came and what went between two days, by the log of events."""
    then = set(present)
    for event in events:
        if old < event["snapshot_date"] <= new:
            if event["op"] == "ADD":
                then.add(event["uid"])
            elif event["op"] == "DEL":
                then.discard(event["uid"])
    return then - present, present - then
