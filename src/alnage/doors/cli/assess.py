"""``alnage assess``: judge every consignment of a custody folder and write the report."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alnage.doors.cli import workspace, workspace_option
from alnage.doors.cli.options import DAY, LANG, TODAY

if TYPE_CHECKING:
    from alnage.assess.folder import OpenFolder


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--on", type=DAY, help="Ask registers and law on this day where a target has none.")
@click.option("--lang", type=LANG, default="en", show_default=True, help="Language of the report.")
@click.option(
    "--law", "overlay", type=click.Path(path_type=Path), help="A folder of private regimes."
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the results."
)
@click.option(
    "--today", type=TODAY, default="today", help="The day of the run (for its repetition)."
)
@workspace_option
def assess(
    folder: Path, on: dt.date | None, lang: str, overlay: Path | None, out: Path, today: dt.date
) -> None:
    """Judge every consignment of a custody folder; write the report.

    Writes report.html, findings.json, findings.xlsx, rejected.csv and run.json.
    """
    from alnage.report import summary

    findings = run(folder, workspace(), on=on, lang=lang, overlay=overlay, out=out, today=today)
    click.echo(summary(findings, lang))
    click.echo(str(out / "report.html"))


def run(
    folder: Path,
    where: Path,
    *,
    on: dt.date | None,
    lang: str,
    overlay: Path | None,
    out: Path,
    today: dt.date,
) -> dict[str, Any]:
    """Assess a folder and write all its results; the findings."""
    from alnage.assess.consignment import Assessment
    from alnage.assess.consignment import assess as assess_folder
    from alnage.assess.folder import OpenFolder
    from alnage.law import LawBook
    from alnage.registers import Registers
    from alnage.report import render_html, write_xlsx
    from alnage.screen.reviews import decisions_of
    from alnage.sources import write_rejected

    opened = OpenFolder(folder, Registers.load(where), decisions_of(where))
    opened.folder.require("parties")
    book = LawBook.load(overlay)
    findings = assess_folder(opened, book, Assessment(today, on, lang))
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(findings, ensure_ascii=False, indent=2) + "\n"
    (out / "findings.json").write_text(text, "utf-8")
    (out / "report.html").write_text(render_html(findings, lang), "utf-8")
    write_xlsx(findings, out / "findings.xlsx", lang)
    write_rejected(opened.ledger.rejected, out / "rejected.csv", lang)
    arguments = ["{folder}", "--lang", lang, "--today", today.isoformat()]
    arguments += ["--on", on.isoformat()] if on else []
    arguments += ["--law", str(overlay)] if overlay else []
    _record(out, folder, tuple(arguments), opened, findings)
    return findings


def _record(
    out: Path,
    folder: Path,
    arguments: tuple[str, ...],
    opened: OpenFolder,
    findings: dict[str, Any],
) -> None:
    from alnage import __version__
    from alnage.workspace import RunRecord, file_hashes, write_run

    outputs = ("findings.json", "findings.xlsx", "rejected.csv", "report.html")
    hashes = {name: value for name, value in file_hashes(out).items() if name in outputs}
    write_run(
        out,
        RunRecord(
            command="assess",
            arguments=arguments,
            folder=str(folder),
            alnage=__version__,
            at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            inputs={note.file: note.sha256 for note in opened.folder.files},
            registers={id_: opened.registers[id_].version for id_ in opened.registers},
            law={"law": str(findings["law"])},
            methods={
                "trace": findings["method"],
                **{f"pack:{k}": v for k, v in findings["packs"].items()},
            },
            outputs=hashes,
        ),
    )
