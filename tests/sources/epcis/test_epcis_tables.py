"""Events as custody tables: what moves, what is made, what is taken back, what stays unknown."""

import datetime as dt
import json

import pytest
from epcis_documents import (
    FARM,
    FARM_ID,
    GIN,
    GIN_ID,
    LINT,
    LINT_ID,
    LINT_LINK,
    MILL,
    MILL_ID,
    PALLET,
    SEED,
    SEED_ID,
    amount,
    document,
    event,
    read,
)
from hypothesis import given
from hypothesis import strategies as st

from alnage.sources.epcis.tables import to_tables
from alnage.sources.part import table_schema
from alnage.sources.schema import TABLES

PO = [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:6901234000016:PO1"}]
BOL = [{"type": "bol", "bizTransaction": "urn:epcglobal:cbv:bt:6901234000016:BL1"}]


def day(number, hour=8):
    return f"2024-03-{number:02d}T{hour:02d}:00:00+08:00"


def at(place):
    return {"id": place}


def commission(what=SEED, quantity=2600, place=FARM, time=None, **more):
    told = {"quantityList": amount(what, quantity), "readPoint": at(place)}
    return event(time=time or day(1), action="ADD", bizStep="commissioning", **{**told, **more})


def ship(number, place=FARM, to=None, **objects):
    ends = {"destinationList": [{"type": "location", "destination": to}]} if to else {}
    return event(time=day(number), bizStep="shipping", readPoint=at(place), **ends, **objects)


def receive(number, place=GIN, **objects):
    return event(time=day(number), bizStep="receiving", bizLocation=at(place), **objects)


def make(number, inputs, outputs, **more):
    told = {"inputQuantityList": inputs, "outputQuantityList": outputs, "bizLocation": at(GIN)}
    return event("TransformationEvent", day(number), **{**told, **more})


def pack(number, action="ADD", **children):
    return event(
        "AggregationEvent",
        day(number),
        action=action,
        parentID=PALLET,
        bizLocation=at(GIN),
        **children,
    )


def tables(*events):
    return to_tables(read(document(*events)), file="e.json")


def rows(made, name):
    return made.tables[name].to_pylist() if name in made.tables else []


def codes(made):
    return [finding.code for finding in made.findings]


def test_a_shipment_and_its_receipt_are_one_movement():
    sent = amount(SEED, 2600)
    made = tables(
        commission(),
        ship(2, quantityList=sent, bizTransactionList=PO),
        receive(4, quantityList=sent),
    )
    (row,) = rows(made, "movements")
    assert (row["from_site"], row["to_site"]) == (FARM_ID, GIN_ID)
    assert (row["material"], row["lot"], row["quantity"], row["unit"]) == (
        SEED_ID,
        "S1",
        2600,
        "KGM",
    )
    assert (row["shipped_from"], row["received_to"]) == (dt.date(2024, 3, 2), dt.date(2024, 3, 4))
    assert row["document"] == PO[0]["bizTransaction"]
    assert (row["_file"], row["_row"]) == ("e.json", 2)
    (origin,) = rows(made, "origins")
    assert (origin["site"], origin["kind"], origin["_row"]) == (FARM_ID, None, 1)
    assert made.rejected == made.findings == ()


def test_tables_have_the_contracts_schema():
    made = tables(
        commission(), ship(2, to=GIN, quantityList=amount(SEED, 1), bizTransactionList=PO)
    )
    for name, table in made.tables.items():
        assert table.schema == table_schema(TABLES[name])


def test_both_spellings_of_a_lot_are_one():
    made = tables(
        ship(2, GIN, quantityList=amount(LINT, 600)),
        receive(3, MILL, quantityList=amount(LINT_LINK, 600)),
    )
    (row,) = rows(made, "movements")
    assert (row["material"], row["lot"], row["to_site"]) == (LINT_ID, "L1", MILL_ID)


def test_a_pallet_moves_what_was_packed_on_it():
    made = tables(
        pack(1, childQuantityList=amount(LINT, 600)),
        ship(2, GIN, epcList=[PALLET]),
        receive(5, MILL, epcList=[PALLET]),
        pack(6, "DELETE"),
        ship(7, MILL, to=FARM, epcList=[PALLET]),
    )
    first, second = rows(made, "movements")
    assert (first["material"], first["quantity"], first["to_site"]) == (LINT_ID, 600, MILL_ID)
    # What is on the pallet after that nobody says: the row has no weight and is not guessed.
    assert (second["material"], second["unit"]) == (
        "https://id.gs1.org/00/" + second["material"][-18:],
        "H87",
    )


def test_amounts_on_two_pallets_add_up_and_what_is_taken_out_stays():
    other = "urn:epc:id:sscc:6901234.0000000002"
    made = tables(
        pack(1, childQuantityList=amount(LINT, 600)),
        {**pack(1, childQuantityList=amount(LINT, 300)), "eventID": "urn:uuid:9"},
        {**pack(1, childQuantityList=amount(LINT, 200)), "parentID": other},
        {**pack(2, "DELETE", childQuantityList=amount(LINT, 100)), "eventID": "urn:uuid:10"},
        ship(3, GIN, to=MILL, epcList=[PALLET, other]),
    )
    (row,) = rows(made, "movements")
    assert row["quantity"] == 600 + 300 + 200 - 100


def test_an_object_is_in_one_container_only():
    other, epc = "urn:epc:id:sscc:6901234.0000000002", "urn:epc:id:sgtin:6901234.000003.1"
    made = tables(
        pack(1, childEPCs=[epc]),
        {**pack(2, childEPCs=[epc]), "parentID": other},
        ship(3, GIN, to=MILL, epcList=[other]),
    )
    assert [row["lot"] for row in rows(made, "movements")] == ["1"]


def test_a_thing_moves_with_the_parts_bound_to_it():
    engine, car = "urn:epc:id:sgtin:6901234.000003.1", "urn:epc:id:sgtin:6901234.000004.1"
    bound = {"parentID": car, "childEPCs": [engine], "action": "ADD"}
    made = tables(event("AssociationEvent", day(1), **bound), ship(2, to=GIN, epcList=[car]))
    assert len(rows(made, "movements")) == 2


def test_containers_inside_each_other_come_to_an_end():
    inner = "urn:epc:id:sscc:6901234.0000000002"
    made = tables(
        pack(1, childEPCs=[inner]),
        {**pack(1, childEPCs=[PALLET]), "parentID": inner},
        ship(2, to=GIN, epcList=[PALLET]),
    )
    assert rows(made, "movements") == []


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=6),
    st.lists(st.integers(1, 50), max_size=6),
)
def test_nothing_is_lost_between_shipments_and_receipts(sent, arrived):
    told = [
        ship(1, to=GIN, quantityList=amount(SEED, q), eventID=f"urn:s:{i}")
        for i, q in enumerate(sent)
    ]
    told += [
        receive(2, quantityList=amount(SEED, q), eventID=f"urn:r:{i}")
        for i, q in enumerate(arrived)
    ]
    made = tables(*told)
    moved = rows(made, "movements")
    lost = sum(float(bad.values["quantity"]) for bad in made.rejected)
    received = sum(row["quantity"] for row in moved if row["received_from"])
    assert sum(row["quantity"] for row in moved) == pytest.approx(sum(sent))
    assert received + lost == pytest.approx(sum(arrived))
    assert len({row["event"] for row in moved}) == len(moved)


