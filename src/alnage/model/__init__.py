"""The vocabulary: values, reasons, errors and the engine protocol. No files, databases, clocks."""

from alnage.model.errors import (
    AlnageError,
    BoundaryError,
    InputError,
    LawError,
    LockedError,
    OptionError,
    RegisterError,
    Where,
    WorkspaceError,
)
from alnage.model.reasons import (
    Citation,
    Reason,
    RegisterSource,
    Rejected,
    RowSource,
    Source,
    Verified,
)
from alnage.model.values import (
    Answer,
    Certainty,
    Listing,
    Membership,
    PartyListing,
    Period,
    Scope,
    Verdict,
)

__all__ = [
    "AlnageError",
    "Answer",
    "BoundaryError",
    "Certainty",
    "Citation",
    "InputError",
    "LawError",
    "Listing",
    "LockedError",
    "Membership",
    "OptionError",
    "PartyListing",
    "Period",
    "Reason",
    "RegisterError",
    "RegisterSource",
    "Rejected",
    "RowSource",
    "Scope",
    "Source",
    "Verdict",
    "Verified",
    "Where",
    "WorkspaceError",
]
