"""The digest: what each person's board says, by mail, on working days at a fixed hour."""

from dashboard.digest.running import run

__all__ = ["run"]
