"""Where a page is taken along: `/export/<page>.<format>?<state>`, for who the cookie says."""

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from dashboard import pages, session
from dashboard.address import Address
from dashboard.export import browser
from dashboard.export.files import as_csv, as_xlsx
from dashboard.export.menu import menu
from dashboard.export.page import shown
from dashboard.export.stamp import stamp_of
from dashboard.locales import t

router = APIRouter(include_in_schema=False)
_BOARD: Final = "board"
"""What the page at "/" is called in a file's name."""
_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "pdf": "application/pdf",
}


@router.get("/export/menu")
async def offered(request: Request, path: str = "/") -> HTMLResponse:
    """The menu "take along" of a page, in the words of its state; `path` beside it in the query."""
    address = Address.of(path, _state_query(request))
    return HTMLResponse(menu(address, _name_of(address.path)), headers={"cache-control": "no-store"})


@router.get("/export/{name:path}")
async def export(name: str, request: Request) -> Response:
    """The page as a file. 404 for a format or page there is not, 403 where the viewer may not look, 503 when away."""
    stem, _, kind = name.rpartition(".")
    path = "/" if stem == _BOARD else f"/{stem}"
    address = Address.of(path, request.url.query)
    lang, person = address.state.lang, session.person_id()
    if person is None:
        return PlainTextResponse(t("board.not_allowed", lang), status_code=403)
    if kind not in _TYPES or pages.page_of(path).path == "/" != path:
        return PlainTextResponse(t("export.no_such", lang, name=name), status_code=404)
    link = address.link(str(request.base_url))
    if kind in ("png", "pdf"):
        try:
            taken = await browser.take(link, "png" if kind == "png" else "pdf", person)
        except browser.NoPicture as error:
            return PlainTextResponse(t("export.no_picture", lang, error=error), status_code=503)
        return _file(taken, stem, kind, address)
    page = await shown(await session.viewer(), address)
    if page.board.is_unreachable:
        return PlainTextResponse(t("board.unreachable", lang), status_code=503)
    if not page.board.is_allowed:
        return PlainTextResponse(t("board.not_allowed", lang), status_code=403)
    if page.board.unknown:
        return PlainTextResponse(t("unknown.title", lang), status_code=404)
    stamp = stamp_of(page.board, address, t(pages.page_of(path).label, lang), link)
    return _file((as_csv if kind == "csv" else as_xlsx)(page.tables, stamp), stem, kind, address)


def _file(content: bytes, stem: str, kind: str, address: Address) -> Response:
    said = "-".join(filter(None, ("oneboard", stem.replace("/", "-"), address.state.unit, address.state.period)))
    name = f"{said}-{session.today():%Y%m%d}.{kind}"
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}", "cache-control": "no-store"}
    return Response(content, media_type=_TYPES[kind], headers=headers)


def _name_of(path: str) -> str:
    return _BOARD if pages.page_of(path).path == "/" else path.strip("/")


def _state_query(request: Request) -> str:
    """The query without what is not the state's."""
    return "&".join(part for part in request.url.query.split("&") if not part.startswith("path="))


def routes(app: FastAPI) -> None:
    """Make the app know them."""
    app.include_router(router)
