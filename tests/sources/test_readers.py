"""Files as they come: encodings, delimiters, quotes, titles, typed cells, damage."""

import datetime as dt
import io
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from folders import MOVE, MOVEMENTS, PARTIES, SITES, codes, movement, one_movement, table, write
from hypothesis import given, settings
from hypothesis import strategies as st

from alnage.sources import read_folder
from alnage.sources.schema import TABLES
from alnage.sources.text_files import decode, read_csv


def rows(folder, name="movements"):
    return read_folder(folder).tables[name].to_pylist()


CHINESE = table(
    ["party", "name", "country"], ["p1", "新疆棉花加工有限公司", "CN"], ["p2", "联通", "CN"]
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(tmp_path, encoding, delimiter, end):
    text = CHINESE.replace("\r\n", end).replace(",", delimiter)
    folder = write(tmp_path / "f", parties__csv=text.encode(encoding))
    assert [row["name"] for row in rows(folder, "parties")] == ["新疆棉花加工有限公司", "联通"]


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf16_with_its_mark(tmp_path, order):
    folder = write(tmp_path / "f", parties__csv=("\ufeff" + CHINESE).encode(order))
    assert len(rows(folder, "parties")) == 2


def test_bytes_that_no_encoding_explains_are_named_and_cost_one_row(tmp_path):
    data = b"party,name\np1,Alpha\np2,Caf\xe9 Ltd\np3,Gamma\n"
    read = read_folder(write(tmp_path / "f", parties__csv=data))
    assert codes(read.rejected) == [(3, "bytes_undecodable")]
    assert read.rejected[0].reason.params == {"byte": "0xE9", "cell": 2}
    assert read.rejected[0].values["name"] == "Caf\\xE9 Ltd"
    assert read.tables["parties"]["party"].to_pylist() == ["p1", "p3"]


def test_utf8_with_a_slip_is_not_taken_for_chinese():
    assert decode("Müller; Señor; São".encode() + b"\xff").startswith("Müller")


def test_gb18030_with_a_damaged_line_keeps_the_others(tmp_path):
    lines = [f"p{i},新疆棉花加工有限公司" for i in range(5)]
    data = "\n".join(["party,name", *lines]).encode("gb18030") + b"\np9,\xb0\xff\xff\n"
    read = read_folder(write(tmp_path / "f", parties__csv=data))
    assert read.tables["parties"].num_rows == 5
    assert codes(read.rejected) == [(7, "bytes_undecodable")]


@given(
    st.text(
        alphabet="的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动",
        min_size=3,
    )
)
def test_chinese_text_survives_gb18030(text):
    # Few characters can happen to be UTF-8 too; a name among headings can't.
    framed = f"供应商名称,数量,单位\n{text}"
    assert decode(framed.encode("gb18030")) == framed


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path):
    text = (
        table(MOVE, ["m1", "2024-03-01", "a\nb", "b", "lint", "5", "t"])
        + "\n"
        + "m2,2024-03-01,a,b,lint,5,t\n"
    )
    read = read_folder(write(tmp_path / "f", movements__csv=text))
    assert read.tables["movements"]["_row"].to_pylist() == [2, 4]


def test_rows_that_are_too_long_or_too_short_are_set_aside_whole(tmp_path):
    text = (
        table(MOVE)
        + "m1,2024-03-01,a,b,lint,1,234,t\nm2,2024-03-01,a,b,lint,5\nm3,2024-03-01,a,b,lint,5,t,,,\n"
    )
    read = read_folder(write(tmp_path / "f", movements__csv=text))
    assert codes(read.rejected) == [(2, "row_ragged"), (3, "row_ragged")]
    assert read.rejected[0].event == "m1"
    assert read.rejected[0].values["8"] == "t"
    assert read.tables["movements"]["event"].to_pylist() == ["m3"]


def test_a_quote_that_never_closes_costs_its_line_only(tmp_path):
    text = (
        table(MOVE)
        + 'm1,2024-03-01,a,b,"lint,5,t\n'
        + "".join(f"m{i},2024-03-01,a,b,lint,5,t\n" for i in range(2, 6))
    )
    read = read_folder(write(tmp_path / "f", movements__csv=text))
    assert codes(read.rejected) == [(2, "quote_open")]
    assert read.tables["movements"]["event"].to_pylist() == ["m2", "m3", "m4", "m5"]
    assert read.tables["movements"]["_row"].to_pylist() == [3, 4, 5, 6]


