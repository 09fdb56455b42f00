"""How OEE is counted: a small file with a name and a version, which every OEE names.

The same stop can be a loss of availability in one plant and no loss at all in the next: whether a short stop is a stop,
whether cleaning lies outside planned busy time, what the ideal rate is. A policy says so once, for all stations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from twin.events import StateName
from twin.line.described import Described
from twin.line.load import load_model
from twin.line.work_calendar import BREAK
from twin.line.yaml_file import read_text
from twin.units import Duration

if TYPE_CHECKING:
    from pathlib import Path


class Policy(Described):
    """How OEE is counted.

    `minor_stop` [s]: a stop shorter than this counts as processing, so that it lowers effectiveness and not
    availability, and as no failure. `reasons` says as which state the time with a reason counts, whatever state the
    machine was in; time processing is always that.
    """

    name: str = Field(min_length=1, description="the policy's name", examples=["standard"])
    version: Annotated[int, Field(ge=1)] = Field(description="its version; every OEE names both", examples=["1"])
    sources: str | None = Field(
        default=None, description="where the rules come from; a guess begins with the word assumption"
    )
    minor_stop: Duration = Field(
        default=0.0, ge=0, description="stops shorter than this are slow running, not stops", examples=["5 min"]
    )
    reasons: dict[str, StateName] = Field(
        default_factory=dict,
        description="the state as which the time with a reason counts",
        examples=["{cleaning: maintenance, no_material: starved}"],
    )
    breaks: Literal["outside", "delay"] = Field(
        default="outside",
        description=f"whether time off shift for the reason {BREAK} lies outside planned busy time, or is lost in it",
        examples=["delay"],
    )
    ideal: Literal["ideal_cycle", "mean_cycle"] = Field(
        default="ideal_cycle",
        description="the ideal time of a part: as the line names it (else the cycle's mean), or always the mean",
        examples=["mean_cycle"],
    )

    @property
    def title(self) -> str:
        """What every OEE names: "standard 1"."""
        return f"{self.name} {self.version}"

    def counted_as(self, state: str, reason: str | None) -> str:
        """Return the state as which a machine's time counts.

        Examples
        --------
        >>> STANDARD.counted_as("down", "cleaning")
        'down'
        """
        if state == "processing" or reason is None:
            return state
        if reason == BREAK and state == "off_shift" and self.breaks == "delay":
            return "waiting_operator"
        return self.reasons.get(reason, state)


STANDARD = Policy(name="standard", version=1)
"""Counts as the engine does: every stop is a stop, every state counts as itself."""


def load_policy(path: Path) -> Policy:
    """Return the policy that a file describes.

    Raises
    ------
    InputError
        With every problem found, each as `file:line path: found; expected; remedy`.
    """
    return load_model(read_text(path), str(path), Policy, lambda _policy, _lost: [])
