"""Why an answer is what it is: trees of reasons whose leaves name a source.

An answer without a reason is worth nothing to a customs officer. Every verdict,
listing, gap and rejection therefore carries ``Reason`` trees. A reason is a code
with parameters (put into words at the edge) and the sources it rests on: a row of
a user's file, an entry of a register version, or an article of law.

    verdict ── because ── a listed party made it
                            └── because ── row 12 of movements.csv, entry of a register
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from alnage.words import say

Verified = Literal["primary", "secondary", "unverified"]


@dataclass(frozen=True, slots=True)
class RowSource:
    """One row of a user's table; ``row`` as a spreadsheet numbers it."""

    file: str
    row: int

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"file": self.file, "row": self.row}


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """One entry of one version (content hash) of a register."""

    register: str
    version: str
    entity: str

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"register": self.register, "version": self.version, "entity": self.entity}


@dataclass(frozen=True, slots=True)
class Citation:
    """An article, notice or publication, with how far it was checked.

    ``verified`` is ``primary`` (seen in the primary text), ``secondary`` (seen in
    another source) or ``unverified`` (general knowledge, or not seen).
    """

    text: str
    url: str = ""
    verified: Verified = "unverified"

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"citation": self.text, "url": self.url, "verified": self.verified}


Source = RowSource | RegisterSource | Citation


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, its parameters, its sources, and the reasons below it.

    >>> Reason("unit_unknown", {"unit": "stones"}).text()
    'The unit "stones" is not known. Use kg, t, lb, a UN/ECE code, or give unit_weight_kg.'
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    because: tuple[Reason, ...] = ()

    def text(self, lang: str = "en") -> str:
        """The reason as a sentence in ``en`` or ``zh`` (this node only)."""
        return say(f"reason.{self.code}", self.params, lang)

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """The whole tree as JSON values, each node with its sentence."""
        node: dict[str, Any] = {"code": self.code, "text": self.text(lang)}
        if self.params:
            node["params"] = dict(self.params)
        if self.sources:
            node["sources"] = [source.to_json() for source in self.sources]
        if self.because:
            node["because"] = [reason.to_json(lang) for reason in self.because]
        return node


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that could not be used, kept whole, with the reason.

    ``values`` holds the row as read, by contract column name; ``table`` is the
    contract table; ``event`` its event id where one could be read. ``file`` alone
    (``row`` 0) means that the whole file could not be read.
    """

    table: str
    file: str
    row: int
    event: str
    reason: Reason
    values: Mapping[str, str]

    @property
    def source(self) -> RowSource:
        """Where the row stands."""
        return RowSource(self.file, self.row)
