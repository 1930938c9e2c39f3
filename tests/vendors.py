"""Meeting vendors on this machine, each behaving as its documentation says: tokens, signatures, codes, limits.

A vendor refuses what the real one refuses; `first` are answers that it gives before it does its work.
"""

import base64
import hashlib
import hmac
import json
import time
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.local_server import LocalServer, Quiet

SECRET = "the-secret-of-the-app"
LINK = "https://meet.vendor.example/j/1"


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """The body as JSON, {} where it is none."""
        return dict(json.loads(self.body)) if self.body else {}


@dataclass(frozen=True)
class Answer:
    """What is answered; a status of 0 is no answer at all, until the vendor is left."""

    status: int = 200
    said: Mapping[str, Any] | str = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Vendor(LocalServer):
    """A server; `asked` are the requests so far, `tokens` how many tokens it gave, of which the newest counts."""

    env: ClassVar[dict[str, str]] = {}
    """Settings beside its address: ONEBOARD_MEETINGS_<name>."""
    bases: ClassVar[tuple[str, ...]] = ()
    """The settings that hold its address."""

    def __init__(self, *first: Answer) -> None:
        self.first, self.asked, self.tokens = list(first), list[Asked](), 0

    def token(self, asked: Asked) -> Answer | None:
        """The answer to a request for a token; None for any other request."""
        return None

    @abstractmethod
    def refuses(self, asked: Asked) -> Answer | None:
        """Why a request is refused; None where nothing is wrong with it."""

    @abstractmethod
    def does(self, asked: Asked) -> Answer:
        """The answer to a request that is right."""

    @property
    def counts(self) -> str:
        """The token that counts."""
        return f"token-{self.tokens}"

    @property
    def meetings(self) -> list[Asked]:
        """Requests that were no request for a token."""
        return [one for one in self.asked if self.token(one) is None]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if (given := self.token(asked)) is not None:
            self.tokens += given.status == 200
            return self.token(asked) or given
        if self.first:
            return self.first.pop(0)
        return self.refuses(asked) or self.does(asked)

    def settings(self) -> dict[str, str]:
        """The environment by which it is found."""
        return {f"ONEBOARD_MEETINGS_{name}": value for name, value in self.env.items()} | {
            f"ONEBOARD_MEETINGS_{name}": self.url for name in self.bases
        }

    def handler(self) -> type[Quiet]:
        vendor = self

        class Handler(Quiet):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                parts = urlsplit(self.path)
                query = dict(parse_qsl(parts.query))
                found = vendor.answer(Asked(self.command, parts.path, query, self.lowered(), self.body()))
                if not found.status:
                    vendor.left.wait()
                    return
                said = found.said if isinstance(found.said, str) else json.dumps(found.said)
                self.answered(found.status, said, found.headers)

            do_GET = do_POST = _serve

        return Handler


class Zoom(Vendor):
    """Basic authentication for a token; 401 with code 124 without it; 300 for a meeting without a topic."""

    env: ClassVar = {"PROVIDER": "zoom", "ZOOM_ACCOUNT_ID": "acc", "ZOOM_CLIENT_ID": "id", "ZOOM_CLIENT_SECRET": SECRET}
    bases: ClassVar = ("ZOOM_URL", "ZOOM_LOGIN_URL")
    later: ClassVar = Answer(429, {"code": 429, "message": "You have reached the maximum per-second rate limit"})
    over: ClassVar = Answer(401, {"code": 124, "message": "Access token is expired."})

    def token(self, asked: Asked) -> Answer | None:
        if asked.path != "/oauth/token":
            return None
        pair = base64.b64encode(f"id:{SECRET}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            return Answer(400, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"})
        if asked.query != {"grant_type": "account_credentials", "account_id": "acc"}:
            return Answer(400, {"reason": "unsupported grant type", "error": "unsupported_grant_type"})
        return Answer(200, {"access_token": self.counts, "token_type": "bearer", "expires_in": 3599})

    def refuses(self, asked: Asked) -> Answer | None:
        if asked.headers.get("authorization") != f"Bearer {self.counts}":
            return Answer(401, {"code": 124, "message": "Invalid access token."})
        if asked.path != "/v2/users/me/meetings":
            return Answer(404, {"code": 1001, "message": "User does not exist"})
        said = asked.said
        if not said.get("topic") or said.get("type") not in (1, 2) or (said["type"] == 2) != ("start_time" in said):
            return Answer(400, {"code": 300, "message": "Validation Failed."})
        return None

    def does(self, asked: Asked) -> Answer:
        return Answer(201, {"id": 1, "topic": asked.said["topic"], "join_url": LINK, "start_url": f"{LINK}?zak=x"})


