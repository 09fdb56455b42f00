"""Where parts are: what waits in each buffer and lies on each machine, as far as the events say."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from twin.kpi.machine_times import HOLDING
from twin.line.buffers import part_buffers
from twin.line.route import OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from twin.events import Event
    from twin.line.line import Line

MOST_SHOWN = 10_000
"""Parts kept of one buffer."""


class Held(NamedTuple):
    """A part: its number, pieces and product, each None where no event said it."""

    part: int | None = None
    pieces: int | None = None
    product: str | None = None


class Whereabouts:
    """Follows parts from machine to buffer to machine.

    A buffer gives its parts in the order in which they came; where a station takes another first, the part that leaves
    it tells, and the two change places.
    """

    def __init__(self, line: Line, rows: Mapping[tuple[str, int], int]) -> None:
        self._rows = rows
        self._edges = {(edge.from_, edge.to): edge.name for edge in line.edges if edge.to != OUT}
        self._places = {name: places for name, _, places in part_buffers(line)}
        self._into = {name: station for name, station, _ in part_buffers(line)}
        self._feeds = {name: [edge for edge, to in self._into.items() if to == name] for name in line.stations}
        self._machines = {name: station.machines for name, station in line.stations.items()}
        self.holds: list[Held | None] = [None] * len(rows)
        self.queues: dict[str, deque[Held]] = {name: deque() for name in self._places}
        self._taken: dict[str, list[Held]] = {name: [] for name in line.stations}
        """What has left a buffer for a station and is not yet seen on a machine."""
        self._rules: dict[str, Callable[[Event, Any], None]] = {
            "state": self._state, "part": self._part, "arrival": self._arrival, "level": self._level,
        }  # fmt: skip

    def take(self, event: Event) -> None:
        """Follow one event."""
        rule = self._rules.get(event.kind)
        if rule is not None:
            rule(event, event.fields)

    def _state(self, event: Event, fields: Any) -> None:  # noqa: ANN401 -- an event's fields
        row = self._rows.get((event.station or "", event.machine or 0))
        if row is None:
            return
        state = fields["state"]
        if state == "starved":
            self.holds[row] = None
        elif self.holds[row] is None and state in HOLDING:
            taken = self._taken[event.station or ""]
            self.holds[row] = taken.pop(0) if taken else Held()

    def _part(self, event: Event, fields: Any) -> None:  # noqa: ANN401
        row = self._rows.get((event.station or "", event.machine or 0))
        if row is None:
            return
        station, to = event.station or "", fields["to"]
        if fields["outcome"] == "joined":
            # What the machine has taken is one part from now on.
            self.holds[row] = Held(fields.get("parent"), fields["pieces"] or 1, fields["product"])
            self._taken[station].clear()
            return
        left = Held(fields["part"], fields["pieces"] or 1, fields["product"])
        held = self.holds[row]
        if held is not None and held.part not in (None, left.part):
            self._change_places(station, left.part, held)
        whole = left.pieces if held is None or held.pieces is None else held.pieces
        rest = (whole or 1) - (left.pieces or 1)
        more = fields["pieces"] is not None and rest > 0 and held is not None
        self.holds[row] = held._replace(pieces=rest) if more and held is not None else None
        edge = self._edges.get((station, to))
        if edge is not None and self._places[edge] == 0:
            self._hand(to, left)
        elif edge is not None and len(self.queues[edge]) < MOST_SHOWN:
            self.queues[edge].append(left)

    def _arrival(self, event: Event, fields: Any) -> None:  # noqa: ANN401
        if not fields["accepted"] or fields.get("parent") is not None:
            # A part that was cut is on its machine until it leaves it.
            return
        came, station = Held(fields["part"], fields["pieces"] or 1, None), event.station or ""
        queue = self.queues.get(f"source->{station}")
        if queue is None:
            self._hand(station, came)
        elif len(queue) < MOST_SHOWN:
            queue.append(came)

    def _level(self, _event: Event, fields: Any) -> None:  # noqa: ANN401
        name = fields["buffer"]
        queue = self.queues.get(name)
        if queue is None:
            return
        places = self._places[name]
        level = min(fields["level"], MOST_SHOWN if places is None else places)
        while len(queue) > level:
            self._hand(self._into[name], queue.popleft())
        while len(queue) < level:
            queue.append(Held())

    def _hand(self, station: str, part: Held) -> None:
        taken = self._taken.get(station)
        if taken is None:
            return
        taken.append(part)
        if len(taken) > self._machines[station]:
            del taken[0]

    def _change_places(self, station: str, part: int | None, held: Held) -> None:
        """The part that leaves was thought to wait; what was thought to be on the machine waits in its place."""
        for edge in self._feeds.get(station, ()):
            queue = self.queues[edge]
            for place, waiting in enumerate(queue):
                if waiting.part == part:
                    queue[place] = held
                    return

    def data(self) -> dict[str, Any]:
        """Return all that is needed to go on, as data that JSON can hold."""
        return {
            "holds": list(self.holds),
            "queues": {name: list(queue) for name, queue in self.queues.items() if queue},
            "taken": {name: list(taken) for name, taken in self._taken.items() if taken},
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Go on from what `data` returned."""
        self.holds = [None if held is None else Held(*held) for held in data["holds"]]
        queues, taken = data["queues"], data["taken"]
        self.queues = {name: deque(Held(*part) for part in queues.get(name, ())) for name in self.queues}
        self._taken = {name: [Held(*part) for part in taken.get(name, ())] for name in self._taken}
