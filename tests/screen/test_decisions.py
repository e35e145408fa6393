"""Reviewed decisions: kept per pair, in the chain, raised again, printed where they touch."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from alnage.doors.cli import alnage
from alnage.model import AlnageError, OptionError, RegisterError
from alnage.registers import Registers, import_file
from alnage.screen import Query
from alnage.screen.reviews import decide, decisions_of, recorded, still
from alnage.screen.screening import Settings, run
from alnage.workspace import Workspace

USCC = "91350100M000100Y43"
REGISTER = f"""entity,name,aliases,country,effective_from,identifiers
e1,"Kunlun Bright Cotton Co., Ltd.",Kunlun Mian,CN,2024-01-01,uscc:{USCC}
e2,Snow Peak Yarn Ltd,,CN,2024-01-01,
"""
DAY = dt.date(2026, 3, 1)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "r.csv").write_text(REGISTER, "utf-8")
    import_file(tmp_path / "r.csv", tmp_path / "ws", "mine", kind="us-uflpa", today=DAY)
    return tmp_path


@pytest.fixture
def call(place: Path) -> Callable[..., Result]:
    def invoke(*args: str) -> Result:
        return CliRunner().invoke(alnage, ["--workspace", str(place / "ws"), *args])

    return invoke


def keep(place: Path, name: str, entity: str, verdict: str, **more: Any) -> None:
    decide(
        Workspace.open(place / "ws", write=True),
        Registers.load(place / "ws"),
        more.pop("asked", Query("", name)),
        ("mine", entity),
        verdict,
        reason="looked at the licence",
        reviewer="R. Reviewer",
        day=DAY,
        **more,
    )


def line(place: Path, query: Query, threshold: float = 0.1) -> dict[str, Any]:
    done = run(
        [query],
        Registers.load(place / "ws"),
        Settings(DAY, threshold=threshold),
        ["mine"],
        decisions_of(place / "ws"),
    )
    return done.lines[0]


def test_without_decisions_a_line_has_none(place: Path) -> None:
    assert "decisions" not in line(place, Query("1", "Snow Peak Yarn Ltd"))


def test_different_is_gone_and_printed(place: Path) -> None:
    asked = Query("1", "Snow Peak Yarns Limited")
    assert line(place, asked)["answers"]["mine"] in ("possible", "listed")
    keep(place, "SNOW PEAK YARNS LTD.", "e2", "different")
    after = line(place, asked)
    assert after["matches"] == []
    assert after["answers"]["mine"] == "not_listed"
    (shown,) = after["decisions"]
    assert (shown["entity"], shown["judgement"], shown["stands"]) == ("e2", "different", True)
    assert shown["reason"] == "looked at the licence"
    # With every candidate shown it stands there with the score that was decided.
    (match,) = [m for m in line(place, asked, 0.0)["matches"] if m["entity"] == "e2"]
    assert (match["score"], match["match"]) == (0.0, False)
    assert match["explanation"][0]["code"] == "decision"


def test_same_is_certain_even_where_no_name_meets(place: Path) -> None:
    keep(place, "Qwerty Holdings", "e1", "same")
    found = line(place, Query("7", "QWERTY HOLDINGS"))
    assert found["matches"][0]["entity"] == "e1"
    assert (found["matches"][0]["score"], found["matches"][0]["match"]) == (1.0, True)
    assert found["answers"]["mine"] == "listed"


def test_unsure_keeps_the_score_and_makes_it_possible(place: Path) -> None:
    keep(place, "Qwerty Holdings", "e1", "unsure")
    found = line(place, Query("7", "Qwerty Holdings"), 0.0)
    assert found["answers"]["mine"] == "possible"
    assert found["decisions"][0]["judgement"] == "unsure"


def test_the_last_decision_counts(place: Path) -> None:
    keep(place, "Snow Peak Yarn Ltd", "e2", "different")
    keep(place, "Snow Peak Yarn Ltd", "e2", "same")
    assert line(place, Query("1", "Snow Peak Yarn Ltd"))["answers"]["mine"] == "listed"
    assert len(recorded(place / "ws")) == 2


def test_another_party_or_entity_is_not_touched(place: Path) -> None:
    keep(place, "Snow Peak Yarn Ltd", "e2", "different")
    assert "decisions" not in line(place, Query("1", "Snow Peak Yarn Holdings Ltd"))
    assert "decisions" not in line(place, Query("1", "Kunlun Mian"))


def test_a_changed_entry_raises_it_again(place: Path) -> None:
    keep(place, "Snow Peak Yarn Ltd", "e2", "different")
    (place / "r.csv").write_text(REGISTER.replace("Peak Yarn Ltd,,", "Peak Yarn Ltd,Snowpeak,"), "utf-8")  # fmt: skip
    import_file(place / "r.csv", place / "ws", "mine", today=DAY)
    found = line(place, Query("1", "Snow Peak Yarn Ltd"))
    assert found["decisions"][0]["stands"] is False
    assert found["matches"][0]["explanation"][0]["code"] == "decision_stale"
    assert found["answers"]["mine"] != "not_listed"
    (one,) = decisions_of(place / "ws")
    assert not still(one, Registers.load(place / "ws"))


def test_a_changed_party_raises_it_again_where_it_was_known_whole(place: Path) -> None:
    whole = Query("p", "Snow Peak Yarn Ltd", ("雪峰纱线",), identifiers=("duns:1",))
    keep(place, "", "e2", "different", asked=whole, watched=True)
    assert line(place, whole)["matches"] == []
    other = Query("p", "Snow Peak Yarn Ltd", ("雪峰纱线",), identifiers=("duns:2",))
    assert line(place, other)["decisions"][0]["stands"] is False


def test_an_equal_identifier_raises_a_difference_of_names(place: Path) -> None:
    keep(place, "Kunlun Bright Cotton Co Ltd", "e1", "different")
    named = Query("1", "Kunlun Bright Cotton Co Ltd")
    assert line(place, named)["answers"]["mine"] == "not_listed"
    proven = Query("1", "Kunlun Bright Cotton Co Ltd", identifiers=(f"uscc:{USCC}",))
    found = line(place, proven)
    assert found["answers"]["mine"] == "listed"
    assert found["decisions"][0]["stands"] is False


@pytest.mark.parametrize("missing", ["reason", "reviewer", "name"])
def test_nothing_is_decided_without_name_reason_and_reviewer(missing: str, place: Path) -> None:
    with pytest.raises(OptionError) as caught:
        decide(
            Workspace.open(place / "ws", write=True),
            Registers.load(place / "ws"),
            Query("", " " if missing == "name" else "X"),
            ("mine", "e1"),
            "same",
            reason=" " if missing == "reason" else "r",
            reviewer="" if missing == "reviewer" else "r",
            day=DAY,
        )
    assert caught.value.code == "decision_incomplete"
    assert decisions_of(place / "ws") == ()


def test_an_unknown_entity_names_the_nearest(place: Path) -> None:
    with pytest.raises(RegisterError) as caught:
        keep(place, "X", "e11", "same")
    assert "e1" in caught.value.params["nearest"]


def test_a_workspace_that_is_not_there_holds_no_decisions(tmp_path: Path) -> None:
    assert decisions_of(tmp_path / "nothing") == ()
    assert decisions_of(None) == ()
    assert not (tmp_path / "nothing").exists()


# ── at the doors ─────────────────────────────────────────────────────────────────────


def add(call: Callable[..., Result], judgement: str, *more: str, name: str = "Snow Peak Yarn Ltd") -> Result:  # fmt: skip
    return call(
        "decisions", "add", "--party-name", name, "--register", "mine", "--entity", "e2",
        "--judgement", judgement, "--reason", "other address", "--reviewer", "R", "--date", "2026-03-02", *more,
    )  # fmt: skip


def test_add_and_list(call: Callable[..., Result], place: Path) -> None:
    done = json.loads(add(call, "different", "--json").output)
    assert (done["judgement"], done["date"], done["party_name"]) == ("different", "2026-03-02", "Snow Peak Yarn Ltd")  # fmt: skip
    add(call, "unsure")
    rows = json.loads(call("decisions", "list", "--json").output)["decisions"]
    assert [(row["judgement"], row["superseded"]) for row in rows] == [("different", True), ("unsure", False)]  # fmt: skip
    assert rows[0]["record"] == done["record"]
    assert "other address" in call("decisions", "list", "--lang", "zh").output
    audit = Workspace.open(place / "ws").audit()
    assert audit.ok
    assert audit.records == 2


def test_an_override_without_a_reason_is_refused(call: Callable[..., Result]) -> None:
    done = add(call, "same", "--reason", "")
    assert isinstance(done.exception, AlnageError)
    assert json.loads(call("decisions", "list", "--json").output)["decisions"] == []


def test_a_receipt_repeats_what_was_decided_then(call: Callable[..., Result], place: Path) -> None:
    (place / "q.csv").write_text("id,name\n1,Snow Peak Yarn Ltd\n", "utf-8")
    add(call, "different")
    out = place / "hits.jsonl"
    args = ("screen", str(place / "q.csv"), "--out", str(out), "--register", "mine", "--as-of", "2026-03-01")  # fmt: skip
    assert call(*args).exit_code == 0
    (hit,) = [json.loads(row) for row in out.read_text("utf-8").splitlines()]
    assert hit["decisions"][0]["judgement"] == "different"
    add(call, "same")
    done = call("receipts", "replay", hit["receipt"], "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["same"] is True


FOLDER = {
    "parties.csv": "party,name,country\ns,Snow Peak Yarn Ltd,CN\nb,Buyer GmbH,DE\n",
    "origins.csv": "event,date,site,material,quantity,unit\nO,2025-01-01,s,cotton yarn,10,kg\n",
    "movements.csv": "event,shipped,from_site,to_site,material,quantity,unit\nM,2025-02-01,s,b,cotton yarn,10,kg\n",
    "entries.csv": "entry,market,date,movement,line\nE,US,2025-03-01,M,1\n",
}


@pytest.fixture
def folder(place: Path) -> Path:
    path = place / "folder"
    path.mkdir()
    for name, text in FOLDER.items():
        (path / name).write_text(text, "utf-8")
    return path


def shares(call: Callable[..., Result], folder: Path) -> tuple[float, float]:
    done = call("trace", str(folder), "--group", "listed:mine@2025-03-01", "--target", "E")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output.splitlines()[0])
    return found["min"], found["max"]


def test_trace_follows_the_decision(call: Callable[..., Result], folder: Path) -> None:
    assert shares(call, folder) == (1.0, 1.0)
    add(call, "different", "--folder", str(folder))
    assert shares(call, folder) == (0.0, 0.0)
    add(call, "unsure", "--folder", str(folder))
    assert shares(call, folder)[1] == 1.0
    add(call, "different", "--folder", str(folder))
    (folder / "parties.csv").write_text("party,name,country,identifiers\ns,Snow Peak Yarn Ltd,CN,duns:1\nb,B,DE,\n")  # fmt: skip
    assert shares(call, folder)[1] == 1.0  # a number was added: raised again


def test_assess_prints_what_was_decided(call: Callable[..., Result], folder: Path) -> None:
    add(call, "different")
    out = folder.parent / "out"
    done = call("assess", str(folder), "--out", str(out))
    assert done.exit_code == 0, done.output
    findings = json.loads((out / "findings.json").read_text("utf-8"))
    (one,) = [row for row in findings["findings"] if row["code"] == "decision_touches"]
    assert "different" in json.dumps(one)
    assert "other address" in json.dumps(one)
    assert "other address" in (out / "report.html").read_text("utf-8")
    party = next(row for row in findings["parties"] if row["party"] == "s")
    assert not any(row["register"] == "mine" for row in party["listings"])


def test_a_folder_without_that_party_is_refused(call: Callable[..., Result], folder: Path) -> None:
    done = add(call, "same", "--folder", str(folder), name="Nobody")
    assert isinstance(done.exception, OptionError)
    assert done.exception.code == "decision_no_party"
