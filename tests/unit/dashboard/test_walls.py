"""The files of the walls: what may stand there, and what is said of what may not."""

import re
from pathlib import Path

import pytest

from dashboard import walls
from dashboard.own_file import FileFault
from dashboard.settings import DashboardSettings
from dashboard.walls import SCENES, Wall, WallFault, wall_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own, as ONEBOARD_DASHBOARD_WALLS_DIR names it."""
    monkeypatch.setattr(walls, "dashboard", lambda: DashboardSettings(walls_dir=tmp_path))
    return tmp_path


def test_the_companys_wall_is_there_without_any_file_and_turns_every_scene() -> None:
    assert wall_of("/wall/company") == wall_of("/wall") == Wall()
    assert wall_of("/wall").scenes == SCENES


def test_a_file_of_ones_own_is_a_wall_and_stands_in_for_ours(folder: Path) -> None:
    (folder / "east.toml").write_text('scenes = ["red", "wins"]\nseconds = 5\nunit = "east"\nlanguage = "en"\n')
    (folder / "company.toml").write_text("seconds = 60\n")
    east = wall_of("/wall/east")
    assert (east.scenes, east.seconds, east.unit, east.language) == (("red", "wins"), 5, "east", "en")
    assert wall_of("/wall/company").seconds == 60


def test_an_edited_file_counts_at_once(folder: Path) -> None:
    (folder / "east.toml").write_text("seconds = 5\n")
    assert wall_of("/wall/east").seconds == 5
    (folder / "east.toml").write_text("seconds = 7\n")
    assert wall_of("/wall/east").seconds == 7


def test_an_unknown_wall_says_which_there_are(folder: Path) -> None:
    (folder / "east.toml").write_text("")
    with pytest.raises(WallFault, match=r"no wall 'eats'; there are: company, east\. Did you mean \"east\""):
        wall_of("/wall/eats")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seconds = ", r"^bad.toml: it is not TOML at line 1, column 10\. \(Invalid value\)$"),
        (
            'scenes = ["regoins"]',
            r"scenes cannot hold 'regoins'; .* company, regions.* mean \"regions\"",
        ),
        ("scenes = []", r"scenes cannot hold \[\]; it is a list of one or more"),
        ("second = 3", r'second is no setting of a wall; there are scenes, seconds.* Did you mean "seconds"'),
        ('metric = "pace"', "metric cannot be 'pace'; it is a metric that adds up by day: .*bookings"),
        ('metric = "bokings"', 'Did you mean "bookings"'),
        ("seconds = 0", "bad.toml: seconds cannot be 0; it is a number from 1 to 3600"),
        ('language = "fr"', "language cannot be 'fr'; it is one of zh, en"),
        ('show_names = "perhaps"', "show_names cannot be 'perhaps'; it is true or false"),
        ('unit = ""', "unit cannot be ''; it is the id of a unit"),
    ],
)
def test_a_bad_file_is_a_sentence(folder: Path, text: str, said: str) -> None:
    (folder / "bad.toml").write_text(text)
    with pytest.raises(FileFault, match=said) as fault:
        wall_of("/wall/bad")
    assert re.search(r"[\u4e00-\u9fff]", fault.value.words("zh"))


def test_all_that_is_wrong_with_a_file_is_said_in_the_readers_language(folder: Path) -> None:
    (folder / "bad.toml").write_text('seconds = 0\nscenes = ["regoins", "wins"]\nunti = "east"\n')
    with pytest.raises(WallFault) as fault:
        wall_of("/wall/bad")
    assert fault.value.words("en") == (
        "bad.toml: scenes cannot hold 'regoins'; it is a list of one or more of company, regions, products, landing, "
        'cash, wins, red. Did you mean "regions"? seconds cannot be 0; it is a number from 1 to 3600. unti is no '
        'setting of a wall; there are scenes, seconds, unit, metric, language, show_names. Did you mean "unit"?'
    )
    assert fault.value.words("zh") == (
        "bad.toml：scenes 不能是 'regoins'，应为列表，至少一项，"
        "可选：company, regions, products, landing, cash, wins, red。"
        "您是不是要找 regions？seconds 不能是 0，应为 1 到 3600 之间的数。"
        "大屏没有 unti 这一设置；可用的有 scenes, seconds, unit, metric, language, show_names。您是不是要找 unit？"
    )


@pytest.mark.parametrize("name", ["../company", "..%2Fcompany", "a/b", "company.toml"])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(WallFault, match="There is no wall"):
        wall_of(f"/wall/{name}")
