"""The consignment mirror: every target of a folder traced, screened and judged.

The only place where screening, tracing and law meet for goods. Findings are one JSON value
(``findings/1``, see docs/architecture.md) from which the report, the workbook and the
summary are written. A folder with suppliers alone is screened and judged as far as that
goes, and says which table would answer what.

    OpenFolder ── target ── touches, traces ── facts ── judge() ──> findings
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alnage.assess.facts import doubts, entry_facts, row_source, supplier_facts
from alnage.assess.folder import OpenFolder
from alnage.assess.memberships import day_for
from alnage.assess.touched import Touch, Touches
from alnage.law import LawBook, judge, parse_facts
from alnage.model import Reason, Rejected
from alnage.model.version import __version__
from alnage.trace import METHOD, Target, Tracer, TraceResult, parse_group

SCHEMA = "findings/1"
REGION = "region:CN-XJ"
# Which table of the custody folder answers which question.
TABLES = {
    "origins": "table_origins",
    "movements": "table_movements",
    "conversions": "table_conversions",
    "entries": "table_entries",
    "documents": "table_documents",
    "sites": "table_sites",
    "products": "table_products",
}
RANK = {"yes": 0, "unknown": 1, "no": 2}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an assessment is asked with: the day (else each entry's own), today, language."""

    today: dt.date
    on: dt.date | None = None
    lang: str = "en"
    explain: int = 50


def assess(opened: OpenFolder, book: LawBook, asked: Assessment) -> dict[str, Any]:
    """Findings of a folder."""
    consignments = _Consignments(opened, book, asked)
    targets = consignments.targets()
    lang = asked.lang
    findings: dict[str, Any] = {
        "schema": SCHEMA,
        "alnage": __version__,
        "folder": opened.folder.name,
        "on": asked.on.isoformat() if asked.on else None,
        "date": asked.today.isoformat(),
        "method": METHOD,
        "law": book.version,
        "packs": dict(opened.ledger.packs.versions),
        "registers": [
            opened.registers[register].summary(asked.today, lang) for register in opened.registers
        ],
        "parties": [_party(opened, party, asked) for party in opened.parties],
        "targets": targets,
        "suppliers": _suppliers(opened, targets),
        "products": _products(targets),
        "findings": [
            reason.to_json(lang)
            for reason in (*opened.folder.findings, *opened.ledger.findings, *opened.decided())
        ],
        "rejected": [rejected_json(row, lang) for row in opened.ledger.rejected],
        "missing_tables": _missing_tables(opened, lang),
        "files": [
            {"file": note.file, "table": note.table, "rows": note.rows, "sha256": note.sha256}
            for note in opened.folder.files
        ],
    }
    findings["rows"] = cited_rows(opened, findings)
    return findings


def cited_rows(opened: OpenFolder, findings: Any) -> dict[str, dict[str, dict[str, str]]]:
    """The rows that findings rest on, by file and row, so that every sentence leads to its row."""
    cited: dict[str, set[int]] = {}

    def gather(value: Any) -> None:
        if isinstance(value, Mapping):
            if isinstance(value.get("file"), str) and isinstance(value.get("row"), int):
                cited.setdefault(value["file"], set()).add(value["row"])
            for inner in value.values():
                gather(inner)
        elif isinstance(value, list):
            for inner in value:
                gather(inner)

    gather(findings)
    return opened.rows(cited)


