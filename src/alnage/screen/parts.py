"""A name taken apart: places, trade words, brand, numbers, subordinate body, legal form.

What tells two firms apart is the brand; region, trade and legal form are shared by
thousands. A Chinese name has no word boundaries, so it is cut by the gazetteer and the
lexicon, and what they don't know is the brand. Both scripts end in the same parts, so
that 新疆天业化工有限公司 and "Xinjiang Tianye Chemical Co., Ltd." can be compared.

    name ── fold, split_form ── places · units (concepts or brand) · numbers · bodies ──> Parts
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from alnage.registers.names import fold, has_han, split_form
from alnage.screen.gazetteer import Gazetteer, gazetteer, pinyin, stem
from alnage.screen.letters import latinise

_SUFFIXES = ("自治区", "自治州", "地区", "省", "市", "县")
_HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_HAN_NUMBER = "[0-9零一二三四五六七八九十百]+"
_HAN_BODY = re.compile(
    rf"(?:第({_HAN_NUMBER})|({_HAN_NUMBER}))(师|团|连|分公司|农场|牧场|医院|中学|监狱|厂|号|区|公司|大队)"
)
_HAN_PLAIN_NUMBER = re.compile(r"第([零一二三四五六七八九十百]+)|第?([0-9]+)")
_HAN_BODY_WORDS = {"分公司": "branch", "分厂": "branch", "支公司": "branch", "办事处": "office"}
_BODIES = {"师": "division", "团": "regiment", "连": "company", "农场": "farm", "牧场": "farm"}
_LATIN_BODIES = {
    "division": "division",
    "regiment": "regiment",
    "branch": "branch",
    "detachment": "detachment",
    "office": "office",
}
_ORDINALS = {
    word: str(value)
    for value, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
        ],
        start=1,
    )
}
_SILENT = frozenset(
    {
        "and",
        "of",
        "the",
        "for",
        "in",
        "at",
        "de",
        "no",
        "co",
        "ltd",
        "inc",
        "corp",
        "joint",
        "stock",
    }
    | {"provincial", "province", "city", "county", "municipal", "company", "limited"}
)
_NUMBERED = re.compile(r"^(?:no)?([0-9]+)(?:st|nd|rd|th)?$")


@dataclass(frozen=True, slots=True)
class Unit:
    """One part of a name that carries identity: a trade word or a piece of the brand.

    ``concepts`` are lexicon numbers (empty: brand); ``text`` is as written, folded.
    """

    text: str
    concepts: frozenset[int] = frozenset()
    generic: bool = False

    @property
    def brand(self) -> bool:
        """Whether the lexicon does not know it."""
        return not self.concepts


@dataclass(frozen=True, slots=True)
class Parts:
    """A name taken apart; ``bodies`` marks a part of a larger body (branch, division 8)."""

    name: str
    han: bool
    stem: str
    form: str
    places: tuple[int, ...]
    units: tuple[Unit, ...]
    numbers: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    joined: str = field(default="")

    @property
    def localities(self) -> frozenset[int]:
        """The places in the name that are less than a whole region."""
        return frozenset(self.places) - gazetteer().provinces

    @property
    def regions(self) -> frozenset[str]:
        """ISO codes of the places in the name."""
        table = gazetteer()
        return frozenset(table.region(place) for place in self.places)


@lru_cache(maxsize=1 << 18)
def parts(name: str) -> Parts:
    """Take a name apart.

    >>> [unit.text for unit in parts("新疆天业化工有限公司").units], parts("新疆天业化工有限公司").regions
    (['天业', '化工'], frozenset({'CN-XJ'}))
    >>> [unit.text for unit in parts("Hetian Taida Apparel Co., Ltd").units]
    ['taida', 'apparel']
    """
    folded = fold(latinise(name))
    words, form = split_form(folded)
    if has_han(folded):
        return _han_parts(name, words, form)
    return _latin_parts(name, words, form)


# ── Chinese ──────────────────────────────────────────────────────────────────────────


def _han_number(text: str) -> str:
    if text.isdecimal():
        return str(int(text))
    if "十" in text:
        tens, _, ones = text.partition("十")
        return str(_HAN_DIGITS.get(tens, 1) * 10 + _HAN_DIGITS.get(ones, 0))
    return str(int("".join(str(_HAN_DIGITS.get(sign, 0)) for sign in text) or "0"))


def _han_parts(name: str, words: list[str], form: str) -> Parts:
    table = gazetteer()
    places: list[int] = []
    units: list[Unit] = []
    numbers: set[str] = set()
    bodies: set[str] = set()
    if form.endswith("分公司"):
        bodies.add("branch")
    for word in words:
        if has_han(word):
            rest = _take_numbers(word, numbers, bodies)
            for piece in rest:
                _cut(piece, table, places, units)
        elif word.isdecimal():
            numbers.add(str(int(word)))
        else:
            units.append(Unit(word, table.latin_words.get(stem(word), frozenset())))
    stem_text = "".join(words)
    return Parts(
        name=name,
        han=True,
        stem=stem_text,
        form=form,
        places=tuple(dict.fromkeys(places)),
        units=tuple(units),
        numbers=frozenset(numbers),
        bodies=frozenset(bodies),
        joined=pinyin(stem_text),
    )


def _take_numbers(word: str, numbers: set[str], bodies: set[str]) -> list[str]:
    """Cut numbered bodies (第八师, 142团) and ordinals out; the pieces between them."""
    pieces: list[str] = []
    start = 0
    for found in _HAN_BODY.finditer(word):
        number = _han_number(found[1] or found[2])
        kind = found[3]
        # 三一重工 or 五厂 without 第 may be a brand: only ranks of the corps go without it.
        if not found[1] and kind not in ("师", "团", "连"):
            continue
        numbers.add(number)
        if kind in _BODIES:
            bodies.add(f"{_BODIES[kind]}:{number}")
        pieces.append(word[start : found.start()])
        start = found.end() - (0 if kind in ("师", "团", "连", "号", "区") else len(kind))
    pieces.append(word[start:])
    for mark, body in _HAN_BODY_WORDS.items():
        if mark in word:
            bodies.add(body)
    return [piece for piece in pieces if piece]


def _cut(text: str, table: Gazetteer, places: list[int], units: list[Unit]) -> None:
    """Places first, then trade words from the end (where they stand); the rest is brand."""
    at = 0
    while at < len(text):
        place = _place_at(text, at, table, start=True)
        if place is None:
            break
        places.append(place[0])
        at += place[1]
    found: list[Unit] = []
    run, end = "", len(text)
    while end > at:
        length, unit = _ending(text[at:end], table, places)
        if length:
            _flush(run, table, found)
            run = ""
            if unit is not None:
                found.append(unit)
            end -= length
        else:
            end -= 1
            run = text[end] + run
    _flush(run, table, found)
    units.extend(reversed(found))


def _ending(text: str, table: Gazetteer, places: list[int]) -> tuple[int, Unit | None]:
    """The longest trade word, or whole region, at the end of the text: length and unit."""
    for length in range(min(table.longest_han, len(text)), 1, -1):
        tail = text[-length:]
        place = table.han_places.get(tail)
        if place is not None and place in table.provinces:
            places.append(place)
            return length, None
        if tail in table.han_words:
            return length, _known(tail, table)
    return 0, None


def _place_at(text: str, at: int, table: Gazetteer, *, start: bool) -> tuple[int, int] | None:
    for length in range(min(8, len(text) - at), 1, -1):
        place = table.han_places.get(text[at : at + length])
        if place is not None and (start or place in table.provinces):
            rest = text[at + length :]
            suffix = next((s for s in _SUFFIXES if rest.startswith(s)), "")
            return place, length + len(suffix)
    return None


def _known(word: str, table: Gazetteer) -> Unit:
    number = table.han_words[word]
    return Unit(word, frozenset({number}), number in table.generic)


def _flush(run: str, table: Gazetteer, units: list[Unit]) -> None:
    if len(run) == 1 and run in table.han_words:
        units.append(_known(run, table))
    elif run:
        units.append(Unit(run))


# ── Latin ────────────────────────────────────────────────────────────────────────────


def _latin_parts(name: str, words: list[str], form: str) -> Parts:
    table = gazetteer()
    places: list[int] = []
    units: list[Unit] = []
    numbers: set[str] = set()
    bodies: set[str] = set()
    at = 0
    while at < len(words):
        number = _NUMBERED.match(words[at])
        if number or words[at] in _ORDINALS:
            value = number[1] if number else _ORDINALS[words[at]]
            value = str(int(value))
            numbers.add(value)
            following = words[at + 1] if at + 1 < len(words) else ""
            body = _LATIN_BODIES.get(stem(following))
            if body:
                bodies.add(f"{body}:{value}")
                at += 1
            at += 1
            continue
        at += _latin_word(words, at, table, places, units, bodies)
    return Parts(
        name=name,
        han=False,
        stem="".join(words),
        form=form,
        places=tuple(dict.fromkeys(places)),
        units=tuple(units),
        numbers=frozenset(numbers),
        bodies=frozenset(bodies),
        joined="".join(word for word in words if word not in _SILENT),
    )


def _latin_word(
    words: list[str],
    at: int,
    table: Gazetteer,
    places: list[int],
    units: list[Unit],
    bodies: set[str],
) -> int:
    """Read one place, phrase or word; how many words it took."""
    for length in range(min(4, len(words) - at), 0, -1):
        place = table.latin_places.get(" ".join(words[at : at + length]))
        if place is not None and (at == len(places) or place in table.provinces or length > 1):
            places.append(place)
            following = words[at + length : at + length + 1]
            return length + (following in (["province"], ["city"], ["county"], ["prefecture"]))
    for length in range(min(5, len(words) - at), 0, -1):
        phrase = " ".join(map(stem, words[at : at + length]))
        concepts = table.latin_words.get(phrase)
        if concepts:
            if phrase in _LATIN_BODIES:
                bodies.add(_LATIN_BODIES[phrase])
            text = "".join(words[at : at + length])
            units.append(Unit(text, concepts, concepts <= table.generic))
            return length
    word = words[at]
    if stem(word) in _LATIN_BODIES:
        bodies.add(_LATIN_BODIES[stem(word)])
    elif word not in _SILENT:
        units.append(Unit(word))
    return 1
