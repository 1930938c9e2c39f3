"""Why a person is named for a finding: the sentences detection may use, by their code."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "owner_of_cell": ("{person} 负责 {unit} × {product}", "{person} answers for {unit} × {product}"),
    "owner_of_unit": ("{person} 负责 {unit}", "{person} leads {unit}"),
    "owner_of_product": ("{person} 负责产品 {product}", "{person} answers for product {product}"),
    "rep_of_cell": ("{unit} 的 {count} 单由 {person} 跟进", "{person} has {count} of the deals in {unit}"),
    "share_of_gap": ("差距的 {share} 在 {place}", "{share} of the gap is {place}"),
    "gap_after_largest": ("剔除最大一单，差距为 {gap}", "without its largest deal the gap is {gap}"),
    "visits_fell": (
        "{person} 近 {days} 个工作日拜访 {change}",
        "{person}: visits {change} in the last {days} working days",
    ),
    "no_visit": (
        "{person} 连续 {days} 个工作日没有有效拜访",
        "{person}: no visit with an outcome for {days} working days",
    ),
    "product_fell_here": ("{product} 在 {unit} 下滑 {change}", "{product} fell {change} in {unit}"),
    "product_fell_everywhere": (
        "{product} 在 {of} 个办事处中的 {count} 个落后，由产品经理答复",
        "{product} is behind in {count} of {of} offices: the product's manager answers",
    ),
    "deals_pushed": ("{of} 个推迟的商机中 {count} 个在此", "{count} of {of} pushed deals are from here"),
    "stand_in": ("{person} 代理 {owner}", "{person} stands in for {owner}"),
    "stand_in_until": ("{person} 代理 {owner}，至 {until}", "{person} stands in for {owner} until {until}"),
    "post_empty": (
        "{unit} 岗位空缺，由上级 {person} 答复",
        "the post in {unit} is empty: {person}, one level up, answers",
    ),
    "evidence_too_thin": (
        "证据不足以点名客户经理（{count} 单、{days} 个工作日），由主管 {person} 答复",
        "too little evidence to name the rep ({count} deals, {days} working days): {person} answers as manager",
    ),
    "rep_on_leave": ("{person} 休假中", "{person} is on leave"),
    "supply_short": ("{product} 缺货，由产品经理答复", "{product} cannot be delivered: the product's manager answers"),
}
