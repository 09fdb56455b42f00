"""The drawing of a line: well formed, complete, nothing over anything else."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

import lines
from dashboards.flow import flow_parts, flow_svg
from dashboards.palette import STATES, TOKENS, Theme
from support.chairs import CHAIRS
from support.crowded import crowded_line
from twin.line.diagram import layout
from twin.line.line import Line
from twin.line.load import load_line, load_line_text

if TYPE_CHECKING:
    from collections.abc import Iterator

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 -- our own drawing


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


def cards(svg: str) -> dict[str, tuple[float, float, float, float]]:
    """Left, top, right and bottom of each station's card."""
    found = {}
    for group in parsed(svg).iter(f"{SVG}g"):
        if group.get("id", "").startswith("station-"):
            card = next(group.iter(f"{SVG}rect"))
            x, y, width, height = (float(card.attrib[key]) for key in ("x", "y", "width", "height"))
            found[group.attrib["id"].removeprefix("station-")] = (x, y, x + width, y + height)
    return found


def arrows(svg: str) -> Iterator[list[tuple[float, float]]]:
    """The corners of each edge."""
    for element in parsed(svg).iter(f"{SVG}path"):
        if element.get("marker-end"):
            numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", element.attrib["d"])]
            yield list(zip(numbers[::2], numbers[1::2], strict=True))


