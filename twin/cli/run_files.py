"""The files that `twin run` writes beside its answer: every event, the picture of who did what when, the last state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from twin.cli.power_files import check_power, write_power
from twin.cli.resolve import output_file
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from twin.line.scenario import Scenario
    from twin.study.replicate import Study


class Files(NamedTuple):
    """The files asked for, None where one is not."""

    trace: Path | None
    gantt: Path | None
    power: Path | None
    state: Path | None

    @property
    def traced(self) -> bool:
        """Whether the events of the first replication are needed."""
        return (self.trace, self.gantt, self.power) != (None, None, None)

    def check(self, chosen: Scenario, line_file: Path, *, resumed: bool) -> None:
        """Find out before the work that they can be written; raises as `output_file` and `check_power`."""
        kinds = (
            (self.trace, (".csv", ".parquet"), "--trace"),
            (self.gantt, (".svg",), "--gantt"),
            (self.state, (".npz",), "--save-state"),
        )
        for file, suffixes, option in kinds:
            if file is not None:
                output_file(file, suffixes, line_file, option=option)
        if self.gantt is not None and resumed:
            raise InputError("--gantt: a run that is resumed does not know what was before; leave out --resume")
        if self.power is not None:
            check_power(self.power, chosen, line_file, resumed=resumed)

    def write(self, study: Study) -> None:
        """Write them.

        Raises
        ------
        InputError
            If one cannot be written.
        """
        events = study.runs[0].events or ()
        if self.trace is not None:
            from connectors.event_log import Origin, write_events
            from twin.study.replicate import versions

            line = study.scenario.line
            description = line.model_dump_json(exclude_defaults=True)
            run = study.runs[0].replication
            write_events(events, self.trace, Origin(line.line, description, study.seed, run, versions()))
        if self.gantt is not None:
            from dashboards.gantt import gantt_svg
            from twin.cli.check import write_whole
            from twin.kpi.history import History

            end_s = study.warmup_s + study.horizon_s
            write_whole(self.gantt, gantt_svg(History(study.scenario.line, events), end_s))
        if self.power is not None:
            write_power(study, self.power)
        if self.state is not None:
            from twin.engine.state import save_states

            save_states(self.state, [run.state for run in study.runs if run.state is not None])

    def notes(self) -> Iterator[str]:
        """Say where the events are, and what was drawn of them."""
        if self.trace is not None:
            yield f"events of the first replication in {self.trace}"
        if self.gantt is not None:
            yield f"who did what when in {self.gantt}"
        if self.power is not None:
            yield f"power of the first replication in {self.power}"
