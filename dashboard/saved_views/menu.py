"""The menu of saved views: mine, those others share, and the form that saves what is seen now."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components.links import aria, data
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from warehouse.queries.views import View
from warehouse.viewer import Viewer


def href_of(view: View, state: ViewState) -> str:
    """The address of a view in the reader's own language and light."""
    return view.path + ViewState.from_query(view.query).but(lang=state.lang, theme=state.theme).to_query()


def menu(found: Sequence[View], viewer: Viewer, names: dict[str, str], state: ViewState, said: str = "") -> str:
    """Its inside as HTML. `names` are those of the owners; `said` is what went wrong, in words."""
    lang = state.lang
    mine = [view for view in found if view.owner_id == viewer.person_id]
    others = [view for view in found if view.owner_id != viewer.person_id]
    parts: list[Component] = [html.H2(t("views.title", lang))]
    if said:
        parts.append(html.P(said, className="pop-note pop-wrong", role="alert"))
    parts += [_mine(view, state) for view in mine]
    if not mine:
        parts.append(html.P(t("views.none", lang), className="pop-note"))
    if others:
        parts.append(html.H3(t("views.shared", lang)))
        parts += [
            html.A(
                [html.Strong(view.name), html.Span(names.get(view.owner_id, view.owner_id), className="faint")],
                href=href_of(view, state),
                className="pop-item",
            )
            for view in others
        ]
    return plain.markup(parts) + _form(lang)


def _mine(view: View, state: ViewState) -> Component:
    lang = state.lang

    def button(do: str, sign: str, key: str) -> Component:
        text = t(key, lang, name=view.name)
        about = data(do=do, view=view.id, name=view.name, ask=t("views.new_name", lang))
        return html.Button(sign, title=text, className="pop-icon", **about, **aria(label=text))

    share = ("private", "◉", "views.unshare") if view.is_shared else ("share", "○", "views.share")
    return html.Div(
        [
            html.A(
                [html.Strong(view.name), html.Span(t("views.is_shared", lang) if view.is_shared else "")],
                href=href_of(view, state),
                className="pop-item",
            ),
            button(*share),
            button("rename", "✎", "views.rename"),
            button("forget", "×", "views.forget"),
        ],
        className="pop-row",
    )


def _form(lang: Lang) -> str:
    """What saves the picture that is seen; plain, for Dash knows no forms of HTML's own."""
    label, placeholder, save, share = (t(f"views.{key}", lang) for key in ("name", "placeholder", "save", "share_it"))
    return (
        f'<form class="pop-form" data-do="save"><label for="views--name">{label}</label><div class="pop-row">'
        f'<input id="views--name" name="name" required maxlength="80" autocomplete="off" placeholder="{placeholder}">'
        f'<button class="button button-first">{save}</button></div>'
        f'<label class="pop-check"><input type="checkbox" name="is_shared"> {share}</label></form>'
    )
