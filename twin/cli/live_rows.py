"""The table of `twin live`: a row for each station, with its state, its last hour, what waits behind it and its OEE."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from rich.box import SIMPLE_HEAD, Box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from dashboards.numbers import NOTHING, number
from dashboards.palette import STATES, TOKENS
from twin.cli.show import GAP, WIDTH, state_word
from twin.line.route import OUT
from twin.live.picture import STRIP_CELLS
from twin.live.words import lasted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from dashboards.palette import Colour
    from twin.cli.live_words import Frame
    from twin.live.picture import MachineNow, Picture

GAUGE_CELLS = 8
LASTING_S = 60.0
"""How long a state has lasted is told from here on [s]."""
SILENT_CYCLES, SILENT_S = 10.0, 30.0
"""A machine that works and tells nothing for so many mean cycles, and at least so long [s], is silent."""

WORST_FIRST = (
    "down", "waiting_repair", "waiting_operator", "setup", "blocked", "starved", "maintenance", "processing",
    "off_shift",
)  # fmt: skip
CALLING = ("down", "waiting_repair", "waiting_operator")
"""States of one machine that stand for its station, however many others run: someone is needed."""

UNKNOWN, SILENT = "unknown", "silent"
HEADINGS = ("", "station", "state", "for", "last 60 min", "", "OEE")
LEFT = (0, 1, 2, 4)
WORDS = (1, 2)
GAUGE = "next buffer"
STRIP, AFTER = 4, 5


ASCII_HEAD = Box(str(SIMPLE_HEAD).replace("─", "-"), ascii=True)


class Look(NamedTuple):
    """What a terminal can show: ASCII alone or all signs, on a light or a dark ground, in so many columns."""

    ascii: bool = False
    light: bool = False
    width: int = WIDTH

    def colour(self, colour: Colour) -> str:
        """Return a colour for the terminal's ground."""
        return colour.on("light" if self.light else "dark")

    def token(self, name: str) -> str:
        """Return a colour by its use."""
        return self.colour(TOKENS[name])


class Shown(NamedTuple):
    """What is told of a station: a state, how many machines of how many are in it, and since when [s]."""

    state: str
    machines: int
    of: int
    since_s: float | None

    @property
    def calls(self) -> bool:
        """Whether someone should look."""
        return self.state not in ("processing", "starved", "off_shift", "maintenance")


class Setting(NamedTuple):
    """All that a row is made of: how the line stands, what it is, what the terminal can show."""

    picture: Picture
    frame: Frame
    look: Look


def look_of(console: Console) -> Look:
    """Return what a console can show."""
    light = os.environ.get("COLORFGBG", "").endswith((";7", ";15"))
    return Look(not console.encoding.lower().startswith("utf"), light, min(console.width, WIDTH))


def station_rows(setting: Setting, *, limits: str | None, most: int | None = None) -> tuple[Table, list[str]]:
    """Return the table, and the stations left out of it: where the screen is too low, calm ones go first.

    `limits` is the station whose OEE is the line's; `most` is the number of rows that have room.
    """
    stations = _stations(setting.picture)
    shown = {name: _shown(machines, setting) for name, machines in stations.items()}
    left_out = _calm(shown, len(shown) - most) if most is not None and most < len(shown) else set()
    rows = [_row(name, machines, shown[name], setting) for name, machines in stations.items() if name not in left_out]
    for row, name in zip(rows, (name for name in stations if name not in left_out), strict=True):
        if name == limits:
            row[1].stylize("bold")
    heading = GAUGE if _has_one_way(setting.frame) else "waiting"
    return _table((*HEADINGS[:AFTER], heading, *HEADINGS[AFTER + 1 :]), rows, setting.look), sorted(left_out)


def _stations(picture: Picture) -> dict[str, list[MachineNow]]:
    stations: dict[str, list[MachineNow]] = {}
    for machine in picture.machines:
        stations.setdefault(machine.station, []).append(machine)
    return stations


def _calm(shown: dict[str, Shown], count: int) -> set[str]:
    """Return so many stations that may be left out: those that run first, then those that wait, then the last ones."""
    order = sorted(shown, key=lambda name: (_urgency(shown[name]), -list(shown).index(name)))
    return set(order[: max(0, count)])


def _urgency(shown: Shown) -> int:
    if shown.state in ("processing", "off_shift"):
        return 0
    return 2 if shown.calls else 1


def _shown(machines: Sequence[MachineNow], setting: Setting) -> Shown:
    """Return what is told of a station: the worst state that calls someone, else the state of most machines."""
    states = Counter(_state(machine, setting) for machine in machines)
    calling = [state for state in CALLING if states[state]]
    state = calling[0] if calling else max(states, key=lambda name: (states[name], -_rank(name)))
    same = [machine for machine in machines if _state(machine, setting) == state]
    if state == SILENT:
        since = min(machine.heard_s for machine in same if machine.heard_s is not None)
    else:
        since = min(machine.since_s for machine in same)
    return Shown(state, len(same), len(machines), None if state == UNKNOWN else since)


def _rank(state: str) -> int:
    return WORST_FIRST.index(state) if state in WORST_FIRST else len(WORST_FIRST)


