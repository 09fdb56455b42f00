from __future__ import annotations

import pytest

from twin.line.names import NAME, listed, nearest, path_text


@pytest.mark.parametrize("name", ["press", "P", "robot_cell", "line-2", "A1"])
def test_plain_names_are_names(name: str) -> None:
    assert NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", "2press", "hot press", "_x", "a/b", "a.b", "é", "a=b", "a,b", "a>b", "press\n"])
def test_names_that_topics_and_files_cannot_carry_are_none(name: str) -> None:
    assert NAME.fullmatch(name) is None


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    assert nearest("PRESS", ["weld", "Press"]) == '"PRESS"; did you mean Press?'


def test_long_lists_of_names_are_cut() -> None:
    assert listed("abcdefghij") == "a, b, c, d, e, f, g, h, ..."
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a or b"


def test_an_edge_is_placed_by_its_ends_where_it_has_both() -> None:
    route = [{"from": "press", "to": "out"}, {"from": "press"}, "press"]
    assert path_text(("route", 0, "buffer"), route) == "route.press->out.buffer"
    assert path_text(("route", 1, "to"), route) == "route.2.to"
    assert path_text(("route", 2), route) == "route.3"
    assert path_text(("source", "into", 0), route) == "source.into.1"
