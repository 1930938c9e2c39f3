"""Files of every format become rows that know their line; what is no row is told and never stops the rest."""

import gzip
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl
import pytest

from ingest.connectors.table import LINE, ROW, ReadOptions, UnreadableFile, connectors, format_of
from ingest.importer.outlets import Kept
from ingest.importer.report import ImportReport
from ingest.importer.run import run_import

MAPPING = """\
[source]
name = "shop"
timezone = "Asia/Shanghai"
[[files]]
name = "lines"
path = "{path}"
{options}
[[emit]]
topic = "orders"
from = "lines"
[emit.fields]
order_id = "Order"
line_id = "row()"
occurred_at = "Date"
amount = "Amount"
rep_id = "Rep"
"""


def imported(tmp_path: Path, path: str, options: str = "") -> tuple[ImportReport, list[dict[str, str]]]:
    mapping = tmp_path / "shop.toml"
    mapping.write_text(MAPPING.format(path=path, options=options), encoding="utf-8")
    kept = Kept()
    report = run_import(mapping, tmp_path, outlet=kept)
    return report, [json.loads(event.value) for _, event in kept.events]


def left_out(report: ImportReport) -> list[tuple[str, int, str | None, str]]:
    rows = [row for examples in report.left_out.examples.values() for row in examples]
    return [(row.file, row.line, row.field, row.message) for row in rows]


ROWS = [("A-1", "2026-11-02", "12.50", "李伟"), ("A-2", "2026-11-03", "-3.001", "陈芳")]
TEXT = "Order,Date,Amount,Rep\n" + "".join(",".join(row) + "\n" for row in ROWS)


def write_workbook(path: Path, rows: list[list[object]]) -> None:
    """The smallest workbook Excel would open: one sheet of inline texts, numbers and one date style."""

    def cell(value: object) -> str:
        if value is None:
            return "<c/>"
        if isinstance(value, datetime):
            days = (value - datetime(1899, 12, 30)).total_seconds() / 86_400  # noqa: DTZ001, Excel knows no zones
            return f'<c s="1"><v>{days}</v></c>'
        if isinstance(value, int | float):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'

    sheet = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        '"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Sheet1" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/styles" '
        'Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" '
        'applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as book:
        for name, text in parts.items():
            book.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)


def write(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".csv"):
        path.write_text(TEXT, encoding="utf-8")
    elif name.endswith(".csv.gz"):
        path.write_bytes(gzip.compress(("\ufeff" + TEXT).encode()))
    elif name.endswith(".parquet"):
        pl.DataFrame(
            {
                "Order": [row[0] for row in ROWS],
                "Date": [date.fromisoformat(row[1]) for row in ROWS],
                "Amount": pl.Series([Decimal(row[2]) for row in ROWS], dtype=pl.Decimal(18, 4)),
                "Rep": [row[3] for row in ROWS],
            }
        ).write_parquet(path)
    elif name.endswith(".xlsx"):
        cells = [[o, datetime.fromisoformat(d), float(a), r] for o, d, a, r in ROWS]
        write_workbook(path, [["Order", "Date", "Amount", "Rep"], *cells])
    else:
        objects = [dict(zip(("Order", "Date", "Amount", "Rep"), row, strict=True)) for row in ROWS]
        lines = [json.dumps(row, ensure_ascii=False).replace(f'"{row["Amount"]}"', row["Amount"]) for row in objects]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz", "orders.parquet", "orders.xlsx", "orders.jsonl"])
