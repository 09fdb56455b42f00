"""Distributions: every family against quadrature, SciPy's own, a sample, and its text."""

from __future__ import annotations

import math
import pickle
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from scipy import integrate, stats

from twin.errors import InputError
from twin.line.distributions import (
    DISTRIBUTIONS,
    FORMS,
    Constant,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    TimeDistribution,
    Triangular,
    Uniform,
    Weibull,
    parse_distribution,
    write_distribution,
)
from twin.units import HOURLY_COST

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.line.variates import Floats

STANDARD_FAMILIES = {"constant", "uniform", "exponential", "gamma", "normal"}

# Each with SciPy's own distribution of the textbook parameters (None where the test of discrete values stands for it).
CASES: list[tuple[Distribution, stats.distributions.rv_frozen | None]] = [
    (Constant(12), None),
    (Constant(0), None),
    (Uniform(8, 20), stats.uniform(8, 12)),
    (Uniform(0, 1e-3), stats.uniform(0, 1e-3)),
    (Triangular(8, 10, 15), stats.triang(2 / 7, 8, 7)),
    (Triangular(8, 8, 15), stats.triang(0, 8, 7)),
    (Triangular(0, 15, 15), stats.triang(1, 0, 15)),
    (Exponential(2400), stats.expon(scale=2400)),
    (Erlang(30, 1), stats.expon(scale=30)),
    (Erlang(30, 4), stats.gamma(4, scale=7.5)),
    (Gamma(30, 0.7), stats.gamma(0.7, scale=30 / 0.7)),
    (Gamma(30, 400), stats.gamma(400, scale=30 / 400)),
    (Lognormal(12, 0.2), stats.lognorm(math.sqrt(math.log(1.04)), scale=12 / math.sqrt(1.04))),
    (Lognormal(180, 1), stats.lognorm(math.sqrt(math.log(2)), scale=180 / math.sqrt(2))),
    (Weibull(100, 0.7), stats.weibull_min(0.7, scale=100 / math.gamma(1 + 1 / 0.7))),
    (Weibull(100, 3.5), stats.weibull_min(3.5, scale=100 / math.gamma(1 + 1 / 3.5))),
    (Normal(12, 1), stats.truncnorm(-12, np.inf, 12, 1)),
    (Normal(12, 12), stats.truncnorm(-1, np.inf, 12, 12)),
    (Normal(1, 20), stats.truncnorm(-0.05, np.inf, 1, 20)),
    (Empirical((14, 9, 11, 11)), None),
    (Empirical((9, 11, 14), (0.5, 0.3, 0.2)), None),
    (Empirical((0, 3, 5), (1, 0, 3)), None),
]
ALL = pytest.mark.parametrize("distribution", [case for case, _ in CASES], ids=repr)
CONTINUOUS = pytest.mark.parametrize(
    ("distribution", "scipy_says"), [pytest.param(*case, id=repr(case[0])) for case in CASES if case[1] is not None]
)
DISCRETE = pytest.mark.parametrize("distribution", [case for case, scipy_says in CASES if scipy_says is None], ids=repr)


def standard_draws(distribution: Distribution, size: int, seed: int = 20261124) -> Floats:
    """Draw standard variates of the family that a distribution asks for."""
    generator = np.random.default_rng(seed)
    family, shape = distribution.standard
    if family == "gamma":
        return generator.standard_gamma(shape, size)
    draw = {
        "constant": np.zeros,
        "uniform": generator.random,
        "exponential": generator.standard_exponential,
        "normal": generator.standard_normal,
    }[family]
    return draw(size)


def test_every_family_is_tested_and_has_its_forms() -> None:
    assert {type(case) for case, _ in CASES} == set(DISTRIBUTIONS.values())
    assert set(FORMS) == set(DISTRIBUTIONS)


@ALL
def test_standard_variates_come_from_the_five_families(distribution: Distribution) -> None:
    family, shape = distribution.standard

    assert family in STANDARD_FAMILIES
    assert (shape > 0) == (family == "gamma")


