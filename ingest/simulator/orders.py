"""An order as agreed: its lines, who is credited, and whether it is changed or cancelled."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from ingest.events import Credit, Order
from ingest.fields import OrderKind, OrderStatus, Route
from ingest.simulator.bookings import Deal
from ingest.simulator.build import built
from ingest.simulator.company import Company
from ingest.simulator.market import Customer
from ingest.simulator.pace import local_day
from ingest.simulator.progress import delivered, paid, planned
from ingest.simulator.stories import Days, Step, Track, money, pick

OVERLAY_SHARE = Decimal("0.2")
CANCELLED, AMENDED, RETURNED = 0.04, 0.06, 0.02
"""Parts of the orders that are cancelled before shipment (small ones only), changed, and returned in part."""


def order_steps(company: Company, deal: Deal, customer: Customer, route: Route, rng: Random) -> list[Step]:
    """Everything that happens to the order of a deal that was won, its service line and its payments."""
    amount = deal.amount * 100
    days = Days(company, deal.office, rng)
    order_id = f"SO{deal.key}"
    fields = _head(company, deal, customer, route, order_id, rng)
    has_service = not deal.call_off and not deal.big and rng.random() < 0.1
    service = amount // 800 * 100 if has_service else 0
    steps = _line_steps(company, deal, fields, "1", amount - service, days, rng)
    if service:
        on_service = {"kind": OrderKind.SERVICE, "tax_rate": Decimal("0.06")}
        steps += _line_steps(company, deal, fields | on_service, "2", service, days, rng)
    aside = 1.0 if deal.big else rng.random()
    if aside < 0.004:
        returned = fields | {"kind": OrderKind.RETURN, "order_id": f"SR{deal.key}", "parent_order_id": order_id}
        steps.append(_aside(returned, -(amount // 1000) * 100, days.after(deal.at, 20, 60)))
    elif aside < 0.014:
        kind = OrderKind.SAMPLE if aside < 0.012 else OrderKind.INTERNAL
        steps.append(_aside(fields | {"kind": kind, "order_id": f"SA{deal.key}"}, amount // 3000 * 100, deal.at))
    return steps


def _aside(fields: dict[str, Any], amount: int, at: int) -> Step:
    """A document of its own beside the order, told once."""
    fields = fields | {"line_id": "1", "amount": money(amount), "effective_on": local_day(at)}
    return at, Track("orders", Order, f"{fields['order_id']}:1", fields), {"status": OrderStatus.EFFECTIVE}


def _head(company: Company, deal: Deal, customer: Customer, route: Route, order_id: str, rng: Random) -> dict[str, Any]:
    product = company.products[deal.product]
    day = local_day(deal.at)
    head: dict[str, Any] = {
        "source": "dms" if route is Route.DISTRIBUTOR else "erp",
        "order_id": order_id,
        "kind": OrderKind.CALL_OFF if deal.call_off else OrderKind.STANDARD,
        "effective_on": day,
        "tax_rate": Decimal(company.lines[product.line].tax_rate).scaleb(-2),
        "currency": "CNY",
        "rep_id": company.posts[deal.post].seller(day),
        "office_id": company.offices[deal.office].id,
        "product_id": product.id,
        "customer_id": customer.id,
        "route": route,
    }
    if deal.days_open:
        head["opportunity_id"] = f"OP{deal.key}"
    if deal.call_off:
        head["parent_order_id"] = company.frameworks[deal.office].id(day.year)
    if route in (Route.DISTRIBUTOR, Route.INTEGRATOR):
        head["partner_id"] = company.market.partners[deal.office][route is Route.INTEGRATOR].id
        head["ship_to"] = customer.id
    credits = _credits(company, deal, head["rep_id"], day, rng)
    if credits:
        head["credits"] = credits
    return head


def _credits(company: Company, deal: Deal, rep_id: str, day: date, rng: Random) -> tuple[Credit, ...]:
    """Mostly none (all of it the rep's); some share with a colleague, some credit the solution person on top."""
    effects = company.effects
    office = company.offices[deal.office]
    draw = rng.random()
    people: list[tuple[str, str, str, Decimal, bool]] = []
    if draw < 0.06 and deal.post not in (effects.silent_post, effects.lumpy_post):
        elsewhere = company.offices[pick(rng, company.offices_in[office.parent])] if draw < 0.01 else office
        helpers = [post for post in company.posts_of[elsewhere.index] if post.index != deal.post]
        helper = pick(rng, helpers)
        if helper.index not in (effects.silent_post, effects.lumpy_post) and helper.seller(day) != rep_id:
            share = Decimal(pick(rng, (20, 30, 40))).scaleb(-2)
            people = [
                (rep_id, office.id, "AR", 1 - share, False),
                (helper.seller(day), elsewhere.id, "AR", share, False),
            ]
    if draw > 0.92:
        people = [(rep_id, office.id, "AR", Decimal(1), False)]
        people.append((company.experts[office.parent][0], office.id, "SR", OVERLAY_SHARE, True))
    return tuple(
        built(Credit, {"person_id": who, "office_id": where, "role": role, "share": share, "overlay": overlay})
        for who, where, role, share, overlay in people
    )


def _line_steps(
    company: Company, deal: Deal, head: dict[str, Any], line_id: str, amount: int, days: Days, rng: Random
) -> list[Step]:
    order_id = head["order_id"]
    track = Track("orders", Order, f"{order_id}:{line_id}", {**head, "line_id": line_id})
    unit_price = pick(rng, (600, 1_500, 4_000)) * 100
    discount = pick(rng, (0, 5, 8, 10, 12, 15, 20, 25))
    start: dict[str, Any] = {
        "status": OrderStatus.EFFECTIVE,
        "quantity": Decimal(max(1, amount // unit_price)),
        "amount": money(amount),
        "list_amount": money(amount * 100 // (100 - discount)),
    }
    steps: list[Step] = []
    if deal.days_open and rng.random() < 0.1:
        drafted = deal.at - rng.randint(1, 3) * 86_400
        steps.append((drafted, track, start | {"status": OrderStatus.DRAFT}))
    steps.append((deal.at, track, start))

    fate = rng.random()
    cancelled, amended, returned = CANCELLED, CANCELLED + AMENDED, CANCELLED + AMENDED + RETURNED
    if fate < cancelled and deal.amount <= company.typical_order * 0.6:
        return [*steps, (days.after(deal.at, 2, 12), track, {"status": OrderStatus.CANCELLED})]
    settled = deal.at
    agreed = amount
    if cancelled <= fate < amended and not deal.big:
        amount = amount * pick(rng, (85, 90, 95, 105, 110, 115)) // 100
        settled = days.after(deal.at, 1, 2)
    schedule = planned(settled, days, rng)
    start["dues"] = schedule.dues(agreed)
    if amount != agreed:
        list_amount = money(amount * 100 // (100 - discount))
        change = {"amount": money(amount), "list_amount": list_amount, "dues": schedule.dues(amount)}
        steps.append((settled, track, change))
    back = amount * pick(rng, (10, 20, 30)) // 100 if amended <= fate < returned and line_id == "1" else 0
    steps += delivered(track, schedule, amount, back, days, rng)
    return steps + paid(track, schedule, amount - back, days, rng)
