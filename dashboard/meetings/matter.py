"""What a meeting is about, as far as who asks may see it: its name and figures, where it stands, and whom to call."""

from dataclasses import dataclass

from dashboard.address import Address
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from dashboard.whiteboard.addresses import FINDING, address_at
from ingest.events import Called


@dataclass(frozen=True)
class Matter:
    """`name` is how it is called before everybody, on the log and on a room's own screen: no person, no figure in it.

    `title` and `lines` say the figures and reasons; `unit_id` is whose it is, "" the company's; without an `agenda` of
    its own it has that of its kind.
    """

    subject: str
    name: str
    title: str
    lines: tuple[str, ...]
    address: Address
    unit_id: str
    proposed: tuple[Called, ...] = ()
    agenda: tuple[str, ...] = ()


def whiteboard_of(subject: str, meeting_id: str | None, lang: Lang) -> Address:
    """Where what is drawn about it stands: a finding has a board of its own, each other meeting one from a template."""
    return Address(address_at(subject), ViewState(lang=lang, meeting=meeting_id))


def agenda_of(subject: str, lang: Lang) -> tuple[str, ...]:
    """What there is to speak of, in its order."""
    kind = "finding" if subject.startswith(FINDING) else "matter"
    return tuple(t(f"meet.agenda_{kind}_{number}", lang) for number in range(1, 5))
