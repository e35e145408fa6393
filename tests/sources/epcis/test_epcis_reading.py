"""Forms of documents, the rules for one event, and what must never be read."""

import io
import json
import tracemalloc

import pytest
from epcis_documents import (
    CONTEXT,
    FARM,
    GIN,
    LINT,
    PALLET,
    SEED,
    amount,
    document,
    event,
    opened,
    read,
    refused,
    xml,
)
from hypothesis import given
from hypothesis import strategies as st

from alnage.sources.epcis import read_events, syntax_of
from alnage.sources.epcis.contradictions import contradictions

SEEN = event(action="OBSERVE", epcList=["urn:epc:id:sgtin:6901234.000001.7"])
MADE = event(
    "TransformationEvent", inputQuantityList=amount(SEED, 2), outputQuantityList=amount(LINT, 1)
)
XML_EVENT = (
    "<ObjectEvent><eventTime>2024-03-01T08:00:00+08:00</eventTime>"
    "<eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
    "<epcList><epc>urn:epc:id:sgtin:6901234.000001.7</epc></epcList>"
    "<action>OBSERVE</action>{}</ObjectEvent>"
)


# ── forms ──


@pytest.mark.parametrize(
    "told",
    [
        document(SEEN),
        {**document(), "epcisBody": {"event": SEEN}},
        [SEEN],
        [document(SEEN)],
        {"@context": CONTEXT, **SEEN},
        {
            "@context": CONTEXT,
            "type": "EPCISQueryDocument",
            "epcisBody": {"queryResults": {"queryName": "q", "resultsBody": {"eventList": [SEEN]}}},
        },
        {"epcisBody": {"eventList": [SEEN]}, **document(epcisBody=None)},
    ],
    ids=["document", "one event", "array", "array of documents", "bare", "query", "body first"],
)
def test_every_form_gives_the_event(told):
    (made,) = read(told)
    assert (made.type, made.number, made.epcs) == ("ObjectEvent", 1, tuple(SEEN["epcList"]))


def test_xml_and_json_give_the_same_event():
    (ours,) = read(xml(XML_EVENT.format("<ex:grade>A</ex:grade>")))
    (theirs,) = read(document({**SEEN, "ex:grade": "A"}))
    assert ours == theirs
    assert ours.extensions == {"{http://ns.example.com/}grade": "A"}


def test_a_context_behind_the_events_still_names_their_extensions():
    told = {"epcisBody": {"eventList": [{**SEEN, "ex:grade": "A"}]}, **document(epcisBody=None)}
    (made,) = read(told)
    assert made.extensions == {"{http://ns.example.com/}grade": "A"}


def test_extensions_of_version_1_2_are_opened():
    inner = (
        "<extension><quantityList><quantityElement><epcClass>urn:epc:class:lgtin:6901234.000001.S1"
        "</epcClass><quantity>2.50</quantity><uom>KGM</uom></quantityElement></quantityList>"
        "<extension><ex:b>1</ex:b></extension></extension>"
    )
    text = xml(XML_EVENT.format(inner)).replace(b"xsd:2", b"xsd:1")
    (made,) = read(text)
    assert [(q.quantity, q.uom) for q in made.quantities] == [(2.5, "KGM")]
    assert made.extensions == {"{http://ns.example.com/}b": "1"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding):
    text = json.dumps(document({**SEEN, "ex:name": "棉花"}), ensure_ascii=False)
    (made,) = read(text.encode(encoding))
    assert made.extensions == {"{http://ns.example.com/}name": "棉花"}


@pytest.mark.parametrize(
    "word",
    ["shipping", "urn:epcglobal:cbv:bizstep:shipping", "https://ref.gs1.org/cbv/BizStep-shipping"],
)
def test_words_in_three_spellings_are_one(word):
    assert read(document({**SEEN, "bizStep": word}))[0].biz_step == "shipping"


def test_master_data_is_kept_beside_the_events():
    header = {
        "epcisMasterData": {
            "vocabularyList": [
                {
                    "type": "urn:epcglobal:epcis:vtype:Location",
                    "vocabularyElementList": [
                        {
                            "id": FARM,
                            "attributes": [{"id": "cbvmda:countryCode", "attribute": "CN"}],
                        }
                    ],
                }
            ]
        }
    }
    (element,) = opened(document(SEEN, epcisHeader=header)).vocabulary
    assert (element.kind, element.id, element.text("countryCode")) == ("Location", FARM, "CN")


