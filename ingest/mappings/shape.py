"""The shape of a mapping file before its expressions are read; `docs/import.md` teaches every key of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

FORMATS = ("csv", "parquet", "xlsx", "jsonl")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Source(_Table):
    """Whose data it is."""

    name: str = Field(min_length=1, max_length=200, description="goes into every event as `source`")
    timezone: str = Field(description="IANA zone of the times in the files")
    currency: str | None = Field(None, pattern="^[A-Z]{3}$", description="of every amount without one of its own")
    starts_on: date | None = Field(None, description="`valid_from` of org events without one of their own")

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"there is no time zone {value!r}; write it as Europe/London") from None
        return value


class Join(_Table):
    """Columns of another file beside those of this one, as `as.column`."""

    file: str
    on: str | list[str] | dict[str, str] = Field(description="the column of both files, or { here = there }")
    as_: str | None = Field(None, alias="as", description="what its columns are called by; default: the file's name")

    @property
    def alias(self) -> str:
        return self.as_ or self.file

    @property
    def keys(self) -> dict[str, str]:
        if isinstance(self.on, dict):
            return self.on
        return {column: column for column in _listed(self.on)}  # type: ignore[attr-defined]


class Unpivot(_Table):
    """A column for every month (or region …) becomes a row for each."""

    columns: Texts = Field(description="names or patterns as 2026-* of the columns to turn into rows")
    name: str = Field("name", description="column that takes the name of the column")
    value: str = Field("value", description="column that takes its value")


class File(_Table):
    """A table: one file, or several of the same columns one after the other."""

    name: str = Field(min_length=1)
    path: str = Field(description="inside the folder; * matches any text, so several files may make one table")
    format: Literal["csv", "parquet", "xlsx", "jsonl"] | None = Field(None, description="default: by the ending")
    encoding: str = Field("utf-8", description="of csv and jsonl")
    separator: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', min_length=1, max_length=1)
    skip_lines: int = Field(0, ge=0, description="lines before the header")
    columns: tuple[str, ...] | None = Field(None, description="names of the columns of a csv without a header")
    sheet: str | None = Field(None, description="of an xlsx; default: the first")
    nulls: Texts = Field(("",), description="texts that mean: no value")
    decimal: str = Field(".", min_length=1, max_length=1)
    thousands: str = Field("", max_length=1)
    dates: Texts = Field((), description="strptime patterns, tried in order; default ISO 8601")
    drop_duplicates: bool = Field(False, description="leave out rows equal in every column to an earlier one")
    where: str | None = Field(None, description="rows for which this does not hold are left out")
    unpivot: Unpivot | None = None
    joins: tuple[Join, ...] = ()
    define: dict[str, str] = Field({}, description="names for expressions, used like columns")


class Emit(_Table):
    """One event for every row of a file (for which `when` holds), or for every distinct value (`each`)."""

    topic: str
    from_: str = Field(alias="from")
    name: str | None = Field(None, description="how the report calls it")
    when: str | None = None
    each: Texts = Field((), description="one event for every distinct value of these expressions; missing gives none")
    take: Literal["first", "last"] = Field("first", description="which row of an `each` gives the fields")
    set: dict[str, Any] = Field({}, description="fields that are the same in every event")
    fields: dict[str, Any] = Field({}, description="fields as expressions")
    extra: dict[str, Any] = Field({}, description="expressions for fields the topic does not know, carried through")


class MappingFile(_Table):
    """The whole file."""

    source: Source
    files: tuple[File, ...] = Field(min_length=1)
    emit: tuple[Emit, ...] = Field(min_length=1)
    maps: dict[str, dict[str, str | int | Decimal | bool | date | datetime]] = {}
