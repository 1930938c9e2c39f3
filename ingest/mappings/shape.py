"""The shape of a mapping file before its expressions are read; `docs/import.md` teaches every key of it."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

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


class TableShape(_Table):
    """What any table of a mapping says of its rows, wherever they come from."""

    name: str = Field(min_length=1)
    nulls: Texts = Field(("",), description="texts that mean: no value")
    decimal: str = Field(".", min_length=1, max_length=1)
    thousands: str = Field("", max_length=1)
    dates: Texts = Field((), description="strptime patterns, tried in order; default ISO 8601")
    where: str | None = Field(None, description="rows for which this does not hold are left out")
    joins: tuple[Join, ...] = ()
    define: dict[str, str] = Field({}, description="names for expressions, used like columns")


class File(TableShape):
    """A table: one file, or several of the same columns one after the other."""

    path: str = Field(description="inside the folder; * matches any text, so several files may make one table")
    format: Literal["csv", "parquet", "xlsx", "jsonl"] | None = Field(None, description="default: by the ending")
    encoding: str = Field("utf-8", description="of csv and jsonl")
    separator: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', min_length=1, max_length=1)
    skip_lines: int = Field(0, ge=0, description="lines before the header")
    columns: tuple[str, ...] | None = Field(None, description="names of the columns of a csv without a header")
    sheet: str | None = Field(None, description="of an xlsx; default: the first")
    drop_duplicates: bool = Field(False, description="leave out rows equal in every column to an earlier one")
    unpivot: Unpivot | None = None


class LiveShape(TableShape):
    """A table whose rows arrive. Its name is part of addresses and settings; `ONEBOARD_SOURCE_<NAME>_…` are its own."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)


class Signature(_Table):
    """How a sender proves that a body is its own: an HMAC of it in a header, by a secret that both know."""

    header: str = Field(min_length=1, description="as X-Hub-Signature-256")
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = Field("", description="what stands before it, as sha256=")


class Webhook(LiveShape):
    """Rows that are posted to `/v1/hooks/<name>` of the door."""

    rows: str | None = Field(None, description="path to the rows inside the body; default: the body itself")
    signature: Signature | None = None


class KafkaTopic(LiveShape):
    """Rows that stand on a topic, of any cluster."""

    topic: str = Field(min_length=1)
    envelope: Literal["debezium"] | None = Field(None, description="what is around the row; default: nothing")
    rows: str | None = Field(None, description="path to the rows inside a message; default: the message itself")
    begin: Literal["earliest", "latest"] = Field("earliest", description="where to begin the first time")
    version: Literal["time", "lsn", "offset"] | None = Field(
        None, description="what tells which of two states is newer; default: time with debezium, else offset"
    )
    group: str | None = Field(None, description="consumer group; default: oneboard-<name>")
    connection: str | None = Field(None, description="whose settings reach it; default: the name")


class SqlTable(LiveShape):
    """Rows of a database, asked for again and again from where the last answer ended."""

    table: str | None = Field(None, description="table or view, as sales.orders")
    query: str | None = Field(None, description="a SELECT instead of a table")
    cursor: str = Field(description="the column that grows with every change: a time of change, or a growing id")
    key: Texts = Field((), description="the columns that tell rows apart; default: the table's primary key")
    since: date | datetime | int | None = Field(None, description="begin the first time with this value of the cursor")
    overlap: int | None = Field(
        None, ge=0, description="how far behind the newest row late ones are looked for: seconds, or ids"
    )
    every_seconds: float = Field(5.0, gt=0, le=86_400, description="how often to ask when nothing is new")
    page_rows: int = Field(1_000, ge=1, le=50_000, description="rows asked for at once")
    connection: str | None = Field(None, description="whose settings reach it; default: the name")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("give either table or query")
        if self.query is not None and not self.key:
            raise ValueError("with a query, say by key which columns tell its rows apart")
        return self


class Emit(_Table):
    """One event for every row of a file (for which `when` holds), or for every distinct value (`each`)."""

    topic: str
    from_: str = Field(alias="from")
    name: str | None = Field(None, description="how the report calls it")
    when: str | None = None
    on: Literal["change", "delete"] = Field("change", description="delete: for rows that were deleted, and only those")
    each: Texts = Field((), description="one event for every distinct value of these expressions; missing gives none")
    take: Literal["first", "last"] = Field("first", description="which row of an `each` gives the fields")
    set: dict[str, Any] = Field({}, description="fields that are the same in every event")
    fields: dict[str, Any] = Field({}, description="fields as expressions")
    extra: dict[str, Any] = Field({}, description="expressions for fields the topic does not know, carried through")


class MappingFile(_Table):
    """The whole file."""

    source: Source
    files: tuple[File, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    kafka: tuple[KafkaTopic, ...] = ()
    sql: tuple[SqlTable, ...] = ()
    emit: tuple[Emit, ...] = Field(min_length=1)
    maps: dict[str, dict[str, str | int | Decimal | bool | date | datetime]] = {}

    @model_validator(mode="after")
    def _some_table(self) -> Self:
        if not any(True for _ in self.tables()):
            raise ValueError("there is no table: write [[files]], [[webhooks]], [[kafka]] or [[sql]]")
        return self

    def tables(self) -> Iterator[tuple[str, int, TableShape]]:
        """Every table with the section it stands in and its place there; the files come first."""
        for section in ("files", "webhooks", "kafka", "sql"):
            for place, table in enumerate(getattr(self, section)):
                yield section, place, table
