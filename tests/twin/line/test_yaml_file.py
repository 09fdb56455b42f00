from __future__ import annotations

import pytest

from twin.errors import InputError
from twin.line.names import Problem
from twin.line.yaml_file import MOST_EXPANDED, parse_yaml


def test_scalars_stay_text_and_only_plain_nulls_are_nothing() -> None:
    tree = parse_yaml("a: 1e-3\nb: no\nc: 2024-01-01\nd: ~\ne:\nf: '~'\ng: ''\nh: null\n", "x")
    assert tree.data == {"a": "1e-3", "b": "no", "c": "2024-01-01", "d": None, "e": None, "f": "~", "g": "", "h": None}


def test_every_place_knows_its_line() -> None:
    tree = parse_yaml("a:\n  b: 1\n  c:\n    - x\n    - {d: 2,\n       e: 3}\n", "x")
    assert tree.lines == {
        ("a",): 1,
        ("a", "b"): 2,
        ("a", "c"): 3,
        ("a", "c", 0): 4,
        ("a", "c", 1): 5,
        ("a", "c", 1, "d"): 5,
        ("a", "c", 1, "e"): 6,
    }
    assert tree.line_of(("a", "c", 1, "absent", "deeper")) == 5
    assert tree.line_of(("absent",)) == 1


def test_the_first_of_two_equal_keys_stands_and_the_second_is_a_problem() -> None:
    tree = parse_yaml("a: 1\nb: 2\na: {c: 3}\n", "x")
    assert tree.data == {"a": "1", "b": "2"}
    assert tree.problems == [
        Problem(("a",), "the key is given twice, on lines 1 and 3; a key is given once; leave one out")
    ]


def test_an_alias_is_the_value_it_names() -> None:
    assert parse_yaml("a: &x [1, {b: 2}]\nc: *x\n", "x").data == {"a": ["1", {"b": "2"}], "c": ["1", {"b": "2"}]}


def test_aliases_may_repeat_just_so_many_values() -> None:
    # An anchored list of 99 words counts 100 values; a hundred aliases repeat 10,000, one more is too many.
    anchored = f"a: &x [{', '.join(['w'] * 99)}]\n"
    repeats = MOST_EXPANDED // 100
    parse_yaml(anchored + f"b: [{', '.join(['*x'] * repeats)}]\n", "x")
    with pytest.raises(InputError, match="x:2: aliases repeat more than 10,000 values"):
        parse_yaml(anchored + f"b: [{', '.join(['*x'] * (repeats + 1))}]\n", "x")


@pytest.mark.parametrize("text", ["a: &x [*x]", "a: *x", "a: 1\n*x : 2", "&x a: 1\nb: &y {c: *y}"])
def test_an_alias_to_what_is_not_complete_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"names no value that is complete here|not YAML"):
        parse_yaml(text, "x")


@pytest.mark.parametrize(
    "tag", ["!!python/object:os.system", "!!python/name:os.system", "!!int", "!!binary", "!own", "!"]
)
def test_every_tag_is_refused(tag: str) -> None:
    [problem] = parse_yaml(f"a: {tag} '1'\n", "x").problems
    assert problem.place == ("a",)
    assert f"the tag {tag} is refused" in problem.text
