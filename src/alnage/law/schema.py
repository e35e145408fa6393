"""Checks values against a bundled JSON Schema, so that a typo never becomes a "no".

A misspelt key or value in a facts file would otherwise read as an absent fact, or worse
as a fact that is not met. The same few hundred words check facts and regime files: the
schema is the public document (``facts.schema.json``), this module its only reader.

    mapping ── check(value, schema, formats) ──> plain values, dates parsed, nulls dropped
                      └── LawError: which key, what is wrong, the nearest valid one
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from alnage.model import LawError, Where

EARLIEST = dt.date(1900, 1, 1)
LATEST = dt.date(2200, 1, 1)

Format = Callable[[str, str, Where | None], str]


def nearest(word: object, options: Sequence[str]) -> str:
    """The option that is spelt most like ``word``; never empty if there are options.

    >>> nearest("regon", ["party", "region", "country"])
    'region'
    """
    folded = {option.casefold(): option for option in reversed(options)}
    close = get_close_matches(str(word).casefold(), folded, n=1, cutoff=0.0)
    return folded[close[0]] if close else ""


@dataclass(frozen=True, slots=True)
class Checker:
    """One schema with the formats (code lists) that plain JSON Schema can't hold."""

    schema: Mapping[str, Any]
    formats: Mapping[str, Format]
    where: Where | None = None

    def check(self, value: Any, rule: Mapping[str, Any] | None = None, path: str = "") -> Any:
        """``value`` as plain values: dates parsed, nulls dropped; LawError if it breaks a rule."""
        rule = self.rule_of(self.schema if rule is None else rule)
        kind = rule.get("type")
        if kind == "object":
            return self._object(value, rule, path)
        if kind == "array":
            return self._array(value, rule, path)
        if kind == "boolean":
            return self._of_type(value, bool, "law_not_boolean", path)
        if kind == "number":
            return self._number(value, rule, path)
        if kind == "string":
            return self._string(value, rule, path)
        return value

    def rule_of(self, rule: Mapping[str, Any]) -> Mapping[str, Any]:
        """The rule itself, references followed."""
        while "$ref" in rule:
            rule = self.schema["$defs"][rule["$ref"].rsplit("/", 1)[1]]
        return rule

    def refuse_keys(self, keys: Iterable[object], rule: Mapping[str, Any], path: str) -> None:
        """LawError with the nearest key if the rule closes the object and does not know one."""
        known: Mapping[str, Any] = rule.get("properties", {})
        for key in keys:
            if rule.get("additionalProperties", True) is False and key not in known:
                at = f"{path}.{key}" if path else str(key)
                raise self._error(
                    "law_key_unknown", path=at, nearest=nearest(key, [*known]), known=[*known]
                )

    def _object(self, value: Any, rule: Mapping[str, Any], path: str) -> dict[str, Any]:
        mapping = self._of_type(value, Mapping, "law_not_mapping", path)
        known: Mapping[str, Any] = rule.get("properties", {})
        result: dict[str, Any] = {}
        for key, inner in mapping.items():
            at = f"{path}.{key}" if path else str(key)
            inner_rule = known.get(key) if isinstance(key, str) else None
            if inner_rule is None:
                self.refuse_keys([key], rule, path)
                extra = rule.get("additionalProperties", True)
                inner_rule = extra if isinstance(extra, Mapping) else {}
            if inner is not None:
                result[str(key)] = self.check(inner, inner_rule, at)
        for key in rule.get("required", ()):
            if key not in result:
                raise self._error("law_key_missing", path=path or "/", key=key)
        return result

    def _array(self, value: Any, rule: Mapping[str, Any], path: str) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise self._error("law_not_list", path=path, got=_shown(value))
        items: Mapping[str, Any] = rule.get("items", {})
        return tuple(self.check(item, items, f"{path}[{i}]") for i, item in enumerate(value))

    def _number(self, value: Any, rule: Mapping[str, Any], path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._error("law_not_number", path=path, got=_shown(value))
        low, high = rule.get("minimum", -math.inf), rule.get("maximum", math.inf)
        if not math.isfinite(value) or not low <= value <= high:
            raise self._error("law_number_range", path=path, got=value, low=low, high=high)
        return float(value)

    def _string(self, value: Any, rule: Mapping[str, Any], path: str) -> Any:
        if rule.get("format") == "date":
            return self._date(value, path)
        if not isinstance(value, str):
            raise self._error("law_not_text", path=path, got=_shown(value))
        options = rule.get("enum")
        if options is not None and value not in options:
            raise self._error(
                "law_value_unknown",
                path=path,
                value=value,
                nearest=nearest(value, options),
                known=options,
            )
        form = self.formats.get(rule.get("format", ""))
        if form is not None:
            return form(value, path, self.where)
        if "pattern" in rule and not re.search(rule["pattern"], value):
            example = next(iter(rule.get("examples", ())), "")
            raise self._error("law_pattern", path=path, value=_shown(value), example=example)
        return value

    def _date(self, value: Any, path: str) -> dt.date:
        day = value
        if isinstance(value, str):
            try:
                day = dt.date.fromisoformat(value) if len(value) == 10 else None
            except ValueError:
                day = None
        if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
            raise self._error("law_date_invalid", path=path, value=_shown(value))
        if not EARLIEST <= day <= LATEST:
            raise self._error("law_date_range", path=path, value=day, low=EARLIEST, high=LATEST)
        return day

    def _of_type(self, value: Any, kind: type, code: str, path: str) -> Any:
        if not isinstance(value, kind):
            raise self._error(code, path=path or "/", got=_shown(value))
        return value

    def _error(self, code: str, **params: Any) -> LawError:
        return LawError(code, where=self.where, **params)


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
