"""Buttons that do something at once or ask first, and the forms they ask with, drawn by the server (`assets/form.js`).

A form's fields go to its `action` as JSON, with the page's query as `search`. The answer is text to say; with 409 it is
what went wrong, said in the form, which keeps what was typed.
"""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashboard.components.links import aria, data


def does(text: str, path: str, **fields: str) -> Component:
    """A button that posts `fields` to `path`."""
    return html.Button(text, className="button", **posting(path, **fields))


def posting(path: str, **fields: str) -> dict[str, Any]:
    """The props of whatever posts when it is clicked."""
    return data(post=path, fields=json.dumps(fields))


def asks_first(text: str, form: str, path: str, **fields: str) -> Component:
    """A button that asks before it posts `fields` to `path`: what the form found at `form` holds is posted instead; an
    empty form asks nothing."""
    return html.Button(text, className="button", **data(form=f"{form}?{urlencode(fields)}"), **posting(path, **fields))


def asks(text: str, path: str, label: str | None = None, **query: str) -> Component:
    """A button that opens the form found at `path`; `label` says what it is where `text` is a mere sign."""
    more: dict[str, Any] = {"title": label, **aria(label=label)} if label else {}
    return html.Button(text, className="button", **data(form=f"{path}?{urlencode(query)}"), **more)


def form(
    title: str, action: str, fields: Iterable[str], send: str, cancel: str, hidden: Mapping[str, str], skip: str = ""
) -> str:
    """A dialog's inside as HTML: `fields` as the functions below make them, `hidden` goes with what is sent; with words
    for it a button that sends `skip` beside, whatever was filled in."""
    kept = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(one)}">' for name, one in hidden.items())
    passing = f'<button class="button" name="skip" value="yes">{escape(skip)}</button>' if skip else ""
    return (
        f'<form action="{escape(action)}"><h2>{escape(title)}</h2>{kept}{"".join(fields)}'
        f'<p class="form-fault state-behind" role="alert"></p><div class="form-buttons">'
        f'<button type="button" class="button">{escape(cancel)}</button>'
        f'<button class="button button-first">{escape(send)}</button>{passing}</div></form>'
    )


def line(name: str, label: str, *, kind: str = "text", required: bool = True, most: int = 200, value: str = "") -> str:
    """A line of text that says `value` at first, or a day with `kind` "date"."""
    said = f' value="{escape(value)}"' if value else ""
    return _labelled(label, f'<input name="{name}" type="{kind}" maxlength="{most}"{said}{" required" * required}>')


def lines(name: str, label: str, hint: str, most: int, *, required: bool = True) -> str:
    """Some lines of text, which somebody has to write."""
    about = f'rows="3" maxlength="{most}" placeholder="{escape(hint)}"{" required" * required}'
    return _labelled(label, f'<textarea name="{name}" {about}></textarea>')


def one_of(name: str, label: str, options: Iterable[tuple[str, str]]) -> str:
    """One of a few: (value, words)."""
    inside = "".join(f'<option value="{escape(value)}">{escape(words)}</option>' for value, words in options)
    return _labelled(label, f'<select name="{name}">{inside}</select>')


def one_of_many(name: str, label: str, options: Iterable[str], *, required: bool, value: str = "") -> str:
    """One of many, found by typing a part of it; `value` at first."""
    inside = "".join(f'<option value="{escape(one)}"></option>' for one in options)
    said = f' value="{escape(value)}"' if value else ""
    field = f'<input name="{name}" list="form--{name}" autocomplete="off"{said}{" required" * required}>'
    return _labelled(label, f'{field}<datalist id="form--{name}">{inside}</datalist>')


def _labelled(label: str, field: str) -> str:
    return f"<label>{escape(label)}{field}</label>"
