"""Register files that users saved: plain CSV, FollowTheMoney entities, simple target lists.

Each reader turns a file into listings and notes of what it could not use. A row that
can't be used may hide a listed party, so a file with such rows is no longer complete.
Unreadable dates are left open on the side that keeps a listing in force.

    bytes ── decode ── rows ── read_csv / read_simple / read_ftm ──> Reading(listings, problems)
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from alnage.model import Listing, Reason, RegisterError, RowSource
from alnage.registers.names import fold, has_han
from alnage.registers.register import Register

PLAIN_COLUMNS = (
    "entity",
    "name",
    "aliases",
    "name_zh",
    "country",
    "region",
    "register",
    "effective_from",
    "removed_on",
    "identifiers",
)
_MORE_COLUMNS = ("weak_aliases", "clause", "scope", "announced_on", "listed_on", "basis", "schema")
_SCOPES = ("own", "subsidiaries", "subordinate_and_affiliated")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: listings, the problems row by row, and how many rows were lost.

    ``published`` is the day that the file itself names as that of its publication;
    ``gaps`` are what a file of this format can't say.
    """

    listings: tuple[Listing, ...]
    problems: tuple[Reason, ...] = ()
    lost: int = 0
    published: dt.date | None = None
    gaps: tuple[Reason, ...] = ()


@dataclass(slots=True)
class Rows:
    """Problems gathered while the rows of one file are read."""

    file: str
    problems: list[Reason] = field(default_factory=list)
    lost: int = 0

    def day(self, text: str, row: int, column: str, forms: tuple[str, ...] = ()) -> dt.date | None:
        """An ISO day, or one in a form of ``strptime``; None and a problem otherwise."""
        text = text.strip()
        if not text:
            return None
        found = read_day(text, forms)
        if found is None:
            params = {"column": column, "value": text[:40]}
            source = (RowSource(self.file, row),)
            self.problems.append(Reason("register_date_unreadable", params, source))
        return found

    def lose(self, row: int, what: str) -> None:
        """Set a row aside."""
        self.lost += 1
        params = {"missing": what}
        self.problems.append(Reason("register_row_lost", params, (RowSource(self.file, row),)))

    def reading(
        self,
        listings: Iterable[Listing],
        *,
        published: dt.date | None = None,
        gaps: tuple[Reason, ...] = (),
    ) -> Reading:
        """What the file gave, once its last row was read."""
        found = tuple(listings)  # reading them may still add problems
        return Reading(found, tuple(self.problems), self.lost, published, gaps)


def read_day(text: str, forms: tuple[str, ...] = ()) -> dt.date | None:
    """The day that a text names, in ISO or one of ``forms``; None if it names none.

    >>> read_day("2024-05-07T00:00:00"), read_day("05/07/2024", ("%m/%d/%Y",)), read_day("soon")
    (datetime.date(2024, 5, 7), datetime.date(2024, 5, 7), None)
    """
    for form in forms:
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    try:
        return dt.date.fromisoformat(text[:10] if len(text) > 10 and text[10] in "T +-Z" else text)
    except ValueError:
        return None


def decode(data: bytes, file: str) -> str:
    """The text of a file in UTF-8, UTF-16 with a mark, GB18030 or, last, Latin-1.

    RegisterError if it holds NUL bytes or nothing.
    """
    if not data.strip():
        raise RegisterError("register_empty", file=file)
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
        break
    raise RegisterError("register_not_text", file=file)


