"""EPCIS documents as a stream of events, with what the document says around them.

Whatever the form (JSON-LD or XML, 1.2 or 2.0; document, query result, bare event, array,
master data) the events come one by one, checked, and memory holds one of them. A document
is whole or refused: a caller that must not use half of one keeps what it read until the
stream has ended.

    path | stream ── look at the first bytes ── JSON | XML reader ── rules ──> Event, …
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal

from alnage.model import Reason, Where
from alnage.sources.epcis.events import Event
from alnage.sources.epcis.json_reader import RawDocument, read_json
from alnage.sources.epcis.masterdata import Element, from_json, from_xml
from alnage.sources.epcis.names import Names
from alnage.sources.epcis.refusal import RefusedError, cut
from alnage.sources.epcis.rules import check_list, check_object, check_time, is_name, read_event
from alnage.sources.epcis.vocabulary import is_uri
from alnage.sources.epcis.xml_reader import EVENTS, ROOTS, read_xml

Syntax = Literal["json", "xml"]
HEAD = 1 << 16  # bytes that tell what a file is

_JSON_MARK = re.compile(
    r'epcis|"(?:Object|Aggregation|Transaction|Transformation|Association)Event|"eventTime"',
    re.IGNORECASE,
)
_ROOT = re.compile(r"<(?:[\w.\-]+:)?([A-Za-z][\w.\-]*)[\s/>]")
_PROLOG = re.compile(r"<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[>]*(\[)?", re.IGNORECASE)
_VERSION = re.compile(r"\d+(\.\d+)*")
_MEMBERS = {
    "document": (
        ("@context", "type", "schemaVersion", "creationDate", "epcisBody"),
        ("id", "instanceIdentifier", "sender", "receiver", "epcisHeader"),
    ),
    "query": (("@context", "type", "epcisBody"), ("id", "schemaVersion", "creationDate")),
}
# The way down to the events of a query's results, and what may stand beside each step.
_RESULTS = {
    "queryResults": ("queryResults",),
    "resultsBody": ("queryName", "subscriptionID", "resultsBody"),
}


def syntax_of(head: bytes) -> Syntax | None:
    """What the first bytes of a file hold: EPCIS as ``json`` or ``xml``, or None if neither.

    XML that declares entities is named too: it must be refused rather than passed over.

    >>> syntax_of(b'{"type": "ObjectEvent", ...'), syntax_of(b"<html>"), syntax_of(b'{"a": 1}')
    ('json', None, None)
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "replace")
    else:
        text = head.decode("utf-8-sig", "replace")
    text = text.lstrip()
    if text[:1] in ("{", "["):
        return "json" if _JSON_MARK.search(text) else None
    if text[:1] != "<":
        return None
    text = _PROLOG.sub("", text)
    doctype = _DOCTYPE.search(text)
    if doctype is not None and doctype[1]:
        return "xml" if "<!ENTITY" in text.upper() or _epcis_root(text) else None
    return "xml" if _epcis_root(text) else None


