"""What an inspection rejects goes its own way where there is one; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, describe
from support.timeline import parts

if TYPE_CHECKING:
    from support.timeline import Follow

NEVER = 1e-12
"""A share so small that a short run does not see it."""


def test_rejected_parts_are_fixed_not_scrapped(follow: Follow) -> None:
    """All that the first inspection sees is bad, 10 s; fixed in 4 s; the second, 5 s, rejects nothing."""
    stations: dict[str, Description] = {
        "first": {"kind": "inspection", "cycle": constant(10), "prevalence": 1 - NEVER},
        "fix": {"cycle": constant(4)},
        "second": {"kind": "inspection", "cycle": constant(5), "prevalence": 0.5, "false_accept": 1 - NEVER},
    }
    route: list[Description] = [
        {"from": "first", "to": "second"},
        {"from": "first", "to": "fix", "rejected": True},
        {"from": "fix", "to": "second"},
        {"from": "second", "to": "fix", "rejected": True},
        {"from": "second", "to": "out"},
    ]

    run = follow(describe(stations, route), 38)

    assert parts(run, "first") == [(t, "rework", "fix") for t in (10, 20, 30)]
    assert parts(run, "fix") == [(t, "good", "second") for t in (14, 24, 34)]
    assert parts(run, "second") == [(t, "good", "out") for t in (19, 29)]
    accounts = run.accounts
    assert (accounts.scrapped, accounts.departed, accounts.first_pass) == (0, 2, 0)
    assert list(accounts.rework) == [3, 0, 0]
