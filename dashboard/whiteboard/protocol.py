"""The messages of a board's websocket: the y-protocols' sync (0) and awareness (1), and JSON of our own (100)."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from pycrdt import write_message, write_var_uint

SYNC, AWARENESS, SAID = 0, 1, 100
STEP1, STEP2, UPDATE = 0, 1, 2
_LONGEST_NUMBER = 9
"""Bytes of a number: 63 bits, more than any length or clock has."""


class BadMessage(ValueError):
    """Bytes that are no message of ours."""


@dataclass(frozen=True)
class Message:
    """One message. `body`: a state vector, an update, an awareness update, or JSON."""

    kind: Literal["vector", "update", "presence", "said"]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """What is said in JSON; `BadMessage` where it is no object."""
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise BadMessage(f"this is no JSON: {error}") from None
        if not isinstance(found, dict):
            raise BadMessage("an object is expected")
        return found


def read(message: bytes) -> Message:
    """A browser's message. Raises `BadMessage`."""
    kind, at = _number(message, 0)
    if kind == SYNC:
        step, at = _number(message, at)
        if step not in (STEP1, STEP2, UPDATE):
            raise BadMessage(f"there is no step {step} of the sync protocol")
        return Message("vector" if step == STEP1 else "update", _rest(message, at))
    if kind in (AWARENESS, SAID):
        return Message("presence" if kind == AWARENESS else "said", _rest(message, at))
    raise BadMessage(f"there is no message {kind}")


def vector(state: bytes) -> bytes:
    """ "Send me what I lack, who am that far"."""
    return bytes((SYNC, STEP1)) + write_message(state)


def answer(update: bytes) -> bytes:
    """The answer to it."""
    return bytes((SYNC, STEP2)) + write_message(update)


def update(update: bytes) -> bytes:
    """What is new."""
    return bytes((SYNC, UPDATE)) + write_message(update)


def presence(update: bytes) -> bytes:
    """Who is where."""
    return bytes((AWARENESS,)) + write_message(update)


def say(kind: str, **said: Any) -> bytes:
    """Something of our own."""
    return write_var_uint(SAID) + write_message(json.dumps({"kind": kind, **said}, ensure_ascii=False).encode())


def _number(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(_LONGEST_NUMBER):
        if at + place >= len(message):
            raise BadMessage("the message ends too early")
        byte = message[at + place]
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            return value, at + place + 1
    raise BadMessage("a number is too long")


def _rest(message: bytes, at: int) -> bytes:
    length, at = _number(message, at)
    if len(message) - at != length:
        raise BadMessage(f"{length:,} bytes are announced, {len(message) - at:,} came")
    return message[at:]
