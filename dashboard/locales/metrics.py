"""What each metric means, in the words of the trade; the rows of METRICS say how it is computed."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "bookings": (
        "生效的标准、框架下达与服务订单行金额（含税），记在生效日；取消与退货冲减其发生当期。",
        "Effective standard, call-off and service lines, tax included, on the day they take effect; a cancellation or a"
        " return lowers the day it happens on.",
    ),
    "revenue": (
        "已验收金额减退货，不含税，记在验收日（可设为发货或开票）。",
        "What was accepted, less what was returned, net of tax, on its day (a setting: shipped or invoiced instead).",
    ),
    "collections": (
        "到账金额；商业汇票记在到期日。未核销的只计入公司，不计入个人。",
        "Money received; commercial bills at maturity. What is not allocated counts for the company and for no rep.",
    ),
    "open_pipeline": ("在谈商机的金额，截至当日。", "Amount of the deals still open, as of the day."),
    "weighted_pipeline": (
        "在谈商机 × 同阶段、分级、渠道的历史赢率。",
        "Open deals times the share won in the past from the same stage, grade and route.",
    ),
    "win_rate": (
        "赢单数 ÷（赢单数 + 输单数），按关闭日；少于 10 单不显示。",
        "Won ÷ (won + lost) by closing day, in deals; fewer than 10 is “too few”.",
    ),
    "won_amount": ("赢单金额，按关闭日。", "Amount won, by closing day."),
    "lost_amount": ("输单金额，按关闭日。", "Amount lost, by closing day."),
    "effective_contacts": (
        "有结果的已完成活动，按客户 × 日去重。",
        "Customers × days with a done activity that has an outcome.",
    ),
}
