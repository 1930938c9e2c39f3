"""The health page drawn: a sentence, five numbers with their last quarter of an hour, every part, every topic."""

from collections.abc import Callable, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.panel import head, nothing, scrolls, what_is_this
from dashboard.figures.spark import sparkline
from dashboard.health import PARTS, Flow, Record, Sample
from dashboard.locales import t, t_or
from dashboard.theme import SYMBOLS, State
from dashboard.view_state import ViewState
from dashboard.words import clock, enumerated
from ingest.settings import company

WORRY_AGE_SECONDS, WORRY_LAG = 60.0, 10_000
_UNITS = ((90, 1, "seconds"), (5_400, 60, "minutes"), (172_800, 3_600, "hours"), (float("inf"), 86_400, "days"))


def draw(record: Record, state: ViewState) -> list[Component]:
    """Everything below the header, from what was seen so far."""
    last = record.last
    if last is None:
        return [html.H1(t("health.looking", state.lang), className="headline")]
    return [
        _headline(last, state),
        html.Div(_tiles(record, last, state), className="tiles"),
        html.Section([html.Header(head(t("health.parts", state.lang), state), className="panel-head"),
                      _parts(record, last, state)], className="panel"),
        html.Section([html.Header(head(t("health.topics", state.lang), state,
                                       about=[(t("board.how", state.lang), t("health.topics_about", state.lang))]),
                                  className="panel-head"),
                      _topics(record, last, state)], className="panel"),
    ]  # fmt: skip


def length(seconds: float, state: ViewState) -> str:
    """ "2 s", "5 min", "3 h", "4 d", as the age in the header has it."""
    size, name = next((size, name) for limit, size, name in _UNITS if seconds < limit)
    return t(f"health.{name}", state.lang, count=round(seconds / size))


def _headline(last: Sample, state: ViewState) -> Component:
    lang = state.lang
    down = [t(f"health.{part}", lang) for part in PARTS if not last.is_up[part]]
    said = [t("health.down", lang, parts=enumerated(down, lang)) if down
            else t("health.all_well", lang)]  # fmt: skip
    if last.total_lag is not None:
        said.append(t("health.behind", lang, lag=f"{last.total_lag:,}") if last.total_lag > WORRY_LAG
                    else t("health.current", lang))  # fmt: skip
    if last.is_up["warehouse"]:
        age = last.age_seconds
        said.append(t("health.no_events", lang) if age is None
                    else t("health.newest", lang, age=length(age, state)))  # fmt: skip
    if last.letters:
        said.append(t("health.letters_wait", lang, count=f"{last.letters:,}"))
    well: State = "behind" if down else "ahead"
    mark = html.Span(SYMBOLS["behind"] if down else SYMBOLS["band"], className=f"headline-symbol state-{well}")
    end = "。" if lang == "zh" else "."
    return html.H1([mark, html.Span(("，" if lang == "zh" else "; ").join(said) + end)], className="headline")


def _tiles(record: Record, last: Sample, state: ViewState) -> list[Component]:
    lang = state.lang
    into_log, stored = record.rates(lambda one: one.total_written), record.rates(lambda one: one.stored)
    age, lag, letters = last.age_seconds, last.total_lag, last.letters
    return [
        _tile("freshness", None if age is None else length(age, state), record.values(lambda one: one.age_seconds),
              "behind" if age is not None and age > WORRY_AGE_SECONDS else "band", state),
        _tile("lag", None if lag is None else f"{lag:,}", record.values(lambda one: one.total_lag),
              "behind" if lag is not None and lag > WORRY_LAG else "band", state),
        _tile("in_rate", _rate(into_log, state) if last.written else None, into_log, "band", state),
        _tile("stored_rate", _rate(stored, state) if last.lag else None, stored, "band", state),
        _tile("letters", None if letters is None else f"{letters:,}" if letters else t("health.letters_none", lang),
              record.values(lambda one: one.letters), "behind" if letters else "band", state,
              t("health.letters_todo", lang) if letters else ""),
    ]  # fmt: skip