def _epcis_root(text: str) -> bool:
    inside = re.sub(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", "", text, flags=re.DOTALL)
    root = _ROOT.search(inside)
    return root is not None and (root[1] in ROOTS or root[1] in EVENTS)


class Document:
    """One document: iterate it once for its events; what stands around them is known then.

    ``form`` is ``document``, ``query``, ``masterdata``, ``event``, ``list`` or ``job``;
    ``vocabulary`` holds the master data; ``events`` counts what was read so far.
    """

    def __init__(self, stream: IO[bytes], name: str = "") -> None:
        self.name = name
        self.events = 0
        self.vocabulary: tuple[Element, ...] = ()
        self._stream = stream
        self._raw = RawDocument()
        self._whole = False  # all events were read; what is wrong now is the document around them

    @property
    def form(self) -> str:
        """Which form the document has, as far as it was read."""
        return self._raw.form

    @property
    def created(self) -> str:
        """When the document says that it was made."""
        return str(self._raw.members.get("creationDate", ""))

    @property
    def version(self) -> str:
        """The version of the standard that the document names."""
        return str(self._raw.members.get("schemaVersion", ""))

    def __iter__(self) -> Iterator[Event]:
        """The events in their order.

        Raises:
            RefusedError: the document breaks the standard; ``reason`` says where.
        """
        try:
            yield from self._events()
        except RefusedError as refused:
            code, told = refused.reason.code, refused.reason.params
            reason = Reason(code, {"event": self.events + 1, **told})
            row = None if self._whole else self.events + 1
            where = Where(self.name, row) if self.name else None
            raise RefusedError(reason, where) from refused.__cause__

    def _events(self) -> Iterator[Event]:
        head = _head(self._stream)
        if not head.strip():
            raise RefusedError(Reason("epcis_empty"))
        stream = _Rejoined(head, self._stream)
        syntax = syntax_of(head)
        start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if syntax == "xml" or (syntax is None and start == b"<"):
            yield from self._read(read_xml(stream, self._raw), late=None)
            self._whole = True
            self._end_xml()
        else:
            context, body = head.find(b'"@context"'), head.find(b'"epcisBody"')
            told_first = 0 <= context < body or (context >= 0 and body < 0)
            late = None if told_first else self._late_context(len(head))
            yield from self._read(read_json(stream, self._raw), late=late)
            self._whole = True
            self._end_json()

    def _read(self, events: Iterator[dict[str, Any]], late: Names | None) -> Iterator[Event]:
        names: Names | None = late
        for raw in events:
            if names is None:
                names = Names.of(self._raw.members.get("@context"))
            yield read_event(raw, self.events + 1, names)
            self.events += 1

    def _late_context(self, read: int) -> Names | None:
        """Prefixes of a context that stands behind the events: the file is gone through twice."""
        if not self._stream.seekable():
            return None
        here = self._stream.tell()
        self._stream.seek(here - read)
        found = RawDocument()
        try:
            for _ in read_json(self._stream, found):
                pass
        except RefusedError:
            return None  # told where it stands, when the events are read
        finally:
            self._stream.seek(here)
        context = found.members.get("@context")
        return None if context is None else Names.of(context)

    def _end_xml(self) -> None:
        members, form = self._raw.members, self._raw.form
        if form in ("document", "masterdata", "query"):
            for name in ("schemaVersion", "creationDate") if form != "query" else ():
                if not members.get(name):
                    told = {"field": name, "type": "EPCISDocument"}
                    raise RefusedError(Reason("epcis_document_field_missing", told))
            if "EPCISBody" not in self._raw.body:
                told = {"field": "EPCISBody", "type": "EPCISDocument"}
                raise RefusedError(Reason("epcis_document_field_missing", told))
            _check_head(members)
        self.vocabulary = from_xml(self._raw.vocabulary)

    def _end_json(self) -> None:
        members, form = self._raw.members, self._raw.form
        if form == "list":
            return
        kind = members.get("type")
        if form == "event":
            if "@context" not in members:
                told = {"field": "@context", "type": kind}
                raise RefusedError(Reason("epcis_document_field_missing", told))
            _check_context(members["@context"])
            return
        required, others = _MEMBERS[form or "document"]
        for name in required:
            if members.get(name) is None:
                told = {"field": name, "type": cut(kind or "EPCISDocument")}
                raise RefusedError(Reason("epcis_document_field_missing", told))
        if kind not in ("EPCISDocument", "EPCISQueryDocument"):
            raise RefusedError(Reason("epcis_document_type", {"type": cut(kind)}))
        for name in members:
            if name not in (*required, *others) and not is_name(name):
                told = {"field": cut(name), "type": kind}
                raise RefusedError(Reason("epcis_document_field_unknown", told))
        _check_head(members)
        _check_context(members["@context"])
        self._check_body(form)
        self.vocabulary = from_json(members.get("epcisHeader"), self._raw.body)

    def _check_body(self, form: str) -> None:
        body: Any = check_object("epcisBody", self._raw.members.get("epcisBody"))
        field = "epcisBody"
        if form == "query":
            for name, beside in _RESULTS.items():
                _only(body, beside, field)
                if name == "resultsBody" and not isinstance(body.get("queryName"), str):
                    raise RefusedError(
                        Reason("epcis_without_events", {"field": f"{field}.queryName"})
                    )
                field = f"{field}.{name}"
                body = body.get(name)
                if not isinstance(body, dict):
                    raise RefusedError(Reason("epcis_without_events", {"field": field}))
            _only(body, ("eventList", "vocabularyList"), field)
        if "event" not in body and "eventList" not in body:
            raise RefusedError(Reason("epcis_without_events", {"field": f"{field}.eventList"}))
        if "eventList" in body:
            check_list(f"{field}.eventList", body["eventList"])


def _only(body: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in body:
        if name not in known and not is_name(name):
            told = {"field": cut(f"{where}.{name}"), "type": "EPCISQueryDocument"}
            raise RefusedError(Reason("epcis_document_field_unknown", told))


def _check_context(context: Any) -> None:
    """Addresses of contexts, or prefixes written out; nothing is fetched to check them."""
    items = context if isinstance(context, list) else [context]
    for at, item in enumerate(items):
        if (not isinstance(item, dict) and not is_uri(item)) or item in items[:at]:
            raise RefusedError(Reason("epcis_context_invalid", {"value": cut(item)}))


def _check_head(members: dict[str, Any]) -> None:
    if "schemaVersion" in members:
        version = members["schemaVersion"]
        if not isinstance(version, str) or not _VERSION.fullmatch(version):
            raise RefusedError(Reason("epcis_version_invalid", {"value": cut(version)}))
    for name in ("instanceIdentifier", "sender", "receiver"):
        if name in members and not isinstance(members[name], str):
            raise RefusedError(Reason("epcis_document_text", {"field": name}))
    if "id" in members and not is_uri(members["id"]):
        raise RefusedError(Reason("epcis_document_id", {"value": cut(members["id"])}))
    if "creationDate" in members:
        check_time("creationDate", members["creationDate"])


def _head(stream: IO[bytes]) -> bytes:
    """The first bytes of a stream, however few it gives at a time."""
    head = b""
    while len(head) < HEAD and (more := stream.read(HEAD - len(head))):
        head += more
    return head


class _Rejoined:
    """A stream whose first bytes were read already, as if they had not been."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        """The next bytes: those read before, then the stream's own."""
        if not self._head:
            return self._rest.read(size)
        data, self._head = self._head[:size], self._head[size:]
        return data


def read_events(source: Path | str | IO[bytes]) -> Iterator[Event]:
    """The events of the EPCIS document at a path, or in a binary stream, one by one.

    Nothing is fetched, whatever the document names. RefusedError (an InputError) if the document
    breaks the standard; the events before the break have been given by then.

    >>> import io
    >>> text = b'''{"@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
    ...   "type": "ObjectEvent", "eventTime": "2024-03-01T08:00:00Z", "action": "ADD",
    ...   "eventTimeZoneOffset": "+08:00", "bizStep": "commissioning",
    ...   "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.L1",
    ...                     "quantity": 5, "uom": "TNE"}]}'''
    >>> [(event.type, event.biz_step, event.quantities[0].uom) for event in
    ...  read_events(io.BytesIO(text))]
    [('ObjectEvent', 'commissioning', 'TNE')]
    """
    if isinstance(source, (str, Path)):
        with Path(source).open("rb") as stream:
            yield from Document(stream, Path(source).name)
    else:
        yield from Document(source)