def test_a_cell_of_ten_megabytes_is_a_rejected_row_not_a_crash(tmp_path):
    read = read_folder(one_movement(tmp_path / "f", remark="x" * (10 << 20)))
    assert codes(read.rejected) == [(2, "cell_too_long")]
    assert len(read.rejected[0].values["remark"]) < 2000


def test_nul_bytes_are_named(tmp_path):
    read = read_folder(one_movement(tmp_path / "f", event="m\x001"))
    assert codes(read.rejected) == [(2, "cell_nul")]


def test_titles_above_the_header_and_headings_merged_over_two_rows(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "Shipments of spring 2024"
    sheet.merge_cells("A1:G1")
    for i, heading in enumerate(["event", "shipped", "Sites", None, "Goods", None, None], start=1):
        sheet.cell(2, i, heading)
    for i, heading in enumerate(
        [None, None, "from_site", "to_site", "material", "quantity", "unit"], start=1
    ):
        sheet.cell(3, i, heading)
    sheet.append(["m1", dt.date(2024, 3, 1), "a", "b", "lint", 5, "t"])
    (tmp_path / "f").mkdir()
    book.save(tmp_path / "f" / "movements.xlsx")
    read = read_folder(tmp_path / "f")
    (row,) = read.tables["movements"].to_pylist()
    assert (row["event"], row["_row"], row["from_site"]) == ("m1", 4, "a")
    assert "rows_above_header" in [finding.code for finding in read.findings]


@pytest.mark.parametrize("titles", [1, 20])
def test_a_header_stands_after_at_most_twenty_rows(tmp_path, titles):
    text = "a title,,\n" * titles + MOVEMENTS
    read = read_folder(write(tmp_path / "f", movements__csv=text))
    assert read.tables["movements"]["_row"].to_pylist() == [titles + 2, titles + 3]


def test_without_its_columns_a_file_is_set_aside_whole_and_says_what_it_has(tmp_path):
    text = "event,dispatched,from_site,to_site,material,quantity,unit\nm1,2024-03-01,a,b,lint,5,t\n"
    read = read_folder(write(tmp_path / "f", movements__csv=text))
    assert codes(read.rejected) == [(0, "columns_missing")]
    assert read.rejected[0].reason.params["columns"] == ["shipped"]
    assert "dispatched" in read.rejected[0].reason.text()
    assert read.tables["movements"].num_rows == 0
    assert read.files[0].reason is not None


def test_one_column_twice_is_not_guessed(tmp_path):
    text = "party,name,Name\np1,Alpha,Beta\n"
    read = read_folder(write(tmp_path / "f", parties__csv=text))
    assert codes(read.rejected) == [(0, "heading_twice")]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n\n", b"\x00\x00"])
def test_empty_files(tmp_path, data):
    read = read_folder(write(tmp_path / "f", parties__csv=data))
    assert codes(read.rejected) == [(0, "file_empty")]


def test_a_header_alone_is_an_empty_table(tmp_path):
    read = read_folder(write(tmp_path / "f", parties__csv="party,name\n"))
    assert read.rejected == ()
    assert [finding.code for finding in read.findings] == ["table_empty"]


def test_a_workbook_named_csv_is_told_by_its_bytes(tmp_path):
    read = read_folder(write(tmp_path / "f", parties__csv=b"PK\x03\x04junk"))
    assert codes(read.rejected) == [(0, "file_other_format")]


def workbook(path, *lines, title="Sheet"):
    book = openpyxl.Workbook()
    book.active.title = title
    for line in lines:
        book.active.append(line)
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    return path.parent


def test_typed_cells_of_a_workbook(tmp_path):
    headings, _ = movement(received="", lot="", value="")
    line = [
        "m1",
        dt.datetime.fromisoformat("2024-03-01T08:00"),
        "a",
        "b",
        "lint",
        5.5,
        "t",
        "2024-03",
        7,
        1e6,
    ]
    folder = workbook(tmp_path / "f" / "movements.xlsx", headings, line)
    (row,) = rows(folder)
    assert row["shipped_from"] == dt.date(2024, 3, 1)
    assert row["received_to"] == dt.date(2024, 3, 31)
    assert (row["quantity"], row["lot"], row["value"]) == (5.5, "7", 1e6)
    assert row["_file"] == "movements.xlsx"


def test_formulas_are_never_run_and_never_read_as_empty(tmp_path):
    headings, line = movement(received="=TODAY()")
    folder = workbook(tmp_path / "f" / "movements.xlsx", headings, line)
    read = read_folder(folder)
    assert codes(read.rejected) == [(2, "cell_sheet_error")]


def test_error_cells_are_never_read_as_empty(tmp_path):
    headings, line = movement(received="")
    book = openpyxl.Workbook()
    book.active.append(headings)
    book.active.append(line)
    book.active["H2"] = "#REF!"
    book.active["H2"].data_type = "e"
    (tmp_path / "f").mkdir()
    book.save(tmp_path / "f" / "movements.xlsx")
    read = read_folder(tmp_path / "f")
    assert codes(read.rejected) == [(2, "cell_sheet_error")]
    assert read.rejected[0].values["received"] == "#REF!"


def test_a_workbook_of_all_tables(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Parties"
    for line in PARTIES.splitlines():
        book.active.append(line.split(","))
    sites = book.create_sheet("sites")
    for line in SITES.splitlines():
        sites.append(line.split(","))
    book.create_sheet("remarks").append(["anything"])
    (tmp_path / "f").mkdir()
    book.save(tmp_path / "f" / "custody.xlsx")
    read = read_folder(tmp_path / "f")
    assert {name: t.num_rows for name, t in read.tables.items()} == {"parties": 2, "sites": 2}
    assert [note.file for note in read.files] == ["custody.xlsx#Parties", "custody.xlsx#sites"]
    assert "sheet_ignored" in [finding.code for finding in read.findings]


def test_all_sheets_with_the_columns_of_a_table_are_read(tmp_path):
    book = openpyxl.Workbook()
    for month in (1, 2):
        sheet = book.active if month == 1 else book.create_sheet("february")
        sheet.append(MOVE)
        sheet.append(movement(event=f"m{month}")[1])
    (tmp_path / "f").mkdir()
    book.save(tmp_path / "f" / "movements.xlsx")
    assert [row["event"] for row in rows(tmp_path / "f")] == ["m1", "m2"]


def test_one_cell_in_the_last_corner_does_not_fill_the_memory(tmp_path):
    folder = workbook(tmp_path / "f" / "movements.xlsx", *movement())
    path = folder / "movements.xlsx"
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if "sheet1" in entry.filename:
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                data = data.replace(b"</sheetData>", far)
            new.writestr(entry, data)
    path.write_bytes(out.getvalue())
    assert codes(read_folder(folder).rejected) == [(0, "sheet_too_wide")]


@pytest.mark.parametrize("data", [b"", b"junk", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + b"\x00" * 600])
def test_workbooks_that_can_not_be_opened(tmp_path, data):
    read = read_folder(write(tmp_path / "f", movements__xlsx=data))
    assert read.rejected[0].reason.code in ("file_unreadable", "file_locked")


def test_a_workbook_of_all_tables_that_can_not_be_opened_could_have_held_any(tmp_path):
    read = read_folder(write(tmp_path / "f", custody__xlsx=b"junk"))
    assert set(read.tables) == set(TABLES)
    assert {row.table for row in read.rejected} == set(TABLES)


def parquet(folder, table_name="movements", **columns):
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), folder / f"{table_name}.parquet")
    return folder


