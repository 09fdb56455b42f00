"""What must hold of the kinds of station across a line's parts: options, products, orders and upkeep that fit them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line.names import Problem
from twin.line.rates import availability, own_shifts
from twin.line.rooms import Rooms
from twin.line.scenario import versions
from twin.line.station import HOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from twin.line.line import Line

MOST_HELD = 100_000
"""Parts that the machines of one station may hold at one instant; for so many a run keeps records ready."""

ONE_BY_ONE = {"assembly": "joins", "split": "cuts"}
"""Kinds that do something to single parts, which a lot cannot say."""


def options_make_whole_stations(line: Line) -> Iterator[Problem]:
    """Ask that a station be right as each of its options makes it."""
    for name, station in line.stations.items():
        for option in station.automation:
            wrong = station.with_option(option).fault()
            if wrong is not None:
                yield Problem(("stations", name, "automation", option), f"the station would be wrong: {wrong}")


def rejects_are_inspected(line: Line) -> Iterator[Problem]:
    """Ask that only an inspection reject good parts."""
    for place, version in versions(line):
        if version.false_reject and line.stations[str(place[1])].kind != "inspection":
            yield Problem(
                (*place, "false_reject"), "only an inspection rejects good parts; write kind: inspection, or use scrap"
            )


def products_fit_the_kinds(line: Line) -> Iterator[Problem]:
    """Ask that a product differ only in what its stations do: a belt and a store do the same with all."""
    for product, variant in line.products.items():
        for key in ("cycle", "scrap", "ideal_cycle"):
            for name in (name for name in getattr(variant, key) if name in line.stations):
                station = line.stations[name]
                place = ("products", product, key, name)
                if station.kind in HOLDERS:
                    yield Problem(place, f"a {station.kind} has no `{key}`, of any product; leave it out")
                elif key == "scrap" and station.prevalence is not None:
                    yield Problem(
                        place, f"`prevalence` says how many are bad at {name}, of every product; leave it out"
                    )
                elif key == "scrap" and any(edge.rejected and edge.from_ == name for edge in line.route):
                    yield Problem(
                        place,
                        f"what {name} rejects is sent back, the same share of every product; leave it out, or the "
                        "rejected edge",
                    )


def lots_stay_whole(line: Line) -> Iterator[Problem]:
    """Ask that no lot be joined or cut: which of its pieces would be is not said."""
    for name, station in line.stations.items():
        if line.move == "order" and station.kind in ONE_BY_ONE:
            yield Problem(
                ("stations", name, "kind"),
                f"orders move as lots here, and {name} {ONE_BY_ONE[station.kind]} single parts; write move: piece",
            )


def maintenance_leaves_time(line: Line) -> Iterator[Problem]:
    """Ask that what is due by the calendar leave time to work, whatever option is chosen."""
    for place, version in versions(line):
        station = line.stations[str(place[1])]
        if len(place) > 2:  # noqa: PLR2004 -- an option's place goes on behind the station's
            if version.maintenance is None:
                continue
            station = station.with_option(str(place[-1]))
        if version.maintenance and availability(station, own_shifts(line, station)) <= 0:
            yield Problem(
                (*place, "maintenance"),
                "what is due by the calendar takes all the time there is; write it shorter, or less often",
            )


def machines_hold_few(line: Line) -> Iterator[Problem]:
    """Ask that the machines of a station hold no more parts at one instant than records are kept ready for."""
    rooms = Rooms(line)
    for name, station in line.stations.items():
        if station.kind in ("assembly", "batch", "split") and rooms.held_in(name) > MOST_HELD:
            yield Problem(
                ("stations", name, "machines"),
                f"they hold {rooms.held_in(name):,} parts at once, over {MOST_HELD:,}; write fewer machines, or parts",
            )


RULES: dict[Callable[[Line], Iterable[Problem]], Collection[str]] = {
    options_make_whole_stations: (
        "stations",
        "kind",
        "automation",
        "prevalence",
        "scrap",
        "crew",
        "attended",
        "shifts",
    ),
    rejects_are_inspected: ("kind",),
    products_fit_the_kinds: ("products", "stations", "kind", "prevalence", "route", "from", "rejected"),
    lots_stay_whole: ("move", "kind"),
    machines_hold_few: ("machines", "size", "parts", "takes", "kind"),
    maintenance_leaves_time: ("maintenance", "shifts", "attended", "every", "lasts", "clock"),
}
"""Every rule, with the keys that it reads and cannot do without."""
