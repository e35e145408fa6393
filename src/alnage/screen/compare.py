"""Two names compared: which parts of each the other explains, as a few numbers.

Trade words match by concept, so across scripts too; a brand matches as text in one
script and by pinyin across scripts. Every part has a weight: how rare it is among the
names searched, with a prior, so that a register of three names weighs like a large one.

    Parts, Parts ── align ──> Alignment(features, pairs) ── score.probability ──> 0..1
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rapidfuzz.distance import LCSseq, Levenshtein

from alnage.screen.gazetteer import pinyin, readings
from alnage.screen.meaning import meaning
from alnage.screen.parts import Parts, Unit

T = TypeVar("T")

# Of how many names one holds a given piece of brand, trade word, common word: the prior.
_PRIOR_NAMES = 2000.0
_RATE_BRAND = 1 / 4000
_RATE_WORD = 1 / 80
_RATE_GENERIC = 1 / 10

FEATURES = (
    "coverage_min",
    "coverage_max",
    "brand",
    "no_brand",
    "evidence",
    "place_same",
    "place_differs",
    "form_differs",
    "joined",
    "same_stem",
    "unexplained",
    "brand_clash",
    "sound",
    "locality_differs",
)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a part says, by how many of the ``names`` searched hold it."""

    names: int
    holders: Mapping[str, int]

    def of(self, unit: Unit) -> float:
        """Log of the inverse share of names with this part (about 2 to 9)."""
        rate = _RATE_BRAND if unit.brand else _RATE_GENERIC if unit.generic else _RATE_WORD
        held = self.holders.get(unit.text, 0) + _PRIOR_NAMES * rate
        weight = math.log((self.names + _PRIOR_NAMES) / held)
        # One letter or sign is an initial, not a brand.
        return max(weight, 0.3) * (0.4 if len(unit.text) == 1 and unit.brand else 1.0)


@dataclass(frozen=True, slots=True)
class Pair:
    """A part of the query and the part of the candidate that explains it; ``how`` they meet."""

    query: str
    candidate: str
    how: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """What two names share; ``features`` in the order of ``FEATURES``."""

    features: tuple[float, ...]
    pairs: tuple[Pair, ...]
    regime: str
    numbers_differ: bool
    number_missing: bool
    bodies_differ: bool
    branch_differs: bool
    brand_missing: bool


@dataclass(slots=True)
class _Side:
    """One name while it is being aligned: its parts, their weights, how far each is explained."""

    units: tuple[Unit, ...]
    weights: list[float]
    matched: list[float]

    @classmethod
    def of(cls, name: Parts, weights: Weights) -> _Side:
        return cls(name.units, [weights.of(unit) for unit in name.units], [0.0] * len(name.units))

    def open(self) -> list[int]:
        return [i for i, share in enumerate(self.matched) if share == 0.0]

    def total(self) -> float:
        return sum(self.weights)

    def explained(self) -> float:
        return sum(w * m for w, m in zip(self.weights, self.matched, strict=True))

    def brand(self) -> tuple[float, float]:
        rows = [
            (w, w * m)
            for unit, w, m in zip(self.units, self.weights, self.matched, strict=True)
            if unit.brand
        ]
        return sum(w for w, _ in rows), sum(m for _, m in rows)

    def worst(self, *, brand: bool = False) -> float:
        """The heaviest part that the other name does not explain."""
        return max(
            (
                weight * (1 - share)
                for unit, weight, share in zip(self.units, self.weights, self.matched, strict=True)
                if unit.brand or not brand
            ),
            default=0.0,
        )


def align(query: Parts, candidate: Parts, weights: Weights) -> Alignment:
    """Align two names.

    >>> from alnage.screen.parts import parts
    >>> a = align(parts("新疆天业化工有限公司"), parts("Xinjiang Tianye Chemical Co., Ltd."), Weights(0, {}))
    >>> [(pair.query, pair.candidate, pair.how) for pair in a.pairs]
    [('化工', 'chemical', 'word'), ('天业', 'tianye', 'pinyin')]
    """
    left, right = _Side.of(query, weights), _Side.of(candidate, weights)
    pairs = _by_concept(left, right)
    regime = ("han" if query.han else "latin") if query.han == candidate.han else "cross"
    if regime == "han":
        pairs += _han_rest(left, right)
    elif regime == "latin":
        pairs += _latin_rest(left, right)
    elif query.han:
        pairs += _cross_rest(left, right)
    else:
        turned = _cross_rest(right, left)
        pairs += [Pair(p.candidate, p.query, p.how, p.similarity) for p in turned]
    bodies = query.bodies ^ candidate.bodies
    return Alignment(
        features=_features(query, candidate, left, right),
        pairs=tuple(pairs),
        regime=regime,
        numbers_differ=_apart(query.numbers, candidate.numbers),
        number_missing=bool(query.numbers) != bool(candidate.numbers),
        bodies_differ=any(not body.startswith(("branch", "office")) for body in bodies),
        branch_differs=any(body.startswith(("branch", "office")) for body in bodies),
        brand_missing=_brand_missing(left, right),
    )


