"""One cell: text to a value, or the reason why not, with the way to write it right.

Readers work a column at a time (``convert``), but what a cell may say is decided here, one
distinct text at a time, without tables or files. Nothing is guessed: a form with two
readings (``1,234``, ``03/04/2024``) is refused, with both named in the remedy.

    (Column, "2024-03") ── read_cell() ── Period | float | str | tuple | Partial | Reason
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from alnage.model import Period, Reason
from alnage.sources.identity import HIDDEN, looks_like_identity, uscc_valid
from alnage.sources.schema import CN_REGIONS, COUNTRIES, NOWHERE, Column, Kind

Value = str | float | Period | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Partial:
    """A value that can be used, though part of the cell could not."""

    value: Value
    reason: Reason


LONGEST_CELL = 1 << 20  # characters
SHOWN = 80  # characters of a cell that a reason repeats

NO_VALUE = "#FORMULA!"  # how a formula without a stored value is read

# What spreadsheets show where a formula failed.
_SHEET_ERRORS = (
    "#N/A #REF! #VALUE! #DIV/0! #NAME? #NULL! #NUM! #SPILL! #CALC! #GETTING_DATA #BLOCKED!"
)
SHEET_ERRORS = frozenset((*_SHEET_ERRORS.split(), NO_VALUE))
# Words that fill a cell without saying anything; a document called "N/A" is no document.
_PLACEHOLDERS = (
    "n/a n.a. null none nil nan tbd tba unknown ? ?? - -- — / 无 暂无 未知 待定 不详 空 缺"
)
PLACEHOLDERS = frozenset(_PLACEHOLDERS.split())

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)
_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3}){2,}(\.\d+)?|[+-]?\d{1,3}(,\d{3})+\.\d+")
_POINT_GROUPS = re.compile(r"[+-]?\d{1,3}(\.\d{3}){2,}(,\d+)?|[+-]?\d{1,3}(\.\d{3})+,\d+")
_SPACE_GROUPS = re.compile(r"[+-]?\d{1,3}([ '’]\d{3})+([.,]\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,(\d{1,2}|\d{4,})")
_LONG_DECIMAL_COMMA = re.compile(r"[+-]?(0|\d{4,}),\d{3}")
_TWO_READINGS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")

_DAY_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?")
_ISO_END = r"\d{4}-\d{2}(?:-\d{2})?"
_ISO = re.compile(rf"{_ISO_END}(?:\s*/\s*{_ISO_END})?")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_HS = re.compile(r"\d{4}(\.?\d{2}(\.?\d{2}(\.?\d{2})?)?)?|\d{6}\.?\d{3,4}")

_DIRECTIONS = {"input": "in", "output": "out", "投入": "in", "产出": "out"}


def shown(text: str) -> str:
    """A cell as a reason repeats it: on one line, cut after 80 characters, no identity data."""
    if looks_like_identity(text):
        return HIDDEN
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def read_cell(column: Column, text: str) -> Value | Partial | Reason:
    """Read the text of a cell (not empty, trimmed) as ``column`` asks, or say why not.

    >>> from alnage.sources.schema import TABLES
    >>> shipped, region = TABLES["movements"]["shipped"], TABLES["parties"]["region"]
    >>> str(read_cell(shipped, "2024-02").last), read_cell(region, "cn-65")
    ('2024-02-29', 'CN-XJ')
    >>> read_cell(shipped, "30/02/2024").text()
    'The date "30/02/2024" is no day of the calendar. Write an ISO date such as 2024-02-28.'
    """
    if len(text) > LONGEST_CELL:
        return Reason("cell_too_long", {"column": column.name, "length": len(text)})
    if "\x00" in text:
        return Reason("cell_nul", {"column": column.name})
    if text.upper() in SHEET_ERRORS:
        return Reason("cell_sheet_error", {"column": column.name, "value": text})
    return _READERS[column.kind](column, text)


def _text(column: Column, text: str) -> Value | Reason:
    if not column.required and text.casefold() in PLACEHOLDERS:
        return Reason("cell_placeholder", {"column": column.name, "value": text})
    return text


def _number(column: Column, text: str) -> Value | Reason:
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    told = {"column": column.name, "value": shown(text)}
    if _TWO_READINGS.fullmatch(plain):
        return Reason(
            "number_ambiguous",
            {**told, "one": plain.replace(",", ""), "other": plain.replace(",", ".")},
        )
    digits = _without_groups(plain)
    if digits is None:
        return Reason("number_invalid", told)
    return check_number(column, float(digits), text)


def _without_groups(text: str) -> str | None:
    """Plain digits of a number whose separators have one reading only."""
    if _PLAIN.fullmatch(text):
        return text
    if _SPACE_GROUPS.fullmatch(text):
        return re.sub(r"[ '’]", "", text).replace(",", ".")
    if _COMMA_GROUPS.fullmatch(text):
        return text.replace(",", "")
    if _POINT_GROUPS.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if _DECIMAL_COMMA.fullmatch(text) or _LONG_DECIMAL_COMMA.fullmatch(text):
        return text.replace(",", ".")
    return None


def uses_decimal_comma(text: str) -> bool:
    """Whether a number is written with a decimal comma, beyond doubt.

    >>> uses_decimal_comma("1.234,5"), uses_decimal_comma("12,5"), uses_decimal_comma("1,234.5")
    (True, True, False)
    """
    text = unicodedata.normalize("NFKC", text).strip()
    decimal = _DECIMAL_COMMA.fullmatch(text) or _LONG_DECIMAL_COMMA.fullmatch(text)
    return bool(decimal or _POINT_GROUPS.fullmatch(text) or re.fullmatch(r".*[ '’].*,\d+", text))


def check_number(column: Column, number: float, text: str) -> float | Reason:
    """The number itself, or why ``column`` can't hold it: not finite, or out of its bounds."""
    told = {"column": column.name, "value": shown(text)}
    if not math.isfinite(number):
        return Reason("number_invalid", told)
    if column.above and number <= (column.least or 0.0):
        return Reason("number_not_positive", told)
    if column.least is not None and number < column.least:
        return Reason("number_out_of_range", {**told, "range": _range(column)})
    if column.most is not None and number > column.most:
        return Reason("number_out_of_range", {**told, "range": _range(column)})
    return number


