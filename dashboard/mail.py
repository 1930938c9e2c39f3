"""The one way out for mail: its settings, and a mail server that is spoken to in a thread."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from functools import cache
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SMTP_SECONDS = 15.0


class MailSettings(BaseSettings):
    """The mail server of the digest and of notifications."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_MAIL_", frozen=True, env_ignore_empty=True)

    host: str | None = Field(None, description="The mail server; without one no mail leaves.")
    port: int = Field(587, gt=0, lt=65536, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the line is secured; none only to a server on this machine."
    )
    user: str | None = Field(None, description="Who signs in at the mail server; none signs nobody in.")
    password: SecretStr | None = Field(None, description="With which password.")
    sender: str = Field("oneboard@localhost", description="The address mails come from.")


async def send(settings: MailSettings, message: EmailMessage) -> str:
    """Give it to the mail server; what that said. Raises OSError and `smtplib.SMTPException`."""
    return await asyncio.to_thread(_send, settings, message)


def _send(settings: MailSettings, message: EmailMessage) -> str:
    if not settings.host:
        raise OSError("there is no mail server: set ONEBOARD_MAIL_HOST")
    secured = ssl.create_default_context()
    place = (settings.host, settings.port)
    if settings.security == "tls":
        line: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=SMTP_SECONDS, context=secured)
    else:
        line = smtplib.SMTP(*place, timeout=SMTP_SECONDS)
    with line:
        if settings.security == "starttls":
            line.starttls(context=secured)
        if settings.user:
            line.login(settings.user, settings.password.get_secret_value() if settings.password else "")
        line.send_message(message)
    return f"taken by {settings.host}"


@cache
def mail() -> MailSettings:
    """The one mail settings object of this process, read once."""
    return MailSettings()
