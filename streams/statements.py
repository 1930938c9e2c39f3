"""Topics whose events stand as they are: the last word on a thing counts, nothing is summed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ingest.calendar import Period
from ingest.events import (
    Action,
    Baseline,
    Check,
    ControlTotal,
    Finding,
    Notification,
    OrgEvent,
    Target,
    Task,
    Trial,
    Verification,
)
from streams.amounts import scaled


@dataclass(frozen=True)
class Statement:
    """How one topic's events become rows of `table`: `columns` beside position, id, version, state and times."""

    table: str
    columns: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]


def _target(event: Target) -> tuple[Any, ...]:
    slice_ = event.slice
    return (
        slice_.unit_id or "", slice_.person_id or "", slice_.product_id or "",
        slice_.route.value if slice_.route else "", slice_.segment or "", event.period, event.metric, event.tier.value,
        scaled(event.value), event.valid_from or Period.parse(event.period).start, event.policy.value, event.source,
    )  # fmt: skip


def _task(event: Task) -> tuple[Any, ...]:
    return event.task_id, event.unit_id or "", event.person_id or "", event.due_on, event.source


def _finding(event: Finding) -> tuple[Any, ...]:
    slice_ = event.slice
    return (
        event.finding_id, event.rule, event.metric, event.period, event.state, slice_.unit_id or "",
        slice_.person_id or "", slice_.product_id or "", event.responsible_id or "", scaled(event.gap), event.since,
    )  # fmt: skip


def _org(event: OrgEvent) -> tuple[Any, ...]:
    return event.kind, event.id, event.valid_from, event.source


def _action(event: Action) -> tuple[Any, ...]:
    return event.event_id or "", event.subject, event.who, event.what, event.note or "", event.assignee_id or ""


def _control_total(event: ControlTotal) -> tuple[Any, ...]:
    return event.source, event.day, event.topic, event.count, scaled(event.amount)


def _notification(event: Notification) -> tuple[Any, ...]:
    return event.notification_id, event.recipient, event.route, event.channel, event.kind, event.state


def _trial(event: Trial) -> tuple[Any, ...]:
    return event.trial_id, event.rule, event.trial_state


def _check(event: Check) -> tuple[Any, ...]:
    return event.check_id, event.task_id, event.kind, event.day, event.proposal


def _baseline(event: Baseline) -> tuple[Any, ...]:
    return event.baseline_id, event.metric, event.period, event.part, event.of


def _verification(event: Verification) -> tuple[Any, ...]:
    return (event.source,)


STATEMENTS: dict[str, Statement] = {
    "org": Statement("org_events", ("kind", "id", "valid_from", "source"), _org),
    "targets": Statement(
        "target_events",
        ("unit_id", "person_id", "product_id", "route", "segment", "period", "metric", "tier", "value", "valid_from",
         "policy", "source"),
        _target,
    ),
    "tasks": Statement("task_events", ("task_id", "unit_id", "person_id", "due_on", "source"), _task),
    "findings": Statement(
        "finding_events",
        ("finding_id", "rule", "metric", "period", "finding_state", "unit_id", "person_id", "product_id",
         "responsible_id", "gap", "since"),
        _finding,
    ),
    "actions": Statement("action_events", ("event_id", "subject", "who", "what", "note", "assignee_id"), _action),
    "control-totals": Statement("control_totals", ("source", "day", "topic", "count", "amount"), _control_total),
    "notifications": Statement(
        "notification_events",
        ("notification_id", "recipient", "route", "channel", "kind", "notification_state"),
        _notification,
    ),
    "trials": Statement("trial_events", ("trial_id", "rule", "trial_state"), _trial),
    "checks": Statement("check_events", ("check_id", "task_id", "kind", "day", "proposal"), _check),
    "baselines": Statement("baseline_events", ("baseline_id", "metric", "period", "part", "parts"), _baseline),
    "verifications": Statement("verifications", ("source",), _verification),
}  # fmt: skip
