"""A scenario: what is supposed to change, from which day, as a small YAML file.

A scenario supposes facts, never law: a listing made or ended, a region's or a supplier's
goods barred from or freed in a market, a material that is no longer to be had. The file is
read here and checked to the letter, so that a slip never reads as "nothing happens".

    name: A spinner is listed
    from: 2024-11-25
    changes:
      - {list: hoopoe, register: us-uflpa}     # or: delist
      - {bar: "region:CN-XJ", market: EU}      # or: free; "party:ID" for a supplier
      - {remove: cotton}
    jobs_per_output: [0, 1]                    # elasticity of jobs to output, as a band
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from alnage.model import InputError, Where
from alnage.sources.cells import nearest

ChangeKind = Literal["list", "delist", "bar", "free", "remove"]
KINDS: tuple[str, ...] = get_args(ChangeKind)
_KEYS = ("name", "from", "changes", "jobs_per_output")
_BESIDE: Mapping[str, tuple[str, ...]] = {
    "list": ("register",),
    "delist": ("register",),
    "bar": ("market",),
    "free": ("market",),
    "remove": (),
}
_MARKET = re.compile(r"[A-Z]{2}")
_REGION = re.compile(r"region:[A-Z]{2}(-[A-Z0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Change:
    """One supposed change: ``what`` is a party, a group (``region:…``, ``party:…``) or a material."""

    kind: ChangeKind
    what: str
    register: str = ""
    market: str = ""

    @property
    def group(self) -> tuple[str, str]:
        """Kind and name of the group of a ``bar`` or ``free``.

        >>> Change("bar", "region:CN-XJ", market="EU").group
        ('region', 'CN-XJ')
        """
        kind, _, what = self.what.partition(":")
        return kind, what


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is supposed, from ``start`` on; ``jobs`` is the elasticity of jobs to output."""

    name: str
    start: dt.date
    changes: tuple[Change, ...]
    jobs: tuple[float, float] = (0.0, 1.0)


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file.

    Raises:
        InputError: no such file, no YAML, or a key or value that is not known.
    """
    import yaml

    if not path.is_file():
        raise InputError("impact_file_missing", file=str(path))
    try:
        value = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problem = " ".join(str(error).split())[:200]
        raise InputError("scenario_yaml", where=Where(path.name), problem=problem) from None
    return parse_scenario(value, path.name)


def parse_scenario(value: Any, file: str = "scenario") -> Scenario:
    """A scenario from YAML values.

    >>> import datetime as dt
    >>> parse_scenario({"from": dt.date(2024, 1, 1), "changes": [{"remove": "cotton"}]}).changes
    (Change(kind='remove', what='cotton', register='', market=''),)
    """
    where = Where(file)
    if not isinstance(value, Mapping):
        raise InputError("scenario_yaml", where=where, problem="a mapping is expected")
    _known(value, _KEYS, where)
    start = value.get("from")
    if not isinstance(start, dt.date) or isinstance(start, dt.datetime):
        raise InputError("scenario_from", where=where, value=str(start))
    changes = value.get("changes")
    if not isinstance(changes, list) or not changes:
        raise InputError("scenario_changes", where=where, kinds=list(KINDS))
    return Scenario(
        str(value.get("name") or file),
        start,
        tuple(_change(change, where) for change in changes),
        _band(value.get("jobs_per_output", [0, 1]), where),
    )


def _known(value: Mapping[Any, Any], keys: Sequence[str], where: Where) -> None:
    for key in value:
        if key not in keys:
            near = nearest(str(key), keys)
            raise InputError("scenario_key", where=where, key=key, nearest=near, known=list(keys))


def _change(value: Any, where: Where) -> Change:
    kinds = [key for key in value if key in KINDS] if isinstance(value, Mapping) else []
    if len(kinds) != 1:
        raise InputError("scenario_changes", where=where, kinds=list(KINDS))
    kind = kinds[0]
    _known(value, (kind, *_BESIDE[kind]), where)
    what = value[kind]
    if not isinstance(what, str) or not what.strip():
        raise InputError("scenario_value", where=where, key=kind, value=str(what))
    register, market = (str(value.get(key) or "") for key in ("register", "market"))
    if kind in ("bar", "free"):
        if not (_REGION.fullmatch(what) or (what.startswith("party:") and what != "party:")):
            raise InputError("scenario_value", where=where, key=kind, value=what)
        if not _MARKET.fullmatch(market):
            raise InputError("scenario_market", where=where, key=kind, value=market)
    return Change(kind, what.strip(), register, market)


def _band(value: Any, where: Where) -> tuple[float, float]:
    numbers = isinstance(value, list) and all(
        isinstance(n, (int, float)) and not isinstance(n, bool) for n in value
    )
    if not numbers or len(value) != 2 or not 0 <= value[0] <= value[1] <= 5:
        raise InputError("scenario_value", where=where, key="jobs_per_output", value=str(value))
    return float(value[0]), float(value[1])
