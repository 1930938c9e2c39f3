"""Tables as CSV and as XLSX. A text that a spreadsheet would take for a formula is text there too."""

import csv
import io
from collections.abc import Sequence

import xlsxwriter

from dashboard.export.stamp import Stamp
from dashboard.table import Kind, Table, Value

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORMATS: dict[Kind, str] = {"text": "General", "money": "#,##0.00", "ratio": "0.0%", "pace": "0.00"}
_SHEET_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
HEADINGS_AT = 2
"""The row of the headings on a sheet, counted from zero: above it are the title and one line of the stamp."""


def harmless(value: Value) -> Value:
    """A text that begins like a formula with an apostrophe before it (OWASP, CSV injection); all else as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _said(value: Value, kind: Kind) -> Value:
    """An amount to the cent, as on the screen; nothing as nothing."""
    if value is None:
        return ""
    return f"{value:.2f}" if kind == "money" and isinstance(value, int | float) else harmless(value)


def as_csv(tables: Sequence[Table], stamp: Stamp) -> bytes:
    """The stamp, then table after table with its title, an empty line between; UTF-8 with the mark Excel looks for."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    for what, answer in stamp:
        write([harmless(what), harmless(answer)])
    for table in tables:
        write([])
        if len(tables) > 1:
            write([harmless(table.title)])
        write([harmless(column.name) for column in table.columns])
        for row in table.rows:
            write([_said(value, column.kind) for value, column in zip(row, table.columns, strict=True)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(tables: Sequence[Table], stamp: Stamp) -> bytes:
    """A sheet a table, numbers as numbers, and the stamp on a sheet of its own and in a line on each."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": " ".join(stamp[0]), "comments": "\n".join(map(": ".join, stamp))})
        bold = book.add_format({"bold": True, "font_size": 14})
        faint = book.add_format({"font_color": "#525c68", "font_size": 9})
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": how}) for kind, how in _FORMATS.items()}
        line = " · ".join(answer for _, answer in stamp)
        names: set[str] = set()
        for table in tables:
            sheet = book.add_worksheet(_sheet_name(table.title, names))
            sheet.write_string(0, 0, table.title, bold)
            sheet.write_string(1, 0, line, faint)
            for at, column in enumerate(table.columns):
                sheet.write_string(HEADINGS_AT, at, column.name, heading)
                sheet.set_column(at, at, 24 if at == 0 else 16)
                for number, row in enumerate(table.rows, HEADINGS_AT + 1):
                    value = row[at]
                    if isinstance(value, str):
                        sheet.write_string(number, at, value)
                    elif value is not None:
                        sheet.write_number(number, at, value, formats[column.kind])
            sheet.freeze_panes(HEADINGS_AT + 1, 1)
            sheet.autofilter(HEADINGS_AT, 0, HEADINGS_AT + len(table.rows), max(0, len(table.columns) - 1))
        about = book.add_worksheet(_sheet_name(stamp[0][0], names))
        about.set_column(0, 0, 20)
        about.set_column(1, 1, 100)
        for number, (what, answer) in enumerate(stamp):
            about.write_string(number, 0, what, faint)
            about.write_string(number, 1, answer)
    return out.getvalue()


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel allows, and no other sheet has."""
    wanted = title.translate(_FORBIDDEN).strip()[:_SHEET_NAME] or "-"
    name, number = wanted, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wanted[: _SHEET_NAME - 3]} {number}"
    taken.add(name.casefold())
    return name
