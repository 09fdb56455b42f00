"""Luck belongs to names: what else is on the line, how far ahead is drawn and where a run is cut change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from support.lines import constant, describe, exponential, seconds, serial
from twin.engine import simulate, streams
from twin.engine.plan import make_plan
from twin.engine.records import UNLIMITED, World, world_of
from twin.engine.streams import BLOCK, BUFFER, Draws, Stream, generator, variates
from twin.line.distributions import parse_distribution

if TYPE_CHECKING:
    from twin.line.scenario import Scenario

FAMILIES: dict[str, Any] = {
    "uniform": {"uniform": {"low": "6 s", "high": "14 s"}},
    "triangular": {"triangular": {"low": "6 s", "mode": "8 s", "high": "16 s"}},
    "exponential": {"exponential": {"mean": "10 s"}},
    "erlang": {"erlang": {"mean": "10 s", "k": 3}},
    "gamma": {"gamma": {"mean": "10 s", "cv": 0.7}},
    "lognormal": {"lognormal": {"mean": "10 s", "cv": 0.5}},
    "weibull": {"weibull": {"mean": "10 s", "shape": 1.5}},
    "normal": {"normal": {"mean": "10 s", "cv": 0.2}},
    "empirical": {"empirical": ["5 s", "10 s", "15 s"]},
}
ENGINES = pytest.mark.parametrize("engine", ["simpy", "compiled"])


def stream(description: Any, owner: str = "press", index: int = 0, purpose: str = "cycle") -> Stream:  # noqa: ANN401
    return Stream(owner, index, purpose, parse_distribution(description))


def drawn(of: Stream, count: int = 100, *, seed: int = 1, replication: int = 0) -> list[float]:
    values: list[float] = variates(generator(seed, replication, of), of.distribution, count).tolist()
    return values


def cycles(scenario: Scenario, station: str, horizon: float, engine: str = "simpy") -> list[Any]:
    """Return the processing times of a station's parts, in the order in which they left."""
    [run] = simulate(scenario, engine=engine, horizon=horizon, trace=True)
    return [e.fields["cycle_s"] for e in run.events or () if e.kind == "part" and e.station == station]


def test_a_stream_is_the_same_wherever_it_is_asked_for() -> None:
    assert drawn(stream(FAMILIES["exponential"])) == drawn(stream(FAMILIES["exponential"]))


@pytest.mark.parametrize(
    ("named", "keyed"),
    [
        ({"owner": "weld"}, {}),
        ({"index": 1}, {}),
        ({"purpose": "ttf"}, {}),
        ({}, {"seed": 2}),
        ({}, {"replication": 1}),
    ],
)
def test_another_owner_index_purpose_seed_or_replication_has_other_luck(
    named: dict[str, Any], keyed: dict[str, int]
) -> None:
    here = drawn(stream(FAMILIES["exponential"]))
    there = drawn(stream(FAMILIES["exponential"], **named), **keyed)

    assert not set(here) & set(there)


def test_the_parts_of_a_name_do_not_run_together() -> None:
    here = drawn(stream(FAMILIES["uniform"], owner="a1", index=1))

    assert here != drawn(stream(FAMILIES["uniform"], owner="a", index=11))


def test_a_new_station_changes_no_other_stations_luck() -> None:
    jam = {"ttf": exponential(300), "ttr": exponential(20)}
    failing = {"cycle": exponential(10), "scrap": 0.1, "failures": {"jam": jam}}
    small = make_plan(serial({"b": failing, "c": {"cycle": exponential(9)}}, [None]))
    large = make_plan(serial({"a": failing, "b": failing, "x": failing, "c": {"cycle": exponential(9)}}, [2, 2, 2]))

    here, there = ({s[:3]: drawn(s) for s in plan.streams} for plan in (small, large))

    names = [("b", "cycle"), ("b", "scrap"), ("b.jam", "ttf"), ("b.jam", "ttr"), ("c", "cycle")]
    assert set(here) == {(owner, 0, purpose) for owner, purpose in names}
    assert {name: there[name] for name in here} == here


def test_a_new_station_changes_no_other_stations_arrivals() -> None:
    source = {"arrivals": exponential(30)}
    old = {"b": {"cycle": constant(4)}}
    new = {"a": {"cycle": constant(4)}} | old

    def arrivals(stations: dict[str, Any]) -> list[float]:
        route = [{"from": name, "to": "out"} for name in stations]
        [run] = simulate(describe(stations, route, source=source), engine="simpy", horizon=3600, trace=True)
        return [event.time for event in run.events or () if event.kind == "arrival" and event.station == "b"]

    assert arrivals(new) == arrivals(old)


