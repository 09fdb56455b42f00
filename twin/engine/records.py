"""The tables on which the rules work: one description, two forms.

A table is a list of slotted objects (plain Python, SimPy's clock) or a NumPy record array (compiled clock). A rule
reads and writes `machine.work` in the same words in both. Times are seconds, indices are -1 where there is none.
"""

from __future__ import annotations

from array import array
from collections import namedtuple
from typing import Any, NamedTuple

import numpy as np

Record = Any
"""One row of a table: a slotted object or a NumPy record; its fields are those of `TABLES`."""

INFINITE = 1e300
UNLIMITED = 1 << 60

GROUP = 16
GROUP_BITS = 4
ONE = 1
"""Marked stations are counted in groups of so many, so that settling finds them without a look at each station."""

FULL = 0
"""1 in the full rules, 0 in the plain ones, which know one kind of part and of station, one crew a machine and one
calendar. A clock binds its rules with either; of the plain rules the compiler leaves out what stands under `if FULL`.
"""

IDLE, WORK, DONE, PREPARE, RELEASE = 0, 1, 2, 3, 4
"""What a machine holds: no part, a part with work left, a finished part, a part that it is set up for, finished parts
of which the next is still to be let go."""

MACHINE, ASSEMBLY, SPLIT, BATCH, CONVEYOR, STORAGE = range(6)
"""The kinds of station that the rules tell apart; an inspection is a machine."""

OFF_SHIFT, MAINTENANCE, WAITING_REPAIR, DOWN, SETUP, WAITING_OPERATOR, PROCESSING, BLOCKED, STARVED = range(9)
"""The machine states by their index in `twin.events.STATES`."""

REFILL, GROW, DRAIN, LOCKED, LOST, PAUSE, GROW_ORDERS = 1, 2, 4, 8, 16, 32, 64
"""Why a rule asks the clock to leave the loop: draws, part records or room for events run low; the line has locked; an
event found no room; it has run for so long that somebody may want to interrupt; order records run low."""

ORDER_RESERVE = 8
"""Order records left when a rule asks for more; one settling takes one."""

NO_WAY = -1
"""The step of a part that has no route of its own: its ways are drawn."""

FIRST_COME, EARLIEST_DUE, SHORTEST_SETUP = 0, 1, 2
"""How a station chooses among the parts that wait."""

ONE_TIME, PER_PIECE, BY_PIECES = 0, 1, 2
"""How long a cycle takes a lot: whatever its size, so long a piece, by a table of sizes."""

NEVER_SET_UP, BETWEEN_PRODUCTS, BETWEEN_ORDERS = 0, 1, 2
"""When a machine of a station is set up."""

BY_WORK, BY_PARTS, BY_CALENDAR = 1, 2, 3
"""How a maintenance falls due; a failure is none of these."""

TRACED, METERED = 1, 2
"""Why a machine that enters a state is watched: its events are written down, its power is metered."""

INTEGER, REAL = "i8", "f8"
PLACE, PLACES = "u8", "u4"
"""An index that is never -1, as a field and as a column: of an unsigned number Numba does not ask whether it counts
from the end. A column is narrower, so that with whole numbers it makes whole numbers."""

