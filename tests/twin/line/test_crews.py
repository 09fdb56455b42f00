"""People: who can do what, and whether what is asked at once can be given."""

from __future__ import annotations

import pytest

from support.lines import describe
from twin.errors import InputError
from twin.line.crews import Pool, able, unmet
from twin.line.scenario import short_pools

POOLS = {"setter": Pool(also=("operator",)), "all-round": Pool(also=("operator", "setter"))}
POSTS = {"operator": 2, "setter": 1, "all-round": 1, "packer": 3}


@pytest.mark.parametrize(
    ("skill", "expected"),
    [
        ("operator", ("operator", "setter", "all-round")),
        ("setter", ("setter", "all-round")),
        ("all-round", ("all-round",)),
        ("packer", ("packer",)),
        ("welder", ()),
    ],
)
def test_specialists_are_asked_before_those_who_can_do_more(skill: str, expected: tuple[str, ...]) -> None:
    assert able(skill, POSTS, POOLS) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"operator": 4}, []),
        ({"operator": 5}, [("operator", 4)]),
        ({"operator": 3, "setter": 1}, []),
        ({"operator": 4, "setter": 1}, [("setter", 0)]),
        ({"setter": 2, "operator": 2}, []),
        ({"setter": 2, "operator": 3}, [("operator", 2)]),
        ({"packer": 4}, [("packer", 3)]),
        ({"welder": 1}, [("welder", 0)]),
    ],
)
def test_what_is_asked_at_once_is_shared_out_in_order(asked: dict[str, int], expected: list[tuple[str, int]]) -> None:
    assert list(unmet(asked, POSTS, POOLS)) == expected


def test_a_crew_may_be_larger_than_its_pool_if_others_can_do_its_work() -> None:
    stations = {"a": {"cycle": "10 s", "crew": {"operator": 2}}}
    route = [{"from": "a", "to": "out"}]

    line = describe(stations, route, operators={"operator": 1, "setter": 1}, pools={"setter": {"also": ["operator"]}})

    assert list(short_pools(line)) == []
    with pytest.raises(InputError, match="2 of operator are asked, the pool has 1"):
        describe(stations, route, operators={"operator": 1, "setter": 1})


def test_one_person_is_enough_for_each_machine_of_those_tended() -> None:
    stations = {"a": {"cycle": "10 s", "machines": 4, "crew": {"operator": 1}, "attend": 4}}

    line = describe(stations, [{"from": "a", "to": "out"}], operators={"operator": 1})

    assert list(short_pools(line)) == []
