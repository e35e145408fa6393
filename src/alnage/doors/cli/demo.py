"""``alnage demo``: the bundled consignment and enterprise, from the installed package."""

from __future__ import annotations

import datetime as dt
import json
from importlib.resources import as_file, files
from pathlib import Path

import click

from alnage.doors.cli import workspace_option
from alnage.doors.cli.options import LANG, TODAY

CONSIGNMENT = "cotton-tshirts"
ENTERPRISE = "listed-spinners"
# The enterprise of the demo: listed, and inside the region, so that two triggers answer.
NAME, REGION = "Red Perch Spinning Co., Ltd.", "CN-XJ"
ON = dt.date(2024, 12, 2)


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("alnage-demo"), show_default=True
)
@click.option("--lang", type=LANG, default="en", show_default=True, help="Language of the reports.")
@click.option(
    "--example", default=CONSIGNMENT, show_default=True, help="Which bundled consignment to run."
)
@click.option(
    "--today", type=TODAY, default="today", help="The day of the run (for its repetition)."
)
@workspace_option
def demo(out: Path, lang: str, example: str, today: dt.date) -> None:
    """Run the bundled consignment and enterprise; every firm in them is invented."""
    from alnage.doors.cli import assess, enterprise
    from alnage.report import enterprise_summary, summary

    room = files("alnage.examples")
    known = sorted(entry.name for entry in room.iterdir() if (entry / "parties.csv").is_file())
    if example not in known:
        from alnage.model import OptionError

        raise OptionError("example_unknown", example=example, known=known)
    with as_file(room / example) as folder, as_file(room / ENTERPRISE) as other:
        where = _register(folder, out / "consignment" / "workspace", today)
        findings = assess.run(
            folder, where, on=None, lang=lang, overlay=None, out=out / "consignment", today=today
        )
        click.echo(summary(findings, lang))
        where = _register(other, out / "enterprise" / "workspace", today)
        result = enterprise.run(
            NAME,
            where,
            region=REGION,
            goods=(),
            on=ON,
            lang=lang,
            overlay=None,
            out=out / "enterprise",
            today=today,
        )
        click.echo(enterprise_summary(result, lang))
    click.echo(
        json.dumps(
            {
                "report": str(out / "consignment" / "report.html"),
                "enterprise": str(out / "enterprise" / "enterprise.html"),
            }
        )
    )


def _register(folder: Path, where: Path, today: dt.date) -> Path:
    """Import the example's synthetic register into a workspace of its own."""
    from alnage.registers import import_file

    import_file(folder / "register.csv", where, "example", kind="us-uflpa", today=today)
    return where
