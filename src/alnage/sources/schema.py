"""The tables and columns of the custody folder, as data: one place for readers, checks and docs.

What a column *is* decides how its cells are read and what a bad cell costs. A cell that a
quantity, an order in time or a meaning hangs on sets its row aside (``on_bad="reject"``);
any other bad cell becomes empty, which means unknown, and a finding names it.

    TABLES["movements"].columns ── name, kind, required, on_bad, refers, choices
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Literal

Kind = Literal[
    "id",  # names something; compared to the letter
    "text",  # free text
    "number",
    "date",
    "list",
    "identifiers",
    "composition",
    "choice",
    "country",
    "region",
    "market",
    "hs",
    "currency",
]
OnBad = Literal["reject", "blank"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how its cells read, and what happens to a row when one does not.

    ``refers`` names the tables whose ids its cells hold; ``least`` and ``most`` bound a
    number (``above`` excludes the lower bound itself); ``choices`` closes a vocabulary.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    on_bad: OnBad = "blank"
    refers: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    above: bool = False

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several values."""
        return self.kind in ("list", "identifiers", "composition")

    @property
    def outputs(self) -> tuple[str, ...]:
        """Columns of the Arrow table: a date gives its first and its last day."""
        return (f"{self.name}_from", f"{self.name}_to") if self.kind == "date" else (self.name,)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in the contract's order; ``unique`` if its first column is a key."""

    name: str
    columns: tuple[Column, ...]
    unique: bool = False

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def key(self) -> str:
        """The column that names a row."""
        return self.columns[0].name

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the contract's order.

        >>> TABLES["ownership"].names
        ('owner', 'owned', 'share', 'from', 'to')
        """
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that a file must have and a row must fill.

        >>> TABLES["sites"].required
        ('site', 'party')
        """
        return tuple(column.name for column in self.columns if column.required)


EVENTS = ("movements", "origins", "conversions")


def _key(name: str) -> Column:
    return Column(name, "id", required=True, on_bad="reject")


def _ref(name: str, *tables: str, required: bool = False) -> Column:
    return Column(name, "id", required, "reject" if required else "blank", refers=tables)


def _id(name: str, *, required: bool = False) -> Column:
    return Column(name, "id", required, "reject" if required else "blank")


def _day(name: str, *, required: bool = False, on_bad: OnBad = "blank") -> Column:
    return Column(name, "date", required, "reject" if required else on_bad)


def _number(name: str, least: float | None = None, most: float | None = None) -> Column:
    return Column(name, "number", least=least, most=most)


def _quantity(*, required: bool = True) -> Column:
    return Column("quantity", "number", required, "reject", least=0.0, above=True)


def _place(on_bad: OnBad) -> tuple[Column, ...]:
    return (Column("country", "country", on_bad=on_bad), Column("region", "region", on_bad=on_bad))


