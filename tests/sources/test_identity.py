import datetime as dt
import json

import pytest
from folders import MOVE, PARTIES, table, write
from hypothesis import given
from hypothesis import strategies as st

from alnage.sources import read_folder, write_rejected
from alnage.sources.identity import (
    HIDDEN,
    heading_asks_identity,
    identifier_is_identity,
    looks_like_identity,
    uscc_valid,
)

# Made up, with the check digits that the form asks for; put together so that no file holds them.
RESIDENT = "11010119900307803" + "X"
PASSPORT = "E" + "12345678"


def luhn(digits):
    total = 0
    for i, digit in enumerate(reversed([int(d) for d in digits])):
        total += sum(divmod(2 * digit, 10)) if i % 2 == 0 else digit
    return digits + str(-total % 10)


CARD = luhn("622202123456789")


def resident(area, day, serial):
    body = f"{area}{day:%Y%m%d}{serial:03d}"
    return body + "10X98765432"[sum(int(d) * (2 ** (17 - i) % 11) for i, d in enumerate(body)) % 11]


@given(
    st.sampled_from(["110101", "650102", "320500"]),
    st.dates(dt.date(1930, 1, 1), dt.date(2020, 1, 1)),
    st.integers(0, 999),
    st.sampled_from(["{}", "id {}", "{}。", " {} "]),
)
def test_every_resident_number_is_seen_in_ids_and_in_text(area, day, serial, frame):
    number = frame.format(resident(area, day, serial))
    assert looks_like_identity(number, "text")
    assert looks_like_identity(number, "code")


@given(st.integers(0, 10**14 - 1), st.sampled_from(["4", "62", "51"]))
def test_every_card_is_seen_in_text_with_and_without_groups(number, issuer):
    card = luhn(f"{issuer}{number:014d}"[:15])
    assert looks_like_identity(card)
    assert looks_like_identity(" ".join(card[i : i + 4] for i in range(0, 16, 4)))


@pytest.mark.parametrize(
    "text",
    [
        "INV-2024-000123", "2024-03-01", "91350100M000100Y43", "00340123450000000018",
        "9506000134352", "MSKU1234567", "CN-XJ", "lot 20240301-01", "+86 10 6512 3456", "6109.10.0012",
    ],
)  # fmt: skip
def test_what_trade_writes_is_not_taken_for_identity(text):
    assert not looks_like_identity(text)


def test_passports_in_text_only():
    assert looks_like_identity(PASSPORT)
    assert not looks_like_identity(PASSPORT, "code")
    assert looks_like_identity("passport no. 123456789", "note")


def digits_only_uscc():
    for serial in range(100):
        for check in "0123456789":
            code = f"911100001000000{serial:02d}{check}"
            if uscc_valid(code):
                yield code


def test_enterprise_codes_of_digits_alone_pass_as_what_they_are():
    found = list(digits_only_uscc())
    assert len(found) > 10
    assert not any(identifier_is_identity(f"uscc:{code}") for code in found)
    assert not any(looks_like_identity(code) for code in found)


def test_a_resident_number_under_uscc_does_not_pass():
    assert identifier_is_identity(f"uscc:{RESIDENT}")


def test_headings_that_ask_for_it():
    assert heading_asks_identity("Passport No")
    assert not heading_asks_identity("document")


@pytest.mark.parametrize(
    "column", ["name", "name_local", "aliases", "address", "role", "party", "note"]
)
@pytest.mark.parametrize("value", [RESIDENT, f"Farmer {RESIDENT}"])
def test_a_row_with_identity_data_is_refused_and_nothing_repeats_it(tmp_path, column, value):
    row = {"party": "p9", "name": "Nine", column: value}
    folder = write(
        tmp_path / "f",
        parties__csv=PARTIES.replace("\n", ",,,,,\n").replace(
            "party,name,country,region,,,,,",
            "party,name,country,region,name_local,aliases,address,role,note",
        )
        + ",".join(
            row.get(c, "")
            for c in (
                "party",
                "name",
                "country",
                "region",
                "name_local",
                "aliases",
                "address",
                "role",
                "note",
            )
        )
        + "\n",
    )
    read = read_folder(folder)
    (rejected,) = read.rejected
    assert (rejected.row, rejected.reason.code) == (4, "identity_data")
    assert read.tables["parties"].num_rows == 2
    assert rejected.values[column] == HIDDEN
    write_rejected(read.rejected, tmp_path / "rejected.csv", "zh")
    everything = (tmp_path / "rejected.csv").read_text("utf-8") + json.dumps(
        [reason.to_json() for reason in (*read.findings, rejected.reason)]
    )
    assert RESIDENT not in everything


def test_a_column_of_identity_data_is_refused_whatever_its_cells_look_like(tmp_path):
    text = table([*MOVE, "身份证号"], ["m1", "2024-03-01", "a", "b", "lint", "5", "t", "123"])
    read = read_folder(write(tmp_path / "f", movements__csv=text))
    assert [row.reason.code for row in read.rejected] == ["identity_data"]
    assert read.rejected[0].values["身份证号"] == HIDDEN


def test_identity_data_in_a_row_that_is_broken_anyway_is_not_repeated(tmp_path):
    text = table(MOVE) + f"m1,2024-03-01,{RESIDENT}\n"
    read = read_folder(write(tmp_path / "f", movements__csv=text))
    assert RESIDENT not in str(read.rejected)


def test_a_header_that_is_data_is_not_repeated(tmp_path):
    read = read_folder(write(tmp_path / "f", parties__csv=f"{RESIDENT},{CARD}\n"))
    assert read.rejected[0].reason.code == "columns_missing"
    assert RESIDENT not in read.rejected[0].reason.text()
    assert CARD not in read.rejected[0].reason.text()


def test_a_passport_in_a_column_of_codes_is_not_repeated_by_its_reason(tmp_path):
    text = f"party,name,country\np1,Alpha,{PASSPORT}\n"
    read = read_folder(write(tmp_path / "f", parties__csv=text))
    assert PASSPORT not in str(read.rejected) + str(read.findings)


def test_of_a_row_with_identity_data_nothing_else_is_said(tmp_path):
    cells = ["m1", f"born {RESIDENT}", RESIDENT, "b", "lint", "-5", "t"]
    read = read_folder(write(tmp_path / "f", movements__csv=table(MOVE, cells)))
    (rejected,) = read.rejected
    assert (rejected.reason.code, rejected.reason.because) == ("identity_data", ())
    assert (rejected.values["shipped"], rejected.values["quantity"]) == (HIDDEN, "-5")
