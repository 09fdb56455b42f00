"""What lines whose parts differ have besides in numbers: jobs, ways, setups, products, orders."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.engine.builder import SOURCE, Row, filled
from twin.engine.kinds import kind_fields
from twin.engine.records import (
    BETWEEN_ORDERS,
    BETWEEN_PRODUCTS,
    BY_PIECES,
    EARLIEST_DUE,
    FIRST_COME,
    INFINITE,
    INTEGER,
    NO_WAY,
    ONE_TIME,
    ORDER_RESERVE,
    PER_PIECE,
    REAL,
    SHORTEST_SETUP,
)
from twin.line.jobs import job_of
from twin.line.lots import LotCycle, drawn_of
from twin.line.route import OUT
from twin.line.traffic import drawn, product_route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from twin.engine.builder import Builder
    from twin.line.line import Line
    from twin.line.order_book import DatedOrder
    from twin.line.station import Station

Tables = dict[str, np.ndarray[Any, Any]]

DISPATCH = {"first_come": FIRST_COME, "earliest_due_date": EARLIEST_DUE, "shortest_setup": SHORTEST_SETUP}
BETWEEN = {"products": BETWEEN_PRODUCTS, "orders": BETWEEN_ORDERS}


class Varied:
    """What is collected for a line whose parts differ, or nothing where they are alike."""

    def __init__(self, b: Builder) -> None:
        self.b = b
        self.line = b.line
        self.products: tuple[str | None, ...] = (None, *b.line.products) if b.full else ()
        self.numbers: list[float] = []
        self.steps: list[int] = []
        self.backs: list[int] = []
        self.starts: list[int] = []
        self.jobs: list[Row] = []
        self.rows: list[Row] = []
        self.orders: list[Row] = []
        self.order_names: tuple[str, ...] = ()
        self.row: Row = {}

    def odds(self, shares: Iterable[float]) -> int:
        """Note shares, cumulative; return where they begin."""
        first = len(self.numbers)
        cumulative = np.cumsum(list(shares))
        # A variate below 1 always falls into one that has a share.
        self.numbers += np.where(cumulative >= cumulative[-1], 1.0, cumulative / cumulative[-1]).tolist()
        return first

    def product_odds(self, station: str | None) -> int:
        """Note the shares of the products that start at a station, or of drawn orders; -1 where none is named."""
        shares = dict.fromkeys(self.products, 0.0)
        for entry in drawn(self.line):
            if station in (None, entry.start):
                shares[entry.product] += entry.share
        named = [shares[product] for product in self.products[1:]]
        return self.odds(named) if sum(named) > 0 else -1

    def tables(self) -> Tables:
        """Return the tables and columns; none where the parts are alike."""
        if not self.b.full:
            return {}
        orders = filled("orders", [*self.orders, *({},) * (2 * ORDER_RESERVE)], full=True)
        orders["next"] = np.arange(1, len(orders) + 1)
        orders["next"][-1] = -1
        return {
            "jobs": filled("jobs", self.jobs, full=True),
            "rows": filled("rows", self.rows, full=True),
            "orders": orders,
            "numbers": np.array(self.numbers, dtype=REAL),
            "indices": np.array([*self.steps, *self.backs, *self.starts], dtype=INTEGER),
        }


def station_fields(v: Varied, name: str, station: Station) -> Row:
    """Return what a station needs besides, and note its jobs."""
    first_job, setup = len(v.jobs), station.setup
    own = 0
    for product in v.products:
        is_own = product is not None and name in v.line.products[product].cycle
        own += is_own
        v.jobs.append(_job(v, name, product) | {"stream": own if is_own else 0})
    # What takes several parts at once takes those that have waited longest.
    dispatch = "first_come" if station.kind in ("assembly", "batch") else v.line.dispatch_at(name)
    fields: Row = {"first_job": first_job, "dispatch": DISPATCH[dispatch], "product_odds": -1}
    fields |= kind_fields(station)
    if v.line.source.kind == "saturated" and name in v.line.fed:
        fields["product_odds"] = v.product_odds(name)
    if setup is not None:
        fields |= {"setup_between": BETWEEN[setup.between], "setup_share": setup.share, "changeover": -1}
        fields["setup_first"], fields["setup_last"] = v.b.need(setup.crew)
        if setup.time is not None:
            fields["setup_mean"] = setup.time.mean
        else:
            fields["changeover"] = len(v.numbers)
            pairs = ((before, after) for before in v.products for after in v.products)
            v.numbers += [setup.mean_between(before, after) for before, after in pairs]
    return fields


def _job(v: Varied, name: str, product: str | None) -> Row:
    """Return what the station does with a product, its table of times by lot size noted."""
    job = job_of(v.line, name, product)
    first, kind = len(v.numbers), ONE_TIME
    if isinstance(job.cycle, LotCycle):
        kind = PER_PIECE if job.cycle.per_piece is not None else BY_PIECES
        v.numbers += [float(number) for point in job.cycle.by_pieces for number in point]
    return {
        "kind": kind, "first_point": first, "last_point": len(v.numbers), "scrap": job.reject,
        "many": job.many, "ideal": -1.0 if job.ideal_cycle is None else job.ideal_cycle,
        "drawn_mean": 1.0 if kind == BY_PIECES else drawn_of(job.cycle).mean,
    }  # fmt: skip


def machine_fields(v: Varied, name: str, number: int, station: Station, station_row: Row) -> Row:
    """Open the streams that a machine has besides, the products' own cycles first: they follow the station's."""
    for product, variant in v.line.products.items():
        if name in variant.cycle:
            v.b.stream(name, number, f"cycle {product}", drawn_of(variant.cycle[name]))
    fields: Row = {"product": -1, "setup_timer": -1, "rest": -1}
    if station.setup is not None:
        fields["setup_stream"] = v.b.stream(name, number, "setup", station.setup.drawn)
        fields["share_stream"] = v.b.stream(name, number, "setup_share", None)
    if station_row["product_odds"] >= 0:
        fields["product_stream"] = v.b.stream(name, number, "product", None, (station.size or 1) - 1)
    return fields


def is_scrapping(v: Varied, station_row: Row) -> bool:
    """Say whether a station scraps any product."""
    jobs = v.jobs[station_row["first_job"] : station_row["first_job"] + len(v.products)]
    return any(job["scrap"] > 0 for job in jobs)


def part_ways(rows: Sequence[Row], outs: list[list[int]]) -> list[int]:
    """Put each station's rework edges before its others, and set their shares; return how many there are.

    A rework edge has its share of all; the others share among themselves what goes on.
    """
    counts = []
    for ways in outs:
        ways.sort(key=lambda e: -rows[e]["rework"])
        count = sum(rows[e]["rework"] for e in ways)
        counts.append(count)
        left = 1.0
        for e in ways[:count]:
            rows[e]["cumulative"] = rows[e]["share"]
            left -= rows[e]["share"]
        reached = 0.0
        for e in ways[count:]:
            reached += rows[e]["share"] / left if count and left > 0 else rows[e]["share"]
            rows[e]["cumulative"] = reached
        if ways[count:]:
            rows[ways[-1]]["cumulative"] = 1.0  # a variate below 1 always finds a way
    return counts


def plan_parts(v: Varied, edges: Sequence[Row], outs: Sequence[Sequence[int]], rework: Sequence[int]) -> None:
    """Note the ways of products and booked lots, where products start, and what the order book holds."""
    line, names = v.line, {name: s for s, name in enumerate(v.line.stations)}
    by_ends = {(row["from"], row["to"]): e for e, row in reversed(list(enumerate(edges)))}
    most = max(rework, default=0)
    first_step: dict[tuple[str, ...], int] = {}

    def step_of(route: tuple[str, ...]) -> int:
        """Note a route, "out" last; return its first step."""
        if route not in first_step:
            first_step[route] = base = len(v.steps)
            for k, (here, after) in enumerate(pairwise(route)):
                v.steps.append(by_ends[here, names.get(after, -1)])
                s = names[here]
                to = [edges[e]["to"] for e in outs[s][: rework[s]]]
                passed = [names[name] for name in route[: k + 1]]
                back = [base + k - passed[::-1].index(t) if t in passed else NO_WAY for t in to]
                v.backs += back + [NO_WAY] * (most - len(back))
        return first_step[route]

    into = line.source.into
    shares: Mapping[str, float] = into if isinstance(into, dict) else dict.fromkeys(into or (next(iter(names)),), 1.0)

    def entry(station: str) -> int:
        return by_ends.get((SOURCE, names[station]), -1)

    free = entry(next(iter(shares))) if len(shares) == 1 else -1
    for product in v.products:
        route = product_route(line, product)
        v.starts += [free, NO_WAY] if route is None else [entry(route[0]), step_of(route)]
    v.starts += [entry(name) for name in shares]
    v.row |= {"products": len(v.products), "back_most": most, "as_lots": int(line.move == "order")}
    v.row["into_odds"] = v.odds(shares.values())
    for lot in sorted(_book(line), key=lambda lot: lot.release):
        which = v.products.index(lot.product)
        edge, step = v.starts[2 * which : 2 * which + 2]
        route = product_route(line, lot.product)
        if lot.route is not None:
            edge, step = entry(lot.route[0]), step_of((*lot.route, OUT))
        elif lot.at is not None:
            edge = entry(lot.at)
            step = NO_WAY if route is None else step_of(route) + route.index(lot.at)
        v.rows.append({"product": which, "edge": edge, "step": step} | _lot(line, lot))
    v.rows.append({"ready": -1.0, "left": -1.0, "order": -1})
    v.row |= {"backs": len(v.steps), "starts": len(v.steps) + len(v.backs)}
    _orders(v)


def _book(line: Line) -> tuple[DatedOrder, ...]:
    return () if line.source.orders is None else line.source.orders.book


def _lot(line: Line, lot: DatedOrder) -> Row:
    as_lots = line.move == "order"
    return {
        "release": lot.release, "to_come": 1 if as_lots else lot.pieces, "pieces": lot.pieces if as_lots else 1,
        "ready": -1.0 if lot.ready is None else lot.ready, "left": -1.0 if lot.left is None else lot.left,
    }  # fmt: skip


def _orders(v: Varied) -> None:
    """Note the orders of the book by their first row in it, each with all its lots; then the streams of drawn ones."""
    book, orders = _book(v.line), v.line.source.orders
    v.order_names = tuple(dict.fromkeys(lot.order for lot in book))
    place = {name: o for o, name in enumerate(v.order_names)}
    for lot, row in zip(sorted(book, key=lambda lot: lot.release), v.rows, strict=False):
        row["order"] = place[lot.order]
    first = {lot.order: lot for lot in reversed(book)}
    for name, o in place.items():
        lot = first[name]
        due = INFINITE if lot.due is None else lot.due
        v.orders.append({"number": o + 1, "release": lot.release, "due": due, "pieces": 0, "lots": 0})
    for row in v.rows[:-1]:
        order = v.orders[row["order"]]
        order["pieces"] += row["to_come"] * row["pieces"]
        order["lots"] += row["to_come"]
    v.row |= {
        "book_orders": len(place), "last_order": len(place), "order_free": len(place),
        "order_free_count": 2 * ORDER_RESERVE,
    }  # fmt: skip
    streams = dict.fromkeys(("every_stream", "pieces_stream", "product_stream", "due_stream", "into_stream"), -1)
    if orders is not None:
        several = isinstance(v.line.source.into, dict) and len(v.line.source.into) > 1
        streams["into_stream"] = v.b.stream("orders", 0, "into", None) if several else -1
        if orders.every is not None:
            streams["every_stream"] = v.b.stream("orders", 0, "every", orders.every)
            streams["pieces_stream"] = v.b.stream("orders", 0, "pieces", orders.pieces)
            v.row["product_odds"] = v.product_odds(None)
            if v.row["product_odds"] >= 0:
                streams["product_stream"] = v.b.stream("orders", 0, "product", None)
            if orders.due is not None:
                streams["due_stream"] = v.b.stream("orders", 0, "due", orders.due)
    v.row |= streams


def delayed_entries(line: Line) -> set[str]:
    """Return the stations where lots of the book start that are not ready when they come."""
    found: set[str] = set()
    for lot in _book(line):
        if lot.ready is not None:
            route = lot.route or product_route(line, lot.product)
            first = lot.at if lot.route is None and lot.at is not None else route and route[0]
            found |= {first} if first else set(line.fed)
    return found