TYPED = {
    "event": ["m1", "m2"],
    "shipped": pa.array([dt.date(2024, 3, 1), dt.date(2024, 3, 2)]),
    "from_site": pa.array(["a", "a"]).dictionary_encode(),
    "to_site": pa.array(["b", "b"], pa.large_string()),
    "material": pa.array([b"lint", b"lint"]),
    "quantity": pa.array([5, 6], pa.int16()),
    "unit": ["t", "t"],
}


def test_typed_columns_of_parquet(tmp_path):
    more = {
        "received": pa.array(
            [dt.datetime.fromisoformat("2024-03-09T12:00"), None],
            pa.timestamp("us", "Asia/Shanghai"),
        ),
        "lot": pa.array([7, None], pa.int64()),
        "value": pa.array(["1.5", "2"]).cast(pa.float64()),
        "grade": pa.array([{"a": 1}, None]),
    }
    first, second = rows(parquet(tmp_path / "f", **TYPED, **more))
    assert (first["shipped_from"], first["quantity"]) == (dt.date(2024, 3, 1), 5.0)
    assert (first["received_to"], first["lot"], first["value"]) == (dt.date(2024, 3, 9), "7", 1.5)
    assert (second["received_to"], second["lot"], second["_row"]) == (None, None, 3)
    assert first["material"] == "lint"
    assert dict(first["_notes"]) == {"grade": "{'a': 1}"}


