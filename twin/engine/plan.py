"""Scenario to numbers: the only place where names become indices."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.accounts import LEAD_BINS, LEAD_EDGES
from twin.engine.builder import SOURCE, Builder, Row, filled
from twin.engine.calendars import Calendars, plan_pools
from twin.engine.held import add_carriers, add_tokens
from twin.engine.kinds import comes_out, goes_in, spare_parts
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
from twin.engine.rules.releases import AT_ONCE
from twin.engine.streams import BUFFER, Stream
from twin.engine.upkeeps import is_upkept, machine_upkeep, powers_of, standby_of, station_upkeep
from twin.engine.varied import (
    Varied,
    delayed_entries,
    is_scrapping,
    machine_fields,
    part_ways,
    plan_parts,
    station_fields,
)
from twin.events import STATES
from twin.line.lots import drawn_of
from twin.line.route import OUT, loops, probabilities

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twin.line.line import Line
    from twin.line.scenario import Scenario
    from twin.line.work_calendar import Shifts

Tables = dict[str, np.ndarray[Any, Any]]


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
    products, orders
        Names of the products, None first, and of the orders of the book; none where all parts are alike.
    buffers
        Indices of the edges that the accounts show, in their order.
    machine_station
        Station index of each machine.
    ideal_s, power_w
        Ideal cycle [s] of each machine where all parts are alike; power [W] of each machine in each state.
    standby_w, warm_up_j
        Power of each machine in standby [W], and the energy of each of its starts [J].
    shifts, pool_shifts
        When the line works, and the people of each pool.
    people_unit
        Into how many parts a person is counted.
    key
        SHA-256 of all of it: a saved state fits only the plan it was taken from.
    """

    line: str
    tables: Tables
    streams: tuple[Stream, ...]
    stations: tuple[str, ...]
    edges: tuple[str, ...]
    skills: tuple[str, ...]
    products: tuple[str | None, ...]
    orders: tuple[str, ...]
    failures: tuple[str, ...]
    buffers: tuple[int, ...]
    machine_station: tuple[int, ...]
    ideal_s: np.ndarray[Any, Any]
    power_w: np.ndarray[Any, Any]
    standby_w: np.ndarray[Any, Any]
    warm_up_j: np.ndarray[Any, Any]
    shifts: Shifts
    pool_shifts: tuple[Shifts, ...]
    people_unit: int
    key: str

    @property
    def full(self) -> bool:
        """Whether the full rules run it, or the plain ones."""
        return bool(self.tables["line"]["full"][0])

    def order_name(self, number: int) -> str:
        """Return the name of an order: the book's own, or its number among those drawn."""
        known = len(self.orders)
        return self.orders[number - 1] if number <= known else f"drawn {number - known}"


def _edges(b: Builder, v: Varied) -> tuple[list[Row], list[str]]:
    """The line's edges in file order, then the queue of arrivals of each fed station."""
    rows: list[Row] = []
    names = []
    for edge, share in zip(b.edges, probabilities(b.edges, b.line.rejects), strict=True):
        rows.append({
            "from": edge.from_, "to": b.station_index.get(edge.to, -1), "share": share,
            "capacity": UNLIMITED if edge.buffer is None else edge.buffer, "rework": int(edge.rework or edge.rejected),
            "stream": b.way_stream(edge), "limit": -1, "arrival_stream": -1, "overtaking": int(edge.delay is not None),
            "takes": goes_in(b.line, edge.to, edge.from_),
        })  # fmt: skip
        names.append(edge.name)
    source, later = b.line.source, delayed_entries(b.line)
    for name in b.line.fed if source.kind != "saturated" else ():
        owner = f"{SOURCE}->{name}"
        row: Row = {
            "from": SOURCE, "to": b.station_index[name], "share": 1.0, "capacity": UNLIMITED, "rework": 0,
            "stream": -1, "limit": -1 if source.capacity is None else source.capacity, "arrival_stream": -1,
            "overtaking": int(name in later), "takes": 1,
        }  # fmt: skip
        if source.arrivals is not None:
            row["arrival_stream"] = b.stream(owner, 0, "arrivals", source.arrivals)
            row["arrival_odds"] = v.product_odds(name) if b.full else -1
            row["arrival_product"] = b.stream(owner, 0, "product", None) if row["arrival_odds"] >= 0 else -1
        rows.append(row)
        names.append(owner)
    return rows, names


