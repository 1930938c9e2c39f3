"""The door over HTTP without a broker behind it: what is refused, how it is said, and who may knock."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.local.ports import free_port
from ingest.api import create_app
from ingest.api_page import EXAMPLES, openapi, page, public_topics
from ingest.intake import seal
from ingest.settings import IngestSettings, KafkaSettings

BARE = {"occurred_at": "2026-11-02T09:30:00+08:00", "order_id": "SO-1", "amount": "12.50"}


@pytest.fixture
async def door() -> AsyncIterator[httpx.AsyncClient]:
    """A door whose broker is away: whatever is valid is answered with 503, so only refusals are answered at once."""
    app = create_app(
        IngestSettings(max_body_bytes=4_000_000, timeout_seconds=0.5),
        KafkaSettings(bootstrap=f"127.0.0.1:{free_port()}"),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8060") as client:
        yield client


async def test_health_answers_without_a_broker(door: httpx.AsyncClient) -> None:
    assert (await door.get("/health")).json() == {"status": "ok"}


async def test_a_broker_that_is_away_is_told_with_503_and_when_to_come_back(door: httpx.AsyncClient) -> None:
    answer = await door.post("/v1/events/orders", json=BARE)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["accepted"] == []
    assert "try again" in answer.json()["message"]


async def test_an_unknown_topic_lists_the_topics_and_the_near_one(door: httpx.AsyncClient) -> None:
    answer = await door.post("/v1/events/order", json=BARE)
    assert answer.status_code == 404
    assert 'Did you mean "orders"?' in answer.json()["message"]
    assert answer.json()["topics"] == sorted(public_topics())


@pytest.mark.parametrize("topic", ["findings", "ticks", "dead-letters", "board-updates"])
async def test_topics_of_the_system_itself_take_nothing_from_outside(door: httpx.AsyncClient, topic: str) -> None:
    assert (await door.post(f"/v1/events/{topic}", json=BARE)).status_code == 404


async def test_a_fault_names_the_line_and_the_field(door: httpx.AsyncClient) -> None:
    lines = [{**BARE, "amount": "twelve"}, {**BARE, "kind": "gift"}, {"order_id": "SO-2"}, {**BARE, "amount": True}]
    body = "\n".join(map(json.dumps, lines))
    answer = await door.post("/v1/events/orders", content=body, headers={"content-type": "application/x-ndjson"})
    assert answer.status_code == 422
    rejected = answer.json()["rejected"]
    assert [(fault["line"], fault["field"]) for fault in rejected] == [
        (1, "amount"),
        (2, "kind"),
        (3, "occurred_at"),
        (3, "amount"),
        (4, "amount"),
    ]
    assert rejected[0]["message"] == "is not a number, got 'twelve'"
    assert "'standard', 'framework'" in rejected[1]["message"]
    assert rejected[2]["message"] == "is required"
    assert rejected[4]["message"].endswith("got true")


async def test_lines_are_seen_without_the_content_type_too(door: httpx.AsyncClient) -> None:
    answer = await door.post("/v1/events/orders", content=b'{"order_id":1}\n\n{"order_id":2}\n')
    assert {fault["line"] for fault in answer.json()["rejected"]} == {1, 3}


HOSTILE = [
    (b"", "empty"),
    (b"   \n ", "empty"),
    (b"hello", "not JSON"),
    (b"\x00\x01\x02", "not JSON"),
    (b'{"order_id": "SO-1", "amount": ', "not JSON"),
    (b'{"order_id": "SO-1"} trailing', "more after the object's end"),
    (b"[1, 2", "an event is a JSON object, this is a number"),
    (b'["a"]', "an event is a JSON object, this is a text"),
    (b"[[[]]]", "an event is a JSON object, this is an array"),
    (b"[" * 200_000, "nested too deeply"),
    (b'{"a":' * 100_000, "nested too deeply"),
    (b"null", "this is null"),
    (json.dumps(BARE).encode("utf-16"), "UTF-8"),
    (json.dumps({**BARE, "note": "x"}).replace("x", "\xff").encode("latin-1"), "UTF-8"),
    (json.dumps(BARE).replace('"12.50"', "NaN").encode(), "NaN is not JSON"),
    (json.dumps(BARE).replace('"12.50"', "-Infinity").encode(), "not JSON"),
    (json.dumps(BARE).replace('"12.50"', "1e999").encode(), "send it as text"),
    (json.dumps(BARE).replace('"12.50"', "9" * 10_000).encode(), "thousands of digits"),
    (json.dumps(BARE).replace('"12.50"', "9" * 30).encode(), "no more than 18 digits"),
    (json.dumps(BARE).replace('"12.50"', "12345678901234.5678").encode(), "send it as text"),
    (json.dumps({**BARE, "amount": "1.23456"}).encode(), "no more than 4 decimal places"),
    (json.dumps({**BARE, "amount": True}).encode(), "is not a number"),
    (json.dumps({**BARE, "order_id": ""}).encode(), "at least 1 character"),
    (json.dumps({**BARE, "order_id": "x" * 201}).encode(), "at most 200 characters"),
    (json.dumps({**BARE, "order_id": ["x"]}).encode(), "string"),
    (json.dumps({**BARE, "occurred_at": "2026-11-02T09:30:00"}).encode(), "needs a time zone"),
    (json.dumps({**BARE, "occurred_at": 1793583000}).encode(), "2026-11-02T09:30:00+08:00"),
    (json.dumps({**BARE, "occurred_at": "0001-01-01T00:00:00+14:00"}).encode(), "the year must lie between"),
    (json.dumps({**BARE, "occurred_at": "2099-01-01T00:00:00+08:00"}).encode(), "days after now"),
    (json.dumps({**BARE, "effective_on": 20261102}).encode(), "write a date as 2026-11-02"),
    (json.dumps({**BARE, "effective_on": "9999-12-31"}).encode(), "the year must lie between"),
    (json.dumps({**BARE, "version": -1}).encode(), "greater than or equal to 0"),
    (json.dumps({**BARE, "version": 2**63}).encode(), "less than"),
    (json.dumps({**BARE, "note": "\ud800"}).encode(), "not JSON"),
    (json.dumps({**BARE, "note": "x" * 1_000_000}).encode(), "at most 900,000 are taken"),
]


@pytest.mark.parametrize(("body", "said"), HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_bodies_are_refused_with_a_reason(door: httpx.AsyncClient, body: bytes, said: str) -> None:
    answer = await door.post("/v1/events/orders", content=body)
    assert answer.status_code == 422
    assert answer.json()["accepted"] == []
    assert said.lower() in answer.json()["rejected"][0]["message"].lower()


async def test_a_body_over_the_limit_is_413_whether_it_says_its_length_or_not(door: httpx.AsyncClient) -> None:
    large = b" " * 4_000_001

    async def in_chunks() -> AsyncIterator[bytes]:
        for _ in range(41):
            yield b" " * 100_000

    assert (await door.post("/v1/events/orders", content=large)).status_code == 413
    assert (await door.post("/v1/events/orders", content=in_chunks())).status_code == 413


async def test_a_web_page_of_elsewhere_cannot_post(door: httpx.AsyncClient) -> None:
    foreign = {"origin": "https://evil.example", "content-type": "text/plain"}
    assert (await door.post("/v1/events/orders", json=BARE, headers=foreign)).status_code == 403
    rebound = {"host": "evil.example:8060"}
    assert (await door.post("/v1/events/orders", json=BARE, headers=rebound)).status_code == 421
    assert (await door.get("/health", headers={"host": "[::1]:8060"})).status_code == 200
    assert (await door.get("/health", headers={"host": "[::1"})).status_code == 421


async def test_the_page_describes_every_topic_and_loads_nothing(door: httpx.AsyncClient) -> None:
    shown = (await door.get("/docs")).text
    assert all(f'id="{name}"' in shown for name in public_topics())
    assert "<script" not in shown
    assert "//cdn" not in shown
    assert "src=" not in shown


async def test_the_description_has_a_schema_and_a_valid_example_for_every_topic(door: httpx.AsyncClient) -> None:
    served = (await door.get("/openapi.json")).json()
    assert served == openapi()
    for name, topic in public_topics().items():
        content = served["paths"][f"/v1/events/{name}"]["post"]["requestBody"]["content"]["application/json"]
        assert seal(topic, json.dumps(content["example"]).encode()).key
        assert content["example"] == EXAMPLES[name]
    order = served["components"]["schemas"]["Order"]
    assert order["required"] == ["occurred_at", "order_id", "amount"]
    assert "retention" in served["components"]["schemas"]["DueWhat"]["enum"]
    assert page().count("<h2") == len(public_topics())


async def test_the_metrics_count_answers_and_refusals(door: httpx.AsyncClient) -> None:
    before = await counted(door)
    await door.post("/v1/events/targets", json=BARE)
    after = await counted(door)
    for name, more in (
        ('oneboard_ingest_answered_requests_total{status="422"}', 1),
        ('oneboard_ingest_rejected_events_total{topic="targets"}', 3),
    ):
        assert after[name] - before.get(name, 0) == more, name


async def counted(door: httpx.AsyncClient) -> dict[str, float]:
    """Every series that `/metrics` tells, by its name and labels."""
    lines = (await door.get("/metrics")).text.splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[:1] != "#")}
