"""The company's working days: the published calendar with what the organisation said of single days."""

from ingest.calendar import WorkingCalendar
from ingest.settings import company
from warehouse.answers import ORG, ask
from warehouse.client import AsyncWarehouse

_OVERRIDES = """
SELECT unit_id, day, toFloat64(weight) FROM calendar_days WHERE edition = (SELECT max(edition) FROM calendar_days)
"""


async def working_calendar(warehouse: AsyncWarehouse) -> WorkingCalendar:
    """The calendar with the newest edition of the company's and the units' own days."""
    rows = await ask(warehouse, _OVERRIDES, {}, ORG)
    return WorkingCalendar(company().holidays, {(unit, day): weight for unit, day, weight in rows.iter_rows()})
