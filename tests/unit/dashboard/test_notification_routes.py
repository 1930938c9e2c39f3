"""Routes as rows of a file: ours, one's own, and what is said of a wrong one."""

import re
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
        ("", "mine.toml: routes: it must be given."),
        ("routes = []", "routes: it needs 1 .* at least"),
        (ROW + "afer_minutes = 3", r'routes\[person\].afer_minutes: .* Did you mean "after_minutes"'),
        (ROW + "least_gap = -1", r"routes\[person\].least_gap: -1 is too little; it must be 0"),
        (
            ROW.replace("[[routes]]\n", "[[routes]]\nquiet = '8pm'\n"),
            r"routes\[person\].quiet: '8pm' cannot stand there; write it as 20:00-08:00",
        ),
        (
            '[[routes]]\nname = "m"\nto = "managr"\nby = ["app"]',
            r"routes\[m\].to: 'managr' is none; there are person, manager, hq, room.*\"manager\"",
        ),
        ('[[routes]]\nto = "person"\nby = ["app"]', r"routes\[1\].name: it must be given"),
        ("most_new_a_day = 99\n" + ROW, "most_new_a_day: 99 is too much; it may be 20 at most"),
        (
            ROW + "by_whom = 1\nunit = ''",
            r"^mine.toml: routes\[person\].unit: it needs 1 [^:]*: there is nothing [^:]*$",
        ),
        (ROW + ROW, r"routes\[person\].name: there are two of this name"),
        (
            ROW.replace('"app"', '"crm"') + '[channels.crn]\nkind = "webhook"',
            r"routes\[person\].by: 'crm' is none; .*\"crn\"",
        ),
        (ROW + '[channels.crm]\nkind = "fax"', "channels.crm.kind: 'fax' is none"),
        (ROW + '[channels.crm]\nkind = "mail"', "channels.crm: .*to = "),
        (ROW + '[channels.app]\nkind = "mail"\nto = "a@b.c"', "channels: app is always there"),
        (ROW.replace('to = "person"', 'to = "manager"'), r"routes\[person\]: after_minutes is 30 at least"),
        (ROW + "after_minutes = 5", r"routes\[person\]: the person named is told at once"),
        (ROW.replace('to = "person"', 'to = "room"\nafter_minutes = 30'), r"routes\[person\]: a room"),
    ],
)
def test_what_is_wrong_names_the_row_and_the_field_in_either_language(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(FileFault, match=said) as fault:
        routes(file)
    words = fault.value.words("zh")
    assert "：" in words
    assert not re.search(r"\b(it|is|there|must|needs|cannot)\b", words)
