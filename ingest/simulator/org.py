"""What the company says about itself: units, people, products, customers, agreements and days off, all dated."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from heapq import merge
from typing import Any

from ingest.events import CalendarDay, Customer, Event, Order, Person, Product, Unit
from ingest.fields import OrderKind, OrderStatus, PersonStatus, Supply
from ingest.simulator.company import Company
from ingest.simulator.pace import opening
from ingest.simulator.stories import Happening, money
from ingest.simulator.units import HQ

HOURS_BEFORE_HISTORY = 33
"""The company introduces itself before anything happens: at midnight of the day before history begins."""


_Told = tuple[int, type[Event], dict[str, Any]]


def org(company: Company) -> Iterator[Happening]:
    """Every org event of the company and its framework agreements, in order of time."""
    begins = opening(company.first_day) - HOURS_BEFORE_HISTORY * 3600
    told = [
        *_units(company, begins),
        *_products(company, begins),
        *_people(company, begins),
        *_customers(company, begins),
        *_days_off(company),
    ]
    told.sort(key=lambda one: one[0])
    return merge(_events(told), _frameworks(company), key=lambda happening: happening[0])


def _events(told: list[_Told]) -> Iterator[Happening]:
    for at, model, fields in told:
        envelope = {
            "occurred_at": datetime.fromtimestamp(at, UTC),
            "source": "hr",
            "event_id": f"{fields['kind']}:{fields['id']}:{fields['valid_from']}:{at}",
            "version": at,
        }
        yield at, "org", model.model_validate(envelope | fields)


def _units(company: Company, begins: int) -> Iterator[_Told]:
    head = {"kind": "unit", "id": HQ, "name": "总部", "name_en": "Head office", "tier": "company"}
    yield begins, Unit, head | {"manager_id": company.chief_id, "valid_from": company.founded}
    for tier, units, suffix in (("region", company.regions, "大区"), ("office", company.offices, "办事处")):
        for unit in units:
            fields = {
                "kind": "unit",
                "id": unit.id,
                "name": unit.place.name + suffix,
                "name_en": unit.place.name_en,
                "tier": tier,
                "parent_id": HQ if unit.parent < 0 else company.regions[unit.parent].id,
                "manager_id": unit.manager_id,
                "valid_from": company.founded,
            }
            yield begins, Unit, fields


def _products(company: Company, begins: int) -> Iterator[_Told]:
    for line, manager_id in zip(company.lines, company.line_managers, strict=True):
        fields = {"kind": "product", "id": line.id, "name": line.name, "name_en": line.name_en, "tier": "line"}
        yield begins, Product, fields | {"manager_id": manager_id, "valid_from": company.founded}
    effects = company.effects
    for product in company.products:
        fields = {
            "kind": "product",
            "id": product.id,
            "name": product.name,
            "name_en": product.name_en,
            "tier": "model",
            "parent_id": company.lines[product.line].id,
            "manager_id": company.line_managers[product.line],
        }
        at, day = begins, company.founded
        if product.index == effects.successor:
            at, day = opening(effects.since), effects.since
        yield at, Product, fields | {"valid_from": day}
        if product.index == effects.predecessor:
            replaced = {"successor_id": company.products[effects.successor].id, "supply": Supply.STOPPED}
            yield opening(effects.since), Product, fields | replaced | {"valid_from": effects.since}


def _people(company: Company, begins: int) -> Iterator[_Told]:
    people = {
        person.id: {
            "kind": "person",
            "id": person.id,
            "name": person.name,
            "name_en": person.name_en,
            "role": person.role,
            "unit_id": person.unit_id,
            "role_since": person.since,
        }
        for person in company.people
    }
    for person in company.people:
        at = begins if person.since < company.first_day else opening(person.since)
        yield at, Person, people[person.id] | {"valid_from": person.since}

    held = {person_id for post in company.posts for _, person_id in post.holders[-1:]}
    for post in company.posts:
        for (_, before), (since, after) in zip(post.holders, post.holders[1:], strict=False):
            if before not in held:
                gone = {"status": PersonStatus.LEFT, "status_from": since, "valid_from": since}
                yield opening(since) - 3600, Person, people[before] | gone
            if any(after == first for _, first in (other.holders[0] for other in company.posts)):
                moved = {"unit_id": company.offices[post.office].id, "role_since": since, "valid_from": since}
                yield opening(since) - 3600, Person, people[after] | moved
    for absence in company.absences:
        away = {
            "status": PersonStatus.LEAVE,
            "status_from": absence.start,
            "status_to": absence.end,
            "stand_in_id": absence.stand_in_id,
            "valid_from": absence.start,
        }
        yield opening(absence.start) - 3600, Person, people[absence.person_id] | away
        back = absence.end + timedelta(1)
        here = {"status": PersonStatus.ACTIVE, "status_from": back, "valid_from": back}
        yield opening(back) - 3600, Person, people[absence.person_id] | here


def _customers(company: Company, begins: int) -> Iterator[_Told]:
    for customer in company.market.customers:
        fields: dict[str, Any] = {
            "kind": "customer",
            "id": customer.id,
            "name": customer.name,
            "name_en": customer.name_en,
            "segment": customer.industry.segment,
            "industry": customer.industry.id,
            "tier": customer.tier,
            "valid_from": company.founded,
        }
        if customer.post < 0:
            yield begins, Customer, fields
            continue
        holders = company.posts[customer.post].holders
        yield begins, Customer, fields | {"owner_id": holders[0][1]}
        for since, person_id in holders[1:]:
            yield opening(since) - 3600, Customer, fields | {"owner_id": person_id, "valid_from": since}


def _days_off(company: Company) -> Iterator[_Told]:
    """Told ten days ahead."""
    for (unit_id, day), reason in company.days_off.items():
        fields = {"kind": "calendar", "id": unit_id, "valid_from": day, "weight": Decimal(0), "reason": reason}
        yield opening(day - timedelta(10)), CalendarDay, fields


def _frameworks(company: Company) -> Iterator[Happening]:
    """Each office's agreement of the year, from 1 January or the start of history."""
    for year in range(company.first_day.year, company.today.year + 2):
        day = max(date(year, 1, 1), company.first_day)
        for framework in company.frameworks:
            post = company.posts[framework.customer.post]
            order_id = framework.id(year)
            yield (
                opening(day) - 8 * 3600,
                "orders",
                Order(
                    occurred_at=datetime.fromtimestamp(opening(day) - 8 * 3600, UTC),
                    source="erp",
                    event_id=f"{order_id}:1:1",
                    version=1,
                    order_id=order_id,
                    kind=OrderKind.FRAMEWORK,
                    status=OrderStatus.EFFECTIVE,
                    effective_on=day,
                    amount=money(framework.yearly_amount * 100),
                    currency="CNY",
                    rep_id=post.holder(day),
                    office_id=company.offices[framework.office].id,
                    customer_id=framework.customer.id,
                ),
            )
