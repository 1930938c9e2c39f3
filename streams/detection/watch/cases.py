"""What is off, put together by who answers for it: one person, one problem, one case. Pure."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import polars as pl

from ingest.events import Behind
from streams.detection.responsibility import First
from streams.detection.watch.facts import Facts
from streams.detection.watch.rules import STANDS_WITH, Watch
from warehouse.key import Key

SHOWN = 30
"""Things a finding names; all are counted, and their money is in its gap."""


@dataclass(frozen=True)
class Case:
    """All one rule has to say to one person: `ids`, of which `largest` are the largest (kind, id, customer_id, amount
    and since of each), and some of their `owners`."""

    rule: Watch
    key: Key
    largest: tuple[Mapping[str, Any], ...]
    count: int
    amount: Decimal
    since: date
    days: int
    owners: tuple[str, ...]
    ids: tuple[str, ...]

    @cached_property
    def behind(self) -> tuple[Behind, ...]:
        """The largest, as a finding names them."""
        return tuple(Behind(**{**one, "customer_id": one["customer_id"] or None}) for one in self.largest)


def cases(rule: Watch, flagged: pl.DataFrame, facts: Facts, stands: AbstractSet[tuple[str, Key]]) -> Iterator[Case]:
    """The cases of a rule that are worth telling, or still are; `stands` are the (rule id, key) that were told."""
    if flagged.is_empty():
        return
    units, people = _keys(rule.first, flagged, facts)
    keyed = flagged.with_columns(unit=units, person=people).sort(["amount", "id"], descending=[True, False])
    columns = ("kind", "id", "customer_id", "amount", "since")
    grouped = keyed.group_by("unit", "person", maintain_order=True).agg(
        pl.col("amount").sum().alias("total"), pl.len().alias("count"), pl.col("since").min().alias("first"),
        pl.col("days").max().alias("longest"), pl.col("person_id").unique(maintain_order=True).head(3).alias("owners"),
        pl.struct(columns).head(SHOWN).alias("behind"), pl.col("id").alias("ids"),
    )  # fmt: skip
    least = float(rule.least_amount)
    worth = grouped.filter(pl.col("total").cast(pl.Float64) >= least * float(STANDS_WITH))
    for unit, person, total, count, first, longest, owners, behind, ids in worth.iter_rows():
        key = Key(unit, "", person)
        if total >= rule.least_amount or (rule.id, key) in stands:
            yield Case(rule, key, tuple(behind), count, total, first, longest, tuple(filter(None, owners)), tuple(ids))


def _keys(first: First, flagged: pl.DataFrame, facts: Facts) -> tuple[pl.Expr, pl.Expr]:
    """The unit and the person of each row's case: the owner with the unit of today, else the unit that answers."""
    nobody = pl.lit("")
    office = pl.col("office_id")
    match first:
        case "owner":
            home = {one: span.unit_id for one in flagged["person_id"].unique() if (span := facts.org.on(one))}
            return _mapped("person_id", home, office), pl.col("person_id")
        case "above":
            offices = flagged["office_id"].unique()
            above = {one: path[-2] for one in offices if len(path := facts.org.unit_path(one)) > 1}
            return _mapped("office_id", above, office), nobody
        case _:
            return office, nobody


def _mapped(column: str, values: Mapping[str, str], default: pl.Expr) -> pl.Expr:
    return pl.col(column).replace_strict(values, default=default, return_dtype=pl.String) if values else default
