"""Findings as the product writes them, in miniature: four entries, two parties listed.

All parties are invented. One entry of each standing: a yes, an unknown with expected
content, an unknown without, a no; with a cycle, a hostile name, tiny shares and gaps.
"""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]

HOSTILE = "<script>alert(1)</script> \u202eMill & Sons"


def reason(code: str, text: str, *sources: Json, because: list[Json] | None = None) -> Json:
    node: Json = {"code": code, "text": text}
    if sources:
        node["sources"] = list(sources)
    if because:
        node["because"] = because
    return node


def row(file: str, number: int) -> Json:
    return {"file": file, "row": number}


UFLPA = {
    "citation": "Uyghur Forced Labor Prevention Act, Pub. L. 117-78, § 3(a)",
    "url": "https://www.congress.gov/bill/117th-congress/house-bill/6256",
    "verified": "primary",
}
S307 = {"citation": "19 U.S.C. § 1307", "url": "", "verified": "unverified"}
AFSL = {"citation": "反外国制裁法 (2021-06-10), Art. 12", "url": "", "verified": "secondary"}


def verdict(regime: str, question: str, answer: str, **more: Any) -> Json:
    return {
        "regime": regime,
        "question": question,
        "answer": answer,
        "provision": "§ 3(a)",
        "effect": {
            "yes": "Presumed barred from entry unless rebutted by clear and convincing evidence.",
            "unknown": "Open. If customs detains the goods, the importer must prove; silence excludes.",
            "no": "Conditions not met on these facts.",
        }[answer],
        "because": [
            reason(
                "sample_made_by_listed",
                "Qingshan Spinning, listed in us-uflpa since 2024-11-25, made yarn for this entry.",
                because=[
                    reason(
                        "sample_row",
                        "The yarn was spun in conversion C-31.",
                        row("conversions.csv", 31),
                    ),
                    reason(
                        "sample_entry",
                        "The entity is on the register.",
                        {"register": "us-uflpa", "version": "9f2c1a77", "entity": "ex-17"},
                    ),
                    reason("sample_article", "The entity limb covers goods made by it.", UFLPA),
                ],
            )
        ],
        "missing": [],
        "citations": [UFLPA],
        "clocks": [],
        "verified": "primary",
        "basis": "documented",
        "version": "2022-06-21",
        **more,
    }


def line(group: str, low: float, expected: float, high: float, **more: Any) -> Json:
    return {
        "group": group,
        "reachable": high > 0,
        "min": low,
        "expected": expected,
        "max": high,
        "undocumented": 0.08,
        "unresolved": 0.0,
        "claimed": 0.25,
        "custody": "mixed",
        "bounds": "exact",
        "method": "mass-balance/1",
        "incomplete": [],
        "paths": [],
        "gaps": [],
        "evidence": [],
        **more,
    }


def node(id_: str, name: str, tier: int, region: str, **more: Any) -> Json:
    return {
        "id": id_,
        "site": id_,
        "name": name,
        "party": f"P-{id_}",
        "country": region[:2],
        "region": region,
        "tier": tier,
        "listed": "no",
        "member": "no",
        **more,
    }


def link(a: str, b: str, material: str, content: float, **more: Any) -> Json:
    return {
        "from": a,
        "to": b,
        "material": material,
        "content": content,
        "restricted": 0.0,
        "undocumented": 0.0,
        "unresolved": 0.0,
        "events": [f"M-{a}-{b}"],
        "sources": [row("movements.csv", 12 + len(a) + 7 * len(b))],
        **more,
    }


def cotton_chain() -> Json:
    """Gins in three countries, a spinner that mixes, a listed one, a return to the knitter."""
    return {
        "nodes": [
            node("gin-xj", "玛河轧花厂 (Mahe Gin)", 5, "CN-XJ", member="yes"),
            node("gin-sd", "Luyuan Gin", 5, "CN-SD"),
            node("gin-us", "Brazos Gin", 5, "US-TX"),
            node("gin-q", "Gin of unknown place", 5, "", member="possible"),
            node("spin-a", "Qingshan Spinning Co., Ltd.", 4, "CN-SD", listed="listed"),
            node("spin-b", "Song Hong Yarn", 4, "VN-HN"),
            node("knit", "Thanh Binh Knitting", 3, "VN-HN", listed="possible"),
            node("dye", HOSTILE, 2, "VN-HN"),
            node("cut", "Mekong Cut & Sew", 1, "KH-12"),
            node("imp", "Harbour Apparel Inc.", 0, "US-NY"),
        ],
        "links": [
            link("gin-xj", "spin-a", "lint", 0.24, restricted=0.24),
            link("gin-sd", "spin-a", "lint", 0.30),
            link("gin-q", "spin-a", "lint", 0.06, undocumented=0.06),
            link("gin-us", "spin-b", "lint", 0.40),
            link("spin-a", "knit", "carded yarn", 0.60, restricted=0.24, undocumented=0.06),
            link("spin-b", "knit", "carded yarn", 0.40, unresolved=0.05),
            link(
                "knit",
                "dye",
                "greige fabric",
                1.0,
                restricted=0.24,
                undocumented=0.06,
                unresolved=0.05,
            ),
            link("dye", "knit", "greige fabric", 0.06, restricted=0.02, undocumented=0.01),
            link(
                "dye",
                "cut",
                "finished fabric",
                1.0,
                restricted=0.24,
                undocumented=0.06,
                unresolved=0.05,
            ),
            link("cut", "imp", "garment", 1.0, restricted=0.24, undocumented=0.06, unresolved=0.05),
        ],
    }


