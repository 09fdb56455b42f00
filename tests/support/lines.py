"""Small lines from a few words, and whole random lines, as scenarios that are ready to run.

A line is described here as its file would be, as nested dicts, and goes through the project's own loader, so that every
line of the tests is one that a user could have written. Bare numbers for times are seconds.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from hypothesis import strategies as st

from twin.line.load import load_line_text
from twin.line.scenario import Scenario, scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

Description = dict[str, Any]


def load(text: str) -> Scenario:
    """Return the scenario of a line given as YAML text, nothing automated."""
    return scenario(load_line_text(text))


def describe(
    stations: Mapping[str, Description],
    route: Sequence[Description],
    **keys: Any,  # noqa: ANN401 - the line file's other keys, as they are
) -> Scenario:
    """Return the scenario of a line described by dicts in the shape of a line file."""
    return load(
        yaml.safe_dump({"line": "test", "stations": dict(stations), "route": list(route), **keys}, sort_keys=False)
    )


def chain(names: Sequence[str], buffers: Sequence[int | None]) -> list[Description]:
    """Return the route of a serial line: `buffers[k]` places after station k, None without limit."""
    edges = [_edge(a, b, capacity) for (a, b), capacity in zip(pairwise(names), buffers, strict=True)]
    return [*edges, {"from": names[-1], "to": "out"}]


def serial(stations: Mapping[str, Description], buffers: Sequence[int | None] = (), **keys: Any) -> Scenario:  # noqa: ANN401
    """Return the scenario of a serial line."""
    return describe(stations, chain(list(stations), buffers), **keys)


def seconds(value: float) -> str:
    """Return a time as a line file writes it.

    >>> seconds(2.5)
    '2.5 s'
    """
    return f"{value!r} s"


def constant(value: float) -> Description:
    """Return a time that is always the same [s]."""
    return {"constant": seconds(value)}


def exponential(mean: float) -> Description:
    """Return an exponential time [s]."""
    return {"exponential": {"mean": seconds(mean)}}


def _edge(source: str, target: str, capacity: int | None) -> Description:
    return {"from": source, "to": target} | ({} if capacity is None else {"buffer": capacity})


# Random lines. Everything is drawn from one `random.Random`: Hypothesis hands one whose choices it can shrink, the
# oracle's fixed list hands one of a fixed seed, and both get the same kind of lines.

SKILLS = ("operator", "setter", "technician")
WORKS = {"operator": 0.4, "setter": 0.3, "technician": 0.05}
REPAIRS = {"operator": 0.2, "setter": 0.05, "technician": 0.6}
"""How likely a machine's crew, and its repair, asks people of each skill."""


class Variety(NamedTuple):
    """Which features random lines may have."""

    stations: int = 5
    calendar_failures: bool = True
    finite_loops: bool = True
    ties: bool = True
    arrival_capacity: bool = True


EVERYTHING = Variety()


def random_line(random: Random, variety: Variety = EVERYTHING) -> Scenario:
    """Return a random line, valid by construction, of at most `variety.stations` stations.

    From each station a way or two lead ahead, mostly to the next, and at times one leads back. A station that none
    enters is the head of a branch of its own.
    """
    return describe(**random_description(random, variety))


def random_description(random: Random, variety: Variety = EVERYTHING) -> Description:
    """Return a random line as its file would say it."""
    names = "abcdefgh"[: random.randint(1, variety.stations)]
    pools = {skill: random.randint(2, 4) for skill in SKILLS if random.random() < 0.6}
    route = _route(random, variety, names)
    optional = {"operators": pools, "source": _source(random, variety, names, route), "shifts": _shifts(random)}
    stations = {name: _station(random, variety, pools) for name in names}
    return {"stations": stations, "route": route, **{key: value for key, value in optional.items() if value}}


def random_lines(variety: Variety = EVERYTHING) -> st.SearchStrategy[Scenario]:
    """Return the Hypothesis strategy over `random_line`."""
    return st.randoms(use_true_random=False).map(lambda random: random_line(random, variety))


def smooth_line(random: Random, stations: int = 4) -> tuple[dict[str, Description], list[int]]:
    """Return the stations and buffers of a serial line of single machines without people, on operating clocks only."""
    names = "abcdefgh"[: random.randint(2, stations)]
    variety = Variety(calendar_failures=False)
    described = {name: _station(random, variety, {}) | {"machines": 1} for name in names}
    return described, [random.randint(0, 4) for _ in names[1:]]


