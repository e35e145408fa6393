"""The chain as a picture: true widths, four textures, marks, hostile names, any size."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample import HOSTILE, cotton_chain, link, node, targets

from alnage.model import OptionError
from alnage.report import bars, sankey, svg
from alnage.report.layout import MOST_IN_COLUMN, arrange, in_columns, read_flows, read_nodes
from alnage.report.sankey import anchor

SVG = "{http://www.w3.org/2000/svg}"


def tree(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 (our own output)


def bands(root: ET.Element) -> list[ET.Element]:
    return [e for e in root.iter(f"{SVG}path") if e.get("class", "").startswith("band")]


def big_chain(seed: int, per_tier: list[int]) -> dict:
    draw = random.Random(seed)
    nodes, links = [], []
    last = len(per_tier) - 1
    for tier, count in enumerate(per_tier):
        for index in range(count):
            listed = "listed" if draw.random() < 0.02 else "no"
            nodes.append(
                node(
                    f"n{tier}-{index}", f"Mill {tier}-{index}", last - tier, "CN-SD", listed=listed
                )
            )
            if tier < last:
                to = f"n{tier + 1}-{draw.randrange(per_tier[tier + 1])}"
                links.append(
                    link(f"n{tier}-{index}", to, "lint", 1 / count, restricted=0.3 / count)
                )
    return {"nodes": nodes, "links": links}


def test_it_is_well_formed_and_described_in_both_languages() -> None:
    for lang, word in (("en", "Sites: 10"), ("zh", "共 10 个场所")):
        root = tree(sankey(cotton_chain(), lang, title="E-01"))
        assert root.get("role") == "img"
        ids = {e.get("id") for e in root.iter() if e.get("id")}
        assert set(root.get("aria-labelledby").split()) <= ids
        assert word in root.find(f"{SVG}desc").text


def test_bands_of_a_ribbon_add_up_to_its_content() -> None:
    chain = cotton_chain()
    picture = arrange(chain)
    root = tree(sankey(chain, "en", title="E-01"))
    drawn = [
        sum(float(b.get("data-width")) for b in bands(group))
        for group in root.iter(f"{SVG}g")
        if group.get("class") == "flow"
    ]
    wanted = [entry["content"] * picture.scale for entry in chain["links"]]
    assert sorted(drawn) == pytest.approx(sorted(wanted), abs=2e-3)


def test_each_kind_has_its_own_texture_not_only_its_own_colour() -> None:
    root = tree(sankey(cotton_chain(), "en", title="E-01"))
    tiles = {e.get("id").split("-", 1)[1]: e for e in root.iter(f"{SVG}pattern")}
    assert set(tiles) == set(svg.KINDS)
    textures = {
        kind: tuple(
            (c.tag, c.get("d"), c.get("cx"), c.get("r")) for c in tile if c.tag != f"{SVG}rect"
        )
        for kind, tile in tiles.items()
    }
    assert len(set(textures.values())) == 4
    for band in bands(root):
        kind = band.get("class").split()[-1]
        assert kind in (band.get("fill") + band.get("stroke"))


def test_the_four_colours_stay_apart_in_grey() -> None:
    def luminance(colour: str) -> float:
        r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    greys = sorted(luminance(colour) for colour in svg.COLOURS.values())
    assert min(b - a for a, b in pairwise(greys)) > 25


def test_listed_possible_and_member_sites_are_marked() -> None:
    root = tree(sankey(cotton_chain(), "en", title="E-01"))
    body = [e for e in root.iter(f"{SVG}g") if e.get("class") == "node"]
    by_name = {g.find(f"{SVG}title").text.split(".")[0]: g for g in body}
    spinner = by_name["Qingshan Spinning Co"]
    assert [r.get("class") for r in spinner.iter(f"{SVG}rect")].count("listed") == 1
    knitter = by_name["Thanh Binh Knitting"]
    dashed = [r for r in knitter.iter(f"{SVG}rect") if r.get("class") == "possible"]
    assert dashed[0].get("stroke-dasharray")
    gin = next(g for name, g in by_name.items() if "Mahe" in name)
    assert "restricted" in gin.find(f"{SVG}rect").get("fill")


def test_a_hostile_name_stays_text() -> None:
    picture = sankey(cotton_chain(), "en", title=HOSTILE)
    assert "<script" not in picture
    assert "\u202e" not in picture
    root = tree(picture)
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    assert any("<script>alert(1)</script>" in (e.text or "") for e in root.iter(f"{SVG}title"))


def test_tooltips_tell_material_share_mass_and_events() -> None:
    picture = sankey(cotton_chain(), "en", title="E-01", quantity_kg=12400)
    assert "24 % of the target (2,976 kg). Material: lint. Events: M-gin-xj-spin-a." in picture


def test_many_events_are_counted_not_listed() -> None:
    events = [f"M-{i}" for i in range(40)]
    chain = {"links": [link("a", "b", "lint", 1, events=events)]}
    assert "M-11, 28 more" in sankey(chain, "en", title="x")


def test_a_band_leads_to_a_row_that_the_page_holds_and_to_no_other() -> None:
    chain = cotton_chain()
    source = chain["links"][0]["sources"][0]
    held = (source["file"], source["row"])
    assert f'href="#{anchor(*held)}"' in sankey(chain, "en", title="x", rows={held})
    assert "href" not in sankey(chain, "en", title="x")


def test_back_arcs_run_to_the_left() -> None:
    back = [r.flow for r in arrange(cotton_chain()).ribbons if r.back]
    assert [(f.source, f.target) for f in back] == [("dye", "knit")]


def test_material_flows_to_the_right_whichever_way_tiers_count() -> None:
    for sign in (1, -1):
        chain = cotton_chain()
        for entry in chain["nodes"]:
            entry["tier"] *= sign
        columns = {p.node.id: p.node.column for p in arrange(chain).nodes}
        assert columns["gin-xj"] == 0
        assert columns["imp"] == 5


def test_without_tiers_columns_follow_the_longest_way_to_the_end() -> None:
    chain = cotton_chain()
    for entry in chain["nodes"]:
        del entry["tier"]
    flows = read_flows(chain)
    columns = {n.id: n.column for n in in_columns(read_nodes(chain, flows), flows)}
    assert columns["imp"] == max(columns.values())
    assert columns["gin-us"] < columns["spin-b"] < columns["knit"] < columns["dye"] < columns["cut"]


def test_it_is_reproducible() -> None:
    assert sankey(cotton_chain(), "zh", title="x") == sankey(cotton_chain(), "zh", title="x")
    shuffled = cotton_chain()
    shuffled["links"].reverse()
    shuffled["nodes"].reverse()
    boxes = [(p.node.id, p.x, p.y, p.height) for p in arrange(cotton_chain()).nodes]
    assert boxes == [(p.node.id, p.x, p.y, p.height) for p in arrange(shuffled).nodes]


def test_three_hundred_sites_are_merged_and_no_content_or_listed_site_is_lost() -> None:
    chain = big_chain(7, [150, 80, 40, 20, 9, 1])
    picture = arrange(chain)
    columns: dict[int, int] = {}
    for placed in picture.nodes:
        columns[placed.node.column] = columns.get(placed.node.column, 0) + 1
    assert max(columns.values()) == MOST_IN_COLUMN
    assert sum(max(p.node.merged, 1) for p in picture.nodes) == 300
    listed = {n["id"] for n in chain["nodes"] if n["listed"] == "listed"}
    assert listed
    assert listed <= {p.node.id for p in picture.nodes}
    total = sum(entry["content"] for entry in chain["links"])
    assert sum(r.flow.content for r in picture.ribbons) == pytest.approx(total)
    text = sankey(chain, "en", title="big")
    tree(text)
    assert "111 more" in text


def test_merged_listed_sites_are_still_counted() -> None:
    chain = big_chain(1, [60, 1])
    for entry in chain["nodes"]:
        entry["listed"] = "listed"
    assert "21 more, 21 of them marked" in sankey(chain, "en", title="x")


def test_names_in_a_column_never_overlap() -> None:
    for chain in (cotton_chain(), big_chain(3, [60, 30, 5, 1])):
        columns: dict[float, list] = {}
        for placed in arrange(chain).nodes:
            columns.setdefault(placed.x, []).append(placed)
        for boxes in columns.values():
            boxes.sort(key=lambda p: p.y)
            for above, below in pairwise(boxes):
                assert below.y >= above.y + above.height + 12


def test_a_link_without_shares_is_still_drawn() -> None:
    text = sankey({"links": [{"from": "a", "to": "b"}]}, "en", title="x")
    assert 'class="bare"' in text


def test_data_at_odds_hide_no_kind() -> None:
    chain = {
        "links": [{"from": "a", "to": "b", "content": 0.1, "restricted": 0.3, "undocumented": -1}]
    }
    (flow,) = read_flows(chain)
    assert flow.shares == (0.3, 0.0, 0.0, 0.0)


def test_an_empty_chain_says_so() -> None:
    assert "No chain could be drawn" in sankey({}, "en", title="x")


def test_an_unknown_language_names_those_there_are() -> None:
    with pytest.raises(OptionError, match="en, zh"):
        sankey({}, "fr", title="x")


names = st.text(max_size=12)
share = st.floats(0, 1, allow_nan=False)


@st.composite
def chains(draw: st.DrawFn) -> dict:
    ids = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True))
    nodes = [
        {
            "id": i,
            "name": draw(names),
            "tier": draw(st.none() | st.integers(-2, 5)),
            "listed": draw(st.sampled_from(["listed", "possible", "no", None])),
            "member": draw(st.sampled_from(["yes", "possible", "no"])),
            "region": draw(names),
        }
        for i in ids
    ]
    links = [
        {
            "from": draw(st.sampled_from(ids)),
            "to": draw(st.sampled_from(ids)),
            "content": draw(share),
            "restricted": draw(share),
            "undocumented": draw(share),
            "material": draw(names),
            "events": draw(st.lists(names, max_size=3)),
        }
        for _ in range(draw(st.integers(0, 12)))
    ]
    return {"nodes": nodes, "links": links}


@settings(max_examples=150, deadline=None)
@given(chains(), st.sampled_from(["en", "zh"]), names)
def test_any_chain_draws_well_formed_and_keeps_its_content(
    chain: dict, lang: str, title: str
) -> None:
    root = tree(sankey(chain, lang, title=title))
    picture = arrange(chain)
    wanted = sum(max(e["content"], e["restricted"] + e["undocumented"]) for e in chain["links"])
    drawn = sum(float(b.get("data-width")) for b in bands(root))
    assert drawn == pytest.approx(wanted * picture.scale, abs=1e-2)
    width, height = (float(root.get(k)) for k in ("width", "height"))
    for placed in picture.nodes:
        assert 0 <= placed.x < width
        assert placed.y >= 0
        assert placed.y + placed.height < height


def test_bars_show_interval_tick_and_textures() -> None:
    groups = targets()[3]["groups"]
    root = tree(bars(groups, "en"))
    intervals = [r for r in root.iter(f"{SVG}rect") if r.get("class") == "interval"]
    ticks = [p for p in root.iter(f"{SVG}path") if p.get("class") == "expected"]
    assert len(intervals) == len(ticks) == 2
    whole = float(intervals[0].get("width")) / 0.23
    assert float(intervals[1].get("width")) / whole == pytest.approx(0.05, rel=0.01)
    kinds = [r.get("class") for r in root.iter(f"{SVG}rect")]
    assert kinds.count("undocumented") == 2
    assert kinds.count("unresolved") == 1


def test_bars_leave_out_what_is_not_known() -> None:
    figure = bars([{"group": "region:CN-XJ"}], "en")
    assert 'class="interval"' not in figure
    assert "not known to not known" in figure


def test_figures_carry_no_script_font_or_address() -> None:
    for text in (sankey(cotton_chain(), "zh", title="x"), bars(targets()[3]["groups"], "zh")):
        assert not re.search(r"<script|@import|@font-face|<image|<use|javascript:|\son\w+=", text)
        assert set(re.findall(r"https?://[^\"' ]+", text)) == {"http://www.w3.org/2000/svg"}
