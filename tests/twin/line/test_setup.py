"""Setups: their mean from what to what, and what is drawn."""

from __future__ import annotations

import pytest

from twin.line.distributions import Constant, Exponential, Lognormal
from twin.line.setup import Setup
from twin.line.station import Station

MATRIX = Setup.model_validate({"changeover": {"a": {"b": "20 min", "c": "1 min"}, "b": {"a": "5 min"}}})


@pytest.mark.parametrize(
    ("before", "after", "seconds"),
    [("a", "b", 1200), ("a", "c", 60), ("b", "a", 300), ("a", "a", 0), ("b", "c", 0), ("c", "a", 0), (None, "a", 0)],
)
def test_a_matrix_gives_the_mean_of_each_change_and_none_where_it_names_none(
    before: str | None, after: str | None, seconds: float
) -> None:
    assert MATRIX.mean_between(before, after) == seconds


def test_one_time_is_that_of_any_change() -> None:
    setup = Setup.model_validate({"time": {"exponential": {"mean": "10 min"}}, "between": "orders", "share": "70 %"})

    assert setup.drawn == Exponential(600.0)
    assert (setup.mean_between("A1", "A2"), setup.mean_between("A1", "A1"), setup.share) == (600, 0, 0.7)


def test_a_matrix_is_spread_by_a_factor() -> None:
    assert MATRIX.drawn == Constant(1.0)
    spread = MATRIX.model_dump(mode="json", exclude_none=True) | {"spread": {"lognormal": {"mean": "1", "cv": "0.3"}}}
    assert Setup.model_validate(spread).drawn == Lognormal(1.0, 0.3)


def test_an_option_changes_the_setup_as_a_whole_and_keeps_it_where_it_says_nothing() -> None:
    station = Station.model_validate(
        {
            "cycle": "12 s",
            "setup": {"time": "20 min", "crew": {"setter": "1"}},
            "automation": {
                "quick": {"setup": {"time": "2 min"}},
                "robot": {"cycle": {"per_piece": "9 s"}},
            },
        }
    )
    quick, robot = station.with_option("quick"), station.with_option("robot")

    assert quick.setup == Setup.model_validate({"time": "2 min"})
    assert robot.setup == station.setup
    assert robot.ideal == 9
