"""Intervals against tables, hand-worked samples and their own promise of coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from twin.study.intervals import (
    Estimate,
    bonferroni,
    mean_interval,
    paired_difference,
    ratio_interval,
    replications_for,
    spread,
    variance_cut,
)

FALSE_ALARM = 1e-6


def ends(estimate: Estimate) -> tuple[float, float]:
    assert estimate.interval is not None
    return estimate.interval


def test_student_interval_by_hand() -> None:
    # Mean 10, s^2 = (1 + 0 + 1) / 2 = 1; t(0.975; 2) = 4.302653 from tables; half-width 4.302653 / sqrt(3).
    estimate = mean_interval([9.0, 10.0, 11.0])
    assert estimate.mean == 10.0
    assert estimate.half_width == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert estimate.replications == (9.0, 10.0, 11.0)


def test_student_interval_at_another_confidence() -> None:
    # t(0.95; 2) = 2.919986
    assert mean_interval([9.0, 10.0, 11.0], 0.90).half_width == pytest.approx(2.919986 / math.sqrt(3), rel=1e-6)


def test_one_replication_has_no_interval() -> None:
    for estimate in (mean_interval([7.0]), paired_difference([7.0], [5.0]), ratio_interval([1.0], [2.0])):
        assert estimate.interval is None
        assert estimate.half_width is None
        assert not estimate.excludes(0.0)


def test_equal_values_have_an_interval_of_no_width() -> None:
    assert ends(mean_interval([0.1] * 7)) == (0.1, 0.1)


def test_an_end_is_not_excluded() -> None:
    estimate = Estimate(1.0, (0.0, 2.0))
    assert not estimate.excludes(0.0)
    assert not estimate.excludes(2.0)
    assert estimate.excludes(-0.1)
    assert estimate.excludes(2.1)


@pytest.mark.parametrize("values", [[], [1.0, math.nan], [1.0, math.inf]])
def test_what_is_no_sample_is_refused(values: list[float]) -> None:
    for function in (mean_interval, spread):
        with pytest.raises(ValueError, match="value"):
            function(values)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_a_confidence_is_a_probability(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        mean_interval([1.0, 2.0], confidence)


def test_bonferroni_shares_the_error() -> None:
    assert bonferroni(1) == pytest.approx(0.95)
    assert bonferroni(4) == pytest.approx(0.9875)
    with pytest.raises(ValueError, match="at least 1"):
        bonferroni(0)


def test_a_paired_difference_sees_only_what_differs() -> None:
    # Differences 1, 2, 3: mean 2, s = 1, however far the pairs themselves lie apart.
    estimate = paired_difference([101.0, 52.0, 1003.0], [100.0, 50.0, 1000.0])
    assert estimate.mean == 2.0
    assert estimate.half_width == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)


def test_several_comparisons_widen_each() -> None:
    # Two comparisons: t(1 - 0.025 / 2; 2) = 6.205347
    estimate = paired_difference([1.0, 2.0, 3.0], [0.0, 0.0, 0.0], comparisons=2)
    assert estimate.half_width == pytest.approx(6.205347 / math.sqrt(3), rel=1e-6)
    assert estimate.confidence == pytest.approx(0.975)


def test_pairs_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        paired_difference([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="as many"):
        ratio_interval([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="shorter"):
        variance_cut([1.0, 2.0], [1.0])


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(90, 110)), min_size=3, max_size=12))
def test_the_ends_of_a_ratio_are_where_the_difference_cannot_be_told_from_zero(
    pairs: list[tuple[float, float]],
) -> None:
    above, below = zip(*pairs, strict=True)
    estimate = ratio_interval(above, below)
    assert estimate.mean == pytest.approx(math.fsum(above) / math.fsum(below))
    for end in ends(estimate):
        residual = mean_interval([one - end * other for one, other in pairs])
        assert residual.half_width is not None
        assert abs(residual.mean) == pytest.approx(residual.half_width, rel=1e-6, abs=1e-9)


def test_a_ratio_over_a_constant_is_the_interval_of_the_mean() -> None:
    assert ends(ratio_interval([9.0, 10.0, 11.0], [2.0] * 3)) == pytest.approx(
        [end / 2 for end in ends(mean_interval([9.0, 10.0, 11.0]))]
    )


def test_a_ratio_over_what_may_be_zero_has_no_interval() -> None:
    assert ratio_interval([1.0, 1.0, 1.0], [-1.0, 1.0, 3.0]).interval is None


def test_a_ratio_over_zero_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        ratio_interval([1.0, 1.0], [-1.0, 1.0])


def held(covered: int, trials: int, confidence: float) -> bool:
    """Say whether so many of the trials covering is compatible with the confidence; wrong once in a million."""
    low, high = binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], trials, confidence)
    return bool(low <= covered <= high)


def test_intervals_cover_as_often_as_they_say() -> None:
    draws = np.random.default_rng(11).normal(3.0, 2.0, size=(4000, 6)).tolist()
    covered = sum(not mean_interval(row).excludes(3.0) for row in draws)
    assert held(covered, len(draws), 0.95)


def test_ratios_cover_as_often_as_they_say() -> None:
    random = np.random.default_rng(12)
    below = random.normal(10.0, 1.0, size=(4000, 6))
    above = 0.5 * below + random.normal(0.0, 1.0, size=below.shape)
    covered = sum(
        not ratio_interval(top, bottom).excludes(0.5)
        for top, bottom in zip(above.tolist(), below.tolist(), strict=True)
    )
    assert held(covered, len(below), 0.95)


def test_spread_by_hand() -> None:
    # Definition 8 at n = 10: position p (n + 1/3) + 1/3 = 1.3667 for p = 0.1, 5.5 for 0.5, 9.6333 for 0.9.
    found = spread([float(value) for value in range(1, 11)])
    assert found is not None
    assert (found.p10, found.p50, found.p90) == pytest.approx((41 / 30, 5.5, 289 / 30))


def test_nine_outcomes_have_no_tenth() -> None:
    assert spread([1.0] * 9) is None


def test_variance_cut_by_hand() -> None:
    # var(0, 2) = 2, var(0, 4) = 8, var(0 - 0, 2 - 4) = 2: (2 + 8) / 2 = 5.
    assert variance_cut([0.0, 2.0], [0.0, 4.0]) == pytest.approx(5.0)
    assert variance_cut([1.0, 2.0], [1.0, 2.0]) is None
    assert variance_cut([1.0], [2.0]) is None


def test_half_the_width_takes_four_times_the_replications() -> None:
    estimate = Estimate(5.0, (4.0, 6.0), replications=(4.0, 5.0, 6.0, 5.0, 5.0))
    assert replications_for(estimate, 0.5) == 20
    assert replications_for(estimate, 100.0) == 2
    assert replications_for(mean_interval([1.0]), 0.5) is None
    with pytest.raises(ValueError, match="above 0"):
        replications_for(estimate, 0.0)
