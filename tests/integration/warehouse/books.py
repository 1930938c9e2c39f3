"""A small hand-written company in a warehouse of its own: the rows a test states, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import polars as pl

from warehouse.client import Warehouse

EVER = date(2149, 6, 6)
LONG_AGO = date(2000, 1, 1)
_DICTIONARIES = {
    "unit_ranges": "units",
    "product_ranges": "products",
    "person_ranges": "people",
    "customer_ranges": "customers",
}
SEEN = datetime(2026, 11, 20, 8, tzinfo=UTC)


class Books:
    """Writes change rows, the organisation and targets; every row has what is not stated empty."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self._offset = count(1)
        self._edition = count(1)
        self._schemas: dict[str, dict[str, str]] = {}
        self._written: set[str] = set()

    def order(self, day: str, amount: str | int, **fields: Any) -> None:
        self.change("order_changes", day, booked_amount=Decimal(amount), lines=1, **fields)

    def deal(self, day: str, **fields: Any) -> None:
        self.change("opportunity_changes", day, **fields)

    def change(self, table: str, day: str, **fields: Any) -> None:
        """One change row; `entity_day` is its day, ids and texts left out are empty."""
        offset = next(self._offset)
        row = {"topic_id": "t", "offset": offset, "entity_id": f"e{offset}", "version": offset, "day": day}
        row |= {"entity_day": day, "changed_at": SEEN, "received_at": SEEN, **fields}
        self.insert(table, [row])

    def change_of(self, table: str, **fields: Any) -> None:
        """One row of a table without a day of its own: a finding, or what somebody did."""
        offset = next(self._offset)
        self.insert(table, [{"topic_id": "t", "offset": offset, "version": offset, "received_at": SEEN, **fields}])

    def target(self, period: str, value: str | int, **fields: Any) -> None:
        offset = next(self._offset)
        row = {"period": period, "metric": "bookings", "tier": "base", "value": Decimal(value), "version": offset}
        row |= {"offset": offset, "valid_from": LONG_AGO, "state": "{}", **fields}
        slice_ = [row.get(name, "") for name in ("unit_id", "person_id", "product_id", "route", "segment")]
        row["entity_id"] = ":".join([*slice_, period, row["metric"], row["tier"]])
        self.insert("target_events", [row])

    def units(self, tree: Mapping[str, Sequence[str] | str], **managers: str) -> None:
        """`{"hz": "hq/east/hz"}`, or several ranges: `{"hz": [("2026-11-10", "hq/north/hz"), …]}`."""
        self._tree("unit_ranges", tree, managers, {"closed": 0})

    def products(self, tree: Mapping[str, Any], **managers: str) -> None:
        self._tree("product_ranges", tree, managers, {"supply": "ok"})

    def people(self, **people: Mapping[str, Any]) -> None:
        rows = []
        for key, fields in people.items():
            row = {"id": key, "valid_from": LONG_AGO, "valid_to": EVER, "name": f"{key} 名", "name_en": key.title()}
            row |= {"status": "active", "role": "rep", "role_since": LONG_AGO, "roles": [], **fields}
            rows.append(row)
        self._edition_of("person_ranges", rows)

    def customers(self, **customers: Mapping[str, Any]) -> None:
        rows = [
            {"id": key, "valid_from": LONG_AGO, "valid_to": EVER, "name": key.title(), **fields}
            for key, fields in customers.items()
        ]
        self._edition_of("customer_ranges", rows)

    def days_off(self, *days: tuple[str, str]) -> None:
        edition = next(self._edition)
        self.insert(
            "calendar_days",
            [{"edition": edition, "unit_id": unit, "day": day, "weight": 0, "reason": ""} for unit, day in days],
        )

    def insert(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Rows of any table; dates may be texts, and what is left out is the column's default."""
        columns = self._columns(table)
        for row in rows:
            assert row.keys() <= columns.keys(), f"{table} has no {row.keys() - columns.keys()}"
            for name, value in row.items():
                if columns[name] == "Date" and isinstance(value, str):
                    row[name] = date.fromisoformat(value)
        self._written.add(table)
        names = sorted({name for row in rows for name in row})
        frame = pl.DataFrame(
            {name: pl.Series(name, [row.get(name) for row in rows], dtype=_dtype(columns[name])) for name in names}
        )
        self.warehouse.insert(table, frame)

    def forget(self) -> None:
        """Empty what was written."""
        for table in self._written:
            self.warehouse.command(f"TRUNCATE TABLE {table}")
            if table in _DICTIONARIES:
                self.warehouse.command(f"SYSTEM RELOAD DICTIONARY {_DICTIONARIES[table]}")

    def _tree(self, table: str, tree: Mapping[str, Any], managers: Mapping[str, str], extra: dict[str, Any]) -> None:
        rows = []
        for key, spans in tree.items():
            spans = [(str(LONG_AGO), spans)] if isinstance(spans, str) else list(spans)
            for number, (since, path) in enumerate(spans):
                steps = path.split("/")
                ends = date.fromisoformat(spans[number + 1][0]) if number + 1 < len(spans) else None
                rows.append(
                    {
                        "id": key,
                        "valid_from": since,
                        "valid_to": date.fromordinal(ends.toordinal() - 1) if ends else EVER,
                        "parent_id": steps[-2] if len(steps) > 1 else "",
                        "tier": f"tier {len(steps)}",
                        "name": f"{key} 名",
                        "name_en": key.title(),
                        "manager_id": managers.get(key, ""),
                        "path": steps,
                        **extra,
                    }
                )
        self._edition_of(table, rows)

    def _edition_of(self, table: str, rows: list[dict[str, Any]]) -> None:
        edition = next(self._edition)
        self.insert(table, [{"edition": edition, **row} for row in rows])
        self.warehouse.command(f"SYSTEM RELOAD DICTIONARY {_DICTIONARIES[table]}")

    def _columns(self, table: str) -> dict[str, str]:
        if table not in self._schemas:
            self._schemas[table] = dict(
                self.warehouse.rows(
                    "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {t:String}",
                    {"t": table},
                )
            )
        return self._schemas[table]


def _dtype(kind: str) -> Any:
    if kind.startswith("Decimal"):
        return pl.Decimal(18, 4)
    plain = {"Date": pl.Date, "UInt64": pl.UInt64, "UInt16": pl.UInt16, "UInt8": pl.UInt8, "Int64": pl.Int64}
    if kind.startswith("DateTime64"):
        return pl.Datetime("us", "UTC")
    return pl.List(pl.String) if kind.startswith("Array") else plain.get(kind, pl.String)
