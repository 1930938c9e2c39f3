"""Feishu 飞书, or Lark with `ONEBOARD_MEETINGS_FEISHU_URL`, by an app of one's own company.

https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal (token),
https://open.feishu.cn/document/server-docs/vc-v1/reserve/apply (reserve a meeting), and
https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code (codes).
"""

from datetime import UTC, datetime, timedelta

from dashboard.locales import Lang
from dashboard.meetings.asking import Request, Tokens, address, ask, ask_with, by_code
from dashboard.meetings.room import Meant, Provider, Room
from dashboard.meetings.settings import lacks, meetings, shown

VENDOR = "Feishu"
MANY_PEOPLE = 1
_NEEDS = ("feishu_app_id", "feishu_app_secret", "feishu_owner_id")
_TOKEN_OVER = frozenset({99991661, 99991663, 99991664, 99991668, 99991671})
_LATER = frozenset({99991400, 121001})
"""Asked too often; an error of their own."""
judge = by_code("code", _TOKEN_OVER, _LATER)


class Feishu:
    """Meetings reserved for `ONEBOARD_MEETINGS_FEISHU_OWNER_ID`."""

    name = "feishu"

    def __init__(self) -> None:
        self._tokens = Tokens(self._token)

    async def room(self, meant: Meant) -> Room:
        lacks(VENDOR, *_NEEDS)
        found = await ask_with(VENDOR, self._tokens, lambda token: self._create(meant, token), judge)
        reserve = found.part("data").get("reserve")
        return Room(address(VENDOR, reserve.get("url") if isinstance(reserve, dict) else None), self.name)

    def advice(self, lang: Lang = "en") -> str | None:
        return shown(lang, VENDOR, *_NEEDS)

    def _create(self, meant: Meant, token: str) -> Request:
        given = meetings()
        ends = (meant.at or datetime.now(UTC)) + timedelta(minutes=meant.minutes)
        about = {"topic": meant.subject[:100], "meeting_initial_type": MANY_PEOPLE}
        body = {
            "end_time": str(int(ends.timestamp())), "owner_id": given.feishu_owner_id, "meeting_settings": about,
        }  # fmt: skip
        url, kind = f"{given.feishu_url}/open-apis/vc/v1/reserves/apply", given.feishu_owner_id_type
        return Request("POST", url, body, {"authorization": f"Bearer {token}"}, {"user_id_type": kind})

    async def _token(self) -> tuple[str, float]:
        given = meetings()
        body = {"app_id": given.feishu_app_id, "app_secret": given.feishu_app_secret.get_secret_value()}
        asked = Request("POST", f"{given.feishu_url}/open-apis/auth/v3/tenant_access_token/internal", body)
        said = await ask(VENDOR, lambda: asked, lambda one: "ok" if one.text("tenant_access_token") else judge(one))
        return said.text("tenant_access_token"), float(said.said.get("expire") or 0)


PROVIDER: Provider = Feishu()
