"""The menu "take along": what there is of this page, and plainly what is not and why."""

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.address import Address
from dashboard.components.links import data
from dashboard.export import browser
from dashboard.locales import t

_PICTURES = ("png", "pdf")


def menu(address: Address, name: str) -> str:
    """Its inside as HTML: a link a format; without a browser on the server, what to do instead."""
    lang, query = address.state.lang, address.state.to_query()

    def item(kind: str) -> Component:
        said = [html.Strong(t(f"export.{kind}", lang)), html.Span(t(f"export.{kind}_what", lang), className="faint")]
        return html.A(said, href=f"/export/{name}.{kind}{query}", className="pop-item")

    items: list[Component] = [html.H2(t("export.title", lang)), item("xlsx"), item("csv")]
    if browser.is_there():
        items += [item(kind) for kind in _PICTURES]
    said = [html.Strong(t("export.print", lang)), html.Span(t("export.print_what", lang), className="faint")]
    items.append(html.Button(said, className="pop-item", **data(do="print")))
    said = [html.Strong(t("export.copy", lang)), html.Span(t("export.copy_what", lang), className="faint")]
    copied = data(do="copy", done=t("export.copied", lang))
    items.append(html.Button(said, className="pop-item", **copied))
    if not browser.is_there():
        items.append(html.P(t("export.no_browser", lang), className="pop-note"))
    items.append(html.P(t("export.stamped", lang), className="pop-note"))
    return plain.markup(items)