def _in_and_out(b: Builder, rows: list[Row]) -> tuple[list[list[int]], list[list[int]]]:
    """The edges into each station, and those out of it among which a part's way is drawn, cumulative shares set."""
    ins: list[list[int]] = [[] for _ in b.line.stations]
    outs: list[list[int]] = [[] for _ in b.line.stations]
    for e, row in enumerate(rows):
        if row["from"] == SOURCE:
            ins[row["to"]].insert(0, e)
            continue
        s = b.station_index[row["from"]]
        if e < len(b.line.route):
            row["cumulative"] = row["share"] + (rows[outs[s][-1]]["cumulative"] if outs[s] else 0.0)
            outs[s].append(e)
        if row["to"] >= 0:
            ins[row["to"]].append(e)
    for ways in filter(None, outs):
        rows[ways[-1]]["cumulative"] = 1.0  # a variate below 1 always finds a way
    return ins, outs


def _machines(
    b: Builder, v: Varied, calendars: Calendars, outs: list[list[int]], rework: list[int]
) -> tuple[list[Row], list[Row]]:
    """The machines of every station and the stations themselves."""
    machines: list[Row] = []
    stations: list[Row] = []
    for s, (name, station) in enumerate(b.line.stations.items()):
        crew_first, crew_last = b.need(b.scaled(station.crew, station.attend))
        row: Row = {
            "index": s, "first_machine": len(machines), "last_machine": len(machines) + station.machines,
            "crew_first": crew_first, "crew_last": crew_last, "scrap": station.reject, "priority": station.priority,
            **calendars.of_station(b.line.shifts, station),
        }  # fmt: skip
        stations.append(row)
        if b.full:
            row |= station_fields(v, name, station) | station_upkeep(station)
        scraps = is_scrapping(v, row) or bool(station.startup_scrap) if b.full else station.reject > 0
        out = comes_out(station) - 1  # further parts that a machine may let go at one instant
        for number in range(station.machines):
            first, last = b.machine_failures(name, number, station)
            machines.append({
                "index": len(machines), "station": s, "state": STARVED if row["on"] else OFF_SHIFT,
                "account": len(STATES) * len(machines), "part": -1, "edge": -1,
                "next_blocked": -1, "first_failure": first, "last_failure": last, "acting": -1, "due": INFINITE,
                "broken": -1, "crew_first": crew_first, "crew_last": crew_last,
                "cycle_stream": b.stream(name, number, "cycle", drawn_of(station.cycle)),
                **(machine_fields(v, name, number, station, row) if b.full else {}),
                **(machine_upkeep(v, name, number, station, (first, last)) if b.full else {}),
                "scrap_stream": b.stream(name, number, "scrap", None, out) if scraps else 0,
                "rework_stream": b.stream(name, number, "rework", None, rework[s] * (out + 1)) if rework[s] else 0,
                "route_stream": b.stream(name, number, "route", None, out) if len(outs[s]) - rework[s] > 1 else 0,
            })  # fmt: skip
    return machines, stations


