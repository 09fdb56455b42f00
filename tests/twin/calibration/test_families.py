from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from twin.calibration.families import Fit, anderson_darling, fit_families, fit_law, refit
from twin.calibration.likelihood import FAMILIES
from twin.line.distributions import Constant, Empirical, Exponential, Gamma, Lognormal, Weibull

RNG = np.random.default_rng(20)
SKEWED = RNG.gamma(2.0, 30.0, 80)


def candidate(fit: Fit, family: str) -> tuple[float, float | None, float | None]:
    return next((each.aic, each.ad, each.p_value) for each in fit.candidates if each.family == family)


def test_akaike_by_hand() -> None:
    # Exponential of mean 20: ln L = -3 ln 20 - 3, one parameter.
    fit = fit_families([10.0, 20.0, 30.0], families=["exponential"], samples=0)
    assert fit.distribution == Exponential(20)
    assert fit.aic == pytest.approx(2 + 6 * math.log(20) + 6)
    # Lognormal of logarithms 0, 1, 2: mu 1, sigma^2 2/3; ln L = -3 ln(sigma sqrt(2 pi)) - 3/2 - sum of the logarithms.
    fit = fit_families(np.exp([0.0, 1.0, 2.0]), families=["lognormal"], samples=0)
    likelihood = -1.5 * math.log(2 / 3 * 2 * math.pi) - 1.5 - 3
    assert fit.aic == pytest.approx(4 - 2 * likelihood)


def test_akaike_by_hand_with_censored_values() -> None:
    # 60 watched in all and two events: mean 30; ln L = -2 ln 30 - 60/30.
    fit = fit_families([10, 20, 30], censored=[0, 1, 0], families=["exponential"])
    assert (fit.distribution, fit.n, fit.censored) == (Exponential(30), 3, 1)
    assert fit.aic == pytest.approx(2 + 4 * math.log(30) + 4)
    assert (fit.ad, fit.p_value) == (None, None)


def test_censored_values_are_fitted_by_the_families_that_allow_them() -> None:
    fit = fit_families(SKEWED, censored=SKEWED > 100)
    assert {each.family for each in fit.candidates} == {"exponential", "gamma", "weibull", "lognormal"}


def test_a_family_that_knows_no_censored_values_is_not_asked() -> None:
    with pytest.raises(ValueError, match="none of the families takes censored values"):
        fit_families(SKEWED, censored=SKEWED > 100, families=["normal"])


def test_a_gamma_of_censored_values_is_found_again() -> None:
    times = np.random.default_rng(3).gamma(0.5, 200.0, 4000)
    fit = fit_families(np.minimum(times, 150.0), censored=times > 150.0, samples=0, families=["gamma"])
    # Mean 100 and shape 0.5; a standard error of the mean is about 100 * sqrt(2 / 4000), more with a third unseen.
    assert fit.distribution.mean == pytest.approx(100, abs=5 * 4)
    assert fit.distribution.variance == pytest.approx(100**2 / 0.5, rel=0.25)


def test_few_beside_censored_ones_show_a_mean_alone() -> None:
    fit = fit_law([10.0, 1.0, 300.0, 200.0], censored=[0, 0, 1, 1], samples=0)
    assert fit.distribution == Exponential(511 / 2)


def test_heaped_values_name_none_of_the_log() -> None:
    assert fit_law([60.0] * 8 + [500.0, 900.0], samples=0).family == "gamma"


def test_a_normal_in_name_only_is_no_candidate() -> None:
    scattered = 60 * np.abs(np.random.default_rng(2).standard_normal(200))  # half a normal is likeliest as such
    assert "normal" not in {each.family for each in fit_families(scattered).candidates}
    assert fit_families(scattered, families=["normal"]).family == "normal"


def test_the_statistic_is_scipys() -> None:
    normal = 100 + 5 * RNG.standard_normal(60)
    wanted = stats.anderson(normal, "norm", method="interpolate").statistic
    # SciPy divides by n - 1, the likeliest deviation by n: its parameters are given here.
    assert anderson_darling(stats.norm(normal.mean(), normal.std(ddof=1)).cdf(normal)) == pytest.approx(wanted)
    wanted = stats.anderson(SKEWED, "expon", method="interpolate").statistic
    assert candidate(fit_families(SKEWED, samples=0), "exponential")[1] == pytest.approx(wanted)


def test_the_p_value_is_that_of_the_tables() -> None:
    # M. A. Stephens, JASA 69 (1974) 730-737, table 1.3: exponential of unknown mean, A^2 (1 + 0.6/n) passes 1.321 in
    # 5 % of samples. Among 400 samples of an exponential 20 +- 5 x 4.4 have p < 0.05, whatever the table says.
    values = np.random.default_rng(3).exponential(40, (400, 20))
    fits = [fit_families(row, families=["exponential"], samples=99) for row in values]
    small = sum(fit.p_value is not None and fit.p_value <= 0.05 for fit in fits)
    beyond = sum(fit.ad is not None and fit.ad * (1 + 0.6 / 20) > 1.321 for fit in fits)
    assert abs(small - 20) < 22
    assert abs(beyond - 20) < 22
    assert abs(small - beyond) < 15


def test_candidates_stand_in_the_order_of_akaikes_criterion() -> None:
    fit = fit_families(SKEWED)
    criteria = [each.aic for each in fit.candidates]
    assert criteria == sorted(criteria)
    assert {each.family for each in fit.candidates} == set(FAMILIES) - {"normal"}
    best = fit.candidates[0]
    assert (fit.distribution, fit.family, fit.aic) == (best.distribution, best.family, best.aic)
    assert (fit.ad, fit.p_value, fit.n, fit.censored) == (best.ad, best.p_value, 80, 0)


