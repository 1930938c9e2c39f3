"""What is taken along: the same numbers as drawn, and nothing that a spreadsheet would run."""

import csv
import io

import fastexcel

from dashboard.components import grid
from dashboard.export.drawn import tables_of
from dashboard.export.files import HEADINGS_AT, as_csv, as_xlsx
from dashboard.table import Column, Table

STAMP = [("oneboard", "Board"), ("Link", "http://127.0.0.1/?unit=hz")]
EVIL = '=HYPERLINK("http://elsewhere")'
TABLE = Table("units", "Units: all", (Column("Unit"), Column("Actual", "money")), ((EVIL, -1234.56), ("杭州", None)))


def test_a_csv_is_stamped_and_runs_nothing() -> None:
    content = as_csv([TABLE], STAMP)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[:2] == [["oneboard", "Board"], ["Link", "http://127.0.0.1/?unit=hz"]]
    assert rows[3:] == [["Unit", "Actual"], ["'" + EVIL, "-1234.56"], ["杭州", ""]]


def test_a_workbook_keeps_numbers_as_numbers_and_formulas_as_text() -> None:
    book = fastexcel.read_excel(as_xlsx([TABLE, TABLE], STAMP))
    assert book.sheet_names == ["Units  all", "Units  all 2", "oneboard"]
    sheet = book.load_sheet(0, header_row=HEADINGS_AT).to_polars()
    assert sheet.rows() == [(EVIL, -1234.56), ("杭州", None)]


def test_what_was_drawn_as_a_grid_or_a_plain_table_is_a_table() -> None:
    columns = [grid.linked("label", "Unit"), grid.money("gap", "Gap"), grid.ratio("attainment", "Attainment")]
    row = {"id": "hz", "label": "杭州", "gap": 1.5, "attainment": 0.25}
    cells = "<tr><th>杭州</th><td><a>▼ 0.8</a></td></tr>"
    drawn = {
        "units--grid": {"columnDefs": columns, "rowData": [row]},
        "heat--body": {"data-html": f"<table><tr><th></th><th>VMS</th></tr>{cells}</table>"},
    }
    units, heat = tables_of(drawn)
    assert [column.kind for column in units.columns] == ["text", "money", "ratio"]
    assert units.rows == (("杭州", 1.5, 0.25),)
    assert heat.rows == (("杭州", "▼ 0.8"),)
    assert [table.id for table in tables_of(drawn, [TABLE])] == ["units", "heat"]