def _features(query: Parts, candidate: Parts, left: _Side, right: _Side) -> tuple[float, ...]:
    covers = [_share(side.explained(), side.total()) for side in (left, right)]
    (all_left, hit_left), (all_right, hit_right) = left.brand(), right.brand()
    brands = all_left + all_right
    places = bool(query.regions & candidate.regions)
    evidence = min(left.explained(), right.explained())
    joined = Levenshtein.normalized_similarity(query.joined, candidate.joined)
    return (
        min(covers),
        max(covers),
        _share(hit_left + hit_right, brands) if brands else min(covers),
        float(not all_left or not all_right),
        math.log1p(evidence),
        float(places),
        float(bool(query.regions and candidate.regions) and not places),
        float(bool(query.form and candidate.form) and query.form != candidate.form)
        if query.han == candidate.han
        else 0.0,
        max(0.0, joined - 0.5) * 2,
        float(query.stem == candidate.stem),
        min(max(left.worst(), right.worst()) / 8.0, 1.5),
        min(left.worst(brand=True), right.worst(brand=True), 12.0) / 8.0,
        _sound(query, candidate) if query.han != candidate.han else 0.0,
        float(_apart(query.localities, candidate.localities)),
    )


def _apart(mine: frozenset[T], theirs: frozenset[T]) -> bool:
    """Whether both names give towns (or numbers) and none in common."""
    return bool(mine and theirs and not mine & theirs)


def _brand_missing(left: _Side, right: _Side) -> bool:
    """Whether one name has a brand that the other, having none, does not explain."""
    (mine, met_mine), (theirs, met_theirs) = left.brand(), right.brand()
    return (bool(mine) != bool(theirs)) and met_mine + met_theirs < (mine + theirs) / 2


# Letters that coined names take for one another, and those they drop.
_SOUNDS = str.maketrans(
    {
        **dict.fromkeys("bp", "p"),
        **dict.fromkeys("dt", "t"),
        **dict.fromkeys("gkq", "k"),
        **dict.fromkeys("fvw", "f"),
        **dict.fromkeys("jxzcs", "s"),
        **dict.fromkeys("lr", "l"),
        **dict.fromkeys("mn", "n"),
        **dict.fromkeys("aeiouyh", ""),
    }
)


def _sound(one: Parts, other: Parts) -> float:
    """How alike two brands sound when coined: Yealink and 亿联, Viti and 威帝."""
    skeletons = []
    for name in (one, other):
        text = "".join(unit.text for unit in name.units if unit.brand)
        sound = pinyin(text) if name.han else text
        sound = sound.replace("ng", "n").replace("q", "c" if name.han else "k")
        skeletons.append((sound[:1], sound.translate(_SOUNDS)))
    (first, a), (head, b) = skeletons
    if not a or not b:
        return 0.0
    likeness = LCSseq.normalized_similarity(a, b)
    same_start = first == head or first.translate(_SOUNDS) == head.translate(_SOUNDS) != ""
    return float(likeness * min(1.0, len(a) / 3) * (1.0 if same_start else 0.6))


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _by_concept(left: _Side, right: _Side) -> list[Pair]:
    """Match trade words that share a concept, and any parts that are the same text."""
    pairs = []
    for i, unit in enumerate(left.units):
        for j, other in enumerate(right.units):
            same = unit.text == other.text
            if right.matched[j] == 0.0 and (same or unit.concepts & other.concepts):
                left.matched[i] = right.matched[j] = 1.0
                pairs.append(Pair(unit.text, other.text, "same" if same else "word", 1.0))
                break
    return pairs


def _han_rest(left: _Side, right: _Side) -> list[Pair]:
    """What is left of two Chinese names, character by character."""
    mine, theirs = left.open(), right.open()
    a = "".join(left.units[i].text for i in mine)
    b = "".join(right.units[j].text for j in theirs)
    if not a or not b:
        return []
    common = LCSseq.similarity(a, b)
    if not common:
        homophone = len(a) == len(b) and _homophones(a, b)
        if not homophone:
            return []
    share = [common / len(a), common / len(b)]
    if len(a) == len(b) and _homophones(a, b):
        share = [max(share[0], 0.85), max(share[1], 0.85)]
    for indices, side, part in ((mine, left, share[0]), (theirs, right, share[1])):
        for i in indices:
            side.matched[i] = part * part  # one of two characters is hardly a likeness
    return [Pair(a, b, "characters", min(share))]