def targets() -> list[Json]:
    chain = cotton_chain()
    gaps = [
        {
            "code": "sample_gap",
            "text": "Lint left Qingshan beyond what came in.",
            "event": "M-20",
            "site": "spin-a",
            "material": "lint",
            "share": 0.06,
            "sources": [row("movements.csv", 21)],
        }
    ]
    evidence = [
        {
            "documents_for": ["M-20"],
            "sites": ["spin-a"],
            "codes": ["sample_gap"],
            "undocumented": 0.06,
            "narrows": 0.06,
            "if_outside": {"min": 0.12, "max": 0.29},
            "if_inside": {"min": 0.18, "max": 0.35},
        }
    ]
    paths = [
        {
            "share": 0.21,
            "group": True,
            "documented": True,
            "events": [
                {
                    "event": "O-9",
                    "from": "gin-xj",
                    "to": "gin-xj",
                    "material": "lint",
                    "sources": [row("origins.csv", 9)],
                },
                {
                    "event": "M-gin-xj-spin-a",
                    "from": "gin-xj",
                    "to": "spin-a",
                    "material": "lint",
                    "sources": [row("movements.csv", 61)],
                },
            ],
        }
    ]
    incomplete = [
        reason(
            "sample_incomplete",
            "A row of movements was rejected that could matter.",
            row("movements.csv", 44),
            because=[{"code": "unit_unknown", "text": "…", "params": {"unit": "stones"}}],
        )
    ]
    region = line(
        "region:CN-XJ",
        0.12,
        0.24,
        0.35,
        gaps=gaps,
        evidence=evidence,
        paths=paths,
        incomplete=incomplete,
        coverage=0.88,
    )
    listed = line("listed:us-uflpa", 0.60, 0.60, 0.65, unresolved=0.05)
    base = {"kind": "entry", "market": "US", "importer": "Harbour Apparel Inc.", "currency": "USD"}
    return [
        base
        | {
            "target": "E-04",
            "date": "2024-10-02",
            "quantity_kg": 4100.0,
            "value": 51250,
            "product": "T-shirts, segregated",
            "materials": ["cotton"],
            "groups": [
                line("region:CN-XJ", 0, 0, 0, undocumented=0.0, claimed=0.0, custody="segregated")
            ],
            "chains": {},
            "collisions": [],
            "missing": [],
            "suppliers": ["P-cut"],
            "verdicts": [
                verdict("US-UFLPA", "applies", "yes"),
                verdict("US-UFLPA", "presumption", "no"),
                verdict("US-UFLPA", "prohibition", "no"),
            ],
        },
        base
        | {
            "target": "E-03",
            "date": "2024-10-09",
            "quantity_kg": 900.0,
            "value": 11000,
            "product": "T-shirts",
            "materials": ["cotton"],
            "groups": [line("region:CN-XJ", 0, 0, 0.02, undocumented=0.02)],
            "chains": {},
            "collisions": [],
            "missing": [{"what": "chain[0].region", "answers": ["US-UFLPA presumption"]}],
            "suppliers": ["P-cut"],
            "verdicts": [
                verdict("US-UFLPA", "presumption", "unknown", missing=["chain[0].region"]),
                verdict(
                    "US-S307", "prohibition", "unknown", citations=[S307], verified="unverified"
                ),
            ],
        },
        base
        | {
            "target": "E-02",
            "date": "2024-11-20",
            "quantity_kg": 3200.0,
            "value": 40000,
            "product": "T-shirts",
            "materials": ["cotton"],
            "groups": [
                line(
                    "region:CN-XJ",
                    0,
                    0.00001,
                    0.35,
                    incomplete=region["incomplete"],
                    gaps=gaps,
                    evidence=evidence,
                )
            ],
            "chains": {"region:CN-XJ": chain},
            "collisions": [],
            "missing": [{"what": "origins", "answers": ["US-UFLPA presumption"]}],
            "suppliers": ["P-cut"],
            "verdicts": [verdict("US-UFLPA", "presumption", "unknown", missing=["content"])],
        },
        base
        | {
            "target": "E-01",
            "date": "2024-11-26",
            "quantity_kg": 12400.0,
            "value": 155000,
            "product": "T-shirts",
            "materials": ["cotton"],
            "groups": [region, listed],
            "chains": {"region:CN-XJ": chain, "listed:us-uflpa": chain},
            "verdicts": [
                verdict("US-UFLPA", "applies", "yes"),
                verdict("US-UFLPA", "presumption", "yes", clocks=["us.det.decide", "us.det.final"]),
                verdict("US-UFLPA", "prohibition", "yes", verified="unverified"),
                verdict("CN-AFSL", "conduct", "unknown", citations=[AFSL], verified="secondary"),
            ],
            "collisions": [
                {
                    "regimes": ["US-UFLPA", "CN-AFSL"],
                    "exits": [
                        {"regime": "US-UFLPA", "kind": "exception", "citation": UFLPA},
                        {"regime": "CN-AFSL", "kind": "consent", "citation": AFSL},
                    ],
                }
            ],
            "missing": [
                {
                    "what": "sample_incomplete",
                    "answers": ["region:CN-XJ"],
                    "because": incomplete[0],
                }
            ],
            "not_modelled": ["goods.hs: chapter 61 duty"],
            "suppliers": ["P-cut", "P-dye"],
        },
    ]


