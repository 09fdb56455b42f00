"""What `twin run` says of a line that moves orders: its words, its units, its buffers, and whether it keeps up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from support.crowded import crowded_line
from twin.cli.overload import overload, too_tight
from twin.cli.run import report
from twin.cli.run_tables import buffers, measures
from twin.cli.run_words import answer, arrivals_limit, measured
from twin.line.line import Line
from twin.line.scenario import scenario
from twin.study.replicate import Study, replicate

if TYPE_CHECKING:
    from rich.table import Table

HOUR, WEEK = 3600.0, 7 * 86400.0


def shop(every: str = "1 h", *, people: int = 2, **keys: Any) -> Line:  # noqa: ANN401 -- any part of a line file
    """Return two stations that take a lot of 10 pieces for 30 and 20 min, people going from one to the other."""
    saw = {"label": "Saw", "cycle": {"per_piece": "3 min"}, "crew": {"operator": "1"}}
    return Line.model_validate(
        {
            "line": "shop",
            "move": "order",
            "operators": {"operator": str(people)},
            "source": {"orders": {"every": {"exponential": {"mean": every}}, "pieces": "10"}},
            "shifts": {"pattern": "3x8", "days": "mon-fri"},
            "stations": {"a": saw, "b": {"cycle": {"per_piece": "2 min"}, "crew": {"operator": "1"}}},
            "route": [{"from": "a", "to": "b", "buffer": "4"}, {"from": "b", "to": "out"}],
            **keys,
        }
    )


def studied(line: Line, *, weeks: float = 4, replications: int = 3) -> Study:
    return replicate(scenario(line), replications=replications, horizon=weeks * WEEK, warmup=WEEK, engine="simpy")


@pytest.fixture(scope="module")
def easy() -> Study:
    return studied(shop("2 h"))


def cells(table: Table) -> dict[str, list[str]]:
    columns = [[str(cell) for cell in column.cells] for column in table.columns]
    return {first: rest for first, *rest in zip(*columns, strict=True)}


def test_measures_are_of_orders_and_pieces(easy: Study) -> None:
    shown = cells(measures(easy))
    orders = easy.pooled.orders_departed * WEEK / easy.pooled.span_s

    assert float(shown["orders done"][0]) == pytest.approx(orders, rel=0.02)
    assert shown["orders done"][2] == "orders/week"
    assert re.fullmatch(r"of \d+ that come", shown["orders done"][3])
    assert shown["lead time by order"][2] in {"h", "d"}
    assert shown["work in progress"][2] == "pieces"
    assert shown["  effectiveness"][3] == "against the mean time of each job"


def test_an_ideal_that_the_file_gives_needs_no_remark() -> None:
    stations = {"a": {"cycle": {"per_piece": "3 min"}, "ideal_cycle": "2 min"}}
    route = [{"from": "a", "to": "out"}]
    found = studied(shop(stations=stations, route=route, operators={}), weeks=1, replications=1)

    assert cells(measures(found))["  effectiveness"][2] == ""


def test_where_all_stations_wait_for_work_the_orders_limit(easy: Study) -> None:
    assert arrivals_limit(easy)
    assert "The orders limit it: Saw, which waits least, is without work" in answer(easy)
    assert overload(easy) is None
    assert measured(easy) == "4 weeks"


def test_people_who_cannot_do_what_is_ordered_are_named() -> None:
    beyond = studied(shop(people=1), replications=2)

    # 120 h of 168 are worked: the orders ask 14 pieces in such an hour; one person does 12.
    found = too_tight(beyond.scenario.line)
    assert found is not None
    assert (found[0], *map(float, found[1:])) == ("the operator pool", pytest.approx(12), pytest.approx(14))
    assert not arrivals_limit(beyond)
    assert "The operator pool limits it." in answer(beyond)
    said = overload(beyond)
    assert said is not None
    assert "the operator pool allows 12.0 pieces/h, and the orders ask 14.0" in said
    assert any(f"Beware: {said}" == block for block in report(beyond))


def test_a_station_that_cannot_is_named_too() -> None:
    line = shop("40 min")
    found = too_tight(line)

    assert found is not None
    assert found[0] == "Saw"
    assert too_tight(shop("2 h")) is None
    assert too_tight(shop("40 min", source={"kind": "saturated"})) is None


def test_what_grows_in_the_runs_alone_is_seen_as_well() -> None:
    # Each piece waits 100 weeks: on paper all is well, but nothing leaves in the time measured.
    route = [{"from": "a", "to": "b", "delay": "700 d"}, {"from": "b", "to": "out"}]
    said = overload(studied(shop("2 h", route=route), weeks=8))

    assert said is not None
    assert "still grew" in said
    assert "--warmup is too short" in said


def test_of_very_many_buffers_without_limit_the_fullest_are_shown() -> None:
    found = studied(crowded_line(), weeks=2, replications=1)
    table, more = buffers(found)
    endless = [name for name in found.pooled.edges if not name.startswith("out")]

    assert isinstance(more, str)
    assert len(cells(table)) == 10  # type: ignore[arg-type]
    assert more.startswith(f"{len(endless) - 10} more without limit hold ")
    fullest = max(zip(found.pooled.level_s, found.pooled.edges, strict=True))[1]
    assert next(iter(cells(table))) == fullest.replace("->", " → ")  # type: ignore[arg-type]


def test_few_buffers_are_all_shown_in_their_order(easy: Study) -> None:
    [table] = buffers(easy)

    assert list(cells(table)) == ["Saw → b", "source → Saw"]  # type: ignore[arg-type]
