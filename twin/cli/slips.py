"""What is wrong with a command line, in one sentence: commands and options that do not exist, values left out."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from twin.errors import InputError
from twin.line.names import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

SLIP: type[Exception] = typer.BadParameter.__bases__[0]
"""What Typer raises for a command line that it cannot read, whichever parser it stands on."""

MISSING = {
    "line": "name a line, such as ceiling_tiles, or a file",
    "name": "name the line to write, such as my_line",
    "log": "name a log, a file .csv, .parquet or .xes",
    "mapping": "write --map MAP.yaml, the file that says which column of the log is what",
    "mqtt": "write --mqtt mqtt://HOST, the address of the broker",
    "url": "write --url http://HOST:3000, the address of Grafana",
    "output": "write -o LINE.yaml, the line to be written",
}
"""What to do where an argument is left out, by its name."""


class Commands(TyperGroup):
    """The commands of the program; one that does not exist is answered with the nearest."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 -- the parser's own types are private
        """Return a command.

        Raises
        ------
        InputError
            If there is none of that name.
        """
        found = super().get_command(ctx, cmd_name)
        if found is None and not cmd_name.startswith("-"):
            near = nearest(cmd_name, self.list_commands(ctx)).partition("; ")[2]
            raise InputError(f"{ctx.command_path} {cmd_name}: there is no such command; {near}")
        return found


def sentence(slip: Any) -> str:  # noqa: ANN401 -- as above
    """Return what is wrong with a command line, and the remedy."""
    command = slip.ctx.command_path if slip.ctx is not None else "twin"
    words = WORDS.get(type(slip).__name__)
    return str(slip.format_message()) if words is None else words(slip, command)


def _no_such_option(slip: Any, command: str) -> str:  # noqa: ANN401 -- as above
    known = [name for parameter in slip.ctx.command.get_params(slip.ctx) for name in parameter.opts if name[:2] == "--"]
    near = get_close_matches(slip.option_name, known, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"{command} --help lists them"
    return f"{slip.option_name}: there is no such option of {command}; {remedy}"


def _missing(slip: Any, command: str) -> str:  # noqa: ANN401 -- as above
    return f"{command}: {MISSING.get(slip.param.name, f'write {slip.param.name}')}"


def _value(slip: Any, command: str) -> str:  # noqa: ANN401, ARG001 -- as above
    takes_one = "requires" in slip.message
    return f"{slip.option_name}: " + ("write a value after it" if takes_one else "it takes no value; write it alone")


def _too_much(slip: Any, command: str) -> str:  # noqa: ANN401 -- as above
    surplus = re.search(r"\(([^()]*)\)$", slip.message)
    return f"{command}: {surplus[1] if surplus else slip.message} is too much; leave it out, or quote what has spaces"


WORDS: dict[str, Callable[[Any, str], str]] = {
    "NoSuchOption": _no_such_option,
    "MissingParameter": _missing,
    "BadOptionUsage": _value,
    "UsageError": _too_much,
}
"""Who words a slip, by the parser's name for it."""