class _Consignments:
    """Judges the targets of a folder one by one."""

    def __init__(self, opened: OpenFolder, book: LawBook, asked: Assessment) -> None:
        self._opened, self._book, self._asked = opened, book, asked
        self._tracer = Tracer(opened.ledger)
        self._touches = Touches(self._tracer)

    def targets(self) -> list[dict[str, Any]]:
        """Every target judged, worst first; suppliers where nothing else is known."""
        found = list(self._judged())
        if not found:
            found = [self._supplier(party) for party in self._opened.parties]
        found.sort(key=_badness)
        return found

    def _judged(self) -> Iterator[dict[str, Any]]:
        for n, target in enumerate(self._tracer.targets.default()):
            rows = self._tracer.targets.entries.get(target.id, [])
            yield self._target(target, rows, explained=n < self._asked.explain)

    def _target(
        self, target: Target, rows: Sequence[Mapping[str, Any]], *, explained: bool
    ) -> dict[str, Any]:
        opened = self._opened
        day = day_for(target, self._asked.on)
        touches = self._touches.of(target)
        results = self._results(target, day, explained=explained)
        facts, held_back = entry_facts(opened, target, rows, touches, results, day)
        if "market" not in facts:
            market = self._market(target)
            if market:
                facts["market"] = market
        judgement = judge(parse_facts(facts), self._book).to_json(self._asked.lang)
        return {
            "target": target.id,
            "kind": target.kind,
            "market": facts.get("market"),
            "date": day.isoformat(),
            "importer": next((row["importer"] for row in rows if row.get("importer")), None),
            "quantity_kg": target.kg,
            "value": sum(row["value"] or 0.0 for row in rows) or None,
            "currency": next((row["currency"] for row in rows if row.get("currency")), None),
            "product": "; ".join(dict.fromkeys(self._materials(target))),
            "materials": facts.get("goods", {}).get("materials", []),
            "groups": [result.to_json(self._asked.lang) for result in results.values()],
            "chains": {
                group: self._with_listings(result.chain, day)
                for group, result in results.items()
                if result.chain
            },
            "verdicts": self._with_kinds(judgement["verdicts"]),
            "collisions": judgement["collisions"],
            "not_modelled": judgement["not_modelled"],
            "missing": self._missing(judgement, held_back, target, touches, results, day),
            "suppliers": list(dict.fromkeys(touch.party for touch in touches if touch.party)),
            "sources": [row.to_json() for row in target.rows],
        }

    def _results(self, target: Target, day: dt.date, *, explained: bool) -> dict[str, TraceResult]:
        opened = self._opened
        groups = [opened.memberships.group(parse_group(REGION), day)]
        for kind in dict.fromkeys(k for k, _ in opened.law_registers() if k == "us-uflpa"):
            name = parse_group(f"listed:{kind}")
            groups.append(opened.memberships.of_listings(name, opened.listings_of_kind(kind), day))
        return {
            group.name.text: self._tracer.result(target, group, explained=explained)
            for group in groups
        }

    def _materials(self, target: Target) -> list[str]:
        words = self._opened.ledger.words.materials.words
        return [words[self._opened.ledger.movements.material[i]] for i in target.movements]

    def _market(self, target: Target) -> str:
        """Where a movement without an entry arrives."""
        ledger = self._opened.ledger
        sites = [ledger.words.sites.words[ledger.movements.to_site[i]] for i in target.movements]
        return next((ledger.places[site].shown_country for site in sites), "")

    def _missing(
        self,
        judgement: Mapping[str, Any],
        held_back: Mapping[str, Sequence[Reason]],
        target: Target,
        touches: Sequence[Touch],
        results: Mapping[str, TraceResult],
        day: dt.date,
    ) -> list[dict[str, Any]]:
        """What would settle the open questions: absent facts, and what a ``no`` still needs."""
        lang = self._asked.lang
        out = []
        for group, result in results.items():
            reasons = held_back.get(group)
            if reasons is None and result.max > 0.0:
                reasons = doubts(self._opened, target, touches, result, group, day)
            out += [
                {"what": reason.code, "answers": [group], "because": reason.to_json(lang)}
                for reason in reasons or ()
            ]
        paths: dict[str, list[str]] = {}
        for verdict in judgement["verdicts"]:
            # What laws on conduct would need is asked only of the user's own acts.
            if not self._book[verdict["regime"]].kind.startswith("import"):
                continue
            for path in verdict["missing"]:
                paths.setdefault(path, []).append(f"{verdict['regime']} {verdict['question']}")
        return out + [{"what": path, "answers": answers} for path, answers in paths.items()]

    def _with_kinds(self, verdicts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Verdicts with the kind of their regime: import rules lead a consignment's standing."""
        return [{**verdict, "kind": self._book[verdict["regime"]].kind} for verdict in verdicts]

    def _with_listings(self, chain: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
        """The chain with each node's listing on the day: listed, possible or no."""
        nodes = [{**node, "listed": self._listed(node["party"], day)} for node in chain["nodes"]]
        return {"nodes": nodes, "links": list(chain["links"])}

    def _listed(self, party: str, day: dt.date) -> str:
        certainties = {
            found.certainty
            for found in self._opened.listings_of_kind("us-uflpa")
            if found.party == party and found.listing.in_force(day)
        }
        return "listed" if "listed" in certainties else "possible" if certainties else "no"

    def _supplier(self, party: str) -> dict[str, Any]:
        """A supplier of which only the row in parties is known, judged as an import to the US."""
        day = self._asked.on or self._asked.today
        facts = supplier_facts(self._opened, party, "US", day)
        judgement = judge(parse_facts(facts), self._book).to_json(self._asked.lang)
        return {
            "target": party,
            "kind": "supplier",
            "market": "US",
            "date": day.isoformat(),
            "quantity_kg": None,
            "groups": [],
            "chains": {},
            "verdicts": self._with_kinds(judgement["verdicts"]),
            "collisions": judgement["collisions"],
            "not_modelled": judgement["not_modelled"],
            "missing": self._missing(judgement, {}, _NO_TARGET, (), {}, day),
            "suppliers": [party],
            "sources": [row_source(self._opened.party(party)).to_json()],
        }


_NO_TARGET = Target("", "entry", 0.0, (), (), 0.0, None, 0, ())


def _badness(target: Mapping[str, Any]) -> tuple[float, ...]:
    """Worst first: the answer of the leading regimes, then how much is expected, then unknown."""
    answers = [RANK[verdict["answer"]] for verdict in leading(target)]
    expected = max((group["expected"] for group in target["groups"]), default=0.0)
    least = max((group["min"] for group in target["groups"]), default=0.0)
    unknown = max(
        (group["undocumented"] + group["unresolved"] for group in target["groups"]), default=0.0
    )
    return (min(answers, default=1), -least, -expected, -unknown)


def leading(target: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The verdicts that a consignment stands by: presumption and prohibition of import rules."""
    return [
        verdict
        for verdict in target["verdicts"]
        if verdict["question"] in ("presumption", "prohibition")
        and verdict["kind"].startswith("import")
    ]


def worst_answer(target: Mapping[str, Any]) -> str:
    """The worst leading answer: yes before unknown before no."""
    answers = {verdict["answer"] for verdict in leading(target)}
    return next((answer for answer in ("yes", "unknown", "no") if answer in answers), "unknown")


def _party(opened: OpenFolder, party: str, asked: Assessment) -> dict[str, Any]:
    row, day = opened.party(party), asked.on or asked.today
    found, status = [], {}
    for register in opened.registers:
        certainties = set()
        for one in opened.listings_of_party(register, party):
            certainties |= {one.certainty} if one.listing.in_force(day) else set()
            found.append(
                {
                    "register": register,
                    "entity": one.listing.entity,
                    "name": one.listing.name,
                    "clause": one.listing.clause,
                    "scope": one.listing.scope,
                    "answer": one.certainty,
                    "by": one.by,
                    "score": one.score,
                    "effective_from": _iso(one.listing.effective_from),
                    "removed_on": _iso(one.listing.removed_on),
                    "citations": [citation.to_json() for citation in one.listing.citations],
                    "because": [reason.to_json(asked.lang) for reason in one.reasons],
                }
            )
        complete = opened.registers[register].complete_on(day)
        status[register] = (
            "listed"
            if "listed" in certainties
            else "possible"
            if certainties
            else "not_listed"
            if complete
            else "unknown"
        )
    return {
        "party": party,
        "name": row["name"],
        "name_local": row.get("name_local"),
        "country": row.get("country"),
        "region": row.get("region"),
        "listings": found,
        "registers": status,
        "sources": [row_source(row).to_json()],
    }


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _suppliers(opened: OpenFolder, targets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For every party: how many targets it touched, and the worst answer among them."""
    rolled: dict[str, list[str]] = {}
    for target in targets:
        for party in target["suppliers"]:
            rolled.setdefault(party, []).append(worst_answer(target))
    return [
        {
            "party": party,
            "name": opened.party(party).get("name") or party,
            "entries": len(answers),
            "worst": min(answers, key=RANK.__getitem__),
        }
        for party, answers in sorted(rolled.items())
    ]


def _products(targets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rolled: dict[str, list[str]] = {}
    for target in targets:
        if target.get("product"):
            rolled.setdefault(target["product"], []).append(worst_answer(target))
    return [
        {"product": product, "entries": len(answers), "worst": min(answers, key=RANK.__getitem__)}
        for product, answers in sorted(rolled.items())
    ]


def _missing_tables(opened: OpenFolder, lang: str) -> list[dict[str, Any]]:
    return [
        {"table": table, "answers": [Reason(code).text(lang)]}
        for table, code in TABLES.items()
        if table not in opened.folder.tables
    ]


def rejected_json(row: Rejected, lang: str) -> dict[str, Any]:
    """A rejected row for findings."""
    return {
        "table": row.table,
        "file": row.file,
        "row": row.row,
        "event": row.event,
        "because": row.reason.to_json(lang),
    }