@ALL
def test_mean_and_variance_are_those_of_the_cdf(distribution: Distribution) -> None:
    # E X = int (1 - F) dx and E X^2 = int 2 x (1 - F) dx, in pieces between quantiles: there a discrete cdf is level.
    tails = np.concatenate([10.0 ** -np.arange(14, 1, -1), np.linspace(0.05, 0.95, 19), 1 - 10.0 ** -np.arange(2, 15)])
    edges = np.unique([0, *distribution.quantile(tails)])

    def integral(weight: Callable[[Floats], Floats]) -> float:
        pieces = (
            integrate.fixed_quad(lambda x: weight(x) * (1 - distribution.cdf(x)), low, high, n=20)[0]
            for low, high in pairwise(edges)
        )
        return math.fsum(pieces)

    mean = integral(np.ones_like)
    assert distribution.mean == pytest.approx(mean, rel=1e-7)
    assert distribution.variance == pytest.approx(integral(lambda x: 2 * x) - mean**2, rel=1e-6, abs=1e-12)


@CONTINUOUS
def test_the_textbook_distribution_is_scipys(
    distribution: Distribution, scipy_says: stats.distributions.rv_frozen
) -> None:
    p = np.linspace(0.001, 0.999, 333)
    x = scipy_says.ppf(p)

    assert distribution.mean == pytest.approx(scipy_says.mean(), rel=1e-9)
    assert distribution.variance == pytest.approx(scipy_says.var(), rel=1e-9)
    np.testing.assert_allclose(distribution.cdf(x), p, rtol=1e-9)
    np.testing.assert_allclose(distribution.quantile(p), x, rtol=1e-9, atol=1e-12)


@CONTINUOUS
def test_the_quantile_inverts_the_cdf(distribution: Distribution, scipy_says: stats.distributions.rv_frozen) -> None:
    p = np.linspace(0, 1, 1001)[1:-1]

    np.testing.assert_allclose(distribution.cdf(distribution.quantile(p)), p, rtol=1e-11)
    assert distribution.quantile(0) == pytest.approx(scipy_says.support()[0], abs=1e-12)
    assert distribution.quantile(1) == pytest.approx(scipy_says.support()[1])


@DISCRETE
def test_the_quantile_is_the_least_value_whose_cdf_is_at_least_p(distribution: Distribution) -> None:
    p = np.linspace(0.001, 1, 1000)
    values = distribution.quantile(p)

    assert np.all(distribution.cdf(values) >= p)
    assert np.all(distribution.cdf(values - 1e-9) < p)


@ALL
def test_the_cdf_is_zero_below_zero_and_one_far_above(distribution: Distribution) -> None:
    assert distribution.cdf([-1e-300, -1, -math.inf]).tolist() == [0, 0, 0]
    assert distribution.cdf(1e14) == pytest.approx(1)


@CONTINUOUS
def test_a_sample_passes_kolmogorov_smirnov(
    distribution: Distribution, scipy_says: stats.distributions.rv_frozen
) -> None:
    del scipy_says
    sample = distribution.scaled(standard_draws(distribution, 20_000))

    # A right sampler fails here once in a million seeds; the seed is fixed.
    assert stats.kstest(sample, distribution.cdf).pvalue > 1e-6


@DISCRETE
def test_a_sample_of_single_values_passes_chi_square(distribution: Distribution) -> None:
    sample = distribution.scaled(standard_draws(distribution, 20_000))
    values, counts = np.unique(sample, return_counts=True)

    shares = distribution.cdf(values) - distribution.cdf(values - 1e-9)
    assert shares.sum() == pytest.approx(1)
    assert len(values) == 1 or stats.chisquare(counts, shares * 20_000).pvalue > 1e-6


@ALL
def test_no_variate_is_negative_or_infinite(distribution: Distribution) -> None:
    family, _ = distribution.standard
    edges = {"uniform": [0, 2**-53, 0.5, 1 - 2**-53], "normal": [-9, 0, 9]}.get(family, [0, 1e-300, 1, 40])

    variates = distribution.scaled(np.array([*edges, *standard_draws(distribution, 1000)], dtype=np.float64))
    assert np.all((variates >= 0) & np.isfinite(variates))


def test_a_draw_at_the_edge_takes_the_next_value_and_never_one_without_weight() -> None:
    weighted = Empirical((3, 5, 7), (0, 1, 1))

    assert weighted.scaled(np.array([0.0, 0.499, 0.5, 0.999])).tolist() == [5, 5, 7, 7]
    assert weighted.quantile([0.5, 0.501, 1]).tolist() == [5, 7, 7]


