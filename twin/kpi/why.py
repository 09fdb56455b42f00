"""Why a machine stood as it did at a moment: who waited for whom, as a chain of sentences down to its root."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from twin.errors import InputError
from twin.kpi.why_people import STOPS, waited
from twin.kpi.why_starved import starved
from twin.kpi.why_words import Link, capital, joined, name_of, part_words, people, plural, span
from twin.line.names import nearest
from twin.line.week_clock import clock, lasted
from twin.line.work_calendar import BREAK

if TYPE_CHECKING:
    from twin.kpi.history import History, Left, Machine, Spell

LONGEST_CHAIN = 40
"""Links told at most; a line of hundreds of stations may have longer chains than anybody reads."""

BOTH = 2

CALLED = {
    "off_shift": "off shift", "maintenance": "in maintenance", "waiting_repair": "waiting for repair", "down": "down",
    "setup": "being set up", "waiting_operator": "waiting for people", "processing": "processing",
    "blocked": "blocked", "starved": "starved",
}  # fmt: skip
"""The states as a sentence calls them."""

ORDER = (
    "waiting_repair", "down", "waiting_operator", "maintenance", "blocked", "setup", "off_shift", "processing",
    "starved",
)  # fmt: skip
"""Of several machines of a station the first of these says most of why the station gave or took nothing: one without a
part says nothing as long as another has one."""


class Explanation(NamedTuple):
    """Why a machine stood as it did.

    Attributes
    ----------
    machine
        The machine, its station first.
    state
        The state in which it was.
    paragraphs
        Who waited for whom: one paragraph a machine, the machine asked about first.
    roots
        Where the chain ends, in words; none where the machine was at work.
    """

    machine: Machine
    state: str
    paragraphs: tuple[str, ...]
    roots: tuple[str, ...]


def explain(history: History, station: str, time_s: float, number: int | None = None) -> Explanation:
    """Explain how a station, or one machine of it, stood at a moment.

    Parameters
    ----------
    history
        The past of the line.
    station
        The station; of several machines the one is explained that stood, if any did.
    time_s
        The moment [s].
    number
        The machine, from 1.

    Raises
    ------
    InputError
        If the line has no such station or machine, or the log says nothing of that moment.
    """
    machine = _chosen(history, station, time_s, number)
    paragraphs: list[str] = []
    roots: list[str] = []
    told: set[Machine] = set()
    ahead: list[tuple[Machine, tuple[Machine, ...]]] = [(machine, ())]
    while ahead:
        one, path = ahead.pop()
        if one in path:
            roots += _loop(history, path[path.index(one) :], time_s)
            continue
        if one in told:
            continue
        told.add(one)
        if len(paragraphs) == LONGEST_CHAIN:
            roots.append("further back than is told here")
            break
        link = _link(history, one, time_s)
        several = _several(history, one, time_s) if path or number is None else ""
        paragraphs.append(" ".join(filter(None, (several, *link.sentences))))
        if link.root is not None and not link.causes:
            roots.append(link.root)
        ahead += [(cause, (*path, one)) for cause in reversed(link.causes)]
    spell = history.spell(machine, time_s)
    state = "" if spell is None else spell.state
    found = tuple(dict.fromkeys(roots)) or ("no part under way that was to come here",)
    return Explanation(machine, state, tuple(paragraphs), () if state == "processing" else found)


def _loop(history: History, machines: tuple[Machine, ...], time_s: float) -> list[str]:
    """Say that machines wait for each other; those that are starved only have nothing between them."""
    states = {spell.state for machine in machines if (spell := history.spell(machine, time_s)) is not None}
    if "starved" in states:
        return []
    return [f"a loop: {joined(name_of(history, machine) for machine in machines)} wait for each other"]


def _chosen(history: History, station: str, time_s: float, number: int | None) -> Machine:
    if station not in history.line.stations:
        raise InputError(f"--station: there is no station {nearest(station, history.line.stations)}")
    many = history.line.stations[station].machines
    if number is not None and not 1 <= number <= many:
        has = "one machine" if many == 1 else f"machines 1 to {many}"
        raise InputError(f"--machine: {station} has {has}; {number} is none of them")
    if not history.start_s <= time_s <= history.end_s:
        raise InputError(
            f"--at: the log begins at {clock(history.start_s)} and ends at {clock(history.end_s)}; "
            f"{clock(time_s)} is outside it"
        )
    machine = representative(history, station, time_s, stood=True) if number is None else (station, number)
    if history.spell(machine, time_s) is None:
        raise InputError(f"--at: the log does not say how {name_of(history, machine)} stood at {clock(time_s)}")
    return machine


def representative(history: History, station: str, time_s: float, *, stood: bool = False) -> Machine:
    """Return the machine of a station that says most of why the station gave or took nothing at a moment.

    `stood` prefers one that stood to one at work.
    """
    machines = [(station, number) for number in range(1, history.line.stations[station].machines + 1)]
    standing = [(machine, spell) for machine in machines if (spell := history.spell(machine, time_s)) is not None]
    if not standing:
        return machines[0]

    def rank(pair: tuple[Machine, Spell]) -> tuple[int, float, int]:
        """Of those at work the one that is done first, of the others the one that has stood longest."""
        machine, spell = pair
        place = len(ORDER) if stood and spell.state == "processing" else ORDER.index(spell.state)
        return place, spell.end_s if spell.state == "processing" else spell.start_s, machine[1]

    return min(standing, key=rank)[0]


def _several(history: History, machine: Machine, time_s: float) -> str:
    """Say how the machines of a station stand, where there are several."""
    station, many = machine[0], history.line.stations[machine[0]].machines
    if many == 1:
        return ""
    spells = [history.spell((station, number), time_s) for number in range(1, many + 1)]
    counted = Counter(spell.state for spell in spells if spell is not None)
    if len(counted) == 1:
        every = "Both" if many == BOTH else f"All {many}"
        return f"{every} machines of {station} were {CALLED[next(iter(counted))]}."
    told = (f"{count} {'was' if count == 1 else 'were'} {CALLED[state]}" for state, count in counted.most_common())
    return f"Of the {many} machines of {station}, {joined(told)}."


def _link(history: History, machine: Machine, time_s: float) -> Link:
    """Say how one machine stood, and find for whom it waited."""
    spell = history.spell(machine, time_s)
    if spell is None:
        name = name_of(history, machine)
        return Link((f"The log does not say how {name} stood.",), (), f"{name}, of which the log says nothing")
    match spell.state:
        case "blocked":
            return _blocked(history, machine, time_s, spell)
        case "starved":
            return _starved(history, machine, time_s, spell)
        case "waiting_operator" | "waiting_repair":
            return waited(history, machine, time_s, spell)
        case "processing" | "setup":
            return _working(history, machine, time_s, spell)
        case _:
            return _standing(history, machine, time_s, spell)


def _blocked(history: History, machine: Machine, time_s: float, spell: Spell) -> Link:
    stood = f"{name_of(history, machine)} stood blocked {span(history, spell)}"
    stations, left = history.line.stations, history.next_left(machine, time_s)
    to = spell.reason if spell.reason in stations else None if left is None else left.to
    if to not in stations or to is None:
        return Link((f"{stood}; the log does not say where its part was to go.",), (), "unknown")
    edge = next((edge for edge in history.line.edges if (edge.from_, edge.to) == (machine[0], to)), None)
    buffer = None if edge is None else edge.buffer
    if buffer:
        room = f"The buffer between them was full ({_filled(history, f'{machine[0]}->{to}', buffer, time_s)})."
    else:
        room = f"There is no buffer between them, so {machine[0]} waits until {to} takes the part itself."
    said = f"{stood}: {to}, the next station, had no room."
    return Link((said, room), (representative(history, to, time_s),))


def _filled(history: History, buffer: str, places: int, time_s: float) -> str:
    level = history.level(buffer, time_s)
    return f"{places} {'place' if places == 1 else 'places'}" if level is None else f"{level} of {places} places taken"


def _starved(history: History, machine: Machine, time_s: float, spell: Spell) -> Link:
    stood, found = starved(history, machine, time_s, spell)
    first, *more = found.sentences
    causes = tuple(representative(history, station, time_s) for station in found.stations)
    return Link((f"{stood}{first}", *map(capital, more)), causes, found.root)


def _working(history: History, machine: Machine, time_s: float, spell: Spell) -> Link:
    station, name = history.line.stations[machine[0]], name_of(history, machine)
    left = history.next_left(machine, time_s)
    part, spell = part_words(left), _of_part(history, machine, time_s, spell, left)
    if spell.state == "setup":
        return Link((f"{name} was being set up for {part} {span(history, spell)}.",), (), f"the setup of {name}")
    if station.kind == "conveyor":
        passes = f"a part passes it in {lasted(station.belt_s)}"
        return Link((f"{name} was moving parts {span(history, spell)}; {passes}.",), (), f"the pace of {machine[0]}")
    if station.kind == "storage":
        return Link((f"{name} was holding parts {span(history, spell)}.",), (), f"the stay in {machine[0]}")
    many = {"batch": " with the others of its batch", "assembly": ", joined from its components,"}.get(station.kind, "")
    mean = f"; a cycle takes {lasted(station.cycle.mean)} on average" if history.line.alike else ""
    return Link((f"{name} was processing {part}{many} {span(history, spell)}{mean}.",), (), f"the pace of {machine[0]}")


def _of_part(history: History, machine: Machine, time_s: float, spell: Spell, left: Left | None) -> Spell:
    """Return the stretch of a machine at work that is the present part's; one part may follow upon another."""
    before = history.last_left(machine, time_s)
    start_s = spell.start_s if before is None else max(spell.start_s, before.time_s)
    end_s = spell.end_s if left is None else min(spell.end_s, left.time_s)
    return spell._replace(start_s=start_s, end_s=end_s)


