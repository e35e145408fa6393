"""Imports, versions and what a version may say: nothing is lost, nobody is delisted by silence."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alnage.model import AlnageError, RegisterError
from alnage.registers import Registers, import_file, register_from_json, register_to_json, verify
from alnage.registers.diff import difference
from alnage.registers.plain import READERS, plain_rows, read_csv

DAY = dt.date(2026, 3, 1)
HEAD = "entity,name,aliases,name_zh,country,region,register,effective_from,removed_on,identifiers\n"


def write(folder: Path, *rows: str, name: str = "list.csv") -> Path:
    file = folder / name
    file.write_text(HEAD + "".join(row + "\n" for row in rows), "utf-8")
    return file


def load(folder: Path, *rows: str, today: dt.date = DAY, **options: object) -> object:
    return import_file(write(folder, *rows), folder / "ws", "mine", today=today, **options)  # type: ignore[arg-type]  # options by name


def test_a_plain_file_is_complete_for_every_date(tmp_path: Path) -> None:
    load(
        tmp_path,
        "e1,Alpha Co Ltd,Alfa;Alpha Trading,阿尔法有限公司,CN,CN-XJ,,2024-01-02,2025-01-01,uscc:1",
    )
    register = Registers.load(tmp_path / "ws")["mine"]
    assert register.complete_on(dt.date(1990, 1, 1))
    assert register.complete_on(dt.date(2090, 1, 1))
    (one,) = register.listings
    assert one.aliases == ("Alfa", "Alpha Trading")
    assert one.name_zh == ("阿尔法有限公司",)
    assert (one.country, one.region) == ("CN", "CN-XJ")
    assert one.in_force(dt.date(2024, 1, 2))
    assert not one.in_force(dt.date(2024, 1, 1))
    assert not one.in_force(dt.date(2025, 1, 1))


def test_complete_to_ends_completeness(tmp_path: Path) -> None:
    load(tmp_path, "e1,Alpha,,,,,,,,", complete_to=dt.date(2026, 2, 1), kind="us-uflpa")
    register = Registers.load(tmp_path / "ws")["mine"]
    assert register.kind == "us-uflpa"
    assert register.complete_on(dt.date(2026, 2, 1))
    assert not register.complete_on(dt.date(2026, 2, 2))


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    first = load(tmp_path, "e1,Alpha,,,,,,,,")
    before = {file.name: file.read_bytes() for file in (tmp_path / "ws/registers/mine").iterdir()}
    second = load(tmp_path, "e1,Alpha,,,,,,,,", today=dt.date(2026, 4, 1))
    after = {file.name: file.read_bytes() for file in (tmp_path / "ws/registers/mine").iterdir()}
    assert first.changed  # type: ignore[attr-defined]  # an Import
    assert not second.changed  # type: ignore[attr-defined]  # an Import
    assert before == after


def test_a_vanished_name_is_absent_not_removed(tmp_path: Path) -> None:
    load(tmp_path, "e1,Alpha,,,,,,,,", "e2,Beta,,,,,,,,")
    load(tmp_path, "e1,Alpha,,,,,,,,", today=dt.date(2026, 4, 1))
    registers = Registers.load(tmp_path / "ws")
    beta = registers["mine"].entities()["e2"][0]
    assert beta.absent_since == dt.date(2026, 4, 1)
    assert beta.removed_on is None
    assert beta.in_force(dt.date(2027, 1, 1))
    # Again the same short file: still absent since then, and no new version.
    load(tmp_path, "e1,Alpha,,,,,,,,", today=dt.date(2026, 5, 1))
    again = Registers.load(tmp_path / "ws")
    assert again["mine"].version == registers["mine"].version
    # It comes back: no longer absent.
    load(tmp_path, "e1,Alpha,,,,,,,,", "e2,Beta,,,,,,,,", today=dt.date(2026, 6, 1))
    assert Registers.load(tmp_path / "ws")["mine"].entities()["e2"][0].absent_since is None


def test_a_removal_is_a_removal(tmp_path: Path) -> None:
    load(tmp_path, "e1,Alpha,,,,,,2024-01-01,,")
    old = Registers.load(tmp_path / "ws")["mine"]
    load(tmp_path, "e1,Alpha,,,,,,2024-01-01,2026-01-01,")
    new = Registers.load(tmp_path / "ws")["mine"]
    assert difference(old, new).removed == ("e1",)
    assert difference(old, new).absent == ()
    load(tmp_path, "e9,Omega,,,,,,,,")
    kept = Registers.load(tmp_path / "ws")["mine"].entities()
    assert kept["e1"][0].removed_on == dt.date(2026, 1, 1)
    assert kept["e1"][0].absent_since is None


def test_rows_with_one_entity_are_one_entity(tmp_path: Path) -> None:
    load(
        tmp_path,
        "e1,Alpha Co Ltd,,,CN,,,2024-01-01,,",
        "e1,Alpha Trading,,阿尔法,,,,,,lei:x",
        "e1,Alpha Co Ltd,,,CN,,,2025-01-01,,",
    )
    rows = Registers.load(tmp_path / "ws")["mine"].entities()["e1"]
    assert [one.effective_from for one in rows] == [dt.date(2024, 1, 1), dt.date(2025, 1, 1)]
    assert all(one.aliases == ("Alpha Trading",) and one.name_zh == ("阿尔法",) for one in rows)
    assert all(one.identifiers == ("lei:x",) for one in rows)


def test_bad_rows_make_the_register_incomplete_and_are_named(tmp_path: Path) -> None:
    done = load(tmp_path, "e1,Alpha,,,,,,30/02/2024,31.12.2025,", "e2,,,,CN,,,,,")
    register = Registers.load(tmp_path / "ws")["mine"]
    assert not register.complete_on(DAY)
    assert register.gaps[0].code == "register_rows_lost"
    # Unreadable dates leave the listing in force: bad data never improves an answer.
    assert register.listings[0].in_force(dt.date(1999, 1, 1))
    assert register.listings[0].in_force(dt.date(2030, 1, 1))
    codes = [problem.code for problem in done.problems]  # type: ignore[attr-defined]  # an Import
    assert codes == ["register_date_unreadable", "register_date_unreadable", "register_row_lost"]
    assert [str(p.sources[0].row) for p in done.problems] == ["2", "2", "3"]  # type: ignore[attr-defined]  # an Import


def test_versions_and_known_at(tmp_path: Path) -> None:
    load(tmp_path, "e1,Alpha,,,,,,2024-01-01,,", today=dt.date(2024, 2, 1))
    load(tmp_path, "e1,Alpha,,,,,,2024-01-01,2026-01-01,", "e2,Beta,,,,,,2025-01-01,,")
    registers = Registers.load(tmp_path / "ws")
    assert len(registers.versions("mine")) == 2
    then = registers.known_at(dt.date(2024, 6, 1))["mine"]
    assert [one.entity for one in then.listings] == ["e1"]
    assert then.listings[0].removed_on is None
    now = registers.known_at(dt.date(2026, 6, 1))["mine"]
    assert [one.entity for one in now.listings] == ["e1", "e2"]
    old = registers.versions("mine")[0].version
    assert registers.version("mine", old[:10]).version == old
    with pytest.raises(RegisterError) as error:
        registers.version("mine", "ffff")
    assert old[:12] in str(error.value)


def test_what_could_be_known_of_the_bundled_list() -> None:
    before = Registers.load(None).known_at(dt.date(2024, 5, 15))["us-uflpa"]
    after = Registers.load(None).known_at(dt.date(2024, 5, 16))["us-uflpa"]
    assert len(before.entities()) == 39
    assert len(after.entities()) == 65  # announced a day before its effect
    assert not any("Goens" in one.name for one in after.listings)


def test_an_altered_file_is_found_out(tmp_path: Path) -> None:
    load(tmp_path, "e1,Alpha,,,,,,,,")
    assert all(row["ok"] for row in verify(tmp_path / "ws"))
    (file,) = (f for f in (tmp_path / "ws/registers/mine").iterdir() if len(f.stem) == 64)
    file.write_text(file.read_text("utf-8").replace("Alpha", "Alpho"), "utf-8")
    assert [row["register"] for row in verify(tmp_path / "ws") if not row["ok"]] == ["mine"]
    with pytest.raises(RegisterError):
        Registers.load(tmp_path / "ws")["mine"]


def test_unknown_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(RegisterError) as error:
        Registers.load(None)["us-uflp"]
    assert "us-uflpa" in str(error.value)


@pytest.mark.parametrize("bad", ["", "UP", "a/b", "..", "-x", "a" * 65, "名"])
def test_an_id_never_leads_out_of_the_folder(tmp_path: Path, bad: str) -> None:
    file = write(tmp_path, "e1,Alpha,,,,,,,,")
    with pytest.raises(RegisterError):
        import_file(file, tmp_path / "ws", bad, today=DAY)
    assert not (tmp_path / "ws").exists()


def test_json_round_trip_and_export_round_trip() -> None:
    for register in Registers.load(None).values():
        again = register_from_json(json.loads(json.dumps(register_to_json(register))))
        assert again.version == register.version
    uflpa = Registers.load(None)["us-uflpa"]
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(plain_rows(uflpa))
    reading = read_csv(text.getvalue().encode(), "us-uflpa", "x.csv")
    for day in (dt.date(2023, 1, 1), dt.date(2025, 1, 1), dt.date(2026, 9, 1)):
        names = {one.entity for one in reading.listings if one.in_force(day)}
        assert names == {one.entity for one in uflpa.in_force(day)}


def test_formulas_are_neutralised_on_export() -> None:
    register = read_csv(b"entity,name\n1,=1+1\n", "r", "x").listings[0]
    from alnage.registers import Register

    rows = list(plain_rows(Register("r", None, (register,))))
    assert rows[1][1] == "'=1+1"


def test_ftm_and_simple_target_files() -> None:
    line = {
        "id": "Q1",
        "schema": "Company",
        "target": True,
        "caption": "Alpha",
        "properties": {
            "name": ["Alpha", "阿尔法有限公司"],
            "weakAlias": ["Alf"],
            "jurisdiction": ["cn"],
            "leiCode": ["529900T8BM49AURSDO55"],
        },
    }
    other = {"id": "Q2", "schema": "Company", "target": False, "properties": {"name": ["Bank"]}}
    data = "\n".join((json.dumps(line), json.dumps(other), "{broken")).encode()
    found = READERS["ftm"](data, "r", "x")
    (one,) = found.listings
    assert found.lost == 1
    assert one.name_zh == ("阿尔法有限公司",)
    assert one.weak_aliases == ("Alf",)
    assert one.country == "CN"
    assert one.identifiers == ("lei:529900T8BM49AURSDO55",)
    simple = b'id,schema,name,aliases,countries,identifiers,first_seen\nX,Person,A B,"B A;C",cn;us,,2024-01-02T10:00:00\n'
    (two,) = READERS["simple"](simple, "r", "x").listings
    assert two.aliases == ("B A", "C")
    assert two.country == ""
    assert two.announced_on == dt.date(2024, 1, 2)


@pytest.mark.parametrize("form", sorted(READERS))
@given(data=st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_random_bytes_never_give_a_traceback(form: str, data: bytes) -> None:
    try:
        reading = READERS[form](data, "r", "file")
    except AlnageError as error:
        said = error
    else:
        assert all(one.entity and one.name for one in reading.listings)
        return
    assert said.text("en") != said.text("zh")


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["Alpha", "Beta", ""]), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_every_row_is_kept_or_counted_as_lost(rows: list[tuple[str, str, bool]]) -> None:
    text = "entity,name,effective_from\n" + "".join(
        f"{e},{n},{'2024-01-01' if d else ''}\n" for e, n, d in rows
    )
    reading = read_csv(text.encode(), "r", "x")
    assert reading.lost == sum(not n for _, n, _ in rows)
    assert {one.entity for one in reading.listings} == {e for e, n, _ in rows if n}


def test_gb18030_and_a_mark_are_read() -> None:
    text = "entity,name\n1,新疆天业\n"
    for data in (text.encode("gb18030"), text.encode("utf-8-sig"), text.encode("utf-16")):
        assert read_csv(data, "r", "x").listings[0].name == "新疆天业"


def test_a_country_that_is_no_code_contradicts_nobody() -> None:
    listing = read_csv(b"entity,name,country\n1,Alpha,China\n", "r", "x").listings[0]
    assert listing.country == ""
    assert listing.notes == ("country as stated: China",)
