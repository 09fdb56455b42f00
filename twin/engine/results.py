"""What a run hands over: accounts, events, digest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from twin.accounts import Accounts
from twin.engine.alongside import STOPPED
from twin.engine.reasons import Reasons
from twin.engine.records import BLOCKED, DOWN, METERED, PLAIN, STARVED, WAITING_REPAIR
from twin.engine.rules.assembly import JOINED
from twin.engine.rules.metering import read_meter
from twin.engine.rules.outcome import SCRAPPED
from twin.engine.rules.record import (
    ENDED,
    LOG_ARRIVAL,
    LOG_CREW,
    LOG_LEVEL,
    LOG_ORDER,
    LOG_PART,
    LOG_STANDBY,
    LOG_STATE,
)
from twin.engine.upkeeps import MILLI
from twin.events import STATES, Event
from twin.line.work_calendar import scheduled_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.engine.plan import Plan
    from twin.engine.records import World
    from twin.engine.state import LineState, Tables

SIMULATION = "simulation"
"""The `source` of simulated events."""


@dataclass(frozen=True, eq=False)
class Trace:
    """The events of one replication, kept as the rules wrote them and translated as often as they are gone through.

    A machine's power follows each of its states.
    """

    plan: Plan
    raw: np.ndarray[Any, Any]
    replication: int

    def __len__(self) -> int:
        return len(self.raw) + int(np.count_nonzero(self.raw["kind"] == LOG_STATE))

    def __iter__(self) -> Iterator[Event]:
        for sequence, (time, station, machine, kind, fields) in enumerate(_translated(self.plan, self.raw)):
            yield Event(SIMULATION, 0, sequence, self.replication, time, self.plan.line, station, machine, kind, fields)


@dataclass(frozen=True, eq=False)
class Run:
    """One replication.

    Attributes
    ----------
    replication
        Its number, from 0.
    engine
        The clock: "simpy" or "compiled".
    accounts
        Times in state and counts over the measured time.
    deadlock
        The machines that wait for each other, or None.
    digest
        SHA-256 of the final state, accounts, counters and draws used, hex.
    moves
        Completed cycles since time 0.
    state
        Where it stopped, if it was asked for.
    events
        The events of the run, if it was traced.
    alongside
        Names of the user's own processes that ran beside the line: then no other clock gives the same.
    """

    replication: int
    engine: str
    accounts: Accounts
    deadlock: tuple[str, ...] | None
    digest: str
    moves: int
    state: LineState | None
    events: Trace | None
    alongside: tuple[str, ...] = ()


def accounts_of(plan: Plan, tables: Tables, start: float, end: float) -> Accounts:
    """Return the accounts from `start` to `end` [s]: what the world has counted, and its open intervals."""
    line, machines, edges, pools = (tables[name] for name in ("line", "machines", "edges", "pools"))
    count, full = len(machines), plan.full
    states = tables["times"].reshape(count, len(STATES)).copy()
    states[np.arange(count), machines["state"]] += end - machines["since"]
    shown = edges[list(plan.buffers)]
    lapse = end - shown["since"]
    at_capacity = (shown["level"] >= shown["capacity"]) & (shown["capacity"] > 0)
    # An edge without places (capacity 0) holds nothing at any time: it is always empty.
    no_places = shown["capacity"] == 0
    held = end - pools["since"]
    scheduled = scheduled_s(plan.shifts, start, end)
    return Accounts(
        span_s=end - start,
        scheduled_s=scheduled,
        stations=plan.stations,
        machine_station=plan.machine_station,
        states=states,
        parts=machines["parts"].copy(),
        scrap=machines["scrap"].copy(),
        rework=machines["rework"].copy(),
        failures=machines["failures"].copy(),
        repaired=machines["repaired"].copy(),
        unexplained_s=np.zeros(count),
        **_upkeep(plan, tables, end),
        ideal_s=machines["ideal"].copy() if full else plan.ideal_s * machines["parts"],
        power_w=plan.power_w,
        standby_w=plan.standby_w,
        warm_up_j=plan.warm_up_j,
        **_metered(tables, end),
        edges=tuple(plan.edges[e] for e in plan.buffers),
        level_s=shown["area"] + shown["level"] * lapse,
        full_s=np.where(at_capacity, shown["full"] + lapse, shown["full"]),
        empty_s=np.where(no_places, end - start, np.where(shown["level"] == 0, shown["empty"] + lapse, shown["empty"])),
        skills=plan.skills,
        present_s=_present_s(plan, pools, start, end, scheduled),
        busy_s=(pools["busy_area"] + (pools["people"] - pools["free"]) * held) / plan.people_unit,
        waiting_s=pools["waiting_area"] + pools["waiting"] * held,
        arrived=int(line["arrived"][0]),
        turned_away=int(line["turned_away"][0]),
        departed=int(line["departed"][0]),
        scrapped=int(line["scrapped"][0]),
        first_pass=int(line["first_pass"][0]),
        orders_arrived=int(line["orders_arrived"][0]) if full else 0,
        orders_departed=int(line["orders_departed"][0]) if full else 0,
        wip_s=float(line["wip_area"][0] + line["wip"][0] * (end - line["wip_since"][0])),
        lead_sum_s=float(line["lead_sum"][0]),
        lead_bins=tables["bins"].copy(),
        joined=int(line["joined"][0]) if full else 0,
    )


def _present_s(
    plan: Plan, pools: np.ndarray[Any, Any], start: float, end: float, scheduled: float
) -> np.ndarray[Any, Any]:
    """How long people of each pool have been there: the integral where absence changes their number [s]."""
    kept = [scheduled if own is plan.shifts else scheduled_s(own, start, end) for own in plan.pool_shifts]
    present = pools["people"] * np.array(kept)
    if plan.full:
        counted = pools["present_area"] + pools["people"] * pools["on"] * (end - pools["since"])
        changes = (pools["absence_stream"] >= 0) | (STOPPED in plan.failures)  # a process may change any pool
        present = np.where(changes, counted, present)
    shown: np.ndarray[Any, Any] = present / plan.people_unit
    return shown


def _upkeep(plan: Plan, tables: Tables, end: float) -> dict[str, Any]:
    """Return what is counted of minor stops, maintenance, standby and starts, open intervals included."""
    machines = tables["machines"]
    count = len(machines)
    names = ("minor_stops", "maintained", "warm_ups")
    counts = {name: machines[name].copy() if plan.full else np.zeros(count, dtype=np.int64) for name in names}
    minor_s, standby_s = np.zeros((count, len(STATES))), np.zeros((count, len(STATES)))
    if plan.full:
        minor_s[:, WAITING_REPAIR], minor_s[:, DOWN] = machines["minor_waiting"], machines["minor_down"]
        standby_s[:, STARVED], standby_s[:, BLOCKED] = machines["standby_starved"], machines["standby_blocked"]
        state, rows = machines["state"], np.arange(count)
        stopped = (machines["minor"] == 1) & ((state == WAITING_REPAIR) | (state == DOWN))
        minor_s[rows, state] += np.where(stopped, end - machines["since"], 0.0)
        standby_s[rows, state] += np.where(machines["standby"] == 1, end - machines["standby_since"], 0.0)
    return {**counts, "minor_s": minor_s, "standby_s": standby_s}


def _metered(tables: Tables, end: float) -> dict[str, Any]:
    """Return the line's peak and its highest mean of a whole window up to the end [W]; 0 where no power is named."""
    row = tables["line"][0]
    if not row["watching"] & METERED:
        return {"peak_w": 0.0, "peak_mean_w": 0.0}
    line = SimpleNamespace(**{field: row[field].item() for field in PLAIN["line"]})
    line.now = end
    read_meter(cast("World", SimpleNamespace(line=[line])))
    return {"peak_w": line.peak / MILLI, "peak_mean_w": line.mean_most / MILLI if line.mean_most >= 0 else math.nan}


