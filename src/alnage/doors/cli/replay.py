"""``alnage replay DIR``: repeat the run that wrote DIR/run.json, and compare the outputs.

The door knows which commands can be repeated and calls them as a user would; what is
compared is the workspace room's business.

    DIR/run.json ── replay() ── this command line, again ──> same (0) or different (1)
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from alnage.doors.cli import alnage, workspace_dir, workspace_option
from alnage.words import say
from alnage.workspace import Replay, Workspace
from alnage.workspace import replay as repeat
from alnage.workspace.runs import Runner

REPEATABLE: Final = ("assess", "enterprise", "impact")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--folder", type=click.Path(path_type=Path), help="The input folder, if it has moved."
)
@click.option("--out", type=click.Path(path_type=Path), help="Keep the new outputs in this folder.")
@click.option("--lang", default="en", type=click.Choice(["en", "zh"]), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@workspace_option
def replay(
    directory: Path, folder: Path | None, out: Path | None, lang: str, as_json: bool
) -> None:
    """Repeat a run from its run.json and compare; exit 0 if the outputs are the same, else 1."""
    runners = command_runners()
    with tempfile.TemporaryDirectory(prefix="alnage-") as temporary:
        found = repeat(directory, runners, out or Path(temporary), folder=folder)
    if as_json:
        click.echo(json.dumps(found.to_json(lang), ensure_ascii=False, indent=2))
    else:
        _print(found, lang)
    sys.exit(0 if found.same else 1)


def command_runners() -> Mapping[str, Runner]:
    """A runner for every command that can be repeated."""
    where = Workspace.resolve(workspace_dir(), os.environ, Path.cwd()).value
    return {name: _runner(name, where) for name in REPEATABLE}


def _runner(name: str, where: str) -> Runner:
    def run(arguments: tuple[str, ...], into: Path) -> None:
        line = ["--workspace", where, name, *arguments, "--out", str(into)]
        with contextlib.redirect_stdout(io.StringIO()):
            alnage.main(args=line, prog_name="alnage", standalone_mode=False)

    return run


def _print(found: Replay, lang: str) -> None:
    for difference in found.differences:
        click.echo(difference.text(lang))
    key = "replay_result.same" if found.same else "replay_result.different"
    click.echo(say(key, {"outputs": len(found.record.outputs)}, lang))