def _tile(
    key: str, value: str | None, past: Sequence[float], where: State, state: ViewState, note: str = ""
) -> Component:
    lang = state.lang
    name = html.Span(t(f"health.{key}", lang), className="tile-name")
    spark = sparkline(past, where, state.theme, running=False)
    minutes = max(1, round(len(past) * 5 / 60))
    foot = note or (t("health.last_minutes", lang, minutes=minutes) if spark else t("health.too_early", lang))
    return html.Div(
        [
            html.Div([what_is_this([(t(f"health.{key}", lang), t(f"health.{key}_about", lang))], state, name)],
                     className="tile-top"),
            html.Div(
                [
                    html.Span(value or t("health.unknown", lang), className=f"tile-value num state-{where}"),
                    html.Img(src=spark, className="tile-spark", alt="") if spark else html.Span(className="tile-spark"),
                ],
                className="tile-middle",
            ),
            html.Div(html.Span(foot, className="faint"), className="tile-foot"),
        ],
        className="tile health-tile",
        id=f"health--{key}",
    )  # fmt: skip


def _parts(record: Record, last: Sample, state: ViewState) -> Component:
    lang = state.lang
    rows = [_part(part, record, last, state) for part in PARTS]
    return _table([t(f"health.{one}", lang) for one in ("part", "state", "since", "about")], rows)


def _part(part: str, record: Record, last: Sample, state: ViewState) -> list[Component | str]:
    lang, stands = state.lang, record.standings[part]
    mark, where = (SYMBOLS["band"], "ahead") if stands.is_up else (SYMBOLS["behind"], "behind")
    since = clock(stands.since, company().zone, lang)
    said = html.Span(_says(part, last, state) if stands.is_up else t(f"health.{part}_todo", lang), className="faint")
    return [
        t(f"health.{part}", lang),
        html.Span([mark, " ", t("health.up" if stands.is_up else "health.is_down", lang)], className=f"state-{where}"),
        html.Span(since if stands.was_seen else t("health.at_least", lang, time=since), className="num"),
        said,
    ]


def _says(part: str, last: Sample, state: ViewState) -> str:
    counts: dict[str, Callable[[], int | None]] = {
        "kafka": lambda: last.total_written,
        "warehouse": lambda: last.stored,
        "worker": lambda: len(last.workers or ()),
        "dashboard": lambda: last.screens,
    }
    count = counts[part]() if part in counts else None
    if count is None:
        return ""
    held = sum((last.workers or {}).values())
    return t(
        f"health.{part}_says", state.lang, count=f"{count:,}", **({"partitions": held} if part == "worker" else {})
    )


def _topics(record: Record, last: Sample, state: ViewState) -> Component:
    lang = state.lang
    if last.written is None:
        return html.Div(nothing(t("health.no_topics", lang), t("health.no_topics_todo", lang)), className="panel-body")
    flows = last.flows
    rows = [_topic(topic, flow, record, state) for topic, flow in flows.items()]
    if last.stored is not None:
        sums = (sum(getattr(one, part) for one in flows.values()) for part in _FLOW)
        rows.append([html.Strong(t("health.every", lang)), *(html.Strong(f"{one:,}") for one in sums), ""])
    heads = [t(f"health.{one}", lang) for one in ("topic", *_FLOW, "rate")]
    return _table(heads, rows, numbers=range(1, 1 + len(_FLOW)))


_FLOW = ("came", "snapshots", "stored", "aside", "waiting")


def _topic(topic: str, flow: Flow, record: Record, state: ViewState) -> list[Component | str]:
    past = record.rates(lambda one: (one.written or {}).get(topic))
    spark = sparkline(past, "band", state.theme, running=False)
    counts = (getattr(flow, part) for part in _FLOW)
    return [
        t_or(f"health.{topic}", state.lang, topic or t("health.nameless", state.lang)),
        *(t("health.unknown", state.lang) if count is None else f"{count:,}" for count in counts),
        html.Span([html.Img(src=spark, className="health-spark", alt="") if spark else None, _rate(past, state)]),
    ]


def _rate(past: Sequence[float], state: ViewState) -> str:
    """The last three looks together, so that one second of quiet is not a standstill; "" before there are two."""
    if not past:
        return t("health.too_early", state.lang)
    lately = past[-3:]
    rate = sum(lately) / len(lately)
    return t("health.per_second", state.lang, rate=f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}")


def _table(
    headings: Sequence[str], rows: Sequence[Sequence[Component | str]], numbers: Sequence[int] = ()
) -> Component:
    classes = ["num health-number" if place in numbers else None for place in range(len(headings))]

    def row(cells: Sequence[Component | str], cell_of: Callable[..., Component]) -> Component:
        return html.Tr([cell_of(cell, className=name) for cell, name in zip(cells, classes, strict=True)])

    table = html.Table(
        [html.Thead(row(headings, html.Th)), html.Tbody([row(cells, html.Td) for cells in rows])],
        className="health-table",
    )
    return scrolls(table, "panel-body health-scroll")
