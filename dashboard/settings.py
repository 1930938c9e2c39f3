"""Settings of the screens; every field is documented by its own row."""

from functools import cache
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class DashboardSettings(BaseSettings):
    """Where the board listens and how it keeps pace with the data."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_DASHBOARD_", frozen=True)

    host: str = Field(
        "127.0.0.1",
        pattern=r"^(127\.0\.0\.1|::1|localhost|0\.0\.0\.0)$",
        description="Loopback: there is no sign-in yet. 0.0.0.0 only in a container published on loopback.",
    )
    port: int = Field(8050, ge=0, lt=65536, description="Port of the board; 0 takes a free one.")
    data_dir: Path = Field(Path("var/dashboard"), description="Where the board keeps its own secret.")
    secret: SecretStr | None = Field(
        None, description="Signs the viewer's cookie; made and kept in data_dir when absent."
    )
    pulse_seconds: float = Field(2.0, gt=0, description="How often the board compares the warehouse's watermark.")
    worker_group: str = Field(
        "oneboard",
        validation_alias=AliasChoices("ONEBOARD_WORKER_GROUP", "worker_group"),
        description="The workers' consumer group, whose members the health page counts; the workers' own setting.",
    )
    ingest_url: str | None = Field(
        None, description="Where the health page looks for the door for events; by default this machine."
    )
    browser: Path | None = Field(
        None, description="A Chromium that takes PNG and PDF of a page; without one readers print from their own."
    )
    walls_dir: Path | None = Field(None, description="A folder of walls of one's own, a TOML file each (docs/wall.md).")
    public_url: str | None = Field(
        None, description="What phones and mails call the board (the QR code of a wall); by default host and port."
    )
    min_redraw_seconds: float = Field(0.05, ge=0, description="Least time between two pictures sent to one screen.")
    min_charts_seconds: float = Field(
        4, ge=0, description="Least time between two pictures of a page's charts and tables; words come as they move."
    )

    @property
    def address(self) -> str:
        """The board's address for those who are elsewhere, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


@cache
def dashboard() -> DashboardSettings:
    """The one dashboard settings object of this process, read once."""
    return DashboardSettings()
