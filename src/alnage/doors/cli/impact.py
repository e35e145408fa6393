"""``alnage impact``: what if, on a firm network, on a chain, on a table of sectors.

``alnage impact FOLDER SCENARIO.yaml`` and ``alnage impact esri EDGES.csv`` share one name: a
first word that is no sub-command is taken as the folder.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from alnage.doors.cli import workspace, workspace_option
from alnage.doors.cli.options import DAY, LANG, TODAY
from alnage.model import OptionError

if TYPE_CHECKING:
    from alnage.impact.edges import EdgeList, Shock
    from alnage.impact.esri import EsriResult

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_TOP = 20  # rows that the terminal and the JSON summary show


class _ByFolder(click.Group):
    """A group whose first word may also be a folder."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the folder command before what is no command."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["folder", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ByFolder)
def impact() -> None:
    """What if: a listing, a ban or a failure, on a chain, a firm network, a table of sectors."""


@impact.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--on", type=DAY, help="Ask registers and law on this day where a target has none.")
@click.option("--lang", type=LANG, default="en", show_default=True, help="Language of the report.")
@click.option(
    "--law", "overlay", type=click.Path(path_type=Path), help="A folder of private regimes."
)
@_JSON
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the results."
)
@click.option(
    "--today", type=TODAY, default="today", help="The day of the run (for its repetition)."
)
@workspace_option
def folder(
    folder: Path,
    scenario: Path,
    on: dt.date | None,
    lang: str,
    overlay: Path | None,
    as_json: bool,
    out: Path,
    today: dt.date,
) -> None:
    """What a listing, a ban or a lost material would change on a custody folder.

    Also as alnage impact FOLDER SCENARIO.yaml. Writes impact.html, impact.xlsx, impact.json and run.json.
    """
    from alnage.assess.scenario import run_scenario
    from alnage.doors.cli.impact_pages import html_page, pages, write_book
    from alnage.impact.scenario import read_scenario
    from alnage.law import LawBook
    from alnage.registers import Registers
    from alnage.screen.reviews import decisions_of

    asked = read_scenario(scenario)
    where = workspace()
    found = run_scenario(
        folder,
        Registers.load(where),
        LawBook.load(overlay),
        asked,
        decisions=decisions_of(where),
        on=on,
        today=today,
        lang=lang,
    )
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    (out / "impact.json").write_text(text, "utf-8")
    told = pages(found, lang)
    (out / "impact.html").write_text(html_page(found, told, lang), "utf-8")
    write_book(told, out / "impact.xlsx")
    arguments = ["{folder}", str(scenario), "--lang", lang, "--today", today.isoformat()]
    arguments += ["--on", on.isoformat()] if on else []
    arguments += ["--law", str(overlay)] if overlay else []
    _record(out, folder, scenario, tuple(arguments), found)
    if as_json:
        click.echo(text, nl=False)
        return
    for cells in told[0].rows:
        shown = [f"{cell:g}" if isinstance(cell, float) else cell for cell in cells]
        click.echo("  ".join(cell for cell in shown if cell))
    click.echo(str(out / "impact.html"))


def _record(
    out: Path, folder: Path, scenario: Path, arguments: tuple[str, ...], found: dict[str, Any]
) -> None:
    """``run.json``: what the run rested on."""
    import hashlib

    from alnage.workspace import RunRecord, file_hashes, write_run

    outputs = ("impact.html", "impact.json", "impact.xlsx")
    inputs = {note["file"]: note["sha256"] for note in found["files"]}
    inputs[scenario.name] = hashlib.sha256(scenario.read_bytes()).hexdigest()
    write_run(
        out,
        RunRecord(
            command="impact",
            arguments=arguments,
            folder=str(folder),
            alnage=found["alnage"],
            at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            inputs=inputs,
            registers={one["id"]: one["version"] for one in found["registers"]},
            law={"law": str(found["law"])},
            methods={"trace": found["method"]},
            outputs={name: value for name, value in file_hashes(out).items() if name in outputs},
        ),
    )


