"""From what a file holds to values of a kind: text to numbers, days and instants, and between the kinds."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from ingest.mappings.columns import DTYPES, Column, Form, Kind, Rows


def of_series(series: pl.Series, form: Form, rows: Rows) -> Column:
    """A file's column by its own type."""
    dtype = series.dtype
    if dtype == pl.String:
        return Column(Kind.TEXT, series, form)
    if dtype == pl.Date:
        return Column(Kind.DAY, series, form)
    if dtype == pl.Boolean:
        return Column(Kind.TRUTH, series, form)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is None:
            return Column(Kind.INSTANT, localized(series.cast(pl.Datetime("us")), rows.zone), form)
        return Column(Kind.INSTANT, series.cast(pl.Datetime("us", dtype.time_zone)).dt.convert_time_zone("UTC"), form)
    if dtype.is_float():
        return Column(Kind.NUMBER, [_from_float(value) for value in series.to_list()], form)
    if dtype.is_integer() or dtype.is_decimal():
        return Column(Kind.NUMBER, [None if value is None else Decimal(value) for value in series.to_list()], form)
    return Column(Kind.TEXT, series.cast(pl.String, strict=False), form)


def _from_float(value: float | None) -> Decimal | None:
    """A cell of a spreadsheet means the shortest text that gives its float: 6.95, not 6.95000000000000017763568394…"""
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return None
    return Decimal(int(value)) if value.is_integer() else Decimal(repr(value))


def constant(value: object, rows: Rows) -> Column:
    """The same value in every row."""
    if isinstance(value, bool):
        return Column(Kind.TRUTH, pl.Series([value], dtype=pl.Boolean).new_from_index(0, len(rows)))
    if isinstance(value, Decimal | int):
        return Column(Kind.NUMBER, [Decimal(value)] * len(rows))
    if isinstance(value, datetime):
        at = value if value.tzinfo else value.replace(tzinfo=rows.zone)
        series = pl.Series([at.astimezone(UTC)], dtype=pl.Datetime("us", "UTC"))
        return Column(Kind.INSTANT, series.new_from_index(0, len(rows)))
    if value is None or isinstance(value, str):
        return Column(Kind.TEXT, pl.Series([value], dtype=pl.String).new_from_index(0, len(rows)))
    return Column(Kind.DAY, pl.Series([value], dtype=pl.Date).new_from_index(0, len(rows)))


def convert(column: Column, kind: Kind, rows: Rows) -> Column:
    """The column as another kind; values that have no such reading become missing and faulty."""
    if column.kind is kind:
        return column
    pair = (column.kind, kind)
    if pair in _CONVERSIONS:
        return Column(kind, _CONVERSIONS[pair](column.values, column.form, rows), column.form)
    present = ~column.missing().to_numpy()
    at = rows.positions[present]
    rows.faults.add(at, [f"is {column.kind}, not {kind}"] * len(at))
    return Column(
        kind, [None] * len(rows) if kind is Kind.NUMBER else pl.Series([None] * len(rows), dtype=DTYPES[kind])
    )


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?")
_OFFSET = r"(?i)(?:[T ]\d{2}:\d{2}.*)(?:Z|[+-]\d{2}:?\d{2})$"
_ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
_TRUTHS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


def _numbers(texts: pl.Series, form: Form, rows: Rows) -> list[Decimal | None]:
    cleaned = texts.str.strip_chars()
    ungrouped: set[int] = set()
    if form.thousands:  # 1,23 is no way to write 123: it is a decimal comma met unawares
        last_group = re.escape(form.thousands) + r"(?:\d{0,2}|\d{4,})(?:\D|$)"
        ungrouped = set(cleaned.str.contains(last_group).fill_null(value=False).arg_true().to_list())
        cleaned = cleaned.str.replace_all(form.thousands, "", literal=True)
    if form.decimal != ".":
        cleaned = cleaned.str.replace_all(form.decimal, ".", literal=True)
    numbers: list[Decimal | None] = []
    bad: list[int] = []
    for place, text in enumerate(cleaned.to_list()):
        if text is None or not text:
            numbers.append(None)
        elif _NUMBER.fullmatch(text) and place not in ungrouped:
            numbers.append(Decimal(text))
        else:
            numbers.append(None)
            bad.append(place)
    if bad:
        rows.faults.add(rows.positions[bad], [f"{texts[place]!r:.60} is not a number" for place in bad])
    return numbers


