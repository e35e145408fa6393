"""Check or stamp the word catalogues: every code said, in both languages, from the present text.

    words.py check   missing, unused, fuzzy (Chinese of an older English text), parameters that differ
    words.py stamp   note in the Chinese files which English text each sentence translates

A Chinese file ends with a table ``[of]``: for each key the first eight digits of the
SHA-256 of the English sentence it translates. ``check`` fails when they differ.
"""

import hashlib
import re
import sys
import tomllib
from pathlib import Path
from string import Formatter

ROOT = Path(__file__).parents[1] / "src" / "alnage"
WORDS = ROOT / "words"


def sentences(lang: str) -> dict[str, tuple[str, Path]]:
    found: dict[str, tuple[str, Path]] = {}
    for file in sorted((WORDS / lang).glob("*.toml")):
        for kind, group in tomllib.loads(file.read_text("utf-8")).items():
            if kind != "of":
                for code, text in group.items():
                    key = f"{kind}.{code}"
                    if key in found:
                        sys.exit(f"{file}: {key} stands in {found[key][1].name} too")
                    found[key] = (text, file)
    return found


def stamps() -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted((WORDS / "zh").glob("*.toml")):
        found.update(tomllib.loads(file.read_text("utf-8")).get("of", {}))
    return found


def mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def used_codes() -> str:
    kinds = ("*.py", "*.yaml", "*.json", "*.j2")
    return "\n".join(p.read_text("utf-8") for kind in kinds for p in sorted(ROOT.rglob(kind)))


def problems() -> list[str]:
    en, zh, of = sentences("en"), sentences("zh"), stamps()
    source = used_codes()
    out = [f"missing in zh: {key}" for key in en if key not in zh]
    out += [f"missing in en: {key}" for key in zh if key not in en]
    for key in en:
        if key in zh:
            if names(en[key][0]) != names(zh[key][0]):
                out.append(f"parameters differ: {key}")
            if of.get(key) != mark(en[key][0]):
                out.append(f"fuzzy (English changed; translate, then words.py stamp): {key}")
        code = key.split(".", 1)[1]
        if not re.search(rf"(?<![\w.]){re.escape(code)}(?![\w.])", source):
            out.append(f"unused: {key}")
    for code in re.findall(r'\bReason\(\s*"([a-z0-9_]+)"', source):
        if f"reason.{code}" not in en:
            out.append(f"missing in en: reason.{code}")
    for code in re.findall(r'Error\(\s*"([a-z0-9_]+)"', source):
        if f"error.{code}" not in en:
            out.append(f"missing in en: error.{code}")
    return sorted(set(out))


def stamp() -> None:
    en = sentences("en")
    for file in sorted((WORDS / "zh").glob("*.toml")):
        body = file.read_text("utf-8").split("\n[of]\n")[0].rstrip() + "\n"
        keys = [f"{k}.{c}" for k, g in tomllib.loads(body).items() for c in g]
        lines = [f'"{key}" = "{mark(en[key][0])}"' for key in keys if key in en]
        file.write_text(body + "\n[of]\n" + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["stamp"]:
        stamp()
    elif sys.argv[1:] == ["check"]:
        found = problems()
        print(
            "\n".join(found) or f"{len(sentences('en'))} sentences, English and Chinese, complete"
        )
        sys.exit(bool(found))
    else:
        sys.exit(__doc__)
