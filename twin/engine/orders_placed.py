"""What a part is on a line whose parts differ, told by where it is seen: its product, its step, its order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin.engine.records import NO_WAY, Record, World
from twin.engine.rules.lots import pick

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twin.engine.plan import Plan


class Orders:
    """Gives parts that are seen what the rules need to know of them; what is not known is drawn as the line has it."""

    def __init__(self, plan: Plan, world: World, rules: Mapping[str, Any], rng: np.random.Generator) -> None:
        self._plan, self._world, self._rules, self._rng = plan, world, rules, rng
        line = world.line[0]
        self._ordered = line.book >= 0 or line.drawn >= 0
        number = {name: s for s, name in enumerate(plan.stations)}
        self._from = [number.get(name.partition("->")[0], -1) for name in plan.edges]
        self._last: tuple[int, int] | None = None
        self._reached: dict[int, tuple[int, float]] = {}
        odds = [line.product_odds if line.product_stream >= 0 else -1]
        odds += [station.product_odds for station in world.stations]
        odds += [edge.arrival_odds for edge in world.edges if edge.arrival_stream >= 0]
        self._odds = next((first for first in odds if first >= 0), -1)

    def known(self, pieces: int | None, product: str | None) -> tuple[int, int]:
        """Return pieces and product of a part; what is not known as the line's orders have it."""
        products, line = self._plan.products, self._world.line[0]
        booked = self._world.rows[:-1]
        row = booked[int(self._rng.integers(len(booked)))] if booked else None
        which = products.index(product) if product in products and product is not None else self._drawn(row)
        if pieces is None:
            pieces = 1
            if line.as_lots == 1 and line.pieces_stream >= 0:
                distribution = self._plan.streams[line.pieces_stream].distribution
                pieces = round(float(distribution.quantile(self._rng.random()))) if distribution else 1
            elif line.as_lots == 1 and row is not None:
                pieces = row.pieces
        return max(pieces, 1), which

    def _drawn(self, row: Record | None) -> int:
        if row is not None:
            return int(row.product)
        return 1 + pick(self._world, self._odds, self._rng.random()) if self._odds >= 0 else 0

    def give(self, p: int, product: int, station: int, edge: int) -> None:
        """Tell part p its product, the step at which it waits before (or, on no edge, is on) a station, its order."""
        part = self._world.parts[p]
        part.product = product
        part.step = self._step(product, station, edge)
        if self._ordered:
            part.order = self._order(product, part.pieces)
            came = self._from[edge] if edge >= 0 else station
            self._reached.setdefault(part.order, (max(came, station - 1), self._rng.random()))
            part.entry = self._world.orders[part.order].release

    def end_of_queue(self) -> None:
        """What comes next is of another order."""
        self._last = None

    def _order(self, product: int, pieces: int) -> int:
        """Return the order's record: piece by piece, neighbours of one product are of one order."""
        world = self._world
        line = world.line[0]
        if line.as_lots == 0 and self._last is not None and self._last[0] == product:
            order = world.orders[self._last[1]]
            order.lots += 1
            order.pieces += pieces
            return self._last[1]
        o: int = self._rules["draw_order"](world)
        order = world.orders[o]
        order.open, order.lots, order.good, order.pieces = 1, 1, 0, pieces
        order.release = order.due = line.now
        self._last = (product, o)
        return o

    def set_due_dates(self) -> None:
        """Draw when the orders on the line are due: the further one has come, the earlier it is."""
        world = self._world
        line = world.line[0]
        if line.due_stream < 0 or line.every_stream < 0 or not self._reached:
            return
        allowed, every = (self._plan.streams[k].distribution for k in (line.due_stream, line.every_stream))
        if allowed is None or every is None:
            return
        count = len(self._reached)
        since = self._rng.random(count) * count * every.mean
        due = np.sort(line.now - since + allowed.quantile(self._rng.random(count)))
        ahead = sorted(self._reached, key=lambda o: self._reached[o], reverse=True)
        for o, date in zip(ahead, due.tolist(), strict=True):
            world.orders[o].due = date

    def _step(self, product: int, station: int, edge: int) -> int:
        """Return the step of the product's way that leads on from a station; where it passes twice, one of them."""
        world = self._world
        first = world.indices[world.line[0].starts + 2 * product + 1]
        if first == NO_WAY:
            return NO_WAY
        steps = [first]
        while world.edges[world.indices[steps[-1]]].to >= 0:
            steps.append(steps[-1] + 1)
        here = [step for step in steps if self._from[world.indices[step]] == station]
        by_edge = [step for step in here if step > first and world.indices[step - 1] == edge]
        if not here:
            # Its way does not lead past here: it goes on from the next station that it does pass.
            here = [step for step in steps if self._from[world.indices[step]] > station][:1] or steps[-1:]
        choice = by_edge or here
        return int(choice[int(self._rng.integers(len(choice)))])

    def next_way(self, p: int) -> int:
        """Return the edge by which a finished part with a way of its own goes on."""
        part = self._world.parts[p]
        part.step += 1
        return int(self._world.indices[part.step - 1])

    def remember(self, machine: Record, last: str | None) -> None:
        """Tell an empty machine what it was set up for last."""
        machine.product = self.known(1, last)[1]
        machine.order = 0

    def take(self, machine: Record, station: Record, last: str | None) -> float:
        """Tell a machine what it is set up for; return what a draw of its setup, were it in one, is multiplied by."""
        world = self._world
        part = world.parts[machine.part]
        machine.product = part.product
        machine.order = world.orders[part.order].number if part.order >= 0 else 0
        self._rules["give_work"](world, machine, world.jobs[station.first_job + part.product])
        if not station.setup_between or station.changeover < 0:
            return 1.0
        many = world.line[0].products
        if last in self._plan.products and last is not None:
            known = world.numbers[station.changeover + self._plan.products.index(last) * many + part.product]
            if known > 0:
                return float(known)
        column = [world.numbers[station.changeover + before * many + part.product] for before in range(1, many)]
        some = [mean for mean in column if mean > 0]
        return sum(some) / len(some) if some else 1.0
