"""The page for ops asks the log itself: dead letters, streams that stand still, and what people do about them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from dashboard.actions import NobodyActs, publisher
from dashboard.connection import warehouse
from ingest.letters.box import Box, Found, Place, Sent
from ingest.letters.letter import Letter, Position, shown
from ingest.letters.replay import Return, chosen, dismiss, let_through, replay
from ingest.letters.standing import Standing, marks_of, standing
from ingest.reader import Reader
from warehouse.errors import WarehouseError
from warehouse.queries.freshness import freshness
from warehouse.viewer import Viewer


@dataclass(frozen=True)
class Inbox:
    """Every letter in sight, the newest first, and how many older ones there are."""

    found: tuple[Found, ...]
    older: int = 0

    @property
    def waiting(self) -> int:
        """How many letters nothing was done about."""
        return sum(one.settled is None for one in self.found)


async def inbox() -> Inbox:
    """What lies on the log now. Raises `IngestError` where Kafka does not answer."""
    found = await asyncio.to_thread(_box().read)
    return Inbox(tuple(found), _box().older)


@dataclass(frozen=True)
class Opened(Found):
    """A letter with all of its bytes, and what was sent of it again.

    `is_stored` says whether the warehouse has got as far; None where it cannot be asked.
    """

    sent: Sent | None = None
    is_stored: bool | None = None


async def letter_at(position: str) -> Opened | None:
    """One letter with what became of it; None where none lies there. Raises `IngestError`."""
    place = Position.parse(position)
    whole, found = await asyncio.to_thread(_box().whole, place), await inbox()
    if whole is None:
        return None
    settled = next((one.settled for one in found.found if one.letter.position == place), None)
    sent = await asyncio.to_thread(_box().sent, settled) if settled else None
    return Opened(whole, settled, sent, await _has_got_to(sent.place) if sent else None)


async def _has_got_to(place: Place) -> bool | None:
    try:
        marks = await _marks()
    except WarehouseError:
        return None
    return marks.get((place.topic, place.partition), -1) >= place.offset


async def stands_still() -> list[Standing]:
    """The streams that stand still. Raises `IngestError`, and `WarehouseError` where that does not answer."""
    marks = await _marks()

    def look() -> list[Standing]:
        with Reader() as reader:
            return standing(reader, marks)

    return await asyncio.to_thread(look)


async def _marks() -> dict[tuple[str, int], int]:
    from ingest.publisher import log_identity

    positions = (await freshness(warehouse())).select("topic_id", "partition", "watermark")
    return marks_of(positions.iter_rows(), await asyncio.to_thread(log_identity))


async def send_back(
    viewer: Viewer, positions: Sequence[str], *, topic: str = "", reason: str = "", mended: str | None = None
) -> list[Return]:
    """Replay the letters at the positions, or all that wait of a topic and reason. `mended` is the text of the one.

    Text that is what was shown means the bytes as they were. Raises `IngestError` and `NobodyActs`.
    """
    _require_ops(viewer)

    def send() -> list[Return]:
        wanted = chosen(_box().read(), [Position.parse(one) for one in positions], topic=topic, reason=reason)
        edited = None
        if mended is not None and len(wanted) == 1:
            whole = _box().whole(wanted[0].letter.position)
            edited = mended.encode() if whole is None or mended != shown(whole.value).text else None
        return list(replay(_box(), publisher(), wanted, viewer.person_id, edited=edited))

    return await asyncio.to_thread(send)


async def settle(viewer: Viewer, position: str, why: str) -> list[Letter]:
    """Dismiss one letter. Raises `IngestError` and `NobodyActs`."""
    _require_ops(viewer)

    def tell() -> list[Letter]:
        wanted = chosen(_box().read(), [Position.parse(position)])
        return dismiss(publisher(), wanted, viewer.person_id, why)

    return await asyncio.to_thread(tell)


async def pass_on(viewer: Viewer, subject: str) -> None:
    """Let a stream that stands still go on. Raises `IngestError` and `NobodyActs`."""
    _require_ops(viewer)
    await asyncio.to_thread(let_through, publisher(), subject, viewer.person_id)


def _require_ops(viewer: Viewer) -> None:
    if not viewer.is_ops:
        raise NobodyActs("only sales operations act on dead letters")


@cache
def _box() -> Box:
    return Box()
