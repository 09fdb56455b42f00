"""`make bench`: what speed is claimed, measured in one run on this machine: of the engine, and of the live twin.

CPU time of the process, draws included. Ratios are against the plain SimPy line of r1_simpy.py (R1: 10 stations,
exponential cycles, buffers of 5), run in turn with each measurement; the median of five. The live twin's part is
live_bench.py. `--write` keeps what was measured in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import live_bench
import r1_simpy

from twin.engine import simulate
from twin.line.load import load_line_text
from twin.line.scenario import Scenario, scenario

Row = tuple[str, str, str]
Keep = Callable[[str, str, str], None]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
LIVE = "## Live"
ROUNDS = 5
PARALLEL = (1, 2, 1, 3, 1, 1, 2, 1, 1, 2)


def serial_line(stations: int = 10, *, failures: bool = False) -> Scenario:
    """R1 (exponential cycles of mean 1 s, buffers of 5); with failures R2 (gamma cycles, up 100 s, down 5 s)."""
    cycle = "{gamma: {mean: 1 s, cv: 0.5}}" if failures else "{exponential: {mean: 1 s}}"
    jam = ", failures: {jam: {ttf: {exponential: {mean: 100 s}}, ttr: {exponential: {mean: 5 s}}}}" if failures else ""
    names = [f"s{i}" for i in range(stations)]
    rows = [f"  {name}: {{cycle: {cycle}{jam}}}" for name in names]
    ways = [f"  - {{from: {a}, to: {b}, buffer: 5}}" for a, b in pairwise(names)]
    last = f"  - {{from: {names[-1]}, to: out}}"
    return scenario(load_line_text("\n".join(["line: serial", "stations:", *rows, "route:", *ways, last])))


def full_line() -> Scenario:
    """R2 with parallel machines, both failure clocks, crews, technicians, scrap, two rework edges, a shift calendar."""
    rows, ways = [], []
    for i, machines in enumerate(PARALLEL):
        repair = "ttr: {exponential: {mean: 5 s}}"
        failures = f"jam: {{ttf: {{exponential: {{mean: 100 s}}}}, {repair}, repaired_by: {{technician: 1}}}}"
        if i % 3 == 0:
            failures += f", trip: {{ttf: {{exponential: {{mean: 300 s}}}}, {repair}, clock: calendar}}"
        work = f"machines: {machines}, cycle: {{gamma: {{mean: 1 s, cv: 0.5}}}}, crew: {{operator: 1}}, scrap: 0.02"
        rows.append(f"  s{i}: {{{work}, failures: {{{failures}}}}}")
        if i in (4, 9):
            ways.append(f"  - {{from: s{i}, to: s{i - 2}, probability: 0.05, rework: true}}")
        to = f"s{i + 1}, buffer: 5" if i < len(PARALLEL) - 1 else "out"
        ways.append(f"  - {{from: s{i}, to: {to}}}")
    shifts = "shifts: {pattern: 3x8, days: mon-fri, start: '00:00'}"
    head = ["line: full", shifts, "operators: {operator: 9, technician: 2}", "stations:"]
    return scenario(load_line_text("\n".join([*head, *rows, "route:", *ways])))


def lots_line() -> Scenario:
    """R1's stations for orders that move as lots: sizes drawn, cycles by size, two products, setups, scrap, rework."""
    setup = "setup: {time: {exponential: {mean: 2 s}}, crew: {setter: 1}}"
    cycle = "cycle: {by_pieces: {1: 0.5 s, 10: 2 s}, spread: {gamma: {mean: 1, cv: 0.5}}}"
    rows = [f"  s{i}: {{{cycle}, {setup}, scrap: 0.02, dispatch: shortest_setup}}" for i in range(10)]
    ways = [f"  - {{from: s{i}, to: s{i + 1}}}" for i in range(9)]
    last = ["  - {from: s9, to: s7, probability: 0.05, rework: true}", "  - {from: s9, to: out}"]
    orders = "{every: {exponential: {mean: 2 s}}, pieces: {empirical: [1, 5, 10]}, product: {a: 0.5, b: 0.5}}"
    head = ["line: lots", "move: order", "products: {a: {}, b: {}}", "operators: {setter: 4}"]
    head.append(f"source: {{orders: {orders}}}")
    return scenario(load_line_text("\n".join([*head, "stations:", *rows, "route:", *ways, *last])))


