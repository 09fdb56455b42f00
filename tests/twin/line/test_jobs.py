"""What a station does with a product, and the ideal time of each of the parts that leave after a cycle."""

from __future__ import annotations

from support.lines import Description, constant, describe
from twin.line.jobs import job_of


def test_the_ideal_of_a_cycle_is_shared_out_among_the_parts_that_leave_after_it() -> None:
    stations: dict[str, Description] = {
        "saw": {"kind": "split", "parts": 4, "cycle": constant(12)},
        "oven": {"kind": "batch", "size": 8, "cycle": constant(60), "ideal_cycle": "40 s"},
        "a": {"cycle": constant(7)},
    }
    route = [{"from": "saw", "to": "oven"}, {"from": "oven", "to": "a"}, {"from": "a", "to": "out"}]
    line = describe(stations, route).line

    assert [job_of(line, name, None).ideal_s(1) for name in line.stations] == [3, 5, 7]
    assert [job_of(line, name, None).mean_s(1) for name in line.stations] == [3, 7.5, 7]
