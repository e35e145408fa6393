"""Drawing primitives shared by the figures: four fills that differ by more than colour.

A figure is read on a screen, on a grey printout, by somebody who sees no red, and by a
screen reader. So each kind of content has a colour (far apart for all common kinds of
colour blindness) and a texture, and every shape has words. Figures are text: no script,
no font, no address outside the page.

    kind of content ── pattern() ──> <pattern id="…">     text ── fit() ──> cut to pixels
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Any

from alnage.report.reading import clean

KINDS = ("restricted", "undocumented", "unresolved", "outside")
# Luminance falls apart too: the four stay apart when printed in grey.
COLOURS = {
    "restricted": "#c2452d",
    "undocumented": "#8d86b8",
    "unresolved": "#e0b354",
    "outside": "#cfdcdd",
}
INK = "#1c2b33"
MUTED = "#5b6b73"
FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', "
    "'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
)
_TEXTURES = {
    "restricted": '<path d="M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6" stroke="#fff" stroke-width="1.7"/>',
    "undocumented": (
        '<circle cx="2" cy="2" r="1.25" fill="#2d2752"/><circle cx="6" cy="6" r="1.25" fill="#2d2752"/>'
    ),
    "unresolved": '<path d="M0 0 L8 8 M8 0 L0 8" stroke="#5d4300" stroke-width="1"/>',
    "outside": "",
}


def text_of(value: Any) -> str:
    """User text as XML text.

    >>> text_of("<b>A & B</b>")
    '&lt;b&gt;A &amp; B&lt;/b&gt;'
    """
    return escape(clean(value), quote=True)


def mark(*parts: str) -> str:
    """A short id that depends on nothing but ``parts``, so that figures are reproducible."""
    return "f" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:8]


def patterns(prefix: str) -> str:
    """The four fills as ``<defs>``; ids are ``PREFIX-KIND``.

    >>> patterns("f1").count("<pattern")
    4
    """
    tiles = "".join(
        f'<pattern id="{prefix}-{kind}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{COLOURS[kind]}"/>{_TEXTURES[kind]}</pattern>'
        for kind in KINDS
    )
    return f"<defs>{tiles}</defs>"


def fill(prefix: str, kind: str) -> str:
    """The fill of a kind of content."""
    return f"url(#{prefix}-{kind})"


def number(value: float) -> str:
    """A coordinate with at most two decimals.

    >>> number(3.0), number(3.14159)
    ('3', '3.14')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def width_of(text: str, size: float) -> float:
    """How many pixels ``text`` takes at ``size``, rather too many: no font is at hand."""
    total = 0.0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF":
            total += 1.0
        elif char.isupper() or char in "mw@%<>=+&":
            total += 0.8
        elif char in "ijltf.,:;'|!()[] ":
            total += 0.4
        else:
            total += 0.62
    return total * size


def fit(text: str, size: float, pixels: float) -> str:
    """``text`` cut to ``pixels`` at ``size``, with an ellipsis where it was cut.

    >>> fit("Spinning mill of the long name", 12, 60)
    'Spinnin…'
    """
    if width_of(text, size) <= pixels:
        return text
    while text and width_of(text + "…", size) > pixels:
        text = text[:-1]
    return text.rstrip() + "…"


def opening(width: float, height: float, title: str, described: str, prefix: str) -> str:
    """The root element with its title and description for screen readers."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" '
        f'width="{number(width)}" height="{number(height)}" role="img" '
        f'aria-labelledby="{prefix}-t {prefix}-d" font-family="{FONT}" font-size="12" fill="{INK}">'
        f'<title id="{prefix}-t">{text_of(title)}</title>'
        f'<desc id="{prefix}-d">{text_of(described)}</desc>'
    )


def legend(entries: Iterable[tuple[str, str]], width: float, top: float) -> tuple[str, float]:
    """Drawn samples with their meaning, wrapped to ``width``; returns SVG text and height.

    An entry is the meaning and a shape drawn around the baseline at x 0 to 28.
    """
    x, y, out = 0.0, top, []
    for text, shape in entries:
        step = 34 + width_of(text, 11) + 18
        if x and x + step > width:
            x, y = 0.0, y + 24
        out.append(
            f'<g transform="translate({number(x)} {number(y)})">{shape}'
            f'<text x="34" y="0" font-size="11">{text_of(text)}</text></g>'
        )
        x += step
    return f'<g class="legend">{"".join(out)}</g>', y - top + 14
