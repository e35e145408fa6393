"""Sensor elements: checked in form, kept as JSON, never interpreted.

A chain of custody has no use for temperatures, but a document with a broken report breaks
the standard. Vocabularies of measurements grow faster than any list here, so only the form
of a word is looked at (``Temperature``, ``ALARM_CONDITION``), like that of times and numbers.

    sensorElementList (raw) ── check_sensors() ── the same elements | RefusedError
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from alnage.model import Reason
from alnage.sources.cells import nearest
from alnage.sources.epcis.events import read_time
from alnage.sources.epcis.refusal import RefusedError, cut
from alnage.sources.epcis.vocabulary import is_uri

_TIME, _URI, _NUMBER, _TEXT = "time", "uri", "number", "text"
_METADATA: Mapping[str, str] = {
    **dict.fromkeys(("time", "startTime", "endTime"), _TIME),
    **dict.fromkeys(
        ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"), _URI
    ),
}
_REPORT: Mapping[str, str] = {
    **{name: kind for name, kind in _METADATA.items() if name not in ("startTime", "endTime")},
    **dict.fromkeys(("microorganism", "chemicalSubstance", "coordinateReferenceSystem"), _URI),
    **dict.fromkeys(("uriValue",), _URI),
    **dict.fromkeys(
        ("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"), _NUMBER
    ),
    **dict.fromkeys(("stringValue", "uom"), _TEXT),
    **dict.fromkeys(("type", "exception", "component"), "word"),
    "booleanValue": "boolean",
    "hexBinaryValue": "hex",
}
_WORD = re.compile(r"[A-Z][A-Za-z0-9_]*")
_COMPONENTS = frozenset(
    [
        "x",
        "y",
        "z",
        "axial_distance",
        "azimuth",
        "height",
        "spherical_radius",
        "polar_angle",
        "elevation_angle",
        "easting",
        "northing",
        "latitude",
        "longitude",
        "altitude",
    ]
)
_HEX = re.compile(r"[A-Fa-f0-9]+")


def check_sensors(elements: list[Any]) -> list[dict[str, Any]]:
    """The sensor elements of an event if their form is right; RefusedError otherwise."""
    for element in elements:
        told = _object("sensorElementList", element)
        _known("sensorElement", told, ("sensorMetadata", "sensorReport"))
        reports = told.get("sensorReport")
        if not isinstance(reports, list) or not reports:
            shown = {"field": "sensorReport", "type": "sensorElement"}
            raise RefusedError(Reason("epcis_field_missing", shown))
        if "sensorMetadata" in told:
            _values("sensorMetadata", told["sensorMetadata"], _METADATA)
        for report in reports:
            _values("sensorReport", report, _REPORT)
            if not report.get("type") and not report.get("exception"):
                shown = {"field": "type", "type": "sensorReport"}
                raise RefusedError(Reason("epcis_field_missing", shown))
    return elements


def _object(field: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RefusedError(Reason("epcis_not_an_object", {"field": field}))
    return value


def _known(field: str, told: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in told:
        if name not in names and not name.startswith("{") and not is_uri(name):
            shown = {"field": cut(f"{field}.{name}"), "near": nearest(name, names)}
            raise RefusedError(Reason("epcis_field_unknown", shown))


def _values(field: str, value: Any, kinds: Mapping[str, str]) -> None:
    told = _object(field, value)
    _known(field, told, tuple(kinds))
    for name, inner in told.items():
        if name in kinds and not _fits(kinds[name], name, inner):
            where = {"field": f"{field}.{name}", "value": cut(inner)}
            code = Reason("epcis_sensor_value", {**where, "kind": kinds[name]})
            raise RefusedError(code)


def _fits(kind: str, name: str, value: Any) -> bool:
    if kind == _NUMBER:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool)
    return isinstance(value, str) and _TEXTS[kind](name, value)


def _word(name: str, value: str) -> bool:
    """A word of the vocabularies in form, or a URI."""
    known = value in _COMPONENTS if name == "component" else _WORD.fullmatch(value) is not None
    return known or is_uri(value)


_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    _TIME: lambda _, value: read_time(value) is not None,
    _URI: lambda _, value: is_uri(value),
    _TEXT: lambda _, __: True,
    "word": _word,
    "hex": lambda _, value: _HEX.fullmatch(value) is not None,
}
