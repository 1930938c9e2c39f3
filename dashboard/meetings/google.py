"""Google Meet, by its links with a nickname: who of one Workspace follows the same one comes into the same meeting.

See Meet's own help on nicknames, https://support.google.com/meet.
"""

from dashboard.locales import Lang, t
from dashboard.meetings.room import Meant, Provider, Room, room_name
from dashboard.session.secret import secret

LOOKUP = "https://meet.google.com/lookup"


class GoogleMeet:
    """A nickname for each meeting, that nobody guesses."""

    name = "google"

    async def room(self, meant: Meant) -> Room:
        return Room(f"{LOOKUP}/{room_name(meant.meeting_id, secret())}", self.name)

    def advice(self, lang: Lang = "en") -> str | None:
        return t("meet.advice_google", lang)


PROVIDER: Provider = GoogleMeet()
