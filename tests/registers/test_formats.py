"""Every format on a small file of its own: what is read, what is refused, what stays in force."""

import datetime as dt
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.model import AlnageError, RegisterError
from alnage.registers import Registers, import_file
from alnage.registers.formats import FORMATS, Source, read, tell
from alnage.registers.formats.cbp import subjects
from alnage.registers.formats.dhs import read_dhs, split_cell
from alnage.registers.formats.entry import _countries, country_of, identifier
from alnage.registers.formats.xml_entries import entries
from alnage.registers.plain import Reading

TODAY = dt.date(2026, 3, 1)

SDN = """<?xml version="1.0"?>
<sdnList xmlns="urn:anything"><publshInformation><Publish_Date>05/07/2024</Publish_Date>
<Record_Count>2</Record_Count></publshInformation>
<sdnEntry><uid>7</uid><lastName>ALPHA STEEL CO.</lastName><sdnType>Entity</sdnType>
<programList><program>CMIC-EO13959</program></programList>
<idList><id><uid>1</uid><idType>Unified Social Credit Code (USCC)</idType><idNumber>91350100M000100Y43</idNumber></id>
<id><uid>2</uid><idType>Effective Date (CMIC)</idType><idNumber>02 Aug 2021</idNumber></id>
<id><uid>3</uid><idType>Gender</idType><idNumber>Male 1</idNumber></id></idList>
<akaList><aka><uid>2</uid><type>a.k.a.</type><category>weak</category><lastName>ALPHA</lastName></aka>
<aka><uid>3</uid><type>f.k.a.</type><category>strong</category><lastName>OLD ALPHA</lastName></aka></akaList>
<addressList><address><uid>4</uid><address1>1 Road</address1><city>Urumqi, Xinjiang</city><country>China</country></address></addressList>
</sdnEntry>
<sdnEntry><uid>8</uid><firstName>Jon</firstName><lastName>DOE</lastName><sdnType>Individual</sdnType></sdnEntry>
</sdnList>"""

EU = """<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2024-05-13T17:44:28.283+02:00">
<sanctionEntity euReferenceNumber="EU.1.2" logicalId="13">
<regulation publicationDate="2020-07-08" entryIntoForceDate="2020-07-09" numberTitle="1210/2020" programme="IRQ"><publicationUrl>http://x</publicationUrl></regulation>
<subjectType code="enterprise"/>
<nameAlias wholeName="Alpha Trading" strong="true"><regulationSummary publicationDate="2003-07-08" numberTitle="1/2003"/></nameAlias>
<nameAlias wholeName="阿尔法" strong="true"/><nameAlias wholeName="Alf" strong="false"/>
<address city="X" countryIso2Code="IQ"/><address countryIso2Code="00"/>
</sanctionEntity></export>"""

UN = """<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z"><INDIVIDUALS><INDIVIDUAL>
<DATAID>1</DATAID><FIRST_NAME>ERIC</FIRST_NAME><SECOND_NAME>B</SECOND_NAME><UN_LIST_TYPE>DRC</UN_LIST_TYPE>
<REFERENCE_NUMBER>CDi.001</REFERENCE_NUMBER><LISTED_ON>2012-12-31-04:00</LISTED_ON>
<NATIONALITY><VALUE>Democratic Republic of the Congo</VALUE></NATIONALITY>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>BOB</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
</INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY><DATAID>2</DATAID><FIRST_NAME>ALPHA</FIRST_NAME>
<LISTED_ON>2001-01-02</LISTED_ON><ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>OLD</ALIAS_NAME></ENTITY_ALIAS>
</ENTITY></ENTITIES></CONSOLIDATED_LIST>"""

