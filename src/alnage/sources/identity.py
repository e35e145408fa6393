"""Identity data stays at the door: cells that look like it are refused and never repeated.

A custody folder is about goods and enterprises. Resident identity numbers, passports and
bank cards of private persons have no place in it, nor in any report, log or list of
rejected rows made from it. What is refused is told by file, row and column only.

    cell ── looks_like_identity() ── row rejected, cell shown as HIDDEN
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

HIDDEN = "[…]"

# How much a cell may look like: "code" for ids and numbers, where only a resident identity
# number is beyond doubt; "note" for columns we know nothing of; "text" for names and remarks.
Scan = Literal["code", "note", "text"]

# What a cell must contain at all to be worth a second look (RE2 syntax: Arrow runs it).
# Written without \d, which Arrow and Python read differently outside ASCII.
SUSPECT: Mapping[Scan, str] = {
    "code": r"[0-9０-９][0-9０-９ \-]{13,}[0-9０-９XxＸｘ]",
    "note": r"[0-9０-９][0-9０-９ \-]{5,}[0-9０-９XxＸｘ]",
    "text": r"[0-9０-９][0-9０-９ \-]{5,}[0-9０-９XxＸｘ]",
}
SHORTEST: Mapping[Scan, int] = {"code": 15, "note": 7, "text": 7}

_REMARK = re.compile(
    r"note|remark|comment|descri|name|contact|person|owner|address|备注|说明|姓名|联系|法人|地址|人员",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"身份证|护照|证件号|银行卡|银行账号|社保|identity.?(card|number|no)|id.?card|passport|"
    r"national.?id|ssn|social.?security|bank.?card|card.?number",
    re.IGNORECASE,
)
_RESIDENT = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z])[2-69]\d{15,18}(?![0-9A-Za-z])")
_PASSPORT = re.compile(r"(?<![0-9A-Za-z])(?:[EGDSPH]\d{8}|E[A-HJ-NP-Z]\d{7})(?![0-9A-Za-z])")
_NAMED_PASSPORT = re.compile(r"(?:passport|护照)\D{0,20}?[A-Z]{0,2}\d{7,9}", re.IGNORECASE)
_SOCIAL_SECURITY = re.compile(r"(?<![0-9A-Za-z-])\d{3}-\d{2}-\d{4}(?![0-9A-Za-z-])")
_GROUPS = re.compile(r"(?<=\d)[ \-](?=[\dXx])")
_AREAS = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 "
    "44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91"
)
_PROVINCES = frozenset(_AREAS.split())
_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def heading_asks_identity(heading: str) -> bool:
    """Whether a column says of itself that it holds identity data.

    >>> heading_asks_identity("法人身份证号"), heading_asks_identity("invoice_no")
    (True, False)
    """
    return bool(_HEADING.search(heading))


def note_scan(heading: str) -> Scan:
    """How closely to look at a column that the contract doesn't know.

    >>> note_scan("备注"), note_scan("container")
    ('text', 'note')
    """
    return "text" if _REMARK.search(heading) else "note"


def looks_like_identity(text: str, scan: Scan = "text") -> bool:
    """Whether ``text`` holds what looks like a person's identity, passport or card number.

    >>> looks_like_identity("11010119900307867" + "1"), looks_like_identity("lot 2024-0307-11")
    (False, False)
    >>> looks_like_identity("4111 1111 1111 1111"), looks_like_identity("4111111111111111", "code")
    (True, False)
    >>> looks_like_identity("91110000100000" + "0000")
    False
    """
    text = unicodedata.normalize("NFKC", text)
    if scan == "text" and _PASSPORT.search(text):
        return True
    if scan != "code" and (_NAMED_PASSPORT.search(text) or _SOCIAL_SECURITY.search(text)):
        return True
    return any(_numbers(form, scan) for form in {text, _GROUPS.sub("", text)})


def _numbers(text: str, scan: Scan) -> bool:
    """Numbers whose check digit and form say that they name a person or a card."""
    if any(_is_resident(match[0]) for match in _RESIDENT.finditer(text)):
        return True
    if scan == "code":
        return False
    return any(_luhn(match[0]) and not uscc_valid(match[0]) for match in _CARD.finditer(text))


def identifier_is_identity(item: str) -> bool:
    """Whether one item of ``identifiers`` is a person's number rather than an enterprise's.

    A unified social credit code of digits alone passes as what it is: its checksum holds.

    >>> identifier_is_identity("uscc:91650100MA77XXXX0X"), identifier_is_identity("duns:123456789")
    (False, False)
    """
    scheme, _, value = item.partition(":")
    if scheme.strip().casefold() == "uscc" and uscc_valid(value.strip()):
        return False
    return looks_like_identity(value or scheme, "code")


def _is_resident(number: str) -> bool:
    """Checksum MOD 11-2 of GB 11643, a province and a possible day of birth."""
    if number[:2] not in _PROVINCES:
        return False
    try:
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * (2 ** (17 - i) % 11) for i, digit in enumerate(number[:17]))
    return 1880 <= born.year <= 2100 and "10X98765432"[total % 11] == number[17].upper()


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return len(set(digits)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def uscc_valid(code: str) -> bool:
    """Whether ``code`` is a unified social credit code: area and check character (GB 32100).

    >>> uscc_valid("91350100M000100Y43"), uscc_valid("91350100M000100Y44")
    (True, False)
    """
    code = code.upper()
    if len(code) != 18 or any(letter not in _USCC_LETTERS for letter in code):
        return False
    if code[2:4] not in _PROVINCES | {"10"}:  # 10: registered with the central authority
        return False
    total = sum(_USCC_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return _USCC_LETTERS[-total % 31] == code[17]
