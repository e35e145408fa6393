"""JSON documents, an event at a time: the list of events is never in memory whole.

The standard library parses one value; this walks the few levels above the events and asks
for one value after another out of a text that is read in pieces. What is no JSON, nests
without end or holds one event of monstrous size is refused.

    bytes ── text in pieces ── walk ──┬── members of the document
                                      └── raw events, one by one
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from alnage.model import Reason
from alnage.sources.epcis.refusal import RefusedError, cut

CHUNK = 1 << 16
LARGEST = 1 << 26  # characters of one event, or of one member of a document

TWICE = "@twice"  # a member that no document has: names that an object told more than once

_SPACE = re.compile(r"[ \t\n\r]*")
# Values that may go on in text not read yet: a number, or a word cut short.
_OPEN = re.compile(r"[-+.0-9eEa-z]")


class Bytes(Protocol):
    """What a reader needs of a stream: the next bytes, none at the end."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes."""
        ...


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; names told twice are remembered, since only the last value is left of them."""
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        made[TWICE] = sorted({name for name in names if names.count(name) > 1})
    return made


def _no_constant(word: str) -> Any:
    raise RefusedError(Reason("epcis_json_broken", {"problem": word}))


@dataclass(slots=True)
class RawDocument:
    """What a document says around its events; filled while the events are read.

    ``form`` is ``document``, ``query``, ``masterdata``, ``event``, ``list`` or ``job``;
    ``members`` are the document's own fields as the file has them, without the events.
    """

    form: str = ""
    members: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    vocabulary: list[Any] = field(default_factory=list)


class JsonText:
    """A JSON text read in pieces: the next sign, the next name, the next whole value."""

    def __init__(self, stream: Bytes) -> None:
        self._stream = stream
        self._decode = _decoder(stream)
        self._text = ""
        self._at = 0
        self._ended = False
        self._json = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)

    def _more(self, size: int = CHUNK) -> bool:
        """Read on; what was used is let go. False at the end."""
        if self._ended:
            return False
        data = self._stream.read(size)
        self._ended = not data
        try:
            text = self._decode(data, not data)
        except UnicodeDecodeError as error:
            raise RefusedError(Reason("epcis_not_text")) from error
        self._text = self._text[self._at :] + text
        self._at = 0
        return True

    def peek(self) -> str:
        """The next sign that is no space, or empty text at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Step over ``sign``; anything else is no JSON."""
        if self.peek() != sign:
            raise self._broken()
        self._at += 1

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        size = CHUNK
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise RefusedError(Reason("epcis_too_deep")) from error
            except ValueError as error:
                if not self._grow(size):
                    raise self._broken() from error
            else:
                # "12" at the end of a piece may be the beginning of "125".
                if end < len(self._text) or not _OPEN.match(self._text, end - 1):
                    self._at = end
                    return value
                if not self._grow(size):
                    self._at = end
                    return value
            size *= 2

    def _grow(self, size: int) -> bool:
        if len(self._text) - self._at > LARGEST:
            raise RefusedError(Reason("epcis_too_big", {"limit": f"{LARGEST >> 20} MiB"}))
        return self._more(size)

    def members(self) -> Iterator[str]:
        """Names of the object that begins here; who asks must read each value."""
        self.take("{")
        seen: set[str] = set()
        while self.peek() != "}":
            if seen:
                self.take(",")
            if self.peek() != '"':
                raise self._broken()
            name = self.value()
            if name in seen:
                raise RefusedError(Reason("epcis_name_twice", {"field": cut(name)}))
            seen.add(name)
            self.take(":")
            yield name
        self.take("}")

    def items(self) -> Iterator[None]:
        """One step for each item of the array that begins here; who asks must read each."""
        self.take("[")
        first = True
        while self.peek() != "]":
            if not first:
                self.take(",")
            first = False
            yield
        self.take("]")

    def _broken(self) -> RefusedError:
        near = cut(self._text[self._at : self._at + 40])
        return RefusedError(Reason("epcis_json_broken", {"problem": near or "…"}))


def _decoder(stream: Bytes) -> Callable[[bytes, bool], str]:
    """UTF-8, or what a mark at the beginning says; the mark itself is no text."""
    head = stream.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")()
    else:
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
    first = [head]

    def decode(data: bytes, final: bool) -> str:
        return decoder.decode((first.pop() + data) if first else data, final)

    return decode


def read_json(stream: Bytes, found: RawDocument) -> Iterator[dict[str, Any]]:
    """Raw events of a JSON document, query result, bare event or array, in their order.

    What stands around the events is put into ``found``, whole when the last event was read.

    Raises:
        RefusedError: the text is no JSON, or no event is where one must be.
    """
    text = JsonText(stream)
    start = text.peek()
    if start == "[":
        found.form = "list"
        for _ in text.items():
            yield from _listed(text.value())
    elif start == "{":
        yield from _document(text, found)
    else:
        raise RefusedError(Reason("epcis_not_epcis"))
    if text.peek():
        raise RefusedError(Reason("epcis_json_broken", {"problem": cut(text.peek())}))


def _listed(item: Any) -> Iterator[dict[str, Any]]:
    """An item of an array: an event, or a small document with events of its own."""
    body = item.get("epcisBody") if isinstance(item, dict) else None
    if not isinstance(body, dict):
        yield _event(item)
        return
    events = body.get("eventList", [body["event"]] if "event" in body else None)
    if not isinstance(events, list):
        raise RefusedError(Reason("epcis_without_events", {"field": "epcisBody.eventList"}))
    for event in events:
        yield {"@context": item.get("@context"), **_event(event)}


def _document(text: JsonText, found: RawDocument) -> Iterator[dict[str, Any]]:
    """The members of a document; a bare event is a document without a body."""
    for name in text.members():
        if name == "epcisBody" and text.peek() == "{":
            found.members[name] = found.body
            found.form = "document"
            yield from _body(text, found)
        else:
            found.members[name] = text.value()
    if found.members.get("type") == "EPCISQueryDocument":
        found.form = "query"
    if not found.form and found.members.get("type") not in (None, "EPCISDocument"):
        found.form = "event"
        yield _event(found.members)


def _body(text: JsonText, found: RawDocument) -> Iterator[dict[str, Any]]:
    """The body: a list of events, one event, or the results of a query."""
    for name in text.members():
        if name == "queryResults" and text.peek() == "{":
            results: dict[str, Any] = {}
            found.body[name] = results
            yield from _results(text, results)
        else:
            yield from _member(text, name, found.body)


def _results(text: JsonText, results: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in text.members():
        if name == "resultsBody" and text.peek() == "{":
            inner: dict[str, Any] = {}
            results[name] = inner
            for member in text.members():
                yield from _member(text, member, inner)
        else:
            results[name] = text.value()


def _member(text: JsonText, name: str, into: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A member that may be the list of events; any other is kept whole."""
    if name == "eventList" and text.peek() == "[":
        into[name] = []
        for _ in text.items():
            yield _event(text.value())
    elif name == "event":
        into[name] = {}
        yield _event(text.value())
    else:
        into[name] = text.value()


def _event(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RefusedError(Reason("epcis_not_an_event", {"value": cut(value)}))
    return value
