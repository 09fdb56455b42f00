"""JSON Schema (2020-12), the few keywords that our schemas use; one that is not known here is an error."""

from __future__ import annotations

import re
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
NOTES = {"$schema", "$defs", "title", "description", "examples", "default", "discriminator"}


def fits(value: object, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Say whether a value fits a schema, whose references point into `root`.

    Raises
    ------
    KeyError
        If the schema uses a keyword that is not known here, or a reference leads nowhere.
    """
    return all(KEYWORDS[key](value, rule, schema, root) for key, rule in schema.items() if key not in NOTES)


def _type(value: object, rule: str, _schema: dict[str, Any], _root: dict[str, Any]) -> bool:
    return isinstance(value, TYPES[rule]) and (rule == "boolean" or not isinstance(value, bool))


def _additional(value: object, rule: bool | dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:  # noqa: FBT001
    others = [value[key] for key in value if key not in schema.get("properties", {})] if isinstance(value, dict) else []
    return all(fits(other, rule, root) if isinstance(rule, dict) else rule for other in others)


def _reference(value: object, rule: str, _schema: dict[str, Any], root: dict[str, Any]) -> bool:
    place = root
    for step in rule.removeprefix("#/").split("/"):
        place = place[step]
    return fits(value, place, root)


KEYWORDS: dict[str, Any] = {
    "type": _type,
    "$ref": _reference,
    "additionalProperties": _additional,
    "properties": lambda value, rule, _schema, root: (
        not isinstance(value, dict) or all(fits(value[key], rule[key], root) for key in value if key in rule)
    ),
    "propertyNames": lambda value, rule, _schema, root: (
        not isinstance(value, dict) or all(fits(key, rule, root) for key in value)
    ),
    "required": lambda value, rule, *_: not isinstance(value, dict) or set(rule) <= value.keys(),
    "items": lambda value, rule, _schema, root: (
        not isinstance(value, list) or all(fits(item, rule, root) for item in value)
    ),
    "anyOf": lambda value, rule, _schema, root: any(fits(value, one, root) for one in rule),
    "oneOf": lambda value, rule, _schema, root: sum(fits(value, one, root) for one in rule) == 1,
    "enum": lambda value, rule, *_: value in rule,
    "const": lambda value, rule, *_: value == rule,
    "pattern": lambda value, rule, *_: not isinstance(value, str) or re.search(rule, value) is not None,
    "minLength": lambda value, rule, *_: not isinstance(value, str) or len(value) >= rule,
    "maxLength": lambda value, rule, *_: not isinstance(value, str) or len(value) <= rule,
    "minItems": lambda value, rule, *_: not isinstance(value, list) or len(value) >= rule,
    "maxItems": lambda value, rule, *_: not isinstance(value, list) or len(value) <= rule,
    "minProperties": lambda value, rule, *_: not isinstance(value, dict) or len(value) >= rule,
    "maxProperties": lambda value, rule, *_: not isinstance(value, dict) or len(value) <= rule,
    "minimum": lambda value, rule, *_: not isinstance(value, (int, float)) or value >= rule,
    "maximum": lambda value, rule, *_: not isinstance(value, (int, float)) or value <= rule,
    "exclusiveMinimum": lambda value, rule, *_: not isinstance(value, (int, float)) or value > rule,
}
