"""The one reader of `board-updates`: no group, no commits, from now on; after a gap everything may have moved.

Of what was said shortly before only the sweeps count: a board that starts knows when all was last looked at.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from dashboard.live.updates import EVERYTHING, Update
from ingest.errors import BrokerAway
from ingest.settings import KafkaSettings
from ingest.topics import SWEEPS

log = logging.getLogger(__name__)
TOPIC = "board-updates"
AGAIN_SECONDS = 2.0
LOOKS_BACK_SECONDS = 120


async def read_updates(
    settings: KafkaSettings,
    moved: Callable[[Update], None],
    reads: Callable[[bool], None] = lambda _: None,
    swept: Callable[[datetime | None], None] = lambda _: None,
) -> None:
    """Call `moved` for every update, for ever; a broker that is away is tried again without end.

    `reads` is told whenever reading begins or ends, `swept` as of when detection has looked at all.
    """
    is_away = False
    while True:
        consumer = _consumer(settings)
        try:
            await consumer.start()
            is_away = False
            news_from = await _go_back(consumer)
            reads(True)
            moved(EVERYTHING)
            async for record in consumer:
                update = _update(record.value)
                if update.table == SWEEPS:
                    swept(update.at)
                elif record.offset >= news_from.get(record.partition, 0):
                    moved(update)
        except (KafkaError, OSError) as error:
            if not is_away:
                log.warning("cannot read %s (%s); trying every %s s", TOPIC, error, AGAIN_SECONDS)
            is_away = True
        finally:
            reads(False)
            await consumer.stop()
        await asyncio.sleep(AGAIN_SECONDS)


async def last_sweep(settings: KafkaSettings) -> datetime | None:
    """As of when all was last looked at; None where nobody has said so of late. Raises `BrokerAway`."""
    consumer, found = _consumer(settings), None
    try:
        await consumer.start()
        ends = await _go_back(consumer)
        for place in consumer.assignment():
            while await consumer.position(place) < ends[place.partition]:
                for record in (await consumer.getmany(place, timeout_ms=500)).get(place, ()):
                    update = _update(record.value)
                    found = update.at if update.table == SWEEPS else found
    except (KafkaError, OSError) as error:
        raise BrokerAway(f"Kafka at {settings.bootstrap} cannot be read ({error})") from error
    finally:
        await consumer.stop()
    return found


async def _go_back(consumer: AIOKafkaConsumer) -> dict[int, int]:
    """Stand where reading would have begun a little earlier; from which offset on what comes is news, by partition."""
    places = consumer.assignment()
    if not places:
        return {}
    ends = await consumer.end_offsets(places)
    earlier = int((time.time() - LOOKS_BACK_SECONDS) * 1000)
    for place, found in (await consumer.offsets_for_times(dict.fromkeys(places, earlier))).items():
        consumer.seek(place, found.offset if found else ends[place])
    return {place.partition: end for place, end in ends.items()}


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
