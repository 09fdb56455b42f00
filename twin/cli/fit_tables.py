"""The tables of `twin fit`: the stations with their machines and waits, and the laws with how well they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.fits import family_name
from dashboards.numbers import NOTHING, number
from twin.calibration.calibrate import FEW
from twin.cli.fit_files import mean_seen
from twin.cli.fit_words import waits_before
from twin.cli.show import table
from twin.units import format_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from twin.calibration.calibrate import Calibration, FitRow

PIECES = 10.0
"""Means of pieces below this are shown to a tenth."""


def stations(found: Calibration) -> Table:
    """Tabulate each station's machines, the orders that came to it, and what their waits are due to."""
    plant = found.plant

    def cells(s: int, name: str) -> tuple[str, ...]:
        visits = number(float(plant.visits.of(s).sum()), 0)
        found_waits = waits_before(found, s)
        if found_waits is None:
            return plant.log.labels[name], str(plant.machines[s]), visits, NOTHING, NOTHING, NOTHING
        _, mean, unexplained = found_waits
        waits = (mean, mean - unexplained, unexplained)
        return (plant.log.labels[name], str(plant.machines[s]), visits, *map(format_time, waits))

    return table(
        ("station", "machines", "visits", "wait before it", "busy machines", "unexplained"),
        (cells(s, name) for s, name in enumerate(plant.visits.stations)),
    )


def fits(found: Calibration) -> Table:
    """Tabulate the laws that rest on enough: family, count, mean and p-value."""
    return table(
        ("station", "law of", "family", "seen", "not to end", "mean", "p"),
        _rows([row for row in found.fits if row.fit.n - row.fit.censored >= FEW], found),
        left=(0, 1, 2),
    )


def _rows(shown: list[FitRow], found: Calibration) -> Iterator[tuple[str, ...]]:
    before = ""
    for row in shown:
        name = row.station or "orders"
        hidden = number(row.fit.censored, 0) if row.fit.censored else ""
        yield (
            name if name != before else "",
            f"{row.what}, {row.form}" if row.form else row.what,
            family_name(row.fit.family),
            number(row.fit.n, 0),
            hidden,
            _mean(found, row),
            number(row.fit.p_value, 2),
        )
        before = name


def _mean(found: Calibration, row: FitRow) -> str:
    mean = mean_seen(found, row)
    if row.what == "pieces":
        return number(mean, 0 if mean >= PIECES else 1)
    return format_time(mean)
