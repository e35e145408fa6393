"""``alnage.toml`` of a custody folder: which heading is which column, which file which table.

    [files]
    movements = "出货记录.xlsx"          # or ["a.csv", "b.csv"], or "book.xlsx#出货" for a sheet

    [columns.movements]
    shipped = "发货日期"                 # or ["发货日期", "出货日期"]

Other sections belong to other rooms. A contract heading in a file wins over the map. Files
are named inside the folder only: a path that leaves it is refused, wherever it leads.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from alnage.model import InputError, Where
from alnage.sources.cells import nearest
from alnage.sources.schema import SETTINGS, TABLES


@dataclass(frozen=True, slots=True)
class Settings:
    """Headings by table and column, and files by table, as ``alnage.toml`` gives them."""

    columns: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def headings(self, table: str) -> Mapping[str, Sequence[str]]:
        """The map of one table, column: headings."""
        return self.columns.get(table, {})


def read_settings(folder: Path) -> Settings:
    """Read the folder's ``alnage.toml``; without one there is no map.

    Raises:
        InputError: not TOML, an unknown table or column, a path outside the folder.
    """
    file = folder / SETTINGS
    if not file.is_file():
        return Settings()
    try:
        return parse_settings(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(
            "settings_invalid", where=Where(SETTINGS), problem=error.strerror or "?"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError("settings_not_utf8", where=Where(SETTINGS)) from error


def parse_settings(text: str) -> Settings:
    r"""Read the text of an ``alnage.toml``.

    >>> parse_settings('[columns.sites]\nsite = "工厂"').headings("sites")
    {'site': ('工厂',)}
    """
    try:
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        where = Where(SETTINGS, int(line[1]) if line else None)
        raise InputError("settings_invalid", where=where, problem=str(error)) from error
    columns = {
        _table(name): {
            _column(name, key): _texts(value, f"columns.{name}.{key}")
            for key, value in _group(group, f"columns.{name}").items()
        }
        for name, group in _group(given.get("columns", {}), "columns").items()
    }
    files = {
        _table(name): tuple(_inside(text) for text in _texts(value, f"files.{name}"))
        for name, value in _group(given.get("files", {}), "files").items()
    }
    return Settings(columns, files)


def _group(value: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InputError("settings_not_text", where=Where(SETTINGS), key=key)
    return value


def _texts(value: Any, key: str) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise InputError("settings_not_text", where=Where(SETTINGS), key=key)
    return tuple(texts)


def _table(name: str) -> str:
    if name in TABLES:
        return name
    raise InputError(
        "settings_table_unknown",
        where=Where(SETTINGS),
        table=name,
        near=nearest(name, TABLES),
        tables=list(TABLES),
    )


def _column(table: str, name: str) -> str:
    names = TABLES[table].names
    if name in names:
        return name
    raise InputError(
        "settings_column_unknown",
        where=Where(SETTINGS),
        table=table,
        column=name,
        near=nearest(name, names),
        columns=list(names),
    )


def _inside(text: str) -> str:
    """A relative path without a step upwards, in any system's way of writing."""
    parts = re.split(r"[/\\]", text)
    absolute = PurePosixPath(text).is_absolute() or PureWindowsPath(text).anchor
    if absolute or ".." in parts or "\x00" in text:
        raise InputError("settings_path_outside", where=Where(SETTINGS), path=text)
    return text
