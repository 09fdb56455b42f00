"""Machine logs to events: samples of what each machine did, read through a mapping file.

A row says what a machine did in a span: its state, the pieces it made, its mean power. In time that no row covers it is
in the state that the mapping calls `unobserved`, and makes and draws nothing. Parts are numbered here, one a row and
outcome; where they came from and how long they were on their way no such log says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from connectors.machine_found import Found
from connectors.machine_mapping import by_label, check_names, label, places
from connectors.machine_rows import LONGEST_LABEL, rows_in_order
from twin.errors import InputError
from twin.events import MACHINE_OUTCOMES, Event
from twin.line.route import OUT
from twin.live.clock import SECOND, monday_before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connectors.machine_mapping import MachineMapping
    from connectors.machine_rows import Row
    from twin.line.line import Line

_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def read_machine_log(path: Path, mapping: MachineMapping, line: Line, found: Found | None = None) -> Iterator[Event]:
    """Yield the events that a machine log tells, in order of time.

    A machine's rows never overlap: one that begins before the last has ended begins where that ends. The same file
    read twice gives the same events, with the same identities.

    Parameters
    ----------
    path
        A file `.csv` or `.parquet` of any length. Rows may stand in any order within `machine_rows.WINDOW` rows.
    mapping
        Which column says what.
    line
        The line whose machines they are.
    found
        What was read; filled as events are taken, whole when there are no more.

    Raises
    ------
    InputError
        If the mapping does not fit the line, the file cannot be read or lacks a column, or no row can be used.
    """
    check_names(mapping, line)
    found = Found() if found is None else found
    found.begin(path, mapping)
    pending = _Pending()
    reader = _Reader(path.stem, mapping, line, found, pending)
    for row in rows_in_order(path, mapping, found.read):
        if reader.epoch_ns is None:
            reader.epoch_ns = monday_before(row.begin_ns, ZoneInfo(mapping.time.zone))
            reader.boot = row.begin_ns // SECOND
        yield from reader.until(row.begin_ns)
        reader.take(row)
    if not found.read.used:
        raise InputError(f"{path}: {found.nothing()}; mend the mapping")
    yield from reader.until(None)


class _Said(NamedTuple):
    """Something that a machine says at a time, before it has its number; without a kind, that its last row is over."""

    time_ns: int
    order: int
    machine: _Machine
    kind: str | None
    fields: dict[str, Any]


class _Pending:
    """What is to be said, by time, and among equal times in the order in which it was found."""

    def __init__(self) -> None:
        self._heap: list[_Said] = []
        self._order = 0

    def add(self, time_ns: int, machine: _Machine, kind: str | None, fields: dict[str, Any]) -> None:
        heappush(self._heap, _Said(time_ns, self._order, machine, kind, fields))
        self._order += 1

    def before(self, time_ns: int | None) -> Iterator[_Said]:
        """Yield what is said before a time; all of it where that is None."""
        while self._heap and (time_ns is None or self._heap[0].time_ns < time_ns):
            yield heappop(self._heap)


@dataclass(slots=True, eq=False)
class _Machine:
    """A machine of the log, and how it stands after what was read of it."""

    station: str
    number: int
    source: str
    begin_ns: int = 0
    end_ns: int = 0
    state: tuple[str, str | None] | None = None
    power_kw: float | None = None
    worked_ns: int = 0
    """Time of processing since pieces last left."""
    counters: tuple[int, int, int] | None = None
    sequence: int = 0
    seen: bool = False
    works: bool = False
    """Whether the last row is of processing."""


class _Reader:
    """Makes events of rows that come in order of the time at which they begin."""

    def __init__(self, name: str, mapping: MachineMapping, line: Line, found: Found, pending: _Pending) -> None:
        self.mapping, self.line, self.found, self.pending = mapping, line, found, pending
        self.epoch_ns: int | None = None
        self.states = {label(text): (meaning.state, meaning.reason) for text, meaning in mapping.states.items()}
        self.reasons = by_label(mapping.reasons)
        self.products = {label(name): name for name in line.products} | by_label(mapping.products)
        self.machines = {
            text: _Machine(station, number, _shown(f"{name[:LONGEST_LABEL]}/{text}"))
            for text, (station, number) in places(mapping).items()
        }
        self.ways = cache(partial(_ways, line))
        self.silent_ns = round(mapping.silent * SECOND)
        self.boot = 0
        self.parts = 0
        self.take: Callable[[Row], None] = self._hold if mapping.columns.duration is None else self._span

    def until(self, time_ns: int | None) -> Iterator[Event]:
        """Yield the events before a time, which no later row can change."""
        for said in self.pending.before(time_ns):
            machine = said.machine
            if said.kind is not None:
                yield self._event(said.time_ns, machine, said.kind, said.fields)
            elif said.time_ns == machine.end_ns and machine.state != (self.mapping.unobserved, None):
                # Its last row is over and no other follows at once.
                machine.state = self.mapping.unobserved, None
                yield self._event(said.time_ns, machine, "state", {"state": machine.state[0], "reason": None})
                if machine.power_kw:
                    machine.power_kw = 0.0
                    yield self._event(said.time_ns, machine, "power", {"power_kw": 0.0})

    def _event(self, time_ns: int, machine: _Machine, kind: str, fields: dict[str, Any]) -> Event:
        epoch_ns = self.epoch_ns or 0
        machine.sequence += 1
        return Event(
            source=machine.source,
            boot=self.boot,
            sequence=machine.sequence - 1,
            run=0,
            time=(time_ns - epoch_ns) / SECOND,
            line=self.line.line,
            station=machine.station,
            machine=machine.number,
            kind=kind,
            fields=fields,
            epoch_ns=epoch_ns,
        )

    def _span(self, row: Row) -> None:
        """Take a row that says how long its state lasted."""
        machine = self.machines[row.machine]
        begin_ns = max(row.begin_ns, machine.end_ns) if machine.seen else row.begin_ns
        if begin_ns - row.begin_ns > self.silent_ns:
            self.found.read.problem(
                row.row, "begins long before the row before it has ended; the unit of the duration may be another"
            )
            return
        self.found.span(row, machine.end_ns if machine.seen else None, begin_ns, begin_ns + row.lasts_ns)
        machine.seen, machine.end_ns = True, begin_ns + row.lasts_ns
        if row.lasts_ns:
            self._enter(machine, begin_ns, self._meaning(row), row.power_kw)
            machine.worked_ns += row.lasts_ns if machine.works else 0
        self._make(machine, machine.end_ns, row)
        if machine.state is not None:
            self.pending.add(machine.end_ns, machine, None, {})

    def _hold(self, row: Row) -> None:
        """Take a row whose state lasts until the machine's next, and whose pieces were made until then."""
        machine, begin_ns = self.machines[row.machine], row.begin_ns
        self.found.span(row, machine.begin_ns if machine.seen else None, begin_ns, begin_ns)
        if machine.works:
            machine.worked_ns += min(begin_ns, machine.end_ns) - machine.begin_ns
        self._make(machine, begin_ns, row)
        self._enter(machine, begin_ns, self._meaning(row), row.power_kw)
        machine.seen, machine.begin_ns, machine.end_ns = True, begin_ns, begin_ns + self.silent_ns
        self.pending.add(machine.end_ns, machine, None, {})

    def _meaning(self, row: Row) -> tuple[str, str | None]:
        state, reason = self.states[row.state]
        if row.reason and state != "processing":
            reason = self.reasons.get(row.reason) or _shown(row.reason) or reason
        return state, reason

    def _enter(self, machine: _Machine, time_ns: int, state: tuple[str, str | None], power_kw: float) -> None:
        """Say the state and the power that a machine has from now on, where they are others."""
        machine.works = state[0] == "processing"
        if state != machine.state:
            machine.state = state
            self.pending.add(time_ns, machine, "state", {"state": state[0], "reason": state[1]})
        if power_kw == power_kw and power_kw != machine.power_kw:  # noqa: PLR0124 -- NaN where the log does not say
            machine.power_kw = power_kw
            self.pending.add(time_ns, machine, "power", {"power_kw": power_kw})

    def _make(self, machine: _Machine, time_ns: int, row: Row) -> None:
        """Say the pieces of a row: a part for each outcome, the time worked on them shared out by pieces."""
        product = self._product(row)
        told = row.made, row.scrap, row.rework
        if self.mapping.counts == "running":
            before, machine.counters = machine.counters or told, told
            # A counter that is less than before began anew.
            told = tuple(now - old if now >= old else now for now, old in zip(told, before, strict=True))  # type: ignore[assignment]
        made, scrap, rework = told
        good = made if self.mapping.columns.pieces is None else max(made - scrap - rework, 0)
        total = good + scrap + rework
        if not total:
            return
        ways = self.ways(machine.station, product)
        worked_s, machine.worked_ns = machine.worked_ns / SECOND, 0
        for outcome, pieces in zip(MACHINE_OUTCOMES, (good, scrap, rework), strict=True):
            if pieces:
                self.parts += 1
                fields = {
                    "part": self.parts,
                    "outcome": outcome,
                    "cycle_s": worked_s * pieces / total,
                    "to": ways[outcome],
                    "pieces": pieces,
                    "product": product,
                    "parent": None,
                }
                self.pending.add(time_ns, machine, "part", fields)

    def _product(self, row: Row) -> str | None:
        """Return the line's name of a product; None, and a note, where the line does not know it."""
        if not self.line.products or not row.product:
            return None
        if (product := self.products.get(row.product)) is None:
            self.found.products.add(row.product, row.begin_ns)
        return product


@lru_cache(1_000)
def _shown(text: str) -> str:
    """Return a text of the log as an event may hold it: on one line, without signs that steer a terminal."""
    return " ".join(_STEERING.sub(" ", text).split())


def _ways(line: Line, station: str, product: str | None) -> dict[str, str]:
    """Return where the parts of a station go, by outcome: the likeliest way on, the way back, or scrap."""
    edges = [edge for edge in line.edges if edge.from_ == station]
    back = next((edge.to for edge in edges if edge.rework), station)
    on = [edge for edge in edges if not edge.rework]
    good = max(on, key=lambda edge: edge.probability or 0.0).to if on else OUT
    route = line.products[product].route if product is not None else None
    if route is not None and station in route:
        good = (*route, OUT)[route.index(station) + 1]
    return {"good": good, "scrap": "scrap", "rework": back}
