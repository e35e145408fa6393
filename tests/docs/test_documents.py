"""Documents can't go stale: code in them runs, links lead somewhere, the reference is what the code says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from alnage.doors.cli import COMMANDS
from alnage.words import catalogue

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def script(name, *args):
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / name), *args],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_the_reference_is_what_the_code_would_write():
    done = script("docs.py", "check")
    assert done.returncode == 0, done.stderr


def test_the_pictures_are_what_the_product_draws():
    done = script("pictures.py", "check")
    assert done.returncode == 0, done.stderr


def test_every_sentence_is_said_in_both_languages_and_used():
    done = script("words.py", "check")
    assert done.returncode == 0, done.stdout


def test_the_examples_are_what_their_builder_writes():
    done = script("build_examples.py", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "code", [k.split(".", 1)[1] for k in catalogue("en") if k.startswith(("error.", "reason."))]
)
def test_every_code_is_documented(code):
    assert f"`{code}`" in (ROOT / "docs" / "reference.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if not re.match(r"[a-z]+:", link):
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_pages_name_exist(page):
    for name in re.findall(r"`alnage ([a-z]+)", page.read_text("utf-8")):
        assert name in COMMANDS, name


def test_the_snippet_of_the_readme_runs(capsys):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})  # noqa: S102 (our own document)
    assert "E-04: at least 0%, at most 100%, mixed 20%" in capsys.readouterr().out


def test_the_snippet_is_at_most_six_lines():
    block = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)[1]
    assert len([line for line in block.splitlines() if line.strip()]) <= 6
