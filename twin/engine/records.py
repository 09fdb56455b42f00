"""The tables on which the rules work: one description, two forms.

A table is a list of slotted objects (plain Python, SimPy's clock) or a NumPy record array (compiled clock). A rule
reads and writes `machine.work` in the same words in both. Times are seconds, indices are -1 where there is none.
"""

from __future__ import annotations

from array import array
from typing import Any, NamedTuple

import numpy as np

Record = Any
"""One row of a table: a slotted object or a NumPy record; its fields are those of `TABLES`."""

INFINITE = 1e300
UNLIMITED = 1 << 60

GROUP = 16
"""Marked stations are counted in groups of so many, so that settling finds them without a look at each station."""

IDLE, WORK, DONE = 0, 1, 2
"""What a machine holds: no part, a part with work left, a finished part."""

OFF_SHIFT, MAINTENANCE, WAITING_REPAIR, DOWN, SETUP, WAITING_OPERATOR, PROCESSING, BLOCKED, STARVED = range(9)
"""The machine states by their index in `twin.events.STATES`."""

REFILL, GROW, DRAIN, LOCKED, LOST, PAUSE = 1, 2, 4, 8, 16, 32
"""Why a rule asks the clock to leave the loop: draws, part records or room for events run low; the line has locked; an
event found no room; it has run for so long that somebody may want to interrupt."""

INTEGER, REAL = "i8", "f8"
PLACE, PLACES = "u8", "u4"
"""An index that is never -1, as a field and as a column: of an unsigned number Numba does not ask whether it counts
from the end. A column is narrower, so that with whole numbers it makes whole numbers."""

TABLES: dict[str, dict[str, str]] = {
    "line": {
        "now": REAL, "flag": INTEGER, "moves": INTEGER, "on": INTEGER, "marked": INTEGER, "top": INTEGER,
        # timers: the first index of each rank, and the number of leaves of the winner tree
        "repairs": INTEGER, "transports": INTEGER, "arrivals": INTEGER, "shift_end": INTEGER, "failures": INTEGER,
        "shift_start": INTEGER, "leaves": INTEGER,
        # calendar
        "week": INTEGER, "window": INTEGER, "windows": INTEGER,
        # parts
        "free": INTEGER, "free_count": INTEGER, "reserve": INTEGER, "last_part": INTEGER,
        "wip": INTEGER, "wip_area": REAL, "wip_since": REAL,
        "arrived": INTEGER, "turned_away": INTEGER, "departed": INTEGER, "scrapped": INTEGER, "first_pass": INTEGER,
        "lead_sum": REAL,
        # people, events
        "waiting": INTEGER, "needs_most": INTEGER, "locked": INTEGER,
        "tracing": INTEGER, "event_count": INTEGER, "event_limit": INTEGER,
    },
    "machines": {
        "index": INTEGER, "station": PLACE, "state": INTEGER, "phase": INTEGER, "part": INTEGER, "edge": INTEGER,
        "since": REAL, "work": REAL, "start": REAL, "done": REAL, "cycle": REAL, "account": INTEGER,
        "crewed": INTEGER, "next_blocked": INTEGER,
        "first_failure": INTEGER, "last_failure": INTEGER, "acting": INTEGER, "fails_at": REAL, "due": REAL,
        "broken": INTEGER, "repair": REAL, "repair_end": REAL, "repair_timer": INTEGER, "failure_timer": INTEGER,
        "asked": REAL, "waiting": INTEGER, "promised": INTEGER, "need_first": INTEGER, "need_last": INTEGER,
        "cycle_stream": PLACE, "scrap_stream": PLACE, "route_stream": PLACE,
        "parts": INTEGER, "scrap": INTEGER, "rework": INTEGER, "failures": INTEGER, "repaired": INTEGER,
    },
    "stations": {
        "index": INTEGER, "first_machine": INTEGER, "last_machine": INTEGER, "first_in": INTEGER, "last_in": INTEGER,
        "first_out": INTEGER, "last_out": INTEGER, "crew_first": INTEGER, "crew_last": INTEGER,
        "saturated": INTEGER, "scrap": REAL, "marked": INTEGER, "in_loop": INTEGER, "blocked": INTEGER,
        "visited": INTEGER, "next_visit": INTEGER,
    },
    "edges": {
        "index": INTEGER, "to": INTEGER, "capacity": INTEGER, "rework": INTEGER, "cumulative": REAL,
        "head": INTEGER, "tail": INTEGER, "level": INTEGER, "ready": INTEGER,
        "first_blocked": INTEGER, "last_blocked": INTEGER,
        "stream": INTEGER, "timer": INTEGER, "moving": INTEGER, "last_arrival": REAL, "limit": INTEGER,
        "arrival_stream": INTEGER,
        "since": REAL, "area": REAL, "full": REAL, "empty": REAL,
    },
    "parts": {"number": INTEGER, "entry": REAL, "since": REAL, "reworked": INTEGER, "next": INTEGER},
    "failures": {
        "operating": INTEGER, "age": REAL, "due": REAL, "rest": REAL, "ttf_stream": PLACE, "ttr_stream": PLACE,
        "all_first": INTEGER, "all_last": INTEGER, "own_first": INTEGER, "own_last": INTEGER,
    },
    "pools": {
        "people": INTEGER, "free": INTEGER, "first": INTEGER, "last": INTEGER, "waiting": INTEGER, "promised": INTEGER,
        "since": REAL, "busy_area": REAL, "waiting_area": REAL,
    },
    "needs": {"pool": PLACE, "count": INTEGER},
    "waits": {"machine": PLACE, "before": INTEGER, "after": INTEGER},
    "streams": {"position": INTEGER, "limit": INTEGER, "offset": INTEGER},
    "events": {"time": REAL, "kind": INTEGER, "owner": INTEGER, "a": INTEGER, "b": INTEGER, "c": INTEGER, "x": REAL},
}  # fmt: skip
"""Every table and its fields: whole numbers, indices, or reals such as seconds."""


