"""Releases: the orders of the book come at their times, drawn ones one after the other, at any hour.

All that the book, or a drawn order, brings at one instant has come before the line settles. A ring brings few parts, so
that their records suffice; the timer then rings again at once for the rest.
"""

from __future__ import annotations

from twin.engine.records import INFINITE, Record, World
from twin.engine.rules.delays import delay, is_ready
from twin.engine.rules.flow import put
from twin.engine.rules.lots import pick
from twin.engine.rules.record import change_level, draw, draw_order, new_part, open_order
from twin.engine.rules.timers import set_time

AT_ONCE = 64
"""Parts that one ring brings at most."""


def open_orders(world: World) -> None:
    """Time 0: when the first order of the book comes, and the first drawn one."""
    line = world.line[0]
    if line.book >= 0:
        set_time(world, line.book, row_time(world))
    if line.drawn >= 0:
        set_time(world, line.drawn, draw(world, line.every_stream))


def row_time(world: World) -> float:
    """When the book's next row comes [s]; what was released before time 0 comes at 0."""
    line = world.line[0]
    if line.next_row == len(world.rows) - 1:
        return INFINITE
    time = world.rows[line.next_row].release
    if time < 0.0:
        time = 0.0
    return time


def release(world: World, i: int) -> None:
    """Timer i of the book, or of drawn orders, rings: parts come, and the line settles when the last of now has."""
    line = world.line[0]
    row = world.rows[line.next_row if i == line.book else len(world.rows) - 1]
    if i == line.drawn and row.to_come == 0:
        draw_row(world, row)
    if world.orders[row.order].open == 0:
        open_order(world, row.order)
    bring(world, row)
    time = line.now
    if row.to_come == 0 and i == line.drawn:
        time = row.release
    elif row.to_come == 0:
        line.next_row += 1
        time = row_time(world)
    set_time(world, i, time)
    line.unsettled = 1 if time == line.now else 0


def draw_row(world: World, row: Record) -> None:
    """A drawn order: when the next one comes, then its pieces, product, due date and place."""
    line = world.line[0]
    row.release = line.now + draw(world, line.every_stream)
    pieces = int(draw(world, line.pieces_stream) + 0.5)
    if pieces < 1:
        pieces = 1
    row.to_come = 1 if line.as_lots == 1 else pieces
    row.pieces = pieces if line.as_lots == 1 else 1
    row.product = 0
    if line.product_stream >= 0:
        row.product = 1 + pick(world, line.product_odds, draw(world, line.product_stream))
    start = line.starts + 2 * row.product
    row.edge = world.indices[start]
    row.step = world.indices[start + 1]
    row.order = draw_order(world)
    order = world.orders[row.order]
    order.release = line.now
    order.due = INFINITE
    if line.due_stream >= 0:
        order.due = line.now + draw(world, line.due_stream)
    order.pieces = pieces
    order.lots = row.to_come


def bring(world: World, row: Record) -> None:
    """Parts of one order come, each ready at once or at the time that its row says."""
    line = world.line[0]
    if row.edge < 0:
        place = pick(world, line.into_odds, draw(world, line.into_stream))
        row.edge = world.indices[line.starts + 2 * line.products + place]
    edge = world.edges[row.edge]
    count = row.to_come
    if count > AT_ONCE:
        count = AT_ONCE
    row.to_come -= count
    for _ in range(count):
        p = new_part(world, edge.to, row.pieces)
        part = world.parts[p]
        part.entry = world.orders[row.order].release
        part.order = row.order
        part.product = row.product
        part.step = row.step
        part.left = row.left
        if edge.overtaking == 0:
            put(world, edge, p)
        else:
            change_level(world, edge, 1)
            if row.ready > line.now:
                delay(world, edge, p, row.ready)
            else:
                is_ready(world, edge, p)
