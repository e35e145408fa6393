"""Build the published figures from the facts: build_figures.py FACTS_DIR

Writes src/alnage/assess/figures.csv: one row a figure and date, with its definition, who
says it, the source, and the series it belongs to. Series with another definition never join.
"""

import csv
import re
import sys
from pathlib import Path

OUT = Path(__file__).parents[1] / "src" / "alnage" / "assess" / "figures.csv"
COLUMNS = (
    "id",
    "as_of",
    "value",
    "qualifier",
    "unit",
    "definition",
    "said_by",
    "url",
    "series",
    "verified",
)
TOTALS = (
    ("2022-06-21", 20), ("2023-06-12", 30), ("2023-08-02", 33), ("2023-09-27", 36), ("2023-12-11", 39),
    ("2024-05-17", 65), ("2024-06-12", 68), ("2024-08-09", 73), ("2024-10-03", 75), ("2024-11-01", 78),
    ("2024-11-25", 107), ("2025-01-15", 144), ("2026-08-03", 187),
)  # fmt: skip
PRESS = (("2023-09-27", 27), ("2023-12-11", 30))


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def totals():
    for day, value in TOTALS:
        yield (
            "uflpa.list.total", day, value, "", "entities",
            "entities on the UFLPA Entity List, every entity counted once", "US Department of Homeland Security",
            "https://www.dhs.gov/uflpa-entity-list", "individual", "secondary",
        )  # fmt: skip
    for day, value in PRESS:
        yield (
            "uflpa.list.total", day, value, "", "entities",
            "entities on the UFLPA Entity List as the press counted before 2024-05-17 (subsidiaries left out)",
            "press", "", "press", "secondary",
        )  # fmt: skip


def enforcement(folder):
    with (folder / "uflpa_enforcement.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            unit, _, qualifier = row["unit"].partition("(")
            series = (
                "dashboard-2026"
                if row["as_of"].startswith("2026")
                else ("fiscal-year" if row["as_of"].startswith("FY") else "cumulative")
            )
            yield (
                f"uflpa.enforcement.{slug(row['metric'])}", row["as_of"], row["value"],
                qualifier.rstrip(") "), unit.strip(), row["metric"], "US Customs and Border Protection, as reported",
                row["source_url"], series, "secondary",
            )  # fmt: skip


def regional(folder):
    with (folder / "region_shares.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield (
                f"region.{slug(row['fact'])}", row["year"], row["value"], "", row["unit"],
                row["fact"].replace("_", " "), row["source_note"], row["source_url"], "annual", "secondary",
            )  # fmt: skip


def disrupted():
    yield (
        "region.enterprises-disrupted", "2023-12-31", "100", "more than", "enterprises",
        "enterprises in Xinjiang whose operations sanctions had disrupted; textile and garment factories cut production or closed, with layoffs",
        "the regional government of Xinjiang, as cited by China Daily on 2025-01-24; not verified elsewhere", "",
        "stated", "secondary",
    )  # fmt: skip


def main(folder):
    rows = [*totals(), *enforcement(folder), *regional(folder), *disrupted()]
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(rows, key=lambda row: (row[0], row[8], str(row[1]))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
