"""What the characters of a coined brand mean: 星湖 is Star Lake, 水晶 is Crystal.

Half of the English names that Chinese firms choose are no pinyin: the brand is translated,
character by character or word by word. The list of common meanings is a plain file; it
holds words of the language, not names.

    glosses.csv ──> Glosses ── words of "lake" ──> 湖 ── free in the brand? ──> a pair
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from alnage.registers.names import fold
from alnage.screen.gazetteer import stem

LIKENESS = 0.9  # a meaning is shared by more names than a sound is
_LONGEST = 2


@dataclass(frozen=True, slots=True)
class Glosses:
    """English words by Chinese word, and the other way round."""

    of_han: Mapping[str, frozenset[str]]
    of_word: Mapping[str, tuple[str, ...]]


@cache
def glosses() -> Glosses:
    """The list, both ways; English words without plural."""
    text = files("alnage.screen.data").joinpath("glosses.csv").read_text("utf-8")
    of_han: dict[str, frozenset[str]] = {}
    of_word: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        words = [stem(fold(one).replace(" ", "")) for one in row["en"].split(";")]
        of_han[row["zh"]] = frozenset(words)
        for word in words:
            of_word.setdefault(word, []).append(row["zh"])
    # Longer words first: 太阳 is the sun before 阳 is.
    both = {word: tuple(sorted(han, key=len, reverse=True)) for word, han in of_word.items()}
    return Glosses(of_han, both)


def meaning(
    word: str, signs: Sequence[str], taken: Sequence[float]
) -> tuple[int, int, float] | None:
    """The free run of characters that means ``word``: start, end, likeness.

    >>> meaning("lake", list("星湖"), [0.0, 0.0])
    (1, 2, 0.9)
    """
    for han in glosses().of_word.get(stem(word), ()):
        for start in range(len(signs) - len(han) + 1):
            end = start + len(han)
            if "".join(signs[start:end]) == han and not any(taken[start:end]):
                return start, end, LIKENESS
    return None


def meanings(text: str) -> frozenset[str]:
    """The English words that characters of a Chinese brand may stand for.

    >>> sorted(meanings("星湖"))
    ['lake', 'star']
    """
    table = glosses().of_han
    found: set[str] = set()
    for start in range(len(text)):
        for length in range(1, _LONGEST + 1):
            found |= table.get(text[start : start + length], frozenset())
    return frozenset(found)


def known(word: str) -> bool:
    """Whether a Latin word is a meaning in the list."""
    return stem(word) in glosses().of_word
