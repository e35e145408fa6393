"""Case files: facts and expected answers that a lawyer can read and add to (tests/law/cases)."""

from pathlib import Path

import pytest

from alnage.law import LawBook, judge, parse_facts
from alnage.law.facts import load_yaml
from alnage.model import LawError, Where

FOLDER = Path(__file__).parent / "cases"
BOOK = LawBook.load()
KEYS = {
    "name", "traps", "facts", "expect", "missing", "clocks", "collisions", "exits", "remarks",
    "basis", "verified", "not_modelled", "error", "says",
}  # fmt: skip


def cases():
    for file in sorted(FOLDER.glob("*.yaml")):
        table = load_yaml(file.read_text("utf-8"), Where(file.name))
        for case in table["cases"]:
            assert set(case) <= KEYS, (file.name, case)
            facts = {**table["base"], **case.get("facts", {})}
            yield pytest.param(case, facts, id=f"{file.stem}: {case['name']}")


CASES = list(cases())


@pytest.mark.parametrize(("case", "facts"), [c for c in CASES if "error" not in c.values[0]])
def test_case(case, facts):
    judgement = judge(parse_facts(facts), BOOK)
    verdicts = {(v.regime, v.question): v for v in judgement.verdicts}
    for regime, questions in case["expect"].items():
        for question, answer in questions.items():
            assert verdicts[regime, question].answer.value == answer, (regime, question)
    for key, wanted in case.get("missing", {}).items():
        assert set(wanted) <= set(verdicts[tuple(key.split())].missing)
    for key, wanted in case.get("clocks", {}).items():
        assert list(verdicts[tuple(key.split())].clocks) == wanted
    for name in ("basis", "verified"):
        for key, wanted in case.get(name, {}).items():
            assert getattr(verdicts[tuple(key.split())], name) == wanted
    for key, wanted in case.get("remarks", {}).items():
        assert set(wanted) <= {reason.code for reason in verdicts[tuple(key.split())].because}
    if "collisions" in case:
        found = sorted(list(c.regimes) for c in judgement.collisions)
        assert found == sorted(case["collisions"])
    for regime, kinds in case.get("exits", {}).items():
        ways = [c.exits for c in judgement.collisions if c.regimes[1] == regime]
        assert set(kinds) <= {kind for _, kind, _ in ways[0]}
    if "not_modelled" in case:
        assert {reason.code for reason in judgement.not_modelled} >= set(case["not_modelled"])


@pytest.mark.parametrize(("case", "facts"), [c for c in CASES if "error" in c.values[0]])
def test_error(case, facts):
    with pytest.raises(LawError) as caught:
        judge(parse_facts(facts, file="facts.yaml"), BOOK)
    assert caught.value.code == case["error"]
    assert case["says"] in caught.value.text()
    assert caught.value.text().startswith("facts.yaml")


def test_every_trap_of_the_answers_has_a_case():
    named = {trap for case in CASES for trap in case.values[0].get("traps", [])}
    # T05, T06 and T15 are about counting days: they are cases of the clocks.
    wanted = {f"T{n:02}" for n in range(1, 27)} - {"T05", "T06", "T15"}
    assert wanted <= named
