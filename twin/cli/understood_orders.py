"""What a line file was understood to say of orders, products, lots, setups and what is taken first."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from dashboards.numbers import MINUS, NO_BREAK_SPACE, NOTHING
from twin.cli.show import table
from twin.cli.understood import crew, digits, share, spread
from twin.line.discrete import Constant
from twin.line.lots import LotCycle
from twin.line.workload import order_sizes
from twin.units import format_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.table import Table

    from twin.line.distributions import Distribution
    from twin.line.line import Line
    from twin.line.order_book import DatedOrder
    from twin.line.orders import Orders
    from twin.line.products import Variant
    from twin.line.setup import Setup

FIRST = {
    "first_come": "the part that has waited longest",
    "earliest_due_date": "the part due first",
    "shortest_setup": "the part of the shortest setup",
}
"""What each way to dispatch takes first."""

MOST_STARTS = 3
"""Stations where orders start that are named, where there are many."""

LOT_TIMES = 60
"""Columns for the times of a lot."""

MOST_POINTS = 6
"""Points of a table of times that are shown."""


def said(line: Line) -> Iterator[Table]:
    """Yield a table for each thing that such a line says: its orders, products, times of lots and setups."""
    if not line.alike:
        yield flow(line)
    if line.products:
        yield products(line)
    lots = list(_lot_cycles(line))
    if lots:
        yield table(("time of a lot", "time", "varies, cv"), lots, left=(0, 1, 2))
    if any(station.setup for station in line.stations.values()):
        yield setups(line)


def flow(line: Line) -> Table:
    """Return how orders come, how they move, and what a machine takes first."""
    rows = [*_order_rows(line.source.orders), *_moves(line), ("taken first", _first(line))]
    result = table(("", ""), rows, left=(0, 1))
    result.show_header = False
    return result


def _moves(line: Line) -> Iterator[tuple[str, str]]:
    if line.move == "order":
        yield "moves", "an order as one lot: buffers count lots, all else pieces"
    elif line.source.orders is not None:
        yield "moves", "each piece of an order by itself"
    if isinstance(line.source.into, dict):
        yield "starts", f"{_largest(line.source.into)} of the orders without a route"


def _order_rows(orders: Orders | None) -> Iterator[tuple[str, str]]:
    if orders is None:
        return
    if orders.every is not None:
        sizes, weights = order_sizes(orders.pieces)
        few, many, mean = sizes.min(), sizes.max(), float(sizes @ weights)
        pieces = digits(mean) if few == many else f"{digits(mean)} on average ({orders.pieces.name})"
        yield "drawn orders", f"one every {_time(orders.every)}, pieces: {pieces}"
        if orders.product:
            yield "", f"of product {_shares(orders.product)}"
        if orders.due is not None:
            yield "", f"due {_time(orders.due)} after its release"
    if orders.book:
        yield from _book_rows(orders.book)


def _book_rows(book: Sequence[DatedOrder]) -> Iterator[tuple[str, str]]:
    """Say how much is in the book, and when."""
    many, pieces = len({lot.order for lot in book}), sum(lot.pieces for lot in book)
    lots = "" if len(book) == many else f" in {len(book):,} lots"
    yield "booked orders", f"{many:,} of {pieces:,} pieces{lots}"
    first, last = min(lot.release for lot in book), max(lot.release for lot in book)
    there = len({lot.order for lot in book if lot.release < 0})
    already = f"; {there:,} there at the start" if there else ""
    yield "", f"released from {_moment(first)} to {_moment(last)} after the start{already}"
    due = len({lot.order for lot in book if lot.due is not None})
    if due:
        yield "", f"{due:,} with a due date"


def _moment(time: float) -> str:
    return f"{MINUS}{format_time(-time)}" if time < 0 else format_time(time)


def _time(time: Distribution) -> str:
    return format_time(time.mean) + ("" if isinstance(time, Constant) else f" on average ({time.name})")


def _shares(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share(part)}" for name, part in shares.items())


def _largest(shares: Mapping[str, float]) -> str:
    """Name the largest shares, and count the rest."""
    names = sorted(shares, key=lambda name: -shares[name])
    if len(names) <= MOST_STARTS + 1:
        return _shares(shares)
    rest = 1 - sum(shares[name] for name in names[:MOST_STARTS])
    shown = _shares({name: shares[name] for name in names[:MOST_STARTS]})
    return f"{shown}, {len(names) - MOST_STARTS} more {share(rest)}"


def _first(line: Line) -> str:
    """Say what a machine takes first, and where it is something else."""
    others = {
        name: station.dispatch
        for name, station in line.stations.items()
        if station.dispatch is not None and station.dispatch != line.dispatch
    }
    return "; ".join([FIRST[line.dispatch], *(f"at {name} {FIRST[chosen]}" for name, chosen in others.items())])


def products(line: Line) -> Table:
    """Return each product: its share of what is drawn, its way, and what differs for it."""
    drawn = line.source.product if line.source.orders is None else line.source.orders.product
    rows = [
        (
            name if variant.label is None else f"{name}: {variant.label}",
            share(drawn.get(name, 0.0)),
            "by the probabilities" if variant.route is None else " → ".join(variant.route),
            "\n".join(_differs(variant)) or NOTHING,
        )
        for name, variant in line.products.items()
    ]
    return table(("product", "of what is drawn", "way", "of its own"), rows, left=(0, 2, 3))


def _differs(variant: Variant) -> Iterator[str]:
    yield from (f"{name} cycle {_lot_time(cycle)}" for name, cycle in variant.cycle.items())
    yield from (f"{name} scrap {share(scrap) if scrap else '0 %'}" for name, scrap in variant.scrap.items())
    yield from (f"{name} ideal {format_time(ideal)}" for name, ideal in variant.ideal_cycle.items())


def _lot_time(cycle: Distribution | LotCycle) -> str:
    """Say how long a cycle takes: always, for each piece, or at some of the points of its table."""
    if not isinstance(cycle, LotCycle):
        return format_time(cycle.mean)
    if cycle.per_piece is not None:
        return f"{format_time(cycle.per_piece.mean)} a piece"
    points = cycle.by_pieces
    step = -(-len(points) // MOST_POINTS)
    shown = dict([*points[::step], points[-1]])
    return ", ".join(f"{pieces:,}: {format_time(time)}" for pieces, time in shown.items())


def _filled(times: str) -> str:
    """Break times between points alone."""
    kept = times.replace(" ", NO_BREAK_SPACE).replace(f",{NO_BREAK_SPACE}", ", ")
    return textwrap.fill(kept, LOT_TIMES).replace(NO_BREAK_SPACE, " ")


def _lot_cycles(line: Line) -> Iterator[tuple[str, str, str]]:
    for name, station in line.stations.items():
        if isinstance(station.cycle, LotCycle):
            yield name, _filled(_lot_time(station.cycle)), spread(station.cycle)
        elif line.move == "order":
            yield name, f"{format_time(station.cycle.mean)}, whatever its pieces", spread(station.cycle)
        for product, variant in line.products.items():
            if name in variant.cycle:
                yield f"{name}, {product}", _filled(_lot_time(variant.cycle[name])), spread(variant.cycle[name])


def setups(line: Line) -> Table:
    """Return each setup: between what, how long it takes, how often it is needed, and by whom."""
    rows = [
        (name, between, time, spread(station.setup.drawn), share(station.setup.share), crew(station.setup.crew))
        for name, station in line.stations.items()
        if station.setup is not None
        for between, time in _changes(station.setup)
    ]
    heads = ("takes", "varies, cv", "of changes", "by")
    if all(between == "orders" for _, between, *_ in rows):
        return table(("setup between orders", *heads), [(name, *rest) for name, _, *rest in rows], left=(0, 2, 4))
    return table(("setup", "between", *heads), rows, left=(0, 1, 3, 5))


def _changes(setup: Setup) -> Iterator[tuple[str, str]]:
    if setup.time is not None:
        yield setup.between, format_time(setup.time.mean)
    for before, times in setup.changeover.items():
        yield from ((f"{before} → {after}", format_time(time)) for after, time in times.items())
