"""R1/R2 in idiomatic SimPy: 10-station line, buffers of 5, blocking after service."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import simpy

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray


class Result(NamedTuple):
    """What a run gives: parts a time unit, completed cycles, wall time [s], departures."""

    throughput: float
    moves: int
    elapsed_s: float
    departures: NDArray[np.float64]


def run(
    n: int = 10,
    cap: int = 5,
    T: float = 20000.0,  # noqa: N803 - the time measured, as in the formula parts / T
    warm: float = 1000.0,
    seed: int = 1,
    *,
    fail: bool = False,
    gamma: bool = False,
) -> Result:
    """Run the line: exponential or gamma cycles of mean 1; failures every 100 for 5 time units of work."""
    env = simpy.Environment()
    bufs = [simpy.Store(env, capacity=cap) for _ in range(n - 1)]
    gens = [np.random.default_rng([seed, i]) for i in range(n)]
    failures = [np.random.default_rng([seed, i, 7]) for i in range(n)]
    moves = 0
    departures = []

    def station(i: int) -> Generator[simpy.Event, Any, None]:
        nonlocal moves
        g = gens[i]
        f = failures[i]
        ttf = f.exponential(100.0) if fail else np.inf
        part = 0
        while True:
            if i > 0:
                part = yield bufs[i - 1].get()
            else:
                part += 1
            s = g.gamma(4.0, 0.25) if gamma else g.exponential(1.0)
            while s > ttf:
                yield env.timeout(ttf)
                s -= ttf
                yield env.timeout(f.exponential(5.0))
                ttf = f.exponential(100.0)
            ttf -= s
            yield env.timeout(s)
            moves += 1
            if i < n - 1:
                yield bufs[i].put(part)
            else:
                departures.append(env.now)

    for i in range(n):
        env.process(station(i))
    start = time.perf_counter()
    env.run(until=T + warm)
    elapsed = time.perf_counter() - start
    d = np.array(departures)
    return Result(float((d > warm).sum() / T), moves, elapsed, d)


if __name__ == "__main__":
    for fail, gamma in ((False, False), (True, True)):
        runs = [run(fail=fail, gamma=gamma) for _ in range(3)]
        speed = sorted(each.moves / each.elapsed_s for each in runs)[1]
        print(json.dumps({"fail": fail, "thr": runs[0].throughput, "moves": runs[0].moves, "moves_per_s": speed}))
