"""The strongest promises of the law room, tried on random facts with random keys taken away.

A missing fact never reads as no; giving an absent fact a value never turns yes into no or back
(end dates apart); ``missing`` names every absent fact that could matter.
"""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alnage.law import LawBook, judge, parse_facts
from alnage.law.facts import facts_schema
from alnage.model import Answer

SCHEMA = facts_schema()
# Absent means none so far, or false, or adds nothing: giving these is no new knowledge of a fact.
ENDS = {"removed_on", "suspended_from", "suspended_until"}
QUIET = ENDS | {"aid", "scope", "clause", "reachable", "undocumented", "unresolved", "incomplete"}

DAYS = [
    "2016-03-09", "2020-07-01", "2022-06-20", "2022-06-21", "2024-05-17", "2024-09-02",
    "2024-11-24", "2024-11-25", "2025-03-23", "2025-03-24", "2026-03-01", "2026-04-06",
    "2026-04-13", "2027-12-13", "2027-12-14", "2029-12-22", "2029-12-23",
]  # fmt: skip
COUNTRIES = ["CN", "US", "DE", "VN", "CA", "MX", "HK", "GB", "PR"]
POOLS = {
    "market": ["US", "EU", "DE", "CA", "MX", "GB", "CN", "PR"],
    "country": COUNTRIES,
    "owned_by": ["US", "CN"],
    "stored_in": ["CN", "US"],
    "state": ["US", "CN", "EU"],
    "region": ["CN-XJ", "CN-SD"],
    "register": ["us-uflpa", "us-uflpa", "cn-afsl", "cn-uel", "us-sdn", "something-else"],
    "group": ["region:CN-XJ", "listed:us-uflpa", "held:us-uflpa", "listed:us-uflpa@2024-11-25"],
    "scope": ["region:CN-XJ", "party:a"],
    "party": ["a", "b"],
    "hs": ["6109.10"],
    "materials": ["cotton"],
}
REGIMES = {
    "orders": ["US-S307", "EU-FLR", "CA-9897", "MX-2023", "CN-BLOCK", "CN-835"],
    "permissions": ["US-UFLPA", "US-CAATSA", "CN-803", "CN-BLOCK", "CN-DSL", "CN-UEL", "CN-835"],
    "measure": ["US-UFLPA", "US-S307"],
}
SHARES = [0.0, 1e-9, 2e-9, 0.001, 0.4, 1.0]


BOOK = LawBook.load()


def values(rule, key, inside, depth):
    """A strategy for one rule of the schema; ``inside`` is the nearest named key above."""
    while "$ref" in rule:
        rule = SCHEMA["$defs"][rule["$ref"].rsplit("/", 1)[1]]
    kind = rule.get("type")
    if kind == "boolean":
        return st.booleans()
    if kind == "number":
        return st.sampled_from(SHARES)
    if kind == "array":
        size = 2 if depth < 2 else 1
        return st.lists(values(rule["items"], key, key, depth + 1), max_size=size)
    if kind == "object":
        wanted = rule.get("required", ())
        known = {
            name: values(inner, name, key, depth)
            for name, inner in rule["properties"].items()
            if name not in ("gaps", "evidence", "owners", "name", "site", "stage", "description")
            or (key == "" and name == "evidence")
        }
        return st.fixed_dictionaries(
            {name: strategy for name, strategy in known.items() if name in wanted},
            optional={name: strategy for name, strategy in known.items() if name not in wanted},
        )
    return st.sampled_from(words(rule, key, inside))


def words(rule, key, inside):
    if rule.get("format") == "date":
        return DAYS
    if key == "regime":
        return REGIMES[inside]
    return rule.get("enum") or POOLS.get(key, ["text"])


def ordered(facts):
    """Put bounds in order, as the schema's reader wants them."""
    for entry in facts.get("content", []):
        names = [name for name in ("min", "expected", "max") if name in entry]
        for name, value in zip(names, sorted(entry[name] for name in names), strict=True):
            entry[name] = value
    return facts