CSL_HEAD = "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,alt_names,nationalities,ids"
CSL = f"""{CSL_HEAD}
1,Entity List (EL) - Bureau of Industry and Security,,,,Alpha Repair,,"Road 1, X, BY",87 FR 1,2022-04-07,,"Alfa; and A R",,
2,Denied Persons List (DPL) - Bureau of Industry and Security,,,, I. ASH,,,,2003-06-19,2020-06-29,,,
3,Specially Designated Nationals (SDN) - Treasury Department,7,Entity,CUBA,BETA,,"Havana, CU; Lima, PE",,,,,,"CN, 91350100M000100Y43, Unified Social Credit Code (USCC)"
"""

DPL = (
    '"Name"\t"Street_Address"\t"City"\t"State"\t"Country"\t"Postal_Code"\t"Effective_Date"\t"Expiration_Date"\t"Standard_Order"\t"FR_Citation"\n'
    '" I. ASH"\t"A"\t"B"\t"TX"\t"US"\t"1"\t"06/19/2003"\t"06/29/2056"\t"Y"\t"68 F.R. 1"\n'
    '" I. ASH"\t"C"\t"D"\t"TX"\t"CA"\t"1"\t"06/19/2003"\t"06/29/2056"\t"Y"\t"68 F.R. 1"\n'
)

BIS = json.dumps(
    {
        "list_id": "bis-entity-list",
        "extracted": "2026-07-09",
        "count": 1,
        "entities": [
            {
                "name": "Alpha",
                "aliases": ["Alfa", "No. 5, Main Road, X"],
                "country": "China",
                "address": "Urumqi, Xinjiang",
                "federal_register": "76 FR 71869, 11/21/11; 80 FR 1, 1/2/15",
            }
        ],
    }
)

CBP = (
    "Country,Country Code,Industry,Entity,Merchandise,Status,WRO/Finding,Effective Date,Calendar Year,Remarks,Press Release\n"
    'China,,A,"Yili Garment Co., Ltd. and Baoding Trade Co., Ltd.",Apparel,Active,WRO,9/3/2020,2020,Enforcement of WRO superseded by enforcement of UFLPA rebuttable presumption,\n'
    "China,,A,Xinjiang Uyghur Autonomous Region (XUAR),Cotton,Active,WRO,1/13/2021,2021,,\n"
    "Mexico,,A,Café Ñandú S.A. de C.V. and their subsidiaries,Coffee,Active,Finding,1/29/2026,2026,,\n"
)


def dhs(*rows: tuple[str, str], fifth: str = "") -> str:
    def table(clause: str, lines: str, head: str = "Name of Entity") -> str:
        return (
            f'<p><a href="x">Section 2(d)(2)(B)({clause})</a></p><table><thead><tr><th>{head}</th>'
            f"<th>Effective Date</th></tr></thead><tbody>{lines}</tbody></table>"
        )

    lines = "".join(f"<tr><td>{name}</td><td>{day}</td></tr>" for name, day in rows)
    one = "<tr><td>Beta&nbsp;Co.</td><td>June 21, 2022</td></tr>"
    return (
        f"<!DOCTYPE html><html><body>{table('i', one)}{table('ii', lines)}"
        f'<a href="x">Section 2(d)(2)(B)(iv)</a><p>none</p>{table("v", one + fifth, "Entity Name")}'
        "<p>Last Updated: 01/14/2025</p></body></html>"
    )


PAGE = dhs(("Changhong Meiling Co., Ltd. (formerly known as Hefei Meiling Co., Ltd.)", "October 3, 2024"))  # fmt: skip

STATEMENTS = (
    "canonical_id,entity_id,prop,prop_type,schema,value,dataset,external,first_seen,id\n"
    "a,a,name,name,LegalEntity,Alpha,d,f,2024-01-01,1\n"
    "a,a,alias,name,Company,Alfa,d,f,2024-01-01,2\n"
    "a,a,topics,topic,Company,sanction,d,f,2024-01-01,3\n"
    "a,a,name,name,Company,Not ours,d,t,2024-01-01,4\n"
    "b,b,name,name,Person,Bob,d,f,2024-01-01,5\n"
    "b,b,topics,topic,Person,sanction.linked,d,f,2024-01-01,6\n"
    "s,s,entity,entity,Sanction,a,d,f,2024-01-01,7\n"
    "s,s,startDate,date,Sanction,2023-05-06,d,f,2024-01-01,8\n"
)

