"""`twin note`: say what a stop was: give it a reason, split it, or correct what was said before."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.moment import moment
from twin.cli.resolve import LineArgument, line_of, site_of
from twin.cli.show import show, table
from twin.cli.wire import HOME, MqttOption, SiteOption, TopicOption, VersionOption, broker
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from connectors.settings import MqttSettings
    from twin.events import Event, Value
    from twin.line.line import Line
    from twin.live.stops import MachineStop

SOURCE = "twin note"
"""Who tells a note, whoever says it: of two said at one moment of the plant's time, the later one then comes later."""
LAST_S = 24 * 3600.0
"""Stops of so long before the plant's now are listed [s]."""
SHOWN = 20
ARRIVES_S = 10.0
"""How long the broker's acknowledgement is waited for [s]."""

StoreOption = Annotated[
    Path | None, typer.Option("--store", metavar="FILE", help="The live twin's store.  [default: LINE.sqlite]")
]
StationOption = Annotated[str | None, typer.Option("--station", metavar="NAME", help="Whose stop.")]
MachineOption = Annotated[
    int | None,
    typer.Option("--machine", metavar="N", min=1, help="Which of its machines.  [default: the one that stopped]"),
]
AtOption = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="A moment within the stop.  [default: the station's last stop]"),
]
FromOption = Annotated[str | None, typer.Option("--from", metavar="TIME", help="Only from here: splits a stop.")]
ToOption = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Only up to here.")]
ReasonOption = Annotated[
    str | None,
    typer.Option("--reason", metavar="WORD", help="What it was, such as cutter_jam.  [default: list the stops]"),
]
TextOption = Annotated[str | None, typer.Option("--text", metavar="TEXT", help="More about it.")]
AuthorOption = Annotated[str, typer.Option("--author", metavar="ROLE", help="Who says so: a role, never a person.")]


def note(
    line: LineArgument,
    *,
    reason: ReasonOption = None,
    station: StationOption = None,
    machine: MachineOption = None,
    at: AtOption = None,
    start: FromOption = None,
    end: ToOption = None,
    text: TextOption = None,
    author: AuthorOption = "shift lead",
    store: StoreOption = None,
    mqtt: MqttOption = "mqtt://localhost:1883",
    mqtt_version: VersionOption = "5",
    topic: TopicOption = None,
    site: SiteOption = HOME,
) -> None:
    """Give a stop its reason, split it or correct it; without a reason, list the stops of the last day.

    The note goes to the live twin over MQTT, which counts the KPIs of that time anew. The last note about a time holds.
    """
    chosen, place = line_of(line), site_of(site)
    path = store or Path(f"{chosen.line}.sqlite")
    if station is not None and station not in chosen.stations:
        from twin.line.names import nearest

        raise InputError(f"--station: there is no station {nearest(station, chosen.stations)}")
    told = _Told(path, chosen, _zone(place.zone))
    stops = [stop for stop in told.stops if station in (None, stop.station) and machine in (None, stop.machine)]
    if reason is None:
        _list(stops, told)
        return
    settings = broker(mqtt, mqtt_version, topic, place)
    stop = _chosen(stops, told, at)
    span = (
        stop.start_s if start is None else told.seconds("--from", start),
        (told.now_s if stop.end_s is None else stop.end_s) if end is None else told.seconds("--to", end),
    )
    if span[0] >= span[1]:
        raise InputError(
            f"--from, --to: {told.clock(span[0])} is not before {told.clock(span[1])}; write an earlier start"
        )
    _publish(settings, chosen, _note(told, stop, span, (author, text or reason, reason)))
    upto = "now" if stop.end_s is None and end is None else told.clock(span[1])
    show(f"{_name(stop, chosen)}: {reason}, from {told.clock(span[0])} to {upto}. Said by: {author}.")


