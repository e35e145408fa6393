"""PVC and aluminium, and the evidence that every stage and step of every pack names."""

import csv
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from alnage.chain.product_packs import Packs
from alnage.law.book import evidence_kinds

FACTS = Path(__file__).parents[3] / "shared" / "facts" / "chains.csv"
DOCUMENTS = {
    file.name: yaml.safe_load(file.read_text("utf-8"))
    for file in files("alnage.chain.packs").iterdir()
    if file.name.endswith(".yaml")
}
ROWS = [
    pytest.param(pack, row, id=f"{pack['id']}-{row.get('stage') or row.get('step')}")
    for pack in DOCUMENTS.values()
    for row in (*pack["stages"], *pack["steps"])
]


@pytest.fixture(scope="module")
def packs():
    return Packs.load()


@pytest.mark.parametrize(("pack", "row"), ROWS)
def test_every_stage_and_step_names_evidence_of_the_law_vocabulary(pack, row):
    assert row["documents"], pack["id"]
    assert [kind for kind in row["documents"] if kind not in evidence_kinds()] == []


@pytest.mark.parametrize(
    ("material", "factor"),
    [
        ("calcium carbide", 1.01 / 1.45),
        ("电石", 1.01 / 1.45),
        ("VCM", 1),
        ("PVC resin", 1.01),
        ("聚氯乙烯", 1.01),
        ("vinyl flooring", 1.01 * 0.35),
        ("carbide slag", 0),
        ("bauxite", 1 / 2.3 / 1.93),
        ("alumina", 1 / 1.93),
        ("氧化铝", 1 / 1.93),
        ("aluminium ingot", 1),
        ("aluminum extrusion", 1),
        ("aluminium scrap", 1),
        ("red mud", 0),
        ("caustic soda", 1),
    ],
)
def test_factors(packs, material, factor):
    assert packs.factor(material) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("step", "named", "not_named"),
    [
        ("polymerization", "vcm", "ethylene"),
        ("聚合", "氯乙烯", "alumina"),
        ("extrusion", "pvc resin", "polypropylene"),
        ("extrusion", "aluminium billet", "copper"),
        ("bayer", "bauxite", "caustic soda"),
        ("电解", "氧化铝", "anode carbon"),
        ("smelting", "quartz", "alumina"),
        ("casting", "polysilicon", "aluminium ingot"),
    ],
)
def test_steps_name_their_inputs_and_consumed_aids_are_not_among_them(
    packs, step, named, not_named
):
    assert packs.names_input(step, named)
    assert not packs.names_input(step, not_named)


def test_no_word_means_a_stage_of_two_packs():
    """The first pack would win silently."""
    seen = {}
    for pack in DOCUMENTS.values():
        for row in (*pack["stages"], *pack.get("by_products", ())):
            for name in row["names"]:
                key = name.casefold()
                assert seen.setdefault(key, (pack["id"], row["stage"])) == (
                    pack["id"],
                    row["stage"],
                )


def test_every_step_speaks_of_stages_of_its_pack():
    for pack in DOCUMENTS.values():
        known = {row["stage"] for row in (*pack["stages"], *pack.get("by_products", ()))}
        for step in pack["steps"]:
            assert set(step["inputs"]) | set(step["outputs"]) <= known
            assert step["inputs"]
            assert step["outputs"]


@pytest.mark.parametrize(
    ("word", "material"),
    [
        ("aluminum", "aluminium"),
        ("铝", "aluminium"),
        ("聚氯乙烯", "pvc"),
        ("棉花", "cotton"),
        ("硅", "silicon"),
        ("rubber", None),
    ],
)
def test_materials(packs, word, material):
    assert packs.material(word) == material


@pytest.mark.parametrize(
    ("code", "materials"),
    [
        ("3904.10", ("pvc",)),
        ("7604", ("aluminium",)),
        ("8541.43", ("silicon",)),
        ("76", ("aluminium",)),
        ("9999", ()),
    ],
)
def test_materials_of_hs(packs, code, materials):
    assert packs.materials_of_hs(code) == materials


@pytest.mark.skipif(not FACTS.exists(), reason="the shared facts are not here")
@pytest.mark.parametrize("chain", ["pvc", "aluminium"])
def test_the_ratios_are_those_of_the_facts(chain):
    """Every typical ratio of the facts is in the pack; forming aluminium is by mass allocation."""
    with FACTS.open(encoding="utf-8") as file:
        wanted = {
            float(row["input_per_output_typical"])
            for row in csv.DictReader(file)
            if row["chain"] == chain
        }
    links = [row.get("from") or row.get("to") or {} for row in DOCUMENTS[f"{chain}.yaml"]["stages"]]
    found = {link.get("ratio") for link in links}
    assert wanted - found == ({1.1} if chain == "aluminium" else set())
