from __future__ import annotations

from dataclasses import fields, replace
from itertools import count, repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from support.accounts import times
from twin.accounts import LEAD_EDGES, Accounts, lead_quantile, total
from twin.errors import InputError
from twin.events import Event
from twin.kpi.fold import fold
from twin.line.load import load_line_text
from twin.line.scenario import Scenario, scenario
from twin.line.work_calendar import scheduled_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.events import Value

HOUR = 3600.0
NO_LOT: dict[str, Any] = {"pieces": None, "product": None}

LINE = scenario(
    load_line_text("""
line: two
operators: {operator: 2}
stations:
  press:
    cycle: 10 s
    ideal_cycle: 8 s
    crew: {operator: 1}
    failures: {jam: {ttf: 40 min, ttr: 7 s}}
    power: {processing: 18 kW, idle: 4 kW, down: 1 kW}
  weld: {cycle: 10 s}
route:
  - {from: press, to: weld, buffer: 1}
  - {from: weld, to: press, probability: 0.1, rework: true}
  - {from: weld, to: out, probability: 0.9}
""")
)


class Log:
    """Events written down one by one, numbered as they come."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(
        self, time: float, kind: str, station: str | None = None, machine: int | None = None, **values: Value
    ) -> None:
        event = Event("hand", 0, len(self.events), 0, time, "two", station, machine, kind, values)
        self.events.append(event)

    def state(self, time: float, station: str, state: str, machine: int = 1) -> None:
        reason = "jam" if state in {"down", "waiting_repair"} else None
        self.add(time, "state", station, machine, state=state, reason=reason)

    def part(self, time: float, station: str, part: int, to: str, outcome: str = "good") -> None:
        self.add(time, "part", station, 1, part=part, outcome=outcome, cycle_s=10.0, to=to, **NO_LOT)

    def arrival(self, time: float, part: int, station: str = "press") -> None:
        self.add(time, "arrival", station, part=part, accepted=part >= 0, pieces=None)

    def level(self, time: float, buffer: str, level: int) -> None:
        self.add(time, "level", buffer.partition("->")[2], buffer=buffer, level=level)

    def crew(self, time: float, present: int, busy: int, waiting: int) -> None:
        self.add(time, "crew", skill="operator", present=present, busy=busy, waiting=waiting)


def start() -> Log:
    """Return a log in which everything on the line has been said to stand still and empty."""
    log = Log()
    log.state(0, "press", "starved")
    log.state(0, "weld", "starved")
    log.level(0, "press->weld", 0)
    log.level(0, "weld->press", 0)
    log.crew(0, 2, 0, 0)
    return log


def seventy_seconds() -> list[Event]:
    """Return the log of 70 s in which four parts come: one leaves at once, one after rework, one as scrap."""
    log = start()
    log.arrival(0, 1)
    log.state(0, "press", "processing")
    log.crew(0, 2, 1, 0)
    log.part(10, "press", 1, "weld")
    log.state(10, "weld", "processing")
    log.arrival(10, 2)
    log.state(15, "press", "down")
    log.crew(15, 2, 0, 1)
    log.part(20, "weld", 1, "out")
    log.state(20, "weld", "starved")
    log.state(22, "press", "processing")
    log.crew(22, 2, 1, 0)
    log.part(27, "press", 2, "weld")
    log.state(27, "weld", "processing")
    log.arrival(27, 3)
    log.part(37, "weld", 2, "press", "rework")
    log.level(37, "weld->press", 1)
    log.state(37, "weld", "starved")
    log.part(40, "press", 3, "scrap", "scrap")
    log.level(40, "weld->press", 0)
    log.part(50, "press", 2, "weld")
    log.state(50, "weld", "processing")
    log.arrival(50, 4)
    log.state(55, "press", "waiting_repair")
    log.part(60, "weld", 2, "out")
    log.state(60, "weld", "starved")
    log.level(62, "press->weld", 1)
    log.level(66, "press->weld", 0)
    log.add(67, "power", "press", 1, power_kw=1.0)
    return log.events


def test_accounts_of_seventy_seconds_worked_by_hand() -> None:
    accounts = fold(seventy_seconds(), LINE, 0, 70)
    assert (accounts.span_s, accounts.scheduled_s) == (70, 70)
    assert (accounts.stations, accounts.machine_station) == (("press", "weld"), (0, 1))
    np.testing.assert_array_equal(
        accounts.states, [times(processing=48, down=7, waiting_repair=15), times(processing=30, starved=40)]
    )
    assert accounts.parts.tolist() == [4, 3]
    assert accounts.scrap.tolist() == [1, 0]
    assert accounts.rework.tolist() == [0, 1]
    assert accounts.failures.tolist() == [2, 0]
    assert accounts.repaired.tolist() == [1, 0]
    assert accounts.edges == ("press->weld", "weld->press")
    assert accounts.level_s.tolist() == [4, 3]
    assert accounts.full_s.tolist() == [4, 0]
    assert accounts.empty_s.tolist() == [66, 67]
    assert accounts.skills == ("operator",)
    assert (accounts.present_s, accounts.busy_s, accounts.waiting_s) == ([140], [63], [7])
    assert (accounts.arrived, accounts.turned_away) == (4, 0)
    assert (accounts.departed, accounts.scrapped, accounts.first_pass) == (2, 1, 1)
    assert accounts.wip_s == 103
    assert accounts.lead_sum_s == 70
    assert lead_quantile(accounts, 0.5) == pytest.approx(20, rel=0.01)
    assert lead_quantile(accounts, 1.0) == pytest.approx(50, rel=0.01)


def test_what_describes_the_line_comes_from_the_scenario() -> None:
    accounts = fold(seventy_seconds(), LINE, 0, 70)
    assert accounts.ideal_s.tolist() == (accounts.parts * [8, 10]).tolist()
    np.testing.assert_array_equal(
        accounts.power_w[0],
        times(
            processing=18_000,
            down=1000,
            waiting_repair=1000,
            setup=4000,
            waiting_operator=4000,
            blocked=4000,
            starved=4000,
        ),
    )


def test_an_event_at_the_start_is_measured_and_one_at_the_end_is_not() -> None:
    accounts = fold(seventy_seconds(), LINE, 20, 50)
    np.testing.assert_array_equal(accounts.states, [times(processing=28, down=2), times(processing=10, starved=20)])
    assert accounts.parts.tolist() == [2, 2]
    assert accounts.failures.tolist() == [0, 0]
    assert accounts.repaired.tolist() == [1, 0]
    assert (accounts.arrived, accounts.departed, accounts.scrapped, accounts.first_pass) == (1, 1, 1, 1)
    assert accounts.wip_s == 43
    assert accounts.lead_sum_s == 20


@pytest.mark.parametrize("cut_s", [0.5, 10, 15, 20, 37, 38.25, 60, 69])
def test_two_pieces_of_time_add_up_to_the_whole(cut_s: float) -> None:
    events = seventy_seconds()
    whole, pieces = fold(events, LINE, 0, 70), total([fold(events, LINE, 0, cut_s), fold(events, LINE, cut_s, 70)])
    for field in fields(Accounts):
        np.testing.assert_array_equal(getattr(pieces, field.name), getattr(whole, field.name), err_msg=field.name)


def test_times_of_every_machine_add_up_to_the_span() -> None:
    assert fold(seventy_seconds(), LINE, 3.25, 61.5).states.sum(axis=1).tolist() == [58.25, 58.25]


def test_a_failure_that_lasts_over_a_closed_shift_is_one_failure_and_one_repair() -> None:
    log = start()
    for time, state in [
        (10, "waiting_repair"),
        (20, "off_shift"),
        (40, "waiting_repair"),
        (45, "down"),
        (60, "starved"),
    ]:
        log.state(time, "press", state)
    accounts = fold(log.events, LINE, 0, 100)
    assert (accounts.failures[0], accounts.repaired[0]) == (1, 1)


def test_a_failure_that_is_not_repaired_yet_is_no_repair() -> None:
    log = start()
    for time, state in [(10, "down"), (20, "blocked"), (30, "down"), (40, "off_shift")]:
        log.state(time, "press", state)
    accounts = fold(log.events, LINE, 0, 100)
    assert (accounts.failures[0], accounts.repaired[0]) == (2, 1)


def test_nothing_after_the_end_is_read() -> None:
    def endless() -> Iterator[Event]:
        log = start()
        yield from log.events
        yield from (replace(log.events[0], time=float(second)) for second in count())

    assert fold(endless(), LINE, 0, 100).states[0].sum() == 100


def test_a_lead_time_on_an_edge_of_a_bin_belongs_to_the_bin_above() -> None:
    lead_s = float(LEAD_EDGES[1000])
    log = start()
    log.arrival(0, 1)
    log.part(lead_s, "weld", 1, "out")
    assert fold(log.events, LINE, 0, 100).lead_bins[1001] == 1


def arrivals_line() -> Scenario:
    return scenario(
        load_line_text("""
