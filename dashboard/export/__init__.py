"""Take it along: what a page shows, as a file for who asks, stamped with who, when, what of it, and the way back."""

from dashboard.export.routes import routes

__all__ = ["routes"]
