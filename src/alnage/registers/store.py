"""Where registers lie and how versions follow one another: the room's one seam to disk.

Bundled snapshots come with the package; imported ones lie in the workspace, a file a
version named by its content hash, with an index that says which is the present one and
when each was retrieved. A name that an import lacks is carried on as ``absent_since``.

    package data ─────────────────────────────┐
    WORKSPACE/registers/ID/index.json + HASH.json ──> Registers ──> registers[ID] : Register
    write_version ──> new version, whole or not at all
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from alnage.model import RegisterError
from alnage.registers.register import (
    Register,
    canonical,
    register_from_json,
    register_to_json,
)
from alnage.workspace import Workspace
from alnage.workspace.atomic import make_folder, write_bytes

BUNDLED = ("cn-afsl", "cn-uel", "us-uflpa", "us-wro")


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the index of a register."""

    version: str
    retrieved_on: dt.date | None
    imported_on: dt.date | None
    source: str = ""

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "version": self.version,
            "retrieved_on": self.retrieved_on.isoformat() if self.retrieved_on else None,
            "imported_on": self.imported_on.isoformat() if self.imported_on else None,
            "source": self.source,
        }


class Registers(Mapping[str, Register]):
    """Registers by id: bundled ones, and over them those of a workspace.

    >>> registers = Registers.load(None)
    >>> sorted(registers), registers["us-uflpa"].kind
    (['cn-afsl', 'cn-uel', 'us-uflpa', 'us-wro'], 'us-uflpa')
    """

    def __init__(
        self,
        loaders: Mapping[str, Callable[[], Register]],
        folder: Path | None = None,
        history: Mapping[str, tuple[Version, ...]] | None = None,
    ) -> None:
        self._loaders = dict(loaders)
        self._loaded: dict[str, Register] = {}
        self._folder = folder
        self._history = dict(history or {})

    @classmethod
    def load(cls, workspace: Any = None) -> Registers:
        """The bundled registers and those of ``workspace`` (a folder, its path, or None)."""
        loaders: dict[str, Callable[[], Register]] = {one: _bundled(one) for one in BUNDLED}
        folder = registers_folder(workspace)
        history: dict[str, tuple[Version, ...]] = {}
        if folder is not None and folder.is_dir():
            for entry in sorted(folder.iterdir()):
                if (entry / "index.json").is_file():
                    versions = _read_index(entry)
                    history[entry.name] = versions
                    loaders[entry.name] = _stored(entry, versions[-1])
        return cls(loaders, folder, history)

    @classmethod
    def of(cls, *registers: Register) -> Registers:
        """Registers that are already values."""
        return cls({register.id: _constant(register) for register in registers})

    def __getitem__(self, register: str) -> Register:
        if register not in self._loaders:
            near = difflib.get_close_matches(register, self._loaders, n=1)
            raise RegisterError(
                "register_unknown",
                register=register,
                nearest=near[0] if near else min(self._loaders),
                known=sorted(self._loaders),
            )
        if register not in self._loaded:
            self._loaded[register] = self._loaders[register]()
        return self._loaded[register]

    def __contains__(self, register: object) -> bool:
        return register in self._loaders

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._loaders))

    def __len__(self) -> int:
        return len(self._loaders)

    def versions(self, register: str) -> tuple[Version, ...]:
        """The versions of a register, oldest first; the last one is the present one."""
        if register in self._history:
            return self._history[register]
        present = self[register]
        return (Version(present.version, present.retrieved_on, None, present.source),)

    def version(self, register: str, version: str) -> Register:
        """A version by (the beginning of) its hash; RegisterError if there is none or several."""
        if self[register].version.startswith(version) and version:
            return self[register]
        hits = [one for one in self.versions(register) if one.version.startswith(version)]
        if len({one.version for one in hits}) != 1 or self._folder is None or not version:
            known = [one.version[:12] for one in self.versions(register)]
            raise RegisterError("version_unknown", register=register, version=version, known=known)
        return _stored(self._folder / register, hits[0])()

    def known_at(self, day: dt.date) -> Registers:
        """What a user could know on ``day``: versions retrieved by then, entries announced by then.

        Where no version is so old, the oldest one is taken and entries that were
        announced, printed or in effect only later are left out.
        """
        found = []
        for register in self:
            old = [
                one
                for one in self.versions(register)
                if one.retrieved_on is None or one.retrieved_on <= day
            ]
            chosen = (old or list(self.versions(register)[:1]))[-1]
            found.append(could_know(self.version(register, chosen.version), day))
        return Registers.of(*found)


