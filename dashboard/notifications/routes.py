"""Routes: who is told of a finding, after which wait and by which channel, as rows of a TOML file."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dashboard.notifications.settings import notifications
from dashboard.own_file import FileFault, read
from ingest.calendar import WorkingCalendar
from ingest.errors import did_you_mean
from ingest.events import Finding
from ingest.settings import company

OURS = Path(__file__).with_name("routes.toml")
Audience = Literal["person", "manager", "hq", "room"]
BUILT_IN = ("app", "contact")
"""Channels that are always there: the board itself, and wherever a person's contact leads."""


class RouteFault(FileFault):
    """Routes that cannot be used: the sentence says which file, which row and which field, and what may stand there."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChannelRow(_Row):
    """A channel of one's own."""

    kind: Literal["webhook", "chat", "mail"]
    to: str = Field("", description="the address of a mail channel")

    @model_validator(mode="after")
    def _has_address(self) -> Self:
        if (self.kind == "mail") != ("@" in self.to):
            raise ValueError('a mail channel, and no other, has an address: to = "sales@example.com"')
        return self


class Route(_Row):
    """One step: to whom, by which channels, after which wait."""

    name: str = Field(min_length=1, max_length=60, pattern=r"^[\w-]+$")
    to: Audience
    by: tuple[str, ...] = Field(min_length=1)
    after_minutes: int = Field(0, ge=0, description="working minutes since the person was told, unacknowledged")
    rules: tuple[str, ...] = Field((), description="only findings of these rules; none: of all")
    unit: str | None = Field(None, min_length=1, description="only findings of this unit and all below it")
    least_gap: float = Field(0, ge=0, description="only gaps of at least so much, in the reporting currency")
    quiet: str | None = Field(
        None,
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        description='local time in which nothing leaves but into the app, as "20:00-08:00"; days off are quiet too',
    )

    @model_validator(mode="after")
    def _is_fair(self) -> Self:
        least = company().reply_window_minutes
        if self.to != "person" and self.after_minutes < least:
            raise ValueError(f"after_minutes: whoever is named answers first, so others wait at least {least} minutes")
        if self.to == "person" and self.after_minutes:
            raise ValueError("after_minutes: the person named is told at once")
        if self.to == "room" and set(self.by) & set(BUILT_IN):
            raise ValueError("by: a room is a channel of one's own; app and contact lead to a person")
        return self

    def concerns(self, finding: Finding, path: tuple[str, ...]) -> bool:
        """Whether the row speaks of a finding in the unit with that path, root first."""
        return (
            (not self.rules or finding.rule in self.rules)
            and (self.unit is None or self.unit in path)
            and abs(finding.gap) >= self.least_gap
        )

    def is_quiet(self, now: datetime, calendar: WorkingCalendar) -> bool:
        """Whether nothing may leave at `now`, which is in the company's zone."""
        if self.quiet is None:
            return False
        begin, end = (time.fromisoformat(part) for part in self.quiet.split("-"))
        at = now.time()
        is_night = begin <= at < end if begin <= end else at >= begin or at < end
        return is_night or calendar.weight(now.date()) <= 0


class Routes(_Row):
    """The whole file."""

    most_new_a_day: int = Field(3, ge=1, le=20)
    update_after_minutes: int = Field(240, ge=0)
    fold_again_minutes: int = Field(60, ge=0)
    channels: Mapping[str, ChannelRow] = Field(default_factory=dict)
    routes: tuple[Route, ...] = Field(min_length=1)

    @field_validator("channels")
    @classmethod
    def _are_own(cls, value: Mapping[str, ChannelRow]) -> Mapping[str, ChannelRow]:
        if taken := set(value) & set(BUILT_IN):
            raise ValueError(f"{taken.pop()!r} is always there and cannot be made anew")
        return value

    def faults(self) -> Iterator[str]:
        """What is wrong between the rows."""
        known = (*BUILT_IN, *self.channels)
        names = [route.name for route in self.routes]
        for route in self.routes:
            if names.count(route.name) > 1:
                yield f"row {route.name!r}, name: there are two rows of this name"
            for channel in route.by:
                if channel not in known:
                    there = f"there are {', '.join(known)}.{did_you_mean(channel, known)}"
                    yield f"row {route.name!r}, by: there is no channel {channel!r}; {there}"

    def route(self, name: str) -> Route:
        """The row of that name. Raises `RouteFault`."""
        known = {route.name: route for route in self.routes}
        if name not in known:
            raise RouteFault(
                "", f"there is no route {name!r}; there are {', '.join(known)}.{did_you_mean(name, known)}"
            )
        return known[name]


def routes(file: Path | None = None) -> Routes:
    """The routes in force: of `file`, of the file that the settings name, or ours. Raises `FileFault`."""
    file = file or notifications().routes or OURS
    rows = read(file)
    try:
        found = Routes.model_validate(rows)
    except ValidationError as error:
        raise RouteFault(file.name, "; ".join(_said(one, rows) for one in error.errors())) from error
    if faults := list(dict.fromkeys(found.faults())):
        raise RouteFault(file.name, "; ".join(faults))
    return found


def _said(problem: Any, rows: Mapping[str, Any]) -> str:
    """Which row, which field, and what is wrong with it."""
    kind, *place = problem["loc"] or ("file",)
    model: type[BaseModel] = Routes
    where = str(kind)
    if kind == "routes" and place:
        model, number = Route, int(place.pop(0))
        name = rows["routes"][number].get("name") if isinstance(rows["routes"][number], dict) else None
        where = f"row {name!r}" if name else f"row {number + 1}"
    elif kind == "channels" and place:
        model, where = ChannelRow, f"channel {place.pop(0)!r}"
    field = ".".join(map(str, place))
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        name = field or where
        message = f"is none of {', '.join(model.model_fields)}.{did_you_mean(name, model.model_fields)}"
        return f"{where}, {field} {message}" if field else f"{where} {message}"
    return f"{where}, {field}: {message}" if field else f"{where}: {message}"
