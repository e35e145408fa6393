"""Settings: precedence, and errors that name the file and the setting."""

import doctest
import itertools
from pathlib import Path

import pytest

from alnage.model import InputError
from alnage.workspace import Workspace, resolve


@pytest.mark.parametrize(
    ("flag", "environment", "file"), list(itertools.product([None, "f"], [None, "e"], [None, "t"]))
)
def test_flag_over_environment_over_file_over_default(tmp_path, flag, environment, file):
    if file:
        (tmp_path / "alnage.toml").write_text(f'[settings]\nworkspace = "{file}"\n')
    env = {"ALNAGE_WORKSPACE": environment} if environment else {}
    found = Workspace.resolve(flag, env, tmp_path)
    if flag:
        assert (found.value, found.source) == ("f", "flag")
    elif environment:
        assert (found.value, found.source) == ("e", "environment")
    elif file:
        assert (found.value, found.source) == (str(tmp_path / "t"), "alnage.toml")
    else:
        assert (found.value, found.source) == (str(tmp_path / ".alnage"), "default")


def test_a_file_for_columns_only_sets_nothing(tmp_path):
    (tmp_path / "alnage.toml").write_text('[columns.movements]\nshipped = "发货日"\n', "utf-8")
    assert resolve("lang", None, {}, tmp_path).source == "default"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[settings]\nlang = 'fr'\n", "en and zh"),
        ("[settings]\nlang = 5\n", "cannot be"),
        ("[settings]\ncolour = 'red'\n", 'no setting "colour"'),
        ("settings = 3\n", "cannot be read"),
        ("[settings\n", "cannot be read"),
    ],
)
def test_a_bad_file_is_named(tmp_path, text, said):
    (tmp_path / "alnage.toml").write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        resolve("lang", None, {}, tmp_path)
    assert str(caught.value).startswith("alnage.toml")


def test_a_bad_variable_is_named():
    with pytest.raises(InputError, match="ALNAGE_LANG"):
        resolve("lang", None, {"ALNAGE_LANG": "fr"}, Workspace.open("nowhere").path)


def test_the_examples_of_the_page_run():
    page = Path(__file__).parents[2] / "docs" / "workspace.md"
    assert doctest.testfile(str(page), module_relative=False).failed == 0
