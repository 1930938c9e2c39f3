"""DingTalk 钉钉, by an app of one's own company.

https://open.dingtalk.com/document/orgapp/obtain-the-access_token-of-an-internal-app (token),
https://help.dingtalk.io/open/development/create-a-video-conference (a meeting now) and
https://help.dingtalk.io/open/development/create-appointment-meeting (one that is planned).
"""

from datetime import timedelta

from dashboard.locales import Lang
from dashboard.meetings.asking import Answer, Request, Tokens, Verdict, address, ask, ask_with
from dashboard.meetings.room import Meant, Provider, Room
from dashboard.meetings.settings import lacks, meetings, shown

VENDOR = "DingTalk"
MOST_TITLE = 50
_NEEDS = ("dingtalk_client_id", "dingtalk_client_secret", "dingtalk_union_id")
_TOKEN_OVER = ("InvalidAuthentication", "Forbidden.AccessDenied.AccessTokenInvalid")
_TOO_OFTEN = ("Throttling", "QpsLimit")


def judge(answer: Answer) -> Verdict:
    """What is wrong is a `code` in words, beside a status of 400 and more; too often comes as 403."""
    code = answer.text("code")
    if code.startswith(_TOKEN_OVER):
        return "token"
    if any(part in code for part in _TOO_OFTEN):
        return "later"
    return "refused" if code or answer.status >= 300 else "ok"


class DingTalk:
    """Meetings in the name of whoever has `ONEBOARD_MEETINGS_DINGTALK_UNION_ID`."""

    name = "dingtalk"

    def __init__(self) -> None:
        self._tokens = Tokens(self._token)

    async def room(self, meant: Meant) -> Room:
        lacks(VENDOR, *_NEEDS)
        found = await ask_with(VENDOR, self._tokens, lambda token: self._create(meant, token), judge)
        return Room(address(VENDOR, found.said.get("url" if meant.at else "externalLinkUrl")), self.name)

    def advice(self, lang: Lang = "en") -> str | None:
        return shown(lang, VENDOR, *_NEEDS)

    def _create(self, meant: Meant, token: str) -> Request:
        given, title = meetings(), meant.subject[:MOST_TITLE]
        body: dict[str, object] = {"userId": given.dingtalk_union_id, "confTitle": title, "inviteUserIds": []}
        path = "videoConferences"
        if meant.at:
            ends = meant.at + timedelta(minutes=meant.minutes)
            times = {"startTime": int(meant.at.timestamp() * 1000), "endTime": int(ends.timestamp() * 1000)}
            body, path = {"creatorUnionId": given.dingtalk_union_id, "title": title, **times}, "scheduleConferences"
        url = f"{given.dingtalk_url}/v1.0/conference/{path}"
        return Request("POST", url, body, {"x-acs-dingtalk-access-token": token})

    async def _token(self) -> tuple[str, float]:
        given = meetings()
        secret = given.dingtalk_client_secret.get_secret_value()
        body = {"appKey": given.dingtalk_client_id, "appSecret": secret}
        asked = Request("POST", f"{given.dingtalk_url}/v1.0/oauth2/accessToken", body)
        said = await ask(VENDOR, lambda: asked, lambda one: "ok" if one.text("accessToken") else "refused")
        return said.text("accessToken"), float(said.said.get("expireIn") or 0)


PROVIDER: Provider = DingTalk()
