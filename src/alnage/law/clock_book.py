"""The clock book: bundled rules, and private ones that a user lays over them.

A law firm counts deadlines that Alnage does not hold, or reads one differently. With
``--law DIR`` the rules of ``DIR/clocks/*.yaml`` are laid over the bundled ones; a private
rule brings its own words, and every answer of its says that it is private.

    law/clocks/*.yaml ──┐
    DIR/clocks/*.yaml ──┴─ ClockBook.load(DIR) ──> rules by id ── clock.due(…, rules=book.rules)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from alnage.law.clock_rules import Rule, clock_rules, rule_from
from alnage.law.facts import load_yaml, read_text
from alnage.model import LawError, Where
from alnage.words import LANGS, catalogue

FOLDER: Final = "clocks"


@dataclass(frozen=True, slots=True)
class ClockBook:
    """All rules by id; ``private`` names those of the overlay folder ``overlay``."""

    rules: Mapping[str, Rule]
    private: tuple[str, ...] = ()
    overlay: str = ""

    @classmethod
    def load(cls, overlay: Path | None = None) -> ClockBook:
        """The bundled rules, with those of ``overlay/clocks`` laid over them; LawError if bad.

        A folder without clocks lays over nothing; one that is not there is an error.

        >>> ClockBook.load().private, len(ClockBook.load().rules) > 40
        ((), True)
        """
        if overlay is None:
            return cls(clock_rules())
        if not overlay.is_dir():
            raise LawError("law_overlay_empty", folder=str(overlay))
        files = sorted((overlay / FOLDER).glob("*.yaml"))
        own = _private(rule for file in files for rule in _read(file))
        return cls(MappingProxyType({**clock_rules(), **own}), tuple(own), overlay.name)


def _private(rules: Iterable[Rule]) -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in found:
            raise LawError("clock_rule_bad", rule=rule.id, why="id given twice")
        found[rule.id] = rule
    return found


def _read(file: Path) -> Iterable[Rule]:
    where = Where(file.name)
    rows = load_yaml(read_text(file), where)
    if not isinstance(rows, list):
        raise LawError("clock_rule_bad", where=where, rule="?", why="a list of rules is wanted")
    for row in rows:
        if not isinstance(row, Mapping):
            raise LawError("clock_rule_bad", where=where, rule="?", why="a rule has keys")
        rule = replace(rule_from(row, file.name), private=True)
        problem = _unsaid(rule)
        if problem:
            raise LawError("clock_rule_bad", where=where, rule=rule.id, why=problem)
        yield rule


def _unsaid(rule: Rule) -> str:
    """Which words a private rule lacks, or an empty text: the catalogues hold only ours."""
    known: Mapping[str, Any] = catalogue("en")
    codes = [*rule.notes, *(reading.code for reading in rule.readings)]
    codes += [rule.cap.code] if rule.cap else []
    for code in codes:
        if f"reason.{code}" not in known:
            return f"no words for {code}"
    for field, text, key in (
        ("effect_text", rule.effect_text, f"clock_effect.{rule.id}"),
        ("actor_text", rule.actor_text, f"clock_actor.{rule.actor}"),
    ):
        if not all(text.get(lang) for lang in LANGS) and key not in known:
            return f"no {field} with en and zh"
    return ""
