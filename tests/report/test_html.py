"""The page: one file, nothing fetched, text as data, every answer with its reasons."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from enterprise_sample import result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample import HOSTILE, findings

from alnage.model import OptionError
from alnage.report import render_enterprise_html, render_html
from alnage.report.html import MOST_IN_FULL

VOID = {"meta", "br", "link", "img", "input", "hr", "rect", "circle"}


class Page(HTMLParser):
    """Collects elements, ids, links and text; fails on tags that don't match."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.text).split())

    def values(self, attribute: str) -> list[str]:
        return [a[attribute] for _, a in self.tags if attribute in a]


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request: pytest.FixtureRequest) -> Page:
    return Page(render_html(findings(), request.param))


@pytest.fixture(scope="module")
def english() -> Page:
    return Page(render_html(findings(), "en"))


def test_nothing_is_fetched_and_nothing_runs(page: Page) -> None:
    assert not {t for t, _ in page.tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "form",
        "base",
        "use",
        "image",
    }
    assert not page.values("src")
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on")]
    for tag, attrs in page.tags:
        for value in attrs.values():
            if value and "://" in value:
                assert (tag, attrs.get("href") or attrs.get("xmlns")) in (
                    ("a", value),
                    ("svg", value),
                )


def test_style_asks_for_nothing_outside() -> None:
    text = render_html(findings(), "en")
    assert text.count("<style>") == 1
    assert not re.search(r"@import|@font-face|url\((?!#)", text)


def test_every_link_inside_the_page_has_its_place(page: Page) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = [href[1:] for href in page.values("href") if href.startswith("#")]
    assert inner
    assert set(inner) <= set(ids)


def test_a_hostile_name_stays_text(page: Page) -> None:
    assert "<script>alert(1)</script> Mill & Sons" in page.said
    assert "\u202e" not in "".join(page.text)


def test_entries_stand_worst_first(english: Page) -> None:
    order = [i for i in english.values("id") if i.startswith("entry-")]
    assert order == ["entry-E-01", "entry-E-02", "entry-E-03", "entry-E-04"]


def test_answer_and_verification_share_a_cell(english: Page) -> None:
    said = english.said
    assert "yes, unverified" in said
    assert "conditions not met on these facts, primary source" in said
    assert "unknown, secondary source" in said


def test_no_answer_reads_as_clearance() -> None:
    said = Page(render_html(findings(), "en")).said.lower()
    assert not re.search(r"\b(compliant|cleared|safe|clean)\b", said)
    # "clear and convincing" is a standard of proof of the sample's law text.
    assert not re.search(r"\bclear\b(?! and convincing)", said)


def test_the_effect_of_a_yes_is_not_told_under_a_no() -> None:
    text = render_html(findings(), "en")
    section = text[text.index('id="entry-E-04"') : text.index('id="parties"')]
    rows = re.findall(r"<tr>.*?</tr>", section, re.DOTALL)
    no = [row for row in rows if "conditions not met" in row]
    assert len(no) == 2
    assert not any("Presumed barred" in row for row in no)


def test_leaves_lead_to_rows_registers_and_articles(english: Page) -> None:
    assert "#row-conversions.csv-31" in english.values("href")
    assert "register us-uflpa, entry ex-17, version 9f2c1a77" in english.said
    assert "https://www.congress.gov/bill/117th-congress/house-bill/6256" in english.values("href")


def test_paths_are_told_step_by_step_with_their_rows(english: Page) -> None:
    said = english.said
    assert "21 % · made in region CN-XJ: passes a site of the group" in said
    assert "玛河轧花厂 (Mahe Gin) → Qingshan Spinning Co., Ltd. · lint · M-gin-xj-spin-a" in said
    assert "Coverage for made in region CN-XJ: 88 %." in said


def test_evidence_tells_its_effect_in_both_directions(english: Page) -> None:
    said = english.said
    assert "Range if shown to be outside" in said
    assert "12 % to 29 % 18 % to 35 % 6 %" in said


def test_gaps_tell_where_and_how_much_hangs_on_them(english: Page) -> None:
    assert "Lint left Qingshan beyond what came in." in english.said
    assert "movements.csv, row 21" in english.said


def test_the_chain_is_also_told_as_a_table(english: Page) -> None:
    said = english.said
    assert "The chain as a table, with its rows" in said
    assert "Song Hong Yarn Thanh Binh Knitting carded yarn 40 % 0 % 0 % 5 %" in said


def test_regimes_that_ask_nothing_of_it_are_folded_away() -> None:
    text = render_html(findings(), "en")
    section = text[text.index('id="entry-E-03"') : text.index('id="entry-E-04"')]
    assert "Conditions not met on these facts:" not in section
    closed = text[text.index('id="entry-E-04"') : text.index('id="parties"')]
    assert "US-UFLPA" in closed


