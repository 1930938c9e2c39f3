"""Parquet: columns come with their types; the line of a row is its number."""

from pathlib import Path

import polars as pl

from ingest.connectors.table import BadRow, ReadOptions, UnreadableFile, numbered

ENDINGS = (".parquet", ".pq")


def read(path: Path, options: ReadOptions) -> tuple[pl.DataFrame, list[BadRow]]:
    """Columns as the file has them."""
    try:
        frame = pl.read_parquet(path, n_rows=options.limit)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableFile(f"{path.name}: cannot be read as Parquet: {error}") from error
    return numbered(frame, 1), []
