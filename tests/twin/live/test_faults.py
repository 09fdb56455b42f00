"""Faults on demand: events come late, twice and out of order, and none is lost."""

from __future__ import annotations

from collections import Counter

import pytest

from twin.events import Event
from twin.live.faults import FURTHEST, LATEST_S, Faults, faulty

EVENTS = [Event("s", 1, n, 0, 0.5 * n, "l", None, None, "crew", {}) for n in range(20_000)]


def numbers(faults: Faults, counted: Counter[str] | None = None) -> list[int]:
    return [event.sequence for event in faulty(EVENTS, faults, counted=counted)]


def test_without_faults_nothing_changes() -> None:
    assert list(faulty(EVENTS, Faults())) == EVENTS


@pytest.mark.parametrize("kind", ["late", "doubled", "disordered"])
def test_a_fault_strikes_the_share_asked_and_loses_nothing(kind: str) -> None:
    counted: Counter[str] = Counter()
    came = numbers(Faults(**{kind: 0.1}), counted)

    assert 1_800 < counted[kind] < 2_200
    assert set(came) == set(range(len(EVENTS)))
    assert len(came) == len(EVENTS) + counted["doubled"]


def test_late_events_come_at_most_half_a_minute_late_and_disordered_ones_a_few_events() -> None:
    late, disordered = numbers(Faults(late=0.1)), numbers(Faults(disordered=0.1))

    def furthest(came: list[int]) -> int:
        largest, most = -1, 0
        for number in came:
            largest = max(largest, number)
            most = max(most, largest - number)
        return most

    assert 0.8 * LATEST_S < furthest(late) * 0.5 <= LATEST_S + 0.5
    assert 1 < furthest(disordered) <= FURTHEST + 1


def test_connections_are_lost_as_often_as_asked() -> None:
    drops: list[int] = []
    counted: Counter[str] = Counter()
    faults = Faults(dropped_per_h=36.0)
    came = list(faulty(EVENTS, faults, drop=lambda: drops.append(1), counted=counted))

    assert came == EVENTS
    assert len(drops) == counted["dropped"]
    assert 60 < len(drops) < 140  # 100 expected in 10,000 s


def test_the_same_seed_does_the_same() -> None:
    faults = Faults(late=0.05, doubled=0.05, disordered=0.05, seed=4)

    assert numbers(faults) == numbers(faults)
    assert numbers(faults) != numbers(Faults(late=0.05, doubled=0.05, disordered=0.05, seed=5))
