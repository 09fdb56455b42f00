"""A live twin at work: messages become events in the store, events become KPIs, points and forecasts.

The order of things is what makes it lose nothing: an event is committed, then mirrored, then acknowledged. What the
mirror makes (points, checkpoint) is saved at every tick; after a stop, however it came, the events since the last
checkpoint are mirrored again and make the same points again.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from connectors.mqtt_reading import Reader, Refused
from connectors.store_reading import Quarantined
from twin.cli.wire import say
from twin.live.clock import SECOND, epoch_for, is_ahead, rebased
from twin.live.forecast import forecast, score
from twin.live.mirror import Mirror, replay
from twin.live.points import (
    forecast_points,
    line_row,
    note_point,
    origin,
    score_points,
    tick_points,
    twin_point,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from connectors.mqtt import Message
    from connectors.store import Store
    from twin.events import Event
    from twin.kpi.policy import Policy
    from twin.line.scenario import Scenario
    from twin.line.site import Site
    from twin.live.picture import Forecast, Score, Tick
    from twin.live.points import Origin
    from twin.live.shift_calendar import Shift, ShiftCalendar
    from twin.ports import Point

REAL_TIME_S, QUIET_S = 60.0, 5.0
"""A plant's clock shows our own time if it is no further from it than this; it goes on after so long a silence [s]."""
SETTLED_S = 1.0
"""The first forecast of a shift waits for its beginning to be told [s]."""
TOLD_AGAIN_S = 86_400.0
"""The notes of so long before a checkpoint are told again with what came after it [s]."""
FORECAST_EVERY_S = 60.0
"""A forecast is made at most so often [s of the plant's time]."""


class Watched(NamedTuple):
    """What a live twin watches, and how.

    `root` begins the topics; `plan` gives the output to be reached in a shift [units of the product], None where there
    is none; `forwards` says whether points are kept for a database, `replications` how many a forecast takes, 0 for no
    forecasts; `keep_s` how long the store keeps what it has [s of the plant's time].
    """

    scenario: Scenario
    site: Site
    calendar: ShiftCalendar
    policy: Policy
    root: str
    plan: Callable[[Shift], float | None]
    forwards: bool = False
    every_s: float = 60.0
    lateness_s: float = 60.0
    replications: int = 200
    keep_s: float = inf