def test_a_page_of_many_entries_names_what_it_leaves_to_the_workbook() -> None:
    many = {"targets": [{"target": f"E-{i:04}"} for i in range(MOST_IN_FULL + 3)]}
    page = Page(render_html(many, "en"))
    assert "3 more are in findings.xlsx and findings.json" in page.said
    assert page.said.count(f"E-{MOST_IN_FULL + 2:04}") == 1
    ids = set(page.values("id"))
    assert {h[1:] for h in page.values("href") if h.startswith("#")} <= ids


def test_rejected_rows_and_what_is_missing_are_told(english: Page) -> None:
    said = english.said
    assert "movements.csv, row 44" in said
    assert 'The unit "stones" is not known.' in said
    assert "payments: reconciliation of money with goods" in said


def test_tiny_shares_do_not_read_as_none(english: Page) -> None:
    assert "expected < 0.01 %" in english.said


def test_registers_show_age_and_gaps(english: Page) -> None:
    assert "3 days old" in english.said
    assert "35 additions are not in this snapshot." in english.said


def test_the_head_of_the_chain_is_printed(page: Page) -> None:
    assert findings()["chain_head"] in page.said


def test_language_is_declared() -> None:
    assert '<html lang="zh-Hans">' in render_html(findings(), "zh")
    assert '<html lang="en">' in render_html(findings(), "en")


def test_the_chinese_page_has_no_english_of_ours() -> None:
    """What is left in Latin letters is names, codes, citations and sentences of the sample."""
    data = str(findings()) + str(result()) + HOSTILE
    given_words = set(re.findall(r"[A-Za-z]+", data))
    codes = {"Alnage", "rejected", "csv", "UN", "ECE", "unit", "weight", "SHA"}
    said = [
        Page(render_html(findings(), "zh")).said,
        Page(render_enterprise_html(result(), "zh")).said,
    ]
    left = {word for text in said for word in re.findall(r"[A-Za-z]{3,}", text)} - codes
    # A name may be cut in a figure, so the beginning of a given word is enough.
    assert not {word for word in left if not any(g.startswith(word) for g in given_words)}


def test_absent_keys_leave_their_part_out() -> None:
    for empty in (
        {},
        {"targets": None},
        {"targets": [{}]},
        {"targets": [{"groups": "x", "chains": []}]},
    ):
        for lang in ("en", "zh"):
            Page(render_html(empty, lang))


def _without(value: object, path: tuple) -> object:
    """A copy of ``value`` without what stands at ``path``."""
    head, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[head] = _without(copy[head], tuple(rest))
    else:
        del copy[head]
    return copy


def _paths(value: object, at: tuple = ()) -> list[tuple]:
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [p for key, entry in pairs for p in [(*at, key), *_paths(entry, (*at, key))]]


PATHS = _paths(findings())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PATHS), st.sampled_from(["en", "zh"]))
def test_any_part_may_be_missing(path: tuple, lang: str) -> None:
    Page(render_html(_without(findings(), path), lang))


def test_it_is_reproducible() -> None:
    assert render_html(findings(), "zh") == render_html(findings(), "zh")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(OptionError, match="fr"):
        render_html({}, "fr")


def test_a_script_address_is_no_link() -> None:
    value = findings()
    value["targets"][3]["verdicts"][0]["citations"] = [
        {"citation": "x", "url": "javascript:alert(1)"}
    ]
    assert "javascript:" not in " ".join(Page(render_html(value, "en")).values("href"))


# the enterprise


@pytest.fixture(scope="module")
def enterprise() -> str:
    return render_enterprise_html(result(), "en")


def test_listing_place_and_content_are_kept_apart(enterprise: str) -> None:
    heads = ["From the listing", "From the place", "From the inputs"]
    places = [enterprise.index(f"<h3>{head}</h3>") for head in heads]
    assert places == sorted(places)


def test_reported_and_modelled_never_share_a_part(enterprise: str) -> None:
    reported = enterprise[enterprise.index('id="reported"') : enterprise.index('id="modelled"')]
    assert "520" in reported
    assert "310" not in reported


def test_removal_tells_what_remains(enterprise: str) -> None:
    said = Page(enterprise).said
    assert "If it were removed from the list" in said
    assert "presumption: yes → conditions not met on these facts (listing)" in said
    assert "place · presumption: yes" in said
    assert "content · presumption: unknown" in said


def test_a_measure_without_notice_says_what_is_missing(enterprise: str) -> None:
    said = Page(enterprise).said
    assert "cn.xj.legal unknown, primary source" in said
    assert "implementing notice" in said


def test_a_namesake_gets_its_statement(enterprise: str) -> None:
    said = Page(enterprise).said
    assert "Another party than the listed one." in said
    assert "<script>" not in enterprise
    assert HOSTILE.split("\u202e")[0].strip() in said


def test_an_enterprise_by_name_only() -> None:
    said = Page(render_enterprise_html({"enterprise": "红柳纺织"}, "zh")).said
    assert "企业报告：红柳纺织" in said
    assert "未发现列名" in said