def random_time(random: Random, mean: float, *, ties: bool) -> Description:
    """Return a distribution of about that mean, of any family; with `ties` often a constant of whole minutes."""
    families: list[Description] = [
        exponential(mean),
        {"uniform": {"low": seconds(0.5 * mean), "high": seconds(1.5 * mean)}},
        {"triangular": {"low": seconds(0.5 * mean), "mode": seconds(0.8 * mean), "high": seconds(2 * mean)}},
        {"lognormal": {"mean": seconds(mean), "cv": 0.5}},
        {"gamma": {"mean": seconds(mean), "cv": 0.7}},
        {"erlang": {"mean": seconds(mean), "k": 3}},
        {"weibull": {"mean": seconds(mean), "shape": 1.5}},
        {"normal": {"mean": seconds(mean), "cv": 0.3}},
        {"empirical": [seconds(0.5 * mean), seconds(mean), seconds(1.7 * mean)]},
    ]
    whole_minutes = constant(60.0 * max(1, 2 * round(mean / 120)))
    return random.choice([*families, *([whole_minutes] * len(families) if ties else [])])


def random_people(random: Random, pools: Mapping[str, int], likely: Mapping[str, float]) -> dict[str, int]:
    return {skill: random.choice((1, 1, 2)) for skill in pools if random.random() < likely[skill]}


def _station(random: Random, variety: Variety, pools: Mapping[str, int]) -> Description:
    station: Description = {
        "machines": random.choice((1, 1, 2, 3)),
        "cycle": random_time(random, random.uniform(60, 400), ties=variety.ties),
    }
    if random.random() < 0.3:
        station |= {"kind": "inspection", "false_reject": random.choice((0.0, 0.02))}
    if random.random() < 0.4:
        station["scrap"] = random.choice((0.01, 0.1))
    if crew := random_people(random, pools, WORKS):
        station["crew"] = crew
    failures = {name: _failure(random, variety, pools) for name in ("jam", "wear")[: random.choice((0, 0, 1, 2))]}
    if failures:
        station["failures"] = failures
    return station


def _failure(random: Random, variety: Variety, pools: Mapping[str, int]) -> Description:
    failure: Description = {"ttr": random_time(random, random.uniform(60, 600), ties=variety.ties)}
    if random.random() < 0.2:
        failure["availability"] = random.choice((0.8, 0.95))
    else:
        failure["ttf"] = random_time(random, random.uniform(600, 6000), ties=variety.ties)
    if variety.calendar_failures and random.random() < 0.5:
        failure["clock"] = "calendar"
    if people := random_people(random, pools, REPAIRS):
        failure["repaired_by"] = people
    return failure


def _source(random: Random, variety: Variety, names: str, route: Sequence[Description]) -> Description:
    source: Description = {}
    if random.random() < 0.4:
        source["arrivals"] = random_time(random, random.uniform(150, 600), ties=variety.ties)
        if variety.arrival_capacity and random.random() < 0.5:
            source["capacity"] = random.choice((0, 1, 5))
    if random.random() < 0.2:
        needs_it = set(names) - {way["to"] for way in route} | {names[0]}
        source["into"] = sorted({*needs_it, random.choice(names)})
    return source


def _shifts(random: Random) -> Description:
    """Return nothing (always open), or windows so short that a run of a day sees many ends and starts."""
    return random.choice(
        (
            {},
            {},
            {"times": {"mon": ["00:00-01:00", "01:10-03:00", "03:00-04:30", "06:00-14:00", "14:00-22:00"]}},
            {"times": {"mon": ["00:20-02:00", "02:30-05:00", "05:07-05:09", "07:00-19:00"], "tue": ["06:00-14:00"]}},
            {"pattern": "2x8"},
        )
    )


def _route(random: Random, variety: Variety, names: str) -> list[Description]:
    """Return a chain with branches ahead and ways back; every station is reached, and reaches the end."""
    ways = {name: _ways_ahead(random, name, [*names[place + 1 :], "out"]) for place, name in enumerate(names)}
    entered = [
        names[0],
        *(name for name in names[1:] if any(way["to"] == name for each in ways.values() for way in each)),
    ]
    for name in names:
        before = [other for other in entered if other <= name]
        if random.random() < 0.25:
            ways[name].append(_way_back(random, variety, name, random.choice(before)))
    route = [way for each in ways.values() for way in each]
    for first, way in zip([None, *route], route, strict=False):
        if (
            first is not None and first["from"] == way["from"]
        ):  # the first of a station's ways takes what the others leave
            way["probability"] = random.choice((0.1, 0.25, 0.3))
    random.shuffle(route)
    return route


def _ways_ahead(random: Random, name: str, ahead: Sequence[str]) -> list[Description]:
    targets = random.sample(ahead, k=min(len(ahead), random.choice((1, 1, 1, 2))))
    if random.random() < 0.7 and ahead[0] not in targets:
        targets[0] = ahead[0]
    return [_way(random, name, target) for target in targets]


def _way(random: Random, name: str, target: str) -> Description:
    if target == "out":
        return {"from": name, "to": "out"}
    way = _edge(name, target, random.choice((None, 0, 0, 1, 2, 6)))
    if way.get("buffer") != 0 and random.random() < 0.3:
        way["transport"] = random_time(random, 120.0, ties=True)
    return way


def _way_back(random: Random, variety: Variety, name: str, target: str) -> Description:
    capacity = random.choice((None, None, 3)) if variety.finite_loops and name != target else None
    return _edge(name, target, capacity) | {"rework": True}
