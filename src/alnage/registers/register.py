"""A register as one dated version: listings, how complete they are, and their content hash.

A search without hits means "not listed" only where the register is complete for that
day, so completeness travels with the listings. The version is the hash of what the
register says, not of when it was fetched: the same content twice is one version.

    JSON text <── register_to_json / register_from_json ──> Register ── entities() ──> by entity
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from alnage.model import Citation, Listing, Reason, RegisterError, Scope

SCHEMA = "register/1"
SCOPES: tuple[str, ...] = get_args(Scope)
# Gaps that bundled registers declare in their data; the sentences stand in the catalogues.
GAPS = (
    "uflpa_additions_missing",
    "names_zh_not_official",
    "only_open_orders",
    "superseded_in_practice",
    "selection_only",
    "register_rows_lost",
    "register_set_incomplete",
    "register_parsed_by_others",
)
_DATES = ("announced_on", "effective_from", "listed_on", "removed_on", "absent_since")
_LISTS = ("aliases", "weak_aliases", "name_zh", "identifiers", "notes")
_TEXTS = ("name", "country", "region", "clause", "scope", "basis")


@dataclass(frozen=True, slots=True)
class Register:
    """One version of a restricted-party register.

    ``complete`` false means that the register is a selection: no day is complete.
    Otherwise it is complete from ``complete_from`` to ``complete_to``, both included;
    ``None`` leaves that end open.

    >>> import datetime as dt
    >>> register = Register("r", None, (), complete_to=dt.date(2026, 8, 2))
    >>> register.complete_on(dt.date(2026, 8, 2)), register.complete_on(dt.date(2026, 8, 3))
    (True, False)
    """

    id: str
    kind: str | None
    listings: tuple[Listing, ...]
    retrieved_on: dt.date | None = None
    complete: bool = True
    complete_from: dt.date | None = None
    complete_to: dt.date | None = None
    gaps: tuple[Reason, ...] = ()
    title: str = ""
    source: str = ""
    version: str = field(default="")

    def __post_init__(self) -> None:
        if not self.version:
            object.__setattr__(self, "version", content_hash(self))

    def complete_on(self, day: dt.date) -> bool:
        """Whether the register holds every entry in force on ``day``."""
        begun = self.complete_from is None or self.complete_from <= day
        return self.complete and begun and (self.complete_to is None or day <= self.complete_to)

    def age_days(self, today: dt.date) -> int | None:
        """Days since the register was retrieved; None if that is not known."""
        return None if self.retrieved_on is None else (today - self.retrieved_on).days

    def entities(self) -> dict[str, tuple[Listing, ...]]:
        """The listings by entity, in the order of the register."""
        found: dict[str, list[Listing]] = {}
        for listing in self.listings:
            found.setdefault(listing.entity, []).append(listing)
        return {entity: tuple(rows) for entity, rows in found.items()}

    def in_force(self, day: dt.date) -> tuple[Listing, ...]:
        """The listings with legal effect on ``day``."""
        return tuple(listing for listing in self.listings if listing.in_force(day))

    def summary(self, today: dt.date, lang: str = "en") -> dict[str, Any]:
        """What every result prints of a register: version, age, completeness, gaps."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "version": self.version,
            "retrieved_on": _day(self.retrieved_on),
            "complete": self.complete,
            "complete_from": _day(self.complete_from),
            "complete_to": _day(self.complete_to),
            "age_days": self.age_days(today),
            "entities": len({listing.entity for listing in self.listings}),
            "listings": len(self.listings),
            "gaps": [gap.to_json(lang) for gap in self.gaps],
        }


def noted(listing: Listing, key: str) -> str:
    """The value of the note ``key: value`` of a listing; empty if there is none.

    >>> noted(Listing("us-wro", "x", "X", notes=("merchandise: Cotton",)), "merchandise")
    'Cotton'
    """
    for note in listing.notes:
        name, colon, value = note.partition(": ")
        if colon and name == key:
            return value
    return ""


def content_hash(register: Register) -> str:
    """SHA-256 (hex) over what the register says; the day of retrieval does not count."""
    value = register_to_json(register)
    for key in ("version", "retrieved_on", "source", "title"):
        value.pop(key)
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text.

    >>> canonical({"b": 1, "a": "铝"})
    '{"a":"铝","b":1}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def listing_to_json(listing: Listing) -> dict[str, Any]:
    """A listing as JSON values, empty fields left out."""
    value: dict[str, Any] = {"entity": listing.entity}
    value.update({key: getattr(listing, key) for key in _TEXTS if getattr(listing, key)})
    value.update({key: list(getattr(listing, key)) for key in _LISTS if getattr(listing, key)})
    value.update({key: _day(getattr(listing, key)) for key in _DATES if getattr(listing, key)})
    if listing.citations:
        value["citations"] = [citation.to_json() for citation in listing.citations]
    return value


def listing_from_json(register: str, value: Mapping[str, Any]) -> Listing:
    """The listing that ``listing_to_json`` wrote; ValueError or KeyError if it is none."""
    fields: dict[str, Any] = {key: str(value[key]) for key in _TEXTS if key in value}
    fields |= {key: tuple(map(str, value[key])) for key in _LISTS if key in value}
    fields |= {key: dt.date.fromisoformat(value[key]) for key in _DATES if key in value}
    if fields.get("scope", "own") not in SCOPES:
        raise ValueError(fields["scope"])
    fields["citations"] = tuple(
        Citation(row["citation"], row["url"], row["verified"]) for row in value.get("citations", ())
    )
    return Listing(register=register, entity=str(value["entity"]), **fields)


def register_to_json(register: Register) -> dict[str, Any]:
    """A register version as JSON values; listings stand in order of entity, clause and dates."""
    return {
        "schema": SCHEMA,
        "id": register.id,
        "kind": register.kind,
        "title": register.title,
        "source": register.source,
        "retrieved_on": _day(register.retrieved_on),
        "complete": register.complete,
        "complete_from": _day(register.complete_from),
        "complete_to": _day(register.complete_to),
        "gaps": [{"code": gap.code, "params": dict(gap.params)} for gap in register.gaps],
        "listings": [listing_to_json(listing) for listing in in_order(register.listings)],
        "version": register.version,
    }


def register_from_json(value: Mapping[str, Any], where: str = "") -> Register:
    """The register of a JSON value; RegisterError if it is another format or altered."""
    if value.get("schema") != SCHEMA:
        raise RegisterError("register_format", file=where, schema=str(value.get("schema")))
    try:
        register = Register(
            id=str(value["id"]),
            kind=value["kind"],
            title=value["title"],
            source=value["source"],
            listings=tuple(listing_from_json(value["id"], row) for row in value["listings"]),
            retrieved_on=_date(value["retrieved_on"]),
            complete=bool(value["complete"]),
            complete_from=_date(value["complete_from"]),
            complete_to=_date(value["complete_to"]),
            gaps=tuple(Reason(gap["code"], gap["params"]) for gap in value["gaps"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RegisterError("register_damaged", file=where) from error
    if value.get("version") not in ("", None, register.version):
        raise RegisterError("register_altered", file=where, register=register.id)
    return register


def in_order(listings: Iterable[Listing]) -> Sequence[Listing]:
    """Listings in their canonical order, so that equal content hashes equal."""
    return sorted(
        listings,
        key=lambda row: (
            row.entity,
            row.clause,
            row.effective_from or dt.date.min,
            row.listed_on or dt.date.min,
            row.name,
        ),
    )


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> dt.date | None:
    return None if not text else dt.date.fromisoformat(text)