line: queue
source: {arrivals: {exponential: {mean: 30 s}}, capacity: 1}
stations:
  serve: {machines: 2, cycle: 20 s}
route:
  - {from: serve, to: out}
""")
    )


def test_arrivals_wait_in_a_queue_of_their_own_and_may_be_turned_away() -> None:
    log = Log()
    log.state(0, "serve", "starved")
    log.state(0, "serve", "starved", machine=2)
    log.level(0, "source->serve", 0)
    log.arrival(5, 1, "serve")
    log.level(5, "source->serve", 1)
    log.arrival(8, -1, "serve")
    log.level(11, "source->serve", 0)
    accounts = fold(log.events, arrivals_line(), 0, 20)
    assert accounts.edges == ("source->serve",)
    assert (accounts.arrived, accounts.turned_away) == (1, 1)
    assert (accounts.level_s[0], accounts.full_s[0], accounts.empty_s[0]) == (6, 0, 14)
    assert accounts.wip_s == 15
    assert accounts.machine_station == (0, 0)


def test_a_buffer_without_places_needs_no_event_and_is_always_empty() -> None:
    line = scenario(
        load_line_text("""
line: tight
stations: {press: {cycle: 10 s}, weld: {cycle: 10 s}}
route: [{from: press, to: weld, buffer: 0}, {from: weld, to: out}]
""")
    )
    log = Log()
    log.state(0, "press", "starved")
    log.state(0, "weld", "starved")
    accounts = fold(log.events, line, 0, 20)
    assert (accounts.level_s[0], accounts.full_s[0], accounts.empty_s[0]) == (0, 0, 20)


def test_scheduled_time_follows_the_shifts() -> None:
    line = load_line_text("""
