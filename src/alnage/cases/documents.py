"""What may be kept as a document: a file whose content is what its name says, unaltered.

Evidence is judged by people, never parsed here. A file is looked at just closely enough to
know that it is what it claims: its first bytes, for office files the directory of the
archive, for text its letters. What is empty, too big, wrongly named, or unpacks to more
than it should is refused before a byte of it is stored.

    path ── read() ──> name, bytes ── check() ──> media type, or InputError
"""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from alnage.model import InputError, Where
from alnage.sources.identity import looks_like_identity

LARGEST: Final = 100 << 20  # bytes of one document
LARGEST_UNPACKED: Final = 500 << 20
MOST_PARTS: Final = 10_000
HIGHEST_RATIO: Final = 200  # unpacked to packed, above a size that matters
_SMALL: Final = 10 << 20
LONGEST_NAME: Final = 200

# First bytes by which other kinds of file are known, whatever their name says.
_KNOWN: Final[Mapping[str, bytes]] = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpeg": b"\xff\xd8\xff",
    "zip": b"PK\x03\x04",
    "gzip": b"\x1f\x8b",
    "ole": b"\xd0\xcf\x11\xe0",
    "elf": b"\x7fELF",
    "exe": b"MZ",
    "gif": b"GIF8",
    "rtf": b"{\\rtf",
}
# A link is not followed and a pipe not waited for, where the system knows these.
_READ: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
# What an archive fails with: broken, cut off, encrypted, or packed in an unknown way.
_UNSOUND: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, ValueError,
    OSError, NotImplementedError, RuntimeError,
)  # fmt: skip
_TEXTS: Final = ("utf-8-sig", "utf-16", "gb18030")


def read(path: Path, largest: int = LARGEST) -> tuple[str, bytes]:
    """The name and bytes of a plain file; InputError if it is none, empty, or too big.

    A link is not followed, and the file is opened once: what is checked is what is kept.
    """
    name = check_name(path.name)
    try:
        handle = os.open(path, _READ)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError("document_unreadable", where=Where(name), why=why) from None
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise InputError("document_no_file", where=Where(name))
        if state.st_size > largest:
            raise InputError("document_too_big", where=Where(name), limit=largest >> 20)
        with os.fdopen(handle, "rb", closefd=False) as stream:
            data = stream.read(largest + 1)
    finally:
        os.close(handle)
    if len(data) > largest:
        raise InputError("document_too_big", where=Where(name), limit=largest >> 20)
    return name, data


def check_name(name: str) -> str:
    """``name`` if a file may be called so; InputError ``document_name_bad``, ``identity_name``.

    >>> check_name("invoice 7.pdf")
    'invoice 7.pdf'
    >>> check_name("../invoice.pdf")
    Traceback (most recent call last):
    alnage.model.errors.InputError: The name of the document cannot be used: ...
    """
    hidden = any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name)
    parts = name.replace("\\", "/").split("/")
    if hidden or len(parts) != 1 or name.startswith(".") or not 0 < len(name) <= LONGEST_NAME:
        raise InputError("document_name_bad")
    if looks_like_identity(name):
        raise InputError("document_identity")
    return name


def check(name: str, data: bytes) -> str:
    r"""The media type of a document that is what ``name`` says; InputError otherwise.

    >>> check("packing.csv", b"lot,kg\nL1,20\n")
    'text/csv'
    >>> check("invoice.pdf", b"lot,kg\n")
    Traceback (most recent call last):
    alnage.model.errors.InputError: invoice.pdf: the content is not what the name says: ...
    """
    check_name(name)
    ending = Path(name).suffix.lower().removeprefix(".")
    where = Where(name)
    if ending not in _CHECKS:
        raise InputError("document_kind_unknown", where=where, known=sorted(_CHECKS))
    if not data:
        raise InputError("document_empty", where=where)
    media, sound = _CHECKS[ending]
    if not sound(data, where):
        found = next((kind for kind, mark in _KNOWN.items() if data.startswith(mark)), "")
        code = "document_is_other" if found else "document_not_so"
        raise InputError(code, where=where, ending=ending, found=found)
    return media


def _begins(kind: str) -> Callable[[bytes, Where], bool]:
    return lambda data, _: data.startswith(_KNOWN[kind])


def _office(folder: str) -> Callable[[bytes, Where], bool]:
    def sound(data: bytes, where: Where) -> bool:
        if not data.startswith(_KNOWN["zip"]):
            return False
        names = _archive(data, where)
        macro = any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in names)
        main = any(name.startswith(f"{folder}/") for name in names)
        return "[Content_Types].xml" in names and main and not macro

    return sound


def _archive(data: bytes, where: Where) -> set[str]:
    """The names in an archive that unpacks to what it says and no more."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_sizes(parts, len(data), where)
            for part in parts:
                _check_part(archive, part, where)
            return {part.filename for part in parts}
    except _UNSOUND as error:
        raise InputError("document_archive_broken", where=where, why=str(error)) from None


def _check_sizes(parts: list[zipfile.ZipInfo], size: int, where: Where) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    # More packed bytes than the file has: parts overlap, as in archives made to explode.
    over = packed > size or len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED
    if over or (unpacked > _SMALL and unpacked > HIGHEST_RATIO * size):
        raise InputError("document_bomb", where=where, limit=LARGEST_UNPACKED >> 20)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, where: Where) -> None:
    names = part.filename.replace("\\", "/").split("/")
    if ".." in names or part.filename.startswith(("/", "\\")) or ":" in part.filename:
        raise InputError("document_archive_path", where=where)
    with archive.open(part) as stream:
        while stream.read(1 << 20):  # reads at most what the part says, and checks its sum
            pass


def _text(data: bytes, _: Where) -> bool:
    return _decoded(data) is not None


def _decoded(data: bytes) -> str | None:
    """Text in one of the usual encodings, without control letters; None if it is none."""
    marked = next((kind for kind, mark in _KNOWN.items() if data.startswith(mark)), "")
    if marked not in ("", "exe"):  # "MZ" may well begin a word
        return None
    for encoding in _TEXTS:
        if encoding == "utf-16" and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        plain = not any(letter < " " and letter not in "\t\n\r\f" for letter in text)
        return text if plain and "\x7f" not in text else None
    return None


def _xml(data: bytes, _: Where) -> bool:
    text = _decoded(data)
    begins = text is not None and text.lstrip().startswith("<") and text.rstrip().endswith(">")
    return begins and "<html" not in (text or "")[:1000].lower()


def _json(data: bytes, _: Where) -> bool:
    text = _decoded(data)
    try:
        return text is not None and isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_CHECKS: Final[Mapping[str, tuple[str, Callable[[bytes, Where], bool]]]] = {
    "pdf": ("application/pdf", _begins("pdf")),
    "png": ("image/png", _begins("png")),
    "jpg": ("image/jpeg", _begins("jpeg")),
    "jpeg": ("image/jpeg", _begins("jpeg")),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _office("xl")),
    "docx": (f"{_OFFICE}.wordprocessingml.document", _office("word")),
    "csv": ("text/csv", _text),
    "txt": ("text/plain", _text),
    "xml": ("application/xml", _xml),
    "json": ("application/json", _json),
}
