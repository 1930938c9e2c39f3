"""The viewer chooser: the link in the header, and the page behind it on which to become somebody else."""

from collections.abc import Iterable
from html import escape
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from dash import html
from dash.development.base_component import Component
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from dashboard.components.small_page import small_page
from dashboard.locales import LANGS, Lang, t
from dashboard.session import cookies
from dashboard.session.people import name_of, offered, viewer
from dashboard.view_state import ViewState
from dashboard.words import role_name
from warehouse.viewer import Viewer

router = APIRouter(include_in_schema=False)


def chooser(viewer: Viewer, state: ViewState) -> Component:
    """Who the board is shown for, leading to the page on which to choose somebody else."""
    lang = state.lang
    role = html.Span(role_name(viewer.role, lang), className="viewer-role")
    return html.A(
        [html.Span(name_of(viewer, lang), className="viewer-name"), " ", role, " ▾"],
        href=f"/session?lang={lang}&back={quote('/' + state.to_query().removesuffix('?'), safe='')}",
        id="viewer--chooser",
        title=t("session.choose", lang),
    )


@router.get("/session")
async def page(back: str = "/", lang: str = "zh") -> HTMLResponse:
    """The people one may look as, by role."""
    tongue: Lang = next((one for one in LANGS if one == lang), LANGS[0])
    now = (await viewer()).person_id
    people = (await offered()).to_dicts()
    roles = list(dict.fromkeys(person["role"] for person in people))
    sections = "".join(
        f"<h2>{escape(role_name(role, tongue))}</h2><form method=post action=/session/viewer>"
        f'<input type=hidden name=back value="{escape(own_path(back))}">'
        f"{_buttons((person for person in people if person['role'] == role), now, tongue)}</form>"
        for role in roles
    )
    head = f"<h1>{t('session.choose', tongue)}</h1><p>{t('session.no_sign_in', tongue)}</p>"
    return HTMLResponse(small_page(head + sections, tongue), headers={"cache-control": "no-store"})


def _buttons(people: Iterable[dict[str, Any]], now: str, lang: Lang) -> str:
    name = "name" if lang == "zh" else "name_en"
    return "".join(
        f'<button name=person_id value="{escape(person["person_id"])}"'
        f"{' aria-current=true' if person['person_id'] == now else ''}>"
        f"{escape(person[name])}<small>{escape(person['unit_name'])}</small></button>"
        for person in people
    )


@router.post("/session/viewer")
async def choose(request: Request) -> Response:
    """Look as somebody else from now on: form fields `person_id` and `back`. Only the board's own pages may ask."""
    if not from_here(request):
        return PlainTextResponse("this must be asked from the board's own page", status_code=403)
    fields = dict(parse_qsl((await request.body()).decode(errors="replace")))
    if not fields.get("person_id"):
        return PlainTextResponse("person_id is missing", status_code=422)
    response = RedirectResponse(own_path(fields.get("back", "/")), status_code=303)
    cookies.set_cookie(response.headers, fields["person_id"])
    return response


def own_path(back: str) -> str:
    """Where to go back to: a path of this site, else its root."""
    parts = urlsplit(back)
    is_path = back.startswith("/") and not parts.scheme and not parts.netloc and "\\" not in back
    return back if is_path and back.isprintable() else "/"


def from_here(request: Request) -> bool:
    """Whether a page of this site asks, as browsers say it."""
    origin = request.headers.get("origin")
    return bool(origin) and urlsplit(origin or "").netloc == request.headers.get("host")


def routes(app: FastAPI) -> None:
    """Put the session around the app: the middleware that reads the cookie, and the chooser's pages."""
    app.add_middleware(cookies.Sessions)
    app.include_router(router)
