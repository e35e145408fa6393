"""The findings on a terminal: who needs work first, by entry, by supplier, by product.

Plain lines that survive a pipe and a log. Columns line up for Chinese as well; names of
the user's data are cut to fit and carry no control characters, so that a file can't
command the terminal it is shown on.

    findings ── view.work_list ── summary ──> lines of text
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alnage.report import view
from alnage.report.reading import Json, columns_wide, items, number, shorten, word, words_in
from alnage.report.wording import Wording, language

_MOST = 20
_COLOURS = {"yes": "31;1", "expected": "31", "unknown": "33"}


def summary(findings: Json, lang: str, width: int = 80, *, colour: bool = False) -> str:
    """A summary of ``findings/1`` in lines of at most ``width`` columns (at least 60).

    Raises:
        OptionError: for a language without a catalogue.

    >>> print(summary({"folder": "x", "on": "2024-12-01", "targets": [
    ...     {"target": "E-1", "verdicts": [{"question": "prohibition", "answer": "unknown"}],
    ...      "groups": [{"group": "region:CN-XJ", "min": 0, "expected": 0.1, "max": 0.4}]}]}, "en"))
    x on 2024-12-01, targets: 1
    <BLANKLINE>
    By entry
      E-1   unknown, content expected  0 % to 40 %  made in region CN-XJ
    <BLANKLINE>
    A share is evidence, never a legal threshold. This is not legal advice.
    """
    say = Wording(language(lang))
    width = max(width, 60)
    entries = view.work_list(findings)
    head = say.t(
        "summary_head",
        folder=word(findings, "folder"),
        date=word(findings, "date") or word(findings, "on") or say.t("not_known"),
        count=len(entries),
    )
    blocks = [
        [head, *(_register(say, register) for register in items(findings, "registers"))],
        _block(say.t("by_entry"), _entry_lines(say, entries), width, say, len(entries)),
        *(
            _block(say.t(head), _rolls(say, rolls), width, say, len(rolls))
            for head, rolls in (
                ("by_supplier", view.rolled_up(findings, "suppliers")),
                ("by_product", view.rolled_up(findings, "products")),
            )
        ),
        _closing(say, findings),
    ]
    text = "\n\n".join(
        "\n".join(shorten(line, width) for line in block) for block in blocks if block
    )
    return _coloured(text, say, entries) if colour else text


def enterprise_summary(result: Json, lang: str, width: int = 80) -> str:
    """A summary of the result of ``alnage enterprise``, in lines of at most ``width`` columns.

    Raises:
        OptionError: for a language without a catalogue.

    >>> print(enterprise_summary({"enterprise": "Mill", "date": "2025-01-15", "follows": [
    ...     {"market": "US", "regime": "US-UFLPA", "question": "presumption", "by": "place",
    ...      "answer": "unknown", "verified": "primary"}]}, "en"))
    Enterprise report: Mill
    No listing was found. See the registers below for what they cover.
    <BLANKLINE>
    From the place
      US   US-UFLPA presumption  unknown, primary source
    <BLANKLINE>
    This is not legal advice.
    """
    say = Wording(language(lang))
    width = max(width, 60)
    head = [say.t("enterprise_title", name=enterprise_name(result))]
    for listing in items(result, "listings"):
        since = word(listing, "effective_from") or say.t("not_known")
        told = say.t(
            "listing_said",
            register=word(listing, "register"),
            clause=word(listing, "clause") or "–",
            by=say.known(listing.get("by")),
            since=since,
        )
        if word(listing, "removed_on"):
            told += " " + say.t("removed_said", date=word(listing, "removed_on"))
        head += [word(listing, "name"), f"  {told}"]
    if not items(result, "listings"):
        head.append(say.t("enterprise_not_found"))
    if items(result, "possible"):
        names = dict.fromkeys(word(one, "name") for one in items(result, "possible"))
        head.append(say.t("possible_named", names="; ".join(names)))
    blocks = [head]
    for key, title in (
        ("listing", say.t("follows_listing")),
        ("place", say.t("follows_place")),
        ("content", say.t("follows_content")),
    ):
        found = [item for item in items(result, "follows") if word(item, "by") == key]
        lines = [(word(f, "market"), _question(say, f), say.answer(f)) for f in found]
        blocks.append(_block(title, list(lines), width, say, len(lines)))
    registers = [
        say.t("register_retrieved", register=word(r, "id"), date=word(r, "retrieved_on"))
        for r in items(result, "registers")
    ]
    blocks += [_removal(say, result), registers, [say.t("summary_advice")]]
    return "\n\n".join(
        "\n".join(shorten(line, width) for line in block) for block in blocks if block
    )


def _question(say: Wording, item: Json) -> str:
    return f"{word(item, 'regime')} {say.question(item)}".strip()


def _removal(say: Wording, result: Json) -> list[str]:
    """By regime, which triggers would still answer after a removal."""
    lines = []
    for one in items(result, "if_removed"):
        triggers = [say.known(trigger) for trigger in words_in(one, "remains")]
        told = say.joined(triggers) or say.t("nothing_remains")
        lines.append("  " + say.t("removal_leaves", regime=word(one, "regime"), triggers=told))
    return [say.t("if_removed"), *lines] if lines else []


def enterprise_name(result: Json) -> str:
    """The enterprise's name; it may come as text or as the record of a party."""
    given = result.get("enterprise")
    for key in ("name", "party", "id"):
        if word(given, key):
            return word(given, key)
    return word(result, "enterprise")


