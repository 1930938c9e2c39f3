"""The command `oneboard verify`: the sums, then the sources' own totals, said at the keyboard and told to the board."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from deploy.errors import CannotRun
from deploy.settings import local
from deploy.verify.compare import CHECKED, STATED, Report
from deploy.verify.compare import verify as compare
from deploy.verify.log import ends
from deploy.verify.telling import Patient, tell
from ingest.calendar import business_day
from ingest.settings import company, kafka
from streams.snapshot.manifest import snapshots
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.reconciliation import DAYS, Verdict, reconciliation
from warehouse.viewer import Viewer


def once(out: Console, err: Console, *, is_patient: bool, is_told: bool) -> bool:
    """Verify, say what was found, tell the board; whether everything is right."""
    if is_patient:
        require_room(local().verify_most_events, local().data_dir / "snapshots")
    began = datetime.now(UTC)
    warehouse = Patient() if is_patient else Warehouse()
    with err.status("Verifying") as status:
        report = compare(warehouse, company(), kafka(), status.update, local().data_dir / "snapshots")
        verdicts = asyncio.run(_reconciled())
    warehouse.close()
    for mismatch in report.mismatches:
        out.print(str(mismatch), style="red", markup=False, highlight=False, soft_wrap=True)
    if is_told:
        tell(report, began)
    out.print(_said(report), highlight=False, soft_wrap=True)
    for one in verdicts:
        if not one.matches:
            out.print(off(one), style="red", markup=False, highlight=False, soft_wrap=True)
    if verdicts:
        matching = sum(one.matches for one in verdicts)
        out.print(f"{len(verdicts):,} totals of sources: {matching:,} match.", highlight=False)
    return report.is_right and all(one.matches for one in verdicts)


def require_room(most: int, kept: Path) -> None:
    """`CannotRun` when verifying what there is would take more time and memory than something beside the stack may."""
    settings = kafka()
    events = sum(end + 1 for topic in (*CHECKED, *STATED) for end in ends(settings, topic).values())
    events += sum(manifest.events for _, manifest in snapshots(kept))
    if events > most:
        raise CannotRun(
            f"There are {events:,} events in snapshots and on the log, over ONEBOARD_VERIFY_MOST_EVENTS ({most:,}):"
            " verify would take long beside the stack, so run `oneboard verify` by hand, or raise the setting."
        )


def _said(report: Report) -> str:
    behind = sum(report.lag.values())
    said = "nothing lost and nothing double" if report.is_right else f"{len(report.mismatches)} do not agree"
    return f"{sum(report.events.values()):,} events, {report.sums:,} sums: {said}; {behind:,} events still to come."


def off(one: Verdict) -> str:
    """What does not match of a source's total, in one line."""
    total = one.total
    parts = []
    if one.missing > 0:
        since = f" since {one.newest_at.astimezone(company().zone):%Y-%m-%d %H:%M}" if one.newest_at else ""
        parts.append(f"{one.missing:,} missing{since}")
    if one.missing < 0:
        parts.append(f"{-one.missing:,} too many")
    if one.amount_off:
        parts.append(f"amount off by {one.amount_off:+,.2f}")
    return f"{total.source}, {total.topic} of {total.day}: {', '.join(parts)}."


async def _reconciled() -> list[Verdict]:
    since = business_day(datetime.now(UTC), company().zone) - DAYS
    warehouse = AsyncWarehouse()
    try:
        return await reconciliation(warehouse, Viewer.system(), since)
    finally:
        await warehouse.close()
