"""Jitsi Meet: a room is an address, made by the first who opens it."""

from urllib.parse import quote, urlsplit

from dashboard.meetings.room import Meant, Provider, Room, room_name
from dashboard.meetings.settings import meetings
from dashboard.session.secret import secret

PUBLIC = "meet.jit.si"


class Jitsi:
    """Rooms on the server of `ONEBOARD_MEETINGS_JITSI_URL`."""

    name = "jitsi"

    async def room(self, meant: Meant) -> Room:
        # the subject stands in the fragment, which browsers do not send to the server
        said = quote(f'"{meant.subject.replace(chr(34), "")}"', safe="")
        name = room_name(meant.meeting_id, secret())
        return Room(f"{meetings().jitsi_url}/{name}#config.subject={said}", self.name)

    def advice(self) -> str | None:
        if urlsplit(meetings().jitsi_url).hostname != PUBLIC:
            return None
        return (
            f"Meetings open on the public server {PUBLIC}, which asks the first person in a room to log in; "
            "set ONEBOARD_MEETINGS_JITSI_URL to a Jitsi server of your own."
        )


PROVIDER: Provider = Jitsi()
