"""The viewer chooser: the link in the header, and the page behind it on which to become somebody else."""

from collections.abc import Iterable, Sequence
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
from dashboard.session.people import COMPANY, name_of, offered, viewer
from dashboard.view_state import ViewState
from dashboard.words import role_name
from warehouse.viewer import Viewer

router = APIRouter(include_in_schema=False)
Person = dict[str, Any]
MOST_OF_A_ROLE, MOST_FOUND = 12, 50


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
async def page(back: str = "/", lang: str = "zh", q: str = "") -> HTMLResponse:
    """The people one may look as, by role: of those who lead nothing a few, and whoever fits `q`."""
    tongue: Lang = next((one for one in LANGS if one == lang), LANGS[0])
    now = (await viewer()).person_id
    people = (await offered()).to_dicts()
    groups = await _fitting(q, people, tongue) if q.strip() else _by_role(people, tongue)
    sections = "".join(
        f"<h2>{escape(title)}</h2><form method=post action=/session/viewer>"
        f'<input type=hidden name=back value="{escape(own_path(back))}">{_buttons(some, now, tongue)}</form>'
        for title, some in groups.items()
    )
    head = f"<h1>{t('session.choose', tongue)}</h1><p>{t('session.no_sign_in', tongue)}</p>"
    inside = head + _search(q, back, tongue) + sections
    return HTMLResponse(small_page(inside, tongue), headers={"cache-control": "no-store"})


def _by_role(people: Sequence[Person], lang: Lang) -> dict[str, Sequence[Person]]:
    """All who lead something, and of the others the first of each role."""
    groups: dict[str, Sequence[Person]] = {}
    for role in dict.fromkeys(person["role"] for person in people):
        some = [person for person in people if person["role"] == role]
        others = sum(not person["leads"] for person in some)
        name, shown = role_name(role, lang), some[: len(some) - others + min(others, MOST_OF_A_ROLE)]
        more = len(some) > len(shown)
        groups[t("session.some_of", lang, role=name, count=f"{len(some):,}") if more else name] = shown
    return groups


async def _fitting(typed: str, people: Sequence[Person], lang: Lang) -> dict[str, Sequence[Person]]:
    """Who is called so: by name, by sound, by the beginning of either, or by id."""
    from dashboard.lookup.held import index  # which asks who looks

    known = {person["person_id"]: person for person in people}
    found = (await index()).find(COMPANY, typed, len(people), kinds=("person",))
    some = [known[one.id] for one in found if one.id in known]
    return {t("session.found" if some else "session.not_found", lang, what=typed): some[:MOST_FOUND]}


def _search(typed: str, back: str, lang: Lang) -> str:
    kept = "".join(
        f'<input type=hidden name={name} value="{escape(value)}">'
        for name, value in (("back", own_path(back)), ("lang", lang))
    )
    label = escape(t("session.search", lang))
    field = f'<input type=search name=q value="{escape(typed)}" aria-label="{label}" placeholder="{label}">'
    return (
        f"<form method=get action=/session role=search>{kept}{field}<button>{t('session.find', lang)}</button></form>"
    )


def _buttons(people: Iterable[Person], now: str, lang: Lang) -> str:
    name, unit = ("name", "unit_name") if lang == "zh" else ("name_en", "unit_name_en")
    return "".join(
        f'<button name=person_id value="{escape(person["person_id"])}"'
        f"{' aria-current=true' if person['person_id'] == now else ''}>"
        f"{escape(person[name])}<small>{escape(person[unit])}"
        f"{' · ' + t('session.is_named', lang) if person['is_named'] else ''}</small></button>"
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
