"""Microsoft Teams, by deep links: https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-workflow.

A link can open a meeting that stands (`ONEBOARD_MEETINGS_TEAMS_URL`, its join link); without one it opens Teams' own
form for a new meeting, and everybody who follows it would make another.
"""

from datetime import timedelta
from urllib.parse import urlencode

from dashboard.locales import Lang, t
from dashboard.meetings.room import Meant, Provider, Room
from dashboard.meetings.settings import meetings

NEW = "https://teams.microsoft.com/l/meeting/new"


class Teams:
    """The meeting of the settings, or the form for a new one."""

    name = "teams"

    async def room(self, meant: Meant) -> Room:
        if standing := meetings().teams_url:
            return Room(standing, self.name)
        asked = {"subject": meant.subject}
        if meant.at:
            ends = meant.at + timedelta(minutes=meant.minutes)
            asked |= {"startTime": meant.at.isoformat(), "endTime": ends.isoformat()}
        return Room(f"{NEW}?{urlencode(asked)}", self.name)

    def advice(self, lang: Lang = "en") -> str | None:
        if meetings().teams_url:
            return None
        return t("meet.advice_teams", lang)


PROVIDER: Provider = Teams()
