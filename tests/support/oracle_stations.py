"""The oracle's stations: machines that work, belts and stores that hold, each a generator process or two."""

from __future__ import annotations

from collections import defaultdict, deque
from copy import copy
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twin.line.lots import LotCycle, drawn_of
from twin.line.route import OUT

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.events import Event

    from support.oracle import Model
    from support.oracle_places import Calendar, Needs, Part
    from twin.line.route import Edge

    Process = Generator[Event, Any, Any]

AT_ONCE = 1e-9
MOMENT = 1e-9
"""Of the machines that become free at one instant those of a later station move, and ask for people, first: the others
wait so much longer [s] for each station before."""


class Place:
    """A machine, belt or store: its place in the file, its calendar, its time in each state; and how parts leave it."""

    def __init__(self, model: Model, name: str, calendar: Calendar, who: tuple[int, int]) -> None:
        self.model, self.name, self.calendar, self.who = model, name, calendar, who
        self.env = model.env
        self.station = model.line.stations[name]
        self.door = model.doors[name]
        self.times: defaultdict[str, float] = defaultdict(float)
        self.state, self.since = "starved", 0.0
        self.opening = model.env.event()

    def enter(self, state: str) -> None:
        """Change the state; its time counts while the station works."""
        self.times[self.state] += self.calendar.open_between(self.since, self.env.now)
        self.state, self.since = state, self.env.now

    def finish(self, part: Part) -> Process:
        """Reject what is to be rejected of a part, and pass on the rest."""
        model = self.model
        rejected = int(self.station.reject * part.pieces + model.random.random())
        mended = model.rejects.get(self.name)
        if rejected and mended:
            yield from self.pass_on(part, mended)
            return
        part.pieces -= rejected
        model.leave(part, rejected, good=False)
        if part.pieces:
            ways = model.ways[self.name]
            yield from self.pass_on(part, ways[model.random.choice(len(ways), p=model.odds[self.name])])

    def pass_on(self, part: Part, edge: Edge) -> Process:
        """Wait until there is room, and let the part go, with the carriers that end here."""
        if edge.to == OUT:
            self.model.leave(part, part.pieces, good=True)
            return
        self.enter("blocked")
        if edge.buffer == 0:
            gone = self.env.event()
            part.let_go = gone.succeed
            self.model.doors[edge.to].offer(part, self.name)
            yield gone
        else:
            place = self.model.places[edge.name].request()
            yield place
            part.let_go = lambda: self.model.places[edge.name].release(place)
            self.model.send(edge, part)
        ending = [each for each in part.carriers if each.to == self.name]
        part.carriers = [each for each in part.carriers if each not in ending]
        for each in ending:
            each.give_back()

    def wait_until_open(self) -> Process:
        """Wait for the shift."""
        while not self.calendar.is_open(self.env.now):
            yield self.opening

    def spend(self, time: float) -> Process:
        """Let the time pass, or what the shift has left of it; return how much that was."""
        spent = min(time, self.calendar.left(self.env.now))
        yield self.env.timeout(spent)
        return spent


class Machine(Place):
    """One machine of a station: the work left to each failure, its crew."""

    def __init__(self, model: Model, name: str, calendar: Calendar, who: tuple[int, int]) -> None:
        super().__init__(model, name, calendar, who)
        self.failures = list(self.station.failures.values())
        self.cycles = model.draws(drawn_of(self.station.cycle))
        self.setups = None if self.station.setup is None else model.draws(self.station.setup.drawn)
        self.last: Part | None = None
        self.to_failure = [model.draws(failure.time_to_failure) for failure in self.failures]
        self.to_repair = [model.draws(failure.ttr) for failure in self.failures]
        self.ages = [next(draws) for draws in self.to_failure]
        self.crew = {skill: Fraction(number, self.station.attend) for skill, number in self.station.crew.items()}
        self.has_crew = False
        self.moment = MOMENT * (len(model.line.stations) - who[0])

    def run(self) -> Process:
        """Take what the station takes at once, work on it, pass it on, for ever."""
        while True:
            self.enter("starved")
            yield self.env.timeout(self.moment)
            parts = yield self.door.take(self.who[1])
            for part in parts:
                part.let_go()
            if self.station.kind == "assembly":
                parts = [self.model.joined(parts)]
            yield from self._set_up(parts[0])
            cycle = self.station.cycle
            factor = cycle.factor(parts[0].pieces) if isinstance(cycle, LotCycle) else 1.0
            yield from self._work(factor * next(self.cycles))
            if self.station.kind == "split":
                cut = [copy(parts[0]) for _ in range((self.station.parts or 1) - 1)]
                for part in cut:
                    part.carriers = []
                    self.model.count(part.pieces)
                parts = [*cut, *parts]
            for part in parts:
                yield from self.finish(part)

    def _set_up(self, part: Part) -> Process:
        """Be set up where the last part was another order's, or another product, by people of its own."""
        last, self.last, setup = self.last, part, self.station.setup
        if setup is None or self.setups is None or last is None:
            return
        by_order = setup.between == "orders"
        same = last.order == part.order if by_order else last.product == part.product
        if same or self.model.random.random() >= setup.share:
            return
        left = next(self.setups)
        crew = {skill: Fraction(number) for skill, number in setup.crew.items()}
        while left > 0:
            yield from self.wait_until_open()
            if not (yield from self._ask(crew, "waiting_operator", self.station.priority)):
                continue
            self.enter("setup")
            left -= yield from self.spend(left)
            self.model.people.release(crew)

    def _work(self, left: float) -> Process:
        """Work with the crew; at a failure it stays, at the shift's end it goes."""
        while left > 0:
            yield from self.wait_until_open()
            if not self.has_crew:
                self.has_crew = yield from self._ask(self.crew, "waiting_operator", self.station.priority)
                continue
            self.enter("processing")
            stretch = min([left, *self.ages])
            spent = yield from self.spend(stretch)
            left -= spent
            self.ages = [age - spent for age in self.ages]
            if spent < stretch:
                self._send_home()
            elif left > 0 and self.ages and min(self.ages) <= 0:
                acting = self.ages.index(min(self.ages))
                yield from self._repair(acting)
                self.ages[acting] = next(self.to_failure[acting])
        self._send_home()

    def _repair(self, acting: int) -> Process:
        """Repair with the crew where it has the skill, with others for the rest."""
        left = next(self.to_repair[acting])
        needs = self.failures[acting].repaired_by
        while left > 0:
            yield from self.wait_until_open()
            own = self.crew if self.has_crew else {}
            others = {skill: rest for skill, number in needs.items() if (rest := number - own.get(skill, 0)) > 0}
            if not (yield from self._ask(others, "waiting_repair", self.failures[acting].priority)):
                self._send_home()
                continue
            self.enter("down")
            spent = yield from self.spend(left)
            self.model.people.release(others)
            if spent < left:
                self._send_home()
            left -= spent

    def _send_home(self) -> None:
        if self.has_crew:
            self.has_crew = False
            self.model.people.release(self.crew)

    def _ask(self, needs: Needs, waiting: str, priority: int) -> Process:
        """Wait for people; return whether they came before the shift ended."""
        if needs:
            granted = self.model.people.ask(self.who, needs, priority)
            if not granted.triggered:
                self.enter(waiting)
                yield granted | self.model.closing
            if not granted.triggered:
                self.model.people.withdraw(granted)
                return False
        return True


