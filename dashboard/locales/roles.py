"""What a person's role is called."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "rep": ("客户经理", "account rep"),
    "AR": ("客户经理", "account rep"),
    "solution": ("解决方案经理", "solution rep"),
    "SR": ("解决方案经理", "solution rep"),
    "fulfilment": ("交付经理", "fulfilment rep"),
    "FR": ("交付经理", "fulfilment rep"),
    "general_manager": ("总经理", "general manager"),
    "company_manager": ("公司负责人", "company manager"),
    "executive": ("高管", "executive"),
    "sales_director": ("销售总监", "sales director"),
    "finance": ("财务", "finance"),
    "hq": ("总部", "headquarters"),
    "theatre_manager": ("战区总经理", "theatre manager"),
    "province_manager": ("省区经理", "province manager"),
    "team_manager": ("组长", "team manager"),
    "line_manager": ("产品线经理", "line manager"),
    "team_lead": ("组长", "team lead"),
    "office_manager": ("办事处主任", "office manager"),
    "region_manager": ("大区总经理", "region manager"),
    "unit_manager": ("部门负责人", "unit manager"),
    "product_manager": ("产品经理", "product manager"),
    "approver": ("审批人", "approver"),
    "head": ("销售负责人", "head of sales"),
    "ops": ("销售管理部", "sales operations"),
}
