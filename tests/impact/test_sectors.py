"""Input-output tables: closed forms against solving the changed table anew, and the files."""

import json
import time

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from alnage.doors.cli import alnage
from alnage.impact.sectors import Flows, Leontief, read_flows
from alnage.model import InputError


def random_flows(seed, n=None):
    rng = np.random.default_rng(seed)
    n = n or int(rng.integers(2, 12))
    z = rng.lognormal(0, 1, (n, n)) * (rng.random((n, n)) < 0.7)
    return Flows(tuple(f"s{i}" for i in range(n)), z, rng.lognormal(1, 1, n))


def solved(flows, keep=None, demand=None):
    """Output of the table with some coefficients and demand gone, solved from scratch."""
    output = flows.z.sum(1) + flows.f
    a = flows.z / output * (1.0 if keep is None else keep)
    return np.linalg.solve(np.eye(len(a)) - a, flows.f if demand is None else demand)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000))
def test_extraction_equals_the_table_without_the_sector(seed):
    flows = random_flows(seed)
    table = Leontief(flows)
    assert np.allclose(solved(flows), table.output, rtol=1e-10)
    for k, name in enumerate(flows.sectors):
        keep = np.ones_like(flows.z)
        keep[k] = keep[:, k] = 0.0
        demand = flows.f.copy()
        demand[k] = 0.0
        rest = solved(flows, keep, demand)
        rest[k] = 0.0
        loss = table.extraction(name)
        assert np.allclose(loss.by_sector, table.output - rest, atol=1e-9 * table.output.max())
        assert loss.at_least <= loss.at_most + 1e-9
        assert loss.at_most == pytest.approx(table.extractions()[k])


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000))
def test_ban_equals_the_table_without_the_deliveries(seed):
    flows = random_flows(seed)
    table = Leontief(flows)
    rng = np.random.default_rng(seed + 1)
    n = len(flows.sectors)
    rows = rng.choice(n, int(rng.integers(1, n + 1)), replace=False)
    columns = rng.choice(n, int(rng.integers(0, n + 1)), replace=False)
    ended = flows.f[rows] * rng.random(len(rows))
    keep = np.ones_like(flows.z)
    keep[np.ix_(rows, columns)] = 0.0
    demand = flows.f.copy()
    demand[rows] -= ended
    names = np.array(flows.sectors)
    loss = table.ban(names[rows].tolist(), names[columns].tolist(), ended.tolist())
    wanted = table.output - solved(flows, keep, demand)
    assert np.allclose(loss.by_sector, wanted, atol=1e-9 * table.output.max())
    assert loss.at_least == pytest.approx(flows.z[np.ix_(rows, columns)].sum() + ended.sum())
    assert loss.at_least <= loss.at_most * (1 + 1e-9) + 1e-9


def test_a_ban_costs_a_small_part_of_the_set_up():
    flows = random_flows(3, 400)
    begin = time.perf_counter()
    table = Leontief(flows)
    set_up = time.perf_counter() - begin
    begin = time.perf_counter()
    for _ in range(20):
        table.ban(["s7"], list(flows.sectors[50:100]))
    assert (time.perf_counter() - begin) / 20 < set_up


TEXT = "sector,mine,mill,final_demand\nmine,0,2,2\nmill,0,0,4\n"


def write(folder, text):
    file = folder / "flows.csv"
    file.write_text(text, "utf-8")
    return file


def test_reads_a_table(tmp_path):
    flows = read_flows(write(tmp_path, "\ufeff" + TEXT))
    assert flows.sectors == ("mine", "mill")
    assert flows.z.tolist() == [[0, 2], [0, 0]]
    assert flows.f.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("", "impact_rows_missing", "flows.csv"),
        ("sector,mine,final_demand\n", "impact_rows_missing", "flows.csv"),
        (TEXT.replace("mill,final", "mull,final"), "sectors_heads", "flows.csv:1"),
        (TEXT.replace("final_demand", "output"), "sectors_heads", "flows.csv:1"),
        (TEXT.replace("2,2", "2"), "sectors_width", "flows.csv:2"),
        (TEXT.replace("2,2", "-2,2"), "sectors_number", "flows.csv:2 [mill]"),
        (TEXT.replace("2,2", ",2"), "sectors_number", "flows.csv:2 [mill]"),
        (TEXT.replace("0,4", "0,nan"), "sectors_number", "flows.csv:3 [final_demand]"),
        (TEXT.replace("\nmill", "\nmine"), "sectors_twice", "flows.csv:3"),
    ],
)
def test_bad_tables_are_refused_with_the_cell(tmp_path, text, code, where):
    with pytest.raises(InputError) as caught:
        read_flows(write(tmp_path, text))
    assert (caught.value.code, str(caught.value.where)) == (code, where)


def test_questions_that_the_table_can_not_answer():
    table = Leontief(random_flows(5, 4))
    for ask, code in (
        (lambda: table.extraction("s9"), "sector_unknown"),
        (lambda: table.ban(["s1", "s1"], []), "sectors_twice"),
        (lambda: table.ban(["s1"], [], [1e9]), "sectors_demand"),
        (lambda: table.ban(["s1"], [], [-1.0]), "sectors_demand"),
        (lambda: table.ban(["s1"], [], [0.1, 0.1]), "sectors_demand_count"),
    ):
        with pytest.raises(InputError) as caught:
            ask()
        assert caught.value.code == code
    circle = Flows(("a", "b"), np.array([[0.0, 1.0], [1.0, 0.0]]), np.zeros(2))
    with pytest.raises(InputError) as caught:
        Leontief(circle)
    assert caught.value.code == "sectors_singular"


def test_command(tmp_path):
    file, out = write(tmp_path, TEXT), tmp_path / "out.csv"
    run = CliRunner().invoke
    result = run(alnage, ["impact", "sectors", str(file), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "37 percent" in result.output
    assert out.read_text("utf-8").splitlines() == [
        "sector,output,lost_at_least,lost_at_most",
        "mine,4.0,4.0,4.0",
        "mill,4.0,4.0,6.0",
    ]
    arguments = ["--ban", "mine", "--buyer", "mill", "--demand", "1", "--json", "--out", str(out)]
    told = json.loads(run(alnage, ["impact", "sectors", str(file), *arguments]).output)
    assert (told["lost_at_least"], told["lost_at_most"]) == (3.0, 3.0)
    assert out.read_text("utf-8").splitlines()[1] == "mine,4.0,3.0"
    wrong = run(alnage, ["impact", "sectors", str(file), "--buyer", "mill", "--out", str(out)])
    assert wrong.exit_code != 0
