"""What a person reads on a terminal: sentences, tables and bars, in colour only where colour is wanted.

Sentences are as wide as the terminal, at most 100 columns, and 100 in a pipe unless COLUMNS says otherwise; tables keep
their natural width, for a table broken inside its words cannot be read. Colour repeats what a word or a sign says.
Where an output knows ASCII alone, signs become their nearest ASCII.
"""

from __future__ import annotations

import codecs
import io
import json
import multiprocessing
import os
import re
import signal
import sys
import textwrap
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dashboards.numbers import NO_BREAK_SPACE
from dashboards.palette import STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from types import FrameType
    from typing import TextIO

    from rich.console import RenderableType

WIDTH = 100
"""Columns of a text in a pipe, and the most on a terminal."""

GAP = 3
"""Columns between two columns of a table."""

LONGEST_NAME = 20
"""Letters from which a name is broken where a table has no room."""

NARROWEST = 40
"""The fewest columns that a text is broken to."""

INTERRUPTED, PIPE_CLOSED, ENDED = 130, 141, 143
"""Exit codes of any program that was interrupted, of one in a pipe that nobody reads, and of one asked to end."""

SHOWN = 0.01
"""A state with at least this share of the time has a cell of its own in a bar."""

_ASCII = {
    NO_BREAK_SPACE: " ",
    "−": "-",
    "–": "-",
    "×": "x",
    "±": "+/-",
    "²": "2",
    "³": "3",
    "→": "->",
    "’": "'",
    "…": "...",
    "₂": "2",
}


def speak_plainly(*files: TextIO) -> None:
    """Let files that cannot write a sign write the nearest that they can."""
    for file in files:
        if (reconfigure := getattr(file, "reconfigure", None)) is not None:
            reconfigure(errors="nearest")


def _nearest_sign(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_ASCII.get(sign, "?") for sign in signs), error.end


codecs.register_error("nearest", _nearest_sign)


def show(*blocks: RenderableType) -> None:
    """Print blocks to standard output, a blank line between them; a `str` is a paragraph and is wrapped."""
    _write(_text(console_of(sys.stdout), blocks))


def plain_text(*blocks: RenderableType) -> str:
    """Return blocks as `show` prints them to a file that knows all signs and no colours."""
    return _text(console_of(io.StringIO()), blocks)


def _text(console: Console, blocks: Iterable[RenderableType]) -> str:
    console.width = WIDTH
    with console.capture() as captured:
        for place, block in enumerate(blocks):
            if place:
                console.print()
            console.print(paragraph(block) if isinstance(block, str) else block, crop=False)
    # A no-break space has done its work when the lines are broken; whoever copies or searches the text expects a space.
    text = captured.get().replace(NO_BREAK_SPACE, " ")
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


def show_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document to standard output."""
    _write(json.dumps(document, indent=2, allow_nan=False) + "\n")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def hush() -> None:
    """Let what is still to be written go nowhere: Python flushes once more on its way out and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def width() -> int:
    """Return the columns that a text may take."""
    return max(NARROWEST, min(console_of(sys.stdout).width, WIDTH))


def paragraph(text: str, style: str = "") -> Text:
    """Return a text broken at spaces to the width, not between a number and its unit."""
    lines = [textwrap.fill(line, width(), break_on_hyphens=False) for line in text.splitlines()]
    return Text("\n".join(lines), style)


def verdict(text: str) -> Text:
    """Return the sentence that answers."""
    return paragraph(text, "bold")


def grey(text: str) -> Text:
    """Return what stands at the end, for who wants to know how the answer was made."""
    return paragraph(text, "dim")


def table(headings: Sequence[str], rows: Iterable[Sequence[RenderableType]], *, left: Collection[int] = (0,)) -> Table:
    """Return a table without boxes; cells are right-aligned but for the columns `left`, and never cut.

    Where its words alone are wider than the page, long names are broken behind an underscore.
    """
    lines = [[_writable(cell) if isinstance(cell, str) else cell for cell in row] for row in (headings, *rows)]
    if sum(_widest_words(lines)) + GAP * (len(headings) - 1) > WIDTH:
        lines = [[_broken(cell) if isinstance(cell, str) else cell for cell in row] for row in lines]
    result = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="")
    for place, (heading, least) in enumerate(zip(lines[0], _widest_words(lines), strict=True)):
        justify: Literal["left", "right"] = "left" if place in left else "right"
        result.add_column(heading, justify=justify, overflow="fold", vertical="top", min_width=least)
    for row in lines[1:]:
        result.add_row(*row)
    return result