PLAIN: dict[str, dict[str, str]] = {
    "line": {
        "full": INTEGER,
        "now": REAL, "flag": INTEGER, "moves": INTEGER, "marked": INTEGER, "top": PLACES,
        # timers: the first index of each rank, and the number of leaves of the winner tree
        "setups": INTEGER, "repairs": INTEGER, "transports": INTEGER, "arrivals": INTEGER, "orders": INTEGER,
        "shift_end": INTEGER, "failures": INTEGER, "shift_start": INTEGER, "leaves": PLACES,
        # parts
        "free": INTEGER, "free_count": INTEGER, "reserve": INTEGER, "last_part": INTEGER,
        "wip": INTEGER, "wip_area": REAL, "wip_since": REAL,
        "arrived": INTEGER, "turned_away": INTEGER, "departed": INTEGER, "scrapped": INTEGER, "first_pass": INTEGER,
        "lead_sum": REAL,
        # people, events
        "waiting": INTEGER, "needs_most": INTEGER, "locked": INTEGER,
        "tracing": INTEGER, "event_count": INTEGER, "event_limit": INTEGER,
        # power [mW]: the line's present one, its peak; the meter last read; energy in the running window [mJ]
        "watching": INTEGER, "power": INTEGER, "peak": INTEGER, "metered": REAL, "window_end": REAL,
        "window_energy": REAL, "mean_most": REAL,
    },
    "machines": {
        "index": PLACES, "station": PLACE, "state": PLACES, "phase": INTEGER, "part": INTEGER, "edge": INTEGER,
        "since": REAL, "work": REAL, "start": REAL, "done": REAL, "cycle": REAL, "account": PLACES,
        "crewed": INTEGER, "crew_first": INTEGER, "crew_last": INTEGER, "next_blocked": INTEGER,
        "first_failure": INTEGER, "last_failure": INTEGER, "acting": INTEGER, "fails_at": REAL, "due": REAL,
        "broken": INTEGER, "repair": REAL, "repair_end": REAL, "repair_timer": PLACES, "failure_timer": PLACES,
        "asked": REAL, "waiting": INTEGER, "promised": INTEGER, "need_first": INTEGER, "need_last": INTEGER,
        "cycle_stream": PLACE, "scrap_stream": PLACE, "route_stream": PLACE,
        "parts": INTEGER, "scrap": INTEGER, "rework": INTEGER, "failures": INTEGER, "repaired": INTEGER,
    },
    "stations": {
        "index": PLACES, "first_machine": PLACE, "last_machine": PLACE, "first_in": PLACE, "last_in": PLACE,
        "first_out": INTEGER, "last_out": INTEGER, "crew_first": INTEGER, "crew_last": INTEGER,
        "saturated": INTEGER, "scrap": REAL, "marked": INTEGER, "in_loop": INTEGER, "blocked": INTEGER,
        "visited": INTEGER, "next_visit": INTEGER, "on": INTEGER, "calendar": INTEGER,
    },
    "edges": {
        "index": PLACES, "to": INTEGER, "capacity": INTEGER, "rework": INTEGER, "cumulative": REAL,
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
        "since": REAL, "busy_area": REAL, "waiting_area": REAL, "on": INTEGER, "calendar": INTEGER,
    },
    # who works when: the line first, then stations and pools whose times differ. Its windows are those from `first` on,
    # then again and again, a week later each time, those from `again` to `last`. `resting` in a break.
    "calendars": {
        "on": INTEGER, "week": INTEGER, "window": INTEGER, "first": INTEGER, "last": INTEGER, "again": INTEGER,
        "end_timer": INTEGER, "start_timer": INTEGER, "resting": INTEGER,
    },
    "needs": {"pool": PLACE, "count": INTEGER},
    "waits": {"machine": PLACE, "before": INTEGER, "after": INTEGER},
    "streams": {"position": PLACE, "limit": PLACE, "offset": PLACE},
    "events": {"time": REAL, "kind": INTEGER, "owner": INTEGER, "a": INTEGER, "b": INTEGER, "c": INTEGER, "x": REAL},
}  # fmt: skip
"""The tables of lines whose parts are alike, and their fields: whole numbers, indices, or reals such as seconds."""

