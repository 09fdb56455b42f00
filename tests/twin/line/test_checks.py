from __future__ import annotations

from pathlib import Path

import pytest

from twin.engine.streams import BLOCK, RESERVE
from twin.errors import InputError
from twin.line.checks import RULES, validate
from twin.line.line import Line
from twin.line.load import load_line_text
from twin.line.names import Problem
from twin.line.time_checks import MOST_AT_AN_INSTANT
from twin.line.yaml_file import parse_yaml

BAD_LINES = Path(__file__).parents[2] / "bad_lines"

STATIONS = "line: a\nstations:\n  a: {cycle: 12 s}\n  b: {cycle: 12 s}\n  c: {cycle: 12 s}\n"


def routed(*ways: str, stations: str = STATIONS) -> str:
    return stations + "route:\n" + "".join(f"  - {{{way}}}\n" for way in ways)


def unchecked(text: str) -> Line:
    """Return a line whose parts are right each by itself, whatever the rules say of the whole."""
    return Line.model_validate(parse_yaml(text, "any.yaml").data, context={"folder": BAD_LINES})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_refuses_one_of_the_bad_lines_and_no_good_one(rule: object) -> None:
    found = []
    for path in BAD_LINES.glob("*.yaml"):
        try:
            line = unchecked(path.read_text())
        except Exception:  # noqa: BLE001, S112 -- what cannot be read at all is not a rule's business
            continue
        found += [problem for asked in RULES if asked is rule for problem in asked(line)]
    assert found
    good = unchecked(routed("from: a, to: b, buffer: 1", "from: b, to: c", "from: c, to: out"))
    assert [problem for asked in RULES if asked is rule for problem in asked(good)] == []


def test_a_rule_is_not_asked_when_what_it_reads_could_not_be_read() -> None:
    line = unchecked(routed("from: a, to: b", "from: b, to: nowhere", "from: c, to: out"))
    assert [problem.place for problem in validate(line)] == [("route", 1, "to")]
    assert validate(line, lost={"to"}) == []


def test_a_loop_that_only_scrap_leaves_has_no_way_out() -> None:
    line = unchecked(routed("from: a, to: b", "from: b, to: c", "from: c, to: b").replace("b: {", "b: {scrap: 0.5, "))
    assert [problem.place for problem in validate(line)] == [("route", 2)]


def test_a_station_may_scrap_all_its_parts_where_others_leave_good() -> None:
    text = "line: a\nstations: {a: {cycle: 1 s}, bin: {cycle: 1 s, scrap: 100 %}}\nroute:\n"
    text += "  - {from: a, to: bin, probability: 0.1}\n  - {from: a, to: out}\n  - {from: bin, to: out}\n"
    assert load_line_text(text).stations["bin"].reject == 1


def test_of_two_ways_that_both_scrap_all_both_are_named() -> None:
    text = "line: a\nstations: {a: {cycle: 1 s}, b: {cycle: 1 s, scrap: 1}, c: {cycle: 1 s, scrap: 1}}\nroute:\n"
    text += "  - {from: a, to: b, probability: 0.1}\n  - {from: a, to: c}\n"
    text += "  - {from: b, to: out}\n  - {from: c, to: out}\n"
    places = [problem.place for problem in validate(unchecked(text))]
    assert places == [("stations", "b", "scrap"), ("stations", "c", "scrap")]


def test_a_transport_reaches_as_many_machines_as_are_drawn_ahead_for() -> None:
    stations = "line: a\nstations:\n  a: {cycle: 1 s}\n  b: {cycle: 1 h, automation: {more: {machines: MANY}}}\n"
    text = routed("from: a, to: b, transport: 5 s", "from: b, to: out", stations=stations)
    assert MOST_AT_AN_INSTANT == BLOCK - RESERVE
    assert validate(unchecked(text.replace("MANY", str(MOST_AT_AN_INSTANT)))) == []
    [problem] = validate(unchecked(text.replace("MANY", str(MOST_AT_AN_INSTANT + 1))))
    assert problem.place == ("route", 0, "transport")


