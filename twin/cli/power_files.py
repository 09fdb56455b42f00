"""What `twin run --power` writes: the course of the first replication's power, as numbers or as a picture."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from twin.cli.check import write_whole
from twin.cli.resolve import output_file
from twin.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from twin.line.scenario import Scenario
    from twin.study.power_course import PowerCourse
    from twin.study.replicate import Study

OPTION = "--power"
W_PER_KW = 1000.0
DIGITS = 9


def check_power(path: Path, chosen: Scenario, line_file: Path, *, resumed: bool) -> None:
    """Find out before the run that its power cannot be written.

    Raises
    ------
    InputError
        If the file cannot be, the run does not begin at time 0, or no station names a power.
    """
    output_file(path, ".svg" if path.suffix.lower() == ".svg" else ".csv", line_file, option=OPTION)
    if resumed:
        raise InputError(
            f"{OPTION} {path}: a run that is resumed does not know what was drawn before; leave out --resume"
        )
    if not any(station.power.is_named for station in chosen.line.stations.values()):
        raise InputError(
            f"{OPTION} {path}: no station of {chosen.line.line} names a power; write power: {{processing: 18 kW}}"
        )


def write_power(study: Study, path: Path) -> None:
    """Write or draw the course of the power of a study's first replication."""
    from twin.study.power_course import power_course

    run = study.runs[0]
    assert run.events is not None  # noqa: S101 -- the run was traced for this
    course = power_course(run.events, study.warmup_s, study.warmup_s + run.accounts.span_s)
    if path.suffix.lower() == ".svg":
        from dashboards.power import power_svg
        from twin.line.diagram import station_names

        line = study.scenario.line
        write_whole(path, power_svg(course, line.title or line.line, station_names(line)))
    else:
        write_whole(path, power_csv(course))


def power_csv(course: PowerCourse) -> str:
    """Return one row a window: its start and end, mean and peak of the line and of each station that names a power."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = ("line", *(f"station {name}" for name in course.stations))
    writer.writerow(["start_s", "end_s", *(f"{name} {what} [kW]" for name in names for what in ("mean", "peak"))])
    pairs = [column for both in zip(course.mean_w, course.peak_w, strict=True) for column in both]
    for start, end, *powers in zip(course.start_s, course.end_s, *pairs, strict=True):
        kilowatts = (f"{power / W_PER_KW:.{DIGITS}g}" for power in powers)
        writer.writerow([f"{start:.12g}", f"{end:.12g}", *kilowatts])
    return text.getvalue()
