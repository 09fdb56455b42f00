"""Pace: events held back until a clock on the wall, times a speed, has come to them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from twin.events import Event


def paced(
    events: Iterable[Event],
    speed: float | None,
    *,
    start_s: float | None = None,
    wait: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Event]:
    """Yield events when their time has come.

    Parameters
    ----------
    events
        Events in order of time, all of one epoch.
    speed
        Plant seconds in a second; None holds nothing back.
    start_s
        The plant's time now [s]; that of the first event unless given. What lies before it comes at once.
    wait
        Lets so many seconds pass.
    clock
        Tells the seconds on the wall.
    """
    begun = clock()
    for event in events:
        if speed is not None:
            if start_s is None:
                start_s = event.time
            left = (event.time - start_s) / speed - (clock() - begun)
            if left > 0:
                wait(left)
        yield event
