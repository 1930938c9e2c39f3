"""Deals as columns: all of `streams.opportunities`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

import numpy as np

from ingest.events import Opportunity
from ingest.fields import Outcome
from ingest.settings import CompanySettings
from streams.amounts import UNIT
from streams.batches import NO_DAY
from streams.columnar.arithmetic import half_even, or_zero, within
from streams.columnar.chain import OwnDay, carried, summed
from streams.columnar.columns import NONE, Bools, Coded, Columns, Fields, Ints, Kind, Parts
from streams.columnar.contributions import Contributions, Id
from streams.columnar.people import CREDITS, people_of
from streams.opportunities import CLOSED, Expectation, Opportunities

WORDS = (
    "opportunity_id", "stage", "outcome", "forecast_category", "grade", "office_id", "rep_id", "product_id",
    "customer_id", "route", "loss_reason", "competitor",
)  # fmt: skip
DAYS = ("opened_on", "closed_on", "expected_close_on")


class OpportunityColumns:
    """See `streams.columnar.reading.ColumnarReading`; an expectation is a day of close and its moves so far."""

    model = Opportunity
    fields: ClassVar[Fields] = {
        **dict.fromkeys(WORDS, Kind.WORD),
        **dict.fromkeys(DAYS, Kind.DAY),
        "amount": Kind.MONEY,
        "probability": Kind.MONEY,
        "next_step_on": Kind.DAY,
        "credits": CREDITS,
        "correction": Kind.FLAG,
        "lines": {"product_id": Kind.WORD, "amount": Kind.MONEY},
    }

    def __init__(self, company: CompanySettings) -> None:
        """Nothing of the company changes how deals are read."""

    def goes_by_row(self, columns: Columns) -> Bools:
        return np.zeros(len(columns), np.bool_)

    def change_day(self, columns: Columns) -> Ints:
        closed_on = columns.fields["closed_on"]
        return np.where(_is_closed(columns) & (closed_on != NONE), closed_on, columns.happened_on)

    def own_days(self, columns: Columns, change_day: Ints) -> tuple[OwnDay | None, ...]:
        always = np.ones(len(columns), np.bool_)
        opened = OwnDay(columns.fields["opened_on"], starts=always)
        return opened, opened, OwnDay(columns.fields["closed_on"], starts=always, holds=_is_closed(columns)), None

    def expectation(self, columns: Columns, known: Bools, known_values: Ints) -> Ints:
        said = columns.fields["expected_close_on"]
        if known.any():
            said = np.where(known, known_values[:, 0], said)
        close_on = carried(said, said != NONE, columns.begins)
        before = np.where(columns.begins, NONE, np.concatenate([[NONE], close_on[:-1]]))
        moved = (close_on != NONE) & (before != NONE) & (_months(close_on) > _months(before))
        pushes = moved.astype(np.int64)
        if known.any():
            pushes = np.where(known, known_values[:, 1], pushes)
        return np.column_stack([close_on, summed(pushes, columns.begins)])

    def memory(self, expectation: Sequence[int]) -> Expectation:
        close_on, pushes = expectation
        return Expectation(None if close_on == NONE else NO_DAY + timedelta(close_on), pushes)

    def remembered(self, memory: Expectation) -> tuple[int, ...]:
        return NONE if memory.close_on is None else (memory.close_on - NO_DAY).days, memory.pushes

    def contributions(self, columns: Columns, expectation: Ints) -> tuple[Contributions, Bools]:
        fields, people = columns.fields, people_of(columns)
        lines: Parts = fields["lines"]
        line_amount = or_zero(lines.fields["amount"])
        by_row = ~within(fields["amount"])
        by_row[lines.owner[~within(line_amount)]] = True
        has_lines = np.bincount(lines.owner, minlength=len(columns)) > 0
        whole, line = np.flatnonzero(~by_row & ~has_lines), np.flatnonzero(~by_row[lines.owner])
        of_items = np.concatenate([whole, lines.owner[line]])
        amount = np.concatenate([or_zero(fields["amount"])[whole], line_amount[line]])
        first = np.concatenate([np.ones(len(whole), np.bool_), (np.diff(lines.owner, prepend=-1) != 0)[line]])
        product: Coded = fields["product_id"].take(whole).behind(lines.fields["product_id"].take(line))
        item, who = people.among(of_items)
        owner = of_items[item]
        part = people.split(amount[:, None], item, who)[:, 0]
        deals = (first[item] & people.leads[who]).astype(np.int64)
        given: dict[str, Id] = {
            **{name: fields[name].take(owner) for name in WORDS if name not in ("office_id", "rep_id")},
            **{name: or_zero(fields[name])[owner] for name in DAYS},
            "product_id": product.take(item),
            "office_id": people.office_id.take(who),
            "rep_id": people.rep_id.take(who),
            "credit_role": people.role.take(who),
            "is_overlay": people.is_overlay[who],
        }
        amounts = self._amounts(columns, owner, part, deals, expectation[owner, 1])
        return Contributions(owner, tuple(given[name] for name in Opportunities.ids), amounts), by_row

    def _amounts(self, columns: Columns, owner: Ints, part: Ints, deals: Ints, pushes: Ints) -> Ints:
        outcome: Coded = columns.fields["outcome"].take(owner)
        stage: Coded = columns.fields["stage"].take(owner)
        probability = or_zero(columns.fields["probability"])[owner]
        is_open, real = outcome.among({Outcome.OPEN}), ~outcome.among({Outcome.DUPLICATE})
        measures = [
            deals * real, part * real, deals * is_open, part * is_open,
            half_even(part * probability, UNIT) * is_open, part * (is_open & stage.among({"awarded"})),
        ]  # fmt: skip
        for ended in (Outcome.WON, Outcome.LOST, Outcome.ABANDONED):
            so_ended = outcome.among({ended})
            measures += [deals * so_ended, part * so_ended]
        return np.column_stack([*measures, deals * pushes, part * pushes])


def _is_closed(columns: Columns) -> Bools:
    outcome: Coded = columns.fields["outcome"]
    return outcome.among(CLOSED)


def _months(days: Ints) -> Ints:
    months: Ints = or_zero(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months
