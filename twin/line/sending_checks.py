"""What must hold of what stations send and take: rejected parts, feeds of assemblies, and the room before batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line.joined_work import SOURCE, feeds
from twin.line.names import Problem, nearest
from twin.line.rooms import Rooms
from twin.line.route import OUT
from twin.line.route_checks import COMING, ROUTE
from twin.line.scenario import versions
from twin.line.starving import fed_in_vain, starving

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from twin.line.line import Line


def rejected_parts_go_one_way(line: Line) -> Iterator[Problem]:
    """Ask that what goes as rejected come from an inspection that rejects something, by one way, back into the line."""
    rejecting = {
        str(place[1])
        for place, version in versions(line)
        if version.scrap or version.false_reject or getattr(version, "prevalence", None)
    }
    seen: set[str] = set()
    for position, edge in enumerate(line.route):
        name, place = edge.from_, ("route", position, "rejected")
        if not edge.rejected or name not in line.stations:
            continue
        if line.stations[name].kind != "inspection":
            yield Problem(
                place, f"only an inspection rejects; {name} is none; write kind: inspection, or a probability"
            )
        elif name not in rejecting:
            yield Problem(place, f"{name} rejects nothing; give it prevalence: 0.03, or leave the way out")
        if name in seen:
            yield Problem(place, f"what {name} rejects has a way already; one takes all of it; leave this out")
        seen.add(name)
        if edge.probability is not None:
            yield Problem(
                (*place[:2], "probability"),
                f"the share that {name} rejects follows from its own numbers; leave `probability` out",
            )
        if edge.to == OUT:
            yield Problem((*place[:2], "to"), "rejected parts that leave the line are scrap; leave the way out")
        if not any(other.from_ == name and not other.rejected for other in line.route) and not any(
            name in way for way in line.ways
        ):
            yield Problem(place, f"no way is left for what {name} accepts; add {{from: {name}, to: {OUT}}} to route")


def nothing_comes_back_to_be_joined(line: Line) -> Iterator[Problem]:
    """Ask that nothing be sent back into an assembly: it would be taken for one of its parts."""
    for position, edge in enumerate(line.route):
        station = line.stations.get(edge.to)
        if (edge.rework or edge.rejected) and station is not None and station.kind == "assembly":
            yield Problem(
                ("route", position, "to"),
                f"what comes back would be joined once more; {edge.to} is an assembly; send it to a station that works "
                "on it alone, and from there to one behind the assembly",
            )


def assemblies_name_their_feeds(line: Line) -> Iterator[Problem]:
    """Ask that `takes` name stations from which a way leads to the assembly, and that something feed it."""
    for name, station in line.stations.items():
        known = [feed for feed, _ in feeds(line, name)] if station.kind == "assembly" else []
        for feed in station.takes:
            place = ("stations", name, "takes", feed)
            if feed == SOURCE and feed in known:
                yield Problem(place, "of what the source brings one part is taken at a time; leave it out")
            elif feed not in known:
                yield Problem(place, f"no way leads to {name} from {nearest(feed, known)}")


def batches_can_fill(line: Line) -> Iterator[Problem]:
    """Ask that as many parts as a batch needs can wait before it."""
    rooms = Rooms(line)
    for name, station in line.stations.items():
        if station.kind != "batch" or station.size is None:
            continue
        needed = station.size if station.timeout is None else 1
        places = rooms.before(name)
        if places < needed and (rooms.into(name) or name in rooms.fed):
            ways = [f"{edge.name} {rooms.room(edge):.0f}" for edge in rooms.into(name)]
            ways += [f"the source {rooms.of_source(name):.0f}"] * (name in rooms.fed)
            remedy = f"a larger `{'buffer' if rooms.into(name) else 'capacity'}`"
            remedy += "" if station.timeout is not None else ", or a `timeout` after which fewer will do"
            yield Problem(
                ("stations", name, "size"),
                f"{needed:,} part{'s' if needed > 1 else ''} must wait before {name} works, and no more than "
                f"{places:.0f} can ({', '.join(ways)}); write {remedy}",
            )


def feeds_have_room(line: Line) -> Iterator[Problem]:
    """Ask that as many parts of each feed as an assembly takes at a time can wait before it."""
    rooms = Rooms(line)
    for name, station in line.stations.items():
        if station.kind != "assembly":
            continue
        for position, edge in enumerate(line.route):
            takes = station.takes.get(edge.from_, 1)
            if edge.to == name and edge.from_ in line.stations and rooms.room(edge) < takes:
                yield Problem(
                    ("route", position, "buffer"),
                    f"{name} takes {takes:,} parts of {edge.from_} at a time, and no more than {rooms.room(edge):.0f} "
                    f"can wait; write buffer: {takes} or more",
                )
        if name in rooms.fed and rooms.of_source(name) == 0:
            yield Problem(
                ("source", "capacity"),
                f"{name} takes a part of the source at a time, and none may wait; write 1 or more",
            )


def feeds_come(line: Line) -> Iterator[Problem]:
    """Ask that each feed of an assembly bring something before the assembly has made anything."""
    back = {(edge.from_, edge.to) for edge in line.route if edge.rework or edge.rejected}
    for name, feed in (found for found in fed_in_vain(line) if found[::-1] not in back):
        yield Problem(
            ("stations", name),
            f"nothing can come from {feed} before {name} has made something, and {name} waits for it for ever "
            f"(deadlock); let parts come to {feed} from elsewhere too",
        )


def feeds_do_not_starve(line: Line) -> Iterator[Problem]:
    """Ask that no feed of an assembly take what another one lacks, until the line locks for certain."""
    for found in starving(line):
        if found.is_certain:
            yield Problem(
                ("stations", found.assembly), starved_text(found.fork, found.piling, found.dry, found.assembly)
            )


def starved_text(fork: str, piling: str, dry: str, name: str) -> str:
    """Say how one feed of an assembly can starve while the other piles up, and what helps."""
    return (
        f"its feeds can starve each other: by chance {fork} sends so many parts towards {piling} that all places up "
        f"to {name} are full, and waits, while {dry} runs dry; then nothing moves any more (deadlock); leave `buffer` "
        f"(and carriers) out between {fork} and {name}, or feed {dry} from a station of its own"
    )


RULES: dict[Callable[[Line], Iterable[Problem]], Collection[str]] = {
    rejected_parts_go_one_way: (*ROUTE, "rejected", "kind", "prevalence", "scrap", "false_reject"),
    nothing_comes_back_to_be_joined: (*ROUTE, "rejected", "rework", "kind"),
    assemblies_name_their_feeds: (*ROUTE, *COMING, "takes", "kind"),
    batches_can_fill: (*ROUTE, *COMING, "size", "timeout", "buffer", "kind", "capacity", "probability", "machines"),
    feeds_have_room: (*ROUTE, *COMING, "takes", "buffer", "kind", "capacity", "probability", "machines"),
    feeds_come: (*ROUTE, *COMING, "kind", "probability"),
    feeds_do_not_starve: (*ROUTE, *COMING, "kind", "probability", "buffer", "capacity", "carriers", "rejected"),
}
"""Every rule, with the keys that it reads and cannot do without."""
