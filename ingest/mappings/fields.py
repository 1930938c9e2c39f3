"""Which fields an event of a topic has and of what kind, read off its pydantic model."""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from ingest import events
from ingest.mappings.columns import Kind

MODELS: Mapping[str, type[events.Event]] = {
    "orders": events.Order,
    "opportunities": events.Opportunity,
    "activities": events.Activity,
    "collections": events.Collection,
    "targets": events.Target,
    "tasks": events.Task,
    "actions": events.Action,
    "control-totals": events.ControlTotal,
}
ORG_KINDS: Mapping[str, type[events.OrgEvent]] = {
    "unit": events.Unit,
    "person": events.Person,
    "product": events.Product,
    "customer": events.Customer,
    "calendar": events.CalendarDay,
}


@dataclass(frozen=True)
class FieldKind:
    """Exactly one of the four is set; `whole` says that a number must have no fraction."""

    kind: Kind | None = None
    whole: bool = False
    members: Mapping[str, "FieldKind"] | None = None
    item: "FieldKind | None" = None
    any_member: "FieldKind | None" = None


@cache
def fields_of(model: type[BaseModel]) -> Mapping[str, FieldKind]:
    """Field → kind."""
    return {name: _kind(field.annotation) for name, field in model.model_fields.items()}


def _kind(annotation: Any) -> FieldKind:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0])
    if origin in (Union, types.UnionType):
        return _kind(next(argument for argument in arguments if argument is not types.NoneType))
    if origin is tuple:
        return FieldKind(item=_kind(arguments[0]))
    if origin is dict:
        return FieldKind(any_member=_kind(arguments[1]))
    if annotation is AwareDatetime:  # pydantic's own class, no subclass of datetime
        return FieldKind(Kind.INSTANT)
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            return FieldKind(members=fields_of(annotation))
        for python_type, kind in _KINDS:
            if issubclass(annotation, python_type):
                return FieldKind(kind, whole=python_type is int)
    return FieldKind(Kind.TEXT)


_KINDS: tuple[tuple[type, Kind], ...] = (  # in this order: a bool is an int, a datetime is a date
    (bool, Kind.TRUTH),
    (int, Kind.NUMBER),
    (float, Kind.NUMBER),
    (Decimal, Kind.NUMBER),
    (datetime, Kind.INSTANT),
    (date, Kind.DAY),
)
