"""Build the bundled registers from a folder of facts: ``build_registers.py FACTS_DIR``.

Writes one JSON file a register into ``src/alnage/registers/data/``, the same bytes for
the same facts. Only facts go in: names, dates, clauses, citations, each with how far it
was checked. What the facts don't say stays empty, and every gap is written down.

    uflpa_entities.csv + timeline.csv ──> us-uflpa.json
    cbp_wro_findings.csv              ──> us-wro.json
    notices below (law_corrections)   ──> cn-uel.json, cn-afsl.json
"""

import csv
import datetime as dt
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from alnage.model import Citation, Listing, Reason
from alnage.registers import Register, register_to_json
from alnage.registers.names import fold

OUT = Path(__file__).parents[1] / "src" / "alnage" / "registers" / "data"
DHS_PAGE = "https://www.dhs.gov/uflpa-entity-list"
CBP_PAGE = "https://www.cbp.gov/trade/forced-labor/withhold-release-orders-and-findings"
# Only these statuses of a Chinese name may decide identity; all others are leads.
CERTAIN_ZH = {"exchange_pair", "company_filing", "press", "press_and_register"}
# Groups registered outside the mainland, or whose seat the facts do not show.
SEAT_NOT_SHOWN = {
    "Century Sunshine Group Holdings, Ltd.",
    "Rare Earth Magnesium Technology Group Holdings, Ltd.",
    "Esquel Group",
    "Kingherbs Limited",
    "The TNN Development Limited",
}
RENAMED = {"xinjianggoensenergytechnology": "xinjianggclnewenergymaterialtechnology"}


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def uflpa_key(name: str) -> str:
    """One key for one entity, however its name is printed in the tables of the page."""
    key = "".join(re.findall(r"[a-z0-9]", name.lower().replace("(xpcc)", ""))).replace("coltd", "")
    return RENAMED.get(key, key)


def slug(name: str) -> str:
    return fold(name).replace(" ", "-")


# ── the UFLPA Entity List ────────────────────────────────────────────────────────────


def announcements(facts: Path) -> dict[str, dt.date]:
    """Effective day -> day of the announcement, where the timeline has one."""
    events = [row for row in rows(facts / "timeline.csv") if row["regime"] == "US-UFLPA list"]
    announced = sorted(day(r["date"]) for r in events if r["date_kind"] == "announced")
    found: dict[str, dt.date] = {}
    for event in events:
        if event["date_kind"] in ("effective", "published/effective"):
            effective = day(event["date"])
            before = [d for d in announced if 0 < (effective - d).days <= 7]
            if before:
                found[event["date"]] = before[-1]
    strategy = [
        r["date"] for r in rows(facts / "timeline.csv") if "first Entity List" in r["event"]
    ]
    found["2022-06-21"] = day(strategy[0])
    return found


def uflpa_scope(note: str) -> str:
    if "and its subordinate and affiliated entities" in note:
        return "subordinate_and_affiliated"
    return "subsidiaries" if "scope suffix on page: and subsidiaries" in note else "own"


def uflpa_citations(row: dict[str, str]) -> tuple[Citation, ...]:
    official = row["status"] == "official_page"
    found = []
    if row["fr_document"]:
        text = f"FR Doc. {row['fr_document']}"
        cited = row["fr_citation"].split(" (")[0]
        text += f", {cited}" if cited else ""
        seen = "page unverified" not in row["fr_citation"] and official
        found.append(Citation(text, "", "secondary" if seen else "unverified"))
    if official:
        found.append(Citation("DHS, UFLPA Entity List, page of 2026-07-09", DHS_PAGE, "primary"))
    else:
        found.append(Citation("Secondary report of the additions of 2026-08-03", "", "secondary"))
    return tuple(found)


def uflpa_listing(row: dict[str, str], entity: str, announced: dict[str, dt.date]) -> Listing:
    certain = row["name_zh_status"] in CERTAIN_ZH
    brand_only = "legal name not seen" in row["note"]
    zh = split(row["name_zh"])
    notes = [f"name_zh: {row['name_zh_status']}"] if zh else []
    notes += ["name: brand, legal name not seen"] if brand_only else []
    notes += [f"status: {row['status']}"]
    notes += (
        [
            row["note"]
            .replace(" | ", ", ")
            .replace("secondary source, unnamed repository", "secondary source")
        ]
        if row["note"]
        else []
    )
    # A renamed entry is announced by the notice of its new name; an amended one keeps
    # the announcement of its first listing, because it could be found from then on.
    about = row["listed_on"] if "renamed entry" in row["note"] else row["first_listed_on"]
    return Listing(
        register="us-uflpa",
        entity=entity,
        name=row["name"],
        aliases=() if brand_only else split(row["aliases"]),
        weak_aliases=(split(row["aliases"]) if brand_only else ())
        + (() if certain and not brand_only else zh),
        name_zh=zh if certain and not brand_only else (),
        country="" if row["name"] in SEAT_NOT_SHOWN else "CN",
        clause=row["sublist"],
        scope=uflpa_scope(row["note"]),
        announced_on=announced.get(about),
        effective_from=day(row["first_listed_on"]),
        listed_on=day(row["listed_on"]),
        removed_on=day(row["removed_on"]),
        basis=f"Pub. L. 117-78, section 2(d)(2)(B)({row['sublist']})" if row["sublist"] else "",
        citations=uflpa_citations(row),
        notes=tuple(notes),
    )


