"""Brands that were translated: their meaning brings them together, and no more than that."""

import pytest

from alnage.screen.compare import Weights, align
from alnage.screen.meaning import glosses, known, meaning, meanings
from alnage.screen.parts import parts


@pytest.mark.parametrize(
    ("han", "latin", "pair"),
    [
        ("广东肇庆星湖生物科技股份有限公司", "Star Lake Bioscience Co., Inc.", ("星", "star")),
        ("明冠新材料股份有限公司", "Crown Advanced Material Co., Ltd.", ("冠", "crown")),
    ],
)
def test_a_translated_brand_meets_its_translation(
    han: str, latin: str, pair: tuple[str, str]
) -> None:
    for left, right, turn in ((han, latin, 1), (latin, han, -1)):
        found = align(parts(left), parts(right), Weights(0, {})).pairs
        assert (*pair[::turn], "meaning") in [(p.query, p.candidate, p.how) for p in found]


def test_a_sign_is_taken_once() -> None:
    assert meaning("sun", list("太阳"), [0.0, 0.0]) == (0, 2, 0.9)
    assert meaning("sun", list("太阳"), [0.0, 1.0]) is None
    assert meaning("qwerty", list("太阳"), [0.0, 0.0]) is None


def test_the_list_reads_both_ways() -> None:
    table = glosses()
    for han, words in table.of_han.items():
        assert words
        for word in words:
            assert han in table.of_word[word]
            assert known(word)
    assert {"star", "lake"} <= meanings("星湖")
