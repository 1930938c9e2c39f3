"""The warehouse's aggregates against those recomputed from the log, up to the warehouse's own watermark."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from deploy.verify import readings
from deploy.verify.log import Logged, ends, read, topic_ids
from ingest.settings import CompanySettings, KafkaSettings
from warehouse.client import Warehouse

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
    "findings": "finding_events",
    "actions": "action_events",
    "control-totals": "control_totals",
}
COUNTS = frozenset(
    [
        "lines",
        "opened_deals",
        "open_deals",
        "won_deals",
        "lost_deals",
        "abandoned_deals",
        "pushes",
        "planned",
        "done",
        "visits",
        "effective",
        "minutes",
        "complaints",
        "open_complaints",
    ]
)


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
    warehouse: Warehouse, company: CompanySettings, kafka: KafkaSettings, progress: Progress = lambda line: None
) -> Report:
    """Recompute every aggregate from the log and compare. Lag is reported, not counted as a fault."""
    report = Report()
    ids = topic_ids(kafka)
    for topic, checked in CHECKED.items():
        progress(f"{topic}: reading the log")
        logged = _logged(warehouse, kafka, topic, ids[topic], checked.table, report)
        expected = checked.recompute(logged, company)
        _compare_versions(warehouse, checked.table, logged, report)
        for aggregate, keys in checked.aggregates.items():
            progress(f"{topic}: comparing {aggregate}")
            _compare_sums(warehouse, checked.table, aggregate, keys, expected, report)
    for topic, table in STATED.items():
        progress(f"{topic}: comparing")
        logged = _logged(warehouse, kafka, topic, ids[topic], table, report)
        positions = {(one.partition, one.offset) for one in logged if one.event}
        stored = warehouse.rows(
            f"SELECT partition, offset FROM {table} WHERE topic_id = {{id:String}} AND entity_id != ''",  # noqa: S608
            {"id": ids[topic]},
        )
        _note(report, table, "positions", "all", "events", len(positions), len(stored))
        _note(report, table, "positions", "all", "distinct", len(positions), len(positions & set(stored)))
    return report


def _logged(
    warehouse: Warehouse, kafka: KafkaSettings, topic: str, topic_id: str, table: str, report: Report
) -> list[Logged]:
    marks = warehouse.rows(
        f"SELECT partition, max(offset) FROM {table} WHERE topic_id = {{id:String}} GROUP BY partition",  # noqa: S608
        {"id": topic_id},
    )
    watermarks = {int(partition): int(offset) for partition, offset in marks}
    behind = sum(max(0, end - watermarks.get(one, -1)) for one, end in ends(kafka, topic).items())
    logged = list(read(kafka, topic, watermarks))
    report.events[topic] = len(logged)
    report.lag[topic] = behind
    return logged


def _compare_versions(warehouse: Warehouse, table: str, logged: list[Logged], report: Report) -> None:
    """Every version of every entity is there, once."""
    versions = {(one.event.entity_id, one.event.order_in_time) for one in logged if one.event}
    stored, distinct = warehouse.rows(
        f"SELECT count(), uniqExact(entity_id, version) FROM {table} WHERE state != ''"  # noqa: S608
    )[0]
    _note(report, table, "versions", "all", "stored", len(versions), int(stored))
    _note(report, table, "versions", "all", "distinct", len(versions), int(distinct))


def _compare_sums(
    warehouse: Warehouse, table: str, aggregate: str, keys: Sequence[str], expected: pl.DataFrame, report: Report
) -> None:
    if expected.is_empty():
        return
    by = ["day", *keys]
    measures = [name for name in expected.columns if name not in ("day", *readings.KEYS, "customer_id")]
    if aggregate != "facts" and table == "order_changes":
        measures.remove("due_amount")
    columns = ", ".join(f"toInt64(sum({name}){'' if name in COUNTS else ' * 10000'}) AS {name}" for name in measures)
    served = {"optimize_use_projections": 0} if aggregate == "facts" else {"force_optimize_projection": 1}
    found = warehouse.query(
        f"SELECT {', '.join(by)}, {columns} FROM {table} GROUP BY {', '.join(by)}",  # noqa: S608
        settings=served,
    ).with_columns(pl.col(key).cast(pl.String) for key in keys)
    wanted = expected.with_columns(pl.col(key).cast(pl.String) for key in keys)
    wanted = wanted.group_by(by).agg(pl.col(measures).sum())
    both = wanted.join(found, on=by, how="full", coalesce=True, suffix="_found").sort(by)
    report.sums += len(both) * len(measures)
    for name in measures:
        want, have = pl.col(name).fill_null(0), pl.col(f"{name}_found").fill_null(0)
        for row in both.filter(want != have).iter_rows(named=True):
            key = ", ".join(f"{one}={row[one]}" for one in by)
            _note(report, table, aggregate, key, name, row[name] or 0, row[f"{name}_found"] or 0)


def _note(report: Report, table: str, aggregate: str, key: str, measure: str, expected: int, found: int) -> None:
    report.sums += aggregate in ("positions", "versions")
    if expected != found:
        report.mismatches.append(Mismatch(table, aggregate, key, measure, expected, found))
