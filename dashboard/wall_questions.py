"""What a wall asks the warehouse for: what is urgent, the scenes, and a month over again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import polars as pl

from dashboard import live
from dashboard.components import ticker, unknown
from dashboard.components.wall.red import since
from dashboard.locales import t
from dashboard.look import Look
from dashboard.own_file import FileFault
from dashboard.place import place_of
from dashboard.view_state import ViewState
from dashboard.walls import SCENES, Scene, Wall, wall_of
from ingest.calendar import Period
from ingest.settings import company
from warehouse.answers import held
from warehouse.at_hand import AtHand
from warehouse.coverage import coverage
from warehouse.dimensions import Where
from warehouse.landing import Past, interval, past_months
from warehouse.metric_query import MetricQuery, measure
from warehouse.pace import day_curve, headline, standings
from warehouse.queries import org
from warehouse.queries.calendar import working_calendar
from warehouse.queries.deals import deals
from warehouse.queries.findings import FindingCard, findings
from warehouse.queries.notifications import ToldRow, first_told
from warehouse.queries.tasks import tasks
from warehouse.replay import standings_by_day
from warehouse.reply_window import names_of
from warehouse.targets import Split
from warehouse.task_life import TaskCard

log = logging.getLogger(__name__)
MOST_WINS = 60
Names = Mapping[str, tuple[str, str]]
"""id → (Chinese, English)."""


@dataclass(frozen=True)
class About:
    """What a wall is about. `fault` is why it cannot be shown; then nothing else counts."""

    wall: Wall
    state: ViewState
    fault: str = ""

    @property
    def here(self) -> Where:
        """The unit, or the whole company."""
        return Where(unit_id=self.state.unit)


@dataclass(frozen=True)
class Red:
    """The findings a wall may show, largest gap first, with the trees they hang in, the names of all they name, who was
    told of them and what was agreed about them; and whether anybody has looked for any."""

    cards: tuple[FindingCard, ...] = ()
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    products: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Names = field(default_factory=dict)
    told: tuple[ToldRow, ...] = ()
    tasks: tuple[TaskCard, ...] = ()
    is_looked: bool = True
    ages: Mapping[str, float] = field(default_factory=dict)
    """By finding, for how many working minutes it has been in the hands it is in."""


@dataclass(frozen=True)
class Wins:
    """Deals won in the period, the newest first; the names they speak of; how many were won today, and their amount."""

    deals: pl.DataFrame
    names: Names
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Replay:
    """A month over again: `days` as `standings_by_day` gives them, and every finding there was."""

    period: Period
    days: pl.DataFrame
    red: Red


def urgent(look: Look) -> dict[str, Awaitable[Any]]:
    """The headline, what is red, and who has it."""
    return {} if look.state.replay else {"urgent": _urgent(look)}


def scenes(look: Look) -> dict[str, Awaitable[Any]]:
    """Everything that turns."""
    return {} if look.state.replay else {"scenes": _scenes(look)}


def replay(look: Look) -> dict[str, Awaitable[Any]]:
    """The month that is played."""
    return {"replay": _replay(look)} if look.state.replay else {}


async def about(look: Look) -> tuple[About, Look]:
    """The wall of the path, and the look at what it is about: what the URL says goes before what the file says."""
    try:
        wall = wall_of(look.path)
    except FileFault as error:
        log.warning("the wall %s cannot be shown: %s", look.path, error)
        return About(Wall(), look.state, error.words(look.state.lang)), look
    said, plain = look.state, ViewState()
    state = ViewState(
        lang=wall.language or said.lang,
        theme="dark",
        metric=said.metric if said.metric != plain.metric else wall.metric,
        period=said.period,
        unit=said.unit or wall.unit,
        replay=said.replay,
    )
    place = await place_of(look.asked, look.viewer, state, look.today)
    fault = ""
    if state.unit and not place.path:
        fault = unknown.said("unit", state.unit, look.today, state.lang)
    elif not place.is_allowed:
        fault = t("wall.not_yours", state.lang)
    state = state.but(unit=place.unit)
    return About(wall, state, fault), replace(look, state=state, place=place)


async def _urgent(look: Look) -> dict[str, Any]:
    this, look = await about(look)
    if this.fault:
        return {"about": this}
    when = {**look.when, "metric": this.state.metric}
    past = past_months(look.asked, look.viewer, where=this.here, **when)
    head, red, months = await asyncio.gather(
        headline(look.asked, look.viewer, where=this.here, **when), _red(look, this, ("open",)), past
    )
    row = head.row(0, named=True)
    return {"about": this, "head": row, "interval": around(row, months), "red": red}


def around(row: Mapping[str, Any], months: Sequence[Past]) -> tuple[float, float] | None:
    """The interval of the landing in a row of standings; None where it has none."""
    if row["landing"] is None:
        return None
    if row["landing_low"] is not None:
        return row["landing_low"], row["landing_high"]
    return interval(float(row["actual"]), row["landing"], row["expected_share"], months)


async def _red(look: Look, this: About, states: tuple[str, ...]) -> Red:
    units, products, calendar = await asyncio.gather(
        org.units_as_of(look.asked, look.today),
        org.products_as_of(look.asked, look.today),
        working_calendar(look.asked),
    )
    paths = {id: tuple(path) for id, path in units.select("id", "path").iter_rows()}
    at_hand = AtHand(look.viewer, this.state.unit, paths)
    cards = await findings(look.asked, look.viewer, look.now, states=states, shows=at_hand)
    shown = [card for card in cards if _may_be_shown(card, this, paths)]
    names = {id: (name, english) for frame in (units, products) for id, name, english in
             frame.select("id", "name", "name_en").iter_rows()}  # fmt: skip
    if this.wall.show_names:
        people = frozenset[str]().union(*(names_of(card.finding) for card in shown if not card.is_awaited))
        names |= await org.names(look.asked, "person", people, look.today)
    goods = {id: tuple(path) for id, path in products.select("id", "path").iter_rows()}
    here = {card.finding.finding_id for card in shown}
    told, agreed = await asyncio.gather(
        first_told(look.asked, here), tasks(look.asked, look.viewer, look.today, "finding_id")
    )
    agreed = [one for one in agreed if one.task.finding_id in here]
    is_looked = bool(look.state.as_of) or live.swept_at() is not None
    zone = company().zone
    ages = {one.finding.finding_id: calendar.working_minutes(since(one), look.now, zone) for one in shown}
    return Red(tuple(shown), paths, goods, names, tuple(told), tuple(agreed), is_looked, ages)


def _may_be_shown(card: FindingCard, this: About, units: Mapping[str, tuple[str, ...]]) -> bool:
    """Of the wall's unit, and past the reply window where it speaks of a rep."""
    about, here = card.finding.slice, this.state.unit
    if here and len(units.get(here, ())) > 1 and here not in units.get(about.unit_id or "", ()):
        return False
    return not (card.is_awaited and card.speaks_of_a_rep)