def could_know(register: Register, day: dt.date) -> Register:
    """The register without what became public after ``day``; removals after it are open again."""
    listings = []
    for one in register.listings:
        public = one.announced_on or min(
            (date for date in (one.effective_from, one.listed_on) if date), default=None
        )
        if public is None or public <= day:
            late = one.removed_on is not None and one.removed_on > day
            listings.append(replace(one, removed_on=None) if late else one)
    kept = tuple(listings)
    return register if kept == register.listings else replace(register, listings=kept, version="")


def registers_folder(workspace: Any) -> Path | None:
    """The folder of registers inside a workspace given as an object with ``path``, or a path."""
    if workspace is None:
        return None
    return Path(getattr(workspace, "path", workspace)) / "registers"


def _constant(register: Register) -> Callable[[], Register]:
    return lambda: register


def _bundled(register: str) -> Callable[[], Register]:
    def load() -> Register:
        text = files("alnage.registers.data").joinpath(f"{register}.json").read_text("utf-8")
        return register_from_json(json.loads(text), f"{register}.json")

    return load


def _stored(folder: Path, version: Version) -> Callable[[], Register]:
    def load() -> Register:
        file = folder / f"{version.version}.json"
        try:
            value = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise RegisterError("register_damaged", file=file.name) from error
        # The index knows when this content was last retrieved; the file is older.
        found = register_from_json(value, file.name)
        return replace(found, retrieved_on=version.retrieved_on or found.retrieved_on)

    return load


def _read_index(folder: Path) -> tuple[Version, ...]:
    try:
        value = json.loads((folder / "index.json").read_text("utf-8"))
        found = tuple(
            Version(
                row["version"],
                dt.date.fromisoformat(row["retrieved_on"]) if row["retrieved_on"] else None,
                dt.date.fromisoformat(row["imported_on"]) if row["imported_on"] else None,
                row["source"],
            )
            for row in value["versions"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RegisterError("register_damaged", file=f"{folder.name}/index.json") from error
    if not found:
        raise RegisterError("register_damaged", file=f"{folder.name}/index.json")
    return found


def write_version(workspace: Any, register: Register, today: dt.date) -> None:
    """Add a version to the index of its register, under the lock of the workspace."""
    opened = _writable(workspace, register.id)
    with opened.change():
        home = opened.path / "registers" / register.id
        _put_version(home, register)
        versions = list(_read_index(home)) if (home / "index.json").is_file() else []
        versions.append(Version(register.version, register.retrieved_on, today, register.source))
        index = {"schema": "register-index/1", "versions": [one.to_json() for one in versions]}
        write_bytes(home / "index.json", (canonical(index) + "\n").encode())


def keep(workspace: Any, register: Register) -> None:
    """Keep a version that a search used, so that the search can be repeated later."""
    opened = _writable(workspace, register.id)
    with opened.change():
        _put_version(opened.path / "registers" / register.id, register)


def _put_version(home: Path, register: Register) -> None:
    make_folder(home)
    file = home / f"{register.version}.json"
    if not file.is_file():
        text = json.dumps(register_to_json(register), ensure_ascii=False, indent=1) + "\n"
        write_bytes(file, text.encode())


def _writable(workspace: Any, register: str) -> Workspace:
    if workspace is None:
        raise RegisterError("register_no_workspace", register=register)
    if isinstance(workspace, Workspace) and workspace.writable:
        return workspace
    return Workspace.open(Path(getattr(workspace, "path", workspace)), write=True)


def verify(workspace: Any) -> list[dict[str, Any]]:
    """Check every stored version against its hash; one row a version, ``ok`` true or false."""
    registers = Registers.load(workspace)
    rows = []
    for register in registers:
        for one in registers.versions(register):
            try:
                ok = registers.version(register, one.version).version == one.version
            except RegisterError:
                ok = False
            rows.append({"register": register, "version": one.version, "ok": ok})
    return rows
