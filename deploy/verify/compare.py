"""The warehouse's aggregates against those recomputed from the log, up to the warehouse's own watermark."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from deploy.verify import readings
from deploy.verify.history import history
from deploy.verify.log import Logged, ends, read
from deploy.verify.parts import aside, clear
from deploy.verify.since import since
from deploy.verify.snapshots import Snapshots
from deploy.verify.standing import Counts
from deploy.verify.stored import Stored
from deploy.verify.sums import Days, Progress, Reading, Recomputation, Sums, measures
from ingest.publisher import log_identity
from ingest.settings import CompanySettings, KafkaSettings
from warehouse.client import Warehouse
from warehouse.measures import TABLES

FOUND = "_found"


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
    kept: Path | None = None,
) -> Report:
    """Recompute every aggregate from snapshots and log and compare, up to the warehouse's watermark of this moment.

    The board may move meanwhile: what comes after the watermark is left out on both sides. Lag is reported, not
    counted as a fault. What follows from snapshots alone stays in the folder `kept`, for the next time.
    """
    report, ids, found = Report(), log_identity(kafka), Snapshots(snapshots)
    with _room(kept) as folder:
        for topic, checked in CHECKED.items():
            stored = Stored(warehouse, checked.table, [ids[topic], *found.topic_ids])
            marks = _marks(stored, kafka, topic, ids[topic], report)
            files = found.files(topic, stored.marks)
            of = Recomputation(topic, checked.recompute, company, folder, progress)
            with aside(folder) as into:
                expected = Sums([*history(of, files), *since(of, files, kafka, marks, Path(into))])
                report.events[topic] = expected.counts.records
                of.say("comparing versions")
                _compare_versions(stored, expected.counts, report)
                for days in expected.spans():
                    of.say(f"comparing the days from {days[0] or 'the first'} on")
                    _compare_sums(stored, checked.aggregates, expected.within(days), days, report)
    for topic, table in STATED.items():
        progress(f"{topic}: comparing")
        stored = Stored(warehouse, table, [ids[topic]])
        _compare_positions(stored, read(kafka, topic, _marks(stored, kafka, topic, ids[topic], report)), topic, report)
    return report


def sum_up_snapshots(
    warehouse: Warehouse, company: CompanySettings, progress: Progress, snapshots: Path, kept: Path
) -> None:
    """Compute what follows from snapshots alone, so that `verify` finds it in the folder `kept`."""
    found = Snapshots(snapshots)
    with _room(kept) as folder:
        for topic, checked in CHECKED.items():
            marks = Stored(warehouse, checked.table, found.topic_ids).marks
            history(Recomputation(topic, checked.recompute, company, folder, progress), found.files(topic, marks))


@contextmanager
def _room(kept: Path | None) -> Iterator[Path]:
    if kept is None:
        with TemporaryDirectory(prefix="oneboard-verify-") as folder:
            yield Path(folder)
    else:
        kept.mkdir(parents=True, exist_ok=True)
        clear(kept)
        yield kept


def _marks(stored: Stored, kafka: KafkaSettings, topic: str, topic_id: str, report: Report) -> dict[int, int]:
    last, marks = ends(kafka, topic), stored.mark(topic_id)
    report.lag[topic] = sum(max(0, end - marks.get(one, -1)) for one, end in last.items())
    return marks


def _compare_positions(stored: Stored, records: Iterable[Logged], topic: str, report: Report) -> None:
    """Every event that the contract takes is there, once."""
    report.events[topic], positions = 0, set()
    for one in records:
        report.events[topic] += 1
        if one.event:
            positions.add((one.partition, one.offset))
    found = stored.positions()
    _note(report, stored.table, "positions", "all", "events", len(positions), len(found))
    _note(report, stored.table, "positions", "all", "distinct", len(positions), len(positions & set(found)))


def _compare_versions(stored: Stored, wanted: Counts, report: Report) -> None:
    """Every version of every entity is there, once, and whatever takes one back."""
    count, distinct, retractions = stored.versions()
    _note(report, stored.table, "versions", "all", "stored", wanted.stored, count)
    _note(report, stored.table, "versions", "all", "distinct", wanted.versions, distinct)
    _note(report, stored.table, "versions", "all", "retractions", wanted.retractions, retractions)


def _compare_sums(
    stored: Stored, aggregates: Mapping[str, tuple[str, ...]], expected: pl.DataFrame, days: Days, report: Report
) -> None:
    if expected.is_empty():
        every = {key for some in aggregates.values() for key in some}
        counted = dict.fromkeys(sorted(TABLES[stored.table].measures), pl.Int64)
        expected = pl.DataFrame(schema={"day": pl.Date, **dict.fromkeys(every, pl.String), **counted})
    for aggregate, keys in aggregates.items():
        by, names = ["day", *keys], list(measures(expected))
        if aggregate == "facts":
            found = stored.facts(by, names, days)
        else:
            names = [name for name in names if name != "due_amount"]
            found = stored.aggregate(by, names, days)
        wanted = expected.with_columns(pl.col(key).cast(pl.String) for key in keys)
        wanted = wanted.group_by(by).agg(pl.col(names).sum())
        _compare(
            stored.table, aggregate, by, wanted.join(found, on=by, how="full", coalesce=True, suffix=FOUND), report
        )


def _compare(table: str, aggregate: str, by: Sequence[str], both: pl.DataFrame, report: Report) -> None:
    names = [name.removesuffix(FOUND) for name in both.columns if name.endswith(FOUND)]
    report.sums += len(both) * len(names)
    for name in names:
        want, have = pl.col(name).fill_null(0), pl.col(name + FOUND).fill_null(0)
        for row in both.filter(want != have).sort(by).iter_rows(named=True):
            key = ", ".join(f"{one}={row[one]}" for one in by)
            _note(report, table, aggregate, key, name, row[name] or 0, row[name + FOUND] or 0)


def _note(report: Report, table: str, aggregate: str, key: str, measure: str, expected: int, found: int) -> None:
    report.sums += aggregate in ("positions", "versions")
    if expected != found:
        report.mismatches.append(Mismatch(table, aggregate, key, measure, expected, found))
