"""A plant of known numbers, told by a log with the defects of real ones: fit finds the numbers, and what a change does.

Seeds 1, 2 and 3 are the first three; none was chosen. A parameter is right if it lies within five bootstrap standard
errors of the truth, and `MODELLING` of it besides: a log merges what one order has done at a station, and stamps are
whole minutes. Of all parameters at least four in five lie within their 95 % intervals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from connectors.production_log import read_log
from support.plant_log import (
    ALL,
    NONE,
    changed,
    log_rows,
    mapping,
    plant,
    run_of,
    works,
    write_log,
)
from twin.accounts import by_station, total
from twin.calibration.estimate import choose_laws, line_document
from twin.calibration.samples import orders_again
from twin.calibration.structure import structure_of
from twin.engine import simulate
from twin.events import STATES
from twin.line.line import Line
from twin.line.lots import mean_of
from twin.line.scenario import scenario
from twin.line.work_calendar import HOUR, WEEK, rotated, windows

if TYPE_CHECKING:
    from pathlib import Path

    from support.plant_log import Defects
    from twin.calibration.estimate import Laws
    from twin.calibration.structure import Structure

SEEDS = (1, 2, 3)
WEEKS = 60
BEFORE, AFTER = 8, 4
"""Weeks of the run before the log begins, when the plant fills, and after it ends."""
DRAWS = 30
MODELLING = 0.02
TYPICAL = 40
"""Pieces of a typical lot."""
MADE = ("sawing", "turning", "grinding", "washing", "inspection", "grinding_rework")
"""The stations whose times say something of work."""


class Found(NamedTuple):
    """A fit: what the log shows, the laws, the line, and lines of other draws."""

    plant: Structure
    laws: Laws
    line: Line
    draws: list[Line]


def fit(folder: Path, seed: int, defects: Defects = ALL, *, weeks: int = WEEKS, many: int = DRAWS) -> Found:
    line = plant()
    run = run_of(line, BEFORE + weeks + AFTER, seed)
    rows = log_rows(line, works(run), (BEFORE * WEEK, (BEFORE + weeks) * WEEK), defects, seed)
    log = read_log(write_log(folder / f"{seed}.csv", rows), mapping())
    shown = structure_of(log)
    laws = choose_laws(shown, samples=0)
    rng = np.random.default_rng(seed)
    draws = [line_of(shown, laws, rng) for _ in range(many)]
    return Found(shown, laws, line_of(shown, laws), draws)


def line_of(shown: Structure, laws: Laws, rng: np.random.Generator | None = None) -> Line:
    counts = None if rng is None else orders_again(shown, laws, rng)
    return Line.model_validate({"line": "fitted"} | line_document(shown, laws, counts))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Found]:
    folder = tmp_path_factory.mktemp("logs")
    return {seed: fit(folder, seed) for seed in SEEDS}


def numbers(line: Line) -> dict[str, float]:
    """Return the numbers of a line that a log can show."""
    orders = line.source.orders
    assert orders is not None
    assert orders.every is not None
    setup = line.stations["turning"].setup
    assert setup is not None
    assert setup.time is not None
    ways = {edge.name: edge.probability for edge in line.route if edge.probability is not None}
    return {
        **{f"{name}.cycle": mean_of(line.stations[name].cycle, TYPICAL) for name in MADE},
        "turning.setup.time": setup.time.mean,
        "turning.setup.share": setup.share,
        "inspection.scrap": line.stations["inspection"].scrap,
        "sent back": ways["inspection->washing"],
        "ground again": ways["grinding->grinding_rework"],
        "orders.every": orders.every.mean,
        "orders.pieces": orders.pieces.mean,
    }


def test_shifts_machines_people_and_ways_are_found_exactly(found: dict[int, Found]) -> None:
    true = plant()
    for each in found.values():
        calendar = windows(rotated(true.shifts, -ALL.ahead))
        assert windows(each.line.shifts) == calendar
        machines = {name: each.line.stations[name].machines for name in MADE}
        assert machines == {name: true.stations[name].machines for name in MADE}
        people = {name: sum(each.line.operators[skill] for skill in each.line.stations[name].crew) for name in MADE}
        assert people == {name: sum(true.operators[skill] for skill in true.stations[name].crew) for name in MADE}
        assert {(edge.name, edge.rework) for edge in each.line.route} == {
            (edge.name, edge.rework) for edge in true.route
        }


def test_numbers_lie_where_their_intervals_say(found: dict[int, Found]) -> None:
    true = numbers(plant())
    inside = []
    for seed, each in found.items():
        fitted = numbers(each.line)
        draws = [numbers(line) for line in each.draws]
        for name, value in true.items():
            drawn = np.array([draw[name] for draw in draws])
            off = abs(fitted[name] - value)
            assert off <= 5 * drawn.std(ddof=1) + MODELLING * value, (seed, name, fitted[name], value)
            low, high = np.quantile(drawn, [0.025, 0.975])
            inside.append(bool(low <= value <= high))
    assert np.mean(inside) >= 0.8


def test_the_wait_that_nothing_explains_is_found_where_it_is(found: dict[int, Found]) -> None:
    # What of it passes while the target is busy anyhow is laid to the target: the wait found is a part of the true one.
    (true,) = (edge.delay for edge in plant().route if edge.delay is not None)
    for each in found.values():
        delays = {edge.name: edge.delay.mean for edge in each.line.route if edge.delay is not None}
        worked = {name: mean for name, mean in delays.items() if not name.endswith("->packing")}
        assert set(worked) == {"turning->grinding"}
        assert 0.4 * true.mean <= worked["turning->grinding"] <= 1.1 * true.mean


def test_a_log_without_defects_says_the_same(tmp_path: Path) -> None:
    seed = SEEDS[0]
    plain, defective = (fit(tmp_path, seed, defects, weeks=20, many=0) for defects in (NONE, ALL))
    assert windows(plain.line.shifts) == windows(plant().shifts)
    assert numbers(plain.line) == pytest.approx(numbers(defective.line), rel=0.05)


class Outcome(NamedTuple):
    """What a line does in the long run."""

    pieces: float
    """Good pieces a week."""
    utilisation: float
    """Share of the shifts that the turning machines are set up or at work."""
    lead_time: float
    """Mean over orders [s]."""


def outcome(line: Line) -> Outcome:
    runs = simulate(scenario(line), horizon=200 * WEEK, warmup=10 * WEEK, replications=2, seed=77, workers=2)
    accounts = total([run.accounts for run in runs])
    turning = by_station(accounts, accounts.states)[accounts.stations.index("turning")]
    busy = turning[[STATES.index("processing"), STATES.index("setup")]].sum()
    machines = line.stations["turning"].machines
    return Outcome(
        accounts.departed / accounts.span_s * WEEK,
        float(busy / accounts.scheduled_s / machines),
        accounts.lead_sum_s / float(accounts.lead_bins.sum()),
    )


@pytest.fixture(scope="module")
def true_change() -> tuple[Outcome, Outcome]:
    return outcome(plant()), outcome(changed(plant(), turning=1, orders=1.2))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_machine_fewer_and_more_orders_do_what_the_fitted_line_foretells(
    found: dict[int, Found], true_change: tuple[Outcome, Outcome], seed: int
) -> None:
    before, after = true_change
    assert 0.75 <= after.utilisation <= 0.85
    assert after.lead_time - before.lead_time >= 2 * HOUR
    line = found[seed].line
    told_before, told_after = outcome(line), outcome(changed(line, turning=1, orders=1.2))
    for told, true in ((told_before, before), (told_after, after)):
        assert told.pieces == pytest.approx(true.pieces, rel=0.03)
        assert told.utilisation == pytest.approx(true.utilisation, rel=0.03)
    rise = after.lead_time - before.lead_time
    assert told_after.lead_time - told_before.lead_time == pytest.approx(rise, rel=0.25)