def _range(column: Column) -> str:
    least = f"{column.least:g}" if column.least is not None else "−∞"
    return f"{least} … {column.most:g}" if column.most is not None else f"≥ {least}"


def _date(column: Column, text: str) -> Value | Reason:
    plain = unicodedata.normalize("NFKC", text).strip()
    if stamp := _DAY_TIME.fullmatch(plain):
        plain = stamp[1]
    if column.name == "founded" and re.fullmatch(r"\d{4}", plain):
        plain = f"{plain}-01/{plain}-12"
    told = {"column": column.name, "value": shown(text)}
    if not _ISO.fullmatch(plain):
        return _not_iso(plain, told)
    try:
        period = Period.parse(plain)
    except ValueError:
        left, _, right = (part.strip() for part in plain.partition("/"))
        if right and _is_day(left) and _is_day(right):
            return Reason("date_reversed", told)
        return Reason("date_impossible", told)
    # A year such as 0224 is a slip that would put the row before everything else.
    if (column.required or column.on_bad == "reject") and not 1900 <= period.first.year <= 2199:
        return Reason("date_invalid", told)
    return period


def _is_day(text: str) -> bool:
    try:
        Period.parse(text)
    except ValueError:
        return False
    return True


def _not_iso(text: str, told: Mapping[str, str]) -> Reason:
    """Name the ISO form where there is one reading, both where there are two."""
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
        iso = f"{year:04d}-{month:02d}-{day:02d}"
        return Reason("date_not_iso", {**told, "iso": iso}) if _is_day(iso) else _impossible(told)
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        readings = {f"{year:04d}-{second:02d}-{first:02d}", f"{year:04d}-{first:02d}-{second:02d}"}
        days = sorted(filter(_is_day, readings))
        if len(days) == 2:
            return Reason("date_ambiguous", {**told, "one": days[0], "other": days[1]})
        return Reason("date_not_iso", {**told, "iso": days[0]}) if days else _impossible(told)
    return Reason("date_invalid", told)


def _impossible(told: Mapping[str, str]) -> Reason:
    return Reason("date_impossible", told)


def split_list(text: str) -> tuple[str, ...]:
    """Items of a cell separated by ``;`` (or its full-width form), trimmed, none empty.

    >>> split_list("a; b；;c")
    ('a', 'b', 'c')
    """
    return tuple(item for part in re.split(r"[;；]", text) if (item := part.strip()))