def test_what_was_unpacked_must_have_been_inside():
    made = tables(
        ship(2, GIN, epcList=[PALLET]),
        receive(5, MILL, epcList=[PALLET]),
        pack(6, "DELETE", childQuantityList=amount(LINT, 600)),
    )
    (row,) = rows(made, "movements")
    assert (row["material"], row["quantity"]) == (LINT_ID, 600)


def test_a_receipt_in_parts_closes_the_shipment_in_parts():
    made = tables(
        ship(2, to=GIN, quantityList=amount(SEED, 100)),
        receive(3, quantityList=amount(SEED, 40)),
        receive(4, quantityList=amount(SEED, 35)),
    )
    told = [(row["quantity"], row["received_to"]) for row in rows(made, "movements")]
    assert told == [(40, dt.date(2024, 3, 3)), (35, dt.date(2024, 3, 4)), (25, None)]
    assert len({row["event"] for row in rows(made, "movements")}) == 3


def test_more_received_than_sent_comes_from_nowhere_and_is_set_aside():
    made = tables(
        ship(2, quantityList=amount(SEED, 40)), receive(3, quantityList=amount(SEED, 100))
    )
    (row,) = rows(made, "movements")
    assert row["quantity"] == 40
    (aside,) = made.rejected
    assert (aside.reason.code, aside.values["quantity"]) == ("value_missing", "60.0")


def test_a_departure_told_twice_counts_once():
    sent = {"quantityList": amount(SEED, 100), "readPoint": at(FARM)}
    made = tables(
        ship(2, quantityList=amount(SEED, 100)),
        event(time=day(2, 9), bizStep="departing", **sent),
        receive(3, quantityList=amount(SEED, 100)),
        event(
            time=day(3, 9), bizStep="accepting", bizLocation=at(GIN), quantityList=amount(SEED, 100)
        ),
    )
    assert len(rows(made, "movements")) == 1
    assert made.rejected == ()


