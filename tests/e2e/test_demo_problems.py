"""The demo's promise: problems planted in the made-up company are on the panel with the right name, and no others.

The company lives up to a fixed afternoon and the worker sweeps as of a tick of that instant, so the answer is the same
on whatever day the test runs.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

import pytest
from playwright.sync_api import Page

from deploy.local.kafka import EmbeddedKafka
from ingest.events import Finding, Tick
from ingest.settings import CompanySettings
from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.sizes import SIZES
from streams.detection.rules import RULES
from tests.e2e.conftest import until
from tests.integration.detection.scorecard import Scorecard
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
SEED = 7
NOW = datetime(2026, 11, 19, 14, tzinfo=CompanySettings().zone)
SOON_SECONDS = 60
PLACE_AND_PERSON = """cards => cards.map(card =>
    ["place", "person"].map(one => card.querySelector(`.finding-line .finding-${one}`).innerText))"""


@pytest.fixture(scope="module")
def made_up() -> Company:
    return Company.make(SEED, SIZES["small"], NOW.date())


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory, made_up: Company) -> Iterator[Stack]:
    """Worker, warehouse and board with the company's history in them, swept once."""
    with Stack(kafka.bootstrap, tmp_path_factory.mktemp("demo")) as stack:
        stack.start("worker", "dashboard")
        events = sorted(history(made_up, NOW), key=lambda happening: happening[0])
        for topic, happenings in groupby(events, key=lambda happening: happening[0]):
            stack.publisher.publish(topic, [event for _, event in happenings])
        stack.settle()
        stack.publisher.publish("ticks", [Tick(occurred_at=NOW, source="test")])
        stack.until(lambda: sum(last + 1 for last in stack.ends("findings").values()) > 0, "the sweep finds something")
        stack.settle()
        yield stack


@pytest.fixture(scope="module")
def opened(stack: Stack) -> list[Finding]:
    """What the log says is open."""
    rows = stack.warehouse.rows("SELECT state FROM finding_events WHERE entity_id != '' ORDER BY offset")
    latest = {finding.finding_id: finding for finding in (Finding.model_validate_json(state) for (state,) in rows)}
    return [finding for finding in latest.values() if finding.state == "open"]


@pytest.fixture(scope="module")
def found(opened: list[Finding]) -> list[Finding]:
    """What of it is a shortfall, as the planted problems are."""
    return [finding for finding in opened if finding.rule in RULES]


def test_every_planted_problem_is_found_and_named_and_nothing_else_is(made_up: Company, found: list[Finding]) -> None:
    card = Scorecard.of(made_up, found)
    assert not card.missed, [plant.explanation for plant in card.missed]
    assert not card.misnamed, [(plant.explanation, card.found[plant.id].responsible_id) for plant in card.misnamed]
    assert not card.denied, [finding.slice.key for finding in card.denied]
    assert not card.others, [finding.slice.key for finding in card.others]


def test_the_panel_shows_each_problem_with_its_place_and_its_person(
    stack: Stack, page: Page, made_up: Company, opened: list[Finding]
) -> None:
    page.goto(f"{stack.board_url}/?lang=en")
    page.wait_for_function("document.getElementById('live--contact')?.dataset.beat > 0", timeout=120_000)
    day = {"day": NOW.date()}

    def name(dictionary: str, id: str) -> str:
        sql = f"SELECT dictGet('{dictionary}', 'name_en', {{id:String}}, {{day:Date}})"
        return str(stack.warehouse.rows(sql, {"id": id, **day})[0][0])

    def cards() -> list[list[str]]:
        shown: list[list[str]] = page.eval_on_selector_all("#findings--panel .finding", PLACE_AND_PERSON)
        return shown

    figures = [finding for finding in opened if not finding.behind_count]  # single deals are their office's to see to
    until(lambda: len(cards()) >= len(figures), SOON_SECONDS, lambda: f"the panel shows {cards()}")
    shown = cards()
    for plant in made_up.plants:
        if not plant.is_problem:
            continue
        assert plant.responsible_id is not None
        dictionaries = (("units", plant.slice.unit_id), ("products", plant.slice.product_id),
                        ("people", plant.slice.person_id))  # fmt: skip
        places = [name(dictionary, id) for dictionary, id in dictionaries if id]
        person = name("people", plant.responsible_id)
        assert any(all(one in place for one in places) and who == person for place, who in shown), (
            plant.explanation, shown,
        )  # fmt: skip
