"""The command: one answer, batches, errors on one stream, languages."""

import json

import pytest

from alnage.doors.cli import main


@pytest.fixture
def run(capsys):
    def call(*args):
        try:
            main(["clock", *args])
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_one_answer_as_json(run):
    code, out, _ = run("us.det.final", "--event", "presented=1998-03-17", "--json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["due"], answer["effect_on"], answer["state"]) == (
        "1998-04-16",
        "1998-04-17",
        "expired",
    )
    assert answer["actor"] == "CBP"


@pytest.mark.parametrize(
    "args",
    [
        ("us.det.final",),
        ("us.det.final", "--event", "presented=17.3.1998"),
        ("us.det.final", "--event", "presented=1998-02-30"),
        ("us.det.final", "--event", "presented"),
        ("us.det.final", "--event", "presented=1998-03-17", "--event", "presented=1998-03-18"),
        ("us.det.final", "--event", "presented=1998-03-17", "--event", "tuesday=1998-03-18"),
        ("us.det.finale", "--event", "presented=1998-03-17"),
        ("any:5:working:XX", "--event", "from=1998-03-17"),
        ("any:5:working:US", "--event", "presented=1998-03-17"),
        ("us.det.final", "--event", "presented=1998-03-17", "--on", "soon"),
        ("--batch", "nowhere.csv"),
        (),
    ],
)
def test_errors_are_json_with_exit_status_two_or_one_sentence_on_stderr(run, args):
    code, out, err = run(*args, "--json")
    assert code == 2
    assert list(json.loads(out)) == ["error"]
    assert err == ""
    code, out, err = run(*args)
    assert code == 2
    assert out == ""
    assert err.startswith("alnage: ")


def test_the_same_event_given_twice_alike_is_no_error(run):
    code, out, _ = run(
        "us.det.final",
        "--event",
        "presented=1998-03-17",
        "--event",
        "presented=1998-03-17",
        "--json",
    )
    assert code == 0
    assert json.loads(out)["due"] == "1998-04-16"


def test_a_batch_answers_row_by_row_and_exits_zero(run, tmp_path):
    file = tmp_path / "cases.csv"
    rows = [
        "rule,events,id,note",
        'us.det.final,"{""presented"": ""1998-03-17"", ""arrived"": ""1998-03-01""}",a,x',
        "us.det.final,{},b,",
        "eu.apply,,c,",
        "us.det.final,[1],d,",
        'us.det.final,"{""presented"": 19980317}",e,',
        "nothing,{},f,",
        'us.det.final,"{""presented"": ""1998-03-17"", ""presented"": ""1999-03-17""}",g,',
        "eu.apply,,c,",
        "mx.inforce,,h,",
        "eu.apply,,h,",
    ]
    file.write_text("\ufeff" + "\r\n".join(rows) + "\r\n", "utf-8")
    code, out, _ = run("--batch", str(file), "--json")
    answers = json.loads(out)
    assert code == 0
    assert list(answers) == list("abcdefgh")
    assert answers["a"]["due"] == "1998-04-16"
    assert answers["a"]["ignored"] == ["arrived"]
    assert answers["c"]["due"] == "2027-12-14"
    for key, number in zip("bdefgh", (3, 5, 6, 7, 8, 11), strict=True):
        assert answers[key]["error"].startswith(f"cases.csv:{number}: "), key


def test_a_batch_without_its_columns_is_refused(run, tmp_path):
    file = tmp_path / "cases.csv"
    file.write_text("id,rule\na,eu.apply\n", "utf-8")
    code, out, _ = run("--batch", str(file), "--json")
    assert code == 2
    assert "events" in json.loads(out)["error"]


def test_a_batch_that_is_no_text_is_refused(run, tmp_path):
    file = tmp_path / "cases.csv"
    file.write_bytes(b"id,rule,events\n\xff\xfe,,\n")
    code, out, _ = run("--batch", str(file), "--json")
    assert code == 2
    assert "UTF-8" in json.loads(out)["error"]


def test_text_in_chinese_and_english(run):
    code, out, _ = run(
        "us.wro.abandon", "--event", "exclusion_advised=2024-01-10", "--on", "2024-01-11"
    )
    assert code == 0
    assert "state: running" in out
    code, out, _ = run(
        "us.wro.abandon",
        "--event",
        "exclusion_advised=2024-01-10",
        "--on",
        "2024-01-11",
        "--lang",
        "zh",
    )
    assert code == 0
    assert "进行中" in out
    code, out, _ = run("us.wro.abandon", "--lang", "zh", "--json")
    assert code == 2
    assert "起算事件" in json.loads(out)["error"]


def test_the_list_names_every_rule_and_event(run):
    code, out, _ = run("--list", "--json")
    listed = json.loads(out)
    assert code == 0
    assert len(listed["rules"]) == 51
    assert "presented" in listed["events"]
    code, out, _ = run("--list")
    assert code == 0
    assert "us.det.final" in out
    assert "exclusion_advised" in out
