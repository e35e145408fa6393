"""The chain of an entry as one picture: what flowed where, and what is known about it.

Every ribbon is as wide as the content it carries and is split into four bands:
restricted (of the traced group), undocumented, unresolved (of possibly listed parties)
and outside the group as recorded. The bands differ by colour and by texture, so the
picture survives a grey printer. Listed sites have a double border, possibly listed ones
a dashed one. Pointing at a band tells material, share and event ids; a band whose row is
in the report leads to it.

    chain (findings.json) ── layout.arrange ──> Picture ── sankey ──> SVG text
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from alnage.report import svg
from alnage.report.layout import NODE_WIDTH, PITCH, Flow, Node, Picture, Placed, Ribbon, arrange
from alnage.report.reading import Json
from alnage.report.wording import Wording, language

_LABEL = 160.0  # pixels for a name beside its node
_EVENTS_NAMED = 12
Rows = Collection[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What every stroke of one picture needs to know."""

    say: Wording
    picture: Picture
    prefix: str
    kilograms: float | None
    rows: Rows


def sankey(
    chain: Json,
    lang: str,
    *,
    title: str,
    quantity_kg: float | None = None,
    rows: Rows = (),
) -> str:
    """Draw a chain of ``findings.json`` as SVG text.

    ``chain`` has ``nodes`` and ``links`` (shares are fractions of the target);
    ``quantity_kg`` is the mass of the target, shown beside shares where it is known;
    ``rows`` are the (file, row) that the page holds, so that bands may lead to them.

    Raises:
        OptionError: for a language without a catalogue.

    >>> picture = sankey({"nodes": [], "links": [{"from": "gin", "to": "mill",
    ...     "material": "lint", "content": 1, "restricted": 0.25}]}, "en", title="E-1")
    >>> picture[:4], picture.count('class="band'), "25 %" in picture
    ('<svg', 2, True)
    """
    say = Wording(language(lang))
    picture = arrange(chain)
    prefix = svg.mark(title, lang, repr(chain))
    back = [ribbon for ribbon in picture.ribbons if ribbon.back]
    lanes = sum(ribbon.flow.content * picture.scale + 8 for ribbon in back)
    bottom = picture.bottom + (lanes + 22 if back else 0)
    width = max(picture.left + PITCH * max(picture.columns - 1, 0) + NODE_WIDTH + _LABEL + 8, 700)
    legend, legend_height = _legend(say, prefix, width, bottom + 30)
    sheet = _Sheet(say, picture, prefix, quantity_kg, rows)
    parts = [
        svg.opening(
            width, bottom + 30 + legend_height, title, _described(say, picture, title), prefix
        ),
        svg.patterns(prefix),
        _heads(say, picture),
        *(_forward(sheet, ribbon) for ribbon in _front_last(picture)),
        *_backward(sheet, back),
        *(_node(say, box, prefix, picture.crowded) for box in picture.nodes),
        legend,
        "</svg>",
    ]
    return "".join(parts)


def _described(say: Wording, picture: Picture, title: str) -> str:
    """What a screen reader says: how many sites, and how the last step divides."""
    last = [r.flow for r in picture.ribbons if not _flows_on(picture, r.flow.target)]
    sums = [sum(flow.shares[index] for flow in last) for index in range(4)]
    told = ", ".join(
        say.t("kind_share", kind=_kind(say, kind), share=say.share(share))
        for kind, share in zip(svg.KINDS, sums, strict=True)
        if share > 0
    )
    sites = sum(max(box.node.merged, 1) for box in picture.nodes)
    return say.t("sankey_described", title=title, sites=sites, shares=told or say.t("not_known"))


def _flows_on(picture: Picture, node: str) -> bool:
    return any(r.flow.source == node and not r.back for r in picture.ribbons)


def _kind(say: Wording, kind: str) -> str:
    keys = {
        "restricted": "kind_restricted",
        "undocumented": "kind_undocumented",
        "unresolved": "kind_unresolved",
        "outside": "kind_outside",
    }
    return say.t(keys[kind])


