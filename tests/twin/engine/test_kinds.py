"""What stations that take or let go several parts need in numbers: records and draws for one instant, or a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.lines import Description, constant, describe, serial
from twin.engine.kinds import spare_parts
from twin.engine.plan import make_plan
from twin.errors import InputError

if TYPE_CHECKING:
    from twin.line.scenario import Scenario


def cut(parts: int, machines: int = 1, **more: object) -> Description:
    return {"kind": "split", "parts": parts, "cycle": constant(10), "machines": machines, **more}


def sawn(saw: Description, way: Description) -> Scenario:
    """Return a line of a saw that leads to `a` by a way."""
    route = [{"from": "saw", "to": "a", **way}, {"from": "a", "to": "out"}]
    return describe({"saw": saw, "a": {"cycle": constant(1)}}, route)


def test_records_are_kept_for_all_that_is_cut_batched_or_joined_at_once() -> None:
    stations: dict[str, Description] = {
        "saw": cut(12, machines=2),
        "oven": {"kind": "batch", "size": 8, "cycle": constant(5)},
        "a": {"cycle": constant(1)},
    }

    line = serial(stations, [None, None]).line

    assert spare_parts(line) == 2 * 12 + 8


def test_more_parts_than_records_can_be_kept_for_are_refused() -> None:
    with pytest.raises(InputError, match=r"stations\.saw\.machines: they hold 200,000 parts at once, over 100,000"):
        make_plan(sawn(cut(1000, machines=200), {}))


def test_more_draws_than_a_stream_keeps_ready_are_refused() -> None:
    with pytest.raises(
        InputError, match=r"saw->a.transport: 1,201 parts may set out at one instant; a transport can take 1,008"
    ):
        make_plan(sawn(cut(300, machines=4), {"transport": "5 s"}))


def test_streams_keep_a_draw_for_each_part_that_may_be_let_go() -> None:
    plan = make_plan(sawn(cut(300, scrap=0.1), {"buffer": 5}))

    [scrap] = [stream for stream in plan.streams if stream.purpose == "scrap"]
    assert scrap.burst == 299
