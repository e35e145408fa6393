import pytest
from folders import MOVE, PARTIES, codes, movement, table, write

from alnage.model import InputError
from alnage.sources import read_folder
from alnage.sources.settings import parse_settings

CHINESE = ["编号", "发货日期", "发货地", "收货地", "物料", "数量", "单位"]
MAP = "[columns.movements]\n" + "".join(
    f'{column} = "{heading}"\n' for column, heading in zip(MOVE, CHINESE, strict=True)
)


def test_headings_and_files_of_the_users_own(tmp_path):
    folder = write(
        tmp_path / "f",
        alnage__toml='[files]\nmovements = "出货记录.csv"\n' + MAP,
        出货记录__csv=table(CHINESE, movement()[1]).encode("gb18030"),
    )
    read = read_folder(folder)
    assert read.tables["movements"]["material"].to_pylist() == ["lint"]
    assert read.files[0].file == "出货记录.csv"


def test_the_contracts_own_heading_wins(tmp_path):
    text = "party,name,供应商\np1,Alpha,Beta\n"
    folder = write(
        tmp_path / "f", alnage__toml='[columns.parties]\nname = "供应商"\n', parties__csv=text
    )
    (row,) = read_folder(folder).tables["parties"].to_pylist()
    assert row["name"] == "Alpha"
    assert dict(row["_notes"]) == {"供应商": "Beta"}


def test_one_of_several_headings(tmp_path):
    settings = '[columns.parties]\nname = ["Firm", "供应商"]\n'
    folder = write(tmp_path / "f", alnage__toml=settings, parties__csv="party,供应商\np1,Alpha\n")
    assert read_folder(folder).tables["parties"]["name"].to_pylist() == ["Alpha"]


def test_a_mapped_heading_that_is_not_there_is_found(tmp_path):
    settings = '[columns.parties]\nregion = "省"\n'
    read = read_folder(
        write(tmp_path / "f", alnage__toml=settings, parties__csv=PARTIES.replace("region", "R"))
    )
    assert [(f.code, f.params["column"]) for f in read.findings] == [
        ("mapped_heading_absent", "region")
    ]


@pytest.mark.parametrize(
    "path",
    ["../x.csv", "/etc/passwd", "a/../../x.csv", "C:\\x.csv", "..\\x.csv", "\\\\host\\x.csv"],
)
def test_paths_that_leave_the_folder_are_refused(tmp_path, path):
    (tmp_path / "x.csv").write_text(PARTIES)
    folder = write(
        tmp_path / "f", parties__csv=PARTIES, alnage__toml=f"[files]\nparties = '{path}'\n"
    )
    with pytest.raises(InputError, match="leads out"):
        read_folder(folder)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[columns.movments]\n", "settings_table_unknown"),
        ('[columns.movements]\nshiped = "x"\n', "settings_column_unknown"),
        ("[columns.movements]\nshipped = 5\n", "settings_not_text"),
        ("[columns]\nmovements = 5\n", "settings_not_text"),
        ("columns = 5\n", "settings_not_text"),
        ('[files]\nparties = ""\n', "settings_not_text"),
        ("[files]\nparties = []\n", "settings_not_text"),
        ("[files\n", "settings_invalid"),
        ("a = 1\na = 2\n", "settings_invalid"),
    ],
)
def test_settings_that_can_not_be_used(text, code):
    with pytest.raises(InputError) as caught:
        parse_settings(text)
    assert caught.value.code == code
    assert str(caught.value).startswith("alnage.toml")
    assert "{" not in caught.value.text("zh")


def test_near_names_are_named():
    with pytest.raises(InputError, match='nearest is "shipped"'):
        parse_settings('[columns.movements]\nshiped = "x"\n')


def test_other_rooms_sections_are_left_alone():
    assert parse_settings('[assess]\nlang = "zh"\n').files == {}


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    folder = write(tmp_path / "f", parties__csv=PARTIES, alnage__toml='[files]\nsites = "s.csv"\n')
    with pytest.raises(InputError, match=r"s\.csv"):
        read_folder(folder)


def test_settings_that_are_not_utf8(tmp_path):
    folder = write(tmp_path / "f", parties__csv=PARTIES, alnage__toml="# 棉".encode("gb18030"))
    with pytest.raises(InputError, match="UTF-8"):
        read_folder(folder)


def test_a_file_of_another_format_is_set_aside(tmp_path):
    folder = write(
        tmp_path / "f", parties__doc="x", alnage__toml='[files]\nparties = "parties.doc"\n'
    )
    assert codes(read_folder(folder).rejected) == [(0, "file_format")]