async def _scenes(look: Look) -> dict[str, Any]:
    this, look = await about(look)
    if this.fault:
        return {"about": this}
    asked, viewer, here = look.asked, look.viewer, this.here
    when = {**look.when, "metric": this.state.metric}
    cash = {**when, "metric": "collections"}
    period, day = look.period, look.today
    stages = MetricQuery(("open_pipeline", "open_deals"), day, by=("stage",), where=here)
    by: Split = look.place.by
    if by == "rep" and not this.wall.show_names:
        by = "product"  # a rep who is behind is named on no wall
    questions: dict[str, tuple[tuple[Scene, ...], Callable[[], Awaitable[Any]]]] = {
        "units": (("company", "regions"), lambda: standings(asked, viewer, by=by, where=here, **when)),
        "products": (("products",), lambda: standings(asked, viewer, by="product", where=here, **when)),
        "curve": (("landing",), lambda: day_curve(asked, viewer, where=here, **when)),
        "head": (("landing", "company", "products"), lambda: headline(asked, viewer, where=here, **when)),
        "months": (("landing",), lambda: past_months(asked, viewer, where=here, **when)),
        "stages": (("landing",), lambda: measure(asked, stages, viewer)),
        "coverage": (("landing",), lambda: coverage(asked, viewer, period=period, now=look.now, where=here)),
        "cash_head": (("cash",), lambda: headline(asked, viewer, where=here, **cash)),
        "cash_curve": (("cash",), lambda: day_curve(asked, viewer, where=here, **cash)),
        "cash_units": (("cash",), lambda: standings(asked, viewer, by=by, where=here, **cash)),
        "awarded": (("cash",), lambda: measure(asked, MetricQuery(("awarded",), day, where=here), viewer)),
        "red": (("company",), lambda: _red(look, this, ("open",))),
        "wins": (("wins",), lambda: _wins(look, this)),
        "latest": (SCENES, lambda: ticker.load(look, this.here)),
    }
    wanted = {name: ask for name, (scenes, ask) in questions.items() if set(scenes) & set(this.wall.scenes)}
    answers = await asyncio.gather(*(ask() for ask in wanted.values()))
    return {"about": this, "by": by, **dict(zip(wanted, answers, strict=True))}


async def _wins(look: Look, this: About) -> Wins:
    found = await deals(
        look.asked, look.viewer, what="won", where=this.here, period=look.period, now=look.now,
        sort="closed_on", limit=MOST_WINS,
    )  # fmt: skip
    offices, people = await asyncio.gather(
        org.names(look.asked, "unit", found["office_id"], look.today),
        org.names(look.asked, "person", found["rep_id"], look.today),
    )
    goods = await org.names(look.asked, "product", found["product_id"], look.today)
    won = MetricQuery(("won_deals", "won_amount"), look.today, look.today, where=this.here)
    today = (await measure(look.asked, won, look.viewer)).row(0, named=True)
    return Wins(found, offices | people | goods, today["won_deals"], today["won_amount"])


async def _replay(look: Look) -> dict[str, Any]:
    period = Period.parse(look.state.replay or "")
    this, look = await about(look)
    if this.fault:
        return {"about": this}

    async def play() -> Replay:
        days, red = await asyncio.gather(
            standings_by_day(
                look.asked, look.viewer, metric=this.state.metric, period=period, now=look.now, where=this.here
            ),
            _red(look, this, ("open", "resolved", "retracted")),
        )
        of_month = tuple(card for card in red.cards if card.finding.period == period.key)
        return Replay(period, days, replace(red, cards=of_month))

    # computed once: what moves meanwhile is seen when the hour turns, or the page is opened anew
    key = ("replay", id(look.asked), look.viewer, look.path, this.state, f"{look.now:%Y-%m-%dT%H}")
    return {"about": this, "replay": await held(key, (), play)}