def _widest_words(lines: Sequence[Sequence[RenderableType]]) -> list[int]:
    """Return the columns that the longest word takes in each column of a table."""
    return [
        max((cell_len(word) for cell in column for word in str(cell).split()), default=0)
        for column in zip(*lines, strict=True)
    ]


def _broken(cell: str) -> str:
    """Return a cell whose long names are broken behind underscores."""

    def parts(name: re.Match[str]) -> str:
        lines = textwrap.wrap(name[0].replace("_", "_ "), LONGEST_NAME)
        return "\n".join(line.replace("_ ", "_") for line in lines)

    return re.sub(rf"\w{{{LONGEST_NAME},}}", parts, cell)


def _writable(cell: str) -> str:
    """Return a cell as the output can write it, before columns are measured."""
    encoding = console_of(sys.stdout).encoding
    return cell.encode(encoding, "nearest").decode(encoding)


def state_word(state: str) -> str:
    """Return the word for a machine state within a text."""
    return STATES[state].word.lower()


def state_bar(shares: Mapping[str, float], cells: int) -> Text:
    """Return a bar of `cells` cells for shares of time by state that sum to 1: working, waiting, stopped."""
    counts = {state: round(shares.get(state, 0.0) * cells) for state in STATES}
    counts = {state: max(count, int(shares.get(state, 0.0) >= SHOWN)) for state, count in counts.items()}
    largest = max(counts, key=lambda state: counts[state])
    counts[largest] = max(0, counts[largest] + cells - sum(counts.values()))
    bar = Text()
    for state, count in counts.items():
        bar.append_text(_cells(state, count))
    return bar


def state_legend(states: Collection[str]) -> Text:
    """Return the legend of the bars for the states that occur."""
    parts = [_cells(state, 2) + Text(f"{NO_BREAK_SPACE}{state_word(state)}") for state in STATES if state in states]
    return Text("  ").join(parts)


def _cells(state: str, count: int) -> Text:
    look = STATES[state]
    plain = not console_of(sys.stdout).encoding.lower().startswith("utf")
    light = os.environ.get("COLORFGBG", "").endswith((";7", ";15"))
    return Text((look.ascii_bar if plain else look.bar) * count, look.colour.on("light" if light else "dark"))


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give a function that shows (done, all) as a bar on standard error; None where that is no terminal.

    An interrupt within ends the program at once: nothing is being written, and no worker's end is waited for.
    """
    # Python's own tracker of semaphores outlives the program by a moment, and would speak of those left behind.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    with _handled(_end_all, signal.SIGINT, signal.SIGTERM):
        if not sys.stderr.isatty():
            yield None
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console_of(sys.stderr), transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def ends_cleanly() -> Iterator[None]:
    """Let a request to end the program (SIGTERM) raise `SystemExit`, so that no half-written file stays behind."""
    with _handled(_end, signal.SIGTERM):
        yield


def _end(*_: object) -> NoReturn:
    sys.exit(ENDED)


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], None], *signals: signal.Signals) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    before = {number: signal.signal(number, handler) for number in signals}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _end_all(number: int, _: FrameType | None) -> None:
    for worker in multiprocessing.active_children():
        worker.kill()
    terminal = sys.__stderr__  # the bar stands in for sys.stderr
    if terminal is not None and terminal.isatty():
        terminal.write("\r\x1b[K\x1b[?25h")  # the bar goes, the cursor comes back
        terminal.flush()
    os._exit(INTERRUPTED if number == signal.SIGINT else ENDED)


def console_of(file: TextIO) -> Console:
    """Return a console that writes to a file as people here read it."""
    made = Console(file=file, markup=False, highlight=False, emoji=False)
    if not made.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
        made.width = WIDTH
    return made
