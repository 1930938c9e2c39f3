"""Settings of the company and of the door; every field is documented by its own row."""

import ssl
from datetime import date
from decimal import Decimal
from functools import cache
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

    def client_options(self) -> dict[str, object]:
        """What kafka-python's and aiokafka's clients alike want to know to connect."""
        options: dict[str, object] = {
            "bootstrap_servers": self.bootstrap.split(","),
            "security_protocol": self.security_protocol,
        }
        if self.sasl_mechanism:
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.sasl_username,
                "sasl_plain_password": self.sasl_password.get_secret_value() if self.sasl_password else None,
            }
        if self.security_protocol.endswith("SSL"):
            options["ssl_context"] = ssl.create_default_context(cafile=self.ssl_cafile)
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