@impact.command()
@click.argument("edges", type=click.Path(path_type=Path))
@click.option(
    "--stop",
    type=click.Choice(["reference", "converged"]),
    default="reference",
    show_default=True,
    help="When a cascade ends: the published rule (1e-2), or when nothing moves.",
)
@click.option("--no-market-shares", is_flag=True, help="Take every supplier as irreplaceable.")
@click.option(
    "--function",
    type=click.Choice(["generalised", "linear", "leontief"]),
    default="generalised",
    show_default=True,
    help="By the types of the links, or all non-essential, or all essential.",
)
@click.option("--band", is_flag=True, help="Add the linear and the Leontief index beside it.")
@click.option(
    "--groups",
    type=click.Path(path_type=Path),
    help="CSV of group, firm, remaining (0 to 1): a row a group that fails as one.",
)
@click.option(
    "--self-loops",
    type=click.Choice(["keep", "refuse"]),
    default="keep",
    show_default=True,
    help="What to do with a firm that sells to itself.",
)
@click.option(
    "--duplicates",
    type=click.Choice(["refuse", "sum"]),
    default="refuse",
    show_default=True,
    help="What to do with two rows of one supplier and customer.",
)
@click.option("--threads", type=click.IntRange(1), help="Cores to use (default all).")
@click.option("--lang", type=LANG, default="en", show_default=True, help="Language of the notes.")
@_JSON
@click.option("--out", type=click.Path(path_type=Path), required=True, help="OUT.csv.")
def esri(
    edges: Path,
    stop: Literal["reference", "converged"],
    no_market_shares: bool,
    function: Literal["generalised", "linear", "leontief"],
    band: bool,
    groups: Path | None,
    self_loops: Literal["keep", "refuse"],
    duplicates: Literal["refuse", "sum"],
    threads: int | None,
    lang: str,
    as_json: bool,
    out: Path,
) -> None:
    """How much of a firm network's output hangs on each firm (economic systemic risk index).

    EDGES.csv has supplier, customer, supplier_sector, customer_sector, weight and type
    (2 essential, 1 non-essential, 0 none); OUT.csv gets firm, esri, esri_downstream, esri_upstream.
    """
    from alnage.impact.edges import read_edges, read_shocks
    from alnage.impact.esri import METHOD
    from alnage.impact.esri import esri as run
    from alnage.impact.network import build_network
    from alnage.impact.notes import esri_notes

    if out.suffix.casefold() != ".csv":
        raise OptionError("out_suffix", file=str(out), known=[".csv"])
    read = read_edges(edges, self_loops, duplicates)
    shocks = None if groups is None else read_shocks(groups, read)
    network = build_network(read, function)
    shares = not no_market_shares
    result = run(network, shocks, stop=stop, market_shares=shares, threads=threads)
    columns = _columns(read, shocks, result)
    for other in ("linear", "leontief") if band else ():
        found = run(
            build_network(read, other), shocks, stop=stop, market_shares=shares, threads=threads
        )
        columns[f"esri_{other}"] = found.index.tolist()
    _write_csv(out, columns)
    notes = [note.to_json(lang) for note in esri_notes(read, network, result, stop)]
    best = sorted(range(len(result.index)), key=lambda i: -result.index[i])[:_TOP]
    top = [{name: column[i] for name, column in columns.items()} for i in best]
    if as_json:
        value: dict[str, Any] = {
            "schema": "esri/1",
            "method": METHOD,
            "stop": stop,
            "function": function,
            "market_shares": shares,
            "firms": network.firms,
            "links": network.links,
            "shocks": len(result.index),
            "unsettled": result.unsettled,
            "notes": notes,
            "top": top,
            "out": str(out),
        }
        click.echo(json.dumps(value, ensure_ascii=False))
        return
    for row in top:
        click.echo(f"{row['esri']:.6f}  {next(iter(row.values()))}")
    for note in notes:
        click.echo(note["text"])
    click.echo(str(out))


@impact.command()
@click.argument("flows", type=click.Path(path_type=Path))
@click.option("--ban", "banned", multiple=True, help="A sector whose goods are barred (repeats).")
@click.option(
    "--buyer", "buyers", multiple=True, help="A sector of the market that bars (repeats)."
)
@click.option(
    "--demand",
    multiple=True,
    type=float,
    help="Final demand that ends with the ban, one for each --ban.",
)
@click.option("--lang", type=LANG, default="en", show_default=True, help="Language of the notes.")
@_JSON
@click.option("--out", type=click.Path(path_type=Path), required=True, help="OUT.csv.")
def sectors(
    flows: Path,
    banned: tuple[str, ...],
    buyers: tuple[str, ...],
    demand: tuple[float, ...],
    lang: str,
    as_json: bool,
    out: Path,
) -> None:
    """What output is lost if a sector of an input-output table is gone, or barred from a market.

    FLOWS.csv has sector, a column for each sector in the same order, and final_demand. Without
    --ban, OUT.csv tells for every sector what its loss would cost in all.
    """
    from alnage.impact.sectors import Leontief, read_flows
    from alnage.model import Reason

    if out.suffix.casefold() != ".csv":
        raise OptionError("out_suffix", file=str(out), known=[".csv"])
    if not banned and (buyers or demand):
        raise OptionError("sectors_ban_missing")
    table = Leontief(read_flows(flows))
    names, output = list(table.flows.sectors), table.output.tolist()
    total: dict[str, Any] = {}
    if banned:
        loss = table.ban(banned, buyers, demand)
        lost = loss.by_sector.tolist()
        _write_csv(out, {"sector": names, "output": output, "lost_at_most": lost})
        total = {"lost_at_least": loss.at_least, "lost_at_most": loss.at_most}
    else:
        lost = table.extractions().tolist()
        columns = {"sector": names, "output": output, "lost_at_least": output}
        _write_csv(out, {**columns, "lost_at_most": lost})
    notes = [
        Reason("sectors_model", {"sectors": len(names)}).to_json(lang),
        Reason("sectors_aggregation").to_json(lang),
    ]
    if as_json:
        value = {"schema": "sectors/1", "sectors": len(names), "output": sum(output)}
        told = {**value, "banned": list(banned), **total, "notes": notes, "out": str(out)}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, number in total.items():
        click.echo(f"{name}  {number:,.6g}")
    for note in notes:
        click.echo(note["text"])
    click.echo(str(out))


def _columns(
    edges: EdgeList, shocks: Sequence[Shock] | None, result: EsriResult
) -> dict[str, list[Any]]:
    """The columns of OUT.csv by name."""
    names: dict[str, list[Any]] = (
        {"firm": list(edges.firms)}
        if shocks is None
        else {
            "group": [shock.name for shock in shocks],
            "firms": [len(shock.firms) for shock in shocks],
        }
    )
    return {
        **names,
        "esri": result.index.tolist(),
        "esri_downstream": result.downstream.tolist(),
        "esri_upstream": result.upstream.tolist(),
    }


def _write_csv(out: Path, columns: dict[str, list[Any]]) -> None:
    """Whole or not at all; no cell that a spreadsheet would run."""
    from alnage.sources import neutral

    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])
    part.replace(out)