def test_papers_tell_which_shipment_arrived():
    sent = {"quantityList": amount(SEED, 10)}
    made = tables(
        ship(1, FARM, **sent, bizTransactionList=PO),
        ship(2, MILL, **sent, bizTransactionList=BOL),
        receive(3, **sent, bizTransactionList=BOL),
    )
    (row,) = rows(made, "movements")
    assert (row["from_site"], row["document"]) == (MILL_ID, BOL[0]["bizTransaction"])
    assert [bad.reason.params["column"] for bad in made.rejected] == ["to_site"]


def test_events_with_one_transformation_id_are_one_conversion():
    told = {"transformationID": "urn:uuid:7"}
    made = tables(
        make(3, amount(SEED, 2600), None, **told),
        make(5, None, amount(LINT, 1000), **told, bizLocation=None),
    )
    inside, outside = rows(made, "conversions")
    assert {inside["event"], outside["event"]} == {"urn:uuid:7"}
    assert (inside["direction"], outside["direction"]) == ("in", "out")
    assert inside["site"] == outside["site"] == GIN_ID
    assert (inside["date_from"], outside["date_to"]) == (dt.date(2024, 3, 3), dt.date(2024, 3, 5))


def test_half_a_transformation_is_a_finding():
    made = tables(make(3, amount(SEED, 2600), None, transformationID="urn:uuid:7"))
    assert codes(made) == ["epcis_half_transformation"]


def test_repacking_is_not_making():
    made = tables(make(3, amount(SEED, 5), amount(LINT, 5), bizStep="repackaging"))
    assert {row["step"] for row in rows(made, "conversions")} == {"repack"}


def test_declared_errors_are_withdrawn_and_corrections_take_their_place():
    wrong = make(3, amount(SEED, 2600), amount(LINT, 900), eventID="urn:uuid:1")
    declared = {"declarationTime": day(9), "reason": "incorrect_data"}
    right = make(3, amount(SEED, 2600), amount(LINT, 1000), eventID="urn:uuid:2")
    made = tables(
        wrong,
        {**wrong, "errorDeclaration": {**declared, "correctiveEventIDs": ["urn:uuid:2"]}},
        right,
    )
    assert {row["event"] for row in rows(made, "conversions")} == {"urn:uuid:2"}
    assert codes(made) == ["epcis_withdrawn", "epcis_withdrawn"]


def test_an_event_without_an_id_is_withdrawn_by_its_hash():
    wrong = commission()
    made = tables(wrong, {**wrong, "errorDeclaration": {"declarationTime": day(9)}})
    assert rows(made, "origins") == []
    assert codes(made) == ["epcis_withdrawn", "epcis_withdrawn"]


def test_a_correction_that_is_not_here_is_told():
    declared = {"declarationTime": day(9), "correctiveEventIDs": ["urn:uuid:absent"]}
    assert "epcis_correction_absent" in codes(tables(commission(errorDeclaration=declared)))


def test_an_event_told_twice_counts_once_and_two_events_with_one_id_contradict():
    once = commission(eventID="urn:uuid:1")
    again = tables(once, once)
    assert (len(rows(again, "origins")), codes(again)) == (1, ["epcis_event_again"])
    other = tables(once, commission(quantity=99, eventID="urn:uuid:1"))
    assert [row["quantity"] for row in rows(other, "origins")] == [2600]
    assert [(bad.row, bad.reason.code) for bad in other.rejected] == [(2, "epcis_event_differs")]


def test_objects_made_by_a_transformation_do_not_begin_again():
    made = tables(make(3, amount(SEED, 5), amount(LINT, 2)), commission(LINT, 2, GIN, day(4)))
    assert rows(made, "origins") == []
    assert codes(made) == ["epcis_made_twice"]


def test_what_begins_downstream_is_an_opening_balance():
    sent = amount(SEED, 100)
    made = tables(
        commission(),
        ship(2, quantityList=sent),
        receive(3, quantityList=sent),
        commission(LINT, 40, GIN, day(4)),
    )
    first, second = rows(made, "origins")
    assert (first["kind"], second["kind"]) == (None, "opening")
    assert codes(made) == ["epcis_begins_downstream"]


def test_what_was_harvested_begins_there():
    grown = commission(ilmd={"cbvmda:harvestEndDate": "2024-02-28"})
    assert rows(tables(grown), "origins")[0]["kind"] == "harvested"


