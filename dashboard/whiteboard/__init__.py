"""Whiteboards: everybody draws on one canvas, in front of live figures; what is drawn is on the log.

`address_of` is where a finding's whiteboard is, `address_at` that of a meeting; whoever opens one first makes it.
"""

from dashboard.whiteboard.addresses import address_at, address_of, board_of

__all__ = ["address_at", "address_of", "board_of"]
