"""What a page asks in a dialog: nothing a name could smuggle in, and taken from the board's own pages only."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard import finding_actions, saved_views, task_actions
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