class Tencent(Vendor):
    """The signature over method, headers, path and body, no older than five minutes; what is wrong in `error_info`."""

    env: ClassVar = {
        "PROVIDER": "tencent", "TENCENT_APP_ID": "app", "TENCENT_SECRET_ID": "sid", "TENCENT_SECRET_KEY": SECRET,
        "TENCENT_USER": "sales",
    }  # fmt: skip
    bases: ClassVar = ("TENCENT_URL",)
    later: ClassVar = Answer(429, {"error_info": {"error_code": 190001, "message": "too many requests"}})
    over: ClassVar = None

    def refuses(self, asked: Asked) -> Answer | None:
        def wrong(code: int, message: str, status: int = 400) -> Answer:
            return Answer(status, {"error_info": {"error_code": code, "new_error_code": code, "message": message}})

        head = asked.headers
        if head.get("appid") != "app" or head.get("x-tc-registered") != "1" or head.get("x-tc-key") != "sid":
            return wrong(190300, "header parameters are wrong")
        if abs(time.time() - int(head.get("x-tc-timestamp", "0"))) > 300:
            return wrong(190301, "the signature is expired")
        signed = "&".join(f"{name}={head[name.lower()]}" for name in ("X-TC-Key", "X-TC-Nonce", "X-TC-Timestamp"))
        text = "\n".join((asked.method, signed, asked.path, asked.body.decode()))
        mac = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        if head.get("x-tc-signature") != base64.b64encode(mac.encode()).decode():
            return wrong(190303, "the signature is wrong")
        needed = {"userid", "instanceid", "subject", "type", "start_time", "end_time"}
        if asked.path != "/v1/meetings" or needed - set(asked.said):
            return wrong(190004, "failed to unmarshal req body")
        return None

    def does(self, asked: Asked) -> Answer:
        found = {"subject": asked.said["subject"], "meeting_id": "7567", "meeting_code": "806146667", "join_url": LINK}
        return Answer(200, {"meeting_number": 1, "meeting_info_list": [found]})


