"""A scenario on the user's chain: every target judged as it is, and as it would be.

Nothing is estimated that the data can answer: the same tracing and the same law are asked
twice, once on the folder as it stands and once with the supposed listing, ban or loss. What
turns from one answer to another is at risk or relieved; what stays unknown stays unknown.

    OpenFolder ──────────── judged ──┐
    Scenario ── supposed ── judged ──┴── Outcome ── impact.losses ──> scenario/1
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from alnage.assess.facts import doubts, entry_facts
from alnage.assess.folder import OpenFolder
from alnage.assess.memberships import day_for
from alnage.assess.supplies import firms, stores, supplies
from alnage.assess.touched import ZERO, Touch, Touches
from alnage.impact.losses import (
    Flow,
    Outcome,
    enterprises,
    rolled,
    substitution,
    totals,
)
from alnage.impact.scenario import Change, Scenario
from alnage.law import LawBook, judge, parse_facts
from alnage.model import Answer, InputError, Listing, PartyListing, Reason
from alnage.model.version import __version__
from alnage.registers import Registers
from alnage.screen import Decision
from alnage.sources.cells import nearest
from alnage.trace import METHOD, Target, Tracer, TraceResult, parse_group

SCHEMA = "scenario/1"
SUPPOSED = "SCENARIO"  # stands where a regime stands, for what no law says
DEFAULT_REGISTER = "us-uflpa"
LEADING = ("presumption", "prohibition")
# A place outside the region, to ask what would follow without the region's own rule.
ELSEWHERE = "CN-BJ"
WORDS = {"presumption": "presumed", "prohibition": "prohibited", "material": "cut_off"}


class Supposed(OpenFolder):
    """A folder under a scenario's listings: made from its day on, or ended on it."""

    def __init__(
        self,
        path: Path,
        registers: Registers,
        decisions: Sequence[Decision],
        scenario: Scenario,
    ) -> None:
        super().__init__(path, registers, decisions)
        self._start = scenario.start
        self._changes = tuple(_with_party(self, change) for change in scenario.changes)
        for change in self._changes:
            self._check(change)
        self._supposed: dict[str, tuple[PartyListing, ...]] = {}

    @property
    def changes(self) -> tuple[Change, ...]:
        """The scenario's changes with parties by id and registers filled in."""
        return self._changes

    def listings(self, register: str) -> tuple[PartyListing, ...]:
        """Listings as they are, with the scenario's own."""
        if register not in self._supposed:
            found = super().listings(register)
            for change in self._changes:
                if register in self._registers_of(change):
                    found = self._changed(found, change, register)
            self._supposed[register] = found
        return self._supposed[register]

    def _registers_of(self, change: Change) -> list[str]:
        """Which registers a change speaks of; freeing a supplier ends its US listings."""
        if change.kind == "free" and change.group[0] == "party":
            return [register for _, register in self.law_registers()]
        if change.kind not in ("list", "delist"):
            return []
        return [change.register] if change.register else [r for _, r in self.law_registers()]

    def _check(self, change: Change) -> None:
        if change.register and change.register not in self.registers:
            known = list(self.registers)
            near = nearest(change.register, known)
            raise InputError(
                "scenario_register", register=change.register, nearest=near, known=known
            )
        ends = change.kind == "delist" or (change.kind == "free" and change.group[0] == "party")
        party = change.what.removeprefix("party:")
        registers = self._registers_of(change)
        found = (one for r in registers for one in OpenFolder.listings(self, r))
        if ends and not any(one.party == party for one in found):
            raise InputError("scenario_not_listed", party=party, registers=registers)
        if change.kind == "free" and change.group[0] == "party" and change.market != "US":
            raise InputError("scenario_free_market", party=party, market=change.market)

    def _changed(
        self, found: tuple[PartyListing, ...], change: Change, register: str
    ) -> tuple[PartyListing, ...]:
        party = change.what.removeprefix("party:")
        if change.kind != "list":
            return tuple(
                replace(one, listing=_ended(one.listing, self._start))
                if one.party == party
                else one
                for one in found
            )
        row = self.party(party)
        listing = Listing(
            register,
            f"scenario:{party}",
            row.get("name") or party,
            country=row.get("country") or "",
            announced_on=self._start,
            effective_from=self._start,
            basis=SUPPOSED,
        )
        return (*found, PartyListing(party, listing, "listed", "decision"))


def _ended(listing: Listing, day: dt.date) -> Listing:
    """The entry with its end on ``day``, unless it ended before."""
    if listing.removed_on is not None and listing.removed_on <= day:
        return listing
    return replace(listing, removed_on=day)


