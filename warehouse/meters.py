"""What is counted about asking the warehouse, at both ends: by those who ask, and by the embedded engine."""

from telemetry.meters import FAST, counter, gauge, histogram

ASKED = histogram(
    "warehouse_statement",
    "seconds",
    "From a statement being sent to its whole answer: kind is query, insert or command, table the first one it names.",
    labels=("kind", "table"),
    buckets=FAST,
    worry="p95 of the queries of one table is over 0.15 s: a question has fallen off its projections.",
)
FAILED = counter(
    "warehouse_failed",
    "statements",
    "Statements that ended in an error, by kind and by the error's name in warehouse/errors.py.",
    labels=("kind", "error"),
    worry="QueryRefused comes at all, or WarehouseUnavailable for more than a restart takes.",
)
ANSWERED = histogram(
    "warehouse_engine",
    "seconds",
    "A statement inside the embedded engine, parsing and packing included.",
    labels=("kind",),
    buckets=FAST,
    worry="it is much less than what those who ask wait: they wait for their turn.",
)
REFUSED = counter(
    "warehouse_engine_refused",
    "statements",
    "Statements the embedded engine refused, by ClickHouse's code.",
    labels=("code",),
    worry="202 (too many at once), 241 (memory) or 243 (disk) come at all.",
)
INSIDE = gauge(
    "warehouse_engine_present",
    "statements",
    "Statements in the embedded engine or waiting for their turn.",
    worry="it stays over 8, which is what the engine works on at a time.",
)
