"""Settings of telling people; who is told what, when and by which channel are rows of a file (`routes.toml`)."""

import re
from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from dashboard.locales import Lang


class NotificationSettings(BaseSettings):
    """How messages are worded and tried."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_NOTIFICATIONS_", frozen=True, env_ignore_empty=True)

    routes: Path | None = Field(None, description="A file of routes of one's own instead of ours (docs/telling.md).")
    lang: Lang = Field("zh", description="In which language messages are worded.")
    most_tries: int = Field(8, ge=1, le=50, description="So often a message is tried before it is a dead letter.")
    first_retry_seconds: float = Field(
        15.0, gt=0, description="Pause after the first try that failed; each further one is twice as long, ± a fifth."
    )
    longest_retry_seconds: float = Field(3600.0, gt=0, description="No pause is longer.")
    answer_seconds: float = Field(20.0, gt=0, le=120, description="So long a channel is waited for.")
    look_seconds: float = Field(1.0, gt=0, description="How often it is asked whether there is something to tell.")


class ChannelSettings(BaseSettings):
    """What a channel of one's own needs that does not belong into a file; CHANNEL stands for its name, in capitals."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True)

    url: SecretStr | None = Field(
        None, description="ONEBOARD_CHANNEL_<NAME>_URL: a webhook's address, or a robot's as apprise writes it."
    )
    secret: SecretStr | None = Field(
        None, description='ONEBOARD_CHANNEL_<NAME>_SECRET: what a webhook is signed with, as "whsec_<base64>".'
    )


def channel_prefix(name: str) -> str:
    """What the settings of a channel begin with: `ONEBOARD_CHANNEL_SALES_ROOM_` of `sales-room`."""
    return f"ONEBOARD_CHANNEL_{re.sub(r'[^A-Z0-9]', '_', name.upper())}_"


def channel(name: str) -> ChannelSettings:
    """The settings of one channel."""
    return ChannelSettings(_env_prefix=channel_prefix(name))


@cache
def notifications() -> NotificationSettings:
    """The one settings object of telling people in this process, read once."""
    return NotificationSettings()
