"""The words of `twin compare`: how far automation offsets the labour cost, and what that rests on.

Costs are ex works throughout, and nothing is said on where to produce: freight, duty and material are not in them.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from dashboards.numbers import (
    NO_BREAK_SPACE,
    decimals_of,
    in_percent,
    is_exact,
    mean_and_interval,
    number,
    percent,
    plus_minus,
    share_text,
    unit,
    units,
)
from twin.cli.answer import FEWEST_TO_TRUST
from twin.cli.compare_question import levels_to_write
from twin.cli.compare_tables import capital_unit
from twin.cli.overload import overload
from twin.cli.run_words import arrivals_limit
from twin.economics.unit_cost import rounded_parts
from twin.line.basis import guesses, numbers
from twin.study.compare import AS_DESCRIBED
from twin.study.intervals import CONFIDENCE, Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twin.cli.answer import Answer, Undecided
    from twin.cli.compare_question import Question
    from twin.line.site import Site
    from twin.study.compare import Row
    from twin.study.replicate import Study

MOST_UNDECIDED = 4
"""Pairs that cannot be told apart are named up to this many."""


def sentence(answer: Answer) -> str:
    """Answer in one sentence: how far automation offsets the labour cost, against what, and how sure that is."""
    found = _offset(answer, answer.there) if answer.there else _saving(answer)
    doubt = "; this is one run, which cannot tell a difference from luck" if answer.is_one_run else _ties(answer)
    return f"{found}{doubt}."


def no_cost(locked: Sequence[str]) -> str:
    """Answer where levels lock in every replication: they have no cost, and nothing is compared."""
    levels = " and ".join(locked)
    return f"No answer: the line locks in every replication ({levels}), so a unit has no cost to compare."


def _at(level: str) -> str:
    return level if level == AS_DESCRIBED else f"at {level}"


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _levels_differ(answer: Answer) -> bool:
    other = answer.comparison.other
    return other is not None and other.level != answer.reference.level


def _elsewhere(answer: Answer, there: Site) -> str:
    """Name the other site, and its level where that is not the reference."""
    other = answer.comparison.other
    return f"{there.country} at {other.level}" if other is not None and _levels_differ(answer) else there.country


def _offset(answer: Answer, there: Site) -> str:
    """Say which part of the labour-cost gap between two sites the best level closes, and what stays open."""
    here, best, reference = answer.here.country, answer.best, answer.reference
    elsewhere = _elsewhere(answer, there)
    gap = f"what labour costs more in {here} than in {elsewhere}"
    if len(answer.comparison.rows) == 1:
        return _against(answer, there)
    closed = best.standing["mode"].gap_closed
    if closed is None:
        no_gap = (
            f"{_begun(_at(reference.level))}, labour costs no more in {here} than in {elsewhere}: no gap to offset."
        )
        return f"{no_gap} {_saving(answer)}; {_left(answer, there)}"
    if not answer.is_better and (told := _told_cheaper(answer)) is not None:
        unknown = f"How far automation offsets {gap} cannot be told: {_least(answer)}"
        return f"{unknown}; {told}; {_at(reference.level)}, {_left(answer, there)}, ex works"
    if not answer.is_better:
        nothing = f"Automation offsets nothing of {gap}: no level can be told cheaper than {reference.level}"
        return f"{nothing}; {_at(reference.level)}, {_left(answer, there)}, ex works"
    if answer.is_less_automated:
        nothing = f"From {best.level} to {reference.level}, automation offsets nothing of {gap}"
        less = f"it costs {_size(best.difference)} {answer.per_unit} more than it saves"
        return f"{nothing}: {less}; {_at(best.level)}, {_left(answer, there)}, ex works"
    return (
        f"From {reference.level} to {best.level}, automation offsets {share_text(closed)} of {gap}, "
        f"net of its own cost; {_left(answer, there, ' still')}, ex works"
    )


def _left(answer: Answer, there: Site, still: str = "") -> str:
    """Say what a unit costs more or less here than there: at the best level, or the reference if none is better."""
    row = answer.best if answer.is_better else answer.reference
    excess, made = row.standing["mode"].excess, unit(answer.comparison.unit)
    if not answer.is_one_run and not excess.excludes(0):
        return f"what a {made} costs in {answer.here.country} cannot be told from what it costs in {there.country}"
    adverb, side = (still, "more") if excess.mean > 0 else ("", "less")
    return f"a {made}{adverb} costs {_size(excess)} EUR {side} in {answer.here.country}"


def _saving(answer: Answer) -> str:
    """Say what the best level saves where there is no other site."""
    best, reference, per_unit = answer.best, answer.reference, answer.per_unit
    if len(answer.comparison.rows) == 1:
        return f"{_begun(_at(reference.level))}, the cost ex works is {plus_minus(reference.unit_cost)} {per_unit}"
    if not answer.is_better and (told := _told_cheaper(answer)) is not None:
        return f"{_begun(told)}, ex works; {_least(answer)}"
    if not answer.is_better:
        return f"No level can be told cheaper than {reference.level}, ex works"
    return f"At {best.level}, the cost ex works is {_size(best.difference)} {per_unit} below that at {reference.level}"


def _told_cheaper(answer: Answer) -> str | None:
    """Name the cheapest of the levels that can be told cheaper than the reference; None where none can."""
    told = [row for row in answer.comparison.rows if row.verdict == "cheaper"]
    if not told:
        return None
    row = min(told, key=lambda row: row.unit_cost.mean)
    return f"{row.level} costs {_size(row.difference)} {answer.per_unit} less than {answer.reference.level}"


def _least(answer: Answer) -> str:
    return f"{answer.best.level}, which costs least on average, cannot be told from {answer.reference.level}"


def _against(answer: Answer, there: Site) -> str:
    """Say how one level here stands against the other site."""
    row, other, elsewhere = answer.reference, answer.comparison.other, _elsewhere(answer, there)
    here = f"{_begun(_at(row.level))}, the cost ex works in {answer.here.country}"
    if other is None or (other.verdict == "cannot tell" and not answer.is_one_run):
        return f"{here} cannot be told from that in {elsewhere}"
    side = "above" if other.difference.mean < 0 else "below"
    return f"{here} is {_size(other.difference)} {answer.per_unit} {side} that in {elsewhere}"


def _size(difference: Estimate) -> str:
    """Write the size of a difference, without its sign."""
    if difference.mean >= 0:
        return mean_and_interval(difference)
    ends = None if difference.interval is None else (-difference.interval[1], -difference.interval[0])
    return mean_and_interval(Estimate(-difference.mean, ends))


def _ties(answer: Answer) -> str:
    """Name the levels that cannot be told from the best."""
    best = answer.best.level
    levels = {row.level for row in answer.comparison.rows}
    pairs = [pair for pair in answer.undecided() if best in pair[:2] and levels.issuperset(pair[:2])]
    if not answer.is_better or not pairs:
        return ""
    names = [pair.second if pair.first == best else pair.first for pair in pairs]
    return f"; {' and '.join(names)} cannot be told from {best}"


def explanation(answer: Answer) -> str:
    """Say what stands behind the sentence: the other wages, labour alone, the costs, and whether the runs are few."""
    best, reference, other, there = answer.best, answer.reference, answer.comparison.other, answer.there
    said = _of_the_gap(best, there) if there and answer.is_better and not answer.is_less_automated else []
    if best is not reference:
        (labour, whole), (its_labour, its_whole) = _costs(answer, reference), _costs(answer, best)
        said.append(
            f"Labour goes from {labour} to {its_labour} {answer.per_unit}, the whole cost from {whole} to {its_whole}."
        )
    said += [
        f"With less equipment, {row.level} costs {_size(row.difference)} {answer.per_unit} less than {reference.level}."
        for row in answer.comparison.rows
        if row.verdict == "cheaper" and row.capex < reference.capex and row is not best
    ]
    if there and other:
        places = answer.places[list(answer.rows)[-1]]
        mode, low, high = (number(cost, places) for cost in (other.unit_cost.mean, *other.wage_range))
        if _levels_differ(answer):
            here = f"{answer.here.country} at {reference.level}"
            said.append(f"The gap is between two different levels: {here}, {there.country} at {other.level}.")
        said.append(
            f"In {there.country}, {_at(other.level)}, the cost is {mode} {answer.per_unit}, "
            f"{low} to {high} as wages there are low or high."
        )
    if 1 < answer.count < FEWEST_TO_TRUST and not all(is_exact(row.unit_cost) for row in answer.rows.values()):
        said.append(f"So few replications ({answer.count}) prove little.")
    return " ".join(said)


def _costs(answer: Answer, row: Row) -> tuple[str, str]:
    """Write the labour in a level's unit cost, as among its parts, and the whole of it."""
    places = answer.places[row.level]
    return number(rounded_parts(row.parts, places)["labour"], places), number(row.unit_cost.mean, places)


