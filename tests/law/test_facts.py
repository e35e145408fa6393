"""Reading facts: YAML's traps, odd files, territories with dates, the published schema."""

import datetime as dt

import jsonschema
import pytest

from alnage.law.facts import facts_schema, load_places, load_yaml, parse_facts, read_facts
from alnage.law.schema import nearest
from alnage.model import Answer, LawError, Where

WHERE = Where("facts.yaml")


def test_norway_is_a_country_and_no_truth_value():
    raw = load_yaml("importer: {country: NO}\nmarket: NO", WHERE)
    assert parse_facts(raw).values["importer"]["country"] == "NO"


def test_true_and_false_are_the_only_truth_values():
    raw = load_yaml("a: true\nb: False\nc: yes\nd: off\ne: n", WHERE)
    assert raw == {"a": True, "b": False, "c": "yes", "d": "off", "e": "n"}


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("date: 2024-01-01\ndate: 2024-01-02", "law_key_twice", 2),
        ("chain:\n  - {party: a, party: b}", "law_key_twice", 2),
        ("chain: [", "law_yaml_invalid", 2),
        ("a: 1\n---\nb: 2", "law_yaml_invalid", 2),
        ("!!python/object/apply:os.getcwd []", "law_yaml_invalid", 1),
        ("date: 2024-13-45", "law_yaml_invalid", None),
        ("{[]: 1}", "law_yaml_invalid", 1),
    ],
)
def test_bad_yaml_says_where(text, code, row):
    with pytest.raises(LawError) as caught:
        load_yaml(text, WHERE)
    assert caught.value.code == code
    if row is not None and code == "law_key_twice":
        assert caught.value.where == Where("facts.yaml", row)
    assert caught.value.text().startswith("facts.yaml")


def test_a_long_alias_chain_ends_in_an_error_not_in_a_loop():
    with pytest.raises(LawError):
        parse_facts(load_yaml("goods: &x {materials: [a, *x]}", WHERE))
    with pytest.raises(LawError):
        parse_facts(load_yaml("chain: &x [*x]", WHERE))


@pytest.mark.parametrize("value", [None, [], "text", 3, True])
def test_facts_must_be_keys_with_values(value):
    with pytest.raises(LawError) as caught:
        parse_facts(value)
    assert caught.value.code == "law_not_mapping"


def test_null_is_absent():
    assert "orders" not in parse_facts({"orders": None}).values
    assert parse_facts({"orders": []}).values["orders"] == ()


def test_files(tmp_path):
    good = tmp_path / "a.json"
    good.write_text('\ufeff{"date": "2024-12-02"}', "utf-8")
    assert read_facts(good).day == dt.date(2024, 12, 2)
    bad = tmp_path / "b.yaml"
    bad.write_bytes(b"\xff\xfe\x00a")
    for path, code in ((bad, "law_file_not_text"), (tmp_path / "none", "law_file_unreadable")):
        with pytest.raises(LawError) as caught:
            read_facts(path)
        assert caught.value.code == code


def test_the_published_schema_accepts_what_the_reader_accepts():
    facts = {
        "transaction": "import",
        "market": "US",
        "date": "2024-12-02",
        "chain": [{"party": "a", "made": True, "listings": [{"register": "us-uflpa"}]}],
        "content": [{"group": "region:CN-XJ", "min": 0, "max": 0.4}],
    }
    jsonschema.Draft202012Validator.check_schema(facts_schema())
    jsonschema.validate(facts, facts_schema())
    parse_facts(facts)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**facts, "transacton": "import"}, facts_schema())


@pytest.mark.parametrize(
    ("code", "territory", "day", "answer"),
    [
        ("PR", "US", "2024-01-01", "yes"),
        ("GU", "US", "2024-01-01", "no"),
        ("DE", "EU", "2024-01-01", "yes"),
        ("EU", "EU", "2024-01-01", "yes"),
        ("HR", "EU", "2013-06-30", "no"),
        ("HR", "EU", "2013-07-01", "yes"),
        ("HR", "EU", None, "unknown"),
        ("GB", "EU", "2020-12-31", "yes"),
        ("GB", "EU", "2021-01-01", "no"),
        ("XI", "EU", "2024-01-01", "unknown"),
        ("RE", "EU", None, "yes"),
        ("CH", "EU", None, "no"),
        ("HK", "CN", "2024-01-01", "unknown"),
        ("VN", "VN", None, "yes"),
        ("VN", "TH", None, "no"),
    ],
)
def test_territories(code, territory, day, answer):
    on = dt.date.fromisoformat(day) if day else None
    assert load_places().inside(code, territory, on) is Answer(answer)


def test_nearest_is_never_empty_while_there_are_options():
    assert nearest("zzz", ["a", "b"]) in ("a", "b")
    assert nearest("US-uflpa", ["us-uflpa", "us-wro"]) == "us-uflpa"
    assert nearest("x", []) == ""
