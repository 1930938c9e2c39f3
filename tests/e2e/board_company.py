"""A company small enough to work out by hand: October 2026, five reps, four products, 830.25 of 1,000."""

import json
from decimal import Decimal

from tests.e2e import live_company
from tests.integration.warehouse.books import Books

OCTOBER = "period=2026-10"
BOOKED = {  # (office, rep, product) → amount
    ("hz", "p1", "vms1"): "200.00",
    ("hz", "p1", "ipc1"): "100.00",
    ("hz", "p2", "vms1"): "0.25",
    ("nb", "p3", "vms1"): "150.00",
    ("bj", "p4", "ipc1"): "380.00",
}
TARGETS = {"hq": "1000", "east": "600", "north": "400", "hz": "400", "nb": "200", "bj": "400"}


def write(books: Books) -> None:
    """All of it: HQ ▸ East (Hangzhou, Ningbo), North (Beijing); the head is `ceo`, East's manager is `em`."""
    books.units(
        {
            "hq": "hq",
            "east": "hq/east",
            "north": "hq/north",
            "hz": "hq/east/hz",
            "nb": "hq/east/nb",
            "bj": "hq/north/bj",
        },
        hq="ceo",
        east="em",
        hz="hm",
    )
    books.products({"vms": "vms", "vms1": "vms/vms1", "ipc": "ipc", "ipc1": "ipc/ipc1"})
    books.people(
        ceo={"unit_id": "hq", "role": "general_manager"},
        em={"unit_id": "east", "role": "region_manager"},
        hm={"unit_id": "hz", "role": "office_manager"},
        p1={"unit_id": "hz"},
        p2={"unit_id": "hz"},
        p3={"unit_id": "nb"},
        p4={"unit_id": "bj"},
    )
    books.customers(c1={})
    for unit, value in TARGETS.items():
        books.target("2026-10", value, unit_id=unit)
    books.target("2026-10", "300", unit_id="hz", person_id="p1")
    for number, ((office, rep, product), amount) in enumerate(BOOKED.items()):
        book(books, f"so{number}", "2026-10-15", amount, office, rep, product)
    ids = {"office_id": "hz", "rep_id": "p1", "product_id": "vms1", "customer_id": "c1", "opportunity_id": "d1"}
    more = {**ids, "outcome": "open", "opened_on": "2026-10-01", "expected_close_on": "2026-12-01"}
    books.deal(
        "2026-10-01",
        entity_id="d1",
        version=1,
        stage="qualified",
        state=_deal("90", "qualified"),
        open_deals=1,
        open_amount=Decimal(90),
        **more,
    )
    gone = {"entity_id": "d1", "version": 2, "stage": "qualified", "open_deals": -1, "open_amount": Decimal(-90)}
    books.deal("2026-10-10", **gone, **more)
    new = {"entity_id": "d1", "version": 2, "stage": "bid", "open_deals": 1, "open_amount": Decimal(70)}
    books.deal("2026-10-10", **new, state=_deal("70", "bid"), **more)


def _deal(amount: str, stage: str) -> str:
    return json.dumps({"opportunity_id": "d1", "amount": amount, "stage": stage, "outcome": "open", "rep_id": "p1"})


def book(books: Books, id: str, day: str, amount: str, office: str, rep: str, product: str) -> None:
    """One order line, effective on `day`."""
    ids = {"order_id": id, "line_id": "1", "entity_id": f"{id}:1", "customer_id": "c1"}
    ids |= {"office_id": office, "rep_id": rep, "product_id": product}
    state = json.dumps({"order_id": id, "amount": amount, "status": "effective"})
    books.order(day, amount, kind="standard", status="effective", state=state, **ids)


def today() -> str:
    """The current business day, for what must move now."""
    return live_company.today().isoformat()