SMALL: dict[str, tuple[str, str]] = {
    "ofac-xml": ("sdn.xml", SDN),
    "eu": ("eu.xml", EU),
    "un": ("un.xml", UN),
    "csl": ("consolidated.csv", CSL),
    "bis-dpl": ("dpl.txt", DPL),
    "bis-json": ("el.json", BIS),
    "cbp": ("wro-2026-06-23.csv", CBP),
    "dhs": ("page.html", PAGE),
    "statements": ("statements.csv", STATEMENTS),
    "csv": ("plain.csv", "entity,name\ne,Alpha\n"),
    "targets-simple": ("t.csv", "id,schema,name,aliases,countries,dataset\na,Company,Alpha,,cn,d\n"),
    "ftm": ("e.json", '{"id": "a", "schema": "Company", "properties": {"name": ["Alpha"]}}\n'),
    "ofac-csv": ("sdn.csv", '36,"ALPHA",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'ALF\'; Unified Social Credit Code (USCC) 91350100M000100Y43 (China)."\r\n\x1a'),
}  # fmt: skip


def put(folder: Path, form: str) -> Path:
    name, text = SMALL[form]
    file = folder / name
    file.write_bytes(text.encode("latin-1" if form in ("cbp", "ofac-csv") else "utf-8"))
    return file


def load(folder: Path, form: str) -> Reading:
    return read(put(folder, form), "r", form)[1]


def test_every_format_has_a_small_file() -> None:
    assert set(SMALL) == set(FORMATS)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_file_tells_its_format(form: str, tmp_path: Path) -> None:
    assert tell(Source(put(tmp_path, form))) == form


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_file_is_read_packed_as_well(form: str, tmp_path: Path) -> None:
    file = put(tmp_path, form)
    plain = read(file, "r", form)[1].listings
    packed = tmp_path / f"{file.name}.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    assert read(packed, "r")[1].listings == plain
    archive = tmp_path / "one.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        stream.write(file, file.name)
    if form != "ofac-csv":  # a set is told by the names of its files
        assert read(archive, "r")[1].listings == plain


def test_ofac_xml(tmp_path: Path) -> None:
    reading = load(tmp_path, "ofac-xml")
    alpha, doe = reading.listings
    assert reading.published == dt.date(2024, 5, 7)
    assert (alpha.entity, alpha.name, alpha.aliases) == ("7", "ALPHA STEEL CO.", ("OLD ALPHA",))
    assert alpha.weak_aliases == ("ALPHA",)
    assert (alpha.country, alpha.region) == ("CN", "CN-XJ")
    assert alpha.identifiers == ("uscc:91350100M000100Y43",)
    assert alpha.effective_from == dt.date(2021, 8, 2)
    assert (doe.name, doe.aliases, doe.notes) == ("DOE, Jon", ("Jon DOE",), ("schema: Person",))
    assert doe.effective_from is None


def test_a_day_of_one_directive_is_not_the_first_effect(tmp_path: Path) -> None:
    file = tmp_path / "sdn.xml"
    file.write_text(SDN.replace("<program>CMIC", "<program>OLDER</program><program>CMIC"), "utf-8")
    assert read(file, "r")[1].listings[0].effective_from is None


def test_eu(tmp_path: Path) -> None:
    reading = load(tmp_path, "eu")
    (one,) = reading.listings
    assert reading.published == dt.date(2024, 5, 13)
    assert (one.entity, one.name, one.name_zh) == ("EU.1.2", "Alpha Trading", ("阿尔法",))
    assert one.weak_aliases == ("Alf",)
    assert one.country == "IQ"
    # The act of a name is older than the act printed beside the entry.
    assert one.effective_from == one.announced_on == dt.date(2003, 7, 8)
    assert one.listed_on == dt.date(2020, 7, 8)
    assert one.citations[0].text == "EU 1210/2020"
    assert "name by act: Alpha Trading (1/2003, 2003-07-08)" in one.notes


