from __future__ import annotations

from bisect import bisect_right

import numpy as np
import pytest

from support.accounts import make_accounts, times
from twin.accounts import LEAD_BINS, LEAD_EDGES, Accounts, by_station, difference, lead_quantile, total


def with_leads(*leads_s: float) -> Accounts:
    bins = np.zeros(LEAD_BINS, dtype=np.int64)
    for lead_s in leads_s:
        bins[bisect_right(LEAD_EDGES.tolist(), lead_s)] += 1
    return make_accounts({"press": 1}, departed=len(leads_s), lead_sum_s=sum(leads_s), lead_bins=bins)


def test_lead_edges_are_one_percent_apart_from_a_millisecond_to_three_centuries() -> None:
    assert LEAD_EDGES[0] == 1e-3
    assert LEAD_EDGES[-2] < 1e10 <= LEAD_EDGES[-1]
    np.testing.assert_allclose(np.diff(LEAD_EDGES) / LEAD_EDGES[:-1], 0.01, rtol=1e-9)


def test_lead_edges_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        LEAD_EDGES[0] = 0.0


@pytest.mark.parametrize("lead_s", [0.002, 1.0, 29.97, 86400.0, 3e8])
@pytest.mark.parametrize("probability", [0.0, 0.5, 1.0])
def test_quantile_of_equal_lead_times_is_that_time_within_a_bin(lead_s: float, probability: float) -> None:
    found = lead_quantile(with_leads(*[lead_s] * 7), probability)
    assert found == pytest.approx(lead_s, rel=0.01)


def test_quantiles_of_many_lead_times_follow_the_sample() -> None:
    leads = np.random.default_rng(5).exponential(100.0, size=20_000)
    accounts = with_leads(*leads)
    for probability in (0.05, 0.5, 0.9, 0.95):
        # A quantile cannot be off by more than the bin that holds it.
        assert lead_quantile(accounts, probability) == pytest.approx(np.quantile(leads, probability), rel=0.01)


def test_quantiles_are_pooled_not_averaged() -> None:
    short, long = with_leads(*[10.0] * 90), with_leads(*[1000.0] * 10)
    assert lead_quantile(total([short, long]), 0.5) == pytest.approx(10.0, rel=0.01)
    assert lead_quantile(total([short, long]), 0.95) == pytest.approx(1000.0, rel=0.01)


def test_lead_times_outside_the_bins_give_the_nearest_edge() -> None:
    assert lead_quantile(with_leads(0.0), 1.0) == 1e-3
    assert lead_quantile(with_leads(5e11), 1.0) == LEAD_EDGES[-1]


def test_no_departure_has_no_quantile() -> None:
    assert lead_quantile(make_accounts({"press": 1}), 0.5) is None


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
def test_a_probability_outside_0_to_1_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        lead_quantile(with_leads(1.0), probability)


def test_total_sums_times_and_counts_and_keeps_what_describes_the_line() -> None:
    first = make_accounts({"press": 2}, parts=np.array([3, 4]), departed=7, ideal_s=np.array([2.0, 2.0]), wip_s=1.5)
    second = make_accounts({"press": 2}, parts=np.array([1, 0]), departed=1, ideal_s=np.array([2.0, 2.0]), wip_s=0.25)
    both = total([first, second])
    assert both.parts.tolist() == [4, 4]
    assert (both.span_s, both.departed, both.wip_s) == (7200.0, 8, 1.75)
    assert both.ideal_s.tolist() == [4.0, 4.0]
    assert both.states.sum() == 4 * 3600.0
    assert first.parts.tolist() == [3, 4]


def test_total_of_one_is_equal_to_it() -> None:
    accounts = with_leads(1.0, 2.0)
    assert total([accounts]).lead_sum_s == accounts.lead_sum_s


def test_accounts_of_different_lines_are_not_summed() -> None:
    with pytest.raises(ValueError, match="stations"):
        total([make_accounts({"press": 1}), make_accounts({"weld": 1})])
    with pytest.raises(ValueError, match="power_w"):
        total([make_accounts({"press": 1}), make_accounts({"press": 1}, power_w=np.ones((1, 9)))])


def test_nothing_has_no_total() -> None:
    with pytest.raises(ValueError, match="no accounts"):
        total([])


def test_by_station_sums_the_machines_of_each() -> None:
    states = np.array([times(processing=10), times(processing=20), times(blocked=5)])
    accounts = make_accounts({"press": 2, "weld": 1}, states=states, parts=np.array([1, 2, 4]))
    assert by_station(accounts, accounts.parts).tolist() == [3, 4]
    np.testing.assert_array_equal(by_station(accounts, states), [times(processing=30), times(blocked=5)])


@pytest.mark.parametrize("name", ["states", "parts", "power_w", "lead_bins", "busy_s", "empty_s"])
def test_arrays_of_a_wrong_shape_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        make_accounts({"press": 2}, **{name: np.zeros(7)})


def test_the_difference_of_two_accounts_is_the_time_between_them() -> None:
    first, second = (
        make_accounts({"press": 2}, span_s=span, parts=np.array([made, 1])) for span, made in ((60.0, 5), (40.0, 2))
    )
    between = difference(total([first, second]), first)
    assert (between.span_s, between.parts.tolist()) == (40.0, [2, 1])
    np.testing.assert_array_equal(between.power_w, first.power_w)


def test_the_difference_of_accounts_of_two_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="do not go together: stations differs"):
        difference(make_accounts({"press": 1}), make_accounts({"weld": 1}))
