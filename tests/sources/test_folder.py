"""The folder as a whole: which files count, which rows stay, what is said about the others."""

import datetime as dt
import time

import pyarrow as pa
import pytest
from folders import MOVE, MOVEMENTS, PARTIES, SITES, codes, movement, one_movement, table, write

from alnage.model import InputError, RowSource
from alnage.sources import read_folder
from alnage.sources.part import table_schema
from alnage.sources.schema import TABLES


def finding_codes(read):
    return [finding.code for finding in read.findings]


def test_a_partial_folder_runs(tmp_path):
    read = read_folder(write(tmp_path / "folder", parties__csv=PARTIES))
    assert set(read.tables) == {"parties"}
    assert read.name == "folder"
    assert (read.files[0].file, read.files[0].table, read.files[0].rows) == (
        "parties.csv",
        "parties",
        2,
    )
    assert len(read.files[0].sha256) == 64
    with pytest.raises(InputError, match="movements"):
        read.require("movements")


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_the_contracts_columns_in_its_order(tmp_path, name):
    text = ",".join(TABLES[name].required) + "\n"
    made = read_folder(write(tmp_path / "f", **{f"{name}__csv": text})).tables[name]
    assert made.schema == table_schema(TABLES[name])
    expected = [out for column in TABLES[name] for out in column.outputs]
    assert made.column_names == [*expected, "_file", "_row", "_notes"]


def test_types_of_the_hand_over(tmp_path):
    made = read_folder(write(tmp_path / "f", movements__csv=MOVEMENTS)).tables["movements"]
    kinds = {field.name: field.type for field in made.schema}
    assert kinds["event"] == pa.string()
    assert kinds["quantity"] == pa.float64()
    assert kinds["shipped_from"] == kinds["received_to"] == pa.date32()
    assert kinds["_row"] == pa.int32()
    first, second = made.to_pylist()
    assert first["received_from"] == dt.date(2024, 3, 9)
    assert (second["shipped_from"], second["shipped_to"]) == (
        dt.date(2024, 3, 1),
        dt.date(2024, 3, 31),
    )
    assert (second["lot"], second["document"], second["received_to"]) == (None, None, None)
    assert [(row["_file"], row["_row"]) for row in (first, second)] == [
        ("movements.csv", 2),
        ("movements.csv", 3),
    ]


