"""What verify found, told to the board: an event like any other."""

from datetime import UTC, datetime

import polars as pl

from deploy.verify.compare import Report
from ingest.events import Verification
from ingest.publisher import Publisher
from warehouse.asking import Parameters, Settings
from warehouse.client import Warehouse

_EXAMPLES = 20


class Patient(Warehouse):
    """A warehouse asked with one thread a question, so that those who look at the board go first."""

    def query(self, sql: str, parameters: Parameters = None, settings: Settings = None) -> pl.DataFrame:
        """See `Warehouse.query`."""
        return super().query(sql, parameters, {"max_threads": 1, **(settings or {})})


def verification(report: Report, began: datetime, took_seconds: float) -> Verification:
    """The event that tells what a round found."""
    return Verification(
        occurred_at=began,
        source="verify",
        events=sum(report.events.values()),
        sums=report.sums,
        wrong=len(report.mismatches),
        behind=sum(report.lag.values()),
        took_seconds=round(took_seconds, 1),
        examples=tuple(str(one)[:500] for one in report.mismatches[:_EXAMPLES]),
    )


def tell(report: Report, began: datetime) -> Verification:
    """Put on the log what was found; returns when Kafka has it."""
    found = verification(report, began, (datetime.now(UTC) - began).total_seconds())
    with Publisher() as publisher:
        publisher.publish("verifications", [found])
    return found
