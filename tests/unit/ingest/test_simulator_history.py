"""The simulator's history: always the same, always valid, and plausible down to the line."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain, combinations, pairwise

import pytest

from ingest.events import Activity, Collection, Event, Opportunity, Order, Person, Target, Task, Unit
from ingest.fields import STAGES, OrderKind, OrderStatus, Outcome, PersonStatus, TargetTier, TaskStatus
from ingest.simulator.company import Company
from ingest.simulator.history import history, pieces, stated
from ingest.simulator.pace import ZONE
from ingest.simulator.sizes import SIZES, CompanySize
from ingest.topics import TOPICS
from tests.unit.ingest.simulator_books import bookings, evening, told

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def company() -> Company:
    return told("small", 1, TODAY)[0]


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return [event for _, event in told("small", 1, TODAY)[1]]


@pytest.fixture(scope="module")
def order_lines(events: list[Event]) -> dict[str, list[Order]]:
    lines: dict[str, list[Order]] = defaultdict(list)
    for event in events:
        if isinstance(event, Order):
            lines[event.entity_id].append(event)
    return lines


def as_sent(topic: str, event: Event) -> str:
    return topic + event.model_dump_json(exclude_unset=True)


def test_a_seed_always_tells_the_same_history() -> None:
    first, again = ([*history(Company.make(5, SIZES["small"], TODAY), evening(TODAY))] for _ in range(2))
    other = [*history(Company.make(6, SIZES["small"], TODAY), evening(TODAY))]
    assert [as_sent(*one) for one in first] == [as_sent(*one) for one in again]
    assert [as_sent(*one) for one in first] != [as_sent(*one) for one in other]


def test_a_longer_history_begins_with_the_shorter_and_goes_on_after_today() -> None:
    company, whole = told("small", 1, TODAY)
    cut = evening(date(2026, 10, 20))
    later = evening(TODAY + timedelta(20))
    begun, rest = list(history(company, cut)), list(history(company, later, since=cut))
    gone_on = rest[: len(whole) - len(begun)]
    assert all(one.occurred_at > cut for _, one in gone_on)
    assert by_second(begun + gone_on) == by_second(whole)
    assert len(begun) + len(rest) > len(whole) + 500


def test_the_pieces_and_what_is_stated_are_the_whole() -> None:
    company, whole = told("small", 1, TODAY)
    said = list(stated(company, evening(TODAY)))
    assert [one for one in whole if one[0] in ("org", "targets", "tasks")] == [
        one for one in said if one[0] != "orders"
    ]
    parts = [list(piece.happened(company, evening(TODAY))) for piece in pieces(company, evening(TODAY))]
    assert by_second(chain(said, *parts)) == by_second(whole)
    for one, other in combinations([{event.entity_id for _, event in part} for part in parts], 2):
        assert not one & other


def by_second(events: Iterable[tuple[str, Event]]) -> list[tuple[datetime, str]]:
    """In order of time, and what happens in the same second in one order."""
    return sorted((event.occurred_at, as_sent(topic, event)) for topic, event in events)


def test_every_event_passes_the_door_unchanged() -> None:
    for topic, event in told("small", 1, TODAY)[1]:
        model = TOPICS[topic].model
        assert model is not None
        assert model.validate_json(event.model_dump_json(exclude_unset=True)) == event
        assert model.validate_json(event.model_dump_json(exclude_none=True)).model_dump() == event.model_dump()


def test_events_come_in_order_of_time_with_ids_of_their_own(events: list[Event]) -> None:
    assert all(before.occurred_at <= after.occurred_at for before, after in pairwise(events))
    ids = [(type(event), event.event_id) for event in events]
    assert len(set(ids)) == len(ids)
    assert events[-1].occurred_at <= evening(TODAY)


def test_versions_of_an_entity_ascend(events: list[Event]) -> None:
    last: dict[tuple[type[Event], str], int] = {}
    for event in events:
        if isinstance(event, Order | Opportunity | Activity):
            assert event.version == last.get((type(event), event.entity_id), 0) + 1
            last[(type(event), event.entity_id)] = event.version


def test_the_company_introduces_itself_before_anything_happens(events: list[Event]) -> None:
    first_deed = next(place for place, event in enumerate(events) if isinstance(event, Order | Opportunity | Activity))
    known = {(event.kind, event.id) for event in events[:first_deed] if hasattr(event, "kind") and hasattr(event, "id")}
    later = {(event.kind, event.id) for event in events[:first_deed] if isinstance(event, Unit | Person)}
    assert later <= known
    for event in events:
        if isinstance(event, Order | Opportunity):
            assert ("unit", event.office_id) in known
        if isinstance(event, Order) and event.kind is not OrderKind.FRAMEWORK:
            assert ("customer", event.customer_id) in known


def test_progress_is_cumulative_and_never_passes_what_was_ordered(order_lines: dict[str, list[Order]]) -> None:
    stages = ("shipped_amount", "accepted_amount", "invoiced_amount", "returned_amount", "collected_amount")
    for versions in order_lines.values():
        for order in versions:
            shipped, accepted, invoiced, returned, collected = (getattr(order, stage) or Decimal(0) for stage in stages)
            if order.amount > 0:
                assert order.amount >= shipped >= accepted >= invoiced >= 0
                assert shipped >= returned
                assert order.amount >= collected >= 0
        for before, after in pairwise(versions):
            for stage in stages:
                assert (getattr(after, stage) or 0) >= (getattr(before, stage) or 0)
            assert before.status not in (OrderStatus.CANCELLED, OrderStatus.CLOSED) or stage == "returned_amount"


def test_instalments_add_up_to_what_is_to_be_paid(order_lines: dict[str, list[Order]]) -> None:
    with_dues = [order for versions in order_lines.values() for order in versions if order.dues]
    assert len(with_dues) > 500
    for order in with_dues:
        assert sum(due.amount for due in order.dues or ()) == order.amount - (order.returned_amount or 0)
    kinds = {due.what for order in with_dues for due in order.dues or ()}
    assert kinds == {"advance", "delivery", "acceptance", "retention"}


def test_some_orders_are_drafted_amended_cancelled_returned_and_shipped_in_parts(
    order_lines: dict[str, list[Order]],
) -> None:
    lines = list(order_lines.values())
    assert any(versions[0].status is OrderStatus.DRAFT for versions in lines)
    assert any(versions[-1].status is OrderStatus.CANCELLED for versions in lines)
    assert any(len({order.amount for order in versions}) > 1 for versions in lines)
    assert any(versions[-1].returned_amount for versions in lines)
    assert any(order.shipped_amount and order.shipped_amount < order.amount for versions in lines for order in versions)
    assert {order.kind for versions in lines for order in versions} >= {"standard", "framework", "call_off", "service"}
    assert {order.route for versions in lines for order in versions} >= {
        "direct",
        "distributor",
        "integrator",
        "online",
    }


def test_credits_add_up_and_some_lie_on_top(order_lines: dict[str, list[Order]]) -> None:
    credited = [versions[-1] for versions in order_lines.values() if versions[-1].credits]
    for order in credited:
        assert sum(credit.share for credit in order.credits or () if not credit.overlay) == 1
        assert order.credits is not None
        assert order.credits[0].person_id == order.rep_id
    assert any(credit.overlay for order in credited for credit in order.credits or ())
    assert any(sum(not credit.overlay for credit in order.credits or ()) == 2 for order in credited)


def test_call_offs_stay_under_their_framework(order_lines: dict[str, list[Order]]) -> None:
    latest = [versions[-1] for versions in order_lines.values()]
    frameworks = {order.order_id: order for order in latest if order.kind is OrderKind.FRAMEWORK}
    called_off: dict[str, Decimal] = defaultdict(Decimal)
    for order in latest:
        if order.kind is OrderKind.CALL_OFF:
            assert order.parent_order_id is not None
            framework = frameworks[order.parent_order_id]
            assert (order.customer_id, order.office_id) == (framework.customer_id, framework.office_id)
            called_off[order.parent_order_id] += order.amount
    assert called_off
    assert all(amount <= frameworks[order_id].amount for order_id, amount in called_off.items())


def test_dealers_pay_by_payments_that_cover_their_orders(
    events: list[Event], order_lines: dict[str, list[Order]]
) -> None:
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for event in events:
        if isinstance(event, Collection):
            for part in event.allocations or ():
                paid[f"{part.order_id}:{part.line_id}"] += part.amount
            assert event.amount >= sum(part.amount for part in event.allocations or ())
    assert paid
    for line, amount in paid.items():
        order = order_lines[line][-1]
        assert order.source == "dms"
        assert order.collected_amount is None
        assert amount <= order.amount


def test_deals_go_forward_and_those_won_become_orders(events: list[Event], order_lines: dict[str, list[Order]]) -> None:
    deals: dict[str, list[Opportunity]] = defaultdict(list)
    for event in events:
        if isinstance(event, Opportunity):
            deals[event.opportunity_id].append(event)
    with_order = {versions[0].opportunity_id for versions in order_lines.values()} - {None}
    for versions in deals.values():
        places = [STAGES.index(deal.stage) for deal in versions if deal.stage]
        assert places == sorted(places)
        assert all(deal.outcome is Outcome.OPEN for deal in versions[:-1])
        ended = versions[-1]
        assert (ended.closed_on is None) == (ended.outcome is Outcome.OPEN)
        if ended.outcome is Outcome.WON:
            assert ended.opportunity_id in with_order
    outcomes = [versions[-1].outcome for versions in deals.values()]
    won, lost = outcomes.count(Outcome.WON), outcomes.count(Outcome.LOST)
    assert 0.35 < won / (won + lost) < 0.65
    assert outcomes.count(Outcome.OPEN) > 50


def test_nobody_sells_after_leaving_or_while_on_leave(events: list[Event]) -> None:
    gone: dict[str, date] = {}
    away: dict[str, tuple[date, date]] = {}
    for event in events:
        if isinstance(event, Person) and event.status is PersonStatus.LEFT:
            gone[event.id] = event.valid_from
        if isinstance(event, Person) and event.status is PersonStatus.LEAVE:
            assert event.stand_in_id
            assert event.status_from
            assert event.status_to
            away[event.id] = (event.status_from, event.status_to)
    assert gone
    assert any(start <= TODAY <= end for start, end in away.values())
    for event in events:
        if isinstance(event, Order) and event.version == 1 and event.kind is not OrderKind.FRAMEWORK:
            day = event.effective_on
            assert day is not None
            assert event.rep_id not in gone or day < gone[event.rep_id]
            start, end = away.get(event.rep_id or "", (date.max, date.min))
            assert not start <= day <= end


def test_open_deals_are_handed_over_on_the_day_of_a_transfer(company: Company, events: list[Event]) -> None:
    changes = {since for post in company.posts for since, _ in post.holders[1:]}
    owners: dict[str, str] = {}
    handed_over = 0
    for event in events:
        if isinstance(event, Opportunity) and event.rep_id:
            if owners.get(event.opportunity_id, event.rep_id) != event.rep_id:
                assert event.occurred_at.astimezone(ZONE).date() in changes
                handed_over += 1
            owners[event.opportunity_id] = event.rep_id
    assert handed_over > 0


def test_nothing_is_booked_on_days_off_but_changes_of_the_rest(events: list[Event], company: Company) -> None:
    office = {unit.id: unit.index for unit in company.offices}
    orders = [event for event in events if isinstance(event, Order) and event.kind is not OrderKind.FRAMEWORK]
    for order in orders:
        if order.version == 1 and order.status is OrderStatus.EFFECTIVE:
            assert order.effective_on
            assert company.calendar.weight(order.effective_on, company.path(office[order.office_id or ""])) > 0


def test_the_end_of_a_month_is_a_rush() -> None:
    company, told_events = told("small", 1, TODAY)
    september = [one for one in bookings(event for _, event in told_events) if one.day < date(2026, 10, 1)]
    last_days = [date(2026, 9, day) for day in (28, 29, 30)]
    rush = sum(one.amount for one in september if one.day in last_days) / sum(one.amount for one in september)
    assert rush > 1.4 * 3 / company.calendar.working_days(date(2026, 9, 1), date(2026, 9, 30))


def test_targets_of_parts_add_up_with_what_is_put_on_top(company: Company, events: list[Event]) -> None:
    value = {(event.slice.key, event.period, event.tier): event.value for event in events if isinstance(event, Target)}
    for period in ("2026-10", "2026-11", "2026-Q4"):
        base = {
            key: float(amount) for (key, of, tier), amount in value.items() if (of, tier) == (period, TargetTier.BASE)
        }
        regions = sum(base[f"unit_id={region.id}"] for region in company.regions)
        assert regions / base["unit_id=hq"] == pytest.approx(1.05, abs=0.002)
        for region in company.regions:
            offices = sum(base[f"unit_id={company.offices[index].id}"] for index in company.offices_in[region.index])
            assert offices == pytest.approx(base[f"unit_id={region.id}"], abs=10_000)
        lines = sum(base[f"product_id={line.id}"] for line in company.lines)
        assert lines == pytest.approx(regions, abs=10_000)
    for tier, factor in ((TargetTier.FLOOR, 0.9), (TargetTier.STRETCH, 1.15)):
        of_tier = float(value["unit_id=hq", "2026-11", tier])
        assert of_tier == pytest.approx(factor * float(value["unit_id=hq", "2026-11", TargetTier.BASE]), abs=2_000)
    people = {event.slice.person_id for event in events if isinstance(event, Target) and event.period == "2026-11"} - {
        None
    }
    assert people == {post.holder(TODAY) for post in company.posts}


@pytest.mark.parametrize("wrong", [{"regions": 1}, {"offices": 4}, {"reps": 20}, {"lines": 13}, {"months": 2}])
def test_a_company_too_small_for_its_plants_is_refused(wrong: dict[str, int]) -> None:
    fields = {name: getattr(SIZES["small"], name) for name in CompanySize.__dataclass_fields__}
    with pytest.raises(ValueError, match=r"company|months"):
        CompanySize(**(fields | wrong))


@pytest.mark.slow
def test_the_demo_is_small_enough_for_a_bare_machine() -> None:
    company = Company.make(1, SIZES["medium"], TODAY)
    assert (len(company.offices), len(company.posts), len(company.products)) == (40, 400, 30)
    assert 100_000 < sum(1 for _ in history(company, evening(TODAY))) <= 155_000


def test_every_office_has_key_tasks_done_in_time_late_and_never(company: Company, events: list[Event]) -> None:
    said: dict[str, list[Task]] = defaultdict(list)
    for event in events:
        if isinstance(event, Task):
            said[event.task_id].append(event)
    people = {person.id for person in company.people}
    assert {words[0].unit_id for words in said.values()} == {office.id for office in company.offices}
    assert all(words[0].status is TaskStatus.OPEN and words[0].person_id in people for words in said.values())
    last = [words[-1] for words in said.values()]
    assert any(task.done_on and task.done_on <= task.due_on for task in last)
    assert any(task.done_on and task.done_on > task.due_on for task in last)
    assert any(task.status is TaskStatus.OPEN and task.due_on < TODAY for task in last)
