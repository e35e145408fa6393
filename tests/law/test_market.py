"""The market matrix: closed words, fixed order, both sides' law, nothing that ranks or permits."""

import csv
import datetime as dt
import doctest
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alnage.doors.cli import COMMANDS, main
from alnage.doors.cli.market import market as command
from alnage.law import LawBook, judge, parse_facts
from alnage.law.market import market, read_good, read_origin
from alnage.model import Answer, LawError
from alnage.words import catalogue

BOOK = LawBook.load()
VALUES = {
    "prohibited", "presumption", "case_by_case", "duty", "reporting_duty", "no_measure_found",
    "unknown",
}  # fmt: skip
CELL = {
    "value", "regime", "kind", "legal_basis", "valid_from", "valid_to", "competent_authority",
    "remedy", "conditional", "citation", "answer", "question", "evidence_standard", "documents",
    "because", "missing", "clocks", "verified", "last_verified",
}  # fmt: skip
FIXED = ["US", "EU", "CA", "MX", "GB", "CN"]


def ask(good="cotton", origin="CN-XJ", day="2026-06-01", book=BOOK):
    return market(good, origin, dt.date.fromisoformat(day), book)


def values(matrix):
    return {one.market: one.value for one in matrix.destinations}


def place(matrix, name):
    return next(one for one in matrix.destinations if one.market == name)


@pytest.fixture
def run(capsys):
    def call(*args):
        try:
            main([str(arg) for arg in args])
            status = 0
        except SystemExit as stop:
            status = stop.code
        out = capsys.readouterr()
        return status, out.out, out.err

    return call


@pytest.mark.parametrize(
    ("origin", "day", "wanted"),
    [
        ("CN-XJ", "2022-06-20", {"US": "unknown", "CA": "case_by_case", "MX": "no_measure_found"}),
        ("CN-XJ", "2022-06-21", {"US": "presumption"}),
        ("CN-XJ", "2029-12-22", {"US": "presumption"}),
        ("CN-XJ", "2029-12-23", {"US": "unknown"}),
        ("CN-XJ", "2027-12-13", {"EU": "no_measure_found"}),
        ("CN-XJ", "2027-12-14", {"EU": "case_by_case"}),
        ("CN-XJ", "2020-06-30", {"CA": "no_measure_found"}),
        ("CN-XJ", "2020-07-01", {"CA": "case_by_case"}),
        ("CN-XJ", "2023-05-17", {"MX": "no_measure_found"}),
        ("CN-XJ", "2023-05-18", {"MX": "case_by_case"}),
        ("CN-XJ", "2026-06-01", {"GB": "reporting_duty", "CN": "no_measure_found"}),
        ("CN", "2026-06-01", {"US": "unknown"}),
        ("CN-SD", "2026-06-01", {"US": "unknown"}),
        ("VN", "2026-06-01", {"US": "unknown", "VN": "no_measure_found"}),
    ],
)
def test_values_on_their_days(origin, day, wanted):
    found = values(ask(origin=origin, day=day))
    assert {name: found[name] for name in wanted} == wanted


def test_what_an_unknown_cell_needs_is_named():
    cell = place(ask(origin="CN"), "US").cells[0]
    assert cell.regime.id == "US-UFLPA"
    assert {"chain[0].region", "chain[0].listings", "content"} <= set(cell.verdict.missing)


@pytest.mark.parametrize(
    ("origin", "home"), [("CN-XJ", "CN"), ("DE", "EU"), ("US", "US"), ("PR", "US"), ("VN", "VN")]
)
def test_the_home_market_is_among_them_in_a_fixed_order(origin, home):
    matrix = ask(origin=origin)
    names = [one.market for one in matrix.destinations]
    assert [one.market for one in matrix.destinations if one.home] == [home]
    assert names == (FIXED if home in FIXED else [*FIXED, home])


def test_the_order_does_not_follow_the_answers():
    orders = {tuple(one.market for one in ask(day=day).destinations) for day in
              ("2019-01-01", "2022-06-21", "2028-01-01", "2030-01-01")}  # fmt: skip
    assert orders == {tuple(FIXED)}


def test_a_cell_is_what_the_interpreter_says():
    """No second rule base: the values agree with ``judge`` on the same hypothetical facts."""
    facts = {
        "transaction": "import", "market": "US", "date": "2026-06-01", "permissions": [],
        "goods": {"materials": ["cotton"]}, "exporter": {"country": "CN", "region": "CN-XJ"},
        "chain": [{"party": "origin", "made": True, "country": "CN", "region": "CN-XJ"}],
        "importer": {"country": "US"}, "actor": {"country": "US"},
    }  # fmt: skip
    judged = judge(parse_facts(facts), BOOK)
    for cell in place(ask(), "US").cells:
        same = next(
            v for v in judged.verdicts
            if (v.regime, v.question) == (cell.verdict.regime, cell.verdict.question)
        )  # fmt: skip
        assert same == cell.verdict


