"""Dead letters on the page for ops: how many of which kind, the newest of them, and one that is opened."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.links import aria, link
from dashboard.components.panel import head, nothing
from dashboard.letters import Inbox, Opened
from dashboard.locales import Lang, t, t_or
from dashboard.view_state import ViewState
from dashboard.words import advice, clock
from ingest.letters.box import Found, Sent, Settled
from ingest.letters.letter import Letter, by_reason, pretty, shown
from ingest.letters.replay import prepared
from ingest.settings import company

MOST = 100
"""Letters drawn at once; the count says how many there are."""


def reason_name(reason: str, lang: Lang) -> str:
    """A reason in words; itself where it is none of ours."""
    return t_or(f"ops.reason_{reason}", lang, reason or "–")


def listed(inbox: Inbox, state: ViewState) -> list[Component]:
    """The whole panel: its head, the counts as filters, the rows."""
    lang = state.lang
    chosen = [
        one
        for one in inbox.found
        if state.topic in (None, one.letter.topic) and state.reason in (None, one.letter.reason)
    ]
    waiting = sum(one.settled is None for one in chosen)
    tools = []
    if waiting:
        text = t("ops.replay_all", lang, count=f"{waiting:,}")
        tools.append(html.Button(text, id={"type": "letters--replay", "n": 0}, className="button"))
    total = len(chosen) + (inbox.older if len(chosen) == len(inbox.found) else 0)
    note = t("ops.newest_of", lang, shown=min(MOST, len(chosen)), all=f"{total:,}") if total > MOST else ""
    about = [(t("board.how", lang), t("ops.letters_about", lang))]
    title = head(t("ops.letters", lang), state, about=about, note=note, tools=tools)
    if chosen:
        rows: Component = html.Div([_row(one, state) for one in chosen[:MOST]], className="letters", role="list")
    else:
        key = "nothing_so" if inbox.found else "nothing"
        rows = nothing(t(f"ops.{key}", lang), t(f"ops.{key}_hint", lang), "●" if not inbox.found else "◌")
    return [html.Header(title, className="panel-head"), _counts(inbox, state), rows]


def _counts(inbox: Inbox, state: ViewState) -> Component:
    """One chip a topic and reason, with how many there are; a click lists only those."""
    if not inbox.found:
        return html.Div()
    lang = state.lang
    chips = [_chip(t("ops.all", lang), len(inbox.found), None, None, state)]
    for (topic, reason), count in by_reason(one.letter for one in inbox.found).items():
        chips.append(_chip(f"{topic} · {reason_name(reason, lang)}", count, topic or None, reason or None, state))
    return html.Div(chips, className="letter-counts")


def _chip(text: str, count: int, topic: str | None, reason: str | None, state: ViewState) -> Component:
    on = (state.topic, state.reason) == (topic, reason)
    return link(
        [text, html.Span(f"{count:,}", className="num")],
        state.but(topic=topic, reason=reason, letter=None),
        className="letter-chip letter-chip-on" if on else "letter-chip",
        **(aria(current="true") if on else {}),
    )


def _row(one: Found, state: ViewState) -> Component:
    letter, lang = one.letter, state.lang
    position = str(letter.position)
    is_open = state.letter == position
    cells = [
        html.Span(clock(letter.at, company().zone, lang), className="num letter-at"),
        html.Span(_origin(letter), className="letter-event num", title=_origin(letter)),
        html.Span(reason_name(letter.reason, lang), className="letter-reason"),
        html.Span(letter.message, className="letter-wrong faint", title=letter.message),
        html.Span(
            t("ops.attempt", lang, count=letter.attempt) if letter.attempt > 1 else "", className="letter-attempt faint"
        ),
        _state(one, lang),
    ]
    classes = f"letter letter-{one.settled.how if one.settled else 'waits'}" + (" letter-open" if is_open else "")
    return html.Div(link(cells, state.but(letter=position), className=classes), role="listitem")


def _origin(letter: Letter) -> str:
    return f"{letter.topic}:{letter.origin[0]}:{letter.origin[1]}" if letter.origin else letter.topic


def _state(one: Found, lang: Lang) -> Component:
    how = one.settled.how if one.settled else "waits"
    symbol = {"waits": "▼", "replayed": "◆", "dismissed": "●"}[how]
    ink = {"waits": "behind", "replayed": "treated", "dismissed": "band"}[how]
    title = f"{one.settled.who} · {clock(one.settled.at, company().zone, lang)}" if one.settled else None
    text = t(f"ops.{how}", lang)
    return html.Span([html.Span(symbol, className=f"state-{ink}"), " ", text], className="letter-state", title=title)


def opened(one: Opened | None, who: str, state: ViewState) -> list[Component]:
    """One letter: where it came from, what is wrong, what to do, its bytes, and the buttons while it waits; after a
    replay its bytes beside those that were sent, and what became of them.

    `who` is the name of whoever settled it.
    """
    lang, zone = state.lang, company().zone
    close = link(t("ops.close", lang), state.but(letter=None), className="quiet")
    if one is None:
        title = head(t("ops.letters", lang), state, tools=[close])
        return [html.Header(title, className="panel-head"), nothing(t("ops.gone", lang), t("ops.gone_hint", lang))]
    letter = one.letter
    key = t("ops.no_key", lang) if letter.key is None else letter.key.decode(errors="backslashreplace")
    aside = f"{clock(letter.at, zone, lang)} · {t('ops.attempt', lang, count=letter.attempt)}"
    state_said = t("ops.waits", lang)
    if one.settled:
        at = clock(one.settled.at, zone, lang)
        state_said = t("ops.by", lang, how=t(f"ops.{one.settled.how}", lang), who=who, at=at)
    rows = [
        ("event", _origin(letter)),
        ("key", key),
        ("put_aside", aside),
        ("state", state_said),
        *([("became", _became(one, one.sent, state))] if one.sent else []),
        ("wrong", letter.message or "–"),
        *([("todo", t(advice(letter.reason), lang))] if one.settled is None else []),
    ]
    facts = html.Dl(
        [html.Div([html.Dt(t(f"ops.{name}", lang)), html.Dd(text)]) for name, text in rows], className="letter-facts"
    )
    title = head(f"{reason_name(letter.reason, lang)} · {letter.position}", state, tools=[close])
    body = [facts, *(_mending(letter, lang) if one.settled is None else _settled(one, one.settled, lang))]
    return [html.Header(title, className="panel-head"), html.Div(body, className="letter-body")]


def _became(one: Opened, sent: Sent, state: ViewState) -> Component | str:
    lang = state.lang
    if sent.again is not None:
        again = link(str(sent.again), state.but(letter=str(sent.again)), className="link")
        return html.Span([t("ops.became_letter", lang, place=sent.place), " ", again])
    key = {None: "became_unknown", True: "became_stored", False: "became_waits"}[one.is_stored]
    return t(f"ops.{key}", lang, place=sent.place)


def _settled(one: Opened, settled: Settled, lang: Lang) -> list[Component]:
    """What was said of it, and its bytes: as they came and as they were sent where somebody mended them."""
    if settled.note != "edited":
        note = settled.note or (t("ops.as_it_was", lang) if settled.how == "replayed" else "")
        return [*([html.P(note, className="faint")] if note else []), _bytes(one.letter, lang)]
    if one.sent is None:
        return [html.P(t("ops.edited_gone", lang), className="faint"), _bytes(one.letter, lang)]
    return [_figure(t("ops.edited", lang), _compared(pretty(one.letter.value), pretty(one.sent.value)))]


def _compared(before: str, after: str) -> list[Component]:
    """Every line of both texts, those of one alone under − and +; a comma at a line's end makes no other line."""
    old, new = before.split("\n"), after.split("\n")
    compared = SequenceMatcher(a=[line.rstrip(",") for line in old], b=[line.rstrip(",") for line in new])
    lines: list[Component] = []
    for tag, begin, end, first, last in compared.get_opcodes():
        if tag == "equal":
            lines += [html.Span(f"  {line}\n") for line in new[first:last]]
        else:
            lines += [html.Del(f"− {line}\n") for line in old[begin:end]]
            lines += [html.Ins(f"+ {line}\n") for line in new[first:last]]
    return lines


