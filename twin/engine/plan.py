"""Scenario to numbers: the only place where names become indices."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.accounts import LEAD_BINS, LEAD_EDGES
from twin.engine.records import (
    COLUMNS,
    GROUP,
    INFINITE,
    OFF_SHIFT,
    PLACES,
    STARVED,
    TABLES,
    UNLIMITED,
    empty,
    winner_tree,
)
from twin.engine.streams import BLOCK, BUFFER, RESERVE, Stream
from twin.errors import InputError
from twin.events import STATES
from twin.line.route import OUT, loops, probabilities
from twin.line.work_calendar import WEEK, windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from twin.line.distributions import Distribution
    from twin.line.line import Line
    from twin.line.scenario import Scenario
    from twin.line.station import Station
    from twin.line.work_calendar import Shifts

Tables = dict[str, np.ndarray[Any, Any]]

SOURCE = "source"


@dataclass(frozen=True, eq=False)
class Plan:
    """A scenario in numbers: what both clocks start from.

    Attributes
    ----------
    line
        The line's name.
    tables
        Every table of the world at time 0, before the first draw.
    streams
        Owner, number, purpose and distribution of each random stream.
    stations, edges, skills, failures
        Names by index; a failure's name stands for each machine that has it.
    buffers
        Indices of the edges that the accounts show, in their order.
    machine_station
        Station index of each machine.
    ideal_s, power_w
        Ideal cycle [s] of each machine; power [W] of each machine in each state.
    shifts
        When the line works.
    key
        SHA-256 of all of it: a saved state fits only the plan it was taken from.
    """

    line: str
    tables: Tables
    streams: tuple[Stream, ...]
    stations: tuple[str, ...]
    edges: tuple[str, ...]
    skills: tuple[str, ...]
    failures: tuple[str, ...]
    buffers: tuple[int, ...]
    machine_station: tuple[int, ...]
    ideal_s: np.ndarray[Any, Any]
    power_w: np.ndarray[Any, Any]
    shifts: Shifts
    key: str


class _Builder:
    """Collects rows and streams while a plan is made."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.station_index = {name: s for s, name in enumerate(line.stations)}
        self.pool_index = {skill: p for p, skill in enumerate(line.operators)}
        self.streams: list[Stream] = []
        self.needs: list[tuple[int, int]] = []
        self.failures: list[dict[str, int | float]] = []
        self.failure_names: list[str] = []

    def stream(self, owner: str, number: int, purpose: str, distribution: Distribution | None, burst: int = 0) -> int:
        self.streams.append(Stream(owner, number, purpose, distribution, burst))
        return len(self.streams) - 1

    def need(self, people: Mapping[str, int]) -> tuple[int, int]:
        first = len(self.needs)
        self.needs += [(self.pool_index[skill], count) for skill, count in people.items() if count > 0]
        return first, len(self.needs)

    def machine_failures(self, name: str, number: int, station: Station) -> tuple[int, int]:
        first = len(self.failures)
        for failure_name, failure in station.failures.items():
            alone = {skill: n - station.crew.get(skill, 0) for skill, n in failure.repaired_by.items()}
            all_first, all_last = self.need(failure.repaired_by)
            own_first, own_last = self.need(alone)
            owner = f"{name}.{failure_name}"
            self.failures.append({
                "operating": int(failure.clock == "operating"), "due": INFINITE,
                "ttf_stream": self.stream(owner, number, "ttf", failure.time_to_failure),
                "ttr_stream": self.stream(owner, number, "ttr", failure.ttr),
                "all_first": all_first, "all_last": all_last, "own_first": own_first, "own_last": own_last,
            })  # fmt: skip
            self.failure_names.append(failure_name)
        return first, len(self.failures)


def _fill(name: str, rows: Sequence[Mapping[str, int | float]]) -> np.ndarray[Any, Any]:
    table = empty(name, len(rows))
    for i, row in enumerate(rows):
        for field, value in row.items():
            table[field][i] = value
    return table


