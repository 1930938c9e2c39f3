"""The embedded broker is Kafka itself: ready on a condition, durable, and plain about what is wrong."""

import os
import re
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic
from kafka.structs import TopicPartition

from deploy.errors import CannotRun
from deploy.local import disk, head_start, ports
from deploy.local.kafka import EmbeddedKafka
from deploy.settings import local

pytestmark = pytest.mark.kafka


def create_topic(broker: EmbeddedKafka) -> str:
    name = f"orders-{uuid4().hex[:8]}"
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    admin.wait_for_topics([name])
    admin.close()
    return name


def produce(broker: EmbeddedKafka, topic: str, *values: bytes) -> None:
    with_all = KafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", enable_idempotence=True)
    for value in values:
        with_all.send(topic, value, key=b"k").get(timeout=20)
    with_all.close()


def consume(broker: EmbeddedKafka, topic: str) -> list[bytes]:
    reader = KafkaConsumer(bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=20_000)
    partition = TopicPartition(topic, 0)
    reader.assign([partition])
    end = reader.end_offsets([partition])[partition]
    values = [next(reader).value for _ in range(end)]
    reader.close()
    return values


def test_a_record_comes_back_and_a_topic_is_never_made_by_itself(
    kafka: EmbeddedKafka, make_topic: Callable[..., str]
) -> None:
    topic = make_topic("orders")
    produce(kafka, topic, "订单 1".encode())
    assert consume(kafka, topic) == ["订单 1".encode()]
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    asked_for = f"nobody-made-{uuid4().hex[:8]}"
    admin.describe_topics([asked_for])
    assert asked_for not in admin.list_topics()
    admin.close()


def test_it_listens_on_loopback_only(kafka: EmbeddedKafka) -> None:
    assert kafka.pid
    listening = [c for c in psutil.Process(kafka.pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert len(listening) == 2
    assert {c.laddr.ip.removeprefix("::ffff:") for c in listening} == {"127.0.0.1"}


@pytest.mark.slow
def test_data_survive_a_stop_and_a_kill_and_a_change_of_port_in_a_folder_of_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("LC_ALL", "C")
    folder = tmp_path / "销售 数据"
    with EmbeddedKafka(folder, ports.free_port()) as broker:
        topic = create_topic(broker)
        produce(broker, topic, b"before the stop")
        stopped = broker.pid
    assert stopped
    assert not psutil.pid_exists(stopped)
    with EmbeddedKafka(folder, ports.free_port()) as broker:
        assert consume(broker, topic) == [b"before the stop"]
        produce(broker, topic, b"before the kill")
        assert broker.pid
        os.kill(broker.pid, signal.SIGKILL)
    with EmbeddedKafka(folder, ports.free_port()) as broker:
        assert consume(broker, topic) == [b"before the stop", b"before the kill"]


def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotRun, match=rf"^Port {port}, which Kafka wants, is taken.*ONEBOARD_KAFKA_PORT\.$"):
            EmbeddedKafka(tmp_path, port).start()
    assert not list(tmp_path.iterdir())


def test_a_folder_in_use_is_one_clear_sentence(kafka: EmbeddedKafka) -> None:
    with pytest.raises(CannotRun, match=r"^Another oneboard is using .*ONEBOARD_DATA_DIR\.$"):
        EmbeddedKafka(kafka.data_dir, ports.free_port()).start()


def test_too_little_room_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "NEEDED_BYTES", 10**18)
    with pytest.raises(CannotRun, match=re.escape("GB free and oneboard needs")):
        EmbeddedKafka(tmp_path, ports.free_port()).start()


def test_a_broker_has_a_head_start(kafka: EmbeddedKafka) -> None:
    """Learned at the first start on this machine, and kept beside the jars."""
    (cache,) = [path for path in mapped(kafka) if path.endswith(".aot")]
    assert Path(cache).parent == local().cache_dir


def test_a_broker_does_without_a_head_start_that_java_refuses(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.aot"
    damaged.write_bytes(b"damaged")
    with EmbeddedKafka(tmp_path / "kafka", ports.free_port(), java_option=f"-XX:AOTCache={damaged}") as broker:
        assert str(damaged) not in mapped(broker)


def test_that_a_head_start_cannot_be_learned_is_remembered(tmp_path: Path) -> None:
    asked: list[str] = []

    def learn(folder: Path, option: str) -> None:
        asked.append(option)
        raise CannotRun("no room")

    assert head_start.options(tmp_path, ("java", "-cp", "jars"), learn) == ()
    assert head_start.options(tmp_path, ("java", "-cp", "jars"), learn) == ()
    assert len(asked) == 1
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_size == 0


def mapped(broker: EmbeddedKafka) -> set[str]:
    """The files that Java has taken into its memory."""
    return {one.path for one in psutil.Process(broker.pid).memory_maps()}