# Half of the facts stand in a frame that reaches deciding conditions; the rest is as it falls.
SUPPLIER = {"party": "s", "country": "CN", "listings": []}
LISTED = {
    "register": "cn-uel",
    "effective_from": "2021-01-01",
    "measures": [{"kind": "trade_ban", "effective_from": "2021-01-01"}],
}
MAKER = {"party": "a", "made": True, "country": "CN", "region": "CN-SD", "listings": []}
NONE = [
    {"group": "region:CN-XJ", "min": 0, "max": 0},
    {"group": "listed:us-uflpa", "min": 0, "max": 0},
]
US = {
    "transaction": "import",
    "market": "US",
    "date": "2024-11-25",
    "permissions": [],
    "orders": [],
}


def order(regime, kind, **more):
    return {"regime": regime, "kind": kind, "covers": True, "effective_from": "2024-01-01", **more}


FRAMES = [
    {},
    {**US, "chain": [{**MAKER, "region": "CN-XJ"}]},
    {**US, "chain": [{"party": "a", "made": True, "region": "CN-XJ"}]},
    {**US, "chain": [{**MAKER, "listings": [{"register": "us-uflpa", "effective_from": "2024-11-25"}]}]},
    {**US, "chain": [MAKER], "content": NONE, "goods": {"forced_labour": False}},
    {**US, "orders": [order("US-S307", "wro")]},
    {**US, "permissions": [order("US-UFLPA", "applicability_release")]},
    {**US, "market": "MX", "orders": [order("MX-2023", "resolution")]},
    {"transaction": "supply_stop", "date": "2026-04-13", "reason": "foreign_measure", "permissions": [],
     "actor": {"country": "CN"}, "measure": {"state": "US", "regime": "US-S307"},
     "orders": [order("CN-BLOCK", "prohibition"), order("CN-835", "decision")]},
    {"transaction": "import", "market": "US", "date": "2024-11-25", "permissions": []},
    {"transaction": "import", "market": "US", "date": "2024-11-25", "orders": [], "permissions": [], "content": []},
    {"transaction": "import", "market": "DE", "date": "2027-12-14"},
    {"transaction": "import", "market": "CA", "date": "2026-04-13"},
    {"transaction": "import", "market": "MX", "date": "2026-04-13"},
    {"transaction": "export", "exporter": {"country": "DE"}, "date": "2027-12-14"},
    {"transaction": "supply_stop", "date": "2026-04-13", "reason": "foreign_measure",
     "actor": {"country": "DE"}, "counterparty": SUPPLIER, "measure": {"state": "US", "regime": "US-UFLPA"}},
    {"transaction": "supply_stop", "date": "2026-04-13", "reason": "foreign_measure",
     "actor": {"country": "CN"}, "measure": {"state": "US", "regime": "US-S307"}},
    {"transaction": "evidence_transfer", "date": "2026-04-13", "actor": {"country": "CN"},
     "recipient": {"kind": "authority", "country": "US"}, "evidence": {"stored_in": "CN"}},
    {"transaction": "sale", "date": "2026-04-13", "actor": {"country": "CN"}, "permissions": [],
     "counterparty": {"country": "US", "listings": [LISTED, {**LISTED, "register": "cn-afsl"}]}},
]  # fmt: skip


@st.composite
def framed(draw):
    frame = draw(st.sampled_from(FRAMES))
    return ordered({**draw(values(SCHEMA, "", "", 0)), **json.loads(json.dumps(frame))})


FACTS = framed()