@ALL
def test_variates_do_not_depend_on_how_the_draws_are_cut_into_blocks(distribution: Distribution) -> None:
    draws = standard_draws(distribution, 4099)
    whole = distribution.scaled(draws)

    for cuts in ([1, 2, 3, 5, 8, 13, 1024, 2051], list(range(0, 4099, 7)), list(range(4099))):
        parts = [distribution.scaled(part) for part in np.split(draws, cuts)]
        assert np.concatenate(parts).tobytes() == whole.tobytes()
    assert distribution.scaled(draws[::3]).tobytes() == whole[::3].tobytes()


@ALL
def test_a_larger_draw_makes_no_smaller_variate(distribution: Distribution) -> None:
    assert np.all(np.diff(distribution.scaled(np.sort(standard_draws(distribution, 2000)))) >= 0)


@ALL
def test_what_is_written_as_yaml_is_read_back_equal(distribution: Distribution) -> None:
    text = yaml.safe_dump({"cycle": write_distribution(distribution)})

    # BaseLoader: every scalar as text, as in a line file.
    assert parse_distribution(yaml.load(text, Loader=yaml.BaseLoader)["cycle"]) == distribution  # noqa: S506


@ALL
def test_a_distribution_can_be_sent_to_another_process(distribution: Distribution) -> None:
    assert pickle.loads(pickle.dumps(distribution)) == distribution  # noqa: S301 -- of our own making
    assert hash(distribution) == hash(pickle.loads(pickle.dumps(distribution)))  # noqa: S301


BY_MEAN_AND_CV = sorted(name for name, forms in FORMS.items() if ("mean", "cv") in forms)


@pytest.mark.parametrize("name", BY_MEAN_AND_CV)
@given(mean=st.floats(0.1, 1e5), cv=st.floats(0.01, 0.5), factor=st.floats(0.1, 10))
def test_a_changed_mean_keeps_the_draws(name: str, mean: float, cv: float, factor: float) -> None:
    one, other = (parse_distribution({name: {"mean": f"{m!r} s", "cv": cv}}) for m in (mean, mean * factor))
    draws = standard_draws(one, 50)

    assert one.standard[0] == other.standard[0]
    assert one.standard[1] == other.standard[1]
    np.testing.assert_allclose(other.scaled(draws), factor * one.scaled(draws), rtol=1e-9)


@pytest.mark.parametrize("name", sorted({*BY_MEAN_AND_CV} - {"normal"}))  # a normal's are those before it is cut off
@pytest.mark.parametrize("cv", [0.001, 0.05, 0.3, 0.57])
def test_mean_and_cv_are_those_asked_for(name: str, cv: float) -> None:
    distribution = parse_distribution({name: {"mean": "2 min", "cv": str(cv)}})

    assert distribution.mean == pytest.approx(120, rel=1e-12)
    assert math.sqrt(distribution.variance) == pytest.approx(120 * cv, rel=1e-7)


@pytest.mark.parametrize("name", ["gamma", "lognormal", "weibull"])
@pytest.mark.parametrize("cv", [1, 5, 100])
def test_a_large_cv_is_kept(name: str, cv: float) -> None:
    distribution = parse_distribution({name: {"mean": "2 min", "cv": cv}})

    assert math.sqrt(distribution.variance) == pytest.approx(120 * cv, rel=1e-9)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12 s", Constant(12)),
        ({"constant": "0.2 min"}, Constant(12)),
        ({"constant": {"value": "0 s"}}, Constant(0)),
        ({"min": "8 s", "mode": "10 s", "max": "15 s"}, Triangular(8, 10, 15)),
        ({"triangular": {"low": "8 s", "mode": "10 s", "high": "15 s"}}, Triangular(8, 10, 15)),
        ({"triangular": {"max": "15 s", "min": "8 s", "mode": "10 s"}}, Triangular(8, 10, 15)),
        ({"uniform": {"high": "1 min", "low": "6 s"}}, Uniform(6, 60)),
        ({"exponential": {"mean": "40 min"}}, Exponential(2400)),
        ({"erlang": {"mean": "1 min", "k": "3"}}, Erlang(60, 3)),
        ({"gamma": {"shape": "4", "scale": "3 s"}}, Gamma(12, 4)),
        ({"gamma": {"mean": "12 s", "cv": "0.5"}}, Gamma(12, 4)),
        ({"lognormal": {"mean": "12 s", "cv": 0.2}}, Lognormal(12, 0.2)),
        ({"weibull": {"scale": "12 s", "shape": 1}}, Weibull(12, 1)),
        ({"normal": {"mean": "12 s", "sd": "2 s"}}, Normal(12, 2)),
        ({"normal": {"mean": "12 s", "cv": "0.25"}}, Normal(12, 3)),
        ({"empirical": ["9 s", "11 s"]}, Empirical((9, 11))),
        ({"empirical": {"values": ["11 s", "9 s"], "weights": ["3", 1]}}, Empirical((9, 11), (1, 3))),
    ],
)
def test_each_form_is_read(written: object, expected: Distribution) -> None:
    assert parse_distribution(written) == expected


