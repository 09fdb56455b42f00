"""The sentences of the report: the answer, what would change it, how sure it is and why.

Costs are ex works throughout: freight, duty and material are not in them, and nothing is said on where to produce.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from dashboards.numbers import (
    decimals_of,
    in_percent,
    interval,
    is_exact,
    mean,
    mean_and_interval,
    number,
    percent,
    plus_minus,
    wage_text,
)
from twin.line.work_calendar import HOUR
from twin.study.intervals import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.report_facts import Facts, Known, Level
    from twin.line.site import Site
    from twin.study.compare import WageThreshold

ONE_RUN = "one run"


def size(known: Known | Estimate, *, bare: bool = False) -> str:
    """Write the size of a difference without its sign; `bare` without its interval."""
    found = known if isinstance(known, Estimate) else known.estimate
    ends = found.interval
    if found.mean < 0:
        found = Estimate(-found.mean, None if ends is None else (-ends[1], -ends[0]))
    return mean(found) if bare else mean_and_interval(found)


def headline(facts: Facts) -> str:
    """Answer in one sentence, short enough to head a page."""
    said = _against(facts, facts.there) if facts.there is not None else _alone(facts)
    return f"{said} ({ONE_RUN})." if facts.is_one_run else f"{said}."


def _against(facts: Facts, there: Site) -> str:
    chosen, here = facts.chosen, facts.here.country
    mode = chosen.standing["mode"]
    told = facts.is_one_run or mode.excess.estimate.excludes(0)
    more = mode.excess.mean > 0
    made, still = f"a {facts.unit}", ""
    if facts.is_better and mode.gap_closed is not None and chosen.capex > facts.reference.capex:
        share = share_of(mode.gap_closed)
        offset, still = (
            f"Automation offsets {share} of the gap in labour cost; {made}",
            " still" if told and more else "",
        )
    elif mode.gap_closed is None:
        offset = f"Labour costs no more in {here} than in {there.country}; {made}"
    elif len(facts.levels) > 1:
        offset = f"Automation offsets nothing of the gap in labour cost; {made}"
    else:
        offset = f"A {facts.unit}"
    if not told:
        return f"{offset} in {here} cannot be told dearer or cheaper than in {there.country}"
    side = "more" if more else "less"
    return f"{offset}{still} costs {size(mode.excess, bare=True)}\u00a0EUR {side} in {here} than in {there.country}"


def _alone(facts: Facts) -> str:
    best, reference = facts.best, facts.reference
    if len(facts.levels) == 1:
        return f"A {facts.unit} costs {mean(reference.cost.estimate)}\u00a0EUR ex works in {facts.here.country}"
    if not facts.is_better:
        return f"No level makes a {facts.unit} cheaper than {reference.name} does, as far as can be told"
    saved = size(best.difference, bare=True)
    return f"A {facts.unit} costs {saved} EUR less {best.at} than {reference.at}"


def lead(facts: Facts) -> Markup:
    """Say the answer with its intervals: what a unit costs here and there, and how far automation closes the gap."""
    chosen, there, other = facts.chosen, facts.there, facts.other
    said = Markup("A {} costs <b>{}\u00a0EUR</b> in {} {}").format(
        facts.unit, plus_minus(chosen.cost.estimate), facts.here.country, chosen.at
    )
    if there is None or other is None:
        if facts.is_better:
            said += Markup(" against <b>{}\u00a0EUR</b> {}").format(
                plus_minus(facts.reference.cost.estimate), facts.reference.at
            )
        return said + Markup(", ex works.")
    mode = chosen.standing["mode"]
    said += Markup(" against <b>{}\u00a0EUR</b> in {} {}, ex works: ").format(
        plus_minus(other.cost.estimate), there.country, other.at
    )
    if not facts.is_one_run and not mode.excess.estimate.excludes(0):
        said += Markup("no difference can be told.")
    else:
        side = "more" if mode.excess.mean > 0 else "less"
        said += Markup("<b>{}\u00a0EUR {}</b>{}.").format(
            size(mode.excess, bare=True), side, _ends(mode.excess, flip=True)
        )
    if facts.is_better and mode.gap_closed is not None:
        share = share_of(mode.gap_closed)
        said += Markup(
            " From {} to {}, automation saves <b>{}</b>{} of what labour costs more here than there, "
            "net of its own cost."
        ).format(facts.reference.name, chosen.name, share, _share_ends(mode.gap_closed))
    return said


def _ends(known: Known, *, flip: bool = False) -> str:
    """Write an interval that follows its number; without a sign if `flip`."""
    found = known.estimate
    if found.interval is None or is_exact(found):
        return ""
    ends = (-found.interval[1], -found.interval[0]) if flip and found.mean < 0 else found.interval
    return f" {interval(ends, decimals_of(found))}"


def share_of(known: Known) -> str:
    """Write a share as a percentage, without its interval."""
    return percent(known.mean, decimals_of(in_percent(known.estimate)))


def _share_ends(known: Known) -> str:
    hundredths = in_percent(known.estimate)
    if hundredths.interval is None or is_exact(hundredths):
        return ""
    return f" {interval(hundredths.interval, decimals_of(hundredths))}"


def keys(facts: Facts) -> list[tuple[str, str, str]]:
    """Give the numbers of page 1, at most four: what it is, the number, what stands below it."""
    chosen, reference, there = facts.chosen, facts.reference, facts.there
    found: list[tuple[str, str, str]] = []
    if there is not None:
        mode = chosen.standing["mode"]
        side = "Dearer" if mode.excess.mean > 0 else "Cheaper"
        found.append(
            (f"{side} in {facts.here.country} by", f"{size(mode.excess, bare=True)} {facts.per_unit}",
             _ends(mode.excess, flip=True).strip() or _unsure(facts))
        )  # fmt: skip
        if facts.is_better and mode.gap_closed is not None:
            share = share_of(mode.gap_closed)
            found.append(("Labour gap offset, net", share, _share_ends(mode.gap_closed).strip() or _unsure(facts)))
        found.append((f"Parity wage {chosen.at}", *_parity(facts, mode.parity)))
    else:
        found.append(
            (f"A {facts.unit} {chosen.at}", f"{mean(chosen.cost.estimate)} EUR",
             _ends(chosen.cost).strip() or _unsure(facts))
        )  # fmt: skip
        if facts.is_better:
            found.append(
                (f"Cheaper than {reference.at} by", f"{size(chosen.difference, bare=True)} {facts.per_unit}",
                 _ends(chosen.difference, flip=True).strip() or _unsure(facts))
            )  # fmt: skip
        if chosen.pays is not None:
            found.append(("Pays from a wage of", *_parity(facts, chosen.pays)))
    return [*found, _people(facts)][:4]


def _unsure(facts: Facts) -> str:
    return ONE_RUN if facts.is_one_run else "the same in every run"


def _parity(facts: Facts, passing: WageThreshold) -> tuple[str, str]:
    """Write a wage at which two costs are equal, and today's beside it."""
    today = f"today {facts.here.wage():g}"
    wage = passing.threshold.wage
    if wage is None:
        return wage_text(passing), today
    found = Estimate(wage, passing.interval)
    ends = _wage_ends(wage, passing).strip()
    return f"{mean(found)} EUR/h", f"{ends}; {today}" if ends else today


