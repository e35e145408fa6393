"""The law book: every regime as data, loaded, checked and ready to be asked.

Regimes stand in ``law/regimes/<jurisdiction>/<id>.yaml``, one file each, so that a lawyer
can review a rule without reading Python. Other packages may add folders through the entry
point ``alnage.regimes``; a user overlays private regimes with ``--law DIR``, and every
answer of theirs says so.

    regimes/**/*.yaml ─┐
    entry points ──────┼─ LawBook.load ──> LawBook ── judge(facts, book)
    --law DIR ─────────┘
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from alnage.law.conditions import UNKNOWN, Condition, Scene, absent
from alnage.law.facts import LOADER, Item, load_places, load_yaml, read_text
from alnage.law.grammar import Grammar
from alnage.law.logic import Found
from alnage.law.places import Places
from alnage.law.schema import Checker, nearest
from alnage.model import Answer, Citation, LawError, Reason, Verified, Where

QUESTIONS: Final = ("applies", "presumption", "prohibition", "report", "conduct")
JURISDICTIONS: Final = ("US", "EU", "CA", "MX", "GB", "CN")
BUILTIN: Final = "alnage.law.regimes"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a regime: in force from ``effective`` until ``ends`` (excluded).

    Between ``disputed_from`` and ``effective`` sources disagree, or a final act was not
    seen: the regime is neither in force nor not, and ``disputed`` says why.
    """

    name: str
    effective: dt.date | None
    ends: dt.date | None
    disputed_from: dt.date | None
    disputed: str
    verified: Verified
    cites: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class InForce:
    """The condition that some version of a regime has effect on the date that counts."""

    regime: str
    versions: tuple[Version, ...]

    def find(self, scene: Scene, item: Item) -> Found:  # noqa: ARG002 (the protocol's signature)
        """No before and after, unknown between disputed dates and without a date."""
        if scene.day is None:
            return absent("date")
        version = self.on(scene.day)
        params = {"regime": self.regime, "date": scene.day}
        start, begun = version.effective, version.effective or dt.date.max
        if scene.day >= begun:
            ended = version.ends is not None and scene.day >= version.ends
            code = "law_ended" if ended else "law_in_force"
            params["day"] = version.ends if ended else start or scene.day
            return self._found(version, Answer.of(not ended), Reason(code, params, version.cites))
        if version.disputed_from and scene.day >= version.disputed_from:
            params["day"] = version.disputed_from
            return self._found(version, UNKNOWN, Reason(version.disputed, params, version.cites))
        params["day"] = version.disputed_from or begun
        return self._found(version, Answer.NO, Reason("law_not_yet", params, version.cites))

    def on(self, day: dt.date | None) -> Version:
        """The version that governs ``day``: the last that has begun, else the first."""
        begun = [v for v in self.versions if day and (v.disputed_from or v.effective or day) <= day]
        return begun[-1] if begun else self.versions[0]

    @staticmethod
    def _found(version: Version, answer: Answer, reason: Reason) -> Found:
        return Found(answer, (reason,), verified=version.verified, cites=version.cites)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a regime answers: its condition, provision, effect and flags.

    ``effect`` and ``silence`` are codes of sentences: what yes means, and who must prove
    what while the answer is unknown. A flag is a remark with its own condition; it never
    changes the answer. ``collides``: yes stands against the measure that the act serves.
    """

    name: str
    condition: Condition
    provision: Citation
    effect: str
    silence: str
    collides: bool
    flags: tuple[tuple[Condition, str], ...]


@dataclass(frozen=True, slots=True)
class Exit:
    """A lawful way out of a collision that the regime itself names."""

    regime: str
    kind: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Regime:
    """One regime; ``data`` is the checked file, for ``law show`` and the documents."""

    id: str
    kind: str
    jurisdiction: str
    names: Mapping[str, str]
    citation: Citation
    in_force: InForce
    questions: Mapping[str, Question]
    registers: tuple[str, ...]
    exits: tuple[Exit, ...]
    private: bool
    data: Mapping[str, Any]

    def summary(self) -> dict[str, Any]:
        """One row of ``alnage law list``."""
        return {
            "regime": self.id,
            "kind": self.kind,
            "jurisdiction": self.jurisdiction,
            "names": dict(self.names),
            "citation": self.citation.text,
            "verified": self.in_force.versions[-1].verified,
            "questions": [*self.questions],
            "versions": [plain(version) for version in self.data["versions"]],
            "proposed": [plain(bill) for bill in self.data.get("proposed", ())],
            "registers": list(self.registers),
            "private": self.private,
        }


@dataclass(frozen=True, slots=True)
class LawBook:
    """All loaded regimes by id, the places, and the register names the law knows."""

    regimes: Mapping[str, Regime]
    places: Places
    registers: frozenset[str]
    as_of: dt.date
    overlay: str = ""

    @classmethod
    def load(cls, overlay: Path | None = None) -> LawBook:
        """Load the bundled regimes, those of plug-ins, and an overlay folder; LawError if bad.

        >>> LawBook.load()["US-UFLPA"].kind
        'import_presumption'
        """
        loader = _Loader(*_tables())
        found = {regime.id: regime for regime in loader.packages()}
        if overlay is not None:
            found.update((regime.id, regime) for regime in loader.folder(overlay))
        found = dict(sorted(found.items(), key=lambda pair: _order(pair[1])))
        named = {name for regime in found.values() for name in regime.registers}
        registers = frozenset(named | set(loader.registers))
        shown = overlay.name if overlay is not None else ""
        return cls(MappingProxyType(found), load_places(), registers, loader.as_of, shown)

    @property
    def version(self) -> str:
        """A hash of everything that the loaded regimes say."""
        text = json.dumps(
            [plain(regime.data) for regime in self], ensure_ascii=False, sort_keys=True
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def __getitem__(self, name: str) -> Regime:
        """The regime of that id; LawError names the nearest."""
        if name in self.regimes:
            return self.regimes[name]
        raise LawError("regime_unknown", id=name, nearest=nearest(name, [*self.regimes]))

    def __iter__(self) -> Iterator[Regime]:
        return iter(self.regimes.values())


@dataclass(frozen=True, slots=True)
class _Loader:
    """Reads regime files with the shared tables at hand."""

    schema: Mapping[str, Any]
    terms: Mapping[str, Any]
    registers: tuple[str, ...]
    as_of: dt.date

    def packages(self) -> Iterator[Regime]:
        """The bundled regimes, then those of installed plug-ins."""
        names = [BUILTIN, *(e.value for e in entry_points(group="alnage.regimes"))]
        for name in dict.fromkeys(names):
            for file in sorted(_yaml_files(files(name)), key=lambda f: f.name):
                raw = yaml.load(file.read_text("utf-8"), LOADER)  # noqa: S506  # a safe loader
                yield self.regime(raw, Where(file.name), private=False)

    def folder(self, folder: Path) -> Iterator[Regime]:
        """Private regimes; an empty or absent folder is an error, not an empty law."""
        found = sorted(folder.rglob("*.yaml")) if folder.is_dir() else []
        if not found:
            raise LawError("law_overlay_empty", folder=str(folder))
        # The subfolder "clocks" holds rules for counting days (see clock_book), not regimes.
        paths = [path for path in found if path.parent != folder / "clocks"]
        for path in paths:
            where = Where(path.name)
            yield self.regime(load_yaml(read_text(path), where), where, private=True)

    def regime(self, raw: Any, where: Where, *, private: bool) -> Regime:
        """Check one file and compile its conditions."""
        data = Checker(self.schema, {}, where).check(raw)
        cites = {
            key: Citation(c["text"], c.get("url", ""), c["verified"])
            for key, c in data["citations"].items()
        }
        grammar = Grammar(cites, self.terms, where)
        in_force = InForce(data["id"], tuple(_version(v, grammar) for v in data["versions"]))
        # The checker turned lists into tuples and dropped nulls: conditions read the same.
        questions = {
            name: _question(name, data["questions"][name], grammar)
            for name in QUESTIONS
            if name in data["questions"]
        }
        exits = tuple(
            Exit(way.get("regime", data["id"]), way["kind"], grammar.citations(way["cite"])[0])
            for way in data.get("exits", ())
        )
        return Regime(
            data["id"],
            data["kind"],
            data["jurisdiction"],
            data["names"],
            grammar.citations(data["citation"])[0],
            in_force,
            MappingProxyType(questions),
            data.get("registers", ()),
            exits,
            private,
            data,
        )


def _order(regime: Regime) -> tuple[int, int]:
    """Jurisdictions in a fixed order, regimes that answer most first."""
    known = regime.jurisdiction in JURISDICTIONS
    rank = JURISDICTIONS.index(regime.jurisdiction) if known else len(JURISDICTIONS)
    return rank, -len(regime.questions)


def _question(name: str, raw: Mapping[str, Any], grammar: Grammar) -> Question:
    return Question(
        name,
        grammar.compile(raw["when"]),
        grammar.citations(raw["provision"])[0],
        raw["effect"],
        raw.get("silence", "law_silence"),
        bool(raw.get("collides", False)),
        tuple((grammar.compile(flag["when"]), flag["because"]) for flag in raw.get("flags", ())),
    )


def _version(raw: Mapping[str, Any], grammar: Grammar) -> Version:
    ends = [day for day in (raw.get("expires"), raw.get("repealed")) if day]
    return Version(
        raw["version"],
        raw.get("effective"),
        min(ends) if ends else None,
        raw.get("disputed_from"),
        raw.get("disputed", "law_dates_disputed"),
        raw["verified"],
        grammar.citations(raw["cite"]),
    )


@cache
def regime_schema() -> dict[str, Any]:
    """The JSON Schema of a regime file."""
    text = files("alnage.law").joinpath("regime.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def evidence_kinds() -> Mapping[str, Mapping[str, str]]:
    """The kinds of document that evidence can be, each with its English and Chinese name.

    >>> evidence_kinds()["gin_record"]["en"]
    'gin record'
    """
    text = files("alnage.law").joinpath("tables/evidence.yaml").read_text("utf-8")
    kinds: dict[str, Mapping[str, str]] = yaml.load(text, LOADER)["kinds"]  # noqa: S506  # safe
    return MappingProxyType(kinds)


@cache
def _tables() -> tuple[Mapping[str, Any], Mapping[str, Any], tuple[str, ...], dt.date]:
    """Schema of regimes, shared terms, register names, day of the law: bundled constants."""
    text = files("alnage.law").joinpath("tables/terms.yaml").read_text("utf-8")
    table = yaml.load(text, LOADER)  # noqa: S506  # a safe loader, bundled data
    return regime_schema(), table["terms"], tuple(table["registers"].split()), table["as_of"]


def _yaml_files(folder: Traversable) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _yaml_files(entry)
        elif entry.name.endswith(".yaml"):
            yield entry


def plain(value: Any) -> Any:
    """``value`` with mappings, tuples and dates as JSON has them.

    >>> plain({"effective": dt.date(2022, 6, 21), "clauses": ("i", "ii")})
    {'effective': '2022-06-21', 'clauses': ['i', 'ii']}
    """
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value
