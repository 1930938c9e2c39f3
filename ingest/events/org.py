"""Units, people, products, customers and the calendar, each valid from a day on."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from ingest.events.base import Event, Part
from ingest.fields import (
    Day,
    Id,
    PersonStatus,
    Supply,
)


class OrgEvent(Event):
    """A dated statement about the company. The latest version of (kind, id, valid_from) stands."""

    id: Id
    valid_from: Day
    name: str | None = Field(None, description="name on the screen, in Chinese where there is one")
    name_en: str | None = None

    kind: str

    @property
    def entity_id(self) -> str:
        return f"{self.kind}:{self.id}"


class Unit(OrgEvent):
    """A node of the organisation's tree, of any depth; the root has no parent."""

    kind: Literal["unit"]
    parent_id: Id | None = None
    tier: Id | None = Field(None, description="company, region, office, team … as the company calls it")
    manager_id: Id | None = Field(None, description="the line manager")
    functional_managers: dict[str, Id] | None = None
    closed: bool = False


class Role(Part):
    """A post a person holds in a unit, with its dates."""

    role: Id
    unit_id: Id | None = None
    since: Day | None = None
    until: Day | None = None


class Person(OrgEvent):
    """Somebody of the company; several roles at once are fine."""

    kind: Literal["person"]
    unit_id: Id | None = None
    role: Id | None = Field(
        None, description="rep, solution, fulfilment, team_lead, office_manager, region_manager, ops …"
    )
    role_since: Day | None = None
    roles: tuple[Role, ...] | None = None
    status: PersonStatus = PersonStatus.ACTIVE
    status_from: Day | None = None
    status_to: Day | None = None
    stand_in_id: Id | None = None
    contact: str | None = None


class Product(OrgEvent):
    """A node of the product tree: line > family > series > model, of any depth."""

    kind: Literal["product"]
    parent_id: Id | None = None
    tier: Id | None = None
    supply: Supply = Supply.OK
    successor_id: Id | None = None
    manager_id: Id | None = None


class Customer(OrgEvent):
    """A customer and who owns the relation."""

    kind: Literal["customer"]
    segment: str | None = None
    industry: str | None = None
    tier: str | None = None
    owner_id: Id | None = None
    first_order_on: Day | None = None


class CalendarDay(OrgEvent):
    """The weight of one day for a unit and all below it: 1 a working day, 0 none; `id` is the unit's, or "company"."""

    kind: Literal["calendar"]
    weight: Annotated[Decimal, Field(ge=0, le=5)]
    reason: str | None = None

    @property
    def entity_id(self) -> str:
        return f"calendar:{self.id}:{self.valid_from}"


Org = Annotated[Unit | Person | Product | Customer | CalendarDay, Field(discriminator="kind")]


ORG: TypeAdapter[Unit | Person | Product | Customer | CalendarDay] = TypeAdapter(Org)
