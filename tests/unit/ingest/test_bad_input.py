"""What goes wrong at the door and in files: an error that says what to change, never a crash or a silent drop."""

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.local.ports import free_port
from ingest.api import create_app
from ingest.errors import IngestError, MappingError
from ingest.importer.outlets import Kept
from ingest.importer.report import ImportReport
from ingest.importer.run import run_import
from ingest.settings import IngestSettings, KafkaSettings
from tests.full import examples

MAPPING = """\
[source]
name = "shop"
timezone = "Asia/Shanghai"
[[files]]
name = "lines"
path = "PATH"
[[emit]]
topic = "orders"
from = "lines"
fields = { order_id = "Order", line_id = "row()", occurred_at = "Date", amount = "Amount" }
"""
HEADER = "Order,Date,Amount\n"
ORDER = {"occurred_at": "2026-11-02T09:30:00+08:00", "order_id": "SO-1", "amount": "12.50"}


def imported(folder: Path, name: str, raw: bytes) -> tuple[ImportReport, list[dict[str, Any]]]:
    (folder / name).write_bytes(raw)
    (folder / "shop.toml").write_text(MAPPING.replace("PATH", name), encoding="utf-8")
    kept = Kept()
    report = run_import(folder / "shop.toml", folder, outlet=kept)
    return report, [json.loads(event.value) for _, event in kept.events]


def refused(folder: Path, name: str, raw: bytes) -> str:
    with pytest.raises(MappingError) as caught:
        imported(folder, name, raw)
    return str(caught.value)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A-1,2026-11-02,NaN", "'NaN' is not a number"),
        ("A-1,2026-11-02,Infinity", "'Infinity' is not a number"),
        ("A-1,2026-11-02,1.23456", "no more than 4 decimal places"),
        ("A-1,2026-11-02,123456789012345678901", "no more than 18 digits"),
        ("A-1,2026-11-02,1e99", "no more than 18 digits"),
        ("A-1,2026-11-02,", "is required"),
        ("A-1,2026-11-02,0x10", "'0x10' is not a number"),
        (",2026-11-02,1", "is required"),
        (f"{'x' * 201},2026-11-02,1", "at most 200 characters"),
        ("A-1,2149-01-02,1", "the year must lie between 1970 and 2148"),
        ("A-1,9999-12-31,1", "the year must lie between 1970 and 2148"),
        ("A-1,99999-01-01,1", "is not a date"),
        ("A-1,2026-02-30,1", "is not a date"),
        ("A-1,0001-01-01,1", "year 0 is out of range"),
        (f"A-1,2026-11-02,{'9' * 140_000}", "field larger than field limit"),
    ],
)
def test_a_bad_value_costs_its_row_and_says_why(tmp_path: Path, row: str, said: str) -> None:
    report, events = imported(tmp_path, "orders.csv", f"{HEADER}{row}\nA-2,2026-11-02,1\n".encode())
    assert [event["order_id"] for event in events] == ["A-2"]
    [[left_out]] = report.left_out.examples.values()
    assert said in left_out.message
    assert (left_out.file, left_out.line) == ("orders.csv", 2)


def test_ids_may_hold_quotes_and_emoji(tmp_path: Path) -> None:
    odd = "A\"'`;--\\ 😀 \u202e"
    quoted = odd.replace('"', '""')
    _, events = imported(tmp_path, "orders.csv", f'{HEADER}"{quoted}",2026-11-02,1\n'.encode())
    assert events[0]["order_id"] == odd