def _heads(say: Wording, picture: Picture) -> str:
    if not picture.nodes:
        return f'<text x="0" y="30">{svg.text_of(say.t("chain_empty"))}</text>'
    heads = []
    for column in range(picture.columns):
        last = picture.columns - 1
        if column == last:
            text = say.t("column_target")
        elif column == 0:
            text = say.t("column_origin", tier=last)
        else:
            text = say.t("column_tier", tier=last - column)
        heads.append(
            f'<text x="{svg.number(picture.left + PITCH * column)}" y="18" font-size="11" '
            f'fill="{svg.MUTED}" letter-spacing=".03em">{svg.text_of(text)}</text>'
        )
    return "".join(heads)


def _front_last(picture: Picture) -> list[Ribbon]:
    """Wide ribbons first, so that thin ones stay on top and can be pointed at."""
    forward = [ribbon for ribbon in picture.ribbons if not ribbon.back]
    return sorted(forward, key=lambda r: (-r.flow.content, r.flow.source, r.flow.target))


def _told(sheet: _Sheet, flow: Flow, kind: str, share: float) -> str:
    """The tooltip of a band: kind, share, mass, material, events."""
    say = sheet.say
    events = list(flow.events[:_EVENTS_NAMED])
    if len(flow.events) > _EVENTS_NAMED:
        events.append(say.t("and_more", count=len(flow.events) - _EVENTS_NAMED))
    mass = ""
    if sheet.kilograms is not None:
        mass = say.t("of_target_kg", mass=say.kilograms(sheet.kilograms * share))
    line = say.t(
        "band_told",
        kind=_kind(say, kind),
        share=say.share(share),
        mass=mass,
        material=", ".join(flow.materials) or say.t("not_known"),
    )
    where = say.t("band_events", events=", ".join(events)) if events else ""
    return f"{line} {where}".strip()


def _band(sheet: _Sheet, flow: Flow, attributes: str, told: str) -> str:
    """A shape with its tooltip, inside a link if the page holds one of its rows."""
    shape = f"<path {attributes}><title>{svg.text_of(told)}</title></path>"
    held = next((row for row in flow.rows if row in sheet.rows), None)
    if held is None:
        return shape
    label = svg.text_of(sheet.say.row({"file": held[0], "row": held[1]}))
    return f'<a href="#{anchor(*held)}" aria-label="{label}">{shape}</a>'


def anchor(file: str, row: int) -> str:
    """The id of a cited row on a page; distinct files and rows have distinct ids.

    >>> anchor("movements.csv", 12)
    'row-movements.csv-12'
    >>> anchor('a"b c.csv', 2)
    'row-a_22b_20c.csv-2'
    """
    safe = "".join(
        c if c.isascii() and (c.isalnum() or c in ".-") else f"_{ord(c):x}" for c in file
    )
    return f"row-{safe}-{row}"


def _forward(sheet: _Sheet, ribbon: Ribbon) -> str:
    """A ribbon to the right: its bands as closed shapes, one below the other."""
    flow, picture, n = ribbon.flow, sheet.picture, svg.number
    x0 = picture.by_id[flow.source].x + NODE_WIDTH
    x1 = picture.by_id[flow.target].x
    half = (x0 + x1) / 2
    y0, y1 = ribbon.y0, ribbon.y1
    out = []
    if flow.content <= 0:  # recorded, though nothing that is traced passed
        out.append(
            f'<path class="bare" d="M{n(x0)} {n(y0)}C{n(half)} {n(y0)} {n(half)} {n(y1)} {n(x1)} {n(y1)}" '
            f'fill="none" stroke="{svg.MUTED}" stroke-dasharray="2 3"/>'
        )
    for kind, share in zip(svg.KINDS, flow.shares, strict=True):
        if share <= 0:
            continue
        h = share * picture.scale
        curve = (
            f"M{n(x0)} {n(y0)}C{n(half)} {n(y0)} {n(half)} {n(y1)} {n(x1)} {n(y1)}"
            f"V{n(y1 + h)}C{n(half)} {n(y1 + h)} {n(half)} {n(y0 + h)} {n(x0)} {n(y0 + h)}Z"
        )
        # A thread of its own colour keeps the thinnest band visible.
        body = (
            f'class="band {kind}" data-width="{h:.4f}" d="{curve}" '
            f'fill="{svg.fill(sheet.prefix, kind)}" stroke="{svg.COLOURS[kind]}" stroke-width=".6"'
        )
        out.append(_band(sheet, flow, body, _told(sheet, flow, kind, share)))
        y0, y1 = y0 + h, y1 + h
    return f'<g class="flow"><title>{_ends(sheet, flow)}</title>{"".join(out)}</g>'