def _register(say: Wording, register: Json) -> str:
    name = word(register, "id")
    return say.t(
        "summary_register", register=name, age=say.age(register), complete=say.complete(register)
    )


def _entry_lines(say: Wording, entries: Iterable[view.Entry]) -> list[Sequence[str]]:
    lines: list[Sequence[str]] = []
    for entry in entries:
        groups = items(entry.target, "groups")
        worst = max(
            groups,
            key=lambda g: (
                number(g, "min") or 0,
                number(g, "expected") or 0,
                number(g, "max") or 0,
            ),
            default={},
        )
        bounds = say.bounds(worst) if worst else ""
        group = say.group(worst.get("group")) if worst else ""
        date = word(entry.target, "date")
        lines.append((entry.name, date, say.standing(entry.standing), bounds, group))
    return lines


def _rolls(say: Wording, rolls: Iterable[Json]) -> list[Sequence[str]]:
    lines: list[Sequence[str]] = []
    for roll in rolls:
        name = word(roll, "name") or word(roll, "party") or word(roll, "product")
        count = number(roll, "entries")
        named = say.joined(words_in(roll, "entries"))
        if count is not None:
            named = say.t("entry_count", count=int(count))
        lines.append((name, say.answer_word(roll.get("worst")), named))
    return lines


def _block(
    head: str, lines: list[Sequence[str]], width: int, say: Wording, count: int
) -> list[str]:
    """A heading and its lines in columns; the last column takes what room is left."""
    if not lines:
        return []
    shown = lines[:_MOST]
    # A long name gives way to the answers beside it.
    cut = [tuple(shorten(cell, width // 3) for cell in line[:-1]) for line in shown]
    wide = [max(columns_wide(line[i]) for line in cut) for i in range(len(cut[0]))]
    out = [head]
    for line, cells in zip(shown, cut, strict=True):
        padded = "  ".join(
            cell + " " * (size - columns_wide(cell)) for cell, size in zip(cells, wide, strict=True)
        )
        out.append(f"  {padded}  {line[-1]}".rstrip())
    if count > _MOST:
        out.append("  " + say.t("summary_more", count=count - _MOST))
    return out


def _closing(say: Wording, findings: Json) -> list[str]:
    rejected = len(items(findings, "rejected"))
    lines = [say.t("summary_rejected", count=rejected)] if rejected else []
    tables = items(findings, "missing_tables")
    lines += [say.t("missing_tables")] if tables else []
    for table in tables:
        answers = say.apart(words_in(table, "answers"))
        lines.append(
            "  " + say.t("missing_table_said", table=word(table, "table"), answers=answers)
        )
    return [*lines, say.t("summary_not")]


def _coloured(text: str, say: Wording, entries: Iterable[view.Entry]) -> str:
    """Colour the standings; the words stay, so nothing hangs on the colour."""
    for standing in {entry.standing for entry in entries} & _COLOURS.keys():
        said = say.standing(standing)
        text = text.replace(f"  {said}  ", f"  \x1b[{_COLOURS[standing]}m{said}\x1b[0m  ")
    return text
