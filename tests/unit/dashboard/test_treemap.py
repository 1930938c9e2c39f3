"""The words of a treemap: as many as a tile has room for."""

import polars as pl

from dashboard.figures.treemap import treemap
from dashboard.verdicts import judged
from dashboard.view_state import ViewState
from tests.unit.dashboard.pictures import standing, standings


def test_a_small_tile_says_less_and_its_hover_all() -> None:
    rows = standings(
        standing("big", "7000000", "9700000"), standing("small", "140000", "200000"), standing("tiny", "70000", "100000")
    )
    told = judged(rows, pl.DataFrame(), 1, ViewState()).with_columns(label="name_en", href=pl.lit("?"))
    (trace,) = treemap(told, "light", "en")["data"]
    words = dict(zip(trace["ids"], trace["text"], strict=True))
    assert "1.03" in words["big"] and "+210" in words["big"]
    assert "1.00" in words["small"] and "K" not in words["small"]
    assert "Tiny" in words["tiny"] and "1.00" not in words["tiny"]
    assert all("1.0" in said and "Target" in said for said in trace["hovertext"])
