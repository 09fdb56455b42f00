"""The words of `twin compare`: how far automation offsets the labour cost, and what that rests on.

Costs are ex works throughout, and nothing is said on where to produce: freight, duty and material are not in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.cli.answer import in_percent, share_text
from twin.cli.compare_tables import capital_unit
from twin.cli.numbers import NO_BREAK_SPACE, decimals_of, mean_and_interval, number, percent, plus_minus
from twin.cli.show import units
from twin.economics.unit_cost import rounded_parts
from twin.study.intervals import CONFIDENCE, Estimate

if TYPE_CHECKING:
    from twin.cli.answer import Answer, Undecided
    from twin.line.site import Site
    from twin.study.compare import Row

MOST_UNDECIDED = 4
"""Pairs that cannot be told apart are named up to this many."""


def sentence(answer: Answer) -> str:
    """Answer in one sentence: how far automation offsets the labour cost, against what, and how sure that is."""
    found = _offset(answer, answer.there) if answer.there else _saving(answer)
    doubt = "; this is one run, which cannot tell a difference from luck" if answer.is_one_run else _ties(answer)
    return f"{found}{doubt}."


def _offset(answer: Answer, there: Site) -> str:
    """Say which part of the labour-cost gap between two sites the best level closes."""
    here, best, reference, unit = answer.here.country, answer.best, answer.reference, answer.per_unit
    gap = f"what labour costs more in {here} than in {there.country}"
    if len(answer.comparison.rows) == 1:
        return _against(answer, there)
    closed = best.standing["mode"].gap_closed
    if closed is None:
        no_gap = f"At {reference.level}, labour costs no more in {here} than in {there.country}: no gap to offset."
        return f"{no_gap} {_saving(answer)}"
    if not answer.is_better:
        return f"Automation offsets nothing of {gap}, ex works: no level can be told cheaper than {reference.level}"
    if answer.is_less_automated:
        nothing = f"From {best.level} to {reference.level}, automation offsets nothing of {gap}, ex works"
        return f"{nothing}: it costs {_size(best)} {unit} more than it saves"
    return (
        f"From {reference.level} to {best.level}, automation offsets {share_text(closed)} of {gap}, "
        "net of its own cost, ex works"
    )


def _saving(answer: Answer) -> str:
    """Say what the best level saves where there is no other site."""
    best, reference, unit = answer.best, answer.reference, answer.per_unit
    if len(answer.comparison.rows) == 1:
        return f"At {reference.level}, the cost ex works is {plus_minus(reference.unit_cost)} {unit}"
    if not answer.is_better:
        return f"No level can be told cheaper than {reference.level}, ex works"
    return f"At {best.level}, the cost ex works is {_size(best)} {unit} below that at {reference.level}"


def _against(answer: Answer, there: Site) -> str:
    """Say how one level here stands against the other site."""
    row, other = answer.reference, answer.comparison.other
    here = f"At {row.level}, the cost ex works in {answer.here.country}"
    if other is None or (other.verdict == "cannot tell" and not answer.is_one_run):
        return f"{here} cannot be told from that in {there.country}"
    side = "above" if other.difference.mean < 0 else "below"
    return f"{here} is {_size(other)} {answer.per_unit} {side} that in {there.country}"


def _size(row: Row) -> str:
    """Write the size of a row's difference, without its sign."""
    difference = row.difference
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
    return f"; {' and '.join(names)} cannot be told from it"


def explanation(answer: Answer) -> str:
    """Say what stands behind the sentence: the other wages, labour alone, and the costs themselves."""
    best, reference, other, there = answer.best, answer.reference, answer.comparison.other, answer.there
    said = _of_the_gap(best, there) if there and answer.is_better and not answer.is_less_automated else []
    if best is not reference:
        (labour, whole), (its_labour, its_whole) = _costs(answer, reference), _costs(answer, best)
        said.append(
            f"Labour goes from {labour} to {its_labour} {answer.per_unit}, the whole cost from {whole} to {its_whole}."
        )
    if there and other:
        places = answer.places[list(answer.rows)[-1]]
        mode, low, high = (number(cost, places) for cost in (other.unit_cost.mean, *other.wage_range))
        said.append(
            f"In {there.country}, at {other.level}, the cost is {mode} {answer.per_unit}, "
            f"{low} to {high} as wages there are low or high."
        )
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


