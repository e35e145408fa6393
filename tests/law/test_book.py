"""The law data: complete, cited, consistent with each other, with the words and with the clocks."""

import csv
import datetime as dt
import re
import time
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import yaml

from alnage.law import LawBook, judge, parse_facts
from alnage.law.book import QUESTIONS, evidence_kinds, plain, regime_schema
from alnage.model import LawError
from alnage.words import catalogue

BOOK = LawBook.load()
TABLE = {
    ("US-UFLPA", "US-CAATSA"): ("applies", "presumption", "prohibition"),
    ("US-S307", "EU-FLR", "CA-9897", "MX-2023"): ("applies", "prohibition"),
    ("CN-AFSL", "CN-UEL"): ("applies", "prohibition", "conduct"),
    ("CN-BLOCK",): ("applies", "report", "conduct"),
    ("CN-803", "CN-834", "CN-835", "CN-DSL", "CN-FTL"): ("applies", "conduct"),
    ("CN-XJ",): ("applies",),
}


def test_the_table_of_regimes_and_questions():
    for regimes, questions in TABLE.items():
        for name in regimes:
            assert tuple(BOOK[name].questions) == questions
    others = {r.id for r in BOOK} - {name for names in TABLE for name in names}
    assert all(tuple(BOOK[name].questions) == ("applies",) for name in others)


@pytest.mark.parametrize("regime", list(BOOK), ids=lambda regime: regime.id)
def test_regime_file(regime):
    data = plain(regime.data)
    jsonschema.validate(data, regime_schema())
    used = set(re.findall(r"[\w.]+", str({k: v for k, v in data.items() if k != "citations"})))
    unused = set(data["citations"]) - used
    assert not unused, f"citations that nothing cites: {unused}"
    for version in regime.in_force.versions:
        assert version.cites
        if version.effective and version.ends:
            assert version.effective < version.ends
        if version.effective and version.disputed_from:
            assert version.disputed_from < version.effective
    for word in ("adopted", "published"):
        for version in data["versions"]:
            if word in version and "effective" in version:
                assert version[word] <= version["effective"]


def codes(node):
    if isinstance(node, dict):
        for key, inner in node.items():
            if key in ("because", "open", "disputed"):
                yield f"reason.{inner}"
            elif key in ("effect", "silence") and isinstance(inner, str):
                yield f"effect.{inner}"
            else:
                yield from codes(inner)
    elif isinstance(node, (list, tuple)):
        for inner in node:
            yield from codes(inner)


def test_every_code_of_the_data_has_its_sentence_in_both_languages():
    terms = yaml.safe_load(files("alnage.law").joinpath("tables/terms.yaml").read_text("utf-8"))
    wanted = set(codes(terms)) | {code for regime in BOOK for code in codes(plain(regime.data))}
    assert len(wanted) > 60
    for lang in ("en", "zh"):
        assert not wanted - set(catalogue(lang))


def test_every_clock_that_the_law_names_is_a_rule():
    from alnage.law.clock_rules import clock_rules

    rules = set(clock_rules())
    for regime in BOOK:
        text = str(plain(regime.data))
        named = set(re.findall(r"'((?:us|eu|ca|mx|cn)(?:\.\w+){1,2})'", text))
        remedies = set(regime.data.get("remedies", ()))
        assert named - remedies <= rules, regime.id


def test_evidence_uses_the_vocabulary():
    used = {
        kind
        for regime in BOOK
        for entry in regime.data.get("evidence", ())
        for kind in entry["documents"]
    }
    assert used
    assert used <= set(evidence_kinds())
    assert all(set(names) == {"en", "zh"} for names in evidence_kinds().values())


def test_positions_are_attributed_to_both_sides():
    for name in ("US-UFLPA", "US-S307", "EU-FLR", "CN-AFSL", "CN-XJ"):
        sides = {position["side"] for position in BOOK[name].data["positions"]}
        assert sides == {"author", "objection"}


def test_dates_agree_with_the_timeline_of_sources():
    timeline = Path(__file__).parents[3] / "shared" / "facts" / "timeline.csv"
    if not timeline.exists():
        pytest.skip("the table of sources is not at hand")
    with timeline.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wanted = {
        ("US-UFLPA", "effective"): "US-UFLPA",
        ("CN-XJ Resolution", "published=effective"): "CN-XJ",
        ("MX Acuerdo", "effective"): "MX-2023",
        ("CN Order 834", "published=effective"): "CN-834",
        ("CN Order 835", "published=effective"): "CN-835",
        ("CN Foreign Trade Law", "effective"): "CN-FTL",
        ("EU 2024/3015", "applies"): "EU-FLR",
        ("CN UEL", "published=effective"): "CN-UEL",
        ("CN Blocking Rules", "published=effective"): "CN-BLOCK",
        ("CN AFSL", "adopted=published=effective"): "CN-AFSL",
    }
    seen = {}
    for row in rows:
        name = wanted.get((row["regime"], row["date_kind"]))
        if name:
            seen[name] = dt.date.fromisoformat(row["date"])
    assert set(seen) == set(wanted.values())
    for name, day in seen.items():
        assert BOOK[name].in_force.versions[0].effective == day


