"""Candidates first: which of many names are worth comparing with a query.

Every name is a set of keys (pieces of the brand in its own script, pieces of its pinyin,
trade words, places); a query collects the names that hold its keys, rare keys counting
most. Posting lists are flat arrays, so that tens of thousands of names take well under a
millisecond each query.

    names ── keys ──> postings ── candidates(query) ──> positions, likeliest first
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from alnage.screen.gazetteer import pinyin, readings, stem
from alnage.screen.meaning import known, meanings
from alnage.screen.parts import Parts

_SPREAD = 0.2  # keys held by a larger share of names say next to nothing
# One shared word is worth several shared pieces of spelling.
_WORTH = {"k": 6.0, "m": 1.5, "t": 3.0, "c": 3.0, "n": 2.0, "h": 1.5, "p": 1.0, "g": 0.5}


def keys(name: Parts) -> frozenset[str]:
    """The index keys of a name, prefixed by kind."""
    found = {f"k:{name.stem}"}
    found.update(f"p:{place}" for place in name.places)
    spelled = []
    for unit in name.units:
        found.update(f"c:{concept}" for concept in unit.concepts)
        if name.han:
            found.update(f"h:{unit.text[i : i + 2]}" for i in range(len(unit.text) - 1))
        if unit.brand or not unit.generic:
            spelled.append(pinyin(unit.text) if name.han else unit.text)
        if name.han and unit.brand:
            found.update(f"m:{word}" for word in meanings(unit.text))
        elif not name.han and known(unit.text):
            found.add(f"m:{stem(unit.text)}")
        if unit.brand and name.han and len(unit.text) > 1:
            found.add(f"n:{initials(unit.text)}")
        elif not name.han and 2 <= len(unit.text) <= 4:
            found.add(f"n:{unit.text}")
    found.update(_spelling_keys(spelled, apart=not name.han))
    return frozenset(found)


def _spelling_keys(words: Sequence[str], *, apart: bool) -> Iterable[str]:
    """Words and pieces of three letters; ``apart``: words may be single syllables."""
    if apart:
        # Syllables written apart (Zhong Tai) are looked for together.
        for first, second in pairwise(words):
            if len(first) <= 6 and len(second) <= 6:
                yield f"t:{first}{second}"
    for word in words:
        yield f"t:{word}"
        padded = f"^{word}$"
        yield from (f"g:{padded[i : i + 3]}" for i in range(len(padded) - 2))
    whole = "".join(words)
    yield from (f"g:{whole[i : i + 3]}" for i in range(len(whole) - 2))


def initials(text: str) -> str:
    """The first letters of the syllables of a Chinese text.

    >>> initials("新国都")
    'xgd'
    """
    return "".join((readings(sign) or (sign,))[0][0] for sign in text)


class NameIndex:
    """Posting lists over names; positions are those of ``names``."""

    def __init__(self, names: Sequence[Parts]) -> None:
        import numpy as np  # heavy, and only needed where there is something to search

        self._np = np
        self.size = len(names)
        postings: dict[str, list[int]] = {}
        norms = np.ones(len(names))
        held = [keys(name) for name in names]
        for position, found in enumerate(held):
            for key in found:
                postings.setdefault(key, []).append(position)
        self._weights = {key: self._weight(len(where)) for key, where in postings.items()}
        for position, found in enumerate(held):
            norms[position] = math.sqrt(sum(map(self._worth, found))) or 1.0
        self._norms = norms**0.5
        self._postings: dict[str, Any] = {
            key: np.asarray(where, dtype=np.int32) for key, where in postings.items()
        }

    def _weight(self, holders: int) -> float:
        return math.log((self.size + 50) / (holders + 1))

    def _worth(self, key: str) -> float:
        return float(self._weights[key] ** 2 * _WORTH[key[0]])

    def candidates(self, name: Parts, most: int) -> list[int]:
        """Up to ``most`` positions of names that share keys with ``name``, likeliest first."""
        np = self._np
        if not self.size:
            return []
        found = [(key, self._postings[key]) for key in sorted(keys(name)) if key in self._postings]
        limit = max(64, int(self.size * _SPREAD))
        rare = [(key, where) for key, where in found if len(where) <= limit] or found
        if not rare:
            return []
        positions = np.concatenate([where for _, where in rare])
        weights = np.repeat(
            [self._worth(key) for key, _ in rare], [len(where) for _, where in rare]
        )
        scores = np.bincount(positions, weights=weights, minlength=self.size) / self._norms
        hits = np.flatnonzero(scores)
        if len(hits) > most:
            hits = hits[np.argpartition(-scores[hits], most - 1)[:most]]
        # Equal scores stand in the order of the names, so that results repeat.
        order = np.lexsort((hits, -scores[hits]))
        return [int(position) for position in hits[order]]


def holders(names: Iterable[Parts]) -> dict[str, int]:
    """How many names hold each part."""
    found: dict[str, int] = {}
    for name in names:
        for text in {unit.text for unit in name.units}:
            found[text] = found.get(text, 0) + 1
    return found
