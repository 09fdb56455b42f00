"""What must hold across a line's parts: one function per rule, every problem found and none twice."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from twin.line import basis
from twin.line.names import NAME, RESERVED, Place, Problem, nearest
from twin.line.route import OUT, loops, probabilities, reachable
from twin.line.scenario import choose, short_pools
from twin.line.station import SHORTEST, Option

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from twin.line.line import Line
    from twin.line.station import Station

TOLERANCE = 1e-9
"""Probabilities are decimal fractions; their sum is 1 to this."""

MOST_BEHIND_TRANSPORT = 1_008
"""Machines of a station that a transport reaches: at one instant each may let a part into the transport, and both
clocks draw at most 1,024 times of a kind ahead, of which 16 are kept back."""


def validate(line: Line, lost: Collection[str] = ()) -> list[Problem]:
    """Return everything that is wrong across the parts of a line.

    Parameters
    ----------
    line
        The line; each of its parts is right by itself.
    lost
        Keys whose values could not be read. A rule that reads one of them is not asked: its answer would mislead.
    """
    return [problem for rule, reads in RULES.items() if not set(reads) & set(lost) for problem in rule(line)]


def names_are_plain(line: Line) -> Iterator[Problem]:
    """Ask that every name be one that topics, tags and files can carry, and no station have a reserved one."""
    for place, name in _names(line):
        if NAME.fullmatch(name) is None:
            yield Problem(
                place, f'"{name}" is not a name; a name is a letter, then letters, digits, _ or -; write another'
            )
    for name in line.stations:
        if name in RESERVED:
            yield Problem(
                ("stations", name), f'"{name}" stands for {RESERVED[name]}; a station needs a name of its own'
            )


def _names(line: Line) -> Iterator[tuple[Place, str]]:
    yield ("line",), line.line
    for key, names in (("operators", line.operators), ("stations", line.stations), ("levels", line.levels)):
        yield from (((key, name), name) for name in names)
    for place, version in _versions(line):
        yield from (((*place, "failures", name), name) for name in version.failures or ())
        if isinstance(version, Option):
            yield place, str(place[-1])


def _versions(line: Line) -> Iterator[tuple[Place, Station | Option]]:
    """Yield every station as described and every option of it, each with its place."""
    for name, station in line.stations.items():
        yield ("stations", name), station
        for option, change in station.automation.items():
            yield ("stations", name, "automation", option), change


def edges_join_stations(line: Line) -> Iterator[Problem]:
    """Ask that every edge leave a station and go to a station or out."""
    for position, edge in enumerate(line.route):
        if edge.from_ not in line.stations:
            yield Problem(("route", position, "from"), f"no station {nearest(edge.from_, line.stations)}")
        if edge.to != OUT and edge.to not in line.stations:
            yield Problem(("route", position, "to"), f"no station {nearest(edge.to, [*line.stations, OUT])}")


def edges_are_single(line: Line) -> Iterator[Problem]:
    """Ask that two stations be joined by one edge at most in each direction."""
    seen: set[str] = set()
    for position, edge in enumerate(line.route):
        if edge.name in seen:
            yield Problem(
                ("route", position),
                f"{edge.name} is there already; one edge joins two stations; add up their buffers and probabilities",
            )
        seen.add(edge.name)


def edges_hold_parts(line: Line) -> Iterator[Problem]:
    """Ask for a place where parts are on their way, and for none where they leave the line."""
    for position, edge in enumerate(line.route):
        place = ("route", position)
        if edge.to == OUT:
            for key in ("buffer", "transport"):
                if getattr(edge, key) is not None:
                    yield Problem((*place, key), f"parts that leave the line need no {key}; leave it out")
        elif edge.transport is not None and edge.buffer == 0:
            yield Problem(
                (*place, "buffer"),
                "0 places cannot hold a part on its way; a transport needs 1; write buffer: 1 or more",
            )
        if edge.from_ == edge.to and edge.buffer == 0 and _machines(line, edge.to) == 1:
            yield Problem(
                (*place, "buffer"),
                "a part that goes back to its own machine over 0 places waits for itself for ever (deadlock); "
                "leave `buffer` out, or write 1",
            )


def transports_reach_few_machines(line: Line) -> Iterator[Problem]:
    """Ask that a transport end at a station of no more machines than it can bring parts to at one instant."""
    most: dict[str, int] = {}
    for place, version in _versions(line):
        most[str(place[1])] = max(most.get(str(place[1]), 0), version.machines or 0)
    for position, edge in enumerate(line.route):
        machines = most.get(edge.to, 0)
        if edge.transport is not None and machines > MOST_BEHIND_TRANSPORT:
            yield Problem(
                ("route", position, "transport"),
                f"{edge.to} has {machines:,} machines; a transport can reach {MOST_BEHIND_TRANSPORT:,}; "
                "leave `transport` out, or make two stations of it",
            )


def _machines(line: Line, name: str) -> int:
    return line.stations[name].machines if name in line.stations else 0


def probabilities_sum_to_one(line: Line) -> Iterator[Problem]:
    """Ask that the ways out of a station share all its parts; one at most may take what the others leave."""
    by_station: dict[str, list[int]] = {}
    for position, edge in enumerate(line.route):
        by_station.setdefault(edge.from_, []).append(position)
    for name, positions in by_station.items():
        given = [line.route[position].probability for position in positions]
        total, silent = sum(share or 0.0 for share in given), given.count(None)
        if silent > 1:
            last = max(position for position in positions if line.route[position].probability is None)
            yield Problem(
                ("route", last),
                f"{silent} ways out of {name} have no probability; one at most takes the rest; write probability: 0.5",
            )
        elif total > 1 + TOLERANCE or (not silent and total < 1 - TOLERANCE):
            last = max(position for position in positions if line.route[position].probability is not None)
            if len(given) == 1:
                text = f"the only way out of {name} has a probability of {total:.10g}; it must be 1; leave it out"
            else:
                text = f"the probabilities of the {len(given)} ways out of {name} sum to {total:.10g}, not to 1; "
                text += "make them smaller" if total > 1 else "raise one, or leave one out to take the rest"
            yield Problem(("route", last, "probability"), text)


def _ways(line: Line) -> dict[str, list[str]]:
    """Return where parts can go from each station: along edges of some probability."""
    ways: dict[str, list[str]] = {name: [] for name in line.stations}
    for edge, share in zip(line.route, probabilities(line.route), strict=True):
        if share > 0:
            ways.setdefault(edge.from_, []).append(edge.to)
    return ways


def parts_can_leave(line: Line) -> Iterator[Problem]:
    """Ask for a way out of the line from every station; a loop without one fills and locks for certain."""
    ways = _ways(line)
    back: dict[str, list[str]] = {}
    for name, targets in ways.items():
        for target in targets:
            back.setdefault(target, []).append(name)
    # An edge to nowhere is a problem of its own; where it was meant to lead is not known.
    unknown = [edge.to for edge in line.route if edge.to not in line.stations]
    free = reachable([OUT, *unknown], back)
    stuck = {name: targets for name, targets in ways.items() if name not in free}
    for name, targets in stuck.items():
        if not targets:
            yield Problem(
                ("stations", name),
                f"no way leaves the station; parts must get out; add {{from: {name}, to: {OUT}}} to route",
            )
    for loop in loops(stuck):
        if all(set(stuck[name]) <= set(loop) for name in loop):
            last = max(position for position, edge in enumerate(line.route) if edge.from_ in loop)
            yield Problem(
                ("route", last),
                f"the loop {_round(loop)} has no way out; parts that enter stay for ever and the line locks; "
                f"add {{from: {loop[-1]}, to: {OUT}}} with a probability",
            )


def good_parts_leave(line: Line) -> Iterator[Problem]:
    """Ask that parts can leave good whatever option is chosen, past the stations that scrap all of theirs."""
    ways = _ways(line)
    scraps = {
        (*place, key): str(place[1])
        for place, version in _versions(line)
        for key in ("scrap", "false_reject")
        if getattr(version, key) == 1
    }
    if OUT not in reachable(line.fed, ways):
        return  # why is said elsewhere
    as_described: dict[str, list[str]] = {name: [] for place, name in scraps.items() if "automation" not in place}
    for place, name in scraps.items():
        if OUT not in reachable(line.fed, {**ways, **as_described, name: []}):
            yield Problem(
                place, f"{name} scraps every part, and none can leave the line good; write a share below 1, such as 2 %"
            )


def _round(loop: Iterable[str]) -> str:
    names = list(loop)
    return " -> ".join([*names, names[0]])


def stations_are_reached(line: Line) -> Iterator[Problem]:
    """Ask that every station be fed by the source, or by stations that are."""
    entered = {*(edge.to for edge in line.route), *(line.source.into or ())} - {OUT}
    if not entered <= line.stations.keys():
        return  # which station was meant is not known
    reached = reachable(line.fed, _ways(line))
    for name in line.stations:
        if name not in reached:
            yield Problem(
                ("stations", name),
                f"no part ever comes here; a station is entered by an edge, or fed; add an edge to {name}, "
                "or name it in source.into",
            )


def source_feeds_stations(line: Line) -> Iterator[Problem]:
    """Ask that `into` name stations, each once."""
    into = line.source.into
    if into is not None and not into:
        yield Problem(("source", "into"), "the source feeds no station; name at least one, or leave `into` out")
    for position, name in enumerate(into or ()):
        if name not in line.stations:
            yield Problem(("source", "into", position), f"no station {nearest(name, line.stations)}")
        elif name in (into or ())[:position]:
            yield Problem(("source", "into", position), f'"{name}" is named twice; name it once')


def time_passes(line: Line) -> Iterator[Problem]:
    """Ask that stations which a saturated source feeds take time for a part, and every loop too."""
    instant = {
        str(place[1]): (*place, "cycle")
        for place, version in _versions(line)
        if version.cycle is not None and version.cycle.mean < SHORTEST
    }
    fed = line.fed if line.source.arrivals is None else ()
    for name in fed:
        if name in instant:
            yield Problem(
                instant[name],
                "a cycle without time makes parts without end, as the source never runs out; write a time above 0 s",
            )
    ways: dict[str, list[str]] = {name: [] for name in instant}
    for edge, share in zip(line.route, probabilities(line.route), strict=True):
        at_once = edge.transport is None or edge.transport.mean < SHORTEST
        if {edge.from_, edge.to} <= instant.keys() and share > 0 and at_once:
            ways[edge.from_].append(edge.to)
    for loop in loops(ways):
        yield Problem(
            instant[loop[-1]],
            f"the loop {_round(loop)} takes no time; a part could go round for ever; write a time above 0 s",
        )


def skills_exist(line: Line) -> Iterator[Problem]:
    """Ask for a pool of every skill that a crew, a repair or an option's posts name."""
    for place, version in _versions(line):
        asked: list[tuple[Place, Iterable[str]]] = [((*place, "crew"), version.crew or ())]
        for name, failure in (version.failures or {}).items():
            asked.append(((*place, "failures", name, "repaired_by"), failure.repaired_by))
        if isinstance(version, Option):
            asked.append(((*place, "posts"), version.posts))
        for where, skills in asked:
            for skill in skills:
                if not line.operators:
                    yield Problem((*where, skill), f"the line has no pools of people; write operators: {{{skill}: 1}}")
                elif skill not in line.operators:
                    yield Problem((*where, skill), f"`operators` has no pool {nearest(skill, line.operators)}")


