"""What a rebuild says in the end: the sum of it last, and whatever differs before."""

from deploy.rebuild.command import Rebuilt
from deploy.rebuild.saying import lines
from warehouse.comparison import Compared

EQUAL = Compared("order_changes", 450_000)
OTHER = Compared("activity_changes", 20, ("abc, partition 0, up to 19: 20 rows have become 21",))
WIDER = Compared("target_events", 8, left_out=("channel",))


def rebuilt(*verdicts: Compared, is_current: bool = True) -> Rebuilt:
    return Rebuilt(300_000, 10.0, verdicts, (), is_current, "oneboard_2", "oneboard", 3 * 2**30)


def test_equal_and_changed_over() -> None:
    assert lines(rebuilt(EQUAL)) == [
        "oneboard is kept and takes 3.00 GB: drop it with `oneboard rebuild --forget-old`.",
        "300,000 events in 10.0 s, 30,000 events/s: equal in 450,000 rows; oneboard_2 is current.",
    ]


def test_different_and_left_alone() -> None:
    said = lines(rebuilt(EQUAL, OTHER, is_current=False))
    assert said[0] == "activity_changes: abc, partition 0, up to 19: 20 rows have become 21."
    assert "different: oneboard stays current." in said[-1]
    assert said[-1].endswith("`oneboard rebuild --even-if-different`.")


def test_different_and_taken_all_the_same() -> None:
    assert "different, and taken all the same; oneboard_2 is current." in lines(rebuilt(EQUAL, OTHER))[-1]


def test_a_column_of_one_of_them_is_named_and_no_difference() -> None:
    said = lines(rebuilt(EQUAL, WIDER))
    assert said[0] == "target_events: not compared, because only one of the two has it: channel."
    assert "equal in 450,008 rows" in said[-1]
