"""Publishing, as `twin plant` and `twin replay` do it: pace, faults, and what became of the events."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from twin.cli.wire import say
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from connectors.mqtt import Publisher
    from connectors.settings import MqttSettings
    from twin.events import Event
    from twin.line.line import Line
    from twin.live.faults import Faults

TWIN_S = 30.0
"""How long a plant at full speed waits for a live twin [s]."""
LAST_S, LAST_AFTER_STOP_S = 60.0, 3.0
"""How long the broker's last acknowledgements are waited for, at the end and after a stop [s]."""


def _share(option: str) -> Callable[[object], float]:
    def read(written: object) -> float:
        from twin.units import share

        try:
            return share(written)
        except InputError as error:
            raise InputError(f"{option}: {error}") from None

    return read


def _fault(name: str, what: str) -> Any:  # noqa: ANN401 -- what Typer makes of an option
    option = f"--{name}"
    return typer.Option(option, metavar="SHARE", parser=_share(option), help=f"Share of the events that {what}: 1 %.")


LateOption = Annotated[float, _fault("late", "come up to 30 s late")]
DoubledOption = Annotated[float, _fault("doubled", "come twice")]
DisorderedOption = Annotated[float, _fault("disordered", "come out of order")]
DroppedOption = Annotated[
    float, typer.Option("--dropped", metavar="N", min=0.0, help="Connections lost in an hour of plant time.")
]
FaultSeedOption = Annotated[int, typer.Option("--fault-seed", metavar="N", min=0, help="Seed of the faults.")]
NoWaitOption = Annotated[bool, typer.Option("--no-wait", help="Publish at once, whether or not a twin listens.")]


class Way(NamedTuple):
    """How events are published: plant seconds in a second (None for as fast as can be), from which time, what fails."""

    speed: float | None
    start_s: float | None
    faults: Faults
    waits: bool


def publish(events: Iterable[Event], settings: MqttSettings, line: Line, way: Way) -> bool:
    """Publish events, say what became of them, and return whether the broker has them all.

    Raises
    ------
    InputError
        If the broker refuses.
    """
    from connectors.mqtt import Publisher
    from twin.live.faults import faulty
    from twin.live.pace import paced

    publisher = Publisher(settings, line, say=say)
    done: Counter[str] = Counter()
    publisher.connect()
    if way.waits and way.speed is None:
        _wait_for_twin(publisher, line)
    begun = time.monotonic()
    # A stop asked for meanwhile passes through, once what is under way has arrived.
    last_s = LAST_AFTER_STOP_S
    try:
        spoiled = faulty(events, way.faults, drop=publisher.drop, counted=done)
        for event in paced(spoiled, way.speed, start_s=way.start_s, wait=publisher.idle):
            publisher.publish(event)
        last_s = LAST_S
    finally:
        arrived = publisher.flush(last_s)
        seconds = time.monotonic() - begun
        publisher.close()
        say(_outcome(publisher, done, seconds))
    return arrived


def _wait_for_twin(publisher: Publisher, line: Line) -> None:
    if publisher.wait_for_twin(0.5):
        return
    say(f"Waiting up to {TWIN_S:.0f} s for a twin of {line.line} to listen (twin live); --no-wait does not.")
    if not publisher.wait_for_twin(TWIN_S):
        say("No twin listens; what is published now, only those who already subscribed will see.")


def _outcome(publisher: Publisher, done: Counter[str], seconds: float) -> str:
    count = publisher.published
    rate = f" ({count / seconds:,.0f} a second)" if seconds >= 1 else ""
    words = {"doubled": "twice", "late": "late", "disordered": "out of order"}
    spoiled = [f"{done[key]:,} of them {word}" for key, word in words.items() if done[key]]
    if done["dropped"]:
        spoiled.append(f"the connection lost {done['dropped']:,} times on purpose")
    text = ", ".join([f"Published {count:,} events in {seconds:,.0f} s{rate}", *spoiled])
    missing = publisher.under_way
    return f"{text}; the broker has not acknowledged {missing:,}." if missing else f"{text}."
