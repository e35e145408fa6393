"""What a run rested on, written beside its results, and its repetition.

A result is only worth what it can be repeated from. ``run.json`` names the product, the
input files, registers, law, methods and options by version or hash, and the hash of
every output. ``replay`` runs the same command again into an empty folder and compares.

    run.json ── arguments ──> runner (given by the door) ──> new run.json
        └──────────────── compare ────────────────────────────────┴──> Replay
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from alnage.model import InputError, OptionError, Reason, Where
from alnage.workspace.atomic import make_folder, sha256_of, write_bytes

FILE: Final = "run.json"
SCHEMA: Final = "run/1"
FOLDER: Final = "{folder}"

Runner = Callable[[tuple[str, ...], Path], None]
"""Runs a command with arguments into an output folder, which it leaves with a run.json."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What one run rested on.

    ``arguments`` are those of the command line without ``--out``, everything that has a
    default by date written out (``--on``); ``{folder}`` stands for ``folder``, the input
    folder, which ``run.json`` holds relative to itself. ``inputs`` and ``outputs`` are
    SHA-256 by file name, ``registers`` versions by id, ``law`` and ``methods`` versions
    by name. ``at`` is the time of the run, and is not compared.
    """

    command: str
    arguments: tuple[str, ...] = ()
    folder: str = ""
    alnage: str = ""
    at: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    registers: Mapping[str, str] = field(default_factory=dict)
    law: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    head: str = ""

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "schema": SCHEMA,
            "command": self.command,
            "arguments": list(self.arguments),
            "folder": self.folder,
            "alnage": self.alnage,
            "at": self.at,
            "inputs": dict(self.inputs),
            "registers": dict(self.registers),
            "law": dict(self.law),
            "methods": dict(self.methods),
            "options": dict(self.options),
            "outputs": dict(self.outputs),
            "head": self.head,
        }


@dataclass(frozen=True, slots=True)
class Replay:
    """What a repetition gave: the same, or what differs."""

    record: RunRecord
    again: RunRecord
    differences: tuple[Reason, ...]

    @property
    def same(self) -> bool:
        """Whether every output is the same to the byte."""
        return self.record.outputs == self.again.outputs

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """As JSON values."""
        return {
            "schema": "replay/1",
            "same": self.same,
            "command": self.record.command,
            "outputs": len(self.record.outputs),
            "differences": [difference.to_json(lang) for difference in self.differences],
        }


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below ``folder``, by relative name; without run.json and hidden ones.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as temporary:
    ...     _ = (Path(temporary) / "a.csv").write_text("x")
    ...     [(name, mark[:8]) for name, mark in file_hashes(Path(temporary)).items()]
    [('a.csv', '2d711642')]
    """
    if not folder.is_dir():
        return {}
    found = {}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in name.parts)
        if file.is_file() and not hidden and name.as_posix() != FILE:
            found[name.as_posix()] = sha256_of(file)
    return found


def write_run(directory: Path, record: RunRecord) -> RunRecord:
    """Write ``run.json`` into ``directory``; outputs are hashed unless the record has them.

    The folder is stored relative to ``directory``, so that both can move together.
    """
    outputs = record.outputs or file_hashes(directory)
    folder = record.folder
    if folder:
        folder = Path(os.path.relpath(Path(folder).resolve(), directory.resolve())).as_posix()
    written = replace(record, outputs=outputs, folder=folder)
    make_folder(directory)
    text = json.dumps(written.to_json(), ensure_ascii=False, indent=2) + "\n"
    write_bytes(directory / FILE, text.encode("utf-8"))
    return written


def read_run(directory: Path) -> RunRecord:
    """Read ``run.json``; InputError ``run_missing``, ``run_unreadable`` or ``run_newer``."""
    file = directory / FILE
    try:
        value = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError("run_missing", folder=str(directory)) from None
    except (OSError, ValueError) as error:
        raise InputError("run_unreadable", where=Where(FILE), why=str(error)) from None
    if not isinstance(value, dict) or not isinstance(value.get("command"), str):
        raise InputError("run_unreadable", where=Where(FILE), why="command")
    if value.get("schema") != SCHEMA:
        raise InputError("run_newer", where=Where(FILE), schema=value.get("schema"), known=SCHEMA)
    return _record(value)


def replay(
    directory: Path,
    runners: Mapping[str, Runner],
    into: Path,
    *,
    folder: Path | None = None,
) -> Replay:
    """Repeat the run of ``directory`` into the empty folder ``into`` and compare.

    ``folder`` is the input folder if it has moved. InputError if there is no run or its
    input is gone; OptionError ``run_not_runnable`` if no runner is given for its command.
    """
    record = read_run(directory)
    if record.command not in runners:
        raise OptionError("run_not_runnable", command=record.command, known=sorted(runners))
    source = folder or ((directory / record.folder).resolve() if record.folder else None)
    if source is not None and not source.exists():
        raise InputError("run_input_missing", folder=str(source))
    arguments = tuple(
        str(source) if argument == FOLDER else argument for argument in record.arguments
    )
    runners[record.command](arguments, into)
    again = read_run(into)
    return Replay(record, again, tuple(_differences(record, again)))


def _differences(old: RunRecord, new: RunRecord) -> Iterator[Reason]:
    if old.alnage != new.alnage:
        yield Reason("replay_product", {"old": old.alnage, "new": new.alnage})
    for part in ("inputs", "registers", "law", "methods", "outputs"):
        before, after = getattr(old, part), getattr(new, part)
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                values = {"part": part, "name": name}
                values |= {"old": _short(before.get(name)), "new": _short(after.get(name))}
                yield Reason("replay_differs", values)


def _short(value: str | None) -> str:
    return "-" if value is None else value[:12]


def _record(value: Mapping[str, Any]) -> RunRecord:
    def table(name: str) -> dict[str, Any]:
        found = value.get(name, {})
        if not isinstance(found, dict):
            raise InputError("run_unreadable", where=Where(FILE), why=name)
        return found

    arguments = value.get("arguments", [])
    if not isinstance(arguments, list) or not all(isinstance(item, str) for item in arguments):
        raise InputError("run_unreadable", where=Where(FILE), why="arguments")
    texts = {name: str(value.get(name, "")) for name in ("folder", "alnage", "at", "head")}
    return RunRecord(
        command=value["command"],
        arguments=tuple(arguments),
        inputs=table("inputs"),
        registers=table("registers"),
        law=table("law"),
        methods=table("methods"),
        options=table("options"),
        outputs=table("outputs"),
        **texts,
    )
