from __future__ import annotations

import json
import math
import random
from typing import TYPE_CHECKING, Any

import pytest

from support.hand_plant import LINE
from support.mirrored import EPOCH_NS, line_of, mirror_of
from twin.events import STATES, Event
from twin.kpi.policy import Policy
from twin.live.mirror import replay

if TYPE_CHECKING:
    from twin.line.line import Line

LINES = (LINE, line_of("bracket_shop"), line_of("three_stations"))
MOST = 2**63 - 1


def anything(luck: random.Random, line: Line, sequence: int) -> Event:
    """Return an event that the schema allows: of the line's names, with numbers as wild as 64 bits hold."""
    stations = list(line.stations)
    station = luck.choice(stations)
    number = luck.choice([0, 1, 2, 3, luck.randrange(200), MOST])
    kind = luck.choice(["state", "part", "arrival", "level", "crew", "power", "order", "note"])
    product = luck.choice([None, *line.products])
    place: tuple[str | None, int | None] = (station, luck.randint(1, line.stations[station].machines))
    time = luck.choice([luck.uniform(0, 2e5), luck.gauss(5e4, 300), luck.gauss(5e4, 300), -1e4, 1e300, -1e300])
    fields: dict[str, Any] = {
        "state": {"state": luck.choice(STATES), "reason": luck.choice([None, "jam", f"code {luck.randrange(10**6)}"])},
        "part": {
            "part": number, "outcome": luck.choice(["good", "scrap", "rework"]), "cycle_s": 1.0, "product": product,
            "to": luck.choice([*stations, "out", "scrap"]), "pieces": luck.choice([None, 0, 1, 7, number]),
        },
        "arrival": {"part": number, "accepted": luck.random() < 0.9, "pieces": luck.choice([None, 1, number])},
        "level": {"buffer": luck.choice([edge.name for edge in line.edges]), "level": number},
        "crew": {"skill": luck.choice([*line.operators, "?"]), "present": number, "busy": number, "waiting": number},
        "power": {"power_kw": luck.choice([0.0, 1.0, -5.0, 1e308, -1e308])},
        "order": {"order": str(number), "change": luck.choice(["released", "started", "ended"]), "pieces": number},
        "note": {
            "author": "a", "text": "b", "reason": luck.choice([None, "x"]),
            "start_s": luck.choice([luck.uniform(0, 2e5), -1e300]), "end_s": luck.choice([luck.uniform(0, 2e5), 1e300]),
        },
    }[kind]  # fmt: skip
    if kind in ("arrival", "level"):
        place = station, None
    elif kind in ("crew", "order", "note"):
        place = None, None
    return Event("fuzz", 0, sequence, 0, time, line.line, *place, kind, fields, EPOCH_NS)


def numbers(value: object) -> list[float]:
    """Return every number in nested data."""
    if isinstance(value, dict):
        return [number for of in value.values() for number in numbers(of)]
    if isinstance(value, (list, tuple)):
        return [number for of in value for number in numbers(of)]
    return [float(value)] if isinstance(value, (int, float)) else []


@pytest.mark.parametrize("seed", range(9))
def test_no_event_that_the_schema_allows_brings_a_mirror_down(seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311 -- luck, not a secret
    scenario = LINES[seed % 3]
    policy = Policy.model_validate({"name": "x", "version": 1, "minor_stop": "100 s" if seed % 2 else "0 s"})
    mirror = mirror_of(scenario, policy=policy, every_s=600.0)
    events = [anything(luck, scenario.line, sequence) for sequence in range(3000)]
    told = 0
    for first in range(0, len(events), 37):
        mirror.take(events[first : first + 37])
        ticks = mirror.ticks()
        told += len(ticks)
        assert all(math.isfinite(number) for number in numbers(ticks))
        if first % 370 == 0:
            assert all(math.isfinite(number) for number in numbers(mirror.picture()))
            kept = json.loads(json.dumps(mirror.checkpoint(), allow_nan=False))
            replay(mirror, kept, (), ())
    assert mirror.contradictions
    assert told > 50