def _ends(sheet: _Sheet, flow: Flow) -> str:
    ends = (flow.source, flow.target)
    source, target = (_name(sheet.say, sheet.picture.by_id[end].node) for end in ends)
    return svg.text_of(sheet.say.t("flow_ends", source=source, target=target))


def _backward(sheet: _Sheet, back: list[Ribbon]) -> list[str]:
    """Back arcs: out to the right, below everything, in from the left, each in its own lane."""
    out = []
    lane = sheet.picture.bottom + 18
    for ribbon in back:
        whole = ribbon.flow.content * sheet.picture.scale
        out.append(_arc(sheet, ribbon, lane, whole))
        lane += whole + 8
    return out


def _arc(sheet: _Sheet, ribbon: Ribbon, lane: float, whole: float) -> str:
    flow, n = ribbon.flow, svg.number
    x0 = sheet.picture.by_id[flow.source].x + NODE_WIDTH
    x1 = sheet.picture.by_id[flow.target].x
    used, shapes = 0.0, []
    for kind, share in zip(svg.KINDS, flow.shares, strict=True):
        if share <= 0:
            continue
        h = share * sheet.picture.scale
        at = used + h / 2
        # Nested: the band on top at the ends runs outermost, so bands never cross.
        reach, low = 14 + whole - at, lane + whole - at
        y0, y1 = ribbon.y0 + at, ribbon.y1 + at
        curve = (
            f"M{n(x0)} {n(y0)}C{n(x0 + reach)} {n(y0)} {n(x0 + reach)} {n(low)} {n(x0)} {n(low)}"
            f"H{n(x1)}C{n(x1 - reach)} {n(low)} {n(x1 - reach)} {n(y1)} {n(x1)} {n(y1)}"
        )
        body = (
            f'class="band back {kind}" data-width="{h:.4f}" d="{curve}" fill="none" '
            f'stroke="{svg.fill(sheet.prefix, kind)}" stroke-width="{n(max(h, 1.2))}"'
        )
        shapes.append(_band(sheet, flow, body, _told(sheet, flow, kind, share)))
        used += h
    middle, centre = (x0 + x1) / 2, lane + whole / 2
    arrow = (
        f'<path d="M{n(middle + 4)} {n(centre - 5)}L{n(middle - 4)} {n(centre)}'
        f'L{n(middle + 4)} {n(centre + 5)}" fill="none" stroke="{svg.INK}" stroke-width="1.6"/>'
    )
    return f'<g class="flow"><title>{_ends(sheet, flow)}</title>{"".join(shapes)}{arrow}</g>'


def _name(say: Wording, node: Node) -> str:
    if not node.merged:
        return node.name
    key = "more_marked" if node.marked else "more"
    return say.t(key, count=node.merged, marked=node.marked)


def _marks(say: Wording, node: Node) -> list[str]:
    told = []
    if node.listed != "no":
        told.append(say.t("word_listed" if node.listed == "yes" else "word_possible"))
    if node.member != "no":
        told.append(say.t("word_member" if node.member == "yes" else "word_member_possible"))
    return told


