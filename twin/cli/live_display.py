"""Where a live twin shows what it sees: a screen that is drawn anew on a terminal, a line for each tick in a pipe."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from twin.cli.live_rows import look_of
from twin.cli.live_screen import Frame, Seen, plain_line, screen
from twin.cli.show import console_of
from twin.cli.wire import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.live import Live

    from connectors.mqtt_connection import Status
    from twin.cli.live_loop import LiveTwin
    from twin.live.picture import Tick

DRAWN_A_SECOND = 4
MORE = 10.0
"""In a pipe, refused messages are spoken of when they have become so many times more."""


class Display:
    """Shows a live twin.

    Parameters
    ----------
    area
        The part of the terminal that is drawn anew; None where there is no terminal.
    forwarding
        Gives the sentence about a database that does not take points; None while all is well.
    """

    def __init__(self, area: Live | None, forwarding: Callable[[], str | None]) -> None:
        self._area, self._forwarding = area, forwarding
        self._heard = time.monotonic()
        self._tick: Tick | None = None
        self._told_s = float("-inf")
        self._refused = 0.1
        """How many messages had been refused when that was last said; below 1 before."""

    def heard(self) -> None:
        """Note that something has come."""
        self._heard = time.monotonic()

    def told(self, ticks: Sequence[Tick], twin: LiveTwin) -> None:
        """Take ticks; in a pipe each that is new becomes a line."""
        for tick in ticks:
            # A tick that is told again corrects what is kept, not what was read; closed hours are told once.
            closed = tick.shift is None and self._tick is not None and self._tick.shift is None
            self._tick = tick
            frame = _frame(twin) if self._area is None and tick.time_s > self._told_s and not closed else None
            if frame is not None:
                print(plain_line(tick, self._seen(twin, None), frame), flush=True)
            self._told_s = max(self._told_s, tick.time_s)
        refused = twin.books()["quarantine"]
        if self._area is None and refused >= MORE * self._refused and twin.refusal is not None:
            self._refused = refused
            say(f"refused {refused:,} in all, the last because {twin.refusal} (--check tells more)")

    def draw(self, twin: LiveTwin, status: Status) -> None:
        """Draw the screen anew."""
        if self._area is None:
            return
        frame = _frame(twin)
        if frame is None or twin.mirror is None:
            title = twin.watched.scenario.line.title or twin.watched.scenario.line.line
            topics = f"{twin.watched.root}/{twin.watched.scenario.line.line}/#"
            self._area.update(f"Nothing has been heard of {title} yet, on {topics}. {status.sentence}")
            return
        seen = self._seen(twin, status)
        self._area.update(
            screen(
                twin.mirror.picture(),
                seen,
                frame,
                look=look_of(console_of(sys.stdout)),
                height=self._area.console.height,
            )
        )

    def _seen(self, twin: LiveTwin, status: Status | None) -> Seen:
        trouble = status.sentence if status is not None and not status.connected else self._forwarding()
        return Seen(
            forecast=twin.forecast,
            tick=self._tick,
            counts=twin.books(),
            age_s=time.monotonic() - self._heard,
            trouble=trouble,
            connected=status is None or status.connected,
            score=twin.score,
        )


def _frame(twin: LiveTwin) -> Frame | None:
    watched = twin.watched
    return None if twin.source is None else Frame(watched.scenario, twin.source, watched.policy.title)


@contextmanager
def displayed(forwarding: Callable[[], str | None] = lambda: None) -> Iterator[Display]:
    """Give what shows a live twin: on a terminal in place, else line by line."""
    if not sys.stdout.isatty():
        yield Display(None, forwarding)
        return
    from rich.live import Live

    with Live(console=console_of(sys.stdout), refresh_per_second=DRAWN_A_SECOND, vertical_overflow="visible") as area:
        yield Display(area, forwarding)
