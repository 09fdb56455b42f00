from __future__ import annotations

import pytest

from twin.line.cautions import warnings
from twin.line.load import load_line_text


def loop(back: str) -> str:
    return (
        "line: a\nstations: {a: {cycle: 1 s}, b: {cycle: 1 s}, c: {cycle: 1 s}}\n"
        f"route: [{{from: a, to: b, buffer: 2}}, {{from: b, to: c, buffer: 2}}, {back}, {{from: c, to: out}}]\n"
    )


def test_a_loop_of_finite_buffers_is_named_with_its_remedy() -> None:
    line = load_line_text(loop("{from: c, to: b, probability: 0.1, buffer: 3, rework: true}"))
    [warning] = warnings(line)
    assert warning == (
        "route.c->b: the buffers round b -> c -> b can all be full at once, and then the line locks (deadlock); "
        "leave the returning edge without `buffer`"
    )


def test_a_returning_edge_not_marked_as_rework_is_found_by_the_order_of_stations() -> None:
    [warning] = warnings(load_line_text(loop("{from: c, to: a, probability: 0.1, buffer: 3}")))
    assert warning.startswith("route.c->a: the buffers round a -> b -> c -> a")


@pytest.mark.parametrize(
    "back", ["{from: c, to: b, probability: 0.1, rework: true}", "{from: c, to: b, probability: 0, buffer: 3}"]
)
def test_a_loop_that_cannot_fill_gets_no_warning(back: str) -> None:
    assert warnings(load_line_text(loop(back))) == []


def people(pool: str, *stations: str) -> list[str]:
    names = "abc"[: len(stations)]
    text = "".join(f"  {name}: {{cycle: 1 s, {keys}}}\n" for name, keys in zip(names, stations, strict=True))
    route = ", ".join(f"{{from: {a}, to: {b}}}" for a, b in zip(names, [*names[1:], "out"], strict=True))
    return warnings(load_line_text(f"line: a\noperators: {pool}\nstations:\n{text}route: [{route}]\n"))


HOLDS_ONE_ASKS_ONE_MORE = "crew: {operator: 1}, failures: {jam: {ttf: 1 h, ttr: 1 min, repaired_by: {operator: 2}}}"


def test_two_machines_that_each_hold_one_and_ask_one_more_can_wait_for_each_other() -> None:
    # Two people, each held by a machine that has failed and asks for a second.
    [warning] = people("{operator: 2}", "machines: 2, " + HOLDS_ONE_ASKS_ONE_MORE)
    assert warning.startswith(
        "operators.operator: machines that keep their crew while they wait for a repair by operator"
    )


def test_with_one_person_more_one_of_them_gets_on() -> None:
    assert people("{operator: 3}", "machines: 2, " + HOLDS_ONE_ASKS_ONE_MORE) == []


def test_one_machine_beside_others_that_let_go_gets_on() -> None:
    assert people("{operator: 2}", HOLDS_ONE_ASKS_ONE_MORE, "crew: {operator: 1}") == []


def test_a_large_request_ahead_in_the_list_bars_those_who_hold() -> None:
    # The second station waits for both people at once, ahead of the first, which holds one and asks one.
    assert len(people("{operator: 2}", HOLDS_ONE_ASKS_ONE_MORE, "crew: {operator: 2}")) == 1


def test_a_circle_over_two_skills_is_found() -> None:
    by_b = "crew: {x: 1}, failures: {jam: {ttf: 1 h, ttr: 1 min, repaired_by: {y: 1}}}"
    by_a = "crew: {y: 1}, failures: {jam: {ttf: 1 h, ttr: 1 min, repaired_by: {x: 1}}}"
    assert len(people("{x: 1, y: 1}", by_b, by_a)) == 1
    assert people("{x: 2, y: 2}", by_b, by_a) == []


def test_technicians_who_hold_nothing_while_they_wait_get_no_warning() -> None:
    repaired = "machines: 5, crew: {operator: 1}, failures: {jam: {ttf: 1 h, ttr: 1 min, repaired_by: {technician: 1}}}"
    assert people("{operator: 2, technician: 1}", repaired) == []


def test_a_crew_that_repairs_its_own_machine_gets_no_warning() -> None:
    own = "machines: 5, crew: {operator: 1}, failures: {jam: {ttf: 1 h, ttr: 1 min, repaired_by: {operator: 1}}}"
    assert people("{operator: 2}", own) == []


def test_people_whom_nobody_asks_are_named() -> None:
    [warning] = people("{operator: 1, helper: 2}", "crew: {operator: 1}")
    assert warning.startswith(
        "operators.helper: no crew, setup, repair or maintenance asks for it; its people are paid"
    )