MORE: dict[str, dict[str, str]] = {
    "line": {
        "unsettled": INTEGER,
        # more timers: the first index of each rank
        "entries": INTEGER, "timeouts": INTEGER, "upkeeps": INTEGER, "standbys": INTEGER,
        # pieces that joining has taken, and into how many parts a person is counted
        "joined": INTEGER, "people_unit": INTEGER,
        # orders: the book's come first in their table and stay; drawn ones are numbered on
        "book": INTEGER, "drawn": INTEGER, "next_row": INTEGER, "book_orders": INTEGER, "last_order": INTEGER,
        "order_free": INTEGER, "order_free_count": INTEGER, "orders_arrived": INTEGER, "orders_departed": INTEGER,
        "every_stream": INTEGER, "pieces_stream": INTEGER, "product_stream": INTEGER, "due_stream": INTEGER,
        "into_stream": INTEGER, "as_lots": INTEGER, "products": INTEGER, "back_most": INTEGER,
        # where in `numbers` and `indices` these begin
        "product_odds": INTEGER, "into_odds": INTEGER, "starts": INTEGER, "backs": INTEGER,
    },
    "machines": {
        "product": INTEGER, "order": INTEGER, "setup": REAL, "setup_timer": INTEGER, "ideal_cycle": REAL, "ideal": REAL,
        "setup_stream": PLACE, "share_stream": PLACE, "rework_stream": PLACE, "product_stream": PLACE,
        # several parts: the next one to let go, how many are still to be cut, the number of the next of those
        "rest": INTEGER, "copies": INTEGER, "copy_number": INTEGER,
        # a belt or a store: parts on it, first and last of those on their way, the timer of its entry; when the last
        # part came on (belt time), since when it stands (-1: it moves), how long it has stood
        "load": INTEGER, "head": INTEGER, "tail": INTEGER, "entry_timer": INTEGER,
        "entered": REAL, "stopped": REAL, "lag": REAL,
        # upkeep: its tasks, their timer, how many were done; pieces still to come under the share of starting up
        "first_task": INTEGER, "last_task": INTEGER, "upkeep_timer": INTEGER, "maintained": INTEGER, "startup": INTEGER,
        # standby: since when, time in it while starved and while blocked
        "standby_timer": INTEGER, "standby": INTEGER, "standby_since": REAL, "standby_starved": REAL,
        "standby_blocked": REAL, "warm_ups": INTEGER,
        # minor stops: whether the present stop is one, time in them; people: what its request is for
        "minor": INTEGER, "minor_stops": INTEGER, "minor_waiting": REAL, "minor_down": REAL, "priority": INTEGER,
        "asks": INTEGER,
    },
    "stations": {
        "first_job": INTEGER, "first_other": INTEGER, "dispatch": INTEGER, "product_odds": INTEGER,
        "setup_between": INTEGER, "setup_share": REAL, "setup_mean": REAL, "changeover": INTEGER,
        "setup_first": INTEGER, "setup_last": INTEGER,
        "kind": INTEGER, "many": INTEGER, "timeout": REAL, "timeout_timer": INTEGER,
        "belt": REAL, "pitch": REAL, "accumulating": INTEGER, "stay_stream": INTEGER,
        "first_carrier": INTEGER, "last_carrier": INTEGER, "comes_again": INTEGER,
        "startup_parts": INTEGER, "startup_share": REAL, "startup_after": INTEGER,
        "standby_after": REAL, "standby_power": INTEGER, "warm_up": REAL, "priority": INTEGER,
    },
    "edges": {
        "overtaking": INTEGER, "arrival_odds": INTEGER, "arrival_product": INTEGER, "takes": INTEGER,
        # of carriers: the station whose parts leave them; -1 for all other edges
        "until": INTEGER,
    },
    "parts": {
        "pieces": INTEGER, "order": INTEGER, "product": INTEGER, "step": INTEGER, "left": REAL, "carrier": INTEGER,
    },
    "failures": {
        "setup_first": INTEGER, "setup_last": INTEGER, "priority": INTEGER,
        "minor": INTEGER, "worn": REAL, "wear_first": INTEGER, "wear_last": INTEGER,
        # a maintenance: how it falls due, and after how much; `age` is what is left, `ttr_stream` how long it takes
        "task": INTEGER, "every": REAL,
    },
    # people: those posted, of whom `people` have come; whose luck it is, where the shares of their numbers begin
    "pools": {"posted": INTEGER, "absence_stream": INTEGER, "absence_odds": INTEGER, "present_area": REAL},
    "needs": {"alternative": INTEGER},
    "waits": {"crew": INTEGER, "repair": INTEGER},
    "events": {"pieces": INTEGER, "product": INTEGER},
    "orders": {
        "number": INTEGER, "open": INTEGER, "release": REAL, "due": REAL, "pieces": INTEGER, "lots": INTEGER,
        "good": INTEGER, "next": INTEGER,
    },
    "jobs": {
        "kind": INTEGER, "first_point": INTEGER, "last_point": INTEGER, "stream": PLACE, "scrap": REAL,
        "ideal": REAL, "drawn_mean": REAL, "many": INTEGER,
    },
    # what comes: the rows of the order book by release, and one more for the order drawn last
    "rows": {
        "release": REAL, "order": INTEGER, "to_come": INTEGER, "pieces": INTEGER, "product": INTEGER, "step": INTEGER,
        "edge": INTEGER, "ready": REAL, "left": REAL,
    },
}  # fmt: skip
"""What the full rules keep besides, in fields behind the others and in tables of their own."""

TABLES: dict[bool, dict[str, dict[str, str]]] = {
    False: PLAIN,
    True: {name: PLAIN.get(name, {}) | MORE.get(name, {}) for name in dict.fromkeys((*PLAIN, *MORE))},
}
"""Every table and its fields, by whether the line's parts differ."""


class World(NamedTuple):
    """All that the rules read and write: tables, and bare columns where there is but one field."""

    line: Any
    machines: Any
    stations: Any
    edges: Any
    parts: Any
    failures: Any
    pools: Any
    calendars: Any
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
    windows: Any  # of each window of a calendar: start, end [s], whether a break follows, whether other people come
    powers: Any  # power in each state [mW], nine columns a machine
    orders: Any
    jobs: Any  # what each station does with each product, without a product first
    rows: Any
    numbers: Any  # times by lot size, setup times [s], cumulative shares, tables of wear
    indices: Any  # edges of bound ways, where each leads back to, where products start


