"""What the people on a line cost, and how many must be employed to fill its posts.

A *post* is a place that is filled in every shift. What a site publishes is the cost of an hour *worked*: all that the
employer pays in a year, absence included, divided by the hours really worked. So absence is in that figure already,
and only a plant whose absence differs from the published one pays more or less. The arithmetic, for one post hour:

    paid hours         = 1 / (1 - absence)                              the absent are paid, and others stand in
    cost per paid hour = cost per hour worked * (1 - absence_in_cost)   what was paid, over all hours paid
    cost per post hour = paid hours * cost per paid hour * (1 + premium of the shift pattern)

With `absence` equal to `absence_in_cost` a post hour costs the published cost of an hour worked, before the premium.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping


def absence_cover(absence: float, absence_in_cost: float) -> float:
    """Give what absence makes of a published hour: 1 where the plant's absence is the published one.

    Parameters
    ----------
    absence
        Share of the paid hours of this plant's posts that is absence [0 to under 1].
    absence_in_cost
        The share that the published cost per hour worked, and hours worked a year, already contain [0 to under 1].

    Raises
    ------
    InputError
        If a share is not from 0 to under 1.

    Examples
    --------
    >>> absence_cover(0.06, 0.06)
    1.0
    >>> round(absence_cover(0.10, 0.06), 4)  # 0.94 / 0.90
    1.0444
    """
    for name, share in (("absence", absence), ("absence_in_cost", absence_in_cost)):
        if not 0 <= share < 1:
            raise InputError(f"{name} is {share}; write a share from 0 to under 1, such as 6 %")
    return (1 - absence_in_cost) / (1 - absence)


def post_hour_cost(cost_per_hour_worked: float, *, premium: float, cover: float) -> float:
    """Give the cost of filling one post for one hour [EUR/h].

    Parameters
    ----------
    cost_per_hour_worked
        Cost to the employer of an hour worked, without the premium of the shift pattern [EUR/h].
    premium
        What the shift pattern adds [share of the cost].
    cover
        From `absence_cover`.

    Examples
    --------
    >>> post_hour_cost(40.0, premium=0.25, cover=1.0)
    50.0
    """
    return cost_per_hour_worked * cover * (1 + premium)


def labour_cost(posts: Mapping[str, int], opening_hours: float, post_hour_costs: Mapping[str, float]) -> float:
    """Give what the posts of a line cost in a year [EUR/yr].

    Parameters
    ----------
    posts
        Whole posts per shift, by skill. They are paid for every opening hour, busy or not.
    opening_hours
        Hours a year in which the line is manned [h/yr].
    post_hour_costs
        Cost of a post hour by skill, from `post_hour_cost` [EUR/h].

    Raises
    ------
    KeyError
        If a skill has no cost.

    Examples
    --------
    >>> labour_cost({"operator": 4, "technician": 1}, 5000, {"operator": 50.0, "technician": 60.0})
    1300000.0
    """
    return sum(count * opening_hours * post_hour_costs[skill] for skill, count in posts.items())


def people_employed(posts: int, opening_hours: float, hours_per_person: float, *, cover: float = 1.0) -> float:
    """Give how many people must be employed, full time, to fill the posts of a skill.

    Parameters
    ----------
    posts
        Whole posts per shift.
    opening_hours
        Hours a year in which the line is manned [h/yr].
    hours_per_person
        Hours a person really works in a year, after leave and the published absence [h/yr].
    cover
        From `absence_cover`: more absence than published leaves fewer hours worked by each.

    Raises
    ------
    InputError
        If `hours_per_person` is not above zero.

    Examples
    --------
    >>> people_employed(15, 5400, 1500)
    54.0
    """
    if not hours_per_person > 0:
        raise InputError(f"hours_per_year is {hours_per_person}; write the hours that a person works in a year")
    return posts * opening_hours * cover / hours_per_person
