"""How activities are read: a planned one counts on the day it is planned for, a done one on the day it was done."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from ingest.events import Activity
from ingest.fields import ActivityKind, ActivityStatus
from ingest.settings import CompanySettings
from streams.batches import NO_DAY
from streams.timeline import Clock, Contribution, NoMemory, plain_change_day

CONTACTS = {ActivityKind.VISIT, ActivityKind.CALL, ActivityKind.MEETING, ActivityKind.DEMO}


class Activities(NoMemory):
    """The reading of topic `activities` into `activity_changes`."""

    table = "activity_changes"
    ids = (
        "activity_id", "kind", "status", "office_id", "rep_id", "customer_id", "contact_id", "opportunity_id",
        "severity", "resolved_on",
    )  # fmt: skip

    def __init__(self, company: CompanySettings) -> None:
        self.clocks = (
            Clock(("planned",), _planned_day, restated=True),
            Clock(
                ("done", "visits", "effective", "minutes", "complaints", "open_complaints"), _done_day, restated=True
            ),
        )

    def change_day(self, event: Activity, zone: ZoneInfo) -> date:
        return plain_change_day(event, zone)

    def contributions(self, event: Activity, memory: None) -> Iterator[Contribution]:
        done = event.status is ActivityStatus.DONE
        complaint = done and event.kind is ActivityKind.COMPLAINT
        yield Contribution(
            (
                event.activity_id, event.kind, event.status, event.office_id or "", event.rep_id,
                event.customer_id or "", event.contact_id or "", event.opportunity_id or "", event.severity or "",
                event.resolved_on or NO_DAY,
            ),
            (
                int(event.status is ActivityStatus.PLANNED),
                int(done),
                int(done and event.kind is ActivityKind.VISIT),
                int(done and event.kind in CONTACTS and bool(event.outcome) and bool(event.customer_id)),
                (event.duration_minutes or 0) if done else 0,
                int(complaint),
                int(complaint and event.resolved_on is None),
            ),
        )  # fmt: skip


def _planned_day(event: Activity, previous: date | None, change_day: date) -> date | None:
    return change_day if event.status is ActivityStatus.PLANNED else previous


def _done_day(event: Activity, previous: date | None, change_day: date) -> date | None:
    return (previous or change_day) if event.status is ActivityStatus.DONE else None