line: day
shifts: {pattern: 1x8, days: mon-fri, start: "06:00"}
stations:
  press: {cycle: 10 s}
""")
    assert scheduled_s(line.shifts, 0, 6 * HOUR) == 0
    assert scheduled_s(line.shifts, 0, 10 * HOUR) == 4 * HOUR
    assert scheduled_s(line.shifts, 7 * HOUR, 24 * HOUR) == 7 * HOUR
    assert scheduled_s(line.shifts, 0, 7 * 24 * HOUR) == 40 * HOUR
    assert scheduled_s(line.shifts, 5 * 24 * HOUR, 7 * 24 * HOUR) == 0
    assert scheduled_s(line.shifts, 13 * HOUR, (14 * 24 + 8) * HOUR) == (1 + 4 * 8 + 40 + 2) * HOUR


def refused(events: list[Event], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        fold(events, LINE, 0, 100)


def test_events_of_two_runs_are_refused() -> None:
    log = start()
    refused([*log.events, replace(log.events[0], run=1)], "of run 1 among events of run 0")


def test_events_out_of_order_are_refused() -> None:
    log = start()
    log.state(10, "press", "blocked")
    log.state(9, "press", "starved")
    refused(log.events, "sort the events by time")


def test_a_machine_buffer_crew_or_part_that_is_unknown_is_refused() -> None:
    for change in (
        {"kind": "state", "station": "paint", "machine": 1, "fields": {"state": "blocked", "reason": None}},
        {"kind": "state", "station": "press", "machine": 2, "fields": {"state": "blocked", "reason": None}},
        {"kind": "level", "fields": {"buffer": "press->out", "level": 1}},
        {"kind": "crew", "fields": {"skill": "welder", "present": 1, "busy": 0, "waiting": 0}},
        {
            "kind": "part",
            "fields": {"part": 9, "outcome": "good", "cycle_s": 1.0, "to": "out", **NO_LOT},
        },
    ):
        log = start()
        refused([*log.events, replace(log.events[0], **change)], "is unknown")


@pytest.mark.parametrize(
    ("left_out", "what"),
    [
        (0, "machine 1 of press"),
        (1, "machine 1 of weld"),
        (2, "press->weld"),
        (3, "weld->press"),
        (4, "operator"),
    ],
)
def test_what_the_log_does_not_say_is_named(left_out: int, what: str) -> None:
    log = start()
    del log.events[left_out]
    refused(log.events, f"do not say how {what}")


def test_measured_time_must_not_be_empty() -> None:
    with pytest.raises(ValueError, match="must end after its start"):
        fold(repeat(start().events[0]), LINE, 10, 10)


LOTS = scenario(
    load_line_text("""
