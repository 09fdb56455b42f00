"""Assemblies in the long run are what their Markov chain says."""

from __future__ import annotations

import pytest

from support.chains import NAMES
from support.lines import Description, constant, describe, exponential
from support.measure import check, check_share, level, share, throughput, wip
from support.small_chains import Feed, assembly, matched
from twin.engine import simulate

FEEDS = {
    "alike": ([Feed(1.0, 2), Feed(1.0, 2)], 0.8),
    "one slow feed": ([Feed(1.0, 1), Feed(1.4, 3)], 0.9),
    "several of one": ([Feed(2.0, 2), Feed(0.6, 5, takes=3)], 1.0),
    "several of each": ([Feed(0.7, 4, takes=2), Feed(0.5, 3, takes=3)], 0.9),
    "no places": ([Feed(1.0, 0), Feed(0.9, 0)], 0.7),
    "three feeds": ([Feed(1.0, 1), Feed(1.1, 2), Feed(0.5, 2, takes=2)], 0.6),
}


def joining(feeds: list[Feed], cycle: Description) -> tuple[list[str], Description]:
    """Return the names of the feeds, and the line as its file would say it."""
    names = list(NAMES[: len(feeds)])
    stations: Description = {name: {"cycle": exponential(feed.time)} for name, feed in zip(names, feeds, strict=True)}
    takes = {name: feed.takes for name, feed in zip(names, feeds, strict=True) if feed.takes > 1}
    stations["join"] = {"kind": "assembly", "cycle": cycle} | ({"takes": takes} if takes else {})
    ways = [{"from": name, "to": "join", "buffer": feed.capacity} for name, feed in zip(names, feeds, strict=True)]
    return names, {"stations": stations, "route": [*ways, {"from": "join", "to": "out"}]}


@pytest.mark.parametrize("name", FEEDS)
def test_an_assembly_agrees_with_the_exact_chain(name: str) -> None:
    feeds, time = FEEDS[name]
    exact = assembly(feeds, time)
    names, line = joining(feeds, exponential(time))

    runs = simulate(describe(**line), engine="compiled", horizon=160_000.0, warmup=1_000.0, replications=32)

    check(runs, throughput, exact.throughput)
    check(runs, wip, exact.wip)
    check_share(runs, share("join", "processing"), exact.busy)
    check_share(runs, share("join", "starved"), 1 - exact.busy)
    for feed, held, blocked, full in zip(names, exact.level, exact.blocked, feeds, strict=True):
        check_share(runs, share(feed, "blocked"), blocked)
        check_share(runs, share(feed, "processing"), 1 - blocked)
        if full.capacity:
            check(runs, level(f"{feed}->join"), held)


def test_an_assembly_of_no_time_matches_surpluses() -> None:
    feeds = [Feed(1.0, 2), Feed(1.2, 3)]
    exact = matched(*feeds)
    _, line = joining(feeds, constant(0.0))

    runs = simulate(describe(**line), engine="compiled", horizon=100_000.0, warmup=1_000.0, replications=32)

    check(runs, throughput, exact)
    for name, feed in zip("ab", feeds, strict=True):
        check_share(runs, share(name, "processing"), exact * feed.time)
