"""Why a machine had no part: what lacked before it, and from where the next one came."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from twin.kpi.why_words import joined, name_of, plural, span
from twin.line.week_clock import clock, lasted

if TYPE_CHECKING:
    from twin.kpi.history import History, Machine, Spell
    from twin.line.route import Edge

SOURCE = "source"
MOST_FOLLOWED = 3
"""Of several stations that gave nothing so many are followed."""


MOST_NAMED = 4
"""More buffers than this are counted, not named."""


class Found(NamedTuple):
    """What lacked, which stations were to give it, and what it was that lacked where none was."""

    sentences: tuple[str, ...]
    stations: tuple[str, ...] = ()
    root: str | None = None


def starved(history: History, machine: Machine, time_s: float, spell: Spell) -> tuple[str, Found]:
    """Say that a machine was starved, and find what lacked."""
    station = machine[0]
    kind = history.line.stations[station].kind
    feeds = feeds_of(history, station)
    found = _carriers(history, station, feeds, time_s)
    if found is None and kind == "assembly":
        found = _assembly(history, station, feeds, time_s)
    if found is None and kind == "batch":
        found = _batch(history, station, time_s, spell)
    if found is None:
        found = _on_the_way(history, feeds, time_s) or _nothing(history, station, feeds, time_s, spell)
    return f"{name_of(history, machine)} stood starved {span(history, spell)}: ", found


def feeds_of(history: History, station: str) -> list[Edge]:
    """Return the edges into a station, those of rework last."""
    edges = [edge for edge in history.line.edges if edge.to == station != edge.from_]
    return sorted(edges, key=lambda edge: edge.rework or edge.rejected)


def _carriers(history: History, station: str, feeds: list[Edge], time_s: float) -> Found | None:
    """Where parts wait (or never run out) and are not taken, they lack carriers: in use, or on their way back."""
    waits = any(history.level(name, time_s) for name in (f"{SOURCE}->{station}", *(edge.name for edge in feeds)))
    for name, carrier in history.line.carriers.items():
        free = history.level(f"{name}->{station}", time_s) if carrier.from_ == station else None
        if free == 0:
            all_ = "the only one was" if carrier.number == 1 else f"all {carrier.number} were"
            text = f"no {plural(name, 1)} was free, {all_} with parts up to {carrier.to}."
            return Found((text,), (carrier.to,), f"too few {plural(name, 2)}")
        if free is not None and (waits or not feeds) and carrier.return_.mean > 0:
            text = f"no {plural(name, 1)} was there; {free} {_be(free)} on the way back from {carrier.to}."
            return Found((text,), (), f"the way back of the {plural(name, 2)}")
    return None


def _assembly(history: History, station: str, feeds: list[Edge], time_s: float) -> Found | None:
    takes = history.line.stations[station].takes
    held = {edge.from_: history.level(edge.name, time_s) or 0 for edge in feeds}
    lacking = [from_ for from_, level in held.items() if level < takes.get(from_, 1)]
    if not lacking:
        return None
    told = joined(f"{level} from {from_} (needs {takes.get(from_, 1)})" for from_, level in held.items())
    return Found((f"it joins parts, and had {told}.",), tuple(lacking))


def _batch(history: History, station: str, time_s: float, spell: Spell) -> Found | None:
    row = history.line.stations[station]
    levels = [
        history.level(name, time_s) or 0
        for name in (f"{SOURCE}->{station}", *(edge.name for edge in feeds_of(history, station)))
    ]
    there, size = sum(levels), row.size or 1
    if not 0 < there < size:
        return None
    waits = "" if row.timeout is None else f" (after {lasted(row.timeout)} it takes what is there)"
    return _givers(history, station, time_s, spell, (f"it collects {size} parts and had {there}{waits}.",))


def _on_the_way(history: History, feeds: list[Edge], time_s: float) -> Found | None:
    """Where a buffer holds parts and a machine has none, they are not there yet."""
    held = [(edge, history.level(edge.name, time_s) or 0) for edge in feeds]
    moving = [(edge, level) for edge, level in held if level and (edge.transport or edge.delay)]
    if not moving:
        return None
    many = sum(level for _, level in moving)
    told = joined(f"{level} from {edge.from_}" for edge, level in moving)
    first = f"{told.replace(' from', ' part from' if moving[0][1] == 1 else ' parts from', 1)}"
    root = joined(f"the way from {edge.from_}" for edge, _ in moving)
    return Found((f"{first} {_be(many)} on the way and not there yet.",), (), root)


def _nothing(history: History, station: str, feeds: list[Edge], time_s: float, spell: Spell) -> Found:
    """Say which buffers were empty, what went elsewhere meanwhile, and follow where the next part came from."""
    held = [f"{level} in {edge.name}" for edge in feeds if (level := history.level(edge.name, time_s))]
    if held:
        return Found((f"it took no part, though there were {joined(held)}; the log does not say why.",), (), "unknown")
    buffers = [edge.name for edge in feeds if edge.buffer != 0]
    direct = [edge.from_ for edge in feeds if edge.buffer == 0]
    lines = []
    if len(buffers) > MOST_NAMED:
        lines.append(f"all {len(buffers)} buffers before it were empty.")
    elif buffers:
        lines.append(f"the buffer{'s' * (len(buffers) > 1)} {joined(buffers)} {_be(len(buffers))} empty.")
    if direct:
        lines.append(f"no part was ready at {joined(direct)}.")
    return _givers(history, station, time_s, spell, tuple(lines))


def _givers(history: History, station: str, time_s: float, spell: Spell, lines: tuple[str, ...]) -> Found:
    """Add from where the next part came, or was to come."""
    feeds = feeds_of(history, station)
    next_ = history.next_came(station, time_s)
    if station in history.line.fed and (next_ is None or next_.from_ is None or not feeds):
        text, root = _source(history, station, time_s)
        if not feeds or next_ is not None:
            return Found((*lines, text) if lines else (text,), (), root)
        lines = (*lines, text)
    stations = _behind(history, feeds, time_s)
    if next_ is not None and next_.from_ is not None:
        if len(feeds) > 1:
            lines = (*lines, f"The next part, {next_.part}, came from {next_.from_} at {clock(next_.time_s, time_s)}.")
        stations = (next_.from_,)
    if len(stations) == 1:
        lines = (*lines, *_elsewhere(history, stations[0], station, time_s, spell))
    return Found(lines or ("no part came.",), stations)


def _behind(history: History, feeds: list[Edge], time_s: float) -> tuple[str, ...]:
    """Return the stations to follow where no part comes any more: those that are not starved, else one."""
    stations = dict.fromkeys(edge.from_ for edge in feeds if not (edge.rework or edge.rejected))
    stations = stations or dict.fromkeys(edge.from_ for edge in feeds)
    busy = [station for station in stations if _holds_parts(history, station, time_s)]
    fed = [station for station in stations if station in history.line.fed]
    return tuple(busy[:MOST_FOLLOWED] or fed[:1] or [*stations][:1])


def _holds_parts(history: History, station: str, time_s: float) -> bool:
    spells = (history.spell(machine, time_s) for machine in history.machines if machine[0] == station)
    return any(spell is not None and spell.state != "starved" for spell in spells)


def _source(history: History, station: str, time_s: float) -> tuple[str, str]:
    """Say when the last part arrived, or order was released, and when the next."""
    line = history.line
    if line.source.kind == "saturated":
        return "the stock before it never runs out, so that it took a part in the same instant.", "nothing"
    if line.source.orders is not None:
        before, after = history.last_release(time_s), history.next_release(time_s)
        was = (
            "none had been released" if before is None else f"the last ({before[1]}) was released at {clock(before[0])}"
        )
        will = "no other in the log" if after is None else f"the next ({after[1]}) at {clock(after[0], time_s)}"
        return f"no order waited for it: {was}, {will}.", "no order to work on"
    next_ = history.next_came(station, time_s)
    arrives = (
        "no more arrived in the log" if next_ is None else f"the next part arrived at {clock(next_.time_s, time_s)}"
    )
    return f"nothing waited that had arrived from outside; {arrives}.", f"too little arrived for {station}"


def _elsewhere(history: History, giver: str, station: str, time_s: float, spell: Spell) -> list[str]:
    """Say what the station before let go to others since the machine has starved."""
    ways = Counter[str]()
    for machine, parts in history.left.items():
        if machine[0] == giver:
            ways.update(left.to for left in parts if spell.start_s < left.time_s <= time_s)
    if not ways or station in ways:
        return []
    told = joined(f"{many} {'as scrap' if to == 'scrap' else 'out of the line' if to == 'out' else f'to {to}'}"
                  for to, many in ways.most_common())  # fmt: skip
    return [f"What {giver} had let go since then went elsewhere: {told}."]


def _be(count: int) -> str:
    return "was" if count == 1 else "were"
