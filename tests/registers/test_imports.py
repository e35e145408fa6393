"""What an import may do to a register: add, carry on as absent, ask before it drops, never delist."""

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alnage.doors.cli import alnage
from alnage.model import AlnageError, RegisterError
from alnage.registers import Registers, import_file
from alnage.registers.diff import difference

DAY = dt.date(2026, 3, 1)


def table(folder: Path, names: list[str], file: str = "list.csv") -> Path:
    path = folder / file
    rows = "".join(f"{name},{name.title()} Co Ltd\n" for name in names)
    path.write_text("entity,name\n" + rows, "utf-8")
    return path


def names(count: int, start: int = 0) -> list[str]:
    return [f"e{number:04}" for number in range(start, start + count)]


def load(folder: Path, entities: list[str], **options: object) -> object:
    return import_file(table(folder, entities), folder / "ws", "mine", today=DAY, **options)  # type: ignore[arg-type]  # options by name


def now(folder: Path) -> set[str]:
    return {
        one.entity
        for one in Registers.load(folder / "ws")["mine"].listings
        if one.absent_since is None
    }


@pytest.mark.parametrize(
    ("stood", "dropped", "asks"),
    [(2, 1, False), (4, 2, True), (50, 1, False), (50, 2, True), (144, 3, False), (400, 3, False), (400, 4, True)],
)  # fmt: skip
def test_an_import_that_lacks_much_asks_first(
    stood: int, dropped: int, asks: bool, tmp_path: Path
) -> None:
    load(tmp_path, names(stood))
    shorter = names(stood)[dropped:]
    if not asks:
        load(tmp_path, shorter)
        assert now(tmp_path) == set(shorter)
        return
    with pytest.raises(RegisterError) as caught:
        load(tmp_path, shorter)
    assert caught.value.code == "register_would_drop"
    assert f"{dropped} of the {stood}" in str(caught.value)
    assert "E0000 Co Ltd" in str(caught.value)
    assert now(tmp_path) == set(names(stood))
    done = load(tmp_path, shorter, confirm=True)
    assert len(done.dropped) == dropped  # type: ignore[attr-defined]  # an Import
    assert now(tmp_path) == set(shorter)
    gone = Registers.load(tmp_path / "ws")["mine"].entities()["e0000"][0]
    assert (gone.absent_since, gone.removed_on) == (DAY, None)


def test_what_is_absent_already_is_not_dropped_again(tmp_path: Path) -> None:
    load(tmp_path, names(10))
    load(tmp_path, names(4), confirm=True)
    assert load(tmp_path, names(4)).dropped == ()  # type: ignore[attr-defined]  # an Import


def test_additions_only_add(tmp_path: Path) -> None:
    load(tmp_path, names(10), complete_to=dt.date(2026, 1, 1))
    done = load(tmp_path, names(2, start=20), mode="additions")
    assert now(tmp_path) == {*names(10), *names(2, start=20)}
    assert done.added == 2  # type: ignore[attr-defined]  # an Import
    register = Registers.load(tmp_path / "ws")["mine"]
    assert register.complete_to == dt.date(2026, 1, 1)
    assert difference(Registers.load(tmp_path / "ws").version("mine", register.version), register).added == ()  # fmt: skip
    assert not load(tmp_path, names(2, start=20), mode="additions").changed  # type: ignore[attr-defined]  # an Import


def test_additions_to_a_bundled_register_keep_it(tmp_path: Path) -> None:
    file = table(tmp_path, ["new-one"])
    bundled = Registers.load(None)["us-uflpa"]
    done = import_file(file, tmp_path / "ws", "us-uflpa", mode="additions", today=DAY)
    assert set(done.register.entities()) == {*bundled.entities(), "new-one"}
    assert done.register.kind == "us-uflpa"
    assert done.register.complete_to == bundled.complete_to
    assert {gap.code for gap in done.register.gaps} == {gap.code for gap in bundled.gaps}
    later = import_file(
        file, tmp_path / "ws", "us-uflpa", mode="additions", today=DAY,
        complete_from=bundled.complete_from, complete_to=dt.date(2026, 9, 1),
    )  # fmt: skip
    assert "uflpa_additions_missing" not in {gap.code for gap in later.register.gaps}


def test_an_addition_brings_an_absent_name_back(tmp_path: Path) -> None:
    load(tmp_path, names(3))
    load(tmp_path, names(2))
    assert "e0002" not in now(tmp_path)
    load(tmp_path, ["e0002"], mode="additions")
    assert "e0002" in now(tmp_path)


@given(
    steps=st.lists(
        st.tuples(st.sets(st.integers(0, 12), min_size=1), st.booleans(), st.booleans()),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_import_loses_an_entity(
    steps: list[tuple[set[int], bool, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("steps")
    ever: set[str] = set()
    for numbers, confirm, full in steps:
        entities = [f"e{number}" for number in sorted(numbers)]
        try:
            load(folder, entities, confirm=confirm, mode="full" if full else "additions")
        except AlnageError as error:
            assert error.code == "register_would_drop"  # noqa: PT017 (only this one may happen)
            assert full
            assert not confirm
        else:
            ever |= set(entities)
            assert set(entities) <= now(folder)
        listings = Registers.load(folder / "ws")["mine"].listings if ever else ()
        assert {one.entity for one in listings} == ever
        assert all(one.removed_on is None for one in listings)


def test_at_the_door(tmp_path: Path) -> None:
    def run(*args: str) -> tuple[int, str]:
        done = CliRunner().invoke(alnage, ["--workspace", str(tmp_path / "ws"), "registers", *args])
        return done.exit_code, done.output if done.exception is None else str(done.exception)

    file = table(tmp_path, names(10))
    code, out = run("import", str(file), "--as", "mine", "--json")
    value = json.loads(out)
    assert (code, value["format"], value["mode"], value["dropped"]) == (0, "csv", "full", [])
    table(tmp_path, names(2))
    assert "--confirm" in run("import", str(file), "--as", "mine")[1]
    assert json.loads(run("import", str(file), "--as", "mine", "--confirm", "--json")[1])["absent"] == 8  # fmt: skip
    assert "ofac-xml" in run("import", str(file), "--as", "mine", "--format", "nothing")[1]
    assert run("import", str(file), "--as", "mine", "--mode", "sideways")[0] == 2
