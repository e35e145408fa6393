"""The DHS page of the UFLPA Entity List, as a browser saved it.

Three tables, each after a link that names its clause. A page that looks otherwise has
changed, and reading on would lose entries: it is refused. Names come with aliases in two
grammars and with brackets of their own; two endings extend a listing to other bodies. The
page prints a new day when it amends a row, so the first effect comes from what is known.

    HTML ── Page(tables by clause) ── split_cell ──> Listing ── with_first_days(known) ──>
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from alnage.model import Citation, Listing, RegisterError, Scope
from alnage.registers.formats.entry import slug
from alnage.registers.formats.opening import Source
from alnage.registers.plain import Reading, Rows, decode

PAGE = "https://www.dhs.gov/uflpa-entity-list"
_WANTED = ("i", "ii", "v")
_SECTION = re.compile(r"Section\s*2\(d\)\(2\)\(B\)\((i{1,3}|iv|v)\)")
_HEADERS = {("nameofentity", "effectivedate"), ("entityname", "effectivedate")}
_UPDATED = re.compile(r"Last\s+Updated:?\s*(\d{2}/\d{2}/\d{4})")
_ALIASES = re.compile(r"^(?:including|and)\s+\S+\s+alias(?:es)?:\s*", re.IGNORECASE)
_KNOWN_AS = re.compile(r"[;,]?\s*(?:\band\s+)?\b(also|formerly)\s+known\s+as\s+", re.IGNORECASE)
# " and " parts two names only where the first one ends with a legal form.
_TWO_NAMES = re.compile(r"(?<=Co\.|td\.|nc\.|rp\.)\s+and\s+(?=\S)")
_SCOPES: tuple[tuple[re.Pattern[str], Scope], ...] = (
    (re.compile(r",?\s+and\s+its\s+subordinate\s+and\s+affiliated\s+entities\s*$", re.IGNORECASE),
     "subordinate_and_affiliated"),
    (re.compile(r",?\s+and\s+(?:its\s+)?subsidiaries\s*$", re.IGNORECASE), "subsidiaries"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell of the page says of an entity."""

    name: str
    aliases: tuple[str, ...]
    former: tuple[str, ...]
    scope: Scope


