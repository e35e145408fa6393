"""The facts of one transaction: read strictly, looked up by path.

Facts come from a lawyer's YAML file or from an assessment. Keys and values that the
schema does not know are refused with the nearest one, because a misspelt key would
silently read as "unknown". YAML's own traps are closed too: ``country: NO`` stays Norway,
a key given twice is an error.

    FACTS.yaml ── read_facts(path) ──> mapping ── parse_facts(mapping) ──> Facts
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from alnage.law.places import Places
from alnage.law.schema import Checker
from alnage.model import LawError, Where

MAX_BYTES: Final = 8_000_000
ABSENT: Final = object()
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Facts:
    """Checked facts; ``values`` holds plain values, dates as ``datetime.date``, no nulls."""

    values: Mapping[str, Any]
    file: str = ""

    @property
    def day(self) -> dt.date | None:
        """The date of importation, or of the act."""
        day: dt.date | None = self.values.get("date")
        return day


@dataclass(frozen=True, slots=True)
class Item:
    """A value inside the facts and the path that leads to it."""

    path: str
    value: Any

    def look(self, keys: str) -> Item:
        """Follow dotted ``keys``; if one is absent, its own path with the value ``ABSENT``.

        >>> Item("", {"goods": {}}).look("goods.forced_labour").path
        'goods.forced_labour'
        >>> Item("", {}).look("goods.forced_labour").path
        'goods'
        """
        path, value = self.path, self.value
        for key in keys.split("."):
            path = f"{path}.{key}" if path else key
            value = value.get(key, ABSENT)
            if value is ABSENT:
                break
        return Item(path, value)


class StrictLoader(LOADER):  # type: ignore[misc]  # the base is chosen at run time
    """Safe YAML in which only true and false are booleans and a key stands once."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML reads it from the class
        first: [(tag, regex) for tag, regex in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in LOADER.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Refuse keys that stand twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:merge" and key.value in seen:
                row = key.start_mark.line + 1
                raise LawError("law_key_twice", key=str(key.value), row=row)
            seen.add(str(key.value))
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def _truth(loader: Any, node: Any) -> bool:
    return bool(loader.construct_scalar(node).lower() == "true")


StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool",
    re.compile("^(?:true|True|TRUE|false|False|FALSE)$"),
    list("tTfF"),
)
StrictLoader.add_constructor("tag:yaml.org,2002:bool", _truth)


def load_yaml(text: str, where: Where) -> Any:
    """Parse YAML (or JSON) strictly; LawError says the row of a syntax error."""
    try:
        return yaml.load(text, StrictLoader)  # noqa: S506  # StrictLoader is a safe loader
    except LawError as error:
        row = error.params.pop("row", None)
        raise LawError(error.code, where=Where(where.file, row), **error.params) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        row = mark.line + 1 if mark else None
        raise LawError(
            "law_yaml_invalid", where=Where(where.file, row), problem=error.problem or ""
        ) from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise LawError("law_yaml_invalid", where=where, problem=str(error)[:120]) from None


def read_text(path: Path) -> str:
    """The text of a file of the user; LawError if it can't be read as UTF-8."""
    where = Where(path.name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LawError("law_file_too_large", where=where, limit=MAX_BYTES)
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise LawError("law_file_not_text", where=where) from None
    except OSError as error:
        raise LawError("law_file_unreadable", where=where, problem=error.strerror or "") from None


def read_facts(path: Path) -> Facts:
    """Read and check one facts file (YAML or JSON)."""
    return parse_facts(load_yaml(read_text(path), Where(path.name)), file=path.name)


@cache
def facts_schema() -> dict[str, Any]:
    """The JSON Schema of a facts file."""
    text = files("alnage.law").joinpath("facts.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def load_places() -> Places:
    """The bundled table of countries and territories."""
    text = files("alnage.law").joinpath("tables/places.yaml").read_text("utf-8")
    return Places.build(yaml.load(text, LOADER))  # noqa: S506  # a safe loader, bundled data


def parse_facts(mapping: Any, file: str = "") -> Facts:
    """Check ``mapping`` against the schema of facts; LawError names path and nearest value.

    >>> parse_facts({"transaction": "import", "date": "2024-11-24"}).day
    datetime.date(2024, 11, 24)
    >>> parse_facts({"transacton": "import"})
    Traceback (most recent call last):
        ...
    alnage.model.errors.LawError: "transacton" is not a key of the facts. Did you mean "transaction"? ...
    """
    where = Where(file) if file else None
    values = facts_checker(where).check(mapping)
    for index, entry in enumerate(values.get("content", ())):
        _check_bounds(entry, f"content[{index}]", where)
    return Facts(MappingProxyType(values), file)


def facts_checker(where: Where | None) -> Checker:
    """The reader of the schema of facts, with the code lists that a schema can't hold."""
    places = load_places()
    formats = {
        "country": places.country,
        "market": places.market,
        "subdivision": places.subdivision,
        "group": places.group,
    }
    return Checker(facts_schema(), formats, where)


def bounds_crossed(low: Any, middle: Any, high: Any) -> Any:
    """Whether bounds are out of order, for numbers or arrays; they come out of sums of floats.

    >>> bounds_crossed(0.2, 0.1, 0.5), bounds_crossed(0.1, 0.1 - 1e-9, 0.1)
    (True, False)
    """
    slack = 1e-6
    return (low > high + slack) | (middle < low - slack) | (middle > high + slack)


def _check_bounds(entry: Mapping[str, Any], path: str, where: Where | None) -> None:
    low, high = entry.get("min", 0.0), entry.get("max", 1.0)
    middle = entry.get("expected", low)
    if bounds_crossed(low, middle, high):
        raise LawError(
            "law_bounds_crossed", where=where, path=path, low=low, middle=middle, high=high
        )
