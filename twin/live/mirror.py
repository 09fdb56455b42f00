"""The mirror: a line as its plant's events say it stands and has run, put right when they come late."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import islice
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from twin.errors import InputError
from twin.kpi.tally import Tally
from twin.live.beats import Beats
from twin.live.course import Course
from twin.live.drawing import draw
from twin.live.lateness import Lateness, in_order, is_live, sensible
from twin.live.moments import KEPT_S, Moments
from twin.live.said import Said
from twin.live.whereabouts import Whereabouts
from twin.live.windows import HOUR_S, Standing, Windows, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from twin.accounts import Accounts
    from twin.events import Event
    from twin.kpi.policy import Policy
    from twin.kpi.snapshot import Snapshot
    from twin.line.scenario import Scenario
    from twin.live.picture import Picture, Tick
    from twin.live.shift_calendar import ShiftCalendar

AT_ONCE = 5_000
"""Events replayed between two collections of ticks."""
LAYOUT = 2
"""Version of a checkpoint's data."""


class _Mark(NamedTuple):
    """The state of the mirror before every event at or after a moment [s], to go back to."""

    time_s: float
    tally: dict[str, Any]
    places: dict[str, Any]
    begun_s: float | None
    next_s: float


class Mirror:
    """A line mirrored from its events.

    Parameters
    ----------
    scenario
        The line with its options chosen.
    calendar
        The shifts at the site.
    policy
        How OEE is counted.
    epoch_ns
        When the mirror's time is 0 [ns UTC].
    lateness_s
        Events this much later than the latest are still put in their place [s].
    every_s
        How often it is told how the line stands [s]: at full multiples since the production day began, and at the
        bounds of shifts.
    notes
        What people have said of stops before the first event comes.

    Notes
    -----
    The mirror's *now* is the time of the latest event: the plant's clock, never our own. At each full minute that it
    passes the sums are kept; all KPIs are differences of such sums. Up to a minute before the lateness window the whole
    state is kept as well: a late event sends the mirror back there, and the ticks since its time are made again.
    """

    def __init__(
        self,
        scenario: Scenario,
        calendar: ShiftCalendar,
        policy: Policy,
        *,
        epoch_ns: int,
        lateness_s: float = 60.0,
        every_s: float = 60.0,
        notes: Iterable[Event] = (),
    ) -> None:
        self.scenario, self.calendar, self.policy, self.epoch_ns = scenario, calendar, policy, epoch_ns
        self.lateness_s, self.every_s = lateness_s, every_s
        self._settings: dict[str, Any] = {"epoch_ns": epoch_ns, "lateness_s": lateness_s, "every_s": every_s}
        self.now_s = -inf
        self.begun_s: float | None = None
        """Since when the plant is heard as it runs; before that, only how it stood."""
        self._said = Said(notes)
        self._tally = Tally(scenario.line, policy, tolerant=True, notes=self._said.notes)
        self._times = self._tally.times
        self._lateness = Lateness(self._tally)
        self._course = Course(self._times)
        self._windows = Windows(self._tally, calendar, epoch_ns, policy.title)
        self._places = Whereabouts(scenario.line, self._times.row)
        self._recent: list[Event] = []
        """The events since the first mark, in order."""
        self._next_s = -inf
        """When it is next to be told how the line stands."""
        self._moments = Moments(self._times)
        self._beats = Beats(calendar, epoch_ns, every_s)
        self._of_other_times = 0
        self._from_s = -inf
        """Ticks after this are still to be made."""
        self._before_s = -inf
        """The tick before the first that is kept."""
        self._made: list[Tick] = []
        self._marks = [self._mark(-inf)]

    @property
    def contradictions(self) -> Counter[str]:
        """How often the events said what cannot be, by what it was."""
        return self._tally.contradictions + Counter({"an event was of another century": self._of_other_times})

    @property
    def wants_replay_from(self) -> float | None:
        """The start of a note about a time that is closed: replay from a checkpoint no later than this [s]."""
        return self._said.wants_replay_from

    @property
    def too_late(self) -> int:
        """How many events came when the time that they tell of was closed."""
        return self._lateness.too_late

    @property
    def late_from(self) -> float | None:
        """The time of the earliest event left out for that [s]: a replay from there would count it."""
        return self._lateness.late_from

    def take(self, events: Sequence[Event]) -> None:
        """Take events that were not taken before, in any order, their times rebased to the mirror's epoch."""
        new = sorted(events, key=in_order)
        back_to = self._hear([event for event in new if event.kind == "note"])
        told = [event for event in new if event.kind != "note"]
        new = sensible(told, self.epoch_ns)
        self._of_other_times += len(told) - len(new)
        if not new and back_to == inf:
            return
        new = self._lateness.in_time(new, self._marks[0].time_s)
        if new and self._is_late(new[0]):
            back_to = min(back_to, new[0].time)
        if back_to < inf:
            new = self._go_back(back_to, new)
        self._fold(new)
        self._settle()

    def wait(self, time_s: float) -> None:
        """Let the plant's clock come so far without an event [s]; events before then are late ones."""
        if time_s > self.now_s > -inf:
            self.now_s = time_s
            self._settle()

    def _is_late(self, event: Event) -> bool:
        last = self._recent[-1:]
        return event.time < self._marks[-1].time_s or bool(last and in_order(event) < in_order(last[0]))

    def _hear(self, notes: Sequence[Event]) -> float:
        """Take notes; return the time to go back to for them [s], inf if there is no need."""
        first_s = self._said.hear(notes, self._marks[0].time_s)
        if first_s > self.now_s and notes:
            self._times.note(self._said.notes, max(self.now_s, self._marks[0].time_s))
        return first_s if first_s <= self.now_s else inf

    def _fold(self, events: Sequence[Event]) -> None:
        take, place = self._tally.take, self._places.take
        if self._next_s == -inf and events:
            self._next_s = self._beats.after(events[0].time)
        for event in events:
            if event.time >= self._next_s:
                self._pass(event.time)
            if self.begun_s is None and is_live(self._tally, event):
                self.begun_s = event.time
                self._moments.keep(self._tally.snapshot(event.time))
            take(event)
            place(event)
        self._recent += events
        if events:
            self.now_s = max(self.now_s, events[-1].time)

    def _pass(self, time_s: float) -> None:
        """Keep the sums at every moment up to a time, and the state before the last of them to go back to."""
        at = self._next_s
        for at, tell in self._beats.between(self._next_s, time_s):
            self._stand(at, tell=tell)
        self._next_s = self._beats.after(at)
        self._marks.append(self._mark(at))

    def _stand(self, time_s: float, *, tell: bool) -> None:
        if self.begun_s is None:
            return
        stood = standing(self._tally, time_s)
        self._moments.keep(stood.snapshot)
        if tell:
            self._moments.stood[time_s] = stood

    def _since(self, time_s: float) -> Snapshot:
        """Return the sums at the last moment kept up to a time [s], but none from before the plant was heard."""
        return self._moments.since(max(time_s, -inf if self.begun_s is None else self.begun_s))

    def _settle(self) -> None:
        """Make the ticks that are new or have changed, and let go of what no late event can reach."""
        if self.now_s >= self._next_s > -inf:
            # The clock has gone on without events.
            self._pass(self.now_s)
        self._from_s = min(self._from_s, self._moments.learn())
        before_s = self._before_s
        for time_s, stood in self._moments.stood.items():
            if time_s > self._from_s:
                self._made.append(self._tick(stood, before_s))
            before_s = time_s
        self._from_s = max(self._from_s, before_s)
        self._let_go()

    def _tick(self, stood: Standing, before_s: float) -> Tick:
        time_s = stood.snapshot.time_s
        return self._windows.tick(
            stood._replace(snapshot=self._moments.settled(stood.snapshot)),
            self._since,
            *self._course.between(before_s, time_s),
        )

    def ticks(self) -> list[Tick]:
        """Return the ticks made since the last call; one of a time that was told before replaces it."""
        made, self._made = self._made, []
        return made

    def _let_go(self) -> None:
        marks = self._marks
        first = bisect_right(marks, self.now_s - self.lateness_s, key=attrgetter("time_s")) - 1
        if first <= 0:
            return
        del marks[:first]
        edge = marks[0].time_s
        del self._recent[: bisect_left(self._recent, edge, key=attrgetter("time"))]
        again = edge - self.policy.minor_stop - 2 * self.every_s
        """Ticks after this may be made again."""
        self._course.let_go(again, edge)
        self._moments.let_go(
            again,
            again - HOUR_S - self.every_s,
            lambda at: at == self.begun_s or (at >= edge - KEPT_S and self._beats.is_bound(at)),
        )

    def _mark(self, time_s: float) -> _Mark:
        return _Mark(time_s, self._tally.data(), self._places.data(), self.begun_s, self._next_s)

    def _go_back(self, time_s: float, new: Sequence[Event]) -> list[Event]:
        """Stand as before a time; return all events since then, the new ones among them."""
        place = max(0, bisect_right(self._marks, time_s, key=attrgetter("time_s")) - 1)
        mark = self._marks[place]
        del self._marks[place + 1 :]
        self._restore(mark)
        first = bisect_left(self._recent, mark.time_s, key=attrgetter("time"))
        events = sorted([*self._recent[first:], *new], key=in_order)
        del self._recent[first:]
        self._from_s = min(self._from_s, time_s)
        return events

    def _restore(self, mark: _Mark) -> None:
        self._tally.restore(mark.tally)
        self._times.note(self._said.notes, mark.time_s)
        self._places.restore(mark.places)
        self.begun_s, self._next_s = mark.begun_s, mark.next_s
        self._course.go_back(mark.time_s)
        self._moments.go_back(mark.time_s)

    def checkpoint(self) -> dict[str, Any]:
        """Return all that is needed to go on, as data that JSON can hold.

        It stands before every event at or after its `time_s`; these are to be taken after `resume`.
        """
        mark = self._marks[0]
        return {
            "time_s": None if mark.time_s == -inf else mark.time_s,
            "settings": self._settings,
            "of": self._of(),
            "tally": mark.tally,
            "places": mark.places,
            "begun_s": mark.begun_s,
            "next_s": None if mark.next_s == -inf else mark.next_s,
            # Only a stop that turns out minor changes ticks from before the mark.
            "moments": self._moments.data(mark.time_s, stood=self.policy.minor_stop > 0),
            "course": self._course.data(mark.time_s),
            "too_late": self.too_late,
        }

    @classmethod
    def resume(
        cls,
        scenario: Scenario,
        calendar: ShiftCalendar,
        policy: Policy,
        data: dict[str, Any],
        *,
        notes: Iterable[Event] = (),
    ) -> Mirror:
        """Return the mirror that a checkpoint was made of, as it stood then, with all that people have said since."""
        return cls(scenario, calendar, policy, **data["settings"]).resumed(data, notes)

    def fits(self, data: dict[str, Any]) -> bool:
        """Say whether a checkpoint is of this line as it is described now, counted by this policy."""
        return bool(data.get("of") == self._of())

    def _of(self) -> list[Any]:
        names = [f"{station} {number}" for station, number in self._times.names]
        rules = self.policy.model_dump(mode="json")
        return [LAYOUT, self.scenario.line.line, names, list(self._tally.edges), list(self._tally.skills), rules]

    def resumed(self, data: dict[str, Any] | None, notes: Iterable[Event]) -> Mirror:
        """Return a mirror of the same line that stands as at a checkpoint; None: before the first event.

        Raises
        ------
        InputError
            If the checkpoint is of another line, or was counted by another policy: see `fits`.
        """
        if data is not None and not self.fits(data):
            raise InputError(
                f"the checkpoint is of another line, policy or version than {self.scenario.line.line} counted by"
                f" {self.policy.title}; mirror all stored events anew"
            )
        mirror = Mirror(self.scenario, self.calendar, self.policy, **self._settings, notes=notes)
        if data is not None and data["time_s"] is not None:
            mirror._go_on(data)
        return mirror

    def _go_on(self, data: dict[str, Any]) -> None:
        edge, next_s = data["time_s"], data["next_s"]
        self._moments.restore(data["moments"])
        self._course.restore(data["course"])
        self._lateness.too_late = data["too_late"]
        mark = _Mark(edge, data["tally"], data["places"], data["begun_s"], -inf if next_s is None else next_s)
        self._marks = [mark]
        self._restore(mark)
        self.now_s = self._from_s = self._before_s = edge

    def accounts(self, start_s: float | None = None, end_s: float | None = None) -> Accounts | None:
        """Return the accounts of a time, for which its start must be a moment that is still kept.

        Parameters
        ----------
        start_s
            Its start [s]; None: since the plant is heard. Of moments not kept, the one before holds.
        end_s
            Its end, no earlier than the last event [s]; None: now.
        """
        if self.begun_s is None:
            return None
        start = self._since(self.begun_s if start_s is None else start_s)
        return self._windows.accounts(start, self._tally.snapshot(self.now_s if end_s is None else end_s))

    def picture(self) -> Picture:
        """Return how the line stands now."""
        now_s = max(self.now_s, 0.0 if self.begun_s is None else self.begun_s)
        return draw(
            self._windows,
            self._tally,
            self._places,
            strips=self._course.strips(now_s),
            now_s=now_s,
            since=None if self.begun_s is None else self._since,
        )


def replay(
    mirror: Mirror,
    checkpoint: dict[str, Any] | None,
    events: Iterable[Event],
    notes: Iterable[Event],
    *,
    on_ticks: Callable[[Mirror], None] | None = None,
) -> Mirror:
    """Return a mirror that has taken what is stored: after a stop, and after a note about the past.

    Parameters
    ----------
    mirror
        A mirror that was just made; it says of what, and how it is counted.
    checkpoint
        What to begin with; None to begin with nothing.
    events
        The stored events from the checkpoint's `time_s` on, in order of time.
    notes
        All that people have said.
    on_ticks
        Is handed the mirror as it goes on, to take its ticks from it; without it they are the mirror's to give.
    """
    again = mirror.resumed(checkpoint, notes)
    stored = iter(events)
    while batch := list(islice(stored, AT_ONCE)):
        again.take(batch)
        if on_ticks is not None:
            on_ticks(again)
    return again
