"""What may go wrong with the stations of a line that is right: feeds that run dry, words in vain, wear without care."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line.joined_work import feeds
from twin.line.people_checks import people_asked
from twin.line.sending_checks import starved_text
from twin.line.starving import starving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.line.line import Line
    from twin.line.station import Station


def warnings(line: Line) -> Iterator[str]:
    """Yield what a person should know of the stations before running the line, with the remedy."""
    yield from _feeds_that_can_starve(line)
    for name, station in line.stations.items():
        yield from _nothing_to_join(line, name, station)
        yield from _cycles_of_a_mixed_batch(line, name, station)
        yield from _dispatch_of_sets(name, station)
        yield from _priority_of_nobody(name, station)
        yield from _wear_without_maintenance(name, station)
        yield from _standby_that_saves_nothing(name, station)
        yield from _start_better_than_running(name, station)


def _feeds_that_can_starve(line: Line) -> Iterator[str]:
    """Feeds of an assembly of which one can take what the other lacks, if chance will have it."""
    for found in starving(line):
        if not found.is_certain:
            yield f"stations.{found.assembly}: " + starved_text(found.fork, found.piling, found.dry, found.assembly)


def _nothing_to_join(line: Line, name: str, station: Station) -> Iterator[str]:
    if station.kind == "assembly" and sum(takes for _, takes in feeds(line, name)) == 1:
        yield (
            f"stations.{name}: an assembly of one part of one feed joins nothing; add the way of another feed, or say "
            "with `takes` how many"
        )


def _cycles_of_a_mixed_batch(line: Line, name: str, station: Station) -> Iterator[str]:
    """Products that take different times where they can share a batch."""
    for product, variant in line.products.items():
        if station.kind == "batch" and name in variant.cycle:
            yield (
                f"products.{product}.cycle.{name}: products share a batch there, and it takes the time of the part "
                "that waited longest; give each product a station of its own where that is wrong"
            )


def _dispatch_of_sets(name: str, station: Station) -> Iterator[str]:
    if station.kind in ("assembly", "batch") and station.dispatch not in (None, "first_come"):
        yield (
            f"stations.{name}.dispatch: {'an' if station.kind == 'assembly' else 'a'} {station.kind} takes what has "
            "waited longest, always; leave it out"
        )


def _priority_of_nobody(name: str, station: Station) -> Iterator[str]:
    """Priorities of requests that are never made."""
    asks = {keys for keys, crew in people_asked(station) if crew}
    said: dict[tuple[str, ...], bool] = {
        (): "priority" in station.model_fields_set and not asks & {("crew",), ("setup", "crew")}
    }
    for kind, people in (("failures", "repaired_by"), ("maintenance", "by")):
        for way, how in getattr(station, kind).items():
            said[kind, way] = "priority" in how.model_fields_set and (kind, way, people) not in asks
    for place, in_vain in said.items():
        if in_vain:
            yield (
                f"stations.{'.'.join((name, *place))}.priority: nobody is asked there, so nothing goes first; leave it "
                "out, or say who is asked"
            )


def _wear_without_maintenance(name: str, station: Station) -> Iterator[str]:
    """Failures that come ever more often, as nothing is done about it."""
    for way, failure in station.failures.items():
        if failure.wear and not station.maintenance:
            yield (
                f"stations.{name}.failures.{way}.wear: without `maintenance` it stays {failure.wear[-1][1]:g} times as "
                "frequent once worn; give the station maintenance: {overhaul: {every: 200 h, lasts: 2 h}}"
            )


def _standby_that_saves_nothing(name: str, station: Station) -> Iterator[str]:
    power = station.power
    if power.standby is not None and power.standby >= min(power.of("starved"), power.of("blocked")):
        yield (
            f"stations.{name}.power.standby: standby draws no less than waiting, so it saves nothing; write less than "
            "`idle`, or leave it out"
        )


def _start_better_than_running(name: str, station: Station) -> Iterator[str]:
    start = station.startup_scrap
    if start is not None and start.share < station.reject:
        yield (
            f"stations.{name}.startup_scrap.share: the first parts would be better than all others, of which "
            f"{station.reject:.3g} are scrapped; write a larger share"
        )
