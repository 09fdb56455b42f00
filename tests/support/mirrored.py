"""Reference lines simulated with their events, and mirrors of them."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import lines
from twin.engine.simulation import simulate
from twin.kpi.policy import STANDARD
from twin.line.load import load_line
from twin.line.scenario import Scenario, scenario
from twin.live.clock import SECOND, monday_before
from twin.live.mirror import Mirror
from twin.live.shift_calendar import ShiftCalendar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twin.engine.results import Run
    from twin.events import Event
    from twin.live.picture import Tick

HOUR = 3600.0
ZONE = "Europe/Paris"
EPOCH_NS = monday_before(1_700_000_000 * SECOND, ZoneInfo(ZONE))
"""A Monday of November: no clock changes in its week."""

UNTIL_H = {"ceiling_tiles": 8, "three_stations": 22, "bracket_shop": 31, "machine_shop": 31}
"""How long each line runs: into its shifts."""


@cache
def line_of(name: str) -> Scenario:
    """Return a reference line as it is described."""
    return scenario(load_line(lines.path(name)))


@cache
def run_of(name: str, until_s: float) -> tuple[Run, tuple[Event, ...]]:
    """Return a run of a reference line from time 0, and its events."""
    run = simulate(line_of(name), horizon=until_s, trace=True, seed=5)[0]
    return run, tuple(run.events or ())


def counted(name: str, start_s: float, end_s: float) -> Run:
    """Return the engine's own run of the same luck, counted between two moments."""
    return simulate(line_of(name), warmup=start_s, horizon=end_s - start_s, seed=5)[0]


def mirror_of(described: Scenario, **settings: Any) -> Mirror:  # noqa: ANN401 -- as Mirror takes them
    """Return a mirror of a line in Paris that has seen nothing yet."""
    calendar = ShiftCalendar(described.line.shifts, ZONE)
    policy = settings.pop("policy", STANDARD)
    return Mirror(described, calendar, policy, **{"epoch_ns": EPOCH_NS} | settings)


def feed(mirror: Mirror, events: Sequence[Event], batch: int = 500) -> list[Tick]:
    """Let a mirror take events batch by batch; return all ticks, in the order in which they were made."""
    ticks = []
    for first in range(0, len(events), batch):
        mirror.take(events[first : first + batch])
        ticks += mirror.ticks()
    return ticks


def last_told(ticks: Iterable[Tick]) -> dict[float, Tick]:
    """Return the ticks by their time, of each time the last."""
    return {tick.time_s: tick for tick in ticks}


def disordered(events: Sequence[Event], share: float, most_s: float, seed: int = 1) -> list[Event]:
    """Return events as they come over a bad line: a share of them up to so late [s]."""
    luck = random.Random(seed)  # noqa: S311 -- luck, not a secret
    coming = [
        (event.time + (luck.uniform(0, most_s) if luck.random() < share else 0.0), place)
        for place, event in enumerate(events)
    ]
    return [events[place] for _, place in sorted(coming)]
