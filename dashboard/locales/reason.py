"""Why a finding was resolved or taken back: the sentences detection may use, by their code."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "back_in_band": ("已回到区间内", "back within its band"),
    "corrected": ("后到的数据更正了它", "corrected by data that came later"),
    "period_over": ("本期已结束", "the period is over"),
    "better_cell": ("已并入更准确的异常", "a finding that fits better took its place"),
}