def test_un(tmp_path: Path) -> None:
    reading = load(tmp_path, "un")
    person, body = reading.listings
    assert (person.entity, person.name, person.country) == ("CDi.001", "ERIC B", "CD")
    assert person.weak_aliases == ("BOB",)
    assert person.effective_from == dt.date(2012, 12, 31)
    assert (body.entity, body.aliases) == ("2", ("OLD",))
    assert reading.problems == ()


def test_csl(tmp_path: Path) -> None:
    alpha, ash, beta = load(tmp_path, "csl").listings
    assert (alpha.entity, alpha.clause, alpha.country) == ("el-alpha-repair", "EL", "BY")
    assert alpha.aliases == ("Alfa", "A R")
    assert alpha.effective_from == dt.date(2022, 4, 7)
    # The last day is still a day with effect.
    assert ash.in_force(dt.date(2020, 6, 29))
    assert not ash.in_force(dt.date(2020, 6, 30))
    assert (beta.entity, beta.country) == ("7", "")
    assert beta.identifiers == ("uscc:91350100M000100Y43",)


def test_the_order_of_numbers_in_the_csl_does_not_matter(tmp_path: Path) -> None:
    turned = CSL.replace("CN, 91350100M000100Y43, Unified", "Unified, 91350100M000100Y43, CN")
    file = tmp_path / "c.csv"
    file.write_text(turned, "utf-8")
    assert read(file, "r")[1].listings[2].identifiers == ("uscc:91350100M000100Y43",)


def test_denied_persons(tmp_path: Path) -> None:
    (ash,) = load(tmp_path, "bis-dpl").listings
    assert (ash.name, ash.country) == ("I. ASH", "")
    assert ash.in_force(dt.date(2056, 6, 29))


def test_bis_json(tmp_path: Path) -> None:
    reading = load(tmp_path, "bis-json")
    (one,) = reading.listings
    assert one.aliases == ("Alfa",)
    assert one.weak_aliases == ("No. 5, Main Road, X",)
    assert one.effective_from == dt.date(2011, 11, 21)
    assert one.listed_on == dt.date(2015, 1, 2)
    assert one.region == "CN-XJ"
    assert [gap.code for gap in reading.gaps] == ["register_parsed_by_others"]


def test_cbp(tmp_path: Path) -> None:
    reading = load(tmp_path, "cbp")
    yili, baoding, region, coffee = reading.listings
    assert yili.effective_from == dt.date(2020, 9, 3)
    assert "status: superseded_by_practice" in yili.notes
    assert baoding.entity == "baoding-trade-co-ltd"
    assert {"subject: goods", "group: region:CN-XJ"} <= set(region.notes)
    assert (coffee.name, coffee.scope, coffee.clause) == ("Café Ñandú S.A. de C.V.", "subsidiaries", "finding")  # fmt: skip
    assert reading.published == dt.date(2026, 6, 23)


def test_what_is_not_clearly_apart_stays_whole_with_its_parts_as_leads() -> None:
    cell = "Kumar Carpet Pvt., Singhe Carpet Pvt., Ltd., Valley Carpet, and K.K. Carpet Industries; Kathmandu."
    (one,) = subjects(cell)
    assert "Valley Carpet" in one.leads
    assert [s.name for s in subjects("Fuchu Prison; Union Kogyo Co., Ltd.")] == ["Fuchu Prison", "Union Kogyo Co., Ltd."]  # fmt: skip


