"""Settings of the digest; off without recipients and a mail server. Every field is documented by its own row."""

from datetime import time
from functools import cache
from pathlib import Path

from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dashboard.locales import Lang


class DigestSettings(BaseSettings):
    """Who gets the digest, and when."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_DIGEST_", frozen=True, env_ignore_empty=True)

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
