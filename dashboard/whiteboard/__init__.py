"""Whiteboards: everybody draws on one canvas, in front of live figures; what is drawn is on the log.

`address_of` is where a finding's whiteboard is; it is made, with the evidence laid out, when it is first opened.
"""

from dashboard.whiteboard.addresses import address_of, board_of
from dashboard.whiteboard.routes import serve, serving

__all__ = ["address_of", "board_of", "serve", "serving"]