def _standing(history: History, machine: Machine, time_s: float, spell: Spell) -> Link:
    """Say of a machine that stood by itself since when, and why."""
    station, name, reason = history.line.stations[machine[0]], name_of(history, machine), spell.reason
    why = "" if reason is None else f" ({reason})"
    said = f"{name} was {CALLED[spell.state]}{why} {span(history, spell)}"
    if spell.state == "off_shift":
        if reason == BREAK:
            return Link((f"{name} stood in a break {span(history, spell)}.",), (), "the break")
        broken = "" if reason is None else f" It was broken ({reason}); its repair went on at the next start."
        return Link((f"{name} was off shift {span(history, spell)}.{broken}",), (), "the line was closed there")
    if spell.state == "maintenance":
        task = station.maintenance.get(reason or "")
        waiting = [skill for skill in task.by if (pool := history.pool(skill, time_s)) and pool.waiting] if task else []
        more = f" Requests for {joined(plural(skill, 2) for skill in waiting)} waited then." if waiting else ""
        return Link((f"{said}.{more}",), (), f"planned maintenance of {name}")
    failure = station.failures.get(reason or "")
    by = f", under repair by {people(dict(failure.repaired_by))}" if failure and failure.repaired_by else ""
    broke_s = _broke_at(history, machine, spell)
    before = "" if broke_s == spell.start_s else f" It broke at {clock(broke_s)} and had waited for its repair."
    cause = f"the failure {reason} of {name}" if reason else f"a failure of {name}"
    return Link((f"{said}{by}.{before}",), (), cause)


def _broke_at(history: History, machine: Machine, spell: Spell) -> float:
    spells, start_s = history.spells[machine], spell.start_s
    for before in reversed(spells[: spells.index(spell)]):
        if before.state not in STOPS or before.end_s != start_s:
            break
        start_s = before.start_s
    return start_s