def test_the_law_of_the_origin_stands_beside_and_collides():
    us = place(ask(), "US")
    found = {
        (row.act, row.regime.id, row.verdict.question): row.verdict.answer for row in us.origin_law
    }
    assert found["supply_stop", "CN-AFSL", "conduct"] is Answer.YES
    assert found["evidence_transfer", "CN-DSL", "conduct"] is Answer.YES
    assert found["export", "CN-ECL", "applies"] is Answer.UNKNOWN
    assert ("US-UFLPA", "CN-AFSL") in {c.regimes for c in us.collisions}
    assert all(regime.regime.jurisdiction == "CN" for regime in us.origin_law)


def test_origin_law_of_the_union_covers_exports():
    rows = place(ask(origin="DE", day="2028-01-10"), "US").origin_law
    assert [(r.act, r.regime.id, r.verdict.question) for r in rows][:1] == [
        ("export", "EU-FLR", "prohibition")
    ]


def test_an_origin_without_loaded_law_has_none_and_says_so(run):
    assert not any(one.origin_law for one in ask(origin="VN").destinations)
    _, out, _ = run("market", "cotton", "--origin", "VN", "--on", "2026-06-01")
    assert "No law of the origin is loaded. That is no permission." in out


def test_law_that_is_not_in_force_is_named_with_its_day():
    codes = [(r.code, r.params["regime"], r.params["day"]) for r in place(ask(), "EU").not_in_force]
    assert codes == [("law_not_yet", "EU-FLR", "2027-12-14")]
    ended = place(ask(day="2030-01-01"), "US").not_in_force
    assert ("law_ended", "US-UFLPA") in {(r.code, r.params["regime"]) for r in ended}


def test_law_of_other_kinds_is_named_and_not_hidden():
    for one in ask().destinations:
        named = {cell.regime.id for cell in one.cells if cell.regime}
        named |= {r.params["regime"] for r in one.not_in_force} | set(one.not_asked)
        assert named == {r.id for r in BOOK if r.jurisdiction == one.market}


def test_the_words_of_cells_are_closed_and_complete():
    value = ask().to_json("zh")
    assert value["schema"] == "market/1"
    for one in value["destinations"]:
        assert {key: one[key] for key in CELL} == one["cells"][0]
        for cell in one["cells"]:
            assert set(cell) == CELL
            assert cell["value"] in VALUES
            assert cell["last_verified"] == BOOK.as_of.isoformat()
            if cell["value"] != "no_measure_found":
                assert cell["citation"]["citation"]
                assert cell["legal_basis"]
                assert cell["verified"] in ("primary", "secondary", "unverified")
        for row in one["origin_law"]:
            assert row["citation"]["citation"]
            assert row["verified"]
    json.dumps(value)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_measure_found_is_never_permission(run, lang):
    _, text, _ = run("market", "cotton", "--origin", "CN-XJ", "--on", "2026-06-01", "--lang", lang)
    _, data, _ = run(
        "market", "cotton", "--origin", "CN-XJ", "--on", "2026-06-01", "--lang", lang, "--json"
    )
    for out in (text, data):
        for word in ("allowed", "compliant", "permitted", "clear to", "允许", "合规", "准许"):
            assert word not in out.lower()
    assert catalogue(lang)["market.no_measure_found"] in text
    assert {"en": "That is no permission", "zh": "这并非许可"}[lang] in text


def test_nothing_sorts_filters_or_ranks():
    options = {option for param in command.params for option in param.opts}
    assert options == {
        "good",
        "--origin",
        "--on",
        "--csv",
        "--json",
        "--lang",
        "--law",
        "--workspace",
    }
    _, matrix = COMMANDS["market"], ask().to_json()
    assert not {"score", "rank", "ease"} & set(re.findall(r'"([a-z_]+)":', json.dumps(matrix)))


def test_evidence_follows_the_commodity():
    us = place(ask("tomato"), "US").cells[0]
    assert "harvest_record" in us.documents
    assert "bale_id" not in us.documents
    assert "bale_id" in place(ask("5205"), "US").cells[0].documents
    assert "charge_sheet" in place(ask("多晶硅"), "US").cells[0].documents


