"""What the warehouse holds of one topic up to a watermark, from its facts and from its aggregates."""

from collections.abc import Mapping, Sequence

import polars as pl

from deploy.verify.sums import EVER, Days
from warehouse.client import Warehouse
from warehouse.positions import WITHIN, Marks, Place, between

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
BUSY_TRIES = 200


class TooBusy(RuntimeError):
    """The table never stood still for the length of one question."""


class Stored:
    """A table as it was when this was made: rows that came later are left out, of facts and of aggregates alike."""

    def __init__(self, warehouse: Warehouse, table: str, topic_ids: Sequence[str]) -> None:
        self.table = table
        self._warehouse, self._topic_ids = warehouse, list(topic_ids)
        self.marks = self._now()

    def mark(self, topic_id: str) -> dict[int, int]:
        """The watermarks of one topic, by partition."""
        return {partition: mark for (topic, partition), mark in self.marks.items() if topic == topic_id}

    def versions(self) -> tuple[int, int, int]:
        """How many events are stored, of how many versions of entities, and how many retractions."""
        where, parameters = f"state != '' AND {WITHIN}", between(self._topic_ids, {}, self.marks)
        events, retractions = self._warehouse.rows(
            "SELECT countIf(retraction_id = ''), countIf(retraction_id != '')"  # noqa: S608
            f" FROM {self.table} WHERE {where}",
            parameters,
        )[0]
        versions = self._warehouse.rows(
            f"SELECT count() FROM (SELECT 1 FROM {self.table} WHERE {where} AND retraction_id = ''"  # noqa: S608
            " GROUP BY entity_id, version)",
            parameters,
            settings={"optimize_aggregation_in_order": 1},  # a version after the other: next to no memory
        )[0][0]
        return int(events), int(versions), int(retractions)

    def positions(self) -> list[tuple[int, int]]:
        """Partition and offset of every event."""
        found = self._warehouse.rows(
            f"SELECT partition, offset FROM {self.table} WHERE entity_id != '' AND {WITHIN}",  # noqa: S608
            between(self._topic_ids, {}, self.marks),
        )
        return [(int(partition), int(offset)) for partition, offset in found]

    def facts(
        self, by: Sequence[str], measures: Sequence[str], days: Days = EVER, above: Marks | None = None
    ) -> pl.DataFrame:
        """Sums read from the rows themselves: up to the watermark, or what came `above` it and not after `_now`."""
        low, high = ({}, self.marks) if above is None else (self.marks, above)
        places = between(self._topic_ids, low, high)
        return self._sums(by, measures, days, [WITHIN], places, {"optimize_use_projections": 0})

    def aggregate(self, by: Sequence[str], measures: Sequence[str], days: Days = EVER) -> pl.DataFrame:
        """Sums as an aggregate projection serves them, less what came after the watermark.

        A part holds facts and aggregates alike, so an answer between two equal watermarks is of that watermark.
        """
        for _ in range(BUSY_TRIES):
            before = self._now()
            found = self._sums(by, measures, days, [], {}, {"force_optimize_projection": 1})
            if self._now() == before:
                break
        else:
            raise TooBusy(
                f"{self.table} changed during every one of {BUSY_TRIES} questions; verify when less is going on"
            )
        if before == self.marks:
            return found
        later = self.facts(by, measures, days, above=before).with_columns(-pl.col(name) for name in measures)
        return pl.concat([found, later]).group_by(by).agg(pl.col(measures).sum())

    def _sums(
        self,
        by: Sequence[str],
        measures: Sequence[str],
        days: Days,
        where: Sequence[str],
        parameters: Mapping[str, object],
        settings: Mapping[str, object],
    ) -> pl.DataFrame:
        columns = ", ".join(
            f"toInt64(sum({name}){'' if name in COUNTS else ' * 10000'}) AS {name}" for name in measures
        )
        bounds = {"since": ("day >= {since:Date32}", days[0]), "until": ("day < {until:Date32}", days[1])}
        asked = {name: (condition, day) for name, (condition, day) in bounds.items() if day is not None}
        conditions = [*where, *(condition for condition, _ in asked.values())]
        found = self._warehouse.query(
            f"SELECT {', '.join(by)}, {columns} FROM {self.table}"  # noqa: S608
            f" {'WHERE ' if conditions else ''}{' AND '.join(conditions)} GROUP BY {', '.join(by)}",
            {**parameters, **{name: day for name, (_, day) in asked.items()}},
            settings=settings,
        )
        return found.with_columns(pl.col(key).cast(pl.String) for key in by if key != "day")

    def _now(self) -> dict[Place, int]:
        marks = self._warehouse.rows(
            f"SELECT topic_id, partition, max(offset) FROM {self.table} WHERE has({{ids:Array(String)}}, topic_id)"  # noqa: S608
            " GROUP BY topic_id, partition",
            {"ids": self._topic_ids},
        )
        return {(str(topic), int(partition)): int(offset) for topic, partition, offset in marks}
