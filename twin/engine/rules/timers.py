"""The one thing a clock supplies: `set_time`. Here by a winner tree; under SimPy by an event instead.

Timers are numbered by rank of their kind, then station, then machine, so that the lowest index wins a tie in time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.engine.records import World


def set_time(world: World, i: int, time: float) -> None:
    """Timer i rings at `time` [s], and no longer at any time set before."""
    timers = world.timers
    tree = world.tree
    timers[i] = time
    node = (i + world.line[0].leaves) >> 1
    while node > 0:
        left = tree[2 * node]
        right = tree[2 * node + 1]
        winner = left
        if timers[right] < timers[left]:
            winner = right
        if tree[node] == winner and winner != i:
            return
        tree[node] = winner
        node >>= 1
