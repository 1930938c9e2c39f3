"""Answers are shared while they hold, and never outlive what they were read from."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest

from warehouse.answers import Answers, Reads, ask, one_picture

NOVEMBER = Reads("order_changes", date(2026, 11, 1), date(2026, 11, 30))
STOCK = Reads("opportunity_changes", None, date(2026, 11, 25))


class Counting:
    """A warehouse that answers how often it was asked; closed it keeps whoever asks waiting, sick it fails."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_sick = False
        self.open = asyncio.Event()
        self.open.set()

    async def query(
        self, sql: str, parameters: Mapping[str, Any], settings: Mapping[str, str] | None = None
    ) -> pl.DataFrame:
        self.asked += 1
        mine = self.asked
        await self.open.wait()
        if self.is_sick:
            raise ConnectionError("away")
        return pl.DataFrame({"n": [mine]})


async def number(answers: Answers, warehouse: Counting, reads: Reads = NOVEMBER, sql: str = "SELECT 1") -> int:
    with one_picture(answers):
        frame = await ask(warehouse, sql, {"day": date(2026, 11, 25)}, reads)  # type: ignore[arg-type]
    return int(frame["n"][0])


async def test_equal_questions_share_an_answer_until_its_days_move() -> None:
    answers, warehouse = Answers(), Counting()
    assert [await number(answers, warehouse), await number(answers, warehouse)] == [1, 1]
    answers.moved("order_changes", (date(2026, 10, 31), date(2026, 12, 1)))
    answers.moved("activity_changes", None)
    assert await number(answers, warehouse) == 1
    answers.moved("order_changes", (date(2026, 10, 31), date(2026, 11, 30)))
    assert await number(answers, warehouse) == 2


async def test_a_stock_moves_with_every_day_up_to_its_own() -> None:
    answers, warehouse = Answers(), Counting()
    assert await number(answers, warehouse, STOCK) == 1
    answers.moved("opportunity_changes", (date(2026, 11, 26),))
    assert await number(answers, warehouse, STOCK) == 1
    answers.moved("opportunity_changes", (date(2019, 1, 1),))
    assert await number(answers, warehouse, STOCK) == 2


@pytest.mark.parametrize("everything", [True, False])
async def test_a_move_on_unknown_days_and_a_gap_drop_what_they_may_concern(everything: bool) -> None:
    answers, warehouse = Answers(), Counting()
    await number(answers, warehouse)
    if everything:
        answers.clear()
    else:
        answers.moved("order_changes", None)
    assert await number(answers, warehouse) == 2


async def test_what_moves_while_a_question_is_under_way_is_asked_again_by_the_next() -> None:
    answers, warehouse = Answers(), Counting()
    warehouse.open.clear()
    first = asyncio.create_task(number(answers, warehouse))
    await asyncio.sleep(0)
    answers.moved("order_changes", (date(2026, 11, 25),))
    second = asyncio.create_task(number(answers, warehouse))
    await asyncio.sleep(0)
    warehouse.open.set()
    assert [await first, await second] == [1, 2]
    assert await number(answers, warehouse) == 2


async def test_a_failed_question_is_not_held() -> None:
    answers, warehouse = Answers(), Counting()
    warehouse.is_sick = True
    with pytest.raises(ConnectionError):
        await number(answers, warehouse)
    warehouse.is_sick = False
    assert await number(answers, warehouse) == 2


async def test_the_answers_asked_for_longest_ago_go_first() -> None:
    answers, warehouse = Answers(most=2), Counting()
    for sql in ("a", "b", "a", "c"):
        await number(answers, warehouse, sql=sql)
    assert len(answers) == 2
    assert [await number(answers, warehouse, sql=sql) for sql in ("a", "c", "b")] == [1, 3, 4]


async def test_one_picture_asks_once_and_the_next_picture_anew() -> None:
    warehouse = Counting()

    async def asked() -> int:
        frame = await ask(warehouse, "SELECT 1", {}, NOVEMBER)  # type: ignore[arg-type]
        return int(frame["n"][0])

    for picture in (1, 2):
        with one_picture():
            assert await asyncio.gather(asked(), asked()) == [picture, picture]
    assert [await asked(), await asked()] == [3, 4]


async def test_pictures_over_the_same_answers_ask_once_for_all_of_them() -> None:
    warehouse, answers = Counting(), Answers()
    for _ in range(2):
        with one_picture(answers):
            with one_picture():  # a part that is a picture of its own elsewhere
                frame = await ask(warehouse, "SELECT 1", {}, NOVEMBER)  # type: ignore[arg-type]
            assert frame["n"][0] == 1
    assert warehouse.asked == len(answers) == 1
