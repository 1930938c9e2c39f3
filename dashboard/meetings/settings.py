"""Settings of the meetings; every field is documented by its own row."""

from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dashboard.locales import Lang, t
from dashboard.meetings.room import RoomFault

_NONE = SecretStr("")


class MeetingsSettings(BaseSettings):
    """With whom meetings are held, and what each provider needs."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_MEETINGS_", frozen=True, env_ignore_empty=True)

    provider: str = Field("jitsi", description="Name of a provider in dashboard/meetings.")
    answer_seconds: float = Field(
        3.5, gt=0, le=30, description="So long a provider is waited for; after that the room is one of Jitsi's."
    )
    jitsi_url: str = Field(
        "https://meet.jit.si", description="Base address of the Jitsi server, yours or the public one."
    )
    jitsi_app_id: str = Field("", description="Of a Jitsi that asks for tokens: its JWT_APP_ID.")
    jitsi_app_secret: SecretStr = Field(_NONE, description="And its JWT_APP_SECRET, with which tokens are signed.")
    teams_url: str = Field("", description="The join link of a Teams meeting that stands.")
    url_template: str = Field("", description="Of any other provider: https://example.com/{room}?title={subject}.")

    trade: Path | None = Field(None, description="A file of kinds of meetings of one's own (docs/meetings.md).")

    zoom_account_id: str = Field("", description="Of a Server-to-Server OAuth app at Zoom.")
    zoom_client_id: str = Field("", description="Its client id.")
    zoom_client_secret: SecretStr = Field(_NONE, description="Its client secret.")
    zoom_user: str = Field("me", description="Whose meetings they are: a user id or mail address.")
    zoom_url: str = Field("https://api.zoom.us", description="Zoom's API.")
    zoom_login_url: str = Field("https://zoom.us", description="Where Zoom gives tokens.")

    tencent_app_id: str = Field("", description="The company's AppId at Tencent Meeting.")
    tencent_sdk_id: str = Field("", description="The app's SdkId, where it has one.")
    tencent_secret_id: str = Field("", description="The app's SecretId.")
    tencent_secret_key: SecretStr = Field(_NONE, description="The app's SecretKey, with which requests are signed.")
    tencent_user: str = Field("", description="The userid whose meetings they are.")
    tencent_url: str = Field("https://api.meeting.qq.com", description="Tencent Meeting's API.")

    dingtalk_client_id: str = Field("", description="Client ID (AppKey) of an app at DingTalk.")
    dingtalk_client_secret: SecretStr = Field(_NONE, description="Its client secret (AppSecret).")
    dingtalk_union_id: str = Field("", description="The unionId of whoever the meetings are made for.")
    dingtalk_url: str = Field("https://api.dingtalk.com", description="DingTalk's API.")

    feishu_app_id: str = Field("", description="App ID of an app at Feishu or Lark.")
    feishu_app_secret: SecretStr = Field(_NONE, description="Its app secret.")
    feishu_owner_id: str = Field("", description="Who the meetings are reserved for.")
    feishu_owner_id_type: str = Field("open_id", description="What kind of id that is: open_id, union_id or user_id.")
    feishu_url: str = Field("https://open.feishu.cn", description="Feishu's API; Lark's is https://open.larksuite.com.")

    wecom_corp_id: str = Field("", description="The company's id at WeCom.")
    wecom_secret: SecretStr = Field(_NONE, description="The secret of an app that may use meetings.")
    wecom_user: str = Field("", description="The member whose meetings they are.")
    wecom_url: str = Field("https://qyapi.weixin.qq.com", description="WeCom's API.")

    @field_validator(
        "jitsi_url", "teams_url", "url_template", "zoom_url", "zoom_login_url", "tencent_url", "dingtalk_url",
        "feishu_url", "wecom_url",
    )  # fmt: skip
    @classmethod
    def _base(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError(f"{value!r} is no https address")
        return value.rstrip("/")


def missing(*names: str) -> list[str]:
    """Those of the settings that are not set, as one sets them."""
    given = meetings()
    return [f"ONEBOARD_MEETINGS_{name.upper()}" for name in names if not _text(getattr(given, name))]


def lacks(vendor: str, *names: str) -> None:
    """Raise `RoomFault` where a setting that the vendor needs is not set."""
    if absent := missing(*names):
        raise RoomFault("not_set_up", vendor=vendor, settings=", ".join(absent))


def shown(lang: Lang, vendor: str, *names: str) -> str | None:
    """What to say of a vendor that is chosen: what is not set; None where all is."""
    absent = missing(*names)
    return t("meet.advice_not_set_up", lang, vendor=vendor, settings=", ".join(absent)) if absent else None


def _text(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


@cache
def meetings() -> MeetingsSettings:
    """The one meetings settings object of this process, read once."""
    return MeetingsSettings()
