"""Alnage: trade restrictions in supply chains, from files to a cited answer.

>>> import alnage
>>> alnage.example("cotton-tshirts").name
'cotton-tshirts'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alnage.doors.python import CustodyFolder, check_law, example, open_folder
    from alnage.model import AlnageError

from alnage.model.version import __version__

__all__ = ["AlnageError", "CustodyFolder", "__version__", "check_law", "example", "open_folder"]


def __getattr__(name: str) -> Any:
    """Import the Python door when it is first asked for: ``import alnage`` stays quick."""
    if name == "AlnageError":
        from alnage.model import AlnageError

        return AlnageError
    if name in __all__:
        from alnage.doors import python

        return getattr(python, name)
    raise AttributeError(name)
