"""Who has the people for whom a machine waits: for every pool who is present, and which machines hold them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from twin.kpi.why_words import TOLERANCE, Link, amount, capital, joined, name_of, people, plural, until
from twin.line.crews import able
from twin.line.week_clock import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twin.kpi.history import History, Machine, Spell

Asked = dict[str, float]
"""People by skill; of one who tends several machines each asks its part."""

STOPS = ("down", "waiting_repair")
"""The states of a machine that is broken; its crew stays with a part in work."""
WAITING = ("waiting_operator", "waiting_repair")
_ASKED = re.compile(r"(?:([\d.]+) )?([^ ]+)")


class Holder(NamedTuple):
    """A machine that has people of a skill, since when, and in which state it is."""

    machine: Machine
    held: float
    since_s: float
    state: str


def asked_by(history: History, machine: Machine, spell: Spell) -> Asked:
    """Return whom a waiting machine asks: as its reason says, else as the line does."""
    station = history.line.stations[machine[0]]
    if spell.state == "waiting_repair":
        failure = station.failures.get(spell.reason or "")
        if failure is None:
            return {}
        kept = _kept(history, machine, spell)
        lacking = {skill: count - kept.get(skill, 0) for skill, count in failure.repaired_by.items()}
        return {skill: count for skill, count in lacking.items() if count > 0}
    told = [_ASKED.fullmatch(each) for each in (spell.reason or "").split(" + ")]
    found = {each[2]: float(each[1] or 1) for each in told if each is not None}
    known = bool(found) and all(_able(history, skill) for skill in found)
    return found if known else _shared(history, machine, station.crew)


def held_by(history: History, machine: Machine, time_s: float) -> tuple[Asked, float]:
    """Return whom a machine has at a moment, and since when [s]."""
    station, spell = history.line.stations[machine[0]], history.spell(machine, time_s)
    if spell is None:
        return {}, 0.0
    held: Asked = {}
    if spell.state == "processing":
        held = _shared(history, machine, station.crew)
    elif spell.state == "setup" and station.setup is not None:
        held = {**station.setup.crew}
    elif spell.state == "maintenance" and (task := station.maintenance.get(spell.reason or "")) is not None:
        held = {**task.by}
    elif spell.state in STOPS:
        held = _kept(history, machine, spell)
        failure = station.failures.get(spell.reason or "")
        if spell.state == "down" and failure is not None:
            held = {
                skill: max(held.get(skill, 0), failure.repaired_by.get(skill, 0))
                for skill in held | failure.repaired_by
            }
    return {skill: count for skill, count in held.items() if count > 0}, spell.start_s


def holders(history: History, skill: str, time_s: float, besides: Machine) -> list[Holder]:
    """Return the machines that have people who have a skill at a moment, the longest first."""
    found, skills = [], {skill, *_able(history, skill)}
    for machine in history.machines:
        held, since_s = held_by(history, machine, time_s)
        spell = history.spell(machine, time_s)
        count = sum(held.get(each, 0) for each in skills)
        if machine != besides and spell is not None and count:
            found.append(Holder(machine, count, since_s, spell.state))
    return sorted(found, key=lambda holder: holder.since_s)


def waited(history: History, machine: Machine, time_s: float, spell: Spell) -> Link:
    """Say for whom a machine waits, who has them, and who asked before it."""
    asked, name = asked_by(history, machine, spell), name_of(history, machine)
    what = people(asked) if asked else "people"
    broken = f"was broken ({spell.reason}) and " if spell.state == "waiting_repair" and spell.reason else ""
    asked_at = f"asked at {clock(spell.start_s)}"
    lines = [f"{name} {broken}waited for {what}, {asked_at}, {until(history, spell)}."]
    causes: list[Machine] = []
    roots = []
    for skill in asked:
        short, having = _pool(history, skill, asked[skill], time_s, machine)
        lines.append(short)
        causes += [holder.machine for holder in having if holder.state in WAITING]
        roots.append(_root(history, skill, time_s))
    ahead = list(_ahead(history, machine, time_s, spell, asked))
    if ahead:
        lines.append(f"{capital(joined(ahead))}, and came first.")
    return Link(tuple(lines), tuple(dict.fromkeys(causes)), joined(roots) if roots else None)


def _pool(history: History, skill: str, count: float, time_s: float, besides: Machine) -> tuple[str, list[Holder]]:
    """Say how those stand who have a skill, and return which machines have them."""
    having = holders(history, skill, time_s, besides)
    present, busy = _there(history, skill, time_s)
    places = [_at_work(history, holder, time_s) for holder in having]
    elsewhere = f": at {joined(places)}" if places else ""
    word = plural(skill, present)
    if present == 0:
        return f"No {plural(skill, 1)} was on duty.", having
    free = present - busy
    if free < TOLERANCE:
        start = f"The only {word} was" if present == 1 else f"All {amount(present)} {word} were"
        return f"{start} busy{elsewhere}.", having
    too_few = "" if free + TOLERANCE >= count else f", too few for the {amount(count)} asked"
    of = f"Of {amount(present)} {word} {amount(free)} {'was' if free <= 1 else 'were'} free"
    rest = f"; the others were busy{elsewhere}" if places else ""
    return f"{of}{too_few}{rest}.", having


def _there(history: History, skill: str, time_s: float) -> tuple[float, float]:
    """Return how many who have a skill are present and busy, of all pools that have it."""
    pools = [history.pool(name, time_s) for name in _able(history, skill)]
    known = [pool for pool in pools if pool is not None]
    return sum(pool.present for pool in known), sum(pool.busy for pool in known)


def _able(history: History, skill: str) -> tuple[str, ...]:
    return able(skill, history.line.operators, history.line.pools)


def _at_work(history: History, holder: Holder, time_s: float) -> str:
    doing = "" if holder.state == "processing" else {
        "down": "repairing ", "setup": "setting up ", "maintenance": "on maintenance ",
    }.get(holder.state, "kept while it was broken ")  # fmt: skip
    many = "" if holder.held == 1 else f"{amount(holder.held)} "
    return f"{name_of(history, holder.machine)} ({many}{doing}since {clock(holder.since_s, time_s)})"


def _root(history: History, skill: str, time_s: float) -> str:
    present, busy = _there(history, skill, time_s)
    if present == 0:
        return f"no {plural(skill, 1)} on duty"
    if present - busy >= TOLERANCE:
        return f"too few free {plural(skill, 2)}"
    if present == 1:
        return f"the only {plural(skill, 1)} was busy"
    return f"all {amount(present)} {plural(skill, 2)} were busy"


def _ahead(history: History, machine: Machine, time_s: float, spell: Spell, asked: Asked) -> Iterator[str]:
    """Yield who asks the same people and goes before the machine."""
    own = _rank(history, machine, spell)
    for other in history.machines:
        found = history.spell(other, time_s)
        if other == machine or found is None or found.state not in WAITING:
            continue
        rank = _rank(history, other, found)
        if rank < own and asked.keys() & asked_by(history, other, found).keys():
            more = f", of priority {rank[0]}," if rank[0] < own[0] else ""
            yield f"{name_of(history, other)}{more} had asked at {clock(found.start_s, time_s)}"


def _rank(history: History, machine: Machine, spell: Spell) -> tuple[int, float, int]:
    station = history.line.stations[machine[0]]
    priority = station.priority
    if spell.state == "waiting_repair":
        failure = station.failures.get(spell.reason or "")
        priority = 0 if failure is None else failure.priority
    return priority, spell.start_s, history.machines.index(machine)


def _kept(history: History, machine: Machine, spell: Spell) -> Asked:
    """Return the crew that a broken machine has kept, since it broke at work."""
    station, time_s = history.line.stations[machine[0]], spell.start_s
    spells = history.spells[machine]
    place = spells.index(spell)
    while place > 0 and spells[place].state in STOPS and spells[place - 1].end_s == time_s:
        place -= 1
        time_s = spells[place].start_s
    if spells[place].state == "processing":
        return _shared(history, machine, station.crew)
    if spells[place].state == "setup" and station.setup is not None:
        return {**station.setup.crew}
    return {}


def _shared(history: History, machine: Machine, crew: Mapping[str, float]) -> Asked:
    """Return what a machine takes of each of its crew, who may tend several machines."""
    attend = history.line.stations[machine[0]].attend
    return {skill: count / attend for skill, count in crew.items()}
