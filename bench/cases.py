"""A hundred thousand cases: opening, listing, deadlines, one case, verification; as ratios."""

import datetime as dt
import tempfile
import time
from itertools import islice
from pathlib import Path

from alnage.cases.casework import Desk
from alnage.cases.store import open_store
from alnage.workspace import Workspace

TODAY = dt.date(2026, 11, 24)
BATCH = 5_000


def timed(function, *args, **more):
    begun = time.perf_counter()
    result = function(*args, **more)
    return result, time.perf_counter() - begun


def matters(cases):
    for number in range(cases):
        presented = TODAY - dt.timedelta(days=number % 40)
        yield "us.detention", f"Entry {number}", f"E{number}", "", {"presented": presented}


def opening(workspace, cases):
    """Open the cases in transactions of some thousands, as an import would."""
    desk = Desk(open_store(workspace), TODAY)
    rest = iter(matters(cases))
    while batch := list(islice(rest, BATCH)):
        desk.open_all(batch)


def main(cases):
    with tempfile.TemporaryDirectory() as room:
        workspace = Workspace.open(Path(room) / "w", write=True)
        desk = Desk(open_store(workspace), TODAY)
        opening(workspace, 200)  # loads what loads once
        stages = {}
        _, stages["open, a case"] = timed(opening, workspace, cases)
        stages["open, a case"] /= cases
        id_ = desk.index(limit=1)[0]["id"]
        _, stages["show one"] = timed(desk.show, id_)
        _, stages["note, one transaction"] = timed(desk.note, id_, "a note")
        _, stages["list 1000"] = timed(desk.index)
        _, stages["due within 7 days, 1000"] = timed(desk.due, TODAY, within=7)
        records, chain = timed(workspace.audit)
        wrong, stages["verify cases"] = timed(desk.verify)
        if wrong or not records.ok:
            raise SystemExit(str(wrong[:1] or records.problems[:1]))
        print(
            f"{cases:,} cases; chain = checking its {records.records:,} records, {chain:.3f} s here"
        )
        for name, seconds in stages.items():
            print(f"  {name:28} {seconds / chain:12.6f} chains")
