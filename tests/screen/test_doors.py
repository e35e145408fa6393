"""The commands as a user gives them: every row answered, receipts that can be checked."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from alnage.doors.cli import alnage
from alnage.model import InputError, OptionError
from alnage.screen.queries import read_queries

REGISTER = """entity,name,aliases,name_zh,country,region,register,effective_from,removed_on,identifiers
e1,"Kunlun Bright Cotton Co., Ltd.",Kunlun Mian,昆仑明棉业有限公司,CN,CN-XJ,,2024-01-01,2025-06-01,
e2,Snow Peak Yarn Ltd,,,CN,,,2024-01-01,,lei:529900T8BM49AURSDO55
"""
QUERIES = """id,name,name_local,country,region,identifiers,schema
1,Kunlun Bright Cotton Company Limited,,CN,,,Company
2,,昆侖明棉業有限公司,,,,
3,Lisboa Tecidos,,PT,,,
4,,,,,,
5,Nobody,,,,lei:529900T8BM49AURSDO55,
"""


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., Result]:
    (tmp_path / "r.csv").write_text(REGISTER, "utf-8")
    (tmp_path / "q.csv").write_text(QUERIES, "utf-8")

    def run(*args: str) -> Result:
        return CliRunner().invoke(alnage, ["--workspace", str(tmp_path / "ws"), *args])

    assert (
        run("registers", "import", str(tmp_path / "r.csv"), "--as", "mine", "--json").exit_code == 0
    )
    return run


def screen(call: Callable[..., Result], tmp_path: Path, *options: str) -> list[dict[str, Any]]:
    out = tmp_path / "hits.jsonl"
    done = call(
        "screen", str(tmp_path / "q.csv"), "--out", str(out), "--register", "mine", *options
    )
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_one_line_for_every_row(call: Callable[..., Result], tmp_path: Path) -> None:
    lines = screen(call, tmp_path, "--as-of", "2025-01-01")
    assert [line["id"] for line in lines] == ["1", "2", "3", "4", "5"]
    assert [line["answers"]["mine"] for line in lines] == [
        "listed",
        "listed",
        "not_listed",
        "unknown",
        "listed",
    ]
    match = lines[0]["matches"][0]
    assert set(match) == {
        "entity", "register", "name", "matched_alias", "score", "match", "explanation", "effective_from", "removed_on",
    }  # fmt: skip
    assert (match["entity"], match["match"], match["removed_on"]) == ("e1", True, "2025-06-01")
    assert lines[1]["matches"][0]["matched_alias"] == "昆仑明棉业有限公司"
    assert len({line["receipt"] for line in lines}) == 5


def test_as_of_after_the_removal(call: Callable[..., Result], tmp_path: Path) -> None:
    lines = screen(call, tmp_path, "--as-of", "2025-06-01")
    assert lines[0]["matches"] == []
    assert lines[4]["matches"][0]["entity"] == "e2"


def test_threshold_zero_lists_every_candidate(call: Callable[..., Result], tmp_path: Path) -> None:
    few = screen(call, tmp_path, "--as-of", "2025-01-01")
    many = screen(call, tmp_path, "--as-of", "2025-01-01", "--threshold", "0")
    assert all(len(a["matches"]) <= len(b["matches"]) for a, b in zip(few, many, strict=True))
    one = screen(call, tmp_path, "--as-of", "2025-01-01", "--threshold", "0", "--limit", "1")
    assert max(len(line["matches"]) for line in one) == 1


def test_no_hit_outside_completeness_is_unknown(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    call(
        "registers",
        "import",
        str(tmp_path / "r.csv"),
        "--as",
        "mine",
        "--complete-to",
        "2024-12-31",
    )
    assert screen(call, tmp_path, "--as-of", "2025-01-01")[2]["answers"] == {"mine": "unknown"}
    assert screen(call, tmp_path, "--as-of", "2024-12-31")[2]["answers"] == {"mine": "not_listed"}


def test_receipts_hold_replay_and_break(call: Callable[..., Result], tmp_path: Path) -> None:
    receipt = screen(call, tmp_path, "--as-of", "2025-01-01")[0]["receipt"]
    checked = json.loads(call("receipts", "verify", "--json").stdout)
    assert (checked["ok"], checked["receipts"]) == (True, 1)
    again = call("receipts", "replay", receipt, "--json")
    assert json.loads(again.stdout)["same"] is True
    # A newer register does not change what an old screening found.
    (tmp_path / "r.csv").write_text(REGISTER.replace("Snow Peak", "Glacier"), "utf-8")
    call("registers", "import", str(tmp_path / "r.csv"), "--as", "mine")
    assert call("receipts", "replay", receipt).exit_code == 0
    call("receipts", "export", receipt, "--out", str(tmp_path / "receipt.json"))
    exported = json.loads((tmp_path / "receipt.json").read_text("utf-8"))
    assert exported["record"]["payload"]["method"] == "screen/2"
    assert len(exported["lines"]) == 5
    for table in (tmp_path / "ws/tables").rglob("*.parquet"):
        table.write_bytes(table.read_bytes()[:-9] + b"damaged!!")
    assert call("receipts", "verify", "--json").exit_code == 1


def test_unknown_receipt_and_register_name_what_there_is(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    screen(call, tmp_path)
    with pytest.raises(OptionError, match="/1"):
        raise call("receipts", "replay", "99").exception  # type: ignore[misc]  # an AlnageError
    asked = call("screen", str(tmp_path / "q.csv"), "--register", "mihe")
    assert "mine" in str(asked.exception)


def test_registers_commands(call: Callable[..., Result], tmp_path: Path) -> None:
    listed = json.loads(call("registers", "list", "--json").stdout)
    assert {row["id"] for row in listed["registers"]} == {
        "mine",
        "us-uflpa",
        "us-wro",
        "cn-uel",
        "cn-afsl",
    }
    shown = json.loads(call("registers", "show", "mine", "--on", "2026-01-01", "--json").stdout)
    assert [row["entity"] for row in shown["listings"]] == ["e2"]
    (tmp_path / "r.csv").write_text(REGISTER.rsplit("e2", 1)[0], "utf-8")
    call("registers", "import", str(tmp_path / "r.csv"), "--as", "mine")
    first = json.loads(call("registers", "show", "mine", "--json").stdout)["versions"][0]["version"]
    diff = json.loads(call("registers", "diff", f"mine@{first[:12]}", "mine", "--json").stdout)
    assert [row["entity"] for row in diff["absent"]] == ["e2"]
    assert diff["removed"] == []
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "parties.csv").write_text("party,name\np1,Glacier Yarn Ltd\np2,Acme\n", "utf-8")
    (tmp_path / "r.csv").write_text(REGISTER.replace("Snow Peak", "Glacier"), "utf-8")
    call("registers", "import", str(tmp_path / "r.csv"), "--as", "mine")
    done = call(
        "registers", "diff", f"mine@{first[:12]}", "mine", "--affects", str(folder), "--json"
    )
    rows = json.loads(done.stdout)["affects"]
    assert [(row["party"], row["entity"], row["new"]) for row in rows] == [("p1", "e2", "listed")]
    assert call("registers", "verify").exit_code == 0
    out = tmp_path / "out.csv"
    call("registers", "export", "mine", "--out", str(out))
    with out.open(encoding="utf-8") as stream:
        assert {row["entity"] for row in csv.DictReader(stream)} == {"e1", "e2"}
    for lang in ("en", "zh"):
        assert "us-wro" in call("registers", "list", "--lang", lang).stdout


def test_a_read_only_workspace_still_answers(call: Callable[..., Result], tmp_path: Path) -> None:
    lines = screen(call, tmp_path, "--no-receipt")
    assert {line["receipt"] for line in lines} == {None}


@pytest.mark.parametrize(
    "option", [("--threshold", "2"), ("--prior", "0"), ("--prior", "1"), ("--limit", "0")]
)
def test_senseless_numbers_are_refused(
    call: Callable[..., Result], tmp_path: Path, option: tuple[str, str]
) -> None:
    done = call("screen", str(tmp_path / "q.csv"), *option)
    assert isinstance(done.exception, OptionError)
    assert option[1] in done.exception.text("zh")


def test_queries_in_other_forms(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from openpyxl import Workbook

    rows = [("7", "新疆天业"), ("8", "Acme")]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [("id", "name"), *rows]:
        sheet.append(row)
    book.save(tmp_path / "q.xlsx")
    pq.write_table(
        pa.table({"id": ["7", "8"], "name": ["新疆天业", "Acme"]}), tmp_path / "q.parquet"
    )
    (tmp_path / "q.csv").write_bytes("id;name\n7;新疆天业\n8;Acme\n".encode("gb18030"))
    for form in ("xlsx", "parquet", "csv"):
        found = read_queries(tmp_path / f"q.{form}")
        assert [(one.id, one.name) for one in found] == rows


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a,b\n1,2\n", b"\x00\x01\x02", b'name\n"open'])
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_unusable_files_are_refused_in_words(tmp_path: Path, data: bytes, suffix: str) -> None:
    file = tmp_path / f"q.{suffix}"
    file.write_bytes(data)
    try:
        found = read_queries(file)
    except InputError as error:
        said = error
    else:
        assert all(query.name for query in found)
        return
    assert said.text("en") != said.text("zh")
    assert f"q.{suffix}" in str(said)
