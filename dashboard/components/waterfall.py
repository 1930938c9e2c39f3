"""The movement of the pipeline as bars from opening to closing, each a link to its deals; or as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.components.links import aria, data, link, switch
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from warehouse.movement import MOVES, Bar
from warehouse.queries.movement import Movement

ENDS: tuple[Bar, Bar] = ("opening", "closing")
ORDER: tuple[Bar, ...] = ("opening", *MOVES, "closing")


@dataclass(frozen=True)
class Step:
    """A bar: it reaches from `begin` to `end`."""

    bar: Bar
    amount: Decimal
    count: int
    begin: Decimal
    end: Decimal


def steps(movement: Movement) -> list[Step]:
    """Every bar in its order, the empty ones too: they keep their places."""
    found: list[Step] = []
    so_far = Decimal(0)
    for bar in ORDER:
        amount = movement.amount(bar)
        begin = Decimal(0) if bar in ENDS else so_far
        found.append(Step(bar, amount, movement.count(bar), begin, begin + amount))
        so_far = begin + amount
    return found


def floor(found: Sequence[Step]) -> Decimal:
    """Where the bars begin: at 0, or higher where what moved is too little of what stood to be seen."""
    levels = [step.end for step in found] + [step.begin for step in found if step.bar not in ENDS]
    low, high = min(levels), max(levels)
    return max(Decimal(0), low - 2 * (high - low)) if low > 0 else min(low, Decimal(0))


def rest(movement: Movement) -> Decimal:
    """What opening and moves miss the closing by: 0."""
    return movement.amount("closing") - movement.amount("opening") - sum(map(movement.amount, MOVES), Decimal(0))


def came(movement: Movement) -> Decimal:
    """All that came in."""
    return sum((max(movement.amount(bar), Decimal(0)) for bar in MOVES), Decimal(0))


def went(movement: Movement) -> Decimal:
    """All that went out, as a positive amount."""
    return -sum((min(movement.amount(bar), Decimal(0)) for bar in MOVES), Decimal(0))


def toolbar(first: str, last: str, state: ViewState) -> str:
    """Which instants, which deals, which shape: HTML. `first` and `last` are days as written in a URL."""
    lang = state.lang
    horizons = [
        (t(f"pipeline.horizon_{one}", lang), state.but(horizon=one, page=1), state.horizon == one)
        for one in ("period", "all")
    ]
    shapes = [(t(f"pipeline.{one}", lang), state.but(shape=one), state.shape == one) for one in ("bars", "table")]
    dates = "".join(
        f"<label>{t(f'pipeline.{name}', lang)} "
        f'<input type="date" class="instant" data-instant="{name}" value="{escape(value)}"></label>'
        for name, value in (("from", first), ("to", last))
    )
    switches = plain.markup([switch(horizons, t("pipeline.horizon", lang)), switch(shapes, t("pipeline.shape", lang))])
    return f'<div class="fall-tools">{dates}{switches}</div>'


def bars(movement: Movement, state: ViewState) -> Component:
    """One row a bar: name, bar, amount, deals."""
    lang, found = state.lang, steps(movement)
    edges = [edge for step in found for edge in (step.begin, step.end)]
    low, high = floor(found), max(edges)
    size = float(high - low) or 1.0

    def place(value: Decimal) -> float:
        return 100 * max(0.0, float(value - low)) / size

    kind = "fall is-cut" if low > 0 else "fall"
    return html.Div([_row(step, place(step.begin), place(step.end), state) for step in found], className=kind,
                    role="list", **aria(label=t("pipeline.bar", lang)))  # fmt: skip


def _row(step: Step, begin: float, end: float, state: ViewState) -> Component:
    lang = state.lang
    left, width = min(begin, end), abs(end - begin)
    name = t(f"pipeline.bar_{step.bar}", lang)
    is_end, is_on = step.bar in ENDS, step.bar == state.bar
    amount = amounts.short(step.amount, lang, sign=not is_end) if step.amount else amounts.NOTHING
    title = f"{name}: {amounts.exact(step.amount, sign=not is_end)} · {t(f'pipeline.say_{step.bar}', lang)}"
    cells = [
        html.Span(name, className="fall-name"),
        html.Span(
            html.Span(
                className=f"fall-bar fall-{step.bar}",
                style={"left": f"{left:.3f}%", "width": f"{width:.3f}%"},
            ),
            className="fall-track",
        ),
        html.Span(amount, className="fall-amount num"),
        html.Span(amounts.count(step.count) if step.count else "", className="fall-count num"),
    ]
    kind = " fall-end" if is_end else "" if step.amount else " fall-none"
    return link(
        cells,
        state.but(bar=step.bar, page=1),
        className=f"fall-row{kind}{' fall-on' if is_on else ''}",
        title=title,
        role="listitem",
        **data(bar=step.bar),
        **(aria(current="true") if is_on else {}),
    )


def table(movement: Movement, state: ViewState) -> Component:
    """The same in figures, exact, with the running total."""
    lang = state.lang
    heads = [t(f"pipeline.{key}", lang) for key in ("bar", "amount", "running", "deals")]
    lines = [
        html.Tr(
            [
                html.Th(
                    link(t(f"pipeline.bar_{step.bar}", lang), state.but(bar=step.bar, page=1), className="row-link"),
                    scope="row",
                    title=t(f"pipeline.say_{step.bar}", lang),
                ),
                html.Td(amounts.exact(step.amount, sign=step.bar not in ENDS), className="num"),
                html.Td(amounts.exact(step.end), className="num"),
                html.Td(amounts.count(step.count), className="num"),
            ],
            **data(bar=step.bar),
        )
        for step in steps(movement)
    ]
    return figures(heads, lines)


def figures(heads: Sequence[str], lines: Sequence[Component], foot: Component | None = None) -> Component:
    """A plain table: the first column words, the others figures."""
    parts: list[Component] = [
        html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
        html.Tbody(list(lines)),
    ]
    return html.Table([*parts, *([html.Tfoot(foot)] if foot else [])], className="figures")


def words(bar: Bar, lang: Lang) -> str:
    """What a bar is called."""
    return t(f"pipeline.bar_{bar}", lang)
