"""The examples as shipped: built from their stories, within the contract, invented throughout."""

import csv
import json
import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import build_examples
import pytest
from by_hand import last_day, rows

from alnage import examples
from alnage.model import InputError, Period

# The contract's columns (design: the custody folder), and what a row can't be without.
REQUIRED = {
    "parties": {"party", "name"},
    "sites": {"site", "party"},
    "ownership": {"owner", "owned"},
    "products": {"product"},
    "origins": {"event", "date", "site", "material", "quantity", "unit"},
    "movements": {"event", "shipped", "from_site", "to_site", "material", "quantity", "unit"},
    "conversions": {"event", "date", "site", "direction", "material", "quantity", "unit"},
    "entries": {"entry", "market", "date", "movement"},
    "payments": {"payment", "date", "payer", "payee"},
    "documents": {"document"},
}
DATES = {
    "origins": ("date",),
    "movements": ("shipped", "received"),
    "conversions": ("date",),
    "entries": ("date", "presented"),
    "payments": ("date",),
    "documents": ("issued",),
}
REGISTER = (
    "entity,name,aliases,name_zh,country,region,register,effective_from,removed_on,identifiers"
)
each = pytest.mark.parametrize("name", examples.NAMES)


def ids(name: str, table: str, column: str) -> set[str]:
    return {row[column] for row in rows(examples.folder(name), table)}


@pytest.mark.parametrize("story", build_examples.STORIES, ids=lambda story: story.__name__)
def test_the_files_are_what_the_story_builds(story) -> None:
    book = story.build()
    assert build_examples.differing(book, examples.folder(book.name)) == []
    assert book.files() == story.build().files()


def test_a_changed_a_missing_and_a_strange_file_are_noticed(tmp_path: Path) -> None:
    book = build_examples.STORIES[-1].build()
    folder = tmp_path / book.name
    build_examples.write(book, folder)
    assert build_examples.differing(book, folder) == []
    (folder / "sites.csv").write_text("site\n", "utf-8")
    (folder / "register.csv").unlink()
    (folder / "strange.csv").write_text("x\n", "utf-8")
    assert build_examples.differing(book, folder) == ["register.csv", "sites.csv", "strange.csv"]
    build_examples.write(book, folder)
    assert build_examples.differing(book, folder) == []
    assert not (folder / "strange.csv").exists()


@each
def test_required_cells_are_filled_and_dates_are_dates(name: str) -> None:
    folder = examples.folder(name)
    for table, columns in REQUIRED.items():
        for row in rows(folder, table):
            assert all(row[column] for column in columns), row
            for column in DATES.get(table, ()):
                if row.get(column):
                    assert Period.parse(row[column]).last == last_day(row[column])


@each
def test_rows_refer_to_what_there_is(name: str) -> None:
    parties, sites = ids(name, "parties", "party"), ids(name, "sites", "site")
    movements, documents = ids(name, "movements", "event"), ids(name, "documents", "document")
    folder = examples.folder(name)
    assert {r["party"] for r in rows(folder, "sites")} <= parties
    assert {r["site"] for t in ("origins", "conversions") for r in rows(folder, t)} <= sites
    for row in rows(folder, "movements"):
        assert {row["from_site"], row["to_site"]} <= sites
        assert {row["seller"], row["buyer"]} <= parties | {""}
    for row in rows(folder, "payments"):
        assert {row["payer"], row["payee"]} <= parties
    for row in rows(folder, "documents"):
        assert {row["party"], row["issuer"]} <= parties
    assert {r["movement"] for r in rows(folder, "entries")} <= movements
    named = {
        r["document"] for t in ("origins", "movements", "conversions") for r in rows(folder, t)
    }
    assert named - {""} <= documents
    events = set.union(*(ids(name, t, "event") for t in ("origins", "movements", "conversions")))
    proved = {r["proves"] for r in rows(folder, "documents")}
    assert proved <= events
    assert {r["pays"] for r in rows(folder, "payments")} <= movements


@each
def test_the_folder_reads_with_one_planted_rejection_and_no_finding(name: str) -> None:
    if find_spec("alnage.sources.folder") is None:
        pytest.skip("the reader of folders is not there")
    from alnage.sources import read_folder

    read = read_folder(examples.folder(name))
    rejected = [(r.table, r.values["quantity"]) for r in read.rejected]
    assert rejected == ([("movements", "ca. 2000")] if name == "cotton-tshirts" else [])
    # The record of the rejected row shows an event that is not there any more.
    assert [f.code for f in read.findings] == ["reference_unknown"] * len(rejected)
    for table, found in read.tables.items():
        told = rows(examples.folder(name), table)
        assert found.num_rows + sum(r.table == table for r in read.rejected) == len(told)


@each
def test_size_entries_and_ids(name: str) -> None:
    folder = examples.folder(name)
    events = [r["event"] for t in ("origins", "movements") for r in rows(folder, t)]
    assert not [event for event, count in Counter(events).items() if count > 1]
    events += ids(name, "conversions", "event")
    assert 60 <= len(events) <= 400
    markets = Counter(r["market"] for r in rows(folder, "entries"))
    assert markets["EU"] >= 1
    assert markets["US"] >= (10 if name == "cotton-tshirts" else 7)


