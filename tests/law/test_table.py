"""The table's answers and codes are those of ``judge``, row by row, on random facts."""

import datetime as dt
import importlib.util
import json
import os
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alnage.law import LawBook, asking, conditions, judge, parse_facts
from alnage.law.book import InForce
from alnage.law.facts import facts_schema
from alnage.law.table import judge_table, row_facts
from alnage.model import LawError


def beside(name):
    """A test module of this folder, which is not a package."""
    spec = importlib.util.spec_from_file_location(
        f"law_{name}", Path(__file__).with_name(f"{name}.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES = beside("test_cases").CASES
FACTS = beside("test_invariants").FACTS
BOOK = LawBook.load()
PLAIN = [case for case in CASES if "error" not in case.values[0]]


def arrow_type(rule):
    """The Arrow type that a rule of the schema of facts stands for."""
    schema = facts_schema()
    while "$ref" in rule:
        rule = schema["$defs"][rule["$ref"].rsplit("/", 1)[1]]
    kind = rule["type"]
    if kind == "object":
        return pa.struct({key: arrow_type(inner) for key, inner in rule["properties"].items()})
    if kind == "array":
        return pa.list_(arrow_type(rule["items"]))
    if kind == "string" and rule.get("format") == "date":
        return pa.date32()
    return {"string": pa.string(), "number": pa.float64(), "boolean": pa.bool_()}[kind]


WIDE = pa.schema(list(arrow_type(facts_schema()).fields))


def table_of(rows, *, wide):
    """Facts as a table: by the whole schema with dates, or as Arrow guesses from the rows."""
    if not wide:
        return pa.Table.from_pylist([json.loads(json.dumps(row, default=str)) for row in rows],
                                    pa.schema(list(_narrow(rows).items())))  # fmt: skip
    return pa.Table.from_pylist([dict(parse_facts(row).values) for row in rows], WIDE)


def _narrow(rows):
    text = json.loads(json.dumps(rows, default=str))
    keys = dict.fromkeys(key for row in text for key in row)
    return {key: pa.array([row.get(key) for row in text]).type for key in keys}


def codes_of(verdict):
    """What the tree shows on top, remarks aside."""
    return {reason.code for reason in verdict.because if not reason.code.startswith("flag_")}


def compare(rows, *, wide=True, with_codes=True):
    found = judge_table(table_of(rows, wide=wide), BOOK)
    for number, row in enumerate(rows):
        for verdict in judge(parse_facts(row), BOOK).verdicts:
            key = (verdict.regime, verdict.question)
            assert found.answer(number, *key) is verdict.answer, (key, row)
            if with_codes:
                assert found.codes(number, *key) == codes_of(verdict) - {"law_more_reasons"}, (
                    key,
                    row,
                )


@pytest.mark.parametrize("wide", [True, False])
def test_every_case_of_the_case_files_gives_the_same(wide):
    compare([case.values[1] for case in PLAIN], wide=wide)


@settings(max_examples=int(os.environ.get("ALNAGE_TABLE_EXAMPLES", "60")), deadline=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])  # fmt: skip
@given(st.lists(FACTS, min_size=1, max_size=12))
def test_random_facts_give_the_same(rows):
    compare(rows)


def test_the_tree_of_a_row_is_that_of_judge():
    rows = [case.values[1] for case in PLAIN[:20]]
    found = judge_table(table_of(rows, wide=True), BOOK)
    for number in (0, 7, 19):
        assert found.tree(number) == judge(parse_facts(rows[number]), BOOK)


def test_blocks_are_joined_in_order(monkeypatch):
    rows = [case.values[1] for case in PLAIN]
    whole = judge_table(table_of(rows, wide=True), BOOK)
    monkeypatch.setattr("alnage.law.table.BLOCK", 7)
    parts = judge_table(table_of(rows, wide=True), BOOK)
    assert (whole.matrix == parts.matrix).all()
    key = ("US-UFLPA", "presumption")
    assert [whole.codes(n, *key) for n in range(len(rows))] == [
        parts.codes(n, *key) for n in range(len(rows))
    ]


def test_slices_and_chunks_and_dictionaries_do_not_matter():
    rows = [case.values[1] for case in PLAIN]
    table = table_of(rows, wide=True)
    chunked = pa.concat_tables([table.slice(0, 5), table.slice(5)])
    place = chunked.schema.get_field_index("market")
    coded = chunked.set_column(place, "market", chunked.column("market").dictionary_encode())
    assert (judge_table(coded, BOOK).matrix == judge_table(table, BOOK).matrix).all()
    late = judge_table(table.slice(10), BOOK)
    assert (late.matrix == judge_table(table, BOOK).matrix[:, 10:]).all()


def test_null_is_absent_and_an_empty_list_is_not():
    rows = [{"permissions": [], "orders": None}, {"permissions": None, "orders": []}]
    table = pa.Table.from_pylist(rows, pa.schema([WIDE.field("permissions"), WIDE.field("orders")]))
    assert [row_facts(table, n) for n in (0, 1)] == [{"permissions": []}, {"orders": []}]


def test_answers_as_a_table():
    rows = [
        {"transaction": "import", "market": "US", "date": "2024-12-02"},
        {"transaction": "sale"},
    ]
    answers = judge_table(table_of(rows, wide=True), BOOK).answers
    assert answers.column_names == [f"{r.id} {q}" for r in BOOK for q in r.questions]
    assert answers["US-UFLPA applies"].to_pylist() == ["yes", "no"]


def test_an_empty_table_has_no_answers():
    assert judge_table(WIDE.empty_table(), BOOK).answers.num_rows == 0


def test_every_word_of_the_conditions_can_be_asked():
    """A new word of the grammar must be given to both twins."""
    found = [value for value in vars(conditions).values() if isinstance(value, type)]
    words = {
        value
        for value in found
        if value.__module__ == conditions.__name__ and hasattr(value, "find")
    }
    assert words - {conditions.Condition} | {InForce} == set(asking.ASK)


def test_more_codes_than_bits_share_the_last_one():
    book = asking.CodeBook()
    bits = [int(book.bit(f"code_{n}")) for n in range(80)]
    assert len(set(bits)) == 64 - len(asking.CodeBook().known)
    assert {"code_60", "code_79"} <= book.read(bits[79])
    assert book.read(bits[3]) == {"code_3"}


@pytest.mark.parametrize(("case", "facts"), [c for c in CASES if "error" in c.values[0]])
def test_what_a_facts_file_may_not_say_a_table_may_not(case, facts):
    try:
        table = table_of([facts], wide=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError, TypeError):
        pytest.skip("no Arrow type holds it")
    with pytest.raises(LawError) as caught:
        judge_table(table, BOOK)
    says = case["says"].replace("[0]", "[]")
    assert says in caught.value.text() or caught.value.code != case["error"]


@pytest.mark.parametrize(
    ("rows", "code", "says"),
    [
        ([{"market": "US"}, {"market": "UK"}], "law_place_unknown", "GB"),
        ([{"goodz": "x"}], "law_key_unknown", "goods"),
        ([{"chain": [{"regon": "CN-XJ"}]}], "law_key_unknown", "chain[].regon"),
        ([{"chain": [{"listings": [{"register": "us-uflp"}]}]}], "law_value_unknown", "us-uflpa"),
        ([{"orders": [{"regime": "US-307"}]}], "law_value_unknown", "US-S307"),
        ([{"measure": {"regime": "US-UFPLA"}}], "law_value_unknown", "US-UFLPA"),
        ([{"content": [{"group": "region:CN-XJ", "max": 40.0}]}], "law_number_range", "40"),
        ([{"content": [{"group": "region:CN-XJ", "min": 0.5, "max": 0.1}]}], "law_bounds_crossed", "0.5"),
        ([{"content": [{"min": 0.0}]}], "law_key_missing", "group"),
        ([{"chain": "x"}], "law_not_list", "chain"),
        ([{"goods": "x"}], "law_not_mapping", "goods"),
        ([{"date": "2024-02-30"}], "law_date_invalid", "2024-02-30"),
    ],
)  # fmt: skip
def test_errors_name_the_column(rows, code, says):
    with pytest.raises(LawError) as caught:
        judge_table(pa.Table.from_pylist(rows), BOOK)
    assert caught.value.code == code
    assert says in caught.value.text()


def test_an_unknown_question_names_the_nearest():
    found = judge_table(pa.table({"market": ["US"]}), BOOK)
    with pytest.raises(LawError) as caught:
        found.answer(0, "US-UFLPA", "presumtion")
    assert "presumption" in caught.value.text()


def test_dates_may_be_text_or_days():
    day = dt.date(2022, 6, 21)
    facts = {"transaction": ["import"], "market": ["US"]}
    for dates in (pa.array([day]), pa.array([day.isoformat()])):
        found = judge_table(pa.table({**facts, "date": dates}), BOOK)
        assert found.answer(0, "US-UFLPA", "applies").value == "yes"