def _persons(parts: int, unit: int) -> float:
    """Return parts of persons as persons: a whole number where they are whole."""
    whole, rest = divmod(parts, unit)
    return parts / unit if rest else whole


def _translated(
    plan: Plan, raw: np.ndarray[Any, Any]
) -> Iterator[tuple[float, str | None, int | None, str, dict[str, Any]]]:
    first = [plan.machine_station.index(s) for s in range(len(plan.stations))]
    place = [(plan.stations[s], m - first[s] + 1) for m, s in enumerate(plan.machine_station)]
    stations = plan.stations
    # Python's -1 and -2 pick the last two: a part goes to a station, out, or to scrap.
    targets = (*stations, "scrap", "out")
    power, standby = plan.power_w / 1000.0, plan.standby_w / 1000.0
    reasons = Reasons(plan)
    edge_station = [name.partition("->")[2] for name in plan.edges]
    for time, kind, owner, a, b, c, x, *lot in map(np.void.item, raw):
        pieces, product = lot or (None, None)
        if kind == LOG_STATE:
            station, machine = place[owner]
            yield time, station, machine, "state", {"state": STATES[a], "reason": reasons.of(a, b, c)}
            yield time, station, machine, "power", {"power_kw": float(standby[owner] if x else power[owner, a])}
        elif kind == LOG_STANDBY:
            station, machine = place[owner]
            yield time, station, machine, "power", {"power_kw": float(standby[owner])}
        elif kind == LOG_PART:
            station, machine = place[owner]
            joined = c == JOINED
            outcome = "joined" if joined else "scrap" if c == SCRAPPED else "rework" if b else "good"
            yield time, station, machine, "part", {
                "part": a, "outcome": outcome, "cycle_s": x, "to": station if joined else targets[c], "pieces": pieces,
                "product": None if product is None else plan.products[product], "parent": b if joined else None,
            }  # fmt: skip
        elif kind == LOG_ARRIVAL:
            yield time, stations[owner], None, "arrival", {
                "part": a, "accepted": bool(b), "pieces": pieces, "parent": c or None,
            }  # fmt: skip
        elif kind == LOG_LEVEL:
            yield time, edge_station[owner], None, "level", {"buffer": plan.edges[owner], "level": a}
        elif kind == LOG_CREW:
            present, busy = (_persons(parts, plan.people_unit) for parts in (a, b))
            fields = {"skill": plan.skills[owner], "present": present, "busy": busy, "waiting": c}
            yield time, None, None, "crew", fields
        elif kind == LOG_ORDER:
            change = "ended" if a == ENDED else "released"
            yield time, None, None, "order", {"order": plan.order_name(owner), "change": change, "pieces": pieces}
