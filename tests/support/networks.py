"""Closed networks of queues, whose steady state has product form: mean-value analysis, and convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


class Place(NamedTuple):
    """A place on the loop: the mean time there of a customer's round, and how many are served at once (None: all).

    Where all are served at once, any distribution of the time gives the same means (Baskett, Chandy, Muntz and
    Palacios 1975); elsewhere service is exponential and first come, first served.
    """

    time: float
    servers: int | None = 1


class Loop(NamedTuple):
    """Rounds a time unit, and the mean number of customers at each place."""

    throughput: float
    numbers: list[float]


def mean_values(places: Sequence[Place], customers: int) -> Loop:
    """Mean-value analysis of single servers and delays (Reiser and Lavenberg 1980, J. ACM 27(2), 313-322).

    A customer that comes to a queue finds there what is there on average with one customer less.
    """
    numbers = [0.0] * len(places)
    throughput = 0.0
    for n in range(1, customers + 1):
        times = [
            place.time * (1.0 if place.servers is None else 1.0 + number)
            for place, number in zip(places, numbers, strict=True)
        ]
        throughput = n / sum(times)
        numbers = [throughput * time for time in times]
    return Loop(throughput, numbers)


def convolved(places: Sequence[Place], customers: int) -> Loop:
    """The product form of Gordon and Newell (1967, Oper. Res. 15, 254-265) by convolution (Buzen 1973, CACM 16, 527).

    A place with n customers weighs ``time^n / (s_1 ... s_n)``, where ``s_k = min(k, servers)`` of k are served.
    """
    weights = [_weights(place, customers) for place in places]
    whole = _convolution(weights, customers)
    throughput = whole[customers - 1] / whole[customers]
    numbers = []
    for k, own in enumerate(weights):
        others = _convolution([each for other, each in enumerate(weights) if other != k], customers)
        shares = own * others[::-1] / whole[customers]
        numbers.append(float(shares @ np.arange(customers + 1)))
    return Loop(float(throughput), numbers)


def _weights(place: Place, customers: int) -> np.ndarray:
    served = [n if place.servers is None else min(n, place.servers) for n in range(1, customers + 1)]
    return np.cumprod([1.0, *(place.time / s for s in served)])


def _convolution(weights: Sequence[np.ndarray], customers: int) -> np.ndarray:
    together = np.zeros(customers + 1)
    together[0] = 1.0
    for each in weights:
        together = np.convolve(together, each)[: customers + 1]
    return together