class LiveTwin:
    """Holds a mirror up to a plant, keeps what it shows, and foretells the end of the shift.

    Parameters
    ----------
    watched
        What it watches.
    store
        Where it keeps everything; if it holds events, the mirror stands as they left it.
    meanwhile
        Called again and again while much is mirrored anew; what it raises ends that, and loses nothing.
    """

    def __init__(self, watched: Watched, store: Store, *, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.watched, self.store, self._meanwhile = watched, store, meanwhile
        self.forecast: Forecast | None = None
        self.score: Score | None = None
        self.mirror: Mirror | None = None
        self.source: Origin | None = None
        self.refusal: str | None = None
        """Why the last message was refused."""
        self._notes: list[Event] = []
        self._reader = Reader(watched.root, watched.scenario.line)
        self._epoch_ns = store.epoch_ns
        self._now_s = -inf
        """The time of the latest event that was read [s]."""
        self._stale = False
        self._waited = False
        self._behind_s = inf
        """How far the plant's clock is behind our own [s]."""
        self._teller = ThreadPoolExecutor(1, thread_name_prefix="forecast")
        self._telling: Future[Forecast] | None = None
        self._wanted = True
        """Whether anybody waits for a forecast."""
        self._told_s = -inf
        self._said = ""
        """What was last said of a forecast that failed."""
        if self._epoch_ns is not None:
            self._mirror_again(inf)

    def take(self, messages: Sequence[Message]) -> None:
        """Make messages safe in the store and mirror them; afterwards they may be acknowledged.

        Raises
        ------
        Unwritable
            If the disk refuses; nothing has happened then, and the same messages may be taken again.
        """
        events, refused = self._read(messages)
        new = self.store.commit(events, refused)
        if not new:
            return
        mirror = self.mirror or self._begin()
        if self._stale:
            self._mirror_again(inf)
            return
        mirror.take(new)
        self._behind_s = self._seconds(time.time_ns()) - mirror.now_s
        if self._waited and mirror.late_from is not None:
            self._mirror_again(mirror.late_from)
        self._waited = False
        if self.mirror is not None and self.mirror.late_from is not None:
            # What is left out until the shift ends must be counted after a stop too: no checkpoint goes without it.
            self.store.forget_checkpoints(self.mirror.late_from)
        self._notes += [event for event in new if event.kind == "note"]
        if mirror.wants_replay_from is not None:
            self._mirror_again(mirror.wants_replay_from)

    def pass_time(self) -> None:
        """Let a plant's clock go on that shows our own time: where all stands still, nothing is told for long.

        What then comes after all was told before, however late, is mirrored in its place.
        """
        mirror = self.mirror
        if mirror is None or abs(self._behind_s) > REAL_TIME_S:
            return
        now_s = self._seconds(time.time_ns()) - self._behind_s
        if now_s > mirror.now_s + QUIET_S:
            mirror.wait(now_s)
            self._waited = True

    def tell(self) -> list[Tick]:
        """Save what has come of the events, and return it: ticks, and with them points, forecasts and scores.

        Raises
        ------
        Unwritable
            If the disk refuses; the mirror then begins anew from what is kept, and tells the same again.
        """
        if self._stale:
            self._mirror_again(inf)
        if self.mirror is None:
            return []
        ticks, foretold = self.mirror.ticks(), self._foretold()
        if ticks or foretold is not None:
            whole = ticks and self.mirror.late_from is None
            self._save(ticks, foretold, self.mirror.checkpoint() if whole else None)
            self._foretell()
        if not any(row.final for tick in ticks for row in tick.rows):
            return ticks
        if self.mirror.late_from is not None:
            self._mirror_again(self.mirror.late_from)
        if self.watched.keep_s < inf:
            # A plant's clock may be ahead of ours; nothing is forgotten for that.
            latest_s = min(self.mirror.now_s, self._seconds(time.time_ns()))
            self.store.prune(latest_s - self.watched.keep_s)
        return ticks

    def _save(
        self, ticks: Sequence[Tick], foretold: Forecast | None = None, checkpoint: dict[str, Any] | None = None
    ) -> None:
        """Save ticks and a forecast, the points made of them, and what to begin with after a stop."""
        self._stale = True
        if self.source is not None and self.mirror is not None and self.mirror.begun_s is not None:
            self.source = self.source._replace(since_ns=self.source.unix_ns(self.mirror.begun_s))
        scores = [found for tick in ticks for found in self._scored(tick)]
        kept = checkpoint is not None and checkpoint["time_s"] is not None
        self.store.save(
            rows=[row for tick in ticks for row in tick.rows],
            points=self._points(ticks, foretold, scores) if self.watched.forwards else (),
            forecasts=() if foretold is None else (foretold,),
            scores=[(self._seconds(found.shift.end_ns), found._asdict()) for found in scores],
            checkpoint=(checkpoint["time_s"], checkpoint) if kept and checkpoint is not None else None,
            shift=_text(ticks[-1].shift) if ticks else "",
        )
        self.forecast = foretold or self.forecast
        self._notes.clear()
        self._stale = False

    def _points(self, ticks: Sequence[Tick], foretold: Forecast | None, scores: Sequence[Score]) -> list[Point]:
        """Return the points for the database."""
        source = self.source
        if source is None:
            return []
        points = [point for tick in ticks for point in tick_points(tick, source)]
        points += [note_point(note, source) for note in self._notes]
        points += [point for found in scores for point in score_points(found, source)]
        if foretold is not None:
            points += forecast_points(foretold, source)
        if ticks:
            points.append(twin_point(ticks[-1].time_s, self.books(), source))
        return points

    def books(self) -> dict[str, int]:
        """Return what the twin has kept and refused, by name."""
        mirror, counts = self.mirror, self.store.counts()
        return {
            "events": counts.events,
            "quarantine": counts.quarantine,
            "outbox": counts.outbox,
            "dead": counts.dead_letters,
            "contradictions": 0 if mirror is None else mirror.contradictions.total(),
            "too_late": 0 if mirror is None else mirror.too_late,
        }

    def close(self) -> None:
        """Stop foretelling; what is under way is not waited for."""
        self._wanted = False
        self._teller.shutdown(wait=False, cancel_futures=True)

    def _read(self, messages: Sequence[Message]) -> tuple[list[Event], list[Quarantined]]:
        """Return the events of messages, in the mirror's time, and the messages that are none."""
        events: list[Event] = []
        refused: list[Quarantined] = []
        wall_ns = time.time_ns()
        for message in messages:
            found = self._reader.read(message)
            if not isinstance(found, Refused):
                found = self._in_time(found, wall_ns)
            if isinstance(found, Refused):
                self.refusal = found.reason
                refused.append(Quarantined(wall_ns, message.topic, message.payload, message.size, found.reason))
            else:
                events.append(found)
        return events, refused

    def _in_time(self, event: Event, wall_ns: int) -> Event | Refused:
        epoch_ns = self._epoch_ns or epoch_for(event, self.watched.calendar.zone)
        event = rebased(event, epoch_ns)
        if self._epoch_ns is None:
            self._now_s = (wall_ns - epoch_ns) / SECOND
        if is_ahead(event, self._now_s, wall_ns):
            return Refused("its clock is ahead of the plant's and of ours")
        if event.time < self.store.kept_from_s:
            return Refused("it is older than all that the store keeps (--keep)")
        if self._epoch_ns is None:
            # Kept first: where the disk refuses it, the message is taken again.
            self.store.set_epoch(epoch_ns)
            self._epoch_ns, self._now_s = epoch_ns, event.time
        self._now_s = max(self._now_s, event.time)
        return event

    def _begin(self) -> Mirror:
        """Hold up a mirror that has seen nothing yet."""
        watched, epoch_ns = self.watched, self._epoch_ns or 0
        self.source = origin(watched.scenario, watched.site, watched.calendar, epoch_ns, watched.plan)
        self.mirror = Mirror(
            watched.scenario,
            watched.calendar,
            watched.policy,
            epoch_ns=epoch_ns,
            lateness_s=watched.lateness_s,
            every_s=watched.every_s,
        )
        return self.mirror

    def _mirror_again(self, from_s: float) -> None:
        """Hold the mirror up anew to all that is kept, from the last checkpoint at or before a time [s]."""
        mirror = self._begin()
        # What was counted without what now comes to it must not be taken up again.
        self.store.forget_checkpoints(from_s)
        found = self.store.checkpoint_before(from_s)
        # One of another policy, or another version of the twin, was counted otherwise: all is counted anew.
        start_s, data = found if found is not None and mirror.fits(found[1]) else (-inf, None)
        notes = self.store.notes()
        # A note may have been kept and not told. Told twice it is the same point.
        self._notes = [note for note in notes if note.time >= start_s - TOLD_AGAIN_S]
        self.mirror = replay(mirror, data, self.store.events(start_s), notes, on_ticks=self._tell_again)
        self._now_s = max(self._now_s, self.mirror.now_s)
        self._stale = False

    def _tell_again(self, mirror: Mirror) -> None:
        """Save what comes of events that are mirrored again."""
        self.mirror = mirror
        self._save(mirror.ticks())
        self._meanwhile()

    def _seconds(self, unix_ns: int) -> float:
        """Return a moment [ns UTC] on the mirror's clock [s]."""
        return (unix_ns - (self._epoch_ns or 0)) / SECOND

    def _foretell(self) -> None:
        """Begin a forecast, where one is due and none is under way."""
        mirror, watched = self.mirror, self.watched
        if mirror is None or self._telling is not None or not watched.replications:
            return
        if mirror.now_s < self._told_s + FORECAST_EVERY_S and mirror.now_s >= self._told_s:
            return
        picture = mirror.picture()
        # Of the instant at which the shift begins not all may have been told yet.
        if picture.shift is None or picture.now_s < self._seconds(picture.shift.start_ns) + SETTLED_S:
            return
        self._told_s = picture.now_s
        self._telling = self._teller.submit(
            forecast,
            watched.scenario,
            picture,
            watched.calendar,
            epoch_ns=self._epoch_ns or 0,
            plan=None if self.source is None else self.source.planned(picture.shift),
            replications=watched.replications,
            wanted=lambda: self._wanted,
        )

    def _foretold(self) -> Forecast | None:
        """Return the forecast that has been made since it was last asked for."""
        if self._telling is None or not self._telling.done():
            return None
        telling, self._telling = self._telling, None
        try:
            return telling.result()
        except Exception as error:  # noqa: BLE001 -- whatever a forecast meets, the mirror goes on
            sentence = f"no forecast ({str(error) or type(error).__name__}); the mirror goes on"
            if sentence != self._said:
                say(sentence)
            self._said = sentence
            return None

    def _scored(self, tick: Tick) -> Iterator[Score]:
        """Yield what the forecasts of a shift were worth, once it has ended."""
        row = line_row(tick)
        if row is None or not row.final or self.source is None:
            return
        made = [
            told
            for told in self.store.forecasts(row.start_s, row.end_s)
            if (told.shift.name, told.shift.day) == (row.shift, row.day)
        ]
        if made:
            self.score = score(made, row.extras["good_units"])
            yield self.score


def _text(shift: Shift | None) -> str:
    return "" if shift is None else f"{shift.day} {shift.name}"
