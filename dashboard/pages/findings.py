"""The findings alone, wide: the panel that stands beside every page, with the same words and buttons."""

from dashboard import finding_tables
from dashboard.pages import Page

PAGE = Page("/findings", "⚑", "board.findings", 1, lambda state: (), shows="findings", tables=finding_tables.tables)
