"""Write docs/reference.md from the commands and the word catalogues.

docs.py write   write it
docs.py check   fail if it is not what the code would write
"""

import sys
import tomllib
from pathlib import Path

import click

from alnage.doors.cli import COMMANDS, alnage

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "reference.md"
WORDS = ROOT / "src" / "alnage" / "words" / "en"
SETTINGS = {
    "workspace": "The workspace folder: `--workspace`, else `ALNAGE_WORKSPACE`, else `workspace` in `alnage.toml`, else `.alnage`.",
}


def command_lines(name: str, command: click.Command) -> list[str]:
    lines = [
        f"### `alnage {name}`",
        "",
        (command.help or "").split("\n\n")[0].replace("\n", " "),
        "",
    ]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            lines += command_lines(f"{name} {sub}", found)
        return lines
    rows = []
    for option in command.params:
        if isinstance(option, click.Argument):
            rows.append(
                f"| `{option.human_readable_name.upper()}` | {'required' if option.required else 'optional'} argument |"
            )
        else:
            default = (
                ""
                if option.default in (None, False, "", ())
                or str(option.default).startswith("Sentinel")
                else f" (default `{option.default}`)"
            )
            rows.append(f"| `{', '.join(option.opts)}` | {option.help or ''}{default} |")
    return [*lines, "| option | meaning |", "| --- | --- |", *rows, ""]


def code_lines(kind: str) -> list[str]:
    rows = []
    for file in sorted(WORDS.glob("*.toml")):
        for code, text in tomllib.loads(file.read_text("utf-8")).get(kind, {}).items():
            rows.append(f"| `{code}` | {text.replace('|', '/').replace(chr(10), ' ')} |")
    return ["| code | sentence |", "| --- | --- |", *sorted(rows), ""]


def reference() -> str:
    lines = [
        "# Command reference",
        "",
        "Written by `scripts/docs.py` from the code; do not edit.",
        "",
        "## Commands",
        "",
    ]
    context = click.Context(alnage)
    for name in sorted(COMMANDS):
        lines += command_lines(name, alnage.get_command(context, name))
    lines += ["## Settings", "", *(f"- `{name}`: {text}" for name, text in SETTINGS.items()), ""]
    lines += [
        "## Error codes",
        "",
        *code_lines("error"),
        "## Reason codes",
        "",
        *code_lines("reason"),
    ]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["write"]:
        FILE.write_text(reference(), "utf-8")
    elif sys.argv[1:] == ["check"]:
        sys.exit(
            0
            if FILE.exists() and FILE.read_text("utf-8") == reference()
            else "docs/reference.md is out of date: run scripts/docs.py write"
        )
    else:
        sys.exit(__doc__)
