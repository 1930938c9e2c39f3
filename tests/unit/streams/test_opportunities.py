from streams.opportunities import Opportunities
from tests.unit.streams.readings import COMPANY, event, of, sums

READING = Opportunities(COMPANY)


def deal(**fields):
    return event(**{"opportunity_id": "d1", "amount": 100, "rep_id": "ann", "opened_on": "2026-11-02", **fields})


def test_an_open_deal_is_a_stock_from_the_day_it_was_opened():
    totals = sums(READING, "opportunities", [deal(on=3, probability="0.4")], "rep_id")
    assert of(totals, "open_amount") == of(totals, "opened_amount") == {(2, "ann"): 100}
    assert of(totals, "probable_amount") == {(2, "ann"): 40}


def test_a_won_deal_leaves_the_stock_and_is_a_flow_on_the_day_it_was_closed():
    raws = deal(version=1, on=2), deal(version=2, on=20, outcome="won", closed_on="2026-11-18")
    totals = sums(READING, "opportunities", raws, "rep_id")
    assert of(totals, "open_amount") == {(2, "ann"): 100, (18, "ann"): -100}
    assert of(totals, "won_amount") == {(18, "ann"): 100}
    assert of(totals, "won_deals") == {(18, "ann"): 1}


def test_open_pipeline_moves_to_the_new_owner_on_the_day_of_the_transfer():
    raws = deal(version=1, on=2), deal(version=2, on=10, rep_id="bob")
    assert of(sums(READING, "opportunities", raws, "rep_id"), "open_amount") == {
        (2, "ann"): 100,
        (10, "ann"): -100,
        (10, "bob"): 100,
    }


def test_stage_says_nothing_about_the_outcome():
    raws = [deal(stage="1-Qualify", outcome="won", closed_on="2026-11-09")]
    assert of(sums(READING, "opportunities", raws, "stage"), "won_amount") == {(9, "1-Qualify"): 100}


def test_only_a_move_to_a_later_month_is_a_push():
    raws = (
        deal(version=1, on=2, expected_close_on="2026-11-20"),
        deal(version=2, on=5, expected_close_on="2026-11-28"),
        deal(version=3, on=9, expected_close_on="2026-12-05"),
        deal(version=4, on=12, expected_close_on="2027-01-05"),
    )
    totals = sums(READING, "opportunities", raws, "rep_id")
    assert of(totals, "pushes") == {(9, "ann"): 1, (12, "ann"): 1}
    assert of(totals, "pushed_amount") == {(9, "ann"): 100, (12, "ann"): 100}


def test_a_deal_reopened_is_taken_back_on_the_day_it_is_reopened():
    raws = (
        deal(version=1, on=2),
        deal(version=2, on=6, outcome="lost", closed_on="2026-11-06"),
        deal(version=3, on=8, outcome="open"),
    )
    totals = sums(READING, "opportunities", raws, "rep_id")
    assert of(totals, "lost_amount") == {(6, "ann"): 100, (8, "ann"): -100}
    assert of(totals, "open_amount") == {(2, "ann"): 100, (6, "ann"): -100, (8, "ann"): 100}


def test_lines_split_the_amount_over_products_and_count_the_deal_once():
    raws = [deal(lines=[{"product_id": "cam", "amount": 70}, {"product_id": "nvr", "amount": 30}])]
    totals = sums(READING, "opportunities", raws, "product_id")
    assert of(totals, "open_amount") == {(2, "cam"): 70, (2, "nvr"): 30}
    assert of(totals, "open_deals") == {(2, "cam"): 1}