def test_statements(tmp_path: Path) -> None:
    (one,) = load(tmp_path, "statements").listings
    assert (one.entity, one.name, one.aliases) == ("a", "Alpha", ("Alfa",))
    assert one.notes == ("schema: Company",)
    assert one.effective_from == dt.date(2023, 5, 6)


def test_an_ofac_set_is_read_from_its_folder_or_its_file_of_names(tmp_path: Path) -> None:
    put(tmp_path, "ofac-csv")
    alone = read(tmp_path / "sdn.csv", "r")[1]
    assert [gap.params["missing"] for gap in alone.gaps] == [["alt", "add"]]
    assert alone.listings[0].weak_aliases == ("ALF",)
    (tmp_path / "alt.csv").write_bytes(b'36,1,"fka","OLD ALPHA \x96 X",-0- \r\n\x1a')
    (tmp_path / "add.csv").write_bytes(b'36,1,-0- ,"Havana","Cuba",-0- \r\n\x1a')
    for path in (tmp_path, tmp_path / "sdn.csv"):
        form, reading = read(path, "r")
        (one,) = reading.listings
        assert form == "ofac-csv"
        assert one.aliases == ("OLD ALPHA – X",)
        assert (one.country, one.identifiers) == ("CU", ("uscc:91350100M000100Y43",))
        assert reading.gaps == ()


def test_a_folder_with_two_lists_is_no_set(tmp_path: Path) -> None:
    put(tmp_path, "ofac-csv")
    (tmp_path / "cons_prim.csv").write_text("1", "utf-8")
    with pytest.raises(RegisterError) as caught:
        read(tmp_path, "r")
    assert caught.value.code == "register_ofac_set"


# ── the DHS page ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cell", "name", "aliases", "former", "scope"),
    [
        ("A (Group) Co., Ltd.", "A (Group) Co., Ltd.", (), (), "own"),
        ("A Co., Ltd., and Subsidiaries", "A Co., Ltd.", (), (), "subsidiaries"),
        ("A (S) Co., Ltd (including one alias: B (S) Co.) and subsidiaries", "A (S) Co., Ltd", ("B (S) Co.",), (), "subsidiaries"),
        ("A Co. (also known as B Co., Ltd. and C Technology; and formerly known as D Co.)", "A Co.", ("B Co., Ltd.", "C Technology"), ("D Co.",), "own"),
        ("Iron (also known as Bayi Iron and Steel)", "Iron", ("Bayi Iron and Steel",), (), "own"),
        ("A’an\xa0Co.", "A’an Co.", (), (), "own"),
        ("841 (formerly known as B and C Warehouse", "841 (formerly known as B and C Warehouse", (), (), "own"),
    ],
)  # fmt: skip
def test_the_grammar_of_a_cell(cell: str, name: str, aliases: tuple[str, ...], former: tuple[str, ...], scope: str) -> None:  # fmt: skip
    found = split_cell(cell)
    assert (found.name, found.aliases, found.former, found.scope) == (name, aliases, former, scope)


@given(st.text())
def test_no_cell_breaks_the_grammar(cell: str) -> None:
    found = split_cell(cell)
    assert len(found.name) <= len(" ".join(cell.split()))


def test_a_re_dated_row_keeps_its_first_day(tmp_path: Path) -> None:
    done = import_file(put(tmp_path, "dhs"), tmp_path / "ws", "us-uflpa", today=TODAY)
    meiling = next(one for one in done.register.listings if one.name.startswith("Changhong"))
    assert meiling.effective_from == dt.date(2022, 6, 21)
    assert meiling.listed_on == dt.date(2024, 10, 3)
    assert meiling.country == "CN"
    assert done.register.complete_on(dt.date(2024, 12, 1))
    assert not done.register.complete_on(dt.date(2025, 6, 1))


