"""What holds on every line, whatever its numbers: laws of conservation, read off the traces of random lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lines
from support.lines import exponential, random_line, random_lines, serial, smooth_line
from support.same import assert_equal_accounts
from support.timeline import trace
from twin.engine import simulate
from twin.kpi.fold import fold
from twin.line.load import load_line
from twin.line.scenario import Scenario, scenario
from twin.line.work_calendar import windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twin.accounts import Accounts
    from twin.engine.results import Run
    from twin.events import Event

DAY = 24 * 3600.0
EVERYTHING = Path(__file__).parents[1] / "lines" / "everything.yaml"
HOLDS_A_PART = {"starved": (0, 0), "processing": (1, 1), "blocked": (1, 1), "waiting_operator": (1, 1)}
"""How many parts, at least and at most, are on a machine in this state; in any other 0 or 1."""

on_random_lines = given(random_lines())
forty = settings(max_examples=40, derandomize=True, deadline=None)


def traced(chosen: Scenario, horizon: float = DAY, warmup: float = 0.0) -> Run:
    return simulate(chosen, engine="simpy", horizon=horizon, warmup=warmup, trace=True)[0]


class Seen:
    """The line as its trace tells it, brought up to date event by event."""

    def __init__(self) -> None:
        self.states: dict[tuple[str, int], str] = {}
        self.levels: dict[str, int] = {}
        self.crews: dict[str, dict[str, int]] = {}
        self.entered: Counter[str] = Counter()
        self.left: Counter[str] = Counter()

    def see(self, event: Event) -> None:
        fields: dict[str, Any] = event.fields
        station, machine = event.station or "", event.machine or 0
        if event.kind == "state":
            self.states[station, machine] = fields["state"]
        elif event.kind == "level":
            self.levels[fields["buffer"]] = fields["level"]
        elif event.kind == "crew":
            self.crews[fields["skill"]] = fields
        elif event.kind == "arrival":
            self.entered[station] += fields["accepted"]
        elif event.kind == "part":
            self.left[station] += 1
            self.entered[fields["to"]] += 1


def instants(events: Sequence[Event]) -> Iterator[Seen]:
    """Yield what is seen at the end of each instant."""
    seen = Seen()
    for _, together in groupby(events, key=attrgetter("time")):
        for event in together:
            seen.see(event)
        yield seen


@forty
@on_random_lines
def test_parts_balance_at_every_station_at_any_time(chosen: Scenario) -> None:
    """What came in is what went out, what waits before the station, and what is on its machines."""
    for seen in instants(trace(traced(chosen))):
        on_machines = {name: seen.entered[name] - seen.left[name] for name in chosen.line.stations}
        for buffer, level in seen.levels.items():
            on_machines[buffer.split("->")[1]] -= level
        held = defaultdict(list)
        for (station, _), state in seen.states.items():
            held[station].append(HOLDS_A_PART.get(state, (0, 1)))
        for name, parts in on_machines.items():
            assert sum(low for low, _ in held[name]) <= parts <= sum(high for _, high in held[name])


@forty
@on_random_lines
def test_littles_law_is_an_identity_on_the_path(chosen: Scenario) -> None:
    """The integral of WIP is the sum of all parts' stays; the stays of those that left good are the lead times."""
    run = traced(chosen)
    came, stays, leads = {}, [], []
    for event in trace(run):
        part = event.fields.get("part")
        if event.kind == "arrival" and event.fields["accepted"]:
            came[part] = event.time
        elif event.kind == "part" and event.fields["to"] in ("out", "scrap"):
            stays.append(event.time - came.pop(part))
            leads += stays[-1:] if event.fields["to"] == "out" else []
    stays += [DAY - entry for entry in came.values()]

    assert run.accounts.wip_s == pytest.approx(sum(stays), rel=1e-9, abs=1e-6)
    assert run.accounts.lead_sum_s == pytest.approx(sum(leads), rel=1e-9)
    assert run.accounts.departed == len(leads) == run.accounts.lead_bins.sum()
    assert run.accounts.arrived == len(stays)


@forty
@on_random_lines
def test_states_add_up_to_the_horizon(chosen: Scenario) -> None:
    [run] = simulate(chosen, engine="compiled", horizon=DAY, warmup=1234.5)

    check_states(run.accounts)


