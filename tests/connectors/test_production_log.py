from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.log_mapping import load_mapping, load_mapping_text
from connectors.production_log import read_log
from support.logs import HEADER, MAPPING, ROWS, XES_MAPPING, mapping, write_csv, write_parquet, write_xes
from twin.calibration.log import COLUMNS
from twin.errors import InputError

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from twin.calibration.log import Log

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared/data/machine_shop_log/production_log.csv"
HOUR = 3600.0
ISO = "%Y-%m-%dT%H:%M:%S"


@pytest.fixture(scope="module")
def real() -> Log:
    if not REAL.exists():
        pytest.skip(f"the machine shop's log is not at {REAL}")
    return read_log(REAL, load_mapping(ROOT / "lines/maps/machine_shop.yaml"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


def read(folder: Path, rows: Sequence[Sequence[str]], text: str = MAPPING) -> Log:
    return read_log(write_csv(folder / "log.csv", rows), mapping(text))


def changed(row: Sequence[str], **cells: str) -> tuple[str, ...]:
    return tuple(cells.get(name, cell) for name, cell in zip(HEADER, row, strict=True))


def retimed(rows: Sequence[Sequence[str]], form: str, later: timedelta = timedelta()) -> list[tuple[str, ...]]:
    """Return rows whose times are written in another form, and later."""
    return [
        (*row[:3], *(f"{datetime.fromisoformat(text) + later:{form}}" for text in row[3:5]), *row[5:]) for row in rows
    ]


def closes(log: Log) -> bool:
    return log.rows == len(log.reports) + len(log.problems) + log.duplicates + log.left_out


def test_a_log_is_read_to_the_cell(folder: Path) -> None:
    log = read(folder, ROWS)
    day = 24 * HOUR
    assert list(log.reports.columns) == list(COLUMNS)
    assert log.epoch == datetime(2012, 1, 2)  # noqa: DTZ001 -- the plant's own clock has no zone
    assert [tuple(row) for row in log.reports.drop(columns="worker").itertuples(index=False)] == [
        ("Case 7", "turning_milling", day + 8 * HOUR, day + 14 * HOUR, 0, 0, 0, "setup", False, 2),
        ("Case 7", "turning_milling", day + 14 * HOUR, 2 * day + 1.5 * HOUR, 40, 2, 0, "production", False, 3),
        ("Case 7", "round_qc", 2 * day + 2 * HOUR, 2 * day + 3.25 * HOUR, 38, 0, 0, "production", False, 4),
        ("Case 9", "turning_milling", 2 * day + 7 * HOUR, 2 * day + 7 * HOUR, 0, 0, 0, "breakdown", False, 5),
        ("Case 9", "round_qc", 3 * day + 7 * HOUR, 3 * day + 8 * HOUR, 5, 1, 0, "production", True, 6),
    ]
    assert list(log.reports["worker"].fillna("-")) == ["w01", "w02", "w03", "w02", "-"]
    assert log.labels == {"turning_milling": "Turning & Milling", "round_qc": "Round  Q.C."}
    assert (log.roles.checks, log.problems, log.ahead) == (frozenset({"round_qc"}), (), None)
    assert closes(log)


def test_parquet_and_xes_say_the_same_as_csv(folder: Path) -> None:
    wanted = read(folder, ROWS)
    parquet = read_log(write_parquet(folder / "log.parquet"), mapping())
    xes = read_log(write_xes(folder / "log.xes"), mapping(XES_MAPPING))
    for log in (parquet, xes):
        pd.testing.assert_frame_equal(log.reports.drop(columns="row"), wanted.reports.drop(columns="row"))
        assert (log.labels, log.problems, log.epoch) == (wanted.labels, (), wanted.epoch)
    assert xes.rows == 2 * len(xes.reports)


def test_times_of_a_parquet_file_with_a_zone_are_the_plants(folder: Path) -> None:
    path = write_parquet(folder / "zoned.parquet")
    frame = pd.read_parquet(path)
    for name in ("start", "complete"):
        frame[name] = frame[name].dt.tz_localize("Europe/Paris").dt.tz_convert("UTC")
    frame.to_parquet(path)
    with pytest.raises(InputError, match="names a time zone"):
        read_log(path, mapping())
    log = read_log(path, mapping(f"{MAPPING}time: {{zone: Europe/Paris}}"))
    assert list(log.reports["start"]) == list(read(folder, ROWS).reports["start"])


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"case_id": " "}, "has no order"),
        ({"activity": ""}, "has no operation"),
        ({"start": ""}, "has no start"),
        ({"complete": "noon"}, 'end "noon" is no time of the form iso'),
        ({"start": "2012-02-30T07:00:00"}, 'start "2012-02-30T07:00:00" is no time of the form iso'),
        ({"complete": "1511"}, 'end "1511" is no time of the form iso'),
        ({"complete": "2012-01-03T07:59:59"}, "ends before it starts"),
        ({"qty": "-3"}, 'done "-3" is not a whole number of at least 0'),
        ({"qty": "2.5"}, 'done "2.5" is not a whole number of at least 0'),
        ({"rejected": "nan"}, 'rejected "nan" is not a whole number of at least 0'),
        ({"kind": "X"}, 'kind "X" is none that the mapping knows'),
    ],
)
def test_a_row_that_cannot_be_read_is_kept_with_a_sentence(folder: Path, cells: dict[str, str], sentence: str) -> None:
    log = read(folder, [changed(ROWS[0], **cells), *ROWS[1:]])
    assert log.problems == ((2, sentence),)
    assert len(log.reports) == len(ROWS) - 1
    assert closes(log)


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "start": st.sampled_from(["", "2012-01-03", "2012-01-09 12:00", "x"]),
                "complete": st.sampled_from(["2012-01-03T08:00:00.25", "9999-01-01T00:00", "nan"]),
                "qty": st.sampled_from(["7.0", "+2", "-1", "1e3", "9999999999"]),
                "kind": st.sampled_from(["S", "D", "B", "", "d"]),
                "activity": st.sampled_from(["", "Packing", "packing"]),
            },
        ),
        max_size=8,
    )
)
def test_no_row_is_lost_whatever_it_holds(folder: Path, rows: list[dict[str, str]]) -> None:
    log = read(folder, [*ROWS, *(changed(ROWS[index % 5], **cells) for index, cells in enumerate(rows))])
    assert closes(log)
    assert log.rows == len(ROWS) + len(rows)
    assert (log.reports["end"] >= log.reports["start"]).all()
    assert log.reports[["done", "rejected", "review"]].min().min() >= 0


