"""Scenarios: the file to the letter, bands of losses, and what a change does to a real folder."""

import datetime as dt
import json
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from alnage.assess.folder import OpenFolder
from alnage.assess.scenario import run_scenario
from alnage.assess.supplies import stores
from alnage.doors.cli import alnage, main
from alnage.impact.losses import (
    Firm,
    Flow,
    Outcome,
    Store,
    Supply,
    enterprises,
    rolled,
    substitution,
    totals,
)
from alnage.impact.scenario import parse_scenario, read_scenario
from alnage.law import LawBook
from alnage.model import Answer, InputError
from alnage.registers import Registers

YES, UNKNOWN, NO = Answer.YES, Answer.UNKNOWN, Answer.NO
DAY = dt.date(2024, 1, 1)
FOLDER = Path(str(files("alnage.examples").joinpath("cotton-tshirts")))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "scenario_yaml"),
        ([], "scenario_yaml"),
        ({"from": DAY, "changes": [], "form": 1}, "scenario_key"),
        ({"changes": [{"remove": "cotton"}]}, "scenario_from"),
        ({"from": "soon", "changes": [{"remove": "cotton"}]}, "scenario_from"),
        ({"from": DAY}, "scenario_changes"),
        ({"from": DAY, "changes": ["remove"]}, "scenario_changes"),
        ({"from": DAY, "changes": [{"list": "a", "delist": "a"}]}, "scenario_changes"),
        ({"from": DAY, "changes": [{"remove": ""}]}, "scenario_value"),
        ({"from": DAY, "changes": [{"list": "a", "market": "US"}]}, "scenario_key"),
        ({"from": DAY, "changes": [{"bar": "region:CN-XJ"}]}, "scenario_market"),
        ({"from": DAY, "changes": [{"bar": "Xinjiang", "market": "US"}]}, "scenario_value"),
        ({"from": DAY, "changes": [{"remove": "x"}], "jobs_per_output": [1, 0]}, "scenario_value"),
        ({"from": DAY, "changes": [{"remove": "x"}], "jobs_per_output": 1}, "scenario_value"),
    ],
)
def test_a_slip_in_the_file_is_an_error(value, code):
    with pytest.raises(InputError) as caught:
        parse_scenario(value)
    assert caught.value.code == code
    assert "{" not in caught.value.text("en")
    assert caught.value.text("zh") != caught.value.text("en")


