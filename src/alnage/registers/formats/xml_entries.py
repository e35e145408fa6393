"""XML registers, an entry at a time: no document type, no entities, nothing fetched.

Official lists need no document type, so one is refused where it begins, before an entity
could grow or name a file. An entry becomes a small tree of local names (publishers change
their namespaces between years) and is let go after it was read: memory stays that of the
largest entry. A document that ends early is an error, never a shorter list.

    stream ── expat ── tree of one entry ──> (Element, line)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import IO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from alnage.model import RegisterError

_CHUNK = 1 << 16
_DEEPEST = 40
_LARGEST_ENTRY = 8 << 20  # characters of one entry


class _Entries:
    """Expat's handlers: whole entries, and the attributes of the root."""

    def __init__(self, file: str, root: str, names: Collection[str]) -> None:
        self.file = file
        self.root = root
        self.names = frozenset(names)
        self.ready: list[tuple[Element, int]] = []
        self.attributes: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self._depth = 0
        self._inside = 0  # depth at which the present entry began; 0: outside
        self._builder = TreeBuilder()
        self._size = 0
        self._line = 0

    def _refuse(self, *_declaration: object) -> None:
        raise RegisterError("register_xml_doctype", file=self.file)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition("}")[2]
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RegisterError("register_xml_deep", file=self.file, row=self._now)
        if self._depth == 1:
            if name != self.root:
                raise RegisterError("register_xml_root", file=self.file, root=self.root, found=name)
            self.attributes = {key.rpartition("}")[2]: text for key, text in attributes.items()}
        if not self._inside and name in self.names:
            self._inside, self._size, self._line = self._depth, 0, self._now
            self._builder = TreeBuilder()
        if self._inside:
            self._grow(sum(map(len, attributes.values())) + len(name))
            local = {key.rpartition("}")[2]: text for key, text in attributes.items()}
            self._builder.start(name, local)

    def _end(self, name: str) -> None:
        if self._inside:
            self._builder.end(name.rpartition("}")[2])
            if self._depth == self._inside:
                self.ready.append((self._builder.close(), self._line))
                self._inside = 0
        self._depth -= 1

    def _text(self, text: str) -> None:
        if self._inside:
            self._grow(len(text))
            self._builder.data(text)

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > _LARGEST_ENTRY:
            raise RegisterError("register_xml_deep", file=self.file, row=self._now)

    @property
    def _now(self) -> int:
        return self.parser.CurrentLineNumber


def entries(
    stream: IO[bytes],
    file: str,
    root: str,
    names: Collection[str],
    on_root: Callable[[dict[str, str]], None] = lambda _attributes: None,
) -> Iterator[tuple[Element, int]]:
    """The elements called one of ``names``, each with its line, as soon as each is complete.

    RegisterError if the document has another root, a document type, or ends early.

    >>> import io
    >>> [(e.tag, e.findtext("b"), n) for e, n in entries(io.BytesIO(b"<r><a><b>1</b></a></r>"), "f", "r", ["a"])]
    [('a', '1', 1)]
    """
    found = _Entries(file, root, names)
    told = False
    while True:
        block = stream.read(_CHUNK)
        try:
            found.parser.Parse(block, not block)
        except expat.ExpatError as error:
            raise RegisterError("register_xml", file=file, row=error.lineno) from error
        except (LookupError, ValueError) as error:  # an encoding that nobody knows
            raise RegisterError("register_xml", file=file, row=1) from error
        if found.attributes and not told:
            told = True
            on_root(found.attributes)
        yield from found.ready
        found.ready.clear()
        if not block:
            return


def texts(element: Element, path: str) -> list[str]:
    """The texts at a path that are not empty, whitespace made plain."""
    found = (" ".join((one.text or "").split()) for one in element.iterfind(path))
    return [text for text in found if text]


def text(element: Element, path: str) -> str:
    """The first text at a path; empty if there is none."""
    return next(iter(texts(element, path)), "")
