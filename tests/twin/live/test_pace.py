"""Pace: events come when their time has come."""

from __future__ import annotations

import pytest

from twin.events import Event
from twin.live.pace import paced


def events(*times: float) -> list[Event]:
    return [Event("s", 1, n, 0, time, "l", None, None, "crew", {}) for n, time in enumerate(times)]


class Wall:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def wait(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@pytest.mark.parametrize("speed", [0.5, 1.0, 60.0])
def test_an_event_waits_until_the_wall_has_come_to_it(speed: float) -> None:
    wall = Wall()
    came = [wall.now for _ in paced(events(50, 51, 51, 170), speed, wait=wall.wait, clock=lambda: wall.now)]

    assert came == pytest.approx([100, 100 + 1 / speed, 100 + 1 / speed, 100 + 120 / speed])


def test_what_lies_before_the_start_comes_at_once() -> None:
    wall = Wall()
    came = [wall.now for _ in paced(events(0, 10, 60), 1.0, start_s=50, wait=wall.wait, clock=lambda: wall.now)]

    assert came == [100, 100, 110]


def test_full_speed_holds_nothing_back() -> None:
    wall = Wall()

    assert list(paced(events(0, 1e9), None, wait=wall.wait, clock=lambda: wall.now)) == events(0, 1e9)
    assert wall.now == 100.0
