"""Exact identity of names: what folds away, and what never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.registers.names import fold, legal_name, same_legal_name, simplify


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Hetian Taida Apparel Co., Ltd", "HETIAN TAIDA APPAREL CO LTD"),
        ("Hetian Taida Apparel Co., Ltd", "Hetian Taida Apparel Company Limited"),
        ("Hetian Taida Apparel Company, Limited", "Hetian Taida Apparel Co.,Ltd."),
        ("Xinjiang Daqo New Energy, Co. Ltd", "Xinjiang Daqo New Energy Co., Ltd."),
        ("Ninestar Corporation", "Ninestar Corp."),
        ("Sichuan Yuan’an Pharmaceutical Co., Ltd.", "Sichuan Yuan'an Pharmaceutical Co Ltd"),
        ("Ｃａｍｅｌ　Ｇｒｏｕｐ　Ｃｏ．，Ｌｔｄ．", "Camel Group Co., Ltd."),
        ("Junan Jinsheng Import & Export Co., Ltd.", "Junan Jinsheng Import and Export Co Ltd"),
        ("新疆生產建設兵團", "新疆生产建设兵团"),
        ("新疆能源（集团）有限责任公司", "新疆能源(集團)有限責任公司"),
        ("Agropecuarios Tom S.A. de C.V.", "Agropecuarios Tom SA de CV"),
        ("Serbia Zijin Copper D.O.O.", "Serbia Zijin Copper doo"),
        ("The TNN Development Limited", "TNN Development Ltd."),
        ("Kumar Carpet Private Limited", "Kumar Carpet Pvt. Ltd."),
        ("Aço Brasil S.A.", "Aco Brasil SA"),
    ],
)
def test_same_legal_name(left: str, right: str) -> None:
    assert same_legal_name(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("新疆天业化工有限公司", "新疆天业化工有限责任公司"),
        ("新疆天业化工有限公司", "新疆天业化工股份有限公司"),
        ("新疆天业化工有限公司", "新疆天鹅化工有限公司"),
        ("新疆生产建设兵团", "新疆生产建设兵团第八师"),
        ("Xinjiang Daqo New Energy Co., Ltd.", "Xinjiang Daqo New Energy"),
        ("Hoshine Silicon Industry Co., Ltd.", "Hoshine Silicon Industry (Shanshan) Co., Ltd"),
        ("Hotan Taida Apparel Co., Ltd.", "Hetian Taida Apparel Co., Ltd."),
        ("Acme Inc", "Acme LLC"),
        ("---", "***"),
        ("", ""),
    ],
)
def test_not_the_same_legal_name(left: str, right: str) -> None:
    assert not same_legal_name(left, right)


def test_legal_form_is_kept_apart_from_the_stem() -> None:
    a, b = legal_name("新疆天业化工有限公司"), legal_name("新疆天业化工有限责任公司")
    assert a.stem == b.stem
    assert a.form != b.form


def test_letters_of_other_scripts_stay_whole() -> None:
    assert fold("삼성 전자") == "삼성 전자"
    assert fold("ガス") != fold("カス")


def test_simplify_leaves_other_text_alone() -> None:
    assert simplify("Hotan خوتەن") == "Hotan خوتەن"


@given(st.text(max_size=60))
def test_fold_is_idempotent_and_never_raises(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(st.text(max_size=40), st.text(max_size=40))
def test_identity_is_symmetric(left: str, right: str) -> None:
    assert same_legal_name(left, right) == same_legal_name(right, left)


@given(st.sampled_from(["天业", "Tianye", "中泰"]), st.text(alphabet=" ,.()-", max_size=6))
def test_punctuation_never_changes_identity(name: str, noise: str) -> None:
    assert same_legal_name(f"{noise}{name}{noise}有限公司", f"{name}有限公司")
