"""What somebody who is called reads: the meeting, what it is about as far as they may see it, the ways there. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from dashboard.address import Address
from dashboard.locales import t
from dashboard.meetings.ical import ical
from dashboard.meetings.matter import Matter, whiteboard_of
from dashboard.notifications.content import Content, Wording
from dashboard.notifications.messages import Message
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.settings import company


def invitation(
    message: Message, matter: Matter | None, names: Mapping[str, tuple[str, str]], words: Wording, at: datetime,
    minutes: Sequence[str] = (),
) -> Content:  # fmt: skip
    """The call in words; without a matter the recipient may not see what it is about, and reads no figures.

    `minutes` are the lines of a brief.
    """
    meeting, what, lang = message.meeting, message.what, words.lang
    assert meeting is not None

    def name(id: str) -> str:
        pair = names.get(id, (id, id))
        return (pair[1] if lang == "en" else pair[0]) or id

    when = clock(meeting.at, company().zone, lang) if meeting.at else ""
    title = matter.title if matter else t("meet.private", lang)
    said = t(
        f"meet.title_{what}",
        lang,
        who=name(meeting.briefed_by if what == "brief" else meeting.by),
        what=title,
        when=when,
    )
    lines = [meeting.note] if what in ("ask", "message") and meeting.note else list(minutes)
    if what in ("on", "plan") and meeting.url:
        lines.append(t("meet.room_at", lang, url=meeting.url))
    if what not in ("off", "brief"):
        lines += matter.lines if matter else (t("meet.private_hint", lang),)
        lines += [f"{number}. {point}" for number, point in enumerate(meeting.agenda, 1)]
        called = [t("meet.called_as", lang, who=name(one.person_id), why=t(f"meet.why_{one.why}", lang))
                  for one in meeting.called]  # fmt: skip
        lines.append(t("meet.who", lang, people=t("mine.and", lang).join(called)))
        lines.append(t("meet.whiteboard", lang, url=whiteboard_of(meeting.subject, meeting.id, lang).link(words.board)))
    link = matter.address.link(words.board) if matter else words.board + "/"
    if what == "brief":
        link = Address("/meetings", ViewState(lang=lang, meeting=meeting.id)).link(words.board)
    data = {
        "recipient": message.to.recipient, "meeting_id": meeting.id, "subject": meeting.subject, "url": meeting.url,
        "at": meeting.at.isoformat() if meeting.at else None,
    }  # fmt: skip
    return Content(
        message.id, said, tuple(lines), link, f"meeting.{what}", at, thread=f"{meeting.id}.{message.to.recipient}",
        is_first=meeting.sequence == 0, data=data,
        calendar=partial(ical, meeting, title, lines, link, said_at=at) if what in ("on", "plan", "off") else None,
    )  # fmt: skip