class _Page(HTMLParser):
    """The rows of the tables, by the clause that the last link before each names."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.clause = ""
        self.seen: set[str] = set()
        self.tables: list[tuple[str, list[tuple[int, list[str]]]]] = []
        self.updated = ""
        self.closed = False
        self._open = 0
        self._cell: list[str] | None = None
        self._recent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (the parser's signature)
        if tag == "table":
            self._open += 1
            self.tables.append((self.clause, []))
            self.clause = ""
        elif tag == "tr" and self._open:
            self.tables[-1][1].append((self.getpos()[0], []))
        elif tag in ("td", "th") and self._open:
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._open -= 1
        elif tag in ("td", "th") and self._cell is not None and self.tables[-1][1]:
            self.tables[-1][1][-1][1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        elif tag == "html":
            self.closed = True

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
            return
        self._recent = (self._recent + data)[-300:]
        for found in _SECTION.finditer(self._recent):
            self.clause = found[1]
            self.seen.add(found[1])
        if self.clause and _SECTION.search(self._recent):
            self._recent = ""
        updated = _UPDATED.search(self._recent)
        self.updated = updated[1] if updated else self.updated

    @property
    def whole(self) -> bool:
        return self.closed and self._open == 0 and self._cell is None


def read_dhs(source: Source, register: str) -> Reading:
    """Read the saved page; RegisterError if it is cut off or built in another way."""
    rows = Rows(source.name)
    page = _Page()
    page.feed(decode(source.read(), source.name))
    page.close()
    if not page.whole:
        raise RegisterError("register_cut_off", file=source.name)
    tables = {clause: table for clause, table in page.tables if clause}
    clauses = [clause for clause, _ in page.tables if clause]
    missing = [one for one in _WANTED if one not in tables]
    if missing or len(clauses) != len(tables):
        raise RegisterError("register_page_changed", file=source.name, missing=missing or clauses)
    found = [one for clause in clauses for one in _listings(tables[clause], clause, register, rows)]
    published = rows.day(page.updated, 1, "Last Updated", ("%m/%d/%Y",))
    return rows.reading(found, published=published)


def _listings(
    table: list[tuple[int, list[str]]], clause: str, register: str, rows: Rows
) -> Iterable[Listing]:
    header = tuple("".join(cell.casefold().split()) for cell in (table[0][1] if table else ()))
    if header not in _HEADERS:
        raise RegisterError("register_page_changed", file=rows.file, missing=[clause])
    for line, cells in table[1:]:
        if len(cells) != 2 or not all(cells):
            if any(cells):
                rows.lose(line, "Effective Date" if cells[0] else "Name of Entity")
            continue
        yield _listing(split_cell(cells[0]), cells[1], (clause, register), line, rows)


def _listing(cell: Cell, printed: str, place: tuple[str, str], line: int, rows: Rows) -> Listing:
    clause, register = place
    day = rows.day(printed, line, "Effective Date", ("%B %d, %Y",))
    notes = (f"former name(s): {'; '.join(cell.former)}",) if cell.former else ()
    return Listing(
        register=register,
        entity=slug(cell.name.replace("(XPCC)", "")),
        name=cell.name,
        aliases=(*cell.aliases, *cell.former),
        clause=clause,
        scope=cell.scope,
        effective_from=day,
        listed_on=day,
        basis=f"Pub. L. 117-78, section 2(d)(2)(B)({clause})",
        citations=(Citation("DHS, UFLPA Entity List", PAGE, "primary"),),
        notes=("status: official_page", *notes),
    )


def split_cell(text: str) -> Cell:
    """Name, aliases, former names and scope of a cell.

    >>> split_cell("Meike (Group) Co., Ltd. (also known as Meike Co. and formerly known as Gao Zhao Co.; and GZ)")
    Cell(name='Meike (Group) Co., Ltd.', aliases=('Meike Co.',), former=('Gao Zhao Co.', 'GZ'), scope='own')
    >>> split_cell("Corps (including two aliases: XPCC; and Bingtuan) and its subordinate and affiliated entities")
    Cell(name='Corps', aliases=('XPCC', 'Bingtuan'), former=(), scope='subordinate_and_affiliated')
    """
    text = " ".join(text.split())
    scope: Scope = "own"
    for pattern, reach in _SCOPES:
        if pattern.search(text):
            text, scope = pattern.sub("", text), reach
            break
    aliases: list[str] = []
    former: list[str] = []
    kept = text
    for start, end in _brackets(text):
        inside = text[start + 1 : end - 1].strip()
        if _ALIASES.match(inside) or _KNOWN_AS.match(inside):
            kept = f"{text[:start].rstrip()} {text[end:].strip()}".strip(" ,")
            _names(inside, aliases, former)
            break
    return Cell(kept, tuple(dict.fromkeys(aliases)), tuple(dict.fromkeys(former)), scope)


def _brackets(text: str) -> Iterable[tuple[int, int]]:
    """The outermost brackets, counted: names have brackets of their own."""
    depth = start = 0
    for at, sign in enumerate(text):
        if sign == "(":
            start = at if depth == 0 else start
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
            if depth == 0:
                yield start, at + 1


def _names(inside: str, aliases: list[str], former: list[str]) -> None:
    inside = _ALIASES.sub("also known as ", inside, count=1)
    pieces = _KNOWN_AS.split(inside)
    for kind, names in zip(pieces[1::2], pieces[2::2], strict=True):
        into = former if kind.casefold() == "formerly" else aliases
        for part in names.split(";"):
            for name in _TWO_NAMES.split(part.strip()):
                plain = re.sub(r"^and\s+", "", name.strip(), flags=re.IGNORECASE).strip(" ,")
                into += [plain] if plain else []


def key_of(name: str) -> str:
    """One key for one entity, however the tables of the page print its name.

    >>> key_of("Hetian Taida Apparel Co., Ltd") == key_of("Hetian Taida Apparel Co., Ltd.")
    True
    """
    plain = "".join(re.findall(r"[a-z0-9]", name.casefold().replace("(xpcc)", "")))
    return plain.replace("coltd", "")


@dataclass(slots=True)
class _Known:
    """Entities by key, as an earlier register and the page itself name them."""

    ids: dict[str, str] = field(default_factory=dict)
    first: dict[tuple[str, str], Listing] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=dict)
    zh: dict[str, Listing] = field(default_factory=dict)


def with_first_days(listings: Iterable[Listing], known: Iterable[Listing]) -> tuple[Listing, ...]:
    """The page's listings under the ids, and with the first days of effect, that are known.

    A row that the page re-dated keeps the first day that an earlier register has for its
    entity and clause; a renamed one is found by its former name. Countries and Chinese
    names, which the page does not print, are carried over.

    >>> from datetime import date as dt
    >>> old = Listing("r", "meiling", "Hefei Meiling Co., Ltd.", clause="ii", effective_from=dt(2022, 6, 21))
    >>> new = Listing("r", "x", "Changhong Meiling", aliases=("Hefei Meiling Co Ltd",), clause="ii",
    ...     effective_from=dt(2024, 10, 3), notes=("former name(s): Hefei Meiling Co Ltd",))
    >>> [(one.entity, one.effective_from.year) for one in with_first_days([new], [old])]
    [('meiling', 2022)]
    """
    memory = _remembered(known)
    found = []
    for one in listings:
        former = next((n for n in one.notes if n.startswith("former name(s): ")), "")
        names = [one.name, *former.removeprefix("former name(s): ").split("; ")]
        keys = [key_of(name) for name in names if name]
        entity = next((memory.ids[key] for key in keys if key in memory.ids), one.entity)
        memory.ids.setdefault(keys[0], entity)
        found.append(_carried(replace(one, entity=entity), memory))
    return tuple(found)


def _remembered(known: Iterable[Listing]) -> _Known:
    memory = _Known()
    for one in known:
        memory.ids.setdefault(key_of(one.name), one.entity)
        place = (one.entity, one.clause)
        before = memory.first.get(place)
        if one.effective_from and (
            before is None
            or before.effective_from is None
            or one.effective_from < before.effective_from
        ):
            memory.first[place] = one
        if one.country:
            memory.countries[one.entity] = one.country
        if one.name_zh or one.weak_aliases:
            memory.zh[one.entity] = one
    return memory


def _carried(one: Listing, memory: _Known) -> Listing:
    first = memory.first.get((one.entity, one.clause))
    named = memory.zh.get(one.entity)
    one = replace(
        one,
        country=one.country or memory.countries.get(one.entity, ""),
        name_zh=named.name_zh if named else (),
        weak_aliases=named.weak_aliases if named else (),
    )
    if first is None or first.effective_from is None:
        return one
    if one.effective_from is not None and one.effective_from < first.effective_from:
        return one
    return replace(one, effective_from=first.effective_from, announced_on=first.announced_on)
