"""Names to scored, explained matches; parties to listings, three-valued; decisions; receipts."""

from alnage.screen.decisions import Decision
from alnage.screen.entities import Entity, Query
from alnage.screen.listing import screen_parties
from alnage.screen.screener import Match, Screener

__all__ = ["Decision", "Entity", "Match", "Query", "Screener", "screen_parties"]
