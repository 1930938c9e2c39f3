"""Settings of the whiteboards; every field is documented by its own row."""

from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class WhiteboardSettings(BaseSettings):
    """How large things may be, and how often a board is told and kept."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_WHITEBOARD_", frozen=True)

    message_bytes: int = Field(
        16_000_000, gt=0, le=16_000_000, description="Largest change a browser sends at once; a larger one is refused."
    )
    image_bytes: int = Field(2_000_000, gt=0, description="Largest image; a larger one is refused.")
    object_bytes: int = Field(400_000, gt=0, description="Largest single object, as JSON; a larger one is refused.")
    board_bytes: int = Field(40_000_000, gt=0, description="Largest board; what would make it larger is refused.")
    flush_seconds: float = Field(0.03, ge=0, description="Least time between two messages to one browser.")
    snapshot_every: int = Field(300, ge=1, description="So many steps on the log after the last snapshot make another.")
    linger_seconds: float = Field(20.0, ge=0, description="How long a board is kept in memory after the last has left.")


@cache
def whiteboards() -> WhiteboardSettings:
    """The one settings object of the whiteboards in this process, read once."""
    return WhiteboardSettings()
