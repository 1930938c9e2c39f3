"""How things are called on the screen: names in the viewer's language, periods, metrics, hours."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.locales import CATALOGUE, Lang, t, t_or
from ingest.calendar import Period
from ingest.settings import company
from warehouse.metrics import METRICS

UNASSIGNED = "unassigned"
_WORTH_SAYING = 0.005
_page_day: ContextVar[date | None] = ContextVar("page_day", default=None)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def called(id: str, name: str | None, name_en: str | None, lang: Lang) -> str:
    """The name of one thing: the English one in English where there is one, else its id."""
    if id in (UNASSIGNED, ""):
        return t("board.unassigned", lang)
    return (name_en if lang == "en" else None) or name or id


def over_assigned(head: Mapping[str, Any] | None, lang: Lang) -> str:
    """How much more those below shall reach than what they make up (a headline's row): a policy (加码), not an error;
    nothing where it is next to nothing."""
    if not head or not head["target"] or not head["children_target"]:
        return ""
    factor = float(head["children_target"] / head["target"])
    key = "board.over_assigned" if factor > 1 else "board.under_assigned"
    return t(key, lang, factor=f"{factor:.2f}") if abs(factor - 1) >= _WORTH_SAYING else ""


def enumerated(names: Iterable[str], lang: Lang) -> str:
    """ "a、b" or "a, b"."""
    return (", " if lang == "en" else "、").join(names)


def cut_name(cut: str, id: str, lang: Lang) -> str:
    """The name of a route or a segment: the trade's word where it is one of the trade's own, else as it was sent."""
    return t_or(f"cuts.{cut}_{id}", lang, called(id, id, None, lang))


def role_name(role: str, lang: Lang) -> str:
    """What a role is called; itself where it has no name."""
    return t_or(f"roles.{role}", lang, role)


def source_name(source: str, lang: Lang) -> str:
    """What a source is called: of ours the word, any other as it calls itself."""
    return t_or(f"board.source_{source}", lang, source)


def labelled(frame: pl.DataFrame, lang: Lang, *, own: str | None = None) -> pl.DataFrame:
    """`frame` (id, name, name_en) with a column `label`; the row of `own` is what hangs on the node itself. Who manages
    a row is called as the language has it."""
    labels = [
        t("board.direct", lang) if id == own else called(id, name, name_en, lang)
        for id, name, name_en in frame.select("id", "name", "name_en").iter_rows()
    ]
    frame = frame.with_columns(pl.Series("label", labels, dtype=pl.String))
    if lang == "en" and "manager_name_en" in frame.columns:
        english = pl.when(pl.col("manager_name_en") != "").then(pl.col("manager_name_en"))
        frame = frame.with_columns(english.otherwise(pl.col("manager_name")).alias("manager_name"))
    return frame


def metric_name(metric: str, lang: Lang) -> str:
    """A metric's name, as its own row of METRICS says it."""
    return METRICS[metric].name_en if lang == "en" else METRICS[metric].name_zh


def advice(reason: str) -> str:
    """The key of what to do about dead letters of that reason."""
    key = f"ops.todo_{reason}"
    return key if key in CATALOGUE else "ops.todo_other"


def period_name(period: Period, lang: Lang) -> str:
    """ "2026年11月", "2026年四季度", "2026年", "11月26日"; "Nov 2026", "Q4 2026", "2026", "23–29 Nov" for any range."""
    year, month = period.start.year, period.start.month
    if period.kind == "day":
        return _of_year(day_of_year(period.start, lang), year, lang)
    if period.kind in ("week", "range"):
        return f"{day_name(period.start, lang)}–{day_name(period.end, lang)}"
    if period.kind == "month":
        return f"{year}年{month}月" if lang == "zh" else f"{_MONTHS[month - 1]} {year}"
    named, is_fiscal = int(period.key[:4]), company().fiscal_year_starts != 1
    called = {"zh": f"{named}{'财年' if is_fiscal else '年'}", "en": f"{'FY' if is_fiscal else ''}{named}"}[lang]
    if period.kind == "quarter":
        number = int(period.key[-1])
        return f"{called}{'一二三四'[number - 1]}季度" if lang == "zh" else f"Q{number} {called}"
    return called


@contextmanager
def page_of(day: date) -> Iterator[None]:
    """Whatever is called meanwhile is read on a page that shows how things stand on `day`."""
    before = _page_day.set(day)
    try:
        yield
    finally:
        _page_day.reset(before)


def day_of_year(day: date, lang: Lang) -> str:
    """ "11月23日" or "23 Nov", where its year is said beside it, as along an axis."""
    return f"{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {_MONTHS[day.month - 1]}"


def _of_year(text: str, year: int, lang: Lang) -> str:
    return f"{year}年{text}" if lang == "zh" else f"{text} {year}"


def day_name(day: date, lang: Lang) -> str:
    """ "11月23日" or "23 Nov"; "2025年11月23日" or "23 Nov 2025" where the page's day, or today, is of another year."""
    this = _page_day.get() or datetime.now(company().zone)
    text = day_of_year(day, lang)
    return text if day.year == this.year else _of_year(text, day.year, lang)


def clock(at: datetime, zone: ZoneInfo, lang: Lang) -> str:
    """Day, hour and minute in the company's zone."""
    local = at.astimezone(zone)
    return f"{day_name(local.date(), lang)} {local:%H:%M}"
