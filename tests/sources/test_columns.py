import tomllib

import openpyxl
import pytest
from folders import MOVE, MOVEMENTS, PARTIES, movement, table, write

from alnage.sources import propose, read_folder
from alnage.sources.columns import Lexicon, Proposal, match_headings, plain
from alnage.sources.grid import fold
from alnage.sources.schema import TABLES
from alnage.sources.settings import Settings, parse_settings

CHINESE = [
    "出货单号",
    "发货日期",
    "发货工厂",
    "收货工厂",
    "品名",
    "数量（吨）",
    "单位",
    "到货日期",
    "批号",
    "备注",
]
SUPPLIERS = (
    "供应商编号;供应商名称;国家;省份;统一社会信用代码\np1;甲公司;CN;CN-XJ;91350100M000100Y43\n"
)


def test_a_proposal_for_chinese_tables_makes_them_readable(tmp_path):
    line = [*movement()[1], "2024-03-09", "L1", "急"]
    folder = write(
        tmp_path / "f",
        出货记录__csv=table(["某某公司二〇二四年出货记录"], CHINESE, line).encode("gb18030"),
        供应商名单__csv=SUPPLIERS,
    )
    proposal = propose(folder)
    assert proposal.files == {"parties": ("供应商名单.csv",), "movements": ("出货记录.csv",)}
    assert proposal.missing == {}
    (folder / "alnage.toml").write_text(proposal.to_toml(), "utf-8")
    read = read_folder(folder)
    assert read.rejected == ()
    (row,) = read.tables["movements"].to_pylist()
    assert (row["event"], row["lot"], row["quantity"]) == ("m1", "L1", 5.0)
    assert read.tables["parties"]["identifiers"].to_pylist() == [["uscc:91350100M000100Y43"]]


def test_english_headings():
    headings = [
        "Shipment No.",
        "Ship Date",
        "Ship From",
        "Ship To",
        "Item",
        "Qty",
        "UoM",
        "Arrival Date",
    ]
    found, missing = match_headings(headings, "movements", Settings(), Lexicon.load())
    assert missing == ()
    assert found == {
        "event": "Shipment No.", "shipped": "Ship Date", "from_site": "Ship From",
        "to_site": "Ship To", "material": "Item", "quantity": "Qty", "unit": "UoM",
        "received": "Arrival Date",
    }  # fmt: skip


def test_contract_headings_need_no_map(tmp_path):
    folder = write(tmp_path / "f", parties__csv=PARTIES, movements__csv=MOVEMENTS)
    assert propose(folder) == Proposal({}, {}, {})
    assert propose(folder).to_toml() == ""


def test_what_is_mapped_already_is_left(tmp_path):
    folder = write(
        tmp_path / "f",
        alnage__toml='[columns.parties]\nname = "Firm"\n',
        parties__csv="Supplier ID,Firm,Supplier\np1,Alpha,x\n",
    )
    assert propose(folder).columns == {"parties": {"party": "Supplier ID"}}


def test_missing_columns_are_told_as_comments(tmp_path):
    folder = write(tmp_path / "f", movements__csv="event,Ship Date,quantity\nm1,2024-03-01,5\n")
    proposal = propose(folder)
    assert set(proposal.missing["movements"]) == {"from_site", "to_site", "material", "unit"}
    assert '# unit = "?"' in proposal.to_toml()
    assert parse_settings(proposal.to_toml()).headings("movements") == {"shipped": ("Ship Date",)}


def test_sheets_of_a_workbook_of_the_users_own(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "出货"
    book.active.append(CHINESE)
    book.create_sheet("说明").append(["text"])
    book.create_sheet("供应商").append(["供应商编号", "供应商名称"])
    (tmp_path / "f").mkdir()
    book.save(tmp_path / "f" / "台账.xlsx")
    proposal = propose(tmp_path / "f")
    assert proposal.files == {"parties": ("台账.xlsx#供应商",), "movements": ("台账.xlsx#出货",)}


def test_a_file_of_something_else_is_not_proposed(tmp_path):
    folder = write(tmp_path / "f", parties__csv=PARTIES, weather__csv="day,degrees\n1,20\n")
    assert propose(folder).files == {}


def test_damaged_files_are_passed_over(tmp_path):
    folder = write(
        tmp_path / "f",
        a__csv=b"\xff\x00\xfe",
        b__xlsx=b"junk",
        c__parquet=b"junk",
        sites__csv=b"",
        parties__csv=PARTIES,
    )
    assert set(propose(folder).columns) == set()


@pytest.mark.parametrize("heading", ['a"b', "back\\slash", "tab\there", "新"])
def test_any_heading_makes_valid_toml(heading):
    text = Proposal({}, {"sites": {"site": heading}}, {}).to_toml()
    assert tomllib.loads(text) == {"columns": {"sites": {"site": heading}}}


def test_the_lexicon_speaks_of_the_contracts_tables_and_columns_only():
    lexicon = Lexicon.load()
    assert set(lexicon.tables) == set(TABLES)
    for table_name, columns in lexicon.columns.items():
        names = (
            {column.name for t in TABLES.values() for column in t}
            if table_name == "any"
            else set(TABLES[table_name].names)
        )
        assert set(columns) <= names


def test_the_lexicon_is_written_folded_and_says_nothing_twice():
    lexicon = Lexicon.load()
    for group in lexicon.columns.values():
        words = [word for words in group.values() for word in words]
        assert [word for word in words if word != plain(word)] == []
        assert sorted({word for word in words if words.count(word) > 1}) == []
    assert all(word == fold(word) for words in lexicon.tables.values() for word in words)


def test_every_required_column_has_words_in_both_languages():
    lexicon = Lexicon.load()
    for name, t in TABLES.items():
        for column in t.required:
            words = lexicon.words(name, column)
            assert any(word.isascii() for word in words), (name, column)
            assert any(not word.isascii() for word in words), (name, column)


@pytest.mark.parametrize("name", TABLES)
def test_proposals_keep_to_one_column_a_heading(name):
    lexicon = Lexicon.load()
    headings = [lexicon.words(name, column)[-1] for column in TABLES[name].names]
    found, _ = match_headings(headings, name, Settings(), lexicon)
    assert len(set(found.values())) == len(found)


def test_move_headings_of_the_contract_are_known():
    assert set(MOVE) == set(TABLES["movements"].required)