def test_instances_are_pieces_with_their_serial_or_lot():
    epcs = [f"urn:epc:id:sgtin:6901234.000003.{i}" for i in range(2)]
    plain = tables(commission(quantityList=None, epcList=epcs))
    told = [(row["lot"], row["quantity"], row["unit"]) for row in rows(plain, "origins")]
    assert told == [("0", 1, "H87"), ("1", 1, "H87")]
    assert len({row["event"] for row in rows(plain, "origins")}) == 2
    lot = tables(commission(quantityList=None, epcList=epcs, ilmd={"cbvmda:lotNumber": "B7"}))
    assert {row["lot"] for row in rows(lot, "origins")} == {"B7"}


def test_amounts_and_sites_that_are_not_told_are_not_guessed():
    made = tables(
        commission(quantityList=[{"epcClass": SEED}]), commission(time=day(2), readPoint=None)
    )
    assert rows(made, "origins") == []
    assert [bad.reason.params["column"] for bad in made.rejected] == ["quantity", "site"]


def test_parties_of_a_movement_and_who_holds_a_site():
    ends = {
        "sourceList": [
            {"type": "owning_party", "source": "urn:epc:id:pgln:6901234.00008"},
            {"type": "possessing_party", "source": "urn:epc:id:pgln:6901234.00009"},
            {"type": "location", "source": FARM},
        ],
        "destinationList": [
            {"type": "owning_party", "destination": "urn:epc:id:pgln:6909999.00007"},
            {"type": "location", "destination": GIN},
        ],
    }
    made = tables(event(time=day(2), bizStep="shipping", quantityList=amount(SEED, 1), **ends))
    (row,) = rows(made, "movements")
    assert (row["from_site"], row["to_site"]) == (FARM_ID, GIN_ID)
    assert (row["seller"][:12], row["buyer"][:12]) == ("690123400008", "690999900007")
    (site,) = rows(made, "sites")
    assert (site["site"], site["party"][:12]) == (FARM_ID, "690123400009")
    assert rows(made, "parties") == []  # a number is no name to screen


def test_business_transactions_are_documents_that_prove_their_rows():
    made = tables(ship(2, to=GIN, quantityList=amount(SEED, 1), bizTransactionList=[*PO, *BOL]))
    (movement,) = rows(made, "movements")
    assert movement["event"].startswith("ni:///sha-256;")
    told = {row["document"]: (row["kind"], row["proves"]) for row in rows(made, "documents")}
    assert told == {
        PO[0]["bizTransaction"]: ("purchase_order", [movement["event"]]),
        BOL[0]["bizTransaction"]: ("bill_of_lading", [movement["event"]]),
    }
    assert movement["document"] == BOL[0]["bizTransaction"]


def test_a_transaction_event_is_evidence_and_no_second_movement():
    sent = amount(SEED, 10)
    paper = event(
        "TransactionEvent",
        day(2, 9),
        action="ADD",
        bizStep="shipping",
        readPoint=at(FARM),
        quantityList=sent,
        bizTransactionList=PO,
    )
    (row,) = rows(tables(ship(2, to=GIN, quantityList=sent), paper), "movements")
    assert row["document"] == PO[0]["bizTransaction"]


def test_goods_that_end_leave_the_stock():
    ended = event(
        time=day(5),
        action="DELETE",
        bizStep="destroying",
        bizLocation=at(FARM),
        quantityList=amount(SEED, 600),
    )
    (row,) = rows(tables(commission(), ended), "conversions")
    assert (row["direction"], row["quantity"], row["site"]) == ("in", 600, FARM_ID)


def test_days_are_those_of_the_place():
    late = commission(time="2024-03-01T20:00:00Z")
    assert rows(tables(late), "origins")[0]["date_from"] == dt.date(2024, 3, 2)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_in_the_document_does_not_matter(order):
    sent = amount(SEED, 2600)
    told = [commission(), ship(2, quantityList=sent), receive(4, quantityList=sent)]
    made = tables(*(told[i] for i in order))
    assert [(row["from_site"], row["to_site"]) for row in rows(made, "movements")] == [
        (FARM_ID, GIN_ID)
    ]
    assert len(rows(made, "origins")) == 1


def test_an_event_of_anothers_type_gives_no_row_and_says_so():
    visit = json.loads(json.dumps(event("ObjectEvent", epcList=[FARM])))
    made = tables({**visit, "type": "ex:VisitEvent"})
    assert made.tables == {}
    assert codes(made) == ["epcis_type_foreign"]
