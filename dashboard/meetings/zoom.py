"""Zoom, by a Server-to-Server OAuth app of one's own account.

https://developers.zoom.us/docs/internal-apps/s2s-oauth/ (token), https://developers.zoom.us/docs/api/meetings/ (a
meeting), https://developers.zoom.us/docs/api/errors/ and …/rate-limits/ (codes, 429 with Retry-After).
"""

import base64
from datetime import UTC

from dashboard.locales import Lang
from dashboard.meetings.asking import Answer, Request, Tokens, Verdict, address, ask, ask_with
from dashboard.meetings.room import Meant, Provider, Room
from dashboard.meetings.settings import lacks, meetings, shown

VENDOR = "Zoom"
INSTANT, SCHEDULED = 1, 2
_NEEDS = ("zoom_account_id", "zoom_client_id", "zoom_client_secret")
_TOKEN_OVER = 124


def judge(answer: Answer) -> Verdict:
    """Zoom answers what is wrong with HTTP's status and a `code`; 124 is a token that is over or none."""
    if answer.said.get("code") == _TOKEN_OVER:
        return "token"
    return "ok" if answer.status < 300 else "refused"


class Zoom:
    """Meetings of the user `ONEBOARD_MEETINGS_ZOOM_USER`."""

    name = "zoom"

    def __init__(self) -> None:
        self._tokens = Tokens(self._token)

    async def room(self, meant: Meant) -> Room:
        lacks(VENDOR, *_NEEDS)
        found = await ask_with(VENDOR, self._tokens, lambda token: self._create(meant, token), judge)
        return Room(address(VENDOR, found.said.get("join_url")), self.name)

    def advice(self, lang: Lang = "en") -> str | None:
        return shown(lang, VENDOR, *_NEEDS)

    def _create(self, meant: Meant, token: str) -> Request:
        body: dict[str, object] = {
            "topic": meant.subject[:200], "type": SCHEDULED if meant.at else INSTANT, "duration": meant.minutes,
            "settings": {"join_before_host": True, "waiting_room": False},
        }  # fmt: skip
        if meant.at:
            body["start_time"] = f"{meant.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        url = f"{meetings().zoom_url}/v2/users/{meetings().zoom_user}/meetings"
        return Request("POST", url, body, {"authorization": f"Bearer {token}"})

    async def _token(self) -> tuple[str, float]:
        given = meetings()
        pair = f"{given.zoom_client_id}:{given.zoom_client_secret.get_secret_value()}"
        asked = Request(
            "POST",
            f"{given.zoom_login_url}/oauth/token",
            headers={"authorization": "Basic " + base64.b64encode(pair.encode()).decode()},
            params={"grant_type": "account_credentials", "account_id": given.zoom_account_id},
        )
        said = await ask(VENDOR, lambda: asked, lambda one: "ok" if one.text("access_token") else "refused")
        return said.text("access_token"), float(said.said.get("expires_in") or 0)


PROVIDER: Provider = Zoom()
