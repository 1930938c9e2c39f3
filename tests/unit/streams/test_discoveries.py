"""Which shortfalls may be told: the false share is held down the tree, by hand and in many empty worlds."""

from __future__ import annotations

import numpy as np
import pytest

from streams.detection.discoveries import discovered

LEVEL = 0.1
ABOVE = (
    {"all": None}
    | {f"r{one}": "all" for one in range(4)}
    | {f"o{one}{two}": f"r{one}" for one in range(4) for two in range(4)}
)


def told(**chances: float) -> set[str]:
    return discovered(chances, ABOVE, ABOVE.get, LEVEL)


@pytest.mark.parametrize(("chance", "is_told"), [(0.0039, True), (0.0041, False)])
def test_an_office_alone_must_be_as_rare_as_its_families_are_large(chance: float, is_told: bool) -> None:
    """One of five in the region's family and of five in the company's: 25 × chance is held against 0.1."""
    assert told(o11=chance) == ({"o11"} if is_told else set())


def test_what_is_off_beside_it_lets_more_be_told_and_what_is_far_away_little() -> None:
    several = {"o10": 1e-4, "o11": 6e-3, "o12": 6e-3, "o13": 6e-3}
    assert told(**several) == set(several)
    assert told(o11=6e-3) == set()
    assert told(o10=1e-9, o31=9e-3) == {"o10"}


def test_a_node_over_others_may_be_told_itself_with_or_without_them() -> None:
    assert told(r2=0.001) == {"r2"}
    assert told(r2=0.001, o21=0.5) == {"r2"}
    assert told(r2=0.001, o21=0.001) == {"r2", "o21"}
    assert told(all=0.01) == {"all"}
    assert told() == set()


def test_where_nothing_is_off_something_is_told_in_no_more_worlds_than_the_level() -> None:
    random = np.random.default_rng(4)
    worlds = [dict(zip(ABOVE, random.random(len(ABOVE)).tolist(), strict=True)) for _ in range(2_000)]
    assert np.mean([bool(discovered(world, ABOVE, ABOVE.get, LEVEL)) for world in worlds]) <= LEVEL + 0.02


def test_of_what_is_told_among_true_problems_the_level_holds() -> None:
    random = np.random.default_rng(9)
    true = {"o00", "o01", "o12", "o33", "r2"}
    shares = []
    for _ in range(1_000):
        world = {node: float(random.random()) * (1e-4 if node in true else 1.0) for node in ABOVE}
        found = discovered(world, ABOVE, ABOVE.get, LEVEL)
        shares.append(len(found - true) / max(len(found), 1))
        assert len(found & true) >= 3
    assert np.mean(shares) <= LEVEL + 0.02