@pytest.mark.parametrize("family", ["exponential", "erlang", "gamma", "lognormal", "weibull", "normal"])
def test_a_changed_mean_keeps_the_draws(family: str) -> None:
    twice = {family: FAMILIES[family][family] | {"mean": "20 s"}}

    np.testing.assert_allclose(drawn(stream(twice)), 2 * np.array(drawn(stream(FAMILIES[family]))), rtol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_blocks_are_pieces_of_one_sequence(family: str) -> None:
    of = stream(FAMILIES[family])
    rng = generator(1, 0, of)

    in_blocks = np.concatenate([variates(rng, of.distribution, count) for count in (1, 999, 24, 500)])

    assert in_blocks.tolist() == drawn(of, 1524)


def test_a_stream_without_distribution_is_uniform() -> None:
    values = drawn(Stream("press", 0, "scrap", None), 10_000)

    assert 0 <= min(values) < max(values) < 1
    assert abs(np.mean(values) - 0.5) <= 5 * np.sqrt(1 / 12 / 10_000)


@ENGINES
def test_a_run_takes_one_variate_after_the_other_round_its_ring(engine: str) -> None:
    taken = cycles(serial({"a": {"cycle": exponential(10)}}), "a", horizon=60_000.0, engine=engine)

    assert len(taken) > 2 * BUFFER
    assert taken == drawn(stream(FAMILIES["exponential"], owner="a"), len(taken))


@ENGINES
def test_a_constant_never_runs_out(engine: str) -> None:
    taken = cycles(serial({"a": {"cycle": constant(10)}}), "a", horizon=60_005.0, engine=engine)

    assert taken == [10.0] * 6000


@pytest.mark.parametrize("reserve", [100, 900])
def test_how_early_a_block_is_fetched_changes_nothing(reserve: int, monkeypatch: pytest.MonkeyPatch) -> None:
    line = serial({"a": {"cycle": exponential(10), "scrap": 0.2}, "b": {"machines": 2, "cycle": exponential(19)}}, [4])
    [as_it_is] = simulate(line, engine="simpy", horizon=40_000.0)

    monkeypatch.setattr(streams, "RESERVE", reserve)
    [otherwise] = simulate(line, engine="simpy", horizon=40_000.0)

    assert otherwise.digest == as_it_is.digest


def test_sixty_parts_that_set_off_at_once_each_take_a_variate_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes between the shifts is taken as one opens: sixty machines let go at once, into one edge."""
    stations = {"a": {"machines": 60, "cycle": constant(10)}, "b": {"machines": 60, "cycle": constant(30)}}
    way = {"uniform": {"low": seconds(100.0), "high": seconds(119.0)}}
    route = [{"from": "a", "to": "b", "buffer": 60, "transport": way}, {"from": "b", "to": "out"}]
    open_for_a_minute = [f"{h:02}:{m:02}-{h:02}:{m + 1:02}" for h in range(24) for m in range(0, 58, 3)]
    line = describe(stations, route, shifts={"times": {"mon": open_for_a_minute}})
    [stream] = [k for k, each in enumerate(make_plan(line).streams) if each.purpose == "transport"]
    read_too_far = []
    refill = Draws.refill

    def watched(draws: Draws, world: World) -> None:
        read_too_far.append(max(0, world.streams[stream].position - int(draws._filled[stream])))
        refill(draws, world)

    monkeypatch.setattr(Draws, "refill", watched)
    simulate(line, engine="simpy", horizon=6 * 3600.0)

    assert len(read_too_far) > 5
    assert max(read_too_far) == 0


def opened(line: Scenario, *, objects: bool = True) -> tuple[World, Draws]:
    plan = make_plan(line)
    world, draws = world_of(plan.tables, objects=objects), Draws(plan.streams, seed=3, replication=1)
    draws.open(world)
    return world, draws


@pytest.mark.parametrize("objects", [True, False], ids=["objects", "arrays"])
def test_a_ring_is_refilled_where_it_was_read(*, objects: bool) -> None:
    world, draws = opened(serial({"a": {"cycle": exponential(10)}, "b": {"cycle": constant(7)}}, [1]), objects=objects)
    expected = drawn(stream(FAMILIES["exponential"], owner="a"), 3 * BLOCK, seed=3, replication=1)

    assert list(world.draws[:BLOCK]) == expected[:BLOCK]
    world.streams[0].position = 10
    draws.refill(world)
    assert list(world.draws[:BUFFER]) == expected[:BUFFER]
    world.streams[0].position = BLOCK - 1  # a variate of the first block is still to be read
    draws.refill(world)
    assert list(world.draws[:BUFFER]) == expected[:BUFFER]
    world.streams[0].position = BLOCK
    draws.refill(world)
    assert list(world.draws[:BLOCK]) == expected[BUFFER:]
    assert world.streams[0].limit == 3 * BLOCK - streams.RESERVE
    assert world.streams[1].limit == UNLIMITED
    assert set(world.draws[BUFFER:]) == {7.0}


def test_draws_go_on_where_they_were_left() -> None:
    line = serial({"a": {"cycle": FAMILIES["gamma"]}, "b": {"cycle": FAMILIES["lognormal"]}}, [1])
    world, draws = opened(line)
    other, taken_up = opened(line)

    taken_up.restore(draws.state())
    for each, of in ((world, draws), (other, taken_up)):
        for position in (0, BLOCK):
            for row in each.streams:
                row.position = position
            of.refill(each)

    assert [filled for filled, _ in taken_up.state()] == [3 * BLOCK, 3 * BLOCK]
    assert list(other.draws) == list(world.draws)
