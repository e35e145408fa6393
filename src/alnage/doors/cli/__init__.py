"""The command line: one lazy group, a module a command, no rule of the domain.

``alnage --help`` must be quick, so a command's module is imported when the command
is named. ``--workspace DIR`` may stand before or after the command's name.

    main() ── LazyGroup ── COMMANDS[name] ── alnage.doors.cli.<module>:<attribute>
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from alnage.model import AlnageError, OptionError
from alnage.words import say

# name: (module:attribute, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "assess": ("assess:assess", "Judge every consignment of a custody folder; write the report."),
    "audit": ("audit:audit", "Check or anchor the chain of records."),
    "case": ("case:case", "Remedies, cases, deadlines and documents."),
    "check": ("ledger:check", "Print conservation findings and red flags of a folder."),
    "clock": ("clock:clock", "Compute a deadline: due day, day of effect, who must act."),
    "columns": ("ledger:columns", "Propose which of a folder's headings is which column."),
    "config": ("config:config", "Show settings and where each came from."),
    "decisions": ("decisions:decisions", "Keep and list reviewers' decisions on matches."),
    "demo": ("demo:demo", "Run the bundled consignment and enterprise."),
    "enterprise": ("enterprise:enterprise", "What follows for an enterprise, and what helps."),
    "impact": ("impact:impact", "What if: a listing, a ban, a failing firm, a lost sector."),
    "figures": ("figures:figures", "Published figures: definition, source, who says them."),
    "law": ("law:law", "Ask the law: check, explain, changes, list, show."),
    "ledger": ("ledger:ledger", "Write the canonical tables of a folder."),
    "market": ("market:market", "Law on a good of an origin, destination by destination."),
    "match": ("match:match", "Explain who in the registers a name may be, part by part."),
    "receipts": ("receipts:receipts", "Verify, replay or export screening receipts."),
    "registers": ("registers:registers", "Import, list and compare restricted-party registers."),
    "relief": (
        "relief:relief",
        "Support measures for enterprises, and what is missing to open them.",
    ),
    "replay": ("replay:replay", "Repeat a run from its run.json and compare."),
    "screen": ("screen:screen", "Match names against registers, with reasons."),
    "trace": ("trace:trace", "How much of a target can, must and probably does come from a group."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """The names, in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(f"alnage.doors.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Print names and one line each, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(cls=LazyGroup)
@click.version_option(package_name="alnage")
@click.option(
    "--workspace", default=None, metavar="DIR", help="Workspace folder (default .alnage)."
)
@click.pass_context
def alnage(ctx: click.Context, workspace: str | None) -> None:
    """Trade restrictions in supply chains: what goods contain, what each law says, what is open."""
    ctx.obj = workspace


def workspace_option(function: Any) -> Any:
    """Let ``--workspace`` stand after the command's name too; read it by ``workspace_dir``."""
    return click.option(
        "--workspace",
        default=None,
        metavar="DIR",
        expose_value=False,
        help="Workspace folder (else ALNAGE_WORKSPACE, else .alnage).",
        callback=_remember,
    )(function)


def _remember(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.find_root().obj = value


def workspace_dir() -> str | None:
    """The ``--workspace`` of this call, wherever it stood; None if it was not given."""
    value: str | None = click.get_current_context().find_root().obj
    return value


def workspace() -> Path:
    """The workspace folder of this call (see ``Workspace.resolve``)."""
    from alnage.workspace import Workspace

    return Path(Workspace.resolve(workspace_dir(), os.environ, Path.cwd()).value)


def main(args: Sequence[str] | None = None) -> None:
    """Run; an error of ours becomes one sentence on stderr and exit status 2."""
    try:
        code = alnage.main(args=args, prog_name="alnage", standalone_mode=False)
        if isinstance(code, int):  # click hands back what ctx.exit() was given
            sys.exit(code)
    except AlnageError as error:
        click.echo(f"alnage: {error}", err=True)
        sys.exit(2)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        why = error.strerror or str(error)
        refused = OptionError("file_refused", file=error.filename or "-", why=why)
        click.echo(f"alnage: {refused}", err=True)
        sys.exit(2)
    except Exception as error:  # a fault of ours: a sentence for the user, the trace on request
        if os.environ.get("ALNAGE_TRACEBACK"):
            raise
        click.echo(f"alnage: {say('error.internal', {'kind': type(error).__name__})}", err=True)
        sys.exit(70)
