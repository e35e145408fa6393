"""Puts findings before people: one page, one workbook, one summary, figures; two languages.

The room computes nothing about goods or law. It takes the findings as they are and makes
them readable for an importer, counsel or an official: every answer with its reasons, every
number with a sentence, every claim with the row or article it rests on.

    findings.json ─┬─ render_html ──> report.html        chain ── sankey ──> SVG
                   ├─ write_xlsx ───> findings.xlsx
                   └─ summary ──────> terminal
"""

from alnage.report.bars import bars
from alnage.report.enterprise import render_enterprise_html
from alnage.report.html import render_html
from alnage.report.sankey import sankey
from alnage.report.text import enterprise_summary, summary
from alnage.report.xlsx import write_xlsx

__all__ = [
    "bars",
    "enterprise_summary",
    "render_enterprise_html",
    "render_html",
    "sankey",
    "summary",
    "write_xlsx",
]
