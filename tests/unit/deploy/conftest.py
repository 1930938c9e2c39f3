"""How a machine is set is what these tests say, not what the machine they run on says."""

import os

import pytest


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name == "CHROMIUM" or name.startswith("ONEBOARD_")]:
        monkeypatch.delenv(name)