def pools_have_people(line: Line) -> Iterator[Problem]:
    """Ask that a pool have somebody in it, or an option that puts somebody there."""
    added = {
        skill
        for station in line.stations.values()
        for option in station.automation.values()
        for skill, change in option.posts.items()
        if change > 0
    }
    for skill, people in line.operators.items():
        if people == 0 and skill not in added:
            yield Problem(("operators", skill), "0 people are no pool; a pool has at least 1; write 1, or leave it out")


def rejects_are_inspected(line: Line) -> Iterator[Problem]:
    """Ask that only an inspection reject good parts."""
    for place, version in _versions(line):
        if version.false_reject and line.stations[str(place[1])].kind != "inspection":
            yield Problem(
                (*place, "false_reject"), "only an inspection rejects good parts; write kind: inspection, or use scrap"
            )


def levels_name_options(line: Line) -> Iterator[Problem]:
    """Ask that a level name stations and, for each, one of its options."""
    for level, chosen in line.levels.items():
        for name, option in chosen.items():
            place = ("levels", level, name)
            if name not in line.stations:
                yield Problem(place, f"no station {nearest(name, line.stations)}")
            elif option not in line.stations[name].automation:
                yield Problem(place, f"{name} has no option {nearest(option, line.stations[name].automation)}")