def _timers(
    line: Line, machines: list[Row], edges: list[Row], stations: list[Row], calendars: Calendars
) -> tuple[dict[str, int], list[int]]:
    """Number the timers by rank, station, machine; return where each rank begins, and the timers' owners."""
    owners = list(range(len(machines)))
    first = {"setups": len(owners)}
    failing = [m for m, row in enumerate(machines) if row["first_failure"] < row["last_failure"]]

    def number(rows: list[Row], field: str, which: Iterable[int]) -> None:
        for i in which:
            rows[i][field] = len(owners)
            owners.append(i)

    set_up = (m for m, row in enumerate(machines) if stations[row["station"]].get("setup_between"))
    number(machines, "setup_timer", set_up)
    first["repairs"] = len(owners)
    number(machines, "repair_timer", (m for m, row in enumerate(machines) if is_upkept(row)))
    first["transports"] = len(owners)
    number(edges, "timer", (e for e, row in enumerate(edges) if row["stream"] >= 0 or row["overtaking"]))
    first["entries"] = len(owners)
    number(machines, "entry_timer", _asking("entry_timer", machines))
    first["arrivals"] = len(owners)
    number(edges, "timer", (e for e, row in enumerate(edges) if row["arrival_stream"] >= 0))
    first["orders"] = len(owners)
    orders = line.source.orders
    for name, there in (("book", orders and orders.book), ("drawn", orders and orders.every)):
        first[name] = len(owners) if there else -1
        owners += [0] if there else []
    first["timeouts"] = len(owners)
    number(stations, "timeout_timer", _asking("timeout_timer", stations))
    first["shift_end"] = len(owners)
    number(calendars.rows, "end_timer", calendars.closing)
    first["failures"] = len(owners)
    number(machines, "failure_timer", failing)
    first["upkeeps"] = len(owners)
    number(machines, "upkeep_timer", _asking("upkeep_timer", machines))
    first["shift_start"] = len(owners)
    number(calendars.rows, "start_timer", calendars.closing)
    first["standbys"] = len(owners)
    number(machines, "standby_timer", _asking("standby_timer", machines))
    for row in machines:
        row.setdefault("upkeep_timer", -1)
        row.setdefault("standby_timer", -1)
    return first, owners


def _asking(timer: str, rows: list[Row]) -> list[int]:
    """Return the rows that ask for a timer, by naming it."""
    return [i for i, row in enumerate(rows) if timer in row]


def make_plan(scenario: Scenario, *, full: bool = False) -> Plan:
    """Return the scenario in numbers; for the full rules, if its line asks for them or `full` does.

    Raises
    ------
    InputError
        If a transport leads to more machines at once than its stream keeps variates for.
    """
    line = scenario.line
    b = Builder(line, full=full)
    v = Varied(b)
    calendars = Calendars(line.shifts)
    edges, edge_names = _edges(b, v)
    ins, outs = _in_and_out(b, edges)
    rework = part_ways(edges, outs) if b.full else [0] * len(outs)
    machines, stations = _machines(b, v, calendars, outs, rework)
    if b.full:
        plan_parts(v, edges, outs, rework)
        edge_names += add_carriers(b, edges, stations)
    pools, pool_shifts = plan_pools(b, calendars, v)
    first, owners = _timers(line, machines, edges, stations, calendars)
    leaves = 1 << max(1, (len(owners) - 1).bit_length())
    _join(b, stations, edges, ins, outs, rework)
    tables = _tables(b, machines, stations, edges, pools) | v.tables()
    tables["calendars"] = filled("calendars", calendars.rows, full=b.full)
    tables["ins"], tables["outs"] = (np.array(list(chain(*ways)), dtype=PLACES) for ways in (ins, outs))
    tables["owners"] = np.array(owners, dtype=PLACES)
    tables["timers"] = np.full(leaves, INFINITE)
    tables["tree"] = winner_tree(tables["timers"])
    tables["windows"] = calendars.windows()
    reserve = len(machines) + len(edges) + 8 + (AT_ONCE + spare_parts(line) if b.full else 0)
    room = sum(row["capacity"] for row in edges if row["capacity"] < UNLIMITED)
    owner = [row["station"] for row in machines]
    tables["powers"], first["watching"] = powers_of(line.stations, owner)
    _line_row(tables, first | v.row | {"people_unit": b.people_unit}, leaves, reserve)
    _free_list(tables, 2 * reserve + min(room, 4096))
    if b.full:
        add_tokens(b, tables)
    return _finish(b, v, tables, edge_names, machines, pool_shifts)