def bare_rate(seed: int) -> float:
    """Moves a CPU second of the plain SimPy line R1."""
    start = time.process_time()
    moves = r1_simpy.run(T=20_000.0, seed=seed)[1]
    return moves / (time.process_time() - start)


def rate(line: Scenario, engine: str, horizon: float, seed: int) -> float:
    """Moves a CPU second of a line under one clock, plan, streams and results included."""
    start = time.process_time()
    run = simulate(line, horizon=horizon, engine=engine, seed=seed)[0]
    return run.moves / (time.process_time() - start)


def ratio(line: Scenario, engine: str, horizon: float) -> tuple[float, float]:
    """Median ratio to plain SimPy, and the time of a move [ns]."""
    rates = [(rate(line, engine, horizon, seed), bare_rate(seed)) for seed in range(ROUNDS)]
    return statistics.median(a / b for a, b in rates), 1e9 / statistics.median(a for a, _ in rates)


def a_move(stations: int, engine: str) -> float:
    """Time of a move on R1 of so many stations [ns], what it costs to start taken off."""
    line, short, long = serial_line(stations), 100.0, 100.0 + (4e5 if engine == "simpy" else 4e6) / stations
    took = []
    for seed in range(ROUNDS):
        start = time.process_time()
        few = simulate(line, horizon=short, engine=engine, seed=seed)[0].moves
        middle = time.process_time()
        many = simulate(line, horizon=long, engine=engine, seed=seed)[0].moves
        took.append((time.process_time() - middle - (middle - start)) / (many - few))
    return 1e9 * statistics.median(took)


def memory_of(moves: float) -> float:
    """Largest memory of a process that makes so many part-moves on R1 [MB]."""
    run = f"bench.simulate(bench.serial_line(), horizon={moves} / 7.65, engine='compiled')"
    command = [sys.executable, "-c", f"import bench; {run}; print(bench.peak())"]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    return float(done.stdout)


def peak() -> float:
    """Largest memory of this process so far [MB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def threads() -> float:
    """How much sooner eight replications of R2 are done by two threads than by one (wall clock, two idle cores)."""
    line, gains = serial_line(failures=True), []
    for seed in range(ROUNDS):
        took = []
        for workers in (1, 2):
            start = time.perf_counter()
            simulate(line, horizon=100_000.0, replications=8, engine="compiled", workers=workers, seed=seed)
            took.append(time.perf_counter() - start)
        gains.append(took[0] / took[1])
    return statistics.median(gains)


def wall(command: list[str], environment: dict[str, str] | None = None) -> float:
    """Seconds of a whole process, median of five after one to warm up."""
    took = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, **(environment or {})})
        took.append(time.perf_counter() - start)
    return statistics.median(took[1:])


def cold_compile(*, full: bool) -> float:
    """CPU seconds of compiling the plain or the full rules into an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        environment = {**os.environ, "TWIN_CACHE": folder}
        run = f"from twin.engine.compile_once import compile_variant; compile_variant(full={full})"
        subprocess.run([sys.executable, "-c", run], check=True, capture_output=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def table() -> tuple[list[Row], Keep]:
    """Return a table to be filled, and what prints and keeps a row of it: what, asked, measured."""
    found: list[Row] = []

    def keep(what: str, asked: str, measured: str) -> None:
        found.append((what, asked, measured))
        print(f"{what:58s} {asked:18s} {measured}", flush=True)

    print(f"{'what':58s} {'asked':18s} measured")
    return found, keep


def of_the_twin() -> list[Row]:
    """Measure the live twin."""
    found, keep = table()
    live_bench.measure(keep)
    return found


def of_the_engine() -> list[Row]:
    """Measure the engine, and how soon the program answers."""
    r1, r2, full = serial_line(), serial_line(failures=True), full_line()
    found, keep = table()
    for name, line, asked in (
        ("R1", r1, "60 ×"),
        ("R2", r2, "50 ×"),
        ("full shape", full, "35 ×"),
    ):
        times, move = ratio(line, "compiled", 500_000.0)
        keep(f"{name}, compiled, against plain SimPy", f"at least {asked}", f"{times:.1f} × ({move:.0f} ns a move)")
    for name, line, asked in (("R1", r1, "0.8 ×"), ("full shape", full, "0.5 ×")):
        times, move = ratio(line, "simpy", 20_000.0)
        keep(
            f"{name}, SimPy's clock, against plain SimPy",
            f"at least {asked}",
            f"{times:.2f} × ({move / 1000:.1f} µs a move)",
        )
    lots = lots_line()
    rates = [(rate(lots, "compiled", 500_000.0, seed), rate(lots, "simpy", 10_000.0, seed)) for seed in range(ROUNDS)]
    times, move = statistics.median(a / b for a, b in rates), 1e9 / statistics.median(a for a, _ in rates)
    keep("lots, compiled, against its own SimPy clock", "at least 35 ×", f"{times:.1f} × ({move:.0f} ns a move)")
    for engine in ("compiled", "simpy"):
        few, many = a_move(10, engine), a_move(1000, engine)
        keep(
            f"a move from 10 to 1,000 stations, {engine}",
            "at most 3 ×",
            f"{many / few:.2f} × ({few:.0f} to {many:.0f} ns)",
        )
    small, large = memory_of(1e6), memory_of(1e8)
    grown = f"{large - small:+.1f} MB ({small:.0f} to {large:.0f} MB)"
    keep("memory from 10⁶ to 10⁸ part-moves, compiled", "within 20 MB", grown)
    keep("two threads against one, compiled", "at least 1.8 ×", f"{threads():.2f} ×")
    keep("cold compile of the rules, CPU", "under 30 s", f"{cold_compile(full=False):.1f} s")
    keep("cold compile of the rules for lots, beside it, CPU", "–", f"{cold_compile(full=True):.1f} s")
    imports = wall([sys.executable, "-c", "import pandas, scipy.stats, numba"])
    twin = str(Path(sys.executable).parent / "twin")
    run = wall([twin, "run", "three_stations"])
    keep("`twin run three_stations`, whole process", f"under {imports + 0.5:.2f} s", f"{run:.2f} s")
    keep("`twin --help`, whole process", "–", f"{wall([twin, '--help']):.2f} s")
    return found


def processor() -> str:
    """The processor's name, where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def machine(*packages: str) -> list[str]:
    """Say when and on what was measured."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return [
        f"{datetime.now(UTC).date()}, {processor()}, {os.cpu_count()} cores, Python {platform.python_version()},",
        f"{versions}.",
    ]


