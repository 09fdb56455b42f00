"""What holds on every line that uses everything: laws of conservation, read off traces and states of random lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from itertools import groupby
from math import inf
from operator import attrgetter
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from support.census import check_census
from support.full_lines import full_line
from support.timeline import trace
from twin.engine import simulate
from twin.line.buffers import buffers
from twin.line.route import OUT
from twin.line.station import at_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twin.engine.results import Run
    from twin.events import Event
    from twin.line.scenario import Scenario

HORIZON = 6 * 3600.0
EMPTY = ("starved",)
BUSY = ("processing", "blocked")

on_random_lines = pytest.mark.parametrize("seed", range(500, 540))


@cache
def line_of(seed: int) -> Scenario:
    return full_line(Random(seed))  # noqa: S311 - lines, no secrets


@cache
def traced(seed: int) -> tuple[Run, list[Event]]:
    [run] = simulate(line_of(seed), engine="simpy", horizon=HORIZON, trace=True)
    return run, trace(run)


class Seen:
    """The line as its trace tells it, brought up to date event by event; stations are counted in pieces."""

    def __init__(self) -> None:
        self.states: dict[tuple[str, int], str] = {}
        self.levels: dict[str, int] = {}
        self.crews: dict[str, dict[str, Any]] = {}
        self.entered: Counter[str] = Counter()
        self.left: Counter[str] = Counter()

    def see(self, event: Event) -> None:
        fields: dict[str, Any] = event.fields
        station = event.station or ""
        if event.kind == "state":
            self.states[station, event.machine or 0] = fields["state"]
        elif event.kind == "level":
            self.levels[fields["buffer"]] = fields["level"]
        elif event.kind == "crew":
            self.crews[fields["skill"]] = fields
        elif event.kind == "arrival":
            self.entered[station] += fields["accepted"]
        elif event.kind == "part":
            self.left[station] += 1
            if fields["outcome"] != "joined":
                self.entered[fields["to"]] += 1

    def at(self, chosen: Scenario) -> dict[str, int]:
        """Return how many parts are on the machines of each station."""
        there = {name: self.entered[name] - self.left[name] for name in chosen.line.stations}
        for buffer, station, _ in buffers(chosen.line):
            if buffer.partition("->")[0] not in chosen.line.carriers:
                there[station] -= self.levels.get(buffer, 0)
        return there


def instants(events: Sequence[Event]) -> Iterator[Seen]:
    """Yield what is seen at the end of each instant."""
    seen = Seen()
    for _, together in groupby(events, key=attrgetter("time")):
        for event in together:
            seen.see(event)
        yield seen


def comings_and_goings(seed: int) -> Iterator[tuple[float, int]]:
    """Yield when how many pieces came into the line or were cut in it, and left it or were joined (below 0)."""
    for event in traced(seed)[1]:
        fields: dict[str, Any] = event.fields
        if event.kind == "arrival" and fields["accepted"]:
            yield event.time, fields["pieces"]
        elif event.kind == "part" and (fields["to"] in (OUT, "scrap") or fields["outcome"] == "joined"):
            yield event.time, -fields["pieces"]


@on_random_lines
def test_parts_balance_at_every_station_at_any_time(seed: int) -> None:
    """What came in or was cut is what went out or was joined, what waits, and what is on machines: no more than fits.

    Where orders move as lots, a lot is no part: it is counted when it leaves the line.
    """
    chosen = line_of(seed)
    if chosen.line.move == "order":
        return
    for seen in instants(traced(seed)[1]):
        low: Counter[str] = Counter()
        high: Counter[str] = Counter()
        for (station, _), state in seen.states.items():
            low[station] += state in BUSY
            high[station] += 0 if state in EMPTY else at_once(chosen.line.stations[station])
        for name, parts in seen.at(chosen).items():
            assert low[name] <= parts <= high[name], (name, seen.states)


@on_random_lines
def test_what_has_arrived_or_been_cut_has_left_was_joined_or_is_in_the_line(seed: int) -> None:
    accounts = traced(seed)[0].accounts

    in_line = sum(pieces for _, pieces in comings_and_goings(seed))
    assert accounts.arrived == accounts.departed + accounts.scrapped + accounts.joined + in_line
    assert accounts.scrap.sum() == accounts.scrapped


@on_random_lines
def test_littles_law_is_an_identity_on_the_path(seed: int) -> None:
    """The integral of WIP is the sum over pieces of their stays, from coming or being cut to leaving or joining."""
    stays = sum(pieces * (HORIZON - time) for time, pieces in comings_and_goings(seed))

    assert traced(seed)[0].accounts.wip_s == pytest.approx(stays, rel=1e-9, abs=1e-4)


@on_random_lines
def test_states_add_up_to_the_horizon(seed: int) -> None:
    accounts = traced(seed)[0].accounts

    np.testing.assert_allclose(accounts.states.sum(axis=1), HORIZON, rtol=1e-9)
    slack = 1e-9 * HORIZON
    assert (accounts.minor_s <= accounts.states + slack).all()
    assert (accounts.standby_s <= accounts.states + slack).all()
    assert (accounts.busy_s <= accounts.present_s * (1 + 1e-9) + slack).all()


@on_random_lines
def test_no_pool_is_over_its_size_and_nobody_works_without_a_crew(seed: int) -> None:
    """All people at work are as many at least as the machines at work take; each pool has no more than its posts."""
    line = line_of(seed).line
    for seen in instants(traced(seed)[1]):
        needed: defaultdict[str, float] = defaultdict(float)
        for (station, _), state in seen.states.items():
            if state == "processing":
                for count in line.stations[station].crew.values():
                    needed["all"] += count / line.stations[station].attend
        busy = 0.0
        for skill, posts in line.operators.items():
            pool = seen.crews[skill]
            assert 0 <= pool["busy"] <= pool["present"] <= posts
            busy += pool["busy"]
        assert needed["all"] <= busy + 1e-9


@on_random_lines
def test_no_buffer_is_over_its_capacity_and_there_are_no_more_carriers_than_there_are(seed: int) -> None:
    line = line_of(seed).line
    limit = {edge.name: edge.buffer for edge in line.edges if edge.to != OUT and edge.buffer is not None}
    limit |= {f"{name}->{carrier.from_}": carrier.number for name, carrier in line.carriers.items()}
    for event in traced(seed)[1]:
        if event.kind == "level":
            fields: dict[str, Any] = event.fields
            assert 0 <= fields["level"] <= limit.get(fields["buffer"], inf)


@on_random_lines
def test_every_part_and_every_carrier_is_somewhere_at_any_moment(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - moments, no secrets
    for _ in range(3):
        [run] = simulate(line_of(seed), engine="simpy", horizon=HORIZON, until=random.random() * HORIZON)
        check_census(line_of(seed), run)
