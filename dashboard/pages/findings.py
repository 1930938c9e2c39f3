"""The findings alone, wide: the panel that stands beside every page, with the same words and buttons."""

from dashboard.pages import Page

PAGE = Page("/findings", "⚑", "board.findings", 1, lambda state: (), shows="findings")
