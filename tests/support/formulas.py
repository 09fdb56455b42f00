"""Closed forms of queueing theory that the engine is held to. Rates are per one time unit, times in that unit."""

from __future__ import annotations

from itertools import accumulate
from math import factorial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


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


def mg1_vacations(queue: Queue, mean: float, second_moment: float) -> Queue:
    """`queue` (an M/G/1) whose server, whenever nobody waits, is away for a time of these moments, again and again.

    The wait is longer by the residual life of a vacation, ``E[V^2] / 2 E[V]`` (Levy and Yechiali 1975; Fuhrmann and
    Cooper 1985, Oper. Res. 33, 1117; Doshi 1986, Queueing Systems 1, 29, section 2).
    """
    rate = queue.number / queue.time
    waiting = queue.time_waiting + second_moment / (2 * mean)
    return _by_little(rate, queue.utilisation, waiting, queue.time - queue.time_waiting)


class Served(NamedTuple):
    """First and second moment of a service time, or of a repair."""

    mean: float
    second_moment: float

    @property
    def squared_cv(self) -> float:
        """Variance over squared mean."""
        return self.second_moment / self.mean**2 - 1

    def interrupted(self, rate: float, by: Served) -> Served:
        """Return the time from the beginning to the end of a service that resumes after each interruption.

        With N Poisson of mean ``rate S``: ``C = S + R_1 + ... + R_N`` (Gaver 1962, J. R. Statist. Soc. B 24, 73; the
        completion time).
        """
        longer = 1 + rate * by.mean
        return Served(self.mean * longer, self.second_moment * longer**2 + self.mean * rate * by.second_moment)

    def and_then(self, other: Served) -> Served:
        """Return the sum with another time, independent of it."""
        return Served(self.mean + other.mean, self.second_moment + 2 * self.mean * other.mean + other.second_moment)


def mg1_breakdowns(arrival_rate: float, service: Served, failure_rate: float, repair: Served, *, idle: bool) -> Queue:
    """M/G/1 whose server breaks down at a rate while it works (and, if `idle`, while it does not), and then resumes.

    Working alone: an M/G/1 of completion times. Idle too (Avi-Itzhak and Naor 1963, Oper. Res. 11, 303): by the
    decomposition of Fuhrmann and Cooper (1985) the wait is longer by what one who comes to a server at rest finds of a
    repair, ``f E[R^2] / 2 (1 + f E[R])``: rest is up for 1 of every ``1 + f E[R]``, else a repair's residual life.
    The time in `time` is until departure; `utilisation` is the share of time in service proper.
    """
    completion = service.interrupted(failure_rate, repair)
    queue = mg1(arrival_rate, completion.mean, completion.squared_cv)
    more = failure_rate * repair.second_moment / (2 * (1 + failure_rate * repair.mean)) if idle else 0.0
    return _by_little(arrival_rate, arrival_rate * service.mean, queue.time_waiting + more, completion.mean)


def mg1_resting(arrival_rate: float, service: Served, rest: Served) -> Queue:
    """M/G/1 whose server rests after every service, whether or not somebody waits.

    To those who wait a service lasts ``S + V`` (Pollaczek-Khinchine); the one served leaves after S.
    """
    both = service.and_then(rest)
    queue = mg1(arrival_rate, both.mean, both.squared_cv)
    return _by_little(arrival_rate, arrival_rate * service.mean, queue.time_waiting, service.mean)


def mg1_priorities(rates: Sequence[float], services: Sequence[Served]) -> list[Queue]:
    """M/G/1 of several classes, the first served first, none interrupted (Cobham 1954, Oper. Res. 2, 70).

    ``W_k = W_0 / (1 - s_(k-1)) (1 - s_k)``, where ``s_k`` is the load of classes 1 to k and ``W_0`` the mean of what
    is left of the service that an arrival finds (Gross et al. 2008, section 3.4).
    """
    found = sum(rate * service.second_moment / 2 for rate, service in zip(rates, services, strict=True))
    loads = [rate * service.mean for rate, service in zip(rates, services, strict=True)]
    return _with_priorities(rates, loads, found, [service.mean for service in services])


def mmc_priorities(rates: Sequence[float], service_rate: float, servers: int) -> list[Queue]:
    """M/M/c of several classes alike in service, none interrupted (Cobham 1954; Gross et al. 2008, section 3.4)."""
    all_alike = mmc(sum(rates), service_rate, servers)
    found = all_alike.time_waiting * (1 - all_alike.utilisation)
    loads = [rate / (servers * service_rate) for rate in rates]
    return _with_priorities(rates, loads, found, [1 / service_rate] * len(rates))


def _with_priorities(
    rates: Sequence[float], loads: Sequence[float], found: float, means: Sequence[float]
) -> list[Queue]:
    up_to = list(accumulate(loads))
    return [
        _by_little(rate, load, found / (1 - before) / (1 - own), mean)
        for rate, load, before, own, mean in zip(rates, loads, [0.0, *up_to], up_to, means, strict=False)
    ]


def lost(arrival_rate: float, mean_stay: float, places: int) -> float:
    """Return the share of arrivals that find all of M/G/c/c taken (Erlang 1917; Gross et al. 2008, section 2.5).

    That it asks only the mean of the stay was shown by Sevastyanov (1957).
    """
    weights = [(arrival_rate * mean_stay) ** k / factorial(k) for k in range(places + 1)]
    return weights[-1] / sum(weights)


def _by_little(arrival_rate: float, load: float, waiting: float, mean_service: float) -> Queue:
    """All measures from the mean wait, by Little's law."""
    time = waiting + mean_service
    return Queue(load, arrival_rate * time, time, arrival_rate * waiting, waiting)
