"""Replications of one scenario: run, estimated with their intervals, and written down as one document."""

from __future__ import annotations

import hashlib
import math
import platform
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.accounts import Accounts, by_station, lead_quantile, total
from twin.engine.simulation import simulate
from twin.errors import InputError
from twin.events import STATES
from twin.kpi.bottleneck import bottleneck
from twin.kpi.definitions import KPIS, SECONDS_PER_HOUR, Kpi
from twin.kpi.elements import machines_of, whole_line, work_unit
from twin.kpi.energy import JOULES_PER_KWH, energy_j
from twin.kpi.policy import STANDARD
from twin.line.work_calendar import shift_hours
from twin.study.input_uncertainty import Outcomes, mean_of
from twin.study.intervals import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from twin.engine.results import Run
    from twin.engine.state import LineState
    from twin.line.scenario import Scenario

PACKAGES = ("line-twin", "numpy", "numba", "simpy")
"""The packages on whose versions the bits of an answer depend."""

BY_ID: dict[str, Kpi] = {kpi.id: kpi for kpi in KPIS}


@dataclass(frozen=True, eq=False)
class Study:
    """Independent runs of one scenario.

    Attributes
    ----------
    scenario
        The line with its options chosen.
    runs
        One a replication.
    horizon_s, warmup_s
        Time asked to be measured, and the time before it [s].
    seed
        The seed of all replications.
    sampled
        The runs once more, on the same luck, each under its sample of the line's fitted numbers; none where it has no
        samples. The intervals of all estimates then hold the data's uncertainty too.
    """

    scenario: Scenario
    runs: tuple[Run, ...]
    horizon_s: float
    warmup_s: float
    seed: int
    sampled: tuple[Run, ...] = ()

    @cached_property
    def pooled(self) -> Accounts:
        """The accounts of all replications, summed."""
        return total([run.accounts for run in self.runs])

    @property
    def engine(self) -> str:
        """The clock."""
        return self.runs[0].engine

    @property
    def digest(self) -> str:
        """SHA-256 over the digests of the replications in order, hex."""
        return _digest(self.runs)

    @property
    def sampled_digest(self) -> str | None:
        """The same of the runs under samples; None without."""
        return _digest(self.sampled) if self.sampled else None

    @property
    def locked(self) -> tuple[Run, ...]:
        """The runs that came to a deadlock."""
        return tuple(run for run in self.runs if run.deadlock is not None)

    def estimate(self, value: Callable[[Accounts], float | None], highest: float = math.inf) -> Estimate | None:
        """Estimate the mean over replications of a number that accounts give, from 0 to `highest`.

        An interval ends where such a number can be no more, for Student's t knows no bounds. Where a replication
        gives none (it made no part, say), the number of all replications together stands without
        an interval; None where they give none either.
        """
        values = [value(run.accounts) for run in self.runs]
        known = [number for number in values if number is not None]
        under = [value(run.accounts) for run in self.sampled]
        sampled = [number for number in under if number is not None] if None not in under else []
        if len(known) == len(values):
            return _within(mean_of(Outcomes(tuple(known), tuple(sampled))), highest)
        together = value(self.pooled)
        return None if together is None else Estimate(together, None)

    def line_kpi(self, kpi: str) -> Estimate | None:
        """Estimate a KPI of the line, named as in `twin.kpi.definitions`."""
        per_part = self.scenario.line.product.per_part
        row = BY_ID[kpi]
        return self.estimate(lambda accounts: row.function(whole_line(accounts, per_part=per_part)), row.highest)

    def station_kpi(self, kpi: str, station: str) -> Estimate | None:
        """Estimate a KPI of a station, named as in `twin.kpi.definitions`."""
        row, machines = BY_ID[kpi], machines_of(self.pooled, station)
        return self.estimate(lambda accounts: row.function(work_unit(accounts, machines)), row.highest)

    def station_energy(self, station: str) -> Estimate | None:
        """Estimate the electrical energy of a station's machines per good unit of the line [kWh/unit].

        Those of all stations add up to the line's.
        """
        rows, joules = list(machines_of(self.pooled, station)), self.scenario.line.product.per_part * JOULES_PER_KWH
        return self.estimate(
            lambda accounts: (
                float(energy_j(accounts)[rows].sum() / (accounts.departed * joules)) if accounts.departed else None
            )
        )

    def per_hour(self, parts: Callable[[Accounts], float]) -> Estimate:
        """Estimate a number of parts as units of the product per hour of measured time, closed hours included."""
        units = self.scenario.line.product.per_part * SECONDS_PER_HOUR
        rates = [float(parts(run.accounts) * units / run.accounts.span_s) for run in (*self.runs, *self.sampled)]
        return _within(mean_of(Outcomes.split(rates, len(self.runs))), math.inf)

    @property
    def good_per_hour(self) -> Estimate:
        """Good units that left the line per hour of measured time, closed hours included."""
        return self.per_hour(lambda accounts: accounts.departed)

    @property
    def good_per_shift(self) -> Estimate | None:
        """Good units that left the line per shift worked; None where no shift was measured."""
        return self._good_in(shift_hours(self.scenario.line.shifts) * SECONDS_PER_HOUR)

    @property
    def good_per_hour_worked(self) -> Estimate | None:
        """Good units that left the line per hour within shifts; None where no shift was measured."""
        return self._good_in(SECONDS_PER_HOUR)

    def _good_in(self, time: float) -> Estimate | None:
        """Estimate the good units in a time [s] within shifts."""
        units = self.scenario.line.product.per_part * time
        if any(run.accounts.scheduled_s <= 0 for run in self.runs):
            return None
        return self.estimate(lambda accounts: accounts.departed * units / accounts.scheduled_s)

    @cached_property
    def limits(self) -> dict[str, int]:
        """The stations that limit the line, each with in how many replications, the most first.

        Of several with as many, the one that limits all replications together comes first.
        """
        counted = Counter(bottleneck(run.accounts) for run in self.runs)
        together = bottleneck(self.pooled)
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0] != together)))

    @property
    def oee_station(self) -> str:
        """The station whose OEE is the line's: the bottleneck that the line names, else the one that limits it."""
        return self.scenario.line.bottleneck or next(iter(self.limits))


