"""What must hold of carriers across a line's parts: where they are taken and freed, and that there are enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line.carrier_ways import held_at
from twin.line.names import RESERVED, Problem, nearest
from twin.line.rooms import Rooms
from twin.line.route import reachable
from twin.line.route_checks import COMING, ROUTE
from twin.line.scenario import choose

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from twin.line.line import Line


def carriers_join_stations(line: Line) -> Iterator[Problem]:
    """Ask that carriers have a name of their own, and that the stations that give and free them be there."""
    for name, carrier in line.carriers.items():
        place = ("carriers", name)
        if name in line.stations or name in RESERVED:
            what = "a station" if name in line.stations else RESERVED[name]
            yield Problem(place, f'"{name}" stands for {what}; carriers need a name of their own')
        for key, station in (("from", carrier.from_), ("to", carrier.to)):
            if station not in line.stations:
                yield Problem((*place, key), f"no station {nearest(station, line.stations)}")


def carriers_come_back(line: Line) -> Iterator[Problem]:
    """Ask that a part which takes a carrier come to the station that frees it."""
    ways: dict[str, list[str]] = {}
    for edge in Rooms(line).ways:
        ways.setdefault(edge.from_, []).append(edge.to)
    for name, carrier in line.carriers.items():
        if {carrier.from_, carrier.to} <= line.stations.keys() and carrier.to not in reachable([carrier.from_], ways):
            behind = [other for other in line.stations if other in reachable([carrier.from_], ways)]
            yield Problem(
                ("carriers", name, "to"),
                f"no way leads from {carrier.from_} to {carrier.to}, so a part keeps it until it leaves the line; "
                f"write a station behind {carrier.from_}: {', '.join(behind[:3])}",
            )


def options_change_carriers(line: Line) -> Iterator[Problem]:
    """Ask that options change the number of carriers there are."""
    for name, station in line.stations.items():
        for option, change in station.automation.items():
            for carrier in change.carriers:
                if carrier not in line.carriers:
                    place = ("stations", name, "automation", option, "carriers", carrier)
                    yield Problem(place, f"`carriers` has no kind {nearest(carrier, line.carriers)}")


def carriers_are_enough(line: Line) -> Iterator[Problem]:
    """Ask that at every level no batch, and no assembly, need more carriers at once than there are."""
    known = {name for name, carrier in line.carriers.items() if {carrier.from_, carrier.to} <= line.stations.keys()}
    needs = {name: found for name in line.carriers if name in known and (found := _needed(line, name))}
    for name, (station, needed) in needs.items():
        number = line.carriers[name].number
        if number < needed:
            yield Problem(
                ("carriers", name, "number"),
                f"{station} waits for {needed:,} parts that each hold one, and there are {number:,}: it never starts "
                f"(deadlock); write {needed:,} or more",
            )
    for level, names in line.levels.items():
        right = {
            station: option
            for station, option in names.items()
            if station in line.stations and option in line.stations[station].automation
        }
        for name, carrier in choose(line, right).line.carriers.items():
            station, needed = needs.get(name, ("the line", 1))
            if carrier.number < needed <= line.carriers[name].number:
                yield Problem(
                    ("levels", level),
                    f"{carrier.number:,} carriers are left of {name}, and {station} needs {needed:,} at once; change "
                    "`carriers` of the options",
                )


def _needed(line: Line, name: str) -> tuple[str, int] | None:
    """Return the station that needs most carriers of a kind at once, and how many; None where none needs several."""
    held, carrier = held_at(line, name), line.carriers[name]
    found = {}
    for at, station in line.stations.items():
        if at not in held:
            continue
        if station.kind == "batch" and station.timeout is None:
            found[at] = station.size or 1
        elif station.kind == "assembly" and at != carrier.from_:
            sure = [edge.from_ for edge in Rooms(line).into(at) if edge.from_ in held and edge.from_ != carrier.to]
            found[at] = sum(station.takes.get(feed, 1) for feed in sure if line.stations[feed].kind != "split")
    most = max(found, key=found.__getitem__, default=None)
    return None if most is None else (most, found[most])


RULES: dict[Callable[[Line], Iterable[Problem]], Collection[str]] = {
    carriers_join_stations: ("carriers", "stations"),
    carriers_come_back: (*ROUTE, *COMING, "carriers", "probability", "rejected"),
    options_change_carriers: ("carriers", "automation"),
    carriers_are_enough: (
        *ROUTE, *COMING, "carriers", "number", "size", "timeout", "takes", "parts", "levels", "automation", "kind",
    ),
}  # fmt: skip
"""Every rule, with the keys that it reads and cannot do without."""