def undecided_lines(answer: Answer) -> list[str]:
    """Say which rows cannot be told apart, and about how many replications would tell them apart."""
    pairs = answer.undecided()
    if answer.is_one_run:
        return ["With more replications, such as --replications 20, the differences get intervals."]
    more = len(pairs) - MOST_UNDECIDED
    said = [_undecided_line(pair, answer.per_unit) for pair in pairs[:MOST_UNDECIDED]]
    return [*said, f"{more} more {'pair' if more == 1 else 'pairs'} cannot be told apart."] if more > 0 else said


def _undecided_line(pair: Undecided, unit: str) -> str:
    names = f"{pair.first} and {pair.second}"
    if not pair.difference.half_width:
        return f"{names} cost the same in every run."
    if pair.replications is None:
        remedy = "no sane number of replications would tell them apart."
    else:
        remedy = f"about {rounded_up(pair.replications)} replications would tell them apart."
    difference = f"{names}: difference {plus_minus(pair.difference)} {unit}"
    return f"{difference}, cannot be told apart at {percent(CONFIDENCE)}; {remedy}"


def rounded_up(count: int) -> str:
    """Write a count rounded up to two digits; more would not be known.

    Examples
    --------
    >>> rounded_up(861), rounded_up(12), rounded_up(10_401)
    ('870', '12', '11,000')
    """
    step = 10 ** max(0, len(str(count)) - 2)
    return f"{-(-count // step) * step:,}"


def notes(answer: Answer) -> list[str]:
    """State what the figures hold, what they leave out, and where they come from."""
    sites = [site for site in (answer.here, answer.there) if site is not None]
    wages = ", ".join(
        f"{site.country} {site.wage():g} ({site.wage(case='low'):g} to {site.wage(case='high'):g})" for site in sites
    )
    _, capital = capital_unit(answer)
    made = units(answer.comparison.unit)
    return [
        f"Conversion cost ex works, in nominal money. Not in it: freight, duty, and the material of good {made}.",
        f"Wages: what an operator's hour worked costs, EUR/h; {wages}; other skills in proportion.",
        f"Pays at wages: those in {answer.here.country} at which a level costs less than {answer.reference.level}.",
        *_of_two_sites(answer),
        f"People: employed, full time. Capital: {capital} against {answer.reference.level}.",
        *_of_intervals(answer),
    ]


def _of_two_sites(answer: Answer) -> list[str]:
    other, reference = answer.comparison.other, answer.reference
    if answer.there is None or other is None:
        return []
    here, there = answer.here.country, answer.there.country
    gap = number(reference.parts["labour"] - other.parts["labour"], answer.places[reference.level])
    return [
        f"Gap: labour at {reference.level} in {here} less labour at {other.level} in {there}, {gap} {answer.per_unit}.",
        "Closed, net: what a level saves on the whole cost, as a share of the gap.",
        f"Parity: the wage in {here} up to which a level costs no more than in {there}; also by the wages there.",
        "Equipment, cycle times and scrap are taken to be the same at both sites.",
    ]


def _of_intervals(answer: Answer) -> list[str]:
    if answer.is_one_run:
        return []
    count = answer.comparison.comparisons
    cuts = [row.variance_cut for row in answer.rows.values() if row.variance_cut is not None]
    together = f"; the {count} differences hold together (Bonferroni)" if count > 1 else ""
    ends = " to ".join(dict.fromkeys(number(cut, 0) for cut in (min(cuts), max(cuts)))) if cuts else None
    paired = "" if ends is None else f". Paired on common random numbers: variance cut {ends}{NO_BREAK_SPACE}×"
    return [f"Brackets: {percent(CONFIDENCE)} intervals, of the simulation's noise alone{together}{paired}."]
