"""Random lines that use everything together: all kinds of station, carriers, upkeep, skills, calendars, standby."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from support.lines import EVERYTHING, describe, random_description, random_people, random_time, seconds
from support.varied_lines import vary
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from support.lines import Description, Variety
    from twin.line.scenario import Scenario

HOUR = 3600.0
OF_MACHINES = ("machines", "cycle", "crew", "scrap", "false_reject", "setup", "failures", "dispatch")
CALENDARS: tuple[Description, ...] = (
    {
        "times": {"mon": ["00:00-01:10", "01:10-02:40", "03:00-05:00", "06:00-14:00"]},
        "breaks": ["01:30-01:40", "03:30-04:00"],
    },
    {"times": {"mon": ["00:30-02:00", "02:10-04:10", "05:00-09:00"], "tue": ["06:00-14:00"]}},
    {"pattern": "3x8", "start": "00:00", "breaks": ["01:00-01:15", "03:00-03:15", "06:00-06:30"]},
    {"pattern": "1x8", "start": "01:00", "days": "mon-sun", "first_day": "2026-01-05", "holidays": ["2026-01-06"]},
    {"pattern": "continuous"},
)


def full_lines(variety: Variety = EVERYTHING) -> st.SearchStrategy[Scenario]:
    """Return the Hypothesis strategy over `full_line`."""
    return st.randoms(use_true_random=False).map(lambda random: full_line(random, variety))


def full_line(random: Random, variety: Variety = EVERYTHING) -> Scenario:
    """Return a random line that uses much of what a line can be: the first drawn that the loader takes."""
    while True:
        try:
            chosen = describe(**_description(random, variety))
        except InputError:
            continue
        if not chosen.line.plain:
            return chosen


def _description(random: Random, variety: Variety) -> Description:
    line = random_description(random, variety._replace(stations=6))
    pools = line.get("operators", {})
    if random.random() < 0.5:
        _join(random, line, variety)
    for name, station in line["stations"].items():
        _make_a_kind(random, name, station, line)
    if random.random() < 0.3:
        vary(random, line, variety)
    for station in line["stations"].values():
        if station.get("kind") not in ("conveyor", "storage"):
            _keep_up(random, station, pools, variety)
            _staff(random, station)
        elif station["kind"] == "conveyor":
            _keep_up_a_belt(random, station, pools, variety)
        _power(random, station)
    if random.random() < 0.6:
        line["shifts"] = random.choice(CALENDARS)
    if pools and random.random() < 0.6:
        line["pools"] = {name: _pool(random, name, list(pools)) for name in pools if random.random() < 0.7}
    if random.random() < 0.5:
        line["carriers"] = _carriers(random, list(line["stations"]), variety)
    return line


def _join(random: Random, line: Description, variety: Variety) -> None:
    """Let the last parts of the line be assembled with others that come a way of their own."""
    stations, route = line["stations"], line["route"]
    names = list(stations)
    last = random.choice([way for way in route if way["to"] == "out"])
    feeders = ["m", "n"][: random.choice((1, 1, 2))]
    for name in (*feeders, "y"):
        stations[name] = {
            "cycle": random_time(random, random.uniform(40, 300), ties=variety.ties),
            "machines": random.choice((1, 1, 2)),
        }
    last |= {"to": "y"} | _places(random)
    route += [{"from": name, "to": "y"} | _places(random) for name in feeders]
    route.append({"from": "y", "to": "out"})
    if random.random() < 0.3 and len(names) > 1:
        route.append({"from": "y", "to": names[-1], "probability": 0.1, "rework": True})
    stations["y"]["kind"] = "assembly"
    feeds = {way["from"] for way in route if way["to"] == "y"}
    takes = {name: random.choice((1, 2, 3)) for name in sorted(feeds) if random.random() < 0.7}
    if takes:
        stations["y"]["takes"] = takes
    if "into" in line.get("source", {}):
        line["source"]["into"] = sorted({*line["source"]["into"], *feeders})


def _places(random: Random) -> Description:
    places = random.choice((None, None, 4, 8))
    return {} if places is None else {"buffer": places}


def _make_a_kind(random: Random, name: str, station: Description, line: Description) -> None:
    """Let a machine be something else."""
    if station.get("kind") == "assembly":
        return
    kind = random.choice(("machine", "machine", "split", "batch", "conveyor", "storage", "inspection"))
    if kind in ("conveyor", "storage", "split", "batch"):
        station.pop("kind", None)
        station.pop("false_reject", None)
    if kind in ("conveyor", "storage"):
        for key in OF_MACHINES:
            station.pop(key, None)
    if kind == "inspection":
        station.pop("scrap", None)
        if random.random() < 0.6 and not any(way.get("rework") and way["from"] == name for way in line["route"]):
            before = [other for other in line["stations"] if other <= name and other not in ("m", "n")]
            line["route"].append({"from": name, "to": random.choice(before or [name]), "rejected": True})
    station |= KINDS[kind](random)


def _split(random: Random) -> Description:
    return {"kind": "split", "parts": random.choice((2, 3, 5))}


def _batch(random: Random) -> Description:
    timeout = {"timeout": seconds(random.choice((60.0, 300.0, 1200.0)))} if random.random() < 0.7 else {}
    return {"kind": "batch", "size": random.choice((2, 3, 5))} | timeout


def _inspection(random: Random) -> Description:
    return {"kind": "inspection", "prevalence": 0.15, "false_accept": random.choice((0.0, 0.2))}


def _conveyor(random: Random) -> Description:
    length, speed = f"{random.choice((2, 6))} m", f"{random.choice((0.02, 0.1))} m/s"
    many, closes_up = random.choice((1, 2, 4, 9)), random.random() < 0.5
    return {"kind": "conveyor", "length": length, "speed": speed, "capacity": many, "accumulating": closes_up}


def _storage(random: Random) -> Description:
    capacity = {"capacity": random.choice((1, 3, 10))} if random.random() < 0.6 else {}
    return {"kind": "storage", "stay": random_time(random, 400.0, ties=True)} | capacity


KINDS: dict[str, Callable[[Random], Description]] = {
    "machine": lambda _: {}, "split": _split, "batch": _batch, "inspection": _inspection, "conveyor": _conveyor,
    "storage": _storage,
}  # fmt: skip


def _keep_up(random: Random, station: Description, pools: dict[str, int], variety: Variety) -> None:
    for failure in station.get("failures", {}).values():
        if random.random() < 0.4:
            failure["minor"] = True
        if random.random() < 0.4:
            failure["priority"] = random.choice((0, 1, 2))
        if failure.get("clock") != "calendar" and random.random() < 0.5:
            failure["wear"] = {"0 h": 1, "30 min": 2, "2 h": random.choice((4, 0.5))}
    if random.random() < 0.4:
        station["maintenance"] = {
            name: _task(random, pools, variety) for name in ("clean", "oil")[: random.choice((1, 1, 2))]
        }
    if random.random() < 0.3:
        after = random.sample(["setup", "repair", "maintenance", "shift"], k=random.randint(1, 4))
        station["startup_scrap"] = {"parts": random.choice((1, 4)), "share": 0.5, "after": after}


def _keep_up_a_belt(random: Random, station: Description, pools: dict[str, int], variety: Variety) -> None:
    if random.random() < 0.5:
        station["failures"] = {"tear": {"ttf": random_time(random, 4000.0, ties=True), "ttr": seconds(300.0)}}
    _keep_up(random, station, pools, variety)
    station.pop("startup_scrap", None)
    if random.random() < 0.2:
        station["attended"] = False


def _task(random: Random, pools: dict[str, int], variety: Variety) -> Description:
    task: Description = {"lasts": random_time(random, random.choice((120.0, 600.0)), ties=variety.ties)}
    if random.random() < 0.3:
        task["parts"] = random.choice((3, 20))
    else:
        task |= {"every": seconds(random.choice((1800.0, 5400.0))), "clock": random.choice(("operating", "calendar"))}
    if people := random_people(random, pools, {"operator": 0.2, "setter": 0.2, "technician": 0.6}):
        task["by"] = people
    if random.random() < 0.3:
        task["priority"] = random.choice((0, 1, 3))
    return task


def _staff(random: Random, station: Description) -> None:
    if station.get("crew"):
        if random.random() < 0.4:
            station["attend"] = random.choice((2, 3, 4))
        if random.random() < 0.4:
            station["priority"] = random.choice((0, 1, 2))
    if random.random() < 0.15:
        station.pop("crew", None)
        station.pop("attend", None)
        station["attended"] = False
    elif random.random() < 0.2:
        station["shifts"] = random.choice(CALENDARS)


def _power(random: Random, station: Description) -> None:
    if random.random() < 0.5:
        return
    station["power"] = {
        "processing": "9 kW",
        "idle": "3 kW",
        "down": "1 kW",
        "off_shift": random.choice(("0 W", "50 W")),
    }
    if station.get("kind") == "storage":
        return
    if random.random() < 0.6:
        station["power"] |= {"standby": "700 W", "standby_after": seconds(random.choice((60.0, 240.0)))}
    if random.random() < 0.6:
        station["power"]["warm_up"] = "0.4 kWh"


def _pool(random: Random, name: str, pools: list[str]) -> Description:
    pool: Description = {}
    if others := [other for other in pools if other != name and random.random() < 0.5]:
        pool["also"] = others
    if random.random() < 0.3:
        pool["shifts"] = random.choice(CALENDARS)
    if random.random() < 0.5:
        pool["absence"] = random.choice((0.1, 0.4))
    return pool


def _carriers(random: Random, names: list[str], variety: Variety) -> Description:
    carriers = {}
    for kind in ("pallet", "card")[: random.choice((1, 1, 2))]:
        start, end = sorted(random.choices(range(len(names)), k=2))
        carriers[kind] = {"number": random.choice((1, 3, 8)), "from": names[start], "to": names[end]}
        if random.random() < 0.6:
            carriers[kind]["return"] = random_time(random, 60.0, ties=variety.ties)
    return carriers
