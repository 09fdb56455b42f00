"""R1/R2 in a Numba next-event kernel drawing the same NumPy streams, and a max-plus recursion."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import numba as nb
import numpy as np
from r1_simpy import run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

IDLE, BUSY, DOWN, BLOCKED = 0, 1, 2, 3


@nb.njit(cache=True, nogil=True)
def kernel(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop without calls is what is measured
    n: int,
    cap: int,
    end: float,
    serv: Floats,
    ttfs: Floats,
    ttrs: Floats,
    fail: bool,  # noqa: FBT001 - Numba takes arguments by place
    dep: Floats,
) -> tuple[int, int]:
    """Run the line up to `end`, write the departures to `dep`, return their number and that of completed cycles."""
    # per station: state, next event time, remaining service, time to failure left
    infinite = np.inf
    state = np.zeros(n, np.int64)
    nxt = np.full(n, infinite)
    rem = np.zeros(n)
    ttf = np.full(n, infinite)
    lvl = np.zeros(n - 1, np.int64)
    si = np.zeros(n, np.int64)
    fi = np.zeros(n, np.int64)
    ri = np.zeros(n, np.int64)
    moves = 0
    out = 0
    now = 0.0
    if fail:
        for i in range(n):
            ttf[i] = ttfs[i, fi[i]]
            fi[i] += 1
    stack = np.zeros(4 * n, np.int64)
    s = serv[0, 0]
    si[0] = 1
    if s > ttf[0]:
        nxt[0] = now + ttf[0]
        rem[0] = s - ttf[0]
        state[0] = DOWN
        ttf[0] = -1.0
    else:
        ttf[0] -= s
        nxt[0] = now + s
        state[0] = BUSY
    while True:
        i = 0
        t = nxt[0]
        for k in range(1, n):
            if nxt[k] < t:
                t = nxt[k]
                i = k
        if t >= end:
            break
        now = t
        if state[i] == DOWN:
            # a time to failure of -1 says that the failure begins now; else its repair ends
            if ttf[i] == -1.0:
                nxt[i] = now + ttrs[i, ri[i]]
                ri[i] += 1
                ttf[i] = ttfs[i, fi[i]]
                fi[i] += 1
            else:
                s = rem[i]
                if s > ttf[i]:
                    nxt[i] = now + ttf[i]
                    rem[i] = s - ttf[i]
                    ttf[i] = -1.0
                else:
                    ttf[i] -= s
                    nxt[i] = now + s
                    state[i] = BUSY
            continue
        # service end
        moves += 1
        top = 0
        if i == n - 1:
            dep[out] = now
            out += 1
            state[i] = IDLE
            nxt[i] = infinite
            stack[top] = i
            top += 1
        elif lvl[i] < cap:
            lvl[i] += 1
            state[i] = IDLE
            nxt[i] = infinite
            stack[top] = i
            top += 1
            if state[i + 1] == IDLE:
                stack[top] = i + 1
                top += 1
        else:
            state[i] = BLOCKED
            nxt[i] = infinite
        while top > 0:
            top -= 1
            j = stack[top]
            if state[j] != IDLE:
                continue
            if j > 0:
                if lvl[j - 1] == 0:
                    continue
                lvl[j - 1] -= 1
                if state[j - 1] == BLOCKED:
                    lvl[j - 1] += 1
                    state[j - 1] = IDLE
                    stack[top] = j - 1
                    top += 1
            s = serv[j, si[j]]
            si[j] += 1
            if s > ttf[j]:
                nxt[j] = now + ttf[j]
                rem[j] = s - ttf[j]
                state[j] = DOWN
                ttf[j] = -1.0
            else:
                ttf[j] -= s
                nxt[j] = now + s
                state[j] = BUSY
    return out, moves


@nb.njit(cache=True, nogil=True)
def maxplus(n: int, cap: int, parts: int, serv: Floats, dep: Floats) -> None:
    """Write the departures of the first `parts` parts of a line without failures to `dep`, part by part."""
    size = cap + 1
    left = np.zeros((n, size))  # when a part went on into the next buffer
    begun = np.zeros((n, size))  # when a part's cycle began
    for k in range(parts):
        r = k % size
        p = (k - 1) % size
        q = (k - cap) % size if k >= cap else -1
        a = 0.0
        for i in range(n):
            st = a
            if k > 0 and left[i, p] > st:
                st = left[i, p]
            begun[i, r] = st
            f = st + serv[k, i]
            if i < n - 1 and q >= 0 and begun[i + 1, q] > f:
                f = begun[i + 1, q]  # a place is freed when part k - cap begins at the next station
            left[i, r] = f
            a = f
        dep[k] = a


def streams(n: int, parts: int, seed: int, *, fail: bool, gamma: bool) -> tuple[Floats, Floats, Floats]:
    """Return cycles, times to failure and times to repair by station: the streams of the SimPy line."""
    serv = np.empty((n, parts))
    for i in range(n):
        g = np.random.default_rng([seed, i])
        serv[i] = g.gamma(4.0, 0.25, parts) if gamma else g.exponential(1.0, parts)
    if not fail:
        return serv, np.zeros((n, 1)), np.zeros((n, 1))
    many = 4000
    ttf = np.empty((n, many))
    ttr = np.empty((n, many))
    for i in range(n):
        g = np.random.default_rng([seed, i, 7])
        for k in range(many):
            ttf[i, k] = g.exponential(100.0)
            ttr[i, k] = g.exponential(5.0)
    return serv, ttf, ttr


def main() -> None:
    """Print how fast the kernel and the recursion are against the SimPy line, and that departures are the same."""
    n, cap, parts = 10, 5, 24000
    for fail in (False, True):
        simpy_line = run(fail=fail, gamma=fail)
        start = time.perf_counter()
        serv, ttf, ttr = streams(n, parts, 1, fail=fail, gamma=fail)
        drawing = time.perf_counter() - start
        dep = np.empty(parts)
        start = time.perf_counter()
        out, moves = kernel(n, cap, 21000.0, serv, ttf, ttr, fail, dep)
        first_call = time.perf_counter() - start
        times = []
        for _ in range(7):
            start = time.perf_counter()
            kernel(n, cap, 21000.0, serv, ttf, ttr, fail, dep)
            times.append(time.perf_counter() - start)
        speed = moves / sorted(times)[3]
        simpy_speed = simpy_line.moves / simpy_line.elapsed_s
        common = min(out, len(simpy_line.departures))
        shown = {
            "fail": fail,
            "simpy_moves": simpy_line.moves,
            "kernel_moves": moves,
            "same_count": len(simpy_line.departures) == out,
            "max_abs": float(np.abs(simpy_line.departures[:common] - dep[:common]).max()),
            "simpy_per_s": simpy_speed,
            "kernel_per_s": speed,
            "ratio": speed / simpy_speed,
            "first_call_s": first_call,
            "gen_s": drawing,
            "thr": simpy_line.throughput,
        }
        print(json.dumps(shown))
        if not fail:
            by_part = np.ascontiguousarray(serv.T)
            recursion = np.empty(22000)
            maxplus(n, cap, 100, by_part, recursion)
            start = time.perf_counter()
            maxplus(n, cap, 22000, by_part, recursion)
            elapsed = time.perf_counter() - start
            error = float(np.abs(recursion[:out] - dep[:out]).max())
            print(json.dumps({"maxplus_per_s": 22000 * n / elapsed, "max_abs": error}))


if __name__ == "__main__":
    main()