def _of_the_gap(best: Row, there: Site) -> list[str]:
    net, gross = best.standing["mode"].gap_closed, best.standing["mode"].labour_gap_closed
    shares = [standing.gap_closed for standing in best.standing.values() if standing.gap_closed is not None]
    if net is None or gross is None or len(shares) < len(best.standing):
        return []
    places = decimals_of(in_percent(net))
    low, *_, high = sorted(share.mean for share in shares)
    spread = f"{number(100 * low, places)} to {percent(high, places)} as wages in {there.country} are low or high"
    return [f"That is {spread}; in labour alone, {percent(gross.mean, places)}."]


def cautions(studies: Mapping[str, Study]) -> list[str]:
    """Say which levels do not keep up with their orders, so that what they cost is no cost of serving them."""
    found = ((level, overload(study)) for level, study in studies.items())
    return [f"Beware, {level}: {text}" for level, text in found if text is not None]


def of_orders(studies: Mapping[str, Study]) -> list[str]:
    """Say of a line of orders that these limit the output at every level, where they do."""
    if next(iter(studies.values())).scenario.line.source.orders is None or not all(
        map(arrivals_limit, studies.values())
    ):
        return []
    if len(studies) == 1:
        return ["The orders limit the output, not the line."]
    return ["The orders limit the output at every level: levels differ in what they cost and in lead time."]


