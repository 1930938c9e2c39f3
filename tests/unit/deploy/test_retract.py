"""What is refused before anything is looked at."""

import pytest
from rich.console import Console

from deploy.errors import CannotRun
from deploy.retract import at_the_keyboard
from ingest.retractions import NotRetractable
from warehouse.retractions import Which

WHICH = Which("erp")


def test_nothing_is_taken_back_without_a_reason():
    with pytest.raises(CannotRun, match="--why"):
        at_the_keyboard(WHICH, "orders", "li", " ", Console(), is_agreed=True, is_dry=False)


def test_what_people_did_is_not_taken_back():
    with pytest.raises(NotRetractable, match="what is on actions cannot be taken back: people did it"):
        at_the_keyboard(WHICH, "actions", "li", "so", Console(), is_agreed=True, is_dry=False)
