"""Excel workbooks: numbers and dates come typed, a column of several types as text; the line is the sheet's row."""

from pathlib import Path

import polars as pl
from fastexcel import FastExcelError

from ingest.connectors.table import BadRow, ReadOptions, UnreadableFile, numbered

ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


def read(path: Path, options: ReadOptions) -> tuple[pl.DataFrame, list[BadRow]]:
    """Columns by their cells' types; an empty row counts but is left out."""
    try:
        frame = pl.read_excel(
            path,
            sheet_name=options.sheet,
            engine="calamine",
            has_header=options.columns is None,
            read_options={"header_row": None if options.columns else options.skip_lines},
            infer_schema_length=None,
            drop_empty_rows=False,
            drop_empty_cols=False,
        )
    except (FastExcelError, pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise UnreadableFile(f"{path.name}: cannot be read as a workbook: {str(error).splitlines()[0]}") from error
    if options.columns:
        frame.columns = list(options.columns)
    placed = numbered(frame, options.skip_lines + (1 if options.columns else 2))
    filled = placed.filter(~pl.all_horizontal(pl.col(frame.columns).is_null())) if frame.columns else placed
    return (filled.head(options.limit) if options.limit is not None else filled), []
