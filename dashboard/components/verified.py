"""When the sums on the board were last recomputed from the log, and whether they agreed: said beside the data's age."""

from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.events import Verification
from ingest.settings import company


def draw(verdict: Verification | None, today: date, state: ViewState) -> Drawn:
    """The words and what stands behind them; `verdict` None where verify never ran."""
    return {"header--verified": plain.says(_words(verdict, today, state))}


def _words(verdict: Verification | None, today: date, state: ViewState) -> Component:
    lang, zone = state.lang, company().zone
    if verdict is None:
        hint = t("ops.verified_never_hint", lang)
        word = html.Span(t("ops.verified_never", lang), className="verified-word")
        return html.Span(["◌ ", word], className="verified verified-never", title=hint)
    local = verdict.occurred_at.astimezone(zone)
    exact = clock(verdict.occurred_at, zone, lang)
    at = f"{local:%H:%M}" if local.date() == today else exact
    title = t(
        "ops.verified_hint",
        lang,
        at=exact,
        events=f"{verdict.events:,}",
        sums=f"{verdict.sums:,}",
        wrong=f"{verdict.wrong:,}",
        took=f"{verdict.took_seconds:.0f}",
    )
    if verdict.wrong:
        said = t("ops.verified_wrong", lang, at=at, count=f"{verdict.wrong:,}")
        return html.Span(["▼ ", said], className="verified verified-wrong", title=title)
    word = html.Span(t("ops.verified", lang, at=at), className="verified-word")
    return html.Span(["✓ ", word], className="verified", title=title)
