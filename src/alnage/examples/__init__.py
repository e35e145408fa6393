"""The bundled examples: invented consignments and an enterprise, each with its story.

An example is a custody folder (CSV tables) with a synthetic register (``register.csv``), a
story in English and Chinese (``story.en.md``, ``story.zh.md``) and the truths that were planted
in it (``truths.json``). Every firm in them is invented; no row says anything of a real one.

    scripts/build_examples.py ──> NAME/*.csv, truths.json ── folder(NAME) ──> demo, tests, docs
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from alnage.model import InputError

NAMES = ("cotton-tshirts", "tomato-ketchup", "solar-modules", "listed-spinners")


def folder(name: str) -> Path:
    """The custody folder of the example ``name``; InputError names the others.

    >>> sorted(file.name for file in folder("cotton-tshirts").glob("*.md"))
    ['story.en.md', 'story.zh.md']
    >>> folder("cotton")
    Traceback (most recent call last):
    alnage.model.errors.InputError: There is no example "cotton". There are: cotton-tshirts; ...
    """
    if name not in NAMES:
        raise InputError("example_unknown", example=name, known=NAMES)
    return Path(str(files(__name__))) / name


def register(name: str) -> Path:
    """The synthetic register of the example: import it ``--as example --kind us-uflpa``.

    >>> register("tomato-ketchup").name
    'register.csv'
    """
    return folder(name) / "register.csv"


def story(name: str, lang: str = "en") -> str:
    """The story of the example, ``en`` or ``zh``, as Markdown.

    >>> story("solar-modules").splitlines()[0]
    '# Solar modules: silicon that comes round again'
    """
    language = "zh" if lang == "zh" else "en"
    return (folder(name) / f"story.{language}.md").read_text("utf-8")