def undecided_lines(answer: Answer) -> list[str]:
    """Say which rows cannot be told apart, and about how many replications would tell them apart."""
    pairs = answer.undecided()
    if answer.is_one_run and (len(answer.rows) > 1):
        return ["With more replications, such as --replications 20, the differences get intervals."]
    more = len(pairs) - MOST_UNDECIDED
    said = [_undecided_line(pair, answer.per_unit, can_plan=answer.can_plan) for pair in pairs[:MOST_UNDECIDED]]
    return [*said, f"{more} more {'pair' if more == 1 else 'pairs'} cannot be told apart."] if more > 0 else said


def _undecided_line(pair: Undecided, per_unit: str, *, can_plan: bool) -> str:
    names = f"{pair.first} and {pair.second}"
    if not pair.difference.half_width:
        return f"{names} cost the same in every run."
    found = (
        f"{names}: difference {plus_minus(pair.difference)} {per_unit}, cannot be told apart at {percent(CONFIDENCE)}"
    )
    if not can_plan:
        return f"{found}."
    if pair.replications is None and pair.difference.data_share:
        return f"{found}; more replications would not tell them apart, more data may."
    if pair.replications is None:
        return f"{found}; no sane number of replications would tell them apart."
    return f"{found}; about {rounded_up(pair.replications)} replications would tell them apart."


