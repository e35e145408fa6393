"""The error tree: one root, every error with a code, a place and a remedy.

Errors carry a code and parameters, never a finished sentence, so that the same
error reads in English at one door and in Chinese at another. The sentence for
``error.<code>`` stands in ``alnage/words`` and says what is wrong and what to do;
``where`` says in which file and row.

    AlnageError                 anything the product itself raises
    ├── InputError              a file, table, row or value the user gave
    ├── OptionError             a command option or argument
    ├── WorkspaceError          the workspace folder: format, version, contents
    │   └── LockedError         another process holds the workspace
    ├── RegisterError           a restricted-party register or its import
    ├── LawError                regime data, facts files, clocks
    └── BoundaryError           a request that the boundary refuses
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alnage.words import say


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a user's file: ``row`` is the row as a spreadsheet numbers it.

    >>> str(Where("movements.csv", 12))
    'movements.csv:12'
    """

    file: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        text = self.file if self.row is None else f"{self.file}:{self.row}"
        return text if self.column is None else f"{text} [{self.column}]"


class AlnageError(Exception):
    """Root of all errors; ``code`` names the sentence, ``params`` fills it.

    >>> str(InputError("table_missing", table="parties", folder="x"))
    'x: there is no table "parties". Add parties.csv, parties.xlsx or parties.parquet.'
    """

    def __init__(self, code: str, *, where: Where | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.where = where
        self.params = params

    def text(self, lang: str = "en") -> str:
        """Say the error in ``en`` or ``zh``: where, what, and what to do."""
        sentence = say(f"error.{self.code}", self.params, lang)
        return sentence if self.where is None else f"{self.where}: {sentence}"

    def __str__(self) -> str:
        return self.text()


class InputError(AlnageError):
    """A file, table, row or value that the user gave can't be used."""


class OptionError(AlnageError):
    """A command option or argument can't be used."""


class WorkspaceError(AlnageError):
    """The workspace folder can't be used as it is."""


class LockedError(WorkspaceError):
    """Another process is writing to the workspace."""


class RegisterError(AlnageError):
    """A register is unknown, or a file of one can't be imported."""


class LawError(AlnageError):
    """Regime data, a facts file or a clock can't be used."""


class BoundaryError(AlnageError):
    """What was asked for lies outside what Alnage does (design: boundary)."""
