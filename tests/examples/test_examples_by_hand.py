"""The truths of the examples, recomputed from the rows by a second hand without the product."""

import datetime as dt
import json
from fractions import Fraction
from pathlib import Path

import pytest
from by_hand import Tables, forward, rows

from alnage import examples

PLANTED = {  # events that give more than there is on record, and nothing else may
    "cotton-tshirts": 2,
    "tomato-ketchup": 1,
    "solar-modules": 1,
    "listed-spinners": 0,
}


def truths(name: str) -> list[dict]:
    return json.loads((examples.folder(name) / "truths.json").read_text("utf-8"))


def region_sites(folder: Path, region: str) -> tuple[set[str], set[str]]:
    sites = rows(folder, "sites")
    inside = {s["site"] for s in sites if s["region"] == region}
    doubtful = {s["site"] for s in sites if s["postal_code"][:2] in ("83", "84")} - inside
    return inside, doubtful if region == "CN-XJ" else set()


def listed_sites(folder: Path, register: Path, day: str) -> tuple[set[str], set[str]]:
    """Sites of parties whose full name or alias the register has on ``day``; near matches."""
    with register.open(encoding="utf-8", newline="") as text:
        import csv

        entries = [
            r
            for r in csv.DictReader(text)
            if r["effective_from"] <= day and not ("" < r["removed_on"] <= day)
        ]
    full = {n for r in entries for n in (r["name"], *r["aliases"].split(";")) if n}
    stems = {r["name"].removesuffix(" Co., Ltd.") for r in entries}
    parties = {p["party"]: p for p in rows(folder, "parties")}
    certain, doubtful = set(), set()
    for site in rows(folder, "sites"):
        party = parties[site["party"]]
        if party["name"] in full and party["country"] == "CN":
            certain.add(site["site"])
        elif party["name"] in stems | full:
            doubtful.add(site["site"])
    return certain, doubtful


@pytest.mark.parametrize("name", examples.NAMES)
def test_shares_from_the_rows(name: str) -> None:
    folder = examples.folder(name)
    tables = Tables(folder)
    entries = rows(folder, "entries")
    checked = 0
    for truth in truths(name):
        if truth["kind"] != "trace" or truth["field"] not in (
            "expected",
            "undocumented",
            "unresolved",
        ):
            continue
        kind, _, place = truth["group"].partition(":")
        if kind not in ("region", "listed"):
            continue
        wanted, _, line = truth["target"].partition("/")
        lines = [r for r in entries if r["entry"] == wanted and line in ("", r["line"])]
        if kind == "region":
            certain, doubtful = region_sites(folder, place)
        else:
            day = place.partition("@")[2] or lines[0]["date"]
            register = folder / truth.get("register", "register.csv")
            certain, doubtful = listed_sites(folder, register, day)
        shares, _ = forward(tables, certain, doubtful, 1 if kind == "region" else 2)
        moved = {r["event"]: r for r in tables.movements}
        weights = [tables.content(moved[r["movement"]]) for r in lines]
        part = ("expected", "undocumented", "unresolved").index(truth["field"])
        got = sum(
            w * shares[r["movement"]][part] for w, r in zip(weights, lines, strict=True)
        ) / sum(weights)
        assert float(got) == pytest.approx(truth["value"], abs=1e-12), truth
        checked += 1
    assert checked >= 15


@pytest.mark.parametrize("name", examples.NAMES)
def test_nothing_is_overdrawn_but_what_the_story_plants(name: str) -> None:
    _, overdrawn = forward(Tables(examples.folder(name)), set(), set(), 1)
    assert len(overdrawn) == PLANTED[name], overdrawn


def test_the_second_hand_itself() -> None:
    """Half a gin's lint from the region: half of the yarn, whatever is lost on the way."""
    from by_hand import Stock, last_day

    stock = Stock()
    stock.add(Fraction(3), [Fraction(1), Fraction(0), Fraction(0)])
    stock.add(Fraction(1), [Fraction(0)] * 3)
    assert stock.take(Fraction(2)) == [Fraction(3, 4), 0, 0]
    assert stock.take(Fraction(4)) == [Fraction(3, 8), Fraction(1, 2), 0]
    assert last_day("2024-02") == dt.date(2024, 2, 29)
    assert last_day("2024-03-01/2024-03-09") == dt.date(2024, 3, 9)
