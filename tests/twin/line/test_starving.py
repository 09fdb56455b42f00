"""Which assemblies can run dry for certain, which perhaps, and which never."""

from __future__ import annotations

import pytest

from twin.line.carrier_ways import held_at
from twin.line.line import Line
from twin.line.starving import fed_in_vain, starving

FORK = ["sort>left 5 0.5", "sort>right 5 0.5", "left>join 5", "right>join 5", "join>out"]


def line(*ways: str, **keys: object) -> Line:
    """A line of machines and an assembly, "join"; a way is written "a>b places share"."""
    route, names = [], []
    for way in ways:
        ends, *numbers = way.split()
        before, after = ends.split(">")
        names += [before, after]
        route.append(
            {"from": before, "to": after}
            | ({"buffer": numbers[0]} if numbers and numbers[0] != "-" else {})
            | ({"probability": numbers[1]} if len(numbers) > 1 else {})
        )
    stations: dict[str, object] = {name: {"cycle": "9 s"} for name in dict.fromkeys(names) if name != "out"}
    joins = {name: {"kind": "assembly", "cycle": "9 s"} for name in stations if name.startswith("join")}
    given = keys.pop("stations", {})
    assert isinstance(given, dict)
    return Line.model_validate({"line": "x", "stations": stations | joins | given, "route": route, **keys})


def certain(found: Line) -> list[bool]:
    return [each.is_certain for each in starving(found)]


def test_two_feeds_of_one_fork_starve_each_other_for_certain() -> None:
    [found] = starving(line(*FORK))
    assert found == ("join", "left", "right", "sort", True)


@pytest.mark.parametrize(
    "ways",
    [
        # Each feed comes from a station of its own.
        ["left>join 5", "right>join 5", "join>out"],
        # No way is ever full.
        ["sort>left - 0.5", "sort>right - 0.5", "left>join", "right>join", "join>out"],
        # What is not for one feed leaves the line, and the other one comes from elsewhere.
        ["sort>left 5 0.5", "sort>out - 0.5", "left>join 5", "right>join 5", "join>out"],
        # The feed that could run dry gets parts from elsewhere too, either way.
        [*FORK, "more>left 5", "else>right 5"],
    ],
)
def test_feeds_that_cannot_starve_are_let_be(ways: list[str]) -> None:
    assert certain(line(*ways)) == []


def test_a_way_without_limit_leaves_it_to_chance() -> None:
    ways = ["sort>left - 0.5", "sort>right 5 0.5", "left>join -", "right>join 5", "join>out"]
    assert certain(line(*ways)) == [False]


def test_a_store_without_limit_on_one_way_leaves_it_to_chance() -> None:
    store = {"left": {"kind": "storage"}}
    assert certain(line(*FORK, stations=store)) == [False]
    assert certain(line(*FORK, stations={"left": {"kind": "storage", "capacity": 90}})) == [True]


def test_carriers_bound_ways_without_limit() -> None:
    ways = [way.replace(" 5", " -") for way in FORK]
    pallets = {"pallet": {"number": 9, "from": "sort", "to": "join"}}
    assert certain(line(*ways)) == []
    assert certain(line(*ways, carriers=pallets)) == [True]
    assert certain(line(*ways, carriers={"pallet": {"number": 9, "from": "left", "to": "join"}})) == []


def test_two_forks_that_feed_both_starve_them_together() -> None:
    more = ["also>left 5 0.5", "also>right 5 0.5"]
    assert certain(line(*FORK, *more)) == [True]


def test_drawn_products_part_ways_as_chance_does_and_a_book_does_not() -> None:
    stations = {name: {"cycle": "9 s"} for name in ("sort", "left", "right")}
    bound = {
        "products": {"a": {"route": ["sort", "left", "join"]}, "b": {"route": ["sort", "right", "join"]}},
        "stations": stations | {"join": {"kind": "assembly", "cycle": "9 s"}},
    }
    ways = ["sort>left 5 0.5", "sort>right 5 0.5", "left>join 5", "right>join 5"]
    drawn = {"source": {"product": {"a": 0.5, "b": 0.5}}}
    assert certain(line(*ways, **bound, **drawn)) == [True]


def test_an_assembly_whose_feed_comes_from_itself_waits_for_ever() -> None:
    assert list(fed_in_vain(line("a>join 5", "join>b 5", "b>join 5 0.5", "b>out - 0.5"))) == [("join", "b")]
    assert list(fed_in_vain(line("a>join 5", "c>b 5", "join>b 5", "b>join 5 0.5", "b>out - 0.5"))) == []


def test_two_assemblies_that_wait_for_each_other_wait_for_ever() -> None:
    ways = ["a>join1 5", "join2>join1 5 0.5", "b>join2 5", "join1>join2 5 0.5", "join1>out - 0.5", "join2>out - 0.5"]
    assert list(fed_in_vain(line(*ways))) == [("join1", "join2"), ("join2", "join1")]


def test_a_feed_whose_way_nothing_takes_never_comes() -> None:
    ways = ["a>join 5 0", "a>out - 1", "b>join 5", "join>out"]
    assert list(fed_in_vain(line(*ways))) == [("join", "a")]


def held(found: Line) -> set[str]:
    return set(held_at(found, "pallet"))


def test_every_part_holds_a_carrier_from_where_it_takes_one_to_where_it_frees_it() -> None:
    pallets = {"pallet": {"number": 9, "from": "b", "to": "d"}}
    assert held(line("a>b", "b>c", "c>d", "d>e", "e>out", carriers=pallets)) == {"b", "c", "d"}
    # Some come to c past b, and hold none there.
    assert held(line("a>b - 0.5", "a>c - 0.5", "b>c", "c>d", "d>e", "e>out", carriers=pallets)) == {"b"}
    # What comes back from e to c has freed its own.
    assert held(line("a>b", "b>c", "c>d", "d>e", "e>c - 0.5", "e>out - 0.5", carriers=pallets)) == {"b"}
    assert held(line("a>b", "b>c", "c>d", "d>e", "e>b - 0.5", "e>out - 0.5", carriers=pallets)) == {"b", "c", "d"}


def test_what_is_cut_holds_none_and_what_is_joined_holds_what_a_feed_brings() -> None:
    pallets = {"pallet": {"number": 9, "from": "a", "to": "d"}}
    ways = ["a>c", "c>d", "d>out"]
    assert held(line(*ways, carriers=pallets, stations={"c": {"kind": "split", "parts": 2, "cycle": "9 s"}})) == {
        "a",
        "c",
    }
    assert held(line("a>join", "b>join", "join>d", "d>out", carriers=pallets)) == {"a", "join", "d"}
