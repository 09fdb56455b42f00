from __future__ import annotations

import numpy as np

from support.accounts import make_accounts, times
from twin.accounts import Accounts, total
from twin.kpi.bottleneck import bottleneck, waiting_s


def line(**waits: tuple[float, float]) -> Accounts:
    """Return the accounts of stations given by the time each was blocked and starved in an hour."""
    states = [times(blocked=b, starved=s, processing=3600 - b - s) for b, s in waits.values()]
    return make_accounts(dict.fromkeys(waits, 1), states=np.array(states))


def test_the_station_between_the_blocked_and_the_starved_is_the_bottleneck() -> None:
    assert bottleneck(line(saw=(1500, 0), mill=(900, 50), dry=(40, 60), paint=(10, 800), pack=(0, 1400))) == "dry"


def test_the_first_and_the_last_station_can_be_the_bottleneck() -> None:
    assert bottleneck(line(saw=(0, 0), pack=(0, 900))) == "saw"
    assert bottleneck(line(saw=(900, 0), pack=(0, 0))) == "pack"


def test_repair_and_waiting_for_an_operator_are_not_waiting_for_others() -> None:
    states = np.array(
        [
            times(processing=600, down=2000, waiting_operator=900, starved=100),
            times(processing=3000, starved=600),
        ]
    )
    assert bottleneck(make_accounts({"saw": 1, "pack": 1}, states=states)) == "saw"


def test_parallel_machines_count_by_their_mean() -> None:
    states = np.array([times(starved=300), times(blocked=100), times(starved=250)])
    accounts = make_accounts({"saw": 2, "pack": 1}, states=states)
    assert waiting_s(accounts).tolist() == [200.0, 250.0]
    assert bottleneck(accounts) == "saw"


def test_of_equals_the_first_in_the_file_is_named() -> None:
    assert bottleneck(line(saw=(100, 0), pack=(0, 100))) == "saw"


def test_replications_are_pooled() -> None:
    odd, usual = line(saw=(0, 0), pack=(0, 100)), line(saw=(900, 0), pack=(0, 50))
    assert bottleneck(odd) == "saw"
    assert bottleneck(total([odd, usual, usual])) == "pack"
