"""Register files as streams: plain, gzip or zip, bounded, and never more than they say.

A register is a few dozen megabytes. A file that unfolds into far more is no register, and
a compressed file that ends early is a broken download; both are refused before a single
listing of them counts.

    path ── told by its first bytes: plain | gzip | zip of one ── Limited ──> bytes, text, rows
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from alnage.model import RegisterError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LARGEST = 1 << 30  # bytes of an unfolded register
_SMALL = 64 << 20
_MOST_UNFOLDED = 200  # times the packed size, above _SMALL
_LONGEST_CELL = 1 << 24


class _Limited(io.RawIOBase):
    """A stream that refuses to go on for ever, and says what is broken."""

    def __init__(self, stream: IO[bytes], file: str, most: int) -> None:
        self._stream = stream
        self._file = file
        self._most = most
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        room = memoryview(buffer).cast("B")
        try:
            data = self._stream.read(len(room))
        except (EOFError, zlib.error, zipfile.BadZipFile, OSError) as error:
            raise RegisterError("register_cut_off", file=self._file) from error
        self._read += len(data)
        if self._read > self._most:
            raise RegisterError("register_too_large", file=self._file, most=self._most >> 20)
        room[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a user saved; nothing is fetched and nothing is unpacked to disk."""

    path: Path

    @property
    def name(self) -> str:
        """The file's name, as errors show it."""
        return self.path.name

    def open(self) -> io.BufferedReader:
        """Its content as a stream; RegisterError if it can't be read."""
        try:
            size = self.path.stat().st_size
            with self.path.open("rb") as file:
                mark = file.read(4)
            packed = mark[:2] == b"\x1f\x8b" or mark == b"PK\x03\x04"
            stream = self._unfolded(mark)
        except OSError as error:
            raise RegisterError("register_unreadable", file=str(self.path)) from error
        most = min(LARGEST, max(_SMALL, size * _MOST_UNFOLDED)) if packed else LARGEST
        return io.BufferedReader(_Limited(stream, self.name, most), 1 << 16)

    def _unfolded(self, mark: bytes) -> IO[bytes]:
        if mark[:2] == b"\x1f\x8b":
            return cast("IO[bytes]", gzip.open(self.path, "rb"))
        if mark == b"PK\x03\x04":
            try:
                archive = zipfile.ZipFile(self.path)
                members = [one for one in archive.infolist() if not one.is_dir()]
                if len(members) == 1:
                    return archive.open(members[0])
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise RegisterError("register_cut_off", file=self.name) from error
            raise RegisterError("register_archive", file=self.name, files=len(members))
        return self.path.open("rb")

    def read(self) -> bytes:
        """The whole content."""
        with self.open() as stream:
            return stream.read()

    def beginning(self, size: int = 1 << 16) -> bytes:
        """The first bytes: what tells the format."""
        with self.open() as stream:
            return stream.read(size)

    def sha256(self) -> str:
        """The hash of the file as it lies on disk."""
        found = hashlib.sha256()
        with self.path.open("rb") as stream:
            while block := stream.read(1 << 20):
                found.update(block)
        return found.hexdigest()

    def rows(self, encoding: str, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
        """The rows of a CSV file with the line each ends on; empty rows are left out.

        RegisterError if it is in another encoding, or no CSV.
        """
        csv.field_size_limit(_LONGEST_CELL)
        with self.open() as stream:
            text = io.TextIOWrapper(stream, encoding, newline="")
            reader = csv.reader(text, delimiter=delimiter)
            try:
                for cells in reader:
                    if any(cell.strip() for cell in cells):
                        yield reader.line_num, cells
            except UnicodeDecodeError as error:
                raise RegisterError("register_not_text", file=self.name) from error
            except csv.Error as error:
                raise RegisterError("register_csv", file=self.name, row=reader.line_num) from error

    def table(
        self, encoding: str, required: Sequence[str], delimiter: str = ","
    ) -> Iterator[tuple[int, dict[str, str]]]:
        """Rows by the header of a CSV file, cells stripped.

        RegisterError if a column of ``required`` is missing or the last row is cut off.
        """
        rows = self.rows(encoding, delimiter)
        header = [cell.strip() for cell in next(rows, (0, []))[1]]
        for column in required:
            if column not in header:
                raise RegisterError(
                    "register_columns", file=self.name, column=column, found=header[:30]
                )
        short = 0
        for number, cells in rows:
            if short:
                raise RegisterError("register_csv", file=self.name, row=short)
            short = number if len(cells) < len(header) else 0
            if not short:
                yield number, {n: c.strip() for n, c in zip(header, cells, strict=False)}
        if short:
            raise RegisterError("register_cut_off", file=self.name)
