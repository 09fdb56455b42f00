"""Faults on demand: what a network does to a plant's events, done on purpose and counted."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from twin.events import Event

LATEST_S = 30.0
"""How late a late event is at most [s of the plant's time]."""
FURTHEST = 5
"""How many events an event out of order is overtaken by at most."""
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong: shares of the events that come late, twice or out of order, and connections lost an hour."""

    late: float = 0.0
    doubled: float = 0.0
    disordered: float = 0.0
    dropped_per_h: float = 0.0
    seed: int = 1

    def __bool__(self) -> bool:
        return any((self.late, self.doubled, self.disordered, self.dropped_per_h))


def faulty(
    events: Iterable[Event],
    faults: Faults,
    *,
    drop: Callable[[], None] = lambda: None,
    counted: Counter[str] | None = None,
) -> Iterator[Event]:
    """Return events as a poor network brings them; every event comes at least once.

    Parameters
    ----------
    events
        Events in order of time.
    faults
        What goes wrong, and how often. The same seed does the same to the same events.
    drop
        Loses the connection.
    counted
        Counts what was done, by "late", "doubled", "disordered" and "dropped".
    """
    if not faults:
        return iter(events)
    luck = random.Random(faults.seed)  # noqa: S311 -- no secret
    done: Counter[str] = Counter() if counted is None else counted
    if faults.dropped_per_h > 0:
        events = _dropping(events, faults.dropped_per_h, random.Random(faults.seed), drop, done)  # noqa: S311
    return _misplaced(events, faults, luck, done)


def _misplaced(events: Iterable[Event], faults: Faults, luck: random.Random, done: Counter[str]) -> Iterator[Event]:
    """Yield events, some of them late, out of order or twice."""
    late: list[tuple[float, int, Event]] = []
    overtaken: list[tuple[float, int, Event]] = []
    for number, event in enumerate(events):
        while late and late[0][0] <= event.time:
            yield heapq.heappop(late)[2]
        if luck.random() < faults.late:
            done["late"] += 1
            heapq.heappush(late, (event.time + luck.uniform(1.0, LATEST_S), number, event))
        elif luck.random() < faults.disordered:
            done["disordered"] += 1
            heapq.heappush(overtaken, (number + luck.randint(1, FURTHEST), number, event))
        else:
            yield event
            if luck.random() < faults.doubled:
                done["doubled"] += 1
                yield event
        while overtaken and overtaken[0][0] <= number:
            yield heapq.heappop(overtaken)[2]
    for held in (overtaken, late):
        while held:
            yield heapq.heappop(held)[2]


def _dropping(
    events: Iterable[Event], per_h: float, luck: random.Random, drop: Callable[[], None], done: Counter[str]
) -> Iterator[Event]:
    """Yield events, and lose the connection now and then [times an hour of the plant's time]."""
    due: float | None = None
    for event in events:
        if due is None:
            due = event.time + luck.expovariate(per_h / HOUR)
        while event.time >= due:
            drop()
            done["dropped"] += 1
            due += luck.expovariate(per_h / HOUR)
        yield event
