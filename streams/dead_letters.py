"""An event that cannot be taken: kept whole, with the reason; and when so much is bad that the stream stands still."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from ingest.dead_letters import CUT, attempt_of, error_headers, own_headers
from ingest.intake import MAX_EVENT_BYTES
from streams.batches import Batch, Record

BEGINNING_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """The original key, bytes and headers of a record and why it was not taken."""

    topic: str
    partition: int
    record: Record
    reason: str
    message: str

    def headers(self) -> list[tuple[str, bytes]]:
        """The event's own, then where it came from and what was wrong, as Kafka Connect writes them."""
        own, attempt = own_headers(self.record.headers), attempt_of(self.record.headers)
        place = {"partition": self.partition, "offset": self.record.offset}
        cut = [(CUT, str(self.size).encode())] if self.size > MAX_EVENT_BYTES else []
        return [*own, *cut, *error_headers(self.topic, self.reason, self.message, **place, attempt=attempt)]

    def value(self) -> bytes:
        """All of the event, or the beginning of one that with these headers may be more than Kafka takes.

        To try and see is no way: an idempotent producer does not get over a refusal. All of it lies where the letter
        says, on a log that has no end.
        """
        value = self.record.value or b""
        return value if self.size <= MAX_EVENT_BYTES else value[:BEGINNING_BYTES]

    @property
    def size(self) -> int:
        """Bytes of the event."""
        return len(self.record.value or b"")


class TooManyDeadLetters(RuntimeError):
    """So much is bad that going on would only divert it quietly; `partition` stands still before `offset`."""

    def __init__(self, batch: Batch, what: str, setting: str) -> None:
        super().__init__(
            f"{what}; the stream stands still at offset {batch.first}. Mend the source; to make them dead letters, let "
            f"them through on the board's page Ops or with `oneboard dead-letters let-through`, or raise {setting}."
        )
        self.partition, self.offset = batch.partition, batch.first


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be bad: so many events in a row, or so large a `share` of the last `window`."""

    in_a_row: int
    share: float
    window: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What was bad of a partition's last events: in a row at their end, and by stretch of the window, newest last."""

    in_a_row: int = 0
    stretches: tuple[tuple[int, int], ...] = ()
    """(events, bad ones) of some batches in a row."""

    def window(self, batch: Batch, bad: int, events: int) -> tuple[tuple[int, int], ...]:
        """The stretches with this batch, without those that `events` no longer reach back to."""
        stretches = list(self.stretches)
        last = stretches.pop() if stretches and stretches[-1][0] < events / _STRETCHES else (0, 0)
        stretches.append((last[0] + len(batch.records), last[1] + bad))
        while sum(count for count, _ in stretches[1:]) >= events:
            del stretches[0]
        return tuple(stretches)


_STRETCHES = 20


def refuse_a_flood(batch: Batch, letters: Iterable[DeadLetter], before: Tally, limits: Limits) -> Tally:
    """The tally with this batch in it. Raises `TooManyDeadLetters` where that is beyond the limits.

    The share is looked at only over a full window, which begins with a batch. What somebody replayed and what
    fails again is no flood.
    """
    bad = {letter.record.offset for letter in letters if attempt_of(letter.record.headers) == 1}
    where = f"{batch.topic}:{batch.partition}"
    run = before.in_a_row if bad else 0
    for record in batch.records if bad else ():
        run = run + 1 if record.offset in bad else 0
        if run >= limits.in_a_row:
            what = f"{run} events of {where} in a row are bad, up to offset {record.offset}"
            raise TooManyDeadLetters(batch, what, "ONEBOARD_WORKER_DEAD_LETTERS_IN_A_ROW")
    stretches = before.window(batch, len(bad), limits.window)
    events, bad_of_them = (sum(counts) for counts in zip(*stretches, strict=True))
    if events >= limits.window and bad_of_them > limits.share * events:
        what = f"{bad_of_them} of the last {events} events of {where} are bad"
        raise TooManyDeadLetters(batch, what, "ONEBOARD_WORKER_DEAD_LETTERS_SHARE")
    return Tally(run, stretches)


def explained(error: ValidationError) -> str:
    """What is wrong with an event, field by field, in one line."""
    parts = []
    for problem in error.errors(include_url=False, include_input=False)[:5]:
        place = ".".join(str(step) for step in problem["loc"]) or "event"
        parts.append(f"{place}: {problem['msg']}")
    return "; ".join(parts)
