"""Who is at a board and where they point: the y-protocol's awareness, kept a browser apart.

States are told on, never stored. Who somebody is, the server says: what a browser claims of it is overwritten.
"""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Decoder, Encoder

MOST_BYTES = 20_000
"""Of one browser's state: a selection of a thousand things has about that."""
GONE_AFTER_SECONDS = 45.0
NOBODY = "null"


class BadPresence(ValueError):
    """Bytes that are no awareness update."""


@dataclass
class State:
    """What one browser says of itself (JSON), its clock, when it was heard, and whether it is connected here."""

    clock: int
    said: str
    at: float
    is_here: bool


@dataclass
class Presence:
    """The states by the browsers' ids, and which of them have changed since they were told."""

    states: dict[int, State] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)

    def take(self, update: bytes, user: Mapping[str, Any] | None) -> set[int]:
        """Note an update: of a browser here, whose `user` it is, or of another process (None); the ids in it."""
        try:
            told = list(_decoded(update, user))
        except (IndexError, RuntimeError, ValueError, TypeError, UnicodeDecodeError) as error:
            raise BadPresence(f"this says of nobody where they are: {error}") from None
        for id, clock, said in told:
            known = self.states.get(id)
            is_end = said == NOBODY and known is not None and known.clock == clock
            if known is not None and clock <= known.clock and not is_end:
                if known.said == said:
                    known.at = time.monotonic()
                continue
            self.states[id] = State(clock, said, time.monotonic(), user is not None)
            self.changed.add(id)
        return {id for id, _, _ in told}

    def leave(self, ids: Iterable[int]) -> None:
        """These browsers are gone."""
        for id in ids:
            known = self.states.get(id)
            if known and known.said != NOBODY:
                self.states[id] = State(known.clock + 1, NOBODY, time.monotonic(), known.is_here)
                self.changed.add(id)

    def expire(self) -> None:
        """Forget whom nobody has heard of for a while; whoever is here is told of by their connection."""
        old = time.monotonic() - GONE_AFTER_SECONDS
        gone = [id for id, state in self.states.items() if state.at < old and not state.is_here]
        self.leave(id for id in gone if self.states[id].said != NOBODY)
        for id in gone:
            if self.states[id].said == NOBODY and id not in self.changed:
                del self.states[id]

    def news(self) -> tuple[bytes, bytes]:
        """What changed since the last call, and of it what is of this process; b"" for nothing."""
        changed, self.changed = self.changed, set()
        return self.encoded(changed), self.encoded(id for id in changed if self.states[id].is_here)

    def everybody(self, *, here: bool = False) -> bytes:
        """All who are there, or only those `here`; b"" where there is nobody."""
        return self.encoded(
            id for id, state in self.states.items() if state.said != NOBODY and (state.is_here or not here)
        )

    def encoded(self, ids: Iterable[int]) -> bytes:
        """An awareness update of these; b"" for none."""
        states = [(id, self.states[id]) for id in ids]
        if not states:
            return b""
        encoder = Encoder()
        encoder.write_var_uint(len(states))
        for id, state in states:
            encoder.write_var_uint(id)
            encoder.write_var_uint(state.clock)
            encoder.write_var_string(state.said)  # json.dumps escapes: as many bytes as characters
        return encoder.to_bytes()


def _decoded(update: bytes, user: Mapping[str, Any] | None) -> Iterable[tuple[int, int, str]]:
    decoder = Decoder(update)
    for _ in range(decoder.read_var_uint()):
        id, clock, said = decoder.read_var_uint(), decoder.read_var_uint(), decoder.read_var_string()
        if len(said) > MOST_BYTES:
            raise ValueError(f"{len(said):,} bytes about one browser, at most {MOST_BYTES:,} are taken")
        state = json.loads(said)
        if state is not None and not isinstance(state, dict):
            raise ValueError("a state is an object")
        yield id, clock, json.dumps(state if user is None or state is None else {**state, "user": user})
