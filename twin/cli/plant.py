"""`twin plant`: a simulated plant that publishes its events over MQTT, as a real one does."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Annotated, NamedTuple

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
from twin.cli.resolve import LineArgument, OptionsOption, SeedOption, line_of, site_of
from twin.cli.wire import HOME, MqttOption, SiteOption, SpeedOption, TopicOption, VersionOption, broker, say, speed_of
from twin.errors import InputError

if TYPE_CHECKING:
    from twin.live.shift_calendar import ShiftCalendar

StartOption = Annotated[
    str | None,
    typer.Option(
        "--start",
        metavar="TIME",
        help='From when: now, "mon 06:00" of this week, or 2026-11-24T06:00.  [default: now; at --speed max Monday '
        "00:00, the line empty]",
    ),
]
ForOption = Annotated[
    str | None,
    typer.Option(
        "--for", metavar="TIME", help="How long: 8 h.  [default: for ever; at --speed max to the production day's end]"
    ),
]


class Span(NamedTuple):
    """When a plant publishes: the epoch of its clock [ns UTC], and from when to when on that clock [s]."""

    epoch_ns: int
    start_s: float
    end_s: float


def plant(
    line: LineArgument,
    *,
    mqtt: MqttOption = "mqtt://localhost:1883",
    speed: SpeedOption = "1",
    start: StartOption = None,
    length: ForOption = None,
    options: OptionsOption = None,
    site: SiteOption = HOME,
    topic: TopicOption = None,
    mqtt_version: VersionOption = "5",
    seed: SeedOption = 1,
    late: LateOption = 0.0,
    doubled: DoubledOption = 0.0,
    disordered: DisorderedOption = 0.0,
    dropped: DroppedOption = 0.0,
    fault_seed: FaultSeedOption = 1,
    no_wait: NoWaitOption = False,
) -> None:
    """Simulate a plant that publishes its events over MQTT, and tell the KPIs that it counts itself."""
    chosen_line, place, pace = line_of(line), site_of(site), speed_of(speed)
    settings = broker(mqtt, mqtt_version, topic, place)
    from twin.cli.plant_table import PlantTable
    from twin.line.scenario import scenario
    from twin.live.faults import Faults
    from twin.live.plant import Plant
    from twin.live.shift_calendar import ShiftCalendar

    calendar = ShiftCalendar(chosen_line.shifts, place.zone)
    span = span_of(start, length, calendar, time.time_ns(), paced=pace is not None)
    chosen = scenario(chosen_line, options)
    if span.start_s > 0:
        say("Simulating from Monday 00:00 to the start, without a word.")
    works = Plant(chosen, calendar, epoch_ns=span.epoch_ns, seed=seed, boot=int(time.time()))
    table = PlantTable(chosen_line)
    faults = Faults(late, doubled, disordered, dropped, fault_seed)
    events = works.events(span.start_s, span.end_s, counted=table.add)
    arrived = False
    try:
        arrived = publish(events, settings, chosen_line, Way(pace, span.start_s, faults, waits=not no_wait))
    finally:
        table.end()
    if works.locked is not None:
        say(f"The line has locked: {'; '.join(works.locked)}.")
    if not arrived or works.locked is not None:
        raise typer.Exit(1)


def span_of(start: str | None, length: str | None, calendar: ShiftCalendar, now_ns: int, *, paced: bool) -> Span:
    """Return when a plant publishes.

    Parameters
    ----------
    start, length
        As written on the command line, or None.
    calendar
        The shifts at the site.
    now_ns
        The time now [ns UTC].
    paced
        Whether events are held back to some speed; the plant then starts now and goes on for ever, else it starts
        empty on Monday 00:00 and goes on to the end of a production day.

    Raises
    ------
    InputError
        If one of them is no time.
    """
    from twin.live.clock import SECOND, monday_before

    begin_ns = moment(start or ("now" if paced else "mon 00:00"), calendar.zone, now_ns)
    epoch_ns = monday_before(begin_ns, calendar.zone)
    start_s = (begin_ns - epoch_ns) / SECOND
    # An empty line has nothing to tell before its first shift.
    from_ns = begin_ns if paced or start is not None else calendar.next(epoch_ns - 1).start_ns
    if length is not None:
        return Span(epoch_ns, start_s, (from_ns - epoch_ns) / SECOND + _length(length))
    return Span(epoch_ns, start_s, math.inf if paced else (calendar.day_of(from_ns).end_ns - epoch_ns) / SECOND)


def _length(written: str) -> float:
    from twin.engine.simulation import LONGEST
    from twin.units import parse

    try:
        length_s = parse(written)
    except InputError as error:
        raise InputError(f"--for: {error}") from None
    if not 0 < length_s < LONGEST / 2:
        raise InputError(f'--for: "{written}" is no time to run; write 8 h')
    return length_s
