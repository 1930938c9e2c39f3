"""The words of the rankings."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "title": ("排名", "Rankings"),
    "what": ("排谁", "Who is ranked"),
    "units": ("组织", "Units"),
    "reps": ("客户经理", "People"),
    "products": ("产品", "Products"),
    "by": ("按什么排", "Ranked by"),
    "attainment": ("达成率", "Attainment"),
    "gap": ("对进度差额", "Gap to pace"),
    "trend": ("趋势", "Trend"),
    "group": ("分组", "Group by"),
    "group_none": ("不分组", "No groups"),
    "group_region": ("大区", "Region"),
    "group_office": ("办事处", "Office"),
    "group_line": ("产品线", "Line"),
    "group_cohort": ("同类", "Peers"),
    "find": ("在名单里查找…", "Find in the list…"),
    "peers": ("同类", "Peers"),
    "peers_all": ("全部同类", "All peers"),
    "peers_note": ("{ranked} 名，中位 {median}", "{ranked} ranked, median {median}"),
    "peers_unranked": ("另 {count} 不排", "{count} not"),
    "how_reps": (
        "同类：同一角色；任职满 6 个月未满 2 年，或 2 年以上；目标金额在其中排前、中、后三分之一"
        "（无目标的按近十二个月销售额）。"
        "某类不足 10 人时不再细分。成长期（任职未满 6 个月）、休假、本期调动的人只作标记，不排名；"
        "活动量从不排名，也没有综合分。",
        "Peers: the same role; 6 months to 2 years in it, or longer; and the same third by size of target (without one,"
        " by the sales of the last twelve months). A class of fewer than 10 is not split. Who is ramping up (under 6"
        " months), on leave or moved in the period is marked and not ranked; activity is never ranked, and there is no"
        " composite score.",
    ),
    "how_nodes": (
        "同类：同一层级，目标金额在其中排前、中、后三分之一（无目标的按近十二个月销售额；不足 30 个时不按规模分）。",
        "Peers: the same level, and the same third by size of target (without one, by the sales of the last twelve"
        " months; fewer than 30 are not told apart by size).",
    ),
    "how_attainment": (
        "达成率：实际 ÷ 本期目标。箭头：与上一期同一工作日的名次相比。",
        "Attainment: actual over the period's target. The arrow: against the rank by the same working day of the period"
        " before.",
    ),
    "how_gap": (
        "对进度差额：实际 − 目标 × 到现在应达的比例。箭头：与上一期同一工作日的名次相比。",
        "Gap: actual less target times the share expected by now. The arrow: against the rank by the same working day"
        " of the period before.",
    ),
    "how_trend": (
        "趋势：最近三个整月之和比之前三个整月。箭头：与上一期末的名次相比。",
        "Trend: the last three complete months against the three before. The arrow: against the rank a period earlier.",
    ),
    "not_narrowed": ("本页不按 {what} 收窄。", "This page is not narrowed by {what}."),
    "narrow_rep": ("客户经理", "person"),
    "narrow_deal": ("商机", "deal"),
    "narrow_versus": ("对比对象", "what it is compared with"),
    "sentence": (
        "**{scope}**：{all} 个{what}中 **{ranked}** 个在同类里排名，按{measure}的中位数是 **{median}**。",
        "**{scope}**: **{ranked}** of {all} {what} are ranked among their peers; by {measure}, half of them have"
        " **{median}** or more.",
    ),
    "sentence_marked": (
        "{marked} 个不排名：{why}。",
        " {marked} are not ranked: {why}.",
    ),
    "sentence_own": (
        "你在 {peers} 位同类中按{measure}排第 **{rank}**{move}，你是 **{value}**，同类中位 {median}。",
        "You are number **{rank}** of {peers} peers by {measure}{move}, with **{value}**; their median is {median}.",
    ),
    "sentence_own_not": ("你本期不排名：{why}。", "You are not ranked in this period: {why}."),
    "up": ("（升 {count}）", " ({count} up)"),
    "down": ("（降 {count}）", " ({count} down)"),
    "people_n": ("客户经理", "people"),
    "and": ("、", ", "),
    "why": ("{what} {count}", "{count} {what}"),
    "mark_ramp_up": ("成长期", "ramping up"),
    "mark_leave": ("休假", "on leave"),
    "mark_transfer": ("本期调动", "moved in the period"),
    "mark_no_target": ("未设目标", "without a target"),
    "mark_no_past": ("没有更早的销售额", "without earlier sales"),
    "mark_few": ("同类不足三个", "too few peers"),
    "tenure_new": ("任职 2 年内", "under 2 years in the role"),
    "tenure_seasoned": ("任职 2 年以上", "over 2 years in the role"),
    "third_small": ("规模小", "small"),
    "third_middle": ("规模中", "middle"),
    "third_large": ("规模大", "large"),
    "kind_region": ("大区", "Regions"),
    "kind_office": ("办事处", "Offices"),
    "kind_company": ("公司", "Company"),
    "kind_team": ("组", "Teams"),
    "kind_line": ("产品线", "Lines"),
    "kind_model": ("型号", "Models"),
    "kind_family": ("产品族", "Families"),
    "kind_series": ("系列", "Series"),
    "rank": ("名次", "Rank"),
    "name": ("名称", "Name"),
    "place": ("所属", "Belongs to"),
    "months": ("近 12 个整月", "Last 12 months"),
    "list": ("名单", "List"),
    "members": ("{count} 个，{ranked} 个排名", "{count}, {ranked} ranked"),
    "only_yours": (
        "你看到自己的名次和同类前十名；别人的金额不显示。",
        "You see your own rank and the first ten of your peers; others' amounts are not shown.",
    ),
    "your_scope": (
        "只列出你负责的；名次是在全公司同类里排的。",
        "Only yours are listed; ranks are among peers of the whole company.",
    ),
    "nothing": ("这里没有你能看的排名", "Nothing is ranked here that you may see"),
    "nothing_hint": (
        "换一个对象、组织或筛选；组织排名只给管理它的人看。",
        "Choose another list, unit or filter; rankings of units are for those who lead one.",
    ),
    "not_ranked": ("{metric}不能用来排名", "Nothing is ranked by {metric}"),
    "not_ranked_hint": (
        "能排名的是按天相加的结果，例如订货、收入、回款；客户经理从不按活动量排名。",
        "Ranked are results that add up, such as bookings, revenue or collections; people never by their activity.",
    ),
    "keys": (
        "键盘：方向键走动，在表头按 Enter 排序，在行上按 Enter 打开。",
        "Keyboard: arrows move, Enter on a heading sorts, Enter on a row opens it.",
    ),
}