line: two
move: order
products: {x: {}, y: {ideal_cycle: {press: 2 s}}}
source: {orders: {book: [{order: A, release: "-100 s", pieces: 10, product: x}], every: 1 h, pieces: 3}}
stations:
  press: {cycle: {per_piece: 8 s}}
  weld: {cycle: 10 s}
route:
  - {from: press, to: weld}
  - {from: weld, to: press, probability: 0.1, rework: true}
  - {from: weld, to: out, probability: 0.9}
""")
)


def test_lots_count_in_pieces_and_orders_by_their_last() -> None:
    """Order A, there for 100 s, 10 pieces of x: on press to 80, 2 are scrap; on weld to 90, 3 go back, 5 leave.

    The 3 are on press to 114 and on weld to 124. Order B, 4 pieces of y, comes at 20 and is scrap on press at 146.
    """
    log = Log()
    for station in ("press", "weld"):
        log.state(0, station, "starved")
    for buffer in ("press->weld", "weld->press", "source->press"):
        log.add(0, "level", buffer.partition("->")[2], buffer=buffer, level=0)

    def arrive(time: float, part: int, pieces: int) -> None:
        log.add(time, "arrival", "press", part=part, accepted=True, pieces=pieces)

    def leave(time: float, station: str, part: int, to: str, **about: Any) -> None:  # noqa: ANN401
        outcome = {"scrap": "scrap", "press": "rework"}.get(to, "good")
        log.add(time, "part", station, 1, part=part, outcome=outcome, cycle_s=10.0, to=to, **{"product": "x"} | about)

    log.add(0, "order", order="A", change="released", pieces=10)
    arrive(0, 1, 10)
    log.add(20, "order", order="B", change="released", pieces=4)
    arrive(20, 2, 4)
    leave(80, "press", 1, "scrap", pieces=2)
    leave(80, "press", 1, "weld", pieces=8)
    leave(90, "weld", 3, "press", pieces=3)
    leave(90, "weld", 1, "out", pieces=5)
    leave(114, "press", 3, "weld", pieces=3)
    leave(124, "weld", 3, "out", pieces=3)
    log.add(124, "order", order="A", change="ended", pieces=8)
    leave(146, "press", 2, "scrap", pieces=4, product="y")
    log.add(146, "order", order="B", change="ended", pieces=0)

    accounts = fold(log.events, LOTS, 0, 200)

    assert (accounts.arrived, accounts.departed, accounts.scrapped, accounts.first_pass) == (14, 8, 6, 5)
    assert (accounts.parts.tolist(), accounts.rework.tolist()) == ([17, 11], [0, 3])
    assert (accounts.orders_arrived, accounts.orders_departed, accounts.lead_sum_s) == (2, 1, 224)
    assert accounts.ideal_s.tolist() == [8 * 10 + 8 * 3 + 2 * 4, 10 + 10]
    assert accounts.wip_s == 10 * 80 + 8 * 10 + 3 * 34 + 4 * 126
