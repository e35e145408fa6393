"""The report as one page: a work list first, then every entry with its reasons.

Somebody with a detained container has thirty days. So the page opens with what was asked,
how old the registers are, and which entries need work; behind each answer stands the tree
of its reasons down to a row of a file or an article of law. One file, no script, nothing
fetched: it can be printed, sent and kept. Text of users enters as data (autoescape).

    findings ── view ── templates/*.html.j2 (+ sankey, bars) ──> HTML text
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from alnage.report import view
from alnage.report.bars import bars
from alnage.report.reading import Json, clean, items, number, part, word, words_in
from alnage.report.sankey import anchor, sankey
from alnage.report.wording import QUESTIONS, SHARES, Wording, language

if TYPE_CHECKING:
    from jinja2 import Environment


# A page stays one that a browser opens; what is beyond is in the workbook, and said so.
MOST_IN_FULL = 100
MOST_PARTIES = 500
MOST_IN_LIST = 2000


def render_html(findings: Json, lang: str) -> str:
    """The report of ``alnage assess`` as one HTML document.

    ``findings`` is the JSON value ``findings/1``; absent keys leave their part out.

    Raises:
        OptionError: for a language without a catalogue.

    >>> page = render_html({"folder": "x", "targets": []}, "zh")
    >>> page.startswith("<!doctype html>"), 'lang="zh-Hans"' in page
    (True, True)
    """
    entries = view.work_list(findings)
    rows = view.cited_rows(findings)
    shown = {word(party, "party") for party in view.parties(findings, MOST_PARTIES)}
    return page(
        "findings.html.j2",
        lang,
        rows,
        findings=findings,
        entries=entries,
        told_in_full=entries[:MOST_IN_FULL],
        parties=view.parties(findings, MOST_PARTIES),
        tally=view.tally(entries),
        names={p: n for p, n in view.party_names(findings).items() if p in shown},
        figure=partial(figure, lang=language(lang), rows=rows.keys()),
    )


def figure(target: Json, group: str, chain: Json, *, lang: str, rows: Any) -> str:
    """The Sankey of one group of one target."""
    say = Wording(lang)
    title = say.t("sankey_title", target=word(target, "target"), group=say.group(group))
    quantity = number(target, "quantity_kg")
    return sankey(chain, lang, title=title, quantity_kg=quantity, rows=rows)


def page(template: str, lang: str, rows: Any, **values: Any) -> str:
    """Fill a template of this room; ``rows`` are the cited rows that the page holds."""
    say = Wording(language(lang))
    environment = _environment()
    tools = {
        "say": say,
        "t": say.t,
        "lang": lang,
        "rows": rows,
        "items": items,
        "part": part,
        "word": word,
        "words": words_in,
        "num": number,
        "clean": clean,
        "view": view,
        "bars": bars,
        "anchor": anchor,
        "slug": slug,
        "link": web_address,
        "most_in_list": MOST_IN_LIST,
        "answered": partial(answered, say),
        "folded": partial(folded, say),
        "facts": partial(facts, say),
        "numbers": partial(numbers, say),
    }
    return environment.get_template(template).render(**tools, **values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("alnage.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def answered(say: Wording, target: Json) -> list[tuple[str, str, list[str]]]:
    """The answers of a target gathered for one cell: class, answer, and who gives it to what.

    Import rules that are open lead; without one, all regimes are named. A regime that
    answers ``no`` to everything is named alone, without its questions.
    """
    closed = view.closed_regimes(target)
    leading = view.leading_regimes(target)
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for verdict in view.asked_of(target):
        if leading and not view.on_imports([verdict]):
            continue
        answer = word(verdict, "answer")
        shown = answer if answer in ("yes", "no") else "unknown"
        regimes = found.setdefault((shown, say.answer(verdict)), {})
        questions = regimes.setdefault(word(verdict, "regime"), [])
        if word(verdict, "regime") not in closed:
            questions.append(say.question(verdict))
    return [
        (shown, text, [f"{r} {say.joined(questions)}".strip() for r, questions in regimes.items()])
        for (shown, text), regimes in found.items()
    ]


def folded(say: Wording, verdicts: list[Json]) -> list[tuple[str, Json]]:
    """The verdicts of a regime that answers ``no``: one a wording, with all its questions."""
    found: dict[str, list[Json]] = {}
    for verdict in verdicts:
        found.setdefault(say.answer(verdict), []).append(verdict)
    return [(say.joined(map(say.question, alike)), alike[0]) for alike in found.values()]


def slug(kind: str, name: Any) -> str:
    """An id on the page for a named thing; distinct names have distinct ids.

    >>> slug("entry", "E-01"), slug("entry", "E 01/2")
    ('entry-E-01', 'entry-E_2001_2f2')
    """
    safe = "".join(
        c if c.isascii() and (c.isalnum() or c in ".-") else f"_{ord(c):x}" for c in str(name)
    )
    return f"{kind}-{safe}"


def web_address(url: Any) -> str:
    """``url`` if it is a plain web address to follow by hand, else nothing.

    >>> web_address("https://example.org/a"), web_address("javascript:alert(1)")
    ('https://example.org/a', '')
    """
    text = clean(url)
    return text if text.startswith(("https://", "http://")) and " " not in text else ""


# Keys that are shown in their own way and so are left out of a list of facts.
_SHOWN_APART = frozenset(
    {"because", "sources", "citations", "text", "code", "params", "url", "node"}
)


def facts(say: Wording, item: Json, *without: str) -> list[tuple[str, str]]:
    """Label and value of all plain fields of an item, so that no field is ever dropped.

    >>> facts(Wording("en"), {"site": "gin", "share": 0.06, "because": []})
    [('site', 'gin'), ('share', '6 %')]
    """
    shown = []
    for key, value in item.items():
        if key not in _SHOWN_APART and key not in without:
            text = told(say, key, value)
            if text:
                shown.append((say.label(key), text))
    return shown


_ANSWERS = frozenset({"answer", "open", "worst", "from", "to", *QUESTIONS})


def told(say: Wording, key: str, value: Any) -> str:
    """Any value in words: shares as percentages, lists joined, mappings as "label: value".

    >>> told(Wording("en"), "share", 0.5), told(Wording("en"), "path", ["gin", "mill"])
    ('50 %', 'gin → mill')
    """
    match value:
        case bool():
            text = say.t("answer_yes" if value else "word_no")
        case int() | float() if key in SHARES:
            text = say.share(float(value))
        case int() | float():
            text = clean(value) if isinstance(value, int) else f"{value:.4g}"
        case Mapping():
            text = _told_mapping(say, value)
        case list() | tuple():
            joint = " → " if key in ("path", "sites", "steps") else "; "
            text = joint.join(filter(None, (told(say, key, entry) for entry in value)))
        case "yes" | "no" | "unknown" if key in _ANSWERS:
            text = say.answer_word(value)
        case str() if key == "question":
            text = say.question({key: value})
        case _:
            text = say.group(value) if key == "group" else say.known(value)
    return text


def _told_mapping(say: Wording, value: Json) -> str:
    if "code" in value or "text" in value:
        return say.reason(value)
    if {"en", "zh"} & value.keys():
        return say.local(value)
    inner = ((say.label(name), told(say, str(name), entry)) for name, entry in value.items())
    return "; ".join(f"{label}: {text}" for label, text in inner if text)


def numbers(say: Wording, line: Json) -> list[tuple[str, str, str]]:
    """Each number of a trace line: label, value, and one plain sentence that says it."""
    group = say.group(line.get("group"))
    low, high, expected = (number(line, key) for key in ("min", "max", "expected"))
    shown: list[tuple[str, str, str]] = []
    reachable = line.get("reachable")
    if isinstance(reachable, bool):
        sentence = say.t("told_reachable" if reachable else "told_not_reachable", group=group)
        shown.append(
            (say.t("num_reachable"), say.t("answer_yes" if reachable else "word_no"), sentence)
        )
    if low is not None:
        sentence = say.t("told_min", share=say.share(low)) if low > 1e-9 else say.t("told_min_zero")
        shown.append((say.t("num_min"), say.share(low), sentence))
    if expected is not None:
        sentence = say.t("told_expected", share=say.share(expected))
        shown.append((say.t("num_expected"), say.share(expected), sentence))
    if high is not None:
        sentence = (
            say.t("told_max", share=say.share(high)) if high > 1e-9 else say.t("told_max_zero")
        )
        shown.append((say.t("num_max"), say.share(high), sentence))
    sentences = {
        "undocumented": "told_undocumented",
        "unresolved": "told_unresolved",
        "claimed": "told_claimed",
    }
    zeros = {
        "undocumented": "told_undocumented_zero",
        "unresolved": "told_unresolved_zero",
        "claimed": "told_claimed_zero",
    }
    labels = {
        "undocumented": "label_undocumented",
        "unresolved": "label_unresolved",
        "claimed": "num_claimed",
    }
    for key, sentence_key in sentences.items():
        value = number(line, key)
        if value is not None:
            share = say.share(value)
            sentence = say.t(sentence_key if value > 1e-9 else zeros[key], share=share)
            shown.append((say.t(labels[key]), share, sentence))
    return shown + _manner(say, line)


def _manner(say: Wording, line: Json) -> list[tuple[str, str, str]]:
    """How the numbers were come by: custody, bounds, method."""
    shown = []
    custody = word(line, "custody")
    sentences = {
        "identity_preserved": "told_identity_preserved",
        "segregated": "told_segregated",
        "mixed": "told_mixed",
    }
    if custody in sentences:
        shown.append((say.t("num_custody"), say.known(custody), say.t(sentences[custody])))
    bounds = word(line, "bounds")
    if bounds in ("exact", "interval"):
        sentence = say.t("told_exact" if bounds == "exact" else "told_interval")
        shown.append((say.t("num_bounds"), say.known(bounds), sentence))
    method = word(line, "method")
    if method:
        shown.append((say.t("num_method"), method, say.t("told_method")))
    return shown
