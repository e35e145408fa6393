"""Words of the Core Business Vocabulary: three spellings, one meaning.

``urn:epcglobal:cbv:bizstep:shipping``, ``https://ref.gs1.org/cbv/BizStep-shipping`` and
``shipping`` are one word. A word under a CBV prefix, or without any, must be one that the
vocabulary has: a misspelt one would be lost among the words that mean nothing to a ledger.
URIs of others are theirs and stay as they are.

    any spelling ── bare() ── "shipping" | other URI | None (no such word)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

BIZ_STEPS = frozenset(
    [
        "accepting",
        "arriving",
        "assembling",
        "collecting",
        "commissioning",
        "consigning",
        "creating_class_instance",
        "cycle_counting",
        "decommissioning",
        "departing",
        "destroying",
        "disassembling",
        "dispensing",
        "encoding",
        "entering_exiting",
        "holding",
        "inspecting",
        "installing",
        "killing",
        "loading",
        "other",
        "packing",
        "picking",
        "receiving",
        "removing",
        "repackaging",
        "repairing",
        "replacing",
        "reserving",
        "retail_selling",
        "sampling",
        "sensor_reporting",
        "shipping",
        "staging_outbound",
        "stock_taking",
        "stocking",
        "storing",
        "transporting",
        "unloading",
        "unpacking",
        "void_shipping",
    ]
)
DISPOSITIONS = frozenset(
    [
        "active",
        "available",
        "completeness_inferred",
        "completeness_verified",
        "conformant",
        "container_closed",
        "container_open",
        "damaged",
        "destroyed",
        "dispensed",
        "disposed",
        "encoded",
        "expired",
        "in_progress",
        "in_transit",
        "inactive",
        "mismatch_class",
        "mismatch_instance",
        "mismatch_quantity",
        "needs_replacement",
        "no_pedigree_match",
        "non_conformant",
        "non_sellable_other",
        "partially_dispensed",
        "recalled",
        "reserved",
        "retail_sold",
        "returned",
        "sellable_accessible",
        "sellable_not_accessible",
        "stolen",
        "unavailable",
        "unknown",
    ]
)
# Words of CBV 1.x that 2.0 no longer has; older documents use them under the URN prefix.
_OLDER = {
    "disp": frozenset(
        [
            "non_sellable_damaged",
            "non_sellable_disposed",
            "non_sellable_expired",
            "non_sellable_no_pedigree_match",
            "non_sellable_recalled",
        ]
    )
}
TRANSACTION_TYPES = frozenset(
    [
        "bol",
        "cert",
        "desadv",
        "inv",
        "pedigree",
        "po",
        "poc",
        "prodorder",
        "recadv",
        "rma",
        "testprd",
        "testres",
        "upevt",
    ]
)
SOURCE_TYPES = frozenset(("owning_party", "possessing_party", "location"))
ERROR_REASONS = frozenset(("did_not_occur", "incorrect_data"))

# The part of a URN that names a list, its words, and the part of a GS1 web URI.
LISTS: Mapping[str, tuple[frozenset[str], str]] = {
    "bizstep": (BIZ_STEPS, "BizStep"),
    "disp": (DISPOSITIONS, "Disp"),
    "btt": (TRANSACTION_TYPES, "BTT"),
    "sdt": (SOURCE_TYPES, "SDT"),
    "er": (ERROR_REASONS, "ER"),
}
# Prefixes that the EPCIS context gives to names; nothing is fetched to learn them.
PREFIXES: Mapping[str, str] = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_URN = "urn:epcglobal:cbv:"
_WEB = re.compile(r"(?:https?://(?:ref|ns)\.gs1\.org/cbv/|cbv:)")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")


def is_uri(text: object) -> bool:
    """Whether ``text`` is an absolute URI, or a name with a prefix that stands for one.

    >>> is_uri("urn:epc:id:sscc:0614141.1234567890"), is_uri("example:field"), is_uri("a b:c")
    (True, True, False)
    """
    return isinstance(text, str) and _URI.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def bare(kind: str, text: str) -> str | None:
    """The bare word of list ``kind``, a URI of another vocabulary as it is, or None.

    >>> bare("bizstep", "https://ref.gs1.org/cbv/BizStep-shipping"), bare("bizstep", "transforming")
    ('shipping', None)
    >>> bare("btt", "urn:epcglobal:cbv:btt:po"), bare("disp", "https://example.com/disp/aged")
    ('po', 'https://example.com/disp/aged')
    """
    words, label = LISTS[kind]
    if text in words:
        return text
    if text.startswith(_URN):
        name, _, word = text.removeprefix(_URN).partition(":")
        return word if name == kind and word in words | _OLDER.get(kind, frozenset()) else None
    if found := _WEB.match(text):
        name, hyphen, word = text[found.end() :].partition("-")
        if hyphen or found[0] != "cbv:":
            known = name.casefold() == label.casefold() and word in words
            return word if known else None
    return text if is_uri(text) else None


def web_uri(kind: str, word: str) -> str:
    """The GS1 web URI of a bare word; another vocabulary's URI as it is.

    >>> web_uri("bizstep", "shipping")
    'https://ref.gs1.org/cbv/BizStep-shipping'
    """
    words, label = LISTS[kind]
    known = word in words or word in _OLDER.get(kind, frozenset())
    return f"{PREFIXES['cbv']}{label}-{word}" if known else word