def test_only_the_loop_itself_is_named_not_the_stations_that_lead_to_it() -> None:
    line = unchecked(routed("from: a, to: b", "from: b, to: c", "from: c, to: c"))
    [problem] = validate(line)
    assert problem.text.startswith("the loop c -> c has no way out")


def test_rework_loops_of_finite_buffers_are_allowed() -> None:
    load_line_text(
        routed(
            "from: a, to: b, buffer: 1",
            "from: b, to: a, buffer: 1, probability: 0.1",
            "from: b, to: c",
            "from: c, to: out",
        )
    )


def test_a_part_may_return_to_its_own_station_over_no_place_where_another_machine_may_take_it() -> None:
    text = routed("from: a, to: a, buffer: 0, probability: 0.1", "from: a, to: b", "from: b, to: c", "from: c, to: out")
    with pytest.raises(InputError, match="deadlock"):
        load_line_text(text)
    load_line_text(text.replace("a: {cycle", "a: {machines: 2, cycle"))


@pytest.mark.parametrize("shares", [("0.1",) * 10, ("0.3333333333", "0.3333333333", "0.3333333334")])
def test_probabilities_sum_to_one_up_to_rounding(shares: tuple[str, ...]) -> None:
    names = [f"s{number}" for number in range(len(shares))]
    stations = "line: a\nstations:\n  a: {cycle: 12 s}\n" + "".join(f"  {name}: {{cycle: 1 s}}\n" for name in names)
    ways = [f"from: a, to: {name}, probability: {share}" for name, share in zip(names, shares, strict=True)]
    load_line_text(routed(*ways, *(f"from: {name}, to: out" for name in names), stations=stations))


def test_no_time_is_allowed_where_parts_arrive_and_where_transport_takes_time() -> None:
    instant = STATIONS.replace("12 s", "0 s")
    ways = ("from: a, to: b", "from: b, to: c", "from: c, to: out")
    load_line_text(routed(*ways, stations=instant) + "source: {arrivals: 1 min}\n")
    loop = (*ways[:2], "from: c, to: b, probability: 0.1, transport: 5 s", "from: c, to: out")
    load_line_text(routed(*loop, stations=instant) + "source: {arrivals: 1 min}\n")
    with pytest.raises(InputError, match="takes no time"):
        load_line_text(routed(*loop, stations=instant).replace("5 s", "0 s") + "source: {arrivals: 1 min}\n")


def test_every_station_that_no_edge_enters_is_fed_and_so_must_take_time() -> None:
    stations = STATIONS.replace("b: {cycle: 12 s}", "b: {cycle: 0 s}")
    with pytest.raises(InputError, match=r"stations[.]b[.]cycle: a cycle without time makes parts without end"):
        load_line_text(routed("from: a, to: c", "from: b, to: c", "from: c, to: out", stations=stations))


def test_a_pool_that_only_an_option_fills_may_be_empty() -> None:
    text = (
        "line: a\noperators: {operator: 1, technician: 0}\n"
        "stations: {a: {cycle: 12 s, crew: {operator: 1}, automation: "
        "{robot: {crew: {technician: 1}, posts: {technician: 0.5}}}}}\n"
    )
    load_line_text(text + "levels: {cells: {a: robot}}\n")
    with pytest.raises(InputError, match="0 people are no pool"):
        load_line_text(text.replace("posts: {technician: 0.5}", "scrap: 0"))


def test_problems_of_the_whole_line_come_in_the_order_of_the_rules() -> None:
    line = unchecked("line: a b\nstations: {out: {cycle: 0 s}}\n")
    assert [problem.place for problem in validate(line)][:2] == [("line",), ("stations", "out")]
    assert all(isinstance(problem, Problem) for problem in validate(line))
