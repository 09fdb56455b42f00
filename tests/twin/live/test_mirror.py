from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import lines
from support.mirrored import HOUR, UNTIL_H, counted, disordered, feed, last_told, line_of, mirror_of, run_of
from support.same import assert_equal_accounts
from twin.kpi.definitions import values
from twin.kpi.elements import machines_of, whole_line, work_unit
from twin.kpi.policy import STANDARD, Policy
from twin.live.mirror import replay

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twin.accounts import Accounts
    from twin.events import Event
    from twin.live.picture import Row, Tick


def assert_rows_equal(rows: Iterable[Row], accounts: Accounts, per_part: float) -> None:
    """Assert that every KPI of every station and of the line is that of the engine's own accounts, to 1e-9."""
    found = {row.station: row for row in rows}
    assert set(found) == {*accounts.stations, None}
    for station, row in found.items():
        own = whole_line(accounts, per_part=per_part) if station is None else None
        unit = own or work_unit(accounts, machines_of(accounts, station or ""))
        for kpi, value in values(unit).items():
            told = row.values[kpi]
            if value is None or told is None:
                assert (value, told) == (None, None), (station, kpi)
            else:
                np.testing.assert_allclose(told, value, rtol=1e-9, atol=1e-12, err_msg=f"{station} {kpi}")


def finals(ticks: Iterable[Tick]) -> list[tuple[float, float, list[Row]]]:
    """Return start, end and rows of every finished shift."""
    of = [[row for row in tick.rows if row.window == "shift" and row.final] for tick in last_told(ticks).values()]
    return [(rows[0].start_s, rows[0].end_s, rows) for rows in of if rows]


@pytest.mark.parametrize("name", lines.names())
@pytest.mark.parametrize("late", [0.0, 0.2])
def test_a_mirror_tells_the_kpis_that_the_plant_counted_itself(name: str, late: float) -> None:
    until_s = UNTIL_H[name] * HOUR
    run, events = run_of(name, until_s)
    mirror = mirror_of(line_of(name))
    ticks = feed(mirror, disordered(events, late, 59.0) if late else events)

    whole = mirror.accounts(end_s=until_s)
    assert whole is not None
    assert_equal_accounts(run.accounts, whole)
    assert (mirror.too_late, mirror.contradictions) == (0, {})
    shifts = finals(ticks)
    assert shifts or name == "ceiling_tiles"
    for start_s, end_s, rows in shifts:
        own = counted(name, start_s, end_s).accounts
        assert_rows_equal(rows, own, line_of(name).line.product.per_part)


SHORT_S = 8 * HOUR
MINOR = Policy.model_validate({"name": "minor", "version": 1, "minor_stop": "150 s"})


@pytest.mark.parametrize("name", ["three_stations", "bracket_shop"])
@pytest.mark.parametrize("batch", [7, 1000])
def test_what_late_events_change_is_told_again_as_if_they_had_come_in_time(name: str, batch: int) -> None:
    _, events = run_of(name, SHORT_S if name == "three_stations" else UNTIL_H[name] * HOUR)
    told = last_told(feed(mirror_of(line_of(name)), events))
    late = feed(mirror_of(line_of(name)), disordered(events, 0.2, 59.0), batch)
    assert last_told(late) == told
    assert len(late) >= len(told)


@pytest.mark.parametrize("name", ["three_stations", "machine_shop"])
@pytest.mark.parametrize("policy", [STANDARD, MINOR])
def test_a_mirror_goes_on_from_a_checkpoint_to_the_bit(name: str, policy: Policy) -> None:
    _, events = run_of(name, SHORT_S if name == "three_stations" else UNTIL_H[name] * HOUR)
    coming, luck = disordered(events, 0.1, 59.0), random.Random(3)  # noqa: S311 -- luck, not a secret
    whole = mirror_of(line_of(name), policy=policy)
    told = last_told(feed(whole, coming, 400))
    for _ in range(3):
        cut = luck.randrange(len(coming))
        before = mirror_of(line_of(name), policy=policy)
        ticks = feed(before, coming[:cut], 400)
        kept = json.loads(json.dumps(before.checkpoint()))
        since = kept["time_s"]
        stored = [event for event in events if since is None or event.time >= since]
        after = replay(before, kept, stored, ())
        told_again = last_told([*ticks, *after.ticks()])
        assert told_again == told
        assert after.checkpoint() == whole.checkpoint()
        assert after.picture() == whole.picture()


def standing(events: Iterable[Event]) -> list[Event]:
    """Return what a broker keeps of events: the last that each machine, buffer and crew told of how it stands."""
    last = {}
    for event in events:
        if event.kind in ("state", "level", "crew"):
            what: Any = event.fields.get("buffer") or event.fields.get("skill")
            last[event.kind, event.station, event.machine, what] = event
    return list(last.values())


@pytest.mark.parametrize("name", ["three_stations", "ceiling_tiles"])
def test_a_mirror_that_joins_in_mid_shift_takes_what_is_retained_and_counts_from_there(name: str) -> None:
    joined_s, end_s = 6.75 * HOUR, 8 * HOUR
    _, events = run_of(name, end_s)
    old, new = ([e for e in events if (e.time < joined_s) == before] for before in (True, False))
    mirror = mirror_of(line_of(name))
    retained = standing(old)
    random.Random(1).shuffle(retained)  # noqa: S311
    mirror.take(retained[:3])
    mirror.take(retained[3:])
    feed(mirror, new)

    begun_s = mirror.begun_s
    assert begun_s == new[0].time
    mine, own = mirror.accounts(end_s=end_s), counted(name, begun_s, end_s).accounts
    assert mine is not None
    np.testing.assert_allclose(mine.states, own.states, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(mine.level_s, own.level_s, rtol=1e-9)
    assert (mine.parts == own.parts).all()
    assert (mine.departed, mine.scrapped) == (own.departed, own.scrapped)
    np.testing.assert_allclose(mine.wip_s, own.wip_s, rtol=1e-9)
    assert mine.lead_bins.sum() < own.lead_bins.sum()
    assert not mirror.contradictions


def test_how_a_thing_stands_that_is_heard_late_holds_from_the_edge_of_the_lateness_window() -> None:
    _, events = run_of("three_stations", SHORT_S)
    late = next(event for event in reversed(events) if event.kind == "crew" and event.time > 7 * HOUR)
    others = [event for event in events if event is not late]
    mirror = mirror_of(line_of("three_stations"))
    feed(mirror, others)
    mirror.take([replace(late, time=late.time - 7200)])
    assert mirror.too_late == 1
    mirror.take([replace(late, sequence=10**6, time=mirror.now_s + 1, fields=late.fields | {"present": 2})])
    assert mirror.picture().crews["operator"][0] == 2


def test_a_part_that_comes_too_late_is_counted_as_such_and_asks_for_no_replay() -> None:
    _, events = run_of("three_stations", SHORT_S)
    part = next(event for event in events if event.kind == "part" and event.time > 6.5 * HOUR)
    mirror = mirror_of(line_of("three_stations"))
    feed(mirror, [event for event in events if event is not part])
    mirror.take([part])
    assert (mirror.too_late, mirror.late_from, mirror.wants_replay_from) == (1, part.time, None)
    again = replay(mirror, None, events, ())
    assert again.accounts().parts.sum() == sum(event.kind == "part" for event in events)
