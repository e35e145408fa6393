"""One GS1 key has two spellings; both lead to the same one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.sources.epcis.identifiers import canonical, check_digit, identify


@pytest.mark.parametrize(
    ("urn", "link"),
    [
        ("urn:epc:id:sgtin:0614141.107346.2017", "01/10614141073464/21/2017"),
        ("urn:epc:class:lgtin:4012345.012345.998877", "01/04012345123456/10/998877"),
        ("urn:epc:idpat:sgtin:4012345.098765.*", "01/04012345987652"),
        ("urn:epc:id:sscc:0614141.1234567890", "00/106141412345678908"),
        ("urn:epc:id:sgln:0614141.07346.1234", "414/0614141073467/254/1234"),
        ("urn:epc:id:sgln:0614141.07346.0", "414/0614141073467"),
        ("urn:epc:id:pgln:4012345.00225", "417/4012345002256"),
        ("urn:epc:id:grai:4012345.55555.987", "8003/04012345555554987"),
        ("urn:epc:id:giai:4000001.12345", "8004/400000112345"),
        ("urn:epc:id:gdti:0614141.00001.1618034", "253/06141410000121618034"),
        ("urn:epc:id:gsrn:0614141.0000010253", "8018/061414100000102534"),
    ],
)
def test_known_pairs(urn, link):
    assert canonical(urn) == f"https://id.gs1.org/{link}"
    assert identify(f"https://shop.example.com/path/{link}?x=1#y") == identify(urn)


@given(
    st.integers(6, 12),
    st.text("0123456789", min_size=13, max_size=13),
    st.text("abcXYZ019-._~!*+,/%", min_size=1, max_size=20),
    st.sampled_from(("sgtin", "lgtin")),
)
def test_urn_to_link_and_back_to_one_key(prefix, digits, serial, scheme):
    from urllib.parse import quote

    form = "class" if scheme == "lgtin" else "id"
    urn = f"urn:epc:{form}:{scheme}:{digits[:prefix]}.{digits[prefix:]}.{quote(serial, safe='')}"
    found = identify(urn)
    assert found is not None
    assert len(found.key) == 14
    assert check_digit(found.key[:-1]) == found.key[-1]
    assert (found.lot or found.serial) == serial
    again = identify(found.link)
    assert (again.key, again.lot, again.serial) == (found.key, found.lot, found.serial)
    assert canonical(found.link) == found.link


@given(st.text(max_size=60))
def test_anything_else_stays_what_it_is(text):
    for uri in (text, f"urn:epc:id:sgtin:{text}", f"https://example.com/{text}"):
        assert canonical(uri) == uri or identify(uri) is not None


@pytest.mark.parametrize(
    "uri",
    [
        "urn:epc:id:sgtin:0614141.10734.2017",
        "urn:epc:id:sgtin:0614141.107346",
        "urn:epc:class:sgtin:0614141.107346.1",
        "https://example.com/01/123",
        "https://example.com/orders/01",
        "urn:example:lot:1",
    ],
)
def test_what_is_malformed_names_nothing(uri):
    assert identify(uri) is None
