"""Routes as rows of a file: ours, one's own, and what is said of a wrong one."""

from pathlib import Path

import pytest

from dashboard.notifications.routes import routes
from dashboard.own_file import FileFault

ROW = '[[routes]]\nname = "person"\nto = "person"\nby = ["app"]\n'


def test_ours_go_from_the_person_to_the_manager_to_the_head_of_the_company() -> None:
    assert [(row.to, row.after_minutes) for row in routes().routes] == [("person", 0), ("manager", 60), ("hq", 540)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[routes", "mine.toml: it is not TOML at line 1, column 9"),
        ("", "routes: Field required"),
        (ROW + "afer_minutes = 3", "row 'person', afer_minutes is none of .* Did you mean \"after_minutes\""),
        (ROW.replace("[[routes]]\n", "[[routes]]\nquiet = '8pm'\n"), "row 'person', quiet: "),
        ('[[routes]]\nname = "m"\nto = "managr"\nby = ["app"]', "row 'm', to: Input should be 'person', 'manager'"),
        ('[[routes]]\nto = "person"\nby = ["app"]', "row 1, name: Field required"),
        (ROW + ROW, "row 'person', name: there are two rows of this name"),
        (
            ROW.replace('"app"', '"crm"') + '[channels.crn]\nkind = "webhook"',
            "by: there is no channel 'crm'; .*\"crn\"",
        ),
        (ROW + '[channels.crm]\nkind = "fax"', "channel 'crm', kind: "),
        (ROW + '[channels.crm]\nkind = "mail"', "channel 'crm': .*to = "),
        (ROW + '[channels.app]\nkind = "mail"\nto = "a@b.c"', "'app' is always there"),
        (ROW.replace('to = "person"', 'to = "manager"'), "row 'person': after_minutes: .* at least 30 minutes"),
        (ROW + "after_minutes = 5", "row 'person': after_minutes: the person named is told at once"),
        (ROW.replace('to = "person"', 'to = "room"\nafter_minutes = 30'), "row 'person': by: a room"),
    ],
)
def test_what_is_wrong_names_the_row_and_the_field(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(FileFault, match=said):
        routes(file)
