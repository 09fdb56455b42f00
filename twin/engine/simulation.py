"""Run a scenario: choose the clock, spread replications over workers, hand back one `Run` each."""

from __future__ import annotations

import math
import multiprocessing
import os
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING

from twin.engine.alongside import stoppable
from twin.engine.compiled_clock import compiled_rules, is_compiled
from twin.engine.plan import Plan, make_plan
from twin.engine.replication import CLOCKS, Task, run_task
from twin.errors import InputError
from twin.line.names import nearest
from twin.line.rates import made, part_s
from twin.line.scenario import Scenario
from twin.units import SECONDS_PER_YEAR, format_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from twin.engine.alongside import Process
    from twin.engine.results import Run
    from twin.engine.state import LineState
    from twin.line.line import Line

LONGEST = 100 * SECONDS_PER_YEAR
"""A longer run [s] is refused: the shortest cycle, 1 µs, must still move a clock of 64 bits."""
SECONDS_A_MOVE = 8e-6
"""CPU time of a move under SimPy's clock [s], roughly; decides which clock `auto` takes."""
WORTH_LOADING, WORTH_COMPILING, WORTH_A_PROCESS = 2.0, 10.0, 5.0
"""Work under SimPy's clock [s] above which it pays to load compiled rules, to compile them, to start processes."""


def simulate(
    scenario: Scenario | Sequence[Scenario],
    *,
    horizon: float,
    warmup: float = 0.0,
    replications: int = 1,
    seed: int = 1,
    engine: str = "auto",
    until: float | None = None,
    initial: Sequence[LineState] | None = None,
    trace: bool = False,
    keep_state: bool = False,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    alongside: Sequence[Process] = (),
) -> list[Run]:
    """Run a scenario, and return its runs by replication.

    Parameters
    ----------
    scenario
        The line with its options chosen; or one for each replication, each then run on that replication's luck.
    horizon, warmup
        Measured time, and the time before it that is not measured [s].
    replications, seed
        How many independent runs, and the seed of all of them. The same seed gives the same answer to the bit,
        whatever the clock and the number of workers.
    engine
        "simpy", "compiled", or "auto": SimPy's clock for short work, else compiled.
    until
        Stop here [s since the run's start] instead of at the end; the state is kept.
    initial
        Saved states to go on from: as many replications, each with the seed that it brings.
    trace, keep_state
        Whether to keep every event of the first replication; whether to keep the final states.
    workers
        Replications run at a time (default: one a core); threads if compiled, else processes.
    progress
        Called with (done, all) after each replication.
    alongside
        Processes of one's own that run beside the line and act on it (see `twin.engine.alongside`): SimPy's clock only,
        one replication after the other, each with its processes begun anew.

    Raises
    ------
    InputError
        If a number is out of range, the engine does not exist, a state fits another line or warm-up, or processes
        run alongside and another clock or a saved state is asked for.
    """
    # Whole numbers would make Numba compile the rules once more, for whole times.
    horizon, warmup = float(horizon), float(warmup)
    end = warmup + horizon if until is None else float(until)
    _check_times(horizon, warmup, end)
    _check_counts(replications, seed, workers, engine)
    states: Sequence[LineState | None] = [None] * replications if initial is None else initial
    scenarios = [scenario] * len(states) if isinstance(scenario, Scenario) else scenario
    if alongside:
        _check_alongside(engine, keeps=keep_state or until is not None or initial is not None)
        engine = "simpy"
    plans = _plans(scenarios, beside=bool(alongside))
    _check_states(plans, initial or (), warmup, end)
    moves = moves_per_s(scenarios[0]) * end * len(states)
    clock = engine if engine != "auto" else chosen_clock(moves, full=plans[0].full)
    keeps = keep_state or until is not None
    tasks = [
        Task(plan, clock, seed, i, warmup, horizon, end, state, trace and i == 0, keeps, tuple(alongside))
        for i, (plan, state) in enumerate(zip(plans, states, strict=True))
    ]
    return _run(tasks, moves, workers, progress)


def _plans(scenarios: Sequence[Scenario], *, beside: bool) -> list[Plan]:
    """Return the plan of each scenario; one that comes again is planned once.

    Where processes run beside the line, its machines can be stopped, and the full rules run it.
    """
    made: dict[int, Plan] = {}
    for one in scenarios:
        if id(one) not in made:
            made[id(one)] = make_plan(stoppable(one), full=True) if beside else make_plan(one)
    return [made[id(one)] for one in scenarios]


def chosen_clock(moves: float, *, full: bool = False) -> str:
    """Return the clock for about so many moves: compiled where that saves more than loading or compiling costs."""
    work = moves * SECONDS_A_MOVE
    worth = WORTH_LOADING if work > WORTH_LOADING and is_compiled(full=full) else WORTH_COMPILING
    return "compiled" if work > worth else "simpy"


