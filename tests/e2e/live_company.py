"""A company small enough to know by heart: HQ > East > Hangzhou, Ningbo; two reps; one product line."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingest.calendar import business_day
from ingest.settings import company

LONG_AGO = "2020-01-01"
Event = Mapping[str, Any]


def now() -> str:
    return datetime.now(UTC).isoformat()


def today() -> date:
    """The business day it is for the company, which begins and ends in its own zone."""
    return business_day(datetime.now(UTC), company().zone)


def _org(kind: str, id: str, **fields: Any) -> Event:
    return {"occurred_at": "2020-01-01T00:00:00Z", "kind": kind, "id": id, "valid_from": LONG_AGO, **fields}


def org() -> Iterable[Event]:
    """Who belongs where."""
    yield _org("unit", "hq", name="总部", name_en="HQ", tier="company", manager_id="p-head")
    yield _org("unit", "east", name="东区", name_en="East", tier="region", parent_id="hq", manager_id="p-east")
    yield _org("unit", "hz", name="杭州", name_en="Hangzhou", tier="office", parent_id="east", manager_id="p-hz")
    yield _org("unit", "nb", name="宁波", name_en="Ningbo", tier="office", parent_id="east", manager_id="p-nb")
    yield _org("person", "p-head", name="周红", name_en="Zhou Hong", unit_id="hq", role="sales_director")
    yield _org("person", "p-east", name="李娜", name_en="Li Na", unit_id="east", role="region_manager")
    yield _org("person", "p-hz", name="张伟", name_en="Zhang Wei", unit_id="hz", role="office_manager")
    yield _org("person", "p-nb", name="王芳", name_en="Wang Fang", unit_id="nb", role="office_manager")
    yield _org("person", "r-hz", name="陈强", name_en="Chen Qiang", unit_id="hz", role="rep")
    yield _org("person", "r-nb", name="刘洋", name_en="Liu Yang", unit_id="nb", role="rep")
    yield _org("product", "vms", name="VMS", name_en="VMS", tier="line")


def targets() -> Iterable[Event]:
    """What each office shall reach this month, and their parents the sum."""
    for unit, value in {"hz": 1_000_000, "nb": 500_000, "east": 1_500_000, "hq": 1_500_000}.items():
        yield {
            "occurred_at": "2020-01-01T00:00:00Z",
            "slice": {"unit_id": unit},
            "period": f"{today():%Y-%m}",
            "value": value,
        }


def order(id: str, amount: int, office: str = "hz", **fields: Any) -> Event:
    """An effective order of today."""
    rep = {"rep_id": f"r-{office}", "office_id": office, "product_id": "vms", "customer_id": f"c-{office}"}
    return {"order_id": id, "occurred_at": now(), "amount": amount, **rep, **fields}


def finding(id: str, gap: int, office: str = "hz", **fields: Any) -> Event:
    """A finding as detection writes it."""
    at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    return {
        "finding_id": id,
        "occurred_at": now(),
        "rule": "R1",
        "metric": "bookings",
        "period": f"{datetime.now(UTC):%Y-%m}",
        "slice": {"unit_id": office, "product_id": "vms"},
        "since": at,
        "as_of": now(),
        "actual": 100_000,
        "expected": 100_000 - gap,
        "target": 1_000_000,
        "gap": gap,
        "confidence": 0.94,
        "cells": [{"slice": {"unit_id": office, "product_id": "vms"}, "actual": 0, "expected": 0, "contribution": gap}],
        "responsible_id": f"p-{office}",
        "responsible_role": "office_manager",
        "why": [f"why.owner_of_cell|person=p-{office}|unit={office}|product=vms"],
        "against": ["against.price_unchanged"],
        **fields,
    }
