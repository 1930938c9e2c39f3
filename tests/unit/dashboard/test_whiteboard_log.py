"""Whiteboards on the log: steps in pieces, the catalogue folded from them, and messages of browsers."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from pycrdt import Doc, Encoder

from dashboard.whiteboard import protocol
from dashboard.whiteboard.catalogue import Catalogue
from dashboard.whiteboard.presence import BadPresence, Presence
from ingest.intake import MAX_EVENT_BYTES
from ingest.whiteboards import Step, body, read, sealed


def step(what: Any = "update", **fields: Any) -> Step:
    said = {"step_id": "s", "board_id": "b", "at": datetime(2026, 11, 27, tzinfo=UTC), "process": "p", "who": ("p-1",)}
    return Step(what=what, **{**said, **fields})


def test_a_step_larger_than_a_message_goes_in_pieces_and_comes_back_whole() -> None:
    whole = random.Random(1).randbytes(2_000_000)
    records = sealed(step(), whole)
    assert len(records) == 3
    assert all(len(record.value) <= MAX_EVENT_BYTES and record.key == b"b" for record in records)
    said = [read(record.headers) for record in records]
    assert [(one.piece, one.pieces) for one in said] == [(0, 3), (1, 3), (2, 3)]
    assert body([record.value for record in records]) == whole
    with pytest.raises(ValueError, match="damaged"):
        body([records[0].value, records[2].value])


def test_a_record_without_a_header_is_no_step() -> None:
    with pytest.raises(ValueError, match="no step"):
        read([("other", b"{}")])


def test_a_board_begins_at_its_last_snapshot_and_needs_what_that_does_not_cover() -> None:
    boards = Catalogue()
    boards.note(step("created", title="一", title_en="One", finding_id="f"), (0, 0))
    assert [boards.get("b").called(lang) for lang in ("zh", "en")] == ["一", "One"]  # type: ignore[union-attr]
    for offset in (1, 2, 3):
        boards.note(step(who=(f"p-{offset}",)), (0, offset))
    boards.note(step("snapshot", step_id="v", covers=2, objects=7, title="Two"), (0, 4))
    found = boards.get("b")
    assert found is not None
    assert (found.title, found.finding_id, found.objects, found.created_by) == ("Two", "f", 7, "p-1")
    assert found.called("en") == "Two"  # whoever named it said it in one language
    assert found.places == [(0, 3), (0, 4)]  # another process put 3 there before the snapshot's writer had read it
    assert found.versions[0].who == ("p-1", "p-2", "p-3")
    boards.note(step("snapshot", step_id="behind", covers=1), (0, 5))
    assert [one.id for one in found.versions] == ["v"]


def test_pieces_of_a_snapshot_count_once_all_are_there_though_others_lie_between() -> None:
    boards = Catalogue()
    boards.note(step("created"), (0, 0))
    boards.note(step("snapshot", step_id="v", covers=0, pieces=2), (0, 1))
    boards.note(step(), (0, 2))
    found = boards.get("b")
    assert found is not None
    assert found.versions == []
    boards.note(step("snapshot", step_id="v", covers=0, piece=1, pieces=2), (0, 3))
    assert found.places == [(0, 1), (0, 2), (0, 3)]


@pytest.mark.parametrize(
    "message", [b"", b"\x00", b"\x07\x00", b"\x00\x05\x00", b"\xff" * 20, b"\x00\x02\x05ab", b"\x00\x02\x01abc"]
)
def test_bytes_that_are_no_message_are_refused(message: bytes) -> None:
    with pytest.raises(protocol.BadMessage):
        protocol.read(message)


def test_what_the_server_writes_the_protocol_reads() -> None:
    vector, update = Doc().get_state(), b"u" * 300
    assert protocol.read(protocol.vector(vector)) == protocol.Message("vector", vector)
    assert protocol.read(protocol.update(update)) == protocol.Message("update", update)
    assert protocol.read(protocol.say("hello", now=1)).said == {"kind": "hello", "now": 1}


def awareness(*states: tuple[int, int, Any]) -> bytes:
    encoder = Encoder()
    encoder.write_var_uint(len(states))
    for id, clock, said in states:
        encoder.write_var_uint(id)
        encoder.write_var_uint(clock)
        encoder.write_var_string(json.dumps(said))
    return encoder.to_bytes()


def test_who_somebody_is_the_server_says() -> None:
    here, there = Presence(), Presence()
    user = {"id": "p-1", "name": "周红"}
    assert here.take(awareness((7, 1, {"user": {"name": "somebody else"}, "pointer": 1})), user) == {7}
    every, own = here.news()
    assert every == own
    there.take(every, None)
    assert json.loads(there.states[7].said) == {"user": user, "pointer": 1}
    assert there.news()[1] == b""  # told by the process that the browser is connected to
    here.leave({7})
    there.take(here.news()[0], None)
    assert there.everybody() == b""


def test_an_older_word_of_a_browser_is_passed_over() -> None:
    here = Presence()
    here.take(awareness((7, 5, {"pointer": 5})), {"id": "p"})
    here.news()
    here.take(awareness((7, 4, {"pointer": 4})), {"id": "p"})
    assert here.news() == (b"", b"")


@pytest.mark.parametrize("said", [b"", b"\x01", b"\xff" * 12, awareness((7, 1, [1])), awareness((7, 1, "x" * 30_000))])
def test_an_awareness_update_that_cannot_be_read_is_refused(said: bytes) -> None:
    with pytest.raises(BadPresence):
        Presence().take(said, {"id": "p"})
