"""The KPIs, one row each: name, formula, unit, direction, range, source and function.

Names and formulas are those of ISO 22400-2:2014, Key performance indicators for manufacturing operations management.
The standard's own text was not at hand: they are taken as the open ontology of it by the Helmut Schmidt University in
Hamburg (hsu-aut/IndustrialStandard-ODP-ISO22400-2) and manuals of vendors quote them. A row says where that left
something open. The symbols in the formulas are explained in `twin.kpi.elements`.

Every function returns None where its denominator is zero: nothing was planned, made or broken, so there is no ratio.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Literal

from twin.kpi.elements import WholeLine, WorkUnit
from twin.kpi.energy import JOULES_PER_KWH

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS_PER_HOUR = 3600.0
WATTS_PER_KW = 1000.0

Scope = Literal["station", "line"]
"""What a KPI is of: "station" of a `WorkUnit` (a station's or a single machine's), "line" of a `WholeLine`."""


def _ratio(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if denominator > 0 else None


def availability(unit: WorkUnit) -> float | None:
    """Share of the planned busy time in which the work unit produced: APT / PBT."""
    return _ratio(unit.apt, unit.pbt)


def effectiveness(unit: WorkUnit) -> float | None:
    """Ideal time of the parts made over the time it took to make them: PRI x PQ / APT."""
    return _ratio(unit.ideal, unit.apt)


def quality_ratio(unit: WorkUnit) -> float | None:
    """Share of the parts that were good at once: GQ / PQ."""
    return _ratio(unit.pq - unit.sq - unit.rq, unit.pq)


def oee(unit: WorkUnit) -> float | None:
    """Overall equipment effectiveness: availability x effectiveness x quality ratio; 0 where nothing was made.

    A part in work at the end of the measured time has used production time and is not counted yet, so that a short
    measurement may end with production time and no part.
    """
    if unit.pbt > 0 and unit.pq == 0:
        return 0.0
    factors = availability(unit), effectiveness(unit), quality_ratio(unit)
    product = 1.0
    for factor in factors:
        if factor is None:
            return None
        product *= factor
    return product


def teep(unit: WorkUnit) -> float | None:
    """Total effective equipment performance: OEE x PBT / calendar time."""
    effective, loading = oee(unit), _ratio(unit.pbt, unit.calendar)
    return None if effective is None or loading is None else effective * loading


def utilisation_efficiency(unit: WorkUnit) -> float | None:
    """Share of the busy time in which the work unit produced: APT / AUBT."""
    return _ratio(unit.apt, unit.apt + unit.aust + unit.adet)


def setup_ratio(unit: WorkUnit) -> float | None:
    """Share of the processing time that went into setup: AUST / AUPT."""
    return _ratio(unit.aust, unit.apt + unit.aust)


def scrap_ratio(counts: WorkUnit | WholeLine) -> float | None:
    """Share of the parts that were scrap: SQ / PQ."""
    return _ratio(counts.sq, counts.pq)


def rework_ratio(counts: WorkUnit | WholeLine) -> float | None:
    """Share of the parts that were sent back (work unit) or left good only after rework (line): RQ / PQ."""
    return _ratio(counts.rq, counts.pq)


def first_pass_ratio(line: WholeLine) -> float | None:
    """Share of the parts leaving the line that left good and never needed rework: (PQ - SQ - RQ) / PQ."""
    return _ratio(line.pq - line.sq - line.rq, line.pq)


def mtbf(unit: WorkUnit) -> float | None:
    """Mean operating time between failures, repair included, delays left out [s]: (AUPT + ADOT - ADMT) / FE."""
    return _ratio(unit.apt + unit.aust + unit.adot - unit.admt, unit.fe)


def mttf(unit: WorkUnit) -> float | None:
    """Mean operating time to failure [s]: AUPT / FE."""
    return _ratio(unit.apt + unit.aust, unit.fe)


def mttr(unit: WorkUnit) -> float | None:
    """Mean time to repair, waiting for a technician included, minor stops not [s]: (ADOT - ADMT) / repairs ended."""
    return _ratio(unit.adot - unit.admt, unit.repairs)


def mtbm(unit: WorkUnit) -> float | None:
    """Mean operating time between minor stops [s]: AUPT / ME."""
    return _ratio(unit.apt + unit.aust, unit.minor_stops)


def minor_stop_ratio(unit: WorkUnit) -> float | None:
    """Share of the planned busy time that went into minor stops: ADMT / PBT."""
    return _ratio(unit.admt, unit.pbt)


def energy_per_part(unit: WorkUnit) -> float | None:
    """Electrical energy of the machines per part that left them good at once [kWh/part]: E / GQ."""
    return _ratio(unit.energy / JOULES_PER_KWH, unit.pq - unit.sq - unit.rq)


def unexplained_stop_ratio(unit: WorkUnit) -> float | None:
    """Share of the down time for which nobody gave a reason: unexplained / ADOT."""
    return _ratio(unit.unexplained, unit.adot)


def throughput_rate(line: WholeLine) -> float | None:
    """Good parts leaving the line per hour of calendar time [parts/h]."""
    return _ratio((line.pq - line.sq) * SECONDS_PER_HOUR, line.calendar)


def lead_time(line: WholeLine) -> float | None:
    """Mean time from arrival to departure, of good parts or of orders [s]; quantiles: `twin.accounts.lead_quantile`."""
    return _ratio(line.lead_sum, line.leads)


def orders_per_h(line: WholeLine) -> float | None:
    """Orders leaving the line per hour of calendar time [orders/h]; None on a line without orders."""
    return None if line.orders is None else _ratio(line.orders * SECONDS_PER_HOUR, line.calendar)


def wip(line: WholeLine) -> float | None:
    """Parts in the line, mean over calendar time [parts]."""
    return _ratio(line.wip_time, line.calendar)


def energy_per_unit(line: WholeLine) -> float | None:
    """Electrical energy of all machines per good unit [kWh/unit]."""
    return _ratio(line.energy / JOULES_PER_KWH, line.units)


def peak_power(line: WholeLine) -> float | None:
    """Highest electrical power of all machines together [kW]; None where no power is named."""
    return None if line.peak is None else line.peak / WATTS_PER_KW


def peak_mean_power(line: WholeLine) -> float | None:
    """Highest mean power over 10 minutes by the clock [kW]; None where no power is named, or less time is measured."""
    return None if line.peak_mean is None else line.peak_mean / WATTS_PER_KW


def labour_hours_per_unit(line: WholeLine) -> float | None:
    """Hours of people on duty per good unit [h/unit]."""
    return _ratio(line.present / SECONDS_PER_HOUR, line.units)


@dataclass(frozen=True, slots=True)
class Kpi:
    """A KPI: one name for it, wherever it is computed, printed, stored or drawn."""

    id: str
    name: str
    symbol: str
    formula: str
    unit: str
    """The unit of the value; 1 for a ratio."""
    better: Literal["higher", "lower"]
    highest: float
    """Upper end of the range; the lower end is 0 for every KPI."""
    source: str
    scopes: tuple[Scope, ...]
    function: Callable[[Any], float | None]


_ISO = "ISO 22400-2:2014"
_DIVISOR = f"{_ISO} by name; quotations of it divide by FE or by FE + 1, unsettled: this divides by"
_OWN = "no KPI of this name in what could be read of ISO 22400-2"
_STATION: tuple[Scope, ...] = ("station",)
_LINE: tuple[Scope, ...] = ("line",)
_BOTH = _STATION + _LINE

# fmt: off
KPIS: tuple[Kpi, ...] = (
    Kpi("availability", "Availability", "A", "APT / PBT", "1", "higher", 1, _ISO, _STATION, availability),
    Kpi("effectiveness", "Effectiveness", "E", "PRI × PQ / APT", "1", "higher", inf, _ISO, _STATION, effectiveness),
    Kpi("quality", "Quality ratio", "QR", "GQ / PQ", "1", "higher", 1, _ISO, _STATION, quality_ratio),
    Kpi("oee", "OEE index", "OEE", "A × E × QR", "1", "higher", inf, _ISO, _STATION, oee),
    Kpi("teep", "TEEP", "TEEP", "OEE × PBT / calendar time", "1", "higher", inf,
        f"common use; {_OWN}", _STATION, teep),
    Kpi("utilisation_efficiency", "Utilization efficiency", "UE", "APT / AUBT", "1", "higher", 1, _ISO, _STATION,
        utilisation_efficiency),
    Kpi("setup_ratio", "Setup ratio", "SeR", "AUST / AUPT", "1", "lower", 1, _ISO, _STATION, setup_ratio),
    Kpi("scrap_ratio", "Scrap ratio", "SR", "SQ / PQ", "1", "lower", 1, _ISO, _BOTH, scrap_ratio),
    Kpi("rework_ratio", "Rework ratio", "RR", "RQ / PQ", "1", "lower", 1, _ISO, _BOTH, rework_ratio),
    Kpi("first_pass_ratio", "First pass yield", "FPY", "(PQ − SQ − RQ) / PQ", "1", "higher", 1,
        f"{_ISO} by name, there of inspected parts; here every part that leaves the line", _LINE, first_pass_ratio),
    Kpi("mtbf", "Mean operating time between failures", "MTBF", "(AUPT + ADOT − ADMT) / FE", "s", "higher", inf,
        f"{_DIVISOR} FE", _STATION, mtbf),
    Kpi("mttf", "Mean time to failure", "MTTF", "AUPT / FE", "s", "higher", inf, f"{_DIVISOR} FE", _STATION, mttf),
    Kpi("mttr", "Mean time to repair", "MTTR", "(ADOT − ADMT) / repairs ended", "s", "lower", inf,
        f"{_DIVISOR} the repairs that ended", _STATION, mttr),
    Kpi("mtbm", "Mean operating time between minor stops", "MTBM", "AUPT / ME", "s", "higher", inf,
        f"as MTTF, of minor stops; {_OWN}", _STATION, mtbm),
    Kpi("minor_stop_ratio", "Minor stop time", "MSR", "ADMT / PBT", "1", "lower", 1,
        f"minor stops are one of the six big losses of TPM; {_OWN}", _STATION, minor_stop_ratio),
    Kpi("unexplained_stop_ratio", "Unexplained stop time", "USR", "down time without a reason / ADOT", "1", "lower", 1,
        f"stops need a reason before anybody can act on them; {_OWN}", _STATION, unexplained_stop_ratio),
    Kpi("throughput_rate", "Throughput rate", "TR", "GQ / calendar time", "parts/h", "higher", inf,
        f"{_ISO} by name, there per order execution time; here per hour of calendar time", _LINE, throughput_rate),
    Kpi("orders_per_h", "Orders per hour", "OPH", "orders / calendar time", "orders/h", "higher", inf,
        f"an order leaves with its last lot; {_OWN}", _LINE, orders_per_h),
    Kpi("lead_time", "Lead time", "LT", "Σ (departure − arrival) / departures", "s", "lower", inf,
        f"Hopp and Spearman (2011), Factory Physics; {_OWN}", _LINE, lead_time),
    Kpi("wip", "Work in process", "WIP", "∫ parts in the line dt / calendar time", "parts", "lower", inf,
        f"Hopp and Spearman (2011), Factory Physics; {_ISO} has it as an element", _LINE, wip),
    Kpi("energy_per_unit", "Energy per unit", "EPU", "E / good units", "kWh/unit", "lower", inf,
        f"after comprehensive energy consumption in {_ISO}, electricity only", _LINE, energy_per_unit),
    Kpi("energy_per_part", "Energy per part", "EPP", "E / GQ", "kWh/part", "lower", inf,
        f"after comprehensive energy consumption in {_ISO}, electricity only", _STATION, energy_per_part),
    Kpi("peak_power", "Peak power", "PP", "max power", "kW", "lower", inf, f"common use; {_OWN}", _LINE, peak_power),
    Kpi("peak_mean_power", "Highest 10-minute mean power", "PMP", "max ∫ power dt / 10 min", "kW", "lower", inf,
        f"windows by the clock from time 0, after the meters of energy suppliers; {_OWN}", _LINE, peak_mean_power),
    Kpi("labour_hours_per_unit", "Labour hours per unit", "LHU", "Σ posts × time on duty / good units", "h/unit",
        "lower", inf, f"common use; {_OWN}", _LINE, labour_hours_per_unit),
)
"""Every KPI, in the order in which tables show them."""
# fmt: on

_OF_STATION = tuple(kpi for kpi in KPIS if "station" in kpi.scopes)
_OF_LINE = tuple(kpi for kpi in KPIS if "line" in kpi.scopes)


def values(elements: WorkUnit | WholeLine) -> dict[str, float | None]:
    """Compute every KPI that these elements have, by id; None where its denominator is zero."""
    return {kpi.id: kpi.function(elements) for kpi in (_OF_STATION if isinstance(elements, WorkUnit) else _OF_LINE)}