@pytest.mark.parametrize(
    ("head", "syntax"),
    [
        (b'{"@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"', "json"),
        (b'[{"type": "ObjectEvent"', "json"),
        (b'{"schema": "findings/1"}', None),
        (b"party,name\n", None),
        (b"<?xml version='1.0'?><!-- c --><epcis:EPCISDocument xmlns:epcis='x'>", "xml"),
        (b"<ObjectEvent>", "xml"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
        (b"<!DOCTYPE svg PUBLIC 'a' 'b'><svg/>", None),
        (b'<!DOCTYPE lolz [<!ENTITY a "b">]><lolz>&a;</lolz>', "xml"),
        (b"", None),
    ],
)
def test_what_a_file_is_shows_in_its_first_bytes(head, syntax):
    assert syntax_of(head) == syntax


# ── rules ──


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({**SEEN, "eventTime": None}, "epcis_field_missing"),
        ({**SEEN, "eventTime": "2024-03-01T08:00:00"}, "epcis_time_invalid"),
        ({**SEEN, "eventTime": "2024-02-30T08:00:00Z"}, "epcis_time_invalid"),
        ({**SEEN, "eventTimeZoneOffset": "+8"}, "epcis_offset_invalid"),
        ({**SEEN, "eventTimeZoneOffset": "+14:30"}, "epcis_offset_invalid"),
        ({**SEEN, "recordTime": "yesterday"}, "epcis_time_invalid"),
        ({**SEEN, "eventID": "42"}, "epcis_uri_invalid"),
        ({**SEEN, "action": "observe"}, "epcis_action_unknown"),
        ({**MADE, "action": "ADD"}, "epcis_action_forbidden"),
        ({**SEEN, "bizstep": "shipping"}, "epcis_field_unknown"),
        ({**SEEN, "parentID": PALLET}, "epcis_field_unknown"),
        ({**SEEN, "bizStep": "Shipping"}, "epcis_word_unknown"),
        ({**SEEN, "bizStep": "urn:epcglobal:cbv:bizstep:transforming"}, "epcis_word_unknown"),
        ({**SEEN, "disposition": "in_transport"}, "epcis_word_unknown"),
        ({**SEEN, "epcList": ["7"]}, "epcis_uri_invalid"),
        ({**SEEN, "epcList": "urn:a:b"}, "epcis_not_a_list"),
        ({**SEEN, "epcList": [*SEEN["epcList"], *SEEN["epcList"]]}, "epcis_item_twice"),
        ({**SEEN, "epcList": None}, "epcis_objects_missing"),
        ({**SEEN, "quantityList": amount(SEED, "twenty")}, "epcis_quantity_invalid"),
        ({**SEEN, "quantityList": amount(SEED, quantity=True)}, "epcis_quantity_invalid"),
        ({**SEEN, "quantityList": amount(SEED, 0)}, "epcis_quantity_not_positive"),
        ({**SEEN, "quantityList": amount(SEED, -3)}, "epcis_quantity_not_positive"),
        ({**SEEN, "quantityList": amount(SEED, 1, "kg")}, "epcis_uom_invalid"),
        ({**SEEN, "quantityList": [{"quantity": 1}]}, "epcis_field_missing"),
        ({**SEEN, "quantityList": ["x"]}, "epcis_not_an_object"),
        ({**SEEN, "ilmd": {"cbvmda:lot": "1"}}, "epcis_ilmd_action"),
        ({**SEEN, "action": "ADD", "ilmd": {"lot": "1"}}, "epcis_field_unknown"),
        ({**SEEN, "readPoint": {}}, "epcis_field_missing"),
        ({**SEEN, "sourceList": [{"source": FARM}]}, "epcis_field_missing"),
        ({**SEEN, "persistentDisposition": {}}, "epcis_field_missing"),
        ({**SEEN, "errorDeclaration": {"reason": "incorrect_data"}}, "epcis_field_missing"),
        ({**SEEN, "sensorElementList": [{"sensorReport": []}]}, "epcis_field_missing"),
        (
            {**SEEN, "sensorElementList": [{"sensorReport": [{"type": "Mass", "value": "1"}]}]},
            "epcis_sensor_value",
        ),
        ({**MADE, "inputQuantityList": None}, "epcis_objects_missing"),
        ({**MADE, "inputQuantityList": [], "transformationID": "urn:t:1"}, None),
        (event("AggregationEvent", action="ADD", childEPCs=[FARM]), "epcis_field_missing"),
        (event("AggregationEvent", action="ADD", parentID=PALLET), "epcis_objects_missing"),
        (event("AggregationEvent", action="DELETE", parentID=PALLET), None),
        (event("AssociationEvent", childEPCs=[FARM]), "epcis_field_missing"),
        (event("TransactionEvent", epcList=[FARM]), "epcis_field_missing"),
        ({**SEEN, "type": "ObjectEvnt"}, "epcis_type_unknown"),
        ({**SEEN, "type": "ex:VisitEvent"}, None),
        ({**SEEN, "type": "epcis:ObjectEvent"}, None),
        ("text", "epcis_not_an_event"),
    ],
)
def test_rules_of_one_event(told, code):
    if isinstance(told, dict):
        told = {name: value for name, value in told.items() if value is not None}
    reason = refused(document(SEEN, told))
    assert (reason and reason.code) == code
    if reason is not None:
        assert reason.params["event"] == 2
        assert "{" not in reason.text("en") + reason.text("zh")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (document(SEEN, **{"@context": None}), "epcis_document_field_missing"),
        (document(SEEN, **{"@context": ["x", "x"]}), "epcis_context_invalid"),
        (document(SEEN, schemaVersion="two"), "epcis_version_invalid"),
        (document(SEEN, creationDate="2024-05-01"), "epcis_time_invalid"),
        (document(SEEN, creationDate=None), "epcis_document_field_missing"),
        (document(SEEN, type="EPCISDokument"), "epcis_document_type"),
        (document(SEEN, note="x"), "epcis_document_field_unknown"),
        (document(epcisBody={}), "epcis_without_events"),
        (document(epcisBody={"eventList": {}}), "epcis_not_a_list"),
        (SEEN, "epcis_document_field_missing"),
        (
            {"type": "EPCISQueryDocument", "@context": CONTEXT, "epcisBody": {}},
            "epcis_without_events",
        ),
        ("", "epcis_empty"),
        ("hello", "epcis_not_epcis"),
        ('{"epcisBody": {"eventList": [', "epcis_json_broken"),
        ('{"epcisBody": NaN}', "epcis_json_broken"),
        (b'{"epcisBody": "\xff\xfe"}', "epcis_not_text"),
        ('{"epcisBody":{"eventList":[]},"epcisBody":{}}', "epcis_name_twice"),
    ],
)
def test_rules_of_the_document(told, code):
    assert refused(told).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (xml(XML_EVENT.format("<foo/>")), "epcis_field_unknown"),
        (xml("<ObjectEvnt/>"), "epcis_type_unknown"),
        (xml(XML_EVENT.format("<action>ADD</action>")), "epcis_name_twice"),
        (xml("", root="EPCISDokument"), "epcis_root_unknown"),
        (xml("").replace(b"urn:epcglobal:epcis:xsd:2", b"urn:x"), "epcis_root_unknown"),
        (xml("", schema=""), "epcis_document_field_missing"),
        (xml(XML_EVENT.format("<epcList/>")), "epcis_name_twice"),
        (xml("<ObjectEvent>"), "epcis_xml_broken"),
        (xml("").replace(b"EPCISBody", b"Body"), "epcis_document_field_missing"),
    ],
)
def test_rules_of_xml(text, code):
    assert refused(text).code == code