class _Told:
    """What a store tells of the last day: its stops, the plant's now [s], and how its times are written."""

    def __init__(self, path: Path, line: Line, zone: tzinfo) -> None:
        from contextlib import closing

        from connectors.store_reading import StoreReader
        from twin.live.stops import stops_of

        with closing(StoreReader(path)) as kept:
            if kept.line != line.line:
                raise InputError(f"{path}: the store holds the line {kept.line}, not {line.line}; name another file")
            latest = kept.last_s
            if latest is None or kept.epoch_ns is None:
                raise InputError(f"{path}: holds no event yet; note what has stopped")
            self.now_s, self.epoch_ns = latest, kept.epoch_ns
            self.stops = stops_of(line, kept.events(latest - LAST_S), kept.notes())
        self.line, self._zone = line.line, zone

    def clock(self, time_s: float) -> str:
        """Write a time [s] as the clock on the wall shows it."""
        return datetime.fromtimestamp(self.epoch_ns / 1e9 + time_s, self._zone).strftime("%Y-%m-%dT%H:%M:%S")

    def seconds(self, option: str, written: str) -> float:
        """Read a time as the clock on the wall shows it; of a time of day, the last that was [s]."""
        now_ns = self.epoch_ns + round(self.now_s * 1e9)
        try:
            if not _is_time_of_day(written):
                return (moment(written, self._zone, now_ns) - self.epoch_ns) / 1e9
            today = datetime.fromtimestamp(now_ns / 1e9, self._zone).date()
            days = (today, today - timedelta(days=1))
            found, before = (moment(f"{day.isoformat()}T{written}", self._zone, now_ns) for day in days)
        except InputError:
            raise InputError(f'{option}: "{written}" is no time; write 06:12 or 2026-11-24T06:12') from None
        return ((before if found > now_ns else found) - self.epoch_ns) / 1e9


def _is_time_of_day(written: str) -> bool:
    return written[:1].isdigit() and "-" not in written and ":" in written


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _list(stops: Sequence[MachineStop], told: _Told) -> None:
    if not stops:
        show("No stop in the last day.")
        return
    rows = [
        (
            told.clock(stop.start_s).replace("T", " "),
            stop.station,
            str(stop.machine),
            "still" if stop.end_s is None else f"{(stop.end_s - stop.start_s) / 60:.1f}",
            stop.reason or "–",
        )
        for stop in stops[-SHOWN:]
    ]
    open_ = sum(stop.reason is None for stop in stops)
    show(
        f"{len(stops)} {'stop' if len(stops) == 1 else 'stops'} in the last day, {open_} without a reason.",
        table(["since", "station", "machine", "min", "reason"], rows, left=(0, 1, 4)),
    )


def _chosen(stops: Sequence[MachineStop], told: _Told, at: str | None) -> MachineStop:
    """Return the stop that is meant: the one that lasts at a moment, else the last."""
    if not stops:
        raise InputError("there was no such stop in the last day; twin note LINE lists them")
    if at is None:
        return stops[-1]
    at_s = told.seconds("--at", at)
    found = [stop for stop in stops if stop.start_s <= at_s < (told.now_s + 1 if stop.end_s is None else stop.end_s)]
    if not found:
        raise InputError(f"--at: nothing stood at {told.clock(at_s)}; twin note LINE lists the stops")
    if len({(stop.station, stop.machine) for stop in found}) > 1:
        which = ", ".join(f"{stop.station} {stop.machine}" for stop in found)
        raise InputError(f"--at: several stood at {told.clock(at_s)}: {which}; say which with --station and --machine")
    return found[-1]


def _note(told: _Told, stop: MachineStop, span: tuple[float, float], words: tuple[str, str, str]) -> Event:
    from twin.events import Event

    author, text, reason = words
    fields: dict[str, Value] = {"author": author, "text": text, "start_s": span[0], "end_s": span[1], "reason": reason}
    # Said at the plant's now: our own clock may be far from it where a plant is simulated or a log replayed.
    return Event(
        SOURCE, time.time_ns(), 0, 0, told.now_s, told.line, stop.station, stop.machine, "note", fields,
        told.epoch_ns,
    )  # fmt: skip


def _publish(settings: MqttSettings, line: Line, said: Event) -> None:
    from connectors.mqtt import Publisher

    publisher = Publisher(settings, line)
    if not publisher.connect().connected:
        raise InputError(publisher.status.sentence.removesuffix("; trying again"))
    publisher.publish(said)
    arrived = publisher.flush(ARRIVES_S)
    publisher.close()
    if not arrived:
        raise InputError(f"{settings.url}: the broker did not take the note; try again")


def _name(stop: MachineStop, line: Line) -> str:
    several = line.stations[stop.station].machines > 1
    return f"{stop.station} {stop.machine}" if several else stop.station
