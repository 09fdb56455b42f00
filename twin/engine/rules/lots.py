"""Lots: how long a cycle takes so many pieces, and how many of them a share is."""

from __future__ import annotations

from twin.engine.records import BY_PIECES, PER_PIECE, Record, World
from twin.engine.rules.record import draw


def pick(world: World, first: int, u: float) -> int:
    """Return which of the cumulative shares from `first` on the variate u falls into."""
    k = 0
    while u >= world.numbers[first + k]:
        k += 1
    return k


def give_product(world: World, p: int, odds: int, stream: int) -> None:
    """A part that is no order's: its product is drawn, and brings its way."""
    part = world.parts[p]
    part.product = 0
    if odds >= 0:
        part.product = 1 + pick(world, odds, draw(world, stream))
    part.step = world.indices[world.line[0].starts + 2 * part.product + 1]


def share_of(share: float, pieces: int, u: float) -> int:
    """The pieces that are a share of so many, on average exactly: whole ones, and one more where u says so."""
    mean = share * pieces
    whole = int(mean)
    if u < mean - whole:
        whole += 1
    if whole > pieces:
        whole = pieces
    return whole


def at_size(world: World, job: Record, pieces: int) -> float:
    """The job's table at a lot size: linear between its points, level outside."""
    numbers = world.numbers
    low = job.first_point
    last = job.last_point - 2
    if pieces <= numbers[low]:
        return numbers[low + 1]
    while low < last and numbers[low + 2] <= pieces:
        low += 2
    if low == last:
        return numbers[low + 1]
    part_of_the_way = (pieces - numbers[low]) / (numbers[low + 2] - numbers[low])
    return numbers[low + 1] + (numbers[low + 3] - numbers[low + 1]) * part_of_the_way


def factor_of(world: World, job: Record, pieces: int) -> float:
    """By what the number drawn for a cycle is multiplied for so many pieces."""
    factor = 1.0
    if job.kind == PER_PIECE:
        factor = 1.0 * pieces
    elif job.kind == BY_PIECES:
        factor = at_size(world, job, pieces)
    return factor


def give_ideal(machine: Record, job: Record, factor: float, pieces: int) -> None:
    """The ideal time of the part that leaves the machine next [s]: one of the many that leave after a cycle."""
    ideal = job.ideal * pieces if job.ideal >= 0.0 else factor * job.drawn_mean
    machine.ideal_cycle = ideal / job.many


def give_work(world: World, machine: Record, job: Record) -> None:
    """The machine's work with its new part [s]: one draw, times what the lot's size makes of it; and its ideal."""
    part = world.parts[machine.part]
    factor = factor_of(world, job, part.pieces)
    give_ideal(machine, job, factor, part.pieces)
    if part.left >= 0.0:
        machine.work = part.left
        part.left = -1.0
    else:
        machine.work = factor * draw(world, machine.cycle_stream + job.stream)
    machine.cycle = machine.work
