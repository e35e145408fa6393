"""Sentences for codes, in English and Chinese: the only place where prose lives.

Rooms speak in codes and parameters; this room holds the sentences, one TOML file a
room and language (``words/en/law.toml``, ``words/zh/law.toml``). A key is
``kind.code`` such as ``error.table_missing`` or ``reason.unit_unknown``; ``{name}``
is filled from the parameters. ``scripts/words.py`` tells which sentences are
missing, unused, or translated from an older English text.

    Reason / AlnageError ── code, params ──> say() ──> sentence at the door
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Literal

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All sentences of one language, keyed by ``kind.code``.

    >>> "error.table_missing" in catalogue("zh")
    True
    """
    sentences: dict[str, str] = {}
    for file in sorted(files(__name__).joinpath(lang).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for kind, group in tomllib.loads(file.read_text("utf-8")).items():
                if kind != "of":
                    sentences.update({f"{kind}.{code}": text for code, text in group.items()})
    return sentences


class _Fill(Formatter):
    """Fills a sentence; a parameter that was not given shows as ``{name}``."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:  # noqa: ARG002 (string.Formatter's signature)
        return kwargs.get(key, "{" + str(key) + "}")


def say(key: str, params: Mapping[str, Any], lang: str = "en") -> str:
    """The sentence for ``key`` with ``params`` filled in; the key itself if unknown.

    >>> say("reason.unit_unknown", {"unit": "stones"}, "zh")
    '单位“stones”无法识别。请使用 kg、t、lb 或 UN/ECE 代码，或填写 unit_weight_kg。'
    """
    template = catalogue(lang).get(key) or catalogue("en").get(key) or key
    shown = {
        name: "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
        for name, value in params.items()
    }
    return _Fill().vformat(template, (), shown)