def test_no_worker_is_named_anywhere(folder: Path) -> None:
    log = read(folder, [*ROWS, *(changed(row, start="?") for row in ROWS)])
    assert len(log.problems) == len(ROWS)
    assert "ID4" not in repr((log.problems, log.labels, log.source)) + log.reports.to_csv()


@pytest.mark.parametrize(
    ("rows", "text", "problem"),
    [
        (
            ROWS,
            MAPPING.replace("case_id", "case").replace("qty", "pcs"),
            '"case" (columns.order), "pcs" (columns.done)',
        ),
        (ROWS, f"{MAPPING}finish: [pakcing]", 'finish of the mapping names a station "pakcing"; write'),
        (ROWS, f"{MAPPING}finish: [rond_qc]", '"rond_qc"; did you mean round_qc?'),
        (ROWS, f"{MAPPING}leave_out: [round_qc, turning_milling]", "the mapping leaves out all"),
        (ROWS, f'{MAPPING}time: {{format: "%d.%m.%Y"}}', 'none of its 5 rows is a report (row 2 start "2012-01-03T08'),
        (ROWS, f'{MAPPING}time: {{format: "%q"}}', 'time.format "%q" of the mapping'),
        ([changed(row, kind="?") for row in ROWS], MAPPING, 'none of its 5 rows is a report (row 2 kind "?"'),
        ([row[:3] for row in ROWS], MAPPING, "(row 2 has 3 cells where the header has 9)"),
        ([changed(row, start=row[3] + "+01:00") for row in ROWS], MAPPING, "row 2: start"),
    ],
)
def test_a_log_that_does_not_fit_its_mapping_gets_one_sentence(
    folder: Path, rows: list[tuple[str, ...]], text: str, problem: str
) -> None:
    with pytest.raises(InputError) as refusal:
        read(folder, rows, text)
    assert len(refusal.value.problems) == 1
    assert problem in str(refusal.value)
    assert str(folder / "log.csv") in str(refusal.value)