@pytest.mark.parametrize(
    "page",
    [
        PAGE[: PAGE.index("</body>")],
        PAGE.replace("Section 2(d)(2)(B)(v)", "Section X"),
        PAGE.replace("Entity Name", "Facility"),
        PAGE.replace("<table>", "<div>").replace("</table>", "</div>"),
        PAGE.replace("</table>", "", 1),
        PAGE.replace("Section 2(d)(2)(B)(iv)", "Section 2(d)(2)(B)(v)").replace("<p>none</p>", "<table></table>"),
    ],
)  # fmt: skip
def test_a_page_that_changed_is_refused(page: str, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page, "utf-8")
    with pytest.raises(RegisterError) as caught:
        read_dhs(Source(file), "r")
    assert caught.value.code in ("register_page_changed", "register_cut_off")


def test_a_row_without_a_day_is_lost_and_named(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(dhs(("Alpha", "")), "utf-8")
    reading = read_dhs(Source(file), "r")
    assert reading.lost == 1
    assert reading.problems[0].code == "register_row_lost"


# ── what is refused ──────────────────────────────────────────────────────────────────

BOMB = """<!DOCTYPE sdnList [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<sdnList><sdnEntry><uid>1</uid><lastName>&b;</lastName></sdnEntry></sdnList>"""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "register_xml_doctype"),
        ('<!DOCTYPE sdnList SYSTEM "file:///etc/hostname"><sdnList/>', "register_xml_doctype"),
        (SDN[:-30], "register_xml"),
        (SDN.replace("<Record_Count>2", "<Record_Count>3"), "register_count"),
        ("<sdnList></sdnList>", "register_no_entries"),
        ("<other/>", "register_xml_root"),
        ("<sdnList>" + "<a>" * 60 + "</a>" * 60 + "</sdnList>", "register_xml_deep"),
        (SDN.replace('version="1.0"', 'version="1.0" encoding="no-such"'), "register_xml"),
    ],
)
def test_xml_that_is_not_whole_and_plain_is_refused(text: str, code: str, tmp_path: Path) -> None:
    file = tmp_path / "sdn.xml"
    file.write_text(text, "utf-8")
    with pytest.raises(RegisterError) as caught:
        read(file, "r", "ofac-xml")
    assert caught.value.code == code
    assert "sdn.xml" in caught.value.text("en")
    assert "sdn.xml" in caught.value.text("zh")


def test_a_file_that_unfolds_for_ever_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bomb.csv.gz"
    with gzip.open(file, "wb", 9) as stream:
        for _ in range(80):
            stream.write(b"name," * 200_000)
    with pytest.raises(RegisterError) as caught:
        read(file, "r", "csl")
    assert caught.value.code in ("register_too_large", "register_csv")


def test_a_cut_off_archive_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "sdn.xml.gz"
    packed = gzip.compress(SDN.encode())
    file.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(RegisterError) as caught:
        read(file, "r", "ofac-xml")
    assert caught.value.code == "register_cut_off"


def test_an_archive_of_several_files_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "set.zip"
    with zipfile.ZipFile(file, "w") as stream:
        stream.writestr("a", "x")
        stream.writestr("b", "x")
    with pytest.raises(RegisterError) as caught:
        read(file, "r")
    assert caught.value.code == "register_archive"


