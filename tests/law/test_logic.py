"""Kleene's rules over findings, and what each combination keeps."""

from itertools import product

import pytest

from alnage.law.logic import SHOWN, Found, either, every
from alnage.model import Answer, Reason

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


@pytest.mark.parametrize(("one", "other"), list(product(Answer, repeat=2)))
def test_tables(one, other):
    pair = [Found(one), Found(other)]
    assert every(pair).answer is one & other
    assert either(pair).answer is one | other
    assert either(pair).negated().answer is every([found.negated() for found in pair]).answer


def test_only_what_decides_is_kept():
    good = Found(YES, (Reason("fact_is", {"fact": "a"}),), clocks=("us.det.final",))
    open_ = Found(UNKNOWN, (Reason("fact_absent", {"fact": "b"}),), missing=("b",))
    assert either([good, open_]).missing == ()
    assert either([good, open_]).reasons == good.reasons
    assert every([good, open_]).reasons == open_.reasons
    assert every([good, open_]).missing == ("b",)
    assert every([good, open_]).clocks == ()


def test_grades():
    strong, weak = Found(YES), Found(YES, verified="unverified")
    assert every([strong, weak]).verified == "unverified"
    assert either([strong, weak]).verified == "primary"
    assert every([Found(NO), Found(NO, verified="secondary")]).verified == "primary"
    assert every([]).answer is YES
    assert either([]).answer is NO


def test_grounds():
    content, chain, law = Found(YES, documented=True), Found(YES, documented=False), Found(YES)
    assert every([content, law]).documented is True
    assert every([content, chain]).documented is False
    assert either([content, chain]).documented is True
    assert every([law]).documented is None


def test_reasons_are_shown_once_and_not_without_end():
    many = [Found(YES, (Reason("fact_is", {"fact": str(n)}),)) for n in range(SHOWN + 5)]
    shown = every(many).reasons
    assert len(shown) == SHOWN + 1
    assert shown[-1].params == {"count": 5}
    same = [Found(YES, (Reason("fact_is", {"fact": "a"}),))] * 3
    assert len(every(same).reasons) == 1