def _table(text: str, file: str, required: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV text by header, numbered as a spreadsheet numbers them."""
    csv.field_size_limit(1 << 27)
    first = text.split("\n", 1)[0]
    comma = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    try:
        header = [fold(cell).replace(" ", "_") for cell in next(rows, [])]
        if required not in header:
            raise RegisterError("register_columns", file=file, column=required, found=header[:20])
        for cells in rows:
            if any(cell.strip() for cell in cells):
                padded = [*cells, *[""] * (len(header) - len(cells))]
                values = dict(zip(header, (cell.strip() for cell in padded), strict=False))
                yield rows.line_num, values
    except csv.Error as error:
        raise RegisterError("register_csv", file=file, row=rows.line_num) from error


def split_list(text: str) -> tuple[str, ...]:
    """The parts of a list cell, each once.

    >>> split_list("XPCC; Bingtuan；XPCC")
    ('XPCC', 'Bingtuan')
    """
    parts = (part.strip() for part in text.replace("；", ";").split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))


def country_code(text: str) -> str:
    """The ISO 3166-1 code of a cell; empty if it holds none or several, which contradict nobody.

    >>> country_code("cn"), country_code("China"), country_code("CN;HK")
    ('CN', '', '')
    """
    codes = split_list(text.upper())
    single = len(codes) == 1 and len(codes[0]) == 2 and codes[0].isascii() and codes[0].isalpha()
    return codes[0] if single else ""


def read_csv(data: bytes, register: str, file: str) -> Reading:
    """Read a plain register CSV; rows with one ``entity`` are one entity.

    Further names of an entity become strong aliases of it. Rows of an entity that
    differ in dates, clause or scope are listings of their own; a row without any date
    beside dated rows of its entity only adds names.
    """
    rows = Rows(file)
    found: dict[str, list[Listing]] = {}
    for number, values in _table(decode(data, file), file, "name"):
        if not values["name"] and not values.get("name_zh") and not values.get("aliases"):
            rows.lose(number, "name")
            continue
        listing = _plain_listing(values, register, rows, number)
        found.setdefault(listing.entity, []).append(listing)
    return rows.reading(one for group in found.values() for one in _join(group))


def _plain_listing(values: Mapping[str, str], register: str, rows: Rows, row: int) -> Listing:
    names = split_list(values.get("aliases", ""))
    zh = split_list(values.get("name_zh", ""))
    name = values["name"] or (zh or names)[0]
    scope = values.get("scope", "") or "own"
    other = values.get("register", "")
    notes = [f"register: {other}"] if other and other != register else []
    notes += [f"schema: {values['schema']}"] if values.get("schema") else []
    stated = values.get("country", "")
    country = country_code(stated)
    notes += [f"country as stated: {stated}"] if stated and not country else []
    return Listing(
        register=register,
        entity=values.get("entity", "") or fold(name).replace(" ", "-"),
        name=name,
        aliases=names,
        weak_aliases=split_list(values.get("weak_aliases", "")),
        name_zh=zh,
        country=country,
        region=values.get("region", "").upper(),
        identifiers=split_list(values.get("identifiers", "")),
        clause=values.get("clause", ""),
        scope=scope if scope in _SCOPES else "own",  # type: ignore[arg-type]  # just checked
        basis=values.get("basis", ""),
        announced_on=rows.day(values.get("announced_on", ""), row, "announced_on"),
        effective_from=rows.day(values.get("effective_from", ""), row, "effective_from"),
        listed_on=rows.day(values.get("listed_on", ""), row, "listed_on"),
        removed_on=rows.day(values.get("removed_on", ""), row, "removed_on"),
        notes=tuple(notes),
    )


def _join(group: list[Listing]) -> Iterator[Listing]:
    """The listings of one entity, its names and identifiers pooled."""
    periods: dict[tuple[object, ...], Listing] = {}
    dated = [one for one in group if one.effective_from or one.removed_on]
    for one in dated or group:
        key = (one.effective_from, one.removed_on, one.clause, one.scope)
        periods.setdefault(key, one)
    first = (dated or group)[0].name
    names = [name for one in group for name in (one.name, *one.aliases)]
    zh = tuple(dict.fromkeys(name for one in group for name in one.name_zh))
    for one in periods.values():
        yield replace(
            one,
            name=first,
            aliases=tuple(n for n in dict.fromkeys(names) if n != first and n not in zh),
            weak_aliases=_pool(group, "weak_aliases"),
            name_zh=zh,
            country=one.country or next((o.country for o in group if o.country), ""),
            region=one.region or next((o.region for o in group if o.region), ""),
            identifiers=_pool(group, "identifiers"),
        )


def _pool(group: list[Listing], attribute: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for one in group for part in getattr(one, attribute)))


def read_simple(data: bytes, register: str, file: str) -> Reading:
    """Read a ``targets.simple.csv``: id, schema, name, aliases, countries, identifiers, ….

    Its ``first_seen`` is a day of observation, not of legal effect: it becomes
    ``announced_on`` and the listing's own dates stay open.
    """
    rows = Rows(file)
    found = []
    for number, values in _table(decode(data, file), file, "name"):
        if not values.get("id") or not values["name"]:
            rows.lose(number, "id" if values["name"] else "name")
            continue
        aliases = split_list(values.get("aliases", ""))
        countries = split_list(values.get("countries", ""))
        found.append(
            _ftm_listing(
                register,
                values["id"],
                (values["name"], *aliases),
                countries=countries,
                identifiers=split_list(values.get("identifiers", "")),
                schema=values.get("schema", ""),
                announced=rows.day(values.get("first_seen", ""), number, "first_seen"),
                basis=values.get("sanctions", ""),
            )
        )
    return rows.reading(found)


def _ftm_listing(
    register: str,
    entity: str,
    names: tuple[str, ...],
    *,
    weak: tuple[str, ...] = (),
    countries: tuple[str, ...] = (),
    identifiers: tuple[str, ...] = (),
    schema: str = "",
    announced: dt.date | None = None,
    basis: str = "",
) -> Listing:
    caption, others = names[0], names[1:]
    return Listing(
        register=register,
        entity=entity,
        name=caption,
        aliases=tuple(n for n in dict.fromkeys(others) if n != caption and not has_han(n)),
        weak_aliases=weak,
        name_zh=tuple(n for n in dict.fromkeys(others) if n != caption and has_han(n)),
        country=country_code(";".join(countries)),
        identifiers=identifiers,
        announced_on=announced,
        basis=basis,
        notes=(f"schema: {schema}",) if schema else (),
    )


_FTM_IDS = {
    "leiCode": "lei",
    "uscCode": "uscc",
    "registrationNumber": "",
    "taxNumber": "",
    "imoNumber": "imo",
    "dunsCode": "duns",
}


def read_ftm(data: bytes, register: str, file: str) -> Reading:
    """Read FollowTheMoney entities, one JSON object a line; targets only where marked."""
    rows = Rows(file)
    found = []
    for number, line in enumerate(decode(data, file).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entity = json.loads(line)
            properties = {k: tuple(map(str, v)) for k, v in entity["properties"].items()}
            ident = str(entity["id"])
        except (ValueError, KeyError, TypeError, AttributeError):
            rows.lose(number, "id, properties")
            continue
        if entity.get("target") is False or not properties.get("name"):
            continue
        caption = str(entity.get("caption") or properties["name"][0])
        strong = (caption, *properties["name"], *properties.get("alias", ()))
        found.append(
            _ftm_listing(
                register,
                ident,
                (*strong, *properties.get("previousName", ())),
                weak=properties.get("weakAlias", ()),
                countries=properties.get("jurisdiction", ()) or properties.get("country", ()),
                identifiers=tuple(
                    f"{scheme}:{value}" if scheme else value
                    for key, scheme in _FTM_IDS.items()
                    for value in properties.get(key, ())
                ),
                schema=str(entity.get("schema", "")),
                announced=rows.day(str(entity.get("first_seen") or ""), number, "first_seen"),
            )
        )
    return rows.reading(found)


READERS: dict[str, Callable[[bytes, str, str], Reading]] = {
    "csv": read_csv,
    "ftm": read_ftm,
    "simple": read_simple,
}


def plain_rows(register: Register) -> Iterator[list[str]]:
    """A register as the rows of a plain CSV, header first; cells that start a formula are quoted."""
    yield [*PLAIN_COLUMNS, *_MORE_COLUMNS[:-1]]
    for one in register.listings:
        values = {
            "entity": one.entity,
            "name": one.name,
            "aliases": ";".join(one.aliases),
            "name_zh": ";".join(one.name_zh),
            "country": one.country,
            "region": one.region,
            "register": one.register,
            "effective_from": one.effective_from.isoformat() if one.effective_from else "",
            "removed_on": one.removed_on.isoformat() if one.removed_on else "",
            "identifiers": ";".join(one.identifiers),
            "weak_aliases": ";".join(one.weak_aliases),
            "clause": one.clause,
            "scope": one.scope,
            "announced_on": one.announced_on.isoformat() if one.announced_on else "",
            "listed_on": one.listed_on.isoformat() if one.listed_on else "",
            "basis": one.basis,
        }
        yield [_harmless(text) for text in values.values()]


def _harmless(text: str) -> str:
    """Text that a spreadsheet will not run as a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r＝＋－＠" and text else text
