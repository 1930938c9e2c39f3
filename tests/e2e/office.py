"""The smallest company with a head office and an office, office hours in it, and a look at it as one of its people."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page

from tests.stack import Stack

_DATED = {"valid_from": "2026-01-01", "occurred_at": "2026-01-01T00:00:00Z", "source": "hr"}


def found_office(stack: Stack, *people: tuple[str, str, str]) -> None:
    """`hq`, led by ceo, with the office `hz`, led by han; and who is given, as (id, role, unit)."""
    stack.publish("org", [
        {"kind": "unit", "id": "hq", "tier": "company", "manager_id": "ceo", **_DATED},
        {"kind": "unit", "id": "hz", "tier": "office", "parent_id": "hq", "manager_id": "han", **_DATED},
        *({"kind": "person", "id": id, "name_en": id.title(), "role": role, "unit_id": unit, **_DATED}
          for id, role, unit in (("ceo", "general_manager", "hq"), ("han", "office_manager", "hz"), *people)),
    ])  # fmt: skip


def noon() -> str:
    """A zone in which it is about noon."""
    ahead = (12 - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}"


def working(unit: str, weight: int) -> list[Mapping[str, Any]]:
    """Yesterday, today and tomorrow as working days of a unit, or as days off."""
    days = [datetime.now(UTC).date() + timedelta(days=n) for n in (-1, 0, 1)]
    told = datetime.now(UTC).isoformat()
    return [
        {"occurred_at": told, "kind": "calendar", "id": unit, "valid_from": f"{day}", "weight": weight} for day in days
    ]


def look_as(stack: Stack, page: Page, name: str, path: str, more: str = "") -> None:
    """Choose somebody by name, the way people do, and look at a page in English."""
    page.set_default_timeout(60_000)
    page.goto(f"{stack.board_url}/session?lang=en&back={path}?lang=en")
    page.get_by_role("button", name=name).click()
    page.wait_for_url(f"**{path}?lang=en")
    if more:
        page.goto(f"{stack.board_url}{path}?lang=en&{more}")
