"""Intervals that hold the data's uncertainty: worked by hand, against the delta method, and by their coverage.

The queue of known answer is M/M/1: of an arrival rate estimated from a log, lambda = k / sum of k times between
arrivals, the mean time in the line is W = 1 / (mu - lambda), and the delta method gives its variance

    Var(W) = (dW / d lambda)^2 * lambda^2 / k = (lambda / (mu - lambda)^2)^2 / k.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from support.formulas import mm1
from support.lines import exponential, serial
from twin.line.samples import Samples
from twin.line.scenario import Scenario, scenario
from twin.study.input_uncertainty import (
    Outcomes,
    data_variance,
    difference_of,
    mean_of,
    ratio_of,
    sample_numbers,
)
from twin.study.intervals import mean_interval, paired_difference, ratio_interval, replications_for
from twin.study.replicate import replicate

FALSE_ALARM = 1e-6
HOUR = 3600.0


def test_replications_share_samples_by_twos_and_none_are_made_of_few() -> None:
    assert sample_numbers(3) == ()
    assert sample_numbers(4) == (0, 0, 1, 1)
    assert sample_numbers(7) == (0, 0, 1, 1, 2, 2, 3)
    assert max(sample_numbers(1_000)) == 99
    assert set(np.bincount(sample_numbers(1_000))) == {10}


def test_the_variance_of_the_data_by_hand() -> None:
    # Samples (1, 3) and (9, 11): means 2 and 10, MSB = 2 * (16 + 16) / 1 = 64, MSW = (2 + 2) / 2 = 2; so e = 31 and
    # s = sqrt(2 * (64^2 / 1 + 2^2 / 2)) / 2 = 45.266; e/s = 0.68484, phi = 0.31555, Phi = 0.75327.
    assert data_variance([1.0, 3.0, 9.0, 11.0]) == pytest.approx(31 + 45.266 * 0.31555 / 0.75327, rel=1e-4)


def test_the_interval_by_hand() -> None:
    outcomes = Outcomes((10.0, 12.0, 14.0, 12.0), (11.0, 15.0, 23.0, 23.0))  # changes 1, 3, 9, 11
    data, noise = data_variance([1.0, 3.0, 9.0, 11.0]), (4 + 0 + 4 + 0) / 3 / 4

    estimate = mean_of(outcomes)

    assert estimate.mean == 12.0
    assert estimate.simulation == mean_interval(outcomes.fitted).interval
    assert estimate.data_share == pytest.approx(data / (data + noise))
    # Degrees of freedom (49.96 + 0.667)^2 / (49.96^2 / 1 + 0.667^2 / 3) = 1.0268; t(0.975; 1.0268) = 11.949.
    assert estimate.half_width == pytest.approx(11.949 * math.sqrt(data + noise), rel=1e-3)


def test_samples_that_change_nothing_leave_the_interval_to_the_bit() -> None:
    values = (10.1, 12.3, 14.7, 12.9, 11.1)
    same = Outcomes(values, values)
    other = Outcomes(values[::-1], values[::-1])

    assert mean_of(same).interval == mean_of(same).simulation == mean_interval(values).interval
    assert mean_of(same).data_share == 0
    assert difference_of(same, other).interval == paired_difference(values, values[::-1]).interval
    assert ratio_of(same, other).interval == ratio_interval(values, values[::-1]).interval


def test_without_samples_nothing_is_said_of_the_data() -> None:
    values = Outcomes((10.0, 12.0, 14.0))

    assert mean_of(values) == mean_interval(values.fitted)
    assert ratio_of(values, values) == ratio_interval(values.fitted, values.fitted)


def test_a_line_without_luck_may_still_have_uncertain_data() -> None:
    estimate = mean_of(Outcomes((5.0,) * 6, (4.0, 4.0, 5.0, 5.0, 7.0, 7.0)))

    assert estimate.simulation == (5.0, 5.0)
    assert estimate.data_share == 1
    assert estimate.interval is not None
    assert estimate.interval[0] < 5 < estimate.interval[1]


pairs = st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=4, max_size=30)


@given(pairs)
def test_data_never_narrow_an_interval(found: list[tuple[float, float]]) -> None:
    fitted, sampled = zip(*found, strict=True)

    estimate = mean_of(Outcomes(fitted, sampled))

    assert estimate.interval is not None
    assert estimate.simulation is not None
    slack = 1e-9 * (1 + abs(estimate.mean))
    assert estimate.interval[0] <= estimate.simulation[0] + slack
    assert estimate.interval[1] >= estimate.simulation[1] - slack


def test_a_difference_is_paired_by_sample() -> None:
    rng = np.random.default_rng(5)
    place = np.array(sample_numbers(20))
    luck, moved = rng.normal(size=20), 5 * rng.normal(size=10)[place]
    one = Outcomes(tuple(luck), tuple(luck + moved))
    other = Outcomes(tuple(luck - 3), tuple(luck - 3 + moved))

    difference = difference_of(one, other, comparisons=2)

    assert difference.confidence == pytest.approx(0.975)
    assert difference.mean == pytest.approx(3)
    assert difference.half_width == pytest.approx(0, abs=1e-12)  # what the samples do, they do to both
    assert (mean_of(one).half_width or 0) > 1


def test_more_replications_do_not_mend_the_data() -> None:
    rng = np.random.default_rng(6)
    luck = rng.normal(size=20)
    estimate = mean_of(Outcomes(tuple(luck), tuple(luck + rng.normal(size=10)[np.array(sample_numbers(20))])))
    assert estimate.half_width is not None
    assert estimate.simulation is not None
    alone = (estimate.simulation[1] - estimate.simulation[0]) / 2

    assert replications_for(estimate, math.sqrt(estimate.half_width**2 - alone**2 / 2)) == 40
    assert replications_for(estimate, math.sqrt(estimate.half_width**2 - 1.001 * alone**2)) is None


class Found(NamedTuple):
    """What repeated experiments found: covered with and without the data's part, the share of the data's variance."""

    with_data: int
    without: int
    variances: list[float]


def experiments(
    repeats: int, *, observed: int, noise: float, kept: float, replications: int = 20, seed: int = 1
) -> Found:
    """Estimate the arrival rate of an M/M/1 from a fresh log again and again, and its mean time W by a "simulation".

    A replication gives W of its rate, by the formula, and normal luck of standard deviation `noise`, of which a run
    under a sample keeps the part `kept` (correlation). mu = 1 and lambda = 0.5, so that W = 2.
    """
    rng = np.random.default_rng(seed)
    place = np.array(sample_numbers(replications))
    with_data = without = 0
    variances = []
    for _ in range(repeats):
        rate = observed / rng.gamma(observed, 1 / 0.5)
        redrawn = observed / rng.gamma(observed, 1 / rate, size=place[-1] + 1)  # the parametric bootstrap
        luck, new = noise * rng.normal(size=replications), noise * rng.normal(size=replications)
        outcomes = Outcomes(
            tuple(1 / (1 - rate) + luck),
            tuple(1 / (1 - redrawn[place]) + kept * luck + math.sqrt(1 - kept**2) * new),
        )
        estimate = mean_of(outcomes)
        assert estimate.interval is not None
        assert estimate.simulation is not None
        truth = mm1(0.5, 1.0).time
        with_data += estimate.interval[0] <= truth <= estimate.interval[1]
        without += estimate.simulation[0] <= truth <= estimate.simulation[1]
        variances.append(data_variance(outcomes.changes))
    return Found(with_data, without, variances)


@pytest.mark.parametrize(
    ("noise", "kept"),
    [(0.05, 1.0), (0.4, 1.0), (0.4, 0.95), (0.2, 0.7)],
    ids=["data alone", "half and half", "little luck of its own", "much luck of its own"],
)
def test_intervals_with_data_cover_as_often_as_they_say(noise: float, kept: float) -> None:
    repeats = 1_000
    found = experiments(repeats, observed=400, noise=noise, kept=kept)

    # With so much of the width the data's, leaving it out covers far too seldom.
    low, high = binom.ppf((FALSE_ALARM / 2, 1 - FALSE_ALARM / 2), repeats, 0.95)
    assert found.with_data >= low
    assert found.without < low
    if kept == 1:
        assert found.with_data <= high


def test_the_variance_of_the_data_is_that_of_the_delta_method() -> None:
    observed = 10_000
    found = experiments(400, observed=observed, noise=0.05, kept=0.98, replications=40)

    by_delta = (0.5 / (1 - 0.5) ** 2) ** 2 / observed
    error = np.std(found.variances, ddof=1) / math.sqrt(len(found.variances))
    assert abs(np.mean(found.variances) - by_delta) <= 5 * error
    assert error < 0.05 * by_delta


def test_ratios_with_data_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(8)
    place = np.array(sample_numbers(20))
    covered, repeats = 0, 1_000
    for _ in range(repeats):
        truth = np.array([2.0, 5.0])
        fitted = truth + [0.1, 0.3] * rng.normal(size=2)
        moved = ([0.1, 0.3] * rng.normal(size=(10, 2)))[place]
        luck = rng.normal(size=(20, 2)) @ np.array([[0.3, 0.2], [0.0, 0.4]])
        top, bottom = (
            Outcomes(tuple(fitted[k] + luck[:, k]), tuple(fitted[k] + moved[:, k] + luck[:, k])) for k in (0, 1)
        )
        ends = ratio_of(top, bottom).interval
        covered += ends is not None and ends[0] <= 0.4 <= ends[1]

    low, high = binom.ppf((FALSE_ALARM / 2, 1 - FALSE_ALARM / 2), repeats, 0.95)
    assert low <= covered <= high


def queue(mean_between: float) -> Scenario:
    """Return an M/M/1 of mean service 1 min."""
    return serial({"serve": {"cycle": exponential(60.0)}}, source={"arrivals": exponential(mean_between)})


@pytest.mark.soak
def test_simulated_intervals_with_data_cover_the_queue_s_truth() -> None:
    """Log 300 arrivals of an M/M/1 of load 0.5, fit the rate, bootstrap it, simulate, and ask for the mean output.

    Output a unit of time is the arrival rate itself, 30 an hour; and the mean time in the line is 2 min.
    """
    rng = np.random.default_rng(3)
    repeats, observed, replications = 150, 300, 8
    covered = {"rate": 0, "rate without": 0, "time": 0}
    for repeat in range(repeats):
        log = rng.exponential(120.0, size=observed)
        fitted = queue(float(log.mean()))
        drawn = [float(rng.choice(log, size=observed).mean()) for _ in range(4)]
        samples = Samples("queue", ("source.arrivals.exponential.mean",), tuple((f"{mean!r} s",) for mean in drawn))
        found = replicate(
            fitted,
            sampled=[scenario(samples.apply(fitted.line, k)) for k in sample_numbers(replications)],
            replications=replications,
            horizon=20 * HOUR,
            warmup=2 * HOUR,
            seed=repeat,
        )
        rate, time = found.line_kpi("throughput_rate"), found.line_kpi("lead_time")
        assert rate is not None
        assert time is not None
        covered["rate"] += not rate.excludes(30.0)
        covered["rate without"] += rate.simulation[0] <= 30.0 <= rate.simulation[1]
        covered["time"] += not time.excludes(120.0)

    low, high = binom.ppf((FALSE_ALARM / 2, 1 - FALSE_ALARM / 2), repeats, 0.95)
    assert low <= covered["rate"] <= high
    assert covered["rate without"] < low
    assert low <= covered["time"]
