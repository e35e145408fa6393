"""The product against the truths: what was planted must be found, through the command line."""

import json
from collections import defaultdict
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alnage import examples
from alnage.doors.cli import alnage

TOLERANCE = 1e-9
COMMANDS = {
    "trace": ("registers", "trace"),
    "verdict": ("registers", "assess"),
    "party": ("registers", "assess"),
    "finding": ("registers", "assess"),
    "enterprise": ("registers", "enterprise"),
}


def truths(name: str, kind: str) -> list[dict[str, Any]]:
    file = examples.folder(name) / "truths.json"
    return [t for t in json.loads(file.read_text("utf-8")) if t["kind"] == kind]


def run(*arguments: object) -> str:
    result = CliRunner().invoke(alnage, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def holds(got: Any, op: str, value: Any) -> bool:
    """Compare; numbers within 1e-9.

    >>> holds(0.2 + 1e-12, "==", 0.2), holds(None, "==", 0), holds(["place"], "excludes", "place")
    (True, False, False)
    """
    plain: dict[str, Callable[[], bool]] = {
        "nonempty": lambda: bool(got),
        "contains": lambda: value in got,
        "excludes": lambda: value not in got,
        "in": lambda: got in value,
        "!=": lambda: bool(got != value),
    }
    if op in plain:
        return plain[op]()
    if got is None or isinstance(got, bool) or isinstance(value, (bool, str)):
        return op == "==" and type(got) is type(value) and bool(got == value)
    near = abs(got - value) <= TOLERANCE
    return {"==": near, ">=": got > value or near, "<=": got < value or near}[op]


def check(pairs: list[tuple[dict[str, Any], Any]]) -> None:
    """All at once: one list of what differs says more than the first difference."""
    wrong = [
        f"{t['id']} {t['target']} {t['group']} {t['field']} {t['op']} {t['value']!r}: got {got!r}"
        f" ({t['what']})"
        for t, got in pairs
        if not holds(got, t["op"], t["value"])
    ]
    assert pairs
    assert not wrong, "\n".join(wrong)


def with_register(kind: str, tmp_path: Path, file: Path) -> Path:
    """A workspace that knows the example's register; skips while a command is not there."""
    for command in COMMANDS[kind]:
        if find_spec(f"alnage.doors.cli.{command}") is None:
            pytest.skip(f"there is no command {command}")
    home = tmp_path / file.stem
    if not home.exists():
        run("registers", "import", file, "--as", "example", "--format", "csv",
            "--kind", "us-uflpa", "--workspace", home)  # fmt: skip
    return home


def by_register(name: str, kind: str) -> dict[Path, list[dict[str, Any]]]:
    groups = defaultdict(list)
    for truth in truths(name, kind):
        groups[examples.folder(name) / truth.get("register", "register.csv")].append(truth)
    return groups


@pytest.mark.parametrize("name", examples.NAMES)
def test_trace_finds_what_was_planted(name: str, tmp_path: Path) -> None:
    pairs = []
    for file, planted in by_register(name, "trace").items():
        home, out = with_register("trace", tmp_path, file), tmp_path / "out.jsonl"
        options = [x for g in {t["group"]: 0 for t in planted} for x in ("--group", g)]
        options += [x for t in {t["target"]: 0 for t in planted} for x in ("--target", t)]
        run("trace", examples.folder(name), *options, "--bounds", "exact", "--out", out,
            "--workspace", home)  # fmt: skip
        lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        found = {(line["target"], line["group"]): line for line in lines}
        for line in lines:
            assert line["min"] - TOLERANCE <= line["expected"] <= line["max"] + TOLERANCE
            assert line["expected"] == 0 or line["reachable"]
        pairs += [(t, found[t["target"], t["group"]].get(t["field"])) for t in planted]
    check(pairs)


def findings(name: str, kind: str, file: Path, tmp_path: Path) -> dict[str, Any]:
    home, out = with_register(kind, tmp_path, file), tmp_path / f"out-{file.stem}"
    run("assess", examples.folder(name), "--out", out, "--workspace", home)
    found: dict[str, Any] = json.loads((out / "findings.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", examples.NAMES)
def test_assess_answers_what_was_planted(name: str, tmp_path: Path) -> None:
    pairs = []
    for file, planted in by_register(name, "verdict").items():
        found = findings(name, "verdict", file, tmp_path)
        answers = {
            (target["target"], verdict["regime"], verdict["question"]): verdict["answer"]
            for target in found["targets"]
            for verdict in target["verdicts"]
        }
        pairs += [(t, answers.get((t["target"], t["group"], t["field"]))) for t in planted]
    check(pairs)


@pytest.mark.parametrize("name", examples.NAMES)
def test_assess_knows_the_parties_and_names_the_places(name: str, tmp_path: Path) -> None:
    found = findings(name, "party", examples.register(name), tmp_path)
    parties = {p["party"]: p["registers"] for p in found["parties"]}
    pairs = [(t, parties[t["target"]][t["group"]]) for t in truths(name, "party")]
    gaps = [trace["gaps"] for target in found["targets"] for trace in target["groups"]]
    noted = json.dumps([found["findings"], gaps], ensure_ascii=False)
    pairs += [(t, noted) for t in truths(name, "finding")]
    mentions = [({**t, "op": "contains"} if t["op"] == "mentions" else t, got) for t, got in pairs]
    check(mentions)


def facets(answer: dict[str, Any]) -> dict[str, Any]:
    """What the truths ask of an enterprise's answer, under the list's own regime."""
    changes = [r for r in answer["if_removed"] if r["regime"] == "US-UFLPA"]
    return {
        "listings": [listing["register"] for listing in answer["listings"]],
        "follows_yes": [
            f["by"] for f in answer["follows"] if f["regime"] == "US-UFLPA" and f["answer"] == "yes"
        ],
        "remains": [trigger for change in changes for trigger in change["remains"]],
    }


def test_the_enterprises_and_what_removal_would_change(tmp_path: Path) -> None:
    name = "listed-spinners"
    home, pairs = with_register("enterprise", tmp_path, examples.register(name)), []
    asked = {(t["target"], t["group"], t["on"]): 0 for t in truths(name, "enterprise")}
    for number, (party, group, day) in enumerate(asked):
        output = run("enterprise", party, "--region", group.partition(":")[2], "--on", day,
                     "--out", tmp_path / str(number), "--json", "--workspace", home)  # fmt: skip
        got = facets(json.loads(output))
        planted = [t for t in truths(name, "enterprise") if t["target"] == party]
        pairs += [(t, got[t["field"]]) for t in planted]
    check(pairs)


@pytest.mark.parametrize(
    ("got", "op", "value", "answer"),
    [
        (0.2, "==", 0.3, False),
        (True, "==", 1, False),
        (False, "==", False, True),
        (None, ">=", 0, False),
        (0.5, ">=", 0.25, True),
        (0.1, ">=", 0.25, False),
        (0.1, "<=", 0.1, True),
        ("yes", "==", "no", False),
        ("listed", "!=", "listed", False),
        ([], "nonempty", None, False),
        (["place"], "contains", "place", True),
        ("segregated", "in", ["identity_preserved", "segregated"], True),
    ],
)
def test_comparing_can_fail(got: Any, op: str, value: Any, answer: bool) -> None:
    assert holds(got, op, value) is answer


def test_a_truth_that_fails_is_named() -> None:
    keys = ("id", "target", "group", "field", "what")
    truth = {**dict.fromkeys(keys, ""), "id": "x-1", "op": "==", "value": 1}
    with pytest.raises(AssertionError, match=r"x-1.*got 0\.2"):
        check([(truth, 0.2)])
