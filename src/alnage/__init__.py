"""Alnage: trade restrictions in supply chains, from files to a cited answer."""

__version__ = "0.1.0"
