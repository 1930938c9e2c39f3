"""Conditions to wait for: each asks once, quickly, and says whether the part answers."""

import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.local import ports

Condition = Callable[[], bool]
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def http(url: str) -> Condition:
    """Answers a GET of `url` with a status below 500."""

    def is_ready() -> bool:
        try:
            with _NO_PROXY.open(url, timeout=2):
                return True
        except urllib.error.HTTPError as refusal:
            return refusal.code < 500
        except OSError:
            return False

    return is_ready


def kafka(options: Mapping[str, Any], within_seconds: float = 2) -> Condition:
    """Answers a metadata request with at least one broker that takes part; `options` are how a client connects."""

    def is_ready() -> bool:
        try:
            with closing(KafkaAdminClient(**options, bootstrap_timeout_ms=int(within_seconds * 1000))) as admin:
                return any(not broker["is_fenced"] for broker in admin.describe_cluster()["brokers"])
        except KafkaError:
            return False

    return is_ready


def embedded_kafka(port: int) -> Condition:
    """As `kafka`, on loopback; asks for a connection first, which costs next to nothing while there is none."""
    answers_metadata = kafka({"bootstrap_servers": f"{ports.LOOPBACK}:{port}"})
    return lambda: ports.answers(port) and answers_metadata()
