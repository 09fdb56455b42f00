from __future__ import annotations

import math
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tracemalloc
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import store_schema
from connectors.store import LATEST, SHOWN, Store
from connectors.store_reading import Counts, Quarantined, StoreReader
from connectors.store_schema import Unwritable
from support.stored import BATCH, LINE, event, forecast, note, point, row
from twin.errors import Defect, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "twin.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path, LINE)
    yield opened
    opened.close()


def test_events_come_back_to_the_bit_in_the_order_of_their_times(store: Store) -> None:
    events = [event(k, time=math.exp(k * 0.7919 % 11)) for k in range(200)]
    events += [event(500, time=7.0, source="b"), event(501, time=7.0, source="a"), event(1, time=7.0, boot=2)]
    store.set_epoch(events[0].epoch_ns or 0)
    assert store.commit(events) == events
    assert list(store.events()) == sorted(events, key=lambda e: (e.time, e.source, e.boot, e.sequence))


def test_every_kind_of_value_comes_back(store: Store) -> None:
    numbers = {"cycle_s": 0.1 + 0.2, "part": 2**63 - 1, "to": "Über\u2028\x00", "pieces": None, "accepted": True}
    store.commit([event(1, fields=numbers)])
    (found,) = store.events()
    assert found.fields == numbers
    assert [type(value) for value in found.fields.values()] == [float, int, str, type(None), bool]


def test_an_event_that_came_before_is_not_new(store: Store) -> None:
    first, second = event(1, time=3.0), event(2, time=4.0)
    assert store.commit([first, second, first]) == [first, second]
    assert store.commit([second, event(3, time=1.0), first]) == [event(3, time=1.0)]
    assert store.commit([event(1, time=3.0, boot=2)]) == [event(1, time=3.0, boot=2)]
    assert store.counts().events == 4


@given(st.lists(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 1), st.integers(0, 30))), max_size=6))
def test_each_identity_is_new_once(tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple]]) -> None:
    store = Store(tmp_path_factory.mktemp("store") / "twin.db", LINE)
    seen: set[tuple] = set()
    for batch in batches:
        events = [event(sequence, source=source, boot=boot) for source, boot, sequence in batch]
        expected = [e for k, e in enumerate(events) if batch[k] not in seen and batch[k] not in batch[:k]]
        assert store.commit(events) == expected
        seen.update(batch)
    assert store.counts().events == len(seen) == len(list(store.events()))
    store.close()


def test_a_span_begins_with_its_start_and_ends_before_its_end(store: Store) -> None:
    store.commit([event(k, time=float(k)) for k in range(10)])
    assert [e.time for e in store.events(3.0, 6.0)] == [3.0, 4.0, 5.0]


def test_more_than_a_page_of_events_at_one_time_are_all_read(store: Store) -> None:
    store.commit([event(k, time=1.0) for k in range(12_000)])
    assert [e.sequence for e in store.events()] == list(range(12_000))


def test_the_epoch_is_said_once(store: Store, path: Path) -> None:
    assert store.epoch_ns is None
    store.set_epoch(1_764_000_000_000_000_000)
    store.set_epoch(1_764_000_000_000_000_000)
    with pytest.raises(Defect, match="never changes"):
        store.set_epoch(1)
    assert StoreReader(path).epoch_ns == 1_764_000_000_000_000_000


def test_what_was_refused_is_kept_with_its_reason(store: Store) -> None:
    bad = [Quarantined(k, "a/b", b"\xff" * 5000, 5000, "no JSON" if k else "too long") for k in range(3)]
    assert store.commit([], bad) == []
    assert store.quarantined(1) == [Quarantined(2, "a/b", b"\xff" * SHOWN, 5000, "no JSON")]
    assert store.quarantine_reasons() == {"no JSON": 2, "too long": 1}
    assert store.counts().quarantine == 3


def test_halves_of_characters_are_kept_as_question_marks(store: Store) -> None:
    store.commit([], [Quarantined(0, "a/\udcff", b"", 0, "no kind \ud800")])
    assert store.quarantined() == [Quarantined(0, "a/?", b"", 0, "no kind ?")]


def test_only_the_newest_refusals_are_kept_and_all_are_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.store.REFUSED_KEPT", 10)
    for k in range(30):
        store.commit([], [Quarantined(k, "t", b"", 0, "bad")])
    assert [each.received_ns for each in store.quarantined(99)] == list(range(29, 19, -1))
    assert store.counts().quarantine == 30


def test_kpis_forecasts_and_scores_come_back(store: Store) -> None:
    rows = [row("shift", 0.0, 60.0, None), row("shift", 0.0, 60.0, "press"), row("hour", -3540.0, 60.0, "press")]
    store.save(rows=rows, forecasts=[forecast(60.0), forecast(120.0)], scores=[(28800.0, {"coverage": 0.8})])
    assert store.kpis("shift") == rows[:2]
    assert store.kpis("hour", -1e9, 0.0) == rows[2:]
    assert store.kpis("day") == []
    assert store.forecasts(100.0) == [forecast(120.0)]
    assert store.scores() == [(28800.0, {"coverage": 0.8})]