# ── what must never be read ──

BOMB = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "head",
    [
        BOMB,
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x SYSTEM "http://example.com/x.dtd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://example.com/p">%p;]>',
        "<!DOCTYPE x [<!ELEMENT x ANY>]>",
    ],
)
def test_entities_and_foreign_document_types_are_refused(head):
    assert refused(xml(XML_EVENT.format("<ex:a>&b;</ex:a>"), head=head)).code == "epcis_doctype"


def test_a_bare_document_type_harms_nobody():
    assert len(read(xml(XML_EVENT.format(""), head="<!DOCTYPE project>"))) == 1
    assert refused(xml(XML_EVENT.format("&nbsp;"), head="<!DOCTYPE x>")).code == "epcis_xml_broken"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(document(SEEN)).replace('"OBSERVE"', "[" * 100_000),
        xml(XML_EVENT.format("<ex:a>" * 500)),
    ],
    ids=["json", "xml"],
)
def test_endless_nesting_is_refused(text):
    assert refused(text).code == "epcis_too_deep"


def test_one_monstrous_event_is_refused(monkeypatch):
    monkeypatch.setattr("alnage.sources.epcis.json_reader.LARGEST", 100_000)
    monkeypatch.setattr("alnage.sources.epcis.xml_reader.LARGEST", 100_000)
    long = "x" * 400_000
    assert refused(document({**SEEN, "ex:a": long})).code == "epcis_too_big"
    assert refused(xml(XML_EVENT.format(f"<ex:a>{long}</ex:a>"))).code == "epcis_too_big"


