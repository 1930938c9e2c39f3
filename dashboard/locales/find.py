"""The words of the search."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "open": ("查找", "Search"),
    "title": ("查找任何东西", "Find anything"),
    "placeholder": (
        "组织、人、产品、客户、商机、视图：名称、拼音、编号",
        "Unit, person, product, customer, deal, view",
    ),
    "hint": ("输入名称、拼音（首字母也行）或编号。", "Type a name, its pinyin (initials will do) or an id."),
    "nothing": ("您的范围内没有找到。", "Nothing in your scope fits."),
    "unreachable": ("暂时查不了：{error}", "Cannot search at the moment: {error}"),
    "results": ("结果", "Results"),
    "unit": ("组织", "Unit"),
    "person": ("人", "Person"),
    "product": ("产品", "Product"),
    "customer": ("客户", "Customer"),
    "deal": ("商机", "Deal"),
    "order": ("订单", "Order"),
    "view": ("我的视图", "My view"),
}