@pytest.mark.parametrize(
    ("text", "hs", "materials", "known"),
    [
        ("cotton", "", ("cotton",), True),
        ("carded yarn", "", ("cotton",), True),
        ("番茄", "", ("tomato",), True),
        ("5205.11", "5205.11", ("cotton",), True),
        ("61091000", "61091000", ("cotton",), True),
        ("0101.21", "0101.21", (), False),
        ("cobalt ore", "", ("cobalt ore",), False),
        ("316 stainless steel", "", ("316 stainless steel",), False),
    ],
)
def test_goods(text, hs, materials, known):
    good = read_good(text)
    assert (good.hs, good.materials, good.known) == (hs, materials, known)


@pytest.mark.parametrize(
    ("good", "code"),
    [(" ", "market_good_empty"), ("610", "market_hs_bad"), ("6109.1", "market_hs_bad"),
     ("61.09", "market_hs_bad"), ("12345678901", "market_hs_bad")],
)  # fmt: skip
def test_bad_goods(good, code):
    with pytest.raises(LawError) as caught:
        read_good(good)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("origin", "says"), [("XJ", "CN-XJ"), ("CN-65", "CN-XJ"), ("UK", "GB"), ("EU", "nearest")]
)
def test_bad_origins_name_the_nearest(origin, says):
    with pytest.raises(LawError) as caught:
        read_origin(origin)
    assert says in caught.value.text() or says == "nearest"


def test_an_overlay_adds_its_destination_and_says_so(tmp_path, run):
    text = (Path(__file__).parent / "private_regime.yaml").read_text("utf-8")
    (tmp_path / "au.yaml").write_text(text, "utf-8")
    matrix = ask(book=LawBook.load(tmp_path))
    assert [one.market for one in matrix.destinations] == [*FIXED, "AU"]
    assert place(matrix, "AU").value == "prohibited"
    _, out, _ = run(
        "market", "cotton", "--origin", "CN-XJ", "--on", "2026-06-01", "--law", tmp_path
    )
    assert "AU-TEST" in out
    assert "are not Alnage law data" in out


def test_csv_has_a_row_a_cell_and_starts_no_formula(tmp_path, run):
    file = tmp_path / "matrix.csv"
    status, out, _ = run(
        "market", "=cmd()", "--origin", "CN-XJ", "--on", "2026-06-01", "--csv", file
    )
    assert (status, out) == (0, "")
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    cells = [cell for one in ask("=cmd()").destinations for cell in one.cells]
    assert [row["value"] for row in rows] == [cell.value for cell in cells]
    assert {row["good"] for row in rows} == {"'=cmd()"}
    assert not any(text[:1] in tuple("=+-@") for row in rows for text in row.values())


@pytest.mark.parametrize(
    "args",
    [["610", "--origin", "CN"], ["cotton", "--origin", "CHN"], ["cotton", "--origin", "CN", "--on", "soon"],
     ["cotton", "--origin", "CN", "--csv", "/nowhere/at/all.csv"], ["cotton"]],
)  # fmt: skip
def test_bad_calls_are_a_sentence_and_exit_2(run, args):
    status, out, err = run("market", *args)
    assert status == 2
    assert out == ""
    assert "Traceback" not in err
    assert err


def test_an_error_as_json(run):
    status, out, _ = run("market", "610", "--origin", "CN", "--json")
    assert status == 2
    assert "610" in json.loads(out)["error"]


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["cotton", "6109.10", "tungsten"]),
    st.sampled_from(["CN-XJ", "CN", "CN-GD", "VN", "DE", "HR", "US", "CA", "MX", "HK", "GB"]),
    st.dates(dt.date(1995, 1, 1), dt.date(2035, 1, 1)),
)
def test_every_cell_of_every_day_is_cited_or_says_that_it_is_no_permission(good, origin, day):
    matrix = market(good, origin, day, BOOK)
    assert [one.market for one in matrix.destinations][: len(FIXED)] == FIXED
    assert any(one.home for one in matrix.destinations)
    for one in matrix.destinations:
        for cell in one.cells:
            assert cell.value in VALUES
            if cell.regime is None:
                assert [reason.code for reason in cell.because] == ["market_none"]
            else:
                start = cell.regime.in_force.on(day)
                assert (start.disputed_from or start.effective) <= day
                assert cell.verdict.citations


@pytest.mark.parametrize("name", ["market.md", "law.md"])
def test_the_examples_of_the_pages_run(name):
    page = Path(__file__).parents[2] / "docs" / name
    assert doctest.testfile(str(page), module_relative=False).failed == 0
