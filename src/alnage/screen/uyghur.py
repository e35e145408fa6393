"""Uyghur names in Arabic letters, written in Uyghur Latin (ULY), so that they can be compared.

The table is the official correspondence of the two alphabets, letter by letter; other
text is left as it is.
"""

from __future__ import annotations

_LETTERS = {
    "ا": "a", "ە": "e", "ې": "e", "ى": "i", "و": "o", "ۆ": "o", "ۇ": "u", "ۈ": "u",
    "ب": "b", "پ": "p", "ت": "t", "ج": "j", "چ": "ch", "خ": "x", "د": "d", "ر": "r",
    "ز": "z", "ژ": "zh", "س": "s", "ش": "sh", "غ": "gh", "ف": "f", "ق": "q", "ك": "k",
    "گ": "g", "ڭ": "ng", "ل": "l", "م": "m", "ن": "n", "ھ": "h", "ۋ": "w", "ي": "y",
    "ئ": "", "ه": "h", "ک": "k", "ی": "i",
}  # fmt: skip
_TABLE = str.maketrans(_LETTERS)
_MARK = frozenset(_LETTERS)


def latinise(text: str) -> str:
    """Uyghur Arabic letters as Uyghur Latin ones.

    >>> latinise("شىنجاڭ"), latinise("خوتەن"), latinise("Hotan")
    ('shinjang', 'xoten', 'Hotan')
    """
    return text.translate(_TABLE) if not text.isascii() and _MARK & set(text) else text
