"""`oneboard verify`: every aggregate recomputed from the log with polars, apart from the stream's code and the SQL."""

from deploy.verify.compare import Mismatch, Report, verify

__all__ = ["Mismatch", "Report", "verify"]
