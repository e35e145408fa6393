"""Reads findings without trusting their shape, so that a gap in them is a gap in the report.

Findings come from this version, an older one, or a file that somebody kept. A key that
is absent, null or of another type reads as "not there"; it never stops the report and
never reads as zero. Text is stripped of what could harm a page, a terminal or a reader:
control characters, and the marks that turn the direction of writing around.

    findings.json ── items() · number() · word() · clean() ──> figures, pages, sheets
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

# Marks that reorder what follows them: a name that carries one can look like another.
_TURNING = frozenset(chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_INVISIBLE = frozenset("\u200b\u200e\u200f\u061c\u2028\u2029\ufeff\ufffe\uffff")


def clean(value: Any) -> str:
    r"""``value`` as one line of text without control or direction characters.

    >>> clean("Mill\u202egnp\n No. 1"), clean(None), clean(3)
    ('Millgnp No. 1', '', '3')
    """
    if value is None:
        return ""
    text = str(value)
    if text.isprintable():  # none of the marks below is; most text is done here
        return " ".join(text.split()) if "  " in text or text != text.strip() else text
    kept = [
        " " if char in "\t\n\r" else char
        for char in text
        if char in "\t\n\r"
        or not (
            char in _TURNING or char in _INVISIBLE or unicodedata.category(char) in ("Cc", "Cs")
        )
    ]
    return " ".join("".join(kept).split())


def items(source: Any, key: str) -> tuple[Json, ...]:
    """The mappings in the list ``source[key]``; empty when absent.

    >>> items({"a": [{"b": 1}, "x"]}, "a"), items({}, "a"), items(None, "a")
    (({'b': 1},), (), ())
    """
    value = source.get(key) if isinstance(source, Mapping) else None
    if isinstance(value, Mapping):
        return (value,)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(entry for entry in value if isinstance(entry, Mapping))


def part(source: Any, key: str) -> Json:
    """The mapping ``source[key]``; empty when absent."""
    value = source.get(key) if isinstance(source, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def words_in(source: Any, key: str) -> tuple[str, ...]:
    """The scalars in the list ``source[key]`` as clean text; a scalar is a list of one.

    >>> words_in({"m": ["cotton", None, " "]}, "m"), words_in({"m": "cotton"}, "m")
    (('cotton',), ('cotton',))
    """
    value = source.get(key) if isinstance(source, Mapping) else None
    if value is None or isinstance(value, Mapping):
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        value = [value]
    texts = (clean(entry) for entry in value if not isinstance(entry, Mapping))
    return tuple(text for text in texts if text)


def word(source: Any, key: str) -> str:
    """The scalar ``source[key]`` as clean text; empty when absent."""
    value = source.get(key) if isinstance(source, Mapping) else None
    return "" if isinstance(value, (Mapping, list, tuple)) else clean(value)


def number(source: Any, key: str) -> float | None:
    """The number ``source[key]``; None when absent, not a number, or not finite.

    >>> number({"max": 0.4}, "max"), number({"max": "0.4"}, "max"), number({"max": True}, "max")
    (0.4, None, None)
    """
    value = source.get(key) if isinstance(source, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def columns_wide(text: str) -> int:
    """How many terminal columns ``text`` takes: a Chinese character takes two.

    >>> columns_wide("yarn"), columns_wide("棉纱")
    (4, 4)
    """
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def shorten(text: str, width: int) -> str:
    """``text`` cut to ``width`` terminal columns, with an ellipsis where it was cut.

    >>> shorten("spinning mill", 8), shorten("新疆棉纺厂", 8)
    ('spinnin…', '新疆棉…')
    """
    if columns_wide(text) <= width:
        return text
    kept, used = "", 0
    for char in text:
        used += columns_wide(char)
        if used > width - 1:
            break
        kept += char
    return kept.rstrip() + "…"
