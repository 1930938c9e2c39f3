"""The door for the JSON of others, without a broker behind it: what a body becomes, and who may knock."""

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.local.ports import free_port
from ingest.api import create_app
from ingest.errors import MappingError, Terminal
from ingest.mappings.mapping import compile_text
from ingest.mappings.shape import Signature
from ingest.settings import IngestSettings, KafkaSettings
from ingest.sources.bodies import Row, rows_of_body
from ingest.sources.live import LiveTable
from ingest.sources.webhooks import hooks_in, signature_of

SHOP = """\
[source]
name = "shop"
timezone = "Asia/Shanghai"
currency = "CNY"

[[files]]
name = "cities"
path = "cities.csv"

[[webhooks]]
name = "shop"
rows = "order.lines"
joins = [{ file = "cities", on = { "body.order.city" = "City" } }]
where = "sku != 'test'"

[[emit]]
name = "lines"
topic = "orders"
from = "shop"
when = "body.event in ('created', 'changed')"
[emit.fields]
order_id = "body.order.no"
line_id = "no"
occurred_at = "body.order.at"
version = "stamp(body.order.changed)"
amount = "qty * price"
quantity = "qty"
product_id = "lower(sku)"
office_id = "cities.Office"
rep_id = "body.order.rep.id"
"""
CITIES = "City,Office\n杭州,hangzhou\n宁波,ningbo\n"
SIGNED = """\
[source]
name = "crm"
timezone = "UTC"
[[webhooks]]
name = "crm-eu"
signature = { header = "X-Hub-Signature-256", prefix = "sha256=" }
[[emit]]
topic = "activities"
from = "crm-eu"
set = { kind = "call" }
fields = { activity_id = "id", occurred_at = "at", rep_id = "who" }
"""


