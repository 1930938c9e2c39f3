"""Settings of the meetings; every field is documented by its own row."""

from functools import cache

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class MeetingsSettings(BaseSettings):
    """With whom meetings are held."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_MEETINGS_", frozen=True, env_ignore_empty=True)

    provider: str = Field("jitsi", description="Name of a provider in dashboard/meetings.")
    answer_seconds: float = Field(
        4.0, gt=0, le=30, description="So long a provider is waited for; after that the room is one of Jitsi's."
    )
    jitsi_url: str = Field(
        "https://meet.jit.si", description="Base address of the Jitsi server, yours or the public one."
    )

    @field_validator("jitsi_url")
    @classmethod
    def _base(cls, value: str) -> str:
        if not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError(f"{value!r} is no https address")
        return value.rstrip("/")


@cache
def meetings() -> MeetingsSettings:
    """The one meetings settings object of this process, read once."""
    return MeetingsSettings()
