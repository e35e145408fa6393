"""Documents: what is kept is what its name says, and nothing that explodes."""

import io
import json
import os
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.cases import documents
from alnage.cases.documents import check, check_name, read
from alnage.model import InputError

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 30
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 30 + b"\xff\xd9"


def archive(*names, data=b"x", method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name in names:
            made.writestr(name, data)
    return out.getvalue()


def workbook():
    xlsxwriter = pytest.importorskip("xlsxwriter")
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    made.add_worksheet().write(0, 0, "lot")
    made.close()
    return out.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
GOOD = {
    "a.pdf": PDF,
    "a.PDF": PDF,
    "a.png": PNG,
    "a.jpg": JPEG,
    "a.jpeg": JPEG,
    "a.docx": DOCX,
    "发票 7.csv": "品名,数量\n棉纱,20\n".encode(),
    "gb.csv": "品名,数量\n棉纱,20\n".encode("gb18030"),
    "u16.txt": "棉纱\n".encode("utf-16"),
    "a.txt": b"plain words\r\n",
    "a.xml": b'<?xml version="1.0"?>\n<entry/>\n',
    "a.json": b'{"entry": 7}',
}
CONTENTS = {"pdf": PDF, "png": PNG, "jpg": JPEG, "docx": DOCX, "csv": b"a,b\n", "json": b"{}"}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_what_is_what_it_says_is_taken(name):
    assert "/" in check(name, GOOD[name])


def test_a_real_workbook_is_taken_and_is_no_letter():
    data = workbook()
    assert check("a.xlsx", data).endswith("spreadsheetml.sheet")
    with pytest.raises(InputError, match="not what the name says"):
        check("a.docx", data)


@pytest.mark.parametrize("ending", ["pdf", "png", "jpg", "docx", "xlsx", "json", "csv", "xml"])
@pytest.mark.parametrize("kind", sorted(CONTENTS))
def test_what_is_not_what_it_says_is_refused(ending, kind):
    same = {ending, kind} <= {"csv", "json"} and not (ending == "json" and kind == "csv")
    if ending == kind or same:  # JSON is text as well
        assert check(f"a.{ending}", CONTENTS[kind])
    else:
        with pytest.raises(InputError, match="not what the name says") as told:
            check(f"a.{ending}", CONTENTS[kind])
        assert told.value.text("zh")


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a.pdf.exe", "a", "a.xlsm", "a.zip"])
def test_other_endings_are_refused_and_those_kept_are_named(name):
    with pytest.raises(InputError, match="pdf"):
        check(name, PDF)


@pytest.mark.parametrize(
    "name",
    ["../a.pdf", "a/b.pdf", "a\\b.pdf", ".a.pdf", "", "a\x00.pdf", "a\n.pdf", "a\u202egpj.pdf", "x" * 300 + ".pdf"],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_hide_are_refused(name):
    with pytest.raises(InputError, match="name of the document"):
        check_name(name)


def test_a_name_that_looks_like_identity_is_refused_without_repeating_it():
    with pytest.raises(InputError) as told:
        check_name("passport E12345678.pdf")
    assert "E12345678" not in told.value.text("en") + told.value.text("zh")


def test_empty_is_refused():
    for name in GOOD:
        with pytest.raises(InputError, match="empty"):
            check(name, b"")


def test_program_in_a_text_is_refused():
    for data in (b"MZ\x90\x00\x03\x00\x00\x00", b"\x7fELF\x02\x01", b"PK\x03\x04rest", PDF):
        with pytest.raises(InputError, match="not what the name says"):
            check("a.txt", data)


def test_an_archive_that_explodes_is_refused():
    zeros = b"\x00" * (30 << 20)
    with pytest.raises(InputError, match="unpacks to far more"):
        check("a.docx", archive("[Content_Types].xml", "word/document.xml", data=zeros))
    parts = [f"word/{number}.xml" for number in range(documents.MOST_PARTS + 1)]
    with pytest.raises(InputError, match="unpacks to far more"):
        check("a.docx", archive("[Content_Types].xml", *parts, method=zipfile.ZIP_STORED))


def test_an_archive_whose_parts_overlap_is_refused():
    # The directory names the same bytes many times over.
    data = bytearray(archive("[Content_Types].xml", "word/a.xml", data=os.urandom(4000)))
    start = data.rfind(b"PK\x05\x06")
    size, offset = struct.unpack("<II", data[start + 12 : start + 20])
    entries = bytes(data[offset : offset + size])
    many = entries * 20
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 40, 40, len(many), offset, 0)
    with pytest.raises(InputError, match="unpacks to far more"):
        check("a.docx", bytes(data[:offset]) + many + tail)


def test_an_archive_that_lies_about_its_sizes_is_refused():
    data = bytearray(archive("[Content_Types].xml", "word/a.xml", data=b"y" * 5000))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)  # unpacked size of the last part
    with pytest.raises(InputError, match="broken"):
        check("a.docx", bytes(data))


@pytest.mark.parametrize("part", ["../evil.xml", "/etc/evil", "word\\..\\..\\evil", "c:evil"])
def test_an_archive_that_leads_out_of_itself_is_refused(part):
    with pytest.raises(InputError, match="lead out"):
        check("a.docx", archive("[Content_Types].xml", "word/document.xml", part))


def test_an_archive_cut_off_or_with_macros_is_refused():
    with pytest.raises(InputError, match="broken"):
        check("a.docx", DOCX[:-30])
    with pytest.raises(InputError, match="not what the name says"):
        check("a.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"))
    with pytest.raises(InputError, match="not what the name says"):
        check("a.docx", archive("readme.txt"))


def test_deep_json_and_broken_json_are_refused():
    for data in (b"[" * 100_000 + b"]" * 100_000, b'{"a": ', b"7", b"{'a': 1}"):
        with pytest.raises(InputError, match="not what the name says"):
            check("a.json", data)


def test_reading_takes_plain_files_only(tmp_path):
    file = tmp_path / "a.pdf"
    file.write_bytes(PDF)
    assert read(file) == ("a.pdf", PDF)
    (tmp_path / "link.pdf").symlink_to(file)
    (tmp_path / "folder.pdf").mkdir()
    os.mkfifo(tmp_path / "pipe.pdf")
    for name, why in (
        ("link.pdf", "cannot be read"),
        ("folder.pdf", "no plain file"),
        ("pipe.pdf", "no plain file"),
        ("absent.pdf", "cannot be read"),
    ):
        with pytest.raises(InputError, match=why):
            read(tmp_path / name)


def test_a_file_that_is_too_big_is_not_read(tmp_path):
    file = tmp_path / "a.pdf"
    file.write_bytes(PDF)
    assert read(file, largest=len(PDF))
    with pytest.raises(InputError, match="larger than"):
        read(file, largest=len(PDF) - 1)


@given(st.binary(max_size=300), st.sampled_from(sorted(documents._CHECKS)))
def test_any_bytes_are_taken_or_refused_with_a_sentence(data, ending):
    try:
        answer = check(f"a.{ending}", data)
    except InputError as told:
        answer = f"{told.text('en')} / {told.text('zh')}"
    assert "/" in answer
    assert "{" not in answer.replace(str(data), "")


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_json_lists_and_objects_are_taken(value):
    text = json.dumps({"value": value}, ensure_ascii=True)
    assert check("a.json", text.encode()) == "application/json"
