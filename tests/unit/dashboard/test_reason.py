"""Why something could not be done, as it is told to whoever asked."""

import pytest

from dashboard.reason import reason
from deploy.local import ports
from ingest.errors import BrokerAway
from ingest.reader import Reader
from ingest.settings import KafkaSettings


def test_where_no_broker_answers_a_reader_gives_up_with_its_patience_and_a_plain_word_is_said() -> None:
    settings = KafkaSettings(bootstrap=f"127.0.0.1:{ports.free_port()}")
    with Reader(settings, patience_seconds=0.6) as reader, pytest.raises(BrokerAway) as told:
        reader.partitions("actions")
    assert "What you typed is kept" in reason(told.value, "en")
    assert "您填写的内容还在" in reason(told.value, "zh")
