"""WeCom 企业微信, by an app of one's own company that may use meetings.

https://developer.work.weixin.qq.com/document/path/91039 (token), …/path/99104 (create a meeting, and beside it its
details with the link), …/path/90313 (codes).
"""

from datetime import UTC, datetime, timedelta

from dashboard.locales import Lang
from dashboard.meetings.asking import Answer, Request, Tokens, address, ask, ask_with, by_code
from dashboard.meetings.room import Meant, Provider, Room
from dashboard.meetings.settings import lacks, meetings, shown

VENDOR = "WeCom"
LEAST_SECONDS = 300
SOON = timedelta(seconds=5)
"""A meeting must begin later than it is created."""
_NEEDS = ("wecom_corp_id", "wecom_secret", "wecom_user")
_TOKEN_OVER = frozenset({40014, 42001, 41001})
_LATER = frozenset({-1, 45009, 45033})
"""They are busy; asked too often; too much at once."""
judge = by_code("errcode", _TOKEN_OVER, _LATER)


class WeCom:
    """Meetings of the member `ONEBOARD_MEETINGS_WECOM_USER`."""

    name = "wecom"

    def __init__(self) -> None:
        self._tokens = Tokens(self._token)

    async def room(self, meant: Meant) -> Room:
        lacks(VENDOR, *_NEEDS)
        made = await self._asked("create", self._meeting(meant))
        link: object = made.said.get("meeting_link")
        if not link:
            link = (await self._asked("get_info", {"meetingid": made.text("meetingid")})).said.get("meeting_link")
        return Room(address(VENDOR, link), self.name)

    def advice(self, lang: Lang = "en") -> str | None:
        return shown(lang, VENDOR, *_NEEDS)

    def _meeting(self, meant: Meant) -> dict[str, object]:
        begins = meant.at or datetime.now(UTC) + SOON
        return {
            "admin_userid": meetings().wecom_user, "title": meant.subject[:40],
            "meeting_start": int(begins.timestamp()), "meeting_duration": max(meant.minutes * 60, LEAST_SECONDS),
        }  # fmt: skip

    async def _asked(self, what: str, body: dict[str, object]) -> Answer:
        url = f"{meetings().wecom_url}/cgi-bin/meeting/{what}"
        made = self._tokens
        return await ask_with(
            VENDOR, made, lambda token: Request("POST", url, body, params={"access_token": token}), judge
        )

    async def _token(self) -> tuple[str, float]:
        given = meetings()
        params = {"corpid": given.wecom_corp_id, "corpsecret": given.wecom_secret.get_secret_value()}
        asked = Request("GET", f"{given.wecom_url}/cgi-bin/gettoken", params=params)
        said = await ask(VENDOR, lambda: asked, judge)
        return said.text("access_token"), float(said.said.get("expires_in") or 0)


PROVIDER: Provider = WeCom()
