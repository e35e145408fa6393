"""Why a document is refused: one error that carries its reason.

A document that breaks the standard is set aside whole, so the first break found is enough.
The reason names the event (by number, from 1), the field in it, and what to do; the reader's
loop stops there and whoever asked for the document tells the user.

    rule broken ── RefusedError(Reason) ── FileNote.reason | InputError at a door
"""

from __future__ import annotations

from typing import Any

from alnage.model import InputError, Reason, Where

SHOWN = 80  # characters of a value that a reason repeats


class RefusedError(InputError):
    """An EPCIS document can't be used; ``reason`` says why, ``where`` names file and event."""

    def __init__(self, reason: Reason, where: Where | None = None) -> None:
        super().__init__(reason.code, where=where, **reason.params)
        self.reason = reason

    def text(self, lang: str = "en") -> str:
        """The reason as a sentence, with the file where it is known."""
        said = self.reason.text(lang)
        return said if self.where is None else f"{self.where}: {said}"


def cut(value: Any) -> str:
    r"""A value as a reason repeats it: on one line, cut after 80 characters.

    >>> cut("a\n b")
    'a b'
    """
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
