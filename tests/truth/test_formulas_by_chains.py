"""The closed forms beside the exact Markov chains of the same queues, and beside each other."""

from __future__ import annotations

import pytest

from support import bulk, formulas, small_chains
from support.formulas import Served
from support.markov import Station, serial
from support.networks import Place, convolved, mean_values
from support.small_chains import Feed

EXPONENTIAL = 2.0
"""E[S^2] / E[S]^2 of an exponential time."""


def exponential(mean: float) -> Served:
    return Served(mean, EXPONENTIAL * mean**2)


@pytest.mark.parametrize(("rate", "size"), [(0.9, 1), (1.2, 2), (2.5, 4), (6.0, 8)])
def test_full_batches(rate: float, size: int) -> None:
    queue = bulk.full_batches(rate, 1.0, size)
    chain = small_chains.batch_server(rate, 1.0, size, full=True)

    assert (queue.number, queue.utilisation) == pytest.approx((chain.number, chain.busy), rel=1e-6)


@pytest.mark.parametrize(("rate", "size"), [(0.9, 1), (1.2, 2), (2.5, 4), (6.0, 8)])
def test_batches_of_what_is_there(rate: float, size: int) -> None:
    queue = bulk.what_is_there(rate, 1.0, size)
    chain = small_chains.batch_server(rate, 1.0, size, full=False)

    assert (queue.number, queue.utilisation) == pytest.approx((chain.number, chain.busy), rel=1e-6)


def test_batches_of_one_part_are_the_common_queue() -> None:
    assert bulk.full_batches(0.7, 1.0, 1) == pytest.approx(formulas.mm1(0.7, 1.0))
    assert bulk.what_is_there(0.7, 1.0, 1) == pytest.approx(formulas.mm1(0.7, 1.0))
    assert bulk.full_batches_of_one_time(0.7, 1.0, 1) == pytest.approx(formulas.md1(0.7, 1.0))
    assert bulk.what_is_there_of_one_time(0.7, 1.0, 1) == pytest.approx(formulas.md1(0.7, 1.0))


def test_a_long_timeout_fills_every_batch_and_a_short_one_none() -> None:
    """Of 4 parts at rate 2: a batch every 2 s, 1.5 waiting on average; at once: as many batches as parts."""
    assert bulk.gathered(2.0, 4, 1e4) == pytest.approx((0.5, 1.5))
    assert bulk.gathered(2.0, 4, 1e-9) == pytest.approx((2.0, 0.0), abs=1e-8)


def test_two_parts_or_a_timeout_by_hand() -> None:
    """The second of 2 parts comes within the timeout T with 1 - exp(-T); the first waits (1 - exp(-T)) on average."""
    left = 0.3678794411714423
    assert bulk.gathered(1.0, 2, 1.0) == pytest.approx((1 / (2 - left), (1 - left) / (2 - left)))


def test_an_assembly_of_no_time_is_a_queue_of_surpluses() -> None:
    feeds = [Feed(1.0, 2), Feed(1.3, 1)]
    assert small_chains.assembly(feeds, 1e-7).throughput == pytest.approx(small_chains.matched(*feeds), rel=1e-5)


def test_an_assembly_that_never_lacks_the_second_part_is_a_serial_line() -> None:
    joined = small_chains.assembly([Feed(1.0, 2), Feed(1e-7, 1)], 0.9)
    assert joined.throughput == pytest.approx(serial([Station(1.0), Station(0.9)], [2]).throughput, rel=1e-5)


LOOPS = {
    "three machines": ([1.0, 0.8, 1.5], [1, 1, 1], 5),
    "two at once": ([1.0, 1.8, 0.5], [1, 2, 1], 4),
    "a way back": ([1.0, 0.7, 2.0], [1, 1, 6], 6),
}


@pytest.mark.parametrize("name", LOOPS)
def test_the_product_form_is_the_chain(name: str) -> None:
    times, servers, customers = LOOPS[name]
    form = convolved([Place(*place) for place in zip(times, servers, strict=True)], customers)
    assert form.numbers == pytest.approx(small_chains.loop(times, servers, customers), rel=1e-9)


def test_mean_values_are_those_of_the_product_form() -> None:
    places = [Place(1.0), Place(0.7), Place(3.0, None)]
    for customers in (1, 2, 6):
        by_means, form = mean_values(places, customers), convolved(places, customers)
        assert by_means.throughput == pytest.approx(form.throughput)
        assert by_means.numbers == pytest.approx(form.numbers)


def test_carriers_that_always_find_room_are_a_closed_loop() -> None:
    times = [1.0, 0.8, 1.5]
    steady = serial([Station(time) for time in times], [4, 4], carriers=4)
    assert steady.throughput == pytest.approx(mean_values([Place(time) for time in times], 4).throughput)


def test_priorities() -> None:
    rates, times = [0.3, 0.25], [1.0, 1.6]
    queues = formulas.mg1_priorities(rates, [exponential(time) for time in times])
    chain = small_chains.with_priority(rates, times)
    assert [queue.number for queue in queues] == pytest.approx(chain, rel=1e-6)


def test_priorities_of_one_class_are_the_common_queue() -> None:
    assert formulas.mg1_priorities([0.5], [exponential(1.2)])[0] == pytest.approx(formulas.mm1(0.5, 1 / 1.2))
    assert formulas.mmc_priorities([1.5], 1.0, 3)[0] == pytest.approx(formulas.mmc(1.5, 1.0, 3))


def test_priorities_keep_the_work_that_waits() -> None:
    """Conservation (Kleinrock 1965): the loads' mean wait is the same in any order of the classes."""
    services = [exponential(1.0), exponential(0.4)]
    one, other = (
        formulas.mg1_priorities([0.4, 0.5], services),
        formulas.mg1_priorities([0.5, 0.4], services[::-1]),
    )
    waits = [sum(queue.utilisation * queue.time_waiting for queue in queues) for queues in (one, other)]
    assert waits[0] == pytest.approx(waits[1])


@pytest.mark.parametrize("idle", [False, True])
def test_breakdowns(*, idle: bool) -> None:
    queue = formulas.mg1_breakdowns(0.4, exponential(1.0), 1 / 8, exponential(3.0), idle=idle)
    assert queue.number == pytest.approx(small_chains.with_breakdowns(0.4, 1.0, 8.0, 3.0, idle=idle), rel=1e-6)


def test_vacations() -> None:
    queue = formulas.mg1_vacations(formulas.mm1(0.5, 1.0), 2.0, 2 * 2.0**2)
    assert queue.number == pytest.approx(small_chains.with_vacations(0.5, 1.0, 2.0), rel=1e-6)


def test_a_rest_after_each_service_by_hand() -> None:
    """Rate 0.5, service and rest 0.6 s each: the wait of M/D/1 at load 0.6 of 1.2 s, 0.6 x 1.2 / 2 / 0.4 = 0.9 s."""
    queue = formulas.mg1_resting(0.5, Served(0.6, 0.36), Served(0.6, 0.36))
    assert (queue.time_waiting, queue.time, queue.utilisation) == pytest.approx((0.9, 1.5, 0.3))


def test_lost_calls_by_hand() -> None:
    """Offered 2 to 2 places: weights 1, 2, 2."""
    assert formulas.lost(1.0, 2.0, 2) == pytest.approx(0.4)