def uflpa(facts: Path) -> Register:
    announced = announcements(facts)
    ids: dict[str, str] = {}
    listings = []
    for row in rows(facts / "uflpa_entities.csv"):
        entity = ids.setdefault(uflpa_key(row["name"]), slug(row["name"].replace("(XPCC)", "")))
        listings.append(uflpa_listing(row, entity, announced))
    return Register(
        id="us-uflpa",
        kind="us-uflpa",
        title="UFLPA Entity List",
        source=DHS_PAGE,
        listings=tuple(listings),
        retrieved_on=dt.date(2026, 7, 9),
        complete_from=dt.date(2022, 6, 21),
        complete_to=dt.date(2026, 8, 2),
        gaps=(
            Reason("uflpa_additions_missing", {"missing": 35, "added": 43, "date": "2026-08-03"}),
            Reason("names_zh_not_official", {"register": "us-uflpa"}),
        ),
    )


# ── withhold-release orders and findings ─────────────────────────────────────────────

COUNTRIES = {
    "China": "CN",
    "Mexico": "MX",
    "Japan": "JP",
    "Nepal": "NP",
    "India": "IN",
    "Turkmenistan": "TM",
    "Zimbabwe": "ZW",
    "Democratic Republic of Congo": "CD",
    "Malawi": "MW",
    "Somalia": "SO",
    "Dominican Republic": "DO",
    "South Korea": "KR",
    "Taiwan": "TW",
    "Mauritius": "MU",
    "Serbia": "RS",
    "Jordan": "JO",
    "Fishing Vessels": "",
}
# A cell that names several parties, or more than a party: (name, aliases, country, extra).
SPLIT: dict[str, list[tuple[str, tuple[str, ...], str, dict[str, str]]]] = {
    "Fuchu Prison; Union Kogyo Co., Ltd.": [
        ("Fuchu Prison", (), "JP", {}),
        ("Union Kogyo Co., Ltd.", (), "JP", {}),
    ],
    "Nanhu Tree Farm, Zhejiang Sanmei Tea Co., Ltd.; Imaizumi Tea Manufacturing & Trading Co., Ltd. (of Nagoya, Japan)": [
        ("Nanhu Tree Farm", (), "CN", {}),
        ("Zhejiang Sanmei Tea Co., Ltd.", (), "CN", {}),
        ("Imaizumi Tea Manufacturing & Trading Co., Ltd.", (), "JP", {}),
    ],
    "Kumar Carpet Pvt., Singhe Carpet Pvt., Ltd., Norsang Carpet Industries Pvt., Ltd., Annapurna Carpet, Everest Carpet, Valley Carpet, and K.K. Carpet Industries; Kathmandu.": [
        ("Kumar Carpet Pvt.", (), "NP", {}),
        ("Singhe Carpet Pvt., Ltd.", (), "NP", {}),
        ("Norsang Carpet Industries Pvt., Ltd.", (), "NP", {"removed_on": "1998-10-06"}),
        ("Annapurna Carpet", (), "NP", {"removed_on": "2021-07-23"}),
        ("Everest Carpet", (), "NP", {"removed_on": "1998-10-06"}),
        ("Valley Carpet", (), "NP", {}),
        ("K.K. Carpet Industries", (), "NP", {"removed_on": "1998-10-06"}),
    ],
    "Yili Zhuowan Garment Manufacturing Co., Ltd. and Baoding LYSZD Trade and Business Co., Ltd.": [
        ("Yili Zhuowan Garment Manufacturing Co., Ltd.", (), "CN", {}),
        ("Baoding LYSZD Trade and Business Co., Ltd.", (), "CN", {}),
    ],
    "Agropecuarios Tom S.A. de C.V. and Horticola Tom S.A. de C.V. and their subsidiaries": [
        ("Agropecuarios Tom S.A. de C.V.", (), "MX", {"scope": "subsidiaries"}),
        ("Horticola Tom S.A. de C.V.", (), "MX", {"scope": "subsidiaries"}),
    ],
    "Shanghai Select Safety Products Company, Limited and its two subsidiaries from China, Select (Nantong) Safety Products Co. Limited and Select Protective Technology (HK) Limited.": [
        ("Shanghai Select Safety Products Company, Limited", (), "CN", {}),
        ("Select (Nantong) Safety Products Co. Limited", (), "CN", {}),
        ("Select Protective Technology (HK) Limited", (), "HK", {}),
    ],
    "Xinjiang Production and Construction Corporation (XPCC) and its subordinates": [
        (
            "Xinjiang Production and Construction Corporation",
            ("XPCC", "Xinjiang Production and Construction Corps"),
            "CN",
            {"scope": "subordinate_and_affiliated"},
        ),
    ],
    "Hoshine Silicon Industry Co. Ltd. and Subsidiaries": [
        ("Hoshine Silicon Industry Co. Ltd.", (), "CN", {"scope": "subsidiaries"}),
    ],
    "Tangshan Sanyou Group and its Subsidiaries": [
        ("Tangshan Sanyou Group", (), "CN", {"scope": "subsidiaries"}),
    ],
    "Xinjiang Uyghur Autonomous Region (XUAR)": [
        (
            "Xinjiang Uyghur Autonomous Region (XUAR)",
            (),
            "CN",
            {"subject": "goods", "group": "region:CN-XJ", "materials": "cotton; tomato"},
        ),
    ],
    "All Turkmenistan Cotton or products produced in whole or in part with Turkmenistan cotton.": [
        (
            "All Turkmenistan cotton",
            (),
            "TM",
            {"subject": "goods", "group": "country:TM", "materials": "cotton"},
        ),
    ],
    "Tobacco produced in Malawi and products containing tobacco produced in Malawi": [
        (
            "Tobacco produced in Malawi",
            (),
            "MW",
            {
                "subject": "goods",
                "group": "country:MW",
                "materials": "tobacco",
                "except": "Premium Tobacco Malawi Lt (PTML) from 2021-05-21; "
                "Limbe Leaf Tobacco Company Limited (LLTC) from 2020-07-31; "
                "Alliance One International from 2020-06-03",
            },
        ),
    ],
    "Artisanal Small Mines": [
        ("Artisanal Small Mines", (), "CD", {"subject": "goods", "group": "country:CD"}),
    ],
    "Fishing Vessels owned by Dalian Ocean Fishing Co. Ltd.": [
        ("Dalian Ocean Fishing Co. Ltd.", (), "CN", {"subject": "fishing vessels it owns"}),
    ],
    "Serbia Zijin Copper D.O.O..": [("Serbia Zijin Copper D.O.O.", (), "RS", {})],
}


