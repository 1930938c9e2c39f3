"""Saved views, mine and shared: kept by an event, listed in a menu and in the search."""

from dashboard.saved_views.routes import routes

__all__ = ["routes"]
