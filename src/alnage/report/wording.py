"""Puts values of the findings into words: answers, shares, groups, reasons, sources.

The findings speak in codes and numbers; a report speaks to somebody with thirty days on
the clock. Everything a page, a sheet or the terminal says about a value is said here, so
that all of them say the same: a ``no`` reads "conditions not met on these facts" in each,
an answer carries how far its law was verified, and a tiny share never reads as nothing.

    codes, numbers ── Wording(lang) ── catalogue words/LANG/report.toml ──> text
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from alnage.model import OptionError
from alnage.report.reading import Json, clean, number, word
from alnage.words import LANGS, catalogue, say

ANSWERS = {"yes": "answer_yes", "no": "answer_no", "unknown": "answer_unknown"}
VERIFIED = {
    "primary": "verified_primary",
    "secondary": "verified_secondary",
    "unverified": "verified_unverified",
}
QUESTIONS = {
    "applies": "question_applies",
    "presumption": "question_presumption",
    "prohibition": "question_prohibition",
    "report": "question_report",
    "conduct": "question_conduct",
}
VOCABULARY = {
    "listed": "word_listed",
    "possible": "word_possible",
    "not_listed": "word_not_listed",
    "unknown": "answer_unknown",
    "entry": "word_entry",
    "line": "word_line",
    "movement": "word_movement",
    "lot": "word_lot",
    "supplier": "word_supplier",
    "identity_preserved": "word_identity_preserved",
    "segregated": "word_segregated",
    "mixed": "word_mixed",
    "exact": "word_exact",
    "interval": "word_interval",
    "asserted": "word_asserted",
    "documented": "word_documented",
    "identifier": "word_identifier",
    "name": "word_name",
    "decision": "word_decision",
    "scope": "word_scope",
    "match": "word_match",
    "weak_alias": "word_weak_alias",
    "unsure": "word_unsure",
    "minor_link": "word_minor_link",
    "listing": "word_listing",
    "place": "word_place",
    "content": "word_content",
    "exemption": "word_exemption",
    "licence": "word_licence",
    "consent": "word_consent",
    "report": "word_report",
    "exception": "word_exception",
    "primary": "verified_primary",
    "secondary": "verified_secondary",
    "unverified": "verified_unverified",
    "legal_aid": "word_legal_aid",
    "policy": "word_policy",
    "fiscal": "word_fiscal",
    "finance": "word_finance",
    "innovation": "word_innovation",
    "market_development": "word_market_development",
    "employment": "word_employment",
    "training": "word_training",
    "insurance": "word_insurance",
    "national": "word_national",
    "regional": "word_regional",
    "prefecture": "word_prefecture",
    "county": "word_county",
    "own": "word_own",
    "subsidiaries": "word_subsidiaries",
    "subordinate_and_affiliated": "word_subordinate_and_affiliated",
    "implementing_notice": "word_implementing_notice",
}
# What an item of paths, gaps, evidence, remedies or figures may carry, as a label.
LABELS = {
    "basis": "label_basis",
    "by": "label_by",
    "in_force": "label_in_force",
    "notes": "label_note",
    "after": "label_after",
    "announced_on": "label_announced_on",
    "answer": "label_answer",
    "asserts": "label_asserts",
    "authority": "label_authority",
    "before": "label_before",
    "citation": "label_citation",
    "clause": "label_clause",
    "closes": "label_closes",
    "content": "label_content",
    "coverage": "label_coverage",
    "date": "label_date",
    "deadline": "label_deadline",
    "document": "label_document",
    "documents": "label_documents",
    "due": "label_due",
    "effect": "label_effect",
    "effective_from": "label_effective_from",
    "entity": "label_entity",
    "event": "label_event",
    "events": "label_events",
    "evidence": "label_evidence",
    "expected": "label_expected",
    "from": "label_from",
    "group": "label_group",
    "identifiers": "label_identifiers",
    "instrument": "label_instrument",
    "kind": "label_kind",
    "legal_basis": "label_legal_basis",
    "level": "label_level",
    "listed_on": "label_listed_on",
    "lot": "label_lot",
    "market": "label_market",
    "material": "label_material",
    "max": "label_max",
    "measure": "label_measure",
    "min": "label_min",
    "missing": "label_missing",
    "name": "label_name",
    "narrows": "label_narrows",
    "note": "label_note",
    "party": "label_party",
    "path": "label_path",
    "programme": "label_programme",
    "quantity_kg": "label_quantity_kg",
    "reason": "label_reason",
    "receipt": "label_receipt",
    "regime": "label_regime",
    "register": "label_register",
    "remedy": "label_remedy",
    "removed_on": "label_removed_on",
    "scope": "label_scope",
    "score": "label_score",
    "share": "label_share",
    "site": "label_site",
    "source": "label_source",
    "statement": "label_statement",
    "status": "label_status",
    "step": "label_step",
    "table": "label_table",
    "target": "label_target",
    "to": "label_to",
    "type": "label_type",
    "undocumented": "label_undocumented",
    "unresolved": "label_unresolved",
    "verified": "label_verified",
    "what": "label_what",
    "who": "label_who",
    "width": "label_width",
}
STANDINGS = {
    "yes": "standing_yes",
    "expected": "standing_expected",
    "unknown": "standing_unknown",
    "no": "standing_no",
    "none": "standing_none",
}
# Facts of a transaction as the law asks for them (design, section 6).
FACTS = {
    "transaction": "fact_transaction",
    "market": "fact_market",
    "date": "fact_date",
    "shipped": "fact_shipped",
    "importer": "fact_importer",
    "exporter": "fact_exporter",
    "hs": "fact_hs",
    "materials": "fact_materials",
    "forced_labour": "fact_forced_labour",
    "child_labour": "fact_child_labour",
    "chain": "fact_chain",
    "made": "fact_made",
    "title": "fact_title",
    "country": "fact_country",
    "region": "fact_region",
    "aid": "fact_aid",
    "owners": "fact_owners",
    "listings": "fact_listings",
    "content": "fact_content",
    "orders": "fact_orders",
    "covers": "fact_covers",
    "permissions": "fact_permissions",
    "actor": "fact_actor",
    "owned_by": "fact_owned_by",
    "counterparty": "fact_counterparty",
    "reason": "fact_reason",
    "measure": "fact_measure",
    "state": "fact_state",
    "regime": "fact_regime",
    "measures": "fact_measures",
    "recipient": "fact_recipient",
    "stored_in": "fact_stored_in",
    "assists_evasion": "fact_assists_evasion",
    "register": "fact_register",
    "effective_from": "fact_effective_from",
    "kind": "fact_kind",
    "goods": "fact_goods",
    "party": "fact_party",
    "evidence": "fact_evidence",
}
# Fields that hold a fraction of a target.
SHARES = frozenset(
    {"share", "coverage", "min", "max", "expected", "undocumented", "unresolved", "claimed"}
    | {"narrows", "width", "before", "after", "restricted", "content", "component"}
)
_GROUPS = {
    "region": ("group_region", "place"),
    "listed": ("group_listed", "register"),
    "listed-then": ("group_listed_then", "register"),
    "party": ("group_party", "party"),
    "held": ("group_held", "whom"),
}


def language(lang: str) -> str:
    """``lang`` if there is a catalogue of it.

    Raises:
        OptionError: for any other language; names those there are.

    >>> language("zh")
    'zh'
    """
    if lang not in LANGS:
        raise OptionError("report_language", lang=lang, known=", ".join(LANGS))
    return lang


@dataclass(frozen=True, slots=True)
class Wording:
    """One language of the report.

    >>> en = Wording("en")
    >>> en.answer({"answer": "yes", "verified": "unverified"})
    'yes, unverified'
    >>> en.share(0.1234), en.share(1e-7), en.share(0.99999), en.share(None)
    ('12.3 %', '< 0.01 %', '> 99.99 %', 'not known')
    """

    lang: str

    def t(self, key: str, **params: Any) -> str:
        """The sentence or label ``report.KEY``."""
        return say(f"report.{key}", params, self.lang)

    def known(self, value: Any) -> str:
        """A word of the shared vocabulary; any other text as it stands."""
        text = clean(value)
        return self.t(VOCABULARY[text]) if text in VOCABULARY else text

    def label(self, key: str) -> str:
        """The label of a field; a field that has none keeps its own name."""
        return self.t(LABELS[key]) if key in LABELS else clean(key).replace("_", " ")

    def local(self, value: Any) -> str:
        """Text that may come as one string or as one string a language."""
        if isinstance(value, Mapping):
            value = value.get(self.lang) or value.get("en") or next(iter(value.values()), "")
        return clean(value)

    def answer_word(self, answer: Any) -> str:
        """yes, unknown, or for no: "conditions not met on these facts"."""
        return self.t(ANSWERS.get(str(answer), "answer_unknown"))

    def answer(self, verdict: Json) -> str:
        """The answer of a verdict with, in the same cell, how far its law was verified."""
        verified = VERIFIED.get(word(verdict, "verified"), "verified_unverified")
        said = self.answer_word(verdict.get("answer"))
        return self.t("answer_cell", answer=said, verified=self.t(verified))

    def standing(self, standing: str) -> str:
        """Where an entry stands in the work list, in words."""
        return self.t(STANDINGS[standing])

    def fact(self, path: str) -> str:
        """An absent fact, as the law's facts name it, in words; its path if there are none.

        >>> Wording("en").fact("chain[0].region"), Wording("en").fact("content[region:CN-XJ]")
        ('region of participant 1', 'content of the goods: made in region CN-XJ')
        """
        head, _, rest = clean(path).partition("[")
        index, _, tail = rest.partition("]")
        key = (tail or head).lstrip(".").rpartition(".")[2] if head != "content" else head
        if key not in FACTS:
            return clean(path)
        said = self.t(FACTS[key])
        if head == "content" and ":" in index:
            return self.t("fact_content_of", fact=said, group=self.group(index))
        if head == "chain" and index.isdecimal() and tail:
            return self.t("fact_of_participant", fact=said, number=int(index) + 1)
        return said

    def facts(self, paths: Iterable[str]) -> str:
        """Several absent facts, each once."""
        return self.apart(dict.fromkeys(self.fact(path) for path in paths))

    def days_asked(self, findings: Json) -> str:
        """On which day registers and law were asked."""
        on = word(findings, "on")
        return self.t("asked_on", date=on) if on else self.t("asked_own")

    def question(self, verdict: Json) -> str:
        """What was asked of a regime, in words."""
        name = word(verdict, "question")
        return self.t(QUESTIONS[name]) if name in QUESTIONS else name

    def joined(self, words: Iterable[str]) -> str:
        """Words in a row, with the comma of the language."""
        return ("、" if self.lang == "zh" else ", ").join(words)

    def apart(self, words: Iterable[str]) -> str:
        """Words in a row, each of which may itself hold commas."""
        return ("；" if self.lang == "zh" else "; ").join(words)

    def asked(self, text: str) -> str:
        """What a missing fact would settle: a group, or "REGIME question", in words.

        >>> Wording("zh").asked("US-UFLPA presumption")
        'US-UFLPA 推定'
        """
        if ":" in text:
            return self.group(text)
        regime, _, name = clean(text).rpartition(" ")
        return f"{regime} {self.t(QUESTIONS[name])}".strip() if name in QUESTIONS else clean(text)

    def share(self, value: float | None) -> str:
        """A fraction as a percentage with sensible digits; never 0 for a tiny one."""
        if value is None:
            return self.t("not_known")
        sign = "%" if self.lang == "zh" else " %"
        nearest = round(value)
        # Noise of adding up floats is no share; anything larger is.
        percent = 100.0 * nearest if abs(value - nearest) < 1e-12 else 100.0 * value
        if 0 < percent < 0.01:
            return f"< 0.01{sign}"
        if 99.99 < percent < 100:
            return f"> 99.99{sign}"
        near_end = percent < 1 or 99 < percent < 100
        digits = 0 if percent in (0, 100) else 2 if near_end else 1
        text = f"{percent:.{digits}f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text) + sign

    def amount(self, value: float | None) -> str:
        """A quantity with thousands separated.

        >>> Wording("en").amount(12345.678), Wording("en").amount(0.12345)
        ('12,346', '0.123')
        """
        if value is None:
            return self.t("not_known")
        if value and abs(value) < 100:
            return f"{value:.3g}"
        return f"{value:,.0f}"

    def kilograms(self, value: float | None) -> str:
        """A mass in kilograms."""
        return self.t("not_known") if value is None else f"{self.amount(value)} kg"

    def age(self, register: Json) -> str:
        """How old a register is, in days."""
        days = number(register, "age_days")
        if days is None:
            return self.t("not_known")
        if days < 0:
            return self.t("age_later")
        return self.t("day_one") if days == 1 else self.t("days", count=int(days))

    def complete(self, register: Json) -> str:
        """For which dates a register is complete."""
        first, last = word(register, "complete_from"), word(register, "complete_to")
        if not first and not last:
            whole = register.get("complete") is True
            return self.t("always_complete" if whole else "not_complete")
        return self.t("from_to", low=first or "…", high=last or "…")

    def money(self, source: Json) -> str:
        """``value`` and ``currency`` of a target; empty when there is no value."""
        value = number(source, "value")
        if value is None:
            return ""
        return f"{value:,.0f} {word(source, 'currency')}".strip()

    def bounds(self, line: Json) -> str:
        """The interval of a trace line as "min to max"."""
        low, high = number(line, "min"), number(line, "max")
        if low is not None and high is not None and high < 1e-12:
            return self.share(0.0)
        return self.t("from_to", low=self.share(low), high=self.share(high))

    def group(self, group: Any) -> str:
        """A traced group in words; its own name if its kind is not known.

        >>> Wording("en").group("region:CN-XJ")
        'made in region CN-XJ'
        """
        name = clean(group)
        kind, _, rest = name.partition(":")
        register, _, date = rest.partition("@")
        if not rest or kind not in _GROUPS:
            return name
        if kind == "listed" and date:
            return self.t("group_listed_on", register=register, date=date)
        key, parameter = _GROUPS[kind]
        return self.t(key, **{parameter: rest})

    def reason(self, node: Any) -> str:
        """The sentence of one reason, said anew in this language where its code is known."""
        if not isinstance(node, Mapping):
            return self.known(node)
        params = node.get("params") or {}
        for key in (f"reason.{node.get('code')}", f"gap.{node.get('code')}"):
            template = catalogue(self.lang).get(key)
            if template is not None and isinstance(params, Mapping):
                wanted = {name for _, name, _, _ in Formatter().parse(template) if name}
                if wanted <= set(params):
                    return clean(say(key, self._shown(params), self.lang))
        return self.local(node.get("text")) or word(node, "code")

    def _shown(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters of a sentence, numbers in sensible digits."""

        def shown(name: str, value: Any) -> Any:
            if isinstance(value, float):
                return self.share(value) if name in SHARES else self.amount(value)
            return value

        return {name: shown(name, value) for name, value in params.items()}

    def place(self, source: Json) -> str:
        """Region if there is one, else country."""
        return word(source, "region") or word(source, "country")

    def row(self, source: Json) -> str:
        """A row of a user's file: "movements.csv, row 12"."""
        file, row = word(source, "file"), source.get("row")
        if isinstance(row, int) and row > 0:
            return self.t("file_row", file=file, row=row)
        return file
