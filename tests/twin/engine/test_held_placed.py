"""Belts, stores and carriers put as they are seen go on as they would; every time worked out by hand."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from support.held_lines import held_line
from support.lines import constant, serial
from support.same import assert_same
from support.seen import any_standing
from twin.engine import simulate
from twin.engine.plan import make_plan
from twin.engine.standing import MachineStands, Standing, StandingStates, outlook, standing_states

if TYPE_CHECKING:
    from twin.line.scenario import Scenario

WEEK = 7 * 24 * 3600.0


@given(st.integers(0, 10**6))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_whatever_is_seen_both_clocks_go_on_from_it_alike(number: int) -> None:
    random = Random(number)  # noqa: S311 -- no secret
    chosen = held_line(random)
    now = random.choice([0.0, 1234.5, WEEK / 2, 5 * WEEK + 100])
    standing = any_standing(chosen, random, now)

    states = standing_states(make_plan(chosen), standing, number, 3)
    one, other = (
        simulate(chosen, initial=states, warmup=now, horizon=7200.0, engine=engine) for engine in ("simpy", "compiled")
    )

    for here, there in zip(one, other, strict=True):
        assert_same(here, there)


def leave_by(chosen: Scenario, standing: Standing, *times: float) -> list[int]:
    states = StandingStates(make_plan(chosen), standing, 1, 1)
    counts: list[int] = outlook(states, [standing.time_s + time for time in times], engine="simpy")[0].tolist()
    return counts


def a_belt(takes: float) -> Scenario:
    belt = {"kind": "conveyor", "length": "12 m", "speed": "1 m/s", "capacity": 3}
    stations = {"a": {"cycle": constant(5)}, "belt": belt, "b": {"cycle": constant(takes)}}
    return serial(stations, [None, 0])


def test_a_belt_goes_on_with_what_is_on_it() -> None:
    """Three parts on 12 s of belt are one in every 4 s of it; with one at the end the next needs a pitch."""
    idle, empty = MachineStands("starved"), MachineStands("starved")
    moves, waits = MachineStands("processing", many=3), MachineStands("blocked", many=3)

    assert leave_by(a_belt(1), Standing(100.0, (idle, moves, empty)), 0.9, 5.1, 9.1, 13.1) == [0, 1, 2, 3]
    # b takes the first at once; a has one more after 5 s, which is through the belt at 17.
    assert leave_by(a_belt(1), Standing(100.0, (idle, waits, empty)), 0.9, 1.1, 6.9, 17.9) == [0, 1, 2, 3]


def test_what_is_between_the_ends_has_its_carrier() -> None:
    """Two of three cards are seen to be away: with the part on b and one that waits; a takes one more, and no more."""
    cards = {"card": {"number": 3, "from": "a", "to": "b"}}
    chosen = serial({"a": {"cycle": constant(5)}, "b": {"cycle": constant(100)}}, [None], carriers=cards)
    works = MachineStands("processing", since_s=95.0, worked_s=5.0)

    [state] = standing_states(
        make_plan(chosen), Standing(100.0, (MachineStands("starved"), works), {"a->b": 1, "card->a": 1}), 1, 1
    )
    [run] = simulate(chosen, initial=[state], warmup=100.0, horizon=90.0, engine="simpy", keep_state=True)

    assert run.state is not None
    assert run.accounts.arrived == 0  # the third is on a already: it came as the line settled
    assert list(run.state.tables["edges"]["level"][-1:]) == [0]
    assert run.state.tables["line"]["wip"][0] == 3