class World(NamedTuple):
    """All that the rules read and write: tables, and bare columns where there is but one field."""

    line: Any
    machines: Any
    stations: Any
    edges: Any
    parts: Any
    failures: Any
    pools: Any
    needs: Any
    waits: Any
    streams: Any
    events: Any
    ins: Any  # edges into a station, in file order, the queue of arrivals first
    outs: Any  # edges out of a station, in file order
    owners: Any  # the machine or edge of each timer
    timers: Any  # when each timer rings [s]
    tree: Any  # winner tree over the timers
    groups: Any  # marked stations in each group of 16
    times: Any  # time in state [s], nine columns a machine
    bins: Any  # lead times counted by bin
    bin_edges: Any  # [s]
    draws: Any  # the streams' variates
    windows: Any  # start and end of each shift window in the week [s]


COLUMNS: dict[str, str] = {
    "ins": PLACES, "outs": PLACES, "owners": PLACES, "timers": REAL, "tree": PLACES, "groups": INTEGER,
    "times": REAL, "bins": INTEGER, "bin_edges": REAL, "draws": REAL, "windows": REAL,
}  # fmt: skip

_CLASSES = {name: type(name, (), {"__slots__": tuple(fields)}) for name, fields in TABLES.items()}
_DTYPES = {name: np.dtype(list(fields.items())) for name, fields in TABLES.items()}


def as_array(name: str, rows: list[Record] | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return table `name` as a record array (a copy), whatever its form."""
    if isinstance(rows, np.ndarray):
        return np.array(rows, dtype=_DTYPES[name])
    fields = tuple(TABLES[name])
    return np.array([tuple(getattr(row, field) for field in fields) for row in rows], dtype=_DTYPES[name])


def as_objects(name: str, rows: np.ndarray[Any, Any]) -> list[Record]:
    """Return a record array as a list of slotted objects."""
    make, fields = _CLASSES[name], tuple(TABLES[name])
    table = []
    for values in rows.tolist():
        row = make()
        for field, value in zip(fields, values, strict=True):
            setattr(row, field, value)
        table.append(row)
    return table


def empty(name: str, count: int) -> np.ndarray[Any, Any]:
    """Return `count` rows of table `name`, all zero, as a record array."""
    return np.zeros(count, dtype=_DTYPES[name])


def world_of(tables: dict[str, np.ndarray[Any, Any]], *, objects: bool) -> World:
    """Return a `World` from record arrays and columns: in objects and lists, or in arrays (copied)."""
    form: dict[str, Any] = {}
    for name in World._fields:
        column = tables[name]
        if not objects:
            form[name] = column.copy().view(np.recarray) if name in TABLES else column.copy()
        elif name in TABLES:
            form[name] = as_objects(name, column)
        elif name == "draws":
            # Millions of variates: a list of so many floats would be walked at every garbage collection.
            form[name] = array("d", column.tobytes())
        else:
            form[name] = column.tolist()
    return World(**form)


def tables_of(world: World) -> dict[str, np.ndarray[Any, Any]]:
    """Return copies of all tables and columns of a world as arrays."""
    tables = {name: as_array(name, getattr(world, name)) for name in TABLES}
    for name, kind in COLUMNS.items():
        tables[name] = np.array(getattr(world, name), dtype=kind)
    return tables


def grow_parts(world: World, count: int) -> World:
    """Return the world with `count` more part records, put at the end of none: the free list takes them first."""
    old = len(world.parts)
    more = empty("parts", count)
    more["next"] = np.arange(old + 1, old + count + 1)
    line = world.line[0]
    more["next"][-1] = line.free
    if isinstance(world.parts, list):
        world.parts.extend(as_objects("parts", more))
    else:
        world = world._replace(parts=np.concatenate([world.parts, more]).view(np.recarray))
    line.free = old
    line.free_count += count
    return world


def winner_tree(timers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the winner tree over a power of two of timers: node 1 holds the first to ring, the lowest of a tie."""
    leaves = len(timers)
    tree = np.arange(-leaves, leaves)
    for node in range(leaves - 1, 0, -1):
        left, right = tree[2 * node], tree[2 * node + 1]
        tree[node] = right if timers[right] < timers[left] else left
    tree[0] = 0
    return tree.astype(PLACES)
