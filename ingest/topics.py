"""Every topic of the log, one row each: its model, its partitions and what it carries."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from ingest import events


@dataclass(frozen=True)
class Topic:
    """`partitions` holds when oneboard creates the topic; `model` is None where the payload is the system's own.

    What `is_stored` ends in the warehouse, record for record: there its positions say how far that has come.
    `stays` says why what is on it cannot be taken back (`ingest.retractions`); "" where it can.
    `keeps_minutes` is how long its records are of use; None: for ever.
    """

    name: str
    model: TypeAdapter[Any] | None
    partitions: int
    about: str
    public: bool = True
    is_stored: bool = True
    stays: str = ""
    keeps_minutes: int | None = None


SWEEPS = "sweeps"
"""What `board-updates` calls the table of a sweep that is done: nothing of it is stored."""

TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic("orders", TypeAdapter(events.Order), 8, "order lines and how far they are"),
        Topic("opportunities", TypeAdapter(events.Opportunity), 8, "deals, their stage and their outcome"),
        Topic("activities", TypeAdapter(events.Activity), 8, "visits, calls, demos, complaints"),
        Topic("collections", TypeAdapter(events.Collection), 4, "payments received and what they cover"),
        Topic("org", events.ORG, 1, "units, people, products, customers and working days, each with a date"),
        Topic("targets", TypeAdapter(events.Target), 1, "what a slice shall reach in a period"),
        Topic(
            "tasks", TypeAdapter(events.Task), 1, "key tasks of units and people, when they are due and whether done"
        ),
        Topic("actions", TypeAdapter(events.Action), 1, "what people do on the board", stays="people did it"),
        Topic(
            "control-totals",
            TypeAdapter(events.ControlTotal),
            1,
            "what a source says it sent",
            stays="the last word of a source counts, so let it send another total",
        ),
        Topic(
            "findings",
            TypeAdapter(events.Finding),
            1,
            "what detection found",
            public=False,
            stays="detection takes a finding back itself once the figures no longer show it",
        ),
        Topic(
            "notifications",
            TypeAdapter(events.Notification),
            1,
            "what was told to whom, and what came of it",
            public=False,
            stays="it was said",
        ),
        Topic(
            "trials",
            TypeAdapter(events.Trial),
            1,
            "what rules would have found on the past, tried before they are switched on",
            public=False,
            stays="it was tried; try again",
        ),
        Topic(
            "checks",
            TypeAdapter(events.Check),
            1,
            "what tasks that were carried out brought, and what that means",
            public=False,
            stays="it was measured; it is measured again while nobody has decided",
        ),
        Topic(
            "baselines",
            TypeAdapter(events.Baseline),
            1,
            "versions of the sales baseline: what every node should bring in a month, and how far it may be off",
            public=False,
            stays="it was built of what was known; build it again",
        ),
        Topic(
            "verifications",
            TypeAdapter(events.Verification),
            1,
            "whether the sums agree with the log",
            public=False,
            stays="it was compared; verify again",
        ),
        Topic(
            "ticks",
            TypeAdapter(events.Tick),
            1,
            "the clock of detection",
            public=False,
            is_stored=False,
            stays="time passed",
        ),
        Topic(
            "whiteboard",
            None,
            4,
            "what is drawn on whiteboards, as steps of their shared documents (`ingest.whiteboards`)",
            public=False,
            is_stored=False,
            stays="it was drawn; an earlier version is restored on the board itself",
        ),
        Topic(
            "whiteboard-presence",
            None,
            1,
            "who is at which whiteboard, and where they point",
            public=False,
            is_stored=False,
            stays="it is over",
            keeps_minutes=10,
        ),
        Topic(
            "dead-letters",
            None,
            1,
            "events that could not be taken, whole, with the reason",
            public=False,
            is_stored=False,
            stays="a letter counts for nothing; `oneboard dead-letters dismiss` settles it",
        ),
        Topic(
            "board-updates",
            None,
            1,
            "which slices moved, up to which position; and as of when all was looked at for findings",
            public=False,
            is_stored=False,
            stays="it holds no events",
        ),
    )
}
