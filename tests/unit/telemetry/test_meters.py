"""Meters are defined once, say when to worry, and are what the guide and the Grafana dashboard name."""

import json
import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from telemetry import meters
from telemetry.meters import DEFINED, Meter

ROOT = Path(__file__).parents[3]
GRAFANA = ROOT / "deploy" / "grafana"
ROOMS = ("ingest", "warehouse", "streams", "dashboard")
for room in ROOMS:
    import_module(f"{room}.meters")
SERIES = {series for meter in DEFINED.values() for series in meter.series}


@pytest.mark.parametrize("meter", DEFINED.values(), ids=DEFINED)
def test_every_meter_says_what_it_is_and_when_to_worry(meter: Meter) -> None:
    assert meter.name.startswith("oneboard_")
    assert meter.name.endswith(f"_{meter.unit}")
    assert meter.about.endswith(".")
    assert len(meter.worry) > 10


def test_a_second_meter_of_one_name_is_refused() -> None:
    taken = meters.DEFINED["oneboard_worker_lag_records"]
    with pytest.raises(ValueError, match="oneboard_worker_lag_records is defined twice"):
        meters.gauge("worker_lag", "records", taken.about, worry=taken.worry)


def test_everything_defined_is_told_in_the_format_that_prometheus_reads() -> None:
    families = {family.name: family for family in text_string_to_metric_families(generate_latest(REGISTRY).decode())}
    for meter in DEFINED.values():
        assert families[meter.name].type == meter.kind
        assert families[meter.name].documentation == meter.help


def expressions() -> list[str]:
    board = json.loads((GRAFANA / "oneboard.json").read_text())
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def test_the_grafana_dashboard_asks_only_for_metrics_that_exist() -> None:
    asked = {name for expression in expressions() for name in re.findall(r"\b(?:oneboard|process)_\w+", expression)}
    assert asked <= SERIES | {"process_resident_memory_bytes", "process_cpu_seconds_total"}


def test_the_grafana_dashboard_shows_every_meter() -> None:
    asked = " ".join(expressions())
    assert [meter.name for meter in DEFINED.values() if meter.name not in asked] == []


def test_the_grafana_dashboard_splits_only_by_labels_that_are_there() -> None:
    known = {label for meter in DEFINED.values() for label in meter.labels} | {"le", "job", "instance"}
    split = [by.split(",") for one in expressions() for by in re.findall(r"by \(([^)]*)\)", one)]
    assert {label.strip() for labels in split for label in labels} <= known


def test_prometheus_asks_the_parts_of_the_compose_file_at_the_port_they_open() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    config = yaml.safe_load((GRAFANA / "prometheus.yml").read_text())
    targets = {
        target: job["job_name"]
        for job in config["scrape_configs"]
        for static in job.get("static_configs", [])
        for target in static["targets"]
    }
    for target in targets:
        name, port = target.split(":")
        opened = services[name].get("environment", {}).get("ONEBOARD_METRICS_PORT", 9363)
        assert int(port) == opened
    (found,) = [discovered for job in config["scrape_configs"] for discovered in job.get("dns_sd_configs", [])]
    assert found["names"] == ["worker"]
    assert found["port"] == services["worker"]["environment"]["ONEBOARD_METRICS_PORT"]


def test_the_guide_has_every_meter_as_it_is_defined() -> None:
    guide = (ROOT / "docs" / "seeing-inside.md").read_text()
    missing = [row for row in map(_row, sorted(DEFINED.values(), key=lambda one: one.name)) if row not in guide]
    assert not missing, "these rows are missing in docs/seeing-inside.md:\n" + "\n".join(missing)


def _row(meter: Meter) -> str:
    labels = ", ".join(meter.labels)
    return f"| `{meter.name}{'_total' * (meter.kind == 'counter')}` | {labels} | {meter.about} | {meter.worry} |"
