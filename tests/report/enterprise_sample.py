"""The result of ``alnage enterprise`` in miniature; all parties are invented."""

from __future__ import annotations

from typing import Any

from sample import AFSL, HOSTILE, UFLPA, reason, row


def result() -> dict[str, Any]:
    return {
        "enterprise": {
            "name": "Qingshan Spinning Co., Ltd.",
            "party": "P-spin-a",
            "region": "CN-XJ",
        },
        "date": "2025-01-15",
        "listings": [
            {
                "register": "us-uflpa",
                "entity": "ex-17",
                "name": "Qingshan Textile (invented)",
                "clause": "2(d)(2)(B)(ii)",
                "effective_from": "2024-11-25",
                "because": [
                    reason("sample_match", "The full legal name is equal.", row("parties.csv", 6))
                ],
                "citations": [UFLPA],
            }
        ],
        "possible": [
            {
                "register": "us-uflpa",
                "name": HOSTILE,
                "score": 0.61,
                "statement": "Another party than the listed one.",
                "identifiers": ["uscc:91650100000000000X"],
                "receipt": "r-0007",
            }
        ],
        "follows": [
            {"market": "US", "regime": "US-UFLPA", "by": "listing", "answer": "yes", **UFLPA},
            {
                "market": "US",
                "regime": "US-UFLPA",
                "by": "place",
                "answer": "yes",
                "citation": UFLPA,
            },
            {
                "market": "EU",
                "regime": "EU-FLR",
                "by": "content",
                "answer": "unknown",
                "citation": "Reg. (EU) 2024/3015",
            },
            {
                "market": "CA",
                "regime": "CA-9897",
                "by": "content",
                "answer": "no",
                "citation": "Item 9897.00.00",
            },
        ],
        "not_yet": ["modelled"],
        "if_removed": [
            {
                "market": "US",
                "regime": "US-UFLPA",
                "changes": [
                    {"question": "presumption", "by": "listing", "from": "yes", "to": "no"}
                ],
                "remains": ["place", "content"],
                "answers": {"place": {"presumption": "yes"}, "content": {"presumption": "unknown"}},
            }
        ],
        "remedies": [
            {
                "remedy": "us.removal",
                "who": "listed entity",
                "open": "yes",
                "due": None,
                "citation": "FLETF",
                "verified": "secondary",
            },
        ],
        "measures": [
            {
                "measure": "cn.xj.legal",
                "type": "legal_aid",
                "level": "regional",
                "answer": "unknown",
                "missing": ["implementing_notice"],
                "verified": "primary",
            },
        ],
        "collisions": [
            {
                "regimes": ["US-UFLPA", "CN-AFSL"],
                "exits": [{"regime": "CN-AFSL", "kind": "consent", "citation": AFSL}],
            }
        ],
        "reported": {"employees_before": 800, "employees_after": 520, "source": "survey 2025"},
        "modelled": {"jobs_at_risk": 310, "method": "scenario/1"},
        "registers": [
            {"id": "us-uflpa", "retrieved_on": "2024-11-28", "missing": ["35 additions"]}
        ],
    }
