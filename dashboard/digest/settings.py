"""Settings of the digest; without a mail server it is off. Every field is documented by its own row."""

from datetime import time
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dashboard.locales import Lang


class DigestSettings(BaseSettings):
    """Who gets the digest, when, and by which mail server."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_DIGEST_", frozen=True, env_ignore_empty=True)

    smtp_host: str | None = Field(None, description="The mail server; without one there is no digest.")
    smtp_port: int = Field(587, gt=0, lt=65536, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the line is secured; none only to a server on this machine."
    )
    user: str | None = Field(None, description="Who signs in at the mail server; none signs nobody in.")
    password: SecretStr | None = Field(None, description="With which password.")
    sender: str = Field("oneboard@localhost", description="The address it comes from.")
    recipients: str = Field(
        "", description='Who gets it: "person id=address", apart by commas; each sees what their own scope allows.'
    )
    at: time = Field(time(8, 0), description="When on a working day, in the company's time zone.")
    lang: Lang = Field("zh", description="In which language.")
    board_url: str = Field("http://127.0.0.1:8050", description="Where its links lead.")
    data_dir: Path = Field(
        Path("var/dashboard"),
        validation_alias=AliasChoices("ONEBOARD_DASHBOARD_DATA_DIR", "data_dir"),
        description="Where it is remembered who has had today's.",
    )

    @field_validator("recipients")
    @classmethod
    def _pairs(cls, value: str) -> str:
        for one in _parts(value):
            person, _, address = one.partition("=")
            if not person.strip() or "@" not in address:
                raise ValueError(f'{one!r} is not "person id=address"')
        return value

    @property
    def people(self) -> dict[str, str]:
        """Person id → address."""
        pairs = (one.partition("=") for one in _parts(self.recipients))
        return {person.strip(): address.strip() for person, _, address in pairs}


def _parts(value: str) -> list[str]:
    return [one for one in value.split(",") if one.strip()]


@cache
def digest() -> DigestSettings:
    """The one digest settings object of this process, read once."""
    return DigestSettings()
