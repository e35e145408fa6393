"""Measures are bases of policy until a notice opens them: never yes, never an invented term."""

import datetime as dt
import json

from click.testing import CliRunner

from alnage.cases.support import LEVELS, TYPES, load_measures
from alnage.doors.cli import alnage
from alnage.model import Answer


def test_the_resolution_stands_from_its_day_in_force():
    found = {measure.measure: measure for measure in load_measures()}
    legal = found["cn-xj-2024.legal-services"]
    assert legal.answer(dt.date(2024, 9, 1))[0] is Answer.NO
    assert legal.answer(dt.date(2024, 9, 2))[0] is Answer.UNKNOWN


def test_no_measure_is_open_or_has_a_deadline_without_a_notice():
    for measure in load_measures():
        row = measure.to_json(dt.date(2026, 11, 24))
        assert row["answer"] == "unknown"
        assert row["missing"] == ["implementing_notice"]
        assert row["deadline"] is None
        assert row["documents"] == []
        assert row["legal_basis"]


def test_types_and_levels_are_those_of_the_design():
    measures = load_measures()
    assert {measure.type for measure in measures} <= set(TYPES)
    assert {measure.level for measure in measures} <= set(LEVELS)
    assert len({measure.measure for measure in measures}) == len(measures)


def test_what_was_not_found_in_the_text_is_unverified():
    found = {measure.measure: measure for measure in load_measures()}
    assert found["cn-xj-2024.markets"].basis.verified == "unverified"


def test_the_command_prints_the_contract():
    result = CliRunner().invoke(
        alnage, ["relief", "measures", "--on", "2025-01-01", "--lang", "zh", "--json"]
    )
    assert result.exit_code == 0, result.output
    keys = {
        "measure", "programme", "type", "level", "authority", "legal_basis", "answer", "because",
        "missing", "documents", "deadline", "verified",
    }  # fmt: skip
    assert all(keys <= set(row) for row in json.loads(result.output))
