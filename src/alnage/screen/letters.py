"""Names in Uyghur Arabic and in Cyrillic letters, written in Latin ones to be compared.

Uyghur letters follow the official correspondence with Uyghur Latin (ULY), Cyrillic ones a
plain romanisation without accents, Uyghur Cyrillic included; other text stays as it is.

    شىنجاڭ ──> shinjang          Иванов ──> ivanov
"""

from __future__ import annotations

_LETTERS = {
    "ا": "a", "ە": "e", "ې": "e", "ى": "i", "و": "o", "ۆ": "o", "ۇ": "u", "ۈ": "u",
    "ب": "b", "پ": "p", "ت": "t", "ج": "j", "چ": "ch", "خ": "x", "د": "d", "ر": "r",
    "ز": "z", "ژ": "zh", "س": "s", "ش": "sh", "غ": "gh", "ف": "f", "ق": "q", "ك": "k",
    "گ": "g", "ڭ": "ng", "ل": "l", "م": "m", "ن": "n", "ھ": "h", "ۋ": "w", "ي": "y",
    "ئ": "", "ه": "h", "ک": "k", "ی": "i",
}  # fmt: skip
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i",
    "ї": "yi", "є": "ye", "ґ": "g", "қ": "q", "ғ": "gh", "ң": "ng", "ө": "o", "ү": "u",
    "һ": "h", "җ": "j", "ә": "e", "ў": "u",
}  # fmt: skip
_LETTERS |= _CYRILLIC | {letter.upper(): latin for letter, latin in _CYRILLIC.items()}
_TABLE = str.maketrans(_LETTERS)
_MARK = frozenset(_LETTERS)


def latinise(text: str) -> str:
    """Uyghur Arabic and Cyrillic letters as Latin ones.

    >>> latinise("شىنجاڭ"), latinise("خوتەن"), latinise("Иванов"), latinise("Hotan")
    ('shinjang', 'xoten', 'ivanov', 'Hotan')
    """
    return text.translate(_TABLE) if not text.isascii() and _MARK & set(text) else text
