"""Judges a whole table of transactions at once, with the same answers as ``judge``.

A year of a large importer is a million entries, and every regime asks the same few conditions
of all of them. Here a condition is asked of a block of rows together (see ``asking``), and
only the answers and the codes of their reasons are kept; the whole tree of one row, with its
sources and missing facts, is built on demand by ``judge``.

    Arrow table, a column a key of the facts ── judge_table ──> TableJudgement
                                                  ├─ answers ── a column a regime and question
                                                  ├─ codes(row, regime, question)
                                                  └─ tree(row) ── judge on that row
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from alnage.law.asking import Asking, Bits, CodeBook, Ints
from alnage.law.book import LawBook
from alnage.law.columns import Frame, check_table
from alnage.law.facts import parse_facts
from alnage.law.judge import Judgement, judge
from alnage.law.schema import nearest
from alnage.model import Answer, LawError

ANSWERS: Final = (Answer.NO, Answer.UNKNOWN, Answer.YES)  # as asking numbers them
BLOCK: Final = 1 << 15  # rows asked together: their arrays stay in the processor's cache


@dataclass(frozen=True, slots=True)
class TableJudgement:
    """The answers of a table; ``asked`` names the regime and question of each row of ``matrix``."""

    table: pa.Table
    book: LawBook
    asked: tuple[tuple[str, str], ...]
    matrix: Ints
    bits: Bits
    code_books: Mapping[str, CodeBook]

    @property
    def answers(self) -> pa.Table:
        """Yes, no or unknown for every row: a dictionary column ``REGIME question`` a question.

        >>> rows = pa.table({"transaction": ["sale"], "market": ["US"]})
        >>> judge_table(rows, LawBook.load()).answers["US-UFLPA applies"].to_pylist()
        ['no']
        """
        words = pa.array([answer.value for answer in ANSWERS])
        return pa.table(
            {
                f"{regime} {question}": pa.DictionaryArray.from_arrays(pa.array(codes), words)
                for (regime, question), codes in zip(self.asked, self.matrix, strict=True)
            }
        )

    def answer(self, row: int, regime: str, question: str) -> Answer:
        """One answer; LawError if there is no such regime or question."""
        return ANSWERS[self.matrix[self._index(regime, question), row]]

    def codes(self, row: int, regime: str, question: str) -> frozenset[str]:
        """The codes of the reasons at the top of the answer's tree, all of them.

        Remarks are in ``tree`` only, which on the other hand stops after the 25th reason.

        >>> rows = pa.table({"transaction": ["sale"], "market": ["US"], "date": ["2024-01-08"]})
        >>> sorted(judge_table(rows, LawBook.load()).codes(0, "US-UFLPA", "applies"))
        ['uflpa_import']
        """
        bits = int(self.bits[self._index(regime, question), row])
        return self.code_books[regime].read(bits)

    def tree(self, row: int) -> Judgement:
        """The whole judgement of one row, with its reasons, sources and missing facts."""
        return judge(parse_facts(row_facts(self.table, row)), self.book)

    def _index(self, regime: str, question: str) -> int:
        if (regime, question) not in self.asked:
            wanted = f"{regime} {question}"
            best = nearest(wanted, [f"{one} {name}" for one, name in self.asked])
            raise LawError("regime_unknown", id=wanted, nearest=best)
        return self.asked.index((regime, question))


def row_facts(table: pa.Table, row: int) -> dict[str, Any]:
    """The facts of one row: null is absent, an empty list says that there is none.

    >>> row_facts(pa.table({"market": ["US"], "date": pa.array([None], pa.string())}), 0)
    {'market': 'US'}
    """
    facts: dict[str, Any] = _bare(table.slice(row, 1).to_pylist()[0])
    return facts


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _bare(inner) for key, inner in value.items() if inner is not None}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value


def judge_table(table: pa.Table, book: LawBook) -> TableJudgement:
    """Answer every question of every regime of ``book`` on every row of ``table``.

    Columns are the top-level keys of the facts, nested as in a facts file (structs and
    lists); null is absent. LawError as ``parse_facts`` and ``judge`` raise it, with the
    column in place of the path.

    >>> rows = pa.table({"transaction": ["import", "sale"], "market": ["US", "US"]})
    >>> judge_table(rows, LawBook.load()).answer(0, "US-UFLPA", "applies").value
    'unknown'
    """
    check_table(table, book)
    asked = tuple((regime.id, name) for regime in book for name in regime.questions)
    code_books = {regime.id: CodeBook() for regime in book}
    matrix = np.zeros((len(asked), table.num_rows), np.int8)
    bits = np.zeros((len(asked), table.num_rows), np.uint64)
    for start in range(0, table.num_rows, BLOCK):
        rows = table.slice(start, BLOCK)
        asking = Asking(Frame.of_rows(rows), book)
        here = slice(start, start + rows.num_rows)
        told = (one for regime in book for one in asking.regime(regime, code_books[regime.id]))
        for index, one in enumerate(told):
            matrix[index, here], bits[index, here] = one.answer, one.bits
    return TableJudgement(table, book, asked, matrix, bits, code_books)
