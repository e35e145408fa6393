"""Edge files: what is read, and what stops the run with its row."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from alnage.doors.cli import alnage, main
from alnage.impact.edges import read_edges, read_shocks
from alnage.model import InputError

HEAD = "supplier,customer,supplier_sector,customer_sector,weight,type\n"
GOOD = HEAD + "a,b,s,t,2,2\na,c,s,t,1,1\nb,c,t,t,3,0\n"


def write(folder, text, name="edges.csv"):
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_reads_numbers_and_names(tmp_path):
    edges = read_edges(write(tmp_path, GOOD))
    assert edges.firms == ("a", "b", "c")
    assert [edges.sectors[i] for i in edges.sector] == ["s", "t", "t"]
    assert edges.weight.tolist() == [2, 1, 3]
    assert edges.kind.tolist() == [2, 1, 0]


def test_reads_parquet_with_typed_columns(tmp_path):
    table = pa.table(
        {
            "supplier": [1, 1],
            "customer": [2, 3],
            "supplier_sector": ["s", "s"],
            "customer_sector": ["t", "t"],
            "weight": [2.5, 1.0],
            "type": pa.array([2, 1], pa.int8()),
        }
    )
    pq.write_table(table, tmp_path / "edges.parquet")
    edges = read_edges(tmp_path / "edges.parquet")
    assert edges.firms == ("1", "2", "3")
    assert edges.weight.tolist() == [2.5, 1.0]


@pytest.mark.parametrize(
    ("row", "code", "told"),
    [
        ("a,d,s,t,-1,1", "edge_weight_negative", "-1"),
        ("a,d,s,t,nan,1", "impact_row_unusable", "weight"),
        ("a,d,s,t,inf,1", "impact_row_unusable", "weight"),
        ("a,d,s,t,,1", "impact_row_unusable", "weight"),
        ("a,d,s,t,many,1", "impact_row_unusable", "many"),
        ("a,d,s,t,1,3", "edge_type_unknown", "3"),
        ("a,d,s,t,1,1.5", "edge_type_unknown", "1.5"),
        ("a,d,s,t,1,essential", "impact_row_unusable", "essential"),
        ("a,d,,t,1,1", "impact_row_unusable", "supplier_sector"),
        ("a,d,s,,1,1", "impact_row_unusable", "customer_sector"),
        (",d,s,t,1,1", "impact_row_unusable", "supplier"),
        ("a,d,t,t,1,1", "edge_sector_conflict", '"a"'),
        ("b,a,t,t,1,1", "edge_sector_conflict", '"a"'),
        ("a,b,s,t,5,2", "edge_twice", "row 2"),
        ("a,d,s,t,1", "impact_row_unusable", "5"),
    ],
)
def test_a_bad_row_stops_the_run_and_is_named(tmp_path, row, code, told):
    with pytest.raises(InputError) as caught:
        read_edges(write(tmp_path, GOOD + row + "\n"))
    assert caught.value.code == code
    assert str(caught.value).startswith("edges.csv:5: ")
    assert told in str(caught.value)
    assert caught.value.text("zh") != caught.value.text("en")


def test_self_loops_are_kept_or_refused(tmp_path):
    file = write(tmp_path, GOOD + "b,b,t,t,1,1\n")
    assert read_edges(file).self_loops == 1
    with pytest.raises(InputError, match=r"edges\.csv:5: .*\"b\""):
        read_edges(file, self_loops="refuse")


def test_duplicates_are_refused_or_added_up(tmp_path):
    file = write(tmp_path, GOOD + "a,b,s,t,5,2\n")
    edges = read_edges(file, duplicates="sum")
    assert (edges.summed, edges.weight.tolist()) == (1, [7, 1, 3])
    other = write(tmp_path, GOOD + "a,b,s,t,5,1\n", "other.csv")
    with pytest.raises(InputError) as caught:
        read_edges(other, duplicates="sum")
    assert caught.value.code == "edge_twice_types"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD, "impact_rows_missing"),
        (HEAD + "a,b,s,t,0,1\n", "edges_without_weight"),
        ("supplier,customer,weight\na,b,1\n", "impact_row_unusable"),
        ("", "impact_row_unusable"),
    ],
)
def test_files_that_hold_no_network(tmp_path, text, code):
    with pytest.raises(InputError) as caught:
        read_edges(write(tmp_path, text))
    assert caught.value.code == code


def test_missing_file_and_folder(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError) as caught:
            read_edges(path)
        assert caught.value.code == "impact_file_missing"


def test_groups(tmp_path):
    edges = read_edges(write(tmp_path, GOOD))
    text = "group,firm,remaining\nnorth,a,\nnorth,b,0.5\nsouth,c,0\n"
    north, south = read_shocks(write(tmp_path, text, "groups.csv"), edges)
    assert (north.firms, north.left) == ((0, 1), (0.0, 0.5))
    assert (south.name, south.firms) == ("south", (2,))
    for row, code in (
        ("south,aa,0", "firm_unknown"),
        ("south,c,0", "group_firm_twice"),
        ("south,b,2", "impact_row_unusable"),
    ):
        with pytest.raises(InputError) as caught:
            read_shocks(write(tmp_path, text + row + "\n", "groups.csv"), edges)
        assert caught.value.code == code
        assert caught.value.where.row == 5


def run(*args):
    return CliRunner().invoke(alnage, ["impact", "esri", *map(str, args)])


def test_command_writes_the_contract_columns(tmp_path):
    out = tmp_path / "sub" / "out.csv"
    result = run(write(tmp_path, GOOD), "--out", out)
    assert result.exit_code == 0, result.output
    lines = out.read_text("utf-8").splitlines()
    assert lines[0] == "firm,esri,esri_downstream,esri_upstream"
    assert [line.split(",")[0] for line in lines[1:]] == ["a", "b", "c"]
    values = np.array([line.split(",")[1:] for line in lines[1:]], float)
    assert ((values >= 0) & (values <= 1)).all()
    assert values[0, 1] >= 0.5  # a sells half of everything, and b and c live on it


def test_command_as_json_with_band_and_groups(tmp_path):
    groups = write(tmp_path, "group,firm\n=g,a\n=g,b\n", "groups.csv")
    out = tmp_path / "out.csv"
    result = run(
        write(tmp_path, GOOD), "--stop", "converged", "--no-market-shares", "--band",
        "--groups", groups, "--json", "--lang", "zh", "--out", out,
    )  # fmt: skip
    told = json.loads(result.output)
    assert (told["schema"], told["stop"], told["market_shares"]) == ("esri/1", "converged", False)
    assert told["top"][0]["esri_linear"] <= told["top"][0]["esri_leontief"]
    assert "模型估算" in told["notes"][0]["text"]
    assert out.read_text("utf-8").splitlines()[1].startswith("'=g,2,")


def test_command_says_what_is_wrong_without_a_traceback(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["impact", "esri", str(write(tmp_path, GOOD + "a,d,s,t,-1,1\n")), "--out", "o.csv"])
    assert stop.value.code == 2
    assert "edges.csv:5" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["impact", "esri", str(write(tmp_path, GOOD)), "--out", "o.xls"])
    assert stop.value.code == 2