def _with_party(opened: OpenFolder, change: Change) -> Change:
    """Parties by id; a name is taken where it is that of one party only."""
    prefix = "party:" if change.what.startswith("party:") else ""
    if change.kind == "remove" or change.what.startswith("region:"):
        return change
    asked = change.what.removeprefix(prefix)
    register = change.register or (DEFAULT_REGISTER if change.kind == "list" else "")
    if asked in opened.parties:
        return replace(change, what=prefix + asked, register=register)
    named = [
        party
        for party, row in opened.parties.items()
        if asked.casefold() in {(row.get(n) or "").casefold() for n in ("name", "name_local")}
    ]
    if len(named) != 1:
        names = [*opened.parties, *(row["name"] for row in opened.parties.values())]
        raise InputError("scenario_party", party=asked, nearest=nearest(asked, names))
    return replace(change, what=prefix + named[0], register=register)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One target with what both askings share."""

    target: Target
    rows: Sequence[Mapping[str, Any]]
    touches: Sequence[Touch]
    day: dt.date
    market: str


def run_scenario(
    path: Path,
    registers: Registers,
    book: LawBook,
    scenario: Scenario,
    *,
    decisions: Sequence[Decision] = (),
    on: dt.date | None = None,
    today: dt.date | None = None,
    lang: str = "en",
) -> dict[str, Any]:
    """What a scenario changes on a custody folder, as one JSON value (``scenario/1``).

    Raises:
        InputError: the folder can't be used, or the scenario names what is not in it.
    """
    plain = OpenFolder(path, registers, decisions)
    plain.folder.require("parties")
    supposed = Supposed(path, registers, decisions, scenario)
    run = _Run(plain, supposed, book, scenario)
    told = [run.outcome(asked) for asked in run.targets(on)]
    outcomes = [outcome for outcome, _ in told]
    direct = run.direct()
    places = plain.ledger.places
    sites = plain.ledger.words.sites.words
    party_of = {site: places[site].party or site for site in sites}
    return {
        "schema": SCHEMA,
        "alnage": __version__,
        "scenario": scenario.name,
        "from": scenario.start.isoformat(),
        "folder": plain.folder.name,
        "method": METHOD,
        "law": book.version,
        "changes": [_change_json(change) for change in supposed.changes],
        "registers": [registers[r].summary(today or scenario.start, lang) for r in registers],
        "files": [
            {"file": note.file, "table": note.table, "rows": note.rows, "sha256": note.sha256}
            for note in plain.folder.files
        ],
        "totals": totals(outcomes),
        "targets": [_outcome_json(outcome, moved) for outcome, moved in told],
        **{f"{by}s": rolled(outcomes, by) for by in ("market", "product", "importer")},
        "enterprises": [
            {**one, "name": plain.party(one["party"]).get("name") or one["party"]}
            for one in enterprises(
                outcomes, party_of, firms(plain, party_of), direct, scenario.jobs
            )
        ],
        "substitution": substitution(
            supplies(plain), direct, run.site_findings(direct), stores(plain, scenario.start)
        ),
        "notes": [note.to_json(lang) for note in _notes(plain, scenario, outcomes)],
    }


def _change_json(change: Change) -> dict[str, str]:
    names = ("kind", "what", "register", "market")
    return {name: getattr(change, name) for name in names if getattr(change, name)}


def _outcome_json(one: Outcome, moved: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    names = ("target", "market", "product", "importer", "kg", "value", "currency")
    return {
        **{name: getattr(one, name) for name in names},
        "before": one.before.value,
        "after": one.after.value,
        "becomes": list(one.becomes),
        "at_risk": list(one.risk),
        "unknown_share": one.unknown,
        "answers": list(moved),
    }


def _notes(opened: OpenFolder, scenario: Scenario, outcomes: Sequence[Outcome]) -> Iterator[Reason]:
    yield Reason("scenario_supposed", {"from": scenario.start.isoformat()})
    yield Reason("scenario_band")
    low, high = scenario.jobs
    yield Reason("scenario_jobs", {"low": low, "high": high})
    yield Reason("scenario_substitution")
    yield Reason("scenario_stock", {"from": scenario.start.isoformat()})
    rejected = len(opened.ledger.rejected)
    if rejected:
        yield Reason("scenario_rejected", {"count": rejected})
    if not outcomes:
        yield Reason("scenario_without_targets")
    elif not any(one.changed for one in outcomes):
        yield Reason("scenario_changes_nothing")


class _Run:
    """Asks every target twice."""

    def __init__(
        self, plain: OpenFolder, supposed: Supposed, book: LawBook, scenario: Scenario
    ) -> None:
        self._plain, self._supposed = plain, supposed
        self._book, self._start = book, scenario.start
        self._tracer = Tracer(plain.ledger)
        self._touches = Touches(self._tracer)

    def targets(self, on: dt.date | None) -> Iterator[_Asked]:
        """Every default target with its day and market."""
        for target in self._tracer.targets.default():
            rows = self._tracer.targets.entries.get(target.id, [])
            market = next((row["market"] for row in rows if row.get("market")), "")
            yield _Asked(
                target,
                rows,
                self._touches.of(target),
                day_for(target, on),
                market or self._arrival(target),
            )

    def _arrival(self, target: Target) -> str:
        ledger = self._plain.ledger
        sites = (ledger.words.sites.words[ledger.movements.to_site[i]] for i in target.movements)
        return next((ledger.places[site].shown_country for site in sites), "")

    def outcome(self, asked: _Asked) -> tuple[Outcome, list[dict[str, str]]]:
        """A target before and under the scenario, and the answers that move."""
        before, results = self._answers(self._plain, asked)
        after, _ = self._answers(self._supposed, asked)
        if asked.day >= self._start:
            after |= self._bans(asked)
        moved = [
            {
                "regime": key[0],
                "question": key[1],
                "before": before.get(key, Answer.NO).value,
                "after": answer.value,
            }
            for key, answer in after.items()
            if before.get(key, Answer.NO) != answer
        ]
        return self._outcome(asked, before, after, moved, results), moved

    def _outcome(
        self,
        asked: _Asked,
        before: Mapping[tuple[str, str], Answer],
        after: Mapping[tuple[str, str], Answer],
        moved: Sequence[Mapping[str, str]],
        results: Sequence[TraceResult],
    ) -> Outcome:
        target = asked.target
        told = [row["value"] for row in asked.rows if row.get("value") is not None]
        becomes = {
            "unclear" if one["after"] == "unknown" else WORDS[one["question"]]
            for one in moved
            if one["after"] != "no"
        }
        words = self._plain.ledger.words.materials.words
        goods = (words[self._plain.ledger.movements.material[i]] for i in target.movements)
        text = {
            name: next((row[name] for row in asked.rows if row.get(name)), "")
            for name in ("importer", "currency")
        }
        return Outcome(
            target.id,
            asked.market,
            "; ".join(dict.fromkeys(goods)),
            text["importer"],
            target.kg,
            target.content,
            sum(told) if asked.rows and len(told) == len(asked.rows) else None,
            text["currency"],
            _worst(before.values()),
            _worst(after.values()),
            tuple(sorted(becomes)),
            max((min(r.undocumented + r.unresolved, 1.0) for r in results), default=1.0),
            tuple((Answer(one["before"]), Answer(one["after"])) for one in moved),
            self._flows(asked, results),
        )

    def _flows(self, asked: _Asked, results: Sequence[TraceResult]) -> tuple[Flow, ...]:
        if not results:
            return ()
        group = self._plain.memberships.group(parse_group(results[0].group), asked.day)
        chain = self._tracer.explain(results[0], asked.target, group).chain
        return tuple(
            Flow(link["from"], link["to"], link["material"], link["content"])
            for link in chain.get("links", ())
        )

    def _answers(
        self, opened: OpenFolder, asked: _Asked
    ) -> tuple[dict[tuple[str, str], Answer], list[TraceResult]]:
        """The leading answers of import rules on a folder."""
        results = self._results(opened, asked)
        facts, _ = entry_facts(opened, asked.target, asked.rows, asked.touches, results, asked.day)
        if asked.market:
            facts.setdefault("market", asked.market)
        if opened is self._supposed and asked.day >= self._start:
            for change in self._supposed.changes:
                if change.kind == "free" and change.market == asked.market:
                    _free_region(facts, change)
        verdicts = judge(parse_facts(facts), self._book).to_json("en")["verdicts"]
        answers = {
            (verdict["regime"], verdict["question"]): Answer(verdict["answer"])
            for verdict in verdicts
            if verdict["question"] in LEADING
            and self._book[verdict["regime"]].kind.startswith("import")
        }
        return answers, list(results.values())

    def _results(self, opened: OpenFolder, asked: _Asked) -> dict[str, TraceResult]:
        groups = [opened.memberships.group(parse_group("region:CN-XJ"), asked.day)]
        if any(kind == DEFAULT_REGISTER for kind, _ in opened.law_registers()):
            listings = opened.listings_of_kind(DEFAULT_REGISTER)
            name = parse_group(f"listed:{DEFAULT_REGISTER}")
            groups.append(opened.memberships.of_listings(name, listings, asked.day))
        return {group.name.text: self._tracer.result(asked.target, group) for group in groups}

    def _bans(self, asked: _Asked) -> dict[tuple[str, str], Answer]:
        """What bars the target by the scenario itself: a ban in its market, a lost material."""
        found: dict[tuple[str, str], list[Answer]] = {}
        for change in self._supposed.changes:
            if change.kind == "bar" and change.market == asked.market:
                answer = self._contains(asked, change.what)
                found.setdefault((SUPPOSED, "prohibition"), []).append(answer)
            if change.kind == "remove":
                answer = self._needs(asked, change.what)
                found.setdefault((SUPPOSED, "material"), []).append(answer)
        return {key: _worst(answers) for key, answers in found.items()}

    def _contains(self, asked: _Asked, group_name: str) -> Answer:
        """Whether a target contains goods of a group, as the law reads content."""
        group = self._plain.memberships.group(parse_group(group_name), asked.day)
        result = self._tracer.result(asked.target, group)
        if result.min > ZERO:
            return Answer.YES
        if result.max > ZERO or result.reachable:
            return Answer.UNKNOWN
        held = doubts(self._plain, asked.target, asked.touches, result, group_name, asked.day)
        return Answer.UNKNOWN if held else Answer.NO

    def _needs(self, asked: _Asked, material: str) -> Answer:
        """Whether a target is made of a material, as products, packs and rows tell."""
        ledger = self._plain.ledger
        words = ledger.words.materials.words
        own = [words[ledger.movements.material[i]] for i in asked.target.movements]
        made_of = [*own, *self._plain.raw_materials(own)]
        if material.casefold() in {word.casefold() for word in made_of}:
            return Answer.YES
        sites = {touch.site for touch in asked.touches}
        held = any(
            ledger.words.sites.words[ledger.account_site[a]] in sites
            for a in self._accounts(material)
        )
        known = bool(self._plain.raw_materials(own)) and not held
        return Answer.NO if known else Answer.UNKNOWN

    def _accounts(self, material: str) -> list[int]:
        """Accounts of a material, by its own name or by the raw material that packs give it."""
        ledger = self._plain.ledger
        wanted = material.casefold()
        fits = []
        for i, word in enumerate(ledger.words.materials.words):
            stage = ledger.packs.stage(word)
            if wanted in (word.casefold(), "" if stage is None else stage.material.casefold()):
                fits.append(i)
        return np.flatnonzero(np.isin(ledger.account_material, fits)).tolist()

    def direct(self) -> set[str]:
        """Sites that the scenario itself speaks of."""
        ledger = self._plain.ledger
        sites = ledger.words.sites.words
        found: set[str] = set()
        for change in self._supposed.changes:
            if change.kind == "remove":
                wanted = set(self._accounts(change.what))
                origins = zip(ledger.origin_account, ledger.origins.site, strict=True)
                found |= {sites[site] for account, site in origins if int(account) in wanted}
            elif change.what.startswith("region:"):
                region = change.group[1]
                found |= {s for s in sites if ledger.places[s].stance(region) != "outside"}
            else:
                party = change.what.removeprefix("party:")
                found |= {s for s in sites if ledger.places[s].party == party}
        return found

    def site_findings(self, direct: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What stands beside a site named as another supplier: place and listings, as found."""
        hit = {self._plain.ledger.places[site].party for site in direct}
        out = {}
        for site in self._plain.ledger.words.sites.words:
            place = self._plain.ledger.places[site]
            out[site] = {
                "party": place.party,
                "country": place.shown_country or None,
                "region": place.shown_region or None,
                "in_region": place.stance("CN-XJ"),
                "listed": self._status(place.party),
                "same_party_as_hit": place.party in hit,
            }
        return out

    def _status(self, party: str) -> str:
        """Listed, possible, not listed or unknown on the scenario's day, over the US registers."""
        if party not in self._plain.parties:
            return "unknown"
        found, whole = set(), True
        for _, register in self._supposed.law_registers():
            whole &= self._plain.registers[register].complete_on(self._start)
            for one in self._supposed.listings_of_party(register, party):
                if one.listing.in_force(self._start):
                    found.add(one.certainty)
        if found:
            return "listed" if "listed" in found else "possible"
        return "not_listed" if whole else "unknown"


def _free_region(facts: dict[str, Any], change: Change) -> None:
    """Facts as if nothing came from the region: places elsewhere, no content of it."""
    kind, region = change.group
    if kind != "region":
        return
    facts["chain"] = [
        {**link, "region": ELSEWHERE} if link.get("region") == region else link
        for link in facts["chain"]
    ]
    nothing = {"min": 0.0, "expected": 0.0, "max": 0.0, "undocumented": 0.0, "unresolved": 0.0}
    others = [one for one in facts["content"] if one["group"] != change.what]
    facts["content"] = [*others, {"group": change.what, **nothing, "reachable": False}]


def _worst(answers: Iterable[Answer]) -> Answer:
    """Yes before unknown before no; no if nothing was asked."""
    found = set(answers)
    return next((a for a in (Answer.YES, Answer.UNKNOWN) if a in found), Answer.NO)
