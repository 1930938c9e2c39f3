"""A board's shared document: what it takes, what it takes off again, and what it refuses whole."""

import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.whiteboard import scene
from dashboard.whiteboard.document import KEPT_DELETED_SECONDS, Document, Malformed, TooLarge, merged
from dashboard.whiteboard.review import is_active
from dashboard.whiteboard.settings import WhiteboardSettings

LIMITS = WhiteboardSettings(image_bytes=1_000, object_bytes=5_000, board_bytes=20_000)


def box(id: str, **fields: Any) -> dict[str, Any]:
    return scene.box(id, 0, 0, 10, 10) | fields


def drawn(*updates: bytes) -> Document:
    document = Document(LIMITS)
    for update in updates:
        document.load(update)
    return document


def test_two_who_draw_at_once_end_with_the_same_in_whatever_order_it_is_heard() -> None:
    one, two = Document(LIMITS), Document(LIMITS)
    first = one.put("elements", {"a": box("a"), "both": box("both", x=1)})
    second = two.put("elements", {"b": box("b"), "both": box("both", x=2)})
    there, back = drawn(first, second), drawn(second, first, second)
    assert there.elements() == back.elements()
    assert set(there.elements()) == {"a", "b", "both"}
    assert drawn(merged([first, second])).elements() == there.elements()


@pytest.mark.parametrize(
    ("one", "fault"),
    [
        (box("other"), "form"),
        (box("x", type="iframe"), "kind"),
        (box("x", type="embeddable", link="https://example.org"), "kind"),
        (box("x", width=float("nan")), "form"),
        (box("x", points=[[1, 2]] * 1_000), "size"),
        (box("x", customData={"tile": "https://example.org/tile/kpi"}), "form"),
        ("<script>", "form"),
    ],
)
def test_what_may_not_stand_is_taken_off_again_for_everybody(one: Any, fault: str) -> None:
    author, server, other = Document(LIMITS), Document(LIMITS), Document(LIMITS)
    applied = server.take(author.put("elements", {"good": box("good"), "x": one}))
    assert applied.faults == (fault,)
    for document in (author, other):
        document.load(applied.update)
        assert set(document.elements()) == {"good"}


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", "file:///x"]
)
def test_a_strange_link_is_taken_off_and_the_thing_stays(link: str) -> None:
    server = Document(LIMITS)
    applied = server.take(Document(LIMITS).put("elements", {"x": box("x", link=link)}))
    assert applied.faults == ("link",)
    assert server.elements()["x"]["link"] is None
    assert server.elements()["x"]["version"] == 2


@pytest.mark.parametrize("link", ["https://example.org", "http://x", "mailto:a@b", "/findings?finding=1"])
def test_a_plain_link_stays(link: str) -> None:
    server = Document(LIMITS)
    assert server.take(Document(LIMITS).put("elements", {"x": box("x", link=link)})).faults == ()


@pytest.mark.parametrize(
    ("one", "fault"),
    [
        ({"mimeType": "image/png", "created": 1, "bytes": b"x" * 1_001}, "image_size"),
        ({"mimeType": "text/html", "created": 1, "bytes": b"<p>"}, "image"),
        ({"mimeType": "image/svg+xml", "created": 1, "bytes": b"<svg><script>x</script></svg>"}, "script"),
        ({"mimeType": "image/png", "created": 1, "bytes": "text"}, "form"),
    ],
)
def test_a_file_that_is_no_image_within_its_limits_is_taken_off(one: Any, fault: str) -> None:
    server = Document(LIMITS)
    assert server.take(Document(LIMITS).put("files", {"x": one})).faults == (fault,)
    assert server.map("files") == {}


@pytest.mark.parametrize(
    "svg",
    [
        b"<svg onload=alert(1)>",
        b"<svg><a href='javascript:alert(1)'/></svg>",
        b"<svg><a href='java&#115;cript:alert(1)'/></svg>",
        b"<svg><image href='https://example.org/x.png'/></svg>",
        b"<svg><foreignObject/></svg>",
        b"<svg><style>@import 'x'</style></svg>",
        "<svg><script>x</script></svg>".encode("utf-16"),
    ],
)
def test_an_svg_that_runs_or_fetches_is_known(svg: bytes) -> None:
    assert is_active(svg)


def test_an_svg_that_is_a_drawing_is_one() -> None:
    assert not is_active(
        b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/><use href="#a"/><text>on = 1</text></svg>'
    )


def test_an_update_that_would_make_the_board_too_large_changes_nothing_and_deleting_still_goes() -> None:
    server, author = Document(LIMITS), Document(LIMITS)
    for place in range(5):
        server.take(author.put("elements", {f"{place}": box(f"{place}", points=[[1.5, 2.5]] * 200)}))
    held = set(server.elements())
    large = author.put("elements", {f"{place}": box(f"{place}", points=[[1.5, 2.5]] * 200) for place in range(5, 20)})
    with pytest.raises(TooLarge):
        server.take(large)
    assert set(server.elements()) == held
    fresh = drawn(server.state())
    server.take(fresh.put("elements", {"0": box("0", isDeleted=True, version=2)}))
    assert set(server.elements()) == held - {"0"}


@given(st.integers(0, 2**32 - 1))
def test_damaged_updates_are_refused_or_looked_over_and_lose_nothing(seed: int) -> None:
    rng = random.Random(seed)
    server = Document(LIMITS)
    server.take(Document(LIMITS).put("elements", {"kept": box("kept")}))
    whole = Document(LIMITS).put("elements", {"new": box("new")})
    damaged = bytearray(whole[: rng.randint(0, len(whole))])
    for _ in range(rng.randint(0, 5)):
        if damaged:
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    with suppress(Malformed, TooLarge):
        server.take(bytes(damaged))
    assert server.elements()["kept"]["id"] == "kept"
    again = drawn(server.state())
    assert again.elements() == server.elements()
    server.take(Document(LIMITS).put("elements", {"after": box("after")}))
    assert "after" in server.elements()


def test_what_was_deleted_long_ago_and_images_that_nothing_shows_are_let_go() -> None:
    document = Document(LIMITS)
    now = 1_000_000.0
    old, lately = (now - KEPT_DELETED_SECONDS - 1) * 1000, (now - 60) * 1000
    image = {"mimeType": "image/png", "created": 1, "bytes": b"x"}
    document.put("files", {"seen": image, "unseen": image})
    document.put(
        "elements",
        {
            "gone": box("gone", isDeleted=True, updated=old),
            "lately": box("lately", isDeleted=True, updated=lately),
            "image": box("image", type="image", fileId="seen"),
        },
    )
    other = drawn(document.state())
    other.load(document.sweep(now))
    assert set(other.map("files")) == {"seen"}
    assert set(other.map("elements")) == {"lately", "image"}
    assert document.sweep(now) == b""