@pytest.mark.parametrize(
    ("family", "values"),
    [
        ("lognormal", RNG.lognormal(3, 0.8, 400)),
        ("gamma", RNG.gamma(0.5, 60, 2000)),
        ("weibull", 50 * RNG.weibull(3.5, 2000)),
        ("normal", 100 + 8 * RNG.standard_normal(3000)),
    ],
)
def test_the_family_that_made_the_values_is_found_and_believed(family: str, values: np.ndarray) -> None:
    fit = fit_families(values)
    assert fit.family == family
    assert fit.p_value is not None
    assert fit.p_value > 0.01
    p_value_of_another = candidate(fit, "exponential" if family == "lognormal" else "lognormal")[2]
    assert p_value_of_another is not None
    assert p_value_of_another < 0.02


def test_one_parameter_is_not_outdone_by_two_that_say_no_more() -> None:
    # An exponential is a Weibull and a gamma of shape 1: with these free, 2 ln L rises by a chi-squared of 1 degree of
    # freedom, above 24 once in a million times; each costs Akaike's criterion 2.
    fit = fit_families(np.random.default_rng(6).exponential(40, 400))
    exponential, weibull, gamma = (candidate(fit, name)[0] for name in ("exponential", "weibull", "gamma"))
    assert min(weibull, gamma) - exponential > -22
    assert max(weibull, gamma) - exponential <= 2 + 1e-6
    assert candidate(fit, "lognormal")[0] > exponential + 22


def test_the_same_values_give_the_same_answer_whatever_else_is_tried() -> None:
    alone = fit_families(SKEWED, families=["gamma"])
    assert candidate(fit_families(SKEWED), "gamma") == candidate(alone, "gamma")
    assert fit_families(SKEWED) == fit_families(SKEWED)


def test_more_values_than_are_simulated_at_once_give_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fit_families(SKEWED)
    monkeypatch.setattr("twin.calibration.families._BLOCK", 80 * 7)
    assert fit_families(SKEWED) == whole


def test_values_all_equal_are_a_constant() -> None:
    assert fit_families([3600.0] * 4) == Fit(Constant(3600), "constant", 4, 0)
    assert fit_families([3600.0] * 4, scale_free=True).distribution == Constant(1)
    assert fit_families([7.0]).distribution == Constant(7)


def test_values_that_are_mostly_one_are_kept_as_they_are() -> None:
    heaped = [60.0] * 6 + [30.0, 90.0, 90.0, 120.0]
    fit = fit_families(heaped)
    assert fit == Fit(Empirical((30.0, 60.0, 90.0, 120.0), (1.0, 6.0, 2.0, 1.0)), "empirical", 10, 0)
    assert fit_families(heaped, scale_free=True).distribution.mean == pytest.approx(1)
    assert fit_families(heaped[1:]).family == "empirical"
    assert fit_families(heaped[2:]).family != "empirical"
    assert fit_families(heaped, censored=[False] * 9 + [True]).family != "empirical"


def test_a_spread_has_a_mean_of_one_and_keeps_its_shape() -> None:
    plain, spread = fit_families(SKEWED), fit_families(SKEWED / 7, scale_free=True)
    for absolute, free in zip(plain.candidates, spread.candidates, strict=True):
        assert free.distribution.mean == pytest.approx(1)
        assert free.distribution.variance == pytest.approx(
            absolute.distribution.variance / absolute.distribution.mean**2
        )
        assert (free.family, free.p_value) == (absolute.family, absolute.p_value)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_refit_is_the_fit(family: str) -> None:
    fit = fit_families(SKEWED, families=[family], samples=0)
    assert refit(family, SKEWED) == fit.distribution
    assert refit(family, SKEWED, scale_free=True).mean == pytest.approx(1)


def test_a_refit_of_what_is_no_family_is_plain() -> None:
    assert refit("constant", [1.0, 2.0]) == Constant(1.5)
    assert refit("empirical", [2.0, 1.0, 2.0]) == Empirical((1.0, 2.0), (1.0, 2.0))
    assert refit("constant", [3.0, 3.0], scale_free=True) == Constant(1)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_sample_of_one_value_again_and_again_can_be_refitted(family: str) -> None:
    fitted = refit(family, [12.0] * 9)
    assert fitted.mean == pytest.approx(12, rel=0.01)
    if family != "exponential":
        assert math.sqrt(fitted.variance) / fitted.mean < 0.002


def test_censored_refits_use_what_was_watched() -> None:
    hidden = SKEWED > 60
    times = np.minimum(SKEWED, 60)
    for kind in (Exponential, Weibull, Lognormal):
        assert refit(kind.name, times, censored=hidden).mean > 1.1 * refit(kind.name, times).mean


@pytest.mark.parametrize(
    ("values", "censored"), [([], None), ([1.0, 2.0], [1, 1]), ([0.0, 1.0], None), ([1.0, math.nan], None)]
)
def test_what_holds_nothing_to_fit_is_refused(values: list[float], censored: list[int] | None) -> None:
    with pytest.raises(ValueError, match="value is"):
        fit_families(values, censored=censored)
    with pytest.raises(ValueError, match="value is"):
        refit("gamma", values, censored=censored)


def test_a_gamma_of_a_shape_known_is_told_from_its_neighbours() -> None:
    # The standard error of the shape k of a gamma over n values is sqrt(k / (n (k trigamma(k) - 1))).
    shape, count = 2.5, 2000
    fitted = refit("gamma", np.random.default_rng(8).gamma(shape, 10, count))
    assert isinstance(fitted, Gamma)
    trigamma = 0.4903577561  # of 2.5: pi^2/2 - 4 - 4/9
    error = math.sqrt(shape / (count * (shape * trigamma - 1)))
    assert abs(fitted.shape - shape) < 5 * error
