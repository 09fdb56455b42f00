"""Reading a line: YAML to models, with every problem of the file reported at once, each with its line and remedy."""

from __future__ import annotations

from difflib import get_close_matches
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from twin.errors import InputError
from twin.line.checks import validate
from twin.line.line import Line
from twin.line.names import Place, Problem, listed, nearest, path_text
from twin.line.yaml_file import Tree, Value, parse_yaml, read_text
from twin.units import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)

MOST_READ, MOST_SHOWN = 1_000, 50
"""Problems that are looked into, and those reported; who has more mends these first."""

STAND_INS: dict[str, Value] = {
    "line": "line",
    "stations": {"station": {"cycle": "1 s"}},
    "route": [],
    "from": "out",
    "to": "out",
    "cycle": "1 s",
    "ttr": "1 s",
}
"""What stands for a key that cannot be read and cannot be missed, so that the rest can be checked all the same."""


FOUND = {
    "missing": "is missing",
    "none": "has no value",
    "literal_error": "{found} is not known",
    "greater_than": "{found} is not above {limit:g}",
    "greater_than_equal": "{found} is below {limit:g}",
    "less_than": "{found} is not below {limit:g}",
    "less_than_equal": "{found} is above {limit:,.16g}",
    "too_short": "holds nothing",
    "string_too_short": "{found} says nothing",
    "too_long": "holds too many entries",
    "int_parsing": "{found} is not a whole number",
    "int_parsing_size": "{found} is too large a number",
    "int_type": "{found} is not a whole number",
    "int_from_float": "{found} is not a whole number",
    "float_parsing": "{found} is not a number",
    "float_type": "{found} is not a number",
    "finite_number": "{found} is not a finite number",
    "bool_parsing": "{found} is neither true nor false",
    "bool_type": "{found} is neither true nor false",
    "string_type": "{found} is not a text",
    "dict_type": "{found} is not a mapping of `key: value` lines",
    "model_type": "{found} is not a mapping of `key: value` lines",
    "tuple_type": "{found} is not a list",
}
"""What was found, by Pydantic's kind of error; a kind that is not here brings its own sentence."""


def load_line(path: Path) -> Line:
    """Return the line that a file describes.

    Parameters
    ----------
    path
        A YAML file of at most 1 MB; a book of orders that it names lies beside it.

    Raises
    ------
    InputError
        With every problem found, sorted by line number, each as `file:line path: found; expected; remedy`.
    """
    return load_line_text(read_text(path), str(path), folder=path.parent)


def load_line_text(text: str, name: str = "<text>", *, folder: Path | None = None) -> Line:
    """Return the line that a text describes; raises as `load_line`.

    `name` stands for the file in messages; `folder` (else the current one) is where a book of orders is looked for.
    """
    return load_model(text, name, Line, validate, folder=folder)


def load_model(
    text: str,
    name: str,
    model: type[Model],
    rules: Callable[[Model, Collection[str]], list[Problem]],
    *,
    folder: Path | None = None,
) -> Model:
    """Return what a YAML text describes as a model that keeps its rules.

    Parameters
    ----------
    text
        YAML.
    name
        What stands for the file in messages.
    model
        The model to read.
    rules
        Given the model and the keys whose values could not be read, returns what is wrong across its parts.
    folder
        Where files that the text names are looked for; the current folder unless given.

    Raises
    ------
    InputError
        With every problem found, sorted by line number.
    """
    tree = parse_yaml(text, name)
    problems, value, lost = list(tree.problems), None, set[str]()
    context = {} if folder is None else {"folder": folder}
    try:
        value = model.model_validate(tree.data, context=context)
    except ValidationError as error:
        unread = {place for place, _ in problems}
        wrong = [each for each in error.errors(include_url=False) if not _within(each["loc"], unread)]
        problems += [Problem(each["loc"], sentence(each, model)) for each in wrong[:MOST_READ]]
        if len(wrong) <= MOST_READ:
            lost = {key for each in wrong for key in _lost(each, model)}
            value = _rest(tree.data, [each["loc"] for each in wrong], model, context)
    if value is not None:
        problems += rules(value, lost)
    if problems or value is None:
        raise InputError(*_sorted(problems, tree, name))
    return value


