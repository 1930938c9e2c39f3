"""The README says what the code says."""

from pathlib import Path

from warehouse.metrics import METRICS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def metrics_table():
    rows = [
        f"| `{metric.id}` | {metric.name_en} {metric.name_zh} | {metric.kind} | {metric.description} |"
        for metric in METRICS.values()
    ]
    return "\n".join(["| id | name | kind | what it is |", "|---|---|---|---|", *rows])


def test_the_table_of_figures_is_that_of_the_registry():
    table = metrics_table()
    assert table in README, f"put this table into README.md:\n{table}"


def test_every_linked_file_is_there():
    links = [part.split(")")[0].split("#")[0] for part in README.split("](")[1:]]
    missing = [link for link in links if not link.startswith("http") and not (ROOT / link).exists()]
    assert not missing


def test_every_room_on_the_map_is_there():
    for line in README.split("```")[3].splitlines():
        if line:
            assert (ROOT / line.split("/")[0]).is_dir(), line
