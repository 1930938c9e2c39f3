"""The door against its own description: whatever schemathesis makes of it, the answers are those it promises."""

from pathlib import Path
from uuid import uuid4

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from deploy.local.kafka import EmbeddedKafka
from ingest.api import create_app
from ingest.api_page import openapi
from ingest.publisher import ensure_topics
from ingest.settings import IngestSettings, KafkaSettings
from tests.full import examples

pytestmark = pytest.mark.kafka

EXAMPLES = 5
"""Of every operation and mode, at ten a second."""
HOOK = """\
[source]
name = "shop"
timezone = "UTC"
[[webhooks]]
name = "shop"
[[emit]]
topic = "orders"
from = "shop"
fields = { order_id = "no", occurred_at = "at", amount = "sum" }
"""


@pytest.fixture(scope="session")
def app(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder: Path = tmp_path_factory.mktemp("sources")
    (folder / "shop.toml").write_text(HOOK, encoding="utf-8")
    log = KafkaSettings(bootstrap=kafka.bootstrap, topic_prefix=f"t{uuid4().hex[:8]}-")
    ensure_topics(log)
    return create_app(IngestSettings(sources_dir=folder, allowed_hosts=("testserver",)), log)


@pytest.fixture(scope="session")
def description(app: FastAPI) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize("path", sorted(openapi(("shop",))["paths"].keys() - {"/health"}))
def test_every_answer_is_one_the_description_promises(
    description: schemathesis.BaseSchema, path: str, mode: schemathesis.GenerationMode
) -> None:
    @settings(max_examples=examples(EXAMPLES), suppress_health_check=list(HealthCheck))
    @given(description[path]["POST"].as_strategy(generation_mode=mode))
    def holds(case: schemathesis.Case) -> None:
        # A schema cannot say all that an event must hold (a year, shares that add up): 422 is promised for the rest.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    holds()