def test_files(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        read_scenario(tmp_path / "none.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("changes: [", "utf-8")
    with pytest.raises(InputError) as caught:
        read_scenario(broken)
    assert caught.value.code == "scenario_yaml"


def outcome(before=NO, after=YES, moves=(), flows=(), **more):
    values = {"target": "E", "market": "US", "product": "shirt", "importer": "i", "kg": 10.0}
    values |= {"content": 20.0, "value": 100.0, "currency": "USD", "unknown": 0.25, **more}
    return Outcome(before=before, after=after, becomes=(), moves=moves, flows=flows, **values)


@given(st.sampled_from(Answer), st.sampled_from(Answer), st.sampled_from(Answer))
def test_bands_are_ordered_and_follow_the_answers(other, before, after):
    """One rule goes from ``before`` to ``after``, another stands at ``other``."""
    worst = [max((a, other), key=["no", "unknown", "yes"].index) for a in (before, after)]
    moves = ((before, after),) if before != after else ()
    low, high = outcome(*worst, moves).risk
    assert -1 <= low <= high <= 1
    if other == YES or before == after:
        assert (low, high) == (0, 0)  # barred anyway, or nothing moved
    elif (before, after) == (NO, YES):
        assert (low, high) == (1, 1)
    elif after == NO:
        assert low == -1
        assert high == (-1 if before == YES and other == NO else 0)


def test_sums_keep_currencies_apart_and_count_what_is_not_told():
    some = [
        outcome(moves=((NO, YES),)),
        outcome(after=UNKNOWN, moves=((NO, UNKNOWN),), currency="EUR", market="EU", unknown=1.0),
        outcome(moves=((NO, YES),), value=None),
        outcome(after=NO),
    ]
    told = totals(some)
    assert told["targets"] == 3
    assert told["kg"] == [20, 30]
    assert told["value"] == {"USD": [100, 100], "EUR": [0, 100]}
    assert told["targets_without_value"] == 1
    assert told["unknown_share"] == pytest.approx((0.25 + 1 + 0.25) / 3)
    assert [(row["market"], row["targets"]) for row in rolled(some, "market")] == [
        ("EU", 1),
        ("US", 2),
    ]
    assert totals([])["unknown_share"] == 1.0  # nothing known is not "nothing unknown"


def test_enterprises_roles_output_and_jobs():
    flows = (Flow("farm", "mill", "lint", 1.0), Flow("mill", "sewer", "yarn", 1.0))
    one = outcome(moves=((NO, YES),), flows=flows)
    party = {"farm": "F", "mill": "M", "sewer": "S"}
    firms = {"F": Firm("F", 40.0, 8.0), "M": Firm("M", 20.0, None), "S": Firm("S", 80.0, 4.0)}
    rows = {row["party"]: row for row in enterprises([one], party, firms, {"mill"}, (0.5, 1.0))}
    assert {p: row["roles"] for p, row in rows.items()} == {
        "F": ["upstream"],
        "M": ["direct"],
        "S": ["downstream"],
    }
    assert rows["F"]["share_of_output"] == [0.5, 0.5]
    assert rows["F"]["jobs"] == [2.0, 4.0]
    assert rows["M"]["jobs"] is None  # employees not told is no zero
    assert rows["S"]["jobs"] == [0.5, 1.0]
    assert rows["S"]["unknown_share"] == 0.25


def test_substitution_names_makers_only_and_caps_at_capacity():
    def supply(supplier, kg, capacity=None, *, makes=True, buyer="mill"):
        return Supply(supplier, buyer, "lint", kg, makes, capacity, kg)

    supplies = [
        supply("hit", 100.0),
        supply("a", 10.0, 50.0),
        supply("store", 30.0, makes=False),
        supply("elsewhere", 30.0, buyer="other mill"),
    ]
    (found,) = substitution(
        supplies, {"hit"}, {"a": {"listed": "possible"}}, {("mill", "lint"): Store(30.0, 2.0)}
    )
    assert found["lost_kg"] == 100
    assert found["cover"] == [0, 0.4]
    assert [(o["supplier"], o["spare_kg"], o["listed"]) for o in found["alternatives"]] == [
        ("a", 40, "possible")
    ]
    (open_end,) = substitution([*supplies, supply("b", 1.0)], {"hit"}, {}, {})
    assert open_end["cover"] == [0, 1]
    assert (found["stock_kg"], found["days_of_stock"]) == (30, 15)
    assert open_end["days_of_stock"] is None  # no record of a store is no empty store


@pytest.fixture(scope="module")
def run():
    registers, book = Registers.load(None), LawBook.load()

    def ask(*changes, start=DAY):
        scenario = parse_scenario({"from": start, "changes": list(changes)})
        return run_scenario(FOLDER, registers, book, scenario)

    return ask


def answers(result):
    return {
        one["target"]: (one["before"], one["after"], one["becomes"]) for one in result["targets"]
    }


def test_listing_a_maker_presumes_what_it_made_and_nothing_else(run):
    result = run({"list": "swift", "register": "us-uflpa"})
    moved = {one["target"] for one in result["targets"] if one["answers"]}
    assert moved == {"E-01", "E-02", "E-03", "E-12", "E-13"}
    assert answers(result)["E-01"] == ("unknown", "yes", ["presumed", "prohibited"])
    by_party = {one["party"]: one for one in result["enterprises"]}
    assert by_party["swift"]["roles"] == ["direct"]
    assert by_party["heron"]["roles"] == ["downstream"]
    assert by_party["kestrel"]["roles"] == ["upstream"]
    for row in (result["totals"], *result["markets"], *result["enterprises"]):
        assert 0 <= row["unknown_share"] <= 1


def test_a_name_stands_for_its_party_and_a_later_day_touches_less(run):
    by_name = run({"list": "Alpine Swift Garments Co. Ltd. (Vietnam)"})
    assert by_name["changes"] == [{"kind": "list", "what": "swift", "register": "us-uflpa"}]
    later = run({"list": "swift"}, start=dt.date(2099, 1, 1))
    assert later["totals"]["targets"] == 0
    assert [note["code"] for note in later["notes"]][-1] == "scenario_changes_nothing"


def test_a_ban_in_one_market_leaves_the_others(run):
    result = run({"bar": "region:CN-XJ", "market": "EU"})
    changed = [one for one in result["targets"] if one["answers"]]
    assert [(one["target"], one["market"]) for one in changed] == [("E-10", "EU")]
    assert answers(result)["E-10"] == ("no", "yes", ["prohibited"])
    assert result["totals"]["value"] == {"EUR": [120357.0, 120357.0]}
    for lost in result["substitution"]:
        for other in lost["alternatives"]:
            assert other["in_region"] == "outside"
            assert other["listed"] in ("listed", "possible", "not_listed", "unknown")


def test_freeing_the_region_only_relieves(run):
    result = run({"free": "region:CN-XJ", "market": "US"})
    assert result["totals"]["targets"] > 0
    assert all(one["at_risk"][1] <= 0 for one in result["targets"])


def test_a_lost_material_cuts_off_all_that_is_made_of_it(run):
    result = run({"remove": "cotton"})
    assert {one["becomes"][0] for one in result["targets"]} == {"cut_off"}
    roles = {one["party"]: one["roles"] for one in result["enterprises"]}
    assert roles["meadowlark-farms"] == ["direct"]
    nothing = run({"remove": "polysilicon"})
    assert all(one["after"] != "yes" for one in nothing["targets"])


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ({"list": "swiftt"}, "scenario_party", "swift"),
        ({"list": "swift", "register": "us-uflpb"}, "scenario_register", "us-uflpa"),
        ({"delist": "swift"}, "scenario_not_listed", "swift"),
        ({"free": "party:swift", "market": "US"}, "scenario_not_listed", "swift"),
    ],
)
def test_unknown_names_are_named_with_the_nearest(run, change, code, told):
    with pytest.raises(InputError) as caught:
        run(change)
    assert caught.value.code == code
    assert told in str(caught.value)


def test_delisting_undoes_a_listing(tmp_path):
    for name in ("parties", "origins", "movements", "entries"):
        rows = {
            "parties": "party,name,country\nmill,Red Perch Mill Ltd.,VN\nus,Importer Inc.,US\n",
            "origins": "event,date,site,material,quantity,unit,document\nO,2025-01-01,mill,fibre,10,kg,d\n",
            "movements": "event,shipped,from_site,to_site,material,quantity,unit,document\nM,2025-02-01,mill,us,fibre,10,kg,d\n",
            "entries": "entry,market,date,movement,value,currency\nE,US,2025-03-01,M,50,USD\n",
        }[name]
        (tmp_path / f"{name}.csv").write_text(rows, "utf-8")
    from alnage.model import Listing
    from alnage.registers import Register

    listing = Listing("r", "x", "Red Perch Mill Ltd.", country="VN", effective_from=DAY)
    registers = Registers.of(Register("r", "us-uflpa", (listing,)))
    scenario = parse_scenario({"from": dt.date(2025, 1, 1), "changes": [{"delist": "mill"}]})
    result = run_scenario(tmp_path, registers, LawBook.load(), scenario)
    (one,) = result["targets"]
    assert one["before"] == "yes"
    assert one["after"] != "yes"
    moved = {(m["regime"], m["question"]): (m["before"], m["after"]) for m in one["answers"]}
    assert moved["US-UFLPA", "presumption"][0] == "yes"
    assert one["at_risk"][1] <= 0


def test_command_writes_three_files_in_both_languages(tmp_path):
    scenario = tmp_path / "s.yaml"
    scenario.write_text(
        'name: "<b>=1+1</b>"\nfrom: 2024-01-01\nchanges:\n  - {bar: "region:CN-XJ", market: EU}\n',
        "utf-8",
    )
    for lang, word in (("en", "Unknown share"), ("zh", "未知份额")):
        out = tmp_path / lang
        result = CliRunner().invoke(
            alnage,
            ["impact", str(FOLDER), str(scenario), "--out", str(out), "--lang", lang,
             "--workspace", str(tmp_path / "w")],
        )  # fmt: skip
        assert result.exit_code == 0, result.output
        assert word in result.output
        page = (out / "impact.html").read_text("utf-8")
        assert word in page
        assert "<b>" not in page
        assert "<script" not in page
        assert "scenario." not in page  # no key without its sentence
        book = openpyxl.load_workbook(out / "impact.xlsx")
        assert len(book.sheetnames) == 8
        found = json.loads((out / "impact.json").read_text("utf-8"))
        assert found["schema"] == "scenario/1"
        record = json.loads((out / "run.json").read_text("utf-8"))
        assert record["command"] == "impact"
        assert set(record["outputs"]) == {"impact.html", "impact.json", "impact.xlsx"}
        assert "s.yaml" in record["inputs"]


def test_both_forms_of_the_command(tmp_path, capsys):
    runner = CliRunner()
    assert "esri" in runner.invoke(alnage, ["impact", "--help"]).output
    for form in (["impact"], ["impact", "folder"]):
        with pytest.raises(SystemExit) as stop:
            main([*form, str(FOLDER), "none.yaml", "--out", str(tmp_path)])
        assert stop.value.code == 2
        assert "none.yaml" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["impact", "--out", str(tmp_path), str(FOLDER), "none.yaml"])
    assert stop.value.code == 2


def test_stores_end_before_the_day_and_show_a_rate_of_use(tmp_path):
    tables = {
        "parties": "party,name\nfarm,Farm\nmill,Mill\n",
        "origins": "event,date,site,material,quantity,unit\nO,2024-01-01,farm,fibre,100,kg\n",
        "movements": "event,shipped,received,from_site,to_site,material,quantity,unit\n"
        "M1,2024-01-02,2024-01-03,farm,mill,fibre,60,kg\n"
        "M2,2024-03-01,2024-03-02,farm,mill,fibre,40,kg\n",
        "conversions": "event,date,site,direction,material,quantity,unit\n"
        "C1,2024-01-10,mill,in,fibre,10,kg\nC1,2024-01-10,mill,out,cloth,10,kg\n"
        "C2,2024-01-20,mill,in,fibre,10,kg\nC2,2024-01-20,mill,out,cloth,10,kg\n",
    }
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    found = stores(OpenFolder(tmp_path, Registers.of()), dt.date(2024, 2, 1))
    assert found["farm", "fibre"] == Store(40.0, None)
    assert found["mill", "fibre"] == Store(40.0, 2.0)
    assert found["mill", "fibre"].days == 20
    assert found["mill", "cloth"] == Store(20.0, None)