def _local_and_absolute(texts: pl.Series, form: Form, rows: Rows) -> tuple[pl.Series, pl.Series]:
    """Readings as local clock time, and as instants where the text carries an offset."""
    trimmed = texts.str.strip_chars()
    trimmed = pl.select(pl.when(trimmed != "").then(trimmed)).to_series()
    carries = trimmed.str.contains(_OFFSET).fill_null(value=False)
    plain = pl.Series([None] * len(texts), dtype=pl.Datetime("us"))
    exact = pl.Series([None] * len(texts), dtype=pl.Datetime("us", "UTC"))
    for pattern in form.dates or _ISO:
        source = trimmed if form.dates else pl.select(pl.when(~carries).then(trimmed.str.replace("T", " "))).to_series()
        parsed = source.str.to_datetime(pattern, strict=False, time_unit="us")
        if "%z" in pattern or "%:z" in pattern or "%#z" in pattern:
            exact = exact.zip_with(exact.is_not_null(), parsed.dt.convert_time_zone("UTC"))
        else:
            plain = plain.zip_with(plain.is_not_null(), parsed)
        if (plain.is_null() & exact.is_null() & trimmed.is_not_null()).sum() == 0:
            break
    if not form.dates and carries.any():
        source = trimmed.str.replace("(?i)z$", "+00:00").str.replace("T", " ")
        for pattern in ("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z"):
            parsed = source.str.to_datetime(pattern, strict=False, time_unit="us").dt.convert_time_zone("UTC")
            exact = exact.zip_with(exact.is_not_null(), parsed)
    bad = (plain.is_null() & exact.is_null() & trimmed.is_not_null()).arg_true().to_list()
    if bad:
        written = " or ".join(form.dates) or "2026-11-02 or 2026-11-02 09:30:00"
        rows.faults.add(
            rows.positions[bad], [f"{texts[place]!r:.60} is not a date written as {written}" for place in bad]
        )
    return plain, exact


def localized(naive: pl.Series, zone: ZoneInfo) -> pl.Series:
    """Local clock time as instants: an hour that comes twice is the first, one that is skipped counts as before it."""
    exact = naive.dt.replace_time_zone(zone.key, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    skipped = (exact.is_null() & naive.is_not_null()).arg_true().to_list()
    if skipped:
        found = [naive[place].replace(tzinfo=zone).astimezone(UTC) for place in skipped]
        exact = exact.scatter(skipped, pl.Series(found, dtype=pl.Datetime("us", "UTC")))
    return exact


def _instants(texts: pl.Series, form: Form, rows: Rows) -> pl.Series:
    plain, exact = _local_and_absolute(texts, form, rows)
    local = localized(plain, rows.zone)
    return local.zip_with(local.is_not_null(), exact)


def _days(texts: pl.Series, form: Form, rows: Rows) -> pl.Series:
    plain, exact = _local_and_absolute(texts, form, rows)
    local = plain.dt.date()
    return local.zip_with(local.is_not_null(), exact.dt.convert_time_zone(rows.zone.key).dt.date())


def _truths(texts: pl.Series, form: Form, rows: Rows) -> pl.Series:
    lowered = [None if text is None else text.strip().lower() for text in texts.to_list()]
    bad = [place for place, text in enumerate(lowered) if text and text not in _TRUTHS]
    rows.faults.add(rows.positions[bad], [f"{texts[place]!r:.60} is not true or false" for place in bad])
    return pl.Series([_TRUTHS.get(text or "") for text in lowered], dtype=pl.Boolean)


def written(number: Decimal) -> str:
    """A number as plain digits, without exponent and without a negative zero."""
    return format(number if number else abs(number), "f")


_CONVERSIONS: dict[tuple[Kind, Kind], Callable[[Any, Form, Rows], Any]] = {
    (Kind.TEXT, Kind.NUMBER): _numbers,
    (Kind.TEXT, Kind.DAY): _days,
    (Kind.TEXT, Kind.INSTANT): _instants,
    (Kind.TEXT, Kind.TRUTH): _truths,
    (Kind.NUMBER, Kind.TEXT): lambda numbers, form, rows: pl.Series(
        [None if number is None else written(number) for number in numbers], dtype=pl.String
    ),
    (Kind.DAY, Kind.TEXT): lambda days, form, rows: days.dt.to_string("%Y-%m-%d"),
    (Kind.DAY, Kind.INSTANT): lambda days, form, rows: localized(days.cast(pl.Datetime("us")), rows.zone),
    (Kind.INSTANT, Kind.DAY): lambda instants, form, rows: instants.dt.convert_time_zone(rows.zone.key).dt.date(),
    (Kind.INSTANT, Kind.TEXT): lambda instants, form, rows: instants.dt.to_string("%Y-%m-%dT%H:%M:%S%.fZ"),
    (Kind.TRUTH, Kind.TEXT): lambda truths, form, rows: pl.Series(
        [None if truth is None else str(truth).lower() for truth in truths.to_list()], dtype=pl.String
    ),
}
