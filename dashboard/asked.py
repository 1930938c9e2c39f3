"""The question behind a figure, to be read: what its metric is made of, and the statements as they are sent."""

from html import escape

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from starlette.requests import Request

from dashboard import session
from dashboard.address import Address
from dashboard.asking import looking
from dashboard.components.small_page import small_page
from dashboard.locales import Lang, t
from dashboard.reason import reason
from dashboard.words import metric_name
from warehouse.errors import WarehouseError
from warehouse.measures import QuestionError
from warehouse.metric_query import MetricQuery, compiled
from warehouse.metrics import METRICS
from warehouse.roots import roots_on
from warehouse.selects import Statement

router = APIRouter(include_in_schema=False)


@router.get("/asked/{metric}")
async def asked(metric: str, request: Request) -> Response:
    """The page of a metric at the place, period and filters of the address, as the cookie's person may ask it."""
    address = Address.of("/", request.url.query)
    lang = address.state.lang
    if metric not in METRICS:
        return PlainTextResponse(t("asked.unknown", lang, metric=metric), status_code=404)
    of = METRICS[metric].of or metric
    try:
        look = await looking(await session.viewer(), address)
        if look.place.unknown:
            return PlainTextResponse(t("unknown.title", lang), status_code=404)
        sums = "open_pipeline" if METRICS[of].kind == "weighted" else of
        query = MetricQuery((sums,), look.today, look.period.start, (), look.here)
        parts = compiled(query, look.viewer, await roots_on(look.asked, look.today))
    except QuestionError as error:
        return PlainTextResponse(str(error), status_code=409)
    except WarehouseError as error:
        return PlainTextResponse(t("asked.away", lang, error=reason(error, lang)), status_code=503)
    return HTMLResponse(small_page(_said(metric, of, parts, lang), lang, address.state.theme == "dark"))


def _said(metric: str, of: str, parts: list[Statement], lang: Lang) -> str:
    row = METRICS[of]
    said = [f"<h1>{escape(metric_name(metric, lang))}</h1>", f"<p>{escape(t(f'metrics.{metric}', lang))}</p>"]
    if of != metric:
        said.append(f"<p>{escape(t('asked.stands_on', lang, metric=metric_name(of, lang)))}</p>")
    if row.expression:
        said.append(f"<p><code>{escape(of)} = {escape(row.expression)}</code></p>")
    said.append(f"<p>{escape(t('asked.how', lang))}</p>")
    for part in parts:
        bound = "\n".join(f"{key} = {value!r}" for key, value in sorted(part.parameters.items()))
        said += [f"<pre style='white-space:pre-wrap'>{escape(text)}</pre>" for text in (part.sql, bound)]
    return "".join(said)


def routes(app: FastAPI) -> None:
    """Make the app know it."""
    app.include_router(router)
