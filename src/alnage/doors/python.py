"""The Python door: a folder opened for questions, the law asked, a clock computed.

alnage.open_folder(PATH) ──> CustodyFolder ── .trace(…) · .assess(…)
alnage.check_law(FACTS)  ──> answer as JSON values
alnage.example(NAME)     ──> path of a bundled example
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alnage.trace import TraceResult
    from alnage.trace.tracer import BoundsMode


class CustodyFolder:
    """A custody folder with its registers, ready to be traced and assessed.

    >>> folder = CustodyFolder(example("cotton-tshirts"))
    >>> line = folder.trace(targets=["E-04"], groups=["region:CN-XJ"])[0]
    >>> f"{line.min:.0%} {line.expected:.0%} {line.max:.0%}"
    '0% 20% 100%'
    """

    def __init__(
        self, path: str | os.PathLike[str], workspace: str | os.PathLike[str] | None = None
    ) -> None:
        from alnage.assess.folder import OpenFolder
        from alnage.registers import Registers
        from alnage.screen.reviews import decisions_of

        where = None if workspace is None else Path(workspace)
        self._opened = OpenFolder(Path(path), Registers.load(where), decisions_of(where))

    def trace(
        self,
        targets: Sequence[str] = (),
        groups: Sequence[str] = (),
        *,
        bounds: BoundsMode = "auto",
        explain: int = 20,
        on: dt.date | None = None,
    ) -> list[TraceResult]:
        """Shares, bounds, paths and gaps: what ``alnage trace`` prints, as values."""
        from alnage.assess.tracing import TraceJob, TraceRequest

        job = TraceJob(self._opened.ledger, self._opened.memberships)
        return list(job.lines(TraceRequest(tuple(targets), tuple(groups), bounds, explain, on)))

    def assess(
        self, *, on: dt.date | None = None, today: dt.date | None = None, lang: str = "en"
    ) -> dict[str, Any]:
        """Findings of all consignments: what ``findings.json`` holds."""
        from alnage.assess.consignment import Assessment, assess
        from alnage.law import LawBook

        day = today or dt.datetime.now(dt.UTC).date()
        return assess(self._opened, LawBook.load(), Assessment(day, on, lang))


def open_folder(
    path: str | os.PathLike[str], workspace: str | os.PathLike[str] | None = None
) -> CustodyFolder:
    """Open a custody folder; registers of ``workspace`` are asked beside the bundled ones."""
    return CustodyFolder(path, workspace)


def check_law(facts: Mapping[str, Any], lang: str = "en") -> dict[str, Any]:
    """What every regime answers on the facts of one transaction (see docs/law.md)."""
    from alnage.law import LawBook, judge, parse_facts

    return judge(parse_facts(facts), LawBook.load()).to_json(lang)


def example(name: str) -> Path:
    """The custody folder of a bundled example."""
    from alnage.examples import folder

    return folder(name)
