"""The chain as pure values: any change shows, a purge does not break it."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.model import WorkspaceError
from alnage.workspace.chain import GENESIS, RecordId, canonical, linked, verify

TEXT = st.text(max_size=8)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PAYLOADS = st.lists(st.dictionaries(TEXT, JSON, max_size=3), min_size=1, max_size=6)


def chained(payloads, name="c"):
    records, before = [], None
    for number, payload in enumerate(payloads):
        time = f"2026-01-01T00:00:{number:02}Z"
        record = linked(name, before, time=time, kind="receipt", salt=f"s{number}", payload=payload)
        records.append(record)
        before = record.id
    return records


def codes(audit):
    return {reason.code for reason in audit.problems}


@given(PAYLOADS)
def test_a_chain_holds_and_names_its_head(payloads):
    records = chained(payloads)
    found = verify("c", records, head=records[-1].id, anchors=[records[0].id])
    assert found.ok
    assert found.notes == ()
    assert (found.records, found.head, found.anchored) == (len(payloads), records[-1].id, 1)
    assert records[0].previous == GENESIS


@given(PAYLOADS, st.data())
def test_every_alteration_shows(payloads, data):
    records = chained(payloads)
    at = data.draw(st.integers(0, len(records) - 1))
    field, value = data.draw(
        st.sampled_from(
            [("time", "2027-01-01T00:00:00Z"), ("kind", "decision"), ("commitment", "0" * 64), ("hash", "1" * 64),
             ("previous", "2" * 64), ("salt", "other"), ("payload", {"added": "later"}), ("chain", "d"),
             ("sequence", 99)]
        )
    )  # fmt: skip
    altered = list(records)
    altered[at] = replace(records[at], **{field: value})
    assert not verify("c", altered, head=records[-1].id).ok


@given(PAYLOADS, st.data())
def test_a_record_taken_out_or_put_in_twice_shows(payloads, data):
    records = chained(payloads)
    at = data.draw(st.integers(0, len(records) - 1))
    assert not verify("c", records[:at] + records[at + 1 :], head=records[-1].id).ok
    assert not verify("c", records[: at + 1] + records[at:], head=records[-1].id).ok


def test_a_rewritten_chain_holds_in_itself_but_not_against_an_anchor_kept_elsewhere():
    kept = chained([{"q": 1}, {"q": 2}])
    forged = chained([{"q": 1}, {"q": 3}])
    assert verify("c", forged, head=forged[-1].id).ok
    found = verify("c", forged, head=forged[-1].id, anchors=[kept[-1].id])
    assert codes(found) == {"audit_anchor_broken"}


def test_a_purged_payload_is_a_note_not_a_break():
    first, second = chained([{"name": "x"}, {"name": "y"}])
    found = verify("c", [replace(first, payload=None, salt=None), second], head=second.id)
    assert found.ok
    assert [note.code for note in found.notes] == ["audit_purged"]


def test_a_clock_set_back_is_a_note():
    first = linked("c", None, time="2026-05-01T00:00:00Z", kind="k", salt="s", payload={})
    second = linked("c", first.id, time="2026-04-01T00:00:00Z", kind="k", salt="s", payload={})
    found = verify("c", [first, second], head=second.id)
    assert found.ok
    assert [note.code for note in found.notes] == ["audit_time_backwards"]


def test_records_beyond_the_noted_head_show():
    records = chained([{}, {}])
    assert codes(verify("c", records, head=records[0].id)) == {"audit_head_behind"}


def test_the_salt_hides_what_was_purged():
    payload = {"name": "x"}
    one = linked("c", None, time="t", kind="k", salt="a", payload=payload)
    other = linked("c", None, time="t", kind="k", salt="b", payload=payload)
    assert one.commitment != other.commitment


@given(JSON)
def test_canonical_json_does_not_depend_on_the_order_of_keys(value):
    assert canonical({"a": value, "b": 1}) == canonical({"b": 1, "a": value})


@pytest.mark.parametrize(
    "value", [{"x": math.nan}, {1: "x"}, {"x": object()}, {"x": {1, 2}}, [{"a": {2: 3}}]]
)
def test_what_is_no_json_is_refused(value):
    with pytest.raises(WorkspaceError, match="no JSON"):
        canonical(value)


def test_ids_of_other_chains_are_no_anchors():
    records = chained([{}])
    found = verify("c", records, anchors=[RecordId("d", 1, records[0].hash)])
    assert codes(found) == {"audit_anchor_broken"}
