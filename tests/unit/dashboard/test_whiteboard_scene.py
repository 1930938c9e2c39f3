"""What a board begins with, and the faces of its tiles."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from dashboard.locales import LANGS
from dashboard.theme import TOKENS
from dashboard.whiteboard import address_at, address_of, board_of, scene, templates
from dashboard.whiteboard.addresses import board_at
from dashboard.whiteboard.document import Document
from dashboard.whiteboard.face import Face, Row, svg
from dashboard.whiteboard.faces import KINDS
from dashboard.whiteboard.review import MAPS, TILE
from dashboard.whiteboard.settings import whiteboards
from dashboard.whiteboard.then import frozen_at

ONE = {"zh": "一", "en": "One"}
MEETINGS = {"decision", "kick_off", "analysis", "review", "strategy", "one_to_one"}


def test_every_meeting_of_the_trade_has_a_template() -> None:
    assert set(templates.found()) == MEETINGS


@pytest.mark.parametrize("name", sorted(MEETINGS))
def test_a_template_stands_on_a_board_without_fault_and_the_same_by_whoever_makes_it(name: str) -> None:
    made = []
    for _ in range(2):
        document = Document(whiteboards())
        templates.draw(document, templates.found()[name], ONE, "unit=hz")
        made.append(document.elements())
    assert made[0] == made[1]
    assert not [id for id, one in made[0].items() if MAPS["elements"](id, one, whiteboards())]
    texts = [one for one in made[0].values() if one["type"] == "text"]
    assert all({form["text"] for form in one["customData"]["said"].values()} >= {one["text"]} for one in texts)
    assert all(set(one["customData"]["said"]) == set(LANGS) for one in texts)
    tiles = [one["customData"]["tile"] for one in made[0].values() if one["type"] == "image"]
    assert all(TILE.fullmatch(tile) and tile.endswith("unit=hz") for tile in tiles)
    assert {tile.split("?")[0].removeprefix("/tile/") for tile in tiles} <= set(KINDS)


@pytest.mark.parametrize(("template", "beside"), [("analysis", 0), ("strategy", 2), ("", 2)])
def test_what_a_meeting_wants_to_see_is_on_its_board_once_whatever_its_template(template: str, beside: int) -> None:
    document = Document(whiteboards())
    inputs = ["/tile/curve?metric=bookings", "/tile/actions?"]
    templates.draw(document, templates.found().get(template), ONE, "unit=hz", inputs)
    made = document.elements()
    tiles = [one["customData"]["tile"] for one in made.values() if one["type"] == "image"]
    assert {"/tile/curve?metric=bookings&unit=hz", "/tile/actions?unit=hz"} <= set(tiles)
    assert len(set(tiles)) == len(tiles)
    assert sum(id.startswith("inputs-") for id in made) == beside + bool(beside)
    assert not [id for id, one in made.items() if MAPS["elements"](id, one, whiteboards())]


def test_a_tile_is_frozen_on_the_companys_clock_and_one_that_is_frozen_stays() -> None:
    at = datetime(2026, 11, 27, 2, 15, 40, tzinfo=UTC)
    frozen = frozen_at("/tile/kpi?metric=bookings&unit=h%C3%A9", at)
    assert frozen == "/tile/kpi?metric=bookings&unit=h%C3%A9&as_of=2026-11-27T10%3A15%3A40&known=then"
    assert TILE.fullmatch(frozen)
    assert frozen_at(frozen, datetime(2027, 1, 1, tzinfo=UTC)) == frozen


def test_things_are_in_the_order_in_which_they_are_drawn_however_many() -> None:
    placed = scene.placed(scene.box(str(place), 0, 0, 1, 1) for place in range(300))
    order = [one["index"] for one in placed.values()]
    assert order == sorted(order)
    assert len(set(order)) == 300
    assert order[:2] == ["a0", "a1"]
    assert order[61:64] == ["az", "b00", "b01"]


def test_one_finding_has_one_board() -> None:
    assert board_of("a") == board_of("a") != board_of("b")
    assert address_of("a/b?c") == address_at("finding:a/b?c") == "/whiteboard/of/a%2Fb%3Fc"


def test_each_meeting_has_a_board_of_its_own_but_about_a_finding_that_of_the_finding() -> None:
    weekly = "trade:weekly:slice:unit_id=hz"
    assert board_at(weekly, "m1") == board_at(weekly, "m1") != board_at(weekly, "m2")
    assert board_at("finding:a", "m1") == board_at("finding:a", "m2") == board_of("a")
    assert address_at(weekly) == "/whiteboard/at/trade%3Aweekly%3Aslice%3Aunit_id%3Dhz"


@pytest.mark.parametrize("theme", TOKENS)
def test_a_face_is_a_picture_that_needs_nothing_else_and_escapes_what_it_says(theme: str) -> None:
    face = Face(
        '<b>"Hangzhou" & 宁波</b>' * 5, "41.2 M", "behind", "since then " * 20,
        tuple(Row(f"row {place} & more", "1", place / 9) for place in range(12)), foot="Nov 2026",
    )  # fmt: skip
    root = ElementTree.fromstring(svg(face, theme))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not [one for one in root.iter() if one.tag.endswith(("script", "image", "foreignObject"))]
    ElementTree.fromstring(svg(Face("x", lines=((1.0, None, 3.0), (0.0, 1.0), (2.0,))), theme))


def test_a_lock_shows_no_figure() -> None:
    locked = Face("Not within what you may see", "41.2 M", is_locked=True)
    assert "41.2" not in svg(locked, "light")
