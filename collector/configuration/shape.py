"""What a setting's type lets an operator write, read once from the annotations of the settings' structs."""

from __future__ import annotations

import types
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec


@dataclass(frozen=True)
class Shape:
    """What may stand at a place: a group of keys (`struct`), a mapping to `values`, a list of `items`, or a scalar of
    one of `scalars`. `metas` holds the bounds of the scalar, `choices` the only words allowed, if any.
    """

    annotation: Any
    struct: type[msgspec.Struct] | None = None
    values: Any = None
    items: Any = None
    scalars: frozenset[type] = frozenset()
    metas: tuple[msgspec.Meta, ...] = ()
    choices: tuple[str, ...] = ()
    empty: bool = False

    @property
    def is_text(self) -> bool:
        """Whether a number or a true/false written here can only be meant as text."""
        return str in self.scalars and not self.scalars & {bool, int, float}

    @property
    def moment(self) -> type | None:
        """The type of date or time that is written here, if it is one."""
        return next((kind for kind in (datetime, date, time) if kind in self.scalars), None)


@lru_cache(maxsize=1024)
def shape_of(annotation: Any) -> Shape:  # noqa: ANN401  - an annotation can be any object
    """The shape of a setting declared with `annotation`."""
    found: dict[str, Any] = {"annotation": annotation, "scalars": frozenset(), "metas": ()}
    for kind, metas in _alternatives(annotation):
        _add(found, kind, metas)
    return Shape(**found)


@lru_cache(maxsize=256)
def fields_of(struct: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """A struct's fields by the key that is written in a file."""
    return {field.encode_name: field for field in msgspec.structs.fields(struct)}


@lru_cache(maxsize=1024)
def _holder(annotation: Any) -> type[msgspec.Struct]:  # noqa: ANN401  - an annotation can be any object
    return msgspec.defstruct("Holder", [("value", annotation)])


def convert(value: object, annotation: Any) -> Any:  # noqa: ANN401  - gives whatever the annotation says
    """`value` as `annotation` allows it. Raises msgspec.ValidationError. A holder lets msgspec keep what it learnt."""
    return msgspec.convert({"value": value}, _holder(annotation)).value  # type: ignore[attr-defined]  # made above


def _alternatives(annotation: Any, metas: tuple[msgspec.Meta, ...] = ()) -> list[tuple[Any, tuple[msgspec.Meta, ...]]]:  # noqa: ANN401  - as above
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extras = get_args(annotation)
        return _alternatives(inner, (*metas, *(extra for extra in extras if isinstance(extra, msgspec.Meta))))
    if origin in (Union, types.UnionType):
        return [found for part in get_args(annotation) for found in _alternatives(part, metas)]
    return [(annotation, metas)]


def _add(found: dict[str, Any], kind: Any, metas: tuple[msgspec.Meta, ...]) -> None:  # noqa: ANN401  - as above
    origin = get_origin(kind)
    if kind is type(None):
        found["empty"] = True
    elif kind is msgspec.UnsetType:
        return  # a key that may be left out; nothing that could be written
    elif origin is list:
        found["items"] = get_args(kind)[0]
    elif origin is dict:
        found["values"] = get_args(kind)[1]
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        found["struct"] = kind
    else:
        words = _words(kind, origin)
        found["scalars"] |= {str if words else kind}
        found["choices"] = words
        found["metas"] += metas


def _words(kind: Any, origin: Any) -> tuple[str, ...]:  # noqa: ANN401  - as above
    if origin is Literal:
        return tuple(str(word) for word in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return tuple(kind)
    return ()
