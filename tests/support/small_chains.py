"""Markov chains of single things that a line can do, each as a function from a state to what may happen next.

They are solved by `markov.long_run`; queues without end are cut off where hardly anybody is left to wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from support.markov import long_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Rates = Iterator[tuple[float, tuple[int, ...]]]


def means(states: Sequence[tuple[int, ...]], share: np.ndarray, *of: Callable[..., float]) -> list[float]:
    """Return the long-run mean of each function of the state."""
    return [float(share @ np.array([float(each(*state)) for state in states])) for each in of]


class Served(NamedTuple):
    """Mean number in the system, and the share of time in which the server is busy."""

    number: float
    busy: float


def batch_server(arrival_rate: float, service_rate: float, size: int, *, full: bool, most: int = 300) -> Served:
    """One server of batches: of `size` always, or (not `full`) of all that are there up to `size`.

    State: parts that wait, parts served.
    """
    least = size if full else 1

    def begin(waiting: int, served: int) -> tuple[int, int]:
        if served or waiting < least:
            return waiting, served
        return waiting - min(waiting, size), min(waiting, size)

    def moves(state: tuple[int, ...]) -> Rates:
        waiting, served = state
        if waiting < most:
            yield arrival_rate, begin(waiting + 1, served)
        if served:
            yield service_rate, begin(waiting, 0)

    number, busy = means(*long_run((0, 0), moves), lambda w, s: w + s, lambda _, s: s > 0)
    return Served(number, busy)


class Feed(NamedTuple):
    """A feed of an assembly: the mean time of its machine, the places after it, the parts of it in one joined part."""

    time: float
    capacity: int
    takes: int = 1


class Joined(NamedTuple):
    """Long-run means of an assembly: parts a time unit, parts in the line, shares of time."""

    throughput: float
    wip: float
    busy: float
    blocked: list[float]
    level: list[float]


def assembly(feeds: Sequence[Feed], time: float) -> Joined:
    """Machines that are always supplied feed one that joins their parts, all exponential; a full feed blocks.

    State: parts in each buffer, with the one that its blocked machine holds; whether the assembly works.
    """

    def begin(levels: tuple[int, ...], busy: int) -> tuple[int, ...]:
        if busy or any(level < feed.takes for level, feed in zip(levels, feeds, strict=True)):
            return (*levels, busy)
        return (*(level - feed.takes for level, feed in zip(levels, feeds, strict=True)), 1)

    def moves(state: tuple[int, ...]) -> Rates:
        *levels, busy = state
        for k, feed in enumerate(feeds):
            if levels[k] <= feed.capacity:
                yield 1 / feed.time, begin((*levels[:k], levels[k] + 1, *levels[k + 1 :]), busy)
        if busy:
            yield 1 / time, begin(tuple(levels), 0)

    states, share = long_run((0,) * (len(feeds) + 1), moves)
    level = means(states, share, *(lambda *s, k=k: min(s[k], feeds[k].capacity) for k in range(len(feeds))))
    blocked = means(states, share, *(lambda *s, k=k: s[k] > feeds[k].capacity for k in range(len(feeds))))
    (busy,) = means(states, share, lambda *s: s[-1])
    return Joined(busy / time, len(feeds) + sum(level) + busy, busy, blocked, level)


def matched(first: Feed, second: Feed) -> float:
    """Return what leaves an assembly of two feeds that takes no time: their surplus is an M/M/1/K.

    It is at most one part (on the machine that is blocked) above the places of either feed, and one type waits only.
    """
    ratio = second.time / first.time
    weights = ratio ** np.arange(first.capacity + second.capacity + 3)
    return float((1 - weights[-1] / weights.sum()) / first.time)


def loop(times: Sequence[float], servers: Sequence[int], customers: int) -> list[float]:
    """Return the mean number at each place of a closed loop of exponential servers; state: the number at each."""

    def moves(state: tuple[int, ...]) -> Rates:
        for k, number in enumerate(state):
            after = list(state)
            after[k] -= 1
            after[(k + 1) % len(state)] += 1
            if number:
                yield min(number, servers[k]) / times[k], tuple(after)

    start = (customers, *(0 for _ in times[1:]))
    return means(*long_run(start, moves), *(lambda *s, k=k: s[k] for k in range(len(times))))


def with_priority(rates: Sequence[float], times: Sequence[float], most: int = 60) -> list[float]:
    """Return the mean number of two classes at one exponential server that first serves the first class.

    State: numbers of both, who is served (0 nobody, 1, 2).
    """

    def begin(first: int, second: int) -> tuple[int, int, int]:
        return first, second, 1 if first else 2 if second else 0

    def moves(state: tuple[int, ...]) -> Rates:
        first, second, served = state
        if first < most:
            yield rates[0], (first + 1, second, served or 1)
        if second < most:
            yield rates[1], (first, second + 1, served or 2)
        if served == 1:
            yield 1 / times[0], begin(first - 1, second)
        if served == 2:
            yield 1 / times[1], begin(first, second - 1)

    return means(*long_run((0, 0, 0), moves), lambda a, _, __: a, lambda _, b, __: b)


def with_breakdowns(
    arrival_rate: float, time: float, up: float, repair: float, *, idle: bool, most: int = 200
) -> float:
    """Return the mean number at an exponential server that fails while it works (or always); state: number, down."""

    def moves(state: tuple[int, ...]) -> Rates:
        number, down = state
        if number < most:
            yield arrival_rate, (number + 1, down)
        if down:
            yield 1 / repair, (number, 0)
        elif number:
            yield 1 / time, (number - 1, 0)
        if not down and (number or idle):
            yield 1 / up, (number, 1)

    return means(*long_run((0, 0), moves), lambda number, _: number)[0]


def with_vacations(arrival_rate: float, time: float, vacation: float, *, most: int = 200) -> float:
    """Return the mean number at an exponential server that goes away whenever nobody is there; state: number, away."""

    def moves(state: tuple[int, ...]) -> Rates:
        number, away = state
        if number < most:
            yield arrival_rate, (number + 1, away)
        if away:
            yield 1 / vacation, (number, 0 if number else 1)
        else:
            yield 1 / time, (number - 1, 0 if number > 1 else 1)

    return means(*long_run((0, 1), moves), lambda number, _: number)[0]