def test_bad_typed_cells(tmp_path):
    columns = {**TYPED, "quantity": pa.array([float("nan"), -1.0])}
    read = read_folder(parquet(tmp_path / "f", **columns))
    assert codes(read.rejected) == [(2, "number_invalid"), (3, "number_not_positive")]
    assert read.rejected[1].values["quantity"] == "-1"


def test_lists_of_parquet(tmp_path):
    folder = parquet(tmp_path / "f", "parties", party=["p"], name=["n"], aliases=[["x", "y"]])
    assert rows(folder, "parties")[0]["aliases"] == ["x", "y"]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\x00" * 50 + b"PAR1"])
def test_parquet_that_can_not_be_read(tmp_path, data):
    read = read_folder(write(tmp_path / "f", movements__parquet=data))
    assert codes(read.rejected) == [(0, "file_unreadable")]


def test_all_formats_give_the_same_table(tmp_path):
    headings, line = movement(received="2024-03-09", lot="L1", hs="6109.10")
    from_csv = write(tmp_path / "csv", movements__csv=table(headings, line))
    from_book = workbook(tmp_path / "xlsx" / "movements.xlsx", headings, line)
    from_parquet = parquet(tmp_path / "pq", **{h: [c] for h, c in zip(headings, line, strict=True)})
    tables = [
        read_folder(folder).tables["movements"].drop_columns(["_file"]).to_pylist()
        for folder in (from_csv, from_book, from_parquet)
    ]
    assert tables[0] == tables[1] == tables[2]


CELL = st.sampled_from(["a", "", " ", '"q"', '"a,b"', '"x\ny"', 'x"y', '"a"b', '"', '""'])
LINES = st.lists(st.lists(CELL, min_size=1, max_size=3).map(",".join), max_size=6)


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
@settings(max_examples=300)
def test_large_clean_files_read_as_small_ones_do(lines, end, closed):
    text = end.join(["site,party", *lines]) + (end if closed else "")
    quick = read_csv(text.encode(), TABLES["sites"], {}, large=0)
    careful = read_csv(text.encode(), TABLES["sites"], {}, large=1 << 60)
    assert quick.data.to_pylist() == careful.data.to_pylist()
    assert quick.rows.to_pylist() == careful.rows.to_pylist()
    assert quick.broken == careful.broken


def test_parquet_text_that_is_no_text_sets_the_file_aside(tmp_path):
    damaged = pa.array([b"\xff\xfe", b"b"], pa.binary()).view(pa.string())
    read = read_folder(parquet(tmp_path / "f", **{**TYPED, "to_site": damaged}))
    assert codes(read.rejected) == [(0, "file_unreadable")]


@pytest.mark.parametrize("tail", ['""q","', 'x","""', 'b","'])
def test_quotes_in_pairs_may_still_leave_one_open(tail):
    quick = read_csv(f"site,party\na,b\n{tail}".encode(), TABLES["sites"], {}, large=0)
    assert quick.rows.to_pylist() == [2]
    assert [(row.row, row.reason.code) for row in quick.broken] == [(3, "quote_open")]
