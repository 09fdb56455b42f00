from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support.hand_plant import LINE, Plant, at
from support.mirrored import HOUR, feed, line_of, mirror_of, run_of
from twin.engine.plan import make_plan
from twin.engine.simulation import simulate
from twin.events import STATES

if TYPE_CHECKING:
    from twin.engine.state import LineState


def queues_of(state: LineState, names: tuple[str, ...]) -> dict[str, list[int]]:
    """Return the numbers of the parts that wait in each buffer of a saved state, head first."""
    parts, found = state.tables["parts"], {}
    for name, edge in zip(names, state.tables["edges"], strict=True):
        chain, part = [], int(edge["head"])
        for _ in range(int(edge["level"])):
            chain.append(int(parts["number"][part]))
            part = int(parts["next"][part])
        found[name] = chain
    return found


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("three_stations", 6.3),
        ("three_stations", 9.71),
        ("ceiling_tiles", 7.5),
        ("bracket_shop", 30.2),
        ("machine_shop", 33.1),
    ],
)
def test_a_picture_shows_each_machine_part_and_crew_where_the_line_has_them(name: str, hours: float) -> None:
    until_s = hours * HOUR
    _, events = run_of(name, until_s)
    state: Any = simulate(line_of(name), horizon=until_s, keep_state=True, seed=5)[0].state
    mirror = mirror_of(line_of(name))
    feed(mirror, events)
    picture, plan = mirror.picture(), make_plan(line_of(name))
    machines, parts = state.tables["machines"], state.tables["parts"]

    assert [machine.state for machine in picture.machines] == [STATES[code] for code in machines["state"]]
    numbers = [int(parts["number"][part]) if part >= 0 else None for part in machines["part"]]
    in_turn = line_of(name).line.dispatch == "first_come"
    held = [machine.part for machine in picture.machines]
    assert held == numbers if in_turn else [part is None for part in held] == [part is None for part in numbers]
    assert picture.wip == state.tables["line"]["wip"][0]
    waiting = queues_of(state, plan.edges)
    assert {edge: picture.levels[edge] for edge in picture.levels} == {
        edge: len(waiting[edge]) for edge in picture.levels
    }
    places = mirror._places
    if in_turn:
        assert {edge: [held.part for held in queue] for edge, queue in places.queues.items()} == {
            edge: waiting[edge] for edge in places.queues
        }
    pools = state.tables["pools"]
    assert [busy for _, busy, _ in picture.crews.values()] == (pools["people"] - pools["free"]).tolist()


def test_a_machine_has_worked_as_long_as_it_processed_since_its_last_part_left() -> None:
    plant = Plant()
    plant.state("06:00:00", "press", "processing")
    plant.state("06:00:04", "press", "down")
    plant.state("06:00:20", "press", "processing")
    plant.power("06:00:23", "press", 5.0)
    mirror = mirror_of(LINE)
    mirror.take(plant.events)
    assert mirror.picture().machines[0].worked_s == 7
    plant.state("06:00:26", "press", "blocked")
    plant.part("06:00:27", "press", 1, "weld")
    plant.state("06:00:27", "press", "processing")
    plant.state("06:00:29", "weld", "processing")
    mirror.take(plant.events[-4:])
    press = mirror.picture().machines[0]
    assert (press.worked_s, press.since_s, press.state) == (2, at("06:00:27"), "processing")


def test_a_strip_shows_the_prevailing_state_of_the_last_hour_in_cells() -> None:
    plant = Plant()
    plant.state("06:00", "weld", "processing")
    plant.state("06:20", "weld", "down")
    plant.state("06:31", "weld", "processing")
    plant.state("06:50", "press", "blocked")
    mirror = mirror_of(LINE)
    feed(mirror, plant.events, 1)
    strip = mirror.picture().machines[2].strip
    # 24 cells of 2.5 min up to the one that has just begun.
    assert [state for state, _ in strip] == (
        ["starved"] * 3 + ["processing"] * 8 + ["down"] * 4 + ["processing"] * 8 + [None]
    )
    assert [share for _, share in strip] == pytest.approx([1.0] * 15 + [0.6] + [1.0] * 7 + [0.0])


def test_a_mirror_that_has_heard_nothing_has_a_picture_of_nothing() -> None:
    picture = mirror_of(LINE).picture()
    assert {machine.state for machine in picture.machines} == {None}
    assert set(picture.levels.values()) == {None}
    assert (picture.good_units, picture.wip) == (0, 0)
    assert mirror_of(LINE).accounts() is None
