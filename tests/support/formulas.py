"""Closed forms of queueing theory that the engine is held to. Rates are per one time unit, times in that unit."""

from __future__ import annotations

from math import factorial
from typing import NamedTuple


class Queue(NamedTuple):
    """Steady state of a queue: busy share of each server, mean number and time, in the whole and waiting."""

    utilisation: float
    number: float
    time: float
    number_waiting: float
    time_waiting: float


def mm1(arrival_rate: float, service_rate: float) -> Queue:
    """M/M/1 (Gross, Shortle, Thompson and Harris, *Fundamentals of Queueing Theory*, 4th ed. 2008, section 2.2)."""
    return mg1(arrival_rate, 1 / service_rate, 1.0)


def md1(arrival_rate: float, service_time: float) -> Queue:
    """M/D/1: Pollaczek-Khinchine with a constant service time."""
    return mg1(arrival_rate, service_time, 0.0)


def mg1(arrival_rate: float, mean_service: float, squared_cv: float) -> Queue:
    """M/G/1 by the Pollaczek-Khinchine formula (Khinchine 1932; Gross et al. 2008, section 5.1)."""
    load = arrival_rate * mean_service
    waiting = load * mean_service * (1 + squared_cv) / 2 / (1 - load)
    return _by_little(arrival_rate, load, waiting, mean_service)


def mxm1(batch_rate: float, mean_size: float, second_moment: float, service_rate: float) -> Queue:
    """M^X/M/1, arrivals in batches (Gross et al. 2008, section 3.1): the mean number is that of single arrivals too."""
    load = batch_rate * mean_size / service_rate
    number = load * (mean_size + second_moment) / (2 * mean_size * (1 - load))
    waiting = number / (batch_rate * mean_size) - 1 / service_rate
    return _by_little(batch_rate * mean_size, load, waiting, 1 / service_rate)


def mmc(arrival_rate: float, service_rate: float, servers: int) -> Queue:
    """M/M/c by Erlang's C formula (Erlang 1917; Gross et al. 2008, section 2.3)."""
    offered = arrival_rate / service_rate
    load = offered / servers
    last = offered**servers / factorial(servers) / (1 - load)
    must_wait = last / (sum(offered**k / factorial(k) for k in range(servers)) + last)
    return _by_little(arrival_rate, load, must_wait / (servers * service_rate - arrival_rate), 1 / service_rate)


def mm1_feedback(arrival_rate: float, service_rate: float, again: float) -> Queue:
    """M/M/1 whose parts join the queue's end once more with probability `again` (Jackson 1957; Takacs 1963).

    The number in the system is that of an M/M/1 with arrivals ``arrival_rate / (1 - again)``; times cover all visits.
    """
    visits = 1 / (1 - again)
    every_visit = mm1(arrival_rate * visits, service_rate)
    return every_visit._replace(time=every_visit.time * visits, time_waiting=every_visit.time_waiting * visits)


def mm1k(arrival_rate: float, service_rate: float, places: int) -> tuple[Queue, float]:
    """M/M/1/K and the share of arrivals turned away; one of `places` is in service (Gross et al. 2008, section 2.4)."""
    weights = [(arrival_rate / service_rate) ** n for n in range(places + 1)]
    shares = [weight / sum(weights) for weight in weights]
    accepted = arrival_rate * (1 - shares[-1])
    number = sum(n * share for n, share in enumerate(shares))
    waiting = (number - (1 - shares[0])) / accepted
    return _by_little(accepted, accepted / service_rate, waiting, 1 / service_rate), shares[-1]


class Interference(NamedTuple):
    """Shares of machine time: running, under repair, waiting for a repairer."""

    running: float
    repair: float
    waiting: float


def machine_interference(machines: int, repairers: int, mean_to_failure: float, mean_repair: float) -> Interference:
    """Machines that share repairers: the finite-source queue M/M/R//N (Palm 1947; Gross et al. 2008, section 2.7)."""
    weights = [1.0]
    for failed in range(1, machines + 1):
        failing = (machines - failed + 1) / mean_to_failure
        weights.append(weights[-1] * failing / (min(failed, repairers) / mean_repair))
    shares = [weight / sum(weights) for weight in weights]
    failed_mean = sum(n * share for n, share in enumerate(shares)) / machines
    repair = sum(min(n, repairers) * share for n, share in enumerate(shares)) / machines
    return Interference(1 - failed_mean, repair, failed_mean - repair)


def _by_little(arrival_rate: float, load: float, waiting: float, mean_service: float) -> Queue:
    """All measures from the mean wait, by Little's law."""
    time = waiting + mean_service
    return Queue(load, arrival_rate * time, time, arrival_rate * waiting, waiting)
