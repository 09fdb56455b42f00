"""What `twin run --kpis` adds: every KPI of every station and of the line, and what each one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.numbers import NOTHING, decimals_of, interval, number, significant, unit, units
from twin.cli.run_tables import scaled, time_unit
from twin.cli.show import table
from twin.kpi.definitions import KPIS
from twin.line.diagram import station_names

if TYPE_CHECKING:
    from rich.table import Table

    from twin.kpi.definitions import Kpi
    from twin.line.line import Line
    from twin.study.replicate import Study

PERCENT, SECONDS_PER_MINUTE = 100.0, 60.0
DAY = 86400.0
"""A time from which seconds say nothing [s]."""


def station_kpis(study: Study) -> Table:
    """Return the mean of each station's KPIs, a column each under its symbol; none of what the line does not have."""
    pooled = study.pooled
    without = set() if pooled.minor_stops.any() else {"mtbm", "minor_stop_ratio"}
    without |= set() if pooled.power_w.any() else {"energy_per_part"}
    rows = [kpi for kpi in KPIS if "station" in kpi.scopes and kpi.id not in without]
    names = station_names(study.scenario.line)
    body = [(names[name], *(_mean(study, kpi, name) for kpi in rows)) for name in study.pooled.stations]
    heads = (f"{kpi.symbol}\n{_SHOWN_IN.get(kpi.unit, kpi.unit)}" for kpi in rows)
    return table(("station", *heads), body)


_SHOWN_IN = {"s": "min", "1": "%"}


def _mean(study: Study, kpi: Kpi, station: str) -> str:
    estimate = study.station_kpi(kpi.id, station)
    if estimate is None:
        return NOTHING
    if kpi.unit == "s":
        minutes = estimate.mean / SECONDS_PER_MINUTE
        return number(minutes, max(0, significant(minutes, 2)))
    if kpi.unit == "1":
        return number(estimate.mean * PERCENT, 1)
    return number(estimate.mean, max(0, significant(estimate.mean, 3)))


def line_kpis(study: Study) -> Table:
    """Return the line's KPIs with their 95 % intervals."""
    body = []
    for kpi in (kpi for kpi in KPIS if "line" in kpi.scopes):
        estimate = study.line_kpi(kpi.id)
        written, measured_in = (NOTHING, NOTHING), _unit(kpi, study.scenario.line)
        if estimate is not None and kpi.unit == "s" and estimate.mean >= DAY:
            measured_in, size = time_unit(estimate.mean)
            estimate = scaled(estimate, 1 / size)
        if estimate is not None:
            alone = estimate.interval is None
            places = max(0, significant(estimate.mean, 2)) if alone else decimals_of(estimate)
            written = (number(estimate.mean, places), interval(estimate.interval, places))
        body.append((kpi.name, *written, measured_in))
    return table(("KPI of the line", "mean", "95 % interval", "unit"), body, left=(0, 3))


def _unit(kpi: Kpi, line: Line) -> str:
    """Return in what a KPI is counted; pieces where a part is a lot of them."""
    product = line.product
    parts = units(product.unit) if line.move == "order" and product.per_part == 1 else "parts"
    return "–" if kpi.unit == "1" else kpi.unit.replace("unit", unit(product.unit)).replace("parts", parts)


def meanings() -> Table:
    """Return what each KPI is: symbol, name and formula, with the elements of ISO 22400-2."""
    body = [(kpi.symbol, kpi.name, kpi.formula) for kpi in KPIS]
    return table(("symbol", "KPI", "formula"), body, left=(0, 1, 2))
