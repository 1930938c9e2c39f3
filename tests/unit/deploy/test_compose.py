"""The compose file against the Compose specification's own schema, and against what the parts really take."""

import subprocess
import sys
from pathlib import Path

import typer
import yaml

ROOT = Path(__file__).parents[3]
COMPOSE = ROOT / "docker-compose.yml"
SERVICES = yaml.safe_load(COMPOSE.read_text())["services"]


def test_the_compose_file_follows_the_compose_specification():
    argv = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_is_one_of_oneboard():
    from deploy.cli import app

    known = typer.main.get_command(app).commands.keys()
    asked = {service["command"][0] for service in SERVICES.values() if service.get("image") == "oneboard"}
    assert asked <= known


def test_everything_is_published_on_loopback_only():
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_every_mounted_file_and_build_file_is_there():
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    files = [name for name in mounted if name.startswith("./")] + [SERVICES["worker"]["build"]["dockerfile"]]
    assert all((ROOT / name).exists() for name in files), files


def test_passwords_come_from_outside():
    passwords = [
        value
        for service in SERVICES.values()
        for name, value in service.get("environment", {}).items()
        if name.endswith("PASSWORD")
    ]
    assert passwords
    assert all(value.startswith("${") for value in passwords)
