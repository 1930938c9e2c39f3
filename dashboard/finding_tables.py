"""What is off, as a table to take along."""

from dashboard.board_state import BoardState
from dashboard.components.finding_parts import label
from dashboard.components.findings import Findings, listed
from dashboard.locales import t
from dashboard.table import Column, Table
from dashboard.view_state import ViewState
from dashboard.words import clock, metric_name, role_name
from ingest.settings import company
from warehouse.metrics import METRICS


def tables(board: BoardState, state: ViewState) -> list[Table]:
    """One row a finding of those the panel lists, the largest gap first; nothing where they could not be asked."""
    found, lang = board.parts.get("findings"), state.lang
    if not isinstance(found, Findings):
        return []
    number = 1 if lang == "en" else 0

    def name(id: str | None) -> str:
        return found.names[id][number] if id in found.names else id or ""

    columns = (
        Column(t("board.metric", lang)),
        *(Column(t(f"board.{key}", lang)) for key in ("unit", "product", "rep")),
        *(Column(t(f"findings.{key}", lang), "money") for key in ("gap", "actual", "expected", "target")),
        Column(t("findings.who", lang)),
        Column(t("export.since", lang)),
        Column(t("export.standing", lang)),
    )
    rows = []
    for card in sorted(listed(found, state), key=lambda card: (card.finding.gap, card.finding.finding_id)):
        finding = card.finding
        cut, role = finding.slice, finding.responsible_role
        who = " ".join(filter(None, (name(finding.responsible_id), role_name(role, lang) if role else "")))
        rows.append(
            (
                label(finding, lang)
                or (metric_name(finding.metric, lang) if finding.metric in METRICS else finding.metric),
                *(name(id) for id in (cut.unit_id, cut.product_id, cut.person_id)),
                float(finding.gap),
                float(finding.actual),
                float(finding.expected),
                None if finding.target is None else float(finding.target),
                who or t("findings.nobody", lang),
                clock(finding.since, company().zone, lang),
                t(f"life.state_{card.treatment.status}", lang),
            )
        )
    return [Table("findings", t("findings.title", lang), columns, tuple(rows))]
