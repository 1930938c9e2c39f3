"""What each topic's versions contribute, as whole columns: the same trade as the stream's readings, written apart."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from deploy.verify.clocks import Clock, filled, in_order, signed_sums, within_runs
from deploy.verify.exact import SHARE, half_even, split, wide
from deploy.verify.log import Logged
from ingest.settings import CompanySettings

KEYS = ("office_id", "rep_id", "product_id", "is_overlay")
CREDIT = ["row", "line"]
RATE = 10**8
NONE = pl.lit(None, pl.Date)
PROGRESS = ("shipped", "accepted", "invoiced", "returned")


def units(amount: Decimal | None) -> int | None:
    """An amount in 1/10,000."""
    return None if amount is None else int(amount * 10_000)


def _versions(logged: Iterable[Logged], zone: ZoneInfo, columns: Callable[[Any], dict[str, Any]]) -> pl.DataFrame:
    rows = [
        {
            "partition": one.partition,
            "offset": one.offset,
            "entity_id": one.event.entity_id,
            "version": one.event.order_in_time,
            "happened_on": one.event.occurred_at.astimezone(zone).date(),
            "correction": bool(getattr(one.event, "correction", False)),
            **columns(one.event),
        }
        for one in logged
        if one.event is not None
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    empty = [name for name, kind in frame.schema.items() if kind == pl.Null]
    return frame.with_columns(pl.col(name).cast(pl.Date if name.endswith("_on") else pl.Int64) for name in empty)


def _credits(event: Any) -> list[dict[str, Any]]:
    given = event.credits or ()
    if not given:
        own = {"rep_id": event.rep_id or "", "office_id": event.office_id or "", "is_overlay": 0}
        return [{**own, "share": SHARE, "credit_index": 0, "leads": True}]
    lead = max(range(len(given)), key=lambda i: (not given[i].overlay, given[i].share, -i))
    return [
        {
            "rep_id": credit.person_id,
            "office_id": credit.office_id or event.office_id or "",
            "is_overlay": int(credit.overlay),
            "share": int(credit.share * SHARE),
            "credit_index": index,
            "leads": index == lead,
        }
        for index, credit in enumerate(given)
    ]


def _per_credit(versions: pl.DataFrame) -> pl.DataFrame:
    return versions.explode("credits").unnest("credits")


@dataclass(frozen=True)
class Rates:
    """Dated rates into the reporting currency, in 1/10⁸."""

    company: CompanySettings

    def of(self, currency: str | None, day: date) -> int | None:
        """None where no rate holds: such an event is no part of the sums."""
        if currency is None or currency == self.company.currency:
            return RATE
        held = [rate for rate in self.company.rates if rate.currency == currency and rate.valid_from <= day]
        return int(max(held, key=lambda rate: rate.valid_from).rate * RATE) if held else None


def _converted(name: str) -> pl.Expr:
    return half_even(wide(name).fill_null(0) * wide("rate"), RATE)


def orders(logged: Iterable[Logged], company: CompanySettings) -> pl.DataFrame:
    """Sums of `order_changes` by day and `KEYS`."""
    rates, zone = Rates(company), company.zone

    def columns(order: Any) -> dict[str, Any]:
        day = order.effective_on or order.occurred_at.astimezone(zone).date()
        return {
            "kind": order.kind.value, "status": order.status.value, "effective_on": order.effective_on,
            "product_id": order.product_id or "", "tax": units(order.tax_rate) or 0,
            "rate": rates.of(order.currency, day), "quantity": units(order.quantity), "amount": units(order.amount),
            "list": units(order.list_amount), "collected": units(order.collected_amount),
            **{name: units(getattr(order, f"{name}_amount")) for name in PROGRESS},
            "due": sum((units(due.amount) or 0 for due in order.dues or ()), 0),
            "dues": [units(due.amount) for due in order.dues or ()], "credits": _credits(order),
        }  # fmt: skip

    versions = _versions(logged, zone, columns)
    if versions.is_empty():
        return versions
    versions = in_order(versions.filter((pl.col("status") == "draft") | pl.col("rate").is_not_null())).with_row_index(
        "row"
    )
    draft, stands = pl.col("status") == "draft", pl.col("status").is_in(["effective", "closed"])
    books = stands & pl.col("kind").is_in(["standard", "call_off", "service", "return"])
    gross = {
        "quantity": pl.when(books).then(wide("quantity").fill_null(10_000)).otherwise(0),
        "booked_amount": pl.when(books).then(_converted("amount")).otherwise(0),
        "framework_amount": pl.when(stands & (pl.col("kind") == "framework")).then(_converted("amount")).otherwise(0),
        "collected_amount": _converted("collected"),
        **{f"{name}_amount": _converted(name) for name in PROGRESS},
    }
    listed = pl.when(pl.col("list").is_not_null()).then("booked_amount").otherwise(0)
    netted = ("booked", *PROGRESS)
    whole = (
        versions.filter(~draft)
        .with_columns(**gross)
        .with_columns(
            listed_amount=listed,
            list_amount=pl.when(listed != 0).then(_converted("list")).otherwise(0),
            **{f"{n}_net_amount": half_even(wide(f"{n}_amount") * 10_000, 10_000 + wide("tax")) for n in netted},
        )
    )
    amounts = [
        "quantity", "booked_amount", "booked_net_amount", "framework_amount", "list_amount", "listed_amount",
        *(f"{name}{net}_amount" for name in PROGRESS for net in ("", "_net")), "collected_amount",
    ]  # fmt: skip
    counts = {"lines": (pl.col("leads") & books).cast(pl.Int64), "line": pl.lit(0), "due_amount": pl.lit(0)}
    credited = _per_credit(whole.with_columns(line=pl.lit(0)))
    parts = credited.with_columns(**{name: split(name, CREDIT) for name in amounts}, **counts)
    due = _per_credit(
        versions.filter(stands)
        .with_columns(amount=pl.col("dues"), line=pl.int_ranges(pl.col("dues").list.len()))
        .explode("amount", "line")
        .filter(pl.col("amount").is_not_null())
        .with_columns(amount=_converted("amount"))
    ).with_columns(due_amount=split("amount", CREDIT), **{name: pl.lit(0) for name in ("lines", *amounts)})
    wanted = ["row", *KEYS, "lines", *amounts, "due_amount"]
    booking_day = filled(pl.when(~draft).then("effective_on"), stands)
    clocks = (Clock(("lines", *amounts[:6]), booking_day), Clock((*amounts[6:], "due_amount"), NONE))
    both = [frame.select(wanted).cast({name: pl.Int64 for name in wanted[5:]}) for frame in (parts, due)]
    return signed_sums(versions, pl.concat(both), clocks, KEYS)


def opportunities(logged: Iterable[Logged], company: CompanySettings) -> pl.DataFrame:
    """Sums of `opportunity_changes` by day and `KEYS`."""

    def columns(deal: Any) -> dict[str, Any]:
        given = [(line.product_id, units(line.amount)) for line in deal.lines or ()]
        lines = given or [(deal.product_id or "", units(deal.amount) or 0)]
        return {
            "outcome": deal.outcome.value, "stage": deal.stage or "", "opened_on": deal.opened_on,
            "closed_on": deal.closed_on, "expected_close_on": deal.expected_close_on,
            "chance": None if deal.probability is None else int(deal.probability * SHARE),
            "lines": [{"product_id": one, "amount": amount, "line": i} for i, (one, amount) in enumerate(lines)],
            "credits": _credits(deal),
        }  # fmt: skip

    versions = _versions(logged, company.zone, columns)
    if versions.is_empty():
        return versions
    ended = pl.col("outcome").is_in(["won", "lost", "abandoned", "duplicate"])
    closed_on = pl.when(ended).then(pl.coalesce("closed_on", "happened_on")).otherwise("happened_on")
    versions = in_order(versions.with_columns(happened_on=closed_on)).with_row_index("row")
    expected = pl.col("expected_close_on").forward_fill().over("entity_id")
    month = expected.dt.year() * 12 + expected.dt.month()
    pushed = (month > month.shift(1).over("entity_id")).fill_null(False)
    versions = versions.with_columns(pushed=pushed.cast(pl.Int64).cum_sum().over("entity_id"))
    parts = _per_credit(versions.explode("lines").unnest("lines")).with_columns(part=split("amount", CREDIT))
    deal = (pl.col("leads") & (pl.col("line") == 0)).cast(pl.Int64)
    is_open, real = pl.col("outcome") == "open", pl.col("outcome") != "duplicate"
    part, nothing = pl.col("part"), pl.lit(0, pl.Int64)
    probable = half_even(wide("part") * wide("chance").fill_null(0), SHARE).cast(pl.Int64)

    def counted(holds: pl.Expr, name: str) -> dict[str, pl.Expr]:
        return {
            f"{name}_deals": pl.when(holds).then(deal).otherwise(nothing),
            f"{name}_amount": pl.when(holds).then(part).otherwise(nothing),
        }

    flows = {
        **counted(real, "opened"),
        **counted(is_open, "open"),
        "probable_amount": pl.when(is_open).then(probable).otherwise(nothing),
        "awarded_amount": pl.when(is_open & (pl.col("stage") == "awarded")).then(part).otherwise(nothing),
        **counted(pl.col("outcome") == "won", "won"),
        **counted(pl.col("outcome") == "lost", "lost"),
        **counted(pl.col("outcome") == "abandoned", "abandoned"),
        "pushes": deal * pl.col("pushed"),
        "pushed_amount": part * pl.col("pushed"),
    }
    names = tuple(flows)
    opened = filled(pl.col("opened_on"), pl.lit(True))
    clocks = (
        Clock(names[:2], opened, restated=True),
        Clock(names[2:6], opened),
        Clock(names[6:12], within_runs(pl.col("closed_on")), holds=ended),
        Clock(names[12:], NONE),
    )
    return signed_sums(versions, parts.with_columns(**flows).select("row", *KEYS, *names), clocks, KEYS)


def activities(logged: Iterable[Logged], company: CompanySettings) -> pl.DataFrame:
    """Sums of `activity_changes` by day, office and rep."""
    contact = {"visit", "call", "meeting", "demo"}

    def columns(activity: Any) -> dict[str, Any]:
        done, kind = activity.status.value == "done", activity.kind.value
        complaint = done and kind == "complaint"
        return {
            "office_id": activity.office_id or "", "rep_id": activity.rep_id, "status": activity.status.value,
            "planned": int(activity.status.value == "planned"), "done": int(done),
            "visits": int(done and kind == "visit"),
            "effective": int(done and kind in contact and bool(activity.outcome) and bool(activity.customer_id)),
            "minutes": (activity.duration_minutes or 0) if done else 0, "complaints": int(complaint),
            "open_complaints": int(complaint and activity.resolved_on is None),
        }  # fmt: skip

    versions = _versions(logged, company.zone, columns)
    if versions.is_empty():
        return versions
    versions = in_order(versions).with_row_index("row")
    planned = filled(pl.when(pl.col("status") == "planned").then("change_day"), pl.lit(False))
    measured = ("done", "visits", "effective", "minutes", "complaints", "open_complaints")
    clocks = (
        Clock(("planned",), planned, restated=True),
        Clock(measured, within_runs(NONE), restated=True, holds=pl.col("status") == "done"),
    )
    return signed_sums(versions, versions, clocks, ("office_id", "rep_id"))


def collections(logged: Iterable[Logged], company: CompanySettings) -> pl.DataFrame:
    """Sums of `collection_changes` by day and customer."""
    rates = Rates(company)

    def columns(payment: Any) -> dict[str, Any]:
        matures = payment.matures_on if payment.method.value == "commercial_bill" else None
        return {
            "counts_on": matures or payment.received_on, "customer_id": payment.customer_id,
            "rate": rates.of(payment.currency, payment.received_on), "amount": units(payment.amount),
            "parts": [units(one.amount) for one in payment.allocations or ()],
        }  # fmt: skip

    versions = _versions(logged, company.zone, columns)
    if versions.is_empty():
        return versions
    versions = in_order(versions.filter(pl.col("rate").is_not_null())).with_row_index("row")
    allocated = (
        versions.select("row", "rate", amount="parts").explode("amount").drop_nulls("amount")
        .group_by("row").agg(allocated=_converted("amount").sum())
    )  # fmt: skip
    contributions = versions.join(allocated, on="row", how="left").with_columns(received_amount=_converted("amount"))
    contributions = contributions.with_columns(
        unallocated_amount=pl.col("received_amount") - pl.col("allocated").fill_null(0)
    )
    clock = Clock(("received_amount", "unallocated_amount"), pl.col("counts_on"))
    return signed_sums(versions, contributions, (clock,), ("customer_id",))
