"""What every part of a line's description is, and how a reader of a field says what is wrong inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from pydantic_core import InitErrorDetails, ValidationError

from twin.units import refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twin.line.names import Place


class Described(BaseModel):
    """What every part of a line's description is: frozen data that knows each of its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


def wrong_inside(problems: Iterable[tuple[Place, str]], written: object) -> ValidationError:
    """Return the error by which a reader of a field says what is wrong, each sentence at its place in the field."""
    return ValidationError.from_exception_data(
        "field", [InitErrorDetails(type=refused(problem), loc=place, input=written) for place, problem in problems]
    )
