"""Tables in two forms: a list of slotted objects and a record array say the same, in the same words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from support.lines import constant, serial
from twin.engine import records
from twin.engine.plan import make_plan
from twin.engine.records import World, as_array, as_objects, empty, grow, tables_of, world_of

TABLES, COLUMNS = records.TABLES[True], records.COLUMNS[True]
FORMS = pytest.mark.parametrize("objects", [True, False], ids=["objects", "arrays"])


def filled(name: str, count: int = 5) -> np.ndarray[Any, Any]:
    """Return a table in which every value differs from every other, the reals no whole numbers."""
    rows = empty(name, count, full=True)
    for place, (field, kind) in enumerate(TABLES[name].items()):
        rows[field] = np.arange(count) * 1000 + place + (0.1 if kind == "f8" else 0)
    return rows


def plan_tables(**keys: str) -> dict[str, np.ndarray[Any, Any]]:
    return make_plan(
        serial({"a": {"cycle": constant(4)}, "b": {"machines": 2, "cycle": constant(7)}}, [3], **keys)
    ).tables


def free_list(world: World) -> list[int]:
    found, p = [], world.line[0].free
    while p >= 0:
        found.append(p)
        p = int(world.parts[p].next)
    return found


@pytest.mark.parametrize("name", TABLES)
def test_a_table_survives_the_way_to_objects_and_back(name: str) -> None:
    rows = filled(name)

    back = as_array(name, as_objects(name, rows, full=True), full=True)

    assert back.dtype == rows.dtype
    assert np.array_equal(back, rows)


@pytest.mark.parametrize("name", TABLES)
def test_both_forms_are_read_in_the_same_words(name: str) -> None:
    rows = filled(name)
    table, objects = rows.view(np.recarray), as_objects(name, rows, full=True)

    # Every NumPy scalar has a `size` and a `base` of its own: only compiled rules may read these two by name.
    for field in TABLES[name]:
        assert [getattr(row, field) for row in objects] == [getattr(table[i], field) for i in range(len(table))]


def test_an_object_holds_python_numbers_and_no_other_field() -> None:
    [row, *_] = as_objects("parts", filled("parts"), full=True)

    assert {type(getattr(row, field)) for field in TABLES["parts"]} == {int, float}
    with pytest.raises(AttributeError):
        row.colour = 1


@FORMS
@pytest.mark.parametrize("move", ["piece", "order"])
def test_a_world_survives_the_way_from_tables_and_back(move: str, *, objects: bool) -> None:
    tables, full = plan_tables(move=move), move == "order"

    back = tables_of(world_of(tables, objects=objects))

    assert set(back) == {*records.TABLES[full], *records.COLUMNS[full]}
    for name, column in back.items():
        assert column.dtype == tables[name].dtype, name
        assert np.array_equal(column, tables[name]), name


@FORMS
def test_a_world_shares_no_memory_with_the_tables_it_came_from(*, objects: bool) -> None:
    tables = plan_tables()
    world = world_of(tables, objects=objects)

    world.machines[0].work = 9.0
    world.timers[0] = 9.0
    taken = tables_of(world)
    world.machines[0].work = 8.0

    assert tables["machines"]["work"][0] == 0.0
    assert tables["timers"][0] != 9.0
    assert taken["machines"]["work"][0] == 9.0


@FORMS
def test_more_part_records_join_the_free_list_before_those_left(*, objects: bool) -> None:
    world = world_of(plan_tables(), objects=objects)
    line = world.line[0]
    world.line[0].free = 5  # records 0 to 4 are in use
    line.free_count -= 5
    before, rest = len(world.parts), free_list(world)

    world = grow(world, "parts", 3)

    assert len(world.parts) == before + 3
    assert free_list(world) == [before, before + 1, before + 2, *rest]
    assert world.line[0].free_count == len(rest) + 3


@FORMS
def test_part_records_grow_from_an_empty_free_list(*, objects: bool) -> None:
    world = world_of(plan_tables(), objects=objects)
    world.line[0].free, world.line[0].free_count = -1, 0
    before = len(world.parts)

    world = grow(world, "parts", 2)

    assert free_list(world) == [before, before + 1]