def test_the_document_shows_the_data():
    text = (Path(__file__).parents[2] / "docs" / "law.md").read_text("utf-8")
    for regime in BOOK:
        versions = regime.in_force.versions
        row = (
            f"| `{regime.id}` | {regime.kind} | {', '.join(regime.questions)} | "
            f"{versions[0].effective or 'proposed'} | {versions[-1].ends or '–'} | "
            f"{versions[-1].verified} |"
        )
        assert row in text
    assert text.count("| `") >= len(BOOK.regimes)
    assert f"as of {BOOK.as_of}" in text


def test_every_word_of_the_grammar_is_documented():
    from alnage.law.grammar import META, WORDS

    text = (Path(__file__).parents[2] / "docs" / "law.md").read_text("utf-8")
    for word in (*WORDS, *META):
        assert f"`{word}" in text, word


def test_an_unknown_regime_names_the_nearest():
    with pytest.raises(LawError) as caught:
        BOOK["US-UFPLA"]
    assert "US-UFLPA" in caught.value.text()


PRIVATE = """
id: XX-HOUSE
kind: import_order
jurisdiction: US
names: {en: House rule, original: House rule, zh: 内部规则}
citation: rule
citations: {rule: {text: "House rule 7", verified: primary}}
versions: [{version: "1", effective: 2024-01-01, verified: primary, cite: [rule]}]
addressees: {en: Buyers., zh: 采购方。, verified: primary, cite: rule}
date_that_counts: {en: Importation., zh: 进口。, verified: primary, cite: rule}
questions:
  applies: {provision: rule, effect: law_not_met, when: {act: [import], say: "House rule 7 covers imports."}}
"""


def test_an_overlay_says_so(tmp_path):
    (tmp_path / "house.yaml").write_text(PRIVATE, "utf-8")
    book = LawBook.load(tmp_path)
    value = judge(parse_facts({"transaction": "import", "date": "2024-05-05"}), book).to_json()
    assert value["overlay"] == {"folder": tmp_path.name, "regimes": ["XX-HOUSE"]}
    verdict = next(v for v in value["verdicts"] if v["regime"] == "XX-HOUSE")
    assert verdict["answer"] == "yes"
    assert verdict["version"].endswith("(private)")
    assert verdict["because"][-1]["text"] == "House rule 7 covers imports."
    assert all("private" not in v["version"] for v in value["verdicts"] if v is not verdict)
    assert "overlay" not in judge(parse_facts({}), BOOK).to_json()
    assert book.version != BOOK.version == LawBook.load().version


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("act: [import]", "akt: [import]", "act"),
        ("kind: import_order", "kind: sanction", "import_presumption"),
        ("{act: [import], say", "{term: prc_aktor, say", "prc_actor"),
        ("provision: rule", "provision: rul", "rule"),
        ("id: XX-HOUSE", "id: house", "US-UFLPA"),
        ("kind: import_order\n", "", "kind"),
    ],
)
def test_a_broken_overlay_says_what_is_wrong(tmp_path, old, new, says):
    assert old in PRIVATE
    (tmp_path / "house.yaml").write_text(PRIVATE.replace(old, new), "utf-8")
    with pytest.raises(LawError) as caught:
        LawBook.load(tmp_path)
    assert says in caught.value.text()
    assert caught.value.text().startswith("house.yaml")


def test_an_empty_overlay_is_an_error(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(LawError) as caught:
            LawBook.load(folder)
        assert caught.value.code == "law_overlay_empty"


def test_speed():
    chain = [
        {"party": str(n), "made": True, "country": "CN", "region": "CN-SD"} for n in range(200)
    ]
    facts = parse_facts(
        {"transaction": "import", "market": "US", "date": "2024-12-02", "chain": chain}
    )
    judge(facts, BOOK)
    start = time.process_time()
    judge(facts, BOOK)
    judged = time.process_time() - start
    start = time.process_time()
    LawBook.load()
    loaded = time.process_time() - start
    assert judged < 0.2
    assert loaded < 0.6


def test_questions_come_in_one_order():
    for regime in BOOK:
        names = list(regime.questions)
        assert names == sorted(names, key=QUESTIONS.index)
