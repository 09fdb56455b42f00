"""Which ways of a line with very many are shown, and how."""

from __future__ import annotations

from itertools import pairwise

import pytest

from support.crowded import NAMES, crowded_line
from twin.line.diagram import edge_label, layout, share_text
from twin.line.diagram_text import flow_text
from twin.line.diagram_ways import is_crowded, lots_on, main_stations, main_ways, shares
from twin.line.line import Line
from twin.line.route import OUT


def row(many: int) -> Line:
    names = [f"s{place}" for place in range(many)]
    return Line.model_validate(
        {
            "line": "row",
            "stations": {name: {"cycle": "1 s"} for name in names},
            "route": [{"from": name, "to": to} for name, to in zip(names, [*names[1:], OUT], strict=True)],
        }
    )


@pytest.mark.parametrize(("line", "found"), [(row(60), False), (crowded_line(), True)])
def test_it_is_many_ways_a_station_that_make_a_crowd(line: Line, *, found: bool) -> None:
    assert is_crowded(line) is found


def test_each_way_takes_its_share_of_what_comes_in() -> None:
    lots, taken = lots_on(crowded_line()), shares(crowded_line())

    assert lots["station_1->station_2"] == pytest.approx(0.6)
    assert lots["station_2->station_3"] == pytest.approx(0.6 * 0.6)
    assert taken["station_2->station_3"] == pytest.approx(0.6)
    assert sum(lots[edge.name] for edge in crowded_line().edges if edge.to == OUT) == pytest.approx(1)


def test_of_products_the_share_is_that_of_those_that_are_bound_to_a_way() -> None:
    line = Line.model_validate(
        {
            "line": "x",
            "source": {"orders": {"every": "1 h", "product": {"p": "0.7", "q": "0.3"}}},
            "products": {"p": {"route": ["a", "b"]}, "q": {"route": ["a"]}},
            "stations": {name: {"cycle": "1 s"} for name in "ab"},
        }
    )

    assert shares(line) == {"a->b": pytest.approx(0.7), "b->out": pytest.approx(1), "a->out": pytest.approx(0.3)}


def test_the_main_ways_carry_much_or_are_the_likeliest_of_a_station() -> None:
    line = crowded_line()
    found = {edge.name for edge in main_ways(line, NAMES)}

    assert {f"{name}->{after}" for name, after in pairwise(NAMES)} <= found
    assert {"station_1->station_3", "station_8->out"} <= found
    assert not {"station_1->station_4", "station_1->station_6", "station_6->out"} & found
    assert all(edge.to in {"station_2", OUT} for edge in main_ways(line, ["station_1", "station_2"]))


def test_the_main_stations_are_those_that_one_lot_in_ten_passes() -> None:
    line = crowded_line()
    rare = line.model_copy(update={"source": line.source.model_copy(update={"into": {"station_8": 1.0}})})

    assert main_stations(line) == NAMES
    assert main_stations(rare) == ("station_8",)


def test_a_drawing_shows_the_main_ways_with_their_share_and_counts_the_rest() -> None:
    line = crowded_line()
    found = layout(line)

    assert {link.edge.name for link in found.links} == {edge.name for edge in main_ways(line, NAMES)}
    assert found.left_out == len(line.edges) - len(found.links) > 0
    assert edge_label(found.links[0]) == "60 %"
    assert layout(row(60)).left_out == 0


def test_the_text_has_a_row_for_each_station_that_fits_the_page() -> None:
    rows = flow_text(crowded_line(), width=72).splitlines()
    said = " ".join(" ".join(rows).split())

    assert rows[0].split() == ["station", "waits", "goes", "on", "to"]
    assert max(map(len, rows)) <= 72
    assert "station_1 1.2 h station_2 60 %, station_3 25 %, 3 more 15 %" in said
    assert "station_7 1.2 h station_8 60 %, out 40 %" in said
    assert "station_8 – out" in said
    assert flow_text(crowded_line(), ascii_only=True).isascii()


def test_a_share_that_is_hardly_there_is_no_nought() -> None:
    assert (share_text(0.0099), share_text(0.0101), share_text(0.25)) == ("<1 %", "1 %", "25 %")
