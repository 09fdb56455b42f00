"""Layout of the flow, and the flow as text."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.line.diagram import edge_label, gaps, layout
from twin.line.diagram_text import flow_text
from twin.line.line import Line


def line(stations: str, *route: dict[str, object]) -> Line:
    return Line.model_validate(
        {"line": "example", "stations": {name: {"cycle": "1 s"} for name in stations.split()}, "route": list(route)}
    )


def way(start: str, end: str, **keys: object) -> dict[str, object]:
    return {"from": start, "to": end, **keys}


def where(drawn: Line) -> dict[str, tuple[int, float]]:
    return {place.name: (place.column, place.lane) for place in layout(drawn).places}


ROW = line(
    "a b c", way("a", "b", buffer="1"), way("b", "c"), way("c", "b", probability="0.1", rework="true"), way("c", "out")
)

TWO_FEEDS = line(
    "a b c d e",
    way("a", "b"), way("b", "e"), way("c", "d"), way("d", "e"), way("e", "out"),
)  # fmt: skip

BYPASS = line(
    "a b c",
    way("a", "b", probability="0.7", buffer="5"), way("a", "c", buffer="9"), way("b", "c"), way("c", "out"),
)  # fmt: skip


def test_a_row_stands_in_one_lane() -> None:
    assert where(ROW) == {"a": (0, 0), "b": (1, 0), "c": (2, 0), "out": (3, 0)}


def test_rework_is_a_return_below_and_moves_no_column() -> None:
    back = [link for link in layout(ROW).links if link.depth is not None]

    assert [(link.edge.name, link.depth, link.probability) for link in back] == [("c->b", 0, 0.1)]


def test_what_products_are_bound_to_is_drawn_and_says_for_whom() -> None:
    drawn = Line.model_validate(
        {
            "line": "example",
            "source": {"orders": {"every": "1 h", "product": {"p": "0.6", "q": "0.4"}}},
            "products": {"p": {"route": ["a", "b", "c"]}, "q": {"route": ["a", "c"]}},
            "stations": {name: {"cycle": "1 s"} for name in "abc"},
            "route": [
                way("a", "b", buffer="3", delay="8 h"),
                way("c", "a", probability="0.1", rework="true"),
            ],
        }
    )

    assert [(link.edge.name, edge_label(link)) for link in layout(drawn).links] == [
        ("a->b", "3, wait 8 h, p"),
        ("c->a", "10 %"),
        ("b->c", "∞"),
        ("c->out", ""),
        ("a->c", "∞, q"),
    ]
    assert where(drawn) == {"a": (0, 0.5), "b": (1, 0), "c": (2, 0.5), "out": (3, 0.5)}


def test_very_many_products_are_counted() -> None:
    routes = {f"p{number}": {"route": ["a", "b"]} for number in range(5)} | {"q": {"route": ["a"]}}
    drawn = Line.model_validate(
        {
            "line": "example",
            "source": {"orders": {"every": "1 h", "product": dict.fromkeys(routes, "0.1666666666666")}},
            "products": routes,
            "stations": {name: {"cycle": "1 s"} for name in "ab"},
            "route": [],
        }
    )

    assert [edge_label(link) for link in layout(drawn).links] == ["∞, 5 products", "", "q"]


def test_feeds_have_lanes_and_meet_between_them() -> None:
    assert where(TWO_FEEDS) == {"a": (0, 0), "b": (1, 0), "c": (0, 1), "d": (1, 1), "e": (2, 0.5), "out": (3, 0.5)}
    assert layout(TWO_FEEDS).fed == ("a", "c")


def test_a_way_round_a_station_has_a_lane_of_its_own() -> None:
    drawn = layout(BYPASS)

    assert where(BYPASS) == {"a": (0, 0.5), "b": (1, 0), "c": (2, 0.5), "out": (3, 0.5)}
    assert [link.lanes for link in drawn.links] == [(), (1.0,), (), ()]
    assert [len(gap.steps) for gap in gaps(drawn)] == [2, 2, 1]


def test_a_rework_station_off_the_line_stands_beside_it() -> None:
    drawn = line(
        "weld inspect repair",
        way("weld", "inspect"), way("inspect", "repair", probability="0.1", rework="true"), way("inspect", "out"),
        way("repair", "inspect", rework="true"),
    )  # fmt: skip
    back = [link.edge.name for link in layout(drawn).links if link.depth is not None]

    assert back == ["repair->inspect"]
    assert where(drawn)["repair"][0] == 2


def test_a_loop_without_the_word_rework_is_closed_by_what_goes_back_in_the_file() -> None:
    drawn = line("a b c", way("c", "a", probability="0.1"), way("a", "b"), way("b", "c"), way("c", "out"))

    assert [link.edge.name for link in layout(drawn).links if link.depth is not None] == ["c->a"]
    assert where(drawn)["c"] == (2, 0)


def test_a_station_may_send_parts_back_to_itself() -> None:
    drawn = line("a b", way("a", "b"), way("b", "b", probability="0.2", rework="true"), way("b", "out"))

    assert [link.depth for link in layout(drawn).links] == [None, 0, None]


def test_returns_over_each_other_stand_at_different_depths() -> None:
    drawn = line(
        "a b c d e",
        way("a", "b"), way("b", "c"), way("c", "d"), way("d", "e"), way("e", "out"),
        way("e", "a", probability="0.1", rework="true"), way("b", "a", probability="0.1", rework="true"),
        way("e", "d", probability="0.1", rework="true"),
    )  # fmt: skip

    depths = {link.edge.name: link.depth for link in layout(drawn).links if link.depth is not None}
    assert depths == {"b->a": 0, "e->d": 0, "e->a": 1}


def test_the_way_out_stands_behind_the_last_station() -> None:
    drawn = line("a b c", way("a", "out", probability="0.5"), way("a", "b"), way("b", "c"), way("c", "out"))

    assert where(drawn)["out"][0] == 3


@st.composite
def graphs(draw: st.DrawFn) -> Line:
    names = [f"s{place}" for place in range(draw(st.integers(1, 8)))]
    pairs = draw(
        st.lists(st.tuples(st.sampled_from(names), st.sampled_from([*names, "out"])), max_size=16, unique=True)
    )
    ways = [way(start, end, rework=str(draw(st.booleans())).lower()) for start, end in pairs]
    return line(" ".join(names), *(ways or [way(names[0], "out")]))


@given(graphs())
def test_of_any_route_every_station_has_a_place_of_its_own_and_forward_edges_go_right(drawn: Line) -> None:
    found = layout(drawn)
    places = where(drawn)

    assert set(places) == {*drawn.stations, "out"}
    for column in {column for column, _ in places.values()}:
        lanes = sorted(lane for other, lane in places.values() if other == column)
        assert all(later - earlier > 1 - 1e-9 for earlier, later in itertools.pairwise(lanes))
    assert min(lane for _, lane in places.values()) >= 0
    for link in found.links:
        span = places[link.edge.to][0] - places[link.edge.from_][0]
        assert (span > 0) == (link.depth is None)
        assert len(link.lanes) == (span - 1 if link.depth is None else 0)


@given(graphs(), st.integers(20, 200))
def test_of_any_route_the_text_names_every_station(drawn: Line, width: int) -> None:
    text = flow_text(drawn, width=width, ascii_only=True)

    assert text.isascii()
    assert set(drawn.stations) <= set(
        text.replace("+", " ").replace("-", " ").replace(">", " ").replace("|", " ").split()
    )


def test_a_row_as_text() -> None:
    assert flow_text(ROW).splitlines() == [
        "a ─1──▶ b ─∞──▶ c ─90 % leave──▶ out",
        "c ┄ 10 % ┄▶ b   rework",
    ]


def test_lines_that_meet_are_joined() -> None:
    assert flow_text(TWO_FEEDS).splitlines() == [
        "a ─∞───▶ b ─∞─┐",
        "              ├▶ e ───▶ out",
        "c ─∞───▶ d ─∞─┘",
    ]


def test_a_way_round_is_drawn_through() -> None:
    assert flow_text(BYPASS).splitlines() == [
        "    ┌─5, 70 %─▶ b ─∞─┐",
        "a ──┤                ├▶ c ───▶ out",
        "    └─9, 30 %────────┘",
    ]


def test_a_long_flow_goes_on_in_a_next_block_within_the_width() -> None:
    names = [f"station{place}" for place in range(9)]
    drawn = line(" ".join(names), *(way(a, b, buffer="4") for a, b in itertools.pairwise(names)), way(names[-1], "out"))
    rows = flow_text(drawn, width=60).splitlines()

    assert [len(row) <= 60 for row in rows] == [True, True, True]
    assert rows[0] == "station0 ─4──▶ station1 ─4──▶ station2 ─4──▶ station3 ─4──▶"
    assert rows[-1] == "station8 ───▶ out"


def test_only_ascii_where_only_ascii_can_be_written() -> None:
    assert flow_text(ROW, ascii_only=True).splitlines() == [
        "a -1--> b -~--> c -90 % leave--> out",
        "c - 10 % -> b   rework",
    ]


def test_edges_that_find_no_room_for_their_label_are_told_below() -> None:
    drawn = line(
        "a b c d",
        way("a", "c", probability="0.4", buffer="1"), way("a", "d", buffer="2"),
        way("b", "c", probability="0.3", buffer="3"), way("b", "d", buffer="4"),
        way("c", "out"), way("d", "out"),
    )  # fmt: skip

    assert flow_text(drawn).splitlines()[-4:] == [
        "a ┄ 1, 40 % ┄▶ c",
        "a ┄ 2, 60 % ┄▶ d",
        "b ┄ 3, 30 % ┄▶ c",
        "b ┄ 4, 70 % ┄▶ d",
    ]


@pytest.mark.parametrize(
    ("keys", "label"),
    [
        ({"buffer": "1000"}, "1,000"),
        ({}, "∞"),
        ({"buffer": "220", "transport": "12 min"}, "220, 12 min"),
    ],
)
def test_a_label_tells_places_and_time(keys: dict[str, object], label: str) -> None:
    drawn = line("a b", way("a", "b", **keys), way("b", "out"))

    assert edge_label(layout(drawn).links[0]) == label


def test_what_is_not_in_the_diagram_has_no_place() -> None:
    with pytest.raises(KeyError):
        layout(ROW).place("d")
