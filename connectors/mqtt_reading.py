"""Messages to events: what is no event of the line is refused, with the reason, and never more than that."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from connectors.mqtt import LONGEST_PAYLOAD, NO_STATION
from twin.errors import InputError
from twin.events import KINDS, LONGEST_NAME, LONGEST_S, Event, from_json
from twin.line.buffers import buffers
from twin.line.names import nearest
from twin.line.route import OUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.mqtt import Message
    from twin.line.line import Line

LONGEST_REASON = 300
LONGEST_TOPIC, MOST_TOPICS = 500, 10_000
"""So many topics are remembered, none longer; others are taken apart anew each time."""
LONGEST_NOTE_D = 31
"""A note about a longer time is about no stop [d]."""
BITS_63 = 63


class Refused(NamedTuple):
    """Why a message is no event of the line, in one sentence."""

    reason: str


class _Topic(NamedTuple):
    station: str | None
    kind: str
    which: str | None


class Reader:
    """Reads the messages of one line.

    Parameters
    ----------
    root
        The levels of every topic before the line's name.
    line
        The line, whose stations, machines, buffers, skills and products are known.
    """

    def __init__(self, root: str, line: Line) -> None:
        self._line = line.line
        self._prefix = f"{root}/{line.line}/"
        self._topics: dict[str, _Topic | Refused] = {}
        self._machines = {name: station.machines for name, station in line.stations.items()}
        self._skills = frozenset(line.operators)
        self._products = frozenset(line.products)
        self._targets = frozenset((*line.stations, OUT, "scrap"))
        self._buffers = {name: station for name, station, _ in buffers(line)}

    def read(self, message: Message) -> Event | Refused:
        """Return the event that a message holds, or why it is none; whatever its bytes, nothing is raised."""
        if message.size > LONGEST_PAYLOAD:
            return Refused(f"the payload has over {LONGEST_PAYLOAD} bytes; an event has some hundred")
        topic = self._topics.get(message.topic) or self._taken_apart(message.topic)
        if isinstance(topic, Refused):
            return topic
        try:
            event = from_json(message.payload, unnamed=lambda: _sequence(message))
        except InputError as error:
            more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
            return _refused(error.problems[0], more)
        problem = self._against_topic(event, topic) or self._against_line(event) or _against_clock(event)
        return event if problem is None else _refused(problem)

    def _taken_apart(self, text: str) -> _Topic | Refused:
        topic = self._topic(text)
        if len(self._topics) < MOST_TOPICS and len(text) <= LONGEST_TOPIC:
            self._topics[text] = topic
        return topic

    def _topic(self, text: str) -> _Topic | Refused:
        levels = text.removeprefix(self._prefix).split("/")
        if not text.startswith(self._prefix) or len(levels) not in {2, 3}:
            return Refused(f"the topic is not {self._prefix}STATION/KIND")
        station, kind, *which = levels
        if kind not in KINDS:
            return _refused(f"the topic names the kind {nearest(kind[:LONGEST_NAME], KINDS)}")
        return _Topic(None if station == NO_STATION else station, kind, which[0] if which else None)

    def _against_topic(self, event: Event, topic: _Topic) -> str | None:
        """Return where the event says otherwise than its topic."""
        if event.line != self._line:
            return f"the event is of the line {nearest(event.line, [self._line])}"
        if event.station != topic.station:
            return f'the topic names the station "{topic.station or NO_STATION}", the event "{event.station}"'
        if event.kind != topic.kind:
            return f'the topic names the kind "{topic.kind}", the event "{event.kind}"'
        if topic.which is not None and topic.which != _which(event):
            return f'the topic ends in "{topic.which}", which the event is not of'
        return None

    def _against_line(self, event: Event) -> str | None:
        """Return what the event names that the line has not."""
        station, machine, fields = event.station, event.machine, event.fields
        if station is not None and station not in self._machines:
            return f"there is no station {nearest(station, self._machines)}"
        if machine is not None and (station is None or machine > self._machines[station]):
            has = f"{station} has {self._machines[station]}" if station else "no station is named"
            return f"there is no machine {machine}; {has}"
        kind = event.kind
        if kind == "part":
            if fields["to"] not in self._targets:
                return f"a part goes to {nearest(str(fields['to']), self._targets)}"
            product = fields["product"]
            if product is not None and product not in self._products:
                return f"there is no product {nearest(str(product), self._products)}"
        elif kind == "level":
            if self._buffers.get(str(fields["buffer"])) != station:
                before = [name for name, to in self._buffers.items() if to == station]
                return f"before {station} there is no buffer {nearest(str(fields['buffer']), before)}"
        elif kind == "crew" and fields["skill"] not in self._skills:
            return f"there is no skill {nearest(str(fields['skill']), self._skills)}"
        elif kind == "note":
            return _note_problem(fields)
        return None


def _refused(problem: str, more: str = "") -> Refused:
    """Refuse in a sentence that can be shown anywhere: what it quotes may hold signs that no terminal should see."""
    shown = problem[:LONGEST_REASON] + more
    return Refused(shown if shown.isprintable() else "".join(sign if sign.isprintable() else "?" for sign in shown))


def _note_problem(fields: Mapping[str, Any]) -> str | None:
    start, end = fields["start_s"], fields["end_s"]
    if not -LONGEST_S < start < end < LONGEST_S:
        return f"a note from {start:g} s to {end:g} s is about no time; write its start, then its end"
    if end - start > 86_400 * LONGEST_NOTE_D:
        return f"a note about {(end - start) / 86_400:,.0f} days is about no stop; write at most {LONGEST_NOTE_D}"
    return None


def _which(event: Event) -> str | None:
    """Return what tells events of one station and kind apart in a topic."""
    if event.kind == "level":
        return str(event.fields["buffer"]).partition("->")[0]
    if event.kind == "crew":
        return str(event.fields["skill"])
    return None if event.machine is None else str(event.machine)


def _against_clock(event: Event) -> str | None:
    """Return whether the time lies outside what 64 bits of nanoseconds since 1970 hold."""
    if not 0 <= event.time + (event.epoch_ns or 0) / 1e9 < LONGEST_S:
        return f"the time {event.time:g} s lies before 1970 or after 2262"
    return None


def _sequence(message: Message) -> int:
    """Return the number of an event that its plant does not number: of its topic, time and payload."""
    digest = hashlib.sha256(message.topic.encode() + b"\0" + message.payload).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - BITS_63)
