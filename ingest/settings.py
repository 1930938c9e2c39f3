"""Settings of the company and of the door; every field is documented by its own row."""

import re
import ssl
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Rate(BaseModel):
    """What one unit of `currency` is worth in the reporting currency from `valid_from` on."""

    currency: str = Field(pattern="^[A-Z]{3}$")
    valid_from: date
    rate: Decimal = Field(gt=0)


class CompanySettings(BaseSettings):
    """Facts of the company that change what a number means; changing one after data came in needs a rebuild."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_COMPANY_", frozen=True)

    timezone: str = Field("Asia/Shanghai", description="IANA zone in which a business day begins and ends.")
    currency: str = Field(
        "CNY", pattern="^[A-Z]{3}$", description="ISO 4217 code of the currency the board reports in."
    )
    rates: tuple[Rate, ...] = Field(
        (), description='Dated rates, as JSON: [{"currency": "USD", "valid_from": "2026-01-01", "rate": "7.1"}].'
    )
    holidays: str = Field("CN", description="ISO 3166 country whose public holidays seed the working-day calendar.")
    revenue_basis: str = Field(
        "accepted", pattern="^(accepted|shipped|invoiced)$", description="Which progress of an order counts as revenue."
    )
    fiscal_year_starts: int = Field(
        1,
        ge=1,
        le=12,
        description="Month in which the fiscal year begins: 2026 is then the year that begins in 2026, and 2026-Q1 its"
        " first three months. Set it before targets of quarters and years come in.",
    )
    reply_window_minutes: int = Field(
        30,
        ge=0,
        le=2_700,
        description="Working minutes in which whoever a finding names answers before parent, HQ and wall see the name;"
        " needs no rebuild.",
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"unknown time zone {value!r}; give an IANA name such as Asia/Shanghai") from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class KafkaSettings(BaseSettings):
    """How every part reaches the log."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_KAFKA_", frozen=True)

    bootstrap: str = Field("127.0.0.1:9092", description="Comma-separated host:port of the brokers.")
    security_protocol: str = Field("PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.")
    sasl_mechanism: str | None = Field(None, description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 where SASL is used.")
    sasl_username: str | None = Field(None, description="User name for SASL.")
    sasl_password: SecretStr | None = Field(None, description="Password for SASL; never logged.")
    ssl_cafile: str | None = Field(None, description="PEM file of the authority that signed the brokers' certificates.")
    replication_factor: int = Field(1, ge=1, description="Replicas of each topic when oneboard creates it.")
    most_partitions: int = Field(
        8,
        ge=1,
        description="Most partitions of a topic when oneboard creates it: so many workers can share it, each with"
        " inserts of its own.",
    )
    topic_prefix: str = Field("", description="Put before every topic's name, to share a cluster.")
    standing_seconds: float = Field(
        30, ge=0, description="How long events lie unstored before their stream is said to stand still."
    )

    def ssl_context(self) -> ssl.SSLContext | None:
        """What a connection is encrypted with; None where it is not."""
        is_encrypted = self.security_protocol.endswith("SSL")
        return ssl.create_default_context(cafile=self.ssl_cafile) if is_encrypted else None

    def client_options(self) -> dict[str, Any]:
        """What kafka-python's and aiokafka's clients alike want to know to connect."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap.split(","),
            "security_protocol": self.security_protocol,
        }
        if self.sasl_mechanism:
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.sasl_username,
                "sasl_plain_password": self.sasl_password.get_secret_value() if self.sasl_password else None,
            }
        if context := self.ssl_context():
            options["ssl_context"] = context
        return options


class IngestSettings(BaseSettings):
    """The door for events."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_INGEST_", frozen=True)

    host: str = Field(
        "127.0.0.1", description="Address to listen on. There is no sign-in yet: leave it unless inside a container."
    )
    port: int = Field(8060, ge=0, lt=65536, description="Port of the door for events.")
    max_body_bytes: int = Field(
        10_000_000, gt=0, description="Largest body of one POST; what is larger is answered with 413."
    )
    timeout_seconds: float = Field(
        10.0, gt=0, description="How long a POST waits for Kafka's acknowledgement before it is answered with 503."
    )
    allowed_hosts: tuple[str, ...] = Field(
        ("127.0.0.1", "localhost", "::1"),
        description="Host names (JSON list) under which the door may be addressed; another is answered with 421.",
    )
    sources_dir: Path | None = Field(
        None, description="Folder of mappings (*.toml) whose webhooks the door takes; docs/sources.md teaches them."
    )
    state_dir: Path | None = Field(
        None, description="Folder in which the live sources keep how they are and how far they have come."
    )
    bad_rows_in_a_row: int = Field(
        1_000, ge=1, description="So many rows that cannot be mapped, with no good one between, stop a live source."
    )


class SourceSettings(BaseSettings):
    """What one live source needs that does not belong into a mapping; SOURCE stands for its name, in capitals."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_SOURCE_", frozen=True)

    url: SecretStr | None = Field(
        None, description="ONEBOARD_SOURCE_<NAME>_URL: SQLAlchemy's address of a database, password and all."
    )
    secret: SecretStr | None = Field(
        None, description="ONEBOARD_SOURCE_<NAME>_SECRET: what a webhook's sender signs its bodies with."
    )


def source_prefix(name: str) -> str:
    """What the settings of a live source begin with: `ONEBOARD_SOURCE_SHOP_EU_` of `shop-eu`."""
    return f"ONEBOARD_SOURCE_{re.sub(r'[^A-Z0-9]', '_', name.upper())}_"


def source(name: str) -> SourceSettings:
    """The settings of one live source."""
    return SourceSettings(_env_prefix=source_prefix(name))


def source_kafka(name: str) -> KafkaSettings:
    """The cluster of a topic: every setting of Kafka under the source's own prefix; without them oneboard's own."""
    own = KafkaSettings(_env_prefix=source_prefix(name))
    return own if "bootstrap" in own.model_fields_set else kafka()


@cache
def company() -> CompanySettings:
    """The one company settings object of this process, read once."""
    return CompanySettings()


@cache
def kafka() -> KafkaSettings:
    """The one Kafka settings object of this process, read once."""
    return KafkaSettings()


@cache
def ingest() -> IngestSettings:
    """The one settings object of the door in this process, read once."""
    return IngestSettings()
