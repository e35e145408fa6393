"""Names made comparable, and the rule when two names are the same legal name.

Registers and customers write one name in many ways: full-width letters, traditional
characters, ``Co., Ltd`` or ``Company Limited``, ``&`` or ``and``. Folding removes what
says nothing about identity and keeps what does: 有限公司 and 有限责任公司 are different
legal forms, so names that differ there are a strong match, never the same name.

    text ── fold ──> plain text ── legal_name ──> LegalName(stem, form) ── same_legal_name
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

# Legal forms in Latin script: spoken parts to one form. Longest first when matched.
_LATIN_FORMS: dict[str, str] = {
    "company limited by shares": "co ltd by shares",
    "co ltd by shares": "co ltd by shares",
    "joint stock company limited": "co ltd by shares",
    "joint stock co ltd": "co ltd by shares",
    "joint stock co limited": "co ltd by shares",
    "stock co ltd": "co ltd by shares",
    "stock company limited": "co ltd by shares",
    "inc ltd": "inc ltd",
    "incorporation": "inc",
    "corporation limited": "corp ltd",
    "corp limited": "corp ltd",
    "corp ltd": "corp ltd",
    "corporation ltd": "corp ltd",
    "company limited": "co ltd",
    "company ltd": "co ltd",
    "co limited": "co ltd",
    "co ltd": "co ltd",
    "coltd": "co ltd",
    "company inc": "co inc",
    "co inc": "co inc",
    "private limited": "pvt ltd",
    "private ltd": "pvt ltd",
    "pvt limited": "pvt ltd",
    "pvt ltd": "pvt ltd",
    "pte limited": "pte ltd",
    "pte ltd": "pte ltd",
    "pty limited": "pty ltd",
    "pty ltd": "pty ltd",
    "sdn bhd": "sdn bhd",
    "public joint stock company": "pjsc",
    "open joint stock company": "ojsc",
    "joint stock company": "jsc",
    "limited liability company": "llc",
    "public limited company": "plc",
    "limited": "ltd",
    "ltd": "ltd",
    "incorporated": "inc",
    "inc": "inc",
    "corporation": "corp",
    "corp": "corp",
    "company": "co",
    "co": "co",
    "llc": "llc",
    "l l c": "llc",
    "llp": "llp",
    "lp": "lp",
    "plc": "plc",
    "gmbh": "gmbh",
    "ag": "ag",
    "kg": "kg",
    "bv": "bv",
    "b v": "bv",
    "nv": "nv",
    "n v": "nv",
    "sa de cv": "sa de cv",
    "s a de c v": "sa de cv",
    "s de rl de cv": "s de rl de cv",
    "sa": "sa",
    "s a": "sa",
    "sas": "sas",
    "sarl": "sarl",
    "s a r l": "sarl",
    "srl": "srl",
    "s r l": "srl",
    "spa": "spa",
    "s p a": "spa",
    "ltda": "ltda",
    "oy": "oy",
    "ab": "ab",
    "as": "as",
    "doo": "doo",
    "d o o": "doo",
    "jsc": "jsc",
    "pjsc": "pjsc",
    "ojsc": "ojsc",
    "ooo": "ooo",
    "zao": "zao",
    "oao": "oao",
    "kk": "kk",
    "k k": "kk",
    "fze": "fze",
    "fzco": "fzco",
    "fz llc": "fz llc",
    "youxian zeren gongsi": "有限责任公司",
    "gufen youxian gongsi": "股份有限公司",
    "youxian gongsi": "有限公司",
    "youxianzerengongsi": "有限责任公司",
    "gufenyouxiangongsi": "股份有限公司",
    "youxiangongsi": "有限公司",
}
_LATIN_LONGEST = 5

# Chinese legal forms, each of its own; they stand at the end of a full name.
HAN_FORMS: tuple[str, ...] = (
    "集团股份有限公司分公司",
    "有限责任公司分公司",
    "股份有限公司分公司",
    "有限公司分公司",
    "股份有限公司",
    "有限责任公司",
    "股份公司",
    "有限公司",
    "总公司",
    "分公司",
    "公司",
    "有限合伙",
    "普通合伙",
    "合作社",
    "联合社",
)

_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´·•‧")
_NOT_WORD = re.compile(r"[\W_]+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?=\W|$)")


@cache
def _simplifier() -> Any:
    from opencc import OpenCC  # loading its tables takes time: only when Han is met

    return OpenCC("t2s")


def has_han(text: str) -> bool:
    """Whether the text holds Chinese characters."""
    return _HAN.search(text) is not None


def simplify(text: str) -> str:
    """Traditional characters to simplified ones; other text as it is.

    >>> simplify("新疆生產建設兵團")
    '新疆生产建设兵团'
    """
    return str(_simplifier().convert(text)) if has_han(text) else text


def fold(text: str) -> str:
    """Plain comparable text: NFKC, case, accents, simplified Han, words apart by one space.

    >>> fold("Ｈｏｓｈｉｎｅ Silicon & Co.，Ltd"), fold("新疆能源（集團）有限責任公司")
    ('hoshine silicon and co ltd', '新疆能源 集团 有限责任公司')
    """
    text = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    text = _DOTTED.sub(lambda found: found[0].replace(".", ""), text)
    text = simplify(text).replace("&", " and ").replace("+", " and ")
    if not text.isascii():
        text = _without_accents(text)
    return _NOT_WORD.sub(" ", text).strip()


def _without_accents(text: str) -> str:
    """Latin, Greek and Cyrillic letters without accents; all other scripts stay whole."""
    plain = (unicodedata.normalize("NFD", one)[0] if _accented(one) else one for one in text)
    return unicodedata.normalize("NFKC", "".join(plain).translate(_LETTERS))


_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def _accented(sign: str) -> bool:
    # Marks of Hangul, kana or Arabic are part of the letter, not an accent on it.
    return "\u00c0" <= sign < "\u0530" or "\u1e00" <= sign < "\u2000"


@dataclass(frozen=True, slots=True)
class LegalName:
    """A full name apart from its legal form; ``stem`` is without spaces.

    ``form`` is empty where the name states none (a brand, a short name).
    """

    stem: str
    form: str


def legal_name(name: str) -> LegalName:
    """The name as stem and legal form; equal values are the same full legal name.

    >>> legal_name("Xinjiang Daqo New Energy, Co. Ltd") == legal_name("XINJIANG DAQO NEW ENERGY COMPANY LIMITED")
    True
    >>> legal_name("新疆天业化工有限公司"), legal_name("新疆天業化工有限責任公司").form
    (LegalName(stem='新疆天业化工', form='有限公司'), '有限责任公司')
    """
    words, form = split_form(fold(name))
    return LegalName("".join(words), form)


def split_form(folded: str) -> tuple[list[str], str]:
    """The words of a folded name without its legal form, and that form.

    >>> split_form("hetian taida apparel co ltd")
    (['hetian', 'taida', 'apparel'], 'co ltd')
    """
    if has_han(folded):
        return _split_han(folded)
    words = folded.split()
    if len(words) > 2 and words[0] == "the":
        words = words[1:]
    for length in range(min(_LATIN_LONGEST, len(words) - 1), 0, -1):
        form = _LATIN_FORMS.get(" ".join(words[-length:]))
        if form is not None:
            return words[:-length], form
    return words, ""


def _split_han(folded: str) -> tuple[list[str], str]:
    joined = folded.replace(" ", "")
    for form in HAN_FORMS:
        if joined.endswith(form) and len(joined) > len(form):
            cut, words = len(form), folded.split()
            while words and cut:
                last = words.pop()
                if len(last) > cut:
                    words.append(last[:-cut])
                    break
                cut -= len(last)
            return words, form
    return folded.split(), ""


def same_legal_name(left: str, right: str) -> bool:
    """Whether two names are the same full legal name, form included.

    >>> same_legal_name("新疆天业化工有限公司", "新疆天业化工有限责任公司")
    False
    """
    one = legal_name(left)
    return bool(one.stem) and one == legal_name(right)
