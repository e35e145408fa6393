"""Real documents: every valid one is read with all events, every invalid one refused."""

import copy
import io
import json
import random
import re
from pathlib import Path

import pytest

from alnage.sources.epcis import Document, RefusedError, read_events
from alnage.sources.epcis.events import read_time
from alnage.sources.epcis.hashes import hash_id

GOLDEN = [
    json.loads(line)
    for line in (Path(__file__).parent / "golden.jsonl").read_text("utf-8").splitlines()
]
SUFFIXES = (".json", ".jsonld", ".xml")
EVENT_TAG = re.compile(
    r"<(?:\w+:)?(?:Object|Aggregation|Transaction|Transformation|Association|Quantity)Event[\s>]"
)


def documents(corpus, *, invalid):
    return [
        file
        for file in sorted(corpus.rglob("*"))
        if file.suffix in SUFFIXES
        and "Schema" not in file.name
        and ("Invalid" in file.parts) == invalid
    ]


def told_events(file):
    """How many events a document holds, counted without the reader."""
    text = file.read_text("utf-8")
    if file.suffix == ".xml":
        return len(EVENT_TAG.findall(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)))
    told = json.loads(text)
    body = told.get("epcisBody")
    if body is None:
        return 1
    return len(body.get("eventList") or body["queryResults"]["resultsBody"]["eventList"])


def test_every_valid_document_gives_all_its_events(corpus):
    files = documents(corpus, invalid=False)
    assert len(files) >= 150
    for file in files:
        assert sum(1 for _ in read_events(file)) == told_events(file), file


def test_every_invalid_document_is_refused_with_its_reason(corpus):
    files = documents(corpus, invalid=True)
    assert len(files) >= 14
    for file in files:
        with pytest.raises(RefusedError) as caught:
            list(read_events(file))
        for lang in ("en", "zh"):
            said = caught.value.text(lang)
            assert said.startswith(file.name)
            assert not re.search(r"reason\.|\{\w+\}", said), said


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden["document"])
def test_a_document_says_what_the_golden_table_has(corpus, golden):
    made = [event.to_json() for event in read_events(corpus / "openepcis" / golden["document"])]
    assert [event.pop("number") for event in made] == list(range(1, len(made) + 1))
    assert made == golden["events"]


def test_golden_tables_cover_versions_forms_and_types():
    assert len(GOLDEN) >= 30
    paths = " ".join(golden["document"] for golden in GOLDEN)
    assert all(part in paths for part in ("1.2/", "2.0/", "/JSON/", "/XML/", "Query", "Events/"))
    types = {event["type"] for golden in GOLDEN for event in golden["events"]}
    assert len(types) == 5


def test_one_event_in_two_spellings_has_one_hash_id(corpus):
    root = corpus / "openepcis" / "2.0" / "EPCIS"
    compared = 0
    for file in sorted((root / "JSON" / "Capture").rglob("*.json")):
        twin = root / "XML" / file.relative_to(root / "JSON").with_suffix(".xml")
        if "Invalid" not in file.parts and twin.exists():
            ours = [hash_id(event) for event in read_events(file)]
            assert ours == [hash_id(event) for event in read_events(twin)], file
            compared += len(ours)
    assert compared >= 10


def test_seven_documents_made_to_have_one_hash_id(corpus):
    """Six of them do; in one the time zone offset was written differently, which counts."""
    ids = {}
    for file in sorted((corpus / "gs1" / "XML" / "WithEventHashID").iterdir()):
        (event,) = read_events(file)
        ids.setdefault((hash_id(event), event.event_time_zone_offset), []).append(file.name)
    assert len({offset for _, offset in ids}) == len(ids) == 2


# ── the rules against the published schema, on documents spoilt at random ──

JUNK = [
    *("transforming", "", None, 5, -1, True, [], {}, "urn:x:y", ["a"], {"a": 1}),
    *("2024-01-01", "shipping", "ADD", [{}]),
]
FIELDS = ("foo", "ex:foo", "action", "ilmd", "parentID", "epcList", "quantityList")


def paths(value, path=()):
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, (*path, name))
    elif isinstance(value, list):
        for i, inner in enumerate(value[:3]):
            yield from paths(inner, (*path, i))


def spoil(told, rng):
    told = copy.deepcopy(told)
    path = rng.choice([path for path in paths(told) if path])
    place = told
    for step in path[:-1]:
        place = place[step]
    how = rng.choice(("drop", "junk", "add", "rename"))
    if how == "drop":
        del place[path[-1]]
    elif how == "junk":
        place[path[-1]] = copy.deepcopy(rng.choice(JUNK))
    elif isinstance(place, dict):
        if how == "add":
            place[rng.choice(FIELDS)] = copy.deepcopy(rng.choice(JUNK))
        else:
            place[f"x{path[-1]}"] = place.pop(path[-1])
    return told, path


def schema_validator(corpus):
    jsonschema = pytest.importorskip("jsonschema")
    checker = jsonschema.FormatChecker(formats=())
    checker.checks("uri")(
        lambda v: not isinstance(v, str) or bool(re.fullmatch(r"[A-Za-z][\w+.\-]*:\S+", v))
    )
    checker.checks("date-time")(lambda v: not isinstance(v, str) or read_time(v) is not None)
    schema = json.loads((corpus / "gs1" / "EPCIS-JSON-Schema.json").read_text("utf-8"))
    return jsonschema.Draft7Validator(schema, format_checker=checker)


# Where we differ on purpose: the standard's text asks for a parent and for amounts above
# zero, and words for what sensors measure grow faster than the schema.
OURS = frozenset(("parentID", "quantity"))
OPEN = frozenset(("type", "sensorReport"))


def test_spoilt_documents_are_judged_as_the_schema_judges_them(corpus):
    validator, rng = schema_validator(corpus), random.Random(20)
    sound = []
    for file in documents(corpus, invalid=False):
        if file.suffix != ".xml" and file.stat().st_size < 4000:
            told = json.loads(file.read_text("utf-8"))
            if validator.is_valid(told):
                sound.append(told)
    refused = 0
    for _ in range(600):
        told, path = spoil(rng.choice(sound), rng)
        try:
            for _event in Document(io.BytesIO(json.dumps(told).encode())):
                pass
            accepted = True
        except RefusedError:
            accepted = False
        refused += not accepted
        if accepted != validator.is_valid(told):
            assert set(path) & (OPEN if accepted else OURS), (path, accepted)
    assert refused > 100
