"""The warehouse's aggregates against those recomputed from the log, up to the warehouse's own watermark."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from deploy.verify import readings
from deploy.verify.log import Logged, ends, read
from deploy.verify.snapshots import Snapshots
from deploy.verify.standing import Counted, counted
from deploy.verify.stored import Stored
from ingest.publisher import log_identity
from ingest.settings import CompanySettings, KafkaSettings
from warehouse.client import Warehouse
from warehouse.measures import TABLES

EVENTS_AT_ONCE = 100_000
"""Events of snapshots that are held at a time, some 7 kB each; those of the log are all held."""

Reading = Callable[[Iterable[Logged], CompanySettings], pl.DataFrame]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Checked:
    """A change table, how it is recomputed, and the keys of each of its aggregates; the first are the facts'."""

    table: str
    recompute: Reading
    aggregates: Mapping[str, tuple[str, ...]]


CHECKED: Mapping[str, Checked] = {
    "orders": Checked(
        "order_changes",
        readings.orders,
        {
            "facts": readings.KEYS,
            "by_office": ("office_id", "is_overlay"),
            "by_rep": ("office_id", "rep_id", "is_overlay"),
            "by_product": ("product_id", "is_overlay"),
            "by_office_product": ("office_id", "product_id", "is_overlay"),
        },
    ),
    "opportunities": Checked(
        "opportunity_changes",
        readings.opportunities,
        {
            "facts": readings.KEYS,
            "by_office": ("office_id", "is_overlay"),
            "by_rep": ("office_id", "rep_id", "is_overlay"),
            "by_product": ("product_id", "is_overlay"),
            "by_office_product": ("office_id", "product_id", "is_overlay"),
        },
    ),
    "activities": Checked(
        "activity_changes",
        readings.activities,
        {"facts": ("office_id", "rep_id"), "by_office": ("office_id",), "by_rep": ("office_id", "rep_id")},
    ),
    "collections": Checked(
        "collection_changes",
        readings.collections,
        {"facts": ("customer_id",), "by_customer": ("customer_id",)},
    ),
}
STATED: Mapping[str, str] = {
    "org": "org_events",
    "targets": "target_events",
    "tasks": "task_events",
    "findings": "finding_events",
    "actions": "action_events",
    "control-totals": "control_totals",
    "notifications": "notification_events",
    "trials": "trial_events",
    "checks": "check_events",
    "baselines": "baseline_events",
    "verifications": "verifications",
}


@dataclass(frozen=True)
class Mismatch:
    """A sum that is not what the log says; amounts in 1/10,000, counts as they are."""

    table: str
    aggregate: str
    key: str
    measure: str
    expected: int
    found: int


@dataclass
class Report:
    """What was compared, up to where, and what did not agree."""

    events: dict[str, int] = field(default_factory=dict)
    sums: int = 0
    lag: dict[str, int] = field(default_factory=dict)
    mismatches: list[Mismatch] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.mismatches


