"""The one reader of `board-updates`: no group, no commits, from now on; after a gap everything may have moved."""

import asyncio
import logging
from collections.abc import Callable

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from dashboard.live.updates import EVERYTHING, Update
from ingest.settings import KafkaSettings

log = logging.getLogger(__name__)
TOPIC = "board-updates"
AGAIN_SECONDS = 2.0


async def read_updates(
    settings: KafkaSettings, moved: Callable[[Update], None], reads: Callable[[bool], None] = lambda _: None
) -> None:
    """Call `moved` for every update, for ever; a broker that is away is tried again without end.

    `reads` is told whenever reading begins or ends.
    """
    is_away = False
    while True:
        consumer = _consumer(settings)
        try:
            await consumer.start()
            is_away = False
            reads(True)
            moved(EVERYTHING)
            async for record in consumer:
                moved(_update(record.value))
        except (KafkaError, OSError) as error:
            if not is_away:
                log.warning("cannot read %s (%s); trying every %s s", TOPIC, error, AGAIN_SECONDS)
            is_away = True
        finally:
            reads(False)
            await consumer.stop()
        await asyncio.sleep(AGAIN_SECONDS)


def _update(value: bytes | None) -> Update:
    try:
        return Update.model_validate_json(value or b"")
    except ValidationError as error:
        log.warning("an update of %s cannot be read, so anything may have moved: %s", TOPIC, error)
        return EVERYTHING


def _consumer(settings: KafkaSettings) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        settings.topic_prefix + TOPIC,
        **settings.client_options(),
        group_id=None,
        auto_offset_reset="latest",
        enable_auto_commit=False,
        fetch_max_wait_ms=500,
    )