def _border(x: float, y: float, h: float, extra: str) -> str:
    n = svg.number
    return (
        f'<rect x="{n(x - 3.5)}" y="{n(y - 3.5)}" width="{n(NODE_WIDTH + 7)}" height="{n(h + 7)}" '
        f'rx="2" fill="none" stroke="{svg.INK}" stroke-width="1.4" {extra}/>'
    )


def _box(x: float, y: float, h: float, node: Node, prefix: str) -> str:
    """The rectangle: filled as members are, bordered as listings are."""
    n = svg.number
    paint = {"yes": svg.fill(prefix, "restricted"), "possible": svg.fill(prefix, "unresolved")}
    shape = (
        f'<rect x="{n(x)}" y="{n(y)}" width="{n(NODE_WIDTH)}" height="{n(h)}" rx="1" '
        f'fill="{paint.get(node.member, "#3c5560")}" stroke="{svg.INK}" stroke-width="1"/>'
    )
    if node.listed == "yes":
        return shape + _border(x, y, h, 'class="listed"')
    if node.listed == "possible":
        return shape + _border(x, y, h, 'class="possible" stroke-dasharray="3 2.4"')
    return shape


def _node(say: Wording, box: Placed, prefix: str, crowded: bool) -> str:
    node = box.node
    name, place = _name(say, node), node.region or node.country
    marks = _marks(say, node)
    under = " · ".join(filter(None, [place, *marks]))
    full = ". ".join(filter(None, [name, place, node.party, *marks]))
    lines: list[tuple[str, float]]
    if crowded:
        # The name gives way, so that the place stays readable; marks are in the border.
        place = f" · {place}" if place else ""
        lines = [(svg.fit(name, 10.5, _LABEL - svg.width_of(place, 10.5)) + place, 10.5)]
    else:
        lines = [(name, 12.0), (under, 10.5)] if under else [(name, 12.0)]
    shape = _box(box.x, box.y, box.height, node, prefix)
    label = _label(box.x + NODE_WIDTH + 6, box.middle, lines)
    return f'<g class="node"><title>{svg.text_of(full)}</title>{shape}{label}</g>'


def _label(x: float, middle: float, lines: list[tuple[str, float]]) -> str:
    """Lines of text cut to their room, on a pale plate so that they read on any texture."""
    n = svg.number
    cut = [(svg.fit(text, size, _LABEL), size) for text, size in lines]
    wide = min(max(svg.width_of(text, size) for text, size in cut), _LABEL) + 6
    tall = 13.0 * len(cut) + 2
    top = middle - tall / 2
    plate = (
        f'<rect x="{n(x)}" y="{n(top)}" width="{n(wide)}" height="{n(tall)}" rx="3" '
        f'fill="#fff" fill-opacity=".84"/>'
    )
    out = [plate]
    for index, (text, size) in enumerate(cut):
        strong = ' font-weight="600"' if size == 12 else ' fill="#33444c"'
        out.append(
            f'<text x="{n(x + 3)}" y="{n(top + 11 + 13 * index)}" font-size="{n(size)}"{strong}>'
            f"{svg.text_of(text)}</text>"
        )
    return "".join(out)


def _legend(say: Wording, prefix: str, width: float, top: float) -> tuple[str, float]:
    """What textures and borders mean."""
    marks = (
        (say.t("legend_listed"), Node("", "", listed="yes")),
        (say.t("legend_possible"), Node("", "", listed="possible")),
        (say.t("legend_member"), Node("", "", member="yes")),
        (say.t("legend_site"), Node("", "")),
    )
    entries = [(_kind(say, kind), _swatch(prefix, kind)) for kind in svg.KINDS]
    entries += [(text, _box(9, -9, 10, node, prefix)) for text, node in marks]
    return svg.legend(entries, width, top)


def _swatch(prefix: str, kind: str) -> str:
    return (
        f'<rect x="0" y="-10" width="28" height="13" fill="{svg.fill(prefix, kind)}" '
        f'stroke="{svg.INK}" stroke-width=".7"/>'
    )
