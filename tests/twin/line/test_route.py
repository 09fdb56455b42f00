from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twin.line.route import Edge, loops, probabilities, reachable


def edges(*ways: tuple[str, str, str | None]) -> list[Edge]:
    return [Edge.model_validate({"from": a, "to": b, "probability": share}) for a, b, share in ways]


def test_an_edge_is_named_by_its_ends_and_holds_without_limit_unless_told() -> None:
    edge = Edge.model_validate({"from": "press", "to": "weld"})
    assert (edge.name, edge.buffer, edge.transport, edge.probability, edge.rework) == (
        "press->weld",
        None,
        None,
        None,
        False,
    )


def test_a_way_without_probability_takes_what_the_others_leave() -> None:
    route = edges(("a", "b", None), ("b", "a", "5 %"), ("b", "c", "0.25"), ("b", "out", None), ("c", "out", "1"))
    assert probabilities(route) == (1.0, 0.05, 0.25, 0.7, 1.0)


def test_the_rest_is_never_below_nought() -> None:
    assert probabilities(edges(("a", "b", "0.7"), ("a", "c", "0.6"), ("a", "out", None))) == (0.7, 0.6, 0.0)


def test_loops_are_the_strongly_connected_sets_in_file_order() -> None:
    ways = {"a": ["b"], "b": ["c", "out"], "c": ["a", "d"], "d": ["d"], "e": ["a", "f"], "f": ["g"], "g": ["f"]}
    assert loops(ways) == [("a", "b", "c"), ("d",), ("f", "g")]


def test_a_line_without_a_way_back_has_no_loop() -> None:
    assert loops({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["out"]}) == []


def test_a_loop_of_thousands_of_stations_is_found_without_recursion() -> None:
    many = 20_000
    ways = {str(number): [str((number + 1) % many)] for number in range(many)}
    assert loops(ways) == [tuple(ways)]


graphs = st.dictionaries(st.sampled_from("abcdefg"), st.lists(st.sampled_from("abcdefg"), max_size=4))


@given(graphs)
def test_two_stations_share_a_loop_just_when_each_is_reached_from_the_other(ways: dict[str, list[str]]) -> None:
    def comes_to(a: str, b: str) -> bool:
        return b in reachable(ways.get(a, ()), ways)

    together = {(a, b) for loop in loops(ways) for a in loop for b in loop}
    assert together == {(a, b) for a in "abcdefg" for b in "abcdefg" if comes_to(a, b) and comes_to(b, a)}


def test_where_rejected_parts_have_an_edge_the_others_share_what_is_left() -> None:
    ways: list[dict[str, object]] = [
        {"from": "test", "to": "a", "probability": 0.5},
        {"from": "test", "to": "fix", "rejected": True},
        {"from": "test", "to": "out"},
        {"from": "fix", "to": "out"},
    ]
    route = [Edge.model_validate(way) for way in ways]

    assert probabilities(route, {"test": 0.2}) == (0.4, 0.2, 0.4, 1.0)
    assert probabilities(route) == (0.5, 0.0, 0.5, 1.0)
