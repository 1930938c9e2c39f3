"""What the buttons of the page of rules do: try other numbers on the past, give up a trial, switch numbers on."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from dashboard import session
from dashboard.actions import publish
from dashboard.components.finding_queue import rule_name
from dashboard.components.form import form, line, lines, one_of
from dashboard.components.rules import ACT, FORM, number_name, plain_number
from dashboard.connection import warehouse
from dashboard.locales import Lang, t
from dashboard.reason import reason
from dashboard.view_state import ViewState
from ingest.errors import IngestError
from ingest.events import Action
from warehouse.errors import WarehouseError
from warehouse.queries.trials import trials
from warehouse.thresholds import THRESHOLDS, BadThreshold, checked, in_force, rule_words
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
MONTHS = (1, 3, 6)
What = Literal["try_rule", "set_rule", "cancel"]
_NUMBER = "number_"
"""What the names of the form's fields for numbers begin with."""


class Wanted(BaseModel):
    """What somebody wants of a rule on the page whose query is `search`; a number a field, as "number_enter"."""

    model_config = ConfigDict(extra="allow")

    what: What
    rule: Annotated[str, Field(max_length=100)] = ""
    trial: Annotated[str, Field(max_length=100)] = ""
    months: Annotated[int, Field(ge=1, le=12)] = 3
    why: Annotated[str, Field(max_length=500)] = ""
    search: Annotated[str, Field(max_length=4_000)] = ""

    @property
    def numbers(self) -> dict[str, Decimal]:
        """What was typed. Raises `BadThreshold`."""
        found: dict[str, Decimal] = {}
        for field, text in (self.model_extra or {}).items():
            if field.startswith(_NUMBER):
                name = field.removeprefix(_NUMBER)
                try:
                    found[name] = Decimal(str(text).strip())
                except InvalidOperation:
                    raise BadThreshold(f"{name}: {text!r} is no number") from None
                if not found[name].is_finite():
                    raise BadThreshold(f"{name}: {text!r} is no number")
        return found


def event(viewer: Viewer, wanted: Wanted, now: datetime) -> Action:
    """The event of it. Raises `BadThreshold` for numbers the rule cannot have, and for a reason that is not given."""
    more: dict[str, Any] = {}
    if wanted.what == "cancel":
        subject = f"trial:{wanted.trial}"
    else:
        more["thresholds"] = checked(wanted.rule, wanted.numbers)
        subject = f"rule:{wanted.rule}"
    if wanted.what == "try_rule":
        subject, more = f"trial:{uuid4().hex[:16]}", {**more, "rule": wanted.rule, "months": wanted.months}
    if wanted.what == "set_rule":
        if not wanted.why.strip():
            raise BadThreshold("say why: the reason stays with the rule")
        more["note"] = wanted.why.strip()
    return Action(occurred_at=now, source="dashboard", subject=subject, who=viewer.person_id, what=wanted.what, **more)


@router.get(FORM)
async def asked(what: What, rule: str, trial: str = "", search: str = "") -> Response:
    """The form with the rule's numbers as they are, or as they were tried."""
    lang = ViewState.from_query(search).lang
    if rule not in THRESHOLDS:
        return PlainTextResponse(t("rules.unknown", lang, rule=rule), status_code=404)
    try:
        now: Mapping[str, Decimal] = in_force(await rule_words(warehouse()))[rule]
        if trial:
            now = next((one.numbers for one in await trials(warehouse()) if one.id == trial), now)
    except WarehouseError as error:
        return PlainTextResponse(t("rules.not_sent", lang, error=reason(error, lang)), status_code=409)
    return HTMLResponse(_form(what, rule, now, lang))


def _form(what: What, rule: str, now: Mapping[str, Decimal], lang: Lang) -> str:
    fields = [
        line(_NUMBER + one.name, number_name(one, lang), value=plain_number(now[one.name])) for one in THRESHOLDS[rule]
    ]
    if what == "try_rule":
        months = [(str(one), t("rules.months", lang, count=one)) for one in MONTHS]
        fields.append(one_of("months", t("rules.how_far", lang), [months[1], months[0], months[2]]))
    else:
        fields.append(lines("why", t("rules.why", lang), t("rules.why_hint", lang), 500))
    asked = f"{rule_name(rule, lang)} · {t(f'rules.ask_{what}', lang)}"
    words = asked, t(f"rules.do_{what}", lang), t("findings.cancel", lang)
    return form(words[0], ACT, fields, words[1], words[2], {"what": what, "rule": rule})


@router.post(ACT)
async def acted(wanted: Wanted, request: Request) -> Response:
    """Put it on the log; what went wrong is said (409). Only the board's own pages may ask, and only ops may act."""
    lang = ViewState.from_query(wanted.search).lang
    if not session.from_here(request):
        return PlainTextResponse("this must be asked from the board's own page", status_code=403)
    try:
        viewer = await session.viewer()
        if not viewer.is_ops:
            return PlainTextResponse(t("rules.only_ops", lang), status_code=409)
        await publish([event(viewer, wanted, datetime.now(UTC))])
    except BadThreshold as error:
        return PlainTextResponse(t("rules.refused", lang, error=error), status_code=409)
    except (IngestError, WarehouseError) as error:
        log.warning("%s of %s by %s was not published: %s", wanted.what, wanted.rule, session.person_id(), error)
        return PlainTextResponse(t("rules.not_sent", lang, error=reason(error, lang)), status_code=409)
    return PlainTextResponse(t(f"rules.said_{wanted.what}", lang))
