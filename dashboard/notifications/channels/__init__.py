"""Channels: each a file with one class that carries a message out and says what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from dashboard.mail import MailSettings, mail
from dashboard.notifications import settings
from dashboard.notifications.channels.chat import Chat
from dashboard.notifications.channels.errors import Undelivered
from dashboard.notifications.channels.letter import Mail
from dashboard.notifications.channels.webhook import Webhook
from dashboard.notifications.content import Content
from dashboard.notifications.people import kind_of
from dashboard.notifications.routes import ChannelRow

__all__ = ["Channel", "Doors", "Undelivered"]


class Channel(Protocol):
    """The way out."""

    async def send(self, content: Content) -> str:
        """Carry it out; what was answered. Raises `Undelivered`."""


class App:
    """The board itself: what is on the log is told there."""

    async def send(self, content: Content) -> str:
        """Nothing leaves."""
        return "on the board"


@dataclass(frozen=True)
class Doors:
    """Which channel leads where: those of the routes' file by name, a person's by their contact."""

    rows: Mapping[str, ChannelRow]
    answer_seconds: float

    def open(self, name: str, contact: str = "") -> Channel:
        """The channel of that name, to the contact where it is that. Raises `Undelivered` for one without a door."""
        if name == "app":
            return App()
        if name == "contact":
            return self._to(contact)
        row = self.rows.get(name)
        if row is None:
            raise Undelivered(f"there is no channel {name!r} any more", is_final=True)
        if row.kind == "mail":
            return Mail(self._mail(), row.to)
        given, prefix = settings.channel(name), settings.channel_prefix(name)
        if given.url is None:
            raise Undelivered(f"the channel {name!r} has no address: set {prefix}URL", is_final=True)
        if row.kind == "chat":
            return Chat(given.url.get_secret_value(), self.answer_seconds)
        if given.secret is None:
            raise Undelivered(f"the channel {name!r} has no secret to sign with: set {prefix}SECRET", is_final=True)
        return Webhook(given.url.get_secret_value(), given.secret.get_secret_value(), self.answer_seconds)

    def _to(self, contact: str) -> Channel:
        match kind_of(contact):
            case "chat":
                return Chat(contact, self.answer_seconds)
            case "mail":
                return Mail(self._mail(), contact.removeprefix("mailto:"))
        raise Undelivered("the organisation has no contact for them that a message can be sent to", is_final=True)

    def _mail(self) -> MailSettings:
        if not mail().host:
            raise Undelivered("there is no mail server: set ONEBOARD_MAIL_HOST", is_final=True)
        return mail()
