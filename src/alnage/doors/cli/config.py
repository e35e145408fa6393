"""``alnage config``: settings with where each came from; upgrading a workspace.

flag ─ environment ─ alnage.toml ─ default ── workspace.resolve() ──> show
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from alnage.doors.cli import workspace_dir, workspace_option
from alnage.words import say
from alnage.workspace import Setting, Workspace, resolve
from alnage.workspace.migration import format_of


@click.group()
@workspace_option
def config() -> None:
    """Show settings and where each came from."""


@config.command()
@click.option(
    "--lang", default=None, type=click.Choice(["en", "zh"]), help="Language of the output."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@workspace_option
def show(lang: str | None, as_json: bool) -> None:
    """Every setting, its value, and which of flag, environment, alnage.toml, default gave it."""
    settings = _settings(lang)
    path = Path(settings[0].value)
    number = format_of(path) if path.is_dir() else None
    if as_json:
        state = {"path": str(path), "exists": path.is_dir(), "format": number}
        rows = [setting.to_json() for setting in settings]
        value = {"schema": "config/1", "settings": rows, "workspace": state}
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
        return
    shown = settings[1].value
    for setting in settings:
        source = say(f"config_source.{setting.source}", {}, shown)
        where = f" ({setting.where})" if setting.where else ""
        click.echo(f"{setting.name:<10} {setting.value}  <- {source}{where}")
    key = "missing" if not path.is_dir() else "unformatted" if number is None else "format"
    click.echo(say(f"config_state.{key}", {"format": number}, shown))


@config.command()
@workspace_option
def upgrade() -> None:
    """Bring a workspace of an older format to the present one: copied, checked, swapped."""
    lang = _settings(None)[1].value
    kept = Workspace.open(_settings(None)[0].value, write=True).upgraded_from
    key = "upgrade_none" if kept is None else "upgrade_done"
    click.echo(say(f"config_state.{key}", {"kept": str(kept)}, lang))


def _settings(lang: str | None) -> tuple[Setting, Setting]:
    here = Path.cwd()
    return (
        Workspace.resolve(workspace_dir(), os.environ, here),
        resolve("lang", lang, os.environ, here),
    )