def crews_fit_their_pools(line: Line) -> Iterator[Problem]:
    """Ask that at every level nobody need more people of a pool than it has."""
    short = [found for found in short_pools(choose(line, {})) if found.skill in line.operators]
    for station, keys, skill, asked, people in short:
        yield Problem(
            ("stations", station, *keys, skill),
            f"{asked} of {skill} are asked, the pool has {people}; raise operators.{skill} to {asked}, or ask fewer",
        )
    for level, names in line.levels.items():
        chosen = choose(line, {name: option for name, option in names.items() if _has_option(line, name, option)})
        for found in short_pools(chosen):
            station, keys, skill, asked, people = found
            if skill in line.operators and found not in short:
                yield Problem(
                    ("levels", level),
                    f"{station}.{'.'.join((*keys, skill))} asks {asked} of {skill}, the pool then has {people}; "
                    f"raise operators.{skill}, or change `posts` of the options",
                )
        for skill, people in chosen.line.operators.items():
            if people < 0:
                yield Problem(
                    ("levels", level),
                    f"the options free more of {skill} than the {line.operators.get(skill, 0)} there are; "
                    f"the pool would have {people}; change their `posts`, or raise operators.{skill}",
                )


def _has_option(line: Line, name: str, option: str) -> bool:
    return name in line.stations and option in line.stations[name].automation


