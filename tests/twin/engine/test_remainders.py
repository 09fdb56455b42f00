"""What is left of a time: drawn given how long it has lasted, from every family."""

from __future__ import annotations

import numpy as np
import pytest

from twin.engine.remainders import as_long_again, at_any_moment, remainders
from twin.line.distributions import (
    Constant,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
    Weibull,
)

COUNT = 20_000
FAMILIES: list[Distribution] = [
    Uniform(4.0, 20.0),
    Triangular(2.0, 5.0, 30.0),
    Exponential(10.0),
    Erlang(10.0, 3),
    Gamma(10.0, 0.4),
    Lognormal(10.0, 1.2),
    Weibull(10.0, 3.0),
    Weibull(10.0, 0.6),
    Normal(10.0, 4.0),
    Empirical((3.0, 8.0, 12.0, 30.0)),
]


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    return float(values.mean()), float(values.std() / np.sqrt(len(values)))


@pytest.mark.parametrize("family", FAMILIES, ids=str)
@pytest.mark.parametrize("spent", [0.0, 7.0])
def test_what_is_left_is_that_of_the_times_that_last_so_long(family: Distribution, spent: float) -> None:
    rng = np.random.default_rng(5)
    times = np.asarray(family.quantile(rng.random(10 * COUNT)))

    left = remainders(family, spent, rng.random(COUNT))

    longer = times[times > spent] - spent
    mean, error = mean_and_error(longer)
    found, own_error = mean_and_error(left)
    assert left.min() >= 0
    assert abs(found - mean) <= 5 * np.hypot(error, own_error)
    for share in (0.25, 0.5, 0.9):
        below = np.mean(left <= np.quantile(longer, share))
        among = np.mean(longer <= np.quantile(longer, share))
        assert below == pytest.approx(among, abs=0.02)


@pytest.mark.parametrize("family", [*FAMILIES, Constant(10.0)], ids=str)
def test_a_time_met_at_any_moment_is_left_as_renewal_theory_says(family: Distribution) -> None:
    left = at_any_moment(family, np.random.default_rng(6), COUNT)

    mean, error = mean_and_error(left)
    exact = (family.variance + family.mean**2) / (2 * family.mean)
    # Long tails are cut at one time in 8,192.
    assert abs(mean - exact) <= 5 * error + 0.05 * exact


def test_what_has_lasted_too_long_is_over_or_drawn_anew() -> None:
    u = np.array([0.1, 0.9])

    assert remainders(Constant(10.0), 10.0000001, u).tolist() == [0.0, 0.0]
    assert remainders(Constant(10.0), 30.0, u).tolist() == [10.0, 10.0]
    assert np.all(remainders(Lognormal(10.0, 0.01), 1e6, u) < 11.0)
    assert at_any_moment(Constant(0.0), np.random.default_rng(1), 2).tolist() == [0.0, 0.0]
    assert as_long_again(60.0, np.array([0.5])).tolist() == [60.0]
