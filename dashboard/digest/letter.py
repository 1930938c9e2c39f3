"""One person's digest: the sentence, the key numbers, what is off, and the same as a workbook. Pure."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.components.finding_lines import last_look, none_off
from dashboard.export.files import as_xlsx
from dashboard.export.markup import words_in
from dashboard.export.page import Shown
from dashboard.export.stamp import Stamp
from dashboard.locales import Lang, t
from dashboard.table import Table
from dashboard.theme import TOKENS
from dashboard.words import metric_name
from warehouse.life import ENDS, RESTS
from warehouse.metrics import METRICS

MOST_FINDINGS = 5
_INK = TOKENS["light"]
_CELL = {"padding": "6px 12px 6px 0", "borderTop": f"1px solid {_INK['line']}", "textAlign": "right"}
_FIRST = _CELL | {"textAlign": "left"}


def sentence(shown: Shown) -> str:
    """The board's one sentence, as it stands on the screen."""
    return "".join(words_in(shown.drawn.get(f"headline--{part}", {}).get(plain.HTML, "")) for part in ("text", "end"))


def numbers(shown: Shown, lang: Lang) -> list[tuple[str, str, str]]:
    """(name, value, pace) of each of the numbers on top, in short."""
    tiles = next((table for table in shown.tables if table.id == "tiles"), None)
    return [_number(row, lang) for row in tiles.rows] if isinstance(tiles, Table) else []


def _number(row: Sequence[Any], lang: Lang) -> tuple[str, str, str]:
    name, actual, _, _, pace, *_ = row
    is_share = actual is not None and 0 <= abs(actual) <= 1
    said = amounts.share(actual, lang) if is_share else amounts.short(actual, lang)
    return str(name), said, amounts.pace(pace)


def off(shown: Shown, lang: Lang) -> list[tuple[str, str, str]]:
    """(gap, where, who) of the largest findings, those apart that are no problem."""
    found = next((table.rows for table in shown.tables if table.id == "findings"), ())
    metrics = {metric_name(one, lang) for one in METRICS}
    quiet = {t(f"life.state_{one}", lang) for one in ("not_a_problem", *RESTS, *ENDS)}
    rows = []
    for what, unit, product, rep, gap, *_, who, _, standing in found:
        if standing not in quiet:
            where = " × ".join(str(one) for one in (unit, product, rep) if one)
            short = amounts.short(float(gap or 0), lang, sign=True)
            about = where or t("findings.company", lang)
            rows.append((short, about if what in metrics else f"{what} · {about}", str(who)))
    return rows[:MOST_FINDINGS]


def letter(
    shown: Shown, stamp: Stamp, link: str, lang: Lang, *, looked_at: datetime | None, sender: str, to: str
) -> EmailMessage:
    """The mail, as text and as HTML, with the workbook beside it; `looked_at` is as of when all was last looked at."""
    said, figures, wrong = sentence(shown), numbers(shown, lang), off(shown, lang)
    message = EmailMessage()
    message["Subject"] = " ".join(f"oneboard · {said}".split())[:180]
    message["From"], message["To"] = sender, to
    found = [last_look(looked_at, lang)] if wrong else list(none_off(looked_at, lang)[:2])
    lines = [said, "", *(f"{name}  {value}  {pace}" for name, value, pace in figures), ""]
    lines += [t("findings.title", lang), *(" · ".join(row) for row in wrong), *found]
    lines += ["", link, "", *(f"{what}: {answer}" for what, answer in stamp)]
    message.set_content("\n".join(lines))
    body = plain.markup(_page(said, figures, wrong, found, stamp, link, lang))
    message.add_alternative(
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><body>{body}</body></html>', "html"
    )
    message.add_attachment(
        as_xlsx(shown.tables, stamp),
        maintype="application",
        subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        filename="oneboard.xlsx",
    )
    return message


def _page(
    said: str,
    figures: Sequence[tuple[str, str, str]],
    wrong: Sequence[tuple[str, str, str]],
    found: Sequence[str],
    stamp: Stamp,
    link: str,
    lang: Lang,
) -> Component:
    font = {"fontFamily": "system-ui, 'Noto Sans SC', sans-serif", "color": _INK["ink"], "maxWidth": "640px"}
    faint = {"color": _INK["ink-2"], "fontSize": "12px"}
    heads = (t("board.metric", lang), t("board.actual", lang), t("board.pace", lang))
    return html.Div(
        [
            html.P(said, style={"fontSize": "18px"}),
            _table(heads, figures),
            html.H3(t("findings.title", lang), style={"fontSize": "15px"}),
            _table((), wrong),
            *(html.P(line, style=faint) for line in found),
            html.P(html.A(t("digest.open", lang), href=link, style={"color": _INK["accent"]})),
            html.P(" · ".join(answer for _, answer in stamp), style=faint),
        ],
        style=font,
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Component:
    def row(cells: Sequence[str], cell: Any) -> Component:
        return html.Tr([cell(one, style=_CELL if number else _FIRST) for number, one in enumerate(cells)])

    top = [row(heads, html.Th)] if heads else []
    return html.Table([*top, *(row(one, html.Td) for one in rows)], style={"borderCollapse": "collapse"})
