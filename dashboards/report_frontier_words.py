"""What stands beside the frontier: its title, how it is read, and what its bands mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.numbers import mean, percent
from twin.study.intervals import Estimate

if TYPE_CHECKING:
    from dashboards.report_facts import Facts

HALF, TWICE = 0.5, 2.0


def frontier_title(facts: Facts) -> str:
    """Head the frontier with what it shows."""
    chosen, there, here = facts.chosen, facts.there, facts.here.country
    if there is None:
        return _where_it_pays(facts)
    parity = chosen.standing["mode"].parity
    wage = parity.threshold.wage
    if wage is None:
        if not parity.is_sure:
            return f"Whether a wage exists at which {here} and {there.country} cost the same cannot be told."
        if parity.threshold.cheaper == "always":
            return f"At any wage, {here} costs less than {there.country} {chosen.at}."
        return f"At no wage does {here} reach the cost in {there.country} {chosen.at}."
    parity_text, ratio = mean(Estimate(wage, parity.interval)), _ratio(wage / facts.here.wage())
    return f"Parity is at {parity_text} EUR an hour {chosen.at}, {ratio}."


def _where_it_pays(facts: Facts) -> str:
    chosen = facts.chosen
    if len(facts.levels) == 1:
        return f"Each euro on the wage adds {_slope(facts)} to a {facts.unit}."
    if chosen.pays is None or chosen.pays.threshold.wage is None:
        return f"At today’s wage of {facts.here.wage():g} EUR an hour, {chosen.name} is cheapest."
    side = "from" if chosen.pays.threshold.cheaper == "above" else "up to"
    wage = Estimate(chosen.pays.threshold.wage, chosen.pays.interval)
    return f"{chosen.name.capitalize()} pays {side} {mean(wage)} EUR an hour; today’s wage is {facts.here.wage():g}."


def _slope(facts: Facts) -> str:
    slopes = [cost.slope for cost in facts.reference.in_wage.fitted]
    return f"{100 * sum(slopes) / len(slopes):.2g} cents"


def _ratio(share: float) -> str:
    """Say a wage as a share of today's, in words."""
    if share < HALF:
        return f"{percent(share)} of today’s wage"
    if share < TWICE:
        word = "below" if share < 1 else "above"
        return f"{percent(abs(1 - share))} {word} today’s wage"
    return f"{share:.2g} times today’s wage"


def frontier_lead(facts: Facts) -> str:
    """Say how the frontier is read."""
    said = ["Each line is one level of automation" + ("." if facts.is_one_run else ", with its 95 % interval.")]
    if len(facts.levels) > 1:
        said.append("The wide grey trace is the cheapest at each wage.")
    if facts.there is not None:
        said.append(
            f"Where a line crosses the dashed one, {facts.here.country} and {facts.there.country} cost the same."
        )
    return " ".join([*said, "The wages of all skills move together."])


def frontier_note(facts: Facts, shown: int) -> str:
    """Say what bands, brackets and hatching mean, and what is left out."""
    said = ["The vertical scale need not start at zero."]
    if facts.there is not None:
        said.append(f"Grey band: cost in {facts.there.country} at wages low to high; dashed: at the most likely.")
    if facts.is_one_run:
        said.append("One run: nothing can be told from luck.")
    else:
        of = "the simulation" if facts.chosen.cost.with_data is None else "data and simulation"
        said.append(f"Narrow bands, ± and brackets: 95 % intervals of {of}, differences paired on the same luck.")
        if len(facts.levels) > 1:
            said.append("Hatched: the cheapest level cannot be told.")
    if (more := len(facts.levels) - shown) > 0:
        said.append(f"{more} more levels are not drawn.")
    return " ".join(said)
