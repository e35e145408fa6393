"""Three-valued listing: what is certain, what is possible, and what is neither."""

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.model import Listing, PartyListing
from alnage.registers import Register, Registers
from alnage.screen import Decision, screen_parties
from alnage.screen.decisions import mark
from alnage.screen.entities import Query
from alnage.screen.listing import marks, query_of, subordinate
from alnage.screen.screener import Screener

USCC = "91350100M000100Y43"
OTHER_USCC = "91650000MA775A0A6R"


def register(*listings: Listing, **fields: Any) -> Register:
    return Register("r", None, listings, **fields)


def entry(name: str = "Kunlun Bright Cotton Co., Ltd.", **fields: Any) -> Listing:
    return Listing("r", fields.pop("entity", "e1"), name, **fields)


def party(**fields: Any) -> dict[str, Any]:
    return {"party": "p", "name": "", **fields}


def certainty(
    *listings: Listing, decisions: tuple[Decision, ...] = (), ownership: Any = None, **fields: Any
) -> list[tuple[str, str]]:
    found = screen_parties([party(**fields)], ownership, [register(*listings)], decisions)
    return [(one.certainty, one.by) for one in found]


NAME = "Kunlun Bright Cotton Co., Ltd."


@pytest.mark.parametrize(
    ("listing", "fields", "expected"),
    [
        (entry(), {"name": "KUNLUN BRIGHT COTTON COMPANY LIMITED"}, [("listed", "name")]),
        (entry(country="CN"), {"name": NAME, "country": "CN"}, [("listed", "name")]),
        (entry(country="CN"), {"name": NAME}, [("listed", "name")]),
        (entry(country="CN"), {"name": NAME, "country": "VN"}, [("possible", "match")]),
        (entry(country="CN"), {"name": NAME, "country": "HK"}, [("listed", "name")]),
        (entry(country="CN"), {"name": NAME, "region": "US-CA"}, [("possible", "match")]),
        (entry(aliases=("Snow Peak Yarn Ltd",)), {"name": "Snow Peak Yarn Limited"}, [("listed", "name")]),
        (entry(weak_aliases=("Snow Peak Yarn Ltd",)), {"name": "Snow Peak Yarn Limited"}, [("possible", "weak_alias")]),
        (entry(name_zh=("昆仑明棉业有限公司",)), {"name": "x", "name_local": "昆侖明棉業有限公司"}, [("listed", "name")]),
        (entry(name_zh=("昆仑明棉业有限公司",)), {"name": "昆仑明棉业有限责任公司"}, [("possible", "match")]),
        (entry(), {"name": "unlike", "aliases": ["other", NAME]}, [("listed", "name")]),
        (entry(), {"name": "unlike", "aliases": f"other;{NAME}"}, [("listed", "name")]),
        (entry(identifiers=(f"uscc:{USCC}",)), {"name": "unlike", "identifiers": [f"uscc:{USCC}"]}, [("listed", "identifier")]),
        (entry(identifiers=("uscc:91350100M000100Y44",)), {"name": "unlike", "identifiers": ["uscc:91350100M000100Y44"]}, []),
        (entry(identifiers=("duns:123456789",)), {"name": "unlike", "identifiers": ["duns:123456789"]}, []),
        (entry(country="CN", identifiers=(f"uscc:{USCC}",)), {"name": "unlike", "country": "VN", "identifiers": [f"uscc:{USCC}"]}, [("listed", "identifier")]),
        (entry(), {"name": "Kunlun Bright Cotton"}, [("possible", "match")]),
        (entry(), {"name": "Kashgar Moon Tomato Co., Ltd."}, []),
        (entry(), {"name": ""}, []),
    ],
)  # fmt: skip
def test_identity(
    listing: Listing, fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert certainty(listing, **fields) == expected


def test_differing_identifiers_make_an_equal_name_only_possible() -> None:
    listing = entry(identifiers=(f"uscc:{USCC}",))
    assert certainty(listing, name=NAME, identifiers=[f"uscc:{OTHER_USCC}"]) in (
        [("possible", "match")],
        [("listed", "name")] if not _valid(OTHER_USCC) else [("possible", "match")],
    )


def _valid(code: str) -> bool:
    from alnage.registers.identifiers import uscc_valid

    return uscc_valid(code)


def decided(verdict: Any, **fields: Any) -> tuple[Decision, ...]:
    return (Decision("p", "r", "e1", verdict, "looked at the licence", "reviewer", **fields),)


def test_decisions_rule() -> None:
    assert certainty(entry(), name="Quite Another", decisions=decided("same")) == [
        ("listed", "decision")
    ]
    assert certainty(entry(), name=NAME, decisions=decided("different")) == []
    assert certainty(entry(), name="Quite Another", decisions=decided("unsure")) == [
        ("possible", "unsure")
    ]


def test_a_decision_is_raised_again_when_a_side_changes() -> None:
    old = mark([NAME])
    same = decided("different", party_mark=old)
    assert certainty(entry(), name=NAME, decisions=same) == []
    changed = screen_parties(
        [party(name=NAME, aliases=["A new alias"])], None, [register(entry())], same
    )
    assert [(one.certainty, one.reasons[0].code) for one in changed] in (
        [("possible", "decision_stale")],
        [("listed", "name_same")],
    )
    loose = screen_parties([party(name="Kunlun Bright Cottons")], None, [register(entry())], same)
    assert [(one.certainty, one.by) for one in loose] == [("possible", "unsure")]


def test_marks_follow_names_and_identifiers() -> None:
    (entity,) = Screener([register(entry())]).entities
    one = marks(Query("p", NAME), entity)
    assert one == marks(Query("q", NAME), entity)
    assert one[0] != marks(Query("p", NAME, identifiers=("uscc:1",)), entity)[0]


# ── scope ────────────────────────────────────────────────────────────────────────────


def chain(*shares: float | None) -> list[dict[str, Any]]:
    return [
        {"owner": f"p{i}", "owned": f"p{i + 1}", "share": share} for i, share in enumerate(shares)
    ]


def in_scope(
    scope: str, ownership: list[dict[str, Any]], **more: Any
) -> dict[str, tuple[str, str]]:
    count = 6
    rows = [
        party(party=f"p{i}", name=NAME if i == 0 else f"Firm Number{'x' * i}") for i in range(count)
    ]
    for row in rows:
        row.update(more.get(row["party"], {}))
    found = screen_parties(rows, ownership, [register(entry(scope=scope))])
    return {one.party: (one.certainty, one.by) for one in found if one.party != "p0"}


def test_scope_own_reaches_nobody() -> None:
    assert in_scope("own", chain(1.0, 1.0)) == {}


def test_majority_chain_is_listed_by_scope() -> None:
    assert in_scope("subsidiaries", chain(0.51, 0.9)) == {
        "p1": ("listed", "scope"),
        "p2": ("listed", "scope"),
    }


def test_half_is_no_majority_and_what_follows_is_possible() -> None:
    assert in_scope("subsidiaries", chain(0.5, 1.0)) == {
        "p1": ("possible", "minor_link"),
        "p2": ("possible", "minor_link"),
    }


def test_unknown_share_is_possible_and_zero_is_no_link() -> None:
    assert in_scope("subsidiaries", chain(None)) == {"p1": ("possible", "minor_link")}
    assert in_scope("subsidiaries", chain(0.0)) == {}


def test_a_stated_parent_is_control() -> None:
    found = in_scope("subsidiaries", [], p1={"parent": "p0"}, p2={"parent": "p1"})
    assert found == {"p1": ("listed", "scope"), "p2": ("listed", "scope")}


def test_shares_held_by_several_controlled_firms_add_up() -> None:
    ownership = [
        {"owner": "p0", "owned": "p1", "share": 1.0},
        {"owner": "p0", "owned": "p2", "share": 0.3},
        {"owner": "p1", "owned": "p2", "share": 0.3},
    ]
    assert in_scope("subsidiaries", ownership)["p2"] == ("listed", "scope")


def test_circular_ownership_ends() -> None:
    ownership = [*chain(0.6, 0.6), {"owner": "p2", "owned": "p1", "share": 0.6}]
    assert set(in_scope("subsidiaries", ownership)) == {"p1", "p2"}


def test_owners_are_not_reached_from_below() -> None:
    rows = [party(party="top", name="Top Holding"), party(party="p0", name=NAME)]
    found = screen_parties(
        rows,
        [{"owner": "top", "owned": "p0", "share": 1.0}],
        [register(entry(scope="subsidiaries"))],
    )
    assert {one.party for one in found} == {"p0"}


def test_a_parent_outside_the_data_set_is_found_by_its_name() -> None:
    rows = [party(party="p1", name="Firm One", parent=NAME)]
    found = screen_parties(rows, None, [register(entry(scope="subsidiaries"))])
    assert [(one.party, one.certainty, one.by) for one in found] == [("p1", "listed", "scope")]


def test_subsidiaries_of_a_possible_party_are_possible() -> None:
    rows = [party(party="p0", name="Kunlun Bright Cotton"), party(party="p1", name="Firm One")]
    found = screen_parties(
        rows,
        [{"owner": "p0", "owned": "p1", "share": 1.0}],
        [register(entry(scope="subsidiaries"))],
    )
    assert {one.party: one.certainty for one in found} == {"p0": "possible", "p1": "possible"}


def test_dated_ownership_narrows_the_listing() -> None:
    listing = entry(scope="subsidiaries", effective_from=dt.date(2023, 1, 1))
    rows = [party(party="p0", name=NAME), party(party="p1", name="Firm One")]
    ownership = [
        {
            "owner": "p0",
            "owned": "p1",
            "share": 0.9,
            "from_from": dt.date(2024, 1, 1),
            "from_to": dt.date(2024, 1, 1),
            "to_from": dt.date(2024, 12, 31),
            "to_to": dt.date(2024, 12, 31),
        }
    ]
    (found,) = [
        one for one in screen_parties(rows, ownership, [register(listing)]) if one.party == "p1"
    ]
    days = [dt.date(2023, 6, 1), dt.date(2024, 1, 1), dt.date(2024, 12, 31), dt.date(2025, 1, 1)]
    assert [found.listing.in_force(day) for day in days] == [False, True, True, False]


XPCC = ("新疆生产建设兵团", "Xinjiang Production and Construction Corps", "XPCC", "Bingtuan")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("新疆生产建设兵团第八师", [("listed", "scope")]),
        ("新疆生產建設兵團第八師", [("listed", "scope")]),
        ("新疆生产建设兵团第八师石河子市某某厂", [("listed", "scope")]),
        ("兵团第一师十团", [("listed", "scope")]),
        ("新疆兵团第八师", [("listed", "scope")]),
        ("XPCC Eighth Division", [("listed", "scope")]),
        ("Xinjiang Production and Construction Corps 8th Division", [("listed", "scope")]),
        ("新疆生产建设兵团", [("listed", "name")]),
        ("XPCC", [("listed", "name")]),
    ],
)
def test_subordinate_bodies(name: str, expected: list[tuple[str, str]]) -> None:
    wide = entry(
        XPCC[1], aliases=(XPCC[2], XPCC[3]), name_zh=(XPCC[0],), scope="subordinate_and_affiliated"
    )
    assert certainty(wide, name=name) == expected


