"""Settings of the way to the warehouse; every field is documented by its own row."""

from functools import cache
from typing import Annotated

from pydantic import Field, SecretStr, UrlConstraints
from pydantic_core import Url
from pydantic_settings import BaseSettings, SettingsConfigDict

HttpUrl = Annotated[Url, UrlConstraints(allowed_schemes=["http", "https"])]
_HERE = {"127.0.0.1", "localhost", "[::1]"}


class WarehouseSettings(BaseSettings):
    """Where the warehouse is and how long it may take; the same fields for the embedded engine and for a server."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_WAREHOUSE_", frozen=True)

    url: HttpUrl = Field(
        Url("http://127.0.0.1:8123"),
        description="ClickHouse's HTTP interface: the embedded engine (the default) or a server; https:// for TLS.",
    )
    database: str = Field(
        "oneboard", pattern=r"^\w+$", description="Database that holds everything; made on the first migration."
    )
    username: str = Field("default", description="ClickHouse user; the embedded engine knows only `default`.")
    password: SecretStr = Field(SecretStr(""), description="Password of that user; the embedded engine has none.")
    connect_timeout_seconds: int = Field(5, ge=1, description="How long to wait for a connection.")
    query_timeout_seconds: float = Field(
        30.0, gt=0, description="How long the warehouse may work on one query before it gives up (max_execution_time)."
    )
    answer_timeout_seconds: int = Field(
        120, ge=1, description="How long to wait for any answer, of an insert or a migration too."
    )
    compress: bool | None = Field(
        None, description="Compress what goes over the wire; by default only when the warehouse is on another machine."
    )

    @property
    def is_compressed(self) -> bool:
        """Whether answers and inserts travel compressed."""
        return self.url.host not in _HERE if self.compress is None else self.compress


@cache
def warehouse_settings() -> WarehouseSettings:
    """The settings of this process, read once."""
    return WarehouseSettings()
