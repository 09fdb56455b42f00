"""The estimates against what is known: closed forms, SciPy's optimiser, lifelines, the truth they were drawn from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import LogNormalFitter, WeibullFitter
from scipy import optimize

from twin.calibration.likelihood import FAMILIES
from twin.line.distributions import DISTRIBUTIONS, Exponential, Gamma, Lognormal, Normal, Weibull

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.line.distributions import Distribution
    from twin.line.variates import Floats

TRUTH = {
    "exponential": Exponential(40),
    "gamma": Gamma(90, 2.5),
    "lognormal": Lognormal(25, 0.9),
    "weibull": Weibull(50, 0.7),
    "normal": Normal(30, 20),
}


def parameters(family: str, values: Floats, observed: NDArray[np.bool_] | None = None) -> list[float]:
    seen = np.ones(values.shape, bool) if observed is None else observed
    return [float(each[0, 0]) for each in FAMILIES[family].fit(values[None, :], seen[None, :])]


def sample(distribution: Distribution, count: int, seed: int = 1) -> Floats:
    return distribution.quantile(np.random.default_rng(seed).random(count))


def log_likelihood(family: str, values: Floats, observed: NDArray[np.bool_], wanted: list[float]) -> float:
    law = FAMILIES[family].law(*wanted)
    return float(np.where(observed, law.logpdf(values), law.logsf(values)).sum())


def test_every_family_is_one_of_a_line_files() -> None:
    assert set(FAMILIES) == set(TRUTH) <= set(DISTRIBUTIONS)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_law_and_what_a_line_file_writes_are_one(family: str) -> None:
    values = sample(TRUTH[family], 200)
    fitted = parameters(family, values)
    law, made = FAMILIES[family].law(*fitted), FAMILIES[family].made(*fitted)
    assert made.name == family
    np.testing.assert_allclose(made.cdf(values), law.cdf(values), rtol=1e-9)


@pytest.mark.parametrize(
    ("family", "hidden"),
    [(name, hidden) for name, family in FAMILIES.items() for hidden in ([False, True] if family.censored else [False])],
)
def test_no_other_parameters_are_likelier(family: str, hidden: bool) -> None:  # noqa: FBT001 -- a case of the test
    values = sample(TRUTH[family], 150)
    limits = sample(TRUTH[family], 150, seed=2) if hidden else np.full(150, np.inf)
    times, observed = np.minimum(values, limits), values <= limits
    found = parameters(family, times, observed)
    best = log_likelihood(family, times, observed, found)
    around = optimize.minimize(
        lambda logs: -log_likelihood(family, times, observed, list(np.exp(logs))),
        np.log(found) + 0.1, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10, "maxiter": 4000},
    )  # fmt: skip
    assert best >= -around.fun - 1e-7
    assert np.log(found) == pytest.approx(around.x, abs=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_truth_is_recovered_within_five_standard_errors(family: str) -> None:
    # The standard error is that of 400 samples of the same size, whose mean shows the bias too.
    truth, size = TRUTH[family], 400
    values = truth.quantile(np.random.default_rng(5).random((400, size)))
    found = FAMILIES[family].fit(values, np.ones(values.shape, bool))
    members = [FAMILIES[family].made(*map(float, row)) for row in np.hstack(found)]
    for moment in ("mean", "variance"):
        fitted = np.array([getattr(member, moment) for member in members])
        error = fitted.std(ddof=1)
        assert abs(fitted[0] - getattr(truth, moment)) < 5 * error
        # The bias of a maximum likelihood estimate is of order 1/n, below a third of its standard error here.
        assert abs(fitted.mean() - getattr(truth, moment)) < error / 3
        assert error < 0.5 * getattr(truth, moment)


def test_an_exponential_mean_is_the_time_watched_over_the_events() -> None:
    observed = np.array([True, False, True, False])
    assert parameters("exponential", np.array([10.0, 20.0, 30.0, 40.0]), observed) == [50.0]


def test_a_lognormal_is_mean_and_deviation_of_the_logarithms() -> None:
    median, sigma = parameters("lognormal", np.exp([1.0, 2.0, 6.0]))
    assert (math.log(median), sigma) == (pytest.approx(3), pytest.approx(math.sqrt(14 / 3)))


def test_a_normal_far_from_nought_is_the_plain_one() -> None:
    location, ratio = parameters("normal", np.array([99.0, 100.0, 104.0]))
    assert location == pytest.approx(101)
    assert location / ratio == pytest.approx(math.sqrt(14 / 3))


def test_censored_fits_are_those_of_lifelines() -> None:
    values, limits = sample(TRUTH["weibull"], 120, seed=3), sample(Exponential(80), 120, seed=4)
    times, observed = np.minimum(values, limits), values <= limits
    assert 30 < observed.sum() < 100
    weibull, lognormal = WeibullFitter().fit(times, observed), LogNormalFitter().fit(times, observed)
    assert parameters("weibull", times, observed) == pytest.approx([weibull.lambda_, weibull.rho_], rel=1e-4)
    wanted = [math.exp(lognormal.mu_), lognormal.sigma_]
    assert parameters("lognormal", times, observed) == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_many_samples_at_once_are_each_fitted_as_alone(family: str) -> None:
    values = TRUTH[family].quantile(np.random.default_rng(9).random((7, 30)))
    together = FAMILIES[family].fit(values, np.ones(values.shape, bool))
    alone = [parameters(family, row) for row in values]
    np.testing.assert_allclose(np.hstack(together), alone, rtol=1e-9)


@given(st.lists(st.floats(1e-3, 1e6), min_size=2, max_size=12), st.floats(1e-3, 1e3), st.data())
def test_any_values_can_be_fitted_and_another_unit_only_scales(
    drawn: list[float], factor: float, data: st.DataObject
) -> None:
    values = np.array(drawn)
    observed = np.array(data.draw(st.lists(st.booleans(), min_size=len(drawn), max_size=len(drawn))))
    observed[data.draw(st.integers(0, len(drawn) - 1))] = True
    for name, family in FAMILIES.items():
        seen = observed if family.censored else np.ones(len(drawn), bool)
        first, *shape = parameters(name, values, seen)
        made = family.made(first, *shape)
        assert math.isfinite(made.mean)
        assert made.mean > 0
        scaled_first, *scaled_shape = parameters(name, values * factor, seen)
        assert scaled_first == pytest.approx(first * factor, rel=1e-4)
        assert scaled_shape == pytest.approx(shape, rel=1e-4)
