"""The hub without a browser: how often a view is asked, what a screen is sent, and that every loop ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.live import Hub, Positions, Update
from dashboard.live.screen import CONTACT, LIVE
from ingest.settings import KafkaSettings
from warehouse.viewer import Viewer

HEAD = Viewer("head", everything=True)
AWAY = "127.0.0.1:1"


@dataclass
class Asked:
    office: str
    value: int
    is_unreachable: bool = False

    @property
    def offices(self) -> frozenset[str]:
        return frozenset({self.office})


@dataclass
class Board:
    """Figures of offices held in memory; `gate` closed keeps whoever asks waiting, of all lanes or of those `held`."""

    figures: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    told: list[Update] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    is_unreachable: bool = False
    lanes_of: tuple[str, ...] = ("all",)
    unmoved: tuple[str, ...] = ()
    held: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.gate.set()

    def lanes(self, state: Any) -> tuple[str, ...]:
        return self.lanes_of

    def is_urgent(self, state: Any, lane: str) -> bool:
        return lane == self.lanes_of[0]

    def concerns(self, state: Any, lane: str, update: Any) -> bool:
        return lane not in self.unmoved

    def moved(self, update: Update) -> None:
        self.told.append(update)

    async def load(self, _viewer: Viewer, state: str, lane: str) -> Asked:
        self.asked.append(state)
        value = self.figures.get(state, 0)
        if not self.held or lane in self.held:
            await self.gate.wait()
        return Asked(state, value, self.is_unreachable)

    def draw(self, board: Asked, _state: str, _lane: str) -> dict[str, dict[str, Any]]:
        return {"figure": {"children": board.value}, "title": {"children": board.office}}

    def digests(self, drawn: dict[str, dict[str, Any]]) -> dict[str, str]:
        return {f"{id}.{prop}": repr(value) for id, props in drawn.items() for prop, value in props.items()}


class Tab:
    """A browser tab that answers at once, or when told to."""

    def __init__(self, *, answers: bool = True) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.answers = answers
        self.asked: asyncio.Future[None] | None = None

    def set_props(self, component_id: str, props: Mapping[str, Any]) -> None:
        self.got.append((component_id, dict(props)))

    async def answer(self) -> None:
        self.asked = asyncio.get_running_loop().create_future()
        if self.answers:
            self.asked.set_result(None)
        await asyncio.wait_for(self.asked, 60)

    def props(self, component_id: str) -> list[dict[str, Any]]:
        return [props for id, props in self.got if id == component_id]

    @property
    def beats(self) -> list[dict[str, Any]]:
        """What the signs of life said."""
        return [json.loads(props[LIVE]) for props in self.props(CONTACT)]

    @property
    def figures(self) -> list[int]:
        return [props["children"] for props in self.props("figure")]


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - what is waited for is seen from outside only
            await asyncio.sleep(0.005)


@asynccontextmanager
async def hub_of(
    board: Board, positions: Callable[[], Any] | None = None, pulse_seconds: float = 60.0, **rests: float
) -> AsyncIterator[Hub]:
    """A hub without a broker (one that is away), stopped at the end; no task of it may stay."""

    async def nowhere() -> Positions:
        return Positions({})

    before = asyncio.all_tasks()
    settings = KafkaSettings(bootstrap=AWAY)
    rests = {"redraw_seconds": 0.0, **rests}
    hub = Hub(board, positions or nowhere, pulse_seconds=pulse_seconds, settings=settings, **rests)
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()
        await until(lambda: asyncio.all_tasks() <= before)


def moved(office: str, offset: int = -1) -> Update:
    return Update(table="order_changes", topic_id="t", offset=offset, slices={"offices": [office]})  # type: ignore[arg-type]


def open_tab(hub: Hub, tab: Tab, office: str = "hz", screen: str = "one", **shown: str) -> "asyncio.Task[None]":
    return asyncio.create_task(hub.push(screen, HEAD, office, tab, shown))


async def test_who_waits_is_shown_what_is_urgent_and_the_rest_when_it_is_there() -> None:
    board, tab = Board({"hz": 1}, lanes_of=("top", "below"), held=("below",)), Tab()
    board.gate.clear()
    async with hub_of(board) as hub:
        first = await hub.first(HEAD, "hz")
        assert (first.is_part, first.drawn["figure"]) == (True, {"children": 1})
        loop = open_tab(hub, tab)
        await until(lambda: tab.figures == [1])
        board.gate.set()
        assert not (await hub.picture(HEAD, "hz")).is_part
        assert not (await hub.first(HEAD, "hz")).is_part
        hub.release("one")
        await loop
    assert board.asked == ["hz", "hz"]


async def test_what_moved_while_nobody_looked_is_not_shown_to_who_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.live.hub.RECENT_SECONDS", 0)
    board, tab = Board({"hz": 1}, lanes_of=("top", "below"), held=("below",)), Tab()
    async with hub_of(board) as hub:
        await hub.picture(HEAD, "hz")
        board.gate.clear()
        board.figures["hz"] = 2
        hub.moved(moved("hz"))
        came_back = datetime.now(UTC)
        first = await hub.first(HEAD, "hz")
        assert (first.is_part, first.drawn["figure"]) == (True, {"children": 2})
        loop = open_tab(hub, tab)
        await until(lambda: tab.beats)
        assert tab.figures == [2]
        assert datetime.fromisoformat(tab.beats[0]["checked_at"]) >= came_back
        hub.release("one")
        await loop


async def test_the_first_message_is_whole_and_the_next_only_what_changed() -> None:
    board, tab = Board({"hz": 1}), Tab()
    async with hub_of(board) as hub:
        open_tab(hub, tab)
        await until(lambda: tab.figures == [1])
        board.figures["hz"] = 2
        hub.moved(moved("hz"))
        await until(lambda: tab.figures == [1, 2])
        assert len(tab.props("title")) == 1


async def test_what_the_page_shows_already_is_not_sent_again() -> None:
    board, tab = Board({"hz": 1}), Tab()
    async with hub_of(board) as hub:
        picture = await hub.picture(HEAD, "hz")
        asyncio.create_task(hub.push("one", HEAD, "hz", tab, picture.digests))  # noqa: RUF006
        await until(lambda: tab.props(CONTACT))
        assert tab.figures == []
        assert tab.beats[-1]["seq"] == picture.seq
        assert board.asked == ["hz"]


async def test_a_slow_screen_keeps_one_pending_state_and_gets_the_newest() -> None:
    board, tab = Board({"hz": 0}), Tab(answers=False)
    async with hub_of(board) as hub:
        open_tab(hub, tab)
        await until(lambda: tab.asked and tab.figures == [0])
        view = next(iter(hub.views.values()))
        for value in range(1, 101):
            board.figures["hz"] = value
            hub.moved(moved("hz"))
            if value % 10 == 0:
                await until(lambda value=value: view.picture and view.picture.drawn["figure"]["children"] == value)  # type: ignore[misc]
        assert tab.figures == [0]
        tab.answers = True
        assert tab.asked
        tab.asked.set_result(None)
        await until(lambda: tab.figures == [0, 100])


async def test_what_moves_while_a_view_is_asked_is_asked_once_more() -> None:
    board, tab = Board({"hz": 1}), Tab()
    async with hub_of(board) as hub:
        board.gate.clear()
        open_tab(hub, tab)
        await until(lambda: board.asked == ["hz"])
        board.figures["hz"] = 2
        for _ in range(50):
            hub.moved(moved("hz"))
        board.gate.set()
        await until(lambda: tab.figures and tab.figures[-1] == 2)
        assert board.asked == ["hz", "hz"]


async def test_a_page_that_opens_while_all_moves_without_end_waits_for_one_picture_and_not_for_rest() -> None:
    board = Board({"hz": 1})

    async def load(_viewer: Viewer, state: str, _lane: str) -> Asked:
        board.asked.append(state)
        hub.moved(moved("hz"))  # something moves whenever it is asked
        return Asked(state, 1)

    board.load = load  # type: ignore[method-assign]
    async with hub_of(board) as hub:
        assert (await hub.picture(HEAD, "hz")).drawn["figure"] == {"children": 1}
        open_tab(hub, tab := Tab())
        await until(lambda: len(board.asked) > 10)
        asked = len(board.asked)
        assert (await hub.picture(HEAD, "hz")).drawn["figure"] == {"children": 1}
        assert len(board.asked) <= asked + 2
        assert tab.figures == [1]


async def test_who_comes_sees_at_once_what_held_a_moment_ago_and_then_what_moved() -> None:
    board, tab = Board({"hz": 1}), Tab()
    async with hub_of(board) as hub:
        seen = await hub.picture(HEAD, "hz")
        board.figures["hz"] = 2
        hub.moved(moved("hz"))
        board.gate.clear()
        assert await hub.picture(HEAD, "hz") is seen
        asyncio.create_task(hub.push("one", HEAD, "hz", tab, seen.digests))  # noqa: RUF006
        board.gate.set()
        await until(lambda: tab.figures == [2])


async def test_who_waits_for_what_is_older_ends_the_rest_of_those_who_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.live.hub.RECENT_SECONDS", 0)
    board, tab = Board({"hz": 1}, lanes_of=("urgent", "rests")), Tab()
    async with hub_of(board, charts_seconds=3_600) as hub:
        open_tab(hub, tab)
        await until(lambda: tab.figures == [1])
        board.figures["hz"] = 2
        hub.moved(moved("hz"))
        async with asyncio.timeout(5):
            assert (await hub.picture(HEAD, "hz")).drawn["figure"] == {"children": 2}


async def test_one_asking_serves_all_screens_of_a_view() -> None:
    board, tabs = Board({"hz": 1}), [Tab() for _ in range(20)]
    async with hub_of(board) as hub:
        for number, tab in enumerate(tabs):
            open_tab(hub, tab, screen=str(number))
        await until(lambda: all(tab.figures == [1] for tab in tabs))
        assert board.asked == ["hz"]


async def test_people_of_different_scope_never_share_a_view() -> None:
    board = Board({"hz": 1})
    async with hub_of(board) as hub:
        await hub.picture(HEAD, "hz")
        await hub.picture(Viewer("m", unit_ids=frozenset({"hz"})), "hz")
        assert board.asked == ["hz", "hz"]


async def test_an_update_of_another_office_wakes_nobody() -> None:
    board, tab = Board({"hz": 1}), Tab()
    async with hub_of(board) as hub:
        open_tab(hub, tab)
        await until(lambda: tab.figures == [1])
        hub.moved(moved("nb"))
        hub.moved(moved("hz"))
        await until(lambda: len(board.asked) == 2)
        hub.moved(Update(table="org_events"))
        await until(lambda: len(board.asked) == 3)


async def test_a_position_nobody_told_of_wakes_all_and_one_told_of_wakes_nobody() -> None:
    board, tab = Board({"hz": 1}), Tab()
    marks = {("order_changes", "t", 0): 5}
    newest = datetime(2026, 11, 23, 3, tzinfo=UTC)

    async def positions() -> Positions:
        return Positions(dict(marks), newest)

    async with hub_of(board, positions, pulse_seconds=0.02) as hub:
        open_tab(hub, tab)
        await until(lambda: tab.figures == [1] and tab.beats)
        asked = len(board.asked)
        board.figures["hz"] = 2
        marks["order_changes", "t", 0] = 6
        await until(lambda: tab.figures == [1, 2])
        assert len(board.asked) == asked + 1
        hub.moved(moved("hz", offset=6))  # came later than the comparison
        hub.moved(moved("hz", offset=7))
        marks["order_changes", "t", 0] = 7
        beats = len(tab.beats)
        await until(lambda: len(tab.beats) > beats + 3)
        assert len(board.asked) == asked + 2
        assert tab.beats[-1]["newest_at"] == newest.isoformat()


async def test_the_age_stands_still_while_the_warehouse_cannot_be_asked() -> None:
    board, tab = Board({"hz": 1}), Tab()
    sick = False

    async def positions() -> Positions:
        if sick:
            raise ConnectionError("away")
        return Positions({})

    async with hub_of(board, positions, pulse_seconds=0.02) as hub:
        open_tab(hub, tab)
        await until(lambda: len({beat["checked_at"] for beat in tab.beats}) > 2)
        sick = board.is_unreachable = True
        await until(lambda: len(board.asked) > 1)
        await until(lambda: len({beat["checked_at"] for beat in tab.beats[-4:]}) == 1)
        beats = len(tab.beats)
        await until(lambda: len(tab.beats) > beats)  # there is still contact with the server
        sick = board.is_unreachable = False
        last = tab.beats[-1]["checked_at"]
        await until(lambda: tab.beats[-1]["checked_at"] > last)


async def test_what_did_not_move_while_nobody_looked_is_not_old_when_somebody_comes() -> None:
    board, compared, on = Board({"hz": 1}, lanes_of=("head", "rest"), unmoved=("rest",)), 0, asyncio.Event()
    on.set()

    async def positions() -> Positions:
        nonlocal compared
        await on.wait()
        compared += 1
        return Positions({})

    async with hub_of(board, positions, pulse_seconds=0.02) as hub:
        await hub.picture(HEAD, "hz")
        hub.moved(moved("hz", offset=6))
        moved_at, told = datetime.now(UTC), compared
        await until(lambda: compared > told + 2)
        on.clear()
        (view,) = hub.views.values()
        await view.current()
        assert view.checked_at is not None
        assert view.checked_at > moved_at


async def test_a_view_that_fails_to_draw_keeps_its_picture_and_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.live.lane.AGAIN_SECONDS", 0.02)
    board, tab = Board({"hz": 1}), Tab()
    async with hub_of(board) as hub:
        open_tab(hub, tab)
        await until(lambda: tab.figures == [1])
        draw, board.draw = board.draw, None  # type: ignore[method-assign, assignment]
        board.figures["hz"] = 2
        hub.moved(moved("hz"))
        await until(lambda: len(board.asked) > 2)
        board.draw = draw  # type: ignore[method-assign]
        await until(lambda: tab.figures == [1, 2])


async def test_the_sequence_never_goes_back_not_even_over_a_restart() -> None:
    board = Board({"hz": 1})
    seen: list[int] = []
    for _ in range(2):
        tab = Tab()
        async with hub_of(board) as hub:
            open_tab(hub, tab)
            for value in range(5):
                board.figures["hz"] = value
                hub.moved(moved("hz"))
                await until(lambda value=value, tab=tab: tab.figures and tab.figures[-1] == value)  # type: ignore[misc]
        seen += [beat["seq"] for beat in tab.beats if beat["seq"]]
    assert seen == sorted(seen)
    assert len(set(seen)) >= 6


async def test_a_later_loop_of_a_tab_ends_the_earlier_one() -> None:
    board, first, second = Board({"hz": 1, "nb": 2}), Tab(answers=False), Tab()
    async with hub_of(board) as hub:
        old = open_tab(hub, first, "hz")
        await until(lambda: first.asked)
        open_tab(hub, second, "nb")
        await asyncio.wait_for(old, 1)
        await until(lambda: second.figures == [2])
        assert hub.screens == 1
        hub.release("one")
        await until(lambda: hub.screens == 0)


async def test_a_loop_ends_even_when_the_answer_comes_in_the_same_moment() -> None:
    board, tab = Board({"hz": 1}), Tab(answers=False)
    async with hub_of(board) as hub:
        loop = open_tab(hub, tab)
        await until(lambda: tab.asked)
        assert tab.asked
        tab.asked.set_result(None)
        hub.release("one")
        await asyncio.wait_for(loop, 1)


async def test_a_tab_that_does_not_answer_loses_its_loop() -> None:
    class Silent(Tab):
        async def answer(self) -> None:
            raise TimeoutError

    board = Board({"hz": 1})
    async with hub_of(board) as hub:
        await asyncio.wait_for(open_tab(hub, Silent()), 1)
        assert hub.screens == 0


async def test_a_broken_connection_ends_the_loop() -> None:
    board, tab = Board({"hz": 1}), Tab(answers=False)
    async with hub_of(board) as hub:
        loop = open_tab(hub, tab)
        await until(lambda: tab.asked)
        loop.cancel()
        await asyncio.wait({loop}, timeout=1)
        assert loop.cancelled()
        assert hub.screens == 0


async def test_views_nobody_looks_at_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.live.hub.MOST_IDLE_VIEWS", 3)
    board = Board()
    async with hub_of(board) as hub:
        for office in "abcdefgh":
            await hub.picture(HEAD, office)
        assert len(hub.views) == 4
        await hub.picture(HEAD, "h")
        assert board.asked[-1] == "h"
        assert len(board.asked) == 8


async def test_another_generation_is_shown_whole_and_what_moves_in_an_earlier_one_is_none_of_its_business() -> None:
    """Offsets of an earlier generation, heard late, must not make the same offsets of this one look known."""
    board, tab, generation = Board({"hz": 1}), Tab(), "one"
    marks = {("order_changes", "t", 0): 5}

    async def positions() -> Positions:
        return Positions(marks, generation=generation)

    async with hub_of(board, positions, pulse_seconds=60.0) as hub:
        open_tab(hub, tab)
        await until(lambda: tab.figures == [1])
        seq = tab.beats[-1]["seq"]
        generation, board.figures["hz"] = "two", 2
        hub.moved(Update(table="all", generation="two"))
        await until(lambda: tab.figures == [1, 2])
        assert tab.beats[-1]["seq"] > seq
        hub.moved(moved("hz", 9).model_copy(update={"generation": "one"}))
        board.figures["hz"] = 3
        hub.moved(moved("hz", 9).model_copy(update={"generation": "two"}))
        await until(lambda: tab.figures == [1, 2, 3])
