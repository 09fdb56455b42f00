"""What `twin live` shows on a terminal: a sentence, the one alarm, the stations, the numbers; 100 columns.

Colour repeats what a word or a sign says; without it, and in ASCII, nothing is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from dashboards.numbers import NO_BREAK_SPACE
from dashboards.palette import STATES
from twin.cli.live_rows import Look, Setting, station_rows
from twin.cli.live_words import (
    Frame,
    Seen,
    alarm,
    books_text,
    chance_text,
    cost_texts,
    oee_text,
    output_text,
    plain_line,
    score_text,
    shift_text,
    stopped_machines,
    verdict,
)
from twin.live.points import line_row
from twin.live.words import lasted

if TYPE_CHECKING:
    from rich.console import RenderableType

    from twin.live.picture import Picture

__all__ = ["Frame", "Look", "Seen", "plain_line", "screen"]

STALE_S = 30.0
"""Without a message for so long what is shown is old [s of our own clock]."""

AROUND_THE_ROWS = 12
"""Lines of the screen that are no rows of the table, at most."""


def screen(
    picture: Picture | None, seen: Seen, frame: Frame, *, look: Look | None = None, height: int | None = None
) -> RenderableType:
    """Return the screen of a line.

    Parameters
    ----------
    picture
        How the line stands; None before its first event.
    seen
        What is shown beside it.
    frame
        What stays the same.
    look
        What the terminal can show.
    height
        Lines of the terminal; where they are too few for all stations, calm ones are left out.
    """
    look = Look() if look is None else look
    if picture is None:
        waits = Text(f"Nothing has been heard of {frame.line.title or frame.line.line} yet.", "bold")
        return Group(*([waits] if seen.trouble is None else [waits, _bar(seen.trouble, look)]))
    limits = None if seen.tick is None else seen.tick.oee_station
    room = None if height is None else max(1, height - AROUND_THE_ROWS)
    table, left_out = station_rows(Setting(picture, frame, look), limits=limits, most=room)
    blocks: list[RenderableType] = [_first(picture, seen, frame, look)]
    if seen.trouble is not None:
        blocks.append(_bar(seen.trouble, look))
    blocks += [_alarm(picture, frame, look), Text(), table]
    if left_out:
        blocks.append(Text(f"{len(left_out)} calm stations are not shown; the window is too low.", look.token("ink-3")))
    return Group(*blocks, Text(), *_numbers(picture, seen, frame, look), *_last(picture, seen, frame, look))


def _first(picture: Picture, seen: Seen, frame: Frame, look: Look) -> Text:
    """Return the sentence, the clock, and whether that is now."""
    stale = seen.age_s >= STALE_S or not seen.connected
    now = frame.clock(picture.now_s, "%H:%M:%S")
    age = f"{lasted(seen.age_s)} old".replace(" ", NO_BREAK_SPACE) if stale else "live"
    sentence = Text.assemble(
        (verdict(picture, seen, frame), "dim" if stale else "bold"),
        f"   {now}{NO_BREAK_SPACE}",
        (age, look.token("bad" if stale else "good")),
    )
    return _flow(sentence, look.width)


def _bar(sentence: str, look: Look) -> Text:
    return _flow(Text(f"{NO_BREAK_SPACE}{sentence}{NO_BREAK_SPACE}", "reverse"), look.width)


def _flow(text: Text, width: int) -> Text:
    """Return a text broken at spaces to a width, not between a number and its unit."""
    lines: list[list[Text]] = [[]]
    for word in text.split(" ", allow_blank=True):
        if lines[-1] and sum(part.cell_len + 1 for part in lines[-1]) + word.cell_len > width:
            lines.append([])
        if word or lines[-1]:
            lines[-1].append(word)
    flowed = [Text(" ").join(line) for line in lines]
    for line in flowed:
        line.rstrip()
        # A no-break space has done its work.
        line.plain = line.plain.replace(NO_BREAK_SPACE, " ")
    return Text("\n").join(flowed)


def _alarm(picture: Picture, frame: Frame, look: Look) -> Text:
    """Return the one alarm; a grey line in its place where there is none, so that nothing jumps."""
    found = alarm(picture, frame)
    if found is None:
        return Text("No machine has been stopped for a minute.", look.token("ink-3"))
    state = STATES[stopped_machines(picture)[0].state or "down"]
    glyph = state.ascii_glyph if look.ascii else state.glyph
    said = Text.assemble((f"{glyph} {found[0]}", look.colour(state.colour)), f" {found[1]}" if found[1] else "")
    return _flow(said, look.width)


def _numbers(picture: Picture, seen: Seen, frame: Frame, look: Look) -> list[Text]:
    """Return the numbers of the shift so far: OEE, output, chance of the plan; below them what a unit takes."""
    row = None if seen.tick is None else line_row(seen.tick)
    parts = []
    if seen.tick is not None:
        station = seen.tick.oee_station
        oee, beside = oee_text(picture.oee.get(station), station, frame)
        parts.append(_part(oee))
        if beside:
            parts[-1].append(f"{NO_BREAK_SPACE}{_whole(beside)}", look.token("bad" if "under" in beside else "good"))
    parts.append(_part(output_text(row, frame)))
    if seen.forecast is not None and seen.forecast.shift == picture.shift and (said := chance_text(seen.forecast)):
        parts.append(_part(said))
    costs = [_part(text) for text in cost_texts(row, frame)]
    return [_flow(Text("  ").join(line), look.width) for line in (parts, costs) if line]


def _part(text: str) -> Text:
    """Return a number with its words, the number bold, not to be broken."""
    part = Text(_whole(text))
    for word in text.split():
        if word[0].isdigit():
            start = text.index(word)
            part.stylize("bold", start, start + len(word))
            break
    return part


def _whole(text: str) -> str:
    return text.replace(" ", NO_BREAK_SPACE)


def _last(picture: Picture, seen: Seen, frame: Frame, look: Look) -> list[Text]:
    """Return the grey lines: which shift, how counted, how well foretold, and what the store holds."""
    grey = look.token("ink-3")
    books, odd = books_text(seen.counts)
    kept = Text(_whole(books), grey)
    if odd:
        kept.append(f", {odd}", look.token("bad"))
    lines = [Text("  ").join((Text(_whole(shift_text(picture.shift, frame)), grey), kept))]
    if seen.score is not None:
        lines.append(Text(score_text(seen.score, frame), grey))
    return [_flow(line, look.width) for line in lines]
