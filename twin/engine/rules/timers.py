"""The one thing a clock supplies: `set_time`. Here by a winner tree; under SimPy by an event instead.

Timers are numbered by rank of their kind, then station, then machine, so that the lowest index wins a tie in time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.engine.records import ONE

if TYPE_CHECKING:
    from twin.engine.records import World


def set_time(world: World, i: int, time: float) -> None:
    """Timer i rings at `time` [s], and no longer at any time set before.

    What wins below is carried along, so that a step needs nothing of the one before but a comparison.
    """
    timers = world.timers
    tree = world.tree
    timers[i] = time
    node = i + world.line[0].leaves
    winner = i
    first = time
    while node > ONE:
        other = tree[node ^ ONE]
        at = timers[other]
        sooner = (at < first) | ((at == first) & (other < winner))
        winner = other if sooner else winner
        first = at if sooner else first
        node >>= ONE
        if tree[node] == winner and winner != i:
            return
        tree[node] = winner
