"""What stands on the log of a whiteboard: steps, each a header that says what it is and a body of Yjs' own bytes.

Updates of a CRDT commute and may come twice, so that a board is the set of its steps, in whatever order they are read.
A step larger than one message takes is cut into pieces, which carry its id.
"""

import zlib
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.fields import Id, Instant
from ingest.intake import MAX_EVENT_BYTES, Sealed

TOPIC, PRESENCE = "whiteboard", "whiteboard-presence"
HEADER = "oneboard.step"
_PIECE_BYTES = MAX_EVENT_BYTES - 20_000


What = Literal["created", "update", "snapshot"]


class Step(BaseModel):
    """What one record of the topic is. `who` are the persons whose strokes it holds, `process` is who wrote it.

    A "snapshot" holds the whole board as it was when its partition had been read up to `covers`: who opens the board
    begins there, and reads what lies after `covers`. "created" and "snapshot" say what the board is about.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    step_id: Id
    board_id: Id
    what: What
    at: Instant
    process: Id
    who: tuple[Id, ...] = ()
    piece: Annotated[int, Field(ge=0)] = 0
    pieces: Annotated[int, Field(ge=1)] = 1
    covers: int | None = None
    title: Annotated[str, Field(max_length=200)] = ""
    title_en: Annotated[str, Field(max_length=200)] = ""
    finding_id: Id | None = None
    meeting_id: Id | None = None
    subject: Annotated[str, Field(max_length=400)] | None = Field(None, description="what that meeting is about")
    template: Id | None = None
    objects: Annotated[int, Field(ge=0)] = 0


def sealed(step: Step, body: bytes) -> Sequence[Sealed]:
    """The records of a step, all of one partition."""
    packed = zlib.compress(body, 3)
    cuts = range(0, max(len(packed), 1), _PIECE_BYTES)
    return [
        Sealed(
            step.board_id.encode(),
            packed[start : start + _PIECE_BYTES],
            step.step_id,
            (_header(step.model_copy(update={"piece": piece, "pieces": len(cuts)})),),
        )
        for piece, start in enumerate(cuts)
    ]


def _header(step: Step) -> tuple[str, bytes]:
    return HEADER, step.model_dump_json(exclude_defaults=True).encode()


def read(headers: Sequence[tuple[str, bytes]]) -> Step:
    """What a record is; ValueError where its header says nothing that can be read."""
    said = next((value for name, value in headers if name == HEADER), b"")
    try:
        return Step.model_validate_json(said)
    except ValidationError as error:
        raise ValueError(f"this is no step of a whiteboard: {error.errors(include_url=False)[0]['msg']}") from None


def body(pieces: Sequence[bytes]) -> bytes:
    """The body of a step from its pieces in order; ValueError where they are damaged."""
    try:
        return zlib.decompress(b"".join(pieces))
    except zlib.error as error:
        raise ValueError(f"the body of a step is damaged: {error}") from None