def test_a_name_that_goes_on_without_a_rank_is_only_possible() -> None:
    wide = entry(XPCC[1], name_zh=(XPCC[0],), scope="subordinate_and_affiliated")
    ((sure, _),) = certainty(wide, name="新疆生产建设兵团棉麻公司")
    assert sure == "possible"


def test_a_subordinate_body_is_another_party_where_scope_is_own() -> None:
    own = entry(XPCC[1], aliases=(XPCC[2],), name_zh=(XPCC[0],))
    assert certainty(own, name="新疆生产建设兵团第八师") == []


def test_scope_reaches_only_by_the_listings_that_extend() -> None:
    rows = [party(party="p0", name=NAME), party(party="p1", name="Firm One", parent="p0")]
    both = (entry(clause="i", scope="subsidiaries"), entry(clause="v"))
    found = screen_parties(rows, None, [register(*both)])
    assert [(one.party, one.listing.clause) for one in found] == [
        ("p0", "i"),
        ("p0", "v"),
        ("p1", "i"),
    ]


def test_subordinate_needs_a_whole_head() -> None:
    assert subordinate("Bingtuanova Division 8", ["bingtuan"]) is None
    assert subordinate("Bingtuan 8th Division", ["bingtuan"]) is True


# ── the whole ────────────────────────────────────────────────────────────────────────


