"""Where parts come in and which way they go: by a route of their product or order, or as the probabilities fall."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from twin.line.route import OUT, Edge, probabilities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twin.line.line import Line
    from twin.line.order_book import DatedOrder

Route = tuple[str, ...]


class Entry(NamedTuple):
    """One way into the line: what comes, where it starts, and the route it is bound to (None: the probabilities).

    `share` is that of all that comes [1]; `route` begins with `start` and ends with "out".
    """

    product: str | None
    start: str
    route: Route | None
    share: float


def product_route(line: Line, product: str | None) -> Route | None:
    """Return the stations that a product is bound to pass, "out" last; None where it goes by the probabilities."""
    variant = line.products.get(product or "")
    return None if variant is None or variant.route is None else (*variant.route, OUT)


def lot_route(line: Line, lot: DatedOrder) -> Route | None:
    """Return the stations that a lot of the book is bound to pass, "out" last; None where it is not bound.

    Its own route comes first, then its product's from the station where it starts, the first time it comes there.
    """
    if lot.route is not None:
        return (*lot.route, OUT)
    route = product_route(line, lot.product)
    if route is None or lot.at not in route:
        return route
    return route[route.index(lot.at) :]


def drawn_products(line: Line) -> dict[str | None, float]:
    """Return the share of each product of what is drawn; {None: 1} where none is named."""
    source = line.source
    shares = source.product if source.orders is None else source.orders.product
    return dict(shares.items()) or {None: 1.0}


def drawn(line: Line) -> list[Entry]:
    """Return the ways into the line of what is drawn: parts of the source, or drawn orders; none of a book alone."""
    orders = line.source.orders
    if orders is not None and orders.every is None:
        return []
    found = []
    for product, share in drawn_products(line).items():
        route = product_route(line, product)
        starts = _free_starts(line) if route is None else {route[0]: 1.0}
        found += [Entry(product, start, route, share * part) for start, part in starts.items()]
    return found


def booked(line: Line) -> list[Entry]:
    """Return the ways into the line of the orders of the book, each with its share of their pieces."""
    if line.source.orders is None:
        return []
    pieces: dict[tuple[str | None, str, Route | None], float] = {}
    for lot in line.source.orders.book:
        route = lot_route(line, lot)
        if route is not None:
            starts: Mapping[str, float] = {route[0]: 1.0}
        else:
            starts = _free_starts(line) if lot.at is None else {lot.at: 1.0}
        for start, part in starts.items():
            key = (lot.product, start, route)
            pieces[key] = pieces.get(key, 0.0) + lot.pieces * part
    whole = sum(pieces.values())
    return [Entry(*key, count / whole) for key, count in pieces.items()]


def entries(line: Line) -> list[Entry]:
    """Return every way into the line, what is drawn first."""
    return [*drawn(line), *booked(line)]


def _free_starts(line: Line) -> Mapping[str, float]:
    """Return where what is bound to no route starts, with the share of each station."""
    into = line.source.into
    if isinstance(into, dict):
        return into
    if into:
        return dict.fromkeys(into, 1 / len(into))
    names = list(line.stations)
    if line.source.orders is not None:
        return {names[0]: 1.0}
    entered = {edge.to for edge in line.edges}
    open_ended = [name for place, name in enumerate(names) if place == 0 or name not in entered]
    return dict.fromkeys(open_ended, 1 / len(open_ended))


def fed(line: Line) -> tuple[str, ...]:
    """Return the stations where parts come in, in file order."""
    starts = {entry.start for entry in entries(line)}
    if line.source.orders is None and line.source.into is not None:
        starts = set(line.source.into)
    return tuple(name for name in line.stations if name in starts)


def ways(line: Line) -> tuple[Route, ...]:
    """Return the routes that products, then lots of the book, are bound to, each once, "out" last."""
    own = (product_route(line, product) for product in line.products)
    book = () if line.source.orders is None else line.source.orders.book
    bound = (lot_route(line, lot) for lot in book if lot.route is not None)
    return tuple(dict.fromkeys(route for found in (own, bound) for route in found if route is not None))


def implied_edges(line: Line) -> Iterator[Edge]:
    """Yield an edge without limit for each step of a bound route that no edge of `route` joins.

    What is bound to no route never takes it: its probability is 0.
    """
    joined = {(edge.from_, edge.to) for edge in line.route}
    for step in dict.fromkeys(step for route in ways(line) for step in pairwise(route)):
        if step not in joined:
            yield Edge(from_=step[0], to=step[1], probability=0.0)


def taken(line: Line) -> list[Edge]:
    """Return the edges of the route that some part may take: by chance, as it is rejected, or bound to."""
    bound = {step for route in ways(line) for step in pairwise(route)}
    return [
        edge
        for edge, share in zip(line.route, probabilities(line.route), strict=True)
        if share > 0 or edge.rejected or (edge.from_, edge.to) in bound
    ]