def zipped(text: str) -> bytes:
    """The same bytes at any time, for they are in the names of tests."""
    return gzip.compress(text.encode(), mtime=0)


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("orders.csv", b"", "the file is empty; at least a line with the names of the columns is needed"),
        ("orders.csv.gz", zipped(""), "the file is empty"),
        ("orders.jsonl", b"", "lines has no rows, so that it cannot be seen which columns it has"),
        ("orders.parquet", b"", "cannot be read as Parquet"),
        ("orders.xlsx", b"", "cannot be read as a workbook"),
        ("orders.csv.gz", zipped(HEADER + "A-1,2026-11-02,1\n" * 9_999)[:-40], "Was it copied whole?"),
        ("orders.jsonl.gz", zipped(json.dumps({"Order": "x" * 9_999}))[:-9], "Was it copied whole?"),
        ("orders.csv.gz", HEADER.encode(), "cannot be unpacked (Not a gzipped file"),
        ("orders.csv.gz", b"\x1f\x8b\x08\x00" + b"\xff" * 40, "cannot be unpacked"),
        (
            "orders.csv",
            b"Order,Day,Amount\nA-1,2026-11-02,1\n",
            "line 10: orders 1, occurred_at: there is no column 'Date'",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_whole_before_anything_is_sent(
    tmp_path: Path, name: str, raw: bytes, said: str
) -> None:
    assert said in refused(tmp_path, name, raw)


def test_a_nan_of_json_is_told_where_a_number_is_needed(tmp_path: Path) -> None:
    report, events = imported(tmp_path, "orders.jsonl", b'{"Order": 1, "Date": "2026-11-02", "Amount": NaN}\n')
    assert events == []
    assert [row.message for rows in report.left_out.examples.values() for row in rows] == ["'NaN' is not a number"]


def test_an_event_larger_than_kafka_takes_costs_its_row(tmp_path: Path) -> None:
    mapping = MAPPING.replace("PATH", "orders.jsonl") + '[emit.extra]\nnote = "Note"\n'
    (tmp_path / "shop.toml").write_text(mapping, encoding="utf-8")
    rows = [{"Order": n, "Date": "2026-11-02", "Amount": 1, "Note": "x" * size} for n, size in ((1, 10**6), (2, 3))]
    (tmp_path / "orders.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    kept = Kept()
    report = run_import(tmp_path / "shop.toml", tmp_path, outlet=kept)
    assert len(kept.events) == 1
    assert "at most 900,000 are taken" in next(iter(report.left_out.examples.values()))[0].message


@pytest.mark.parametrize("name", ["orders.csv", "orders.jsonl", "orders.csv.gz", "orders.parquet", "orders.xlsx"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(20))
@given(raw=st.binary(max_size=200) | st.text(max_size=60).map(lambda text: HEADER.encode() + text.encode()))
def test_whatever_a_file_holds_it_is_rows_or_a_reason(tmp_path: Path, name: str, raw: bytes) -> None:
    with suppress(IngestError):
        report, events = imported(tmp_path, name, raw)
        assert report.entered == len(events)
        assert report.finished


@pytest.fixture
async def door() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(IngestSettings(timeout_seconds=0.5), KafkaSettings(bootstrap=f"127.0.0.1:{free_port()}"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8060") as client:
        yield client


async def test_ten_megabytes_of_events_are_read_and_one_byte_more_is_not(door: httpx.AsyncClient) -> None:
    lines = b"".join(
        json.dumps({**ORDER, "amount": "ten", "order_id": str(n)}).encode() + b"\n" for n in range(110_000)
    )
    body = lines[:9_999_999].rpartition(b"\n")[0]
    body += b" " * (10_000_000 - len(body))
    answer = await door.post("/v1/events/orders", content=body, headers={"content-type": "application/x-ndjson"})
    assert answer.status_code == 422
    assert len(answer.json()["rejected"]) == body.count(b"\n") + 1
    too_large = await door.post("/v1/events/orders", content=body + b" ")
    assert too_large.status_code == 413
    assert "10,000,000" in too_large.json()["message"]


async def test_one_event_of_ten_megabytes_is_refused_by_its_size(door: httpx.AsyncClient) -> None:
    body = json.dumps({**ORDER, "note": "x" * 9_900_000}).encode()
    answer = await door.post("/v1/events/orders", content=body)
    assert answer.status_code == 422
    assert "at most 900,000 are taken" in answer.json()["rejected"][0]["message"]
