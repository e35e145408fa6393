"""What a unit weighs, what a stage stands for, and where a site is."""

import pytest

from alnage.chain.places import Site, implied_regions
from alnage.chain.product_packs import Packs
from alnage.chain.units import COUNT, MASS, kilograms_per_unit, unit_key


@pytest.fixture(scope="module")
def packs():
    return Packs.load()


def test_no_spelling_is_both_a_mass_and_a_count():
    assert not set(MASS) & set(COUNT)
    assert all(unit_key(word) == word for word in (*MASS, *COUNT))


@pytest.mark.parametrize(
    ("unit", "weight", "kg"),
    [
        ("KGM", None, 1),
        ("t", None, 1000),
        ("LBR", None, 0.45359237),
        ("吨", None, 1000),
        ("DZN", 0.2, 2.4),
    ],
)
def test_units(unit, weight, kg):
    assert kilograms_per_unit(unit, weight) == (pytest.approx(kg), "")


def test_pounds_are_not_kilograms():
    pounds, _ = kilograms_per_unit("lb", None)
    assert pounds != kilograms_per_unit("kg", None)[0]


@pytest.mark.parametrize(
    ("material", "factor"),
    [
        ("lint", 1),
        ("seed cotton", 1 / 2.6),
        ("carded yarn", 1.143),
        ("combed yarn", 1.408),
        ("greige fabric", 1.143 * 1.03),
        ("finished fabric", 1.143 * 1.03 * 1.05),
        ("garment", 1.143 * 1.03 * 1.05 * 1.18),
        ("paste 28-30", 5.8),
        ("paste 36-38", 7.4),
        ("ketchup", 5.8 * 0.3),
        ("quartz", 1 / 2.71),
        ("polysilicon", 1.136),
        ("wafer", 1.136 * 1.02 * 1.408),
        ("cottonseed", 0),
        ("zips", 1),
    ],
)
def test_factors_follow_the_cited_ratios(packs, material, factor):
    assert packs.factor(material) == pytest.approx(factor)


def test_every_ratio_of_every_pack_is_cited_and_in_its_range(packs):
    for stage in packs._stages.values():
        if stage.before:
            assert stage.source is not None
            assert stage.low <= stage.high


def test_a_step_names_its_inputs_and_no_others(packs):
    assert packs.names_input("spinning", "lint")
    assert not packs.names_input("spinning", "polyester staple")
    assert not packs.names_input("spinning", "ingot")


@pytest.mark.parametrize("word", ["repack", "Repacking", "store", "test", "分装", "仓储", "检测"])
def test_repacking_storing_and_testing_make_nothing(packs, word):
    assert not packs.makes(word)


def site(**given):
    base = {
        "country": "",
        "region": "",
        "inherited_country": "",
        "inherited_region": "",
        "implied": frozenset(),
    }
    return Site("s", "p", "", **{**base, **given}, source=None)


@pytest.mark.parametrize(
    ("given", "stance"),
    [
        ({"region": "CN-XJ"}, "inside"),
        ({"country": "CN", "region": "CN-SD"}, "outside"),
        ({"country": "CN"}, "possible"),
        ({}, "possible"),
        ({"country": "VN"}, "outside"),
        ({"inherited_country": "CN", "inherited_region": "CN-XJ"}, "inside"),
        ({"inherited_country": "CN", "inherited_region": "CN-SD"}, "possible"),
        ({"inherited_country": "VN"}, "possible"),
        ({"country": "CN", "region": "CN-SD", "implied": frozenset({"CN-XJ"})}, "possible"),
        ({"country": "CN", "region": "CN-XJ", "implied": frozenset({"CN-SD"})}, "inside"),
        ({"country": "VN", "region": "CN-SD"}, "outside"),
    ],
)
def test_stance_on_xinjiang(given, stance):
    assert site(**given).stance("CN-XJ") == stance


@pytest.mark.parametrize(
    ("given", "implied"),
    [
        (("CN", "832000", None, None, ""), {"CN-XJ"}),
        (("CN", "845350", None, None, ""), {"CN-XJ"}),
        (("CN", "250000", None, None, ""), {"CN-SD"}),
        (("US", "83001", None, None, ""), set()),
        (("CN", "", 43.8, 87.6, ""), {"CN-XJ"}),
        (("CN", "", 36.65, 117.0, ""), set()),
        (("CN", "", None, None, "新疆石河子市"), {"CN-XJ"}),
        (("CN", "", None, None, "上海市新疆路12号"), set()),
        (("CN", "", None, None, "12 Aksu Street, Jinan"), set()),
    ],
)
def test_what_postal_codes_coordinates_and_addresses_speak_for(given, implied):
    assert implied_regions(*given) == implied
