"""Settings of seeing inside; every field is documented by its own row."""

from functools import cache
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class TelemetrySettings(BaseSettings):
    """How every process of oneboard tells what it does."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_", frozen=True, env_ignore_empty=True)

    log_format: Literal["text", "json"] = Field("text", description="text for eyes, json for machines: a line each.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least that is logged.")
    metrics_port: int | None = Field(
        None, gt=0, lt=65536, description="A port of its own for Prometheus; none opens none. The worker has no other."
    )
    metrics_host: str = Field(
        "127.0.0.1", description="Address of that port. There is no sign-in: leave it unless inside a container."
    )


@cache
def telemetry() -> TelemetrySettings:
    """The one settings object of this process, read once."""
    return TelemetrySettings()