def bottleneck_exists(line: Line) -> Iterator[Problem]:
    """Ask that the bottleneck named be a station."""
    if line.bottleneck is not None and line.bottleneck not in line.stations:
        yield Problem(("bottleneck",), f"no station {nearest(line.bottleneck, line.stations)}")


def basis_speaks_of_something(line: Line) -> Iterator[Problem]:
    """Ask that every path of `basis` lead to a part of the line."""
    known = dict.fromkeys(basis.paths(line))
    for path in line.basis:
        if path not in known:
            close = get_close_matches(path, known, n=1)
            remedy = f"did you mean {close[0]}?" if close else "write a path such as stations.NAME.cycle"
            yield Problem(("basis", path), f"the path leads to nothing in the line; {remedy}")


_ROUTE = ("route", "from", "to", "stations")

RULES: dict[Callable[[Line], Iterable[Problem]], Collection[str]] = {
    names_are_plain: (),
    edges_join_stations: _ROUTE,
    edges_are_single: _ROUTE,
    edges_hold_parts: _ROUTE,
    transports_reach_few_machines: (*_ROUTE, "machines", "transport"),
    probabilities_sum_to_one: (*_ROUTE, "probability"),
    parts_can_leave: (*_ROUTE, "probability"),
    good_parts_leave: (*_ROUTE, "probability", "source", "into", "scrap", "false_reject"),
    stations_are_reached: (*_ROUTE, "probability", "source", "into"),
    source_feeds_stations: ("source", "into", "stations"),
    time_passes: (*_ROUTE, "probability", "source", "into", "arrivals"),
    skills_exist: ("operators",),
    pools_have_people: ("operators", "automation", "stations"),
    rejects_are_inspected: ("kind",),
    levels_name_options: ("levels", "automation", "stations"),
    crews_fit_their_pools: ("operators", "posts", "levels", "automation", "stations"),
    bottleneck_exists: ("stations", "bottleneck"),
    basis_speaks_of_something: ("basis", *_ROUTE),
}
"""Every rule, with the keys that it reads and cannot do without."""
