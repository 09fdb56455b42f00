"""What is said of a machine log: what was not used, who was silent, and why none of it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connectors.machine_found import Found
from connectors.machine_log import read_machine_log
from connectors.machine_mapping import load_machine_mapping, load_machine_mapping_text
from support.machine_logs import HEADER, MAPPING, REAL_LINE, REAL_MAP, ROWS, closes, read, real_log, write
from twin.errors import InputError
from twin.line.load import load_line

if TYPE_CHECKING:
    from pathlib import Path


def refusal(path: Path, mapping: str = MAPPING) -> str:
    with pytest.raises(InputError) as refused:
        read(path, mapping)
    return str(refused.value)


def test_what_cannot_be_used_is_counted_and_said(tmp_path: Path) -> None:
    rows = [
        *ROWS,
        ROWS[0],
        "2024-05-06 06:10,P9,run,60,5,1,3.5,,",
        "2024-05-06 06:10,P1,idle,60,5,1,3.5,,",
        "2024-05-06 06:11,P1,idle,60,5,1,3.5,,",
        "2024-05-06 06:12,P1,run,60,5,1,much,,",
        "2024-05-06 06:13,P1,run,60,5,1,lots,,",
        "2024-05-06 06:14,P1,run,-1,5,1,1,,",
        "2024-05-06 06:15,P1,run,9e9,5,1,1,,",
        "2024-05-06 06:16,P1,run,60,1,2,1,,",
        "2024-05-06 06:17,P1,run,60,1.5,0,1,,",
        "sometime,P1,run,60,1,0,1,,",
        "2150-05-06 06:17,P1,run,60,1,0,1,,",
        "short",
        "2024-05-06 06:20,P1,run,60,3,0,1,B8,",
    ]
    events, found = read(write(tmp_path / "log.csv", rows))
    said = found.sentences()
    assert said[0].endswith("log.csv: 19 rows, 6 used, 1 dropped that repeats another, 12 not used.")
    assert said[1] == 'Not used, of machines that the mapping does not know (m): "P9" (1 row).'
    assert said[2] == 'Not used, in states that the mapping does not know (s): "idle" (2 rows).'
    assert said[3] == 'Not used, row 11: power "much" is no number, and 1 more alike.'
    assert {text.partition(": ")[2] for text in said[4:11]} == {
        'duration "-1" is below 0.',
        'duration "9e9" is over 31 days; its unit may be another.',
        "has more scrap and rework than pieces.",
        'pieces "1.5" is not a whole number of at least 0.',
        'time "sometime" is no time of the form iso.',
        'time "2150-05-06 06:17" is not of this or the last century.',
        "has 1 cells where the header has 9.",
    }
    assert said[11].startswith('New to the line (p): "B8" (1 row from 2024-05-06 06:20); their pieces count as')
    assert [event.fields["product"] for event in events if event.kind == "part"][-1] is None
    assert closes(found)


def test_a_machine_that_falls_silent_or_never_spoke_is_named(tmp_path: Path) -> None:
    rows = [f"2024-05-06 {hour:02}:00,{name},run,60,0,0,1,," for hour in (6, 7, 9) for name in ("P1", "P2")][:-1]
    said = read(write(tmp_path / "log.csv", rows))[1].sentences()
    assert said[1:] == [
        "Machine P1 sent nothing for over 15 min 2 times, 2.97 h in all; longest 1.98 h from 2024-05-06 07:01.",
        "Machine P2 sent nothing for over 15 min once; longest 59 min from 2024-05-06 06:01.",
        "Machine P2 is silent since 2024-05-06 07:01, 2 h before the log ends.",
        "Machine W is not in the log.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "[P1, P2], weld: [W]",
            "[A, B]",
            'no row is of a machine that the mapping knows ("A", "B"); the log has "P1" (3',
        ),
        ("run:", "go:", ""),
        ("{run: processing, hand", "{go: processing, shand", ""),
        ("at, machine", "ts, machine", 'has no column "ts" (columns.time); it has "at", "m", "s"'),
    ],
)
def test_a_mapping_that_matches_nothing_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    path = write(tmp_path / "log.csv")
    assert old in MAPPING
    if problem:
        assert refusal(path, MAPPING.replace(old, new)).startswith(f"{path}: {problem}")
    else:
        assert read(path, MAPPING.replace(old, new))[1].read.states.rows


def test_states_that_all_are_unknown_are_refused(tmp_path: Path) -> None:
    text = MAPPING.replace("run:", "RUN:").replace("hand:", "HAND:").replace("stop:", "STOP:")
    assert refusal(write(tmp_path / "log.csv"), text).endswith(
        'no row has a state that the mapping knows ("RUN", "HAND", "STOP"); '
        'the log has "run" (2 rows), "stop" (2 rows), "hand" (1 row); mend the mapping'
    )


def test_rows_that_cannot_be_read_are_refused_with_the_first(tmp_path: Path) -> None:
    text = MAPPING.replace("Europe/Rome", "Europe/Rome, format: unix")
    assert refusal(write(tmp_path / "log.csv"), text).endswith(
        'none of its 5 rows can be used (row 2 time "2024-05-06 06:00:00" is no time of the form unix); '
        "mend the mapping"
    )


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("log.xes", "<log/>", "a machine log is not read from .xes; name a file .csv or .parquet"),
        ("log.csv", "", "holds no row"),
        ("log.csv", HEADER, "holds no row; name a log that does"),
        ("log.csv", "a,a\n1,2\n", 'has two columns "a"; give each a name of its own'),
        ("log.csv", f'{HEADER}\n"open', "is not CSV"),
        ("log.parquet", "no", "is not Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, text: str, problem: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert problem in refusal(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "no such file or directory; name a file .csv or .parquet" in refusal(tmp_path / "log.csv")


def test_the_three_machines_bring_products_and_silence_that_are_said() -> None:
    found = Found()
    for _ in read_machine_log(real_log(), load_machine_mapping(REAL_MAP), load_line(REAL_LINE), found):
        pass
    said = "\n".join(found.sentences())
    assert 'New to the line (product): "5" (799 rows from 2022-09-06 23:14), "6" (407 rows' in said
    assert (
        "Machine 0 sent nothing for over 15 min 3 times, 4.23 d in all; longest 2.11 d from 2022-09-03 04:45." in said
    )
    assert "Machine 0 is silent since 2022-09-13 18:50, 7.14 h before the log ends." in said


def test_read_otherwise_the_rows_of_the_three_machines_overlap() -> None:
    text = REAL_MAP.read_text().replace("stamp: end", "stamp: start")
    found = Found()
    mapping = load_machine_mapping_text(text)
    for _ in read_machine_log(real_log(), mapping, load_line(REAL_LINE), found):
        pass
    assert "416 rows began before the last of their machine had ended" in "\n".join(found.sentences())
