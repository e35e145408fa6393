"""Matching over both scripts: what meets, what does not, and what the scores mean."""

import csv
import datetime as dt
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.model import Listing
from alnage.registers import Register, Registers
from alnage.screen.entities import Query
from alnage.screen.parts import parts
from alnage.screen.persons import likeness
from alnage.screen.screener import Screener

CORPORA = Path(__file__).parents[3] / "shared" / "corpora" / "names"


def screener(*names: str, **fields: object) -> Screener:
    listings = [Listing("r", f"e{i}", name, **fields) for i, name in enumerate(names)]  # type: ignore[arg-type]  # fields by name
    return Screener([Register("r", None, tuple(listings))])


def score(query: Query | str, listed: str, **fields: object) -> float:
    found = screener(listed, **fields).search(query, threshold=0.0)
    return found[0].score if found else 0.0


SAME = [
    ("新疆生产建设兵团", "新疆生產建設兵團"),
    ("新疆生产建设兵团", "Xinjiang Shengchan Jianshe Bingtuan"),
    ("新疆生产建设兵团", "Xinjiang Production and Construction Corps"),
    ("新疆天业化工有限公司", "新疆天業化工有限公司"),
    ("新疆天业化工有限公司", "新疆天业化工有限责任公司"),
    ("新疆天业化工有限公司", "Xinjiang Tianye Huagong Youxian Gongsi"),
    ("新疆天业化工有限公司", "Xinjiang Tianye Chemical Co., Ltd."),
    ("新疆天业化工有限公司", "天业化工（新疆）有限公司"),
    ("شىنجاڭ ئىشلەپچىقىرىش قۇرۇلۇش بىڭتۇەنى", "Xinjiang Production and Construction Corps"),
    ("شىنجاڭ ئىشلەپچىقىرىش قۇرۇلۇش بىڭتۇەنى", "新疆生产建设兵团"),
    ("和田泰达服装有限公司", "Hotan Taida Garment Co Ltd"),
    ("和田泰达服装有限公司", "Hetian Taida Apparel Co., Ltd"),
    ("Akesu Huafu Textile Co., Ltd.", "Aksu Huafu Textiles Co Ltd"),
    ("沙雅银华棉业有限公司", "Shaya Yinhua Cotton Industry Co., Ltd."),
    ("Xinjiang Zhong Tai Chemical", "Xinjiang Zhongtai Chemical Co. Ltd."),
    ("Hoshine Silicon", "Hoshine Silicon Industry Co. Ltd."),
]
DIFFERENT = [
    ("新疆生产建设兵团", "新疆生产建设兵团第八师"),
    ("新疆生产建设兵团第七师", "新疆生产建设兵团第八师"),
    ("Xinjiang Production and Construction Corps", "XPCC Eighth Division"),
    ("新疆天业化工有限公司", "新疆天鹅化工有限公司"),
    ("Xinjiang Tianye Chemical Co., Ltd.", "Xinjiang Zhongtai Chemical Co., Ltd."),
    ("新疆天业化工有限公司", "Xinjiang Zhongtai Chemical Co., Ltd."),
    ("石河子市东升棉业有限公司", "Shihezi Huafu Hongfeng Cotton Industry Co., Ltd."),
    ("Zhen Fa 7", "Zhen Fa 8"),
    ("上海贸易有限公司", "上海华孚贸易有限公司"),
    ("Lisboa Tecidos Lda", "Ninestar Corporation"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_same_party_is_a_match_both_ways(left: str, right: str) -> None:
    assert score(left, right) >= 0.5
    assert score(right, left) >= 0.5


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_another_party_is_no_match_either_way(left: str, right: str) -> None:
    assert score(left, right) < 0.5
    assert score(right, left) < 0.5


def test_a_full_legal_name_is_nearly_sure() -> None:
    assert score("Ninestar Corp.", "Ninestar Corporation") > 0.99


def test_a_contradiction_lowers_and_never_hides() -> None:
    plain = score("Kunlun Bright Cotton", "Kunlun Bright Cotton Co., Ltd.")
    for query in (
        Query("1", "Kunlun Bright Cotton", country="VN"),
        Query("1", "Kunlun Bright Cotton", country="CN", region="CN-GD"),
    ):
        lowered = score(query, "Kunlun Bright Cotton Co., Ltd.", country="CN", region="CN-XJ")
        assert 0.5 <= lowered < plain


def test_identifiers_decide() -> None:
    code, other = "529900T8BM49AURSDO55", "5493001KJTIIGC8Y1R12"
    same = score(
        Query("1", "Nobody Alike", identifiers=(f"lei:{code}",)),
        "X Y",
        identifiers=(f"lei:{code}",),
    )
    assert same > 0.99
    apart = score(
        Query("1", "X Y Trading", identifiers=(f"lei:{other}",)),
        "X Y Trading Ltd",
        identifiers=(f"lei:{code}",),
    )
    assert apart < score("X Y Trading", "X Y Trading Ltd")


def test_a_weak_alias_weighs_less_than_a_strong_one() -> None:
    strong = score("Snow Peak", "X", aliases=("Snow Peak Yarn Co., Ltd.",))
    weak = score("Snow Peak", "X", weak_aliases=("Snow Peak Yarn Co., Ltd.",))
    assert weak < strong


def test_prior_shifts_the_score() -> None:
    search = screener("Kunlun Bright Cotton Co., Ltd.").search
    scores = [search("Kunlun Cotton", prior=p, threshold=0.0)[0].score for p in (0.01, 0.5, 0.9)]
    assert scores == sorted(scores)
    assert scores[0] < scores[2]


def test_one_match_an_entity_best_first_and_limited() -> None:
    listings = tuple(
        Listing("r", entity, name)
        for entity, name in (
            ("a", "Kunlun Bright Cotton Co., Ltd."),
            ("a", "Kunlun Bright Cotton"),
            ("b", "Kunlun Brights Cotton Co., Ltd."),
            ("c", "Kunlun Bright Cotton Trading Co., Ltd."),
        )
    )
    found = Screener([Register("r", None, listings)]).search("Kunlun Bright Cotton Co Ltd")
    assert found[0].entity.entity == "a"
    assert found[0].same_name
    assert len({one.entity.entity for one in found}) == len(found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert (
        len(Screener([Register("r", None, listings)]).search("Kunlun Bright Cotton", limit=1)) == 1
    )


def test_only_entries_in_force_match_and_ends_are_shown() -> None:
    day = dt.date(2025, 1, 1)
    listing = Listing(
        "r", "e", "Kunlun Cotton Ltd", effective_from=dt.date(2024, 1, 1), removed_on=day
    )
    register = Register("r", None, (listing,))
    for on, hits in ((dt.date(2023, 12, 31), 0), (dt.date(2024, 1, 1), 1), (day, 0)):
        found = Screener([register], as_of=on).search("Kunlun Cotton Ltd")
        assert len(found) == hits
    shown = Screener([register], as_of=dt.date(2024, 6, 1)).search("Kunlun Cotton Ltd")[0].to_json()
    assert (shown["effective_from"], shown["removed_on"]) == ("2024-01-01", "2025-01-01")


def test_former_names_match_before_their_renaming() -> None:
    uflpa = Registers.load(None)["us-uflpa"]
    found = Screener([uflpa], as_of=dt.date(2023, 5, 1)).search("Hefei Meiling Co., Ltd.")
    assert found[0].entity.entity == "changhong-meiling-co-ltd"
    assert found[0].to_json()["effective_from"] == "2022-06-21"


def test_two_listed_neighbours_stay_apart() -> None:
    search = Screener([Registers.load(None)["us-uflpa"]]).search
    for name in (
        "Shihezi Huafu Hongfeng Cotton Industry",
        "Shihezi Huafu Hongsheng Cotton Industry",
    ):
        assert search(name)[0].listing.name.startswith(name)


def test_orders_about_goods_of_a_region_name_no_party() -> None:
    wro = Screener([Registers.load(None)["us-wro"]])
    assert not any("XUAR" in entity.listings[0].name for entity in wro.entities)
    assert wro.search("Lien Yi Hsing No. 12")[0].listing.name.startswith("Fishing Vessel")


@given(st.text(max_size=40), st.text(min_size=1, max_size=40))
def test_any_two_texts_have_a_probability(query: str, listed: str) -> None:
    for one in screener(listed).search(query, threshold=0.0):
        assert 0 < one.score < 1
        assert one.match == (one.score >= 0.5)
        assert all(reason.text(lang) for reason in one.reasons for lang in ("en", "zh"))


@given(st.sampled_from([name for pair in SAME for name in pair]))
def test_a_name_is_itself(name: str) -> None:
    found = screener(name, "Lisboa Tecidos Lda").search(name)
    assert found[0].same_name
    assert found[0].score > 0.95


@pytest.mark.parametrize(
    ("name", "brand", "regions"),
    [
        ("新疆天业化工有限公司", ["天业"], {"CN-XJ"}),
        ("紫金矿业集团股份有限公司", ["紫金"], set()),
        ("和田市泰达服装有限公司", ["泰达"], {"CN-XJ"}),
        ("合盛硅业(鄯善)有限公司", ["合盛"], {"CN-XJ"}),
        ("Urumqi Tianshan Food Co Ltd", [], {"CN-XJ"}),
        ("Inner Mongolia Xuanda Food Co., Ltd.", ["xuanda"], {"CN-NM"}),
    ],
)
def test_parts(name: str, brand: list[str], regions: set[str]) -> None:
    found = parts(name)
    assert [unit.text for unit in found.units if unit.brand] == brand
    assert found.regions == regions


@pytest.mark.parametrize(
    ("name", "bodies"),
    [
        ("新疆生产建设兵团第八师", {"division:8"}),
        ("新疆生产建设兵团第十二师", {"division:12"}),
        ("第一师十团", {"division:1", "regiment:10"}),
        ("XPCC Eighth Division", {"division:8"}),
        ("某某棉业有限公司石河子分公司", {"branch"}),
        ("三一重工股份有限公司", set()),
    ],
)
def test_bodies(name: str, bodies: set[str]) -> None:
    assert parts(name).bodies == bodies


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("Zhang Wei", "Wei ZHANG", True),
        ("张伟", "Zhang Wei", True),
        ("Mohammed Ali Hassan", "Hassan Mohamed Ali", True),
        ("J. Smith", "John Smith", True),
        ("John Smith", "Jane Smythe-Jones", False),
        ("Zhang Wei", "Wang Fang", False),
        ("Ivan Petrov", "Petr Ivanov", False),
    ],
)
def test_persons(left: str, right: str, *, alike: bool) -> None:
    assert (likeness(left, right) > 0.8) == alike


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the name corpora are not here")
def test_real_bilingual_names_against_real_crowd() -> None:
    with (CORPORA / "bilingual_pairs_dev.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))[1::16]
    with gzip.open(CORPORA / "register_names_dev.txt.gz", "rt", encoding="utf-8") as stream:
        crowd = stream.read().splitlines()[7::900]
    search = screener(*(row["name_en"] for row in rows)).search
    best = [
        max(
            (
                m.score
                for m in search(row["name_zh"], threshold=0.0)
                if m.listing.name == row["name_en"]
            ),
            default=0.0,
        )
        for row in rows
    ]
    noise = [max((m.score for m in search(name, threshold=0.0)), default=0.0) for name in crowd]
    assert sum(s >= 0.5 for s in best) / len(best) > 0.5
    assert sum(s >= 0.5 for s in noise) / len(noise) < 0.05
