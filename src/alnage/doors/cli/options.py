"""Kinds of option values that several commands share."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click


class Day(click.ParamType[dt.date]):
    """An ISO date."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """Read ``2024-11-25``; anything else is an error that says so."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no ISO date (write 2024-11-25)", param, ctx)


DAY = Day()


class Today(Day):
    """An ISO date, or the word ``today``, which asks the clock."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """Read a date, or take the clock's."""
        if value == "today":
            return dt.datetime.now(dt.UTC).date()
        return super().convert(value, param, ctx)


TODAY = Today()
LANG = click.Choice(["en", "zh"])
