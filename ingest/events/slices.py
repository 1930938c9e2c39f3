"""What a target or a finding is about."""

from typing import ClassVar

from ingest.events.base import Part
from ingest.fields import (
    Id,
    Route,
)


class Slice(Part):
    """What a target or a finding is about; an absent part means all of it."""

    FIELDS: ClassVar[tuple[str, ...]] = ("unit_id", "person_id", "product_id", "route", "segment")

    unit_id: Id | None = None
    person_id: Id | None = None
    product_id: Id | None = None
    route: Route | None = None
    segment: str | None = None

    @property
    def key(self) -> str:
        """Text that is equal exactly for equal slices: "unit_id=hz,product_id=vms", "all" for the whole company."""
        parts = [f"{name}={value}" for name in self.FIELDS if (value := getattr(self, name)) is not None]
        return ",".join(parts) or "all"
