"""What begins while the company is watched live: orders, deals, visits, payments, by the size of each seller."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from ingest.events import Activity, Collection, Opportunity, Order
from ingest.fields import (
    ActivityKind,
    ActivityStatus,
    CollectionMethod,
    ForecastCategory,
    Grade,
    OrderKind,
    OrderStatus,
    Outcome,
    Route,
)
from ingest.simulator.company import Company
from ingest.simulator.moves import day_of, first
from ingest.simulator.stories import money

_VISITS = (ActivityKind.VISIT, ActivityKind.VISIT, ActivityKind.CALL, ActivityKind.MEETING)
_ROUTES = (Route.DIRECT, Route.DIRECT, Route.INTEGRATOR)
_ORDER_SIZES, _DEAL_SIZES = (0.05, 0.3), (0.05, 0.4)


class Openings:
    """A seeded source of new business; leaves alone the two posts whose silence is planted."""

    def __init__(self, company: Company, rng: Random) -> None:
        self._company, self._random = company, rng
        planted = (company.effects.silent_post, company.effects.lumpy_post)
        self._posts = [post for post in company.posts if post.index not in planted]
        self._weights = [post.weight for post in self._posts]
        self._products = range(len(company.products))
        self._shares = company.shares.tolist()

    def order(self, at: int) -> Order:
        """A new order, a small part of the usual size."""
        rng = self._random
        amount = int(self._company.typical_order * rng.uniform(*_ORDER_SIZES))
        order_id = f"SO-{at:x}"
        fields = self._head(at) | {
            "source": "erp",
            "order_id": order_id,
            "line_id": "1",
            "kind": OrderKind.STANDARD,
            "status": OrderStatus.EFFECTIVE,
            "effective_on": day_of(at),
            "amount": money(amount * 100),
            "list_amount": money(amount * 10_000 // 90),
            "tax_rate": Decimal("0.13"),
            "currency": "CNY",
            "route": rng.choice(_ROUTES),
        }
        return first(Order, at, f"{order_id}:1", fields)

    def won(self, deal: Opportunity, at: int) -> Order:
        """The order of a deal that was won."""
        order_id = f"SO-{at:x}"
        names = ("rep_id", "office_id", "product_id", "customer_id", "route", "opportunity_id", "amount")
        fields = {name: getattr(deal, name) for name in names} | {
            "source": "erp",
            "order_id": order_id,
            "line_id": "1",
            "kind": OrderKind.STANDARD,
            "status": OrderStatus.EFFECTIVE,
            "effective_on": day_of(at),
            "list_amount": deal.amount,
            "tax_rate": Decimal("0.13"),
            "currency": "CNY",
        }
        return first(Order, at, f"{order_id}:1", fields)

    def deal(self, at: int) -> Opportunity:
        """A new deal at its first stage."""
        rng, day = self._random, day_of(at)
        deal_id = f"OP-{at:x}"
        amount = int(self._company.typical_order * rng.uniform(*_DEAL_SIZES))
        fields = self._head(at) | {
            "source": "crm",
            "opportunity_id": deal_id,
            "stage": "lead",
            "outcome": Outcome.OPEN,
            "opened_on": day,
            "expected_close_on": day + timedelta(rng.randint(15, 80)),
            "amount": money(amount * 100),
            "probability": money(10),
            "forecast_category": ForecastCategory.PIPELINE,
            "grade": rng.choice(tuple(Grade)),
            "route": Route.DIRECT,
        }
        return first(Opportunity, at, deal_id, fields)

    def visit(self, at: int) -> Activity:
        """A visit planned."""
        rng = self._random
        activity_id = f"AC-{at:x}"
        head = self._head(at)
        del head["product_id"]
        fields = head | {
            "source": "crm",
            "activity_id": activity_id,
            "kind": rng.choice(_VISITS),
            "status": ActivityStatus.PLANNED,
            "duration_minutes": rng.randrange(10, 150, 5),
        }
        return first(Activity, at, activity_id, fields)

    def payment(self, at: int) -> Collection:
        """A small payment of a customer that is not allocated to any order yet."""
        rng = self._random
        collection_id = f"CO-{at:x}"
        fields = {
            "source": "treasury",
            "collection_id": collection_id,
            "customer_id": rng.choice(self._company.market.customers).id,
            "received_on": day_of(at),
            "amount": money(rng.randint(1_000, 9_000) * 100),
            "currency": "CNY",
            "method": CollectionMethod.TRANSFER,
        }
        return first(Collection, at, collection_id, fields)

    def _head(self, at: int) -> dict[str, Any]:
        """Who sells what to whom: by the size of posts and products, and as rarely as planted where it is planted."""
        rng, company, day = self._random, self._company, day_of(at)
        effects = company.effects
        for _ in range(20):
            post = rng.choices(self._posts, self._weights)[0]
            index = rng.choices(self._products, self._shares[post.office])[0]
            if index == effects.predecessor and day >= effects.since:
                index = effects.successor
            line = company.products[index].line
            if rng.random() < effects.keeps(day, post.index, post.office, line, index):
                break
        return {
            "rep_id": post.seller(day),
            "office_id": company.offices[post.office].id,
            "product_id": company.products[index].id,
            "customer_id": rng.choice(company.market.by_post[post.index]).id,
        }
