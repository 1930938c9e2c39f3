"""What `verify` found last: whether the sums on the board are those of the log."""

from ingest.events import Verification
from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse

_LAST = "SELECT state FROM verifications WHERE state != '' ORDER BY changed_at DESC, offset DESC LIMIT 1"


async def last_verification(warehouse: AsyncWarehouse) -> Verification | None:
    """The newest verdict; None where verify never ran."""
    rows = await ask(warehouse, _LAST, {}, Reads("verifications"))
    return Verification.model_validate_json(rows["state"][0]) if len(rows) else None