def wro_parts(row: dict[str, str]) -> list[tuple[str, tuple[str, ...], str, dict[str, str]]]:
    """The parties one cell names; a vessel keeps its printed name, its bare one is weak."""
    if row["entity"] in SPLIT:
        return SPLIT[row["entity"]]
    if row["entity"].startswith("Fishing Vessel: "):
        return [(row["entity"], (), "", {"subject": "vessel"})]
    return [(row["entity"], split(row["aliases"]), COUNTRIES[row["country"]], {})]


def wro_status(row: dict[str, str]) -> str:
    if row["xinjiang"] == "yes":
        return "superseded_by_practice"
    return slug(row["status"]).replace("-", "_")


def wro_listings(row: dict[str, str]) -> list[Listing]:
    found = []
    for name, aliases, country, extra in wro_parts(row):
        notes = [f"merchandise: {row['merchandise']}", f"status: {wro_status(row)}"]
        notes += [f"{key}: {extra[key]}" for key in extra if key not in ("scope", "removed_on")]
        notes += [f"remarks: {row['remarks']}"] if row["remarks"] else []
        vessel = extra.get("subject") == "vessel"
        found.append(
            Listing(
                register="us-wro",
                entity=slug(name),
                name=name,
                aliases=aliases,
                weak_aliases=(name.removeprefix("Fishing Vessel: "),) if vessel else (),
                country=country,
                region="CN-XJ" if extra.get("group") == "region:CN-XJ" else "",
                clause=row["kind"].lower(),
                scope=extra.get("scope", "own"),
                effective_from=day(row["effective_date"]),
                listed_on=day(row["effective_date"]),
                removed_on=day(extra.get("removed_on", "")),
                basis="19 U.S.C. 1307",
                citations=(
                    Citation(
                        "CBP, withhold release orders and findings, 2026-06-23",
                        CBP_PAGE,
                        "secondary",
                    ),
                ),
                notes=tuple(notes),
            )
        )
    return found


