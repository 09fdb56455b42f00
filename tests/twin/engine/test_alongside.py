"""Processes beside the line: what they can do, worked out by hand, and what they may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from twin.engine import simulate
from twin.errors import InputError
from twin.line.load import load_line_text
from twin.line.scenario import Scenario, scenario

if TYPE_CHECKING:
    from collections.abc import Generator

    from twin.engine.alongside import RunningLine
    from twin.engine.results import Run

    Steps = Generator[Any, Any, None]

TWO = """
line: two
operators: {operator: 2}
stations:
  press: {cycle: 10 s, crew: {operator: 1}}
  weld: {cycle: 10 s, crew: {operator: 1}}
route:
  - {from: press, to: weld, buffer: 2}
  - {from: weld, to: out}
"""


def two(text: str = TWO) -> Scenario:
    return scenario(load_line_text(text))


def parts(run: Run, station: str) -> list[float]:
    """Return when parts left a station."""
    assert run.events is not None
    return [event.time for event in run.events if event.kind == "part" and event.station == station]


def run_beside(*processes: Any, line: Scenario | None = None, horizon: float = 60.0) -> Run:  # noqa: ANN401
    [run] = simulate(line or two(), horizon=horizon, alongside=processes, trace=True)
    return run


def test_a_process_that_does_nothing_changes_nothing() -> None:
    def idle(line: RunningLine) -> Steps:
        yield line.environment.timeout(25)

    beside, alone = run_beside(idle), simulate(two(), horizon=60.0, trace=True, engine="simpy")[0]
    assert alone.events is not None
    assert beside.events is not None
    assert [(e.time, e.station, e.kind) for e in beside.events] == [(e.time, e.station, e.kind) for e in alone.events]
    assert beside.alongside == ("idle",)
    assert alone.alongside == ()


def test_a_stopped_machine_goes_on_where_it_stopped() -> None:
    seen = []

    def stop(line: RunningLine) -> Steps:
        yield line.environment.timeout(15)
        seen.append(line.stop("press"))  # 5 s of the second part are left
        seen.append((line.stop("press"), line.state("press")))
        yield line.environment.timeout(10)
        seen.append((line.restore("press"), line.restore("press"), line.state("press")))

    run = run_beside(stop)
    assert seen == [True, (False, "down"), (True, False, "processing")]
    assert parts(run, "press") == [10.0, 30.0, 40.0, 50.0]
    assert parts(run, "weld") == [20.0, 40.0, 50.0]
    assert run.accounts.failures.tolist() == [1, 0]
    assert run.accounts.states.sum(axis=1).tolist() == [60.0, 60.0]


def test_a_machine_that_is_stopped_off_shift_is_found_stopped() -> None:
    text = TWO.replace("operators:", "shifts: {times: {mon: ['00:00-00:01', '00:02-00:03']}}\noperators:")

    def stop(line: RunningLine) -> Steps:
        yield line.environment.timeout(90)
        line.stop("press")
        yield line.environment.timeout(40)  # 10 s into the second shift
        assert line.state("press") == "down"
        line.restore("press")

    # In the first minute press makes parts at 10, 20, ..., 50 s; the one of 60 s completes with the shift.
    run = run_beside(stop, line=two(text), horizon=180.0)
    assert parts(run, "press")[5:] == [60.0, 140.0, 150.0, 160.0, 170.0]


def test_parts_are_moved_by_hand_and_keep_who_they_are() -> None:
    moved = []

    def carry(line: RunningLine) -> Steps:
        line.stop("weld")
        while line.ready("press->weld") == 0:
            yield line.next_move
        part = line.take_part("press->weld")
        assert part is not None
        moved.append((line.environment.now, part.number, line.take_part("press->weld")))
        yield line.environment.timeout(5)
        line.restore("weld")
        moved.append((line.add_part("press->weld", part), line.level("press->weld")))

    run = run_beside(carry)
    # The part of 10 s is in hands until 15 s; weld takes it at once, so that none is left in the buffer.
    assert moved == [(10.0, 1, None), (True, 0)]
    assert parts(run, "weld") == [25.0, 35.0, 45.0, 55.0]
    assert run.accounts.lead_sum_s == 25.0 + 25.0 + 25.0 + 25.0


def test_new_parts_find_room_or_none() -> None:
    told = []

    def supply(line: RunningLine) -> Steps:
        line.stop("weld")
        told.extend(line.add_part("press->weld") for _ in range(3))
        yield line.environment.timeout(5)
        line.restore("weld")

    run = run_beside(supply)
    assert told == [True, True, False]
    assert parts(run, "weld")[:3] == [15.0, 25.0, 35.0]
    assert run.accounts.arrived == run.accounts.departed + 2 + 1  # two on the machines, one in the buffer


def test_a_source_closes_and_opens() -> None:
    def supplier(line: RunningLine) -> Steps:
        yield line.environment.timeout(5)
        line.close_source("press")
        yield line.environment.timeout(20)
        line.open_source("press")

    assert parts(run_beside(supplier), "press") == [10.0, 35.0, 45.0, 55.0]


def test_arrivals_close_and_open() -> None:
    text = TWO.replace("stations:", "source: {arrivals: {constant: 10 s}}\nstations:")

    def supplier(line: RunningLine) -> Steps:
        yield line.environment.timeout(15)
        line.close_source("press")
        yield line.environment.timeout(20)
        line.open_source("press")

    # One part came at 10 s; the next ones 10 s after 35 s.
    assert parts(run_beside(supplier, line=two(text), horizon=70.0), "press") == [20.0, 55.0, 65.0]


def test_people_come_and_go() -> None:
    def manager(line: RunningLine) -> Steps:
        yield line.environment.timeout(15)
        line.set_people("operator", 1)
        yield line.environment.timeout(20)
        line.set_people("operator", 2)

    # With one person from 20 s on, who asked first works: weld (at 20 s both ask; press stands first in the file).
    run = run_beside(manager)
    assert parts(run, "press") == [10.0, 20.0, 30.0, 45.0, 55.0]
    assert parts(run, "weld") == [20.0, 40.0, 50.0]
    assert run.accounts.busy_s.tolist() == [10.0 + 2 * 10.0 + 10.0 + 5.0 + 2 * 25.0]
    assert run.accounts.present_s.tolist() == [15.0 * 2 + 20.0 * 1 + 25.0 * 2]


def test_luck_is_that_of_seed_and_replication() -> None:
    drawn: list[float] = []

    def look(line: RunningLine) -> Steps:
        drawn.append(float(line.luck("look").random()))
        yield line.environment.timeout(1)

    for seed in (1, 1, 2):
        simulate(two(), horizon=10.0, replications=2, seed=seed, alongside=[look])
    assert drawn[:2] == drawn[2:4]
    assert len(set(drawn)) == 4


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"engine": "compiled"}, "engine: processes alongside run under SimPy's clock only"),
        ({"keep_state": True}, "alongside: a process cannot be saved"),
        ({"until": 5.0}, "alongside: a process cannot be saved"),
    ],
)
def test_what_does_not_go_with_processes_is_refused(keys: dict[str, Any], sentence: str) -> None:
    def idle(line: RunningLine) -> Steps:
        yield line.environment.timeout(1)

    with pytest.raises(InputError, match=sentence):
        simulate(two(), horizon=10.0, alongside=[idle], **keys)


@pytest.mark.parametrize(
    ("verb", "what", "sentence"),
    [
        ("stop", ("pres",), 'the line has no station "pres"; did you mean press?'),
        ("stop", ("press", 2), "press has no machine 2; write a number from 1 to 1"),
        ("take_part", ("press->out",), 'the line has no buffer "press->out"'),
        ("set_people", ("setter", 1), 'the line has no pool "setter"'),
        ("set_people", ("operator", -1), "-1 people are no number of people"),
        ("add_part", ("press->weld", None, "a"), 'the line has no product "a"'),
    ],
)
def test_a_name_that_the_line_does_not_have_is_refused(verb: str, what: tuple[Any, ...], sentence: str) -> None:
    def wrong(line: RunningLine) -> Steps:
        yield line.environment.timeout(1)
        getattr(line, verb)(*what)

    with pytest.raises(InputError) as raised:
        simulate(two(), horizon=10.0, alongside=[wrong])
    assert sentence in str(raised.value)