def test_the_row_of_a_running_shift_is_replaced(store: Store) -> None:
    store.save(rows=[row("shift", 0.0, 60.0, None)])
    store.save(rows=[row("shift", 0.0, 120.0, None)])
    assert [each.end_s for each in store.kpis("shift")] == [120.0]


def test_the_newest_checkpoints_and_the_last_of_each_shift_are_kept(store: Store) -> None:
    for k in range(30):
        store.save(checkpoint=(float(k), {"sum": k / 3}), shift=f"shift {k // 10}")
    kept = [time_s for time_s in range(30) if (found := store.checkpoint_before(time_s)) and found[0] == time_s]
    assert kept == [9, 19, *range(30 - LATEST, 30)]
    assert store.checkpoint_before(12.5) == (9.0, {"sum": 3.0})
    assert store.checkpoint_before(-1.0) is None


def test_a_new_note_takes_the_checkpoints_that_were_counted_without_it(store: Store) -> None:
    for k in (1.0, 2.0, 3.0):
        store.save(checkpoint=(k, {}), shift=str(k))
    store.commit([note(1, time=3.5, start_s=2.0)])
    assert store.checkpoint_before() == (2.0, {})
    store.save(checkpoint=(4.0, {}))
    store.commit([note(1, time=3.5, start_s=2.0)])
    assert store.checkpoint_before() == (4.0, {})
    assert [e.sequence for e in store.notes()] == [1]


