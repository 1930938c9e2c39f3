"""Events without a model: for each of pydantic's a struct, with texts and numbers as they stand in the JSON.

What a struct takes, and what then passes as whole columns, the model takes too; what is refused may still be a good
event, and the model is asked. The types come from the model: a field is defined once.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from annotated_types import Ge, Le, Lt, MaxLen, MinLen
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, PlainValidator, WrapValidator
from pydantic.fields import FieldInfo

from ingest.events import shares_add_up
from ingest.fields import DATE_RULES

LARGEST_COUNT = 2**63 - 1
CHECKED = DATE_RULES | {shares_add_up}
"""Rules that are asked of whole columns in `streams.columnar.decoding`."""
DATES = (date, datetime, AwareDatetime)
_RULES = (AfterValidator, BeforeValidator, PlainValidator, WrapValidator)


def struct_of(model: type[BaseModel]) -> type[msgspec.Struct]:
    """The struct of a model. Fields it does not know are not taken: the model says what becomes of them."""
    decorators = model.__pydantic_decorators__
    if decorators.validators or decorators.field_validators or decorators.model_validators:
        raise TypeError(f"{model.__name__} has rules that no column knows: write them as validators of a field's type")
    return msgspec.defstruct(
        model.__name__,
        [_field(name, info) for name, info in model.model_fields.items()],
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
        frozen=True,
    )


def filled(struct: type[msgspec.Struct], event: BaseModel) -> msgspec.Struct:
    """The struct of an event that its model has read."""
    return struct(**{name: plain(getattr(event, name)) for name in struct.__struct_fields__})


def plain(value: Any) -> Any:
    """A value of a model as it would stand in JSON."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return _Part({name: plain(getattr(value, name)) for name in type(value).model_fields})
    if isinstance(value, tuple):
        return tuple(plain(one) for one in value)
    return value


class _Part:
    """A piece of an event, its fields as attributes."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.__dict__ = fields


def _field(name: str, info: FieldInfo) -> tuple[str, Any] | tuple[str, Any, Any]:
    kind = _type(info.annotation, info.metadata)
    return (name, kind) if info.is_required() else (name, kind, plain(info.default))


def constraints_of(annotation: Any, metadata: Iterable[Any]) -> tuple[Any, list[Any]]:
    """The type of a field without `None` and `Annotated`, and everything that is asked of it beyond."""
    asked = [one for some in metadata for one in (some.metadata if isinstance(some, FieldInfo) else [some])]
    origin = get_origin(annotation)
    if origin is Annotated:
        base, *more = get_args(annotation)
        return constraints_of(base, [*asked, *more])
    if origin in (Union, UnionType):
        [base] = [one for one in get_args(annotation) if one is not NoneType]
        return constraints_of(base, asked)
    return annotation, asked


def _type(annotation: Any, metadata: Iterable[Any]) -> Any:
    kind, asked = constraints_of(annotation, metadata)
    made = _present(kind, asked)
    return made | None if NoneType in get_args(annotation) else made


def _present(kind: Any, asked: list[Any]) -> Any:
    rules = {one.func for one in asked if isinstance(one, _RULES)}
    if not rules <= CHECKED:
        return NoneType  # what a rule of its own says of it, only the model knows
    if get_origin(kind) is tuple:
        return tuple[struct_of(get_args(kind)[0]), ...]  # type: ignore[misc]
    if kind is str:
        return _word(asked)
    if kind is Decimal:
        return float | str
    if kind in DATES:
        return str
    if kind is int:
        least = max([_units(one.ge, 1) for one in asked if isinstance(one, Ge)], default=-LARGEST_COUNT)
        return Annotated[int, msgspec.Meta(ge=least, le=LARGEST_COUNT)]
    if kind is bool or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind
    raise TypeError(f"how does {kind} stand in JSON? Say so in {__name__}")


def _word(asked: list[Any]) -> Any:
    limits: dict[str, Any] = {}
    or_number = False
    for one in asked:
        if isinstance(one, MinLen):
            limits["min_length"] = one.min_length
        elif isinstance(one, MaxLen):
            limits["max_length"] = one.max_length
        else:
            if pattern := getattr(one, "pattern", None):
                limits["pattern"] = pattern.replace("$", r"\Z")  # in Python's words: not before a line's end either
            or_number = or_number or bool(getattr(one, "coerce_numbers_to_str", False))
    kind: Any = Annotated[str, msgspec.Meta(**limits)] if limits else str
    return kind | int if or_number else kind


def bounds(asked: list[Any], unit: int, largest: int) -> tuple[int, int]:
    """The least and the largest amount that a Decimal field takes, in parts of `unit`."""
    low, high = -largest, largest
    for one in asked:
        if isinstance(one, Ge):
            low = _units(one.ge, unit)
        elif isinstance(one, Le):
            high = _units(one.le, unit)
        elif isinstance(one, Lt):
            high = _units(one.lt, unit) - 1
    return low, high


def _units(limit: Any, unit: int) -> int:
    return int(limit * unit)
