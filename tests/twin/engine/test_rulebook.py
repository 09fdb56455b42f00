"""One set of rules: both clocks run the same code objects, and an edited rule is never served from an old cache."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from twin.engine import compiled_clock, records, rulebook
from twin.engine.compiled_clock import ENTRIES, compiled_rules
from twin.engine.rulebook import MODULES, bind, constants, rules, rules_key

BUILT_IN = {"range", "len", "int"}
ROOT = Path(__file__).parents[3]

PROBE = """
import json
from twin.engine import simulate
from twin.engine.compiled_clock import compiled_rules
from twin.line.load import load_line_text
from twin.line.scenario import scenario

line = scenario(load_line_text("line: one\\nstations: {a: {cycle: {exponential: {mean: 10 s}}}}"))
found = {engine: simulate(line, engine=engine, horizon=3600.0)[0].digest for engine in ("simpy", "compiled")}
compiled = [rule.stats for rule in compiled_rules(full=False).values()]
found["loaded"] = sum(sum(stats.cache_hits.values()) for stats in compiled)
found["made"] = sum(sum(stats.cache_misses.values()) for stats in compiled)
print(json.dumps(found))
"""


def probe(folder: Path) -> dict[str, Any]:
    """Run the line of `PROBE` in a process of its own, with the `twin` of a folder and a cache beside it."""
    environment = os.environ | {"TWIN_CACHE": str(folder / "cache"), "PYTHONPATH": str(folder)}
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=folder, env=environment, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_rule_is_found_once_and_by_its_own_name() -> None:
    found = rules()

    assert {"ring", "advance", "settle", "grant", "take", "complete", "fail", "shift_ends", "set_time"} <= set(found)
    assert all(rule.__name__ == name for name, rule in found.items())
    assert {rule.__module__ for rule in found.values()} == {module.__name__ for module in MODULES}


def test_two_rules_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    double = types.ModuleType("double")
    exec("def settle(world): pass", vars(double))  # noqa: S102 - a rule module in a line
    monkeypatch.setattr(rulebook, "MODULES", (*MODULES, double))
    double.settle.__module__ = "double"

    with pytest.raises(ValueError, match="two rules are called settle"):
        rules()


@pytest.mark.parametrize("full", [False, True])
def test_both_clocks_run_the_same_code_objects(*, full: bool) -> None:
    plain = bind(lambda _, rule: rule, full=full)
    compiled_rules(full=full)
    compiled = vars(sys.modules[compiled_clock.MODULES[full]])
    assert plain["FULL"] == compiled["FULL"] == full

    for name, rule in rules().items():
        assert plain[name].__code__ is rule.__code__, name
        assert compiled[name].py_func.__code__ is rule.__code__, name


def test_a_clock_enters_by_rules_that_exist() -> None:
    assert set(ENTRIES) <= set(rules())


def test_all_rules_of_a_binding_see_one_namespace_and_what_stands_in_for_a_rule() -> None:
    def set_time(world: object, i: int, time: float) -> None: ...

    namespace = bind(lambda _, rule: rule, {"set_time": set_time})

    assert namespace["set_time"] is set_time
    assert all(namespace[name].__globals__ is namespace for name in rules() if name != "set_time")


def test_everything_that_a_rule_names_is_in_the_namespace() -> None:
    namespace = bind(lambda _, rule: rule)

    def names(code: types.CodeType) -> set[str]:
        inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
        return set(code.co_names).union(*(names(each) for each in inner))

    fields = {field for table in records.TABLES[True].values() for field in table}
    fields |= set(records.World._fields)
    unknown = {name: names(rule.__code__) - set(namespace) - fields for name, rule in rules().items()}
    assert {name: rest - BUILT_IN for name, rest in unknown.items() if rest - BUILT_IN} == {}


def test_constants_are_numbers() -> None:
    named = constants()

    assert named["INFINITE"] == records.INFINITE
    assert all(isinstance(value, int | float) for value in named.values())


def test_the_key_of_the_cache_follows_sources_and_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    key = rules_key("2.4.0")

    assert rules_key("2.4.0") == key
    assert rules_key("2.4.1") != key
    source = rulebook.inspect.getsource
    monkeypatch.setattr(rulebook.inspect, "getsource", lambda module: source(module) + "# a comment")
    assert rules_key("2.4.0") != key


def test_an_edited_rule_changes_the_compiled_answer(tmp_path: Path) -> None:
    """The edited function lies in another file than the one that is cached: Numba alone would not see the edit."""
    shutil.copytree(ROOT / "twin", tmp_path / "twin", ignore=shutil.ignore_patterns("__pycache__"))
    rule = tmp_path / "twin" / "engine" / "rules" / "work.py"

    first, second = probe(tmp_path), probe(tmp_path)
    text = rule.read_text(encoding="utf-8")
    edited = text.replace("machine.index, now + machine.work)", "machine.index, now + 2.0 * machine.work)")
    rule.write_text(edited, encoding="utf-8")
    third = probe(tmp_path)

    assert edited != text
    assert first["simpy"] == first["compiled"] == second["compiled"]
    assert (first["loaded"], first["made"]) == (0, len(ENTRIES))
    assert (second["loaded"], second["made"]) == (len(ENTRIES), 0)  # the second process compiles nothing
    assert third["simpy"] == third["compiled"] != first["compiled"]
