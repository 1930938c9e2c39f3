"""`oneboard rebuild`: the warehouse anew from snapshots and log, beside the one in use, then in its place."""

from deploy.rebuild.command import Rebuilt, forget_old, rebuild

__all__ = ["Rebuilt", "forget_old", "rebuild"]