def test_old_things_are_forgotten_and_do_not_come_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.store.SLICE", 7)
    events = [event(k, time=float(k // 20)) for k in range(200)]
    store.commit(events)
    store.save(
        rows=[row("hour", float(k), k + 3600.0, None) for k in range(10)], forecasts=[forecast(1.0), forecast(6.0)]
    )
    for k in range(10):
        store.save(checkpoint=(float(k), {}), shift=str(k))
    store.prune(5.0)
    assert [e.time for e in store.events()] == [float(k // 20) for k in range(100, 200)]
    assert store.counts().events == 100
    assert [each.start_s for each in store.kpis("hour")] == [5.0, 6.0, 7.0, 8.0, 9.0]
    assert [each.made_s for each in store.forecasts()] == [6.0]
    assert store.checkpoint_before(4.9) is None
    assert store.commit(events) == []


def test_a_waiting_point_is_replaced_and_one_that_is_none_is_a_dead_letter(store: Store) -> None:
    store.save(points=[point(1, 0.5), point(2, 0.25)])
    store.save(points=[point(1, 0.75), point(3, float("nan"))])
    assert store.counts() == Counts(events=0, quarantine=0, outbox=2, dead_letters=1)
    batch = store.outbox.take(10)
    assert batch is not None
    assert batch.lines == ["kpi,station=press oee=0.25 2", "kpi,station=press oee=0.75 1"]
    assert [reason for _, reason in store.dead_letters()] == ["kpi: oee is nan, no number"]


def test_a_point_that_is_replaced_while_it_is_under_way_stays(store: Store) -> None:
    store.save(points=[point(1, 0.5), point(2, 0.5)])
    batch = store.outbox.take(10)
    store.save(points=[point(1, 0.75)])
    assert batch is not None
    store.outbox.taken(batch, [])
    left = store.outbox.take(10)
    assert left is not None
    assert left.lines == ["kpi,station=press oee=0.75 1"]
    assert store.counts().outbox == 1


def test_counts_are_those_of_the_file(store: Store, path: Path) -> None:
    store.commit([event(1), event(2), event(1)], [Quarantined(0, "t", b"", 0, "bad")])
    store.save(points=[point(1, 0.5), point(1, 0.6), point(2, 0.5), point(3, float("inf"))])
    reader = StoreReader(path)
    assert reader.counts() == store.counts() == Counts(events=2, quarantine=1, outbox=2, dead_letters=1)
    reader.close()


def test_a_point_comes_back_to_the_outbox_after_series_are_forgotten(store: Store) -> None:
    store.save(points=[point(1, 0.5)])
    batch = store.outbox.take(10)
    assert batch is not None
    store.outbox.taken(batch, [])
    store.prune(0.0)
    store.save(points=[point(2, 0.5)])
    left = store.outbox.take(10)
    assert left is not None
    assert left.lines == ["kpi,station=press oee=0.5 2"]


def test_a_second_writer_is_refused(store: Store, path: Path) -> None:
    with pytest.raises(InputError, match="another live twin writes this store"):
        Store(path, LINE)
    store.commit([event(1)])


def test_another_lines_store_is_refused(store: Store, path: Path) -> None:
    store.close()
    with pytest.raises(InputError, match=r"holds the line press_shop, not other"):
        Store(path, "other")
    Store(path, LINE).close()


def test_a_newer_store_is_refused(store: Store, path: Path) -> None:
    store.close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    for opening in (lambda: Store(path, LINE), lambda: StoreReader(path)):
        with pytest.raises(InputError, match=r"newer version \(99; this program knows 1\)"):
            opening()


def test_an_older_store_is_brought_up_to_date(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.commit([event(1)])
    store.close()
    later = ("ALTER TABLE event ADD COLUMN shade TEXT DEFAULT 'grey'", "CREATE TABLE further (x)")
    monkeypatch.setattr(store_schema, "MIGRATIONS", (store_schema.FIRST, later))
    with pytest.raises(InputError, match="older version"):
        StoreReader(path)
    newer = Store(path, LINE)
    assert list(newer.events()) == [event(1, epoch=None)]
    newer.close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert db.execute("SELECT shade FROM event").fetchall() == [("grey",)]


def test_a_migration_that_fails_changes_nothing(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.close()
    monkeypatch.setattr(store_schema, "MIGRATIONS", (store_schema.FIRST, ("CREATE TABLE further (x)", "SELEC")))
    with pytest.raises(InputError):
        Store(path, LINE)
    monkeypatch.undo()
    Store(path, LINE).close()


def test_a_copy_made_while_the_twin_writes_is_a_whole_store(store: Store, path: Path, tmp_path: Path) -> None:
    store.commit([event(k) for k in range(100)])
    with closing(sqlite3.connect(path)) as db:
        db.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    store.commit([event(100)])
    copy = Store(tmp_path / "copy.db", LINE)
    assert [e.sequence for e in copy.events()] == list(range(100))
    copy.close()


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    text, foreign = tmp_path / "text.db", tmp_path / "foreign.db"
    text.write_text("no database at all\n" * 100, encoding="utf-8")
    with sqlite3.connect(foreign) as db:
        db.execute("CREATE TABLE t (x)")
    with pytest.raises(InputError, match="this is no store"):
        Store(text, LINE)
    with pytest.raises(InputError, match="another program's database"):
        Store(foreign, LINE)
    with pytest.raises(InputError, match="cannot be opened or written"):
        Store(tmp_path / "missing" / "twin.db", LINE)
    with pytest.raises(InputError, match="no store is there"):
        StoreReader(tmp_path / "missing.db")


def test_memory_does_not_grow_with_the_events(store: Store) -> None:
    def write(start: int) -> None:
        for first in range(start, start + 20_000, 500):
            store.commit([event(k, source="hash" if k % 2 else "plant") for k in range(first, first + 500)])

    write(0)
    tracemalloc.start()
    write(20_000)
    assert sum(1 for _ in store.events()) == 40_000
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 500_000, "25 bytes an event"


def _child(path: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "support.stored", str(path), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_a_killed_writer_has_kept_every_event_that_it_said_was_safe(path: Path) -> None:
    luck = random.Random(13)  # noqa: S311 -- when to kill
    for start in range(5):
        with _child(path, "write", str(start * 1_000_000)) as child:
            assert child.stdout is not None
            for _ in range(luck.randint(1, 60)):
                child.stdout.readline()
            child.send_signal(signal.SIGKILL)
            said = [int(number) for number in child.stdout.read().split()]
        store = Store(path, LINE)
        kept = {e.sequence for e in store.events()}
        assert len(kept) == store.counts().events
        if said:
            assert set(range(start * 1_000_000, said[-1])) <= kept
        assert len(kept) % BATCH == 0, "what was not confirmed is kept as a whole batch or not at all"
        store.close()


def test_a_full_disk_is_a_sentence_and_what_was_refused_is_taken_later(path: Path) -> None:
    with _child(path, "fill") as child:
        assert child.stdout is not None
        refused, again = child.stdout.read().splitlines()
    assert child.returncode == 0
    assert refused.startswith(f"{path}: the disk is full or refuses to write")
    store = Store(path, LINE)
    confirmed = int(again)
    assert [e.sequence for e in store.events()] == list(range(confirmed))
    store.close()


def test_nothing_is_half_written_when_a_batch_fails(store: Store) -> None:
    with pytest.raises(OverflowError):
        store.commit([event(1), event(2**63)])
    assert list(store.events()) == []
    assert store.counts().events == 0
    assert store.commit([event(1)])


def test_a_locked_store_is_said(store: Store, path: Path) -> None:
    store._db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unwritable, match="another program keeps the store locked"):
        store.commit([event(1)])
    other.execute("ROLLBACK")
    other.close()
    assert store.commit([event(1)])


def test_another_event_by_the_name_of_one_that_is_kept_is_refused_and_not_forgotten(tmp_path: Path) -> None:
    """A plant that starts anew without a new boot loses nothing without a word."""
    with closing(Store(tmp_path / "s.sqlite", LINE)) as store:
        first, other = event(0, time=1.0), event(0, time=2.0)
        assert store.commit([first, first]) == [first]
        assert store.commit([first, other]) == []
        (refused,) = store.quarantined()
        assert "another boot" in refused.reason
        assert b'"time":2.0' in refused.payload
        assert store.counts()[:2] == (1, 1)
