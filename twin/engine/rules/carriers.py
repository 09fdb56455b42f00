"""Carriers: pallets, fixtures or cards of a fixed number, each with one part from one station to another.

Each kind is an edge that leads to the station which puts parts on carriers: from `head` those that are free, from
`moving` those on their way back. A carrier is a record as a part has, but counts as none; its `step` says of which kind
it is. The carriers of a part are a list from its `carrier` on, through theirs, the last taken first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.engine.records import UNLIMITED
from twin.engine.rules.delays import delay, is_ready
from twin.engine.rules.record import change_level, draw

if TYPE_CHECKING:
    from twin.engine.records import Record, World


def fewest_free(world: World, station: Record) -> int:
    """How many parts the station can put on a free carrier of each kind."""
    count = UNLIMITED
    for e in range(station.first_carrier, station.last_carrier):
        if world.edges[e].ready < count:
            count = world.edges[e].ready
    return count


def lack_carriers(world: World, station: Record, count: int) -> bool:
    """Whether of some kind that the station puts parts on, fewer than so many are free."""
    return station.first_carrier < station.last_carrier and fewest_free(world, station) < count


def holds_carrier(world: World, p: int, e: int) -> bool:
    """Whether the part is on a carrier of kind e."""
    t = world.parts[p].carrier
    while t >= 0:
        if world.parts[t].step == e:
            return True
        t = world.parts[t].carrier
    return False


def holds_carriers(world: World, station: Record, p: int) -> bool:
    """Whether the part, which comes again, is on a carrier of every kind of which none is free."""
    for e in range(station.first_carrier, station.last_carrier):
        if world.edges[e].ready == 0 and not holds_carrier(world, p, e):
            return False
    return True


def is_carried(world: World, station: Record, p: int) -> bool:
    """Whether the part, which comes again, is on a carrier of every kind that the station puts parts on."""
    missing = 0
    for e in range(station.first_carrier, station.last_carrier):
        if not holds_carrier(world, p, e):
            missing += 1
    return missing == 0


def put_on_carrier(world: World, e: int, p: int) -> None:
    """The part is put on the carrier of kind e that has been free for longest."""
    edge = world.edges[e]
    t = edge.head
    token = world.parts[t]
    edge.head = token.next
    edge.ready -= 1
    change_level(world, edge, -1)
    token.carrier = world.parts[p].carrier
    world.parts[p].carrier = t


def take_carriers(world: World, station: Record, p: int) -> None:
    """The station has taken the part: it is put on a carrier of each kind, unless it still has one."""
    for e in range(station.first_carrier, station.last_carrier):
        if not holds_carrier(world, p, e):
            put_on_carrier(world, e, p)


def free_carriers(world: World, p: int, station: int, leaves_line: int) -> None:
    """The part leaves this station, or (1) the line as well: the carriers that it has no longer go back."""
    before = -1
    t = world.parts[p].carrier
    while t >= 0:
        token = world.parts[t]
        after = token.carrier
        edge = world.edges[token.step]
        if leaves_line == 1 or edge.until == station:
            if before < 0:
                world.parts[p].carrier = after
            else:
                world.parts[before].carrier = after
            token.carrier = -1
            change_level(world, edge, 1)
            if edge.stream < 0:
                is_ready(world, edge, t)
            else:
                delay(world, edge, t, world.line[0].now + draw(world, edge.stream))
        else:
            before = t
        t = after
