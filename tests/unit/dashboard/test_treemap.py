"""The words of a treemap: as many as a tile has room for."""

import polars as pl

from dashboard.figures.frame import NBSP
from dashboard.figures.treemap import treemap
from dashboard.verdicts import judged
from dashboard.view_state import ViewState
from tests.unit.dashboard.pictures import standing, standings


def test_a_small_tile_says_less_and_its_hover_all() -> None:
    sizes = {"big": ("7000000", "9700000"), "small": ("140000", "200000"), "tiny": ("70000", "100000")}
    rows = standings(*(standing(id, *amounts) for id, amounts in sizes.items()))
    told = judged(rows, pl.DataFrame(), 1, ViewState()).with_columns(label="name_en", href=pl.lit("?"))
    (trace,) = treemap(told, "light", "en")["data"]
    lines = ([line.strip(NBSP) for line in said.split("<br>")[1:]] for said in trace["text"])
    assert dict(zip(trace["ids"], lines, strict=True)) == {
        "big": ["<b>Big</b>", "● 1.03", f"+210{NBSP}K"],
        "small": ["<b>Small</b>", "● 1.00"],
        "tiny": ["<b>Tiny</b>"],
    }
    assert all("Target" in said for said in trace["hovertext"])
