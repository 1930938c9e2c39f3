"""A company of 6,000 people, so regular that every rank can be said: person n has booked n of 6,000 in October."""

from datetime import date
from decimal import Decimal

from tests.integration.warehouse.books import LONG_AGO, SEEN, Books

PEOPLE, OFFICES, REGIONS = 6_000, 200, 20
OCTOBER = "period=2026-10"
NEW, AWAY = "p5999", "p5998"
"""The two with the largest bookings: one is ramping up, one on leave."""


def office(person: int) -> str:
    return f"o{person % OFFICES:03}"


def region(of_office: int) -> str:
    return f"r{of_office % REGIONS:02}"


def write(books: Books) -> None:
    """HQ ▸ 20 regions ▸ 200 offices ▸ 30 people each, all long in their role, each with a target of 6,000 for October;
    the head is `ceo`, the manager of region r07 `rm`."""
    units = {"hq": "hq", **{f"r{n:02}": f"hq/r{n:02}" for n in range(REGIONS)}}
    units |= {f"o{n:03}": f"hq/{region(n)}/o{n:03}" for n in range(OFFICES)}
    books.units(units, hq="ceo", r07="rm")
    books.products({"vms": "vms", "vms1": "vms/vms1"})
    people = {f"p{n}": {"unit_id": office(n)} for n in range(PEOPLE)}
    people[NEW]["role_since"] = date(2026, 8, 1)  # type: ignore[assignment]
    people[AWAY]["status"] = "leave"
    leaders = {"ceo": {"unit_id": "hq", "role": "general_manager"}, "rm": {"unit_id": "r07", "role": "region_manager"}}
    books.people(**leaders, **people)
    targets = [
        {"period": "2026-10", "metric": "bookings", "tier": "base", "value": Decimal(PEOPLE), "version": n + 1,
         "offset": 10**6 + n, "valid_from": LONG_AGO, "person_id": f"p{n}", "entity_id": f"target-{n}"}
        for n in range(PEOPLE)
    ]  # fmt: skip
    books.insert("target_events", targets)
    orders = [
        {"topic_id": "t", "offset": 2 * 10**6 + n, "entity_id": f"so{n}:1", "order_id": f"so{n}", "version": 1,
         "day": "2026-10-15", "entity_day": "2026-10-15", "changed_at": SEEN, "received_at": SEEN,
         "booked_amount": Decimal(n), "lines": 1, "office_id": office(n), "rep_id": f"p{n}", "product_id": "vms1",
         "status": "effective", "kind": "standard"}
        for n in range(PEOPLE)
    ]  # fmt: skip
    books.insert("order_changes", orders)
