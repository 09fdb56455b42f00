"""A line's state is data: saved and taken up it goes on to the bit, and a wrong file is one clear sentence."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from support.lines import constant, describe, exponential, seconds, serial
from twin.engine import simulate
from twin.engine.plan import make_plan
from twin.engine.records import tables_of, world_of
from twin.engine.state import LineState, Tables, digest_of, load_states, save_states
from twin.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from twin.line.scenario import Scenario

TIMES = {"horizon": 7200.0, "warmup": 600.0}


def busy_line() -> Scenario:
    """Return a line with all that a state must hold: queues, transport, people, failures of both clocks, shifts."""
    jam = {"ttf": exponential(300), "ttr": exponential(60), "repaired_by": {"technician": 1}}
    power = {"ttf": exponential(900), "ttr": exponential(60), "clock": "calendar", "repaired_by": {"technician": 1}}
    both = {"jam": jam, "power": power}
    stations = {
        "a": {"machines": 2, "cycle": exponential(20), "crew": {"operator": 1}, "failures": both},
        "b": {"cycle": exponential(9), "crew": {"operator": 1}, "scrap": 0.05},
        "c": {"machines": 2, "cycle": exponential(19), "failures": {"jam": jam}},
    }
    route = [
        {"from": "a", "to": "b", "buffer": 2, "transport": seconds(15.0)},
        {"from": "b", "to": "c", "buffer": 0},
        {"from": "c", "to": "a", "rework": True, "probability": 0.2},
        {"from": "c", "to": "out", "probability": 0.8},
    ]
    shifts = {"times": {"mon": ["00:00-00:40", "00:50-04:00"]}}
    return describe(stations, route, operators={"operator": 2, "technician": 1}, shifts=shifts)


@pytest.fixture
def line() -> Scenario:
    return busy_line()


@pytest.fixture
def key(line: Scenario) -> str:
    return make_plan(line).key


def cut(line: Scenario, until: float = 3000.0, replications: int = 2) -> list[LineState]:
    runs = simulate(line, engine="simpy", replications=replications, until=until, **TIMES)
    return [run.state for run in runs if run.state is not None]


def test_saved_states_are_what_they_were(line: Scenario, key: str, tmp_path: Path) -> None:
    states = cut(line)

    save_states(tmp_path / "states.npz", states)
    loaded = load_states(tmp_path / "states.npz", key)

    assert [path.name for path in tmp_path.iterdir()] == ["states.npz"]
    for one, other in zip(states, loaded, strict=True):
        assert (other.key, other.seed, other.replication) == (one.key, one.seed, one.replication)
        assert (other.time, other.warmup_s) == (3000.0, 600.0)
        assert [filled for filled, _ in other.draws] == [filled for filled, _ in one.draws]
        for name, column in one.tables.items():
            assert other.tables[name].dtype == column.dtype
            assert np.array_equal(other.tables[name], column), name


@pytest.mark.parametrize("until", [0.0, 300.0, 600.0, 2405.0, 3000.0])
def test_a_run_taken_up_from_a_file_equals_the_run_in_one_piece(
    until: float, line: Scenario, key: str, tmp_path: Path
) -> None:
    """Cut at the start, in the warm-up, at its end, between the shifts, in the second one."""
    whole = simulate(line, engine="simpy", replications=2, **TIMES)

    save_states(tmp_path / "states.npz", cut(line, until))
    resumed = simulate(line, engine="simpy", initial=load_states(tmp_path / "states.npz", key), **TIMES)

    assert [run.digest for run in resumed] == [run.digest for run in whole]


def test_a_resumed_state_is_not_used_up(line: Scenario) -> None:
    states = cut(line)

    first, second = (simulate(line, engine="simpy", initial=states, **TIMES) for _ in range(2))

    assert [run.digest for run in first] == [run.digest for run in second]


def _truncated(good: bytes) -> bytes:
    return good[: len(good) // 2]


def _another_archive(_: bytes) -> bytes:
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, head=np.array("[{}]"))
    return out.getvalue()


def _one_array(_: bytes) -> bytes:
    out = io.BytesIO()
    np.save(out, np.zeros(3))
    return out.getvalue()


WRONG = {
    "text": lambda _: b"line: three-stations\n",
    "a truncated state": _truncated,
    "another archive": _another_archive,
    "one array": _one_array,
}
LEFT_OPEN = "ignore:Exception ignored in. <_io.FileIO:pytest.PytestUnraisableExceptionWarning"
"""NumPy leaves a file open that is no archive, and says so when it is collected."""


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.filterwarnings(LEFT_OPEN)
def test_a_file_that_holds_no_state_is_refused(kind: str, line: Scenario, key: str, tmp_path: Path) -> None:
    path = tmp_path / "states.npz"
    save_states(path, cut(line, replications=1))
    path.write_bytes(WRONG[kind](path.read_bytes()))

    with pytest.raises(InputError, match="this is no saved state") as caught:
        load_states(path, key)
    assert str(path) in str(caught.value)


def test_an_empty_file_is_refused(key: str, tmp_path: Path) -> None:
    (tmp_path / "states.npz").touch()

    with pytest.raises(InputError, match="this is no saved state"):
        load_states(tmp_path / "states.npz", key)


@pytest.mark.filterwarnings(LEFT_OPEN)
def test_a_spoilt_file_is_refused_wherever_it_is_spoilt(line: Scenario, key: str, tmp_path: Path) -> None:
    path = tmp_path / "states.npz"
    save_states(path, cut(line, replications=1))
    good = path.read_bytes()

    for start in range(0, len(good), 997):
        path.write_bytes(good[:start] + bytes(40) + good[start + 40 :])
        with pytest.raises(InputError):
            load_states(path, key)


def test_a_file_that_does_not_exist_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        load_states(tmp_path / "none.npz", key)


def test_a_state_of_another_line_is_refused(line: Scenario, tmp_path: Path) -> None:
    save_states(tmp_path / "states.npz", cut(line))

    with pytest.raises(InputError, match="another line or other options"):
        load_states(tmp_path / "states.npz", make_plan(serial({"a": {"cycle": constant(4)}})).key)


def test_a_state_that_cannot_be_written_leaves_nothing(line: Scenario, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        save_states(tmp_path / "no_folder" / "states.npz", cut(line))

    assert list(tmp_path.iterdir()) == []


def moved(tables: Tables) -> Tables:
    """Return the same line with its part records in the opposite order of memory."""
    moved = {name: column.copy() for name, column in tables.items()}
    last = len(tables["parts"]) - 1

    def renamed(p: Any) -> Any:  # noqa: ANN401 - a column
        return np.where(p >= 0, last - p, p)

    moved["parts"] = tables["parts"][::-1].copy()
    pointers = {"parts": ["next"], "machines": ["part"], "edges": ["head", "tail", "moving"], "line": ["free"]}
    for table, fields in pointers.items():
        for field in fields:
            moved[table][field] = renamed(moved[table][field])
    return moved


def test_the_digest_is_free_of_memory_layout(line: Scenario) -> None:
    [state] = cut(line, replications=1)
    assert (state.tables["machines"]["part"] >= 0).any()
    assert (state.tables["edges"]["level"] > 0).any()

    assert digest_of(moved(state.tables)) == digest_of(state.tables)


def test_the_digest_of_both_forms_is_the_same(line: Scenario) -> None:
    [state] = cut(line, replications=1)

    for objects in (True, False):
        assert digest_of(tables_of(world_of(state.tables, objects=objects))) == digest_of(state.tables)


@pytest.mark.parametrize(
    ("table", "field"),
    [("machines", "work"), ("machines", "parts"), ("edges", "area"), ("failures", "age"), ("pools", "busy_area"),
     ("streams", "position"), ("line", "lead_sum")],
)  # fmt: skip
def test_the_digest_sees_the_last_bit_of_a_number(table: str, field: str, line: Scenario) -> None:
    [state] = cut(line, replications=1)
    changed = {name: column.copy() for name, column in state.tables.items()}
    value = changed[table][field][0]
    changed[table][field][0] = value + 1 if np.issubdtype(value.dtype, np.integer) else np.nextafter(value, np.inf)

    assert digest_of(changed) != digest_of(state.tables)


def varied_line() -> Scenario:
    """Return a line with all that lots add to a state: orders, drawn and of a book, queues, delays, setups, ways."""
    setup = {"time": exponential(60), "crew": {"setter": 1}}
    stations = {
        "a": {"cycle": {"per_piece": exponential(20)}, "setup": setup, "dispatch": "earliest_due_date"},
        "b": {"cycle": exponential(90), "scrap": 0.1},
    }
    route = [
        {"from": "a", "to": "b", "delay": exponential(300)},
        {"from": "b", "to": "a", "rework": True, "probability": 0.2},
        {"from": "b", "to": "out", "probability": 0.8},
    ]
    book = [{"order": "A", "release": "1 h", "pieces": 4, "product": "y", "due": "2 h"}]
    orders = {"every": exponential(80), "pieces": {"empirical": [1, 3]}, "product": {"x": 0.5, "y": 0.5}, "book": book}
    products = {"x": {}, "y": {"route": ["a", "b"]}}
    return describe(
        stations, route, source={"orders": orders}, products=products, operators={"setter": 1}, move="order"
    )


def test_the_digest_of_lots_is_free_of_memory_layout() -> None:
    """Order records exchange their places, those of the book aside; part records lie the other way round."""
    [state] = cut(varied_line(), replications=1)
    orders, first = state.tables["orders"], int(state.tables["line"]["book_orders"][0])
    assert (orders["open"][first:] == 1).sum() > 2
    assert (state.tables["edges"]["moving"] >= 0).any()

    turned = moved(state.tables)
    last = len(orders) - 1
    places = np.concatenate([np.arange(first), np.arange(first, len(orders))[::-1]])
    turned["orders"] = orders[places].copy()
    known = turned["parts"]["order"]
    turned["parts"]["order"] = np.where(known >= first, last - known + first, known)

    assert digest_of(turned) == digest_of(state.tables)


@pytest.mark.parametrize(
    ("table", "field"),
    [("machines", "setup"), ("machines", "product"), ("machines", "ideal"), ("orders", "due"), ("orders", "good"),
     ("orders", "lots"), ("rows", "to_come"), ("line", "orders_departed"), ("line", "next_row")],
)  # fmt: skip
def test_the_digest_sees_what_lots_add(table: str, field: str) -> None:
    [state] = cut(varied_line(), replications=1)
    changed = {name: column.copy() for name, column in state.tables.items()}
    row = int(np.flatnonzero(changed["orders"]["open"])[0]) if table == "orders" else 0
    value = changed[table][field][row]
    changed[table][field][row] = value + 1 if np.issubdtype(value.dtype, np.integer) else np.nextafter(value, -1.0)

    assert digest_of(changed) != digest_of(state.tables)


@pytest.mark.parametrize("field", ["pieces", "product", "step", "order", "left"])
def test_the_digest_sees_each_field_of_a_lot(field: str) -> None:
    [state] = cut(varied_line(), replications=1)
    changed = {name: column.copy() for name, column in state.tables.items()}
    [p, *_] = changed["machines"]["part"]
    assert p >= 0
    others = np.flatnonzero(changed["orders"]["open"])
    lot = changed["parts"]
    lot[field][p] = next(o for o in others if o != lot["order"][p]) if field == "order" else lot[field][p] + 1

    assert digest_of(changed) != digest_of(state.tables)


def test_a_run_of_lots_taken_up_from_a_file_equals_the_run_in_one_piece(tmp_path: Path) -> None:
    line = varied_line()
    whole = simulate(line, engine="simpy", replications=2, **TIMES)

    save_states(tmp_path / "states.npz", cut(line, 2405.0))
    resumed = simulate(line, engine="simpy", initial=load_states(tmp_path / "states.npz", make_plan(line).key), **TIMES)

    assert [run.digest for run in resumed] == [run.digest for run in whole]


def test_the_digest_sees_who_stands_before_whom() -> None:
    """Two parts in one queue that exchange their places: every count stays as it was."""
    [state] = cut(serial({"a": {"cycle": exponential(5)}, "b": {"cycle": exponential(20)}}, [None]), replications=1)
    edges, parts = state.tables["edges"], state.tables["parts"]
    head = int(edges["head"][np.flatnonzero(edges["level"] > 1)[0]])
    after = int(parts["next"][head])
    changed = {name: column.copy() for name, column in state.tables.items()}
    for field in ("number", "entry", "since", "reworked"):
        changed["parts"][field][[head, after]] = parts[field][[after, head]]

    assert digest_of(changed) != digest_of(state.tables)
