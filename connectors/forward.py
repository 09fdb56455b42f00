"""Forwarding: the one loop that brings points from the outbox to their server, and tries again until they are there."""

from __future__ import annotations

import time
from threading import Event as Signal
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tenacity import RetryCallState, RetryError, Retrying, retry_if_exception_type, stop_when_event_set
from tenacity.nap import sleep_using_event
from tenacity.wait import wait_random_exponential

from connectors.influxdb import Away, Barred
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connectors.outbox import Outbox

BATCH = 5000
"""Points a request."""

MOST_WAIT_S = 60.0
"""The longest wait between two attempts [s]."""

IDLE_S = 1.0
STOP_S = 2.0


class Server(Protocol):
    """Takes lines of points."""

    def write(self, lines: Sequence[str]) -> list[tuple[str, str]]:
        """Return when the lines are safe, with those that will never be taken and why; raise `Away` if not now."""

    def ask(self) -> None:
        """Raise `Away` unless lines can be written now."""


class Status(NamedTuple):
    """How forwarding stands: whether points go through, since when [s, Unix], and the sentence if they do not."""

    well: bool
    since: float
    sentence: str


class Forwarder:
    """A thread that empties an outbox into a server.

    Parameters
    ----------
    outbox
        Where points wait.
    server
        Where they go.
    most_wait_s
        The longest wait between two attempts [s]. A wait is drawn at random, so that many twins do not come at once.
    say
        Told each new sentence about points that do not go through, and when they go through again.
    """

    def __init__(
        self,
        outbox: Outbox,
        server: Server,
        *,
        most_wait_s: float = MOST_WAIT_S,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.status = Status(well=True, since=time.time(), sentence="")
        self._outbox = outbox
        self._server = server
        self._tell = say
        self._stopping = Signal()
        self._asked = False
        self._most_wait_s = most_wait_s
        self._longer = wait_random_exponential(max=most_wait_s)
        self._thread = Thread(target=self._run, name="forward", daemon=True)
        self._retrying = Retrying(
            retry=retry_if_exception_type((Away, InputError)),
            wait=self._pause,
            sleep=sleep_using_event(self._stopping),
            stop=stop_when_event_set(self._stopping),
            before_sleep=self._say,
        )

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_s: float = STOP_S) -> bool:
        """Stop, at the latest after so many seconds; what is not sent waits in the store.

        Returns
        -------
        bool
            Whether the thread has ended; if not, a request still hangs, and ends with the program.
        """
        self._stopping.set()
        self._outbox.filled.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def drain(self, timeout_s: float) -> bool:
        """Wait until nothing waits in the outbox; False if that takes longer than so many seconds."""
        until = time.monotonic() + timeout_s
        while self._outbox.waiting and time.monotonic() < until:
            time.sleep(0.01)
        return not self._outbox.waiting

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._outbox.filled.clear()
                if not self._retrying(self._send):
                    self._outbox.filled.wait(IDLE_S)
        except RetryError:
            pass  # Asked to stop after an attempt that failed.
        finally:
            self._outbox.close()

    def _send(self) -> bool:
        """Send one batch; False if there is none."""
        batch = None if self._stopping.is_set() else self._outbox.take(BATCH)
        if batch is None:
            return False
        if not self._asked:
            # Whatever else listens at the address may answer that all is well: only a point that is none tells.
            self._server.ask()
            self._asked = True
        self._outbox.taken(batch, self._server.write(batch.lines))
        if not self.status.well:
            self.status = Status(well=True, since=time.time(), sentence="")
            self._tell("InfluxDB takes points again")
        return True

    def _say(self, state: RetryCallState) -> None:
        since = time.time() if self.status.well else self.status.since
        sentence = str(_error(state))
        if sentence != self.status.sentence:
            self._tell(sentence)
        self.status = Status(well=False, since=since, sentence=sentence)
        self._asked = False

    def _pause(self, state: RetryCallState) -> float:
        """Wait longer after each failure, at random; where a person must act, the longest time at once [s]."""
        return self._most_wait_s if isinstance(_error(state), Barred) else self._longer(state)


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