def test_every_format_gives_the_same_events(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    report, events = imported(tmp_path, name)
    assert report.left_out.total == 0
    assert [(e["order_id"], e["line_id"], e["occurred_at"], e["amount"], e["rep_id"]) for e in events] == [
        ("A-1", "1", "2026-11-01T16:00:00Z", "12.5", "李伟"),
        ("A-2", "2", "2026-11-02T16:00:00Z", "-3.001", "陈芳"),
    ]


def test_every_reader_is_found_by_its_module() -> None:
    assert set(connectors()) == {"csv", "parquet", "xlsx", "jsonl"}
    assert format_of(Path("A.CSV.GZ")) == "csv"
    with pytest.raises(UnreadableFile, match=r"say format = … .*csv"):
        format_of(Path("a.dat"))


def test_lines_are_those_of_the_file_even_over_texts_of_several_lines(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        'Order,Date,Amount,Rep\nA-1,2026-11-02,1,"two\nlines"\n\nA-2,2026-11-02,x,Li\nA-3,2026-11-02,1\n'
        'A-4,2026-11-02,1,Li,more\nA-5,2026-11-02,1,Li\nA-6,2026-11-02,1,"never closed\n',
        encoding="utf-8",
    )
    report, events = imported(tmp_path, "orders.csv")
    assert [(event["order_id"], event["line_id"]) for event in events] == [("A-1", "1"), ("A-5", "5")]
    assert sorted((line, field or "", message) for _, line, field, message in left_out(report)) == [
        (5, "amount", "'x' is not a number"),
        (6, "", "has 3 values where the header has 4 columns"),
        (7, "", "has 5 values where the header has 4 columns"),
        (9, "", "cannot be read as a row: unexpected end of data"),
    ]


def test_an_encoding_is_named_and_a_wrong_one_costs_only_its_rows(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(TEXT.replace("李伟", "Li").encode("gb18030"))
    report, events = imported(tmp_path, "orders.csv")
    assert [event["order_id"] for event in events] == ["A-1"]
    assert left_out(report)[0][1:] == (
        3,
        None,
        "holds bytes that are not utf-8; say encoding = … of the file (gb18030, cp1252, latin-1)",
    )
    _, events = imported(tmp_path, "orders.csv", 'encoding = "gb18030"')
    assert [event["rep_id"] for event in events] == ["Li", "陈芳"]


def test_a_header_that_is_not_there_and_lines_before_it(tmp_path: Path) -> None:
    (tmp_path / "orders.txt").write_text("Report of\n2026\nA-1|2026-11-02|7|'Li|Wei'\n", encoding="utf-8")
    options = "skip_lines = 2\nseparator = '|'\nquote = \"'\"\ncolumns = ['Order', 'Date', 'Amount', 'Rep']"
    report, events = imported(tmp_path, "orders.txt", options)
    assert events[0]["rep_id"] == "Li|Wei"
    assert report.files[0].rows == 1
    frame, _ = connectors()["csv"].read(
        tmp_path / "orders.txt", ReadOptions(separator="|", quote="'", skip_lines=2, columns=("a", "b", "c", "d"))
    )
    assert frame.select(ROW, LINE).row(0) == (1, 3)


def test_several_files_make_one_table_and_their_duplicates_are_found(tmp_path: Path) -> None:
    (tmp_path / "orders-1.csv").write_text(TEXT, encoding="utf-8")
    (tmp_path / "orders-2.csv").write_text(TEXT.replace("A-1", "A-9"), encoding="utf-8")
    report, events = imported(tmp_path, "orders-*.csv")
    assert [event["order_id"] for event in events] == ["A-1", "A-2", "A-9", "A-2"]
    assert (report.files[0].duplicates, report.files[0].dropped) == (1, 0)
    report, events = imported(tmp_path, "orders-*.csv", "drop_duplicates = true")
    assert [event["order_id"] for event in events] == ["A-1", "A-2", "A-9"]
    assert (report.files[0].duplicates, report.files[0].dropped) == (1, 1)


def test_json_lines_that_are_none_are_told(tmp_path: Path) -> None:
    good = '{"Order": 7, "Date": "2026-11-02", "Amount": 12345678901234.5678, "Rep": null}'
    (tmp_path / "orders.jsonl").write_text(f"{good}\n[1]\n{{\n\n{good}\n", encoding="utf-8")
    report, events = imported(tmp_path, "orders.jsonl")
    assert [event["amount"] for event in events] == ["12345678901234.5678"] * 2
    assert [row[1] for row in left_out(report)] == [2, 3]
    assert "rep_id" not in events[0]


def test_what_is_no_workbook_and_no_parquet_is_said(tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.parquet"):
        (tmp_path / name).write_bytes(b"nothing of the kind")
        with pytest.raises(UnreadableFile, match="cannot be read as"):
            connectors()[format_of(Path(name))].read(tmp_path / name, ReadOptions())
