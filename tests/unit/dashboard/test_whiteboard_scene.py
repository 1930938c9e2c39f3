"""What a board begins with, and the faces of its tiles."""

from xml.etree import ElementTree

import pytest

from dashboard.locales import LANGS
from dashboard.theme import TOKENS
from dashboard.whiteboard import address_of, board_of, scene, templates
from dashboard.whiteboard.document import Document
from dashboard.whiteboard.face import Face, Row, svg
from dashboard.whiteboard.faces import KINDS
from dashboard.whiteboard.review import MAPS, TILE
from dashboard.whiteboard.settings import whiteboards

MEETINGS = {"decision", "kick_off", "analysis", "review", "strategy", "one_to_one"}


def test_every_meeting_of_the_trade_has_a_template() -> None:
    assert set(templates.found()) == MEETINGS


@pytest.mark.parametrize("name", sorted(MEETINGS))
@pytest.mark.parametrize("lang", LANGS)
def test_a_template_stands_on_a_board_without_fault_and_the_same_by_whoever_makes_it(name: str, lang: str) -> None:
    made = []
    for _ in range(2):
        document = Document(whiteboards())
        templates.draw(document, templates.found()[name], "One", lang, "unit=hz")
        made.append(document.elements())
    assert made[0] == made[1]
    assert not [id for id, one in made[0].items() if MAPS["elements"](id, one, whiteboards())]
    tiles = [one["customData"]["tile"] for one in made[0].values() if one["type"] == "image"]
    assert all(TILE.fullmatch(tile) and tile.endswith("unit=hz") for tile in tiles)
    assert {tile.split("?")[0].removeprefix("/tile/") for tile in tiles} <= set(KINDS)


def test_things_are_in_the_order_in_which_they_are_drawn_however_many() -> None:
    placed = scene.placed(scene.box(str(place), 0, 0, 1, 1) for place in range(300))
    order = [one["index"] for one in placed.values()]
    assert order == sorted(order)
    assert len(set(order)) == 300
    assert order[:2] == ["a0", "a1"]
    assert order[61:64] == ["az", "b00", "b01"]


def test_one_finding_has_one_board() -> None:
    assert board_of("a") == board_of("a") != board_of("b")
    assert address_of("a/b?c") == "/whiteboard/of/a%2Fb%3Fc"


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
