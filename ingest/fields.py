"""The words that events share: identifiers, money, instants, and the closed lists of values.

A word keeps its name from the JSON key to the column to the axis.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, WithJsonSchema

_FIRST_YEAR, _LAST_YEAR = 1970, 2148


def _written(value: object) -> object:
    """A bare number is no date: 20261102 would silently be read as seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and "-" not in value[1:]):
        raise ValueError("write a date as 2026-11-02, a time as 2026-11-02T09:30:00+08:00")
    return value


def _in_years(value: date) -> date:
    """The warehouse's days end with 2148; beyond them a day would come back as another one."""
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"the year must lie between {_FIRST_YEAR} and {_LAST_YEAR}")
    return value


def _in_utc(value: datetime) -> datetime:
    _in_years(value)
    return value.astimezone(UTC)


DATE_RULES = frozenset({_written, _in_years, _in_utc})
"""Every rule of a day or an instant beyond its type."""

Id = Annotated[
    str,
    Field(min_length=1, max_length=200, coerce_numbers_to_str=True),
    WithJsonSchema({"type": ["string", "number"], "minLength": 1, "maxLength": 200}, mode="validation"),
]
"""Sources send ids as numbers as often as text; 4711 and "4711" are the same id."""

Money = Annotated[Decimal, Field(max_digits=18, decimal_places=4, description="exact; at most 14.4 digits")]
Quantity = Annotated[Decimal, Field(max_digits=18, decimal_places=4)]
Share = Annotated[Decimal, Field(ge=0, le=1)]
Instant = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_utc)]
Day = Annotated[date, BeforeValidator(_written), AfterValidator(_in_years)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Period = Annotated[str, Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?$", description="2026, 2026-Q4 or 2026-11")]


TILE = r"/tile/[a-z]{1,20}(\?[^#\s]{0,2000})?"
"""What a live tile is bound to, as a pattern: "/tile/kpi?metric=bookings&unit=hz"."""
TileAddress = Annotated[str, Field(pattern=f"^{TILE}$", max_length=2_100)]


class OrderKind(StrEnum):
    STANDARD = "standard"
    FRAMEWORK = "framework"
    CALL_OFF = "call_off"
    SERVICE = "service"
    SAMPLE = "sample"
    INTERNAL = "internal"
    RETURN = "return"


class OrderStatus(StrEnum):
    DRAFT = "draft"
    EFFECTIVE = "effective"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class DueWhat(StrEnum):
    ADVANCE = "advance"
    DELIVERY = "delivery"
    ACCEPTANCE = "acceptance"
    RETENTION = "retention"


class Route(StrEnum):
    DIRECT = "direct"
    DISTRIBUTOR = "distributor"
    INTEGRATOR = "integrator"
    ONLINE = "online"


class Outcome(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    ABANDONED = "abandoned"
    SUSPENDED = "suspended"
    DUPLICATE = "duplicate"


class ForecastCategory(StrEnum):
    COMMIT = "commit"
    BEST_CASE = "best_case"
    PIPELINE = "pipeline"
    OMITTED = "omitted"


class Grade(StrEnum):
    S = "S"
    A = "A"
    B = "B"
    C = "C"


class ActivityKind(StrEnum):
    VISIT = "visit"
    CALL = "call"
    MEETING = "meeting"
    DEMO = "demo"
    BID = "bid"
    TRAINING = "training"
    COMPLAINT = "complaint"
    OTHER = "other"


class ActivityStatus(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class CollectionMethod(StrEnum):
    TRANSFER = "transfer"
    BANK_BILL = "bank_bill"
    COMMERCIAL_BILL = "commercial_bill"


class PersonStatus(StrEnum):
    ACTIVE = "active"
    LEAVE = "leave"
    LEFT = "left"


class Supply(StrEnum):
    OK = "ok"
    SHORT = "short"
    STOPPED = "stopped"


class TargetTier(StrEnum):
    FLOOR = "floor"
    BASE = "base"
    STRETCH = "stretch"


class TargetPolicy(StrEnum):
    FOLLOWS_PERSON = "follows_person"
    STAYS_WITH_POST = "stays_with_post"


class TaskKind(StrEnum):
    WIN = "win"
    COVER = "cover"
    OTHER = "other"


class Remedy(StrEnum):
    """What kind of thing is done about a problem."""

    JOINT_VISIT = "joint_visit"
    EXECUTIVE_VISIT = "executive_visit"
    COACHING = "coaching"
    CAMPAIGN = "campaign"
    PRICE = "price"
    SUPPLY = "supply"
    STAFFING = "staffing"
    DEAL_REVIEW = "deal_review"
    OTHER = "other"


class TaskStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


STAGES = ("lead", "qualified", "solution", "bid", "negotiation", "awarded")
"""Default stages of an opportunity, in order; a company may send its own."""
