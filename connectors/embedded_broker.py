"""An MQTT broker inside the program, for where no server is to be had: loopback alone, nothing kept.

What was seen of amqtt 0.12 with paho 2: MQTT 3.1.1 only; QoS 1, retained messages and manual acknowledgement hold, in
order and without loss, at some 2,000 messages a second. A durable session does not outlive its connection, and what
was not acknowledged is not sent again: it serves a demonstration, not a plant.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import threading
import warnings
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
START_S, STOP_S = 10.0, 5.0
"""How long the broker may take to start, and to stop [s]."""


class Embedded(NamedTuple):
    """A broker inside the program."""

    port: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"mqtt://{LOOPBACK}:{self.port}"


@contextmanager
def embedded_broker(port: int = 0) -> Iterator[Embedded]:
    """Run a broker in a thread for as long as the block lasts.

    Parameters
    ----------
    port
        The port it listens on; 0 is any that is free.

    Raises
    ------
    InputError
        If the port is in use.
    """
    place = Embedded(_free(port))
    loop = asyncio.new_event_loop()
    started, stop = threading.Event(), asyncio.Event()
    problems: list[BaseException] = []
    thread = threading.Thread(target=_serve, args=(loop, place.port, started, stop, problems), daemon=True)
    thread.start()
    started.wait(START_S)
    if problems:
        raise InputError(f"{place.url}: the broker does not start ({problems[0]}); write another port")
    try:
        yield place
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(STOP_S)


def _serve(
    loop: asyncio.AbstractEventLoop,
    port: int,
    started: threading.Event,
    stop: asyncio.Event,
    problems: list[BaseException],
) -> None:
    try:
        loop.run_until_complete(_broker(port, started, stop))
    except Exception as error:  # noqa: BLE001 -- told to whoever waits for the start
        problems.append(error)
        started.set()
    finally:
        _end(loop)


def _end(loop: asyncio.AbstractEventLoop) -> None:
    """Close the loop with all that the broker leaves in it."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=STOP_S))
    loop.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()  # transports that nobody has closed


async def _broker(port: int, started: threading.Event, stop: asyncio.Event) -> None:
    from amqtt.broker import Broker  # type: ignore[import-untyped]

    # It speaks of much that is no concern of whoever watches a demonstration.
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    logging.getLogger("transitions").setLevel(logging.CRITICAL)
    broker = Broker({
        "listeners": {"default": {"type": "tcp", "bind": f"{LOOPBACK}:{port}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    })  # fmt: skip
    await broker.start()
    started.set()
    await stop.wait()
    await broker.shutdown()


def _free(port: int) -> int:
    """Return the port, or one that is free for 0."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise InputError(f"port {port}: cannot be listened on ({error.strerror}); write another") from None
        return int(probe.getsockname()[1])
