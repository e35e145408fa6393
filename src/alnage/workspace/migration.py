"""The format of a workspace folder, and the way from an older one to the present one.

A workspace outlives the program that made it. A newer format is refused, with the
remedy; an older one is upgraded on a copy, the copy is checked, and only then do the
two change places. The old folder is kept beside it.

    NAME ── copy ──> NAME.upgrading ── steps, check ──> NAME.ready ── swap ──> NAME
     └─────────────────────────────────────────────────────────> NAME.format-N
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from alnage.model import WorkspaceError
from alnage.workspace.atomic import write_bytes

FILE: Final = "workspace.json"
FORMAT: Final = 1
LOCK: Final = ".lock"
# What a workspace may hold before it has a workspace.json (imported registers).
KNOWN: Final = frozenset({"registers", "tables", "documents", "catalogue.sqlite", LOCK, FILE})

Step = Callable[[Path], None]
STEPS: Final[Mapping[int, Step]] = {}


def ready(path: Path) -> Path:
    """Where a checked copy waits for the swap."""
    return path.with_name(f"{path.name}.ready")


def format_of(path: Path) -> int | None:
    """The format that ``workspace.json`` names; None where there is no such file.

    WorkspaceError ``workspace_damaged`` if the file can't be read.
    """
    file = path / FILE
    if not file.is_file():
        return None
    try:
        value = json.loads(file.read_text("utf-8"))["format"]
        number = int(value)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorkspaceError("workspace_damaged", path=str(file), why=str(error)) from None
    return number


def write_format(path: Path, number: int, *, made_by: str) -> None:
    """Write ``workspace.json``."""
    value = {"schema": "workspace/1", "format": number, "made_by": made_by}
    write_bytes(path / FILE, (json.dumps(value, indent=2) + "\n").encode("utf-8"))


def check_format(path: Path, present: int = FORMAT) -> None:
    """WorkspaceError unless the folder has the present format, or none yet.

    ``workspace_newer``, ``workspace_older``, or ``workspace_foreign`` for a folder that
    holds something else.
    """
    number = format_of(path)
    if number is None:
        strange = sorted(item.name for item in path.iterdir() if not _ours(item.name))
        if strange:
            raise WorkspaceError("workspace_foreign", path=str(path), found=strange[0])
    elif number > present:
        raise WorkspaceError("workspace_newer", path=str(path), format=number, known=present)
    elif number < present:
        raise WorkspaceError("workspace_older", path=str(path), format=number, known=present)


def upgrade(
    path: Path,
    check: Callable[[Path], None],
    *,
    made_by: str,
    present: int = FORMAT,
    steps: Mapping[int, Step] = STEPS,
) -> Path | None:
    """Bring the folder to the present format; the folder as it was, or None if it was present.

    The caller holds the lock. ``check`` raises if the upgraded copy is not sound; then
    the folder is as it was. WorkspaceError ``workspace_no_way`` without a step.
    """
    number = format_of(path)
    if number is None or number >= present:
        return None
    for step in range(number, present):
        if step not in steps:
            raise WorkspaceError("workspace_no_way", path=str(path), format=step)
    copy = path.with_name(f"{path.name}.upgrading")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(path, copy, ignore=shutil.ignore_patterns(LOCK, ".part-*"))
    try:
        for step in range(number, present):
            steps[step](copy)
        write_format(copy, present, made_by=made_by)
        check(copy)
    except BaseException:
        shutil.rmtree(copy, ignore_errors=True)
        raise
    return _swap(path, copy, number)


def finish_swap(path: Path) -> None:
    """Finish a swap that was interrupted between its two renames."""
    if not path.exists() and ready(path).is_dir():
        ready(path).rename(path)


def _swap(path: Path, copy: Path, number: int) -> Path:
    shutil.rmtree(ready(path), ignore_errors=True)
    if (path / LOCK).exists():
        # The same lock file in both places: whoever waits for it waits for the right one.
        os.link(path / LOCK, copy / LOCK)
    copy.rename(ready(path))
    kept = path.with_name(f"{path.name}.format-{number}")
    shutil.rmtree(kept, ignore_errors=True)
    path.rename(kept)
    ready(path).rename(path)
    return kept


def _ours(name: str) -> bool:
    return name in KNOWN or name.startswith((".part-", "catalogue.sqlite"))
