"""Names of persons: parts in any order, initials, and Chinese names in pinyin.

A person's name has no brand or trade; its parts change order, get shortened to initials
and spelled anew. Each part of the shorter name has to find its own counterpart.

    two names ── parts ── best assignment ──> likeness ──> log odds
"""

from __future__ import annotations

from itertools import permutations

from rapidfuzz.distance import JaroWinkler, Levenshtein

from alnage.registers.names import fold, has_han
from alnage.screen.gazetteer import readings
from alnage.screen.letters import latinise

_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "sir", "jr", "sr", "bin", "ibn", "al", "el"})
_MOST_PARTS = 7
# At this likeness as many labelled pairs were one person as were two.
_EVEN = 0.69
_SLOPE = 12.0


def likeness(left: str, right: str) -> float:
    """How alike two person names are, 0 to 1.

    >>> likeness("Xi Zhang Wei", "ZHANG, Wei Xi"), likeness("张伟", "Zhang Wei")
    (1.0, 1.0)
    >>> likeness("John Smith", "Peter Jones") < 0.5
    True
    """
    return max(_parts_likeness(a, b) for a in _readings(left) for b in _readings(right))


def _readings(name: str) -> list[list[str]]:
    """The parts of a name; a Chinese one as family and given name in pinyin, and as written."""
    folded = fold(latinise(name))
    joined = folded.replace(" ", "")
    if has_han(joined) and len(joined) <= 4:
        sounds = [(readings(sign) or (sign,))[0] for sign in joined]
        return [[joined], [sounds[0], "".join(sounds[1:])], sounds]
    words = [word for word in folded.split() if word not in _TITLES] or folded.split()
    return [words[:_MOST_PARTS] or [""]]


def _parts_likeness(left: list[str], right: list[str]) -> float:
    short, long = sorted((left, right), key=len)
    if len(short) == 1 and len(long) > 1:
        return 0.9 * _part("".join(short), "".join(long))
    pairs = [[_part(a, b) for b in long] for a in short]
    shares = _assign(pairs)
    weights = [len(part) + 1 for part in short]
    matched = sum(s * w for s, w in zip(shares, weights, strict=True)) / sum(weights)
    # Every part that one name has more makes it a little less the same name.
    extra = (len(long) - len(short)) / len(long)
    worst = min(shares)
    joined = _part("".join(left), "".join(right))
    return max((0.6 * matched + 0.4 * worst) * (1 - 0.35 * extra), joined if joined > 0.92 else 0.0)


def _assign(pairs: list[list[float]]) -> list[float]:
    """The best assignment of rows to columns: all orders for few parts, greedy for more."""
    rows, columns = len(pairs), len(pairs[0])
    if columns <= 5:
        orders = permutations(range(columns), rows)
        best = max(orders, key=lambda order: sum(pairs[i][j] for i, j in enumerate(order)))
        return [pairs[i][j] for i, j in enumerate(best)]
    free = set(range(columns))
    shares = []
    for row in pairs:
        j = max(free, key=lambda column: row[column])
        free.discard(j)
        shares.append(row[j])
    return shares


def _part(a: str, b: str) -> float:
    if a == b:
        return 1.0
    if len(a) == 1 or len(b) == 1:
        return 0.75 if a[:1] == b[:1] else 0.0
    edits = Levenshtein.normalized_similarity(a, b)
    winkler = JaroWinkler.similarity(a, b)
    return float(max(0.0, min(winkler, edits + 0.15) * 2 - 1)) if winkler > 0.7 else 0.0


def log_odds(left: str, right: str) -> float:
    """Log odds that two names are of one person, at even odds before.

    >>> log_odds("Zhang Wei", "Wei Zhang") > 2, log_odds("John Smith", "Peter Jones") < -3
    (True, True)
    """
    return _SLOPE * (likeness(left, right) - _EVEN)
