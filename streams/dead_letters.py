"""An event that cannot be taken: kept whole, with the reason, under Kafka Connect's header names."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from ingest.dead_letters import error_headers
from streams.batches import Batch, Record


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """The original key and bytes of a record and why it was not taken."""

    topic: str
    partition: int
    record: Record
    reason: str
    message: str

    def headers(self) -> list[tuple[str, bytes]]:
        """Where it came from and what was wrong, as Kafka Connect writes them."""
        return error_headers(self.topic, self.reason, self.message, partition=self.partition, offset=self.record.offset)


class TooManyDeadLetters(RuntimeError):
    """So much is bad that going on would only divert it quietly."""


def refuse_a_flood(batch: Batch, letters: Iterable[DeadLetter], before: int, allowed_in_a_row: int) -> int:
    """How many bad events the batch ends with, those `before` it counted where none of it is good.

    Raises `TooManyDeadLetters` where so many follow each other without a good one between.
    """
    bad = {letter.record.offset for letter in letters}
    run = before
    for record in batch.records:
        run = run + 1 if record.offset in bad else 0
        if run >= allowed_in_a_row:
            raise TooManyDeadLetters(
                f"{run} events of {batch.topic}:{batch.partition} in a row are bad, up to offset {record.offset}; "
                f"the stream stands still at offset {batch.first}. Mend the source, or raise "
                "ONEBOARD_WORKER_DEAD_LETTERS_IN_A_ROW to pass."
            )
    return run


def explained(error: ValidationError) -> str:
    """What is wrong with an event, field by field, in one line."""
    parts = []
    for problem in error.errors(include_url=False, include_input=False)[:5]:
        place = ".".join(str(step) for step in problem["loc"]) or "event"
        parts.append(f"{place}: {problem['msg']}")
    return "; ".join(parts)
