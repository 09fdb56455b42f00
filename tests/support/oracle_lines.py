"""Random lines of all kinds of station, of what the oracle can say: one way in, through a chain, and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import REPAIRS, SKILLS, WORKS, describe, exponential, random_people, random_time, seconds

if TYPE_CHECKING:
    from random import Random

    from support.lines import Description
    from twin.line.scenario import Scenario

KINDS = ("machine", "machine", "inspection", "split", "batch", "assembly", "conveyor", "storage")
FIRST_KINDS = ("machine", "machine", "inspection", "split", "batch", "conveyor")
FEEDERS = ("m", "n")
CALENDARS: tuple[Description, ...] = (
    {},
    {},
    {"times": {"mon": ["00:00-01:00", "01:10-03:00", "03:00-04:30", "06:00-14:00"]}},
    {"pattern": "3x8", "start": "00:00", "breaks": ["01:00-01:15", "04:00-04:30"]},
)


def oracle_line(random: Random) -> Scenario:
    """Return a random line."""
    return describe(**_Drawn(random).description())


class _Drawn:
    """A line as it is drawn, station by station; `flow` is how many parts come by for each that comes in."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.pace = random.uniform(150, 400)
        self.flow = 1.0
        self.pools = {skill: random.randint(2, 4) for skill in SKILLS if random.random() < 0.5}
        self.stations: dict[str, Description] = {}
        self.route: list[Description] = []
        self.loops: list[tuple[str, str]] = []

    def description(self) -> Description:
        """Return the line as its file would say it."""
        random, chain = self.random, "abcde"[: self.random.randint(3, 5)]
        for before, name in zip(["", *chain], chain, strict=False):
            kinds = [kind for kind in (KINDS if before else FIRST_KINDS) if self._fits(kind)]
            self._add(name, random.choice(kinds), before)
        self._branch(chain)
        self.route.append({"from": chain[-1], "to": "out"})
        for name in chain:
            if self.stations[name]["kind"] == "inspection" and random.random() < 0.7:
                self._send_back(name, chain)
        optional = {
            "operators": self.pools,
            "source": self._source(),
            "shifts": random.choice(CALENDARS),
            "carriers": self._carriers(chain) if random.random() < 0.6 else {},
        }
        return {
            "stations": self.stations,
            "route": self.route,
            **{key: value for key, value in optional.items() if value},
        }

    def _fits(self, kind: str) -> bool:
        """Say whether the line has no such station yet, where one is enough."""
        return kind not in ("split", "assembly") or all(each["kind"] != kind for each in self.stations.values())

    def _add(self, name: str, kind: str, before: str) -> None:
        random = self.random
        station: Description = {"kind": kind} | self._keys(kind)
        asks = self._feed(name, before, station) if kind == "assembly" else station.get("size", 1)
        if before:
            self.route.append(self._way(before, name, asks, kind))
        if kind not in ("conveyor", "storage"):
            self._work(station, asks if kind == "batch" else 1)
        if kind != "storage" and "crew" not in station and random.random() < 0.15:
            self._leave_alone(station)
        self.stations[name] = station
        self.flow *= station.get("parts", 1)

    def _keys(self, kind: str) -> Description:
        """Return the keys that only this kind has, of an assembly none yet."""
        random = self.random
        timeout = {"timeout": seconds(random.uniform(0.3, 2) * self.pace)} if random.random() < 0.6 else {}
        limit = {"capacity": random.choice((2, 4, 10))} if random.random() < 0.7 else {}
        belt = {"length": f"{random.uniform(2, 10)} m", "speed": f"{random.uniform(0.02, 0.05)} m/s"}
        keys: dict[str, Description] = {
            "split": {"parts": random.choice((2, 4))},
            "batch": {"size": random.choice((2, 3, 4))} | timeout,
            "inspection": {"prevalence": 0.12, "false_accept": random.choice((0.0, 0.2)), "false_reject": 0.03},
            "conveyor": belt | {"capacity": random.choice((2, 4, 9)), "accumulating": random.random() < 0.5},
            "storage": {"stay": random_time(random, self.pace * random.uniform(1, 3), ties=False)} | limit,
        }
        return keys.get(kind, {})

    def _feed(self, name: str, before: str, station: Description) -> int:
        """Let others feed an assembly too; return how many parts it takes of the station before."""
        random = self.random
        takes = {before: random.choice((1, 1, 2, 3))}
        self.flow /= takes[before]
        for feeder in FEEDERS[: random.choice((1, 1, 2))]:
            takes[feeder] = random.choice((1, 2))
            self.stations[feeder] = {"kind": "machine"}
            self._work(self.stations[feeder], 1 / takes[feeder])
            self.route.append(self._way(feeder, name, takes[feeder], "assembly"))
        station["takes"] = {feed: number for feed, number in takes.items() if number > 1}
        return takes[before]

    def _way(self, source: str, target: str, asks: int, kind: str) -> Description:
        """Return an edge with room for what the next station asks at once."""
        random = self.random
        places = random.choice((None, 0, 1, 3, 8))
        way: Description = {"from": source, "to": target}
        if places is not None:
            way["buffer"] = max(places, asks if kind in ("batch", "assembly") else 0)
        if way.get("buffer") != 0 and random.random() < 0.3:
            way["transport"] = random_time(random, 100.0, ties=False)
        return way

    def _work(self, station: Description, parts: float) -> None:
        """Say how a machine works, on so many parts at once."""
        random = self.random
        machines = station["machines"] = random.choice((1, 1, 2, 3))
        mean = self.pace * random.uniform(0.5, 1.1) * machines * parts / self.flow
        station["cycle"] = random_time(random, mean, ties=False)
        if station["kind"] != "inspection" and random.random() < 0.3:
            station["scrap"] = 0.05
        if crew := random_people(random, self.pools, WORKS):
            station["crew"] = crew
        if random.random() < 0.4:
            jam = {"ttf": random_time(random, 15 * self.pace, ties=False), "ttr": exponential(2 * self.pace)}
            if people := random_people(random, self.pools, REPAIRS):
                jam["repaired_by"] = people
            station["failures"] = {"jam": jam}
        repairers = station.get("failures", {}).get("jam", {}).get("repaired_by", {})
        if crew and not crew.keys() & repairers.keys() and random.random() < 0.4:
            station["attend"] = 2
        if random.random() < 0.3:
            station["priority"] = random.choice((0, 2))

    @staticmethod
    def _leave_alone(station: Description) -> None:
        """Let a station run on outside the shifts, and repair itself."""
        station["attended"] = False
        for failure in station.get("failures", {}).values():
            failure.pop("repaired_by", None)

    def _branch(self, chain: str) -> None:
        """Let some parts skip stations, or leave early."""
        random = self.random
        place = random.randrange(len(chain) - 1)
        ahead = [name for name in chain[place + 2 :] if self.stations[name]["kind"] != "assembly"]
        if random.random() < 0.4:
            target = random.choice([*ahead, "out"])
            way = {"from": chain[place], "to": "out"}
            if target != "out":
                station = self.stations[target]
                way = self._way(chain[place], target, station.get("size", 1), station["kind"])
            self.route.append(way | {"probability": 0.2})

    def _send_back(self, name: str, chain: str) -> None:
        """Let what is rejected be done again by a station before, or be mended."""
        random = self.random
        before = [other for other in chain[: chain.index(name) + 1] if self.stations[other]["kind"] != "assembly"]
        if random.random() < 0.3 and "w" not in self.stations:
            self.stations["w"] = {"kind": "machine"}
            self._work(self.stations["w"], 1.0)
            self.route += [{"from": name, "to": "w", "rejected": True}, {"from": "w", "to": name}]
            self.loops.append((name, name))
        else:
            target = random.choice(before)
            self.route.append({"from": name, "to": target, "rejected": True})
            self.loops.append((target, name))

    def _source(self) -> Description:
        random = self.random
        if random.random() < 0.5:
            return {}
        source: Description = {"arrivals": random_time(random, self.pace * random.uniform(0.9, 1.4), ties=False)}
        if self.stations["a"]["kind"] != "batch" and random.random() < 0.4:
            source["capacity"] = random.choice((0, 1, 5))
        return source

    def _carriers(self, chain: str) -> Description:
        """Return carriers enough for all that wait for others, taken at a machine that no part comes back to."""
        random = self.random
        starts = [
            name
            for name in chain
            if self.stations[name]["kind"] not in ("batch", "conveyor", "storage")
            and not any(first <= name <= last for first, last in self.loops)
        ]
        if not starts:
            return {}
        start = random.choice(starts)
        end = random.choice(chain[chain.index(start) :])
        card: Description = {"number": random.randint(9, 14), "from": start, "to": end}
        if not any(self.stations[name]["kind"] in ("batch", "assembly") for name in chain):
            card["number"] = random.randint(1, 5)
        if random.random() < 0.5:
            card["return"] = random_time(random, self.pace, ties=False)
        return {"card": card}