def verify(
    warehouse: Warehouse,
    company: CompanySettings,
    kafka: KafkaSettings,
    progress: Progress = lambda line: None,
    snapshots: Path | None = None,
) -> Report:
    """Recompute every aggregate from snapshots and log and compare, up to the warehouse's watermark of this moment.

    The board may move meanwhile: what comes after the watermark is left out on both sides. Lag is reported, not
    counted as a fault.
    """
    report = Report()
    ids = log_identity(kafka)
    kept = Snapshots(snapshots)
    for topic, checked in CHECKED.items():
        progress(f"{topic}: reading the log")
        stored = Stored(warehouse, checked.table, [ids[topic], *kept.topic_ids])
        with kept.parts(topic, stored.marks, EVENTS_AT_ONCE) as parts:
            of_log: list[list[Logged]] = [[] for _ in range(len(parts))]
            for one in _logged(stored, kafka, topic, ids[topic], report):
                of_log[parts.part_of(one.event.entity_id) if one.event else 0].append(one)
            sums, what_counts = [], Counted()
            for number, more in enumerate(of_log):
                progress(f"{topic}: part {number + 1} of {len(parts)}")
                logged = [*parts.read(number), *more]
                report.events[topic] = report.events.get(topic, 0) + len(logged)
                of_part = counted(logged)
                what_counts += of_part
                sums.append(_summed(checked.recompute(of_part.events, company)))
        expected = _summed(pl.concat(some)) if (some := [one for one in sums if not one.is_empty()]) else pl.DataFrame()
        _compare_versions(stored, what_counts, report)
        for aggregate, keys in checked.aggregates.items():
            progress(f"{topic}: comparing {aggregate}")
            _compare_sums(stored, aggregate, keys, expected, report)
    for topic, table in STATED.items():
        progress(f"{topic}: comparing")
        stored = Stored(warehouse, table, [ids[topic]])
        logged = _logged(stored, kafka, topic, ids[topic], report)
        report.events[topic] = len(logged)
        positions = {(one.partition, one.offset) for one in logged if one.event}
        found = stored.positions()
        _note(report, table, "positions", "all", "events", len(positions), len(found))
        _note(report, table, "positions", "all", "distinct", len(positions), len(positions & set(found)))
    return report


def _logged(stored: Stored, kafka: KafkaSettings, topic: str, topic_id: str, report: Report) -> list[Logged]:
    last, marks = ends(kafka, topic), stored.mark(topic_id)
    report.lag[topic] = sum(max(0, end - marks.get(one, -1)) for one, end in last.items())
    return list(read(kafka, topic, marks))


def _summed(part: pl.DataFrame) -> pl.DataFrame:
    """A row a day and key."""
    keys = [name for name in ("day", *readings.KEYS, "customer_id") if name in part.columns]
    return part.group_by(keys).agg(pl.all().sum()) if keys else part


def _compare_versions(stored: Stored, wanted: Counted, report: Report) -> None:
    """Every version of every entity is there, once, and whatever takes one back."""
    count, distinct, retractions = stored.versions()
    _note(report, stored.table, "versions", "all", "stored", wanted.stored, count)
    _note(report, stored.table, "versions", "all", "distinct", wanted.versions, distinct)
    _note(report, stored.table, "versions", "all", "retractions", wanted.retractions, retractions)


def _compare_sums(stored: Stored, aggregate: str, keys: Sequence[str], expected: pl.DataFrame, report: Report) -> None:
    if expected.is_empty():
        measures = sorted(TABLES[stored.table].measures)
        expected = pl.DataFrame(
            schema={"day": pl.Date, **dict.fromkeys(keys, pl.String), **dict.fromkeys(measures, pl.Int64)}
        )
    by = ["day", *keys]
    measures = [name for name in expected.columns if name not in ("day", *readings.KEYS, "customer_id")]
    if aggregate == "facts":
        found = stored.facts(by, measures)
    else:
        measures = [name for name in measures if name != "due_amount"]
        found = stored.aggregate(by, measures)
    wanted = expected.with_columns(pl.col(key).cast(pl.String) for key in keys)
    wanted = wanted.group_by(by).agg(pl.col(measures).sum())
    both = wanted.join(found, on=by, how="full", coalesce=True, suffix="_found").sort(by)
    report.sums += len(both) * len(measures)
    for name in measures:
        want, have = pl.col(name).fill_null(0), pl.col(f"{name}_found").fill_null(0)
        for row in both.filter(want != have).iter_rows(named=True):
            key = ", ".join(f"{one}={row[one]}" for one in by)
            _note(report, stored.table, aggregate, key, name, row[name] or 0, row[f"{name}_found"] or 0)


def _note(report: Report, table: str, aggregate: str, key: str, measure: str, expected: int, found: int) -> None:
    report.sums += aggregate in ("positions", "versions")
    if expected != found:
        report.mismatches.append(Mismatch(table, aggregate, key, measure, expected, found))