def test_bundled_registers_and_tables() -> None:
    import pyarrow as pa

    table = pa.table(
        {
            "party": ["a", "b", "c"],
            "name": ["Changhong Meiling Co., Ltd.", "Lisboa Tecidos Lda", "Hefei Meiling Co Ltd"],
            "aliases": pa.array([None, ["Tecidos"], None], pa.list_(pa.string())),
            "country": ["CN", "PT", None],
            "_file": ["parties.csv"] * 3,
            "_row": [2, 3, 4],
        }
    )
    found = screen_parties(table, None, Registers.load(None))
    sure = {(one.party, one.listing.entity) for one in found if one.certainty == "listed"}
    assert sure == {("a", "changhong-meiling-co-ltd"), ("c", "changhong-meiling-co-ltd")}
    source = found[0].reasons[0].sources[0]
    assert str(source) == "RowSource(file='parties.csv', row=2)"
    assert not any(one.party == "b" for one in found)


def test_must_not_merge_pairs_are_never_certain() -> None:
    names = (
        "新疆八一钢铁股份有限公司",
        "合盛硅业股份有限公司",
        "今创控股集团有限公司",
        "Jinchuan Group Co., Ltd.",
    )
    for name in names:
        found = screen_parties([party(name=name)], None, [Registers.load(None)["us-uflpa"]])
        assert all(one.certainty == "possible" for one in found), name