def _sorted(problems: list[Problem], tree: Tree, name: str) -> list[str]:
    """Return the problems as sentences in the order of their lines; of very many the first."""
    route = tree.data.get("route") if isinstance(tree.data, dict) else None
    placed = sorted({(tree.line_of(place), path_text(place, route), text) for place, text in problems})
    sentences = [f"{name}:{line} {path}: {text}" if path else f"{name}:{line}: {text}" for line, path, text in placed]
    if len(sentences) > MOST_SHOWN:
        return [*sentences[:MOST_SHOWN], f"{name}: and more; mend these first"]
    return sentences


def _within(place: Place, places: Collection[Place]) -> bool:
    """Return whether a place is one of some places or lies inside one."""
    return any(place[:length] in places for length in range(1, len(place) + 1))


def _lost(error: ErrorDetails, model: type[BaseModel]) -> list[str]:
    """Return the keys whose values are gone: the wrong one, the one around it, and the one that was probably meant."""
    place = error["loc"]
    lost = [part for part in place[-2:] if isinstance(part, str)]
    if error["type"] == "extra_forbidden":
        lost += get_close_matches(str(place[-1]), fields_at(place, model), n=1)
    return lost


def _rest(data: Value, wrong: list[Place], model: type[Model], context: dict[str, Path]) -> Model | None:
    """Return the model without what is wrong in it, or None where nothing can be made of the rest."""
    for place in reversed(wrong):  # from the end, so that what is taken out of a list moves nothing still to be found
        data = _without(data, place)
    try:
        return model.model_validate(data, context=context)
    except ValidationError:
        return None


def _without(data: Value, place: Place) -> Value:
    """Return the data without the value at a place; where one cannot be missed, a stand-in takes its place."""
    if not place:
        return {}
    key, inner = place[0], place[1:]
    if isinstance(data, dict) and isinstance(key, str):
        if inner:
            return {**data, key: _without(data.get(key), inner)}
        rest = {other: value for other, value in data.items() if other != key}
        return {**rest, key: STAND_INS[key]} if key in STAND_INS else rest
    if isinstance(data, list) and isinstance(key, int):
        return [*data[:key], *([_without(data[key], inner)] if inner else []), *data[key + 1 :]]
    return data


def sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Return what is wrong with one value: what was found, what was expected, what to write instead."""
    place, kind = error["loc"], error["type"]
    key, fields = str(place[-1]) if place else "", fields_at(place, model)
    if kind == "extra_forbidden":
        return f"unknown key {nearest(key, fields)}"
    if error["input"] is None:
        kind = "none"
    if kind not in FOUND:
        return str(error["msg"])
    found = FOUND[kind].format(found=quoted(error["input"]), limit=next(iter(error.get("ctx", {}).values()), None))
    if not place:
        return f"{found}; write {_remedy_of_all(fields_at(('',), model))}"
    while key not in fields:  # an entry of a mapping or list: the field that holds it knows what it should be
        place = place[:-1]
        key, fields = str(place[-1]), fields_at(place, model)
    return f"{found}; expected {fields[key].description}; write {_remedy(key, fields[key])}"


def _remedy_of_all(fields: dict[str, FieldInfo]) -> str:
    return ", ".join(_remedy(key, field) for key, field in fields.items() if field.is_required())


def _remedy(key: str, field: FieldInfo) -> str:
    choices = get_args(_plain(field.annotation))
    if get_origin(_plain(field.annotation)) is Literal:
        return f"{key}: {listed(choices)}"
    return f"{key}: {(field.examples or ['...'])[0]}"


def fields_at(place: Place, model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the keys that may stand around a place of a model: those among which its last part is one."""
    kind: Any = model
    for part in place[:-1]:
        if _is_model(kind):
            field = _keys(kind).get(str(part))
            kind = None if field is None else _plain(field.annotation)
        else:  # a mapping's values and a list's items are of one kind, the last argument but for the dots of a tuple
            kinds = [argument for argument in get_args(kind) if argument is not ...]
            kind = _plain(kinds[-1]) if kinds else None
    return _keys(kind) if _is_model(kind) else {}


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the keys that people write."""
    return {str(field.validation_alias or name): field for name, field in model.model_fields.items()}


def _plain(kind: Any) -> Any:  # noqa: ANN401 -- a type expression is of no type that can be named
    """Return a type without what is said of it, and without None; of several the one that has keys."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        kinds = [_plain(argument) for argument in get_args(kind) if argument is not type(None)]
        return next(filter(_is_model, kinds), kinds[0])
    return kind