SHOP = """\
line: shop
move: order
operators: {setter: 1}
source: {orders: {every: 5 h, pieces: 20, product: {p: 0.5, q: 0.5}}}
products: {p: {}, q: {}}
stations:
  a: {cycle: 1 s, setup: {time: 5 min, crew: {setter: 1}}}
  b: {cycle: 1 s}
route: [{from: a, to: b, buffer: 2}, {from: b, to: out}]
"""
DUE_FIRST = "line: shop\ndispatch: earliest_due_date"
LEAST_SETUP = "line: shop\ndispatch: shortest_setup"


def shop(*changes: tuple[str, str]) -> list[str]:
    text = SHOP
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return warnings(load_line_text(text))


@pytest.mark.parametrize(
    "changes", [(), (("line: shop", LEAST_SETUP),), (("line: shop", DUE_FIRST), ("pieces: 20", "pieces: 20, due: 5 d"))]
)
def test_a_shop_that_makes_sense_gets_no_warning(changes: tuple[tuple[str, str], ...]) -> None:
    assert shop(*changes) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([("line: shop", DUE_FIRST)], "dispatch: no order has a due date, so all is taken as it comes"),
        ([("b: {", "b: {dispatch: earliest_due_date, ")], "stations.b.dispatch: no order has a due date"),
        ([("b: {", "b: {dispatch: shortest_setup, ")], "stations.b.dispatch: there is no setup, so all is taken"),
        ([(", setup: {time: 5 min, crew: {setter: 1}}", ", crew: {setter: 1}"), ("line: shop", LEAST_SETUP)],
         "dispatch: there is no setup"),
        ([("{p: 0.5, q: 0.5}", "{p: 1}")], "products.q: nothing ever brings it"),
        ([("products: {p: {}, q: {}}\n", ""), (", product: {p: 0.5, q: 0.5}", "")],
         "stations.a.setup: no product ever changes"),
        ([("{orders: {every: 5 h, pieces: 20, product: {p: 0.5, q: 0.5}}}", "{product: {p: 0.5, q: 0.5}}"),
          ("5 min,", "5 min, between: orders,")],
         "stations.a.setup: there are no orders"),
    ],
)  # fmt: skip
def test_words_in_vain_are_named(changes: list[tuple[str, str]], sentence: str) -> None:
    [warning] = shop(*changes)
    assert warning.startswith(sentence)


def test_a_setter_who_waits_for_a_repair_that_the_calendar_brought_can_be_waited_for() -> None:
    failure = "failures: {fuse: {ttf: 1 h, ttr: 1 min, clock: calendar, repaired_by: {setter: 2}}}"
    one = ("{cycle: 1 s, setup: {time: 5 min, crew: {setter: 1}}}", "{machines: 2, cycle: 1 s, " + failure)
    one = (one[0], one[1] + ", setup: {time: 5 min, crew: {setter: 1}}}")

    [warning] = shop(one, ("operators: {setter: 1}", "operators: {setter: 2}"))
    assert warning.startswith("operators.setter: machines that keep their crew while they wait")
    assert shop(one, ("operators: {setter: 1}", "operators: {setter: 2}"), ("clock: calendar, ", "")) == []


def test_finite_buffers_that_products_pass_in_opposite_order_can_lock() -> None:
    crossing = "route: [{from: a, to: b, buffer: 2}, {from: b, to: a, buffer: 2, probability: 0}, {from: b, to: out}]"
    [warning] = shop(
        ("route: [{from: a, to: b, buffer: 2}, {from: b, to: out}]", crossing),
        ("{p: {}, q: {}}", "{p: {route: [a, b]}, q: {route: [b, a]}}"),
    )
    assert warning.startswith("route.b->a: the buffers round a -> b -> a can all be full at once")


ROUND = """\
line: a
{carriers}stations:
  load: {{cycle: 1 s}}
  work: {{cycle: 1 s}}
  rack: {{kind: storage{capacity}}}
  last: {{cycle: 1 s}}
  end: {{cycle: 1 s}}
route:
  - {{from: load, to: work, buffer: 2}}
  - {{from: work, to: rack, buffer: 2}}
  - {{from: rack, to: last, buffer: 2}}
  - {{from: last, to: work, buffer: 2, probability: 0.1, rework: true}}
  - {{from: last, to: end}}
  - {{from: end, to: out}}
"""


