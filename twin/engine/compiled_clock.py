"""The rules compiled: the one place that knows Numba.

Numba keeps compiled code by the file of the function alone and would miss an edit in another file, so its cache lies
in a folder named by a hash of all rule sources and the versions of Python, NumPy and Numba.
"""

from __future__ import annotations

import os
import sys
import threading
import types
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.engine.records import winner_tree
from twin.engine.rulebook import bind, rules, rules_key
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from twin.engine.records import World

MODULES = {False: "twin.engine.compiled_rules", True: "twin.engine.compiled_varied_rules"}
"""Importable names for the rebuilt rules, plain and full: a cached function finds its globals there in the next
process."""

ENTRIES = ("open_line", "advance")
"""The rules that the clock calls; all others are compiled into these."""

APART = (
    "watch", "take_out", "ask_repair", "decide", "ask_crew", "show", "begin_upkeep", "change_pool", "free_carriers",
    "all_ask", "stand_still", "leave_queue", "stop_work", "break_down", "repaired", "people_go", "look_for_deadlock",
    "look_for_standstill", "release", "send_back", "choose", "lose_people", "take_in", "give_back",
)  # fmt: skip
"""The full rules that are compiled once, not into every rule that calls them: with all of them inlined they are thirty
times as long, and take minutes to compile. Such a call costs some 20 ns."""

_one_at_a_time = threading.Lock()


class CompiledClock:
    """Runs one world of arrays; leaves the loop for `see_to` when a rule has raised a flag."""

    objects = False

    def __init__(self, world: World, see_to: Callable[[World], World], now: float = 0.0) -> None:  # noqa: ARG002
        self.world = world
        self._see_to = see_to
        self._rules = compiled_rules(full=bool(world.line[0].full))

    def begin(self) -> None:
        """Open the line at time 0."""
        self._rules["open_line"](self.world)

    def resume(self) -> None:
        """Put the winner tree right: another clock may have set the timers since."""
        self.world.tree[:] = winner_tree(self.world.timers)

    def run(self, until: float) -> None:
        """Run up to, not including, `until` [s]."""
        advance = self._rules["advance"]
        while not advance(self.world, until):
            self._flags()

    def _flags(self) -> None:
        if self.world.line[0].flag:
            self.world = self._see_to(self.world)


def cache_folder(*, full: bool) -> Path:
    """Return where the compiled rules, plain or full, are kept: TWIN_CACHE, else the user's cache folder.

    Numba takes compiled code only for the source files, at their place and of their time, that it was made from; so the
    folder's name holds those too, and code in it is code that will be used.
    """
    root = os.environ.get("TWIN_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    sources = [Path(rule.__code__.co_filename) for name, rule in rules().items() if name in ENTRIES]
    places = [f"{source.resolve()} {source.stat().st_mtime_ns}" for source in sources]
    key = rules_key(sys.version, version("numpy"), version("numba"), *places)
    return Path(root) / "line-twin" / f"{'full-' if full else ''}rules-{key}"


def is_compiled(*, full: bool) -> bool:
    """Whether the rules as they are, plain or full, have been compiled on this machine."""
    return any(cache_folder(full=full).glob("**/*advance*.nbc"))


@cache
def _bound(*, full: bool) -> dict[str, Any]:
    import numba

    folder = cache_folder(full=full)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder}: compiled rules cannot be kept there ({error.strerror}); "
            "set TWIN_CACHE to a folder you may write to, or ask for --engine simpy"
        ) from error
    others = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    name = MODULES[full]
    namespace = bind(partial(_compiled, apart=APART if full else ()), module=name, full=full, index=np.uint64)
    numba.config.CACHE_DIR = others  # type: ignore[attr-defined]
    module = types.ModuleType(name)
    vars(module).update(namespace)
    sys.modules[name] = module
    return {name: namespace[name] for name in ENTRIES}


def compiled_rules(*, full: bool) -> dict[str, Any]:
    """Return the rules that a clock calls, bound over compiled functions once a process; a first call compiles them.

    Lines whose parts differ take the `full` ones.

    Raises
    ------
    InputError
        If the folder for compiled rules cannot be written to.
    """
    with _one_at_a_time:
        return _bound(full=full)


def _compiled(name: str, rule: types.FunctionType, *, apart: Collection[str]) -> Callable[..., Any]:
    import numba

    # Reference counts cost a factor of 8 through helper functions; without them and inlined, a call costs nothing.
    inner = {"forceinline": name not in apart, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    how = {"cache": True} if name in ENTRIES else inner
    compiled: Callable[..., Any] = numba.njit(nogil=True, _nrt=False, **how)(rule)  # type: ignore[call-overload]
    return compiled


def compile_rules(world: World) -> None:
    """Compile the rules for worlds of arrays, or load them if that was done before; the world is opened."""
    entries = compiled_rules(full=bool(world.line[0].full))
    entries["open_line"](world)
    entries["advance"](world, 0.0)