def test_no_folder_and_no_tables(tmp_path):
    with pytest.raises(InputError, match="no folder"):
        read_folder(tmp_path / "absent")
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        read_folder(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no table"):
        read_folder(tmp_path / "empty")


def test_require_says_why_a_table_is_empty(tmp_path):
    read = read_folder(write(tmp_path / "f", parties__csv="party,supplier\np1,Alpha\n"))
    with pytest.raises(InputError) as caught:
        read.require("parties")
    assert "parties.csv" in str(caught.value)
    assert "supplier" in str(caught.value)
    read = read_folder(write(tmp_path / "g", parties__csv="party,name\n"))
    with pytest.raises(InputError, match="no rows"):
        read.require("parties")


def test_several_files_of_one_table_follow_each_other_by_name(tmp_path):
    settings = '[files]\nmovements = ["b.csv", "a.csv"]\n'
    folder = write(
        tmp_path / "f",
        alnage__toml=settings,
        b__csv=table(*movement(event="m2")),
        a__csv=table(*movement(event="m1")),
        MOVEMENTS__CSV=table(*movement(event="m0")),
    )
    assert read_folder(folder).tables["movements"]["event"].to_pylist() == ["m0", "m1", "m2"]


def test_what_is_not_a_table_is_left_alone_but_a_near_name_is_told(tmp_path):
    folder = write(
        tmp_path / "f", parties__csv=PARTIES, movement__csv=MOVEMENTS, photo__csv="x", notes__md="x"
    )
    read = read_folder(folder)
    assert set(read.tables) == {"parties"}
    assert [(f.code, f.params["file"]) for f in read.findings] == [("file_ignored", "movement.csv")]


def test_a_table_in_a_format_that_is_not_read_is_not_overlooked(tmp_path):
    read = read_folder(
        write(tmp_path / "f", parties__csv=PARTIES, movements__xls=b"\xd0\xcf\x11\xe0")
    )
    assert codes(read.rejected) == [(0, "file_format")]
    assert read.tables["movements"].num_rows == 0


def test_many_other_files_cost_little(tmp_path):
    folder = write(tmp_path / "f", parties__csv=PARTIES)
    for i in range(5000):
        (folder / f"scan-{i}.pdf").touch()
    began = time.perf_counter()
    read = read_folder(folder)
    assert read.tables["parties"].num_rows == 2
    assert time.perf_counter() - began < 2


def test_links_that_leave_the_folder_and_folders_named_as_tables(tmp_path):
    (tmp_path / "secret.csv").write_text(PARTIES)
    folder = write(tmp_path / "f", sites__csv=SITES)
    (folder / "parties.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "movements.csv").mkdir()
    read = read_folder(folder)
    assert {(row.file, row.reason.code) for row in read.rejected} == {
        ("parties.csv", "path_outside"),
        ("movements.csv", "file_not_regular"),
    }
    assert read.tables["parties"].num_rows == 0


def test_bad_cells_that_count_take_their_row_and_keep_it_whole(tmp_path):
    text = table(
        [*MOVE, "received", "lot"],
        ["m1", "30/02/2024", "a", "b", "lint", "5", "t", "", ""],
        ["m2", "2024-03-01", "a", "b", "lint", "-4", "t", "", "L2"],
        ["m3", "2024-03-01", "a", "b", "lint", "NaN", "t", "", ""],
        ["m4", "2024-03-01", "a", "", "lint", "5", "t", "", ""],
        ["m5", "2024-03-01", "a", "b", "lint", "5", "t", "soon", ""],
        ["m6", "2024-03-01", "a", "b", "lint", "0", "t", "", ""],
    )
    read = read_folder(write(tmp_path / "f", movements__csv=text))
    assert codes(read.rejected) == [
        (2, "date_impossible"),
        (3, "number_not_positive"),
        (4, "number_invalid"),
        (5, "value_missing"),
        (6, "date_invalid"),
        (7, "number_not_positive"),
    ]
    second = read.rejected[1]
    assert (second.table, second.file, second.event) == ("movements", "movements.csv", "m2")
    assert second.values == {
        "event": "m2", "shipped": "2024-03-01", "from_site": "a", "to_site": "b",
        "material": "lint", "quantity": "-4", "unit": "t", "lot": "L2",
    }  # fmt: skip


def test_a_row_with_two_faults_tells_both(tmp_path):
    read = read_folder(one_movement(tmp_path / "f", shipped="30/02/2024", quantity="0"))
    reason = read.rejected[0].reason
    assert [reason.code, *(below.code for below in reason.because)] == [
        "date_impossible",
        "number_not_positive",
    ]


def test_other_bad_cells_become_unknown_and_are_found(tmp_path):
    text = "party,name,country,founded\np1,Alpha,Chnia,long ago\np2,Beta,Chnia,\n"
    read = read_folder(write(tmp_path / "f", parties__csv=text))
    assert read.rejected == ()
    assert read.tables["parties"]["country"].to_pylist() == [None, None]
    country, founded = read.findings
    assert (country.code, country.params["rows"], country.because[0].code) == (
        "cell_blanked", 2, "country_unknown",
    )  # fmt: skip
    assert country.sources == (RowSource("parties.csv", 2), RowSource("parties.csv", 3))
    assert founded.params["column"] == "founded"


def test_an_unreadable_place_of_a_site_is_not_replaced_by_that_of_its_party(tmp_path):
    text = SITES.replace("a,p1,CN,CN-XJ", "a,p1,CN,Xinjiang")
    read = read_folder(write(tmp_path / "f", parties__csv=PARTIES, sites__csv=text))
    assert codes(read.rejected) == [(2, "region_unknown")]
    assert read.tables["sites"]["site"].to_pylist() == ["b"]


def test_a_misspelt_opening_balance_does_not_become_a_harvest(tmp_path):
    text = "event,date,site,material,quantity,unit,kind\no1,2024-01-01,a,lint,5,t,openning\n"
    read = read_folder(write(tmp_path / "f", origins__csv=text))
    assert codes(read.rejected) == [(2, "choice_unknown")]
    assert "opening" in read.rejected[0].reason.text()


@pytest.mark.parametrize("name", [name for name, t in TABLES.items() if t.unique])
def test_the_second_row_with_an_id_is_set_aside_and_names_the_first(tmp_path, name):
    cells = {"date": "2024-01-01", "quantity": "5", "unit": "t"}
    row = [cells.get(column, "x") for column in TABLES[name].required]
    read = read_folder(
        write(tmp_path / "f", **{f"{name}__csv": table(TABLES[name].required, row, row)})
    )
    assert codes(read.rejected) == [(3, "id_twice")]
    assert read.rejected[0].reason.params["first"] == f"{name}.csv:2"
    assert read.rejected[0].values[TABLES[name].key] == "x"
    assert read.tables[name].num_rows == 1


@pytest.mark.parametrize("name", ["movements", "conversions", "entries"])
def test_ids_that_may_repeat_do(tmp_path, name):
    cells = {
        "date": "2024-01-01", "shipped": "2024-01-01", "quantity": "5", "unit": "t",
        "direction": "in", "market": "US",
    }  # fmt: skip
    row = [cells.get(column, "x") for column in TABLES[name].required]
    read = read_folder(
        write(tmp_path / "f", **{f"{name}__csv": table(TABLES[name].required, row, row)})
    )
    assert read.rejected == ()
    assert read.tables[name].num_rows == 2


def test_an_id_twice_over_two_files(tmp_path):
    folder = write(
        tmp_path / "f",
        parties__csv=PARTIES,
        more__csv=PARTIES,
        alnage__toml='[files]\nparties = "more.csv"',
    )
    read = read_folder(folder)
    assert {row.file for row in read.rejected} == {"parties.csv"}
    assert len(read.rejected) == 2


def test_names_that_no_row_declares_stay_and_are_found(tmp_path):
    text = MOVEMENTS.replace(",b,", ",nowhere,")
    read = read_folder(
        write(tmp_path / "f", parties__csv=PARTIES, sites__csv=SITES, movements__csv=text)
    )
    assert read.rejected == ()
    (found,) = [f for f in read.findings if f.code == "reference_unknown"]
    assert (found.params["value"], found.params["column"], found.params["rows"]) == (
        "nowhere",
        "to_site",
        2,
    )
    assert read.tables["movements"]["to_site"].to_pylist() == ["nowhere", "nowhere"]


def test_without_a_table_to_ask_no_reference_is_unknown(tmp_path):
    read = read_folder(write(tmp_path / "f", movements__csv=MOVEMENTS))
    assert read.findings == ()


def test_without_sites_every_party_is_one(tmp_path):
    text = MOVEMENTS.replace(",a,b,", ",p1,p9,")
    read = read_folder(write(tmp_path / "f", parties__csv=PARTIES, movements__csv=text))
    assert [f.params["value"] for f in read.findings] == ["p9"]


def test_lists_of_events_are_checked_one_by_one(tmp_path):
    text = "document,proves\nd1,m1; m2\nd2,m1;m9\n"
    read = read_folder(write(tmp_path / "f", movements__csv=MOVEMENTS, documents__csv=text))
    assert [f.params["value"] for f in read.findings] == ["m9"]
    assert read.tables["documents"]["proves"].to_pylist() == [["m1", "m2"], ["m1", "m9"]]


def test_unknown_columns_are_kept_as_notes(tmp_path):
    read = read_folder(one_movement(tmp_path / "f", grade="A", truck=""))
    (row,) = read.tables["movements"].to_pylist()
    assert dict(row["_notes"]) == {"grade": "A"}


def test_a_holding_that_ends_before_it_begins(tmp_path):
    text = "owner,owned,share,from,to\np1,p2,0.6,2024-03-01,2024-01-01\np1,p2,60,2024,\n"
    read = read_folder(write(tmp_path / "f", ownership__csv=text))
    first, second = read.tables["ownership"].to_pylist()
    assert (first["from_from"], first["to_to"], first["share"]) == (None, None, 0.6)
    assert second["share"] is None
    assert {f.because[0].code for f in read.findings} == {
        "period_reversed", "number_out_of_range", "date_invalid",
    }  # fmt: skip


def test_thousands_are_not_taken_for_decimals_where_others_use_a_decimal_comma(tmp_path):
    text = table(
        MOVE,
        movement(quantity="12,5")[1],
        movement(quantity="1.234")[1],
        movement(quantity="7.5")[1],
    )
    read = read_folder(write(tmp_path / "f", movements__csv=text))
    assert codes(read.rejected) == [(3, "number_ambiguous")]
    assert read.tables["movements"]["quantity"].to_pylist() == [12.5, 7.5]


def test_findings_of_one_kind_are_counted_not_repeated_without_end(tmp_path):
    lines = "".join(f"p{i},Name {i},land{i}\n" for i in range(500))
    read = read_folder(write(tmp_path / "f", parties__csv="party,name,country\n" + lines))
    assert len(read.findings) == 201
    assert (read.findings[-1].code, read.findings[-1].params["count"]) == ("findings_more", 300)
    assert read.tables["parties"].num_rows == 500


def test_many_distinct_bad_cells_do_not_cost_a_pass_each(tmp_path):
    lines = "".join(f"m{i},no day {i},a,b,lint,5,t\n" for i in range(20_000))
    folder = write(tmp_path / "f", movements__csv=",".join(MOVE) + "\n" + lines)
    began = time.perf_counter()
    assert len(read_folder(folder).rejected) == 20_000
    assert time.perf_counter() - began < 20


def test_a_place_that_is_called_unknown_is_an_empty_one(tmp_path):
    text = "site,party,country,region\na,p1,XX,unknown\n"
    read = read_folder(write(tmp_path / "f", sites__csv=text))
    assert read.rejected == ()
    (row,) = read.tables["sites"].to_pylist()
    assert (row["country"], row["region"]) == (None, None)
    assert {f.because[0].code for f in read.findings} == {"cell_placeholder"}


def test_cells_without_a_heading_are_kept_too(tmp_path):
    text = "party,name,\np1,Alpha,remark\n"
    (row,) = read_folder(write(tmp_path / "f", parties__csv=text)).tables["parties"].to_pylist()
    assert dict(row["_notes"]) == {"(3)": "remark"}


def test_a_large_file_reads_as_its_rows_say(tmp_path):
    lines = [movement(event=f"m{i}", quantity=str(i + 1))[1] for i in range(40_000)]
    lines[7][1] = "30/02/2024"
    text = table(MOVE, *lines)
    assert len(text) > 1 << 20
    read = read_folder(write(tmp_path / "f", movements__csv=text))
    assert codes(read.rejected) == [(9, "date_impossible")]
    made = read.tables["movements"]
    assert made.num_rows == 39_999
    assert made["_row"][7].as_py() == 10
    assert sum(made["quantity"].to_pylist()) == sum(range(1, 40_001)) - 8


def test_many_unknown_references_are_counted(tmp_path):
    lines = "".join(f"s{i},q{i}\n" for i in range(250))
    read = read_folder(
        write(tmp_path / "f", parties__csv=PARTIES, sites__csv="site,party\n" + lines)
    )
    assert len(read.findings) == 201
    assert read.findings[-1].text().startswith("sites.csv: 50 further")


def test_a_cell_that_names_two_documents(tmp_path):
    text = table(*movement(document="d1;d2"))
    read = read_folder(
        write(tmp_path / "f", movements__csv=text, documents__csv="document\nd1\nd2\n")
    )
    assert read.findings == ()