def _wage_ends(wage: float, passing: WageThreshold) -> str:
    """Write the interval that follows a wage."""
    found = Estimate(wage, passing.interval)
    if passing.interval is None or is_exact(found):
        return ""
    return f" {interval(passing.interval, decimals_of(found))}"


def _people(facts: Facts) -> tuple[str, str, str]:
    chosen, reference = facts.chosen, facts.reference
    if chosen is reference:
        return f"People {chosen.at}", number(chosen.people, 0), "employed, all shifts"
    unit_size, name, places = facts.capital_unit
    capital = f"{number((chosen.capex - reference.capex) / unit_size, places, signed=True)} {name}"
    return f"People {chosen.at}", number(chosen.people, 0), f"{number(reference.people, 0)} {reference.at}; {capital}"


def changes(facts: Facts) -> list[Markup]:
    """Say what would change the answer: only what has been computed."""
    said = [*_of_parity(facts), *_of_wages_there(facts), *_of_levels(facts)]
    return said or [Markup("With one level and one site, there is nothing here that could turn the answer.")]


def _of_parity(facts: Facts) -> Iterator[Markup]:
    chosen, there = facts.chosen, facts.there
    if there is None:
        return
    mode = chosen.standing["mode"]
    wage, today = mode.parity.threshold.wage, facts.here.wage()
    if wage is None:
        if mode.parity.is_sure:
            word = "any" if mode.parity.threshold.cheaper == "always" else "no"
            yield Markup("Not the wage: at <b>{} wage</b> does a {} cost less here than in {}, {}.").format(
                word, facts.unit, there.country, chosen.at
            )
        return
    yield Markup(
        "The wage here: at <b>{}\u00a0EUR</b>{} an operator’s hour, {:g} today, a {} {} costs what it costs in {}."
    ).format(
        mean(Estimate(wage, mode.parity.interval)),
        _wage_ends(wage, mode.parity),
        today,
        facts.unit,
        chosen.at,
        there.country,
    )


