"""Robots of Feishu, DingTalk, WeCom, Slack and Teams, each known by the scheme of its address, through `apprise`.

DingTalk, WeCom and Lark answer 200 to what they refuse and say so only in the body, which apprise does not look at:
what it posts with is given an ear, so that a refusal counts as one and the answer can be told.
"""

import asyncio
import json
import threading
from functools import cache
from typing import Any

from dashboard.notifications.channels.errors import Undelivered
from dashboard.notifications.content import Content
from dashboard.notifications.people import CHATS

MOST_ANSWER = 200
_CODES = ("errcode", "code", "StatusCode")
"""Where the robots say in the body that they refuse."""
_heard = threading.local()


class Chat:
    """One robot, at an address as apprise writes it: "feishu://<token>", "dingtalk://<secret>@<token>" …"""

    def __init__(self, url: str, answer_seconds: float) -> None:
        self._url, self._seconds = url, answer_seconds

    async def send(self, content: Content) -> str:
        """See `Channel.send`."""
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.to_thread(self._send, content)
        except TimeoutError as error:
            raise Undelivered(f"no answer within {self._seconds:g} s") from error

    def _send(self, content: Content) -> str:
        if self._url.partition("://")[0].lower() not in CHATS:
            raise Undelivered(f"a chat's address begins with one of {', '.join(CHATS)}", is_final=True)
        robot = _listening().instantiate(self._url, suppress_exceptions=True)
        if robot is None:
            raise Undelivered("apprise cannot read the chat's address", is_final=True)
        _heard.answer = ""
        is_sent = robot.notify(body=content.text, title=content.title, body_format="text")
        answer = str(_heard.answer) or "no connection"
        if not is_sent:
            raise Undelivered(answer)
        return answer


class _Ear:
    """`requests` for one plugin of apprise: hears every answer, and makes a refusal in the body one in the status."""

    def __init__(self, requests: Any) -> None:
        self._requests = requests

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._requests, name)
        return self._listening(found) if name in ("post", "request", "get") else found

    @staticmethod
    def _listening(call: Any) -> Any:
        def heard(*args: Any, **kwargs: Any) -> Any:
            answer = call(*args, **kwargs)
            body = (answer.content or b"")[:10_000]
            _heard.answer = f"{answer.status_code} {body[:MOST_ANSWER].decode(errors='replace')}".strip()
            if _refuses(body):
                answer.status_code = 422
            return answer

        return heard


def _refuses(body: bytes) -> bool:
    try:
        said = json.loads(body)
    except ValueError:
        return False
    return isinstance(said, dict) and any(said.get(code) for code in _CODES)


@cache
def _listening() -> Any:
    """apprise's reader of addresses, its robots given ears; a second to load, so not before something is sent."""
    import requests
    from apprise import Apprise
    from apprise.plugins import dingtalk, feishu, lark, slack, wecombot, workflows

    for plugin in (dingtalk, feishu, lark, slack, wecombot, workflows):
        plugin.__dict__["requests"] = _Ear(requests)
    return Apprise
