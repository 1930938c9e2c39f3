"""What a meeting provider is: it makes a room for a meeting, and says so in the words of its own errors."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dashboard.locales import Lang
from dashboard.sentences import code, sentence


@dataclass(frozen=True)
class Meant:
    """The meeting a room is for. `subject` is what it is called on its own screen; it names no person.

    `at` and `minutes`: when it is planned for and how long; None: now.
    """

    meeting_id: str
    subject: str
    at: datetime | None = None
    minutes: int = 60


@dataclass(frozen=True)
class Room:
    """A room to open in a new tab, whose it is, and the code of what there is to say of how it came about."""

    url: str
    provider: str
    note: str = ""


class RoomFault(Exception):
    """No room came of it: what the provider said, in words for who set it up; never a secret.

    `key` and `said` are a text of the catalogue "meet"; `after_seconds`: for so long it wants not to be asked again.
    """

    def __init__(self, key: str, after_seconds: float = 0.0, **said: object) -> None:
        self.code = code(f"meet.fault_{key}", **said)
        super().__init__(self.words("en"))
        self.after_seconds = after_seconds

    def words(self, lang: Lang) -> str:
        """The sentence."""
        return sentence(self.code, lang, {})


class Provider(Protocol):
    """Gives a meeting a room."""

    name: str

    async def room(self, meant: Meant) -> Room:
        """The room. Raises `RoomFault` and nothing else; who asks bounds the time."""
        ...

    def advice(self, lang: Lang = "en") -> str | None:
        """What who runs the board should know of this provider as it is set; None when there is nothing to say."""
        ...


def room_name(meeting_id: str, secret: str) -> str:
    """32 characters, letters and digits only, that nobody guesses without the secret and that tell nothing.

    HMAC-SHA256 (RFC 2104) cut to 160 bits, in base 32 (RFC 4648): case does not matter, as meeting servers have it.
    """
    digest = hmac.new(secret.encode(), f"oneboard.room:{meeting_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode("ascii").lower()
