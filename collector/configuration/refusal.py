"""Says in plain words why a value does not fit its setting; msgspec has already decided that it does not."""

from __future__ import annotations

from difflib import get_close_matches

import msgspec

from agent.protocol.wire import Identifier, SchoolCode
from collector.configuration.problems import ConfigurationProblem, problem
from collector.configuration.scalars import Scalar
from collector.configuration.shape import Shape, shape_of

_SCHOOL_CODE = shape_of(SchoolCode).metas
_IDENTIFIER = shape_of(Identifier).metas


def refusal(value: Scalar, written: str, shape: Shape, key: str) -> ConfigurationProblem:
    """The problem with `value`, which was `written` at the setting `key`."""
    named = {"key": key, "written": written}
    if shape.choices:
        return _choice(written, shape.choices, named)
    if shape.metas == _SCHOOL_CODE:
        return problem((), "config_bad_school_code", **named)
    if shape.metas == _IDENTIFIER:
        return problem((), "config_bad_identifier", **named)
    if not _right_type(value, shape):
        return problem((), _expected_type(shape), **named)
    return _bounds(value, shape, named)


def _choice(written: str, choices: tuple[str, ...], named: dict[str, str]) -> ConfigurationProblem:
    known = ", ".join(choices)
    nearest = get_close_matches(written, choices, n=1)
    if nearest:
        return problem((), "config_unknown_choice_near", nearest=nearest[0], known=known, **named)
    return problem((), "config_unknown_choice", known=known, **named)


def _right_type(value: Scalar, shape: Shape) -> bool:
    if isinstance(value, bool):
        return bool in shape.scalars
    if isinstance(value, int):
        return bool(shape.scalars & {int, float})
    return type(value) in shape.scalars


def _expected_type(shape: Shape) -> str:
    if int in shape.scalars:
        return "config_expected_whole_number"
    if float in shape.scalars:
        return "config_expected_number"
    return "config_expected_true_or_false"


def _bounds(value: Scalar, shape: Shape, named: dict[str, str]) -> ConfigurationProblem:
    for meta in shape.metas:
        if isinstance(value, str):
            return problem((), "config_text_too_long", maximum=_length(meta), **named)
        if value is None:
            continue
        if meta.ge is not None and value < meta.ge:
            return problem((), "config_below_minimum", minimum=str(meta.ge), **named)
        if meta.gt is not None and value <= meta.gt:
            return problem((), "config_not_above", minimum=str(meta.gt), **named)
        if meta.le is not None and value > meta.le:
            return problem((), "config_above_maximum", maximum=str(meta.le), **named)
    raise AssertionError(f"{named['key']}: msgspec refuses {value!r}, and no bound of {shape.metas} says why")


def _length(meta: msgspec.Meta) -> int:
    return meta.max_length or 0