def test_times_are_read_in_the_form_and_zone_named(folder: Path) -> None:
    plain = read(folder, ROWS)
    as_people_write = retimed(ROWS, "%d.%m.%Y %H:%M")
    pd.testing.assert_frame_equal(
        read(folder, as_people_write, f'{MAPPING}time: {{format: "%d.%m.%Y %H:%M"}}').reports, plain.reports
    )
    # New York is five hours behind UTC; a time without a zone is the plant's own already.
    abroad = retimed(ROWS, f"{ISO}Z", timedelta(hours=5))
    mixed = [changed(row, start=there[3]) for row, there in zip(ROWS, abroad, strict=True)]
    zoned = read(folder, mixed, f"{MAPPING}time: {{zone: America/New_York}}")
    pd.testing.assert_frame_equal(zoned.reports, plain.reports)


@given(st.randoms(use_true_random=False), st.sampled_from([0, 1, 3]))
def test_order_names_and_duplicates_change_nothing_but_names(folder: Path, luck: random.Random, again: int) -> None:
    plain = read(folder, MANY)
    orders, stations, people = (sorted({row[at] for row in MANY}) for at in (0, 1, 2))
    new = [dict(zip(old, luck.sample(old, len(old)), strict=True)) for old in (orders, stations, people)]
    rows = [(new[0][a], new[1][b], new[2][c], *rest) for a, b, c, *rest in MANY]
    rows += luck.sample(rows, again)
    luck.shuffle(rows)
    log = read(folder, rows)
    facts = ["start", "end", "done", "rejected", "review", "kind", "rework"]
    pd.testing.assert_frame_equal(log.reports[facts], plain.reports[facts])
    # The same order, station and worker in the same places: names are mapped one to one.
    for column in ("order", "station", "worker"):
        pairs = set(zip(plain.reports[column], log.reports[column], strict=True))
        assert len(pairs) == plain.reports[column].nunique() == log.reports[column].nunique()
    assert log.duplicates == again


def _many() -> list[tuple[str, ...]]:
    """Return many reports with many ties: alike in all but their names."""
    luck = np.random.default_rng(7)
    rows = set()
    while len(rows) < 50:
        order, operation, worker, hour, worked = (int(luck.integers(most)) for most in (6, 4, 4, 4, 3))
        day = "2012-01-03T"
        start, end = f"{day}{8 + hour:02}:00:00", f"{day}{8 + hour + worked:02}:30:00"
        rows.add((f"Case {order}", f"Operation {operation}", f"ID{worker}", start, end, "1", "0", "D", ""))
    return sorted(rows)


MANY = _many()


@pytest.mark.parametrize("hours", [-30, 1, 7, 1000])
def test_a_clock_set_otherwise_leaves_every_difference_equal(folder: Path, hours: int) -> None:
    tenth = timedelta(milliseconds=100)  # no binary number holds it
    rows = retimed(ROWS, f"{ISO}.%f", tenth + timedelta(hours=hours))
    still = retimed(ROWS, f"{ISO}.%f", tenth)
    moved, plain = read(folder, rows).reports, read(folder, still).reports
    for column in ("start", "end"):
        assert list(moved[column] - moved["start"][0]) == list(plain[column] - plain["start"][0])
    assert moved["start"][0] % 1 == 102 / 1024