def _edges(b: _Builder, fed: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """The route's edges in file order, then the queue of arrivals of each fed station."""
    rows, names = [], []
    for edge, share in zip(b.line.route, probabilities(b.line.route), strict=True):
        stream = -1
        if edge.transport is not None:
            # Each machine that takes a part may let another one into the edge, all at one instant.
            burst = b.line.stations[edge.to].machines
            if burst > BLOCK - RESERVE:
                raise InputError(
                    f"route.{edge.name}.transport: {edge.to} has {burst} machines, over {BLOCK - RESERVE} behind a "
                    "transport; leave out `transport` or write fewer machines"
                )
            stream = b.stream(edge.name, 0, "transport", edge.transport, burst)
        rows.append({
            "from": edge.from_, "to": b.station_index.get(edge.to, -1), "share": share,
            "capacity": UNLIMITED if edge.buffer is None else edge.buffer, "rework": int(edge.rework),
            "stream": stream, "limit": -1, "arrival_stream": -1,
        })  # fmt: skip
        names.append(edge.name)
    source = b.line.source
    for name in fed if source.arrivals is not None else ():
        rows.append({
            "from": SOURCE, "to": b.station_index[name], "share": 1.0, "capacity": UNLIMITED, "rework": 0,
            "stream": -1, "limit": -1 if source.capacity is None else source.capacity,
            "arrival_stream": b.stream(f"{SOURCE}->{name}", 0, "arrivals", source.arrivals),
        })  # fmt: skip
        names.append(f"{SOURCE}->{name}")
    return rows, names


def _in_and_out(b: _Builder, rows: list[dict[str, Any]]) -> tuple[list[list[int]], list[list[int]]]:
    """The edges into and out of each station; cumulative probabilities are set on the way out."""
    ins: list[list[int]] = [[] for _ in b.line.stations]
    outs: list[list[int]] = [[] for _ in b.line.stations]
    for e, row in enumerate(rows):
        if row["from"] == SOURCE:
            ins[row["to"]].insert(0, e)
            continue
        s = b.station_index[row["from"]]
        row["cumulative"] = row["share"] + (rows[outs[s][-1]]["cumulative"] if outs[s] else 0.0)
        outs[s].append(e)
        if row["to"] >= 0:
            ins[row["to"]].append(e)
    for ways in outs:
        rows[ways[-1]]["cumulative"] = 1.0  # a variate below 1 always finds a way
    return ins, outs


def _machines(b: _Builder, outs: list[list[int]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The machines of every station and the stations themselves."""
    machines: list[dict[str, Any]] = []
    stations: list[dict[str, Any]] = []
    for s, (name, station) in enumerate(b.line.stations.items()):
        crew_first, crew_last = b.need(station.crew)
        stations.append({
            "index": s, "first_machine": len(machines), "last_machine": len(machines) + station.machines,
            "crew_first": crew_first, "crew_last": crew_last, "scrap": station.reject,
        })  # fmt: skip
        for number in range(station.machines):
            first, last = b.machine_failures(name, number, station)
            machines.append({
                "index": len(machines), "station": s, "account": len(STATES) * len(machines), "part": -1, "edge": -1,
                "next_blocked": -1, "first_failure": first, "last_failure": last, "acting": -1, "due": INFINITE,
                "broken": -1, "repair_timer": -1, "failure_timer": -1,
                "cycle_stream": b.stream(name, number, "cycle", station.cycle),
                "scrap_stream": b.stream(name, number, "scrap", None) if station.reject > 0 else 0,
                "route_stream": b.stream(name, number, "route", None) if len(outs[s]) > 1 else 0,
            })  # fmt: skip
    return machines, stations


def _timers(
    machines: list[dict[str, Any]], edges: list[dict[str, Any]], *, closes: bool
) -> tuple[dict[str, int], list[int]]:
    """Number the timers by rank, station, machine; return where each rank begins, and the timers' owners."""
    owners = list(range(len(machines)))
    first = {"repairs": len(owners)}
    failing = [m for m, row in enumerate(machines) if row["first_failure"] < row["last_failure"]]

    def number(rows: list[dict[str, Any]], field: str, which: Iterable[int]) -> None:
        for i in which:
            rows[i][field] = len(owners)
            owners.append(i)

    number(machines, "repair_timer", failing)
    first["transports"] = len(owners)
    number(edges, "timer", (e for e, row in enumerate(edges) if row["stream"] >= 0))
    first["arrivals"] = len(owners)
    number(edges, "timer", (e for e, row in enumerate(edges) if row["arrival_stream"] >= 0))
    first["shift_end"] = len(owners)
    owners += [0] if closes else []
    first["failures"] = len(owners)
    number(machines, "failure_timer", failing)
    first["shift_start"] = len(owners)
    owners += [0] if closes else []
    return first, owners


def make_plan(scenario: Scenario) -> Plan:
    """Return the scenario in numbers.

    Raises
    ------
    InputError
        If a transport leads to more machines at once than its stream keeps variates for.
    """
    line = scenario.line
    b = _Builder(line)
    fed = line.fed
    edges, edge_names = _edges(b, fed)
    ins, outs = _in_and_out(b, edges)
    machines, stations = _machines(b, outs)
    week = [(float(start), float(end)) for start, end in windows(line.shifts)]
    closes = week != [(0.0, WEEK)]
    first, owners = _timers(machines, edges, closes=closes)
    leaves = 1 << max(1, (len(owners) - 1).bit_length())
    _join(stations, edges, ins, outs, line, fed)
    tables = _tables(b, machines, stations, edges)
    is_on = week[0][0] == 0.0
    tables["machines"]["state"] = STARVED if is_on else OFF_SHIFT
    tables["ins"], tables["outs"] = (np.array(list(chain(*ways)), dtype=PLACES) for ways in (ins, outs))
    tables["owners"] = np.array(owners, dtype=PLACES)
    tables["timers"] = np.full(leaves, INFINITE)
    tables["tree"] = winner_tree(tables["timers"])
    tables["windows"] = np.array(week).ravel()
    reserve = len(machines) + len(edges) + 8
    room = sum(row["capacity"] for row in edges if row["capacity"] < UNLIMITED)
    _line_row(tables, first, leaves, reserve, int(is_on), len(week) if closes else 0)
    _free_list(tables, 2 * reserve + min(room, 4096))
    return _finish(b, tables, edge_names, machines)


def _join(
    stations: list[dict[str, Any]], edges: list[dict[str, Any]],
    ins: list[list[int]], outs: list[list[int]], line: Line, fed: Sequence[str],
) -> None:  # fmt: skip
    """Tell stations their edges, whether the source never runs out, and whether they lie on a loop that can lock."""
    names = list(line.stations)
    finite: dict[str, list[str]] = {name: [] for name in names}
    for row in edges:
        if row["from"] != SOURCE and row["to"] >= 0 and row["capacity"] < UNLIMITED:
            finite[row["from"]].append(names[row["to"]])
    looped = {name for loop in loops(finite) for name in loop}
    first_in = first_out = 0
    for s, row in enumerate(stations):
        row.update(first_in=first_in, last_in=first_in + len(ins[s]))
        row.update(first_out=first_out, last_out=first_out + len(outs[s]))
        first_in, first_out = row["last_in"], row["last_out"]
        row["saturated"] = int(line.source.arrivals is None and names[s] in fed)
        row["in_loop"] = int(names[s] in looped)


def _tables(
    b: _Builder, machines: list[dict[str, Any]], stations: list[dict[str, Any]], edges: list[dict[str, Any]]
) -> Tables:
    """The tables of things that the description names."""
    edge_rows = [
        {"index": e, "head": -1, "tail": -1, "first_blocked": -1, "last_blocked": -1, "moving": -1}
        | {key: row[key] for key in row if key in TABLES["edges"]}
        for e, row in enumerate(edges)
    ]
    needs_most = max([1, *(f["all_last"] - f["all_first"] for f in b.failures)], default=1)
    needs_most = max([int(needs_most), *(row["crew_last"] - row["crew_first"] for row in stations)])
    tables = {
        "machines": _fill("machines", machines),
        "stations": _fill("stations", stations),
        "edges": _fill("edges", edge_rows),
        "failures": _fill("failures", b.failures),
        "pools": _fill("pools", [{"people": n, "free": n, "first": -1, "last": -1} for n in b.line.operators.values()]),
        "needs": _fill("needs", [{"pool": p, "count": n} for p, n in b.needs]),
        "waits": _fill(
            "waits",
            [{"machine": m, "before": -1, "after": -1} for m in range(len(machines)) for _ in range(needs_most)],
        ),
        "streams": _fill("streams", [{"offset": k * BUFFER} for k in range(len(b.streams))]),
        "line": empty("line", 1),
        "events": empty("events", 0),
        "groups": np.zeros(len(stations) // GROUP + 1, dtype=np.int64),
        "times": np.zeros(len(STATES) * len(machines)),
        "bins": np.zeros(LEAD_BINS, dtype=np.int64),
        "bin_edges": np.array(LEAD_EDGES),
        "draws": np.zeros(BUFFER * len(b.streams)),
    }
    tables["line"]["needs_most"] = needs_most
    return tables


def _line_row(tables: Tables, first: dict[str, int], leaves: int, reserve: int, on: int, windows_: int) -> None:
    line = tables["line"]
    for name, value in first.items():
        line[name] = value
    line["leaves"], line["reserve"], line["on"], line["windows"], line["top"] = leaves, reserve, on, windows_, -1


def _free_list(tables: Tables, count: int) -> None:
    parts = empty("parts", count)
    parts["next"] = np.arange(1, count + 1)
    parts["next"][-1] = -1
    tables["parts"] = parts
    tables["line"]["free_count"] = count


def _finish(b: _Builder, tables: Tables, edge_names: list[str], machines: list[dict[str, Any]]) -> Plan:
    station_rows = list(b.line.stations.values())
    owner = [row["station"] for row in machines]
    to_out = {edge.name for edge in b.line.route if edge.to == OUT}
    digest = hashlib.sha256()
    for name in (*TABLES, *COLUMNS):
        digest.update(name.encode() + tables[name].tobytes())
    for stream in b.streams:
        digest.update(repr(stream).encode())
    return Plan(
        line=b.line.line,
        tables=tables,
        streams=tuple(b.streams),
        stations=tuple(b.line.stations),
        edges=tuple(edge_names),
        skills=tuple(b.line.operators),
        failures=tuple(b.failure_names),
        buffers=tuple(e for e, name in enumerate(edge_names) if name not in to_out),
        machine_station=tuple(owner),
        ideal_s=np.array([station_rows[s].ideal for s in owner]),
        power_w=np.array([[station_rows[s].power.of(state) for state in STATES] for s in owner]),
        shifts=b.line.shifts,
        key=digest.hexdigest(),
    )
