"""Speaking with a vendor: one request, its answer as JSON, tried again where that is of use; no secret in any word.

Vendors say in two ways that something is wrong: by HTTP's status, and by a code in an answer that says 200. What a code
means is the vendor's own: a provider says so by its `Judge`.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp

from dashboard.meetings.room import RoomFault

Verdict = Literal["ok", "token", "later", "refused"]
"""What an answer means: it is good; the token is over; ask again in a while; no use to ask again."""
TRIES = 3
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 1.0
MOST_BYTES, MOST_WORDS = 200_000, 160
RENEWED_BEFORE_SECONDS = 120.0
"""A token is not used so shortly before its end."""
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_CODES = ("code", "errcode", "error_code", "new_error_code", "error")
_SENTENCES = ("msg", "errmsg", "message", "reason")


@dataclass(frozen=True)
class Answer:
    """What came back: `said` is the JSON object, {} where it was none."""

    status: int
    said: Mapping[str, Any]
    after_seconds: float = 0.0

    def part(self, name: str) -> Mapping[str, Any]:
        """An object within it; {} where there is none."""
        found = self.said.get(name)
        return found if isinstance(found, Mapping) else {}

    def text(self, name: str) -> str:
        """A text within it; "" where there is none."""
        found = self.said.get(name)
        return found if isinstance(found, str) else ""

    @property
    def words(self) -> str:
        """The vendor's code and sentence, wherever vendors put them."""
        said = self.part("error_info") or self.said
        parts = [said.get(name) for name in (*_CODES, *_SENTENCES)]
        return " ".join(str(part) for part in parts if isinstance(part, str | int) and part != "")[:MOST_WORDS]


@dataclass(frozen=True)
class Request:
    """One request; its headers, parameters and body may hold secrets, and are in no word that is said."""

    method: str
    url: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None
    params: Mapping[str, str] | None = None

    @property
    def content(self) -> bytes | None:
        """The body as it is sent, and signed."""
        if self.body is None:
            return None
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()


Judge = Callable[[Answer], Verdict]


def by_code(name: str, token_over: Collection[int], later: Collection[int]) -> Judge:
    """The judge of a vendor whose answers say all in a number of that name, whatever HTTP's status is; 0 is good."""

    def judge(answer: Answer) -> Verdict:
        code = answer.said.get(name)
        if code in token_over:
            return "token"
        if code in later:
            return "later"
        return "ok" if code == 0 else "refused"

    return judge


class TokenOver(Exception):
    """The token counts no more, in the vendor's words: take another and ask again, once."""


class Tokens:
    """The token of an account, asked for when it is needed and kept until shortly before its end."""

    def __init__(self, fetch: Callable[[], Awaitable[tuple[str, float]]]) -> None:
        """`fetch` gives a token and for how many seconds it counts."""
        self._fetch, self._turn = fetch, asyncio.Lock()
        self._token, self._until = "", 0.0

    async def current(self) -> str:
        """A token that counts."""
        async with self._turn:
            if not self._token or time.monotonic() >= self._until:
                self._token, seconds = await self._fetch()
                self._until = time.monotonic() + seconds - min(RENEWED_BEFORE_SECONDS, seconds / 2)
            return self._token

    def forget(self, token: str) -> None:
        """It counts no more, whatever was said of its end."""
        if token == self._token:
            self._token = ""


async def ask_with(vendor: str, tokens: Tokens, request: Callable[[str], Request], judge: Judge) -> Answer:
    """`ask` with a token; with a fresh one where it turns out to be over. Raises `RoomFault`."""
    token = await tokens.current()
    try:
        return await ask(vendor, lambda: request(token), judge)
    except TokenOver:
        tokens.forget(token)
    token = await tokens.current()
    try:
        return await ask(vendor, lambda: request(token), judge)
    except TokenOver as over:
        raise RoomFault("token", vendor=vendor, why=over) from None


async def ask(vendor: str, request: Callable[[], Request], judge: Judge) -> Answer:
    """What the vendor answers; the request is made anew for every try, for signatures hold the time.

    Raises `TokenOver` and `RoomFault`. Whoever asks bounds the time.
    """
    why, after = "", 0.0
    async with aiohttp.ClientSession() as session:
        for number in range(TRIES):
            if number:
                await asyncio.sleep(max(_pause(number), after))
            try:
                answer = await _sent(session, request())
            except (aiohttp.ClientError, OSError) as error:
                why, after = type(error).__name__, 0.0
                continue
            verdict = _judged(answer, judge)
            if verdict == "ok":
                return answer
            why, after = f"{answer.status} {answer.words}".strip(), answer.after_seconds
            if verdict == "token":
                raise TokenOver(why)
            if verdict == "refused":
                raise RoomFault("refused", vendor=vendor, why=why)
            if after > LONGEST_PAUSE_SECONDS:
                raise RoomFault("left_alone", after, vendor=vendor, seconds=f"{after:g}", why=why)
    raise RoomFault("away", vendor=vendor, why=why)


def address(vendor: str, value: object) -> str:
    """The address of a room that a vendor gave. Raises `RoomFault` for anything that is none."""
    ours = ("https://", "http://127.0.0.1:")
    if isinstance(value, str) and value.startswith(ours) and len(value) < 2_000 and value.isprintable():
        return value
    raise RoomFault("no_address", vendor=vendor)


def _judged(answer: Answer, judge: Judge) -> Verdict:
    if answer.said and (verdict := judge(answer)) != "refused":
        return verdict if answer.status < 400 or verdict != "ok" else "refused"
    if answer.status == 401:
        return "token"
    return "later" if answer.status in _LATER else "refused"


async def _sent(session: aiohttp.ClientSession, asked: Request) -> Answer:
    headers = {"accept": "application/json", **({"content-type": "application/json"} if asked.body is not None else {})}
    async with session.request(
        asked.method, asked.url, data=asked.content, params=asked.params, headers={**headers, **(asked.headers or {})},
        allow_redirects=False,
    ) as answer:  # fmt: skip
        text = await answer.content.read(MOST_BYTES)
        after = answer.headers.get("retry-after", "")
        try:
            said = json.loads(text)
        except ValueError:
            said = {}
        return Answer(answer.status, said if isinstance(said, dict) else {}, float(after) if after.isdigit() else 0.0)


def _pause(number: int) -> float:
    """Twice as long each time, ± a fifth."""
    return FIRST_PAUSE_SECONDS * 2.0 ** (number - 1) * (0.8 + 0.4 * random.random())
