"""Small custody folders written as text, read through the real sources room."""

from pathlib import Path
from textwrap import dedent

from alnage.chain.ledger import Ledger, build_ledger
from alnage.sources import read_folder


def write_folder(folder: Path, **tables: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(dedent(text).strip() + "\n", "utf-8")
    return folder


def ledger_of(folder: Path, **tables: str) -> Ledger:
    return build_ledger(read_folder(write_folder(folder, **tables)))
