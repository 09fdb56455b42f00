"""The rules as one namespace: the same code objects, bound to a clock's own `set_time` and, if it compiles, compiled.

Each rule module imports what it uses, so the modules read and lint as ordinary Python. A clock rebuilds all their
functions over one dictionary, in the order of `MODULES` (lower first), and may put its own in the place of one of them.
"""

from __future__ import annotations

import hashlib
import inspect
import types
from typing import TYPE_CHECKING, Any

from twin.engine import records
from twin.engine.rules import (
    asking,
    assembly,
    batches,
    belts,
    calendar,
    carriers,
    clocks,
    crew,
    delays,
    dispatch,
    failures,
    flow,
    lots,
    metering,
    order,
    outcome,
    outside,
    record,
    releases,
    setup,
    sources,
    standby,
    timers,
    upkeep,
    visits,
    work,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MODULES = (
    timers,
    metering,
    record,
    work,
    belts,
    asking,
    crew,
    clocks,
    upkeep,
    failures,
    lots,
    setup,
    delays,
    carriers,
    dispatch,
    batches,
    standby,
    flow,
    outcome,
    assembly,
    visits,
    sources,
    releases,
    calendar,
    outside,
    order,
)


def rules() -> dict[str, types.FunctionType]:
    """Return every rule by name, lower modules first.

    Raises
    ------
    ValueError
        If two modules define a rule of the same name.
    """
    found: dict[str, types.FunctionType] = {}
    for module in MODULES:
        for name, value in vars(module).items():
            if isinstance(value, types.FunctionType) and value.__module__ == module.__name__:
                if name in found:
                    raise ValueError(f"two rules are called {name}")
                found[name] = value
    return found


INDEX_CONSTANTS = ("ONE", "GROUP", "GROUP_BITS", "BUFFER_MASK")
"""Constants that go into indices: a compiled clock takes them unsigned, as `PLACE` says."""


def constants() -> dict[str, Any]:
    """Return every constant that rules name: those of `records` and of the rule modules."""
    named: dict[str, Any] = {}
    for module in (records, *MODULES):
        named |= {name: value for name, value in vars(module).items() if isinstance(value, int | float)}
    return named


def bind(
    wrap: Callable[[str, types.FunctionType], Any],
    replaced: dict[str, Any] | None = None,
    module: str = __name__,
    *,
    full: bool = False,
    index: Callable[[int], Any] = int,
) -> dict[str, Any]:
    """Return the rules rebuilt over one namespace: each passed through `wrap`, those in `replaced` exchanged.

    The rules of lines whose parts differ are `full`; the others never ask.
    """
    given = {"FULL": int(full), "__builtins__": __builtins__, "__name__": module}
    namespace: dict[str, Any] = constants() | given
    namespace |= {name: index(namespace[name]) for name in INDEX_CONSTANTS}
    for name, rule in rules().items():
        if replaced and name in replaced:
            namespace[name] = replaced[name]
            continue
        rebuilt = types.FunctionType(rule.__code__, namespace, name, rule.__defaults__)
        rebuilt.__module__ = module
        namespace[name] = wrap(name, rebuilt)
    return namespace


def rules_key(*more: str) -> str:
    """Return a hash of all rule sources, of the tables' description and of `more`."""
    text = "\0".join([*(inspect.getsource(module) for module in (records, *MODULES)), *more])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
