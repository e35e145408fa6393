"""USCC and LEI decide identity only when their check digits hold."""

from hypothesis import given
from hypothesis import strategies as st

from alnage.registers.identifiers import deciding, lei_valid, split_identifier, uscc_valid

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc_with_check(body: str) -> str:
    """The check character by the definition of GB 32100, written out term by term."""
    total = 0
    weight = 1
    for sign in body:
        total += _USCC.index(sign) * weight
        weight = weight * 3 % 31
    return body + _USCC[(31 - total % 31) % 31]


def lei_with_check(body: str) -> str:
    digits = "".join(str(int(sign, 36)) for sign in body + "00")
    return f"{body}{98 - int(digits) % 97:02d}"


@given(st.text(alphabet=_USCC, min_size=17, max_size=17))
def test_computed_uscc_is_valid(body: str) -> None:
    assert uscc_valid(uscc_with_check(body))


@given(st.text(alphabet=_USCC, min_size=17, max_size=17), st.integers(0, 17), st.data())
def test_one_wrong_sign_breaks_a_uscc(body: str, place: int, data: st.DataObject) -> None:
    code = uscc_with_check(body)
    other = data.draw(st.sampled_from([sign for sign in _USCC if sign != code[place]]))
    assert not uscc_valid(code[:place] + other + code[place + 1 :])


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18))
def test_computed_lei_is_valid_and_a_change_is_not(body: str) -> None:
    code = lei_with_check(body)
    assert lei_valid(code)
    assert not lei_valid(("1" if code[0] != "1" else "2") + code[1:])


@given(st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    assert uscc_valid(text) in (True, False)
    assert lei_valid(text) in (True, False)
    scheme, value = split_identifier(text)
    assert isinstance(scheme, str)
    assert isinstance(value, str)


def test_only_valid_codes_decide() -> None:
    good = uscc_with_check("91650000MA0000000")
    found = deciding([f"uscc:{good}", "uscc:916500001234567890", "gln:1234567890123", ""])
    assert found == {("uscc", good)}


def test_spelling_of_an_identifier_does_not_matter() -> None:
    good = uscc_with_check("91650000MA0000000")
    assert deciding([f" USCC : {good[:8]}-{good[8:].lower()}"]) == deciding([f"uscc:{good}"])
    assert deciding([good]) == deciding([f"uscc:{good}"])