def rounded_up(count: int) -> str:
    """Write a count rounded up to two digits; more would not be known.

    Examples
    --------
    >>> rounded_up(861), rounded_up(12), rounded_up(10_401)
    ('870', '12', '11,000')
    """
    step = 10 ** max(0, len(str(count)) - 2)
    return f"{-(-count // step) * step:,}"


def basis_lines(asked: Question) -> list[str]:
    """Say how many of the line's numbers are guesses and where to see them, and what a line without levels lacks."""
    lacks = [] if asked.line.levels else [f"No levels of automation to compare; {levels_to_write(asked.line)}."]
    guessed, many = len(guesses(asked.line)), len(numbers(asked.line))
    if not guessed:
        return lacks
    are = "is an assumption" if guessed == 1 else "are assumptions"
    basis = f"{guessed:,} of the line's {many:,} numbers {are} or without a source"
    return [*lacks, f"{basis}: `twin check {shlex.quote(asked.named)}`."]


def notes(answer: Answer) -> list[str]:
    """State what cannot be guessed of the figures: what they hold and leave out, and what they are measured against."""
    sites = [site for site in (answer.here, answer.there) if site is not None]
    wages = ", ".join(
        f"{site.country} {site.wage():g} ({site.wage(case='low'):g} to {site.wage(case='high'):g})" for site in sites
    )
    hours = ", ".join(f"{site.country} {site.hours_per_year.value:,.0f}" for site in sites)
    made = units(answer.comparison.unit)
    return [
        f"Cost: conversion ex works, nominal money; not in it: freight, duty, and the material of good {made}.",
        f"Wages, EUR for an operator's hour worked: {wages}.",
        *_of_two_sites(answer),
        *_of_capital(answer),
        f"People: employed for the posts of all shifts; hours each works a year: {hours}.",
        *_of_intervals(answer),
    ]


def _of_two_sites(answer: Answer) -> list[str]:
    other, reference = answer.comparison.other, answer.reference
    if answer.there is None or other is None:
        return []
    parity = (
        f"Parity: the wage in {answer.here.country} up to which a level costs no more than in {answer.there.country}."
    )
    if len(answer.comparison.rows) == 1:
        return [parity]
    gap = number(reference.parts["labour"] - other.parts["labour"], answer.places[reference.level])
    closed = f"what is saved on the whole cost, as a share of the gap in labour, {gap} {answer.per_unit}"
    return [f"Gap closed, net: {closed}.", parity]


def _of_capital(answer: Answer) -> list[str]:
    same = ["Equipment, cycle times and scrap are the same at both sites."] if answer.there else []
    if len(answer.comparison.rows) > 1:
        same.append(f"Capital: {capital_unit(answer)[1]} against {answer.reference.level}.")
    return [" ".join(same)] if same else []


def _of_intervals(answer: Answer) -> list[str]:
    if answer.is_one_run:
        return []
    cuts = [row.variance_cut for row in answer.rows.values() if row.variance_cut is not None]
    together = ", differences together" if answer.comparison.comparisons > 1 else ""
    ends = " to ".join(dict.fromkeys(number(cut, 0) for cut in (min(cuts), max(cuts)))) if cuts else None
    paired = f"; pairing cut variance {ends}{NO_BREAK_SPACE}×" if ends is not None and answer.can_plan else ""
    if not answer.holds_data:
        return [f"Brackets: {percent(CONFIDENCE)} intervals of simulation noise{together}{paired}."]
    shares = [row.unit_cost.data_share or 0.0 for row in answer.rows.values()]
    owed = " to ".join(dict.fromkeys(number(100 * share, 0) for share in (min(shares), max(shares))))
    held = f"data and simulation{together}; the data owe {owed}{NO_BREAK_SPACE}% of the variance of a cost"
    return [f"Brackets: {percent(CONFIDENCE)} intervals, {held}{paired}."]
