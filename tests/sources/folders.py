"""Small custody folders for the tests of this room."""

import csv
import io

PARTIES = "party,name,country,region\np1,Alpha Ginning,CN,CN-XJ\np2,Beta Spinning,VN,\n"
SITES = "site,party,country,region\na,p1,CN,CN-XJ\nb,p2,VN,\n"
MOVEMENTS = (
    "event,shipped,from_site,to_site,material,quantity,unit,received,lot,document\n"
    "m1,2024-03-01,a,b,lint,5,t,2024-03-09,L1,d1\n"
    "m2,2024-03,a,b,lint,2.5,t,,,\n"
)


def write(folder, **files):
    """Write files ``name__suffix=text``; bytes as they are."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def table(headings, *rows):
    """CSV text of a header and rows."""
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue()


def codes(rows):
    """Codes of rejected rows, with their row numbers."""
    return [(row.row, row.reason.code) for row in rows]


MOVE = ["event", "shipped", "from_site", "to_site", "material", "quantity", "unit"]


def movement(event="m1", shipped="2024-03-01", quantity="5", **more):
    """A movement's header and row, with further columns."""
    row = [event, shipped, "a", "b", "lint", quantity, "t", *more.values()]
    return [*MOVE, *more], row


def one_movement(folder, **cells):
    """A folder with one movement."""
    return write(folder, movements__csv=table(*movement(**cells)))