def _homophones(a: str, b: str) -> bool:
    return all(x == y or set(readings(x)) & set(readings(y)) for x, y in zip(a, b, strict=True))


def _latin_rest(left: _Side, right: _Side) -> list[Pair]:
    """What is left of two Latin names: word by word, then run together."""
    pairs: list[Pair] = []
    for i in left.open():
        best, at = 0.0, -1
        for j in right.open():
            likeness = _word_likeness(left.units[i].text, right.units[j].text)
            if likeness > best:
                best, at = likeness, j
        if at >= 0:
            left.matched[i] = right.matched[at] = best
            pairs.append(Pair(left.units[i].text, right.units[at].text, "spelling", best))
    mine, theirs = left.open(), right.open()
    a = "".join(left.units[i].text for i in mine)
    b = "".join(right.units[j].text for j in theirs)
    if a and b and max(len(mine), len(theirs)) > 1:
        likeness = _word_likeness(a, b)
        if likeness:
            for i in mine:
                left.matched[i] = likeness
            for j in theirs:
                right.matched[j] = likeness
            pairs.append(Pair(a, b, "joined", likeness))
    return pairs


def _word_likeness(a: str, b: str) -> float:
    """0 below a typing error's distance, up to 1 for the same word."""
    if len(a) < 3 or len(b) < 3:
        return 1.0 if a == b else 0.0
    ratio = Levenshtein.normalized_similarity(a, b)
    return ratio * ratio if ratio >= 0.74 else 0.0


def _cross_rest(han: _Side, latin: _Side) -> list[Pair]:
    """What is left of a Chinese and a Latin name: Latin words as spans of syllables."""
    owners: list[int] = []
    syllables: list[str] = []
    for i in han.open():
        for sign in han.units[i].text:
            owners.append(i)
            syllables.append(sign)
    taken = [0.0] * len(syllables)
    pairs: list[Pair] = []
    for j in latin.open():
        word = latin.units[j].text
        found, how = _span(word, syllables, taken) or _initials(word, syllables, taken), "pinyin"
        if found is None:
            found, how = meaning(word, syllables, taken), "meaning"
        if found is not None:
            start, end, likeness = found
            taken[start:end] = [likeness] * (end - start)
            latin.matched[j] = likeness
            pairs.append(Pair("".join(syllables[start:end]), word, how, likeness))
    _joined_span(latin, syllables, taken, pairs)
    for i in set(owners):
        shares = [share for owner, share in zip(owners, taken, strict=True) if owner == i]
        han.matched[i] = sum(shares) / len(shares)
    return pairs


def _joined_span(
    latin: _Side, syllables: Sequence[str], taken: list[float], pairs: list[Pair]
) -> None:
    """Latin words that are single syllables (Zhong Tai) against one span."""
    rest = latin.open()
    if len(rest) < 2:
        return
    word = "".join(latin.units[j].text for j in rest)
    found = _span(word, syllables, taken)
    if found is not None:
        start, end, likeness = found
        taken[start:end] = [likeness] * (end - start)
        for j in rest:
            latin.matched[j] = likeness
        pairs.append(Pair("".join(syllables[start:end]), word, "pinyin", likeness))


def _initials(
    word: str, syllables: Sequence[str], taken: Sequence[float]
) -> tuple[int, int, float] | None:
    """The free run of characters whose first letters are ``word`` (XGD for 新国都)."""
    if not 2 <= len(word) <= 4:
        return None
    letters = [(readings(sign) or (sign,))[0][0] for sign in syllables]
    for start in range(len(letters) - len(word) + 1):
        end = start + len(word)
        if "".join(letters[start:end]) == word and not any(taken[start:end]):
            return start, end, 0.7
    return None


def _span(
    word: str, syllables: Sequence[str], taken: Sequence[float]
) -> tuple[int, int, float] | None:
    """The free run of characters that reads like ``word``: start, end, likeness."""
    best: tuple[int, int, float] | None = None
    for start in range(len(syllables)):
        spellings = [""]
        for end in range(start + 1, min(start + 7, len(syllables)) + 1):
            if taken[end - 1]:
                break
            spellings = [
                head + reading
                for head in spellings
                for reading in (readings(syllables[end - 1]) or (syllables[end - 1],))
            ][:6]
            if word in spellings:
                return start, end, 1.0
            if len(spellings[0]) > len(word) + 3:
                break
            if len(word) >= 5 and abs(len(spellings[0]) - len(word)) <= 2:
                ratio = max(Levenshtein.normalized_similarity(s, word) for s in spellings)
                if ratio >= 0.84 and (best is None or ratio * ratio > best[2]):
                    best = start, end, ratio * ratio
    return best
