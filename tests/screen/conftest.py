"""Hypothesis without a deadline: the first example loads dictionaries."""

from hypothesis import settings

settings.register_profile("tables", deadline=None)
settings.load_profile("tables")
