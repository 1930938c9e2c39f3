"""Made-up logs of every topic that is summed, for properties that hold for any of them."""

import json

from hypothesis import strategies as st

from ingest.intake import seal
from ingest.retractions import Retraction, sealed
from ingest.topics import TOPICS

DAYS = st.integers(1, 28)
DATES = st.none() | DAYS.map(lambda day: f"2026-11-{day:02d}")
AMOUNTS = st.integers(-100_000, 1_000_000).map(lambda cents: cents / 100)
PEOPLE = st.sampled_from(["ann", "bob", "cy"])
OFFICES = st.sampled_from(["hz", "sz"])
SHARES = st.sampled_from([("0.3", "0.7"), ("0.3333", "0.3333", "0.3334"), ("0.125", "0.875")])
OVERLAYS = st.sampled_from([[], [{"person_id": "eve", "share": "0.35", "overlay": True}]])


@st.composite
def _credits(draw):
    plain = [{"person_id": draw(PEOPLE), "share": share} for share in draw(SHARES)]
    return plain + draw(OVERLAYS)


CREDITS = st.none() | _credits()

FIELDS = {
    "orders": {
        "order_id": st.sampled_from(["o1", "o2"]),
        "status": st.sampled_from(["draft", "effective", "closed", "cancelled"]),
        "kind": st.sampled_from(["standard", "framework", "return"]),
        "amount": AMOUNTS,
        "accepted_amount": st.none() | AMOUNTS,
        "effective_on": DATES,
        "correction": st.booleans(),
        "credits": CREDITS,
        "office_id": OFFICES,
        "tax_rate": st.sampled_from([None, "0.13", "0.06"]),
        "list_amount": st.none() | AMOUNTS,
        "quantity": st.none() | AMOUNTS,
        "returned_amount": st.none() | AMOUNTS,
        "dues": st.none() | AMOUNTS.map(lambda amount: [{"on": "2026-12-01", "amount": amount}] * 2),
    },
    "opportunities": {
        "opportunity_id": st.sampled_from(["d1", "d2"]),
        "outcome": st.sampled_from(["open", "won", "lost", "suspended", "duplicate"]),
        "amount": AMOUNTS,
        "opened_on": DATES,
        "closed_on": DATES,
        "expected_close_on": st.sampled_from([None, "2026-11-30", "2026-12-31", "2027-01-31"]),
        "lines": st.none()
        | AMOUNTS.map(lambda a: [{"product_id": "p", "amount": a}, {"product_id": "q", "amount": 1}]),
        "probability": st.sampled_from([None, "0.25", "0.333"]),
        "correction": st.booleans(),
        "credits": CREDITS,
    },
    "activities": {
        "activity_id": st.sampled_from(["a1", "a2"]),
        "kind": st.sampled_from(["visit", "call", "complaint"]),
        "status": st.sampled_from(["planned", "done", "cancelled"]),
        "outcome": st.sampled_from([None, "agreed"]),
        "customer_id": st.just("c1"),
    },
    "collections": {
        "collection_id": st.sampled_from(["k1", "k2"]),
        "customer_id": st.just("c1"),
        "received_on": DAYS.map(lambda day: f"2026-11-{day:02d}"),
        "amount": AMOUNTS,
        "allocations": st.none() | AMOUNTS.map(lambda amount: [{"order_id": "o1", "amount": amount}]),
        "correction": st.booleans(),
    },
}


@st.composite
def logs(draw, topic, currencies=()):
    """A log with one content for each version of each entity, and the same log permuted with repetitions."""
    currency = {"currency": st.none() | st.sampled_from(currencies)} if currencies else {}
    fields = st.fixed_dictionaries({"rep_id": PEOPLE, "on": DAYS, **FIELDS[topic], **currency})
    versions = draw(st.lists(fields, min_size=1, max_size=6))
    log = []
    for version, drawn in enumerate(versions):
        day = drawn.pop("on")
        content = {key: value for key, value in drawn.items() if value is not None}
        log.append(json.dumps({"version": version, "occurred_at": f"2026-11-{day:02d}T02:00:00Z", **content}).encode())
    shuffled = draw(st.permutations(log + draw(st.lists(st.sampled_from(log), max_size=4))))
    return log, shuffled


def retraction(topic, raw):
    """What takes back an event as it lies on the log."""
    event = TOPICS[topic].model.validate_json(raw)
    id = seal(TOPICS[topic], raw).event_id
    said = {"retraction_id": "r1", "who": "ops", "why": "a bad file", "occurred_at": "2026-11-30T02:00:00Z"}
    one = Retraction(retracts=id, entity=event.entity_id, version=event.order_in_time, **said)
    return next(sealed(TOPICS[topic], [one])).value


@st.composite
def retracted_logs(draw, topic, currencies=()):
    """What stands in the end; and it with what does not, retractions, repetitions and corrections, in any order.

    Some versions are said twice, under two ids; some are taken back, and of some of those other content comes.
    """
    log, _ = draw(logs(topic, currencies))
    again = [
        json.dumps({**json.loads(raw), "event_id": f"again-{at}"}).encode()
        for at, raw in enumerate(draw(st.lists(st.sampled_from(log), max_size=3, unique=True)))
    ]
    said = log + again
    gone = draw(st.lists(st.sampled_from(said), max_size=5, unique=True))
    stands = [raw for raw in said if raw not in gone]
    left = {json.loads(raw)["version"] for raw in stands}
    corrected = [
        json.dumps({**content, "rep_id": "eve"}).encode()
        for content in map(json.loads, draw(st.lists(st.sampled_from(log), max_size=2, unique=True)))
        if content["version"] not in left
    ]
    whole = said + corrected + [retraction(topic, raw) for raw in gone]
    shuffled = draw(st.permutations(whole + draw(st.lists(st.sampled_from(whole), max_size=4))))
    return stands + corrected, shuffled
