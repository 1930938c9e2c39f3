"""Jitsi Meet: a room is an address, made by the first who opens it."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from dashboard.locales import Lang, t
from dashboard.meetings.room import Meant, Provider, Room, room_name
from dashboard.meetings.settings import meetings
from dashboard.session.secret import secret

PUBLIC = "meet.jit.si"
COUNTS_SECONDS, CLOCKS_SECONDS = 86_400, 60
"""How long a token counts, and how far apart clocks may be."""


class Jitsi:
    """Rooms on the server of `ONEBOARD_MEETINGS_JITSI_URL`."""

    name = "jitsi"

    async def room(self, meant: Meant) -> Room:
        # the subject stands in the fragment, which browsers do not send to the server
        said = quote(f'"{meant.subject.replace(chr(34), "")}"', safe="")
        name = room_name(meant.meeting_id, secret())
        return Room(f"{meetings().jitsi_url}/{name}#config.subject={said}", self.name)

    def door(self, url: str) -> str:
        """The room as somebody is led into it: with a token, never on the log, where one is asked for."""
        parts = urlsplit(url)
        if not meetings().jitsi_app_secret.get_secret_value() or not url.startswith(meetings().jitsi_url):
            return url
        return urlunsplit(parts._replace(query=f"jwt={_token(parts.path.rpartition('/')[2])}"))

    def advice(self, lang: Lang = "en") -> str | None:
        if urlsplit(meetings().jitsi_url).hostname != PUBLIC:
            return None
        return t("meet.advice_public", lang, server=PUBLIC)


def _token(room: str) -> str:
    """A JSON Web Token (RFC 7519, HS256) that lets whoever has it into that room, for a day."""
    given, now = meetings(), int(time.time())
    claims = {
        "aud": given.jitsi_app_id, "iss": given.jitsi_app_id, "sub": "*", "room": room, "nbf": now - CLOCKS_SECONDS,
        "exp": now + COUNTS_SECONDS,
    }  # fmt: skip
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    mac = hmac.digest(given.jitsi_app_secret.get_secret_value().encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _part(said: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).rstrip(b"=").decode()


PROVIDER: Provider = Jitsi()
