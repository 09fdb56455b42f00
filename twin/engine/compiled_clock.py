"""The rules compiled: the one place that knows Numba.

Numba keeps compiled code by the file of the function alone and would miss an edit in another file, so its cache lies in a
folder named by a hash of all rule sources and the versions of Python, NumPy and Numba.
"""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.engine.records import STOP
from twin.engine.rulebook import bind, source_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.engine.records import World

MODULE = "twin.engine.compiled_rules"
"""An importable name for the rebuilt rules: a cached function finds its globals there in the next process."""

ENTRIES = ("open_line", "advance")
"""The rules that the clock calls; all others are compiled into these."""


class CompiledClock:
    """Runs one world of arrays; leaves the loop for `see_to` when a rule has raised a flag."""

    objects = False

    def __init__(self, world: World, see_to: Callable[[World], World], now: float = 0.0) -> None:  # noqa: ARG002
        self.world = world
        self._see_to = see_to
        self._rules = compiled_rules()

    def begin(self) -> None:
        """Open the line at time 0."""
        self._rules["open_line"](self.world)

    def resume(self) -> None:
        """Nothing to do: the timers are part of the world."""

    def run(self, until: float) -> None:
        """Run up to, not including, `until` [s]; a line that has locked stays as it is."""
        advance = self._rules["advance"]
        while not self.world.line[0].flag & STOP and not advance(self.world, until):
            self._flags()

    def _flags(self) -> None:
        if self.world.line[0].flag:
            self.world = self._see_to(self.world)


def cache_folder() -> Path:
    """Return where the compiled rules are kept: TWIN_CACHE, else the user's cache folder."""
    import numba

    root = os.environ.get("TWIN_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "line-twin" / f"rules-{source_key(np.__version__, numba.__version__)}"


def is_compiled() -> bool:
    """Whether the rules as they are have been compiled on this machine."""
    return any(cache_folder().glob("**/*.nbc"))


_rules: dict[str, Any] = {}


def compiled_rules() -> dict[str, Any]:
    """Return the rules bound over compiled functions, made once a process."""
    if not _rules:
        import numba

        numba.config.CACHE_DIR = str(cache_folder())
        namespace = bind(_compile, module=MODULE)
        module = types.ModuleType(MODULE)
        vars(module).update(namespace)
        sys.modules[MODULE] = module
        _rules.update({name: namespace[name] for name in ENTRIES})
    return _rules


def _compile(name: str, rule: types.FunctionType) -> Any:
    import numba

    if name in ENTRIES:
        return numba.njit(cache=True, nogil=True, _nrt=False)(rule)
    return numba.njit(nogil=True, forceinline=True, _nrt=False)(rule)