PLAIN_FIELDS = World._fields[: World._fields.index("orders")]
PlainWorld: Any = namedtuple("PlainWorld", PLAIN_FIELDS)  # type: ignore[misc]  # noqa: PYI024 -- fields of World
"""The world of a line whose parts are alike: it has none of the last tables, so that it pays for none."""


COLUMNS: dict[bool, dict[str, str]] = {
    False: {
        "ins": PLACES, "outs": PLACES, "owners": PLACES, "timers": REAL, "tree": PLACES, "groups": INTEGER,
        "times": REAL, "bins": INTEGER, "bin_edges": REAL, "draws": REAL, "windows": REAL,
        "powers": INTEGER,
    }
}  # fmt: skip
COLUMNS[True] = COLUMNS[False] | {"numbers": REAL, "indices": INTEGER}
"""The columns and their kinds, by whether the line's parts differ."""

_WORLDS: dict[bool, Any] = {False: PlainWorld, True: World}
_CLASSES = {
    full: {name: type(name, (), {"__slots__": tuple(fields)}) for name, fields in tables.items()}
    for full, tables in TABLES.items()
}
_DTYPES = {
    full: {name: np.dtype(list(fields.items())) for name, fields in tables.items()} for full, tables in TABLES.items()
}


def as_array(name: str, rows: list[Record] | np.ndarray[Any, Any], *, full: bool = False) -> np.ndarray[Any, Any]:
    """Return table `name` as a record array (a copy), whatever its form."""
    dtype = _DTYPES[full][name]
    if isinstance(rows, np.ndarray):
        return np.array(rows, dtype=dtype)
    return np.array([tuple(getattr(row, field) for field in TABLES[full][name]) for row in rows], dtype=dtype)


def as_objects(name: str, rows: np.ndarray[Any, Any], *, full: bool = False) -> list[Record]:
    """Return a record array as a list of slotted objects."""
    make, fields = _CLASSES[full][name], tuple(TABLES[full][name])
    table = []
    for values in rows.tolist():
        row = make()
        for field, value in zip(fields, values, strict=True):
            setattr(row, field, value)
        table.append(row)
    return table


def empty(name: str, count: int, *, full: bool = False) -> np.ndarray[Any, Any]:
    """Return `count` rows of table `name`, all zero, as a record array."""
    return np.zeros(count, dtype=_DTYPES[full][name])


def world_of(tables: dict[str, np.ndarray[Any, Any]], *, objects: bool) -> World:
    """Return a `World` from record arrays and columns: in objects and lists, or in arrays (copied)."""
    full = bool(tables["line"]["full"][0])
    form: dict[str, Any] = {}
    for name in _WORLDS[full]._fields:
        column = tables[name]
        if not objects:
            form[name] = column.copy().view(np.recarray) if name in TABLES[full] else column.copy()
        elif name in TABLES[full]:
            form[name] = as_objects(name, column, full=full)
        elif name == "draws":
            # Millions of variates: a list of so many floats would be walked at every garbage collection.
            form[name] = array("d", column.tobytes())
        else:
            form[name] = column.tolist()
    world: World = _WORLDS[full](**form)
    return world


def tables_of(world: World) -> dict[str, np.ndarray[Any, Any]]:
    """Return copies of all tables and columns of a world as arrays."""
    full = bool(world.line[0].full)
    tables = {name: as_array(name, getattr(world, name), full=full) for name in TABLES[full]}
    for name, kind in COLUMNS[full].items():
        tables[name] = np.array(getattr(world, name), dtype=kind)
    return tables


FREE = {"parts": ("free", "free_count"), "orders": ("order_free", "order_free_count")}
"""The tables with a free list, and where the line keeps its first record and its length."""


def grow(world: World, name: str, count: int | None = None) -> World:
    """Return the world with more records in a table of `FREE`, twice as many unless a `count` to add is given.

    The free list takes the new ones first.
    """
    table, line = getattr(world, name), world.line[0]
    old, full = len(table), bool(line.full)
    count = old if count is None else count
    more = empty(name, count, full=full)
    more["next"] = np.arange(old + 1, old + count + 1)
    first, length = FREE[name]
    more["next"][-1] = getattr(line, first)
    if isinstance(table, list):
        table.extend(as_objects(name, more, full=full))
    else:
        world = world._replace(**{name: np.concatenate([table, more]).view(np.recarray)})
    setattr(line, first, old)
    setattr(line, length, getattr(line, length) + count)
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
