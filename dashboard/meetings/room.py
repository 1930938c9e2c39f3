"""What a meeting provider is: from a finding to the address of a room of its own."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Room:
    """A room to open in a new tab."""

    url: str


class Provider(Protocol):
    """Gives each finding a room: the same finding the same room, another finding another."""

    name: str

    def room(self, finding_id: str, subject: str, secret: str) -> Room:
        """The room of a finding. `subject` is what the room is called on its own screen; it names no person."""
        ...

    def advice(self) -> str | None:
        """What who runs the board should know of this provider as it is set; None when there is nothing to say."""
        ...


def room_name(finding_id: str, secret: str) -> str:
    """32 characters, letters and digits only, that nobody guesses without the secret and that tell nothing.

    HMAC-SHA256 (RFC 2104) cut to 160 bits, in base 32 (RFC 4648): case does not matter, as meeting servers have it.
    """
    digest = hmac.new(secret.encode(), f"oneboard.room:{finding_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode("ascii").lower()
