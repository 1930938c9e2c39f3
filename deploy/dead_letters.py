"""`oneboard dead-letters`: what could not be taken, why, and the way back. The board's page for ops does the same."""

import getpass
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from deploy import reach
from deploy.console import OUT
from deploy.errors import CannotRun

letters = typer.Typer(
    name="dead-letters",
    no_args_is_help=True,
    help="Events that could not be taken, and why; send them back, mended where they must be.",
)
_AGE = {"m": "minutes", "h": "hours", "d": "days"}

Topic = Annotated[str, typer.Option(help="Only events of this topic.")]
Reason = Annotated[str, typer.Option(help="Only those put aside for this reason, as `list` shows it.")]
Places = Annotated[
    list[str] | None, typer.Argument(metavar="POSITION", help="Which letters, as `list` shows them: 0:17.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Send nothing; say what would become of each.")]


@letters.command("list")
def show_list(
    topic: Topic = "",
    reason: Reason = "",
    since: Annotated[
        str, typer.Option(help="Only those not older than 30m, 12h, 7d, or than 2026-11-25T08:00 (UTC).")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many to show, the newest first.")] = 50,
) -> None:
    """List the newest dead letters, and how many there are of each topic and reason."""
    from ingest.letters.box import Box
    from ingest.letters.letter import by_reason

    oldest = moment(since, datetime.now(UTC))
    reach.require(reach.kafka)
    with Box() as box:
        found = box.read()
    shown = [
        one
        for one in found
        if topic in ("", one.letter.topic) and reason in ("", one.letter.reason) and one.letter.at >= oldest
    ]
    table = Table(box=None, header_style="dim", pad_edge=False)
    for column in ("position", "when (UTC)", "event", "reason", "attempt", "state", "what is wrong"):
        table.add_column(column, overflow="fold" if column == "what is wrong" else "ellipsis", no_wrap=True)
    for one in shown[:limit]:
        letter = one.letter
        origin = f"{letter.topic}:{letter.origin[0]}:{letter.origin[1]}" if letter.origin else letter.topic
        state = f"{one.settled.how} by {one.settled.who}" if one.settled else "waits"
        when = f"{letter.at:%Y-%m-%d %H:%M:%S}"
        row = (str(letter.position), when, origin, letter.reason, str(letter.attempt), state, letter.message)
        table.add_row(*(Text(plain(cell)) for cell in row))
    if shown:
        OUT.print(table)
        _say("")
    waiting = by_reason(one.letter for one in shown if one.settled is None)
    for (of_topic, why), count in by_reason(one.letter for one in shown).items():
        _say(f"{count:>8,}  {of_topic}  {why}  ({waiting.get((of_topic, why), 0):,} wait)")
    more = f"; the newest {limit:,} are shown" if len(shown) > limit else ""
    older = f"; {box.older:,} older ones are not looked at" if box.older else ""
    _say(f"{len(shown):,} dead letters, {sum(waiting.values()):,} wait{more}{older}.")


@letters.command()
def show(position: Annotated[str, typer.Argument(help="Which letter, as `list` shows it: 0:17.")]) -> None:
    """Show one dead letter: its headers, its bytes, and what to change."""
    from dashboard.locales import t
    from dashboard.words import advice
    from ingest.letters.box import Box
    from ingest.letters.letter import Position, pretty
    from ingest.letters.replay import NoSuchLetter, prepared

    place = Position.parse(position)
    reach.require(reach.kafka)
    with Box() as box:
        letter = box.whole(place)
        settled = next((one.settled for one in box.read() if one.letter.position == place), None)
        sent = box.sent(settled) if settled else None
    if letter is None:
        raise NoSuchLetter(f"there is no dead letter at {place}")
    origin = f"{letter.topic}, partition {letter.origin[0]}, offset {letter.origin[1]}" if letter.origin else "unknown"
    rows = {
        "event": origin,
        "put aside": f"{letter.at:%Y-%m-%d %H:%M:%S} UTC, attempt {letter.attempt}",
        "state": f"{settled.how} by {settled.who} at {settled.at:%Y-%m-%d %H:%M} UTC" if settled else "waits",
        "note": settled.note if settled else "",
        "went to": str(sent.place) if sent else "",
        "came back": f"as dead letter {sent.again}" if sent and sent.again else "",
        "key": "none" if letter.key is None else letter.key.decode(errors="backslashreplace"),
        **{f"header {name}": value.decode(errors="backslashreplace") for name, value in letter.headers},
        "reason": letter.reason,
        "wrong": letter.message,
        "to do": t(advice(letter.reason), "en"),
    }
    for name, value in rows.items():
        if value:
            _say(f"{name:<10} {plain(value)}")
    for fault in prepared(letter).faults:
        _say(f"{'mend':<10} {plain(f'{fault.field}: {fault.message}' if fault.field else fault.message)}")
    _say("")
    _say(pretty(letter.value, letter.size))
    if sent and sent.value != letter.value:
        _say("")
        _say("sent instead:")
        _say(pretty(sent.value))


@letters.command()
def replay(
    positions: Places = None,
    topic: Topic = "",
    reason: Reason = "",
    edit: Annotated[
        Path | None, typer.Option(help="A file that holds the mended event; with exactly one POSITION.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Send dead letters back to their topics, as they were or mended; to do it twice does no harm."""
    from ingest.letters.box import Box
    from ingest.letters.letter import Position
    from ingest.letters.replay import chosen
    from ingest.letters.replay import replay as send
    from ingest.publisher import Publisher

    if not positions and not (topic or reason):
        raise CannotRun("Say which: one or more POSITIONs, or --topic and --reason for all that wait of them.")
    if edit and len(positions or ()) != 1:
        raise CannotRun("--edit mends one letter: give exactly one POSITION with it.")
    edited = _mended(edit) if edit else None
    reach.require(reach.kafka)
    counts: dict[str, int] = {}
    with Box() as box, closing(Publisher(bulk=True)) as publisher:
        wanted = chosen(box.read(), [Position.parse(one) for one in positions or ()], topic=topic, reason=reason)
        for one in send(box, publisher, wanted, who_acts(), edited=edited, dry_run=dry_run):
            counts[one.said] = counts.get(one.said, 0) + 1
            why = "; ".join(f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in one.faults)
            _say(f"{one.letter.position!s:<10} {_SAID[one.said]}{f': {plain(why)}' if why else ''}")
    _say(", ".join(f"{count:,} {_SAID[said]}" for said, count in counts.items()) or "Nothing waits.")
    raise typer.Exit(1 if counts.keys() & {"refused", "no_topic"} else 0)


_SAID = {
    "ready": "would be sent",
    "sent": "sent",
    "already": "settled before, left alone",
    "refused": "still refused, mend it with --edit",
    "no_topic": "came from no topic of ours or is not whole, cannot go back",
}


@letters.command()
def dismiss(
    positions: Places = None,
    topic: Topic = "",
    reason: Reason = "",
    why: Annotated[str, typer.Option(help="Why nothing is to be done.")] = "",
) -> None:
    """Say that nothing is to be done about dead letters; they stay where they are, and no longer wait."""
    from ingest.letters.box import Box
    from ingest.letters.letter import Position
    from ingest.letters.replay import chosen
    from ingest.letters.replay import dismiss as settle
    from ingest.publisher import Publisher

    if not positions and not (topic or reason):
        raise CannotRun("Say which: one or more POSITIONs, or --topic and --reason for all that wait of them.")
    reach.require(reach.kafka)
    with Box() as box, closing(Publisher(bulk=True)) as publisher:
        wanted = chosen(box.read(), [Position.parse(one) for one in positions or ()], topic=topic, reason=reason)
        done = settle(publisher, wanted, who_acts(), why)
    _say(f"{len(done):,} dismissed.")


@letters.command("let-through")
def let_through(
    place: Annotated[
        str, typer.Argument(help="Where a stream stands still, as `oneboard doctor` says it: orders:5:1200.")
    ],
) -> None:
    """Let the bad events at which a stream stands still become dead letters, so that it goes on."""
    from ingest.letters.replay import let_through as tell
    from ingest.publisher import Publisher

    reach.require(reach.kafka)
    with closing(Publisher()) as publisher:
        tell(publisher, place, who_acts())
    _say(f"{place} is let through; the worker goes on in a moment.")


def who_acts() -> str:
    """Who acts at the keyboard; the board's viewers are people of the org, this is a user of the machine."""
    try:
        return f"shell:{getpass.getuser()}"
    except (KeyError, OSError):
        return "shell"


def _mended(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror}.") from error


def moment(text: str, now: datetime, option: str = "--since") -> datetime:
    """The moment asked for; the beginning of time for ""."""
    if not text:
        return datetime.min.replace(tzinfo=UTC)
    try:
        if text[-1] in _AGE:
            return now - timedelta(**{_AGE[text[-1]]: float(text[:-1])})
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise CannotRun(f"{option} {text!r}: write 30m, 12h, 7d, or 2026-11-25T08:00 (UTC).") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def plain(text: str) -> str:
    """What came from outside, without anything that a terminal would obey."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _say(line: str) -> None:
    OUT.print(line, markup=False, highlight=False, soft_wrap=True)