@pytest.mark.parametrize("form", ["csl", "cbp", "bis-dpl", "statements"])
def test_a_table_that_ends_within_a_row_is_refused(form: str, tmp_path: Path) -> None:
    file = put(tmp_path, form)
    whole = file.read_bytes().rstrip()
    last = whole.rindex(b"\n")
    file.write_bytes(whole[: last + 6])
    with pytest.raises(RegisterError) as caught:
        read(file, "r", form)
    assert caught.value.code == "register_cut_off"


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"csv", "ftm", "targets-simple"}))
@given(data=st.binary(max_size=300))
def test_no_bytes_raise_anything_but_our_errors(form: str, data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:  # fmt: skip
    file = tmp_path_factory.mktemp("fuzz") / "sdn.csv"
    file.write_bytes(data)
    try:
        reading = read(file, "r", form)[1]
    except AlnageError:
        return
    assert reading.listings or reading.lost


@given(cut=st.integers(0, 1000))
def test_a_shorter_xml_is_never_a_shorter_list(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:  # fmt: skip
    file = tmp_path_factory.mktemp("cut") / "eu.xml"
    file.write_text(EU[: min(cut, len(EU) - 1)], "utf-8")
    with pytest.raises(RegisterError):
        read(file, "r", "eu")


def test_entries_are_let_go_one_by_one() -> None:
    seen = []
    document = b"<r>" + b"<a><b>x</b></a>" * 50_000 + b"</r>"

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            seen.append(self.tell())
            return super().read(size)

    first = next(iter(entries(Slow(document), "f", "r", ("a",))))
    assert first[0].findtext("b") == "x"
    assert len(seen) == 1  # the rest of the file was not read yet


# ── countries and numbers ────────────────────────────────────────────────────────────


def test_country_names_are_unambiguous_and_complete() -> None:
    found = _countries()
    assert len(set(found.values())) == 250
    assert all(len(code) == 2 and code.isupper() for code in found.values())


@pytest.mark.parametrize(("name", "code"), [
    ("Korea, South", "KR"), ("Türkiye", "TR"), ("Burma", "MM"), ("na", "NA"), ("", ""), ("Congo", "CG"),
    ("Region: Kafia Kingi", ""), ("Fishing Vessels", ""), ("cn", "CN"),
])  # fmt: skip
def test_a_country_as_lists_name_it(name: str, code: str) -> None:
    assert country_of(name) == code


@pytest.mark.parametrize(("kind", "value", "found"), [
    ("Vessel Registration Identification", "IMO 7406784", "imo:7406784"),
    ("Website", "www.7.com", ""), ("Gender", "Male", ""), ("Passport", "A1", "passport:A1"),
    ("SWIFT/BIC", "RUAGRUMM", "swift:RUAGRUMM"), ("Legal Entity Number", "529900T8BM49AURSDO55", "lei:529900T8BM49AURSDO55"),
])  # fmt: skip
def test_numbers_that_name_somebody(kind: str, value: str, found: str) -> None:
    assert identifier(kind, value) == found


# ── imports ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_same_file_twice_changes_nothing(form: str, tmp_path: Path) -> None:
    file = put(tmp_path, form)
    first = import_file(file, tmp_path / "ws", "mine", today=TODAY)
    again = import_file(file, tmp_path / "ws", "mine", today=TODAY + dt.timedelta(days=40))
    assert first.changed
    assert not again.changed
    assert first.form == again.form == form
    assert len(Registers.load(tmp_path / "ws").versions("mine")) == 1


@pytest.mark.parametrize("form", ["ofac-xml", "eu", "un", "dhs", "csl"])
def test_a_failed_import_leaves_the_former_version_in_force(form: str, tmp_path: Path) -> None:
    file = put(tmp_path, form)
    import_file(file, tmp_path / "ws", "mine", today=TODAY)
    before = Registers.load(tmp_path / "ws")["mine"].version
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(RegisterError):
        import_file(file, tmp_path / "ws", "mine", today=TODAY, form=form)
    assert Registers.load(tmp_path / "ws")["mine"].version == before


def test_a_list_of_a_day_answers_for_that_day(tmp_path: Path) -> None:
    import_file(put(tmp_path, "ofac-xml"), tmp_path / "ws", "mine", today=TODAY)
    register = Registers.load(tmp_path / "ws")["mine"]
    assert register.complete_on(dt.date(2024, 5, 7))
    assert not register.complete_on(dt.date(2024, 5, 8))
    assert not register.complete_on(dt.date(2024, 5, 6))


def test_an_incomplete_set_is_complete_for_no_day(tmp_path: Path) -> None:
    done = import_file(put(tmp_path, "ofac-csv"), tmp_path / "ws", "mine", today=TODAY)
    assert not done.register.complete
