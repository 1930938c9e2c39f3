"""By what it is decided whom to tell now, whatever there is to tell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from dashboard.notifications.people import Directory, kind_of
from dashboard.notifications.routes import Route, Routes
from dashboard.notifications.told import Told
from ingest.calendar import WorkingCalendar


@dataclass(frozen=True)
class Circumstances:
    """What was told, by which rows and to whom one tells, at `now` (aware). `mails`: whether there is a mail server."""

    told: Told
    routes: Routes
    directory: Directory
    calendar: WorkingCalendar
    zone: ZoneInfo
    now: datetime
    mails: bool = True

    @cached_property
    def local(self) -> datetime:
        return self.now.astimezone(self.zone)

    def is_quiet(self, route: Route) -> bool:
        """Whether it is a quiet hour of the row."""
        return route.is_quiet(self.local, self.calendar)

    def ways(self, person_id: str, channels: Iterable[str]) -> Iterator[str]:
        """Those of the channels that reach somebody: "contact" does by one that can be written to, by mail where there
        is a mail server."""
        post = self.directory.people.get(person_id)
        kind = kind_of(post.contact) if post else None
        reached = kind == "chat" or (kind == "mail" and self.mails)
        yield from (channel for channel in channels if channel != "contact" or reached)