def sets(found: tuple[PartyListing, ...]) -> set[tuple[str, str]]:
    return {(one.party, one.certainty) for one in found}


@given(st.randoms(use_true_random=False))
def test_the_order_of_parties_does_not_matter(rng: random.Random) -> None:
    rows = [
        party(party="a", name=NAME),
        party(party="b", name="Kunlun Bright Cotton"),
        party(party="c", name="Firm One", parent="a"),
        party(party="d", name="Lisboa Tecidos"),
    ]
    straight = screen_parties(rows, None, [register(entry(scope="subsidiaries"))])
    rng.shuffle(rows)
    assert sets(screen_parties(rows, None, [register(entry(scope="subsidiaries"))])) == sets(
        straight
    )


@given(st.text(max_size=30), st.text(max_size=12), st.sampled_from(["", "CN", "??"]))
def test_any_party_is_answered(name: str, identifier: str, country: str) -> None:
    for one in screen_parties(
        [party(name=name, identifiers=[identifier], country=country)], None, [register(entry())]
    ):
        assert one.certainty in ("listed", "possible")
        assert one.reasons
        assert all(reason.text("zh") for reason in one.reasons)


def test_query_of_reads_every_name_form() -> None:
    row = {"party": "p", "name": "A", "name_local": "甲", "aliases": "B；C", "identifiers": None}
    assert query_of(row).forms == ("A", "甲", "B", "C")
