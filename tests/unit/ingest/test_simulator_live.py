"""The simulator's live stream: history going on, and a little beside it, in the disorder of real sources."""

from datetime import date, datetime, timedelta
from itertools import islice

import pytest

from ingest.events import Event, Opportunity, Order
from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.live import BESIDE, live
from ingest.simulator.pace import ZONE
from ingest.simulator.sizes import SIZES
from ingest.topics import TOPICS
from tests.unit.ingest.simulator_books import bookings, month_of

START = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
RATE, COUNT = 5.0, 20_000


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.make(1, SIZES["small"], date(2026, 11, 23))


@pytest.fixture(scope="module")
def stream(company: Company) -> list[tuple[str, Event]]:
    return list(islice(live(company, START, RATE), COUNT))


@pytest.fixture(scope="module")
def going_on(company: Company, stream: list[tuple[str, Event]]) -> list[tuple[str, Event]]:
    """What history has for the time of the stream."""
    return list(history(company, stream[-1][1].occurred_at - timedelta(minutes=1), since=START))


def as_sent(topic: str, event: Event) -> str:
    return topic + event.model_dump_json(exclude_unset=True)


def test_the_same_start_gives_the_same_stream(company: Company, stream: list[tuple[str, Event]]) -> None:
    again = [as_sent(*one) for one in islice(live(company, START, RATE), 500)]
    assert again == [as_sent(*one) for one in stream[:500]]


def test_a_history_under_way_is_gone_on_with(company: Company, stream: list[tuple[str, Event]]) -> None:
    rest = history(company, START + timedelta(days=2), since=START)
    handed_over = [as_sent(*one) for one in islice(live(company, START, RATE, going_on=rest), 2_000)]
    assert handed_over == [as_sent(*one) for one in stream[:2_000]]


def test_every_event_passes_the_door_unchanged(stream: list[tuple[str, Event]]) -> None:
    for topic, event in stream:
        model = TOPICS[topic].model
        assert model is not None
        assert event.event_id
        assert event.version
        assert model.validate_json(event.model_dump_json(exclude_unset=True)) == event


def test_history_goes_on_within_the_stream(stream: list[tuple[str, Event]], going_on: list[tuple[str, Event]]) -> None:
    sent = {as_sent(*one) for one in stream}
    assert len(going_on) > 5
    assert all(as_sent(*one) in sent for one in going_on)


def test_the_stream_keeps_its_rate_and_moves_every_topic(stream: list[tuple[str, Event]]) -> None:
    hours = (stream[-1][1].occurred_at - START).total_seconds() / 3600
    assert hours == pytest.approx(COUNT / RATE / 3600, rel=0.1)
    topics = [topic for topic, _ in stream]
    for topic in ("orders", "opportunities", "activities"):
        assert topics.count(topic) > COUNT / 10
    assert topics.count("collections") > 0


def test_some_is_late_some_repeated_and_some_out_of_order(stream: list[tuple[str, Event]]) -> None:
    late = swapped = 0
    newest, versions = START, {}
    sent: set[str] = set()
    repeated = 0
    for topic, event in stream:
        repeated += as_sent(topic, event) in sent
        if as_sent(topic, event) not in sent:
            late += event.occurred_at < newest - timedelta(seconds=59)
            name = (topic, event.entity_id)
            swapped += (event.version or 0) < versions.get(name, 0)
            versions[name] = max(event.version or 0, versions.get(name, 0))
        sent.add(as_sent(topic, event))
        newest = max(newest, event.occurred_at)
    assert late > COUNT / 200
    assert repeated > COUNT / 100
    assert swapped > COUNT / 200


def test_no_version_of_an_entity_is_told_in_two_ways(stream: list[tuple[str, Event]]) -> None:
    told: dict[tuple[str, str, int], str] = {}
    for topic, event in stream:
        name = (topic, event.entity_id, event.version or 0)
        assert told.setdefault(name, as_sent(topic, event)) == as_sent(topic, event)


def test_what_is_beside_history_books_next_to_nothing_and_nothing_where_silence_is_planted(
    company: Company, stream: list[tuple[str, Event]], going_on: list[tuple[str, Event]]
) -> None:
    of_history = {as_sent(*one) for one in going_on}
    beside = [event for topic, event in stream if as_sent(topic, event) not in of_history]
    latest: dict[str, Order] = {}
    for event in beside:
        if isinstance(event, Order) and event.version >= latest.get(event.entity_id, event).version:  # type: ignore[operator]
            latest[event.entity_id] = event
    month = float(company.office_budgets(month_of(START.date())).sum())
    booked = sum(one.amount for one in bookings(latest.values()))
    assert abs(booked) < 1.5 * BESIDE * month

    effects = company.effects
    silent = {company.posts[post].holder(company.today) for post in (effects.silent_post, effects.lumpy_post)}
    assert not [event for event in beside if getattr(event, "rep_id", None) in silent]
    predecessor = company.products[effects.predecessor].id
    assert not [event for event in beside if isinstance(event, Order | Opportunity) and event.product_id == predecessor]