def test_a_lognormal_of_median_and_sigma_has_them() -> None:
    distribution = parse_distribution({"lognormal": {"median": "10 s", "sigma": 0.5}})

    assert distribution.quantile(0.5) == pytest.approx(10)
    assert distribution.quantile(stats.norm.cdf(1)) == pytest.approx(10 * math.exp(0.5))


def test_a_distribution_may_be_of_another_quantity() -> None:
    wage = {"triangular": {"low": "6 EUR/h", "mode": "8 EUR/h", "high": "11 EUR/h"}}
    distribution = parse_distribution(wage, HOURLY_COST)

    assert distribution == Triangular(6, 8, 11)
    assert write_distribution(distribution, HOURLY_COST) == wage
    assert distribution.describe(HOURLY_COST) == "triangular, mean 8.333 EUR/h, cv 0.123"


@pytest.mark.parametrize(
    ("distribution", "text"),
    [
        (Lognormal(12, 0.2), "lognormal, mean 12 s, cv 0.2"),
        (Exponential(2400), "exponential, mean 40 min, cv 1"),
        (Constant(12), "constant, 12 s"),
        (Constant(0), "constant, 0 s"),
        (Uniform(6, 18), "uniform, mean 12 s, cv 0.289"),
    ],
)
def test_a_distribution_is_described_in_a_few_words(distribution: Distribution, text: str) -> None:
    assert distribution.describe() == text


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("12 sek", '"12 sek" is not a time; write 12 s, 0.2 min or 1 h'),
        ("12", '"12" has no unit; write 12 s'),
        (12, '"12" is not a time; write 12 s'),
        (["12 s"], "a list is not a time"),
        (None, "no value is not a time"),
        ("-1 s", '"-1 s" is negative'),
        ({}, "a mapping is not a distribution; write 12 s, 0.2 min or 1 h, or one family: constant, uniform"),
        ({"lognormal": {}, "gamma": {}}, "a mapping is not a distribution"),
        ({"lognorm": {"mean": "12 s"}}, 'there is no distribution "lognorm"; did you mean lognormal?'),
        ({"exponential": "30 s"}, 'exponential: "30 s" is not a set of parameters; write {mean}'),
        ({"exponential": {"rate": 3}}, "exponential: exponential is not given by rate; write {mean}"),
        (
            {"lognormal": {"mean": "12 s"}},
            "lognormal: lognormal is not given by mean; write {mean, cv} or",
        ),
        ({"lognormal": None}, "lognormal: no value is not a set of parameters; write {mean, cv} or {median, sigma}"),
        ({"exponential": {"mean": "0 s"}}, "exponential: a mean of 0 makes no such distribution; write one above 0"),
        ({"gamma": {"mean": "0 s", "cv": 1}}, "gamma: a mean of 0 makes no such distribution"),
        ({"weibull": {"scale": "0 s", "shape": 1}}, "weibull: a mean of 0 makes no such distribution"),
        ({"normal": {"mean": "0 s", "sd": "1 s"}}, "normal: a mean of 0 makes no such distribution"),
        ({"empirical": ["0 s", "0 s"]}, "empirical: a mean of 0 makes no such distribution"),
        ({"lognormal": {"mean": "12 s", "cv": 0}}, "lognormal: cv 0 is out of range; write a number from 0.001 to 100"),
        ({"lognormal": {"median": "12 s", "sigma": 9}}, "lognormal: sigma 9 is out of range"),
        ({"lognormal": {"mean": "12 s", "cv": "nan"}}, 'lognormal.cv: "nan" is not a number'),
        ({"normal": {"mean": "12 s", "sd": "0 s"}}, "normal: cv (sd over mean) 0 is out of range"),
        (
            {"uniform": {"low": "12 s", "high": "8 s"}},
            "uniform: low 12 and high 8 span no range; write 0 <= low < high",
        ),
        (
            {"uniform": {"mean": "12 s", "cv": 0.6}},
            "uniform: cv 0.6 is out of range; write a number from 0.001 to 0.577",
        ),
        ({"min": "8 s", "mode": "18 s", "max": "15 s"}, "8, 18 and 15 are not in order; write low <= mode <= high"),
        (
            {"min": "8 s", "max": "15 s"},
            "triangular is not given by min, max; write {low, mode, high} or",
        ),
        ({"erlang": {"mean": "8 s", "k": 2.5}}, 'erlang.k: "2.5" is not a whole number'),
        ({"erlang": {"mean": "8 s", "k": 0}}, "erlang: k 0 is out of range; write a number from 1 to 1e+06"),
        (
            {"weibull": {"mean": "8 s", "shape": -1}},
            "weibull: shape -1 is out of range; write a number from 0.1 to 2000",
        ),
        ({"gamma": {"mean": "8 s", "cv": 0}}, "gamma: cv 0 is out of range"),
        ({"weibull": {"scale": "8 s", "shape": 0}}, "weibull: shape 0 is out of range"),
        ({"empirical": []}, "empirical: no value is given; write empirical: [9 s, 11 s, 14 s]"),
        ({"empirical": "9 s"}, 'empirical.values: "9 s" is not a list; write [12 s, 0.2 min, 1 h]'),
        ({"empirical": ["9 s", "x"]}, 'empirical.values: "x" is not a time'),
        ({"empirical": {"values": ["9 s"], "weights": [1, 2]}}, "empirical: 2 weights for 1 values; write one each"),
        ({"empirical": {"values": ["9 s"], "weights": [0]}}, "empirical: all weights are 0; write one above"),
        (
            {"empirical": {"values": ["9 s"], "weights": [-1]}},
            "empirical: weights are not finite numbers of at least 0",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(written: object, sentence: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse_distribution(written)

    [problem] = refusal.value.problems
    assert problem.startswith(sentence)


def test_all_that_is_wrong_with_the_parameters_is_said_at_once() -> None:
    with pytest.raises(InputError) as refusal:
        parse_distribution({"lognormal": {"mean": "12 sek", "cv": "much"}})

    assert [problem.split(":")[0] for problem in refusal.value.problems] == ["lognormal.mean", "lognormal.cv"]


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_a_distribution_made_in_python_is_checked_too(value: float) -> None:
    makers = (Constant, Exponential, lambda x: Empirical((1, x)), lambda x: Uniform(x, 3), lambda x: Gamma(12, x))
    for make in makers:
        with pytest.raises(InputError):
            make(value)


class Machine(BaseModel):
    """A model that holds a time."""

    cycle: TimeDistribution
    repair: TimeDistribution | None = None


def test_a_field_takes_text_mappings_and_distributions() -> None:
    machine = Machine.model_validate({"cycle": {"lognormal": {"mean": "12 s", "cv": 0.2}}, "repair": "3 min"})

    assert machine.cycle == Lognormal(12, 0.2)
    assert machine.repair == Constant(180)
    assert Machine(cycle=Exponential(5)).cycle == Exponential(5)


def test_a_field_is_written_as_in_a_line_file() -> None:
    machine = Machine(cycle=Lognormal(12, 0.2), repair=Constant(180))

    assert machine.model_dump() == {"cycle": {"lognormal": {"mean": "12 s", "cv": 0.2}}, "repair": "180 s"}
    assert Machine.model_validate(machine.model_dump()) == machine
    assert Machine.model_validate_json(machine.model_dump_json()) == machine


def test_a_field_places_each_problem_at_its_parameter() -> None:
    with pytest.raises(ValidationError) as refusal:
        Machine.model_validate({"cycle": {"lognormal": {"mean": "12 sek", "cv": "much"}}, "repair": "3 mins"})

    found = {error["loc"]: error["msg"] for error in refusal.value.errors()}
    assert list(found) == [("cycle", "lognormal", "mean"), ("cycle", "lognormal", "cv"), ("repair",)]
    assert found[("repair",)].startswith('"3 mins" is not a time; write 12 s, 0.2 min or 1 h')
