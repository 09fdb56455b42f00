"""`twin replay`: a log published over MQTT, as if its plant ran now."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from twin.cli.moment import moment
from twin.cli.publishing import (
    DisorderedOption,
    DoubledOption,
    DroppedOption,
    FaultSeedOption,
    LateOption,
    NoWaitOption,
    Way,
    publish,
)
from twin.cli.resolve import line_of, site_of
from twin.cli.wire import HOME, MqttOption, SiteOption, SpeedOption, TopicOption, VersionOption, broker, say, speed_of
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.machine_found import Found
    from twin.events import Event
    from twin.line.line import Line
    from twin.line.site import Site

LogArgument = Annotated[
    Path, typer.Argument(metavar="LOG", help="Events of twin run --trace, or with --map a log of machine data.")
]
LineOption = Annotated[str, typer.Option("--line", metavar="LINE", help="The line that the log is of.")]
MapOption = Annotated[
    Path | None, typer.Option("--map", metavar="MAP.yaml", help="Which column of a machine log is what.")
]
StartOption = Annotated[
    str | None,
    typer.Option(
        "--start", metavar="TIME", help="The Monday on which a trace begins: 2026-11-23.  [default: this week's]"
    ),
]
CheckOption = Annotated[bool, typer.Option("--check", help="Say what a machine log holds, and publish nothing.")]


def replay(
    log: LogArgument,
    *,
    line: LineOption,
    mapping: MapOption = None,
    check: CheckOption = False,
    mqtt: MqttOption = "mqtt://localhost:1883",
    speed: SpeedOption = "1",
    start: StartOption = None,
    site: SiteOption = HOME,
    topic: TopicOption = None,
    mqtt_version: VersionOption = "5",
    late: LateOption = 0.0,
    doubled: DoubledOption = 0.0,
    disordered: DisorderedOption = 0.0,
    dropped: DroppedOption = 0.0,
    fault_seed: FaultSeedOption = 1,
    no_wait: NoWaitOption = False,
) -> None:
    """Publish a log over MQTT, as if its plant ran now."""
    from connectors.machine_found import Found
    from twin.live.faults import Faults

    chosen, place, pace = line_of(line), site_of(site), speed_of(speed)
    if check:
        _check(log, mapping, chosen)
        return
    settings = broker(mqtt, mqtt_version, topic, place)
    found = Found()
    if mapping is None:
        events = _traced(log, chosen, place, start)
    elif start is not None:
        raise InputError("--start: a machine log brings its own times; leave it out")
    else:
        events = _told_by_machines(log, mapping, chosen, found)
    faults = Faults(late, doubled, disordered, dropped, fault_seed)
    arrived = publish(events, settings, chosen, Way(pace, None, faults, waits=not no_wait))
    for sentence in found.sentences() if mapping is not None else ():
        say(sentence)
    if not arrived:
        raise typer.Exit(1)


def _check(log: Path, mapping: Path | None, line: Line) -> None:
    from connectors.machine_mapping import load_machine_mapping
    from twin.cli.replay_check import check

    if mapping is None:
        raise InputError("--check: is for a machine log; name its mapping, --map MAP.yaml")
    check(log, load_machine_mapping(mapping), line)


def _told_by_machines(log: Path, mapping: Path, line: Line, found: Found) -> Iterator[Event]:
    from connectors.machine_log import read_machine_log
    from connectors.machine_mapping import load_machine_mapping

    return _begun(log, read_machine_log(log, load_machine_mapping(mapping), line, found))


def _traced(log: Path, line: Line, site: Site, start: str | None) -> Iterator[Event]:
    """Return the events of a trace, dated: the same trace from the same Monday on has the same identities again."""
    from connectors.event_log import FIRST_ROW, read_events
    from twin.live.clock import SECOND, monday_before

    zone, now_ns = ZoneInfo(site.zone), time.time_ns()
    epoch_ns = monday_before(now_ns if start is None else moment(start, zone, now_ns), zone)

    def dated() -> Iterator[Event]:
        for row, event in enumerate(read_events(log), start=FIRST_ROW.get(log.suffix.lower(), 2)):
            if event.line != line.line:
                raise InputError(
                    f'{log}:{row}: the event is of the line "{event.line}", not "{line.line}"; write another --line'
                )
            yield replace(event, source=log.stem, boot=epoch_ns // SECOND, epoch_ns=epoch_ns)

    return _begun(log, dated())


def _begun(log: Path, events: Iterator[Event]) -> Iterator[Event]:
    """Return events of which the first has been read: what is wrong with a log is said before a broker is asked."""
    first = next(events, None)
    if first is None:
        raise InputError(f"{log}: holds no event; name another log")
    return chain((first,), events)