def replicate(
    scenario: Scenario,
    *,
    sampled: Sequence[Scenario] = (),
    replications: int,
    horizon: float,
    warmup: float = 0.0,
    seed: int = 1,
    engine: str = "auto",
    workers: int | None = None,
    trace: bool = False,
    until: float | None = None,
    initial: Sequence[LineState] | None = None,
    keep_state: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Study:
    """Run a scenario a number of times.

    Parameters
    ----------
    scenario
        The line with its options chosen.
    sampled
        The same under samples of its fitted numbers, one for each replication (see `sample_numbers` in
        `twin.study.input_uncertainty`); each runs on the luck of its replication, beside the run as fitted.
    replications, seed
        How many independent runs, and the seed of all of them; saved states bring their own of both.
    horizon, warmup
        Measured time, and the time before it [s].
    engine, workers, trace, until, initial, keep_state, progress
        As in `twin.engine.simulation.simulate`.

    Raises
    ------
    InputError
        As `twin.engine.simulation.simulate`, or if `until` lies before the warm-up's end: nothing would be measured.
    """
    if until is not None and until <= warmup:
        raise InputError(f"until: {until:g} s lies within the warm-up of {warmup:g} s; stop after it, or shorten it")
    simulated = partial(
        simulate, replications=replications, horizon=horizon, warmup=warmup, seed=seed, workers=workers, until=until
    )
    first, second = (progress, None) if progress is None or not sampled else _halves(progress)
    runs = simulated(scenario, engine=engine, trace=trace, initial=initial, keep_state=keep_state, progress=first)
    under = simulated(sampled, engine=runs[0].engine, progress=second) if sampled else []
    return Study(scenario, tuple(runs), horizon, warmup, initial[0].seed if initial else seed, tuple(under))


def _halves(progress: Callable[[int, int], None]) -> tuple[Callable[[int, int], None], Callable[[int, int], None]]:
    """Return what tells of the progress of two sets of runs, one after the other."""
    return (
        lambda done, total: progress(done, 2 * total),
        lambda done, total: progress(total + done, 2 * total),
    )


def _digest(runs: Sequence[Run]) -> str:
    return hashlib.sha256(b"".join(bytes.fromhex(run.digest) for run in runs)).hexdigest()


def _within(estimate: Estimate, highest: float) -> Estimate:
    """Return an estimate whose interval ends at 0 and at `highest`."""
    if estimate.interval is None:
        return estimate
    ends, alone = (
        None if ends is None else (max(0.0, ends[0]), min(highest, ends[1]))
        for ends in (estimate.interval, estimate.simulation)
    )
    return replace(estimate, interval=ends, simulation=alone)


def versions() -> dict[str, str]:
    """Return all that the bits of an answer depend on: versions, and the type of processor."""
    packages = {name: version(name) for name in PACKAGES}
    return {"python": platform.python_version(), **packages, "processor": platform.machine()}


def document(study: Study) -> dict[str, Any]:
    """Return a study as one JSON document, the same from both clocks but for the name of the clock.

    Rates are per hour of measured time, closed hours included: `throughput_per_h` in parts, `orders_per_h` (None on a
    line without orders) in orders, `good`, `scrap` and `rework` (sent back, every time it happens) in units of the
    product. Shares and levels are of measured time.
    Where runs under samples stand beside those as fitted, `ci95` holds the simulation's noise alone, `ci95_data` the
    data's uncertainty too, and `data_share` says what the data owe of its variance.
    `energy_kwh_per_unit` of a station is per good unit of the line, so that the stations' add up to the line's;
    `peak_power_kw` and `peak_mean_power_kw` (the highest mean of 10 minutes by the clock) are None without any power.
    `kpis`, of the line and of each station, holds every row of `twin.kpi.definitions` in its own unit.
    """
    return {
        "line": study.scenario.line.line,
        "options": study.scenario.name,
        "engine": study.engine,
        "versions": versions(),
        "seed": study.seed,
        "replications": len(study.runs),
        "horizon_s": study.horizon_s,
        "warmup_s": study.warmup_s,
        "digest": study.digest,
        **({"sampled_digest": study.sampled_digest} if study.sampled else {}),
        "deadlocks": len(study.locked),
        "oee_policy": STANDARD.title,
        "throughput_per_h": _estimate(study.line_kpi("throughput_rate")),
        "orders_per_h": _estimate(study.line_kpi("orders_per_h")) if study.scenario.line.source.orders else None,
        "good": _estimate(study.good_per_hour),
        "scrap": _estimate(study.per_hour(lambda accounts: accounts.scrapped)),
        "rework": _estimate(study.per_hour(lambda accounts: accounts.rework.sum())),
        "lead_time_s": {
            "mean": _mean(study.line_kpi("lead_time")),
            **{f"p{part}": lead_quantile(study.pooled, part / 100) for part in (50, 90, 95)},
        },
        "wip": _estimate(study.line_kpi("wip")),
        "stations": {station: _station(study, station) for station in study.pooled.stations},
        "buffers": _buffers(study.pooled),
        "operators": {
            skill: {"utilisation": share, "idle": idle(share)} for skill, share in utilisation(study.pooled).items()
        },
        "energy_kwh_per_unit": _mean(study.line_kpi("energy_per_unit")),
        "peak_power_kw": _estimate(study.line_kpi("peak_power")),
        "peak_mean_power_kw": _estimate(study.line_kpi("peak_mean_power")),
        "kpis": {kpi.id: _interval(study.line_kpi(kpi.id)) for kpi in KPIS if "line" in kpi.scopes},
    }


def state_shares(accounts: Accounts) -> dict[str, dict[str, float]]:
    """Return the share of the measured time that each station's machines spent in each state."""
    times = by_station(accounts, accounts.states)
    shares = (times / times.sum(axis=1, keepdims=True)).tolist()
    return {name: dict(zip(STATES, row, strict=True)) for name, row in zip(accounts.stations, shares, strict=True)}


def utilisation(accounts: Accounts) -> dict[str, float | None]:
    """Return the share of their time on duty for which the people of each skill were busy; None if nobody was there."""
    pairs = zip(accounts.busy_s.tolist(), accounts.present_s.tolist(), strict=True)
    shares = [busy / present if present > 0 else None for busy, present in pairs]
    return dict(zip(accounts.skills, shares, strict=True))


def idle(busy: float | None) -> float | None:
    """Return the share of their time on duty in which people waited for work, of that in which they were busy."""
    return None if busy is None else max(1.0 - busy, 0.0)


def _station(study: Study, station: str) -> dict[str, Any]:
    kpis = {kpi: _mean(study.station_kpi(kpi, station)) for kpi in ("oee", "availability", "effectiveness", "quality")}
    every = {kpi.id: _interval(study.station_kpi(kpi.id, station)) for kpi in KPIS if "station" in kpi.scopes}
    pooled = study.pooled
    machines, hours = list(machines_of(pooled, station)), pooled.span_s / SECONDS_PER_HOUR
    return {
        "states": state_shares(pooled)[station],
        **kpis,
        "minor_stops_per_h": float(pooled.minor_stops[machines].sum() / hours),
        "maintenances_per_h": float(pooled.maintained[machines].sum() / hours),
        "energy_kwh_per_unit": _mean(study.station_energy(station)),
        "kpis": every,
    }


def _buffers(accounts: Accounts) -> dict[str, dict[str, float]]:
    columns = (np.stack([accounts.level_s, accounts.full_s, accounts.empty_s], axis=1) / accounts.span_s).tolist()
    names = ("mean_level", "share_full", "share_empty")
    return {edge: dict(zip(names, row, strict=True)) for edge, row in zip(accounts.edges, columns, strict=True)}


def _estimate(estimate: Estimate | None) -> dict[str, Any]:
    if estimate is None:
        return {"mean": None, "ci95": None, "replications": []}
    ends = estimate.interval if estimate.data_share is None else estimate.simulation
    found = {"mean": estimate.mean, "ci95": _listed(ends), "replications": list(estimate.replications)}
    if estimate.data_share is None:
        return found
    return {**found, "ci95_data": _listed(estimate.interval), "data_share": estimate.data_share}


def _listed(ends: tuple[float, float] | None) -> list[float] | None:
    return None if ends is None else list(ends)


def _interval(estimate: Estimate | None) -> dict[str, Any]:
    """As `_estimate`, without the value of each replication."""
    return {key: value for key, value in _estimate(estimate).items() if key != "replications"}


def _mean(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.mean
