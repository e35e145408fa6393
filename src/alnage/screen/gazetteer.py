"""Places and the bilingual lexicon, as look-up tables over both scripts.

A place has one number whatever it is called (Hotan, Hetian, 和田, خوتەن); a word of a trade
has one number in Chinese, in English and in pinyin. The lists are plain CSV files that
anyone can review; this module only turns them into tables.

    places.csv, lexicon.csv ──> Gazetteer ── place / concept numbers ──> parts
"""

from __future__ import annotations

import csv
import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from alnage.registers.names import fold

PROVINCES = "provinces"


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Look-up tables; a place is its number, a concept its number (several for one word).

    ``regions[place]`` is the ISO 3166-2 code; ``provinces`` are the places that stand for
    a whole region; ``generic`` are concepts that nearly every name may hold.
    """

    han_places: dict[str, int]
    latin_places: dict[str, int]
    regions: tuple[str, ...]
    provinces: frozenset[int]
    han_words: dict[str, int]
    latin_words: dict[str, frozenset[int]]
    generic: frozenset[int]
    longest_han: int

    def region(self, place: int) -> str:
        """The ISO code of a place (``CN-XJ``; ``HK``)."""
        return self.regions[place]


def stem(word: str) -> str:
    """An English word without plural ``s``.

    >>> stem("textiles"), stem("glass"), stem("gas")
    ('textile', 'glass', 'gas')
    """
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@cache
def pinyin_table() -> dict[int, str]:
    """Code point to its readings, comma-separated, with tone marks."""
    # Importing the package would load its large table of phrases: its plain data is enough.
    spec = find_spec("pypinyin")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(folder) / "pinyin_dict.json"
        if file.is_file():
            return {int(code): text for code, text in json.loads(file.read_text("utf-8")).items()}
    from pypinyin.pinyin_dict import pinyin_dict

    return dict(pinyin_dict)


@cache
def readings(sign: str) -> tuple[str, ...]:
    """The readings of one character without tones, usual one first; at most three.

    >>> readings("业"), readings("长")[0]
    (('ye',), 'zhang')
    """
    found: dict[str, None] = {}
    for reading in pinyin_table().get(ord(sign), "").split(","):
        # The trema of ü is kept apart from tone marks: nü is written nu in names.
        plain = unicodedata.normalize("NFD", reading.strip())
        bare = "".join(letter for letter in plain if "a" <= letter <= "z")
        if bare:
            found[bare] = None
    return tuple(found)[:3]


def pinyin(text: str) -> str:
    """Han text as joined toneless pinyin, usual readings; other signs as they are.

    >>> pinyin("天业")
    'tianye'
    """
    return "".join((readings(sign) or (sign,))[0] for sign in text)


@cache
def gazetteer() -> Gazetteer:
    """The tables, built once from the two lists."""
    han_places, latin_places, regions, provinces = _places()
    han_words, latin_words, generic = _words()
    return Gazetteer(
        han_places=han_places,
        latin_places=latin_places,
        regions=regions,
        provinces=provinces,
        han_words=han_words,
        latin_words=latin_words,
        generic=generic,
        longest_han=max(map(len, (*han_words, *han_places))),
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files("alnage.screen.data").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _places() -> tuple[dict[str, int], dict[str, int], tuple[str, ...], frozenset[int]]:
    han: dict[str, int] = {}
    latin: dict[str, int] = {}
    regions: list[str] = []
    provinces: dict[str, int] = {}
    for row in _rows("places.csv"):
        zh, others = row["zh"].split(";"), row["latin"].split(";")
        # A row of as many names in both scripts lists places of their own.
        apart = len(zh) > 1 and len(zh) == len(others)
        groups = list(zip(zh, others, strict=True)) if apart else [(zh[0], "")]
        for first, second in groups:
            place = len(regions)
            regions.append(row["code"])
            provinces.setdefault(row["code"], place)
            for name in (first,) if apart else zh:
                han.setdefault(name, place)
                latin.setdefault(pinyin(name), place)
                latin.setdefault(" ".join(map(pinyin, name)), place)
            for name in (second,) if apart else others:
                latin.setdefault(fold(name), place)
                latin[fold(name)] = place
    return han, latin, tuple(regions), frozenset(provinces.values())


def _words() -> tuple[dict[str, int], dict[str, frozenset[int]], frozenset[int]]:
    han: dict[str, int] = {}
    latin: dict[str, set[int]] = {}
    generic = set()
    for row in _rows("lexicon.csv"):
        # Words that stand for one another in Chinese too (``a|b``) share a number.
        same = row["zh"].split("|")
        number = han.setdefault(same[0], len(han))
        han.update(dict.fromkeys(same[1:], number))
        if row["weight"] == "g":
            generic.add(number)
        for phrase in row["en"].split(";"):
            latin.setdefault(" ".join(map(stem, fold(phrase).split())), set()).add(number)
        for word in same:
            if len(word) > 1:
                latin.setdefault(pinyin(word), set()).add(number)
                latin.setdefault(" ".join(map(pinyin, word)), set()).add(number)
    return han, {word: frozenset(found) for word, found in latin.items()}, frozenset(generic)