class Endless(io.RawIOBase):
    """A document of many events, made while it is read; it can't be in memory whole."""

    def __init__(self, before, one, after, count):
        self.parts = iter([before, *([one] * count), after])
        self.rest = b""

    def read(self, size=-1):
        while len(self.rest) < size and (part := next(self.parts, None)) is not None:
            self.rest += part
        data, self.rest = self.rest[:size], self.rest[size:]
        return data


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_long_document_is_read_with_little_memory(form):
    count = 6_000
    if form == "json":
        one = json.dumps({**SEEN, "ex:fill": "x" * 2000}).encode()
        before = b'{"@context": "urn:x:y", "type": "EPCISDocument", "schemaVersion": "2.0", '
        before += b'"creationDate": "2024-05-01T00:00:00Z", "epcisBody": {"eventList": [' + one
        stream = Endless(before, b"," + one, b"]}}", count - 1)
    else:
        whole = xml("SPLIT").split(b"SPLIT")
        one = XML_EVENT.format(f"<ex:fill>{'x' * 2000}</ex:fill>").encode()
        stream = Endless(whole[0], one, whole[1], count)
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_events(stream)) == count
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < count * len(one) / 4


@given(st.integers(1, 200_000), st.integers(0, 5))
def test_events_do_not_depend_on_where_the_pieces_are_cut(chunk, spaces):
    text = (
        " " * spaces + json.dumps(document(SEEN, MADE, {**SEEN, "ex:n": 12345}), indent=spaces)
    ).encode()

    class Pieces(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, chunk) if size > 0 else chunk)

    assert list(read_events(Pieces(text))) == read(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    for start in (b"", b'{"epcisBody": {"eventList": [', b"<ObjectEvent>"):
        reason = refused(start + data)
        assert reason is None or reason.text("zh")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(sorted({*SEEN, *MADE, "bizStep", "readPoint", "ilmd", "sourceList"})), JSON)
def test_any_value_in_any_field_is_read_or_refused(field, value):
    for base in (SEEN, MADE):
        told = document({**base, field: value})
        reason = refused(told)
        assert reason is None or reason.text()


# ── contradictions ──


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({**SEEN, "recordTime": "2024-02-01T00:00:00Z"}, "epcis_recorded_before"),
        (
            {**SEEN, "errorDeclaration": {"declarationTime": "2024-02-01T00:00:00Z"}},
            "epcis_declared_before",
        ),
        ({**SEEN, "eventTimeZoneOffset": "-06:00"}, "epcis_offset_differs"),
        ({**SEEN, "action": "ADD", "bizStep": "destroying"}, "epcis_action_against_step"),
        (
            {**SEEN, "persistentDisposition": {"set": ["damaged"], "unset": ["damaged"]}},
            "epcis_set_and_unset",
        ),
        ({**MADE, "outputQuantityList": amount(SEED, 1)}, "epcis_input_is_output"),
        (
            event("AggregationEvent", action="ADD", parentID=PALLET, childEPCs=[PALLET]),
            "epcis_inside_itself",
        ),
        (
            {**SEEN, "epcList": [*SEEN["epcList"], "https://id.gs1.org/01/06901234000016/21/7"]},
            "epcis_object_twice",
        ),
        (
            {**SEEN, "quantityList": [*amount(SEED, 1), *amount(SEED, 2, "TNE")]},
            "epcis_two_units",
        ),
    ],
)
def test_an_event_against_itself_is_a_finding(told, code):
    (made,) = read(document(told))
    (reason,) = contradictions(made)
    assert reason.code == code
    assert "{" not in reason.text().replace("{file}", "")


def test_a_field_told_twice_is_a_finding():
    text = json.dumps(document(SEEN)).replace(
        '"action"', '"eventID": "urn:a:1", "eventID": "urn:a:2", "action"'
    )
    (made,) = read(text)
    assert made.event_id == "urn:a:2"
    assert [reason.code for reason in contradictions(made)] == ["epcis_told_twice"]


def test_a_sound_event_has_no_findings():
    for made in read(document(SEEN, MADE, {**SEEN, "readPoint": {"id": GIN}})):
        assert list(contradictions(made)) == []
