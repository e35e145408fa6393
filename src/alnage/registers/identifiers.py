"""Identifiers that decide identity: only those whose checksum holds.

A unified social credit code (GB 32100-2015) or an LEI (ISO 17442, check digits after
ISO 7064 MOD 97-10) names one legal person. A mistyped one must name nobody: it is kept
as text but never makes a party listed.

    "uscc:91650000…;lei:…" ── deciding() ──> {("uscc", "91650000…"), …}
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))


def uscc_valid(code: str) -> bool:
    """Whether ``code`` is a unified social credit code with a right check character.

    >>> uscc_valid("91350100M000100Y43"), uscc_valid("91350100M000100Y44")
    (True, False)
    """
    if len(code) != 18 or any(sign not in _USCC_ALPHABET for sign in code):
        return False
    values = [_USCC_ALPHABET.index(sign) for sign in code]
    total = sum(a * b for a, b in zip(values, _USCC_WEIGHTS, strict=False))
    return (31 - total % 31) % 31 == values[17]


def lei_valid(code: str) -> bool:
    """Whether ``code`` is a Legal Entity Identifier with right check digits.

    >>> lei_valid("529900T8BM49AURSDO55"), lei_valid("529900T8BM49AURSDO56")
    (True, False)
    """
    if len(code) != 20 or not code.isascii() or not code.isalnum() or not code[18:].isdecimal():
        return False
    return int("".join(str(int(sign, 36)) for sign in code)) % 97 == 1


def split_identifier(text: str) -> tuple[str, str]:
    """The scheme and the cleaned value of ``scheme:value``; a bare valid code finds its scheme.

    >>> split_identifier("uscc: 91350100-m000100y43"), split_identifier("529900T8BM49AURSDO55")
    (('uscc', '91350100M000100Y43'), ('lei', '529900T8BM49AURSDO55'))
    """
    scheme, colon, value = unicodedata.normalize("NFKC", text).partition(":")
    if not colon:
        scheme, value = "", scheme
    value = "".join(sign for sign in value.upper() if sign.isalnum())
    scheme = scheme.strip().casefold()
    if scheme in ("", "registrationnumber", "taxnumber", "unifiedsocialcreditcode"):
        scheme = "uscc" if uscc_valid(value) else "lei" if lei_valid(value) else scheme
    if scheme == "leicode":
        scheme = "lei"
    return scheme, value


def deciding(identifiers: Iterable[str]) -> frozenset[tuple[str, str]]:
    """The identifiers that decide identity: USCC and LEI with right checksums.

    >>> sorted(deciding(["uscc:91350100M000100Y43", "lei:529900T8BM49AURSDO56", "duns:1"]))
    [('uscc', '91350100M000100Y43')]
    """
    pairs = (split_identifier(text) for text in identifiers)
    return frozenset(
        (scheme, value)
        for scheme, value in pairs
        if (scheme == "uscc" and uscc_valid(value)) or (scheme == "lei" and lei_valid(value))
    )