def keys_of(value, path=()):
    """Every key that can be taken away, deepest last."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "group":
                yield (*path, key)
            yield from keys_of(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from keys_of(inner, (*path, index))


def without(facts, paths):
    reduced = json.loads(json.dumps(facts))
    for path in sorted(paths, key=len, reverse=True):
        holder = reduced
        for key in path[:-1]:
            holder = holder[key]
        holder.pop(path[-1], None)
    return reduced


def spell(path):
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def answers(facts):
    return {(v.regime, v.question): v for v in judge(parse_facts(facts), BOOK).verdicts}


@st.composite
def facts_and_gaps(draw, most=4, skip=frozenset(ENDS)):
    facts = draw(FACTS)
    paths = [p for p in keys_of(facts) if p[-1] not in skip]
    if not paths:
        return facts, []
    return facts, draw(st.lists(st.sampled_from(paths), min_size=1, max_size=most, unique=True))


MANY = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@MANY
@given(facts_and_gaps())
def test_giving_a_fact_never_turns_yes_into_no_or_back(case):
    facts, paths = case
    full, less = answers(facts), answers(without(facts, paths))
    for key, verdict in full.items():
        before, after = less[key].answer, verdict.answer
        if before is not after:
            assert Answer.UNKNOWN in (before, after), (key, paths, before, after)


@MANY
@given(facts_and_gaps(most=3, skip=frozenset(QUIET)))
def test_missing_names_every_fact_that_settles(case):
    facts, paths = case
    tops = [p for p in paths if not any(p != q and p[: len(q)] == q for q in paths)]
    less = answers(without(facts, tops))
    for given_back in tops:
        more = answers(without(facts, [p for p in tops if p != given_back]))
        for key, verdict in less.items():
            if verdict.answer is Answer.UNKNOWN and more[key].answer is not Answer.UNKNOWN:
                assert spell(given_back) in verdict.missing, (key, given_back, verdict.missing)


@MANY
@given(FACTS)
def test_every_regime_answers_all_its_questions_once_and_with_sources(facts):
    judgement = judge(parse_facts(facts), BOOK)
    asked = [(r.id, q) for r in BOOK for q in r.questions]
    assert [(v.regime, v.question) for v in judgement.verdicts] == asked
    value = judgement.to_json("zh")
    json.dumps(value)
    applies = {v.regime: v.answer for v in judgement.verdicts if v.question == "applies"}
    for verdict in judgement.verdicts:
        assert verdict.citations
        assert verdict.because
        if verdict.answer is Answer.YES:
            assert applies[verdict.regime] is Answer.YES
        if applies[verdict.regime] is Answer.NO:
            assert verdict.answer is Answer.NO
        if verdict.answer is not Answer.UNKNOWN:
            assert not verdict.missing
        if verdict.answer is not Answer.YES:
            assert not verdict.clocks


def leaves(reasons):
    for reason in reasons:
        if reason.because:
            yield from leaves(reason.because)
        else:
            yield reason


@MANY
@given(FACTS)
def test_no_sentence_shows_a_hole_or_a_bare_code(facts):
    judgement = judge(parse_facts(facts), BOOK)
    found = [leaf for verdict in judgement.verdicts for leaf in leaves(verdict.because)]
    for reason in (*found, *judgement.not_modelled):
        for lang in ("en", "zh"):
            text = reason.text(lang)
            assert "{" not in text
            assert not text.startswith("reason.")


@MANY
@given(FACTS, st.sampled_from(["expected"]))
def test_the_expected_share_never_decides(facts, key):
    bare = json.loads(json.dumps(facts))
    for entry in bare.get("content", []):
        entry.pop(key, None)
    full, less = answers(facts), answers(bare)
    assert {k: v.answer for k, v in full.items()} == {k: v.answer for k, v in less.items()}


@MANY
@given(FACTS)
def test_scope_and_clause_change_no_answer(facts):
    bare = json.loads(json.dumps(facts))
    for path in [p for p in keys_of(facts) if p[-1] in ("scope", "clause")]:
        bare = without(bare, [path])
    full, less = answers(facts), answers(bare)
    assert {k: v.answer for k, v in full.items()} == {k: v.answer for k, v in less.items()}
