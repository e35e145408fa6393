"""Quick to start: what may be imported when, and what the door does with errors."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from alnage.doors.cli import COMMANDS, alnage

HEAVY = {
    "numpy", "pyarrow", "numba", "scipy", "yaml", "jinja2", "opencc", "pypinyin", "rapidfuzz",
    "holidays", "xlsxwriter", "python_calamine", "filelock", "sqlite3",
}  # fmt: skip


def imported(code):
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_importing_the_package_imports_nothing_heavy():
    assert not imported("import alnage") & HEAVY


def test_help_imports_nothing_heavy():
    code = "from click.testing import CliRunner\nfrom alnage.doors.cli import alnage\nassert CliRunner().invoke(alnage, ['--help']).exit_code == 0"
    found = imported(code)
    assert not found & HEAVY
    assert len([name for name in found if name.startswith("alnage")]) <= 12


def test_tracing_by_region_needs_neither_names_nor_law(tmp_path):
    (tmp_path / "origins.csv").write_text(
        "event,date,site,material,quantity,unit\nO,2024-01-01,a,m,1,kg\n"
    )
    (tmp_path / "movements.csv").write_text(
        "event,shipped,from_site,to_site,material,quantity,unit\nM,2024-01-02,a,b,m,1,kg\n"
    )
    code = (
        "from click.testing import CliRunner\nfrom alnage.doors.cli import alnage\n"
        f"r = CliRunner().invoke(alnage, ['trace', {str(tmp_path)!r}, '--group', 'region:CN-XJ'])\n"
        "assert r.exit_code == 0, r.output"
    )
    assert not imported(code) & {"numba", "opencc", "pypinyin", "holidays", "jinja2", "xlsxwriter"}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_shows_its_help(name):
    result = CliRunner().invoke(alnage, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage" in result.output


def run(*args, cwd):
    return subprocess.run(
        [sys.executable, "-c", "from alnage.doors.cli import main; main()", *args],
        capture_output=True, text=True, cwd=cwd, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "args",
    [
        ("trace", "nowhere"),
        ("assess", "nowhere", "--out", "o"),
        ("law", "check", "nowhere.yaml"),
        ("clock", "us.det.final"),
        ("clock", "no.such.rule", "--event", "presented=2024-01-01"),
        ("screen", "nowhere.csv", "--out", "h.jsonl"),
        ("demo", "--example", "nothing"),
        ("enterprise", "X", "--region", "nowhere"),
        ("replay", "nowhere"),
        ("no-such-command",),
    ],
)
def test_what_can_not_be_done_is_a_sentence_and_exit_status_2(args, tmp_path):
    done = run(*args, cwd=tmp_path)
    assert done.returncode == 2, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    assert (done.stderr + done.stdout).strip()


def test_reading_commands_write_nothing(tmp_path):
    run("law", "list", cwd=tmp_path)
    run("registers", "list", cwd=tmp_path)
    run("config", "show", cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_ours_is_no_traceback():
    code = (
        "import alnage.doors.cli as cli\n"
        "import click\n"
        "@click.command()\ndef broken(): raise RuntimeError('x')\n"
        "cli.LazyGroup.get_command = lambda self, ctx, name: broken\n"
        "cli.main(['trace'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert "RuntimeError" in done.stderr
