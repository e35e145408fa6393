"""EPCIS documents in a custody folder, beside tables and alone, through to the command."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from epcis_documents import FARM, FARM_ID, GIN, GIN_ID, SEED, amount, document, event, xml

from alnage.chain.ledger import build_ledger
from alnage.doors.cli.ledger import ledger
from alnage.model import InputError
from alnage.sources import read_folder

BAD = document(event(action="OBSERVED", epcList=[FARM]))


def commissioned(place=FARM):
    return event(
        action="ADD",
        bizStep="commissioning",
        readPoint={"id": place},
        quantityList=amount(SEED, 5, "TNE"),
    )


def shipped():
    return event(
        time="2024-03-02T08:00:00+08:00",
        bizStep="shipping",
        readPoint={"id": FARM},
        quantityList=amount(SEED, 5, "TNE"),
    )


def received():
    return event(
        time="2024-03-04T08:00:00+08:00",
        bizStep="receiving",
        readPoint={"id": GIN},
        quantityList=amount(SEED, 5, "TNE"),
    )


def folder(path, **files):
    path.mkdir(exist_ok=True)
    for name, told in files.items():
        text = told if isinstance(told, (str, bytes)) else json.dumps(told)
        data = text if isinstance(text, bytes) else text.encode()
        (path / name.replace("__", ".")).write_bytes(data)
    return path


def command(path, out):
    done = CliRunner().invoke(ledger, [str(path), "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    return {file["file"]: file for file in json.loads(done.output)["files"]}


def test_documents_are_known_by_content_and_pair_across_files(tmp_path):
    path = folder(
        tmp_path / "f",
        farm__json=document(commissioned(), shipped()),
        gin__jsonld=document(received()),
        other__json={"schema": "findings/1"},
        picture__xml="<svg xmlns='http://www.w3.org/2000/svg'/>",
        notes__txt="x",
    )
    read = read_folder(path)
    assert [(n.file, n.format, n.events, n.rows) for n in read.files] == [
        ("farm.json", "epcis", 2, 2),
        ("gin.jsonld", "epcis", 1, 0),
    ]
    (row,) = read.tables["movements"].to_pylist()
    assert (row["from_site"], row["to_site"], row["_file"], row["_row"]) == (
        FARM_ID,
        GIN_ID,
        "farm.json",
        2,
    )


def test_the_command_counts_events_and_rejects_whole_documents(tmp_path):
    path = folder(
        tmp_path / "f",
        good__json=document(commissioned()),
        bad__json=BAD,
        bomb__xml='<!DOCTYPE l [<!ENTITY a "b">]><l>&a;</l>',
        empty__xml=xml(""),
    )
    files = command(path, tmp_path / "out")
    assert {name: (f["events"], f["rejected"]) for name, f in files.items()} == {
        "good.json": (1, False),
        "bad.json": (0, True),
        "bomb.xml": (0, True),
        "empty.xml": (0, False),
    }
    assert "OBSERVED" in files["bad.json"]["reason"]
    assert files["good.json"]["reason"] is None
    assert (tmp_path / "out" / "origins.parquet").exists()


def test_a_folder_with_one_refused_document_still_answers(tmp_path):
    files = command(folder(tmp_path / "f", bad__json=BAD), tmp_path / "out")
    assert files["bad.json"]["rejected"] is True


def test_a_refused_document_leaves_every_target_incomplete(tmp_path):
    read = read_folder(folder(tmp_path / "f", bad__json=BAD, good__json=document(commissioned())))
    aside = {(bad.table, bad.file, bad.row) for bad in read.rejected}
    assert aside == {(name, "bad.json", 0) for name in ("origins", "movements", "conversions")}
    assert read.tables["origins"].num_rows == 1
    assert len(build_ledger(read).origins) == 1


PARTIES = "party,name,country,region,identifiers\np1,Alpha Farm,CN,CN-XJ,gln:6901234000016\n"
MOVEMENTS = "event,shipped,from_site,to_site,material,quantity,unit\nm1,2024-03-01,p1,p1,lint,5,t\n"


def test_glns_of_the_folders_own_parties_are_those_parties(tmp_path):
    path = folder(
        tmp_path / "f",
        parties__csv=PARTIES,
        movements__csv=MOVEMENTS,
        farm__json=document(commissioned(), shipped()),
        gin__json=document(received()),
    )
    read = read_folder(path)
    assert [row["site"] for row in read.tables["origins"].to_pylist()] == ["p1"]
    both = read.tables["movements"].to_pylist()
    assert [(row["_file"], row["from_site"]) for row in both] == [
        ("movements.csv", "p1"),
        ("farm.json", "p1"),
    ]
    built = build_ledger(read)
    assert built.places["p1"].stance("CN-XJ") == "inside"
    assert built.places[GIN_ID].stance("CN-XJ") == "possible"


def test_sites_that_only_epcis_gives_do_not_end_that_parties_are_sites(tmp_path):
    ends = {
        "sourceList": [
            {"type": "location", "source": GIN},
            {"type": "possessing_party", "source": "urn:epc:id:pgln:6901234.00009"},
        ],
        "destinationList": [{"type": "location", "destination": FARM}],
    }
    path = folder(
        tmp_path / "f",
        parties__csv=PARTIES,
        movements__csv=MOVEMENTS,
        gin__json=document({**shipped(), **ends}),
    )
    read = read_folder(path)
    assert [row["site"] for row in read.tables["sites"].to_pylist()] == [GIN_ID]
    unknown = [finding.params["value"] for finding in read.findings]
    assert unknown == ["6901234000092"]  # who holds the gin, of whom only a number is known
    assert build_ledger(read).places["p1"].stance("CN-XJ") == "inside"


def test_master_data_places_sites_but_never_over_the_folders_own(tmp_path):
    def place(site, state, name):
        told = {"name": name, "countryCode": "CN", "state": state, "postalCode": "830000"}
        attributes = [{"id": f"cbvmda:{k}", "attribute": v} for k, v in told.items()]
        return {"id": site, "attributes": attributes}

    header = {
        "epcisMasterData": {
            "vocabularyList": [
                {
                    "type": "urn:epcglobal:epcis:vtype:Location",
                    "vocabularyElementList": [
                        place(FARM, "CN-SD", "other name"),
                        place(GIN, "CN-XJ", "Gin"),
                    ],
                },
                {
                    "type": "urn:epcglobal:epcis:vtype:EPCClass",
                    "vocabularyElementList": [
                        {
                            "id": "urn:epc:idpat:sgtin:6901234.000001.*",
                            "attributes": [
                                {"id": "cbvmda:descriptionShort", "attribute": "seed cotton"}
                            ],
                        }
                    ],
                },
            ]
        }
    }
    path = folder(
        tmp_path / "f",
        parties__csv=PARTIES,
        sites__csv=f"site,party,country,region\n{FARM_ID},p1,CN,CN-XJ\n",
        e__json=document(commissioned(), epcisHeader=header),
    )
    read = read_folder(path)
    told = {row["site"]: (row["region"], row["_file"]) for row in read.tables["sites"].to_pylist()}
    assert told == {FARM_ID: ("CN-XJ", "sites.csv"), GIN_ID: ("CN-XJ", "e.json")}
    assert read.rejected == ()
    assert [row["name"] for row in read.tables["products"].to_pylist()] == ["seed cotton"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    outside = tmp_path / "outside.json"
    outside.write_text(json.dumps(document(commissioned())))
    path = folder(tmp_path / "f", good__json=document(commissioned()))
    (path / "link.json").symlink_to(outside)
    notes = {note.file: note.reason for note in read_folder(path).files}
    assert notes["link.json"].code == "path_outside"
    assert notes["good.json"] is None


def test_a_folder_of_other_json_is_no_custody_folder(tmp_path):
    with pytest.raises(InputError, match="no table"):
        read_folder(folder(tmp_path / "f", findings__json={"schema": "findings/1"}))


def test_the_example_of_the_documentation_runs(capsys):
    page = (Path(__file__).parents[3] / "docs" / "epcis.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(code, "epcis.md", "exec"), {})  # noqa: S102 (our own page)
    (promised,) = re.findall(r"It prints `([^`]+)`", page)
    assert capsys.readouterr().out.strip() == promised