def body(**changed: Any) -> dict[str, Any]:
    lines = [{"no": 1, "sku": "CAM", "qty": 2, "price": 10.005}, {"no": 2, "sku": "NVR", "qty": 1, "price": "99"}]
    order = {"no": "A-1", "at": "2026-11-02 09:30", "changed": "2026-11-02T02:00:00Z", "city": "杭州",
             "rep": {"id": 17}, "lines": lines}  # fmt: skip
    return {"event": "created", "order": {**order, **changed}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.toml").write_text(SHOP, encoding="utf-8")
    (tmp_path / "cities.csv").write_text(CITIES, encoding="utf-8")
    return tmp_path


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A door whose broker is away: what could be sent is answered with 503."""
    app = create_app(
        IngestSettings(sources_dir=folder, max_body_bytes=4_000_000, timeout_seconds=0.5),
        KafkaSettings(bootstrap=f"127.0.0.1:{free_port()}"),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8060") as client:
        yield client


@pytest.fixture
async def door(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with opened(folder) as client:
        yield client


async def test_a_dry_run_shows_the_events_that_the_rows_would_become(door: httpx.AsyncClient) -> None:
    answer = await door.post("/v1/hooks/shop?dry_run=true", json=body())
    assert answer.status_code == 200
    said = answer.json()
    assert (said["rows"], said["unused"], said["rejected"], said["notes"]) == (2, 0, [], [])
    events = [one["event"] for one in said["would_accept"]]
    assert {one["topic"] for one in said["would_accept"]} == {"orders"}
    assert {key: value for key, value in events[0].items() if key != "event_id"} == {
        "amount": "20.01",
        "currency": "CNY",
        "line_id": "1",
        "occurred_at": "2026-11-02T01:30:00Z",
        "office_id": "hangzhou",
        "order_id": "A-1",
        "product_id": "cam",
        "quantity": "2",
        "rep_id": "17",
        "source": "shop",
        "version": 1793584800000000,
    }
    assert (await door.post("/v1/hooks/shop?dry_run=true", json=body())).json() == said


async def test_what_could_enter_waits_for_the_broker(door: httpx.AsyncClient) -> None:
    answer = await door.post("/v1/hooks/shop", json=body())
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_a_row_that_cannot_be_mapped_is_named_with_its_rule_and_field(door: httpx.AsyncClient) -> None:
    bad = body(lines=[{"no": 1, "sku": "CAM", "qty": "two", "price": 1}, {"no": 2, "sku": "NVR", "preis": 1, "qty": 1}])
    answer = await door.post("/v1/hooks/shop?dry_run=true", json=bad)
    assert answer.status_code == 422
    assert [(one["row"], one["rule"], one["field"], one["message"]) for one in answer.json()["rejected"]] == [
        (1, "lines", "amount", "'two' is not a number"),
        (2, "lines", "amount", "is required; the row has no 'price'. Did you mean \"preis\"?"),
    ]


async def test_rows_no_rule_is_about_are_counted_and_columns_never_seen_are_told(door: httpx.AsyncClient) -> None:
    other = {"event": "deleted", "order": {"no": "A-1", "Rep": 17, "lines": [{"sku": "test"}, {"sku": "CAM"}]}}
    said = (await door.post("/v1/hooks/shop?dry_run=true", json=other)).json()
    assert (said["rows"], said["unused"], said["would_accept"]) == (2, 2, [])
    assert "no row so far has 'body.order.rep.id'." in " ".join(said["notes"])
    assert "no row so far has 'no'" in " ".join(said["notes"])
    assert (await door.post("/v1/hooks/shop?dry_run=true", json=body())).json()["notes"] == []


async def test_a_body_that_is_no_json_is_told(door: httpx.AsyncClient) -> None:
    for raw, message in (
        (b"", "the body is empty"),
        (b"a=1&b=2", "is not JSON"),
        (b'{"event": 1}', "there is no 'order'"),
    ):
        answer = await door.post("/v1/hooks/shop", content=raw)
        assert answer.status_code == 422
        assert message in answer.json()["rejected"][0]["message"]
        assert answer.json()["accepted"] == []


async def test_a_name_that_is_not_there_lists_those_that_are(door: httpx.AsyncClient) -> None:
    answer = await door.post("/v1/hooks/shp", json={})
    assert answer.status_code == 404
    assert 'Did you mean "shop"?' in answer.json()["message"]
    assert answer.json()["hooks"] == ["shop"]


async def test_a_dry_run_that_is_mistyped_sends_nothing(door: httpx.AsyncClient) -> None:
    answer = await door.post("/v1/hooks/shop?dry_run=ture", json=body())
    assert (answer.status_code, answer.json()) == (400, {"message": "dry_run is true or false, not 'ture'"})


async def test_a_body_over_the_limit_is_413(door: httpx.AsyncClient) -> None:
    assert (await door.post("/v1/hooks/shop", content=b" " * 4_000_001)).status_code == 413


async def test_the_description_and_the_page_know_the_hooks(door: httpx.AsyncClient) -> None:
    assert "/v1/hooks/shop" in (await door.get("/openapi.json")).json()["paths"]
    assert "/v1/hooks/shop" in (await door.get("/docs")).text


async def test_only_who_knows_the_secret_may_post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "crm.toml").write_text(SIGNED, encoding="utf-8")
    monkeypatch.setenv("ONEBOARD_SOURCE_CRM_EU_SECRET", "s3cret")
    raw = b'{"id": "c-1", "at": "2026-11-02T09:30:00Z", "who": "li"}'
    right = "sha256=" + hmac.new(b"s3cret", raw, "sha256").hexdigest()
    async with opened(tmp_path) as door:
        url = "/v1/hooks/crm-eu?dry_run=true"
        assert (await door.post(url, content=raw, headers={"x-hub-signature-256": right})).status_code == 200
        for wrong in ({}, {"x-hub-signature-256": right[:-1] + "x"}, {"x-hub-signature-256": "é"}):
            answer = await door.post(url, content=raw, headers=[(k, v.encode("latin-1")) for k, v in wrong.items()])
            assert answer.status_code == 401
        assert (await door.post(url, content=raw + b" ", headers={"x-hub-signature-256": right})).status_code == 401


def test_signatures_are_those_of_the_senders() -> None:
    # RFC 4231, test case 2
    shape = Signature(header="X", prefix="sha256=")
    assert signature_of(b"what do ya want for nothing?", b"Jefe", shape) == (
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
    assert signature_of(b"what do ya want for nothing?", b"Jefe", Signature(header="X", encoding="base64")) == (
        "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
    )


def test_a_hook_without_the_secret_it_needs_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "crm.toml").write_text(SIGNED, encoding="utf-8")
    with pytest.raises(Terminal, match="ONEBOARD_SOURCE_CRM_EU_SECRET"):
        hooks_in(tmp_path)


def test_two_mappings_cannot_have_a_hook_of_one_name(folder: Path) -> None:
    (folder / "shop2.toml").write_text(SHOP, encoding="utf-8")
    with pytest.raises(Terminal, match=r"shop2\.toml and shop\.toml both have a live table 'shop'"):
        hooks_in(folder)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('name = "shop"\nrows', 'name = "shop/eu"\nrows', "webhooks.1.name"),
        ('rows = "order.lines"', 'row = "order.lines"', 'webhooks.1.row: unknown key. Did you mean "rows"?'),
        ('from = "shop"', 'from = "shp"', "there is no table 'shp'. Did you mean \"shop\"?"),
        ('file = "cities"', 'file = "city"', "webhooks shop, joins: there is no file 'city'. Did you mean \"cities\"?"),
        ('name = "lines"', 'name = "lines"\non = "delete"', "only a topic ([[kafka]]) tells which rows were deleted"),
        ('where = "sku', 'where = "sku !', "webhooks shop, where"),
    ],
)
def test_a_wrong_live_table_is_told_with_its_line(old: str, new: str, problem: str) -> None:
    assert old in SHOP
    with pytest.raises(MappingError) as caught:
        compile_text(SHOP.replace(old, new))
    assert problem in str(caught.value)
    assert "line " in str(caught.value)


PLAIN = SHOP.replace('rows = "order.lines"\njoins', "joins").replace("body.order.", "").replace("body.", "")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> LiveTable:
    folder = tmp_path_factory.mktemp("live")
    (folder / "cities.csv").write_text(CITIES, encoding="utf-8")
    return LiveTable(compile_text(PLAIN), "shop", folder)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**40), max_value=10**40),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["", "NaN", "1e99", "9" * 40, "99999-01-01", "0001-01-01", "9999-12-31T23:59:59Z", "2026-11-02",
                     "2026-02-30", "-262143-01-01", "1e-90", "\u0000", "😀'\"\\", "created"]),
)  # fmt: skip
NAMES = ["event", "no", "at", "changed", "sku", "qty", "price", "city", "rep.id"]
ROWS = st.lists(
    st.dictionaries(st.sampled_from(NAMES), SCALARS | st.lists(SCALARS, max_size=2)), min_size=1, max_size=5
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_whatever_the_values_every_row_is_an_event_a_rejection_or_unused(live: LiveTable, given_rows: Any) -> None:
    rows = rows_of_body(json.dumps(given_rows).encode(), None, lines=False)
    mapped = live.mapped(rows, "shop")
    rejected = {one.place for one in mapped.rejected}
    assert mapped.rows == len(given_rows)
    assert mapped.unused == len(set(range(len(rows))) - rejected - mapped.used)
    assert mapped.events + len(rejected) + mapped.unused >= len(rows)
    assert not [one for one in mapped.rejected if "cannot be worked out" in one.message]


def test_a_value_nobody_thought_of_costs_its_row_and_not_the_others(live: LiveTable) -> None:
    good = {"event": "created", "no": "1", "at": "2026-11-02", "sku": "x", "qty": "1", "price": "1"}
    rows = [Row(place, {**good, "no": str(place), "price": "\ud800" if place == 3 else "1"}) for place in range(8)]
    mapped = live.mapped(rows, "shop")
    assert mapped.bad == [3]
    assert "cannot be worked out" in mapped.rejected[0].message
    assert mapped.events == 7
