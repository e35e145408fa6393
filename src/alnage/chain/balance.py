"""What does not add up: conversions that give more than they took, yields out of range, dates.

These are findings, not verdicts: a flag carries its rows and leaves the conclusion to a
person. Content that leaves an account beyond its stock is shown by tracing, where it matters
to a target; here stand the rows that contradict each other by themselves.

    Ledger ──> balance_findings() ── Reason(rows) …
"""

from __future__ import annotations

from collections.abc import Iterator

from alnage.chain.ledger import Ledger
from alnage.model import Reason

# More out than in below this part is rounding of the papers.
TOLERANCE = 0.005


def balance_findings(ledger: Ledger) -> list[Reason]:
    """Findings on conversions, each with its rows (red flags 5 and 6 of the boundary facts)."""
    return [
        reason for c in range(len(ledger.conversions.event)) for reason in _conversion(ledger, c)
    ]


def _conversion(ledger: Ledger, c: int) -> Iterator[Reason]:
    start, line = ledger.conversions.start, ledger.conversions.line
    lines = line[start[c] : start[c + 1]].tolist()
    rows = tuple(ledger.source(ledger.lines, i) for i in lines)
    event = ledger.conversions.event[c]
    took = sum(
        float(ledger.lines.content[i])
        for i in lines
        if not ledger.lines.output[i] and ledger.named_input[i]
    )
    gave = sum(float(ledger.lines.content[i]) for i in lines if ledger.lines.output[i])
    if gave > took * (1 + TOLERANCE):
        yield Reason(
            "conversion_more_out_than_in",
            {"event": event, "took": f"{took:,.1f}", "gave": f"{gave:,.1f}"},
            rows,
        )
    yield from _yield_range(ledger, event, lines)


def _yield_range(ledger: Ledger, event: str, lines: list[int]) -> Iterator[Reason]:
    """A single output whose input per kilogram lies outside the range of the pack's source."""
    words, packs = ledger.words.materials.words, ledger.packs
    outputs = [i for i in lines if ledger.lines.output[i]]
    inputs = [i for i in lines if not ledger.lines.output[i] and ledger.named_input[i]]
    if len(outputs) != 1:
        return
    stage = packs.stage(words[ledger.lines.material[outputs[0]]])
    if stage is None or stage.source is None or not stage.before:
        return
    before = [packs.stage(words[ledger.lines.material[i]]) for i in inputs]
    if any(one is None or one.stage != stage.before for one in before):
        return
    kg_in = sum(float(ledger.lines.kg[i]) for i in inputs)
    ratio = kg_in / float(ledger.lines.kg[outputs[0]])
    if not stage.low * (1 - TOLERANCE) <= ratio <= stage.high * (1 + TOLERANCE):
        yield Reason(
            "conversion_yield_unusual",
            {
                "event": event,
                "ratio": f"{ratio:.3g}",
                "material": stage.stage,
                "low": f"{stage.low:g}",
                "high": f"{stage.high:g}",
            },
            (ledger.source(ledger.lines, outputs[0]), stage.source),
        )
