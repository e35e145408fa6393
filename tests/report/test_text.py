"""The summary on a terminal: worst first, lined up, and no command to the terminal."""

from __future__ import annotations

import pytest
from enterprise_sample import result
from hypothesis import given
from hypothesis import strategies as st
from sample import findings

from alnage.report import enterprise_summary, summary
from alnage.report.reading import columns_wide


def test_by_entry_supplier_and_product_worst_first() -> None:
    text = summary(findings(), "en", 110)
    heads = [text.index(head) for head in ("By entry", "By supplier", "By product")]
    assert heads == sorted(heads)
    entries = [text.index(name) for name in ("  E-01", "  E-02", "  E-03", "  E-04")]
    assert entries == sorted(entries)
    assert "Rejected rows: 1. See rejected.csv." in text


def test_age_of_registers_is_told() -> None:
    assert "Register us-uflpa: 3 days old; complete for: 2022-06-21 to 2024-11-28" in summary(
        findings(), "en"
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [10, 60, 80, 200])
def test_no_line_is_wider_than_asked(lang: str, width: int) -> None:
    for line in summary(findings(), lang, width).splitlines():
        assert columns_wide(line) <= max(width, 60)


def test_columns_line_up_in_chinese() -> None:
    lines = [
        line for line in summary(findings(), "zh", 100).splitlines() if line.startswith("  E-")
    ]
    starts = {columns_wide(line[: line.index("%")].rsplit("  ", 1)[0]) for line in lines}
    assert len(lines) == 4
    assert len(starts) == 1 or max(starts) - min(starts) <= 1


@given(st.text())
def test_a_name_can_not_command_the_terminal(name: str) -> None:
    value = {"folder": name, "targets": [{"target": name}], "products": [{"product": name}]}
    text = summary(value, "en")
    assert not [c for c in text if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0)]


def test_colour_only_when_asked_and_never_alone() -> None:
    plain, coloured = summary(findings(), "en", 110), summary(findings(), "en", 110, colour=True)
    assert "\x1b[" not in plain
    assert coloured.replace("\x1b[0m", "").count("\x1b[") == 3
    for code in ("31;1", "31", "33", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain


def test_many_entries_are_counted() -> None:
    many = {"targets": [{"target": f"E-{i:03}"} for i in range(50)]}
    text = summary(many, "en")
    assert "… and 30 more in the report" in text
    assert "E-019" in text
    assert "E-020" not in text


def test_a_folder_of_parties_only_says_what_would_answer_what() -> None:
    value = {"folder": "x", "missing_tables": [{"table": "entries", "answers": ["verdicts"]}]}
    assert "entries: verdicts" in summary(value, "en")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_enterprise_in_lines(lang: str) -> None:
    text = enterprise_summary(result(), lang, 90)
    assert "\u202e" not in text
    assert all(columns_wide(line) <= 90 for line in text.splitlines())
    heads = {
        "en": ("From the listing", "From the place", "From the inputs", "If it were removed"),
        "zh": ("由列名产生", "由所在地产生", "由投入物产生", "若从名单中移除"),
    }[lang]
    places = [text.index(head) for head in heads]
    assert places == sorted(places)


def test_what_remains_after_removal_is_told() -> None:
    assert "US-UFLPA, still open: place, content" in enterprise_summary(result(), "en", 100)
