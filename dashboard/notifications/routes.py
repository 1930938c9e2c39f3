"""Routes: who is told of a finding, after which wait and by which channel, as rows of a TOML file."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from dashboard.field_faults import checked
from dashboard.notifications.settings import notifications
from dashboard.own_file import FileFault, read
from dashboard.sentences import code
from ingest.calendar import WorkingCalendar
from ingest.errors import nearest
from ingest.events import Finding
from ingest.settings import company

OURS = Path(__file__).with_name("routes.toml")
Audience = Literal["person", "manager", "hq", "room"]
BUILT_IN = ("app", "contact")
"""Channels that are always there: the board itself, and wherever a person's contact leads."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChannelRow(_Row):
    """A channel of one's own."""

    kind: Literal["webhook", "chat", "mail"]
    to: str = Field("", description="the address of a mail channel")

    @model_validator(mode="after")
    def _has_address(self) -> Self:
        if (self.kind == "mail") != ("@" in self.to):
            raise PydanticCustomError("routes.mail_address", "a mail channel, and no other, has an address")
        return self


class Route(_Row):
    """One step: to whom, by which channels, after which wait."""

    name: str = Field(min_length=1, max_length=60, pattern=r"^[\w-]+$", examples=["head-of-sales"])
    to: Audience
    by: tuple[str, ...] = Field(min_length=1)
    after_minutes: int = Field(0, ge=0, description="working minutes since the person was told, unacknowledged")
    rules: tuple[str, ...] = Field((), description="only findings of these rules; none: of all")
    unit: str | None = Field(None, min_length=1, description="only findings of this unit and all below it")
    least_gap: float = Field(0, ge=0, description="only gaps of at least so much, in the reporting currency")
    quiet: str | None = Field(
        None,
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        examples=["20:00-08:00"],
        description='local time in which nothing leaves but into the app, as "20:00-08:00"; days off are quiet too',
    )

    @model_validator(mode="after")
    def _is_fair(self) -> Self:
        least = company().reply_window_minutes
        if self.to != "person" and self.after_minutes < least:
            raise PydanticCustomError("routes.wait_least", "whoever is named answers first", {"least": least})
        if self.to == "person" and self.after_minutes:
            raise PydanticCustomError("routes.at_once_only", "the person named is told at once")
        if self.to == "room" and set(self.by) & set(BUILT_IN):
            raise PydanticCustomError("routes.own_channel", "a room is a channel of one's own")
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
            raise PydanticCustomError("routes.built_in", "it is always there", {"name": min(taken)})
        return value

    def faults(self) -> Iterator[str]:
        """What is wrong between the rows, as codes."""
        known = (*BUILT_IN, *self.channels)
        names = [route.name for route in self.routes]
        for route in self.routes:
            if names.count(route.name) > 1:
                yield code("field.twice", at=f"routes[{route.name}].name")
            for channel in route.by:
                if channel not in known:
                    at, near = f"routes[{route.name}].by", nearest(channel, known)
                    yield code("field.one_of", at=at, value=repr(channel), known=", ".join(known), near=near)

    def route(self, name: str) -> Route:
        """The row of that name. Raises `FileFault`."""
        known = {route.name: route for route in self.routes}
        if name not in known:
            said = {"value": repr(name), "known": ", ".join(known), "near": nearest(name, known)}
            raise FileFault("", code("field.one_of", at="routes", **said))
        return known[name]


def routes(file: Path | None = None) -> Routes:
    """The routes in force: of `file`, of the file that the settings name, or ours. Raises `FileFault`."""
    file = file or notifications().routes or OURS
    found = checked(Routes, read(file), file)
    if faults := list(dict.fromkeys(found.faults())):
        raise FileFault(file.name, *faults)
    return found