def _bytes(letter: Letter, lang: Lang) -> Component:
    return _figure(t("ops.bytes", lang, size=f"{letter.size:,}"), pretty(letter.value, letter.size))


def _figure(label: str, text: Any) -> Component:
    return html.Figure([html.Figcaption(label, className="faint small"), html.Pre(text)], className="bytes")


def _mending(letter: Letter, lang: Lang) -> Sequence[Component]:
    """What the contract still refuses, the bytes to mend, and the two ways out."""
    position = str(letter.position)
    looked = prepared(letter)
    parts: list[Component] = []
    if looked.faults:
        faults = [f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in looked.faults]
        refused = [html.P(t("ops.still_refused", lang)), html.Ul([html.Li(fault) for fault in faults])]
        parts.append(html.Div(refused, className="letter-faults"))
    elif looked.said == "ready":
        parts.append(html.P(["● ", t("ops.would_pass", lang)], className="letter-passes"))
    text, is_all = shown(letter.value, letter.size)
    if is_all:
        parts.append(
            html.Label(
                [
                    t("ops.bytes", lang, size=f"{letter.size:,}"),
                    html.Span(t("ops.mend_hint", lang), className="faint small"),
                    dcc.Textarea(id={"type": "letter--mended", "position": position}, value=text),
                ],
                className="letter-mend",
            )
        )
    else:
        hint = html.P(t("ops.too_long_to_mend", lang, position=position), className="faint small")
        parts += [_bytes(letter, lang), hint]
    replay = html.Button(
        t("ops.replay", lang), id={"type": "letter--replay", "position": position}, className="button button-first"
    )
    why = html.Label(
        [
            html.Span(t("ops.why", lang), className="unseen"),
            dcc.Input(id={"type": "letter--why", "position": position}, placeholder=t("ops.why", lang)),
        ],
        className="letter-why",
    )
    dismiss = html.Button(
        t("ops.dismiss", lang), id={"type": "letter--dismiss", "position": position}, className="button"
    )
    return [*parts, html.Div([replay, why, dismiss], className="letter-buttons")]
