"""The findings alone, wide: the board's own panel, so that every word and button on it is the same."""

from dashboard.pages import Page
from dashboard.pages.board import layout

PAGE = Page("/findings", "⚑", "board.findings", 1, layout, shows="findings")