def _of_wages_there(facts: Facts) -> Iterator[Markup]:
    chosen, there = facts.chosen, facts.there
    if there is None or there.wage(case="low") == there.wage(case="high"):
        return
    low, high = (chosen.standing[case].excess for case in ("low", "high"))
    places = decimals_of(chosen.standing["mode"].excess.estimate)
    turns, side = low.mean * high.mean < 0, "less" if max(low.mean, high.mean) < 0 else "more"
    sign = -1 if side == "less" else 1
    yield Markup("{}: at {:g} to {:g} EUR an hour in {}, a {} costs {} to {} EUR {} here.").format(
        "The wages there" if turns else "Not the wages there",
        there.wage(case="low"),
        there.wage(case="high"),
        there.country,
        facts.unit,
        number(sign * low.mean, places),
        number(sign * high.mean, places),
        side,
    )


def _of_levels(facts: Facts) -> Iterator[Markup]:
    chosen = facts.chosen
    if facts.is_better and chosen.pays is not None and chosen.pays.threshold.wage is not None:
        side = "below" if chosen.pays.threshold.cheaper == "above" else "above"
        wage = chosen.pays.threshold.wage
        yield Markup("The level: {} <b>{}\u00a0EUR</b>{} an hour, {} is cheaper than {}.").format(
            side,
            mean(Estimate(wage, chosen.pays.interval)),
            _wage_ends(wage, chosen.pays),
            facts.reference.name,
            chosen.name,
        )
    if facts.runner_up is None:
        return
    first, second, difference = facts.runner_up
    if not facts.is_one_run and not difference.estimate.excludes(0):
        yield Markup("{} or {}: which is cheaper cannot be told ({} {}).").format(
            first, second, mean_and_interval(difference.estimate, signed=True), facts.per_unit
        )
    else:
        yield Markup("Not the next level: {} costs <b>{}\u00a0EUR</b>{} more than {}.").format(
            second, size(difference, bare=True), _ends(difference, flip=True), first
        )


def surety(facts: Facts, guessed: int, many: int, horizon_s: float) -> list[Markup]:
    """Say how sure the answer is, simulation and data apart, and what it rests on."""
    chosen = facts.chosen
    runs = f"{facts.replications} replications" if not facts.is_one_run else "One replication"
    said = [
        Markup("Simulation: {} of {} a level, on the same luck: {}.").format(
            runs, f"{horizon_s / HOUR:,.0f} h", _noise(facts, chosen)
        )
    ]
    if chosen.cost.with_data is None:
        said.append(
            Markup("Data: the line’s numbers are taken as given; the intervals hold the simulation alone.")
            if not facts.is_one_run
            else Markup("Data: the line’s numbers are taken as given.")
        )
    else:
        share = (
            ""
            if chosen.cost.data_share is None
            else f"; the data owe {percent(chosen.cost.data_share)} of the variance"
        )
        said.append(
            Markup("Data: with what they leave open, {} {}{}.").format(
                plus_minus(chosen.cost.estimate), facts.per_unit, share
            )
        )
    if guessed:
        said.append(
            Markup("<b>{}</b> of the line’s {} numbers are assumptions or without a source (page 4).").format(
                f"{guessed:,}", f"{many:,}"
            )
        )
    said.append(
        Markup("Ex works, nominal EUR: freight, duty and the material of good {} are not in it{}.").format(
            facts.units, "; equipment, cycle times and scrap are the same at both sites" if facts.there else ""
        )
    )
    return said


def _noise(facts: Facts, level: Level) -> str:
    found = level.cost.simulation
    if found.half_width is None:
        return "no interval can be stated"
    if is_exact(found):
        return "nothing differs from run to run"
    return f"± {number(found.half_width, decimals_of(found))} {facts.per_unit} (95 %)"


def cost_key(facts: Facts) -> str:
    """Say what dot and bands of the first chart are."""
    data = "; line: with the data" if facts.chosen.cost.with_data else ""
    dark = "" if facts.is_one_run else f"; dark: the simulation’s 95 % interval{data}"
    return f"dot: mean{dark}; pale: wages low to high"
