"""What counts as stuck, and that a silent worker is ended."""

import threading

from streams.watchdog import EXIT_CODE, Progress, Watchdog


def test_where_nothing_waits_nothing_is_stuck() -> None:
    progress = Progress(10)
    for now in (0, 8, 16, 24):
        assert progress.stuck({"orders": 0}, {"orders": 7}, now) == []


def test_what_waits_without_a_sign_is_stuck_after_patience() -> None:
    progress = Progress(10)
    told = [progress.stuck({"orders": 5, "org": 5}, {"orders": 7, "org": at}, at) for at in (0, 8, 16)]
    assert told == [[], [], ["orders"]]


def test_trying_again_is_a_sign_and_so_is_an_empty_moment() -> None:
    progress = Progress(10)
    assert progress.stuck({"orders": 5}, {"orders": (7, 0)}, 0) == []
    assert progress.stuck({"orders": 5}, {"orders": (7, 1)}, 9) == []
    assert progress.stuck({"orders": 5}, {"orders": (7, 1)}, 18) == []
    assert progress.stuck({"orders": 0}, {"orders": (7, 1)}, 19) == []
    assert progress.stuck({"orders": 5}, {"orders": (7, 1)}, 28) == []


def test_a_place_that_comes_back_begins_anew() -> None:
    progress = Progress(10)
    progress.stuck({"orders": 5}, {"orders": 7}, 0)
    progress.stuck({}, {}, 8)
    assert progress.stuck({"orders": 5}, {"orders": 7}, 16) == []


def test_silence_ends_the_process_and_a_word_in_time_does_not() -> None:
    ended, codes = threading.Event(), []
    silent = Watchdog(0.2, lambda code: (codes.append(code), ended.set()))
    told = Watchdog(60, lambda code: codes.append(-1))
    told.well()
    silent.well()
    assert ended.wait(30)
    told.stop()
    assert codes == [EXIT_CODE]
