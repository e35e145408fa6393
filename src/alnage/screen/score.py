"""From an alignment to a probability: one documented logistic a pair of scripts.

The score is the probability that two names are of the same party at even odds before
looking. The coefficients are data (``data/score.json``): fitted on real bilingual names
and on hard negatives of the same region and trade, then rules of meaning on top, that
too few fitted pairs show: another number, another body of the corps is another party.

    Alignment ── coefficients[regime] · features ── calibration ── + rules ──> probability
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from alnage.screen.compare import FEATURES, Alignment

METHOD = "screen/2"
# Rules on names, by the field of the alignment that calls them.
RULES = ("numbers_differ", "number_missing", "bodies_differ", "branch_differs", "brand_missing")


@cache
def coefficients() -> Mapping[str, Any]:
    """The fitted numbers and the rules, as they stand in the data file."""
    value: dict[str, Any] = json.loads(
        files("alnage.screen.data").joinpath("score.json").read_text("utf-8")
    )
    return value


def log_odds(alignment: Alignment) -> float:
    """Log odds that two aligned names are of the same party, at even odds before."""
    table = coefficients()
    fitted = table["names"][alignment.regime]
    total = float(fitted["bias"])
    for name, value in zip(FEATURES, alignment.features, strict=True):
        total += fitted[name] * value
    total = _calibrated(total, table["calibration"][alignment.regime])
    rules = table["rules"]
    for name in RULES:
        if getattr(alignment, name):
            total += rules[name]
    return total


def _calibrated(total: float, knots: Sequence[Sequence[float]]) -> float:
    """Straight lines between the knots (raw log odds, observed log odds); half slope outside."""
    first, last = knots[0], knots[-1]
    if total <= first[0]:
        return first[1] + (total - first[0]) / 2
    if total >= last[0]:
        return last[1] + (total - last[0]) / 2
    at = next(i for i, (raw, _) in enumerate(knots) if total < raw)
    (x0, y0), (x1, y1) = knots[at - 1], knots[at]
    return y0 + (y1 - y0) * (total - x0) / (x1 - x0)


def rule(name: str) -> float:
    """The log odds that a rule adds.

    >>> rule("country_contradicts") < 0
    True
    """
    return float(coefficients()["rules"][name])


def probability(odds: float) -> float:
    """Log odds as a probability, rounded to four digits and never quite 0 or 1.

    >>> probability(0.0), probability(50.0)
    (0.5, 0.9999)
    """
    share = 1 / (1 + math.exp(-max(-60.0, min(60.0, odds))))
    return min(0.9999, max(0.0001, round(share, 4)))


def odds(share: float) -> float:
    """A probability as log odds.

    >>> odds(0.5)
    0.0
    """
    return math.log(share / (1 - share))
