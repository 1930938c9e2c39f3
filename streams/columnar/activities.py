"""Activities as columns: all of `streams.activities`."""

from typing import ClassVar

import numpy as np

from ingest.events import Activity
from ingest.fields import ActivityKind, ActivityStatus
from ingest.settings import CompanySettings
from streams.activities import CONTACTS, Activities
from streams.columnar.arithmetic import or_zero
from streams.columnar.chain import OwnDay
from streams.columnar.columns import NONE, Bools, Coded, Columns, Fields, Ints, Kind
from streams.columnar.contributions import Contributions, Id
from streams.columnar.reading import NoExpectation, happened_on

WORDS = (
    "activity_id", "kind", "status", "office_id", "rep_id", "customer_id", "contact_id", "opportunity_id", "severity",
)  # fmt: skip


class ActivityColumns(NoExpectation):
    """See `streams.columnar.reading.ColumnarReading`."""

    model = Activity
    fields: ClassVar[Fields] = {
        **dict.fromkeys(WORDS, Kind.WORD),
        "duration_minutes": Kind.COUNT,
        "outcome": Kind.GIVEN,
        "resolved_on": Kind.DAY,
        "planned_at": Kind.INSTANT,
    }

    def __init__(self, company: CompanySettings) -> None:
        """Nothing of the company changes how activities are read."""

    def goes_by_row(self, columns: Columns) -> Bools:
        return np.zeros(len(columns), np.bool_)

    def change_day(self, columns: Columns) -> Ints:
        return happened_on(columns)

    def own_days(self, columns: Columns, change_day: Ints) -> tuple[OwnDay | None, ...]:
        status: Coded = columns.fields["status"]
        nothing = np.full(len(columns), NONE)
        done = status.among({ActivityStatus.DONE})
        planned = np.where(status.among({ActivityStatus.PLANNED}), change_day, NONE)
        return OwnDay(planned), OwnDay(nothing, starts=np.ones(len(columns), np.bool_), holds=done)

    def contributions(self, columns: Columns, expectation: Ints) -> tuple[Contributions, Bools]:
        fields = columns.fields
        status, kind = fields["status"], fields["kind"]
        done = status.among({ActivityStatus.DONE})
        complaint = done & kind.among({ActivityKind.COMPLAINT})
        effective = done & kind.among(CONTACTS) & fields["outcome"] & fields["customer_id"].given()
        measures = (
            status.among({ActivityStatus.PLANNED}),
            done,
            done & kind.among({ActivityKind.VISIT}),
            effective,
            or_zero(fields["duration_minutes"]) * done,
            complaint,
            complaint & (fields["resolved_on"] == NONE),
        )
        given: dict[str, Id] = {
            **{name: fields[name] for name in WORDS},
            "resolved_on": or_zero(fields["resolved_on"]),
        }
        every = np.arange(len(columns))
        amounts = np.column_stack([measure.astype(np.int64) for measure in measures])
        return Contributions(every, tuple(given[name] for name in Activities.ids), amounts), np.zeros_like(done)
