"""Any other: an address made from a template, `{room}` a name that nobody guesses, `{subject}` what it is called."""

from urllib.parse import quote

from dashboard.locales import Lang, t
from dashboard.meetings.room import Meant, Provider, Room, RoomFault, room_name
from dashboard.meetings.settings import meetings
from dashboard.session.secret import secret


class Template:
    """Rooms at `ONEBOARD_MEETINGS_URL_TEMPLATE`."""

    name = "template"

    async def room(self, meant: Meant) -> Room:
        if not (given := meetings().url_template):
            raise RoomFault("no_template")
        filled = given.replace("{room}", room_name(meant.meeting_id, secret()))
        return Room(filled.replace("{subject}", quote(meant.subject, safe="")), self.name)

    def advice(self, lang: Lang = "en") -> str | None:
        if "{room}" in meetings().url_template:
            return None
        return t("meet.advice_one_room", lang)


PROVIDER: Provider = Template()
