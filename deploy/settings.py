"""Settings of one oneboard on one machine; every field is documented by its own row."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_CHECKOUT = Path(__file__).resolve().parents[1]


def _data_dir() -> Path:
    """`var/` of the checkout; of the working folder when oneboard is installed without one."""
    home = _CHECKOUT if (_CHECKOUT / "pyproject.toml").exists() else Path.cwd()
    return home / "var"


def _cache_dir() -> Path:
    """The user's cache folder as the XDG base directory specification has it."""
    given = os.environ.get("XDG_CACHE_HOME")
    return (Path(given) if given else Path("~/.cache").expanduser()) / "oneboard"


class LocalSettings(BaseSettings):
    """Where the parts listen and keep their data, and which of them run elsewhere."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_", frozen=True, env_ignore_empty=True)

    data_dir: Path = Field(default_factory=_data_dir, description="Everything a demo keeps: Kafka, warehouse, logs.")
    cache_dir: Path = Field(default_factory=_cache_dir, description="Downloads that any checkout can use again.")
    dashboard_port: int = Field(8050, gt=0, lt=65536, description="Loopback port of the board.")
    ingest_port: int = Field(8060, gt=0, lt=65536, description="Loopback port of the door for events.")
    warehouse_port: int = Field(8123, gt=0, lt=65536, description="Loopback port of the embedded warehouse.")
    kafka_port: int = Field(9092, gt=0, lt=65536, description="Loopback port of the embedded Kafka.")
    kafka_most_partitions: int = Field(
        1,
        ge=1,
        description="Most partitions of a topic of the embedded Kafka. Each has inserts of its own: one shows an event"
        " soonest, several take more events a second and can be shared by several workers.",
    )
    worker_metrics_port: int = Field(
        8070, gt=0, lt=65536, description="Loopback port on which the worker tells its metrics."
    )
    kafka_bootstrap: str | None = Field(
        None, description="host:port of an outside Kafka; none starts the embedded one."
    )
    warehouse_url: str | None = Field(None, description="URL of an outside ClickHouse; none starts the embedded one.")
    maven_repository: str | None = Field(
        None, description="URL of a Maven mirror to ask for Kafka before the public one."
    )
    meet_base_url: str = Field(
        "https://meet.jit.si",
        validation_alias=AliasChoices("ONEBOARD_MEETINGS_JITSI_URL", "meet_base_url"),
        description="Jitsi server that Meet opens its rooms on; the same setting as the board's own.",
    )
    verify_every_minutes: float = Field(
        30.0, ge=0, description="How often verify runs by itself beside the stack, at the lowest priority; 0 is never."
    )
    mail_host: str | None = Field(
        None, description="Mail server of the digest and of notifications; the same setting as mail's own."
    )
    digest_recipients: str | None = Field(
        None, description="Who gets the digest, which runs only with some; the same setting as the digest's own."
    )
    chromium: Path | None = Field(
        None,
        validation_alias=AliasChoices("ONEBOARD_CHROMIUM", "CHROMIUM"),
        description="Browser of the tests, when it is not found on PATH.",
    )

    @property
    def bootstrap(self) -> str:
        """Where every part reaches the log."""
        return self.kafka_bootstrap or f"127.0.0.1:{self.kafka_port}"

    @property
    def warehouse(self) -> str:
        """Where every part reaches the warehouse."""
        return self.warehouse_url or f"http://127.0.0.1:{self.warehouse_port}"

    def environment(self) -> Mapping[str, str]:
        """The same choices in the words of the other packages' settings, for this process or for a child."""
        from deploy.local.chromium import find  # which reads these settings

        own = {"ONEBOARD_KAFKA_MOST_PARTITIONS": str(self.kafka_most_partitions)}
        browser = find(self)
        return {
            **({} if self.kafka_bootstrap else own),
            **({"ONEBOARD_DASHBOARD_BROWSER": str(browser)} if browser else {}),
            "ONEBOARD_DATA_DIR": str(self.data_dir),
            "ONEBOARD_KAFKA_BOOTSTRAP": self.bootstrap,
            "ONEBOARD_WAREHOUSE_URL": self.warehouse,
            "ONEBOARD_INGEST_PORT": str(self.ingest_port),
            "ONEBOARD_INGEST_STATE_DIR": str(self.data_dir / "sources"),
            "ONEBOARD_DASHBOARD_PORT": str(self.dashboard_port),
            "ONEBOARD_DASHBOARD_DATA_DIR": str(self.data_dir / "dashboard"),
            "ONEBOARD_MEETINGS_JITSI_URL": self.meet_base_url,
        }


@cache
def local() -> LocalSettings:
    """The one settings object of this process, read once."""
    return LocalSettings()