def _state(machine: MachineNow, setting: Setting) -> str:
    if machine.state is None:
        return UNKNOWN
    if machine.state != "processing" or machine.heard_s is None:
        return machine.state
    cycle = setting.frame.line.stations[machine.station].cycle.mean * max(1, machine.pieces or 1)
    return SILENT if setting.picture.now_s - machine.heard_s > max(SILENT_S, SILENT_CYCLES * cycle) else "processing"


def _row(name: str, machines: Sequence[MachineNow], shown: Shown, setting: Setting) -> list[Text]:
    picture, frame, look = setting
    state, count, several, since = shown
    word = state_word(state) if state in STATES else state
    colour = look.colour(STATES[state].colour) if state in STATES else look.token("ink-3")
    quiet = state in ("processing", "off_shift")
    told = since is not None and state != "processing" and picture.now_s - since >= LASTING_S
    oee = picture.oee.get(name)
    return [
        Text(_glyph(state, look), colour),
        Text(frame.origin.names[name]),
        Text(f"{word}{f' {count} of {several}' if several > 1 else ''}", look.token("ink-3") if quiet else colour),
        Text(lasted(picture.now_s - since) if told and since is not None else ""),
        _strip(machines, look),
        _gauge(name, setting) if _has_one_way(frame) else _waiting(name, setting),
        Text(NOTHING if oee is None else number(100 * oee, 1)),
    ]


def _glyph(state: str, look: Look) -> str:
    if state not in STATES:
        return "." if look.ascii else "?"
    return STATES[state].ascii_glyph if look.ascii else STATES[state].glyph


def _strip(machines: Sequence[MachineNow], look: Look) -> Text:
    """Return the last hour, in each cell the state that prevailed among the machines."""
    strip = Text()
    for place in range(STRIP_CELLS):
        shares: dict[str | None, float] = defaultdict(float)
        for machine in machines:
            state, share = machine.strip[place]
            shares[state] += share
        state = max(shares, key=lambda name: (round(shares[name], 9), -_rank(name or "")))
        if state is None:
            strip.append("?" if look.ascii else "·", look.token("ink-3"))
        else:
            of_state = STATES[state]
            strip.append(of_state.ascii_bar if look.ascii else of_state.bar, look.colour(of_state.colour))
    return strip


def _has_one_way(frame: Frame) -> bool:
    """Say whether each station of the line passes its good parts on one way only."""
    ways = Counter(edge.from_ for edge in frame.line.route if not edge.rework)
    return not frame.line.products and all(ways[name] <= 1 for name in frame.line.stations)


def _gauge(station: str, setting: Setting) -> Text:
    """Return how full the buffer behind a station is."""
    picture, frame, look = setting
    edge = next((edge for edge in frame.line.route if edge.from_ == station and not edge.rework), None)
    if edge is None or edge.to == OUT or edge.buffer == 0:
        return Text()
    level = picture.levels.get(edge.name)
    if level is None:
        return Text(NOTHING, look.token("ink-3"))
    if edge.buffer is None:
        return Text(f"{level:,}", look.token("ink-3"))
    filled = min(GAUGE_CELLS, round(level / edge.buffer * GAUGE_CELLS))
    # A gauge looks full or empty only where the buffer is.
    filled = min(max(filled, int(level > 0)), GAUGE_CELLS - int(level < edge.buffer))
    end = "full" if level >= edge.buffer else "empty" if level == 0 else f"{level:,}/{edge.buffer:,}"
    full, empty = ("#", ".") if look.ascii else ("■", "·")
    return Text.assemble(
        (full * filled, look.token("ink-2")),
        (empty * (GAUGE_CELLS - filled), look.token("ink-3")),
        (f" {end}", "bold" if end in ("full", "empty") else look.token("ink-3")),
    )


def _waiting(station: str, setting: Setting) -> Text:
    """Return how many parts wait before a station."""
    levels = [level for edge, level in setting.picture.levels.items() if edge.endswith(f"->{station}")]
    known = [level for level in levels if level is not None]
    text = f"{sum(known):,}" if known else "" if not levels else NOTHING
    return Text(text, setting.look.token("ink-3") if text in ("0", NOTHING) else "")


def _table(headings: Sequence[str], rows: Sequence[Sequence[Text]], look: Look) -> Table:
    """Return the table; where it is wider than the page its strips get half as many cells."""
    widths = [
        max(cell_len(heading), *(row[place].cell_len for row in rows), 0)
        for place, heading in enumerate(headings)
    ]  # fmt: skip
    if sum(widths) + GAP * (len(headings) - 1) > look.width:
        rows = [[_half(cell) if place == STRIP else cell for place, cell in enumerate(row)] for row in rows]
    result = Table(
        box=ASCII_HEAD if look.ascii else SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        header_style=look.token("ink-3"),
        border_style=look.token("rule"),
    )
    for place, heading in enumerate(headings):
        # Only names and words may be broken, and only where the window is too narrow for all of them.
        whole = place not in WORDS
        result.add_column(
            heading, justify="left" if place in LEFT or heading == GAUGE else "right", no_wrap=whole, overflow="fold"
        )
    for row in rows:
        result.add_row(*row)
    return result


def _half(strip: Text) -> Text:
    """Return every second cell of a strip."""
    return Text("").join(strip[place] for place in range(1, len(strip), 2))
