from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import lines
from twin.errors import InputError
from twin.events import STATES
from twin.kpi.policy import STANDARD, load_policy

if TYPE_CHECKING:
    from pathlib import Path


def test_the_standard_policy_counts_every_state_as_itself() -> None:
    assert load_policy(lines.policy_path("standard")) == STANDARD
    assert STANDARD.title == "standard 1"
    for state in STATES:
        for reason in (None, "jam", "break", "cleaning"):
            assert STANDARD.counted_as(state, reason) == state


@pytest.mark.parametrize("name", lines.policy_names())
def test_policies_that_come_along_can_be_read(name: str) -> None:
    policy = load_policy(lines.policy_path(name))
    assert policy.name == name
    assert policy == STANDARD or (policy.sources or "").startswith("assumption")


def test_an_unknown_policy_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="minor_stops"):
        lines.policy_path("minor_stop")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x", "version"),
        ("{name: x, version: 0}", "version"),
        ("{name: x, version: 1, minor_stop: -1 min}", "minor_stop"),
        ("{name: x, version: 1, minor_stop: 5}", "minor_stop"),
        ("{name: x, version: 1, reasons: {jam: stopped}}", "jam"),
        ("{name: x, version: 1, breaks: inside}", "breaks"),
        ("{name: x, version: 1, ideal: best}", "ideal"),
        ("{name: x, version: 1, minor_stops: 5 min}", "minor_stop"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_at_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as refused:
        load_policy(file)
    assert "ours.yaml" in str(refused.value)
