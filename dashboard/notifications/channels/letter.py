"""A mail: what is said of one finding is one thread in the reader's mailbox."""

import smtplib
from email.message import EmailMessage
from email.utils import parseaddr
from html import escape

from dashboard.mail import MailSettings, send
from dashboard.notifications.channels.errors import Undelivered
from dashboard.notifications.content import Content

_REFUSED_FROM = 500
"""SMTP's codes from here on are final."""


def letter(content: Content, sender: str, to: str) -> EmailMessage:
    """The mail, as text and as HTML; a repetition has the same Message-ID."""
    domain = sender.rpartition("@")[2].strip("> ") or "oneboard"
    message = EmailMessage()
    message["Subject"] = " ".join(content.title.split())[:180]
    message["From"], message["To"] = sender, to
    message["Message-ID"] = f"<{content.id}@{domain}>"
    if content.thread:
        message["References"] = f"<{content.thread}@{domain}>"
        if not content.is_first:
            message["In-Reply-To"] = f"<{content.thread}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{content.title}\n\n{content.text}")
    lines = "".join(f"<p>{escape(line)}</p>" for line in content.lines)
    link = escape(content.link, quote=True)
    message.add_alternative(
        f'<!doctype html><meta charset="utf-8"><body style="font-family:system-ui,\'Noto Sans SC\',sans-serif">'
        f'<p style="font-size:18px">{escape(content.title)}</p>{lines}<p><a href="{link}">{link}</a></p></body>',
        "html",
    )
    if content.calendar:
        said = content.calendar(parseaddr(sender)[1], to)
        message.add_alternative(said.text, subtype="calendar", params={"method": said.method})
        message.add_attachment(said.text, subtype="calendar", filename="invite.ics")
    return message


class Mail:
    """Mails to one address by the one mail server."""

    def __init__(self, settings: MailSettings, to: str) -> None:
        self._settings, self._to = settings, to

    async def send(self, content: Content) -> str:
        """See `Channel.send`."""
        try:
            return await send(self._settings, letter(content, self._settings.sender, self._to))
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (TimeoutError, OSError, smtplib.SMTPException) as error:
            raise Undelivered(f"{type(error).__name__}: {error}") from error
        except ValueError as error:  # an address that no header may hold
            raise Undelivered(str(error), is_final=True) from error


def _refused(code: int, said: bytes | str) -> Undelivered:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return Undelivered(f"{code} {words}", is_final=code >= _REFUSED_FROM)
