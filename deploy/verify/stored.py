"""What the warehouse holds of one topic up to a watermark, from its facts and from its aggregates."""

from collections.abc import Mapping, Sequence

import polars as pl

from warehouse.client import Warehouse

Marks = Mapping[int, int]
"""By partition, the last offset that is looked at."""
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

    def __init__(self, warehouse: Warehouse, table: str, topic_id: str) -> None:
        self.table = table
        self._warehouse, self._topic_id = warehouse, topic_id
        self.marks = self._now()

    def versions(self) -> tuple[int, int]:
        """How many versions of entities are stored, and how many of them are distinct."""
        stored, distinct = self._warehouse.rows(
            f"SELECT count(), uniqExact(entity_id, version) FROM {self.table}"  # noqa: S608
            f" WHERE state != '' AND {_WITHIN}",
            self._between({}, self.marks),
        )[0]
        return int(stored), int(distinct)

    def positions(self) -> list[tuple[int, int]]:
        """Partition and offset of every event."""
        found = self._warehouse.rows(
            f"SELECT partition, offset FROM {self.table} WHERE entity_id != '' AND {_WITHIN}",  # noqa: S608
            self._between({}, self.marks),
        )
        return [(int(partition), int(offset)) for partition, offset in found]

    def facts(self, by: Sequence[str], measures: Sequence[str], above: Marks | None = None) -> pl.DataFrame:
        """Sums read from the rows themselves: up to the watermark, or what came `above` it and not after `_now`."""
        low, high = ({}, self.marks) if above is None else (self.marks, above)
        return self._sums(by, measures, f"WHERE {_WITHIN}", self._between(low, high), {"optimize_use_projections": 0})

    def aggregate(self, by: Sequence[str], measures: Sequence[str]) -> pl.DataFrame:
        """Sums as an aggregate projection serves them, less what came after the watermark.

        A part holds facts and aggregates alike, so an answer between two equal watermarks is of that watermark.
        """
        for _ in range(BUSY_TRIES):
            before = self._now()
            found = self._sums(by, measures, "", {}, {"force_optimize_projection": 1})
            if self._now() == before:
                break
        else:
            raise TooBusy(
                f"{self.table} changed during every one of {BUSY_TRIES} questions; verify when less is going on"
            )
        if before == self.marks:
            return found
        later = self.facts(by, measures, above=before).with_columns(-pl.col(name) for name in measures)
        return pl.concat([found, later]).group_by(by).agg(pl.col(measures).sum())

    def _sums(
        self,
        by: Sequence[str],
        measures: Sequence[str],
        where: str,
        parameters: Mapping[str, object],
        settings: Mapping[str, object],
    ) -> pl.DataFrame:
        columns = ", ".join(
            f"toInt64(sum({name}){'' if name in COUNTS else ' * 10000'}) AS {name}" for name in measures
        )
        found = self._warehouse.query(
            f"SELECT {', '.join(by)}, {columns} FROM {self.table} {where} GROUP BY {', '.join(by)}",  # noqa: S608
            parameters,
            settings=settings,
        )
        return found.with_columns(pl.col(key).cast(pl.String) for key in by if key != "day")

    def _now(self) -> dict[int, int]:
        marks = self._warehouse.rows(
            f"SELECT partition, max(offset) FROM {self.table} WHERE topic_id = {{id:String}}"  # noqa: S608
            " GROUP BY topic_id, partition",
            {"id": self._topic_id},
        )
        return {int(partition): int(offset) for partition, offset in marks}

    def _between(self, low: Marks, high: Marks) -> dict[str, object]:
        partitions = range(max([*low, *high], default=0) + 1)
        return {
            "id": self._topic_id,
            "low": [low.get(one, -1) for one in partitions],
            "high": [high.get(one, -1) for one in partitions],
        }


_WITHIN = (
    "topic_id = {id:String} AND toInt64(offset) > arrayElement({low:Array(Int64)}, partition + 1)"
    " AND toInt64(offset) <= arrayElement({high:Array(Int64)}, partition + 1)"
)
