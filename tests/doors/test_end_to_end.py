"""From files to a cited report: the commands on the bundled examples and on bad folders."""

import json
import shutil

import pytest
from click.testing import CliRunner

from alnage.doors.cli import alnage
from alnage.examples import folder


def invoke(*args):
    result = CliRunner().invoke(alnage, [str(arg) for arg in args], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    invoke("demo", "--out", out, "--today", "2026-11-24")
    return out


def test_the_demo_writes_both_mirrors_and_all_their_files(demo):
    names = {path.name for path in (demo / "consignment").iterdir()}
    assert {"report.html", "findings.json", "findings.xlsx", "rejected.csv", "run.json"} <= names
    names = {path.name for path in (demo / "enterprise").iterdir()}
    assert {"enterprise.html", "enterprise.json", "run.json"} <= names


def test_removal_would_leave_the_place(demo):
    result = json.loads((demo / "enterprise" / "enterprise.json").read_text("utf-8"))
    by = {
        (item["by"], item["regime"], item["question"]): item["answer"] for item in result["follows"]
    }
    assert by["listing", "US-UFLPA", "presumption"] == "yes"
    assert by["place", "US-UFLPA", "presumption"] == "yes"
    removed = next(item for item in result["if_removed"] if item["regime"] == "US-UFLPA")
    assert removed["remains"] == ["place", "content"]


def test_every_source_of_the_findings_leads_to_a_row_or_an_article(demo):
    findings = json.loads((demo / "consignment" / "findings.json").read_text("utf-8"))
    leaves = []

    def walk(node):
        if isinstance(node, dict):
            for source in node.get("sources", []):
                leaves.append(source)
                if source.get("row"):
                    assert str(source["row"]) in findings["rows"][source["file"]], source
                else:
                    assert source.get("citation") or source.get("register") or source.get("file")
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(findings["targets"])
    assert len(leaves) > 100


def test_a_run_can_be_repeated_and_is_the_same_to_the_byte(demo, tmp_path):
    where = demo / "consignment" / "workspace"
    output = invoke(
        "replay", demo / "consignment", "--workspace", where, "--out", tmp_path / "again", "--json"
    )
    assert json.loads(output)["same"] is True


def test_a_changed_input_is_told_by_replay(tmp_path):
    source = tmp_path / "folder"
    shutil.copytree(folder("cotton-tshirts"), source)
    out, where = tmp_path / "out", tmp_path / "workspace"
    invoke("assess", source, "--out", out, "--today", "2026-11-24", "--workspace", where)
    rows = (source / "movements.csv").read_text("utf-8").splitlines()
    (source / "movements.csv").write_text("\n".join(rows[:-1]) + "\n", "utf-8")
    result = CliRunner().invoke(alnage, ["replay", str(out), "--workspace", str(where), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.output)["same"] is False


def test_suppliers_alone_are_screened_and_judged_and_the_rest_is_unknown(tmp_path):
    source = tmp_path / "suppliers"
    source.mkdir()
    (source / "parties.csv").write_text(
        "party,name,country,region\n"
        "a,Xinjiang Zhongtai Chemical Co. Ltd.,CN,CN-XJ\n"
        "b,Lake Wobegon Buttons LLC,US,US-MN\n",
        "utf-8",
    )
    invoke(
        "assess",
        source,
        "--on",
        "2025-03-01",
        "--out",
        tmp_path / "out",
        "--workspace",
        tmp_path / "w",
    )
    findings = json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))
    status = {party["party"]: party["registers"]["us-uflpa"] for party in findings["parties"]}
    assert status == {"a": "listed", "b": "not_listed"}
    answers = {
        target["target"]: {
            v["answer"]
            for v in target["verdicts"]
            if (v["regime"], v["question"]) == ("US-UFLPA", "presumption")
        }
        for target in findings["targets"]
    }
    assert answers == {"a": {"unknown"}, "b": {"unknown"}}
    assert {item["table"] for item in findings["missing_tables"]} >= {
        "origins",
        "movements",
        "conversions",
    }


def test_a_no_hit_after_the_register_ends_is_not_a_not_listed(tmp_path):
    source = tmp_path / "suppliers"
    source.mkdir()
    (source / "parties.csv").write_text(
        "party,name,country\nb,Lake Wobegon Buttons LLC,US\n", "utf-8"
    )
    invoke(
        "assess",
        source,
        "--on",
        "2026-09-01",
        "--out",
        tmp_path / "out",
        "--workspace",
        tmp_path / "w",
    )
    findings = json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))
    assert findings["parties"][0]["registers"]["us-uflpa"] == "unknown"


def test_the_report_is_chinese_when_asked(tmp_path):
    invoke("demo", "--out", tmp_path, "--lang", "zh", "--today", "2026-11-24")
    text = (tmp_path / "consignment" / "report.html").read_text("utf-8")
    assert 'lang="zh' in text
    assert "不构成法律意见" in text or "法律意见" in text


def test_the_ledger_writes_what_can_be_read_again(tmp_path):
    source = folder("cotton-tshirts")
    first = json.loads(invoke("ledger", source, "--out", tmp_path / "one", "--json"))
    files = {item["file"]: item for item in first["files"]}
    assert files["movements.csv"]["format"] == "csv"
    assert not any(item["rejected"] for item in first["files"])
    (tmp_path / "one" / "rejected.csv").unlink()
    options = (
        "--target",
        "E-13",
        "--target",
        "E-05",
        "--group",
        "region:CN-XJ",
        "--bounds",
        "exact",
    )
    a = [json.loads(line) for line in invoke("trace", source, *options).splitlines()]
    b = [json.loads(line) for line in invoke("trace", tmp_path / "one", *options).splitlines()]
    names = ("target", "min", "expected", "max", "undocumented", "reachable", "custody")
    assert [[line[n] for n in names] for line in a] == [[line[n] for n in names] for line in b]


def test_check_names_the_planted_contradictions():
    found = json.loads(invoke("check", folder("cotton-tshirts"), "--json"))
    codes = {item["code"] for item in found["findings"]}
    assert {"movement_merged", "conversion_more_out_than_in"} <= codes
    assert len(found["rejected"]) == 1


def test_trace_writes_parquet_too(tmp_path):
    import pyarrow.parquet as pq

    out = tmp_path / "t.parquet"
    invoke("trace", folder("tomato-ketchup"), "--group", "region:CN-XJ", "--out", out)
    table = pq.read_table(out)
    assert {"target", "group", "min", "expected", "max", "custody", "method"} <= set(
        table.column_names
    )
    assert table.num_rows > 3
