"""A line an event, the same everywhere; what is secret never stands in one."""

import json
import logging
import subprocess
import sys
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from dashboard.settings import DashboardSettings
from ingest.settings import KafkaSettings
from telemetry.logs import BLOT, JsonLines, Lines, Seldom, secrets_of
from warehouse.settings import WarehouseSettings

SECRET = 'pa"ss/wörd'


def record(message: str, *arguments: object, **fields: object) -> logging.LogRecord:
    made = logging.getLogger("streams.sink").makeRecord(
        "streams.sink", logging.WARNING, __file__, 1, message, arguments, None, extra=fields
    )
    made.created = 1_764_000_000.25  # 2025-11-24 16:00:00.250 UTC
    return made


def test_json_has_when_how_bad_which_part_what_and_the_fields() -> None:
    line = JsonLines("worker").format(record("%s: trying again", "orders", topic="orders", partition=3))
    assert json.loads(line) == {
        "time": "2025-11-24T16:00:00.250Z",
        "level": "warning",
        "part": "worker",
        "logger": "streams.sink",
        "message": "orders: trying again",
        "topic": "orders",
        "partition": 3,
    }


def test_json_is_one_line_whatever_is_said() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        made = record("it\nbroke", when=timedelta(1), at=datetime(2025, 1, 1))  # noqa: DTZ001
        made.exc_info = sys.exc_info()
    line = JsonLines("worker").format(made)
    assert "\n" not in line
    assert "ValueError: first\nsecond" in json.loads(line)["error"]


def test_a_field_cannot_pretend_to_be_the_time_or_the_part() -> None:
    told = json.loads(JsonLines("worker").format(record("said", part="dashboard", level="debug", time="never")))
    assert (told["part"], told["level"], told["time"]) == ("worker", "warning", "2025-11-24T16:00:00.250Z")


def test_text_has_the_same_for_eyes() -> None:
    line = Lines("worker").format(record("trying again", topic="orders"))
    assert line == "2025-11-24T16:00:00.250Z WARNING streams.sink: trying again [topic=orders]"


@pytest.mark.parametrize("form", [Lines, JsonLines])
@pytest.mark.parametrize(
    "settings",
    [
        KafkaSettings(sasl_password=SecretStr(SECRET)),
        DashboardSettings(secret=SecretStr(SECRET)),
        WarehouseSettings(password=SecretStr(SECRET)),
    ],
    ids=["kafka", "dashboard", "warehouse"],
)
def test_a_secret_of_the_settings_is_blotted_out_wherever_it_stands(form: type[Lines], settings: object) -> None:
    lines = form("worker", secrets_of(settings))  # type: ignore[arg-type]
    told = lines.format(record("connecting with %s", {"sasl_plain_password": SECRET}, password=SECRET))
    told += lines.format(record(f"at https://user:{quote(SECRET, safe='')}@host"))
    try:
        raise ConnectionError(f"refused {SECRET}")
    except ConnectionError:
        broken = record("no connection")
        broken.exc_info = sys.exc_info()
    told += lines.format(broken)
    assert BLOT in told
    assert "ss/w" not in told
    assert 'pa"ss' not in told
    assert 'pa\\"ss' not in told


def test_the_password_of_an_address_is_a_secret_too() -> None:
    settings = WarehouseSettings.model_validate({"url": "https://someone:hush-hush@host:8443"})
    assert "hush-hush" in set(secrets_of(settings))


def test_the_settings_themselves_show_no_secret() -> None:
    for settings in (KafkaSettings(sasl_password=SecretStr(SECRET)), WarehouseSettings(password=SecretStr(SECRET))):
        assert SECRET not in f"{settings} {settings!r}"


@pytest.mark.parametrize("library", ["uvicorn.error", "faust", "mode", "aiokafka", "kafka", "streams.sink"])
def test_every_library_speaks_through_the_one_formatter(library: str) -> None:
    said = f"""
import logging, sys
from ingest.settings import KafkaSettings
from telemetry import logs
from telemetry.settings import TelemetrySettings
logs.begin("worker", TelemetrySettings(log_format="json"), KafkaSettings(sasl_password="hush-hush"))
logging.getLogger({library!r}).critical("it is %s", "hush-hush")
"""
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    told = json.loads(done.stderr)
    assert (told["part"], told["logger"], told["message"]) == ("worker", library, f"it is {BLOT}")


def test_what_a_library_repeats_is_said_seldom_and_counted() -> None:
    seldom = Seldom(seconds=10)

    def said(at: float, name: str = "aiokafka", node: int = 1) -> str | None:
        record = logging.LogRecord(name, logging.ERROR, "", 0, "Unable to reach node %s", (node,), None)
        record.created = at
        return record.getMessage() if seldom.filter(record) else None

    assert said(100.0) == "Unable to reach node 1"
    assert [said(101.0), said(105.0, node=2), said(109.9)] == [None, None, None]
    assert said(110.0) == "Unable to reach node 1 (and 3 times like it before)"
    assert said(125.0) == "Unable to reach node 1"
    assert said(125.1, name="streams.sink") == said(125.2, name="streams.sink") == "Unable to reach node 1"