def test_ends_find_the_earliest_beginning_still_open(folder: Path) -> None:
    header = ("case", "op", "who", "when", "what", "qty")
    rows = [
        ("A", "Mill", "x", "2012-01-02 08:00", "start", ""),
        ("A", "Mill", "x", "2012-01-02 09:00", "start", ""),
        ("A", "Mill", "x", "2012-01-02 09:00", "complete", "1"),
        ("A", "Mill", "x", "2012-01-02 11:00", "complete", "2"),
        ("A", "Mill", "y", "2012-01-02 12:00", "complete", "3"),
        ("B", "Mill", "x", "2012-01-02 12:00", "start", ""),
        ("B", "Mill", "x", "2012-01-02 13:00", "suspend", ""),
    ]
    text = "columns: {order: case, station: op, worker: who, end: when, done: qty}\nlifecycle: {column: what}"
    log = read_log(write_csv(folder / "cycle.csv", rows, header), mapping(text))
    assert [*zip(log.reports["start"], log.reports["end"], log.reports["done"], strict=True)] == [
        (8 * HOUR, 9 * HOUR, 1),
        (9 * HOUR, 11 * HOUR, 2),
    ]
    assert log.problems == ((6, "ends what no row begins"), (7, "begins what no row ends"))
    assert log.left_out == 1


def test_ends_alone_are_read_where_they_hold_their_start(folder: Path) -> None:
    header = ("case", "op", "from", "to", "what")
    rows = [
        ("A", "Mill", "", "2012-01-02 08:00", "start"),
        ("A", "Mill", "2012-01-02 08:00", "2012-01-02 09:00", "end"),
    ]
    text = "columns: {order: case, station: op, start: from, end: to}\nlifecycle: {column: what, complete: [end]}"
    log = read_log(write_csv(folder / "ends.csv", rows, header), mapping(text))
    assert (len(log.reports), log.left_out, log.problems) == (1, 1, ())
    assert closes(log)


def test_what_is_left_out_is_counted(folder: Path) -> None:
    log = read(folder, ROWS, f"{MAPPING}leave_out: [turning_milling]")
    assert (set(log.reports["station"]), log.left_out) == ({"round_qc"}, 3)
    assert closes(log)


def test_the_machine_shops_log_is_what_was_found_by_looking(real: Log) -> None:
    reports = real.reports
    assert (real.rows, real.duplicates, real.problems, real.left_out) == (2943, 14, (), 0)
    assert len(reports) == 2929
    assert reports["kind"].value_counts().to_dict().keys() == {"production", "setup", "breakdown"}
    assert (reports["kind"] == "breakdown").sum() <= 36
    packing = reports[reports["station"] == "packing"]
    assert ((packing["end"] - packing["start"]) == HOUR).all()
    assert real.labels["final_inspection_qc"] == "Final Inspection Q.C."
    assert real.roles.finish == {"packing"}
    assert real.epoch == datetime(2012, 1, 2)  # noqa: DTZ001 -- the plant's own clock has no zone
    assert reports["worker"].notna().all()
    assert not re.search(r"ID\d{4}", reports.to_csv())


def test_the_machine_shops_log_shuffled_is_the_same_log(real: Log, tmp_path: Path) -> None:
    head, *rows = REAL.read_text(encoding="utf-8").splitlines()
    rows = list(np.random.default_rng(3).permutation(rows))
    (tmp_path / "log.csv").write_text("\n".join([head, *rows, rows[0]]), encoding="utf-8")
    log = read_log(tmp_path / "log.csv", load_mapping(ROOT / "lines/maps/machine_shop.yaml"))
    pd.testing.assert_frame_equal(log.reports.drop(columns="row"), real.reports.drop(columns="row"))
    assert log.duplicates == real.duplicates + 1


def test_a_report_of_years_is_a_mistyped_time(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "order,station,start,end\n"
        "a,press,2020-03-02T06:00,2020-03-02T08:00\n"
        "b,press,2020-03-02T08:00,2024-03-02T09:00\n"
    )
    mapping = load_mapping_text("columns: {order: order, station: station, start: start, end: end}")
    read = read_log(log, mapping)
    assert [(problem.row, "longer than 31 days" in problem.sentence) for problem in read.problems] == [(3, True)]
