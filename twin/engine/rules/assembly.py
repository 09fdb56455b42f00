"""Stations that take several parts at once: a batch works on them side by side, an assembly makes them one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.engine.rules.batches import batch_size, there
from twin.engine.rules.carriers import fewest_free, holds_carriers, is_carried, lack_carriers, take_carriers
from twin.engine.rules.flow import take, take_new, take_out
from twin.engine.rules.record import LOG_PART, free_part, log, log_lot

if TYPE_CHECKING:
    from twin.engine.records import Record, World

JOINED = -3
"""Where a part goes that is joined to another one; -1 is out, -2 is scrap."""


def take_batch(world: World, station: Record, machine: Record) -> bool:
    """Give the machine a batch if there is one: the longest waiting parts, one after the other.

    It waits until each of its parts has, or can be given, a carrier of each kind.
    """
    count = batch_size(world, station)
    if count == 0 or (lack_carriers(world, station, count) and count > carried(world, station)):
        return False
    first = last = -1
    for _ in range(count):
        take(world, station, machine)
        take_carriers(world, station, machine.part)
        if first < 0:
            first = machine.part
        else:
            world.parts[last].next = machine.part
            world.parts[machine.part].left = -1.0
        last = machine.part
    world.parts[last].next = -1
    machine.part = first
    machine.rest = world.parts[first].next
    return True


def carried(world: World, station: Record) -> int:
    """How many parts can be taken, each onto free carriers or on those with which it comes again."""
    count = fewest_free(world, station)
    if station.comes_again == 1:
        for q in range(station.first_in, station.last_in):
            edge = world.edges[world.ins[q]]
            p = edge.head
            for _ in range(edge.ready):
                if is_carried(world, station, p):
                    count += 1
                p = world.parts[p].next
    return count


def all_there(world: World, station: Record) -> bool:
    """Whether each feed of an assembly has as many parts as one cycle takes of it, and the joined one a carrier."""
    for q in range(station.first_in, station.last_in):
        edge = world.edges[world.ins[q]]
        if there(world, edge) < edge.takes:
            return False
    return not lack_carriers(world, station, 1) or brings_carriers(world, station)


def brings_carriers(world: World, station: Record) -> bool:
    """Whether the next part of some feed is on a carrier of each kind of which none is free."""
    for q in range(station.first_in, station.last_in):
        edge = world.edges[world.ins[q]]
        p = edge.head if edge.capacity > 0 else world.machines[edge.first_blocked].part
        if holds_carriers(world, station, p):
            return True
    return False


def join(world: World, station: Record, machine: Record) -> bool:
    """Give the machine the parts of all feeds, joined, if they are there: the source's first, then by edge."""
    if not all_there(world, station):
        return False
    joined = -1
    if station.saturated == 1:
        take_new(world, station, machine)
        joined = machine.part
    for q in range(station.first_in, station.last_in):
        edge = world.edges[world.ins[q]]
        for _ in range(edge.takes):
            take_out(world, machine, edge)
            if joined < 0:
                joined = machine.part
            else:
                join_to(world, machine, joined)
    machine.part = joined
    take_carriers(world, station, joined)
    return True


def join_to(world: World, machine: Record, joined: int) -> None:
    """The part that the machine has taken goes into the joined one, which is as old as the oldest of its parts."""
    line = world.line[0]
    p = machine.part
    part = world.parts[p]
    whole = world.parts[joined]
    if part.entry < whole.entry:
        whole.entry = part.entry
    if part.reworked == 1:
        whole.reworked = 1
    hand_carriers(world, part, whole)
    line.joined += part.pieces
    if line.tracing:
        log(world, LOG_PART, machine.index, part.number, whole.number, JOINED, 0.0)
        log_lot(world, part.pieces, part.product)
    free_part(world, p)


def hand_carriers(world: World, part: Record, whole: Record) -> None:
    """The carriers of a part that is joined to another one are now that one's, behind its own."""
    if part.carrier < 0:
        return
    if whole.carrier < 0:
        whole.carrier = part.carrier
    else:
        c = whole.carrier
        while world.parts[c].carrier >= 0:
            c = world.parts[c].carrier
        world.parts[c].carrier = part.carrier
    part.carrier = -1
