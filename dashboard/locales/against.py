"""What speaks against a finding: the sentences detection may use, by their code."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "peers_in_band": ("{of} 个同级中 {count} 个在区间内", "{count} of {of} peers are within their band"),
    "price_unchanged": ("价格未变", "prices are unchanged"),
    "supply_ok": ("供货正常", "stock is fine"),
    "one_deal": ("单个商机 {amount} 占差距的 {share}", "one deal of {amount} is {share} of the gap"),
    "successor": ("{product} 正由 {successor} 替代", "{successor} is replacing {product}"),
    "holiday": ("{unit} 在 {day} 放假", "{unit} had a holiday on {day}"),
    "stock_taking": ("{unit} 在 {day} 盘点停发", "{unit} stopped for stock-taking on {day}"),
    "ramp_up": ("{person} 自 {since} 起到岗，尚在成长期", "{person} is new since {since}"),
    "transfer": ("{person} 于 {day} 接手", "{person} took over on {day}"),
    "few_orders": ("本期预计仅 {count} 单，波动大", "only {count} orders are expected in the period: noisy"),
    "late_data": ("数据源已 {days} 天没有送数", "the source has sent nothing for {days} days"),
    "largest_deal_alone": ("剔除最大一单后差距为 {gap}", "without its largest deal the gap is {gap}"),
}
