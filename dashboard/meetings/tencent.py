"""Tencent Meeting 腾讯会议, by an app of one's own company; every request is signed, there is no token.

https://cloud.tencent.com/document/product/1095/42413 (common headers and the signature),
https://cloud.tencent.com/document/product/1095/42417 (create a meeting, its answer and its error codes).
"""

import base64
import hashlib
import hmac
import random
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from dashboard.locales import Lang
from dashboard.meetings.asking import Answer, Request, Verdict, address, ask
from dashboard.meetings.room import Meant, Provider, Room, RoomFault
from dashboard.meetings.settings import lacks, meetings, shown

VENDOR = "Tencent Meeting"
SCHEDULED, INSTANT = 0, 1
PC = 1
_NEEDS = ("tencent_app_id", "tencent_secret_id", "tencent_secret_key", "tencent_user")


def signature(key: str, method: str, uri: str, signed: str, body: str) -> str:
    """Base64 of the hexadecimal HMAC-SHA256 over method, the three signed headers, path and body, a line each."""
    text = f"{method}\n{signed}\n{uri}\n{body}"
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest().encode()).decode()


def judge(answer: Answer) -> Verdict:
    """What is wrong stands in `error_info`, beside a status of 400 or 500."""
    return "refused" if answer.part("error_info") or answer.status >= 300 else "ok"


class Tencent:
    """Meetings of the user `ONEBOARD_MEETINGS_TENCENT_USER`."""

    name = "tencent"

    async def room(self, meant: Meant) -> Room:
        lacks(VENDOR, *_NEEDS)
        found = await ask(VENDOR, lambda: self._create(meant), judge)
        rooms = found.said.get("meeting_info_list")
        if not isinstance(rooms, list) or not rooms or not isinstance(rooms[0], dict):
            raise RoomFault("no_address", vendor=VENDOR)
        return Room(address(VENDOR, rooms[0].get("join_url")), self.name)

    def advice(self, lang: Lang = "en") -> str | None:
        return shown(lang, VENDOR, *_NEEDS)

    def _create(self, meant: Meant) -> Request:
        given, begins = meetings(), meant.at or datetime.now(UTC)
        ends = begins + timedelta(minutes=meant.minutes)
        body = {
            "userid": given.tencent_user, "instanceid": PC, "subject": meant.subject[:200],
            "type": SCHEDULED if meant.at else INSTANT,
            "start_time": str(int(begins.timestamp())), "end_time": str(int(ends.timestamp())),
        }  # fmt: skip
        asked = Request("POST", f"{given.tencent_url}/v1/meetings", body)
        nonce, now = random.randrange(1, 2**31), int(time.time())
        signed = f"X-TC-Key={given.tencent_secret_id}&X-TC-Nonce={nonce}&X-TC-Timestamp={now}"
        key, uri = given.tencent_secret_key.get_secret_value(), urlsplit(asked.url).path
        headers = {
            "X-TC-Key": given.tencent_secret_id,
            "X-TC-Timestamp": str(now),
            "X-TC-Nonce": str(nonce),
            "X-TC-Signature": signature(key, "POST", uri, signed, (asked.content or b"").decode()),
            "X-TC-Registered": "1",
            "AppId": given.tencent_app_id,
            **({"SdkId": given.tencent_sdk_id} if given.tencent_sdk_id else {}),
        }
        return Request(asked.method, asked.url, body, headers)


PROVIDER: Provider = Tencent()