@each
def test_month_and_interval_dates_occur(name: str) -> None:
    dates = {
        row[column]
        for table in ("origins", "movements", "conversions")
        for row in rows(examples.folder(name), table)
        for column in DATES[table]
    }
    assert any("/" in day for day in dates)
    if name != "listed-spinners":
        assert any(re.fullmatch(r"\d{4}-\d{2}", day) for day in dates)


@each
def test_chinese_parties_have_their_names(name: str) -> None:
    for row in rows(examples.folder(name), "parties"):
        assert row["note"] == "invented for this example"
        if row["country"] == "CN":
            assert re.search(r"[\u4e00-\u9fff]", row["name_local"]), row
        else:
            assert not row["name_local"]


@each
def test_every_site_states_its_region(name: str) -> None:
    """An answer "no" needs site-level regions; only postal codes are left to contradict them."""
    for row in rows(examples.folder(name), "sites"):
        assert re.fullmatch(row["country"] + r"-[A-Z0-9]{1,3}", row["region"]), row


@each
def test_registers_are_plain_and_name_parties_of_the_folder(name: str) -> None:
    folder = examples.folder(name)
    for file in folder.glob("register*.csv"):
        text = file.read_text("utf-8")
        assert text.splitlines()[0] == REGISTER
        entries = list(csv.DictReader(text.splitlines()))
        assert len(entries) >= 2
        assert {r["register"] for r in entries} == {"example"}
        chinese = {r["name_local"] for r in rows(folder, "parties")}
        assert any(set(r["name_zh"].split(";")) & chinese for r in entries)


@each
def test_no_invented_name_is_that_of_a_listed_company(name: str) -> None:
    real = examples.folder(name).parents[1] / "registers" / "data"
    shared = Path(__file__).parents[3] / "shared" / "facts" / "uflpa_entities.csv"
    texts = [f.read_text("utf-8") for f in real.glob("*") if f.suffix in (".csv", ".json")]
    texts += [shared.read_text("utf-8")] if shared.exists() else []
    if not texts:
        pytest.skip("no register to compare with")
    listed = " ".join(" ".join(texts).casefold().split())
    folder = examples.folder(name)
    invented = [r for r in rows(folder, "parties") if r["role"] != "grower"]
    invented += rows(folder, "register")
    for row in invented:
        brand = " ".join(row["name"].casefold().split()[:2])
        for text in (brand, row.get("name_local", ""), *row.get("name_zh", "").split(";")):
            assert not text or text not in listed, row


@each
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_story_tells_every_entry_and_that_all_is_invented(name: str, lang: str) -> None:
    text = examples.story(name, lang)
    assert ("is invented" if lang == "en" else "全部是虚构的") in text
    assert ("synthetic" if lang == "en" else "合成的") in text
    for entry in ids(name, "entries", "entry"):
        assert entry in text, entry
    assert "register.csv" in text
    assert "truths.json" in text
    assert len(text.splitlines()) < 70


@each
def test_truths_are_well_formed_and_name_what_there_is(name: str) -> None:
    truths = json.loads((examples.folder(name) / "truths.json").read_text("utf-8"))
    assert len({t["id"] for t in truths}) == len(truths) >= 50
    entries = rows(examples.folder(name), "entries")
    targets = {r["entry"] for r in entries} | {f"{r['entry']}/{r['line']}" for r in entries}
    parties = ids(name, "parties", "party")
    names = ids(name, "parties", "name")
    for truth in truths:
        assert {"id", "kind", "what", "target", "group", "field", "op", "value", "why"} <= {*truth}
        assert truth["why"]
        known = {"trace": targets, "verdict": targets, "party": parties, "enterprise": names}
        assert truth["target"] in known.get(truth["kind"], {truth["target"]}), truth
        if "register" in truth:
            assert (examples.folder(name) / truth["register"]).exists()


PLANTS = {
    "alias": {"cotton-tshirts", "tomato-ketchup", "solar-modules"},
    "near-match": {"cotton-tshirts", "tomato-ketchup", "solar-modules"},
    "infeasible path": {"cotton-tshirts", "tomato-ketchup", "solar-modules"},
    "undocumented content": {"cotton-tshirts", "tomato-ketchup", "solar-modules"},
    "pounds": {"cotton-tshirts", "tomato-ketchup", "solar-modules"},
    "listed warehouse": {"cotton-tshirts", "tomato-ketchup", "solar-modules"},
    "told twice": {"cotton-tshirts", "tomato-ketchup"},
    "removal": {"listed-spinners"},
    "namesake": {"listed-spinners"},
    "cycle": {"solar-modules"},
    "repacked": {"tomato-ketchup"},
    "listed between": {"cotton-tshirts"},
}


@pytest.mark.parametrize("plant", PLANTS)
def test_what_was_asked_for_is_planted(plant: str) -> None:
    found = {
        name
        for name in examples.NAMES
        for truth in json.loads((examples.folder(name) / "truths.json").read_text("utf-8"))
        if plant in truth["what"]
    }
    assert found >= PLANTS[plant]


def test_an_unknown_example_names_the_others() -> None:
    with pytest.raises(InputError, match="listed-spinners"):
        examples.folder("cotton")
    assert "没有名为" in InputError("example_unknown", example="x", known="y").text("zh")


def test_the_register_stands_beside_the_tables() -> None:
    assert all(examples.register(name).is_file() for name in examples.NAMES)
