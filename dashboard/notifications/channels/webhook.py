"""A webhook, signed as Standard Webhooks has it (v1: HMAC-SHA256 over id, time and body)."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping

import aiohttp

from dashboard.notifications.channels.errors import Undelivered
from dashboard.notifications.content import Content

SECRET_PREFIX = "whsec_"
MOST_ANSWER = 200
GONE = 410
"""By the standard: the receiver wants nothing more."""


def signature(secrets: str, id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature a secret; several secrets, apart by spaces, while one is exchanged.

    Raises ValueError for a secret that is none.
    """
    signed = f"{id}.{timestamp}.".encode() + body
    return " ".join("v1," + _mac(secret, signed) for secret in secrets.split())


def _mac(secret: str, signed: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError('a webhook\'s secret is "whsec_" and base64') from None
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def body_of(content: Content) -> bytes:
    """The JSON that is sent: type, timestamp and data, as the standard recommends."""
    said = {"title": content.title, "text": list(content.lines), "link": content.link}
    return json.dumps(
        {"type": content.type, "timestamp": content.at.isoformat(), "data": {**said, **content.data}},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


class Webhook:
    """POSTs to one address; whatever is not 2xx did not arrive, and redirects are not followed."""

    def __init__(self, url: str, secrets: str, answer_seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._url, self._secrets, self._seconds, self._clock = url, secrets, answer_seconds, clock

    async def send(self, content: Content) -> str:
        """See `Channel.send`."""
        body, now = body_of(content), int(self._clock())
        try:
            signed = signature(self._secrets, content.id, now, body)
        except ValueError as error:
            raise Undelivered(str(error), is_final=True) from error
        headers = {
            "content-type": "application/json",
            "user-agent": "oneboard",
            "webhook-id": content.id,
            "webhook-timestamp": str(now),
            "webhook-signature": signed,
        }
        limit = aiohttp.ClientTimeout(total=self._seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                said = f"{answer.status} {(await answer.content.read(MOST_ANSWER)).decode(errors='replace')}".strip()
                if 200 <= answer.status < 300:
                    return said
                raise Undelivered(said, is_final=answer.status == GONE, after_seconds=_after(answer.headers))
        except aiohttp.InvalidURL as error:
            raise Undelivered("the webhook's address is none", is_final=True) from error
        except TimeoutError as error:
            raise Undelivered(f"no answer within {self._seconds:g} s") from error
        except (aiohttp.ClientError, OSError) as error:
            raise Undelivered(f"{type(error).__name__}: {error}") from error


def _after(headers: Mapping[str, str]) -> float:
    said = headers.get("retry-after", "")
    return float(said) if said.isdigit() else 0.0