def written(found: list[Row]) -> list[str]:
    """Return a table as the lines of a page."""
    return [
        "| what | asked | measured |",
        "|---|---|---|",
        *(f"| {what} | {asked} | {measured} |" for what, asked, measured in found),
    ]


def engine_page(found: list[Row]) -> str:
    """Write the part of the page that is about the engine."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `.venv/bin/python tests/bench/bench.py --write`; `make bench` measures the same without writing.",
        "CPU time of the process, draws included; the plain SimPy line is `tests/bench/r1_simpy.py` (R1: 10 stations,",
        "exponential cycles, buffers of 5), run in turn with each measurement; medians of five.",
        "",
        *machine("simpy", "numpy", "numba"),
        "",
        *written(found),
        "",
        "R2 adds failures (up 100 s, down 5 s) and gamma cycles; the full shape adds parallel machines, calendar",
        "failures, a crew pool, technicians, scrap, two rework edges and a shift calendar. All are measured against R1",
        "in plain SimPy, which has none of it.",
        "",
    ]
    return "\n".join(lines)


def live_page(found: list[Row]) -> str:
    """Write the part of the page that is about the live twin."""
    lines = [
        LIVE,
        "",
        "Ceiling tiles (14 machines) through a real Mosquitto and into a real InfluxDB, each in a process of its own",
        "(`tests/bench/live_bench.py`). Ingest is the twin's whole work on a backlog of 60,000 messages: read, held",
        "against the line, committed to disk, acknowledged, mirrored, KPIs told each minute; beside it a subscriber",
        "that only decodes the JSON of the same backlog; medians of three, in turn. Memory is what a process holds",
        "that mirrors a million events. An hour without InfluxDB at 1,000 points/s, caught up in 3 minutes, is",
        "20,000 points/s.",
        "",
        *machine("paho-mqtt", "pydantic", "influxdb-client"),
        "",
        *written(found),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep what was measured in docs/benchmarks.md")
    parser.add_argument("--only", choices=("engine", "live"), help="measure, and write, only this part")
    arguments = parser.parse_args()
    engine, _, live = PAGE.read_text(encoding="utf-8").partition(LIVE)
    if arguments.only != "live":
        engine = engine_page(of_the_engine()) + "\n"
    live = live_page(of_the_twin()) if arguments.only != "engine" else LIVE + live
    if arguments.write:
        PAGE.write_text(engine.rstrip("\n") + "\n\n" + live, encoding="utf-8")