class Holder(Place):
    """A place that holds many parts, whose doings wait for each other to change something."""

    def __init__(self, model: Model, name: str, calendar: Calendar, who: tuple[int, int]) -> None:
        super().__init__(model, name, calendar, who)
        self.changed = self.env.event()

    def change(self) -> None:
        """Tell all that wait that something has changed."""
        self.changed.succeed()
        self.changed = self.env.event()


class Belt(Holder):
    """A conveyor: what is on it, and how far it has moved since the beginning, in seconds of its motion."""

    def __init__(self, model: Model, name: str, calendar: Calendar, who: tuple[int, int]) -> None:
        super().__init__(model, name, calendar, who)
        self.places = self.station.capacity or 1
        self.pitch = self.station.belt_s / self.places
        self.on: deque[tuple[Part, float]] = deque()
        self.stood, self.stands_since, self.last_left = 0.0, -1.0, -self.pitch

    def run(self) -> Process:
        """Let a part on wherever there is room, once the one before has moved on."""
        self.env.process(self._let_off())
        while True:
            while len(self.on) >= self.places:
                yield self.changed
            (part,) = yield self.door.take(0)
            part.let_go()
            entered = self._moved()
            self.on.append((part, entered + self.station.belt_s))
            if self.state != "blocked":
                self.enter("processing")
            self.change()
            yield from self._move_to(entered + self.pitch)

    def _let_off(self) -> Process:
        """Pass on what reaches the end; those behind close up to it a pitch apart, or all stand until it has gone."""
        while True:
            while not self.on:
                yield self.changed
            part, end = self.on[0]
            yield from self._move_to(max(end, self.last_left + self.pitch))
            if not self.station.accumulating:
                self.stands_since = self.env.now
            yield from self.finish(part)
            if not self.station.accumulating:
                self.stood += self.calendar.open_between(self.stands_since, self.env.now)
                self.stands_since = -1.0
            self.last_left = self._moved()
            self.on.popleft()
            self.enter("processing" if self.on else "starved")
            self.change()

    def _moved(self) -> float:
        stood = self.stood
        if self.stands_since >= 0:
            stood += self.calendar.open_between(self.stands_since, self.env.now)
        return self.calendar.open_between(0.0, self.env.now) - stood

    def _move_to(self, moved: float) -> Process:
        while (left := moved - self._moved()) > AT_ONCE:
            yield from self.wait_until_open()
            waits: Event = self.changed
            if self.stands_since < 0:
                waits |= self.env.timeout(min(left, self.calendar.left(self.env.now)))
            yield waits


class Store(Holder):
    """A storage: it holds each part for its stay, whatever the hour, and lets go in the order of being ready."""

    def __init__(self, model: Model, name: str, calendar: Calendar, who: tuple[int, int]) -> None:
        super().__init__(model, name, calendar, who)
        self.stays = model.draws(self.station.stay)
        self.load = 0
        self.ready: deque[Part] = deque()

    def run(self) -> Process:
        """Take what comes while there is room."""
        self.env.process(self._let_go())
        while True:
            while self.station.capacity is not None and self.load >= self.station.capacity:
                yield self.changed
            (part,) = yield self.door.take(0)
            part.let_go()
            self.load += 1
            if self.state != "blocked":
                self.enter("processing")
            self.env.process(self._keep(part))

    def _keep(self, part: Part) -> Process:
        yield self.env.timeout(next(self.stays))
        self.ready.append(part)
        self.change()

    def _let_go(self) -> Process:
        while True:
            while not self.ready:
                yield self.changed
            yield from self.finish(self.ready.popleft())
            self.load -= 1
            self.enter("processing" if self.load else "starved")
            self.change()