def locks(capacity: str = "", carriers: str = "") -> bool:
    found = warnings(load_line_text(ROUND.format(capacity=capacity, carriers=carriers)))
    return any("(deadlock)" in warning for warning in found)


def test_a_store_without_limit_keeps_a_loop_from_locking() -> None:
    assert not locks()
    assert locks(", capacity: 5")


def test_carriers_too_few_to_fill_a_loop_keep_it_from_locking() -> None:
    # Round the loop there are 6 places, 2 machines and a store of 5: 13 parts lock it.
    assert not locks(", capacity: 5", "carriers: {pallet: {number: 12, from: load, to: end}}\n")
    assert locks(", capacity: 5", "carriers: {pallet: {number: 13, from: load, to: end}}\n")
    # Parts that come in behind the loop's first station hold none.
    assert locks(", capacity: 5", "carriers: {pallet: {number: 12, from: rack, to: end}}\n")


STARVES = """\
line: a
stations:
  sort: {cycle: 1 s}
  left: {cycle: 1 s}
  right: {cycle: 1 s}
  join: {kind: assembly, cycle: 1 s}
route:
  - {from: sort, to: left, probability: 0.5}
  - {from: sort, to: right, probability: 0.5}
  - {from: left, to: join}
  - {from: right, to: join, buffer: 4}
  - {from: join, to: out}
"""


def test_a_feed_that_may_run_dry_while_the_other_is_full_is_named() -> None:
    # The way over right can fill; the one over left never does, so it need not come so far.
    finite = STARVES.replace("to: right, probability: 0.5", "to: right, probability: 0.5, buffer: 4")
    [warning] = warnings(load_line_text(finite))
    assert warning.startswith("stations.join: its feeds can starve each other: by chance sort sends so many parts")
    assert "towards right that all places up to join are full, and waits, while left runs dry" in warning
    assert warnings(load_line_text(STARVES)) == []


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (
            "{kind: assembly, cycle: 1 s}",
            "stations.b: an assembly of one part of one feed joins nothing",
        ),
        ("{kind: batch, size: 2, cycle: 1 s, dispatch: shortest_setup}", "stations.b.dispatch: a batch takes what"),
        ("{cycle: 1 s, priority: 2}", "stations.b.priority: nobody is asked there, so nothing goes first"),
        (
            "{cycle: 1 s, failures: {jam: {ttf: 1 h, ttr: 1 min, priority: 2}}}",
            "stations.b.failures.jam.priority: nobody is asked there",
        ),
        (
            "{cycle: 1 s, maintenance: {oil: {every: 1 h, lasts: 1 min, priority: 2}}}",
            "stations.b.maintenance.oil.priority: nobody is asked there",
        ),
        (
            "{cycle: 1 s, failures: {jam: {ttf: 1 h, ttr: 1 min, wear: {0 h: 1, 8 h: 3}}}}",
            "stations.b.failures.jam.wear: without `maintenance` it stays 3 times as frequent once worn",
        ),
        (
            "{cycle: 1 s, power: {idle: 4 kW, standby: 4 kW, standby_after: 10 min}}",
            "stations.b.power.standby: standby draws no less than waiting, so it saves nothing",
        ),
        (
            "{cycle: 1 s, scrap: 0.1, startup_scrap: {parts: 5, share: 0.05}}",
            "stations.b.startup_scrap.share: the first parts would be better than all others, of which 0.1",
        ),
    ],
)
def test_words_in_vain_of_a_station_are_named(text: str, start: str) -> None:
    line = f"line: a\nstations: {{a: {{cycle: 1 s}}, b: {text}}}\nroute: [{{from: a, to: b}}, {{from: b, to: out}}]\n"
    found = [warning for warning in warnings(load_line_text(line)) if "there is no setup" not in warning]
    assert [warning.startswith(start) for warning in found] == [True]


def test_products_that_share_a_batch_take_one_time() -> None:
    [warning] = warnings(
        load_line_text(
            "line: a\nsource: {product: {x: 0.5, y: 0.5}}\nproducts: {x: {}, y: {cycle: {oven: 2 h}}}\n"
            "stations: {oven: {kind: batch, size: 4, cycle: 1 h}}\n"
        )
    )
    assert warning.startswith("products.y.cycle.oven: products share a batch there")


def test_people_of_several_skills_are_of_use_where_one_of_them_is_asked() -> None:
    text = (
        "line: a\noperators: {operator: 1, setter: 1}\npools: {setter: {also: [operator]}}\n"
        "stations: {a: {cycle: 1 s, crew: {operator: 1}}}\n"
    )
    assert warnings(load_line_text(text)) == []