BRANCHED = Line.model_validate(
    {
        "line": "branched",
        "title": "Cells & packs <example>",
        "product": {"demand_per_year": "10000000"},
        "stations": {name: {"cycle": "4 s"} for name in ("mix_a", "mix_b", "stack", "weld", "glue", "test")},
        "route": [
            {"from": "mix_a", "to": "stack", "buffer": "10"},
            {"from": "mix_b", "to": "stack", "buffer": "0"},
            {"from": "stack", "to": "weld", "buffer": "5", "probability": "0.5"},
            {"from": "stack", "to": "glue", "probability": "0.3"},
            {"from": "stack", "to": "test", "buffer": "1000"},
            {"from": "weld", "to": "test"},
            {"from": "glue", "to": "test", "transport": "10 d"},
            {"from": "test", "to": "weld", "probability": "0.02", "rework": "true"},
            {"from": "test", "to": "out"},
        ],
    }
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", lines.names())
def test_every_reference_line_is_drawn_in_both_themes(name: str, theme: Theme) -> None:
    line = load_line(lines.path(name))
    svg = flow_svg(line, theme=theme)

    assert set(cards(svg)) == set(line.stations)
    assert {station.short or station.label or name for name, station in line.stations.items()} <= set(texts(svg))
    assert TOKENS["page"].on(theme) in svg


@pytest.mark.parametrize(
    "line", [BRANCHED, *(load_line(lines.path(name)) for name in lines.names())], ids=lambda line: line.line
)
def test_cards_stand_apart_and_inside_the_sheet(line: Line) -> None:
    svg = flow_svg(line)
    width, height = (float(parsed(svg).attrib[key]) for key in ("width", "height"))
    found = list(cards(svg).values())

    for place, (left, top, right, bottom) in enumerate(found):
        assert left >= 0
        assert top >= 0
        assert right <= width
        assert bottom <= height
        for other in found[place + 1 :]:
            assert right < other[0] or other[2] < left or bottom < other[1] or other[3] < top
    for corners in arrows(svg):
        assert all(0 <= x <= width and 0 <= y <= height for x, y in corners)


def test_each_edge_goes_from_card_to_card() -> None:
    svg = flow_svg(BRANCHED)
    found = cards(svg)
    ends = {(corners[0], corners[-1]) for corners in arrows(svg)}

    for edge in BRANCHED.route:
        if edge.to == "out" or edge.rework:
            continue
        (_, top, right, bottom), (left, other_top, _, other_bottom) = found[edge.from_], found[edge.to]
        assert any(
            start[0] == pytest.approx(right) and top < start[1] < bottom
            and end[0] == pytest.approx(left - 2) and other_top < end[1] < other_bottom
            for start, end in ends
        ), edge.name  # fmt: skip


def test_edges_that_meet_a_card_stand_apart() -> None:
    svg = flow_svg(BRANCHED)
    left = cards(svg)["test"][0]
    heights = sorted(corners[-1][1] for corners in arrows(svg) if corners[-1][0] == pytest.approx(left - 2))

    assert len(heights) == 3
    assert all(later - earlier >= 20 for earlier, later in itertools.pairwise(heights))


def test_a_return_is_dashed_and_says_its_share() -> None:
    svg = flow_svg(BRANCHED)

    assert svg.count("stroke-dasharray") == 1
    assert "2 % again" in texts(svg)


def test_labels_say_places_time_and_share() -> None:
    assert {"10", "5, 50 %", "∞, 30 %", "1,000, 20 %", "∞, 10 d", "98 % leave", "out"} <= set(texts(flow_svg(BRANCHED)))


def test_a_legend_says_what_the_numbers_mean() -> None:
    shown = texts(flow_svg(BRANCHED))
    every = {name: {"processing": 1.0} for name in BRANCHED.stations}

    assert any(text.startswith("Beside an arrow: ") for text in shown)
    assert any(text.startswith("Load: ") and text.endswith("the takt, 3.14 s.") for text in shown)
    assert not any(text.startswith("Load: ") for text in texts(flow_svg(BRANCHED, states=every)))


def test_a_buffer_without_limit_is_told_from_an_empty_one() -> None:
    # In the gauges of stack->glue, weld->test and glue->test, and beside weld->test, of which it says all.
    assert texts(flow_svg(BRANCHED)).count("∞") == 4


def test_the_bottleneck_is_told_and_may_be_given() -> None:
    def neck(svg: str) -> float:
        return next(
            float(text.attrib["x"]) for text in parsed(svg).iter(f"{SVG}text") if text.text == "limits the line"
        )

    found, given = flow_svg(BRANCHED), flow_svg(BRANCHED, bottleneck="glue")

    assert neck(found) == pytest.approx(cards(found)["test"][0] + 6)  # reworked parts pass it twice
    assert neck(given) == pytest.approx(cards(given)["glue"][0] + 6)


def test_a_load_over_the_takt_is_said_in_another_colour() -> None:
    # 10 million a year round the clock leave 3.15 s for each; the stations take 4 s.
    svg = flow_svg(BRANCHED)

    assert f'fill="{TOKENS["more"].light}"' in svg
    assert any(re.fullmatch(r"load 1\d\d %", text) for text in texts(svg))


def test_words_of_the_file_are_escaped() -> None:
    assert "Cells & packs <example>" in texts(flow_svg(BRANCHED))


def test_times_in_state_fill_the_strip() -> None:
    shares = {"processing": 0.6, "down": 0.1, "starved": 0.3}
    svg = flow_svg(BRANCHED, states={"weld": shares})
    strip = {
        box.attrib["fill"]: float(box.attrib["width"])
        for box in parsed(svg).iter(f"{SVG}rect")
        if box.get("fill", "").startswith("url(#state-")
    }
    left, _, right, _ = cards(svg)["weld"]

    assert set(strip) == {f"url(#state-{name})" for name in shares}
    assert sum(strip.values()) == pytest.approx(right - left - 18, abs=0.05)
    assert strip["url(#state-starved)"] == pytest.approx(3 * strip["url(#state-down)"], abs=0.05)
    assert "Running 60 %, Starved 30 %, Down 10 %" in svg


def test_every_state_has_a_fill() -> None:
    fills = {pattern.attrib["id"] for pattern in parsed(flow_svg(BRANCHED)).iter(f"{SVG}pattern")}

    assert fills == {f"state-{name}" for name in STATES}


def test_a_mean_level_fills_its_gauge() -> None:
    svg = flow_svg(BRANCHED, levels={"mix_a->stack": 5.0})

    assert "5 on average, 10 places" in svg
    filled = [
        box for box in parsed(svg).iter(f"{SVG}rect") if box.get("width") == "14.00" and box.get("height") == "15.0"
    ]
    assert len(filled) == 1


def test_the_drawing_needs_nothing_else() -> None:
    svg = flow_svg(BRANCHED)

    assert "<script" not in svg
    assert "<style" not in svg
    assert re.findall(r'(?:href|src)="', svg) == []


def test_of_very_many_ways_the_main_ones_are_drawn_with_their_share() -> None:
    line = crowded_line()
    svg = flow_svg(line)
    drawn, left_out = list(arrows(svg)), layout(line).left_out
    shown = texts(svg)

    assert len(drawn) == len(line.edges) - left_out + len(line.fed) * (len(line.fed) > 1)
    assert set(cards(svg)) == set(line.stations)
    assert {"60 %", "25 %"} <= set(shown)
    assert "∞" not in shown
    assert f"Beside an arrow: share of what leaves the station. {left_out} rarer ways are left out." in shown


def test_parts_of_a_flow_leave_stations_out_that_few_orders_pass() -> None:
    line = crowded_line()
    into = {"station_1": 0.05, "station_5": 0.95}
    parts = flow_parts(line.model_copy(update={"source": line.source.model_copy(update={"into": into})}))

    assert 'id="station-station_5"' in parts.drawn
    assert 'id="station-station_1"' not in parts.drawn
    assert "and 4 stations that few orders pass." in parts.legend[0]


def test_cards_say_what_a_station_is_and_the_legend_what_the_marks_mean() -> None:
    shown = texts(flow_svg(load_line_text(CHAIRS)))

    assert {"1.5 min, ×12", "2 × 50 s, 4+1", "40 s, belt 24", "6 min, batch 8", "2 h, store 200", "unattended"} <= set(
        shown
    )
    assert "∞, 3.67 % rejected" in shown
    assert [text for text in shown if text.startswith(("In a card", "Carriers"))] == [
        "In a card: ×12, parts made of one; 4+1, parts joined by feed; parts that a batch, belt or store holds.",
        "Carriers, pallet: 12, each held from load to unload",
    ]


def test_a_card_counts_those_who_tend_several_machines_as_whole_people() -> None:
    shown = texts(flow_svg(load_line_text(CHAIRS.replace("machines: 2, cycle: 50 s", "machines: 3, cycle: 50 s"))))

    assert "2 operators" in shown
