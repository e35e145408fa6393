"""Build the bundled examples (src/alnage/examples) from their stories, to the byte.

    python scripts/build_examples.py           write the tables, registers and truths
    python scripts/build_examples.py --check   compare instead; exit 1 if anything differs

The texts story.en.md and story.zh.md are written by hand and left alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from stories import cotton, solar, spinners, tomato
from stories.book import Book

EXAMPLES = Path(__file__).parents[1] / "src" / "alnage" / "examples"
STORIES = (cotton, tomato, solar, spinners)


def differing(book: Book, folder: Path) -> list[str]:
    """Files that are not as the story has them, files that no story has among them."""
    wanted = book.files()
    found = {file.name: file.read_bytes() for file in folder.glob("*") if file.suffix != ".md"}
    names = sorted(wanted.keys() | found.keys())
    return [n for n in names if wanted.get(n, "").encode() != found.get(n) or n not in wanted]


def write(book: Book, folder: Path) -> None:
    """Write what the story has, remove what it has no more."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in differing(book, folder):
        text = book.files().get(name)
        if text is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(text.encode())


def main(arguments: list[str]) -> int:
    wrong = []
    for story in STORIES:
        book = story.build()
        if arguments == ["--check"]:
            wrong += [f"{book.name}/{name}" for name in differing(book, EXAMPLES / book.name)]
        else:
            write(book, EXAMPLES / book.name)
            events = sum(len(book.rows[table]) for table in ("origins", "movements"))
            events += len({row["event"] for row in book.rows["conversions"]})
            print(f"{book.name}: {events} events, {len(book.truths)} truths")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