def wro(facts: Path) -> Register:
    found = [
        listing for row in rows(facts / "cbp_wro_findings.csv") for listing in wro_listings(row)
    ]
    return Register(
        id="us-wro",
        kind="us-wro",
        title="CBP withhold release orders and findings",
        source=CBP_PAGE,
        listings=tuple(found),
        retrieved_on=dt.date(2026, 6, 23),
        complete_from=dt.date(2026, 6, 23),
        complete_to=dt.date(2026, 6, 23),
        gaps=(
            Reason("only_open_orders", {"date": "2026-06-23"}),
            Reason("superseded_in_practice", {"orders": 11}),
        ),
    )


# ── PRC measures, from public notices ────────────────────────────────────────────────

NOTICES_0805 = (
    "https://aqygzj.mofcom.gov.cn/flzc/gzjgfxwj/art/2026/art_4028b8300fa24a0399f7da26e4939b20.html",
    "https://aqygzj.mofcom.gov.cn/flzc/gzjgfxwj/art/2026/art_97d99d522e6944439ae31884c928ee31.html",
)


def measure(register: str, name: str, since: str, citation: Citation, **more: object) -> Listing:
    fields = {"listed_on": day(since), "announced_on": day(since), **more}
    return Listing(
        register=register,
        entity=slug(name),
        name=name,
        effective_from=day(since),
        citations=(citation,),
        **fields,
    )


def uel(_facts: Path) -> Register:
    cite = Citation(
        "MOFCOM, Unreliable Entity List working mechanism, announcement of 2025-02-04",
        "http://en.people.cn/n3/2025/0214/c90000-20276666.html",
        "secondary",
    )
    note = ("measures: none stated in the notice of 2025-02-04; listing is not yet a measure",)
    listings = (
        measure("cn-uel", "PVH Group", "2025-02-04", cite, country="US", clause="uel", notes=note,
                basis="不可靠实体清单规定", weak_aliases=("PVH Corp.",)),
        measure("cn-uel", "Illumina", "2025-02-04", cite, country="US", clause="uel", notes=note,
                basis="不可靠实体清单规定", weak_aliases=("Illumina, Inc.",)),
    )  # fmt: skip
    return prc("cn-uel", "PRC Unreliable Entity List (selection)", listings)


def afsl(_facts: Path) -> Register:
    kharon = Citation(
        "PRC Foreign Ministry, countermeasures announced 2023-12-26",
        "http://en.people.cn/n3/2023/1227/c90000-20115519.html",
        "secondary",
    )
    decree = Citation(
        "PRC Foreign Ministry, decree no. 15, 2024-12-21", "https://nayrouz.com/article/497235",
        "secondary",
    )  # fmt: skip
    banks = Citation(
        "PRC countermeasures of 2025-08-13; ended by MOFCOM Order No. 1 of 2026", "", "secondary"
    )
    first, second = (
        Citation("MOFCOM countermeasure list, decision of 2026-08-05", url, "secondary")
        for url in NOTICES_0805
    )
    law = {"clause": "countermeasures", "basis": "反外国制裁法"}
    unread = {
        "clause": "countermeasures",
        "notes": ("measures: reasons and measures of the decision were not read",),
    }
    listings = [
        measure("cn-afsl", "1nteger, LLC", "2023-12-26", kharon, country="US", aliases=("Kharon",),
                weak_aliases=("卡隆",), **law),
        measure("cn-afsl", "Uyghur Rights Advocacy Project", "2024-12-21", decree, country="CA", **law),
        measure("cn-afsl", "Canada Tibet Committee", "2024-12-21", decree, country="CA", **law),
    ]  # fmt: skip
    listings += [
        measure("cn-afsl", name, "2025-08-13", banks, country="LT", clause="countermeasures",
                removed_on=dt.date(2026, 4, 24))
        for name in ("UAB Urbo Bankas", "AB Mano Bankas")
    ]  # fmt: skip
    listings += [
        measure("cn-afsl", name, "2026-08-05", first, **unread)
        for name in (
            "Applied DNA Sciences",
            "Stratum Reservoir",
            "Altana Technologies",
            "Responsible Business Alliance",
            "Verite Group",
            "Human Rights in China",
        )
    ]
    listings.append(measure("cn-afsl", "Compliance Testing LLC", "2026-08-05", second, **unread))
    return prc("cn-afsl", "PRC countermeasures (selection)", tuple(listings))


def prc(register: str, title: str, listings: Sequence[Listing]) -> Register:
    return Register(
        id=register,
        kind=register,
        title=title,
        listings=tuple(listings),
        retrieved_on=dt.date(2026, 8, 22),
        complete=False,
        gaps=(Reason("selection_only", {"register": register}),),
    )


def main(facts: Path) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for build in (uflpa, wro, uel, afsl):
        register = build(facts)
        text = json.dumps(register_to_json(register), ensure_ascii=False, indent=1) + "\n"
        (OUT / f"{register.id}.json").write_text(text, "utf-8")
        entities = len({listing.entity for listing in register.listings})
        print(f"{register.id}: {entities} entities, {len(register.listings)} listings")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
