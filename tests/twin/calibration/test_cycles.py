from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from twin.calibration.cycles import CycleFit, fit_cycle, power_law, refit_cycle
from twin.line.lots import LotCycle, mean_of
from twin.line.station import Station

if TYPE_CHECKING:
    from twin.line.distributions import Distribution

RNG = np.random.default_rng(12)
PIECES = np.round(RNG.lognormal(3.5, 0.7, 400)) + 1
SPREAD = RNG.gamma(1 / 0.09, 0.09, 400)
SEEN = np.ones(400, dtype=bool)


def fitted(power: float, level: float = 600.0) -> CycleFit:
    return fit_cycle(level * PIECES**power * SPREAD, PIECES, SEEN, samples=0)


def cycle(written: object) -> LotCycle | Distribution:
    """Return the cycle that a line file describes so."""
    return Station.model_validate({"cycle": written}).cycle


@pytest.mark.parametrize(("power", "form"), [(0.0, "whole"), (1.0, "per_piece"), (0.5, "by_pieces")])
def test_the_form_that_made_the_times_is_found(power: float, form: str) -> None:
    found = fitted(power)
    assert found.form == form
    assert found.exponent == pytest.approx(power, abs=0.05)
    for size in (10, 40, 200):
        assert mean_of(cycle(found.written), size) == pytest.approx(600 * size**power, rel=0.06)


def test_a_table_begins_at_one_piece_and_ends_at_the_largest_lot() -> None:
    found = fitted(0.5)
    wanted = [size for size in (1, 2, 5, 10, 20, 50, 100, 200) if size < PIECES.max()]
    assert list(found.written["by_pieces"]) == [*wanted, int(PIECES.max())]
    table = cycle(found.written)
    assert isinstance(table, LotCycle)
    assert table.drawn.mean == pytest.approx(1.0, rel=1e-3)


def test_few_visits_show_no_size() -> None:
    sizes = np.arange(1.0, 8.0)
    found = fit_cycle(600 * sizes, sizes, np.ones(7, dtype=bool), samples=0)
    assert (found.form, found.said) == ("whole", "whole lot")


def test_lots_of_one_size_show_no_form() -> None:
    found = fit_cycle(600 * SPREAD, np.full(400, 7.0), SEEN, samples=0)
    assert found.form == "whole"


def test_a_form_is_said_in_words() -> None:
    assert fitted(1.0).said == "per piece"
    assert fitted(0.5).said == f"pieces ^ {fitted(0.5).exponent:.2f}"


def test_exact_times_give_the_power_law_exactly() -> None:
    sizes = np.array([1.0, 4.0, 9.0, 100.0])
    level, slope = power_law(np.log(50 * sizes**0.5), np.log(sizes), np.ones(4, dtype=bool))
    assert (math.exp(level), slope) == pytest.approx((50, 0.5))


@pytest.mark.parametrize(("power", "kept"), [(-0.4, 0.0), (1.7, 1.0)])
def test_a_larger_lot_takes_no_less_and_no_more_than_its_pieces(power: float, kept: float) -> None:
    sizes = np.array([1.0, 4.0, 9.0])
    assert power_law(np.log(sizes**power), np.log(sizes), np.ones(3, dtype=bool))[1] == kept


def test_times_that_are_not_over_count_as_longer() -> None:
    # Half of the times are seen for as long as some other takes, at most: what is seen alone is too short.
    times = 600 * PIECES**0.5 * SPREAD
    watched = 600 * PIECES**0.5 * RNG.permutation(SPREAD)
    over = times <= watched
    seen = np.minimum(times, watched)
    level, slope = power_law(np.log(seen), np.log(PIECES), over)
    plain = power_law(np.log(times), np.log(PIECES), SEEN)
    short = power_law(np.log(seen), np.log(PIECES), SEEN)
    middle = np.log(PIECES).mean()
    assert slope == pytest.approx(0.5, abs=0.06)
    assert level + slope * middle == pytest.approx(plain[0] + plain[1] * middle, abs=0.04)
    assert short[0] + short[1] * middle < plain[0] + plain[1] * middle - 0.1


def test_other_visits_are_fitted_in_the_form_that_was_chosen() -> None:
    chosen = fitted(0.5)
    again = refit_cycle(chosen, 900 * PIECES**0.5 * SPREAD, PIECES, SEEN)
    assert list(again["by_pieces"]) == list(chosen.written["by_pieces"])
    for size in (5, 50):
        ratio = mean_of(cycle(again), size) / mean_of(cycle(chosen.written), size)
        assert ratio == pytest.approx(1.5, rel=1e-3)
    assert refit_cycle(chosen, 600 * PIECES**0.5 * SPREAD, PIECES, SEEN) == chosen.written