class DingTalk(Vendor):
    """A token in `x-acs-dingtalk-access-token`; codes are words; too often is a 403."""

    env: ClassVar = {
        "PROVIDER": "dingtalk", "DINGTALK_CLIENT_ID": "id", "DINGTALK_CLIENT_SECRET": SECRET,
        "DINGTALK_UNION_ID": "union",
    }  # fmt: skip
    bases: ClassVar = ("DINGTALK_URL",)
    later: ClassVar = Answer(403, {"code": "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "message": "qps limit"})
    over: ClassVar = Answer(401, {"code": "InvalidAuthentication", "message": "不合法的access_token"})

    def token(self, asked: Asked) -> Answer | None:
        if asked.path != "/v1.0/oauth2/accessToken":
            return None
        if asked.said != {"appKey": "id", "appSecret": SECRET}:
            return Answer(400, {"code": "invalidClientIdOrSecret", "message": "无效的clientId或者clientSecret"})
        return Answer(200, {"accessToken": self.counts, "expireIn": 7200})

    def refuses(self, asked: Asked) -> Answer | None:
        if asked.headers.get("x-acs-dingtalk-access-token") != self.counts:
            return Answer(401, {"code": "InvalidAuthentication", "message": "不合法的access_token"})
        now = {"userId", "confTitle"} <= set(asked.said) and asked.path == "/v1.0/conference/videoConferences"
        later = {"creatorUnionId", "title", "startTime", "endTime"} <= set(asked.said)
        if not now and not (later and asked.path == "/v1.0/conference/scheduleConferences"):
            return Answer(400, {"code": "invalidParameter", "message": "参数错误"})
        return None

    def does(self, asked: Asked) -> Answer:
        if asked.path.endswith("scheduleConferences"):
            return Answer(200, {"scheduleConferenceId": "s", "url": LINK, "roomCode": "1", "requestId": "r"})
        return Answer(200, {"conferenceId": "c", "externalLinkUrl": LINK, "conferencePassword": "1"})


class Feishu(Vendor):
    """A tenant's token; `code` says what is wrong, 99991400 too often, with any status."""

    env: ClassVar = {
        "PROVIDER": "feishu", "FEISHU_APP_ID": "cli", "FEISHU_APP_SECRET": SECRET, "FEISHU_OWNER_ID": "ou_1",
    }  # fmt: skip
    bases: ClassVar = ("FEISHU_URL",)
    later: ClassVar = Answer(400, {"code": 99991400, "msg": "request trigger frequency limit"})
    over: ClassVar = Answer(400, {"code": 99991663, "msg": "Invalid access token for authorization."})

    def token(self, asked: Asked) -> Answer | None:
        if asked.path != "/open-apis/auth/v3/tenant_access_token/internal":
            return None
        if asked.said != {"app_id": "cli", "app_secret": SECRET}:
            return Answer(200, {"code": 10014, "msg": "app secret invalid"})
        return Answer(200, {"code": 0, "msg": "ok", "tenant_access_token": self.counts, "expire": 7200})

    def refuses(self, asked: Asked) -> Answer | None:
        if asked.headers.get("authorization") != f"Bearer {self.counts}":
            return Answer(400, {"code": 99991663, "msg": "Invalid access token for authorization."})
        said = asked.said
        if asked.path != "/open-apis/vc/v1/reserves/apply" or asked.query.get("user_id_type") != "open_id":
            return Answer(404, {"code": 121004, "msg": "data not exist"})
        if not str(said.get("end_time", "")).isdigit() or int(said["end_time"]) < time.time() or "owner_id" not in said:
            return Answer(400, {"code": 121003, "msg": "param error"})
        return None

    def does(self, asked: Asked) -> Answer:
        reserve = {"id": "6911", "meeting_no": "112000358", "url": LINK, "end_time": asked.said["end_time"]}
        return Answer(200, {"code": 0, "msg": "success", "data": {"reserve": reserve}})


class WeCom(Vendor):
    """Everything comes with 200; the token is a parameter; the link is told with the details."""

    env: ClassVar = {"PROVIDER": "wecom", "WECOM_CORP_ID": "ww1", "WECOM_SECRET": SECRET, "WECOM_USER": "sales"}
    bases: ClassVar = ("WECOM_URL",)
    later: ClassVar = Answer(200, {"errcode": 45009, "errmsg": "reach max api daily quota limit"})
    over: ClassVar = Answer(200, {"errcode": 42001, "errmsg": "access_token expired"})

    def token(self, asked: Asked) -> Answer | None:
        if asked.path != "/cgi-bin/gettoken":
            return None
        if asked.query != {"corpid": "ww1", "corpsecret": SECRET}:
            return Answer(200, {"errcode": 40001, "errmsg": "invalid credential"})
        return Answer(200, {"errcode": 0, "errmsg": "ok", "access_token": self.counts, "expires_in": 7200})

    def refuses(self, asked: Asked) -> Answer | None:
        if asked.query.get("access_token") != self.counts:
            return Answer(200, {"errcode": 40014, "errmsg": "invalid access_token"})
        said = asked.said
        if asked.path == "/cgi-bin/meeting/create":
            is_right = {"admin_userid", "title"} <= set(said) and said.get("meeting_duration", 0) >= 300
            if not is_right or said.get("meeting_start", 0) <= time.time():
                return Answer(200, {"errcode": 40058, "errmsg": "invalid request parameter"})
        elif asked.path != "/cgi-bin/meeting/get_info" or said.get("meetingid") != "hy1":
            return Answer(200, {"errcode": 400013, "errmsg": "invalid meetingid"})
        return None

    def does(self, asked: Asked) -> Answer:
        ok = {"errcode": 0, "errmsg": "ok"}
        if asked.path.endswith("create"):
            return Answer(200, ok | {"meetingid": "hy1", "excess_users": []})
        return Answer(200, ok | {"title": "x", "meeting_code": "123", "meeting_link": LINK})
