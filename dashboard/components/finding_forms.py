"""The forms of steps that need a word more: a reason, until when, or which finding."""

from collections.abc import Mapping, Sequence

from dashboard import amounts
from dashboard.components.form import form, lines, one_of
from dashboard.finding_steps import PAUSES, WORSE
from dashboard.locales import Lang, t
from dashboard.stake import is_gap, stake
from dashboard.words import called as name_called
from dashboard.words import metric_name
from warehouse.metrics import METRICS
from warehouse.queries.findings import FindingCard

ACT, FORM = "/findings/act", "/findings/form"
MOST_CHARACTERS = 2_000
ASKED = ("not_a_problem", "treat", "snooze", "merge")
"""Steps that ask before they are taken."""


def form_of(what: str, hidden: Mapping[str, str], into: Sequence[tuple[str, str]], lang: Lang) -> str:
    """The inside of the dialog; `into` are the findings one may be merged into, by id."""
    fields: list[str] = []
    if what in ("not_a_problem", "treat"):
        key = "reason" if what == "not_a_problem" else "treat"
        hint, example = t(f"findings.{key}_hint", lang), t(f"findings.{key}_placeholder", lang)
        fields = [lines("reason", hint, example, MOST_CHARACTERS)]
    elif what == "snooze":
        pauses = [(one, t(f"life.pause_{one}", lang)) for one in PAUSES]
        worse = [(one, t("life.worse_by", lang, share=amounts.share(float(one), lang, digits=0))) for one in WORSE]
        fields = [
            one_of("pause", t("life.until", lang), [*pauses, ("", t("life.no_time", lang))]),
            one_of("worse", t("life.or_when", lang), [("", t("life.never_worse", lang)), *worse]),
        ]
    elif what == "merge":
        fields = [one_of("into", t("life.into", lang), [one for one in into if one[0] != hidden["finding"]])]
    words = t(f"life.ask_{what}", lang), t("findings.send", lang), t("findings.cancel", lang)
    return form(words[0], ACT, fields, words[1], words[2], hidden)


def called(card: FindingCard, names: Mapping[str, tuple[str, str]], lang: Lang) -> str:
    """A finding in one line of a list; `names` are id → (Chinese, English) of units, products and people."""
    finding, of = card.finding, card.finding.slice
    metric = metric_name(finding.metric, lang) if finding.metric in METRICS else finding.metric
    known = ((of.unit_id, card.unit_name), (of.product_id, card.product_name), (of.person_id, card.person_name))
    place = " × ".join(name_called(id, *names.get(id, (name, "")), lang) for id, name in known if id)
    where = place or t("findings.company", lang)
    return f"{stake(finding, lang)} {metric} · {where}" if is_gap(finding) else f"{where}: {stake(finding, lang)}"
