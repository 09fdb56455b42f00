"""A live twin at work: what it keeps and tells when the disk refuses, when it is killed, and when a forecast fails."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

import lines
from connectors.mqtt import Message, topic_of
from connectors.store import Store
from connectors.store_schema import Unwritable
from support.live import MONDAY
from twin.cli import live_loop
from twin.cli.compare_question import HOME
from twin.cli.live import watched_line
from twin.cli.live_loop import LiveTwin
from twin.cli.resolve import site_of
from twin.errors import InputError
from twin.events import Event, to_json
from twin.line.load import load_line
from twin.live.clock import SECOND
from twin.live.plant import Plant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from twin.cli.live_loop import Watched

ROOT = "twin/france/plant"
BATCH = 50


@cache
def _watched(replications: int = 0) -> Watched:
    line = load_line(lines.path("three_stations"))
    watched = watched_line(line, site_of(HOME), root=ROOT, replications=replications, forwards=True)
    return watched._replace(plan=lambda _shift: 80.0)


@cache
def _told() -> tuple[Event, ...]:
    """Return what a plant tells from 08:00 on for a quarter of an hour: a twin joins in the middle of a shift."""
    watched = _watched()
    epoch_ns = round(MONDAY.replace(tzinfo=watched.calendar.zone).timestamp()) * SECOND
    return tuple(Plant(watched.scenario, watched.calendar, epoch_ns=epoch_ns).events(8 * 3600.0, 8.25 * 3600.0))


def _messages(events: Sequence[Event]) -> list[Message]:
    payloads = [to_json(event).encode() for event in events]
    return [
        Message(topic_of(ROOT, event), payload, False, 1, 1, len(payload), 1)  # noqa: FBT003 -- a tuple's place
        for event, payload in zip(events, payloads, strict=True)
    ]


def _hear(twin: LiveTwin, events: Sequence[Event]) -> None:
    for first in range(0, len(events), BATCH):
        twin.take(_messages(events[first : first + BATCH]))
        twin.tell()


def _points(store: Store, name: str) -> list[str]:
    """Return the points of a measurement that wait."""
    batch = store.outbox.take(100_000)
    assert batch is not None
    return sorted(line for line in batch.lines if line.startswith(f"{name},"))


def test_an_epoch_that_the_disk_refuses_is_kept_with_the_message_that_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else all that was kept would have no date after a restart."""
    with closing(Store(tmp_path / "s.sqlite", "three-stations")) as store, closing(LiveTwin(_watched(), store)) as twin:
        with monkeypatch.context() as full:
            full.setattr(store, "set_epoch", _refuse)
            with pytest.raises(Unwritable):
                twin.take(_messages(_told()[:BATCH]))
        twin.take(_messages(_told()[:BATCH]))
        assert store.epoch_ns == _told()[0].epoch_ns


def _refuse(_epoch_ns: int) -> None:
    raise Unwritable("full")


def test_a_twin_that_is_killed_tells_the_same_again(tmp_path: Path) -> None:
    """The plan of a shift that it joined, and a note that was kept and not told."""
    path, last = tmp_path / "s.sqlite", _told()[-1]
    with closing(Store(path, "three-stations")) as store, closing(LiveTwin(_watched(), store)) as twin:
        _hear(twin, _told())
        before = _points(store, "output")
        store.outbox.close()
        note = replace(
            last, source="desk", boot=1, sequence=0, station=None, machine=None, kind="note",
            fields={"author": "shift lead", "text": "jam", "start_s": last.time - 20.0, "end_s": last.time,
                    "reason": "jam"},
        )  # fmt: skip
        twin.take(_messages([note]))
    with closing(Store(path, "three-stations")) as store, closing(LiveTwin(_watched(), store)) as twin:
        twin.tell()
        assert _points(store, "output") == before
        assert "kind=note" in "".join(_points(store, "event"))
        store.outbox.close()


def test_a_forecast_that_fails_does_not_stop_the_mirror(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said once, however often it fails."""
    monkeypatch.setattr(live_loop, "forecast", _fail)
    with closing(Store(tmp_path / "s.sqlite", "three-stations")) as store:
        with closing(LiveTwin(_watched(1), store)) as twin:
            _hear(twin, _told())
            assert twin.mirror is not None
            assert twin.mirror.now_s == _told()[-1].time
        assert store.counts().events == len(_told())
    assert capsys.readouterr().err.count("no forecast (out of luck)") == 1


def _fail(*_given: object, **_named: object) -> None:
    raise InputError("out of luck")


def test_what_came_too_late_is_counted_after_a_stop_too(tmp_path: Path) -> None:
    """It waits for the shift's end; a twin that is killed before counts it when it starts."""
    path, told = tmp_path / "s.sqlite", _told()
    late = [event for event in told if event.kind == "part" and 8.05 * 3600 < event.time < 8.1 * 3600]
    with closing(Store(path, "three-stations")) as store, closing(LiveTwin(_watched(), store)) as twin:
        _hear(twin, [event for event in told if event not in late])
        _hear(twin, late)
        assert twin.mirror is not None
        assert twin.mirror.too_late == len(late)
        short = twin.mirror.accounts()
    with closing(Store(path, "three-stations")) as store, closing(LiveTwin(_watched(), store)) as twin:
        assert twin.mirror is not None
        whole = twin.mirror.accounts()
    assert short is not None
    assert whole is not None
    assert whole.parts.sum() == short.parts.sum() + len(late)
