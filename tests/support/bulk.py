"""Closed forms of queues served in batches: full ones, what is there, and what a timeout lets go.

All have Poisson arrivals of single parts and one server, unless they say otherwise.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.stats import poisson

from support.formulas import Queue

if TYPE_CHECKING:
    from collections.abc import Callable

NEGLIGIBLE = 1e-13


def full_batches(arrival_rate: float, service_rate: float, size: int) -> Queue:
    """M/M^[N]/1 whose batches are always full (Gross, Shortle, Thompson and Harris 2008, section 3.2).

    Every `size`-th arrival completes a batch, so the batches are an E_N/M/1 queue (section 5.3): one finds the server
    busy with probability ``sigma = r^N``, where ``r`` is the root of ``mu r^(N+1) - (lambda + mu) r + lambda``
    between 0 and 1.
    """
    root = root_of_bulk(arrival_rate, service_rate, size)
    busy = root**size
    return _of_batches(arrival_rate, size, busy / (service_rate * (1 - busy)), 1 / service_rate)


def full_batches_of_one_time(arrival_rate: float, service_time: float, size: int) -> Queue:
    """M/D^[N]/1 whose batches are always full: E_N/D/1, whose wait is that of M/D/N (Crommelin 1932).

    By Spitzer's identity (1956) the mean wait is the sum over n of ``E[(n D - T_n)^+] / n``, where ``T_n`` is the time
    of n N arrivals: ``E[(t - T)^+] = t P(T < t) - E[T] P(T' < t)`` for an Erlang T, with T' of one stage more.
    """
    wait, n = 0.0, 1
    while True:
        met = arrival_rate * n * service_time
        some = poisson.sf(n * size - 1, met)
        wait += service_time * some - size / arrival_rate * poisson.sf(n * size, met)
        if some < NEGLIGIBLE:
            return _of_batches(arrival_rate, size, wait, service_time)
        n += 1


def what_is_there(arrival_rate: float, service_rate: float, size: int) -> Queue:
    """M/M^(1,N)/1: a free server takes all that wait, N at most (the bulk-service rule of Neuts 1967 with a = 1).

    Busy with n waiting has probability ``p r^n`` with the root ``r`` of `full_batches`; idle, ``p mu / lambda``.
    """
    root = root_of_bulk(arrival_rate, service_rate, size)
    ratio = arrival_rate / service_rate
    idle = 1 / (1 + ratio / (1 - root))
    waiting = idle * ratio * root / (1 - root) ** 2
    time = waiting / arrival_rate
    return Queue(1 - idle, waiting + ratio, time + 1 / service_rate, waiting, time)


def what_is_there_of_one_time(arrival_rate: float, service_time: float, size: int, most: int = 400) -> Queue:
    """M/D^(1,N)/1, by the chain of the number left waiting as a service begins (Bailey 1954; Neuts 1967).

    From one beginning to the next pass D and, with probability ``P(nobody there)``, the wait for an arrival; meanwhile
    ``q D + lambda D^2 / 2`` part-seconds are waited. The long run is the ratio of the means (Markov renewal-reward).
    """
    came = poisson.pmf(np.arange(most), arrival_rate * service_time)
    chain = np.zeros((most, most))
    for left in range(most):
        for arrivals in range(most - left):
            chain[left, max(0, left + arrivals - size)] += came[arrivals]
    balance = chain.T - np.eye(most)
    balance[-1] = 1.0
    share = np.linalg.solve(balance, np.eye(most)[-1])
    length = service_time + share[0] * exp(-arrival_rate * service_time) / arrival_rate
    waited = share @ np.arange(most) * service_time + arrival_rate * service_time**2 / 2
    waiting = float(waited / length)
    ratio = arrival_rate * service_time
    return Queue(
        service_time / length, waiting + ratio, waiting / arrival_rate + service_time, waiting, waiting / arrival_rate
    )


def gathered(arrival_rate: float, size: int, timeout: float) -> tuple[float, float]:
    """Return how often batches begin, and how many parts wait for theirs, where a server is always free.

    A batch is gathered from its first part on, until there are N or the first has waited `timeout`. With
    ``P_k = P(at least k + 1 arrivals within the timeout)``, k + 1 parts are there for ``P_k / lambda`` on average, k
    from 0 to N - 2; the rest is renewal-reward (Ross, *Stochastic Processes*, 2nd ed. 1996, section 3.6).
    """
    times = poisson.sf(np.arange(size - 1), arrival_rate * timeout) / arrival_rate
    length = 1 / arrival_rate + times.sum()
    return float(1 / length), float(times @ np.arange(1, size) / length)


def root_of_bulk(arrival_rate: float, service_rate: float, size: int) -> float:
    """Return the root between 0 and 1 of ``mu r^(N+1) - (lambda + mu) r + lambda``; 1 is another."""
    equation: Callable[[float], float] = lambda r: (  # noqa: E731 -- a formula
        service_rate * sum(r**k for k in range(1, size + 1)) - arrival_rate
    )
    return float(brentq(equation, 0.0, 1.0, xtol=1e-15))


def _of_batches(arrival_rate: float, size: int, wait_of_batch: float, service_time: float) -> Queue:
    """A part waits for its batch, (N - 1) / 2 arrivals on average, and with it."""
    time = (size - 1) / (2 * arrival_rate) + wait_of_batch
    number = arrival_rate * time
    return Queue(
        arrival_rate * service_time / size,
        number + arrival_rate * service_time,
        time + service_time,
        number,
        time,
    )