def _list(column: Column, text: str) -> tuple[str, ...] | Reason:
    items = tuple(item for item in split_list(text) if item.casefold() not in PLACEHOLDERS)
    return items or Reason("cell_placeholder", {"column": column.name, "value": shown(text)})


def _identifiers(column: Column, text: str) -> Value | Partial | Reason:
    """A bare code is kept as written but can't be compared: which register is it of?"""
    items = _list(column, unicodedata.normalize("NFKC", text))
    if isinstance(items, tuple):
        named = tuple(f"uscc:{item}" if uscc_valid(item) else item for item in items)
        bare = [item for item in named if not re.match(r"[A-Za-z][\w-]*:.", item)]
        if bare:
            told = {"column": column.name, "value": shown("; ".join(bare))}
            return Partial(named, Reason("identifiers_bare", told))
        return named
    return items


def _composition(column: Column, text: str) -> Value | Reason:
    told = {"column": column.name, "value": shown(text)}
    parts: list[str] = []
    total = 0.0
    for item in split_list(unicodedata.normalize("NFKC", text)):
        material, colon, share = (part.strip() for part in item.rpartition(":"))
        if not (material and colon and _PLAIN.fullmatch(share)) or not 0 <= float(share) <= 1:
            return Reason("composition_invalid", told)
        total += float(share)
        parts.append(f"{material}:{share}")
    return tuple(parts) if parts and total <= 1.001 else Reason("composition_invalid", told)


def _choice(column: Column, text: str) -> Value | Reason:
    word = text.casefold()
    word = _DIRECTIONS.get(word, word)
    if word in column.choices:
        return word
    near = nearest(word, column.choices)
    told = {"column": column.name, "value": shown(text), "choices": list(column.choices)}
    return Reason("choice_unknown", {**told, "near": near})


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name most like ``word``; the first of all if none is like it.

    >>> nearest("harvest", ("mined", "harvested"))
    'harvested'
    """
    names = list(known)
    return (difflib.get_close_matches(word, names, 1, 0.0) or names[:1] or [""])[0]


def _country(column: Column, text: str) -> Value | Reason:
    code = unicodedata.normalize("NFKC", text).upper()
    if code in COUNTRIES:
        return code
    if code in NOWHERE or text.casefold() in PLACEHOLDERS:
        return Reason("cell_placeholder", {"column": column.name, "value": text})
    return Reason("country_unknown", {"column": column.name, "value": shown(text)})


def _market(column: Column, text: str) -> Value | Reason:
    code = unicodedata.normalize("NFKC", text).upper()
    if code == "EU" or code in COUNTRIES:
        return code
    return Reason("market_unknown", {"column": column.name, "value": shown(text)})


def _region(column: Column, text: str) -> Value | Reason:
    code = unicodedata.normalize("NFKC", text).upper()
    told = {"column": column.name, "value": shown(text)}
    if code[:2] in NOWHERE or code[2:] == "-XX" or text.casefold() in PLACEHOLDERS:
        return Reason("cell_placeholder", told)
    found = re.fullmatch(r"([A-Z]{2})-([A-Z0-9]{1,3})", code)
    if not found or found[1] not in COUNTRIES:
        return Reason("region_unknown", told)
    if found[1] != "CN":
        return code
    # A code that the standard doesn't know would stand outside every region: not accepted.
    part = CN_REGIONS.get(found[2], found[2])
    return f"CN-{part}" if part in CN_REGIONS.values() else Reason("region_unknown", told)


def _hs(column: Column, text: str) -> Value | Reason:
    code = "".join(unicodedata.normalize("NFKC", text).split())
    if _HS.fullmatch(code):
        return code
    return Reason("hs_invalid", {"column": column.name, "value": shown(text)})


def _currency(column: Column, text: str) -> Value | Reason:
    code = unicodedata.normalize("NFKC", text).upper()
    if re.fullmatch(r"[A-Z]{3}", code):
        return code
    return Reason("currency_invalid", {"column": column.name, "value": shown(text)})


_READERS: Mapping[Kind, Callable[[Column, str], Value | Partial | Reason]] = {
    "id": _text,
    "text": _text,
    "number": _number,
    "date": _date,
    "list": _list,
    "identifiers": _identifiers,
    "composition": _composition,
    "choice": _choice,
    "country": _country,
    "region": _region,
    "market": _market,
    "hs": _hs,
    "currency": _currency,
}
