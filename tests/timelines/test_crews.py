"""People: who is served first, who keeps them through a failure, who repairs; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, describe
from support.timeline import crew, parts, states

if TYPE_CHECKING:
    from support.timeline import Follow
    from twin.line.scenario import Scenario


def side_by_side(stations: dict[str, Description], operators: dict[str, int]) -> Scenario:
    """Return stations that share nothing but people: each always has a part, and sends it out."""
    return describe(stations, [{"from": name, "to": "out"} for name in stations], operators=operators)


def test_one_operator_serves_three_machines_in_the_order_of_asking(follow: Follow) -> None:
    """A 7 s, b 3 s, c 5 s. At 0 the line settles from its end, so c asks first and is served at once."""
    one = {"crew": {"operator": 1}}
    stations = {
        "a": {"cycle": constant(7), **one},
        "b": {"cycle": constant(3), **one},
        "c": {"cycle": constant(5), **one},
    }

    run = follow(side_by_side(stations, operators={"operator": 1}), 36)

    # c 0-5; a and b have asked at 0: a 5-12 by its place in the file, b 12-15; then by the time of asking
    # c (5) 15-20, a (12) 20-27, b (15) 27-30, c (20) 30-35, a (27) 35-
    assert states(run, "a") == [
        (0, "waiting_operator"),
        (5, "processing"),
        (12, "waiting_operator"),
        (20, "processing"),
        (27, "waiting_operator"),
        (35, "processing"),
    ]
    assert states(run, "b") == [
        (0, "waiting_operator"),
        (12, "processing"),
        (15, "waiting_operator"),
        (27, "processing"),
        (30, "waiting_operator"),
    ]
    assert states(run, "c") == [
        (0, "processing"),
        (5, "waiting_operator"),
        (15, "processing"),
        (20, "waiting_operator"),
        (30, "processing"),
        (35, "waiting_operator"),
    ]
    assert crew(run, "operator") == [(0, (1, 1, 2))]
    assert (run.accounts.busy_s[0], run.accounts.waiting_s[0]) == (36, 72)


def test_a_request_for_two_is_not_overtaken_by_one_for_one(follow: Follow) -> None:
    """Two operators: c takes one for 4 s, b asks two at 0, a asks one at 0; d of another skill is not held up."""
    stations = {
        "a": {"cycle": constant(3), "crew": {"operator": 1}},
        "b": {"cycle": constant(6), "crew": {"operator": 2}},
        "c": {"cycle": constant(4), "crew": {"operator": 1}},
        "d": {"cycle": constant(5), "crew": {"setter": 1}},
    }

    run = follow(side_by_side(stations, operators={"operator": 2, "setter": 1}), 20)

    # The list at 0: c is served, b waits for the second person, and a, which comes before b by its place in the file
    # but asks after it had been looked at, is served: nobody earlier in the list than a asks operators.
    assert states(run, "c") == [
        (0, "processing"),  # to 4, asks again at 4
        (4, "waiting_operator"),
        (10, "processing"),  # with a, after b
        (14, "waiting_operator"),
    ]
    assert states(run, "a") == [
        (0, "processing"),  # to 3, asks again at 3
        (3, "waiting_operator"),  # b (0) is before it: one person stands idle
        (10, "processing"),
        (13, "waiting_operator"),  # b (10) is before it
    ]
    assert states(run, "b") == [
        (0, "waiting_operator"),
        (4, "processing"),  # both are free at last; to 10
        (10, "waiting_operator"),
        (14, "processing"),  # to 20
    ]
    assert states(run, "d") == [(0, "processing")]
    assert parts(run, "d") == [(t, "good", "out") for t in (5, 10, 15)]
    assert crew(run, "operator") == [
        (0, (2, 2, 1)),
        (3, (2, 1, 2)),
        (4, (2, 2, 2)),
        (10, (2, 2, 1)),
        (13, (2, 1, 2)),
        (14, (2, 2, 2)),
    ]


def test_the_crew_repairs_its_own_machine(follow: Follow) -> None:
    """One operator; a 10 s, fails after 6 s of work, 4 s, repaired by the operator it holds; b 5 s."""
    jam = {"ttf": constant(6), "ttr": constant(4), "repaired_by": {"operator": 1}}
    stations = {
        "a": {"cycle": constant(10), "crew": {"operator": 1}, "failures": {"jam": jam}},
        "b": {"cycle": constant(5), "crew": {"operator": 1}},
    }

    run = follow(side_by_side(stations, operators={"operator": 1}), 50)

    assert states(run, "a") == [
        (0, "waiting_operator"),  # b asks first at 0
        (5, "processing"),
        (11, "down"),  # 6 s worked; its operator repairs, and nobody waits for repair
        (15, "processing"),  # the 4 s left, to 19; 2 s to the next failure
        (19, "waiting_operator"),  # b has asked at 5
        (24, "processing"),
        (26, "down"),
        (30, "processing"),
        (36, "down"),  # 2 s of the second part are left
        (40, "processing"),
        (42, "waiting_operator"),
        (47, "processing"),  # 4 s to the next failure
    ]
    assert states(run, "b") == [
        (0, "processing"),
        (5, "waiting_operator"),
        (19, "processing"),
        (24, "waiting_operator"),
        (42, "processing"),
        (47, "waiting_operator"),
    ]
    assert crew(run, "operator") == [(0, (1, 1, 1))]


def test_only_what_the_crew_lacks_is_asked_of_the_pool(follow: Follow) -> None:
    """Two operators; a holds one and its repair takes two: it waits, its own still held, until b lets the other go."""
    jam = {"ttf": constant(6), "ttr": constant(3), "repaired_by": {"operator": 2}}
    stations = {
        "a": {"cycle": constant(10), "crew": {"operator": 1}, "failures": {"jam": jam}},
        "b": {"cycle": constant(8), "crew": {"operator": 1}},
    }

    run = follow(side_by_side(stations, operators={"operator": 2}), 30)

    assert states(run, "a") == [
        (0, "processing"),
        (6, "waiting_repair"),
        (8, "down"),  # b's operator comes, and b, which asks at 8, waits
        (11, "processing"),  # the 4 s left, to 15; 2 s to the next failure
        (17, "waiting_repair"),  # 2 s of the second part are done
        (19, "down"),
        (22, "processing"),
        (28, "waiting_repair"),  # 2 s of the part are left; b works until 30
    ]
    assert states(run, "b") == [
        (0, "processing"),
        (8, "waiting_operator"),
        (11, "processing"),  # to 19
        (19, "waiting_operator"),
        (22, "processing"),  # to 30
    ]
    assert crew(run, "operator") == [
        (0, (2, 2, 0)),
        (6, (2, 2, 1)),
        (11, (2, 2, 0)),
        (17, (2, 2, 1)),
        (22, (2, 2, 0)),
        (28, (2, 2, 1)),
    ]


def held_and_asked(operators: int) -> Scenario:
    """Describe a and b, 10 s each with one operator, who fail after 4 s and 6 s of work; two mend either in 3 s."""
    stations: dict[str, Description] = {
        name: {
            "cycle": constant(10),
            "crew": {"operator": 1},
            "failures": {"jam": {"ttf": constant(ttf), "ttr": constant(3), "repaired_by": {"operator": 2}}},
        }
        for name, ttf in (("a", 4), ("b", 6))
    }
    return side_by_side(stations, operators={"operator": operators})


def test_two_who_hold_one_and_ask_for_one_more_lock_the_line(follow: Follow) -> None:
    """At 4 a waits for b's operator, who will be free at 10; at 6 b fails, and waits for a's."""
    run = follow(held_and_asked(2), 40)

    assert states(run, "a") == [(0, "processing"), (4, "waiting_repair")]
    assert states(run, "b") == [(0, "processing"), (6, "waiting_repair")]
    assert run.deadlock == ("a waits for 1 operator", "b waits for 1 operator")


def test_one_more_operator_keeps_the_line_going(follow: Follow) -> None:
    run = follow(held_and_asked(3), 20)

    # a is mended 4-7 by its own and the third, who mends b from 7 on, since b has asked at 6: 7-10. a fails again after
    # 4 s of work at 11 and is mended till 14; P1, begun at 0, has had 4 + 4 s by then: 14-16 completes it, P2 begins
    # with 2 s left to the failure at 18. b works 4 s on, 10-14 completes P1; P2 from 14, 2 s left to the failure at 16.
    assert states(run, "a") == [
        (0, "processing"), (4, "down"), (7, "processing"), (11, "down"), (14, "processing"), (18, "waiting_repair"),
        (19, "down"),
    ]  # fmt: skip
    assert states(run, "b") == [
        (0, "processing"), (6, "waiting_repair"), (7, "down"), (10, "processing"), (16, "down"), (19, "processing"),
    ]  # fmt: skip
    assert run.deadlock is None
