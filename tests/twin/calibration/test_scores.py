from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.calibration.scores import crps, crps_until, holds

VALUES = st.lists(st.floats(-50, 50), min_size=1, max_size=12)


def test_a_forecast_of_one_number_is_scored_by_its_error() -> None:
    assert crps([3.0], 5.0) == 2.0
    assert crps([3.0, 3.0, 3.0], 5.0) == 2.0


def test_by_hand() -> None:
    # |0 - 1|, |2 - 1|, |4 - 1| on average 5/3; the pairs 2, 4, 2 apart, on average 8/3, half of it 4/3.
    assert crps([0.0, 2.0, 4.0], 1.0) == pytest.approx(1 / 3)


@given(VALUES, st.floats(-50, 50))
def test_the_score_is_its_definition_over_all_pairs(members: list[float], actual: float) -> None:
    count = len(members)
    apart = sum(abs(a - b) for a in members for b in members) / max(count * (count - 1), 1)
    wanted = sum(abs(member - actual) for member in members) / count - apart / 2
    assert crps(members, actual) == pytest.approx(wanted, abs=1e-9)


def test_of_a_normal_forecast_it_is_the_known_formula() -> None:
    # Gneiting and Raftery (2007), equation 21: sigma (2 phi(z) - 1/sqrt(pi)) at z = 0.
    members = np.random.default_rng(1).standard_normal(200_000)
    wanted = 2 / np.sqrt(2 * np.pi) - 1 / np.sqrt(np.pi)
    assert crps(members, 0.0) == pytest.approx(wanted, abs=0.003)


def test_the_right_forecast_scores_best_on_average() -> None:
    rng = np.random.default_rng(2)
    came = rng.standard_normal(400)
    means = {s: np.mean([crps(s * rng.standard_normal(200), one) for one in came]) for s in (0.5, 1.0, 2.0)}
    assert means[1.0] == min(means.values())


@pytest.mark.parametrize(
    ("members", "actual", "wanted"),
    [
        ([4.0], 4.0, 0.0),
        ([2.0], 4.0, 2.0),  # two hours too early
        ([2.0, 9.0], 4.0, 1.0),  # half came at 2, half not by 6: 1/4 for 4 hours
        ([2.0, 9.0], 8.0, 1.0),  # and so where it has not come by then either
        ([9.0, np.inf], 8.0, 0.0),  # right that it does not come by then, whenever it does
        ([9.0], np.inf, 0.0),
        ([np.inf], 4.0, 2.0),
    ],
)
def test_a_time_is_scored_as_far_as_it_was_watched(members: list[float], actual: float, wanted: float) -> None:
    assert crps_until(members, actual, 6.0) == pytest.approx(wanted)


@given(st.lists(st.floats(0, 20), min_size=1, max_size=8), st.floats(0, 20), st.floats(0.5, 15))
def test_the_score_of_a_time_is_the_integral_of_its_brier_scores(
    members: list[float], actual: float, end: float
) -> None:
    moments = (np.arange(20_000) + 0.5) / 20_000 * end
    share = (np.array(members)[:, None] <= moments).mean(axis=0)
    wanted = float(((share - (actual <= moments)) ** 2).mean()) * end
    assert crps_until(members, actual, end) == pytest.approx(wanted, abs=2e-3 * end)


def test_an_interval_holds_what_lies_between_its_quantiles() -> None:
    members = np.arange(101.0)
    assert [holds(members, value) for value in (9.9, 10.0, 50.0, 90.0, 90.1)] == [False, True, True, True, False]
    assert holds(members, 1.1, share=0.98)
