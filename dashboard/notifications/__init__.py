"""Telling people: who is told of which finding, when and by which channel; escalation, and what was told already."""

from dashboard.notifications.running import run

__all__ = ["run"]
