"""The law: regimes as cited, dated data and the small interpreter that asks them.

A door or a higher room loads the book once and asks it about facts:

    LawBook.load() ─┐
    parse_facts(…) ─┴─ judge ──> Judgement (verdicts, collisions, not modelled)

>>> book = LawBook.load()
>>> facts = parse_facts({"transaction": "import", "market": "EU", "date": "2026-01-05"})
>>> judge(facts, book).answer("EU-FLR", "applies").value
'no'
"""

from alnage.law.book import LawBook, Regime
from alnage.law.facts import Facts, parse_facts, read_facts
from alnage.law.judge import Collision, Judgement, judge

__all__ = [
    "Collision",
    "Facts",
    "Judgement",
    "LawBook",
    "Regime",
    "judge",
    "parse_facts",
    "read_facts",
]
