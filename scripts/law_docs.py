"""Write docs/law/ from the law data, for a lawyer to read and correct without reading code.

law_docs.py write   write a page a regime, the index, and the list of what is not verified
law_docs.py check   fail if the pages are not what the data would write
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from alnage.law import LawBook, Regime
from alnage.law.book import evidence_kinds, plain
from alnage.law.clock_rules import clock_rules
from alnage.words import say

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "law"
TERMS = ROOT / "src" / "alnage" / "law" / "tables" / "terms.yaml"
HEAD = "Written by `scripts/law_docs.py` from the law data; correct the data, not this page."
GRADES = {
    "primary": "seen in the primary text",
    "secondary": "seen in secondary sources",
    "unverified": "**unverified**",
}


def cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "/")


def table(heads: list[str], rows: list[list[object]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |"]
    return [*lines, *(f"| {' | '.join(cell(one) for one in row)} |" for row in rows), ""]


def source(data: Mapping[str, Any], key: str) -> str:
    cite = data["citations"][key]
    return f"[{cite['text']}]({cite['url']})" if cite.get("url") else cite["text"]


def phrase(node: Mapping[str, Any]) -> str:
    """One condition in words, without those below it."""
    if "fact" in node:
        path = f"`{node['fact']}`"
        for key, verb in (
            ("is", "is"), ("in", "is one of"), ("inside", "lies inside"), ("outside", "lies outside"),
            ("inside_of", "lies inside the place of"), ("outside_of", "lies outside the place of"),
        ):  # fmt: skip
            if key in node:
                wanted = node[key] if isinstance(node[key], list) else [node[key]]
                shown = ", ".join(
                    str(one).lower() if isinstance(one, bool) else str(one) for one in wanted
                )
                default = (
                    f" (absent counts as {str(node['default']).lower()})"
                    if "default" in node
                    else ""
                )
                return f"{path} {verb} {shown}{default}"
    words = {
        "act": lambda v: f"the act is {', '.join(v)}",
        "date": lambda v: f"the date is from {v.get('from', '–')} and before {v.get('to', '–')}",
        "register": lambda v: f"the listing is of the register `{v}`",
        "current": lambda v: (
            "it stands, whenever it began" if v == "whenever" else "it has effect on the date"
        ),
        "region": lambda v: f"its place is {v}",
        "content": lambda v: f"the goods contain material of `{v}`, by the bounds of tracing",
        "held": lambda v: f"`{v}` held the goods or title to them: an open question",
        "scope_in": lambda v: f"the order is about {v}",
        "present": lambda v: f"`{v}` is given",
        "made_before_listing": lambda v: f"made before the listing of `{v}` had effect",
        "open": lambda v: f"open: {say(f'reason.{v}', {})}",
        "question": lambda v: f"yes to *{v}*",
        "term": lambda v: f"the shared definition *{v.replace('_', ' ')}* holds",
        "always": lambda v: "always" if v else "never",
        "some": lambda v: f"some entry of `{v}` for which:",
        "all": lambda _: "all of:",
        "any": lambda _: "any of:",
        "not": lambda _: "not:",
    }
    return next(say_it(node[word]) for word, say_it in words.items() if word in node)


def outline(node: Mapping[str, Any], data: Mapping[str, Any], depth: int) -> Iterator[str]:
    """A condition as a nested list, each part with its heading, source and grade."""
    heading = f"*{say('reason.' + node['because'], {})}* " if "because" in node else ""
    keys = node.get("cite", [])
    cites = [source(data, key) for key in ([keys] if isinstance(keys, str) else keys)]
    tail = f" ({'; '.join(cites)})" if cites else ""
    tail += " **unverified**" if node.get("verified") == "unverified" else ""
    clocks = node.get("clocks", [])
    tail += f"; starts {', '.join(f'`{one}`' for one in clocks)}" if clocks else ""
    said = phrase(node)
    colon = ":" if said.endswith(":") else ""
    yield f"{'  ' * depth}- {cell(heading + said.removesuffix(':') + tail + colon)}"
    below = [*node.get("all", ()), *node.get("any", ())]
    below += [node[key] for key in ("not", "where") if key in node]
    for one in below:
        yield from outline(one, data, depth + 1)


def dates(data: Mapping[str, Any]) -> list[str]:
    names = (
        "adopted",
        "published",
        "in_force",
        "effective",
        "expires",
        "repealed",
        "disputed_from",
    )
    rows = [
        [v["version"], *(v.get(name, "–") for name in names), GRADES[v["verified"]],
         "; ".join(source(data, key) for key in v["cite"])]
        for v in data["versions"]
    ]  # fmt: skip
    lines = table(
        ["version", *(name.replace("_", " ") for name in names), "verified", "source"], rows
    )
    for version in data["versions"]:
        for part in version.get("articles", ()):
            lines.append(
                f"- Articles {part['articles']}: {part['applicable']}, {GRADES[part['verified']]}."
            )
        for key in ("note", "early_end"):
            if key in version:
                lines.append(f"- {version['version']}: {version[key]['en']} {version[key]['zh']}")
    lines += [
        f"- Proposed, not law: {bill['name']}. {bill['text']['en']} {bill['text']['zh']}"
        for bill in data.get("proposed", ())
    ]
    return [*lines, ""] if lines[-1] else lines


def statements(data: Mapping[str, Any]) -> list[list[object]]:
    found = {
        key: data.get(key, [])
        for key in ("addressees", "date_that_counts", "threshold", "effect", "proof", "notes")
    }
    return [
        [key.replace("_", " "), f["en"], f["zh"], GRADES[f["verified"]], source(data, f["cite"])]
        for key, facts in found.items()
        for f in (facts if isinstance(facts, list) else [facts])
    ]


def opened(node: Any) -> Iterator[str]:
    """Every question that a condition leaves open, as the code of its sentence."""
    if isinstance(node, Mapping):
        if "open" in node:
            yield node["open"]
        for one in node.values():
            yield from opened(one)
    elif isinstance(node, (list, tuple)):
        for one in node:
            yield from opened(one)


def page(regime: Regime) -> str:
    data = plain(regime.data)
    names = data["names"]
    lines = [f"# {regime.id}: {names['en']}", "", HEAD, ""]
    lines += [f"- {names['original']}", f"- {names['zh']}"]
    lines += [
        f"- kind `{regime.kind}`, jurisdiction {regime.jurisdiction}",
        f"- {source(data, data['citation'])}",
    ]
    if "authority" in data:
        lines.append(f"- authority: {data['authority']['en']}; {data['authority']['zh']}")
    lines += ["", "## Dates", "", *dates(data), "## What it says", ""]
    lines += table(["", "English", "中文", "verified", "source"], statements(data))
    for name, question in data["questions"].items():
        lines += [f"## Question: {name}", ""]
        lines += [f"Provision: {source(data, question['provision'])}.", ""]
        lines += [f"Yes means: {say('effect.' + question['effect'], {})}", ""]
        lines += ["It is yes if the regime has effect on the date that counts, and"
                  if name == "applies" else "It is yes if the regime applies, and", ""]  # fmt: skip
        lines += [*outline(question["when"], data, 0), ""]
        if question.get("flags"):
            lines += ["Remarks that change no answer:", ""]
            for flag in question["flags"]:
                lines += outline({"because": flag["because"], **flag["when"]}, data, 0)
            lines.append("")
    lines += tail(data)
    return "\n".join(lines).rstrip() + "\n"


def tail(data: Mapping[str, Any]) -> list[str]:
    """Remedies, evidence, positions, sources."""
    lines: list[str] = []
    for key in ("remedies", "clocks", "registers"):
        if data.get(key):
            lines += [f"{key.capitalize()}: {', '.join(f'`{one}`' for one in data[key])}.", ""]
    if data.get("exits"):
        ways = [
            f"{way['kind'].replace('_', ' ')} ({source(data, way['cite'])})"
            for way in data["exits"]
        ]
        lines += [f"Lawful exits: {'; '.join(ways)}.", ""]
    if data.get("evidence"):
        kinds = evidence_kinds()
        rows = [
            [e["commodity"], e["stage"]["en"], e["stage"]["zh"],
             "; ".join(kinds[one]["en"] for one in e["documents"]), GRADES[e["verified"]],
             source(data, e["cite"])]
            for e in data["evidence"]
        ]  # fmt: skip
        lines += [
            "## Evidence",
            "",
            *table(["commodity", "stage", "阶段", "documents", "verified", "source"], rows),
        ]
    if data.get("positions"):
        rows = [
            [p["by"]["en"], p["side"], p["text"]["en"], p["text"]["zh"], GRADES[p["verified"]], source(data, p["cite"])]
            for p in data["positions"]
        ]  # fmt: skip
        lines += ["## Positions", "", "Attributed, and outside every answer.", ""]
        lines += table(["by", "side", "English", "中文", "verified", "source"], rows)
    rows = [
        [f"`{key}`", source(data, key), GRADES[c["verified"]], c.get("note", "")]
        for key, c in data["citations"].items()
    ]
    return [*lines, "## Sources", "", *table(["key", "source", "verified", "note"], rows)]


def unverified(book: LawBook) -> str:
    lines = ["# What is not verified", "", HEAD, ""]
    lines += [
        "Every article, date or statement that was seen neither in its primary text nor in another",
        "source. An answer that rests on one says “unverified” in the same cell. Whoever has read the",
        "text is asked to correct the data file, with the citation.",
        "",
    ]  # fmt: skip
    for regime in book:
        data = plain(regime.data)
        rows = [
            ["article", c["text"], c.get("note", "")]
            for c in data["citations"].values()
            if c["verified"] == "unverified"
        ]
        rows += [
            ["version", v["version"], ""] for v in data["versions"] if v["verified"] == "unverified"
        ]
        rows += [
            [what, en, ""]
            for what, en, _, grade, _ in statements(data)
            if grade == GRADES["unverified"]
        ]
        rows += [
            ["evidence", f"{e['commodity']}: {e['stage']['en']}", ""]
            for e in data.get("evidence", ())
            if e["verified"] == "unverified"
        ]
        if rows:
            lines += [
                f"## [{regime.id}]({regime.id}.md)",
                "",
                *table(["what", "text", "note"], rows),
            ]
    rules = [rule for rule in clock_rules().values() if rule.verified == "unverified"]
    lines += [
        "## Clocks",
        "",
        *table(["rule", "source"], [[f"`{r.id}`", r.citation] for r in rules]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def index(book: LawBook) -> str:
    rows = [
        [f"[{r.id}]({r.id}.md)", r.kind, r.names["en"], r.names["zh"],
         r.in_force.versions[0].effective or "–", GRADES[r.in_force.versions[-1].verified]]
        for r in book
    ]  # fmt: skip
    lines = [
        "# The law data, page by page",
        "",
        HEAD,
        "",
        f"As of {book.as_of}. Nothing here is legal advice.",
        "",
    ]
    lines += table(["regime", "kind", "English", "中文", "can be applied from", "verified"], rows)
    lines += [
        "[What is not verified](unverified.md) · [How the law is asked](../law.md) · [Clocks](../clocks.md)",
        "",
    ]
    terms = yaml.safe_load(TERMS.read_text("utf-8"))["terms"]
    lines += ["## Shared definitions", ""]
    for name, node in terms.items():
        lines += [f"### {name.replace('_', ' ')}", "", *outline(node, {"citations": {}}, 0), ""]
    return "\n".join(lines).rstrip() + "\n"


def pages() -> dict[str, str]:
    book = LawBook.load()
    found = {f"{regime.id}.md": page(regime) for regime in book if not regime.private}
    return {**found, "index.md": index(book), "unverified.md": unverified(book)}


def problems() -> list[str]:
    wanted = pages()
    stale = [
        name
        for name, text in wanted.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != text
    ]
    stray = [file.name for file in FOLDER.glob("*.md") if file.name not in wanted]
    return sorted([*stale, *stray])


if __name__ == "__main__":
    if sys.argv[1:] == ["write"]:
        FOLDER.mkdir(exist_ok=True)
        for name in problems():
            (FOLDER / name).unlink(missing_ok=True)
        for name, text in pages().items():
            (FOLDER / name).write_text(text, "utf-8")
    elif sys.argv[1:] == ["check"]:
        found = problems()
        sys.exit(f"out of date: {', '.join(found)}; run scripts/law_docs.py write" if found else 0)
    else:
        sys.exit(__doc__)