def _join(
    b: Builder, stations: list[Row], edges: list[Row], ins: list[list[int]], outs: list[list[int]], rework: list[int]
) -> None:
    """Tell stations their edges, whether the source never runs out, and whether they lie on a loop that can lock."""
    line, names = b.line, list(b.line.stations)
    finite: dict[str, list[str]] = {name: [] for name in names}
    for row in edges:
        if row["from"] != SOURCE and row["to"] >= 0 and row["capacity"] < UNLIMITED:
            finite[row["from"]].append(names[row["to"]])
    looped = {name for loop in loops(finite) for name in loop}
    first_in = first_out = 0
    for s, row in enumerate(stations):
        row.update(first_in=first_in, last_in=first_in + len(ins[s]))
        row.update(first_out=first_out, last_out=first_out + len(outs[s]))
        if b.full:
            row["first_other"] = first_out + rework[s]
        first_in, first_out = row["last_in"], row["last_out"]
        row["saturated"] = int(line.source.kind == "saturated" and names[s] in line.fed)
        row["in_loop"] = int(names[s] in looped)


def _tables(b: Builder, machines: list[Row], stations: list[Row], edges: list[Row], pools: list[Row]) -> Tables:
    """The tables of things that the description names."""
    for e, row in enumerate(edges):
        row["index"] = e
    queues = {"head": -1, "tail": -1, "first_blocked": -1, "last_blocked": -1, "moving": -1}
    waits = [{"machine": m, "before": -1, "after": -1} for m in range(len(machines)) for _ in range(b.needs_most)]
    rows: dict[str, list[Row]] = {
        "machines": machines, "stations": stations, "edges": [row | queues for row in edges],
        "failures": b.failures, "pools": pools,
        "needs": b.needs, "waits": waits,
        "streams": [{"offset": k * BUFFER} for k in range(len(b.streams))], "line": [{"full": int(b.full)}],
        "events": [],
    }  # fmt: skip
    tables = {name: filled(name, each, full=b.full) for name, each in rows.items()} | {
        "groups": np.zeros(len(stations) // GROUP + 1, dtype=np.int64),
        "times": np.zeros(len(STATES) * len(machines)),
        "bins": np.zeros(LEAD_BINS, dtype=np.int64),
        "bin_edges": np.array(LEAD_EDGES),
        "draws": np.zeros(BUFFER * len(b.streams)),
    }
    tables["line"]["needs_most"] = b.needs_most
    return tables


def _line_row(tables: Tables, fields: Row, leaves: int, reserve: int) -> None:
    line = tables["line"]
    for name, value in fields.items():
        if name in (line.dtype.names or ()):
            line[name] = value
    line["leaves"], line["reserve"], line["top"] = leaves, reserve, 0


def _free_list(tables: Tables, count: int) -> None:
    parts = empty("parts", count, full=bool(tables["line"]["full"][0]))
    parts["next"] = np.arange(1, count + 1)
    parts["next"][-1] = -1
    tables["parts"] = parts
    tables["line"]["free_count"] = count


def _finish(
    b: Builder,
    v: Varied,
    tables: Tables,
    edge_names: list[str],
    machines: list[dict[str, Any]],
    pool_shifts: tuple[Shifts, ...],
) -> Plan:
    station_rows = list(b.line.stations.values())
    owner = [row["station"] for row in machines]
    standby_w, warm_up_j = standby_of(station_rows, owner)
    to_out = {edge.name for edge in b.edges if edge.to == OUT}
    digest = hashlib.sha256()
    for name in (*TABLES[b.full], *COLUMNS[b.full]):
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
        products=v.products,
        orders=v.order_names,
        failures=tuple(b.failure_names),
        buffers=tuple(e for e, name in enumerate(edge_names) if name not in to_out),
        machine_station=tuple(owner),
        ideal_s=np.array([station_rows[s].ideal for s in owner]),
        power_w=np.array([[station_rows[s].power.of(state) for state in STATES] for s in owner]),
        standby_w=standby_w,
        warm_up_j=warm_up_j,
        shifts=b.line.shifts,
        pool_shifts=pool_shifts,
        people_unit=b.people_unit,
        key=digest.hexdigest(),
    )
