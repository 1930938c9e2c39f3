"""What a page asks in a dialog: nothing a name could smuggle in, and taken from the board's own pages only."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard import field_faults, finding_actions, meeting_actions, saved_views, task_actions
from dashboard.components import form
from dashboard.task_actions import Wanted

EVIL = '"><script>x</script>'


def test_nothing_in_a_form_becomes_markup() -> None:
    fields = [
        form.line("a", EVIL),
        form.lines("b", EVIL, EVIL, 10),
        form.one_of("c", EVIL, [(EVIL, EVIL)]),
        form.one_of_many("d", EVIL, [EVIL], required=True),
    ]
    said = form.form(EVIL, "/x", fields, EVIL, EVIL, {"e": EVIL})
    assert "<script" not in said
    assert said.count("&lt;script&gt;") == 12


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/findings/act", {"what": "take", "finding": "f1"}),
        ("/tasks/act", {"what": "done", "task": "t1"}),
        ("/views", {"do": "forget", "id": "v1"}),
    ],
)
@pytest.mark.parametrize("origin", [{}, {"origin": "http://elsewhere"}])
def test_another_site_does_nothing_in_somebodys_name(path: str, wanted: dict[str, Any], origin: dict[str, str]) -> None:
    app = FastAPI()
    app.include_router(task_actions.router)
    for part in (finding_actions, saved_views):
        part.routes(app)
    assert TestClient(app).post(path, json=wanted, headers=origin).status_code == 403


@pytest.mark.parametrize(
    ("who", "person_id"), [("Liu · Yang · p12", "p12"), ("p12", "p12"), ("", None), ("Liu · ", None)]
)
def test_a_person_is_known_by_the_end_of_what_was_offered(who: str, person_id: str | None) -> None:
    assert Wanted(what="assign", who=who).person_id == person_id


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?lang=en", "note: it may have 2000 (characters or entries) at most.\ndue: 'soon' cannot stand there."),
        ("?lang=zh", "note：最多 2000 个（字或项）。\ndue：不能是 'soon'。"),
    ],
)
def test_a_field_that_cannot_be_taken_is_said_in_the_language_of_its_page(search: str, said: str) -> None:
    app = FastAPI()
    for part in (field_faults, meeting_actions):
        part.routes(app)
    sent = {"way": "minute", "note": "x" * 2_001, "due": "soon", "search": search}
    answer = TestClient(app).post("/meet/act", json=sent)
    assert (answer.status_code, answer.text) == (422, said)