def check_states(accounts: Accounts) -> None:
    """Times in state add up, closed hours are off shift, and nobody works who is not there."""
    np.testing.assert_allclose(accounts.states.sum(axis=1), DAY, rtol=1e-9)
    np.testing.assert_allclose(accounts.states[:, 0], DAY - accounts.scheduled_s, rtol=1e-9, atol=1e-6)
    assert (accounts.busy_s <= accounts.present_s * (1 + 1e-9)).all()


@pytest.mark.parametrize("seed", [106, 346])
def test_a_line_that_has_locked_still_goes_home(seed: int) -> None:
    chosen = random_line(Random(seed))  # noqa: S311 - lines, no secrets

    [run] = simulate(chosen, engine="compiled", horizon=DAY, warmup=1234.5)

    assert run.deadlock is not None
    check_states(run.accounts)


@forty
@on_random_lines
def test_no_pool_is_over_its_size_and_nobody_works_without_a_crew(chosen: Scenario) -> None:
    for seen in instants(trace(traced(chosen))):
        needed: Counter[str] = Counter()
        for (station, _), state in seen.states.items():
            if state == "processing":
                needed.update(chosen.line.stations[station].crew)
        for skill, size in chosen.line.operators.items():
            pool = seen.crews[skill]
            assert needed[skill] <= pool["busy"] <= pool["present"] <= size
            assert pool["present"] in (0, size)


@forty
@on_random_lines
def test_no_buffer_is_over_its_capacity(chosen: Scenario) -> None:
    """Not for an instant; only the queue of arrivals is passed in no time by one that finds a machine free."""
    limit = {edge.name: edge.buffer for edge in chosen.line.route if edge.buffer is not None}
    run = traced(chosen)
    for event in trace(run):
        if event.kind == "level":
            fields: dict[str, Any] = event.fields
            assert 0 <= fields["level"] <= limit.get(fields["buffer"], fields["level"])
    if chosen.line.source.capacity is not None:
        queues = [f"source->{name}" for name in chosen.line.fed]
        assert all(
            seen.levels[queue] <= chosen.line.source.capacity for seen in instants(trace(run)) for queue in queues
        )


@forty
@given(random_lines(), st.sampled_from([0.0, 3600.0]))
def test_events_fold_to_the_accounts(chosen: Scenario, warmup: float) -> None:
    run = traced(chosen, warmup=warmup)

    assert_equal_accounts(run.accounts, fold(trace(run), chosen, warmup, warmup + DAY))


@pytest.mark.parametrize("path", [*map(lines.path, lines.names()), EVERYTHING], ids=attrgetter("stem"))
def test_events_of_every_reference_line_fold_to_the_accounts(path: Path) -> None:
    line = load_line(path)
    # An order takes weeks where a part takes minutes.
    warmup, horizon = windows(line.shifts)[0][0] + 1800.0, 7200.0 if line.alike else 40 * DAY
    for level in [None, *line.levels]:
        chosen = scenario(line, level)
        run = traced(chosen, horizon, warmup)
        assert run.accounts.departed > 0
        assert_equal_accounts(run.accounts, fold(trace(run), chosen, warmup, warmup + horizon))


@forty
@given(st.randoms(use_true_random=False), st.integers(0, 3), st.integers(1, 3))
def test_a_larger_buffer_never_lowers_output(random: Random, place: int, more: int) -> None:
    """Serial lines of single machines that share nothing: every departure comes no later, on the same draws."""
    stations, buffers = smooth_line(random)
    larger = list(buffers)
    larger[place % len(buffers)] += more

    few, many = (
        [
            run.accounts.departed
            for run in simulate(serial(stations, each), engine="compiled", horizon=DAY, replications=3)
        ]
        for each in (buffers, larger)
    )

    assert all(with_less <= with_more for with_less, with_more in zip(few, many, strict=True))


@forty
@given(st.randoms(use_true_random=False), st.integers(0, 3), st.sampled_from([0.5, 0.9]))
def test_a_faster_machine_never_lowers_output(random: Random, place: int, faster: float) -> None:
    """Serial lines of single machines that never fail: every part leaves each machine no later, on the same draws."""
    stations, buffers = smooth_line(random)
    stations = {name: station | {"failures": {}} for name, station in stations.items()}
    name = list(stations)[place % len(stations)]

    slow, fast = (
        [
            run.accounts.departed
            for run in simulate(
                serial(stations | {name: stations[name] | {"cycle": exponential(mean)}}, buffers),
                engine="compiled",
                horizon=DAY,
                replications=3,
            )
        ]
        for mean in (200.0, 200.0 * faster)
    )

    assert all(before <= after for before, after in zip(slow, fast, strict=True))
