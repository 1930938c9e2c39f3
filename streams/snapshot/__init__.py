"""Much history at once: Parquet files beside the log, read into the warehouse by the same rules and never twice."""