def moves_per_s(scenario: Scenario) -> float:
    """Return about how many parts stations let go a second: what its slowest station allows, at every station.

    Of a part that comes in a split makes several, each of which moves on; an assembly makes one of its first feed's.
    """
    line = scenario.line
    many = _moves_of_one(line)
    paces = [(station.machines, part_s(station), many[name]) for name, station in line.stations.items()]
    rates = [machines / time / moves for machines, time, moves in paces if time * moves > 0]
    if line.source.arrivals is not None:
        rates.append(len(line.fed) / line.source.arrivals.mean)
    if line.source.orders is not None:
        lots = line.source.orders.pieces.mean if line.move == "piece" else 1.0
        rates.append(0.0 if line.source.orders.every is None else lots / line.source.orders.every.mean)
    return min(rates, default=0.0) * sum(moves * made(line.stations[name]) for name, moves in many.items())


def _moves_of_one(line: Line) -> dict[str, float]:
    """Return how many parts come to each station for one that comes in, ways back and shares left out."""
    many = dict.fromkeys(line.stations, 1.0)
    place = {name: at for at, name in enumerate(line.stations)}
    led: set[str] = set()
    for edge in sorted(line.edges, key=lambda edge: place[edge.from_]):
        if place.get(edge.to, -1) > place[edge.from_] and edge.to not in led:  # the first way on leads its station
            led.add(edge.to)
            after = line.stations[edge.to]
            takes = after.takes.get(edge.from_, 1) if after.kind == "assembly" else 1
            many[edge.to] = many[edge.from_] * made(line.stations[edge.from_]) / takes
    return many


def _check_times(horizon: float, warmup: float, until: float) -> None:
    if not (math.isfinite(horizon) and horizon > 0):
        raise InputError(f"horizon: {horizon} s is no time to measure; write a time above 0 s, such as 100 h")
    if not (math.isfinite(warmup) and warmup >= 0):
        raise InputError(f"warmup: {warmup} s is no time; write 0 s or more")
    if warmup + horizon > LONGEST:
        raise InputError(f"horizon: {format_time(warmup + horizon)} is over 100 years; write a shorter time")
    if not 0 <= until <= warmup + horizon:
        raise InputError(f"until: {until} s is not within the run; write a time from 0 to {warmup + horizon} s")


def _check_counts(replications: int, seed: int, workers: int | None, engine: str) -> None:
    if replications < 1:
        raise InputError(f"replications: {replications} is too few; write 1 or more")
    if seed < 0:
        raise InputError(f"seed: {seed} is below 0; write a whole number, 0 or more")
    if workers is not None and workers < 1:
        raise InputError(f"workers: {workers} is too few; write 1 or more")
    if engine != "auto" and engine not in CLOCKS:
        raise InputError(f"engine: there is no engine {nearest(engine, ('auto', *CLOCKS))}")


def _check_alongside(engine: str, *, keeps: bool) -> None:
    if engine == "compiled":
        raise InputError('engine: processes alongside run under SimPy\'s clock only; write engine="simpy"')
    if keeps:
        raise InputError("alongside: a process cannot be saved; leave out until, initial and keep_state")


def _check_states(plans: Sequence[Plan], states: Sequence[LineState], warmup: float, until: float) -> None:
    for plan, state in zip(plans, states, strict=False):
        if state.key != plan.key:
            raise InputError("the state was saved from another line or other options; name the same line and options")
        if state.warmup_s != warmup:
            saved = format_time(state.warmup_s)
            raise InputError(f"the state was saved with a warm-up of {saved}; give the same warm-up")
        if state.time > until:
            raise InputError(f"the state stands at {format_time(state.time)}, after the end; give a longer horizon")


def _run(
    tasks: list[Task], moves: float, workers: int | None, progress: Callable[[int, int], None] | None
) -> list[Run]:
    workers = min(len(tasks), workers or os.cpu_count() or 1)
    alone = (
        workers == 1
        or bool(tasks[0].alongside)
        or (tasks[0].clock == "simpy" and moves * SECONDS_A_MOVE < WORTH_A_PROCESS)
    )
    if tasks[0].clock == "compiled":
        for full in {task.plan.full for task in tasks}:
            compiled_rules(full=full)  # once, before threads ask for it
    if alone:
        return _collect((run_task(task) for task in tasks), len(tasks), progress)
    pool = _pool(tasks[0].clock, workers)
    try:
        return _collect(pool.map(run_task, tasks), len(tasks), progress)
    finally:
        # After an interrupt nobody waits for what is still running.
        pool.shutdown(wait=False, cancel_futures=True)


def _pool(clock: str, workers: int) -> Executor:
    if clock == "compiled":
        return ThreadPoolExecutor(workers)
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def _collect(runs: Iterable[Run], total: int, progress: Callable[[int, int], None] | None) -> list[Run]:
    done = []
    for run in runs:
        done.append(run)
        if progress is not None:
            progress(len(done), total)
    return done
