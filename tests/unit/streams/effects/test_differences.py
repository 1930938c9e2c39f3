"""Difference in differences: worked out by hand, held by untouched places, said when there is too little."""

import numpy as np
import pytest

from ingest.events import Sign
from streams.effects.differences import FEWEST, Seen, difference, off_by_days
from streams.effects.meaning import of_effect, of_signs

DAYS = (20.0, 40.0)


def alike(count: int, before: float = 100.0, after: float = 110.0) -> list[Seen]:
    """Peers that all moved by the same factor but for a little to and fro."""
    return [Seen(100.0, before, after + (1 if n % 2 else -1) * (1 + n / 10)) for n in range(count)]


def test_the_effect_is_beyond_what_the_untouched_did_by_themselves() -> None:
    peers = [Seen(100.0, 100.0, 110.0 + off) for off in (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)]
    found = difference(Seen(100.0, 60.0, 99.0), peers, DAYS)
    assert found is not None
    assert found.common == pytest.approx(1.1)
    assert found.effect == pytest.approx(99 - 60 * 1.1)
    # twelve alike peers leave one on each side, brought to 0.6 of the chance where all of it is chance
    assert found.effect - found.low == pytest.approx(found.high - found.effect)
    assert 3.0 < found.high - found.effect <= 6.0


def test_of_untouched_places_the_interval_holds_as_many_as_it_says() -> None:
    rng = np.random.default_rng(7)
    held, wide = 0, []
    for _ in range(400):
        usual = rng.uniform(20, 200, 40)
        seen = [Seen(one, *(rng.gamma(one * days / 50, 50 / days) for days in DAYS)) for one in usual]
        found = difference(seen[0], seen[1:], DAYS)
        assert found is not None
        held += found.low <= 0 <= found.high
        wide.append((found.high - found.low) / seen[0].usual)
    assert 0.74 <= held / 400 <= 0.88
    assert np.median(wide) < 1.0


def test_a_place_that_scatters_more_than_its_peers_is_believed_less() -> None:
    quiet = difference(Seen(100.0, 60.0, 99.0), alike(20), DAYS)
    noisy = difference(Seen(100.0, 60.0, 99.0, off_before=15.0, off_after=10.0), alike(20), DAYS)
    assert quiet
    assert noisy
    assert noisy.effect == quiet.effect
    assert noisy.high - noisy.low > 3 * (quiet.high - quiet.low)


def test_with_too_few_peers_or_no_sales_nothing_is_said() -> None:
    treated = Seen(100.0, 60.0, 99.0)
    assert difference(treated, alike(FEWEST - 1), DAYS) is None
    assert difference(treated, [*alike(FEWEST - 1), Seen(0.0, 0.0, 0.0)], DAYS) is None
    assert difference(Seen(0.0, 0.0, 50.0), alike(20), DAYS) is None
    assert difference(treated, alike(20), (0.0, 40.0)) is None
    assert difference(treated, [Seen(100.0, 0.0, 10.0)] * 20, DAYS) is None


def test_days_that_follow_everybodys_leave_nothing_to_chance() -> None:
    every = np.array([100.0, 300.0, 200.0, 400.0])
    assert off_by_days(every / 10, every) == pytest.approx(0)
    assert off_by_days(np.array([10.0, 30.0]), every[:2]) == 0
    uneven = off_by_days(np.array([20.0, 20.0, 30.0, 30.0]), every)  # departs by 10, −10, 10, −10
    assert uneven == pytest.approx(np.sqrt(400 / 3 / 4))


@pytest.mark.parametrize(
    ("effect", "is_last", "meaning"),
    [
        ((1, 9), True, "worked"), ((-1, 9), True, "did_not"), ((-1, 11), True, "too_early"), ((1, 99), True, "worked"),
        ((1, 9), False, "too_early"), ((-9, -1), True, "did_not"), (None, True, "too_early"),
    ],
)  # fmt: skip
def test_too_early_is_said_while_the_interval_holds_both(
    effect: tuple[float, float] | None, is_last: bool, meaning: str
) -> None:
    assert of_effect(effect, 10.0, is_last=is_last) == meaning


def test_signs_speak_by_more_than_half_of_those_that_are_told() -> None:
    def sign(name: str, before: float | None, after: float | None) -> Sign:
        return Sign.model_validate({"name": name, "before": before, "after": after})

    contacts, stages, steps = sign("contact", 2, 9), sign("stage", 0, 3), sign("next_step", 0.5, 0.95)
    assert of_signs([contacts, stages, steps]) == "worked"
    assert of_signs([contacts, sign("stage", 3, 3), sign("next_step", None, None)]) == "too_early"
    assert of_signs([sign("contact", 9, 10), sign("stage", 3, 2), sign("next_step", 0.5, 0.5)]) == "did_not"
    assert of_signs([]) == "too_early"
