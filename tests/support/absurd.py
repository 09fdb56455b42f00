"""Events that are such by every rule, and absurd: no plant behaves so, and none may do a twin harm by it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, NamedTuple

from twin.events import LONGEST_NAME, LONGEST_S, MOST, OUTCOMES, STATES, Event
from twin.line.buffers import buffers
from twin.line.route import OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from twin.line.line import Line

COUNTS = (0, 1, 2, 3, 5, 100, 10_000, 10**6, 10**6 + 1, MOST)
WHOLE = (0, 1, 2, 2**31, 2**53 + 1, 2**62, 2**63 - 1)
NAMES = (
    "x", "\\", "a,b=c d", "[/red]", "[bold]", "none", "é" * LONGEST_NAME, "other", "_all", " ", "'\"", "%s{}",
    "\u202e", "\U0001f525", "nul", "null", "-1",
)  # fmt: skip
POWERS_KW = (0.0, -0.0, 5e-324, 1.0, 5e3, 1e8, 1e15, 1.7e308, -1e308, -1.0)


class _Place(NamedTuple):
    line: Line
    luck: random.Random
    station: str
    now_s: float

    def many(self) -> int:
        return self.luck.choice(COUNTS if self.luck.random() < 0.3 else COUNTS[:5])

    def reason(self) -> str | None:
        return self.luck.choice((None, self.luck.choice(NAMES), f"r{self.luck.randrange(3_000)}"))


def absurd_events(line: Line, epoch_ns: int, seed: int) -> Iterator[Event]:
    """Yield absurd events of a line for ever, mostly in order; some from a past that is closed."""
    luck, now_s, number = random.Random(seed), 6 * 3600.0, 0  # noqa: S311 -- luck, not a secret
    kinds = [kind for kind, (weight, _) in _MAKERS.items() for _ in range(weight) if kind != "crew" or line.operators]
    while True:
        number += 1
        now_s += luck.expovariate(0.2)
        late_s = luck.choice((0.1, 10.0, 59.0, 61.0, 3_600.0, 90_000.0))
        at_s = now_s - late_s if luck.random() < 0.05 else now_s
        kind = luck.choice(kinds)
        place = _Place(line, luck, luck.choice(list(line.stations)), at_s)
        machine = luck.randint(1, line.stations[place.station].machines)
        station, fields = _MAKERS[kind][1](place)
        of_machine = kind in {"state", "part", "power"}
        yield Event(
            luck.choice(('"q"', "plant")), luck.choice(WHOLE), number, luck.choice(WHOLE), at_s, line.line, station,
            machine if of_machine else None, kind, fields, epoch_ns,
        )  # fmt: skip


def _state(place: _Place) -> tuple[str | None, dict[str, Any]]:
    return place.station, {"state": place.luck.choice(STATES), "reason": place.reason()}


def _part(place: _Place) -> tuple[str | None, dict[str, Any]]:
    luck, line = place.luck, place.line
    return place.station, {
        "part": luck.choice((luck.randrange(50), luck.choice(WHOLE))), "outcome": luck.choice(OUTCOMES),
        "cycle_s": luck.choice((0.0, 1.0, 5e-324, LONGEST_S)), "to": luck.choice([*line.stations, OUT, "scrap"]),
        "pieces": luck.choice((None, place.many())), "product": luck.choice([None, *line.products]),
        "parent": luck.choice((None, luck.choice(WHOLE))),
    }  # fmt: skip


def _arrival(place: _Place) -> tuple[str | None, dict[str, Any]]:
    luck = place.luck
    part = luck.choice((-1, luck.randrange(50), luck.choice(WHOLE)))
    pieces, parent = luck.choice((None, place.many())), luck.choice((None, None, luck.randrange(50)))
    return place.station, {"part": part, "accepted": luck.random() < 0.8, "pieces": pieces, "parent": parent}


def _level(place: _Place) -> tuple[str | None, dict[str, Any]]:
    name, station, _ = place.luck.choice(list(buffers(place.line)))
    return station, {"buffer": name, "level": place.many()}


def _crew(place: _Place) -> tuple[str | None, dict[str, Any]]:
    counts = {name: place.many() for name in ("present", "busy", "waiting")}
    return None, {"skill": place.luck.choice(list(place.line.operators)), **counts}


def _power(place: _Place) -> tuple[str | None, dict[str, Any]]:
    return place.station, {"power_kw": place.luck.choice(POWERS_KW)}


def _order(place: _Place) -> tuple[str | None, dict[str, Any]]:
    change = place.luck.choice(("released", "started", "ended", "changed"))
    return None, {"order": place.luck.choice(NAMES), "change": change, "pieces": place.many()}


def _note(place: _Place) -> tuple[str | None, dict[str, Any]]:
    luck, day_s = place.luck, 86_400.0
    start = max(1.0 - 1.7e9, place.now_s - luck.choice((-100.0, 10.0, 3_600.0, day_s, 1e8)))
    about = {"author": luck.choice(NAMES), "text": luck.choice(("\n", *NAMES)), "reason": place.reason()}
    end = start + luck.choice((5e-7, 60.0, 3_600.0, 30 * day_s))
    return luck.choice((place.station, None)), {**about, "start_s": start, "end_s": end}


_MAKERS: dict[str, tuple[int, Callable[[_Place], tuple[str | None, dict[str, Any]]]]] = {
    "state": (60, _state), "part": (50, _part), "arrival": (30, _arrival), "level": (30, _level), "crew": (10, _crew),
    "power": (10, _power), "order": (10, _order), "note": (2, _note),
}  # fmt: skip
"""By kind: how often, and what makes its station and fields."""