def findings() -> Json:
    return copy.deepcopy(
        {
            "schema": "findings/1",
            "alnage": "0.1.0",
            "folder": "cotton-tshirts",
            "on": "2024-12-01",
            "registers": [
                {
                    "id": "us-uflpa",
                    "version": "9f2c1a77c0ffee00",
                    "retrieved_on": "2024-11-28",
                    "complete_from": "2022-06-21",
                    "complete_to": "2024-11-28",
                    "age_days": 3,
                    "gaps": [
                        reason("sample_register_gap", "35 additions are not in this snapshot.")
                    ],
                }
            ],
            "parties": [
                {
                    "party": "P-spin-a",
                    "name": "Qingshan Spinning Co., Ltd.",
                    "country": "CN",
                    "region": "CN-SD",
                    "listings": [
                        {
                            "register": "us-uflpa",
                            "entity": "ex-17",
                            "name": "Qingshan Textile (invented)",
                            "clause": "2(d)(2)(B)(ii)",
                            "answer": "listed",
                            "by": "name",
                            "score": 0.998,
                            "effective_from": "2024-11-25",
                            "removed_on": None,
                            "because": [
                                reason(
                                    "sample_match",
                                    "The full legal name is equal.",
                                    row("parties.csv", 6),
                                )
                            ],
                        }
                    ],
                    "registers": {"us-uflpa": "listed"},
                },
                {
                    "party": "P-dye",
                    "name": HOSTILE,
                    "country": "VN",
                    "region": "VN-HN",
                    "listings": [],
                    "registers": {"us-uflpa": "not_listed"},
                },
                {
                    "party": "P-eq",
                    "name": '=HYPERLINK("x","y")',
                    "country": "US",
                    "region": "",
                    "listings": [],
                    "registers": {"us-uflpa": "unknown"},
                },
            ],
            "targets": targets(),
            "suppliers": [
                {
                    "party": "P-cut",
                    "name": "Mekong Cut & Sew",
                    "entries": ["E-01", "E-02"],
                    "worst": "yes",
                },
                {"party": "P-dye", "name": HOSTILE, "entries": 1, "worst": "yes"},
            ],
            "products": [
                {"product": "T-shirts", "entries": ["E-01", "E-02", "E-03"], "worst": "yes"}
            ],
            "packs": {"cotton": "1"},
            "law": "2a9c",
            "files": [
                {"file": "movements.csv", "table": "movements", "rows": 60, "sha256": "ab" * 32}
            ],
            "findings": [
                reason(
                    "sample_finding",
                    "C-12 gave 2,205 out of 1,000 in: pounds may have been read as kilograms.",
                    row("conversions.csv", 12),
                )
            ],
            "rejected": [
                {
                    "table": "movements",
                    "file": "movements.csv",
                    "row": 44,
                    "event": "M-44",
                    "because": [
                        {
                            "code": "unit_unknown",
                            "text": 'The unit "stones" is not known.',
                            "params": {"unit": "stones"},
                            "sources": [row("movements.csv", 44)],
                        }
                    ],
                }
            ],
            "missing_tables": [
                {"table": "payments", "answers": "reconciliation of money with goods"}
            ],
            "rows": {
                "movements.csv": {
                    "44": {"event": "M-44", "quantity": "12", "unit": "stones"},
                    "61": {"event": "M-gin-xj-spin-a", "quantity": "5000", "unit": "KGM"},
                },
                "conversions.csv": {
                    "31": {"event": "C-31", "site": "spin-a", "material": "carded yarn"}
                },
            },
            "chain_head": "5d41402abc4b2a76b9719d911017c592",
        }
    )
