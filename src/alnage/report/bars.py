"""Shares of a target by group as intervals: what can, must and probably does come from it.

One line a group. The upper track spans ``min`` to ``max`` with a tick at ``expected``;
the lower one shows, textured as in the chain, how much is undocumented or unresolved: the
part of the interval that better documents would narrow. No threshold is drawn, since no
share is one.

    groups (trace lines) ── bars ──> SVG text
"""

from __future__ import annotations

from collections.abc import Iterable

from alnage.report import svg
from alnage.report.reading import Json, number
from alnage.report.wording import Wording, language

_LEFT, _WIDE, _RIGHT = 290.0, 420.0, 190.0
_STEP = 46.0
_PALE = "#e9c9bf"


def bars(groups: Iterable[Json], lang: str) -> str:
    """Draw the trace lines of one target as SVG text.

    Each group has ``group``, ``min``, ``expected``, ``max``, ``undocumented``,
    ``unresolved``, fractions of the target; what is absent is not drawn and said so.

    Raises:
        OptionError: for a language without a catalogue.

    >>> figure = bars([{"group": "region:CN-XJ", "min": 0, "expected": 0.1, "max": 0.4}], "en")
    >>> "0 % to 40 %" in figure, 'class="expected"' in figure
    (True, True)
    """
    say = Wording(language(lang))
    lines = tuple(groups)
    prefix = svg.mark("bars", lang, repr(lines))
    bottom = 30 + _STEP * len(lines)
    legend, legend_height = _legend(say, prefix, bottom + 24)
    body = "".join(_line(say, line, 30 + _STEP * index, prefix) for index, line in enumerate(lines))
    return (
        svg.opening(
            _LEFT + _WIDE + _RIGHT,
            bottom + 24 + legend_height,
            say.t("bars_title"),
            say.t("bars_described"),
            prefix,
        )
        + svg.patterns(prefix)
        + _axis(say, bottom)
        + body
        + legend
        + "</svg>"
    )


def _at(share: float) -> float:
    return _LEFT + _WIDE * min(max(share, 0.0), 1.0)


def _axis(say: Wording, bottom: float) -> str:
    n = svg.number
    out = []
    for quarter in range(5):
        x = _at(quarter / 4)
        out.append(
            f'<path d="M{n(x)} 22V{n(bottom)}" stroke="#d5dcde" stroke-width="1"/>'
            f'<text x="{n(x)}" y="15" font-size="10.5" text-anchor="middle" '
            f'fill="{svg.MUTED}">{svg.text_of(say.share(quarter / 4))}</text>'
        )
    return "".join(out)


def _line(say: Wording, line: Json, top: float, prefix: str) -> str:
    n = svg.number
    name = svg.fit(say.group(line.get("group")), 12, _LEFT - 14)
    out = [f'<text x="0" y="{n(top + 18)}" font-weight="600">{svg.text_of(name)}</text>']
    low, high, expected = (number(line, key) for key in ("min", "max", "expected"))
    if low is not None and high is not None:
        wide = max(_at(high) - _at(low), 1.6)
        out.append(
            f'<rect class="interval" x="{n(_at(low))}" y="{n(top + 6)}" width="{n(wide)}" height="15" '
            f'rx="2" fill="{_PALE}" stroke="{svg.INK}" stroke-width="1"/>'
        )
    if expected is not None:
        out.append(
            f'<path class="expected" d="M{n(_at(expected))} {n(top + 2)}V{n(top + 25)}" '
            f'stroke="{svg.COLOURS["restricted"]}" stroke-width="3"/>'
        )
    x = _at(0)
    for kind in ("undocumented", "unresolved"):
        share = number(line, kind) or 0.0
        if share > 0:
            wide = max(_WIDE * min(share, 1.0), 1.2)
            out.append(
                f'<rect class="{kind}" x="{n(x)}" y="{n(top + 27)}" width="{n(wide)}" height="9" '
                f'fill="{svg.fill(prefix, kind)}" stroke="{svg.INK}" stroke-width=".6"/>'
            )
            x += wide
    side = _LEFT + _WIDE + 14
    out.append(f'<text x="{n(side)}" y="{n(top + 16)}">{svg.text_of(say.bounds(line))}</text>')
    under = say.t("expected_short", share=say.share(expected))
    out.append(
        f'<text x="{n(side)}" y="{n(top + 32)}" font-size="10.5" fill="{svg.MUTED}">'
        f"{svg.text_of(under)}</text>"
    )
    return f"<g>{''.join(out)}</g>"


def _legend(say: Wording, prefix: str, top: float) -> tuple[str, float]:
    interval = (
        f'<rect x="0" y="-10" width="28" height="12" rx="2" fill="{_PALE}" stroke="{svg.INK}"/>'
    )
    tick = f'<path d="M14 -13V5" stroke="{svg.COLOURS["restricted"]}" stroke-width="3"/>'
    entries = [(say.t("legend_interval"), interval), (say.t("legend_expected"), tick)]
    for kind, key in (("undocumented", "kind_undocumented"), ("unresolved", "kind_unresolved")):
        swatch = (
            f'<rect x="0" y="-9" width="28" height="10" fill="{svg.fill(prefix, kind)}" '
            f'stroke="{svg.INK}" stroke-width=".6"/>'
        )
        entries.append((say.t(key), swatch))
    return svg.legend(entries, _LEFT + _WIDE + _RIGHT, top)
