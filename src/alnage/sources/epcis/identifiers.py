"""GS1 identifiers: EPC URNs and Digital Links, two spellings of one key.

``urn:epc:class:lgtin:4012345.012345.998877`` and ``https://id.gs1.org/01/04012345123456/10/998877``
name one lot, but no text comparison shows it. Both are brought to the GS1 key, its digits
and its qualifiers. A URI that is neither stays what it is, compared to the letter.

    URI ── identify() ── Identifier(scheme, key, lot, serial, …) ── .link (canonical)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

LINK = "https://id.gs1.org"

# Application identifiers of keys, and the scheme that each names.
_KEYS: Mapping[str, str] = {
    "00": "sscc", "01": "gtin", "253": "gdti", "255": "gcn", "401": "ginc", "402": "gsin",
    "414": "gln", "417": "pgln", "8003": "grai", "8004": "giai", "8006": "itip", "8010": "cpi",
    "8017": "gsrnp", "8018": "gsrn",
}  # fmt: skip
_AI = {scheme: ai for ai, scheme in _KEYS.items()}
_NAMED = {"gtin": "01", "sscc": "00", "gln": "414", "grai": "8003", "giai": "8004", "itip": "8006"}
# How the value after a key must look (GTINs may be given with fewer digits).
_VALUES: Mapping[str, str] = {
    "00": r"\d{18}", "01": r"\d{8}|\d{12,14}", "253": r"\d{13}.{0,17}", "255": r"\d{13}\d{0,12}",
    "401": r".{1,30}", "402": r"\d{17}", "414": r"\d{13}", "417": r"\d{13}", "8003": r"\d{14}.{0,16}",
    "8004": r".{4,30}", "8006": r"\d{18}", "8010": r".{1,30}", "8017": r"\d{18}", "8018": r"\d{18}",
}  # fmt: skip
_QUALIFIERS = {"10": "lot", "21": "serial", "235": "serial", "254": "extension", "8011": "serial"}
_QUALIFIES = {
    "01": ("10", "21", "235"), "414": ("254",), "8006": ("10", "21"), "8010": ("8011",),
}  # fmt: skip

# EPC schemes: how many digits company prefix and reference have together, and what is made of them.
_DIGITS: Mapping[str, int] = {
    "sgtin": 13, "lgtin": 13, "itip": 13, "upui": 13, "sscc": 17, "sgln": 12, "pgln": 12,
    "grai": 12, "gdti": 12, "sgcn": 12, "gsrn": 17, "gsrnp": 17, "gsin": 16,
}  # fmt: skip
_PARTS: Mapping[str, int] = {
    "sgtin": 3, "lgtin": 3, "upui": 3, "itip": 5, "sscc": 2, "sgln": 3, "pgln": 2, "grai": 3,
    "gdti": 3, "sgcn": 3, "gsrn": 2, "gsrnp": 2, "gsin": 2, "giai": 2, "ginc": 2, "cpi": 3,
}  # fmt: skip
_EPC = re.compile(r"urn:epc:(id|idpat|class):([a-z]+):(.+)")
# Kept as they are in a Digital Link, as its standard has it; all else is escaped.
_SAFE = '-._~"'

CONTAINERS = frozenset(("sscc", "ginc", "gsin"))
GOODS = frozenset(("gtin", "itip", "cpi"))
LOCATIONS = frozenset(("gln", "pgln"))


@dataclass(frozen=True, slots=True)
class Identifier:
    """A GS1 key with its qualifiers; ``scheme`` is the key's name (``gtin``, ``gln``, ``sscc``, …).

    ``serial`` empty means the class (or lot) as a whole; ``third_party`` that the serial
    number was given by another than the maker.
    """

    scheme: str
    key: str
    lot: str = ""
    serial: str = ""
    extension: str = ""
    third_party: bool = False

    @property
    def link(self) -> str:
        """The canonical Digital Link, with the finest qualifier only.

        >>> identify("urn:epc:id:sgln:0614141.07346.1234").link
        'https://id.gs1.org/414/0614141073467/254/1234'
        """
        if self.scheme in ("gcn", "gdti", "grai"):
            return f"{LINK}/{_AI[self.scheme]}/{self.key}{_escape(self.serial)}"
        link = f"{LINK}/{_AI[self.scheme]}/{_escape(self.key)}"
        if self.serial:
            ai = {"cpi": "8011"}.get(self.scheme, "235" if self.third_party else "21")
            return f"{link}/{ai}/{_escape(self.serial)}"
        if self.lot:
            return f"{link}/10/{_escape(self.lot)}"
        return f"{link}/254/{_escape(self.extension)}" if self.extension else link


def check_digit(digits: str) -> str:
    """The GS1 check digit that belongs behind ``digits``.

    >>> check_digit("629104150021")
    '3'
    """
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


@lru_cache(maxsize=1 << 16)
def identify(uri: str) -> Identifier | None:
    """What a URI names in the GS1 system; None if it is no EPC URN or Digital Link that we know.

    >>> identify("urn:epc:class:lgtin:4012345.012345.998877")
    Identifier(scheme='gtin', key='04012345123456', lot='998877', serial='', extension='', third_party=False)
    >>> identify("https://example.com/some/01/04012345123456/10/998877?x=1") == _
    True
    >>> identify("urn:epc:id:sgtin:4012345.12") is None
    True
    """
    if found := _EPC.fullmatch(uri):
        return _from_urn(*found.groups())
    return _from_link(uri) if uri.startswith(("https://", "http://")) else None


def canonical(uri: str) -> str:
    """The canonical Digital Link of a GS1 identifier; any other URI as it is.

    >>> canonical("urn:epc:idpat:sgtin:4012345.044444.*"), canonical("urn:example:lot:7")
    ('https://id.gs1.org/01/04012345444445', 'urn:example:lot:7')
    """
    found = identify(uri)
    return uri if found is None else found.link


def _escape(text: str) -> str:
    return quote(text, safe=_SAFE)


def _from_urn(form: str, scheme: str, body: str) -> Identifier | None:
    parts = [unquote(part) for part in body.split(".", _PARTS.get(scheme, 2) - 1)]
    if len(parts) != _PARTS.get(scheme) or not all(parts):
        return None
    prefix, reference, *rest = parts
    serial = "" if form == "idpat" and rest and set(rest) == {"*"} else "".join(rest[-1:])
    if not prefix.isdecimal() or not prefix.isascii() or not 6 <= len(prefix) <= 12:
        return None
    if scheme in ("giai", "ginc", "cpi"):
        return Identifier(scheme, prefix + reference, serial=serial)
    digits = _key_digits(scheme, prefix, reference)
    if digits is None or (form == "class") != (scheme == "lgtin"):
        return None
    return _named(scheme, digits, rest, serial)


def _key_digits(scheme: str, prefix: str, reference: str) -> str | None:
    """Digits of a key with its check digit; some have an indicator in front of the prefix."""
    if reference == "*":
        return None
    digits = prefix + reference
    if len(digits) != _DIGITS[scheme] or not (digits.isdecimal() and digits.isascii()):
        return None
    if scheme in ("sgtin", "lgtin", "itip", "upui", "sscc"):
        digits = reference[0] + prefix + reference[1:]
    return digits + check_digit(digits)


def _named(scheme: str, digits: str, rest: list[str], serial: str) -> Identifier:
    if scheme == "lgtin":
        return Identifier("gtin", digits, lot=serial)
    if scheme in ("sgtin", "upui"):
        return Identifier("gtin", digits, serial=serial, third_party=scheme == "upui")
    if scheme == "sgln":
        return Identifier("gln", digits, extension="" if serial == "0" else serial)
    key = {"itip": digits + "".join(rest[:2]), "grai": f"0{digits}"}.get(scheme, digits)
    return Identifier({"sgcn": "gcn"}.get(scheme, scheme), key, serial=serial)


def _from_link(uri: str) -> Identifier | None:
    """A key in the path of a web address, with the qualifiers that follow it."""
    path = uri.partition("://")[2].partition("?")[0].partition("#")[0]
    segments = [unquote(segment) for segment in path.split("/")[1:]]
    for at, name in enumerate(segments[:-1]):
        ai = _NAMED.get(name, name)
        if ai in _KEYS and re.fullmatch(_VALUES[ai], segments[at + 1]):
            return _qualified(ai, segments[at + 1], segments[at + 2 :])
    return None


def _qualified(ai: str, value: str, rest: list[str]) -> Identifier:
    told: dict[str, str] = {}
    third_party = False
    for told_name, qualifier in zip(rest[::2], rest[1::2], strict=False):
        name = {"lot": "10", "ser": "21"}.get(told_name, told_name)
        if name in _QUALIFIES.get(ai, ()) and qualifier:
            told[_QUALIFIERS[name]] = qualifier
            third_party |= name == "235"
    if ai == "01":
        value = value.zfill(14)
    fixed = {"8003": 14, "253": 13, "255": 13}.get(ai)
    if fixed is not None:
        told["serial"] = value[fixed:]
        value = value[:fixed]
    return Identifier(_KEYS[ai], value, third_party=third_party, **told)
