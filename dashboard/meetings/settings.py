"""Settings of the meetings; every field is documented by its own row."""

from functools import cache

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class MeetingsSettings(BaseSettings):
    """With whom meetings are held."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_MEETINGS_", frozen=True)

    provider: str = Field("jitsi", description="Name of a provider in dashboard/meetings.")
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
