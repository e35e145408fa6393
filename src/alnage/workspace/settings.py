"""Where a setting comes from: flag over environment over ``alnage.toml`` over default.

A user who gets an unexpected answer asks first which workspace was read. So a setting
is never only a value: it carries its source, and ``alnage config show`` prints both.

    --workspace ─ ALNAGE_WORKSPACE ─ alnage.toml [settings] ─ .alnage ──> Setting(value, source, where)
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from alnage.model import InputError, Where
from alnage.words import LANGS

Origin = Literal["flag", "environment", "alnage.toml", "default"]

FILE: Final = "alnage.toml"
DEFAULTS: Final[Mapping[str, str]] = {"workspace": ".alnage", "lang": "en"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, its value, and where the value came from."""

    name: str
    value: str
    source: Origin
    where: str = ""

    def to_json(self) -> dict[str, str]:
        """As JSON values."""
        return {
            "name": self.name,
            "value": self.value,
            "source": self.source,
            "where": self.where,
        }


def variable(name: str) -> str:
    """The environment variable of a setting.

    >>> variable("workspace")
    'ALNAGE_WORKSPACE'
    """
    return f"ALNAGE_{name.upper()}"


def resolve(name: str, flag: str | None, environment: Mapping[str, str], folder: Path) -> Setting:
    """The setting ``name``, from the first of the four sources that has it.

    InputError ``settings_unreadable``, ``setting_unknown`` or ``setting_bad`` if the
    file ``alnage.toml`` in ``folder`` can't be used.

    >>> resolve("lang", None, {"ALNAGE_LANG": "zh"}, Path("nowhere"))
    Setting(name='lang', value='zh', source='environment', where='ALNAGE_LANG')
    """
    if flag:
        return Setting(name, flag, "flag", f"--{name}")
    if found := environment.get(variable(name)):
        return Setting(
            name, _checked(name, found, Where(variable(name))), "environment", variable(name)
        )
    file = folder / FILE
    table = _read(file)
    if name in table:
        value = _checked(name, table[name], Where(FILE, None, name))
        # A path in a file is meant from where the file stands.
        shown = str(folder / value) if name == "workspace" else value
        return Setting(name, shown, "alnage.toml", str(file))
    default = DEFAULTS[name]
    return Setting(name, str(folder / default) if name == "workspace" else default, "default")


def _checked(name: str, value: Any, where: Where) -> str:
    if not isinstance(value, str) or not value:
        raise InputError("setting_bad", where=where, name=name, value=value)
    if name == "lang" and value not in LANGS:
        raise InputError("setting_bad", where=where, name=name, value=value)
    return value


def _read(file: Path) -> Mapping[str, Any]:
    if not file.is_file():
        return {}
    try:
        table = tomllib.loads(file.read_text("utf-8-sig")).get("settings", {})
    except (OSError, ValueError) as error:
        raise InputError("settings_unreadable", where=Where(FILE), why=str(error)) from None
    if not isinstance(table, dict):
        raise InputError("settings_unreadable", where=Where(FILE), why="[settings]")
    unknown = sorted(set(table) - set(DEFAULTS))
    if unknown:
        raise InputError(
            "setting_unknown", where=Where(FILE), name=unknown[0], known=sorted(DEFAULTS)
        )
    return table
