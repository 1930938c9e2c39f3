"""Taking back: how an event is named, what the door says to it, and what of the topics cannot be taken back."""

import json

import pytest

from ingest.importer.outlets import Kept
from ingest.importer.sealing import Origin, seal_all
from ingest.intake import Refused, canonical, parse, seal
from ingest.retractions import NotRetractable, Retraction, identity, reader, retractable, sealed
from ingest.topics import TOPICS

ORDERS = TOPICS["orders"]
ORDER = {"order_id": "o1", "amount": "1.50", "occurred_at": "2026-11-02T02:00:00Z"}
SAID = {"who": "li", "why": "a bad file", "retraction_id": "r1", "occurred_at": "2026-11-03T02:00:00Z"}


def raw(**fields):
    return json.dumps({**ORDER, **fields}).encode()


def taking_back(event_id="e1"):
    return Retraction(retracts=event_id, entity="o1:1", version=1, source="erp", **SAID)


def test_a_retraction_goes_under_the_key_of_what_it_takes_back_and_is_read_off_its_topic():
    one, again = (next(sealed(ORDERS, [taking_back()])) for _ in range(2))
    assert (one.key, one) == (b"o1:1", again)
    found = reader(ORDERS)(one.value)
    assert isinstance(found, Retraction)
    assert (found.entity_id, found.order_in_time, found.retracts, found.source) == ("o1:1", 1, "e1", "erp")
    assert not isinstance(reader(ORDERS)(raw()), Retraction)


@pytest.mark.parametrize("value", [next(sealed(ORDERS, [taking_back()])).value, raw(retracts="e1")])
def test_the_door_takes_no_retraction(value):
    with pytest.raises(Refused, match="`oneboard retract`"):
        seal(ORDERS, value)


def test_an_event_without_an_id_is_known_by_the_one_the_door_would_give_it():
    bare = raw()
    at_the_door = seal(ORDERS, bare)
    assert identity("orders", None, bare) == at_the_door.event_id
    assert identity("orders", at_the_door.event_id, at_the_door.value) == at_the_door.event_id
    assert identity("orders", None, raw(imported_from="a.csv")) == at_the_door.event_id, "the file is no part of it"


def test_what_an_import_brings_after_a_retraction_is_another_event_that_says_the_same():
    contents = [canonical(parse(raw())), canonical(parse(raw(event_id="mine")))]
    before, _ = seal_all("orders", contents, Origin(["a.csv", "b.csv"]))
    after, _ = seal_all("orders", contents, Origin(["a.csv", "b.csv"], "r1"))
    assert before[0].event_id == seal(ORDERS, contents[0]).event_id
    assert (before[1].event_id, after[1].event_id) == ("mine", "mine~r1")
    assert after[0].event_id != before[0].event_id
    read = [ORDERS.model.validate_json(one.value) for one in (*before, *after)]
    assert [one.event_id for one in read] == [one.event_id for one in (*before, *after)]
    assert [one.imported_from for one in read] == ["a.csv", "b.csv", "a.csv", "b.csv"]
    assert Kept().last_retraction("erp") == ""


def test_what_people_did_and_what_the_system_says_stays():
    assert [topic.name for topic in retractable()] == [
        *("orders", "opportunities", "activities", "collections", "org", "targets", "tasks")
    ]
    for name in TOPICS.keys() - {topic.name for topic in retractable()}:
        with pytest.raises(NotRetractable, match="cannot be taken back"):
            retractable(name)
    with pytest.raises(NotRetractable, match='Did you mean "orders"'):
        retractable("ordes")