_ADDRESS = (Column("address"), Column("postal_code", "id"))
_UNIT = Column("unit", "id", required=True, on_bad="reject")
_MONEY = (_number("value"), Column("currency", "currency"))
_DOCUMENT = _ref("document", "documents")

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            "parties",
            (
                _key("party"),
                Column("name", required=True, on_bad="reject"),
                Column("name_local"),
                Column("aliases", "list"),
                # A party is kept and screened whatever its place: empty means unknown.
                *_place("blank"),
                *_ADDRESS,
                Column("identifiers", "identifiers"),
                _ref("parent", "parties"),
                Column("role"),
                _day("founded"),
            ),
            unique=True,
        ),
        Table(
            "sites",
            (
                _key("site"),
                _ref("party", "parties", required=True),
                Column("name"),
                # An empty place is taken from the party; an unreadable one must not be.
                *_place("reject"),
                *_ADDRESS,
                _number("latitude", -90, 90),
                _number("longitude", -180, 180),
                _number("employees", 0),
                _number("capacity", 0),
                _id("capacity_unit"),
                _id("material"),
            ),
            unique=True,
        ),
        Table(
            "ownership",
            (
                _ref("owner", "parties", required=True),
                _ref("owned", "parties", required=True),
                _number("share", 0, 1),
                _day("from"),
                _day("to"),
            ),
        ),
        Table(
            "products",
            (
                _key("product"),
                Column("name"),
                Column("hs", "hs"),
                Column("unit_weight_kg", "number", least=0.0, above=True),
                Column("composition", "composition"),
            ),
            unique=True,
        ),
        Table(
            "origins",
            (
                _key("event"),
                _day("date", required=True),
                _ref("site", "sites", required=True),
                _id("material", required=True),
                _quantity(),
                _UNIT,
                _id("lot"),
                # "opening" and "recycled" change the meaning, so a misspelt kind can't be dropped.
                Column(
                    "kind",
                    "choice",
                    on_bad="reject",
                    choices=("harvested", "mined", "recycled", "opening"),
                ),
                _DOCUMENT,
            ),
            unique=True,
        ),
        Table(
            "movements",
            (
                _key("event"),
                _day("shipped", required=True),
                _ref("from_site", "sites", required=True),
                _ref("to_site", "sites", required=True),
                _id("material", required=True),
                _quantity(),
                _UNIT,
                # Order in time hangs on it: an empty one means "the same day".
                _day("received", on_bad="reject"),
                _id("lot"),
                Column("hs", "hs"),
                _ref("seller", "parties"),
                _ref("buyer", "parties"),
                *_MONEY,
                _DOCUMENT,
            ),
        ),
        Table(
            "conversions",
            (
                _key("event"),
                _day("date", required=True),
                _ref("site", "sites", required=True),
                Column(
                    "direction", "choice", required=True, on_bad="reject", choices=("in", "out")
                ),
                _id("material", required=True),
                _quantity(),
                _UNIT,
                _id("lot"),
                _ref("for_party", "parties"),
                _id("step"),
                _DOCUMENT,
            ),
        ),
        Table(
            "entries",
            (
                _key("entry"),
                Column("market", "market", required=True, on_bad="reject"),
                _day("date", required=True),
                _ref("movement", "movements", required=True),
                _id("line"),
                _ref("importer", "parties"),
                _day("presented"),
                Column("hs", "hs"),
                _quantity(required=False),
                _id("unit"),
                *_MONEY,
            ),
        ),
        Table(
            "payments",
            (
                _key("payment"),
                _day("date", required=True),
                _ref("payer", "parties", required=True),
                _ref("payee", "parties", required=True),
                _number("amount"),
                Column("currency", "currency"),
                _DOCUMENT,
                Column("pays", "list", refers=EVENTS),
            ),
            unique=True,
        ),
        Table(
            "documents",
            (
                _key("document"),
                _id("kind"),
                Column("file"),
                _id("sha256"),
                _ref("party", "parties"),
                Column("proves", "list", refers=EVENTS),
                _day("issued"),
                Column("issuer"),
                Column("language"),
                _ref("translation_of", "documents"),
                Column("held_in"),
                _ref("supplier", "parties"),
                Column("permission"),
            ),
            unique=True,
        ),
    )
}

# A workbook of this name holds one table a sheet.
WORKBOOK = "custody"
SETTINGS = "alnage.toml"

# ISO 3166-1 alpha-2: assigned codes, and those that the standard leaves to its users (XK is
# how customs write Kosovo). XX and ZZ are not among them: they are how data say "unknown".
NOWHERE = frozenset(("XX", "ZZ"))
_FREE = frozenset(
    {"AA", *(f"X{c}" for c in ascii_uppercase), *(f"Q{c}" for c in "MNOPQRSTUVWXYZ")} - NOWHERE
)
_ASSIGNED = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = _FREE.union(_ASSIGNED.split())

# ISO 3166-2:CN, with the numbers (GB/T 2260) that the standard itself used until 2017.
CN_REGIONS: Mapping[str, str] = {
    "11": "BJ", "12": "TJ", "13": "HE", "14": "SX", "15": "NM", "21": "LN", "22": "JL", "23": "HL",
    "31": "SH", "32": "JS", "33": "ZJ", "34": "AH", "35": "FJ", "36": "JX", "37": "SD", "41": "HA",
    "42": "HB", "43": "HN", "44": "GD", "45": "GX", "46": "HI", "50": "CQ", "51": "SC", "52": "GZ",
    "53": "YN", "54": "XZ", "61": "SN", "62": "GS", "63": "QH", "64": "NX", "65": "XJ", "71": "TW",
    "91": "HK", "92": "MO",
}  # fmt: skip
