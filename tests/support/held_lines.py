"""Random lines with belts, stores and carriers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from support.lines import Variety, describe, random_description, random_time, seconds
from twin.errors import InputError

if TYPE_CHECKING:
    from random import Random

    from support.lines import Description
    from twin.line.scenario import Scenario


def held_lines(*, upkeep: bool = True) -> st.SearchStrategy[Scenario]:
    """Return the Hypothesis strategy over `held_line`."""
    return st.randoms(use_true_random=False).map(lambda random: held_line(random, upkeep=upkeep))


def held_line(random: Random, *, upkeep: bool = True) -> Scenario:
    """Return a random line in which parts are held, its belts perhaps maintained: the first that the loader takes."""
    while True:
        line = _description(random)
        for station in line["stations"].values() if not upkeep else ():
            station.pop("maintenance", None)
        for dropped in ([], [way for way in line["route"] if way.get("rework")]):
            line["route"] = [each for each in line["route"] if each not in dropped]
            try:
                return describe(**line)
            except InputError:
                continue


def _description(random: Random) -> Description:
    line = random_description(random, Variety(stations=6))
    stations = line["stations"]
    names = list(stations)
    fed = "arrivals" in line.get("source", {})
    for name, station in list(stations.items())[0 if fed else 1 :]:
        if random.random() < 0.45:
            stations[name] = random.choice((_belt, _belt, _store))(random, station)
    if random.random() < 0.7 or not any("stay" in each or "length" in each for each in stations.values()):
        line["carriers"] = {
            f"kind{k}": _carrier(random, *sorted(random.choices(names, k=2))) for k in range(random.randint(1, 3))
        }
    line["dispatch"] = random.choice(("first_come", "first_come", "shortest_setup"))
    line["move"] = random.choice(("piece", "order"))
    if line["move"] == "order":
        for way in line["route"]:
            if way.get("rework"):
                way.pop("buffer", None)
    return line


def _belt(random: Random, station: Description) -> Description:
    belt: Description = {"kind": "conveyor", "length": f"{random.choice((3, 12, 40))} m", "speed": "0.1 m/s"}
    belt["capacity"] = random.choice((1, 2, 3, 8))
    belt["accumulating"] = random.random() < 0.5
    if random.random() < 0.3:
        due = random.choice(({"every": "3 h"}, {"every": "2 h", "clock": "calendar"}, {"parts": 20}))
        belt["maintenance"] = {"overhaul": due | {"lasts": random_time(random, 900, ties=True)}}
    return belt | ({"failures": station["failures"]} if "failures" in station else {})


def _store(random: Random, _: Description) -> Description:
    store: Description = {"kind": "storage"}
    if random.random() < 0.8:
        store["stay"] = random_time(random, random.uniform(60, 900), ties=True)
    if random.random() < 0.6:
        store["capacity"] = random.choice((1, 2, 5, 20))
    return store


def _carrier(random: Random, start: str, end: str) -> Description:
    carrier: Description = {"number": random.choice((1, 2, 3, 8)), "from": start, "to": end}
    if random.random() < 0.6:
        carrier["return"] = random.choice((random_time(random, 120, ties=True), {"constant": seconds(0)}))
    return carrier
