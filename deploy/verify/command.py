"""The command `oneboard verify`: the sums, then the sources' own totals, said at the keyboard and told to the board."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from deploy.settings import local
from deploy.verify.compare import Report, sum_up_snapshots
from deploy.verify.compare import verify as compare
from deploy.verify.telling import Patient, tell
from ingest.calendar import business_day
from ingest.settings import company, kafka
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.reconciliation import DAYS, Verdict, reconciliation
from warehouse.viewer import Viewer


def once(out: Console, err: Console, *, is_patient: bool, is_told: bool) -> bool:
    """Verify, say what was found, tell the board; whether everything is right."""
    began = datetime.now(UTC)
    warehouse = Patient() if is_patient else Warehouse()
    with err.status("Verifying") as status:
        report = compare(warehouse, company(), kafka(), status.update, *_folders())
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


def prepare(err: Console) -> None:
    """Sum up the snapshots that no round has summed up yet."""
    warehouse = Patient()
    with err.status("Summing up the snapshots") as status:
        sum_up_snapshots(warehouse, company(), status.update, *_folders())
    warehouse.close()


def _folders() -> tuple[Path, Path]:
    """Where snapshots lie, and what is kept of them."""
    return local().data_dir / "snapshots", local().data_dir / "verify"


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
