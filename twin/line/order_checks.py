"""What must hold of products, orders, lots and setups across a line's parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line import traffic
from twin.line.names import Problem, listed, nearest
from twin.line.route import probabilities
from twin.line.route_checks import COMING, ROUTE, TOLERANCE
from twin.line.scenario import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from twin.line.line import Line
    from twin.line.names import Place
    from twin.line.order_book import DatedOrder


def products_know_their_stations(line: Line) -> Iterator[Problem]:
    """Ask that a product name stations, and only such that its route passes."""
    for product, variant in line.products.items():
        place: Place = ("products", product)
        for position, name in enumerate(variant.route or ()):
            if name not in line.stations:
                yield Problem((*place, "route", position), f"no station {nearest(name, line.stations)}")
        for key in ("cycle", "scrap", "ideal_cycle"):
            for name in getattr(variant, key):
                if name not in line.stations:
                    yield Problem((*place, key, name), f"no station {nearest(name, line.stations)}")
                elif variant.route is not None and name not in variant.route:
                    yield Problem(
                        (*place, key, name), f"{product} never passes {name}; add it to its route, or leave this out"
                    )


def _shares(line: Line) -> tuple[Place, dict[str, float]]:
    """Return the shares of products in what is drawn, with their place."""
    if line.source.orders is None:
        return ("source", "product"), line.source.product
    return ("source", "orders", "product"), line.source.orders.product


def shares_name_products(line: Line) -> Iterator[Problem]:
    """Ask that the shares of what is drawn name products and sum to 1."""
    place, shares = _shares(line)
    for name in shares:
        if name not in line.products:
            yield Problem((*place, name), f"no product {nearest(name, line.products)}")
    if shares and abs(sum(shares.values()) - 1) > TOLERANCE:
        yield Problem(place, f"the shares sum to {sum(shares.values()):.10g}, not to 1; change one")


def products_are_made(line: Line) -> Iterator[Problem]:
    """Ask that a line of several products say which of them comes."""
    place, shares = _shares(line)
    book = () if line.source.orders is None else line.source.orders.book
    if line.products and not shares and all(lot.product is None for lot in book):
        example = ", ".join(f"{name}: {1 / len(line.products):.2g}" for name in list(line.products)[:3])
        remedy = f"write product: {{{example}}} under {'.'.join(map(str, place[:-1]))}"
        if book:
            remedy = "fill the column product of the book"
        yield Problem(("products",), f"nothing says which of the products comes; {remedy}")


def bound_parts_start_where_they_are_fed(line: Line) -> Iterator[Problem]:
    """Ask that without orders all products begin at one station, where parts come in."""
    if line.source.orders is not None:
        return
    found = traffic.drawn(line)
    fed = set(line.fed) | {entry.start for entry in found}
    for entry in found:
        if entry.route is not None and len(fed) > 1:
            others = listed(sorted(fed - {entry.start}))
            yield Problem(
                ("products", str(entry.product), "route"),
                f"{entry.product} begins at {entry.start}, and parts come in at {others} too; without orders all "
                "begin at one station; let all routes begin there, or give source.orders",
            )


def changeovers_name_products(line: Line) -> Iterator[Problem]:
    """Ask that a changeover lead from a product to another."""
    for place, version in versions(line):
        if version.setup is None:
            continue
        for before, times in version.setup.changeover.items():
            where = (*place, "setup", "changeover", before)
            if before not in line.products:
                yield Problem(where, f"no product {nearest(before, line.products)}")
            for after in times:
                if after not in line.products:
                    yield Problem((*where, after), f"no product {nearest(after, line.products)}")
                elif after == before:
                    yield Problem((*where, after), f"from {before} to {before} nothing changes; leave it out")


def rework_stays_on_the_route(line: Line) -> Iterator[Problem]:
    """Ask that what is sent back comes to a station that the route of each product has passed, or to the same."""
    shares = probabilities(line.route)
    back = [(at, edge) for at, edge in enumerate(line.route) if edge.rejected or (edge.rework and shares[at] > 0)]
    for product in line.products:
        route = traffic.product_route(line, product) or ()
        for position, edge in back:
            if edge.from_ in route and edge.to not in route[: route.index(edge.from_) + 1]:
                yield Problem(
                    ("route", position, "to"),
                    f"{product} has not passed {edge.to} when it is at {edge.from_}; rework goes back on the route; "
                    f"write {listed(route[: route.index(edge.from_) + 1])}",
                )


def rework_has_room_for_lots(line: Line) -> Iterator[Problem]:
    """Ask that where orders move as lots what is sent back find room: it leaves a lot that goes on."""
    for position, edge in enumerate(line.route):
        if line.move == "order" and (edge.rework or edge.rejected) and edge.buffer is not None:
            yield Problem(
                ("route", position, "buffer"),
                "pieces sent back are a lot more than there was, and need room for certain; leave `buffer` out",
            )


def book_knows_the_line(line: Line) -> Iterator[Problem]:
    """Ask that the rows of the book name products and stations of the line."""
    for lot in () if line.source.orders is None else line.source.orders.book:
        for column, text in _unknown(line, lot):
            yield Problem(("source", "orders", "book"), f"{lot.row}, column {column}: {text}")


def _unknown(line: Line, lot: DatedOrder) -> Iterator[tuple[str, str]]:
    """Yield what is wrong in a row: the column, and the sentence."""
    if lot.product is not None and lot.product not in line.products:
        yield "product", f"no product {nearest(lot.product, line.products)}"
    for name in lot.route or ():
        if name not in line.stations:
            yield "route", f"no station {nearest(name, line.stations)}"
    if lot.left is not None and line.move == "piece" and lot.pieces > 1:
        yield (
            "left",
            "where parts move one by one, each would take it; write a row for the piece in work, without it others",
        )
    if lot.at is None:
        return
    if lot.at not in line.stations:
        yield "at", f"no station {nearest(lot.at, line.stations)}"
    elif lot.route is not None and lot.route[0] != lot.at:
        yield "at", f"the route begins at {lot.route[0]}, not at {lot.at}; leave one out"
    elif lot.route is None and lot.at not in (traffic.product_route(line, lot.product) or (lot.at,)):
        yield "at", f"{lot.product} never passes {lot.at}; write a station of its route, or a route of its own"


RULES: dict[Callable[[Line], Iterable[Problem]], Collection[str]] = {
    products_know_their_stations: ("products", "stations"),
    shares_name_products: ("products", "source", "orders", "product"),
    products_are_made: ("products", "source", "orders", "product", "book"),
    bound_parts_start_where_they_are_fed: (*ROUTE, *COMING),
    changeovers_name_products: ("products", "setup", "changeover"),
    rework_stays_on_the_route: (*ROUTE, "products", "probability", "rework"),
    rework_has_room_for_lots: (*ROUTE, "move", "rework"),
    book_knows_the_line: ("products", "stations", "source", "orders", "book"),
}
"""Every rule, with the keys that it reads and cannot do without."""
