"""Live push: one reader a process, one picture a view, at most one pending state a screen."""

from dashboard.live.board import Board, Picture
from dashboard.live.hub import Hub, Positions
from dashboard.live.pushing import TICKET, first, layout, leave, picture, register, swept_at
from dashboard.live.screen import Wire
from dashboard.live.updates import Position, Update

__all__ = [
    "TICKET",
    "Board",
    "Hub",
    "Picture",
    "Position",
    "Positions",
    "Update",
    "Wire",
    "first",
    "layout",
    "leave",
    "picture",
    "register",
    "swept_at",
]
