"""The meetings of the trade as data: rows of a TOML file, ours or one's own, and what follows from a row. Pure.

The subject of such a meeting is "trade:<kind>:<what it is about>", so that each place and each deal has its own.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from dashboard.field_faults import checked
from dashboard.locales import Lang
from dashboard.meetings.people import once
from dashboard.meetings.settings import meetings
from dashboard.notifications.people import Directory
from dashboard.own_file import FileFault, read
from dashboard.sentences import code
from dashboard.whiteboard import templates
from ingest.calendar import WorkingCalendar
from ingest.errors import nearest
from ingest.events import Called, Finding, Why

TRADE = "trade:"
OURS = Path(__file__).with_name("trade.toml")
MOST_CALLED = 30
MOST_OCCURRENCES = 60
Who = Literal["owner", "leads", "above", "below", "named"]
Input = Literal["figures", "findings", "actions"]


class Kind(BaseModel):
    """A kind of meeting; `recurs` as RFC 5545 has it, "" for one that is held when it is needed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$", examples=["weekly"])
    title: str = Field(min_length=1, max_length=60)
    title_en: str = Field(min_length=1, max_length=60)
    about: Literal["place", "deal"] = "place"
    who: tuple[Who, ...] = Field(min_length=1)
    inputs: tuple[Input, ...] = ()
    layout: str = Field("", description="the template of its whiteboard; without one it begins with its inputs alone")
    recurs: str = ""
    at: time = time(9)
    minutes: int = Field(60, ge=5, le=1_440)
    agenda: tuple[str, ...] = Field(min_length=1)
    agenda_en: tuple[str, ...] = Field(min_length=1)

    @field_validator("recurs")
    @classmethod
    def _is_a_rule(cls, value: str) -> str:
        if value:
            try:
                rrulestr(value, dtstart=datetime(2026, 1, 1))  # noqa: DTZ001 - only whether it can be read
            except ValueError:
                raise PydanticCustomError("meet.no_rule", "is no rule of RFC 5545", {"value": repr(value)}) from None
        return value

    @field_validator("layout")
    @classmethod
    def _is_a_template(cls, value: str) -> str:
        if value and value not in templates.found():
            known = sorted(templates.found())
            said = {"value": repr(value), "known": ", ".join(known), "near": nearest(value, known)}
            raise PydanticCustomError("field.one_of", "no such template", said)
        return value

    def called(self, lang: Lang) -> str:
        """Its name."""
        return self.title_en if lang == "en" else self.title

    def points(self, lang: Lang) -> tuple[str, ...]:
        """Its agenda."""
        return self.agenda_en if lang == "en" else self.agenda

    def begins(self, calendar: WorkingCalendar, path: Sequence[str], zone: ZoneInfo, now: datetime) -> datetime | None:
        """When it comes next on a working day; None for one that does not recur, or finds none."""
        if not self.recurs:
            return None
        local = now.astimezone(zone)
        start = datetime.combine(local.date() - timedelta(days=62), self.at)
        rule, at = rrulestr(self.recurs, dtstart=start), local.replace(tzinfo=None)
        for _ in range(MOST_OCCURRENCES):
            found: datetime | None = rule.after(at)
            if found is None:
                return None
            at = found
            if calendar.weight(at.date(), path) > 0:
                return at.replace(tzinfo=zone)
        return None


class _Kinds(BaseModel):
    """The whole file."""

    kinds: tuple[Kind, ...] = Field(min_length=1)


def subject_of_kind(kind: Kind, about: str) -> str:
    """The subject of a meeting of that kind about the subject `about`."""
    return f"{TRADE}{kind.name}:{about}"


def parts_of(subject: str) -> tuple[Kind, str] | None:
    """The kind and what it is about; None for a subject that is none of these."""
    name, _, about = subject.removeprefix(TRADE).partition(":")
    found = kinds().get(name) if subject.startswith(TRADE) else None
    return (found, about) if found and about else None


def people_of(
    kind: Kind, unit_id: str, owner: str | None, findings: Sequence[Finding], directory: Directory
) -> tuple[Called, ...]:
    """Who is called to it, as its row says."""
    path = directory.paths.get(unit_id, ())
    below = [unit for unit, chain in directory.paths.items() if chain[:-1] == path and path]
    found: list[Called] = []
    sources: dict[Who, tuple[Why, list[str]]] = {
        "owner": ("owner", [owner or ""]),
        "leads": ("leads", [directory.managers.get(unit_id, "")]),
        "above": ("manager", [directory.managers.get(unit, "") for unit in path[-2:-1]]),
        "below": ("leads", [directory.managers.get(unit, "") for unit in sorted(below)]),
        "named": ("responsible", [one.responsible_id or "" for one in findings]),
    }
    for who in kind.who:
        why, ids = sources[who]
        found += [Called(person_id=one, why=why) for id in ids if (one := directory.at_work(id or None))]
    return tuple(once(found, MOST_CALLED))


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its name: of the file the settings name, or ours. Raises `FileFault`."""
    file = meetings().trade or OURS
    found = checked(_Kinds, read(file), file).kinds
    names = [one.name for one in found]
    if twice := dict.fromkeys(name for name in names if names.count(name) > 1):
        raise FileFault(file.name, *(code("field.twice", at=f"kinds[{name}].name") for name in twice))
    return {one.name: one for one in found}
