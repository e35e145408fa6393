"""The pages for lawyers are what the law data say, and hide nothing that is not verified."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from alnage.law import LawBook
from alnage.law.clock_rules import clock_rules

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "law"
BOOK = LawBook.load()


def text(name):
    return (FOLDER / f"{name}.md").read_text("utf-8")


def test_the_pages_are_what_the_data_would_write():
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "law_docs.py"), "check"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("regime", [regime.id for regime in BOOK])
def test_a_page_holds_every_citation_date_and_question(regime):
    data, page = BOOK[regime].data, text(regime)
    for cite in data["citations"].values():
        assert cite["text"] in page
    for version in data["versions"]:
        for value in version.values():
            if hasattr(value, "isoformat"):
                assert value.isoformat() in page
    for question in data["questions"]:
        assert f"## Question: {question}" in page
    assert data["names"]["zh"] in page


def test_every_unverified_article_and_clock_is_listed():
    page = text("unverified")
    wanted = [
        c["text"]
        for r in BOOK
        for c in r.data["citations"].values()
        if c["verified"] == "unverified"
    ]
    wanted += [rule.id for rule in clock_rules().values() if rule.verified == "unverified"]
    assert wanted
    assert [one for one in wanted if one not in page] == []


def test_what_was_seen_in_a_primary_text_is_not_in_the_list():
    listed = re.findall(r"^\| article \| (.*?) \|", text("unverified"), re.MULTILINE)
    grades = {c["text"]: c["verified"] for r in BOOK for c in r.data["citations"].values()}
    assert {grades[one] for one in listed} == {"unverified"}


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.md")), ids=lambda page: page.name)
def test_links_lead_somewhere_and_no_code_is_left_bare(page):
    body = page.read_text("utf-8")
    for link in re.findall(r"\]\(([^)#\s]+\.md)\)", body):
        assert (page.parent / link).exists(), link
    assert not re.search(r"\b(reason|effect)\.[a-z0-9_]+", body)
    assert "{" not in body
