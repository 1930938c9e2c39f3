"""What became of dead letters, as the actions tell it: each is named by its position on the topic of dead letters."""

from warehouse.client import AsyncWarehouse

_SETTLED = "SELECT uniqExact(subject) FROM action_events WHERE startsWith(subject, 'dead-letter:')"


async def settled(warehouse: AsyncWarehouse) -> int:
    """How many dead letters somebody has dealt with: sent again, or put aside for good."""
    return int((await warehouse.rows(_SETTLED))[0][0])
